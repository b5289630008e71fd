"""A rig's paths as ThorVG's shapes: made once, given new points for each face."""

import ctypes
import math
from itertools import groupby
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.puppet._thorvg import CAPS, COMMANDS, JOINS, ColourStop, ThorVG
from avatar_driver.puppet.rig import Pose, Rig, RigPath
from avatar_driver.puppet.rig_file import Gradient, Paint

__all__ = ["Box", "Layers"]

_SMALLEST_RADIUS: Final = 1e-3  # pixels; as puppet.js has it, in the drawing's units

Palette = dict[str, tuple[int, int, int]]
Box = tuple[float, float, float, float]  # left, top, right, bottom, in pixels


class Layers:
    """Everything that is painted, in its order, on one canvas of ThorVG's.

    Args:
        thorvg: the library.
        canvas: a canvas of it.
        rig: the puppet.
        palette: its colours.
        scale: pixels for a unit of the drawing.
    """

    def __init__(self, thorvg: ThorVG, canvas: int, rig: Rig, palette: Palette, scale: float) -> None:
        self._points = np.concatenate([path.points for path in rig.paths]).astype(np.intp)
        self._own = np.empty((len(self._points), 2), np.float32)
        outlines = _outlines(thorvg, rig, self._own)
        self._clips: list[_Clip] = []
        self._layers: list[_Layer] = []
        for clip, members in groupby(enumerate(rig.paths), key=lambda each: each[1].clip):
            add, parent = thorvg.canvas_add, canvas
            if clip is not None:  # neighbours inside the same path share one clip
                scene = thorvg.scene_new()
                self._clips.append(_Clip(thorvg, scene, outlines[clip]))
                thorvg.canvas_add(parent, scene)
                add, parent = thorvg.scene_add, scene
            for number, path in members:
                if path.fill is not None or path.stroke is not None:
                    layer = _Layer(thorvg, number, path, outlines[number], palette, scale)
                    add(parent, layer.shape)
                    self._layers.append(layer)
        self._shadings = [shading for layer in self._layers for shading in layer.shadings]
        # A stroke's pointed corners reach twice its width beyond its points: ThorVG cuts them off at 4 half widths.
        self._margin = 2 * scale * max((path.width for path in rig.paths), default=0) + 1
        self._ends = np.array([shading.ends for shading in self._shadings], np.intp).reshape(-1, 2)

    def pose(self, pixels: NDArray[np.float64], pose: Pose) -> Box:
        """Moves everything to where it is for a face.

        Args:
            pixels: (n, 2), the pose's points on the picture.
            pose: for the opacities.

        Returns:
            What surely holds all that will be painted: left, top, right and bottom, in pixels.
        """
        self._own[:] = pixels[self._points]
        ends: list[list[float]] = pixels[self._ends].reshape(-1, 4).tolist()
        opacities: list[int] = np.rint(pose.opacity * 255).astype(int).tolist()
        for clip in self._clips:
            clip.move()
        for layer in self._layers:
            layer.move(opacities[layer.number])
        for shading, places in zip(self._shadings, ends, strict=True):
            if opacities[shading.number]:
                shading.move(*places)
        # Curves lie within their points.
        (left, top), (right, bottom) = self._own.min(axis=0) - self._margin, self._own.max(axis=0) + self._margin
        return float(left), float(top), float(right), float(bottom)


class _Outline:
    """A path's commands, and where its points lie."""

    def __init__(self, thorvg: ThorVG, path: RigPath, points: int) -> None:
        self._thorvg = thorvg
        commands = bytes(COMMANDS[command] for command in path.commands)
        self._path = (commands, len(commands), points, len(path.points))

    def trace(self, shape: int) -> None:
        """Gives a shape this outline as it is now; ThorVG copies the points."""
        self._thorvg.shape_reset(shape)
        self._thorvg.shape_append_path(shape, *self._path)


class _Clip:
    def __init__(self, thorvg: ThorVG, scene: int, outline: _Outline) -> None:
        self._shape = thorvg.shape_new()
        self._outline = outline
        thorvg.paint_set_clip(scene, self._shape)

    def move(self) -> None:
        self._outline.trace(self._shape)


class _Layer:
    def __init__(
        self, thorvg: ThorVG, number: int, path: RigPath, outline: _Outline, palette: Palette, scale: float
    ) -> None:
        self.number = number
        self.shape: int = thorvg.shape_new()
        self.shadings: list[_Shading] = []
        self._outline = outline
        self._thorvg = thorvg
        self._opacity = 255
        if path.fill is not None:
            self._ink(path.fill, palette, thorvg.shape_set_fill_color, thorvg.shape_set_gradient)
        if path.stroke is not None:
            thorvg.shape_set_stroke_width(self.shape, path.width * scale)
            thorvg.shape_set_stroke_cap(self.shape, CAPS[path.cap])
            thorvg.shape_set_stroke_join(self.shape, JOINS[path.join])
            self._ink(path.stroke, palette, thorvg.shape_set_stroke_color, thorvg.shape_set_stroke_gradient)

    def move(self, opacity: int) -> None:
        if opacity != self._opacity:
            self._thorvg.paint_set_opacity(self.shape, opacity)
            self._opacity = opacity
        if opacity:
            self._outline.trace(self.shape)

    def _ink(self, paint: Paint, palette: Palette, plain: Any, shaded: Any) -> None:
        if isinstance(paint, Gradient):
            self.shadings.append(_Shading(self._thorvg, self, paint, palette, shaded))
        else:
            plain(self.shape, *palette[paint], 255)


class _Shading:
    """A gradient that hangs on two points of the rig.

    Attributes:
        number: the layer's.
        ends: the two points.
    """

    def __init__(self, thorvg: ThorVG, layer: _Layer, gradient: Gradient, palette: Palette, assign: Any) -> None:
        ends = gradient.linear or gradient.radial
        assert ends is not None  # rig_file.parsed takes no gradient without either
        self.ends = ends
        self.number = layer.number
        self._thorvg = thorvg
        self._shape = layer.shape
        self._assign = assign
        self._made = self._linear if gradient.linear else self._radial
        stops = [
            ColourStop(offset, *palette[name], math.floor(alpha * 255 + 0.5)) for offset, name, alpha in gradient.stops
        ]
        self._stops = (ColourStop * len(stops))(*stops)

    def move(self, x: float, y: float, to_x: float, to_y: float) -> None:
        # A new one each time: the shape owns its gradient, and looks at it again only when it is given one.
        made = self._made(x, y, to_x, to_y)
        self._thorvg.gradient_set_color_stops(made, ctypes.addressof(self._stops), len(self._stops))
        self._assign(self._shape, made)

    def _linear(self, x: float, y: float, to_x: float, to_y: float) -> int:
        made: int = self._thorvg.linear_gradient_new()
        self._thorvg.linear_gradient_set(made, x, y, to_x, to_y)
        return made

    def _radial(self, x: float, y: float, to_x: float, to_y: float) -> int:
        made: int = self._thorvg.radial_gradient_new()
        radius = max(math.hypot(to_x - x, to_y - y), _SMALLEST_RADIUS)
        self._thorvg.radial_gradient_set(made, x, y, radius, x, y, 0.0)
        return made


def _outlines(thorvg: ThorVG, rig: Rig, points: NDArray[np.float32]) -> list[_Outline]:
    """One for each path; their points lie in their order in `points`."""
    found, place = [], points.ctypes.data
    for path in rig.paths:
        found.append(_Outline(thorvg, path, place))
        place += len(path.points) * points.strides[0]
    return found
