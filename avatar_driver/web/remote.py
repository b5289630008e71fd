"""Commands by OSC, for Stream Decks, foot pedals and other programs on this computer.

    /avatar_driver/recentre                     the head's pose of the next moments is straight ahead
    /avatar_driver/freeze 1                     holds the face; 0 lets it go
    /avatar_driver/neutral 1                    brings it to rest; 0 lets it go
    /avatar_driver/expression/happy 1           shows an expression; 0 lets it go
    /avatar_driver/profile "vrchat"             runs another profile

A switch takes a bool, a number or nothing, which means on. For `recentre`, 0 does nothing, so that a button that sends
1 when pressed and 0 when let go recentres once.
"""

import asyncio
import logging
from collections.abc import Iterator
from typing import Final

from avatar_driver.errors import AvatarDriverError, DecodeError
from avatar_driver.protocols.osc import Argument, Message, decode
from avatar_driver.serving.listening import cannot_listen
from avatar_driver.web import commands
from avatar_driver.web.commands import Command
from avatar_driver.web.controls import Controls

__all__ = ["OscCommands", "command"]

_ROOT: Final = "/avatar_driver/"
_MOST_WAITING: Final = 32
_MOST_TOLD: Final = 20

log = logging.getLogger("avatar_driver")


def command(message: Message) -> Command | None:
    """What a message asks for; None for a button that is let go.

    Raises:
        DecodeError: it is no command.
    """
    name, _, rest = message.address.removeprefix(_ROOT).partition("/")
    first = message.args[0] if message.args else True
    if message.address.startswith(_ROOT):
        match name:
            case "recentre" if not rest:
                return commands.Recentre() if _on(first) else None
            case "freeze" if not rest:
                return commands.Freeze(on=_on(first))
            case "neutral" if not rest:
                return commands.Neutral(on=_on(first))
            case "expression" if rest:
                return commands.Expression(name=rest[:200], on=_on(first))
            case "profile" if not rest and isinstance(first, str):
                return commands.Switch(profile=first[:200])
    expected = f"{_ROOT}recentre, freeze, neutral, expression/NAME or profile"
    raise DecodeError(expected, f"{message.address[:60]!a}")


def _on(value: Argument) -> bool:
    if isinstance(value, bool | int | float):
        return bool(value)
    raise DecodeError("a bool or a number", repr(value)[:60])


class OscCommands(asyncio.DatagramProtocol):
    """Listens on loopback and does what it is told, in order.

    Args:
        controls: what does it.
        port: UDP port; 0 takes a free one.
    """

    def __init__(self, controls: Controls, port: int) -> None:
        self._controls = controls
        self._port = port
        self._waiting: asyncio.Queue[Command] = asyncio.Queue(_MOST_WAITING)
        self._transport: asyncio.DatagramTransport | None = None
        self._doing: asyncio.Task[None] | None = None
        self._told = 0

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._transport.get_extra_info("sockname")[1] if self._transport is not None else self._port

    async def open(self) -> None:
        """Listens.

        Raises:
            SinkError: the port is taken.
        """
        loop = asyncio.get_running_loop()
        try:
            self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", self._port))
        except OSError as error:
            raise cannot_listen("the input for OSC commands", "127.0.0.1", self._port, error) from error
        self._doing = asyncio.create_task(self._do())

    def close(self) -> None:
        """Listens no longer."""
        if self._transport is not None:
            self._transport.close()
        if self._doing is not None:
            self._doing.cancel()

    def datagram_received(self, data: bytes, _: object) -> None:
        """Called by asyncio."""
        try:
            for asked in self._commands(data):
                self._waiting.put_nowait(asked)
        except (DecodeError, asyncio.QueueFull) as error:
            self._tell(str(error) or "too many commands at once")

    def _commands(self, data: bytes) -> Iterator[Command]:
        for message in decode(data):
            asked = command(message)
            if asked is not None:
                yield asked

    async def _do(self) -> None:
        while True:
            asked = await self._waiting.get()
            try:
                await self._controls.do(asked)
            except AvatarDriverError as error:
                self._tell(str(error))

    def _tell(self, sentence: str) -> None:
        # A program that sends nonsense sixty times a second must not fill the log.
        self._told += 1
        if self._told <= _MOST_TOLD:
            log.warning("OSC command: %s", sentence)
