"""A small picture of what the camera sees, for the person who wants to see it; made only while it is asked for."""

import time
from typing import Any, Final

from avatar_driver.sources._libraries import opencv
from avatar_driver.sources._picture import UnusablePictureError, rgb

__all__ = ["Preview"]

_WIDTH: Final = 320
_EVERY: Final = 1 / 12  # s
_QUALITY: Final = 70


class Preview:
    """One slot for the newest picture, as JPEG. Set `on` from any thread.

    Attributes:
        on: whether pictures are made. Off at first: nothing of the camera leaves the source unasked.
    """

    def __init__(self) -> None:
        self.on = False
        self._made = 0.0
        self._picture: bytes | None = None

    def offer(self, image: Any) -> None:
        """Makes a picture of an image as OpenCV gives it, if one is due and the image is one."""
        now = time.perf_counter()
        if not self.on or now - self._made < _EVERY:
            return
        self._made = now
        try:
            image = rgb(image)
        except UnusablePictureError:
            return
        cv2 = opencv()
        height, width = image.shape[:2]
        small = cv2.resize(image, (_WIDTH, max(1, round(height * _WIDTH / width))), interpolation=cv2.INTER_AREA)
        done, encoded = cv2.imencode(
            ".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
        )
        self._picture = encoded.tobytes() if done else None

    def take(self) -> bytes | None:
        """The newest picture that was not taken yet."""
        picture, self._picture = self._picture, None
        return picture if self.on else None
