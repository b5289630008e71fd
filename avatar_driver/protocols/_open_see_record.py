"""OpenSeeFace: records of 1785 bytes over UDP port 11573, for receivers that know no ARKit shapes.

Little-endian, without padding:

    f64 time (s) · i32 face · f32 picture width, height · f32 right, left eye open · u8 success · f32 error of the fit
    4 × f32 quaternion · 3 × f32 Euler degrees · 3 × f32 translation
    68 × f32 confidence · 68 × (f32, f32) landmark in the picture, pixels right and down · 70 × 3 × f32 point in space
    14 × f32 feature, about −1 to 1

A datagram is any number of records. Where the tracker sees no face it sends nothing.

OpenSeeFace's camera axes, as its fit finds them: at rest the Euler angles are 180, 0, 90. Nodding down adds to the
first, turning to the subject's left to the second, tilting to the subject's right to the third; R = Rz · Ry · Rx, and
the quaternion is that of the inverse. The translation is up, to the subject's right, and minus the distance. Its unit
is about 16 cm.
"""

import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from avatar_driver.errors import DecodeError
from avatar_driver.protocols._neutral_face import LANDMARKS

__all__ = ["FEATURES", "POINTS", "RECORD_BYTES", "Features", "Record", "decode", "encode"]

POINTS: Final = 70  #: points in space: the landmarks and the two eyeballs' centres

_HEAD: Final = struct.Struct("<di4fB11f")
_MOST_FACES: Final = 36  # the most that fit a datagram


class Features(NamedTuple):
    """Movements of the face from its own rest, −1 to 1, in the record's order; left and right are the subject's."""

    eye_l: float = 0.0  #: −1 closed, 0 open, 1 wide
    eye_r: float = 0.0
    eyebrow_steepness_l: float = 0.0  #: + outer end up
    eyebrow_updown_l: float = 0.0  #: + up
    eyebrow_quirk_l: float = 0.0
    eyebrow_steepness_r: float = 0.0
    eyebrow_updown_r: float = 0.0
    eyebrow_quirk_r: float = 0.0
    mouth_corner_updown_l: float = 0.0  #: + down: a smile is negative
    mouth_corner_inout_l: float = 0.0  #: + out
    mouth_corner_updown_r: float = 0.0
    mouth_corner_inout_r: float = 0.0
    mouth_open: float = 0.0
    mouth_wide: float = 0.0


FEATURES: Final = Features._fields
_NUMBERS: Final = LANDMARKS + 2 * LANDMARKS + 3 * POINTS + len(FEATURES)
RECORD_BYTES: Final = _HEAD.size + 4 * _NUMBERS
_AFTER: Final = np.cumsum([LANDMARKS, 2 * LANDMARKS, 3 * POINTS])


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One face.

    Attributes:
        time: seconds.
        face: the tracker's number of the face.
        size: width and height of the picture in pixels.
        eyes_open: right, left, 0 to 1.
        success: whether the fit in space is sound.
        error: of that fit.
        quaternion: x y z w.
        euler: degrees.
        translation: see the module.
        confidences: (68,) float32.
        landmarks: (68, 2) float32, pixels right and down.
        points: (70, 3) float32, the face in space without its turn and place.
        features: (14,) float32, see `Features`.
    """

    time: float
    face: int
    size: tuple[float, float]
    eyes_open: tuple[float, float]
    success: bool
    error: float
    quaternion: tuple[float, float, float, float]
    euler: tuple[float, float, float]
    translation: tuple[float, float, float]
    confidences: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    points: NDArray[np.float32]
    features: NDArray[np.float32]


def encode(record: Record) -> bytes:
    """The 1785 bytes."""
    head = _HEAD.pack(
        record.time,
        record.face,
        *record.size,
        *record.eyes_open,
        record.success,
        record.error,
        *record.quaternion,
        *record.euler,
        *record.translation,
    )
    rest = (record.confidences, record.landmarks, record.points, record.features)
    return head + np.concatenate([part.ravel() for part in rest]).astype("<f4", copy=False).tobytes()


def decode(datagram: bytes) -> list[Record]:
    """The faces of a datagram.

    Raises:
        DecodeError: not whole records, or a number that is not finite.
    """
    count, surplus = divmod(len(datagram), RECORD_BYTES)
    if surplus or not 0 < count <= _MOST_FACES:
        raise DecodeError(f"1 to {_MOST_FACES} records of {RECORD_BYTES} bytes", f"{len(datagram)} bytes")
    return [_record(datagram, i * RECORD_BYTES) for i in range(count)]


def _record(datagram: bytes, offset: int) -> Record:
    time, face, width, height, right, left, success, error, *pose = _HEAD.unpack_from(datagram, offset)
    numbers = np.frombuffer(datagram, "<f4", _NUMBERS, offset + _HEAD.size).astype(np.float32)
    if not np.isfinite([time, width, height, right, left, error, *pose]).all():
        raise DecodeError("finite numbers before the landmarks", "one that is not", offset)
    finite = np.isfinite(numbers)
    if not finite.all():
        worst = int(np.argmin(finite))
        raise DecodeError("a finite number", repr(float(numbers[worst])), offset + _HEAD.size + 4 * worst)
    confidences, landmarks, points, features = np.split(numbers, _AFTER)
    return Record(
        time,
        face,
        (width, height),
        (right, left),
        bool(success),
        error,
        (pose[0], pose[1], pose[2], pose[3]),
        (pose[4], pose[5], pose[6]),
        (pose[7], pose[8], pose[9]),
        confidences,
        landmarks.reshape(LANDMARKS, 2),
        points.reshape(POINTS, 3),
        features,
    )
