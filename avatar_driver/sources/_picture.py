"""One picture of a camera or a film, and its way from OpenCV's colours to the tracker's."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from avatar_driver.sources._libraries import opencv

__all__ = ["Picture", "UnusablePictureError", "rgb"]


class Picture(NamedTuple):
    """What a camera or a film gives at one moment.

    Attributes:
        time: seconds; a film that is read faster than it plays has times of its own.
        captured: `time.perf_counter()` when the picture was grabbed or read.
        image: as OpenCV gives it: BGR, rarely BGRA or grey. None where the driver gave nothing.
    """

    time: float
    captured: float
    image: Any


class UnusablePictureError(ValueError):
    """An array that is no picture, or one whose meaning is not clear."""


def rgb(image: object) -> NDArray[np.uint8]:
    """A contiguous (height, width, 3) RGB picture of one that OpenCV gave: BGR, BGRA or grey.

    MediaPipe reads memory and ignores strides, so a view such as `image[..., ::-1]` would be silently wrong; a grey
    picture kills its graph.

    Raises:
        UnusablePictureError: it is something else. Floats and 16 bits are not guessed at: nothing says what white is.
    """
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.size == 0:
        raise UnusablePictureError(_described(image))
    cv2 = opencv()
    match image.shape:
        case (_, _) | (_, _, 1):
            conversion = cv2.COLOR_GRAY2RGB
        case (_, _, 3):
            conversion = cv2.COLOR_BGR2RGB
        case (_, _, 4):
            conversion = cv2.COLOR_BGRA2RGB
        case _:
            raise UnusablePictureError(_described(image))
    converted: NDArray[np.uint8] = cv2.cvtColor(np.ascontiguousarray(image), conversion)
    return converted


def _described(image: object) -> str:
    if isinstance(image, np.ndarray):
        return f"an array of {image.dtype} with shape {image.shape}"
    return f"{type(image).__name__}"
