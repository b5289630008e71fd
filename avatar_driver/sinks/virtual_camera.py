"""The puppet as a camera that video calls can choose: they see the avatar, and never the face."""

import asyncio
import contextlib
import re
import sys
from typing import Annotated, Any, Final

from annotated_types import Ge, Gt, Le

from avatar_driver.errors import AvatarDriverError, SinkError
from avatar_driver.frame import Frame
from avatar_driver.puppet.renderer import Renderer, check_background
from avatar_driver.puppet.rig import Rig
from avatar_driver.sinks._camera_thread import CameraThread

__all__ = ["VirtualCamera"]

_CLOSE_WITHIN: Final = 0.4  # s, less than the engine gives a sink

_INSTALL_OBS: Final = "install OBS Studio and start its virtual camera once, then stop it there"
_WHAT_TO_DO: Final = {
    "win32": f"{_INSTALL_OBS} (obsproject.com)",
    "darwin": f"{_INSTALL_OBS}; macOS asks you to allow it in System Settings (obsproject.com)",
    "linux": "sudo apt install v4l2loopback-dkms, then "
    'sudo modprobe v4l2loopback devices=1 exclusive_caps=1 card_label="avatar_driver"',
}


class VirtualCamera:
    """Shows the puppet as a camera in Zoom, Meet, Teams, Discord and OBS.

    Needs a virtual camera on the system: OBS Studio's on Windows and macOS, v4l2loopback on Linux. Choose the device of
    that name in the call. Until a face comes it shows the puppet at rest; when faces come slower than `fps`, it repeats
    the last picture.

    Args:
        width: pixels, even.
        height: pixels, even.
        fps: pictures per second that calls can count on.
        device: which virtual camera, such as `/dev/video10` or `OBS Virtual Camera`; the first free one when left out.
        background: `default` for the puppet's own colour, `green` for a green screen, a colour such as `"#dfe7f5"` (in
            quotes: YAML takes a bare # for a comment), or a picture file.
        colours: other colours for parts of the puppet, such as `{hair: "#8d5a3c"}`.
        mirror: shows the puppet as in a mirror; the background stays as it is.

    Raises:
        ValueError: a size is odd, the puppet has no such colour, or the background is none.
    """

    def __init__(
        self,
        *,
        width: Annotated[int, Ge(64), Le(4096)] = 1280,
        height: Annotated[int, Ge(64), Le(4096)] = 720,
        fps: Annotated[float, Gt(0), Le(240)] = 30.0,
        device: str | None = None,
        background: str = "default",
        colours: dict[str, str] | None = None,
        mirror: bool = False,
    ) -> None:
        for name, size in (("width", width), ("height", height)):
            if size % 2:
                raise ValueError(f"{name} {size} is odd; a camera's colours are shared by two pixels: use {size + 1}")
        self._size = (width, height)
        self._fps = fps
        self._wanted = device
        self._background = None if background == "default" else background
        check_background(self._background)
        self._colours = _checked(colours)
        self._mirror = mirror
        self._thread: CameraThread | None = None

    async def open(self) -> None:
        """Finds the camera and shows the puppet at rest.

        Raises:
            SinkError: there is no camera, it is taken, or the picture for the background cannot be read.
        """
        loop, settled = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settled.set)

        # Not asyncio.to_thread: a driver that hangs would keep the program from ending.
        thread = self._thread = CameraThread(self._opened, self._fps, tell)
        await settled.wait()
        if isinstance(thread.fault, AvatarDriverError):
            raise SinkError(str(thread.fault)) from thread.fault
        if thread.fault is not None:
            raise thread.fault

    async def send(self, frame: Frame) -> None:
        """Hands the face to the thread that paints; never waits.

        Raises:
            SinkError: the camera is gone.
        """
        thread = self._thread
        if thread is None:
            return
        if thread.fault is not None:
            raise SinkError(f"the virtual camera {thread.device} stopped: {thread.fault}") from thread.fault
        thread.show(frame.values)

    async def close(self) -> None:
        """Shows the last face and lets the camera go."""
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(thread.stop, _CLOSE_WITHIN)

    def describe(self) -> str:
        """The camera's name, size and rate."""
        device = (self._thread.device if self._thread else "") or self._wanted or "the first virtual camera"
        return f"{device}, {self._size[0]}×{self._size[1]} at {self._fps:g} fps"

    def _opened(self) -> tuple[Any, Renderer]:
        """The camera and what paints for it; called in their thread."""
        renderer = Renderer(
            Rig.load(), *self._size, background=self._background, colours=self._colours, mirror=self._mirror
        )
        try:
            import pyvirtualcam  # only this sink needs it
        except ImportError as error:
            raise SinkError(f"pyvirtualcam does not load ({error}); pip install pyvirtualcam") from error
        try:
            camera = pyvirtualcam.Camera(*self._size, self._fps, device=self._wanted)
        except (RuntimeError, ValueError) as error:
            raise SinkError(_no_camera(str(error))) from error
        return camera, renderer


def _checked(colours: dict[str, str] | None) -> dict[str, str]:
    if colours:
        try:
            Rig.load().colours(colours)
        except AvatarDriverError as error:
            raise ValueError(str(error)) from None
    return dict(colours or {})


def _no_camera(said: str) -> str:
    """A sentence from what pyvirtualcam says: one line per backend, each with advice of its own that we know better."""
    reasons = [re.sub(r"^'\w+' backend: ", "", line).split(". ")[0].rstrip(".!") for line in said.splitlines()]
    advice = _WHAT_TO_DO.get(sys.platform, "see pyvirtualcam's documentation for this system")
    return f"no virtual camera ({'; '.join(reasons)}): {advice}"
