"""The puppet as a picture: what a call sees instead of a face."""

import math
import weakref
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar_driver.errors import AvatarDriverError
from avatar_driver.puppet._backdrop import backdrop, check_background
from avatar_driver.puppet._layers import Box, Layers
from avatar_driver.puppet._thorvg import ONE_AT_A_TIME, ThorVG, thorvg_running
from avatar_driver.puppet.rig import Rig

__all__ = ["Renderer", "check_background"]

_RED_FIRST: Final = 0  # Tvg_Colorspace ABGR8888: the bytes in memory are red, green, blue, alpha


class Renderer:
    """Paints a rig with ThorVG.

    One renderer belongs to one thread at a time; any will do, and it need not be the one that made it. Several may be
    used in several threads, where they wait for each other. Painting proper lets go of Python's lock.

    Args:
        rig: the puppet.
        width: pixels.
        height: pixels. The puppet stands on the bottom edge, whole, as large as fits.
        background: a colour like `#dfe7f5`, `green` for a green screen (#00b140), or a picture file, which is cut to
            fill the frame. Left out: the rig's own.
        colours: other colours for names of the rig's palette; their shades follow.
        mirror: paints the puppet as in a mirror, its left on the picture's left. The background stays as it is.

    Raises:
        AvatarDriverError: ThorVG cannot be loaded, or the background picture not be read.
        ProblemsError: the palette has no such colour.
        ValueError: the background is neither a colour nor the name of a picture file.
    """

    def __init__(
        self,
        rig: Rig,
        width: int,
        height: int,
        *,
        background: str | None = None,
        colours: Mapping[str, str] | None = None,
        mirror: bool = False,
    ) -> None:
        palette = rig.colours(dict(colours or {}))
        self._rig = rig
        self._still = backdrop(background, palette["background"], width, height)
        self._rgba = self._still.copy()
        self._rgb = np.empty((height, width, 3), np.uint8)
        self._covered: Box = (0.0, 0.0, float(width), float(height))  # nothing was converted yet
        x, y, wide, high = rig.view
        scale = min(width / wide, height / high)
        self._scale = np.array([-scale if mirror else scale, scale])
        self._shift = np.array([width / 2, height]) - self._scale * (x + wide / 2, y + high)
        with ONE_AT_A_TIME:
            self._thorvg = thorvg = thorvg_running()
        self._canvas = thorvg.new_canvas()
        with ONE_AT_A_TIME:
            weakref.finalize(self, _destroy, thorvg, self._canvas)
            pixels = self._rgba.ctypes.data
            if thorvg.swcanvas_set_target(self._canvas, pixels, width, width, height, _RED_FIRST):
                raise AvatarDriverError(f"ThorVG cannot paint a picture of {width} × {height} pixels")
            self._layers = Layers(thorvg, self._canvas, rig, palette, scale)

    def draw(self, values: ArrayLike) -> NDArray[np.uint8]:
        """The puppet wearing a face.

        Args:
            values: (58,) in the order of `avatar_driver.channels`; the rig limits what is out of range.

        Returns:
            (height, width, 3) uint8, red first. The same array each time: the next `draw` paints over it.
        """
        import cv2  # slow to import

        pose = self._rig.posed(values)
        pixels = pose.points * self._scale + self._shift
        with ONE_AT_A_TIME:
            part = self._changing(self._layers.pose(pixels, pose))
            np.copyto(self._rgba[part], self._still[part])
            self._paint()
        # Fast and without Python's lock; NumPy takes ten times as long.
        cv2.cvtColor(self._rgba[part], cv2.COLOR_RGBA2RGB, dst=self._rgb[part])
        return self._rgb

    def _paint(self) -> None:
        thorvg = self._thorvg
        failed = thorvg.canvas_update(self._canvas)
        failed = failed or thorvg.canvas_draw(self._canvas, False)
        failed = thorvg.canvas_sync(self._canvas) or failed
        if failed:
            raise AvatarDriverError(f"ThorVG failed to paint the puppet (result {failed})")

    def _changing(self, box: Box) -> tuple[slice, slice]:
        """Rows and columns of the part of the picture where the puppet is now, or was before."""
        before, self._covered = self._covered, box
        left, top = min(before[0], box[0]), min(before[1], box[1])
        right, bottom = max(before[2], box[2]), max(before[3], box[3])
        height, width, _ = self._rgb.shape
        return _pixels(top, bottom, height), _pixels(left, right, width)


def _pixels(first: float, last: float, size: int) -> slice:
    """Those that are touched, of so many."""
    return slice(*(min(max(edge, 0), size) for edge in (math.floor(first), math.ceil(last))))


def _destroy(thorvg: ThorVG, canvas: int) -> None:
    with ONE_AT_A_TIME:
        thorvg.canvas_destroy(canvas)
