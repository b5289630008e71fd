"""A neutral face of 66 landmarks, two pupils and two eyeballs, drawn by hand for receivers of OpenSeeFace.

It is nobody's face and measures nothing. Points are numbered as OpenSeeFace does: 17 along the jaw, 5 for each brow, 4
down the nose, 5 under it, 6 for each eye, 5 along the upper lip's upper edge, 5 along the lower lip's lower edge, then
the inner edge beginning with the right corner; pupils, eyeballs. All begin at the subject's right, but for the lower
edges, which come back.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["EYEBALLS", "LANDMARKS", "NEUTRAL", "PUPILS", "UNIT_METRES"]

#: Metres in one unit of `NEUTRAL`: a face is about 14.5 cm wide between the ears, and 0.9 units.
UNIT_METRES: Final = 0.16

LANDMARKS: Final = 68  #: points that are seen in the picture: all but the eyeballs' centres
PUPILS: Final = (66, 67)  #: right, left
EYEBALLS: Final = (68, 69)  #: right, left

# Centimetres from the tip of the nose: to the subject's right, up, out of the face. The left half mirrors the right.
_JAW: Final = [
    (7.2, 4.6, -11.8), (7.1, 2.5, -11.6), (6.9, 0.4, -11.3), (6.5, -1.7, -10.8), (5.8, -3.7, -9.9),
    (4.9, -5.5, -8.6), (3.7, -7.1, -7.0), (2.1, -8.4, -5.4), (0.0, -9.0, -4.7),
]  # fmt: skip
_BROW: Final = [(6.2, 6.3, -5.4), (5.2, 7.1, -4.1), (4.0, 7.3, -3.2), (2.9, 7.0, -2.5), (1.8, 6.5, -2.1)]
_NOSE: Final = [(0.0, 4.6, -2.3), (0.0, 3.1, -1.5), (0.0, 1.5, -0.6), (0.0, 0.0, 0.0)]
_NOSTRILS: Final = [(1.5, -0.8, -2.3), (0.8, -1.0, -1.8), (0.0, -1.2, -1.5)]
_EYE: Final = [
    (4.9, 4.5, -4.6),
    (4.0, 5.0, -3.9),
    (3.0, 5.0, -3.7),
    (1.9, 4.4, -3.8),
    (3.0, 4.1, -3.8),
    (4.1, 4.1, -4.0),
]
_UPPER_LIP: Final = [(1.9, -3.2, -2.6), (0.7, -2.9, -1.7), (0.0, -3.1, -1.5)]
_LOWER_LIP: Final = [(0.0, -5.3, -1.9), (0.9, -5.1, -2.3), (2.0, -4.6, -2.9)]  # from the middle to the right
_CORNER: Final = (2.7, -4.0, -3.4)
_UPPER_EDGE: Final = [(1.2, -3.9, -2.5), (0.0, -4.0, -1.9)]
_LOWER_EDGE: Final = [(0.0, -4.1, -2.0), (1.2, -4.1, -2.6)]  # from the middle to the right
_PUPIL: Final = (3.4, 4.55, -3.7)
_EYEBALL: Final = (3.4, 4.55, -4.9)

_Point = tuple[float, float, float]


def _left(points: list[_Point]) -> list[_Point]:
    return [(-x, y, z) for x, y, z in points]


def _both(right: list[_Point]) -> list[_Point]:
    """From the subject's right over the middle, which is the last one given, to the left."""
    return [*right, *_left(right[-2::-1])]


def _neutral() -> NDArray[np.float64]:
    # The left eye is numbered from its inner corner outwards: upper lid, then back along the lower.
    eye = _left(_EYE)
    left_eye = [eye[3], eye[2], eye[1], eye[0], eye[5], eye[4]]
    points = [
        *_both(_JAW),
        *_BROW, *_left(_BROW[::-1]),
        *_NOSE, *_both(_NOSTRILS),
        *_EYE, *left_eye,
        *_both(_UPPER_LIP),
        *_left(_LOWER_LIP[::-1]), *_LOWER_LIP[1:],
        _CORNER, *_both(_UPPER_EDGE), *_left([_CORNER]),
        *_left(_LOWER_EDGE[::-1]), *_LOWER_EDGE[1:],
        _PUPIL, *_left([_PUPIL]), _EYEBALL, *_left([_EYEBALL]),
    ]  # fmt: skip
    face = np.array(points) / 100 / UNIT_METRES
    face.flags.writeable = False
    return face


#: (70, 3) to the subject's right, up, out of the face.
NEUTRAL: Final = _neutral()
