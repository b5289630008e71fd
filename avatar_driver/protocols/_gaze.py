"""Where the eyes look, from the eight look shapes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import INDEX

__all__ = ["GAZE_PITCH_DEGREES", "GAZE_YAW_DEGREES", "gaze", "gaze_scale"]

#: Angles of a full look shape in ARKit's own data (a real capture gives 0.575 and 0.612 rad). Whether MediaPipe's
#: shapes have the same scale is doubtful, so every sink that sends angles lets the user change them.
GAZE_YAW_DEGREES: Final = 33.0
GAZE_PITCH_DEGREES: Final = 35.0

# The left eye turns to the subject's right by looking in, the right eye by looking out.
_POSITIVE: Final = [INDEX[f"eyeLook{way}"] for way in ("DownLeft", "InLeft", "DownRight", "OutRight")]
_NEGATIVE: Final = [INDEX[f"eyeLook{way}"] for way in ("UpLeft", "OutLeft", "UpRight", "InRight")]


def gaze(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """(4,) left pitch, left yaw, right pitch, right yaw, −1 to 1: pitch + is down, yaw + to the subject's right."""
    return values[_POSITIVE] - values[_NEGATIVE]


def gaze_scale(yaw: float, pitch: float) -> NDArray[np.float32]:
    """(4,) what to multiply `gaze` with, in the units of `yaw` and `pitch`."""
    return np.array([pitch, yaw, pitch, yaw], np.float32)
