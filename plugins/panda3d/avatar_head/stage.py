"""Where the head stands: window, camera and lights. Import it once Panda3D's settings are made."""

from direct.showbase.ShowBase import ShowBase
from panda3d.core import AmbientLight, DirectionalLight, GraphicsOutput, Material

from avatar_head.figure import Figure
from avatar_head.link import Face

__all__ = ["Stage"]

_LIGHTS = (  # colour, heading and pitch: from the upper left, a cooler one from the right, and one from behind
    ((0.62, 0.59, 0.55), -35, -35),
    ((0.26, 0.29, 0.36), 50, -5),
    ((0.28, 0.28, 0.30), 160, -30),
)
_EVERYWHERE = (0.34, 0.33, 0.35, 1)


class Stage:
    """A head in the light.

    Attributes:
        figure: the head.
    """

    def __init__(self) -> None:
        self._base = base = ShowBase()
        base.disable_mouse()
        base.set_background_color(0.16, 0.18, 0.22)
        self.figure = Figure()
        self.figure.root.reparent_to(base.render)
        if "TinyPanda" in base.pipe.get_interface_name():
            # The software renderer multiplies a vertex's colour twice unless a material says that it is white.
            white = Material()
            white.set_ambient((1, 1, 1, 1))
            white.set_diffuse((1, 1, 1, 1))
            self.figure.root.set_material(white)
        for colour, heading, pitch in _LIGHTS:
            light = DirectionalLight("light")
            light.set_color((*colour, 1))
            path = base.render.attach_new_node(light)
            path.set_hpr(heading, pitch, 0)
            base.render.set_light(path)
        everywhere = AmbientLight("everywhere")
        everywhere.set_color(_EVERYWHERE)
        base.render.set_light(base.render.attach_new_node(everywhere))
        base.camera.set_pos(0, -7.6, -0.15)
        base.camera.look_at(0, 0, -0.22)
        base.camLens.set_min_fov(26)
        self._open = True
        base.accept("escape", self._close)
        base.exitFunc = self._close
        base.finalExitCallbacks.append(self._close)

    @property
    def window(self) -> GraphicsOutput:
        """Where it is drawn."""
        return self._base.win

    @property
    def open(self) -> bool:
        """False once the window was closed, or escape pressed."""
        return self._open

    def show(self, face: Face) -> None:
        """Puts a face on the head."""
        self.figure.show(face.shapes, face.position, face.rotation)

    def draw(self) -> None:
        """One picture."""
        self._base.task_mgr.step()

    def _close(self) -> None:
        self._open = False
