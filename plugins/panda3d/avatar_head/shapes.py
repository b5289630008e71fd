"""The 52 ARKit shapes of the skin: where each vertex goes when one of them is fully on."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_head.skin import EYE, MOUTH_HALF_WIDTH, MOUTH_Y, Grid, Lids, bump, ramp, skin

__all__ = ["HINGE", "JAW_RADIANS", "SHAPES", "shapes", "turned"]

Floats = NDArray[np.float64]

#: The 52 shapes in the order of Apple's list, which is that of the stream.
SHAPES: Final = (
    "eyeBlinkLeft",
    "eyeLookDownLeft",
    "eyeLookInLeft",
    "eyeLookOutLeft",
    "eyeLookUpLeft",
    "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight",
    "eyeLookDownRight",
    "eyeLookInRight",
    "eyeLookOutRight",
    "eyeLookUpRight",
    "eyeSquintRight",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawRight",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLeft",
    "mouthRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
)
HINGE: Final = np.array([0.0, -0.22, -0.05])  # of the jaw, in front of the ears
JAW_RADIANS: Final = 0.37

_OPEN: Final = Lids()
_LIDS: Final = {
    "eyeBlink": Lids(-0.046, 0.050),
    "eyeLookDown": Lids(0.052, 0.066),
    "eyeLookIn": Lids(sideways=-0.018),
    "eyeLookOut": Lids(sideways=0.018),
    "eyeLookUp": Lids(0.122, 0.046),
    "eyeSquint": Lids(0.074, 0.022),
    "eyeWide": Lids(0.142, 0.074),
}


def shapes(on: Grid) -> tuple[Floats, dict[str, Floats]]:
    """(N, 3) the head at rest, and each shape's (N, 3) way from there."""
    rest = skin(on, _OPEN, _OPEN)
    found = _eyes(on, rest) | _Face(on, rest).shapes()
    return rest, {name: found[name] for name in SHAPES}


def turned(points: Floats, radians: float) -> Floats:
    """Points turned around the jaw's hinge; positive opens the mouth."""
    y, z = points[:, 1] - HINGE[1], points[:, 2] - HINGE[2]
    sine, cosine = np.sin(radians), np.cos(radians)
    return np.stack((points[:, 0], HINGE[1] + cosine * y - sine * z, HINGE[2] + sine * y + cosine * z), -1)


def _eyes(on: Grid, rest: Floats) -> dict[str, Floats]:
    found = {}
    for name, lids in _LIDS.items():
        found[f"{name}Left"] = skin(on, lids, _OPEN) - rest
        found[f"{name}Right"] = skin(on, _OPEN, lids) - rest
    return found


