"""A WebSocket connection that holds its ground against whoever is at the other end."""

import asyncio
import socket
from collections.abc import Iterable
from typing import Any, Final

from websockets.asyncio.server import Server, ServerConnection

__all__ = ["BoundedConnection", "wait_closed"]

# A small send buffer in the kernel keeps messages that wait there for a slow client from growing old.
_KERNEL_BUFFER_BYTES: Final = 16_384
# A receiver says next to nothing. One that floods us with the smallest pings holds the loop for 4 ms at a time, and a
# tenth of the time in all; unhindered it would hold it, and every other sink with it, for 300 ms.
_PIECE_BYTES: Final = 512
_REST: Final = 9.0


class BoundedConnection(ServerConnection):
    """A connection of which a client can grow neither the memory nor the time it takes from the event loop.

    Listed from the first byte of its handshake to its end. What the client says is heard in small pieces with a rest
    after each, in proportion to what the piece cost. While the client does not take what was sent, nothing it says is
    heard either: the pongs to its pings would pile up.
    """

    def __init__(self, *args: Any, listed: set["BoundedConnection"], at_most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at_most = at_most
        self._blocked = False
        self._listed = listed
        self._rest: asyncio.TimerHandle | None = None
        self._unheard = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        accepted = transport.get_extra_info("socket")
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BUFFER_BYTES)
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BUFFER_BYTES)
        super().connection_made(transport)
        self._listed.add(self)
        if len(self._listed) > self._at_most:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self._listed.discard(self)
        self._unheard.clear()
        if self._rest is not None:
            self._rest.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        self.transport.pause_reading()
        self._unheard += data
        if self._rest is None:
            self._go_on()

    def pause_writing(self) -> None:
        """Called by asyncio."""
        super().pause_writing()
        self._blocked = True
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Called by asyncio."""
        super().resume_writing()
        self._blocked = False
        if self._rest is None:
            self._go_on()

    def _go_on(self) -> None:
        self._rest = None
        if self._blocked:
            return
        if not self._unheard:
            self.transport.resume_reading()
            return
        piece = bytes(self._unheard[:_PIECE_BYTES])
        del self._unheard[:_PIECE_BYTES]
        begun = self.loop.time()
        super().data_received(piece)
        self._rest = self.loop.call_later((self.loop.time() - begun) * _REST, self._go_on)


async def wait_closed(server: Server, connections: Iterable[BoundedConnection], within: float) -> None:
    """Waits until a server that is closing is closed; connections that take longer than `within` seconds are broken."""
    try:
        async with asyncio.timeout(within):
            await server.wait_closed()
    except TimeoutError:
        for connection in list(connections):
            connection.transport.abort()
        await server.wait_closed()
