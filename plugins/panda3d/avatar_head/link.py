"""Faces from avatar_driver's WebSocket, read by a thread: the render loop takes the newest and never waits.

The stream is described in `avatar_driver/protocols/face_stream.py`. This file needs nothing of avatar_driver.
"""

import contextlib
import json
import math
import struct
import threading
import time
from typing import Any, Final, NamedTuple

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from avatar_head.shapes import SHAPES

__all__ = ["AT_REST", "Face", "FaceLink", "Shown", "StreamError", "channel_order", "decode"]

_HEADER: Final = struct.Struct("<4sBBHId")
_TRACKED: Final = 1
_SEQUENCES: Final = 2**32  # then the sender counts from 0 again
_HEAD: Final = tuple(f"head{what}{axis}" for what in ("Position", "Rotation") for axis in "XYZ")
_FIRST_PAUSE: Final = 0.25  # seconds until it tries again; twice as long each time …
_LONGEST_PAUSE: Final = 2.0  # … up to this
_QUIET: Final = 1.0  # seconds; the thread looks this often whether it shall end


class StreamError(ValueError):
    """A message that is none of the stream."""


class Face(NamedTuple):
    """One frame.

    Attributes:
        time: seconds on the sender's clock, at capture.
        sequence: the sender counts its frames; a gap is frames that this client was too slow for.
        tracked: whether a face is in view. When not, the driver has eased the values towards rest.
        shapes: 52 from 0 to 1, in the order of `SHAPES`.
        position: metres from the calibrated place.
        rotation: a rotation vector in radians.
        arrived: `time.perf_counter()` when it came.
    """

    time: float
    sequence: int
    tracked: bool
    shapes: tuple[float, ...]
    position: tuple[float, float, float]
    rotation: tuple[float, float, float]
    arrived: float = 0.0


AT_REST: Final = Face(0.0, 0, False, (0.0,) * len(SHAPES), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))


def channel_order(hello: str) -> tuple[int, ...]:
    """Where in a packet the 52 shapes and the head's 6 numbers lie, by their names in the hello.

    Raises:
        StreamError: not a hello of this stream, or a channel is missing.
    """
    try:
        said: Any = json.loads(hello)
        if (said["type"], said["protocol"], said["version"]) != ("hello", "avatar_driver.face", 1):
            raise StreamError(f"a hello of avatar_driver.face, version 1, was expected, found {hello[:80]}")
        places = {str(name): i for i, name in enumerate(said["channels"])}
        return tuple(places[name] for name in (*SHAPES, *_HEAD))
    except (ValueError, TypeError, KeyError) as problem:
        if isinstance(problem, StreamError):
            raise
        raise StreamError(f"a hello that names every channel was expected ({problem})") from problem


def decode(packet: bytes, order: tuple[int, ...], arrived: float = 0.0) -> Face:
    """The face of a binary packet.

    Raises:
        StreamError: it is not one, or a number in it is not finite.
    """
    if len(packet) < _HEADER.size:
        raise StreamError(f"a packet of at least {_HEADER.size} bytes was expected, found {len(packet)}")
    magic, version, flags, count, sequence, when = _HEADER.unpack_from(packet)
    if (magic, version) != (b"ADFS", 1) or len(packet) != _HEADER.size + 8 * count or count <= max(order):
        raise StreamError(f"a packet of version 1 was expected, found {packet[:8].hex()} and {len(packet)} bytes")
    values = struct.unpack_from(f"<{count}f", packet, _HEADER.size)
    if not (math.isfinite(when) and all(map(math.isfinite, values))):
        raise StreamError("finite numbers were expected")
    named = [values[place] for place in order]
    shapes = tuple(min(max(value, 0.0), 1.0) for value in named[: len(SHAPES)])
    x, y, z, turn_x, turn_y, turn_z = named[len(SHAPES) :]
    return Face(when, sequence, bool(flags & _TRACKED), shapes, (x, y, z), (turn_x, turn_y, turn_z), arrived)


class FaceLink:
    """Keeps one connection and its newest face. Nothing here raises, and nothing that is called waits.

    Args:
        url: the WebSocket's address, as the driver's status line tells it; a token belongs to it.

    Attributes:
        newest: the newest face; None until one came.
        connected: whether there is a connection now.
        received, skipped, refused: frames that came; that the sender left out for this client; messages that were none.
    """

    def __init__(self, url: str = "ws://127.0.0.1:8771/") -> None:
        self._url = f"{url}{'&' if '?' in url else '?'}format=binary"
        self.newest: Face | None = None
        self.connected = False
        self.received = self.skipped = self.refused = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="avatar_driver", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread; it may take a moment to notice, and nobody has to wait for it."""
        self._ending.set()

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._ending.is_set():
            # The driver may not run yet, or end, or be started again: all of it is everyday.
            with (
                contextlib.suppress(OSError, TimeoutError, WebSocketException),
                connect(self._url, compression=None, open_timeout=2, close_timeout=0.2) as connection,
            ):
                self.connected, pause = True, _FIRST_PAUSE
                self._listen(connection)
            self.connected = False
            self._ending.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _listen(self, connection: ClientConnection) -> None:
        order: tuple[int, ...] | None = None
        last: int | None = None
        while not self._ending.is_set():
            try:
                message = connection.recv(timeout=_QUIET)
            except TimeoutError:
                continue
            arrived = time.perf_counter()
            try:
                if isinstance(message, str):
                    order = channel_order(message)
                    continue
                if order is None:
                    raise StreamError("a hello was expected before the first frame")
                face = decode(message, order, arrived)
            except StreamError:
                self.refused += 1
                continue
            self.received += 1
            gap = 0 if last is None else (face.sequence - last - 1) % _SEQUENCES
            # More than half way round is a sender that began again, not two thousand million frames.
            self.skipped += gap if gap < _SEQUENCES // 2 else 0
            last = face.sequence
            self.newest = face  # one assignment: the render loop sees the old face or the new one, never half


class Shown:
    """What to show of a stream that may stop: eases to rest when it does, and back when it goes on.

    Args:
        patience: seconds without a frame until the stream counts as lost. The driver sends at least ten a second.
        easing: seconds from a face to rest and back.
    """

    def __init__(self, patience: float = 0.5, easing: float = 0.3) -> None:
        self._patience = patience
        self._easing = easing
        self._weight = 0.0
        self._before: float | None = None

    def at(self, now: float, newest: Face | None) -> Face:
        """The face to show.

        Args:
            now: seconds on the clock of `Face.arrived`.
            newest: the newest face; None while there was none.
        """
        passed = 0.0 if self._before is None else max(0.0, now - self._before)
        self._before = now
        if newest is None:
            return AT_REST
        alive = now - newest.arrived < self._patience
        step = passed / self._easing
        self._weight = min(1.0, self._weight + step) if alive else max(0.0, self._weight - step)
        w = self._weight * self._weight * (3 - 2 * self._weight)
        if w == 1.0:
            return newest
        # A rotation vector times a weight is the same turn, less far.
        x, y, z = newest.position
        turn_x, turn_y, turn_z = newest.rotation
        return newest._replace(
            tracked=newest.tracked and alive,
            shapes=tuple(w * value for value in newest.shapes),
            position=(w * x, w * y, w * z),
            rotation=(w * turn_x, w * turn_y, w * turn_z),
        )
