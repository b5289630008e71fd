"""OSCQuery with VRChat, both ways: asks which avatar is worn, and is told when it changes."""

import asyncio
import logging
import secrets
import socket
from collections.abc import Callable
from typing import Any, Final

from avatar_driver.errors import DecodeError
from avatar_driver.protocols.osc import decode
from avatar_driver.protocols.oscquery import CHANGE, HTTP_SERVICE, OSC_SERVICE, HostInfo, answer, host_info
from avatar_driver.protocols.vrchat_avatar import Avatar, from_tree, readable_id
from avatar_driver.sinks._http import Server, get
from avatar_driver.sinks._mdns import Mdns

__all__ = ["OscQuery", "own_address"]

_VRCHAT: Final = "VRChat-Client-"
_MOST_CLIENTS: Final = 8  # that have been found; a game that crashed stays known for a while
_INTERESTING: Final = (CHANGE.encode() + b"\0", b"#bundle\0")

log = logging.getLogger("avatar_driver")


class OscQuery:
    """Finds VRChat and is found by it.

    Only the host that the face is sent to is ever asked, whatever an advertisement says; and only the VRChat whose OSC
    port is the one that the face is sent to.

    Args:
        address: of VRChat's host, numeric.
        port: UDP port of VRChat's OSC.
        own_address: where we listen and what we advertise.
        listen_port: UDP port to hear avatar changes on; 0 takes a free one.
        mdns: None does without, "loopback" or "network" is where VRChat is looked for.
        found: called when a VRChat was found.
        changed: called with the id of the avatar that is worn from now on.

    Attributes:
        refused: answers and packets that were not what they should be.
    """

    def __init__(
        self,
        address: str,
        port: int,
        *,
        own_address: str,
        listen_port: int,
        mdns: str | None,
        found: Callable[[], None],
        changed: Callable[[str], None],
    ) -> None:
        self.refused = 0
        self.osc_port = listen_port
        self._address = address
        self._port = port
        self._own_address = own_address
        self._wants_mdns = mdns is not None
        self._found = found
        self._changed = changed
        self._clients: dict[str, int] = {}
        self._told: set[str] = set()
        self._transport: asyncio.DatagramTransport | None = None
        self._server = Server(self._answer)
        # Peers take a name only in four parts, `name._oscjson._tcp.local`: no dots in it.
        self.instance = f"avatar_driver-{secrets.token_hex(3).upper()}"
        self._mdns = Mdns(
            HTTP_SERVICE, lambda name: name.startswith(_VRCHAT), self._client, everywhere=mdns == "network"
        )

    async def open(self) -> None:
        """Listens for avatar changes, and starts to look for VRChat and to be found.

        Raises:
            OSError: the system gives no sockets.
        """
        await self._listen()
        if self._wants_mdns:
            http_port = await self._server.open(self._own_address)
            await self._mdns.open(
                self.instance, self._own_address, {HTTP_SERVICE: http_port, OSC_SERVICE: self.osc_port}
            )

    async def close(self) -> None:
        """Says goodbye and closes everything; also after an `open` that failed."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        await self._server.close()
        await self._mdns.close()

    @property
    def knows_vrchat(self) -> bool:
        """Whether a VRChat was found, so that asking makes sense."""
        return bool(self._clients)

    async def worn(self) -> Avatar | None:
        """The avatar that our VRChat says is worn; None when none answers soundly."""
        for instance, http_port in reversed(list(self._clients.items())):
            try:
                info = host_info(await get(self._address, http_port, "/?HOST_INFO"))
                if info.osc_port != self._port:
                    self._tell_once(
                        "found %s, which listens on port %d; this sink sends to %d", instance, info.osc_port, self._port
                    )
                    continue
                return from_tree(await get(self._address, http_port, "/avatar"))
            except DecodeError as error:
                self.refused += 1
                self._tell_once("%s gave an answer that cannot be used: %s", instance, error)
            except OSError as error:
                log.debug("vrchat: %s does not answer: %s", instance, str(error) or "no answer in time")
        return None

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for port in dict.fromkeys((self.osc_port, 0)):
            try:
                self._transport, _ = await loop.create_datagram_endpoint(
                    lambda: _Listener(self._heard), local_addr=(self._own_address, port)
                )
                break
            except OSError as error:
                if port == 0:
                    raise
                self._tell_once(
                    "cannot listen on UDP port %d (%s); avatar changes sent there are not heard. Stop the program that "
                    "has it, or set 'listen_port: 0'",
                    port,
                    error.strerror or error,
                )
        assert self._transport is not None
        self.osc_port = self._transport.get_extra_info("sockname")[1]

    def _client(self, instance: str, http_port: int) -> None:
        self._clients.pop(instance, None)
        self._clients[instance] = http_port
        while len(self._clients) > _MOST_CLIENTS:
            del self._clients[next(iter(self._clients))]
        self._found()

    def _heard(self, packet: bytes, sender: str) -> None:
        # VRChat sends other things too, and anyone may send anything.
        if not packet.startswith(_INTERESTING) or sender != self._address:
            return
        try:
            messages = decode(packet)
        except DecodeError as error:
            self.refused += 1
            self._tell_once("a packet that is not OSC came to port %d: %s", self.osc_port, error)
            return
        for message in messages:
            avatar_id = readable_id(message.args[0]) if message.address == CHANGE and message.args else None
            if avatar_id is not None:
                self._changed(avatar_id)

    def _answer(self, head: bytes) -> bytes:
        return answer(head, HostInfo(self.instance, self._own_address, self.osc_port))

    def _tell_once(self, sentence: str, *facts: object) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            log.warning(f"vrchat: {sentence}", *facts)


class _Listener(asyncio.DatagramProtocol):
    def __init__(self, heard: Callable[[bytes, str], None]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._heard(data, addr[0])


def own_address(toward: str) -> str:
    """The address of this computer from which a numeric IPv4 address is reached; sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((toward, 9))
        address: str = probe.getsockname()[0]
        return address
