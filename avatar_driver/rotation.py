"""Rotations between the forms that filters, trackers and targets use, and the axes of each target.

Inside the program a rotation is a rotation vector (axis times angle, radians) on MediaPipe's axes: +x to the subject's
left, +y up, +z out of the face, right-handed. It is smooth, has no wrap near rest and needs no normalising, so filters
and maps treat it as three numbers. Quaternions (x, y, z, w) and Euler angles exist here only, for a sink's edge.

Scalar `math` on purpose: for three or four numbers it is several times faster than arrays.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "IDENTITY",
    "Euler",
    "Quaternion",
    "composed",
    "euler_from_quaternion",
    "inverse",
    "quaternion_from_euler",
    "quaternion_from_matrix",
    "quaternion_from_vector",
    "unity_position",
    "unity_quaternion",
    "vector_from_quaternion",
]

_SMALL_ANGLE: Final = 1e-12  # below this angle the series is exact to double precision


class Quaternion(NamedTuple):
    """A unit quaternion, vector part first as VMC, glTF and Unity write it."""

    x: float
    y: float
    z: float
    w: float


class Euler(NamedTuple):
    """Head angles in radians, R = Ry(yaw) · Rx(pitch) · Rz(roll).

    Attributes:
        yaw: positive turns to the subject's left.
        pitch: positive nods down.
        roll: positive tilts toward the subject's right shoulder.
    """

    yaw: float
    pitch: float
    roll: float


IDENTITY: Final = Quaternion(0.0, 0.0, 0.0, 1.0)


def quaternion_from_vector(vector: Sequence[float] | NDArray[np.floating]) -> Quaternion:
    """The unit quaternion of a rotation vector in radians."""
    x, y, z = float(vector[0]), float(vector[1]), float(vector[2])
    angle = math.sqrt(x * x + y * y + z * z)
    scale = 0.5 if angle < _SMALL_ANGLE else math.sin(angle / 2) / angle
    return Quaternion(x * scale, y * scale, z * scale, math.cos(angle / 2))


def vector_from_quaternion(q: Quaternion) -> tuple[float, float, float]:
    """The shortest rotation vector (at most π long) of a unit quaternion."""
    x, y, z, w = q if q.w >= 0 else (-q.x, -q.y, -q.z, -q.w)
    sine = math.sqrt(x * x + y * y + z * z)
    scale = 2.0 if sine < _SMALL_ANGLE else 2 * math.atan2(sine, w) / sine
    return x * scale, y * scale, z * scale


def composed(outer: Quaternion, inner: Quaternion) -> Quaternion:
    """First `inner`, then `outer`: the Hamilton product."""
    ax, ay, az, aw = outer
    bx, by, bz, bw = inner
    return Quaternion(
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def inverse(q: Quaternion) -> Quaternion:
    """The rotation that undoes `q`."""
    return Quaternion(-q.x, -q.y, -q.z, q.w)


def quaternion_from_matrix(matrix: NDArray[np.floating]) -> Quaternion:
    """The unit quaternion of a 3×3 rotation matrix (or the rotation block of a 4×4), by the largest-term branch.

    Raises:
        ValueError: the matrix holds NaN or infinity.
    """
    (a, b, c), (d, e, f), (g, h, i) = np.asarray(matrix, dtype=np.float64)[:3, :3].tolist()
    if not all(map(math.isfinite, (a, b, c, d, e, f, g, h, i))):
        raise ValueError(f"expected a rotation matrix, found {[[a, b, c], [d, e, f], [g, h, i]]}")
    largest = max(a, e, i, a + e + i)
    if largest == a + e + i:
        x, y, z, w = h - f, c - g, d - b, 1 + largest
    elif largest == a:
        x, y, z, w = 1 + a - e - i, b + d, c + g, h - f
    elif largest == e:
        x, y, z, w = b + d, 1 - a + e - i, f + h, c - g
    else:
        x, y, z, w = c + g, f + h, 1 - a - e + i, d - b
    norm = math.sqrt(x * x + y * y + z * z + w * w)
    return Quaternion(x / norm, y / norm, z / norm, w / norm)


def quaternion_from_euler(euler: Euler) -> Quaternion:
    """The quaternion of R = Ry(yaw) · Rx(pitch) · Rz(roll)."""
    yaw = Quaternion(0.0, math.sin(euler.yaw / 2), 0.0, math.cos(euler.yaw / 2))
    pitch = Quaternion(math.sin(euler.pitch / 2), 0.0, 0.0, math.cos(euler.pitch / 2))
    roll = Quaternion(0.0, 0.0, math.sin(euler.roll / 2), math.cos(euler.roll / 2))
    return composed(composed(yaw, pitch), roll)


def euler_from_quaternion(q: Quaternion) -> Euler:
    """Yaw, pitch and roll of R = Ry · Rx · Rz: yaw = atan2(R02, R22), pitch = asin(−R12), roll = atan2(R10, R11)."""
    x, y, z, w = q
    return Euler(
        yaw=math.atan2(2 * (x * z + y * w), 1 - 2 * (x * x + y * y)),
        pitch=math.asin(max(-1.0, min(1.0, 2 * (x * w - y * z)))),
        roll=math.atan2(2 * (x * y + z * w), 1 - 2 * (x * x + z * z)),
    )


def unity_quaternion(q: Quaternion) -> Quaternion:
    """MediaPipe's axes to Unity's and VMC's: left-handed, +z forward, +x to the avatar's right."""
    return Quaternion(q.x, -q.y, -q.z, q.w)


def unity_position(position: Sequence[float] | NDArray[np.floating]) -> tuple[float, float, float]:
    """MediaPipe's axes to Unity's and VMC's; metres stay metres."""
    return -float(position[0]), float(position[1]), float(position[2])
