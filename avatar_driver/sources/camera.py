"""A face in front of a camera, in a film, or in a stream, read by MediaPipe."""

import contextlib
import math
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

from annotated_types import Ge, Gt, Le

from avatar_driver.frame import REST, Frame, Origin
from avatar_driver.models import find_model
from avatar_driver.sources._landmarker import SUPPORT, Landmarker
from avatar_driver.sources._libraries import vision
from avatar_driver.sources._live import CameraView, StreamView
from avatar_driver.sources._picture import Picture
from avatar_driver.sources._preview import Preview
from avatar_driver.sources._video import Video

__all__ = ["Camera"]

_STREAM: Final = re.compile(r"(https?|rtsps?|rtmps?|rtp|udp|tcp|srt)://", re.IGNORECASE)
_VIDEO_SUFFIX: Final = re.compile(r"\.(avi|flv|gif|jpe?g|m4v|mjpeg|mkv|mov|mp4|mpe?g|mts|ogv|png|ts|webm|wmv)$", re.I)


class Camera:
    """A camera, a video file or a stream. Every picture becomes a frame, tracked or not.

    Args:
        device: the number of a camera, `auto` for the first that is not virtual, its name or a part of it, its path
            such as `/dev/v4l/by-id/...`, a video file, or a URL (rtsp, http ...).
        width: pixels to ask the camera for. More costs more and hardly tracks better: the face is scaled to 256 pixels.
        height: pixels to ask the camera for.
        fps: pictures a second to ask the camera for.
        fast: reads a video file as quickly as it can, instead of at its own pace.
        loop: starts a video file again when it ends.
        model: the file of the face model; left out, it is found, or downloaded once.
        landmark_smoothing: keeps MediaPipe's own smoothing, which delays by about 8 ms. Off, the stages do all of it.
    """

    def __init__(
        self,
        *,
        device: Annotated[int, Ge(0)] | str = "auto",
        width: Annotated[int, Ge(16), Le(8192)] = 640,
        height: Annotated[int, Ge(16), Le(8192)] = 480,
        fps: Annotated[float, Gt(0), Le(1000)] = 30.0,
        fast: bool = False,
        loop: bool = False,
        model: str | None = None,
        landmark_smoothing: bool = False,
    ) -> None:
        self._model = Path(model) if model else None
        self._landmark_smoothing = landmark_smoothing
        self._view: CameraView | StreamView | Video
        if isinstance(device, str) and _STREAM.match(device):
            self._view = StreamView(device)
        elif isinstance(device, str) and _is_file(device):
            self._view = Video(Path(device).expanduser(), fast=fast, loop=loop)
        else:
            self._view = CameraView(device, width=width, height=height, fps=fps)
        self.paced = not (fast and isinstance(self._view, Video))
        self.preview = Preview()
        self._last = Frame(-math.inf, REST, tracked=False)

    def prepare(self) -> None:
        """Downloads the face model where there is none yet, with a progress bar; first sees that a file is there.

        Raises:
            ModelError: it cannot be downloaded, or is another file.
            SourceError: the video file is missing or none.
        """
        if isinstance(self._view, Video):
            self._view.open()
            self._view.close()
        find_model(self._model)

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """One frame per picture; a live camera skips to its newest picture when tracking is slower than it.

        Raises:
            ModelError: there is no face model and it cannot be downloaded.
            SourceLostError: the camera is absent, busy, or gave no picture for two seconds.
            SourceError: the file cannot be read, a system library is missing, or MediaPipe fails.
        """
        try:
            self._view.open()  # first: a missing file is told before a model is downloaded for it
            model = find_model(self._model)
            vision()  # half a second to import, while the camera opens
            if not self._view.ready(stop):
                return
            with contextlib.closing(Landmarker(model, smoothing=self._landmark_smoothing)) as landmarker:
                for picture in self._view.pictures(stop, self._last.time):
                    yield self._frame(picture, landmarker)
                    self.preview.offer(picture.image)  # after the frame is on its way
        finally:
            self._view.close()

    def describe(self) -> str:
        """What is open: name, size, frame rate and format as the driver gives them."""
        return self._view.description

    def _frame(self, picture: Picture, landmarker: Landmarker) -> Frame:
        start = time.perf_counter()
        values = landmarker.detect(picture.image, picture.time)
        detection = time.perf_counter() - start
        self._last = Frame(
            max(picture.time, math.nextafter(self._last.time, math.inf)),
            self._last.values if values is None else values,
            tracked=values is not None,
            origin=Origin(captured=picture.captured, detection=detection, support=SUPPORT),
        )
        return self._last


def _is_file(device: str) -> bool:
    """Whether a text means a video file. Also when there is none: then a file is missing, not a camera of that name."""
    path = Path(device).expanduser()
    if path.is_file():
        return True
    if device.startswith(("/dev/", "\\\\?\\")):  # how Linux and Windows call cameras
        return False
    return bool(_VIDEO_SUFFIX.search(device)) or path.is_absolute() or device.startswith(("./", "../"))
