"""Our own stream over WebSocket: every channel, tone and disclosure, as JSON text or as fixed-size binary packets.

Whichever form a client asks for, the first message is a JSON `hello` that names the channels and says how each is
known; another follows whenever that, or what alters the face, changes. Receivers keep the newest one.

    {"type":"hello","protocol":"avatar_driver.face","version":1,"format":"json","software":"avatar_driver 0.1.0",
     "channels":[58 names],"support":[58 of measured, derived, absent],"axes":{…},"altered":["amplify"]}

Before the source has given its first frame nothing is known yet, and every channel is absent.

JSON frame, numbers rounded to 5 digits after the point (a tenth of a millimetre, a thousandth of a degree):

    {"type":"frame","time":12.345678,"sequence":370,"tracked":true,"altered":["amplify"],"values":[58],"tone":[58]}

Binary frame, 484 bytes, little-endian, no padding:

    offset  bytes  type      what
         0      4  chars     "ADFS"
         4      1  uint8     version, 1
         5      1  uint8     flags: 1 tracked, 2 altered (the hello names by what); the others are 0, to be ignored
         6      2  uint16    number of channels, 58
         8      4  uint32    sequence: frames since the sender started, modulo 2³²; a gap is frames this client skipped
        12      8  float64   time in seconds, at capture, on the sender's own clock: only differences mean something
        20    232  float32   58 values in the order of the hello's channels
       252    232  float32   58 tones: the slow part of each value; value − tone is the transient

Shapes run from 0 to 1, the position is in metres, the rotation is a rotation vector in radians, on the axes that
`avatar_driver.channels` describes and the hello repeats. While `tracked` is false the values are the last ones seen,
or what they were eased to.
"""

import math
import struct
from collections.abc import Sequence
from typing import Annotated, Final, Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, POSITION, ROTATION, SHAPES, Support
from avatar_driver.errors import DecodeError
from avatar_driver.frame import Frame, Origin

__all__ = [
    "PACKET_SIZE",
    "PROTOCOL",
    "SEQUENCES",
    "VERSION",
    "Axes",
    "FaceStreamReader",
    "Hello",
    "NumberedFrame",
    "encode_binary",
    "encode_hello",
    "encode_json",
]

PROTOCOL: Final = "avatar_driver.face"
VERSION: Final = 1
SEQUENCES: Final = 2**32  #: sequence numbers begin again at 0 after this many frames

_COUNT: Final = len(CHANNELS)
_HEADER: Final = struct.Struct("<4sBBHId")
_MAGIC: Final = b"ADFS"
_TRACKED: Final = 1
_ALTERED: Final = 2
PACKET_SIZE: Final = _HEADER.size + 2 * 4 * _COUNT

_DIGITS: Final = 5
# A hello takes about 2 kB, a frame about 1 kB. What is longer is not ours, and not worth parsing.
_LONGEST_TEXT: Final = 16_384

# What a face can be. Shapes have room for the rounding error of single precision and of a filter's last digit.
_LOWEST: Final = np.empty(_COUNT)
_LOWEST[SHAPES] = -1e-3
_LOWEST[POSITION] = -100.0
_LOWEST[ROTATION] = -2 * math.pi
_HIGHEST: Final = -_LOWEST
_HIGHEST[SHAPES] = 1 + 1e-3

_Names = Annotated[tuple[Annotated[str, msgspec.Meta(max_length=64)], ...], msgspec.Meta(max_length=64)]
_Numbers = Annotated[list[float], msgspec.Meta(min_length=_COUNT, max_length=_COUNT)]


class Axes(msgspec.Struct, frozen=True, kw_only=True):
    """Units and directions of the numbers, for whoever reads the stream without this file at hand."""

    handedness: str = "right"
    x: str = "to the subject's left"
    y: str = "up"
    z: str = "out of the face"
    shapes: str = "0 to 1"
    position: str = "metres from the calibrated place"
    rotation: str = "rotation vector, radians: +x nods down, +y turns to the subject's left, +z tilts to their right"


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag="hello"):
    """The first message to each client, sent again whenever `support` or `altered` changes."""

    protocol: Literal["avatar_driver.face"] = PROTOCOL
    version: Literal[1] = VERSION
    format: Literal["json", "binary"]
    software: str = ""
    channels: tuple[str, ...] = CHANNELS
    support: Annotated[tuple[Support, ...], msgspec.Meta(min_length=_COUNT, max_length=_COUNT)]
    axes: Axes = Axes()
    altered: _Names = ()


class _JsonFrame(msgspec.Struct, frozen=True, kw_only=True, tag="frame"):
    time: float
    sequence: Annotated[int, msgspec.Meta(ge=0, lt=SEQUENCES)]
    tracked: bool
    altered: _Names
    values: _Numbers
    tone: _Numbers


class NumberedFrame(NamedTuple):
    """A frame as it came over the stream. Its `origin.captured` is 0: only the receiver knows when it arrived."""

    sequence: int
    frame: Frame


_ENCODER: Final = msgspec.json.Encoder()
_TEXT: Final = msgspec.json.Decoder(Hello | _JsonFrame)


def encode_hello(hello: Hello) -> bytes:
    """UTF-8 JSON text of about 2 kB."""
    return _ENCODER.encode(hello)


