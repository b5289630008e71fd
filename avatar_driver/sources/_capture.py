"""A camera or stream that is read in a thread of its own; only the newest picture is kept."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final, Self

from avatar_driver.errors import SourceLostError
from avatar_driver.sources._libraries import opencv
from avatar_driver.sources._picture import Picture

__all__ = ["Capture"]

_FIRST_SECONDS: Final = 10.0  # to open and to give the first picture; some USB cameras take five
_SILENCE_SECONDS: Final = 2.0
_LOOK_UP_SECONDS: Final = 0.05  # how often a waiting reader looks whether it shall stop
_RETRY_SECONDS: Final = 0.01
_LEAVE_SECONDS: Final = 0.05


class Capture:
    """Opens a device and reads it, both in a thread of its own, because both may hang in a driver.

    Whoever asks gets the newest picture; those in between are dropped and counted, for an avatar that lags is worse
    than one that skips. The driver's buffers never fill, because the thread always reads.

    Args:
        opened: gives the open `cv2.VideoCapture`; runs in the thread. The errors it raises come out of `ready`.
        name: what to call the device in a sentence.
        before: the capture of the same device that was closed last. Its thread may still be leaving the driver.

    Attributes:
        dropped: pictures that nobody took.
    """

    def __init__(self, opened: Callable[[], Any], name: Callable[[], str], before: Self | None = None) -> None:
        self.dropped = 0
        self._opened = opened
        self._name = name
        self._changed = threading.Condition()
        self._newest: Picture | None = None
        self._error: Exception | None = None
        self._is_open = False
        self._ending = False
        self._heard = time.perf_counter()  # when the last picture came, or the device was asked for its first
        self._patience = _FIRST_SECONDS
        self._thread = threading.Thread(target=self._run, args=(before,), name="camera", daemon=True)
        self._thread.start()

    def ready(self, stop: threading.Event) -> bool:
        """Waits until the device is open. False when `stop` was set meanwhile.

        Raises:
            SourceError: what opening raised.
            SourceLostError: it takes too long.
        """
        return self._wait(lambda: self._is_open, stop, "did not open within")

    def newest(self, stop: threading.Event) -> Picture | None:
        """The newest picture, waiting for one if there is none. None when `stop` was set meanwhile.

        Raises:
            SourceLostError: none came for two seconds; ten for the first.
        """
        if not self._wait(lambda: self._newest is not None, stop, "has given no picture for"):
            return None
        with self._changed:
            picture, self._newest = self._newest, None
            return picture

    def close(self) -> None:
        """Lets the thread end, which then frees the device. Does not wait for a driver that hangs."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        self._thread.join(_LEAVE_SECONDS)

    def _wait(self, come: Callable[[], bool], stop: threading.Event, failing: str) -> bool:
        with self._changed:
            while not come():
                if stop.is_set():
                    return False
                if self._error is not None:
                    raise self._error
                if time.perf_counter() - self._heard > self._patience:
                    raise SourceLostError(f"{self._name()} {failing} {self._patience:.0f} s")
                self._changed.wait(_LOOK_UP_SECONDS)
        return not stop.is_set()

    def _run(self, before: Self | None) -> None:
        device: Any = None
        try:
            if before is not None:
                before._thread.join()
            if not self._ending:
                device = self._opened()
                self._note_open()
                self._read(device)
        except Exception as error:  # the border of the thread: the reader raises it again
            with self._changed:
                self._error = error
                self._changed.notify_all()
        finally:
            if device is not None:
                device.release()

    def _note_open(self) -> None:
        with self._changed:
            self._is_open = True
            self._heard = time.perf_counter()
            self._changed.notify_all()

    def _read(self, device: Any) -> None:
        failure = opencv().error
        while not self._ending:
            image = None
            try:
                grabbed = device.grab()
                captured = time.perf_counter()
                if grabbed:
                    image = device.retrieve()[1]
            except failure:
                pass
            if image is None:
                self._pause()
            else:
                self._put(Picture(captured, captured, image))

    def _put(self, picture: Picture) -> None:
        with self._changed:
            self.dropped += self._newest is not None
            self._newest = picture
            self._heard = picture.captured
            self._patience = _SILENCE_SECONDS
            self._changed.notify_all()

    def _pause(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._ending, _RETRY_SECONDS)
