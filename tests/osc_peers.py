"""python-osc as the independent judge of our OSC, and the golden packets."""

import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from avatar_driver.protocols.osc import Argument, Message

__all__ = ["Receiver", "built", "bundled", "golden", "meaning", "parsed", "receiver"]

_GOLDEN = Path(__file__).parent / "golden"


def golden(name: str) -> list[tuple[str, bytes, Any]]:
    """The (name, packet, meaning) of a golden file."""
    return [
        (vector["name"], bytes.fromhex(vector["hex"]), vector["meaning"])
        for vector in json.loads((_GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    ]


def meaning(vector: list[dict[str, Any]]) -> list[Message]:
    """The messages a golden packet stands for."""
    messages = []
    for message in vector:
        given = iter(message["args"])
        args: list[Argument] = []
        for tag in message["tags"]:
            if tag in "TF":
                args.append(tag == "T")
            else:
                value = next(given)
                args.append(bytes.fromhex(value) if tag == "b" else float(value) if tag == "f" else value)
        messages.append(Message(message["address"], tuple(args)))
    return messages


def built(message: Message) -> OscMessage:
    """A message as python-osc makes it, which guesses the tags by itself."""
    builder = OscMessageBuilder(message.address)
    for argument in message.args:
        builder.add_arg(argument, "i" if type(argument) is int else None)
    return builder.build()


def bundled(messages: Iterable[Message]) -> bytes:
    """A bundle as python-osc makes it."""
    builder = OscBundleBuilder(IMMEDIATELY)
    for message in messages:
        builder.add_content(built(message))
    return bytes(builder.build().dgram)


def parsed(packet: bytes) -> list[Message]:
    """A packet as python-osc reads it."""
    if not OscBundle.dgram_is_bundle(packet):
        message = OscMessage(packet)
        return [Message(message.address, tuple(message.params))]
    return [message for element in OscBundle(packet) for message in parsed(element.dgram)]


class Receiver:
    """A UDP socket on a free port of 127.0.0.1 (or ::1)."""

    def __init__(self, host: str) -> None:
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self.port: int = self._socket.getsockname()[1]

    def packets(self) -> list[bytes]:
        """All packets that have arrived. On loopback a packet has arrived when `sendto` returns."""
        found = []
        self._socket.setblocking(False)
        try:
            while True:
                found.append(self._socket.recv(65_536))
        except BlockingIOError:
            return found

    def write(self, packet: bytes, port: int) -> None:
        """Sends a packet to a port of 127.0.0.1."""
        self._socket.sendto(packet, ("127.0.0.1", port))

    def messages(self) -> list[Message]:
        """All messages that have arrived, as python-osc reads them."""
        return [message for packet in self.packets() for message in parsed(packet)]

    def close(self) -> None:
        self._socket.close()


@contextmanager
def receiver(host: str = "127.0.0.1") -> Iterator[Receiver]:
    made = Receiver(host)
    try:
        yield made
    finally:
        made.close()
