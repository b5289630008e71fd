"""Epic's Live Link Face, packet version 6: what Unreal Engine's ARKit face support listens to on UDP port 11111.

Big-endian, one datagram a frame:

    u8 version 6 · i32 length, device id (UTF-8) · i32 length, subject name (UTF-8)
    i32 frame · f32 sub-frame · i32 rate numerator · i32 rate denominator
    u8 count 61 · 61 × f32

The 61 values are the 52 shapes in the order of `avatar_driver.channels`, then in radians head yaw, pitch, roll, left
eye yaw, pitch, roll, right eye yaw, pitch, roll. Without a face the datagram stops before the count. Signs, read off a
real phone: head yaw + to the subject's left, pitch + up, roll + to the subject's right; eye yaw + to the subject's
right, pitch + down. The head's signs and the unit are likely, not certain: each axis can be scaled.
"""

import math
import struct
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, ROTATION, SHAPES
from avatar_driver.errors import DecodeError
from avatar_driver.frame import Frame
from avatar_driver.protocols._gaze import GAZE_PITCH_DEGREES, GAZE_YAW_DEGREES, gaze, gaze_scale
from avatar_driver.rotation import (
    Euler,
    euler_from_quaternion,
    quaternion_from_euler,
    quaternion_from_vector,
    vector_from_quaternion,
)

__all__ = ["COUNT", "DEVICE_ID", "DEVICE_ID_BYTES", "Encoder", "FrameTime", "NoFace", "Packet", "decode", "encode"]

NoFace: TypeAlias = Literal["at_rest", "at_once", "never"]

COUNT: Final = 61
#: Some receivers read only packets whose device id has as many bytes as the phone's.
DEVICE_ID_BYTES: Final = 36
#: The same on every computer: it says nothing about the person or the machine.
DEVICE_ID: Final = "A7A7A12D-0000-4000-8000-00000FACE001"

_VERSION: Final = 6
_LENGTH: Final = struct.Struct(">i")
_TIME: Final = struct.Struct(">ifii")
_LONGEST_NAME: Final = 256  # bytes
_DAY_SECONDS: Final = 86_400
_FASTEST: Final = 1000.0  # frames a second; a day of them still fits the packet's int32
_LAST_SUBFRAME: Final = float(np.nextafter(np.float32(1), np.float32(0)))


class FrameTime(NamedTuple):
    """A time of day counted in frames.

    Attributes:
        frame: whole frames since midnight.
        subframe: the rest, 0 to below 1.
        numerator: frames …
        denominator: … in so many seconds.
    """

    frame: int
    subframe: float
    numerator: int = 60
    denominator: int = 1

    @classmethod
    def at(cls, seconds: float, numerator: int = 60, denominator: int = 1) -> Self:
        """The frame time of so many seconds since midnight; a time beyond a day is one of the next day."""
        frames = seconds % _DAY_SECONDS * numerator / denominator
        frame = math.floor(frames)
        # As a float32 a rest just below 1 would become 1.
        return cls(frame, min(frames - frame, _LAST_SUBFRAME), numerator, denominator)


@dataclass(frozen=True, slots=True, eq=False)
class Packet:
    """What one datagram says.

    Attributes:
        values: (61,) float32; None when the sender sees no face.
    """

    device: str
    subject: str
    time: FrameTime
    values: NDArray[np.float32] | None

    def channels(self) -> NDArray[np.float32] | None:
        """(58,) the face on this program's axes, shapes kept within 0 and 1, the head's position at rest; or None."""
        if self.values is None:
            return None
        channels = np.zeros(len(CHANNELS), np.float32)
        channels[SHAPES] = np.clip(self.values[SHAPES], 0, 1)
        yaw, pitch, roll = np.clip(self.values[52:55], -math.pi, math.pi).tolist()
        channels[ROTATION] = vector_from_quaternion(quaternion_from_euler(Euler(yaw=yaw, pitch=-pitch, roll=roll)))
        return channels


def encode(packet: Packet) -> bytes:
    """The datagram."""
    begin = _names(packet.device.encode(), packet.subject.encode()) + _TIME.pack(*packet.time)
    return begin if packet.values is None else begin + _counted(packet.values)


def decode(datagram: bytes) -> Packet:
    """What a datagram says. Values are as sent, whatever their range, but finite.

    Raises:
        DecodeError: not a datagram of version 6, or one with a number that is not finite.
    """
    if not datagram or datagram[0] != _VERSION:
        raise DecodeError(f"packet version {_VERSION}", str(datagram[0]) if datagram else "no bytes")
    device, offset = _name(datagram, 1, "device id")
    subject, offset = _name(datagram, offset, "subject name")
    if len(datagram) < offset + _TIME.size:
        raise DecodeError("a frame time", f"{len(datagram) - offset} bytes", offset)
    time = FrameTime(*_TIME.unpack_from(datagram, offset))
    if not 0 <= time.subframe <= 1 or time.numerator < 0 or time.denominator < 0:
        raise DecodeError("a sub-frame from 0 to 1 and a frame rate", repr(tuple(time)), offset)
    return Packet(device, subject, time, _values(datagram, offset + _TIME.size))


