"""What the avatar does when the face leaves the picture, and when it comes back."""

from typing import Annotated, Final

import numpy as np
from annotated_types import Ge
from numpy.typing import NDArray

from avatar_driver.frame import REST, Frame

__all__ = ["Loss"]

_LONGEST_STEP: Final = 0.05  # s


class Loss:
    """Holds, then eases to rest; ramps back when the face returns. Nothing snaps, nothing stays frozen.

    A face that is missed for less than `hold` seconds is still called tracked, so receivers do not flicker between
    their own idle motion and ours.

    Args:
        hold: seconds the last face stays up.
        ease: seconds from there to rest.
        ramp: seconds from rest back to the live face. A loss shorter than `hold` ramps in proportion to its square, so
            that one missed frame costs no delay.
    """

    def __init__(
        self,
        *,
        hold: Annotated[float, Ge(0)] = 0.3,
        ease: Annotated[float, Ge(0)] = 0.8,
        ramp: Annotated[float, Ge(0)] = 0.25,
    ) -> None:
        self.hold = hold
        self.ease = ease
        self.ramp = ramp
        self.reset()

    def reset(self) -> None:
        """Forgets the last face."""
        self._shown = self._shown_tone = REST
        self._shown_at: float | None = None
        self._seen: float | None = None  # when the face was last in view
        self._easing_from: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
        self._ramping_from: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
        self._ramp_start = self._ramp_length = 0.0
        self._held = False  # whether a frame without the face came since it was last in view

    def __call__(self, frame: Frame) -> Frame:
        """The frame to show."""
        shown = self._found(frame) if frame.tracked else self._lost(frame)
        self._shown, self._shown_tone, self._shown_at = shown.values, shown.tone, frame.time
        return shown

    def _found(self, frame: Frame) -> Frame:
        missed = self._missed(frame.time)
        if self._easing_from is not None or self._seen is None:
            self._begin_ramp(frame.time, self.ramp)
        elif self._held:
            self._begin_ramp(frame.time, self.ramp * min(1.0, missed / self.hold) ** 2 if self.hold else 0.0)
        self._easing_from = None
        self._held = False
        self._seen = frame.time
        if self._ramping_from is None:
            return frame
        share = _share(frame.time - self._ramp_start, self._ramp_length)
        if share >= 1:
            self._ramping_from = None
            return frame
        values, tone = self._ramping_from
        return frame.changed(
            values=values + np.float32(share) * (frame.values - values),
            tone=tone + np.float32(share) * (frame.tone - tone),
        )

    def _lost(self, frame: Frame) -> Frame:
        self._ramping_from = None
        if self._seen is None:
            return frame.changed(values=REST, tone=REST)
        self._held = True
        missed = self._missed(frame.time)
        if missed <= self.hold:
            return frame.changed(values=self._shown, tone=self._shown_tone, tracked=True)
        if self._easing_from is None:
            self._easing_from = self._shown, self._shown_tone
        kept = np.float32(1 - _share(missed - self.hold, self.ease))
        values, tone = self._easing_from
        return frame.changed(values=values * kept, tone=tone * kept)

    def _begin_ramp(self, time: float, length: float) -> None:
        self._ramping_from = self._shown, self._shown_tone
        # Counted from the frame shown last, so that the first live frame already moves; but not over a stall.
        shown_at = time if self._shown_at is None else self._shown_at
        self._ramp_start = min(time, max(shown_at, time - _LONGEST_STEP))
        self._ramp_length = length

    def _missed(self, time: float) -> float:
        # A clock that jumped back counts as no time at all.
        return max(0.0, time - self._seen) if self._seen is not None else 0.0


def _share(elapsed: float, length: float) -> float:
    """How far a smooth movement of that length has come: 0 to 1, with no speed at either end."""
    if length <= 0:
        return 1.0
    t = min(1.0, max(0.0, elapsed / length))
    return t * t * (3 - 2 * t)
