"""Finds VTube Studio's port: it tells the network every two seconds, on UDP port 47779."""

import asyncio
import contextlib
import logging
import socket
from typing import Any, Final

from avatar_driver.errors import DecodeError
from avatar_driver.protocols.access import is_loopback
from avatar_driver.protocols.vtube_studio import read_broadcast

__all__ = ["PORT", "Discovery"]

_log: Final = logging.getLogger(__name__)

PORT: Final = 47_779
_FRESH_SECONDS: Final = 7.0  # three broadcasts
_MOST_PORTS: Final = 16


class Discovery(asyncio.DatagramProtocol):
    """Listens for VTube Studio on one host. Broadcasts of other computers are not believed.

    Attributes:
        news: set when a port was heard that was not there before.
        api_off: whether the last broadcast said that the plugin API is switched off.
    """

    def __init__(self, host: str, preferred: int) -> None:
        self.news = asyncio.Event()
        self.api_off = False
        self._host = host
        self._preferred = preferred
        self._addresses: set[str] = set()
        self._heard: dict[int, float] = {}  # port to the time of its last broadcast
        self._transport: asyncio.BaseTransport | None = None

    @property
    def port(self) -> int:
        """Where VTube Studio listens: the preferred port unless only others are heard of."""
        now = asyncio.get_running_loop().time()
        heard = [port for port, time in self._heard.items() if now - time < _FRESH_SECONDS]
        return self._preferred if self._preferred in heard or not heard else min(heard)

    async def open(self) -> None:
        """Listens where that is possible; another program that has the port is no error."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError, UnicodeError):
            found = await loop.getaddrinfo(self._host, self._preferred, type=socket.SOCK_STREAM)
            self._addresses = {str(address[0]) for *_, address in found}
        listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if hasattr(socket, "SO_REUSEPORT"):
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            listening.bind(("", PORT))
            listening.setblocking(False)
            self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=listening)
        except OSError as error:
            listening.close()
            _log.info("cannot listen for VTube Studio on port %d (%s); trying port %d", PORT, error, self._preferred)

    def close(self) -> None:
        """Stops listening."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        """Takes a datagram; what is not a broadcast of VTube Studio on our host is ignored."""
        try:
            state = read_broadcast(data)
        except DecodeError:
            return
        if not self._is_host(addr[0]):
            return
        self.api_off = not state.active
        now = asyncio.get_running_loop().time()
        known = now - self._heard.get(state.port, -_FRESH_SECONDS) < _FRESH_SECONDS
        if not state.active or (state.port not in self._heard and len(self._heard) >= _MOST_PORTS):
            return
        self._heard[state.port] = now
        if not known:
            self.news.set()

    def error_received(self, exc: Exception) -> None:
        """Errors of a socket that only listens mean nothing."""

    def _is_host(self, address: str) -> bool:
        if not is_loopback(self._host):
            return address in self._addresses
        if is_loopback(address):
            return True
        # A broadcast of this computer comes from one of its addresses, and only such can be bound.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((address, 0))
            except OSError:
                return False
            return True
