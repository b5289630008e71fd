"""The 58 numbers of a face: 52 ARKit blendshapes in Live Link order, head position, head rotation.

Left and right are the subject's own. Shapes run from 0 to 1. The head's position is in metres and its rotation a
rotation vector in radians, on MediaPipe's axes: +x to the subject's left, +y up, +z out of the face, right-handed; so a
positive rotation about x nods down, about y turns to the subject's left, about z tilts to the subject's right.
Address channels by name: `INDEX["jawOpen"]`. Orders differ between programs and between releases of one program.
"""

from enum import StrEnum
from typing import Final

__all__ = [
    "CHANNELS",
    "INDEX",
    "MIRRORED",
    "NEGATED_BY_MIRROR",
    "PAIRS",
    "POSITION",
    "REGIONS",
    "ROTATION",
    "SHAPES",
    "SHAPE_NAMES",
    "Support",
]


class Support(StrEnum):
    """How a source knows a channel. Nothing is invented in silence: every output that can, says which it is."""

    MEASURED = "measured"  #: the tracker reads it off the picture
    DERIVED = "derived"  #: computed from other channels
    ABSENT = "absent"  #: this source cannot know it; the value stays at rest


# The order of Apple's ARKit page and of Epic's Live Link Face packet.
SHAPE_NAMES: Final = (
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

CHANNELS: Final = (
    *SHAPE_NAMES,
    "headPositionX",
    "headPositionY",
    "headPositionZ",
    "headRotationX",
    "headRotationY",
    "headRotationZ",
)

INDEX: Final = {name: i for i, name in enumerate(CHANNELS)}

SHAPES: Final = slice(0, 52)
POSITION: Final = slice(52, 55)
ROTATION: Final = slice(55, 58)

#: (left, right) indices of the shapes that come in twins.
PAIRS: Final = tuple(
    (i, INDEX[name.removesuffix("Left") + "Right"]) for i, name in enumerate(SHAPE_NAMES) if name.endswith("Left")
)


def _mirrored() -> tuple[int, ...]:
    order = list(range(len(CHANNELS)))
    for left, right in PAIRS:
        order[left], order[right] = right, left
    return tuple(order)


#: `values[MIRRORED]` swaps the subject's left and right; afterwards negate `NEGATED_BY_MIRROR`.
MIRRORED: Final = _mirrored()

#: x translation, yaw and roll change sign in a mirror; pitch, height and depth do not.
NEGATED_BY_MIRROR: Final = (
    INDEX["headPositionX"],
    INDEX["headRotationY"],
    INDEX["headRotationZ"],
)


def _region(*prefixes: str) -> tuple[int, ...]:
    return tuple(i for i, name in enumerate(CHANNELS) if name.startswith(prefixes))


#: Parts of the face that move together, and that people tune together. Every channel is in exactly one.
REGIONS: Final[dict[str, tuple[int, ...]]] = {
    "lids": _region("eyeBlink", "eyeSquint", "eyeWide"),
    "gaze": _region("eyeLook"),
    "brows": _region("brow"),
    "jaw": _region("jaw", "mouthClose"),
    "lips": _region(
        "mouthFunnel",
        "mouthPucker",
        "mouthLeft",
        "mouthRight",
        "mouthRoll",
        "mouthShrug",
        "mouthPress",
        "mouthLowerDown",
        "mouthUpperUp",
    ),
    "smile": _region("mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch"),
    "cheeks": _region("cheek", "nose"),
    "tongue": _region("tongue"),
    "head": _region("head"),
}
