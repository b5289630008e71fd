"""Swaps left and right, so that the avatar moves like a mirror image."""

import numpy as np

from avatar_driver.channels import CHANNELS, MIRRORED, NEGATED_BY_MIRROR
from avatar_driver.frame import Frame

__all__ = ["Mirror"]

_ORDER = np.array(MIRRORED)
_SIGN = np.ones(len(CHANNELS), np.float32)
_SIGN[list(NEGATED_BY_MIRROR)] = -1


class Mirror:
    """Swaps every left shape with its right twin and negates yaw, roll and sideways movement.

    Gaze swaps with the eyes: looking in stays looking in, on the other eye. Twice is no change at all.
    """

    def __call__(self, frame: Frame) -> Frame:
        """The mirrored frame."""
        return frame.changed(values=frame.values[_ORDER] * _SIGN, tone=frame.tone[_ORDER] * _SIGN)

    def reset(self) -> None:
        """Has nothing to forget."""
