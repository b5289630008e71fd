"""Between the 58 numbers of a face and the coordinates in which its noise is even. Private to `two_timescale`.

Shapes become logits: the tracker's scores are sigmoid outputs, and before the sigmoid their noise is nearly the same at
every level (filter study, §2). Positions stay metres. The head's rotation becomes a rotation vector about the last
estimate, so it is filtered as a rotation and no angle ever wraps. Everything is divided by the noise that a decent
webcam gives, so that one set of constants serves all channels.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, ROTATION, SHAPE_NAMES, SHAPES
from avatar_driver.rotation import (
    IDENTITY,
    Quaternion,
    composed,
    inverse,
    quaternion_from_vector,
    vector_from_quaternion,
)

__all__ = ["Chart", "toward"]

Array = NDArray[np.float64]

_FAR: Final = 10.0  # m and rad; no face is beyond

# Standard deviation of the logit's noise by the start of the name; the first that fits. It is only where learning
# begins.
_LOGIT_NOISE: Final = {
    "eyeBlink": 0.09,
    "eyeLookDown": 0.09,
    "eyeLookUp": 0.09,
    "eyeLook": 0.14,
    "eyeSquint": 0.08,
    "eyeWide": 0.09,
    "jawOpen": 0.11,
    "jawForward": 0.1,
    "jaw": 0.15,
    "mouthClose": 0.11,
    "mouthFunnel": 0.13,
    "mouthPucker": 0.22,
    "mouthSmile": 0.19,
    "mouthFrown": 0.23,
    "mouthDimple": 0.16,
    "mouthStretch": 0.2,
    "mouthRollLower": 0.14,
    "mouthRollUpper": 0.17,
    "mouthShrug": 0.13,
    "mouthPress": 0.13,
    "mouthLowerDown": 0.13,
    "mouthUpperUp": 0.16,
    "mouth": 0.19,
    "brow": 0.12,
    "": 0.1,
}
_POSITION_NOISE: Final = (0.0003, 0.0003, 0.0005)  # m
_ROTATION_NOISE: Final = tuple(math.radians(degrees) for degrees in (0.20, 0.15, 0.10))  # pitch, yaw, roll


def starting_noise() -> Array:
    """σ of each channel: of the logit, in metres, in radians."""
    shapes = [next(sd for start, sd in _LOGIT_NOISE.items() if name.startswith(start)) for name in SHAPE_NAMES]
    return np.array([*shapes, *_POSITION_NOISE, *_ROTATION_NOISE])


class Chart:
    """The map from faces to even coordinates and back, about a pose of the head that moves along.

    Args:
        edge: shapes are squeezed into [edge, 1 − edge] before the logarithm, and stretched back after it.
    """

    def __init__(self, edge: float) -> None:
        self._edge = edge
        self._scale = starting_noise()
        self._least, self._most = np.full((2, len(CHANNELS)), [[-_FAR], [_FAR]])
        self._least[SHAPES], self._most[SHAPES] = 0.0, 1.0
        self._pose = IDENTITY

    def opened_from(self, least: float) -> Array:
        """(58,) coordinates of shapes that are open by `least`; −∞ for the head, which always is."""
        out = np.full(len(CHANNELS), -np.inf)
        inside = self._edge + (1 - 2 * self._edge) * least
        out[SHAPES] = math.log(inside / (1 - inside)) / self._scale[SHAPES]
        return out

    def sane(self, values: NDArray[np.floating], otherwise: Array) -> Array:
        """The values in range; those that are no numbers replaced."""
        out = np.where(np.isfinite(values), values, otherwise)
        return np.asarray(np.minimum(np.maximum(out, self._least), self._most))

    def recentre(self, face: Array) -> None:
        """Takes the head's rotation of a sane face as the new origin."""
        self._pose = quaternion_from_vector(face[ROTATION])

    def coordinates(self, face: Array) -> Array:
        """(58,) of a sane face."""
        out = face.copy()
        shapes = out[SHAPES]
        shapes *= 1 - 2 * self._edge
        shapes += self._edge
        shapes[:] = np.log(shapes / (1 - shapes))
        turn = quaternion_from_vector(face[ROTATION])
        out[ROTATION] = vector_from_quaternion(composed(turn, inverse(self._pose)))
        out /= self._scale
        return out

    def follow(self, turned: Array) -> None:
        """Moves the origin to the coordinates `turned` (3,) of a rotation; that point's become zero."""
        self._pose = self._at(turned * self._scale[ROTATION])

    def face(self, coordinates: Array) -> Array:
        """(58,) in range."""
        out = coordinates * self._scale
        shapes = out[SHAPES]
        np.negative(shapes, out=shapes)
        np.exp(shapes, out=shapes)
        shapes += 1
        np.divide(1 / (1 - 2 * self._edge), shapes, out=shapes)
        shapes -= self._edge / (1 - 2 * self._edge)
        np.minimum(shapes, 1.0, out=shapes)
        np.maximum(shapes, 0.0, out=shapes)
        out[ROTATION] = vector_from_quaternion(self._at(out[ROTATION]))
        return out

    def _at(self, offset: Array) -> Quaternion:
        return composed(quaternion_from_vector(offset), self._pose)


def toward(face: Array, goal: Array, share: Array | float) -> Array:
    """`face` moved by a share (0…1) of its way to `goal`; the head's rotation by the short way round."""
    start = quaternion_from_vector(face[ROTATION])
    way = goal - face
    way[ROTATION] = vector_from_quaternion(composed(quaternion_from_vector(goal[ROTATION]), inverse(start)))
    way *= share
    out = face + way
    out[ROTATION] = vector_from_quaternion(composed(quaternion_from_vector(way[ROTATION]), start))
    return np.asarray(out)
