"""A fit to the tracker's noise on seven faces: rounded standard deviations, rest levels and loadings, no recording.

Made from six trackings each of independently disturbed copies (`sources._disturbed`, MediaPipe 1.2.2 without its own
smoothing); medians over faces, twins made equal.
"""

from typing import Final

__all__ = ["HEAD", "SHAPE_FIT"]

# Sd of the logit, level at rest, and loadings on eight common factors in hundredths of that sd.
SHAPE_FIT: Final[dict[str, tuple[float, ...]]] = {
    "eyeBlinkLeft": (0.11, 0.122, 0, 27, -62, 38, -21, 5, -36, 17),
    "eyeLookDownLeft": (0.12, 0.138, -20, 12, -27, -73, 28, -4, -30, 29),
    "eyeLookInLeft": (0.15, 0.126, 4, 2, 6, -5, 3, 88, -4, 0),
    "eyeLookOutLeft": (0.16, 0.047, -1, -3, -4, 13, -2, -89, 2, 0),
    "eyeLookUpLeft": (0.11, 0.093, 21, -14, 26, 75, -25, 6, 31, -23),
    "eyeSquintLeft": (0.09, 0.366, 1, 11, -40, 36, -26, 13, -6, 17),
    "eyeWideLeft": (0.11, 0.006, -6, -26, 61, -37, 29, -1, 33, -12),
    "eyeBlinkRight": (0.11, 0.122, 1, 26, -60, 43, -23, 1, -26, 29),
    "eyeLookDownRight": (0.12, 0.138, -20, 13, -29, -71, 28, -1, -30, 31),
    "eyeLookInRight": (0.15, 0.126, 0, -5, 0, 0, 5, -90, -1, 2),
    "eyeLookOutRight": (0.16, 0.047, -2, 4, -2, -4, -1, 90, -1, 1),
    "eyeLookUpRight": (0.11, 0.093, 21, -12, 26, 75, -25, 3, 28, -28),
    "eyeSquintRight": (0.09, 0.366, -3, 13, -42, 38, -20, -5, -15, 17),
    "eyeWideRight": (0.11, 0.006, -3, -28, 65, -38, 27, 1, 23, -19),
    "jawForward": (0.10, 0.0, 36, -55, -30, 17, 53, 4, -11, 1),
    "jawLeft": (0.19, 0.001, -39, -24, 0, 3, -9, -6, -34, -32),
    "jawRight": (0.19, 0.001, -28, -18, 7, 4, 6, 10, 35, 46),
    "jawOpen": (0.17, 0.054, -60, -49, -14, -3, -16, 1, 10, 7),
    "mouthClose": (0.14, 0.002, -63, -27, -18, -5, -21, -1, 10, -1),
    "mouthFunnel": (0.16, 0.009, -15, 39, 18, 31, 68, 2, -4, -1),
    "mouthPucker": (0.25, 0.031, -29, 69, 33, 19, 32, 2, 1, 4),
    "mouthLeft": (0.23, 0.002, -27, 14, 8, -7, -1, 4, -50, -66),
    "mouthRight": (0.23, 0.002, -9, -1, 8, 10, 12, -3, 49, 67),
    "mouthSmileLeft": (0.23, 0.004, 54, -36, -32, 1, 28, -2, -12, -23),
    "mouthSmileRight": (0.23, 0.004, 52, -35, -32, 4, 29, 0, -4, -16),
    "mouthFrownLeft": (0.28, 0.0, 74, 3, -3, -24, -36, -1, 10, 9),
    "mouthFrownRight": (0.28, 0.0, 73, 4, -2, -26, -38, 1, 10, 7),
    "mouthDimpleLeft": (0.19, 0.007, -39, -31, -8, -5, 8, 6, -19, -22),
    "mouthDimpleRight": (0.19, 0.007, -44, -32, -10, 14, 11, -5, 3, 14),
    "mouthStretchLeft": (0.24, 0.002, 75, -14, -20, -9, -4, -8, 0, -4),
    "mouthStretchRight": (0.24, 0.002, 72, -10, -17, -14, -8, 7, 9, 2),
    "mouthRollLower": (0.16, 0.006, -39, -31, 9, -29, -65, 3, 8, 9),
    "mouthRollUpper": (0.21, 0.020, -73, -46, -2, -4, -24, 1, 7, 8),
    "mouthShrugLower": (0.18, 0.002, 22, 15, 22, -40, -75, -1, 1, 2),
    "mouthShrugUpper": (0.15, 0.013, 57, 18, 24, -28, -28, -5, 0, 4),
    "mouthPressLeft": (0.17, 0.026, 3, -66, -26, -22, -26, -2, -8, -18),
    "mouthPressRight": (0.17, 0.026, -4, -64, -24, -12, -27, 4, 2, -5),
    "mouthLowerDownLeft": (0.17, 0.002, 6, -63, -15, 24, 35, 7, 6, 17),
    "mouthLowerDownRight": (0.17, 0.002, 12, -64, -17, 20, 38, 8, 2, 13),
    "mouthUpperUpLeft": (0.20, 0.002, 74, -6, 3, -10, 20, 0, -9, 3),
    "mouthUpperUpRight": (0.20, 0.002, 73, -5, 2, -5, 19, -1, -2, 13),
    "browDownLeft": (0.15, 0.049, -10, 28, -59, -24, 9, 0, 44, -29),
    "browDownRight": (0.15, 0.049, -13, 30, -62, -24, 13, 2, 44, -23),
    "browInnerUp": (0.17, 0.108, 16, -23, 54, 16, -10, 1, -36, 19),
    "browOuterUpLeft": (0.14, 0.018, 10, -25, 62, 14, -1, -5, -36, 34),
    "browOuterUpRight": (0.14, 0.018, 8, -26, 62, 8, -7, 3, -42, 15),
    "cheekPuff": (0.09, 0.0, 7, -75, -28, -4, 1, 3, 0, 3),
    "cheekSquintLeft": (0.00, 0.0, 0, 0, 0, 0, 0, 0, 0, 0),
    "cheekSquintRight": (0.00, 0.0, 0, 0, 0, 0, 0, 0, 0, 0),
    "noseSneerLeft": (0.00, 0.0, 0, 0, 0, 0, 0, 0, 0, 0),
    "noseSneerRight": (0.00, 0.0, 0, 0, 0, 0, 0, 0, 0, 0),
    "tongueOut": (0.00, 0.0, 0, 0, 0, 0, 0, 0, 0, 0),
}  # fmt: skip

# Sd and lingering share of head position (m) and rotation (rad).
HEAD: Final = (
    (0.00016, 0.5),
    (0.00026, 0.4),
    (0.00048, 0.2),
    (0.0058, 0.1),
    (0.0034, 0.15),
    (0.0019, 0.1),
)
