"""A run of the puppet's layers, prepared in a thread of its own while those behind it are painted."""

import time
import weakref
from concurrent.futures import Executor, Future
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.errors import AvatarDriverError
from avatar_driver.puppet._thorvg import ONE_AT_A_TIME, ThorVG

__all__ = ["Sheet"]

# On a machine with more to do than cores, a thread that has begun may be made to wait for many times what it saves.
_PATIENCE: Final = 0.002  # s of waiting for the preparer
_ALONE: Final = 300  # frames without it after that
_RED_FIRST: Final = 0  # Tvg_Colorspace ABGR8888: the bytes in memory are red, green, blue, alpha


class Sheet:
    """A canvas of ThorVG's that lays what is on it over a picture.

    Args:
        thorvg: the library.
        picture: (height, width, 4) uint8, which outlives the sheet.
        room: one of its threads. Canvases made in the same thread share scratch memory, so that sheets which are
            prepared at the same time need different ones.
        ahead: whether the sheet can be prepared in that thread. If not, it is prepared when it is painted.

    Attributes:
        canvas: for the library.

    Raises:
        AvatarDriverError: there is no painting on a picture of this size.
    """

    def __init__(self, thorvg: ThorVG, picture: NDArray[np.uint8], room: Executor, *, ahead: bool) -> None:
        self._thorvg = thorvg
        self._preparer = room if ahead else None
        self._begun: Future[int] | None = None
        self._alone = 0  # frames for which the preparer is not asked
        self.canvas: int = room.submit(thorvg.roomy_canvas).result()
        weakref.finalize(self, _destroy, thorvg, self.canvas)
        height, width, _ = picture.shape
        if thorvg.swcanvas_set_target(self.canvas, picture.ctypes.data, width, width, height, _RED_FIRST):
            raise AvatarDriverError(f"ThorVG cannot paint a picture of {width} × {height} pixels")

    def prepare(self) -> None:
        """Lets the preparer begin to turn outlines into pixels; the shapes must not change until they are painted."""
        if self._alone:
            self._alone -= 1
        elif self._preparer:
            self._begun = self._preparer.submit(self._thorvg.canvas_update, self.canvas)

    def paint(self) -> None:
        """Paints what is on the sheet, and prepares it first if nobody has begun to.

        Raises:
            AvatarDriverError: ThorVG says that it failed.
        """
        failed = self._prepared()
        failed = failed or self._thorvg.canvas_draw(self.canvas, False)
        failed = self._thorvg.canvas_sync(self.canvas) or failed
        if failed:
            raise AvatarDriverError(f"ThorVG failed to paint the puppet (result {failed})")

    def _prepared(self) -> int:
        """What ThorVG says once the outlines are pixels."""
        begun, self._begun = self._begun, None
        if begun is None or begun.cancel():  # nobody has begun: on a busy machine the preparer has not had its turn
            return int(self._thorvg.canvas_update(self.canvas))
        began = time.perf_counter()
        result = begun.result()
        if time.perf_counter() - began > _PATIENCE:
            self._alone = _ALONE
        return result


def _destroy(thorvg: ThorVG, canvas: int) -> None:
    with ONE_AT_A_TIME:
        thorvg.canvas_destroy(canvas)
