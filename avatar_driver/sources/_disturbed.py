"""Copies of a video as different cameras would have taken them: what the bench's truth on real clips rests on.

Each copy has its own sensor noise (Poisson–Gaussian, in grains of about a pixel as demosaicing leaves them), its own
JPEG artefacts and its own slow drift of place, tilt and size below a pixel or two, as a hand-held or vibrating camera
has. The face underneath is the same. Source of the sizes: the project's filter study, section 1.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.errors import SourceError

__all__ = ["LARGEST", "Disturbance", "Drift", "Video", "opened"]

LARGEST: Final = 960  # px, longest side of a picture; the face is resampled by the tracker anyway

_QUALITY: Final = 80  # of the JPEG
_SPREAD: Final = (1.5, 1.5, 0.3, 0.004)  # sd of the drift: px, px, degrees, share
_DRIFT_TIME: Final = 0.7  # s
_MARGIN: Final = 64  # px by which the grain's tile is larger than the picture
_GRAIN: Final = 1.0  # px, sd of the blur that makes grains of single pixels
_MID_GREY: Final = 110.0  # where the noise has its nominal size
_READ_SHARE: Final = 0.35  # of the variance at mid-grey that does not depend on light


@dataclass(frozen=True, slots=True)
class Drift:
    """Where a copy's camera stood at one frame: shift in px (right, down), tilt in degrees counter-clockwise, size."""

    right: float = 0.0
    down: float = 0.0
    tilt: float = 0.0
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Video:
    """A video file: its pictures per second, and how many there are by its own account."""

    path: Path
    rate: float
    count: int

    def pictures(self, seconds: float) -> Iterator[NDArray[np.uint8]]:
        """BGR pictures of the first seconds, made smaller where they are larger than `LARGEST`."""
        import cv2

        capture = cv2.VideoCapture(str(self.path))
        try:
            for _ in range(math.ceil(seconds * self.rate)):
                good, picture = capture.read()
                if not good:
                    return
                scale = LARGEST / max(picture.shape[:2])
                if scale < 1:
                    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                yield np.asarray(picture, dtype=np.uint8)
        finally:
            capture.release()


def opened(path: Path) -> Video:
    """A video file, looked into.

    Raises:
        SourceError: the file is not there, or is no video.
    """
    import cv2

    if not path.is_file():
        raise SourceError(f"{path}: no such file; expected a video of a face")
    capture = cv2.VideoCapture(str(path))
    rate, count = float(capture.get(cv2.CAP_PROP_FPS)), int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    good = bool(capture.isOpened()) and bool(capture.grab())
    capture.release()
    if not (good and math.isfinite(rate) and rate > 0):
        raise SourceError(f"{path}: found no pictures in it; expected a video of a face")
    return Video(path, rate, max(count, 1))


class Disturbance:
    """One camera's disturbance of a video, picture after picture.

    Args:
        seed: another seed is another camera.
        rate: pictures per second.
        noise: sd of the sensor's noise at mid-grey, in grey levels of 255. About 4 in a lit room, 12 in the dark.
    """

    def __init__(self, *, seed: int, rate: float, noise: float = 4.0) -> None:
        self._rng = np.random.default_rng(seed)
        self._stay = math.exp(-1 / (rate * _DRIFT_TIME))
        self._place = self._rng.standard_normal(4)
        levels = np.arange(256, dtype=np.float32) / _MID_GREY
        self._sd = (noise * np.sqrt(_READ_SHARE + (1 - _READ_SHARE) * levels)).astype(np.float32)
        self._tile: NDArray[np.float32] | None = None

    def __call__(self, picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Drift]:
        """The BGR picture as this camera took it, and where the camera stood."""
        import cv2

        drift = self._drift()
        height, width = picture.shape[:2]
        move = cv2.getRotationMatrix2D((width / 2, height / 2), drift.tilt, drift.size)
        move[:, 2] += np.array((drift.right, drift.down))
        moved = cv2.warpAffine(picture, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
        noise = cv2.multiply(cv2.LUT(moved, self._sd), self._grain(cv2, height, width))
        noisy = cv2.add(moved, noise, dtype=cv2.CV_8U)
        _, packed = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8), drift

    def _drift(self) -> Drift:
        fresh = math.sqrt(1 - self._stay**2) * self._rng.standard_normal(4)
        self._place = self._stay * self._place + fresh
        right, down, tilt, size = (float(value) for value in self._place * _SPREAD)
        return Drift(right, down, tilt, 1 + size)

    def _grain(self, cv2: Any, height: int, width: int) -> NDArray[np.float32]:
        """A random cut-out of a tile of noise: as good as fresh noise to a tracker, at a tenth of the cost."""
        if self._tile is None or self._tile.shape[0] < height or self._tile.shape[1] < width:
            white = self._rng.standard_normal((height + _MARGIN, width + _MARGIN, 3), dtype=np.float32)
            grains = cv2.GaussianBlur(white, (0, 0), _GRAIN)
            self._tile = (grains / grains.std()).astype(np.float32)
        top = int(self._rng.integers(0, self._tile.shape[0] - height + 1))
        left = int(self._rng.integers(0, self._tile.shape[1] - width + 1))
        cut = self._tile[top : top + height, left : left + width]
        return np.ascontiguousarray(cut if self._rng.random() < 0.5 else -cut)
