"""When a virtual camera shows its next picture."""

from typing import Final

__all__ = ["CameraPace"]

# Shares of the interval between two pictures.
_EARLY: Final = 0.75  # a new face this soon after the last new one is shown at once: sources jitter
_REPEAT: Final = 1.5  # no new face until then: the last one is shown again
_EARLY_AFTER_REPEAT: Final = 0.25  # a repeated picture holds up nobody for long


class CameraPace:
    """Keeps pictures coming at a steady rate, without holding a new face longer than needed.

    Faces as fast as the camera are shown the moment they come. Of faster ones the newest is shown. Where slower ones
    leave a gap, the last picture is repeated, for a call that gets too few takes the camera for broken.

    Args:
        fps: the camera's rate.
    """

    def __init__(self, fps: float) -> None:
        self._interval = 1 / fps
        self._last = float("-inf")
        self._was_new = True

    def due(self, arrived: float | None) -> float:
        """When the next picture is to be shown, in seconds of the caller's clock.

        Args:
            arrived: when the newest face came that was not shown yet; None where there is none.
        """
        if arrived is None:
            return self._last + self._interval * (_REPEAT if self._was_new else 1)
        early = self._last + self._interval * (_EARLY if self._was_new else _EARLY_AFTER_REPEAT)
        if arrived >= early:
            return arrived
        return self._last + self._interval if self._was_new else early

    def shown(self, at: float, *, new: bool) -> None:
        """Notes that a picture was shown: a new one, or the last one again."""
        self._last = at
        self._was_new = new
