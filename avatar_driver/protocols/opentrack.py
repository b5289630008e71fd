"""opentrack's "UDP over network": six little-endian float64, x y z in centimetres, yaw pitch roll in degrees.

The format has no signs of its own; these are those of opentrack's own neuralnet tracker, read off its source: x + to
the subject's left, y + up, z + away from the screen; yaw + to the subject's right, pitch + up, roll + to the subject's
left. Every axis can be scaled, here and in opentrack. The format has no word for "no face".
"""

import math
import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from avatar_driver.channels import CHANNELS, POSITION, ROTATION
from avatar_driver.errors import DecodeError
from avatar_driver.frame import Frame, frozen_values
from avatar_driver.rotation import (
    Euler,
    euler_from_quaternion,
    quaternion_from_euler,
    quaternion_from_vector,
    vector_from_quaternion,
)

__all__ = ["SIGNS", "SIZE", "Encoder", "Pose", "decode", "encode"]

_SIX: Final = struct.Struct("<6d")
SIZE: Final = _SIX.size
#: What x y z (m), yaw pitch roll (rad, as in `Euler`) are multiplied with to get opentrack's directions.
SIGNS: Final = (1, 1, -1, -1, -1, -1)
_FARTHEST: Final = 10_000.0  # cm
_FULL_TURN: Final = 360.0


class Pose(NamedTuple):
    """A head's place in centimetres and its turn in degrees, in opentrack's directions."""

    x: float
    y: float
    z: float
    yaw: float
    pitch: float
    roll: float

    def frame(self, time: float) -> Frame:
        """The head on this program's axes; every shape at rest."""
        sx, sy, sz, *turns = SIGNS
        yaw, pitch, roll = (sign * math.radians(angle) for sign, angle in zip(turns, self[3:], strict=True))
        values = np.zeros(len(CHANNELS), np.float32)
        values[POSITION] = sx * self.x / 100, sy * self.y / 100, sz * self.z / 100
        values[ROTATION] = vector_from_quaternion(quaternion_from_euler(Euler(yaw=yaw, pitch=pitch, roll=roll)))
        return Frame(time, frozen_values(values))


def encode(pose: Pose) -> bytes:
    """The 48 bytes."""
    return _SIX.pack(*pose)


def decode(datagram: bytes) -> Pose:
    """What a datagram says.

    Raises:
        DecodeError: not 48 bytes, a number that is not finite, farther than 100 m or more than a full turn.
    """
    if len(datagram) != SIZE:
        raise DecodeError(f"{SIZE} bytes", f"{len(datagram)}", min(len(datagram), SIZE))
    pose = Pose(*_SIX.unpack(datagram))
    for i, (name, value) in enumerate(zip(Pose._fields, pose, strict=True)):
        most = _FARTHEST if i < 3 else _FULL_TURN
        if not abs(value) <= most:  # so written, NaN fails too
            raise DecodeError(f"{name} from {-most:.0f} to {most:.0f}", f"{value:.6g}", 8 * i)
    return pose


class Encoder:
    """Heads as datagrams.

    Args:
        scales: six factors for x y z yaw pitch roll; negative turns an axis round.
    """

    def __init__(self, scales: Sequence[float] = (1.0,) * 6) -> None:
        x, y, z, *turns = (sign * scale for sign, scale in zip(SIGNS, scales, strict=True))
        self._scales = (100 * x, 100 * y, 100 * z, *map(math.degrees, turns))

    def packets(self, frame: Frame) -> list[bytes]:
        """The datagram of a frame; none when a value is not finite."""
        place: list[float] = frame.values[POSITION].tolist()
        vector: list[float] = frame.values[ROTATION].tolist()
        if not math.isfinite(sum(place) + sum(vector)):
            return []
        turned = euler_from_quaternion(quaternion_from_vector(vector))
        # Adding 0 makes plain zeros of negative ones.
        numbers = [by * number + 0.0 for by, number in zip(self._scales, (*place, *turned), strict=True)]
        return [encode(Pose(*numbers))]
