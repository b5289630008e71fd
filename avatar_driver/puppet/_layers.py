"""A rig's paths as ThorVG's shapes: made once, given new points for each face."""

import ctypes
import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.puppet._thorvg import CAPS, COMMANDS, JOINS, ColourStop, ThorVG
from avatar_driver.puppet.rig import Pose, Rig, RigPath
from avatar_driver.puppet.rig_file import Gradient, Paint

__all__ = ["Layers"]

_SMALLEST_RADIUS: Final = 1e-3  # pixels; as puppet.js has it, in the drawing's units

Palette = dict[str, tuple[int, int, int]]
Pool = Sequence[Sequence[float]]


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
        outlines, first = [], 0
        for path in rig.paths:
            outlines.append(_Outline(thorvg, path, first))
            first += len(path.points)
        self._points = np.concatenate([path.points for path in rig.paths]).astype(np.intp)
        self._clips: list[_Clip] = []
        self._layers: list[_Layer] = []
        for clip, members in groupby(enumerate(rig.paths), key=lambda each: each[1].clip):
            add, parent = thorvg.canvas_add, canvas
            if clip is not None:  # neighbours inside the same path share one clip
                add, parent = thorvg.scene_add, thorvg.scene_new()
                self._clips.append(_Clip(thorvg, parent, outlines[clip]))
                thorvg.canvas_add(canvas, parent)
            for number, path in members:
                if path.fill is not None or path.stroke is not None:
                    layer = _Layer(thorvg, number, path, outlines[number], palette, scale)
                    add(parent, layer.shape)
                    self._layers.append(layer)

    def pose(self, pixels: NDArray[np.float64], pose: Pose) -> None:
        """Moves everything to where it is for a face.

        Args:
            pixels: (n, 2), the pose's points on the picture.
            pose: for the opacities.
        """
        points = np.ascontiguousarray(pixels[self._points], np.float32)
        pool: Pool = pixels.tolist()
        opacities: list[int] = np.rint(pose.opacity * 255).astype(int).tolist()
        for clip in self._clips:
            clip.move(points)
        for layer in self._layers:
            layer.move(points, pool, opacities[layer.number])


class _Outline:
    """The commands of a path, and which of all points are its own."""

    def __init__(self, thorvg: ThorVG, path: RigPath, first: int) -> None:
        self._thorvg = thorvg
        self._commands = bytes(COMMANDS[command] for command in path.commands)
        self._first = first
        self._count = len(path.points)

    def trace(self, shape: int, points: NDArray[np.float32]) -> None:
        """Gives a shape this outline; ThorVG copies the points."""
        self._thorvg.shape_reset(shape)
        own = points.ctypes.data + self._first * points.strides[0]
        self._thorvg.shape_append_path(shape, self._commands, len(self._commands), own, self._count)


class _Clip:
    def __init__(self, thorvg: ThorVG, scene: int, outline: _Outline) -> None:
        self._shape = thorvg.shape_new()
        self._outline = outline
        thorvg.paint_set_clip(scene, self._shape)

    def move(self, points: NDArray[np.float32]) -> None:
        self._outline.trace(self._shape, points)


class _Layer:
    def __init__(
        self, thorvg: ThorVG, number: int, path: RigPath, outline: _Outline, palette: Palette, scale: float
    ) -> None:
        self.number = number
        self.shape: int = thorvg.shape_new()
        self._outline = outline
        self._thorvg = thorvg
        self._opacity = 255
        self._gradients: list[_Shading] = []
        if path.fill is not None:
            self._ink(path.fill, palette, thorvg.shape_set_fill_color, thorvg.shape_set_gradient)
        if path.stroke is not None:
            thorvg.shape_set_stroke_width(self.shape, path.width * scale)
            thorvg.shape_set_stroke_cap(self.shape, CAPS[path.cap])
            thorvg.shape_set_stroke_join(self.shape, JOINS[path.join])
            self._ink(path.stroke, palette, thorvg.shape_set_stroke_color, thorvg.shape_set_stroke_gradient)

    def move(self, points: NDArray[np.float32], pool: Pool, opacity: int) -> None:
        if opacity != self._opacity:
            self._thorvg.paint_set_opacity(self.shape, opacity)
            self._opacity = opacity
        if opacity == 0:
            return
        self._outline.trace(self.shape, points)
        for gradient in self._gradients:
            gradient.apply(self.shape, pool)

    def _ink(self, paint: Paint, palette: Palette, plain: Any, shaded: Any) -> None:
        if isinstance(paint, Gradient):
            self._gradients.append(_Shading(self._thorvg, paint, palette, shaded))
        else:
            plain(self.shape, *palette[paint], 255)


class _Shading:
    """A gradient that hangs on points of the rig."""

    def __init__(self, thorvg: ThorVG, gradient: Gradient, palette: Palette, assign: Any) -> None:
        self._thorvg = thorvg
        self._gradient = gradient
        self._assign = assign
        stops = [
            ColourStop(offset, *palette[name], math.floor(alpha * 255 + 0.5)) for offset, name, alpha in gradient.stops
        ]
        self._stops = (ColourStop * len(stops))(*stops)

    def apply(self, shape: int, pool: Pool) -> None:
        # A new one each time: the shape owns its gradient, and looks at it again only when it is given one.
        if self._gradient.linear is not None:
            start, end = self._gradient.linear
            made = self._thorvg.linear_gradient_new()
            self._thorvg.linear_gradient_set(made, *pool[start], *pool[end])
        else:
            assert self._gradient.radial is not None  # rig_file.parsed takes no gradient without either
            centre, rim = (pool[end] for end in self._gradient.radial)
            made = self._thorvg.radial_gradient_new()
            radius = max(math.dist(centre, rim), _SMALLEST_RADIUS)
            self._thorvg.radial_gradient_set(made, *centre, radius, *centre, 0.0)
        self._thorvg.gradient_set_color_stops(made, ctypes.addressof(self._stops), len(self._stops))
        self._assign(shape, made)
