"""iFacialMocap and Facemotion3d: one line of text a frame over UDP port 49983, and the receiver's request for it.

    eyeBlink_L-7|eyeLookDown_L-0|…|tongueOut-0|=head#-5.5,12.25,-3.0,0.01,-0.02,-0.35|rightEye#4.0,-2.5,0.0|leftEye#4.0,-3.5,0.0|

Weights are whole percents. Version 1 writes `name-7` and so has no negative weights; version 2 writes `name&7`;
Facemotion3d writes `name&7` with ARKit's full names and six names of its own. The head has degrees about x y z, then
its place in metres; eyes have degrees. Degrees about x are + down, about y + to the subject's left, about z + tilted to
the subject's right (likely, not certain: each axis can be scaled); z of the place is negative in front of the phone.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, POSITION, ROTATION, SHAPE_NAMES, SHAPES
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

__all__ = ["DISTANCE", "Encoder", "Face", "Format", "decode", "encode", "requested"]

Format: TypeAlias = Literal["v1", "v2", "facemotion3d"]
_Three: TypeAlias = tuple[float, float, float]

DISTANCE: Final = 0.5  #: metres from the phone at which a calibrated face is said to rest

_ZERO: Final = (0.0, 0.0, 0.0)
_DIGITS: Final = 4  # a tenth of a millimetre; more could be written as 1e-05, which not every receiver reads
_LONGEST: Final = 8192  # bytes of a line; a real one has 1000
_MOST: Final = 1e6  # degrees, metres or percents; beyond it is noise
_FACEMOTION3D_OWN: Final = ("FM_SAD", "FM_ANGRY", "FM_VF", "FM_TH", "FM_browUpRight", "FM_browUpLeft")
_SHORT: Final = tuple(
    name if name in ("jawLeft", "jawRight", "mouthLeft", "mouthRight") else re.sub("(L)eft$|(R)ight$", r"_\1\2", name)
    for name in SHAPE_NAMES
)
_INDEX: Final = {name: i for names in (SHAPE_NAMES, _SHORT) for i, name in enumerate(names)}
_LOWEST: Final[dict[Format, int]] = {"v1": 0, "v2": -100, "facemotion3d": -100}
_NUMBER: Final = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*", re.ASCII)
_POSES: Final = {"=head": 6, "head": 6, "rightEye": 3, "leftEye": 3}

_IFACIALMOCAP: Final = "iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719"
_REQUESTS: Final[dict[str, Format | None]] = {
    _IFACIALMOCAP: "v1",
    f"{_IFACIALMOCAP}|sendDataVersion=v1": "v1",
    f"{_IFACIALMOCAP}|sendDataVersion=v2": "v2",
    "FACEMOTION3D_OtherStreaming": "facemotion3d",
    "StopStreaming_FACEMOTION3D": None,
}


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """What one line says.

    Attributes:
        weights: (52,) float32, 1 is 100 percent.
        head: degrees about x, y, z.
        position: metres.
        right_eye: degrees about x, y, z.
        left_eye: degrees about x, y, z.
    """

    weights: NDArray[np.float32] = field(default_factory=lambda: np.zeros(len(SHAPE_NAMES), np.float32))
    head: _Three = _ZERO
    position: _Three = _ZERO
    right_eye: _Three = _ZERO
    left_eye: _Three = _ZERO

    def channels(self, distance: float = DISTANCE) -> NDArray[np.float32]:
        """(58,) the face on this program's axes, shapes kept within 0 and 1; `distance` is where the head rests."""
        channels = np.zeros(len(CHANNELS), np.float32)
        channels[SHAPES] = np.clip(self.weights, 0, 1)
        pitch, yaw, roll = map(math.radians, self.head)
        x, y, z = self.position
        channels[POSITION] = x, y, z + distance
        channels[ROTATION] = vector_from_quaternion(quaternion_from_euler(Euler(yaw=yaw, pitch=pitch, roll=roll)))
        return channels


def encode(face: Face, format: Format = "v1", *, repeat_first: bool = False) -> bytes:
    """The line, without an end of line. A weight is rounded to whole percents and kept within what the format has."""
    percents = np.rint(np.clip(face.weights * np.float32(100), _LOWEST[format], 100)).astype(int).tolist()
    numbers = [round(number, _DIGITS) + 0.0 for number in (*face.head, *face.position, *face.right_eye, *face.left_eye)]
    line = _LINES[format] % (*percents, *numbers)
    return f"{line[: line.index('|') + 1]}{line}".encode() if repeat_first else line.encode()


