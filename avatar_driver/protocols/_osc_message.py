"""OSC 1.0 messages: to bytes by python-osc, and back by a decoder that trusts nothing."""

import math
import struct
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from avatar_driver.errors import DecodeError

__all__ = ["BUNDLE_HEADER", "WORD", "Argument", "Message", "decode", "encode", "padded", "tag"]

WORD: Final = 4  #: everything in OSC is a multiple of this many bytes
_BUNDLE: Final = b"#bundle\0"
BUNDLE_HEADER: Final = _BUNDLE + bytes(7) + b"\1"  #: with the time tag "immediately"
_DEPTH: Final = 4  # bundles in bundles; nobody who means well sends more than two

Argument: TypeAlias = bool | int | float | str | bytes


class Message(NamedTuple):
    """An address and its arguments; Python's type picks the tag: bool T or F, int i, float f, str s, bytes b."""

    address: str
    args: tuple[Argument, ...] = ()


def encode(message: Message) -> bytes:
    """The bytes of one message, by python-osc.

    Raises:
        ValueError: the address does not begin with `/`, a text holds NUL or is not Unicode, or a number does not fit.
    """
    from pythonosc.osc_message_builder import BuildError, OscMessageBuilder

    _check_text(message)
    builder = OscMessageBuilder(address=message.address)
    for argument in message.args:
        builder.add_arg(argument, tag(argument))
    try:
        return bytes(builder.build().dgram)
    except (BuildError, OverflowError) as error:
        raise ValueError(f"{message.address}: {error}") from error


def decode(packet: bytes | bytearray | memoryview) -> list[Message]:
    """The messages of a packet in order, those of nested bundles among them. Time tags are ignored, as uOSC does.

    Raises:
        DecodeError: not OSC, truncated, a type other than `ifsbTF`, NaN or infinity, or bundles nested too deeply.
    """
    messages: list[Message] = []
    data = bytes(packet)
    _decode_element(data, 0, len(data), 0, messages)
    return messages


def padded(text: bytes) -> int:
    """The length of an OSC string: at least one NUL, then up to a multiple of four."""
    return (len(text) // WORD + 1) * WORD


def tag(argument: Argument) -> str:
    """The type tag of an argument. `bool` comes first: in Python a bool is an int too."""
    match argument:
        case bool():
            return "T" if argument else "F"
        case int():
            return "i"
        case float():
            return "f"
        case str():
            return "s"
        case bytes():
            return "b"


def _check_text(message: Message) -> None:
    if not message.address.startswith("/"):
        raise ValueError(f"an OSC address begins with '/', found {message.address!r}")
    for text in (message.address, *message.args):
        if isinstance(text, str) and "\0" in text:
            raise ValueError(f"an OSC text cannot hold NUL, found {text!r}")


def _decode_element(data: bytes, at: int, end: int, depth: int, messages: list[Message]) -> None:
    if data.startswith(_BUNDLE, at, end):
        if depth == _DEPTH:
            raise DecodeError(f"at most {_DEPTH} bundles in each other", "one more", at)
        at += len(BUNDLE_HEADER)
        if at > end:
            raise DecodeError("a time tag of 8 bytes", "the end", end)
        while at < end:
            size = _int32(data, at, end)
            at += WORD
            if size <= 0 or size % WORD or size > end - at:
                raise DecodeError(f"a size that is a multiple of 4 from 4 to {end - at}", str(size), at - WORD)
            _decode_element(data, at, at + size, depth + 1, messages)
            at += size
    else:
        messages.append(_decode_message(data, at, end))


def _decode_message(data: bytes, at: int, end: int) -> Message:
    if not data.startswith(b"/", at, end):
        raise DecodeError("an address that begins with '/'", repr(data[at : min(at + 8, end)]), at)
    address, at = _text(data, at, end)
    if at == end:  # senders older than OSC 1.0 leave out the tags of a message without arguments
        return Message(address)
    tags_at = at
    tags, at = _text(data, at, end)
    if not tags.startswith(","):
        raise DecodeError("type tags that begin with ','", repr(tags[:8]), tags_at)
    args: list[Argument] = []
    for i, kind in enumerate(tags[1:], start=1):
        if kind in "TF":
            args.append(kind == "T")
            continue
        if kind not in "ifsb":
            raise DecodeError("one of the type tags ifsbTF", repr(kind), tags_at + i)
        argument, at = _ARGUMENTS[kind](data, at, end)
        args.append(argument)
    if at != end:
        raise DecodeError("the end of the message", f"{end - at} bytes more", at)
    return Message(address, tuple(args))


def _text(data: bytes, at: int, end: int) -> tuple[str, int]:
    nul = data.find(b"\0", at, end)
    after = at + padded(data[at:nul]) if nul >= 0 else end + 1
    if after > end:
        raise DecodeError("a text with a NUL, padded to a multiple of 4", "the end", end)
    try:
        return data[at:nul].decode(), after
    except UnicodeDecodeError as error:
        raise DecodeError("text in UTF-8", repr(data[at:nul][:16]), at + error.start) from None


def _int32(data: bytes, at: int, end: int) -> int:
    if end - at < WORD:
        raise DecodeError("4 bytes", str(end - at), at)
    return int.from_bytes(data[at : at + WORD], "big", signed=True)


def _integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    return _int32(data, at, end), at + WORD


def _float(data: bytes, at: int, end: int) -> tuple[float, int]:
    if end - at < WORD:
        raise DecodeError("4 bytes", str(end - at), at)
    (number,) = struct.unpack_from(">f", data, at)
    if not math.isfinite(number):
        raise DecodeError("a finite number", str(number), at)
    return number, at + WORD


def _blob(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    size = _int32(data, at, end)
    start = at + WORD
    after = start + -(-size // WORD) * WORD
    if size < 0 or after > end:
        raise DecodeError(f"a blob of at most {end - start} bytes", str(size), at)
    return data[start : start + size], after


_ARGUMENTS: Final[dict[str, Callable[[bytes, int, int], tuple[Argument, int]]]] = {
    "i": _integer,
    "f": _float,
    "s": _text,
    "b": _blob,
}
