"""The few functions of ThorVG's C interface that a puppet needs.

thorvg-python brings the library and loads it. Its classes make an object for each number that they pass on, which for a
puppet of 1500 points costs more than painting it; so the functions are called here straight, with arrays. Names,
arguments and order of enumerations: thorvg_capi.h of ThorVG 1.0.
"""

import ctypes
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final

import numpy as np

from avatar_driver.errors import AvatarDriverError

__all__ = ["CAPS", "COMMANDS", "JOINS", "ONE_AT_A_TIME", "ColourStop", "ThorVG", "thorvg_running"]

#: Held while a renderer works with ThorVG. Its canvases share memory: two at work at once, in two threads, crash the
#: program.
ONE_AT_A_TIME: Final = threading.RLock()

COMMANDS: Final = {"Z": 0, "M": 1, "L": 2, "C": 3}
CAPS: Final = {"butt": 0, "round": 1, "square": 2}
JOINS: Final = {"miter": 0, "round": 1, "bevel": 2}

_DRAW_ALL: Final = 0  # Tvg_Engine_Option: nearly everything moves in every frame
_WIDE: Final = 8192  # pixels
_OLDEST: Final = (1, 0)  # the C interface was changed for 1.0, and is promised to stay
_POINTER: Final = ctypes.c_void_p
_FLOAT: Final = ctypes.c_float
_BYTE: Final = ctypes.c_uint8
_COUNT: Final = ctypes.c_uint32

# These return at once, and 400 of them make a frame: letting go of Python's lock each time would cost as much again,
# and in a busy program each would have to wait for it.
_MAKERS: Final[dict[str, list[Any]]] = {
    "swcanvas_create": [ctypes.c_int],
    "shape_new": [],
    "scene_new": [],
    "linear_gradient_new": [],
    "radial_gradient_new": [],
}
_ACTIONS: Final[dict[str, list[Any]]] = {
    "swcanvas_set_target": [_POINTER, _POINTER, _COUNT, _COUNT, _COUNT, ctypes.c_int],
    "canvas_add": [_POINTER, _POINTER],
    "canvas_remove": [_POINTER, _POINTER],
    "canvas_destroy": [_POINTER],
    "scene_add": [_POINTER, _POINTER],
    "paint_set_opacity": [_POINTER, _BYTE],
    "paint_set_clip": [_POINTER, _POINTER],
    "shape_reset": [_POINTER],
    "shape_append_path": [_POINTER, _POINTER, _COUNT, _POINTER, _COUNT],
    "shape_set_fill_color": [_POINTER, *[_BYTE] * 4],
    "shape_set_stroke_color": [_POINTER, *[_BYTE] * 4],
    "shape_set_stroke_width": [_POINTER, _FLOAT],
    "shape_set_stroke_cap": [_POINTER, ctypes.c_int],
    "shape_set_stroke_join": [_POINTER, ctypes.c_int],
    "shape_set_gradient": [_POINTER, _POINTER],
    "shape_set_stroke_gradient": [_POINTER, _POINTER],
    "gradient_set_color_stops": [_POINTER, _POINTER, _COUNT],
    "linear_gradient_set": [_POINTER, *[_FLOAT] * 4],
    "radial_gradient_set": [_POINTER, *[_FLOAT] * 6],
}
# These take milliseconds, in which others may have Python's lock.
_WORK: Final[dict[str, list[Any]]] = {
    "canvas_update": [_POINTER],
    "canvas_draw": [_POINTER, ctypes.c_bool],
    "canvas_sync": [_POINTER],
}


class ColourStop(ctypes.Structure):
    """`Tvg_Color_Stop`: where on the gradient, and the colour there."""

    _fields_ = (("offset", _FLOAT), ("red", _BYTE), ("green", _BYTE), ("blue", _BYTE), ("alpha", _BYTE))


@cache
def thorvg_running() -> "ThorVG":
    """The one that all renderers share, started by the first; it runs until the program ends."""
    return ThorVG()


class ThorVG:
    """The library, running, with its functions under their names without the `tvg_`.

    Raises:
        AvatarDriverError: it cannot be loaded, or is too old.
    """

    def __init__(self) -> None:
        try:
            from thorvg_python.engine import Engine

            engine = Engine(threads=0)
        except (ImportError, OSError) as error:
            raise AvatarDriverError(
                f"the puppet cannot be painted, for ThorVG does not load ({error}); pip install thorvg-python"
            ) from error
        _, *version, _ = engine.version()
        if tuple(version[:2]) < _OLDEST:
            found = ".".join(map(str, version))
            raise AvatarDriverError(f"ThorVG {found} is too old to paint the puppet; pip install -U thorvg-python")
        self._engine = engine  # ThorVG stops when it goes
        # A second handle on the same library: thorvg-python sets the argument types of its own at every call.
        name = engine.thorvg_lib._name
        brief, lasting = ctypes.PyDLL(name), ctypes.CDLL(name)
        for library, functions, result in (
            (brief, _MAKERS, _POINTER),
            (brief, _ACTIONS, ctypes.c_int),
            (lasting, _WORK, ctypes.c_int),
        ):
            for name, arguments in functions.items():
                function = library[f"tvg_{name}"]
                function.argtypes, function.restype = arguments, result
                setattr(self, name, function)
        # ThorVG keeps scratch memory for every thread that made a canvas, and never gives it back. Its own worker
        # threads are left off: at each clip it waits for all that was asked of them before.
        self._maker = ThreadPoolExecutor(1, "puppet")

    def new_canvas(self) -> int:
        """A canvas with scratch memory for a large puppet. Not to be called while holding `ONE_AT_A_TIME`."""
        return self._maker.submit(self._roomy_canvas).result()

    def _roomy_canvas(self) -> int:
        # The lock is taken here and not by who waits for the canvas: a renderer that is collected meanwhile, in this
        # very thread, takes it too.
        with ONE_AT_A_TIME:
            return self._made_roomy()

    def _made_roomy(self) -> int:
        # Outlines become pixels in scratch memory that is as large as the widest shape so far has needed. Where one
        # does not fit, ThorVG starts over with half of it, which on the puppet was a tenth of all the work. So
        # something wide is prepared first.
        strip = np.empty((1, _WIDE), np.uint32)
        corners = np.array([(0, 0), (_WIDE, 0), (0, 1)], np.float32)
        canvas: int = self.swcanvas_create(_DRAW_ALL)
        shape = self.shape_new()
        self.swcanvas_set_target(canvas, strip.ctypes.data, _WIDE, _WIDE, 1, 0)
        self.shape_append_path(
            shape, bytes(COMMANDS[command] for command in "MLLZ"), 4, corners.ctypes.data, len(corners)
        )
        self.shape_set_fill_color(shape, 0, 0, 0, 255)
        self.canvas_add(canvas, shape)
        self.canvas_update(canvas)
        self.canvas_sync(canvas)
        self.canvas_remove(canvas, shape)
        return canvas

    def __getattr__(self, name: str) -> Any:
        """Called for what is not there; the functions are set above."""
        raise AttributeError(name)