def decode(line: bytes) -> Face:
    """What a line of any of the formats says.

    As receivers do, names that are not ARKit's are passed over, and what is missing is at rest.

    Raises:
        DecodeError: not text, too long, a number that is none, or nothing that is known.
    """
    if len(line) > _LONGEST:
        raise DecodeError(f"a line of at most {_LONGEST} bytes", f"{len(line)}", _LONGEST)
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise DecodeError("text", repr(line[error.start : error.start + 8]), error.start) from error
    weights = np.zeros(len(SHAPE_NAMES), np.float32)
    poses: dict[str, list[float]] = {}
    known = 0
    separator = "&" if "&" in text else "-"
    for segment in text.split("|"):
        name, found, numbers = segment.partition("#")
        if found and name.strip() in _POSES:
            poses[name.strip().lstrip("=")] = _pose(name.strip(), numbers)
            known += 1
            continue
        name, found, number = segment.partition(separator)
        index = _INDEX.get(name.strip())
        if found and index is not None:
            weights[index] = _number(number) / 100
            known += 1
    if not known:
        raise DecodeError("at least one weight or pose", repr(text[:40]))
    weights.flags.writeable = False
    rx, ry, rz, px, py, pz = poses.get("head", [0.0] * 6)
    right, left = (poses.get(eye, [0.0] * 3) for eye in ("rightEye", "leftEye"))
    return Face(weights, (rx, ry, rz), (px, py, pz), (right[0], right[1], right[2]), (left[0], left[1], left[2]))


def requested(datagram: bytes) -> Format | None:
    """The format a receiver asks for; None when it asks for an end.

    Raises:
        DecodeError: not a request, or one for a stream over TCP.
    """
    text = datagram[:200].decode(errors="replace").strip("\0\r\n ")
    if text not in _REQUESTS or len(datagram) > 200:
        raise DecodeError("a request for iFacialMocap's or Facemotion3d's stream over UDP", repr(text[:60]))
    return _REQUESTS[text]


class Encoder:
    """Frames as lines.

    Args:
        format: which.
        head_pitch_scale: what the head's nodding is multiplied with; negative turns it the other way.
        head_yaw_scale: the same for turning.
        head_roll_scale: the same for tilting.
        position_scale: the same for the head's movement from its place.
        distance: metres from the phone at which the head rests.
        eye_yaw_degrees: how far a full sideways look turns an eye; negative turns it the other way.
        eye_pitch_degrees: how far a full look down or up turns an eye; negative turns it the other way.
        repeat_first: send the first weight twice, for a receiver that passes over the first.
    """

    def __init__(
        self,
        format: Format = "v1",
        *,
        head_pitch_scale: float = 1.0,
        head_yaw_scale: float = 1.0,
        head_roll_scale: float = 1.0,
        position_scale: float = 1.0,
        distance: float = DISTANCE,
        eye_yaw_degrees: float = GAZE_YAW_DEGREES,
        eye_pitch_degrees: float = GAZE_PITCH_DEGREES,
        repeat_first: bool = False,
    ) -> None:
        self.format: Format = format
        self._head_scale = tuple(map(math.degrees, (head_pitch_scale, head_yaw_scale, head_roll_scale)))
        self._position_scale = position_scale
        self._distance = distance
        # Gaze counts yaw to the subject's right, this format to the left.
        self._eye_scale = gaze_scale(-eye_yaw_degrees, eye_pitch_degrees)
        self._repeat_first = repeat_first

    def packets(self, frame: Frame) -> list[bytes]:
        """The line of a frame; none when a value is not finite."""
        values = frame.values
        if not np.isfinite(values).all():
            return []
        turned = euler_from_quaternion(quaternion_from_vector(values[ROTATION]))
        by_pitch, by_yaw, by_roll = self._head_scale
        x, y, z = (self._position_scale * metres for metres in values[POSITION].tolist())
        left_pitch, left_yaw, right_pitch, right_yaw = (gaze(values) * self._eye_scale).tolist()
        face = Face(
            values[SHAPES],
            (by_pitch * turned.pitch, by_yaw * turned.yaw, by_roll * turned.roll),
            (x, y, z - self._distance),
            (right_pitch, right_yaw, 0.0),
            (left_pitch, left_yaw, 0.0),
        )
        return [encode(face, self.format, repeat_first=self._repeat_first)]


def _line(format: Format) -> str:
    separator = "-" if format == "v1" else "&"
    names = SHAPE_NAMES if format == "facemotion3d" else _SHORT
    own = "".join(f"{name}&0|" for name in _FACEMOTION3D_OWN) if format == "facemotion3d" else ""
    weights = "".join(f"{name}{separator}%d|" for name in names)
    return f"{weights}{own}=head#%r,%r,%r,%r,%r,%r|rightEye#%r,%r,%r|leftEye#%r,%r,%r|"


_LINES: Final[dict[Format, str]] = {"v1": _line("v1"), "v2": _line("v2"), "facemotion3d": _line("facemotion3d")}


def _pose(name: str, numbers: str) -> list[float]:
    found = [_number(number) for number in numbers.split(",")]
    if len(found) != _POSES[name]:
        raise DecodeError(f"{_POSES[name]} numbers for {name}", f"{len(found)}")
    return found


def _number(text: str) -> float:
    # Narrower than `float`, which reads 'nan', '1_0' and the digits of every script.
    if len(text) > 40 or not _NUMBER.fullmatch(text) or abs(float(text)) > _MOST:
        raise DecodeError("a number", repr(text[:40]))
    return float(text)
