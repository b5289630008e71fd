"""A camera or a stream, opened so that what goes wrong can be said in a sentence."""

import os
import sys
import threading
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from avatar_driver.errors import SourceLostError
from avatar_driver.sources._cameras import ConnectedCamera, NoCameraError, cameras, chosen, listed, preferred_backend
from avatar_driver.sources._capture import Capture
from avatar_driver.sources._libraries import opencv
from avatar_driver.sources._picture import Picture

__all__ = ["CameraView", "StreamView"]

_STREAM_OPEN_MS: Final = 5000
_STREAM_READ_MS: Final = 2000


class _LiveView:
    """Pictures as they come, the newest first; opening is up to the child."""

    def __init__(self, description: str) -> None:
        self.description = description
        self._capture: Capture | None = None
        self._last_capture: Capture | None = None

    def open(self) -> None:
        """Begins to open, in a thread of its own."""
        self._capture = Capture(self._opened, lambda: self.description, self._last_capture)

    def ready(self, stop: threading.Event) -> bool:
        """Waits until it is open. False when `stop` was set meanwhile.

        Raises:
            SourceLostError: it does not open; the sentence says why and what there is.
        """
        assert self._capture is not None
        return self._capture.ready(stop)

    def pictures(self, stop: threading.Event, after: float) -> Iterator[Picture]:
        """The newest picture each time one is asked for. Ends only by `stop`.

        Raises:
            SourceLostError: two seconds without a picture.
        """
        del after  # the clock only rises
        assert self._capture is not None
        while (picture := self._capture.newest(stop)) is not None:
            yield picture

    def close(self) -> None:
        """Lets go of the device, though perhaps not before this returns."""
        if self._capture is not None:
            self._capture.close()
            self._last_capture, self._capture = self._capture, None

    def _opened(self) -> Any:
        raise NotImplementedError


class StreamView(_LiveView):
    """A stream from the network."""

    def __init__(self, url: str) -> None:
        self._url = url
        super().__init__(_without_password(url))

    def _opened(self) -> Any:
        cv2 = opencv()
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _STREAM_OPEN_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _STREAM_READ_MS]
        device = cv2.VideoCapture(self._url, cv2.CAP_FFMPEG, limits)
        if not device.isOpened():
            raise SourceLostError(f"{_without_password(self._url)} does not answer, or sends no video")
        # The frame rate that FFmpeg gives for a stream is a guess, so it is not told.
        self.description = f"{_without_password(self._url)}, {_size(cv2, device)}"
        return device


class CameraView(_LiveView):
    """A camera of this computer.

    Args:
        device: number, `auto`, name, part of a name, or path.
        width: pixels to ask for.
        height: pixels to ask for.
        fps: pictures a second to ask for.
    """

    def __init__(self, device: int | str, *, width: int, height: int, fps: float) -> None:
        super().__init__("the camera" if device == "auto" else f"camera {device}")
        self._device = device
        self._width = width
        self._height = height
        self._fps = fps

    def _opened(self) -> Any:
        cv2 = opencv()
        found = cameras()
        try:
            camera = chosen(self._device, found)
        except NoCameraError as error:
            raise SourceLostError(str(error)) from error
        device = cv2.VideoCapture(camera.number, preferred_backend(cv2))
        if not device.isOpened():
            raise SourceLostError(_refusal(camera, found))
        self._ask(cv2, device)
        self.description = f"{camera}, {_size(cv2, device)}{_rate(cv2, device)}{_format(cv2, device)}"
        return device

    def _ask(self, cv2: Any, device: Any) -> None:
        # The format first: over USB most cameras reach their rate only with JPEG, and some forget it after the size.
        # The number of buffers is left alone: with one, some drivers halve the rate; our thread empties them anyway.
        device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        device.set(cv2.CAP_PROP_FRAME_WIDTH, self._width)
        device.set(cv2.CAP_PROP_FRAME_HEIGHT, self._height)
        device.set(cv2.CAP_PROP_FPS, self._fps)


def _refusal(camera: ConnectedCamera, found: list[ConnectedCamera]) -> str:
    if camera not in found:
        return f"no camera {camera.number}; found {listed(found)}"
    if camera.path.startswith("/dev/") and not os.access(camera.path, os.R_OK | os.W_OK):
        return f"camera {camera} may not be opened by this user; `sudo usermod -aG video $USER`, then log in again"
    also = "; or System Settings, Privacy, Camera forbids it to this program" if sys.platform == "darwin" else ""
    return f"camera {camera} is there but does not open: another program may be using it{also}; found {listed(found)}"


def _size(cv2: Any, device: Any) -> str:
    return f"{device.get(cv2.CAP_PROP_FRAME_WIDTH):.0f}x{device.get(cv2.CAP_PROP_FRAME_HEIGHT):.0f}"


def _rate(cv2: Any, device: Any) -> str:
    fps = device.get(cv2.CAP_PROP_FPS)
    return f" at {fps:.4g} fps" if 0 < fps <= 1000 else ""


def _format(cv2: Any, device: Any) -> str:
    code = int(device.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
    text = code.to_bytes(4, "little").decode("latin-1").strip()
    return f", {text}" if text.isascii() and text.isprintable() and text else ""


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
