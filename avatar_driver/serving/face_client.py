"""One client of the face stream: what it asked for, and its slot for the newest frame."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, cast, get_args

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from avatar_driver import __version__
from avatar_driver.channels import CHANNELS, Support
from avatar_driver.errors import did_you_mean
from avatar_driver.frame import Frame
from avatar_driver.protocols.face_stream import Hello, encode_binary, encode_hello, encode_json

__all__ = ["NOTHING_KNOWN", "Choice", "Edition", "FaceClient", "Statement"]

Format = Literal["json", "binary"]

#: What a hello tells that may change while running: the support of each channel, and what altered the face.
Statement = tuple[tuple[Support, ...], frozenset[str]]

NOTHING_KNOWN: Final[Statement] = ((Support.ABSENT,) * len(CHANNELS), frozenset())

_PARAMETERS: Final = ("format", "rate", "token")
_FASTEST: Final = 1000.0
# Frames come a little early as often as a little late; without slack a client at the camera's own rate would miss some.
_EARLY_PERIODS: Final = 0.25


@dataclass(frozen=True, slots=True)
class Choice:
    """What a client may ask for in the address it connects to.

    Attributes:
        format: JSON text or binary packets.
        rate: at most so many frames a second; None for all.
    """

    format: Format = "json"
    rate: float | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, Sequence[str]]) -> "Choice":
        """The choice in a parsed query, `?format=binary&rate=30`.

        Raises:
            ValueError: a sentence that says what was found and what there is.
        """
        for name, given in query.items():
            if name not in _PARAMETERS:
                raise ValueError(f"unknown parameter {name[:40]!a}{did_you_mean(name[:40], _PARAMETERS)}")
            if len(given) > 1:
                raise ValueError(f"'{name}' is written {len(given)} times")
        chosen = query.get("format", ("json",))[0]
        if chosen not in get_args(Format):
            raise ValueError(f"expected format=json or format=binary, found {chosen[:40]!a}")
        return cls(cast(Format, chosen), _rate(query["rate"][0]) if "rate" in query else None)


class Edition:
    """One frame with its number, encoded at most once in each format, when the first client takes it."""

    __slots__ = ("_encoded", "frame", "sequence")

    def __init__(self, frame: Frame, sequence: int) -> None:
        self.frame = frame
        self.sequence = sequence
        self._encoded: dict[Format, bytes] = {}

    @property
    def statement(self) -> Statement:
        """What the last hello must have said before this frame may be sent."""
        return self.frame.origin.support, self.frame.altered

    def encoded(self, chosen: Format) -> bytes:
        """The message of this frame."""
        message = self._encoded.get(chosen)
        if message is None:
            encode = encode_json if chosen == "json" else encode_binary
            message = self._encoded[chosen] = encode(self.frame, self.sequence)
        return message


class FaceClient:
    """Sends to one connection whatever frame is newest when the client is ready for one.

    Attributes:
        sent: frames sent.
        skipped: frames replaced by newer ones because the client was not ready; those above its `rate` do not count.
        stalled: the client took nothing for too long and was dropped.
    """

    def __init__(self, connection: ServerConnection, choice: Choice, patience_seconds: float) -> None:
        self.connection = connection
        self.choice = choice
        self.sent = 0
        self.skipped = 0
        self.stalled = False
        self._arrived = asyncio.Event()
        self._due = -math.inf
        self._over = False
        self._patience = patience_seconds
        self._slot: Edition | None = None
        self._told: Statement | None = None
        self._withheld: Edition | None = None

    def offer(self, edition: Edition) -> None:
        """Puts a frame in the slot, in the place of one that was not taken yet. Never waits."""
        if self._slot is not None:
            self.skipped += 1
        elif not self._is_due(edition.frame.time):
            self._withheld = edition
            return
        self._withheld = None
        self._slot = edition
        self._arrived.set()

    def finish(self) -> None:
        """The last frame goes out, be it above the client's rate, and then the connection closes."""
        self._slot = self._withheld or self._slot
        self._over = True
        self._arrived.set()

    async def run(self, statement: Statement) -> None:
        """Greets the client, then sends until it leaves, stalls, or `finish` is called."""
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(self._send_newest(statement))
            await self._ignore_incoming()
            sending.cancel()

    async def _send_newest(self, statement: Statement) -> None:
        try:
            await self._tell(statement)
            while not (self._over and self._slot is None):
                await self._arrived.wait()
                self._arrived.clear()
                edition, self._slot = self._slot, None
                if edition is None:
                    continue
                if edition.statement != self._told:
                    await self._tell(edition.statement)
                await self._send(edition.encoded(self.choice.format), text=self.choice.format == "json")
                self.sent += 1
            await self.connection.close(CloseCode.GOING_AWAY, "avatar_driver stops sending")
        except ConnectionClosed:
            pass  # `_ignore_incoming` ends too
        except TimeoutError:
            self.stalled = True
            self.connection.transport.abort()

    async def _tell(self, statement: Statement) -> None:
        await self._send(_hello(*statement, self.choice.format), text=True)
        self._told = statement

    async def _send(self, message: bytes, *, text: bool) -> None:
        async with asyncio.timeout(self._patience):
            await self.connection.send(message, text=text)

    async def _ignore_incoming(self) -> None:
        """Reads until the connection ends, so that pings and closing are answered; keeps nothing of it."""
        try:
            while True:
                # Piece by piece: a message of a million empty fragments must not be put together.
                async for _ in self.connection.recv_streaming(decode=False):
                    pass
        except ConnectionClosed:
            pass

    def _is_due(self, time: float) -> bool:
        if self.choice.rate is None:
            return True
        period = 1 / self.choice.rate
        if time < self._due - 2 * period:  # another source, whose clock began again
            self._due = time
        if time < self._due - _EARLY_PERIODS * period:
            return False
        # From when it was due, not from now: else 20 a second of a 30 Hz camera become 15. After a pause, from now.
        self._due += period
        if self._due < time - period:
            self._due = time + period
        return True


@lru_cache(maxsize=8)
def _hello(support: tuple[Support, ...], altered: frozenset[str], chosen: Format) -> bytes:
    return encode_hello(
        Hello(
            format=chosen,
            software=f"avatar_driver {__version__}",
            support=support,
            altered=tuple(sorted(altered)),
        )
    )


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 < rate <= _FASTEST:
        raise ValueError(f"expected a rate above 0 and up to {_FASTEST:g} frames a second, found {text[:40]!a}")
    return rate