class _Face:
    """Masks of a face, each from 0 to 1, and the shapes made of them."""

    def __init__(self, on: Grid, rest: Floats) -> None:
        self.rest = rest
        self.on = on
        self.x, self.y, self.z = rest.T
        self.a = np.abs(self.x)
        self.facing = ramp(np.cos(on.angles), -0.1, 0.4)
        below = MOUTH_Y - on.level
        #: How far the lips come apart: most in the middle, nothing at the corners.
        self.apart = np.sqrt(np.clip(1 - (self.a / MOUTH_HALF_WIDTH) ** 2, 0, None)) * self.facing
        #: What the jaw takes with it: all below the mouth's slit, fading towards the cheeks, the ears and the neck.
        sideways = ramp(below, -0.30, 0.38)
        self.jaw = (sideways + self.apart * (~on.above_mouth - sideways)) * ramp(on.level, -1.38, -1.16)
        self.jaw *= ramp(np.cos(on.angles), -0.25, 0.55)
        lips = bump(self.a, on.level, (0.0, MOUTH_Y), (0.36, 0.17)) * self.facing
        self.lips = lips
        self.upper = lips * on.above_mouth
        self.lower = lips * ~on.above_mouth
        self.corner = bump(self.a, on.level, (MOUTH_HALF_WIDTH, MOUTH_Y), (0.13, 0.12)) * self.facing

    def left(self, mask: Floats) -> Floats:
        """The subject's left half of a mask; the right half is its mirror image."""
        return mask * ramp(self.x, -0.09, 0.09)

    def right(self, mask: Floats) -> Floats:
        return mask * ramp(-self.x, -0.09, 0.09)

    def at(self, x: float, y: float, wide: float, high: float) -> Floats:
        """A soft spot on both sides of the face."""
        return bump(self.a, self.on.level, (x, y), (wide, high)) * self.facing

    def way(self, mask: Floats, out: float = 0, up: float = 0, forward: float = 0) -> Floats:
        """A mask times a direction; `out` is away from the middle."""
        side = np.clip(self.x / 0.08, -1, 1)
        return np.stack((mask * out * side, mask * up, mask * forward), -1)

    def shapes(self) -> dict[str, Floats]:
        found = self._jaw() | self._lips() | self._upper_face()
        for name, both in self._sided().items():
            weight = ramp(self.x, -0.09, 0.09)[:, None]
            found[f"{name}Left"] = both * weight
            found[f"{name}Right"] = both * (1 - weight)
        return found

    def _jaw(self) -> dict[str, Floats]:
        bone = turned(self.rest, JAW_RADIANS) - self.rest
        # The corners come in.
        opened = bone * self.jaw[:, None] + self.way(self.corner, out=-0.055)
        ahead = self.jaw * self.facing
        aside = np.stack((self.jaw, 0 * self.jaw, 0 * self.jaw), -1)
        # What jawOpen has opened, the lower lip closes by two thirds and the upper one by the rest.
        near = np.exp(-(((self.on.level - MOUTH_Y) / 0.17) ** 2)) * self.apart
        closed = bone * (near * np.where(self.on.above_mouth, 1 / 3, -2 / 3))[:, None]
        return {
            "jawOpen": opened,
            "mouthClose": closed,
            "jawForward": self.way(ahead, forward=0.10),
            "jawLeft": 0.11 * aside,
            "jawRight": -0.11 * aside,
            "tongueOut": self.way(self.lower, up=-0.05, forward=0.02) + self.way(self.upper, up=0.02),
        }

    def _lips(self) -> dict[str, Floats]:
        narrow = np.stack((-self.lips * self.x, 0 * self.x, 0 * self.x), -1)
        open_middle = np.clip(1 - (self.a / MOUTH_HALF_WIDTH) ** 2, 0, None)
        aside = np.stack((self.lips, 0 * self.x, -0.12 * self.lips * np.sign(self.x)), -1)
        chin = self.at(0.0, -0.92, 0.22, 0.16)
        return {
            "mouthFunnel": 0.30 * narrow
            + self.way(self.lips, forward=0.10)
            + self.way(self.upper * open_middle, up=0.055)
            + self.way(self.lower * open_middle, up=-0.065),
            "mouthPucker": 0.52 * narrow + self.way(self.lips, forward=0.115),
            "mouthLeft": 0.11 * aside,
            "mouthRight": -0.11 * aside,
            "mouthRollLower": self.way(self.lower, up=0.03, forward=-0.085),
            "mouthRollUpper": self.way(self.upper, up=-0.02, forward=-0.085),
            "mouthShrugLower": self.way(self.lower, up=0.045, forward=0.035) + self.way(chin, up=0.06, forward=0.03),
            "mouthShrugUpper": self.way(self.upper, up=0.05, forward=0.03),
        }

    def _sided(self) -> dict[str, Floats]:
        """Both sides at once of the shapes that come in twins; the brows and eyes too."""
        middle = self.at(0.15, MOUTH_Y, 0.14, 0.13)
        cheek = self.at(0.40, -0.22, 0.20, 0.18)
        fold = self.at(0.24, -0.38, 0.10, 0.12)
        lid = self.at(EYE[0], 0.03, 0.17, 0.07)
        outer = self.at(0.48, 0.36, 0.17, 0.16)
        brow = self.at(0.30, 0.36, 0.26, 0.14)
        inner = self.at(0.13, 0.36, 0.12, 0.13)
        below, above = ~self.on.above_mouth, self.on.above_mouth
        return {
            "mouthSmile": self.way(self.corner, out=0.095, up=0.105, forward=-0.045)
            + self.way(cheek, up=0.055, forward=0.055)
            + self.way(middle, out=0.02),
            "mouthFrown": self.way(self.corner, out=0.01, up=-0.105) + self.way(middle, up=-0.015),
            "mouthDimple": self.way(self.corner, out=0.05, up=0.015, forward=-0.07),
            "mouthStretch": self.way(self.corner, out=0.115, up=-0.035, forward=-0.02),
            "mouthPress": self.way(middle * below, up=0.022, forward=-0.035)
            + self.way(middle * above, up=-0.022, forward=-0.035),
            "mouthLowerDown": self.way(middle * below, up=-0.095, forward=0.015),
            "mouthUpperUp": self.way(middle * above, up=0.09, forward=0.02) + self.way(fold, up=0.035, forward=0.03),
            "browDown": self.way(brow, out=-0.025, up=-0.085, forward=0.03),
            "browOuterUp": self.way(outer, up=0.115),
            "cheekSquint": self.way(cheek, up=0.065, forward=0.05) + self.way(lid, up=0.035, forward=0.01),
            "noseSneer": self.way(self.at(0.13, -0.24, 0.10, 0.10), up=0.065, forward=0.03) + self.way(inner, up=-0.03),
        }

    def _upper_face(self) -> dict[str, Floats]:
        puff = self.at(0.47, -0.50, 0.22, 0.24)
        return {
            "browInnerUp": self.way(self.at(0.13, 0.38, 0.17, 0.18), up=0.115),
            "cheekPuff": self.way(puff, out=0.125, forward=0.085),
        }
