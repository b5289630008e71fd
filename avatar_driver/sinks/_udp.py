"""Datagrams to one address, or from and to whoever writes to one of ours, without ever waiting."""

import asyncio
import errno
import socket
from collections.abc import Iterator, Sequence
from typing import Any, Final

from avatar_driver.errors import SinkError
from avatar_driver.frame import Frame

__all__ = ["Udp", "UdpSink"]

_LONGEST: Final = 65_536  # bytes: no datagram has more
_TRY_LATER: Final = {socket.EAI_AGAIN, socket.EAI_MEMORY, socket.EAI_FAIL}


class Udp:
    """One unconnected, non-blocking socket that sends to one host and port, or listens on one.

    Unconnected, because a connected one raises `ConnectionRefusedError` on every other send while nobody listens, and a
    target that is not running yet is no error.

    Attributes:
        skipped: packets that the system had no room for.
    """

    def __init__(self, host: str, port: int) -> None:
        self.skipped = 0
        self._host = host
        self._port = port
        self._socket: socket.socket | None = None
        self._address: Any = None

    async def open(self, *, listen: bool = False) -> None:
        """Resolves the name, once, and makes the socket. IPv4 comes first: that is where games listen on `localhost`.

        Args:
            listen: host and port are this computer's own, to hear `received` on, and not where packets go.

        Raises:
            SinkError: the host does not exist.
            OSError: the name cannot be resolved now, or the system gives no socket or not that port.
        """
        self.close()
        family, self._address = await self._resolved()
        made = socket.socket(family, socket.SOCK_DGRAM)
        made.setblocking(False)
        # Without it the system refuses a broadcast address, which is a way to reach all computers of a home network.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if listen:
            try:
                made.bind(self._address)
            except OSError:
                made.close()
                raise
        self._socket = made

    def received(self, at_most: int = 32) -> Iterator[tuple[bytes, Any]]:
        """Packets that have arrived since, with their senders' addresses; what is more waits for the next call."""
        for _ in range(at_most):
            if self._socket is None:
                return
            try:
                yield self._socket.recvfrom(_LONGEST)
            except ConnectionError:  # an ICMP answer to a packet of ours
                continue
            except BlockingIOError:
                return

    def send(self, packets: Sequence[bytes], to: Any = None) -> bool:
        """Hands packets to the system in order. False when it had no room: the packet and those after it are skipped.

        Packets of a frame belong together, so the rest of a frame is not sent after a hole.

        Args:
            packets: one frame's.
            to: an address as `received` gives it; left out, the host and port.

        Raises:
            OSError: there is no way to the target, as when the network is down.
        """
        if self._socket is None:
            raise OSError(errno.ENOTCONN, "the output is not open")
        for i, packet in enumerate(packets):
            try:
                self._socket.sendto(packet, self._address if to is None else to)
            except ConnectionError:
                # An ICMP answer to an earlier packet: nobody listens yet.
                continue
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS):
                    raise
                self.skipped += len(packets) - i
                return False
        return True

    def close(self) -> None:
        """Closes the socket; may be called at any time."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @property
    def address(self) -> str:
        """The numeric address of the host.

        Raises:
            OSError: it is not open.
        """
        if self._address is None:
            raise OSError(errno.ENOTCONN, "the output is not open")
        return str(self._address[0])

    def describe(self) -> str:
        """`host:port`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{host}:{self._port}"

    async def _resolved(self) -> tuple[int, Any]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)
        except socket.gaierror as error:
            if error.errno in _TRY_LATER:
                raise
            raise self._unknown_host() from error
        except UnicodeError as error:  # a label is empty or too long
            raise self._unknown_host() from error
        family, _, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
        return family, address

    def _unknown_host(self) -> SinkError:
        return SinkError(f"no computer is known as '{self._host}'; give its name or address in 'host'")


class UdpSink:
    """What sinks over UDP share. A child sets `_udp` and says, in `_packets`, what a frame becomes."""

    _udp: Udp

    async def open(self) -> None:
        """Resolves the host and makes the socket.

        Raises:
            SinkError: the host does not exist.
            OSError: the system refused.
        """
        await self._udp.open()

    async def send(self, frame: Frame) -> None:
        """Sends what the frame becomes, which may be nothing.

        Raises:
            OSError: there is no way to the host.
        """
        self._udp.send(self._packets(frame))

    async def close(self) -> None:
        """Closes the socket."""
        self._udp.close()

    def describe(self) -> str:
        """Where it sends."""
        return self._udp.describe()

    def _packets(self, frame: Frame) -> Sequence[bytes]:
        raise NotImplementedError
