"""One dashboard that is open: what it is sent, newest first, and what it asks for."""

import asyncio
import struct
from collections import deque
from typing import Any, Final

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from avatar_driver.channels import CHANNELS
from avatar_driver.errors import AvatarDriverError
from avatar_driver.frame import Frame
from avatar_driver.protocols.access import is_loopback
from avatar_driver.web import commands
from avatar_driver.web.controls import Controls

__all__ = ["LiveClient", "face_message", "picture_message"]

_FACE: Final = 1
_PICTURE: Final = 2
_TRACKED: Final = 1
_ALTERED: Final = 2
_HEADER: Final = struct.Struct("<BBHId")
_PICTURE_HEADER: Final = bytes((_PICTURE, 0, 0, 0))
_MOST_LINES: Final = 20
_STALL_SECONDS: Final = 5.0
_ENCODER: Final = msgspec.json.Encoder()


def face_message(given: Frame, curved: Frame, shown: Frame, sequence: int) -> bytes:
    """A frame for the dashboard, 944 bytes, little-endian: kind 1, flags, count, sequence, time, and four faces.

    The faces are (58,) float32 each: as measured, as sent out, its tone, and as the response curves are given it.
    Flags: 1 tracked, 2 altered.
    """
    flags = _TRACKED * shown.tracked | _ALTERED * bool(shown.altered)
    header = _HEADER.pack(_FACE, flags, len(CHANNELS), sequence, shown.time)
    faces = (given.values, shown.values, shown.tone, curved.values)
    return header + b"".join(face.astype("<f4", copy=False).tobytes() for face in faces)


def picture_message(jpeg: bytes) -> bytes:
    """The camera's picture: kind 2, three zeros, the JPEG."""
    return _PICTURE_HEADER + jpeg


class NotOnThisComputerError(AvatarDriverError):
    """Somebody at another computer wants to see the camera's picture."""

    def __str__(self) -> str:
        return "the camera's picture is shown on the computer it is taken with, and nowhere else"


class LiveClient:
    """Sends a dashboard what is newest whenever it is ready for it, and does what it asks for, one after the other.

    Args:
        connection: to the page.
        controls: what does it.
    """

    def __init__(self, connection: ServerConnection, controls: Controls) -> None:
        self._connection = connection
        self._controls = controls
        self._arrived = asyncio.Event()
        self._texts: dict[str, dict[str, Any]] = {}  # the newest of each type
        self._lines: deque[dict[str, Any]] = deque(maxlen=_MOST_LINES)
        self._answers: deque[dict[str, Any]] = deque()
        self._face: bytes | None = None
        self._picture: bytes | None = None
        # The camera's picture never leaves this computer, whoever asks for it and whoever else is looking.
        self.may_see_pictures = is_loopback(str(connection.remote_address[0]))

    def tell(self, message: dict[str, Any]) -> None:
        """Sends a message in place of one of the same type that still waits. Never waits itself."""
        self._texts[message["type"]] = message
        self._arrived.set()

    def log(self, message: dict[str, Any]) -> None:
        """Sends a line of the log."""
        self._lines.append(message)
        self._arrived.set()

    def show(self, face: bytes | None = None, picture: bytes | None = None) -> None:
        """Sends a face or a picture in place of one that still waits."""
        self._face = face or self._face
        if self.may_see_pictures:
            self._picture = picture or self._picture
        self._arrived.set()

    async def run(self) -> None:
        """Serves the page until it goes or stalls."""
        sending = asyncio.create_task(self._send())
        try:
            async for message in self._connection:
                await self._answer(message)
        except ConnectionClosed:
            pass
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def close(self) -> None:
        """Tells the page that the program ends."""
        await self._connection.close(CloseCode.GOING_AWAY, "avatar_driver ends")

    async def _answer(self, message: str | bytes) -> None:
        number, done, text = 0, True, ""
        try:
            command = commands.decode(message)
            number = command.id
            if isinstance(command, commands.Picture) and not self.may_see_pictures:
                raise NotOnThisComputerError
            text = await self._controls.do(command)
        except AvatarDriverError as error:
            done, text = False, _told(error)
        self._answers.append({"type": "answer", "id": number, "ok": done, "text": text})
        self._arrived.set()

    async def _send(self) -> None:
        try:
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                for message in self._waiting():
                    await self._send_one(_ENCODER.encode(message), text=True)
                face, picture, self._face, self._picture = self._face, self._picture, None, None
                for binary in (face, picture):
                    if binary is not None:
                        await self._send_one(binary, text=False)
        except ConnectionClosed:
            pass  # `run` ends too
        except TimeoutError:
            self._connection.transport.abort()

    def _waiting(self) -> list[dict[str, Any]]:
        messages = [*self._texts.values(), *self._lines, *self._answers]
        self._texts.clear()
        self._lines.clear()
        self._answers.clear()
        return messages

    async def _send_one(self, message: bytes, *, text: bool) -> None:
        async with asyncio.timeout(_STALL_SECONDS):
            await self._connection.send(message, text=text)


def _told(error: AvatarDriverError) -> str:
    """The sentence for the person at the page, who has no line of a file before them."""
    problems = getattr(error, "problems", None)
    return "; ".join(problem.text for problem in problems) if problems else str(error)