def encode_json(frame: Frame, sequence: int) -> bytes:
    """UTF-8 JSON text of 0.6 to 1.2 kB. The frame's numbers are finite, as the engine sees to."""
    return _ENCODER.encode(
        _JsonFrame(
            time=round(frame.time, 6),
            sequence=sequence,
            tracked=frame.tracked,
            altered=tuple(sorted(frame.altered)),
            values=_rounded(frame.values),
            tone=_rounded(frame.tone),
        )
    )


def encode_binary(frame: Frame, sequence: int) -> bytes:
    """A packet of `PACKET_SIZE` bytes."""
    flags = _TRACKED * frame.tracked | _ALTERED * bool(frame.altered)
    header = _HEADER.pack(_MAGIC, VERSION, flags, _COUNT, sequence, frame.time)
    return header + frame.values.astype("<f4", copy=False).tobytes() + frame.tone.astype("<f4", copy=False).tobytes()


class FaceStreamReader:
    """Turns the messages of one connection into frames.

    Attributes:
        hello: the newest hello; None until one came.
    """

    def __init__(self) -> None:
        self.hello: Hello | None = None

    def read(self, message: str | bytes) -> NumberedFrame | None:
        """The frame of a text (`str`) or binary (`bytes`) message; None when it was a hello.

        Raises:
            DecodeError: not a message of this protocol, or a frame before the first hello. The reader stays usable.
        """
        if isinstance(message, bytes):
            return _decode_binary(message, self._greeted())
        decoded = _decode_text(message)
        if isinstance(decoded, Hello):
            if decoded.channels != CHANNELS:
                raise DecodeError(f"the {_COUNT} channels of version {VERSION}", _shortened(decoded.channels))
            self.hello = decoded
            return None
        frame = Frame(
            _checked_time(decoded.time),
            _checked(decoded.values, "value"),
            _checked(decoded.tone, "tone"),
            decoded.tracked,
            frozenset(decoded.altered),
            Origin(captured=0.0, support=self._greeted().support),
        )
        return NumberedFrame(decoded.sequence, frame)

    def _greeted(self) -> Hello:
        if self.hello is None:
            raise DecodeError("a hello before the first frame", "a frame")
        return self.hello


def _rounded(values: NDArray[np.float32]) -> list[float]:
    # In double precision: in single, rounded numbers would still be written with all their digits.
    rounded: list[float] = np.round(values.astype(np.float64), _DIGITS).tolist()
    return rounded


def _decode_text(text: str) -> Hello | _JsonFrame:
    if len(text) > _LONGEST_TEXT:
        raise DecodeError(f"at most {_LONGEST_TEXT} characters", f"{len(text)}", _LONGEST_TEXT)
    try:
        message: Hello | _JsonFrame = _TEXT.decode(text)
    except (ValueError, RecursionError) as error:  # ValueError: msgspec's errors, and text that has no UTF-8 form
        raise DecodeError("a hello or a frame as JSON", str(error)) from error
    return message


def _decode_binary(packet: bytes, hello: Hello) -> NumberedFrame:
    if len(packet) != PACKET_SIZE:
        raise DecodeError(f"a packet of {PACKET_SIZE} bytes", f"{len(packet)}", min(len(packet), PACKET_SIZE))
    magic, version, flags, count, sequence, time = _HEADER.unpack_from(packet)
    for offset, expected, found in ((0, _MAGIC, magic), (4, VERSION, version), (6, _COUNT, count)):
        if found != expected:
            raise DecodeError(repr(expected), repr(found), offset)
    if flags & _ALTERED and not hello.altered:
        raise DecodeError("a hello that names what altered the face", "an altered frame after one that does not", 5)
    numbers = np.frombuffer(packet, "<f4", 2 * _COUNT, _HEADER.size)
    frame = Frame(
        _checked_time(time, 12),
        _checked(numbers[:_COUNT], "value", _HEADER.size),
        _checked(numbers[_COUNT:], "tone", _HEADER.size + 4 * _COUNT),
        bool(flags & _TRACKED),
        frozenset(hello.altered if flags & _ALTERED else ()),
        Origin(captured=0.0, support=hello.support),
    )
    return NumberedFrame(sequence, frame)


def _checked_time(time: float, offset: int = 0) -> float:
    if not math.isfinite(time):
        raise DecodeError("a finite time", repr(time), offset)
    return time


def _checked(numbers: Sequence[float] | NDArray[np.float32], what: str, offset: int = 0) -> NDArray[np.float32]:
    """The numbers as float32. `offset` is that of the first one in a binary packet; text has none."""
    array = np.asarray(numbers, dtype=np.float64)
    # Written so that NaN, of which every comparison is false, fails too.
    sound = (array >= _LOWEST) & (array <= _HIGHEST)
    if not sound.all():
        worst = int(np.argmin(sound))
        raise DecodeError(
            f"a {what} of {CHANNELS[worst]} from {_LOWEST[worst]:.4g} to {_HIGHEST[worst]:.4g}",
            f"{array[worst]:.6g}",
            offset and offset + 4 * worst,
        )
    return array.astype(np.float32)


def _shortened(names: Sequence[str]) -> str:
    return f"{len(names)}, beginning with {', '.join(names[:3])!r}"[:200]
