"""A film in a file, at its own pace or as quickly as it can be read."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from avatar_driver.errors import SourceError
from avatar_driver.sources._libraries import opencv
from avatar_driver.sources._picture import Picture

__all__ = ["Video"]

_USUAL_FPS: Final = 30.0  # for files that do not know theirs
_LONGEST_STEP_SECONDS: Final = 10.0  # a longer one is a broken index, not a pause


class Video:
    """The pictures of a file, none left out, with the times of the film.

    Args:
        path: the file.
        fast: reads without pause. The times are the same as without.
        loop: starts again at the end, while the times go on rising.
    """

    def __init__(self, path: Path, *, fast: bool, loop: bool) -> None:
        self.description = path.name
        self._path = path
        self._fast = fast
        self._loop = loop
        self._device: Any = None

    def open(self) -> None:
        """Opens the file.

        Raises:
            SourceError: there is none, or it is no film.
        """
        if not self._path.exists():
            raise SourceError(f"no file '{self._path}'")
        cv2 = opencv()
        device = cv2.VideoCapture(str(self._path)) if self._path.is_file() else None
        if device is None or not device.isOpened():
            raise SourceError(f"'{self._path}' is not a video that OpenCV can read")
        width, height = int(device.get(cv2.CAP_PROP_FRAME_WIDTH)), int(device.get(cv2.CAP_PROP_FRAME_HEIGHT))
        self._device = device
        self.description = f"{self._path.name}, {width}x{height} at {1 / self._usual_step():.4g} fps"

    def ready(self, stop: threading.Event) -> bool:
        """True: a file is open at once."""
        return not stop.is_set()

    def pictures(self, stop: threading.Event, after: float) -> Iterator[Picture]:
        """Each picture when its time has come, or at once when that is past.

        Args:
            stop: ends the film, also while it waits.
            after: seconds; all times lie beyond it.
        """
        start: float | None = None
        for moment, image in self._film():
            if start is None:
                start = max(time.perf_counter(), after + self._usual_step())
            due = start + moment
            if not self._fast and (early := due - time.perf_counter()) > 0:
                stop.wait(early)
            if stop.is_set():
                return
            yield Picture(due, time.perf_counter(), image)

    def close(self) -> None:
        """Closes the file."""
        if self._device is not None:
            self._device.release()
            self._device = None

    def _film(self) -> Iterator[tuple[float, Any]]:
        """Seconds since the first picture, and the picture; again and again in a loop."""
        start = 0.0
        while True:
            moment = None
            for moment, image in self._showing():
                yield start + moment, image
            if moment is None:
                raise SourceError(f"'{self._path}' has no picture that can be read")
            if not self._loop:
                return
            start += moment + self._usual_step()
            self.close()
            self.open()

    def _showing(self) -> Iterator[tuple[float, Any]]:
        cv2 = opencv()
        moment = 0.0
        stamp: float | None = None
        while self._device.grab():
            before, stamp = stamp, self._device.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if before is not None:
                step = stamp - before
                # Some files have stamps that repeat, run back or leap.
                moment += step if 0 < step < _LONGEST_STEP_SECONDS else self._usual_step()
            readable, image = self._device.retrieve()
            if readable:
                yield moment, image

    def _usual_step(self) -> float:
        fps = self._device.get(opencv().CAP_PROP_FPS)
        return 1 / (fps if 1 <= fps <= 1000 else _USUAL_FPS)