class Encoder:
    """Frames as datagrams.

    Args:
        device_id: 36 characters of ASCII.
        subject: the name Unreal shows.
        numerator: frames …
        denominator: … in so many seconds, of the frame time. The stream itself is as fast as the camera.
        head_yaw_scale: what the head's yaw is multiplied with; negative turns it the other way.
        head_pitch_scale: the same for nodding.
        head_roll_scale: the same for tilting.
        eye_yaw_degrees: how far a full sideways look turns an eye; negative turns it the other way.
        eye_pitch_degrees: how far a full look down or up turns an eye; negative turns it the other way.
        no_face: when a frame that is not tracked becomes the datagram without values: `at_rest` when its values are
            those sent last, `at_once` always, `never` not at all.

    Raises:
        ValueError: an id or name that cannot be sent, or a frame rate that is not between 1 and 1000.
    """

    def __init__(
        self,
        *,
        device_id: str = DEVICE_ID,
        subject: str = "avatar_driver",
        numerator: int = 60,
        denominator: int = 1,
        head_yaw_scale: float = 1.0,
        head_pitch_scale: float = 1.0,
        head_roll_scale: float = 1.0,
        eye_yaw_degrees: float = GAZE_YAW_DEGREES,
        eye_pitch_degrees: float = GAZE_PITCH_DEGREES,
        no_face: NoFace = "at_rest",
    ) -> None:
        if not device_id.isascii() or len(device_id) != DEVICE_ID_BYTES:
            raise ValueError(f"a device id has {DEVICE_ID_BYTES} characters of ASCII, found '{device_id}'")
        if not 0 < len(subject.encode(errors="replace")) <= _LONGEST_NAME:
            raise ValueError(f"a subject name has 1 to {_LONGEST_NAME} bytes, found '{subject[:40]}'")
        if not 1 <= numerator / denominator <= _FASTEST:
            raise ValueError(f"a frame rate is from 1 to {_FASTEST:.0f}, found {numerator}/{denominator}")
        self._begin = _names(device_id.encode(), subject.encode(errors="replace"))
        self._rate = numerator, denominator
        self._head_scale = head_yaw_scale, -head_pitch_scale, head_roll_scale
        self._eye_scale = gaze_scale(math.radians(eye_yaw_degrees), math.radians(eye_pitch_degrees))
        self._no_face = no_face
        self._values = np.zeros(COUNT, np.float32)
        self._sent: bytes = b""

    def packets(self, frame: Frame, seconds: float) -> list[bytes]:
        """The datagram of a frame captured so many seconds after midnight; none when a value is not finite."""
        begin = self._begin + _TIME.pack(*FrameTime.at(seconds, *self._rate))
        if not frame.tracked and self._no_face == "at_once":
            return [begin]
        if not np.isfinite(frame.values).all():
            return []
        end = _counted(self._filled(frame.values))
        if not frame.tracked and self._no_face == "at_rest" and end == self._sent:
            return [begin]
        self._sent = end
        return [begin + end]

    def _filled(self, face: NDArray[np.float32]) -> NDArray[np.float32]:
        values = self._values
        values[SHAPES] = face[SHAPES]
        yaw, pitch, roll = euler_from_quaternion(quaternion_from_vector(face[ROTATION]))
        by_yaw, by_pitch, by_roll = self._head_scale
        values[52], values[53], values[54] = by_yaw * yaw, by_pitch * pitch, by_roll * roll
        values[56], values[55], values[59], values[58] = gaze(face) * self._eye_scale
        values += 0.0  # negative zeros become plain ones
        return values


def _names(device: bytes, subject: bytes) -> bytes:
    return bytes([_VERSION]) + _LENGTH.pack(len(device)) + device + _LENGTH.pack(len(subject)) + subject


def _counted(values: NDArray[np.float32]) -> bytes:
    return bytes([COUNT]) + values.astype(">f4").tobytes()


def _name(datagram: bytes, offset: int, what: str) -> tuple[str, int]:
    """A name and the offset behind it."""
    begin = offset + _LENGTH.size
    if len(datagram) < begin:
        raise DecodeError(f"the length of the {what}", f"{len(datagram) - offset} bytes", offset)
    (length,) = _LENGTH.unpack_from(datagram, offset)
    if not 0 <= length <= min(_LONGEST_NAME, len(datagram) - begin):
        raise DecodeError(f"a {what} of at most {_LONGEST_NAME} bytes", f"a length of {length}", offset)
    try:
        return datagram[begin : begin + length].decode(), begin + length
    except UnicodeDecodeError as error:
        raise DecodeError(f"a {what} in UTF-8", repr(datagram[begin : begin + length])[:80], begin) from error


def _values(datagram: bytes, offset: int) -> NDArray[np.float32] | None:
    if len(datagram) == offset:
        return None
    if datagram[offset] != COUNT:
        raise DecodeError(f"a count of {COUNT}", str(datagram[offset]), offset)
    if len(datagram) != offset + 1 + 4 * COUNT:
        raise DecodeError(f"{4 * COUNT} bytes of values", f"{len(datagram) - offset - 1}", offset + 1)
    values = np.frombuffer(datagram, ">f4", COUNT, offset + 1).astype(np.float32)
    finite = np.isfinite(values)
    if not finite.all():
        worst = int(np.argmin(finite))
        raise DecodeError("a finite number", repr(float(values[worst])), offset + 1 + 4 * worst)
    values.flags.writeable = False
    return values
