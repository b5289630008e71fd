"""The cameras of this computer by name, and which of them a user means."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from avatar_driver.errors import AvatarDriverError, did_you_mean
from avatar_driver.sources._libraries import opencv

__all__ = ["ConnectedCamera", "cameras", "chosen", "is_virtual", "listed", "preferred_backend"]

# Cameras that other programs draw. Their picture may be our own avatar; some freeze whoever opens them first.
# Programs that bring a telephone's camera (DroidCam, Iriun, Camo) are not among them.
_VIRTUAL: Final = re.compile(
    r"virtual|v4l2 ?loopback|dummy video|\bobs\b|unity ?(video )?capture|vtube ?studio|vsee ?face|vup|xsplit|manycam"
    r"|snap ?camera|mmhmm|nvidia broadcast|ndi (video|webcam)|splitcam|youcam|animaze|facerig|e2esoft|webcammax|akvcam",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ConnectedCamera:
    """A camera that the system knows.

    Attributes:
        number: what OpenCV opens it by.
        name: what its maker calls it; empty when the system does not say.
        path: the system's lasting name: `/dev/video0`, a device path on Windows, an identifier on macOS; or empty.
        virtual: another program draws its picture.
    """

    number: int
    name: str = ""
    path: str = ""
    virtual: bool = False

    def __str__(self) -> str:
        place = self.path if self.path.startswith("/dev/") else f"camera {self.number}"
        return f"{self.name} ({place})" if self.name else place


def cameras() -> list[ConnectedCamera]:
    """All cameras the system knows, by number; empty also where it cannot be asked.

    Raises:
        SourceError: OpenCV cannot be loaded.
    """
    cv2 = opencv()
    try:
        from cv2_enumerate_cameras import enumerate_cameras

        infos = enumerate_cameras(preferred_backend(cv2))
    except (ImportError, OSError, RuntimeError, AttributeError, NotImplementedError):
        # Names are a comfort. A system that does not give them still opens cameras by number.
        return []
    found = [ConnectedCamera(info.index, info.name or "", info.path or "", _drawn(info)) for info in infos]
    return sorted(found, key=lambda camera: camera.number)


def preferred_backend(cv2: Any) -> int:
    """What OpenCV shall open cameras with; numbers mean the same camera only within one."""
    name = {"linux": "CAP_V4L2", "win32": "CAP_DSHOW", "darwin": "CAP_AVFOUNDATION"}.get(sys.platform, "CAP_ANY")
    return int(getattr(cv2, name))


def is_virtual(name: str) -> bool:
    """Whether a camera of that name is drawn by another program, as far as names tell."""
    return _VIRTUAL.search(name) is not None


def listed(found: Sequence[ConnectedCamera]) -> str:
    """`0: 'Integrated Camera', 2: 'Logitech C920'`, or `none`."""
    return ", ".join(f"{camera.number}: '{camera.name}'" for camera in found) or "none"


def chosen(device: int | str, found: Sequence[ConnectedCamera]) -> ConnectedCamera:
    """The camera that a user means by a number, `auto`, a path, a name or a part of a name.

    A number is taken as asked, listed or not. `auto` is the first that is not virtual.

    Raises:
        NoCameraError: none is meant.
    """
    if isinstance(device, int) or device.isdecimal():
        number = int(device)
        return next((camera for camera in found if camera.number == number), ConnectedCamera(number))
    if device == "auto":
        matching = [camera for camera in found if not camera.virtual]
        if not found and sys.platform != "linux":
            return ConnectedCamera(0)  # the system may not be able to list what it can open
    else:
        matching = _named(device, found)
    if not matching:
        raise NoCameraError(device, found)
    return matching[0]


class NoCameraError(AvatarDriverError):
    """No camera is the one the user means."""

    def __init__(self, device: int | str, found: Sequence[ConnectedCamera]) -> None:
        super().__init__(device, found)
        self.device = device
        self.found = found

    def __str__(self) -> str:
        if self.device == "auto" and self.found:
            return f"no camera but virtual ones: {listed(self.found)}; name one if you mean it"
        what = "no camera" if self.device == "auto" else f"no camera '{self.device}'"
        hint = did_you_mean(str(self.device), [camera.name for camera in self.found])
        return f"{what}; found {listed(self.found)}{hint or '; a video file or a URL serves too'}"


def _named(device: str, found: Sequence[ConnectedCamera]) -> list[ConnectedCamera]:
    real_path = str(Path(device).resolve()) if device.startswith("/dev/") else device
    by_path = [camera for camera in found if camera.path in (device, real_path)]
    if by_path or device.startswith("/dev/"):
        return by_path
    wanted = device.strip().casefold()
    same = [camera for camera in found if camera.name.casefold() == wanted]
    return same or [camera for camera in found if wanted in camera.name.casefold()]


def _drawn(info: Any) -> bool:
    if is_virtual(info.name or ""):
        return True
    # On Linux a loopback device may have any name, but no hardware behind it.
    node = Path("/sys/class/video4linux") / Path(info.path or "").name
    return sys.platform == "linux" and "/devices/virtual/" in str(node.resolve())
