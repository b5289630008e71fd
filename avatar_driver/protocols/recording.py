r"""Our own recordings (`.avdr`): every frame as it was measured and as it was sent, to the last bit.

A file is 8 bytes of signature, then records until its end. All numbers are little-endian.

    signature  89 41 56 44 52 0D 0A 1A     so that a file mangled as text is told from one cut short

    record     bytes  type    what
                   4  uint32  n, the length of the content, at most 65,536
                   1  char    kind: H, C or F
                   n          content
                   4  uint32  CRC-32 of all that before, length and kind included

    H  header, the first record: JSON {"protocol": "avatar_driver.recording", "version": 1, "channels": [58 names]}
    C  context, before the first frame and whenever it changes: JSON {"support": [58 of measured, derived, absent],
       "altered": ["amplify", …]}; holds for all frames that follow
    F  frame: float64 time in seconds, then a byte of flags, then float32 arrays in the order of the header's channels:
       the values as sent; the tone if flag 2 is set (else at rest); the measured values if flag 4 is set (else they
       are the values as sent). Flag 1: tracked.

Nothing in a file depends on when or by whom it was written, so recording a replay gives the same bytes. Only time
differences mean something. A writer that dies leaves at most one record unfinished: `RecordingReader` gives all
before it, then says what is wrong. Records of other kinds are skipped; another version is refused.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from typing import Annotated, Final, Literal, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, INDEX, POSITION, ROTATION, SHAPES, Support
from avatar_driver.errors import DecodeError
from avatar_driver.frame import REST, Frame, Origin

__all__ = ["SIGNATURE", "VERSION", "RecordingReader", "RecordingWriter"]

SIGNATURE: Final = b"\x89AVDR\r\n\x1a"
VERSION: Final = 1

_COUNT: Final = len(CHANNELS)
_START: Final = struct.Struct("<Ic")
_CHECKSUM: Final = struct.Struct("<I")
_FRAME: Final = struct.Struct("<dB")
_TRACKED: Final = 1
_WITH_TONE: Final = 2
_WITH_MEASURED: Final = 4
_LONGEST: Final = 65_536

# What a face can be. Shapes have room for the rounding error of single precision and of a filter's last digit.
_HIGHEST: Final = np.empty(_COUNT, np.float32)
_HIGHEST[SHAPES] = 1.001
_HIGHEST[POSITION] = 100.0
_HIGHEST[ROTATION] = 2 * math.pi
_LOWEST: Final = -_HIGHEST
_LOWEST[SHAPES] = -0.001

T = TypeVar("T")
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Channels = Annotated[tuple[_Name, ...], msgspec.Meta(min_length=1, max_length=512)]


class _Header(msgspec.Struct, frozen=True):
    protocol: Literal["avatar_driver.recording"]
    version: int
    channels: _Channels


class _Context(msgspec.Struct, frozen=True):
    support: tuple[Support, ...]
    altered: Annotated[tuple[_Name, ...], msgspec.Meta(max_length=64)]


_JSON: Final = msgspec.json.Encoder()
_HEADER_TEXT: Final = msgspec.json.Decoder(_Header)
_CONTEXT_TEXT: Final = msgspec.json.Decoder(_Context)


class RecordingWriter:
    """Bytes of a recording, frame by frame."""

    def __init__(self) -> None:
        self._support: tuple[Support, ...] | None = None
        self._altered: frozenset[str] | None = None

    def begin(self) -> bytes:
        """What a file begins with."""
        self._support = self._altered = None
        header = _Header("avatar_driver.recording", VERSION, CHANNELS)
        return SIGNATURE + _record(b"H", _JSON.encode(header))

    def encode(self, frame: Frame) -> bytes:
        """One frame, with its context where that changed; 250 to 730 bytes.

        Numbers that no face can have, NaN among them, are brought within its range: what is written can be read.
        """
        origin = frame.origin
        if origin.support is self._support and frame.altered == self._altered:
            return _frame_record(frame)
        context = b""
        if origin.support != self._support or frame.altered != self._altered:
            names = tuple(sorted(name[:64] for name in frame.altered if name)[:64])
            context = _record(b"C", _JSON.encode(_Context(origin.support, names)))
        self._support, self._altered = origin.support, frame.altered
        return context + _frame_record(frame)


def _frame_record(frame: Frame) -> bytes:
    values, measured = _sound(frame.values), frame.measured
    flags = _TRACKED if frame.tracked else 0
    arrays = [values.tobytes()]
    if frame.tone is not REST and frame.tone.any():
        flags |= _WITH_TONE
        arrays.append(_sound(frame.tone).tobytes())
    if measured is not frame.values:
        as_measured = _sound(measured).tobytes()
        if as_measured != arrays[0]:
            flags |= _WITH_MEASURED
            arrays.append(as_measured)
    time = frame.time if math.isfinite(frame.time) else 0.0
    return _record(b"F", _FRAME.pack(time, flags) + b"".join(arrays))


def _sound(values: NDArray[np.float32]) -> NDArray[np.float32]:
    if _possible(values, _LOWEST, _HIGHEST):
        return values
    return np.clip(np.nan_to_num(values, posinf=0.0, neginf=0.0), _LOWEST, _HIGHEST)


def _possible(values: NDArray[np.float32], lowest: NDArray[np.float32], highest: NDArray[np.float32]) -> bool:
    # Written so that a NaN fails too.
    return bool(((values >= lowest) & (values <= highest)).all())


def _record(kind: bytes, content: bytes) -> bytes:
    record = _START.pack(len(content), kind) + content
    return record + _CHECKSUM.pack(zlib.crc32(record))


class RecordingReader:
    """Frames out of the bytes of a recording, in pieces of any size.

    Attributes:
        consumed: bytes of all records read so far; what follows them is unfinished or not sound.
    """

    def __init__(self) -> None:
        self.consumed = 0
        self._rest = b""
        self._channels: tuple[str, ...] = ()  # the file's; none until its header was read
        self._order: NDArray[np.intp] | None = None  # our channels' places in the file; None where they are the same
        self._known = np.ones(_COUNT, np.bool_)
        self._origin: Origin | None = None
        self._altered: frozenset[str] = frozenset()

    def read(self, piece: bytes) -> Iterator[Frame]:
        """The frames that a further piece completes. Their `origin.captured` is 0: nobody captures a recording.

        Raises:
            DecodeError: what follows is not a sound record. The frames before it have been given; no more will come.
        """
        self._rest += piece
        if not self.consumed:
            if len(self._rest) < len(SIGNATURE) and SIGNATURE.startswith(self._rest):
                return
            self._check_signature()
        while (record := self._next_record()) is not None:
            yield from self._taken(*record)

    def end(self) -> None:
        """Says that no piece follows.

        Raises:
            DecodeError: the last record is unfinished, or there is no header.
        """
        if self._rest:
            raise DecodeError("a whole record", f"the end of the file after {len(self._rest)} bytes", self.consumed)
        if not self._channels:
            raise DecodeError("a header", "the end of the file", self.consumed)

    def _check_signature(self) -> None:
        if not self._rest.startswith(SIGNATURE):
            raise DecodeError("a recording of avatar_driver", repr(self._rest[: len(SIGNATURE)]))
        self._rest = self._rest[len(SIGNATURE) :]
        self.consumed = len(SIGNATURE)

    def _next_record(self) -> tuple[bytes, bytes] | None:
        if len(self._rest) < _START.size:
            return None
        length, kind = _START.unpack_from(self._rest)
        if length > _LONGEST:
            raise DecodeError(f"a record of at most {_LONGEST:,} bytes", f"{length:,}", self.consumed)
        checked = _START.size + length
        if len(self._rest) < checked + _CHECKSUM.size:
            return None
        record = self._rest[:checked]
        if _CHECKSUM.unpack_from(self._rest, checked)[0] != zlib.crc32(record):
            raise DecodeError("a record that fits its checksum", "one that does not", self.consumed)
        return kind, record[_START.size :]

    def _taken(self, kind: bytes, content: bytes) -> Iterator[Frame]:
        frame = self._understood(kind, content)
        size = _START.size + len(content) + _CHECKSUM.size
        self._rest = self._rest[size:]
        self.consumed += size
        if frame is not None:
            yield frame

    def _understood(self, kind: bytes, content: bytes) -> Frame | None:
        if (kind == b"H") == bool(self._channels):
            raise DecodeError("one header, as the first record", f"a record of kind {kind!r}", self.consumed)
        if kind == b"H":
            self._begin(self._json(_HEADER_TEXT, content))
        elif kind == b"C":
            self._change(self._json(_CONTEXT_TEXT, content))
        elif kind == b"F":
            return self._frame(content)
        return None

    def _json(self, decoder: msgspec.json.Decoder[T], content: bytes) -> T:
        try:
            return decoder.decode(content)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise DecodeError("a header or context", str(error), self.consumed) from error

    def _begin(self, header: _Header) -> None:
        if header.version != VERSION:
            raise DecodeError(f"version {VERSION} of the format", f"version {header.version}", self.consumed)
        places = {name: i for i, name in enumerate(header.channels)}
        if len(places) != len(header.channels):
            raise DecodeError("channels with names of their own", "a name used twice", self.consumed)
        self._channels = header.channels
        if header.channels != CHANNELS:
            self._known = np.array([name in places for name in CHANNELS])
            self._order = np.array([places.get(name, 0) for name in CHANNELS])

    def _change(self, context: _Context) -> None:
        if len(context.support) != len(self._channels):
            expected = f"support of {len(self._channels)} channels"
            raise DecodeError(expected, str(len(context.support)), self.consumed)
        by_name = dict(zip(self._channels, context.support, strict=True))
        self._origin = Origin(captured=0.0, support=tuple(by_name.get(name, Support.ABSENT) for name in INDEX))
        self._altered = frozenset(context.altered)

    def _frame(self, content: bytes) -> Frame:
        if self._origin is None:
            raise DecodeError("a context before the first frame", "a frame", self.consumed)
        if len(content) < _FRAME.size:
            raise DecodeError(f"a frame of {_FRAME.size} bytes or more", str(len(content)), self.consumed)
        time, flags = _FRAME.unpack_from(content)
        arrays = 1 + bool(flags & _WITH_TONE) + bool(flags & _WITH_MEASURED)
        expected = _FRAME.size + 4 * len(self._channels) * arrays
        if len(content) != expected:
            raise DecodeError(f"a frame of {expected} bytes", str(len(content)), self.consumed)
        if not math.isfinite(time):
            raise DecodeError("a finite time", str(time), self.consumed)
        # Copied, because in the file they are not aligned.
        rows = np.frombuffer(content, "<f4", offset=_FRAME.size).astype(np.float32).reshape(arrays, -1)
        values = self._ours(rows[0])
        return Frame(
            time,
            values,
            self._ours(rows[1]) if flags & _WITH_TONE else REST,
            bool(flags & _TRACKED),
            self._altered,
            self._origin,
            self._ours(rows[-1]) if flags & _WITH_MEASURED else values,
        )

    def _ours(self, row: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._order is not None:
            row = np.where(self._known, row[self._order], np.float32(0.0))
        if not _possible(row, _LOWEST, _HIGHEST):
            raise DecodeError("numbers that a face can have", "others", self.consumed)
        return row
