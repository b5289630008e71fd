"""OpenSeeFace: faces as its tracker sends them over UDP port 11573, for receivers that know no ARKit shapes.

The format wants what ARKit's shapes do not have: 68 landmarks in the picture and the face in space. Both are drawn: a
neutral face that turns and moves with the head and whose pupils follow the gaze. They are there so that receivers that
rely on them do not break; lids, brows and mouth move in the features alone. What the features are made of is our own
choice, for OpenSeeFace measures others.
"""

import math
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import INDEX, POSITION, ROTATION, SHAPE_NAMES, SHAPES
from avatar_driver.frame import Frame
from avatar_driver.protocols._gaze import GAZE_PITCH_DEGREES, GAZE_YAW_DEGREES, gaze, gaze_scale
from avatar_driver.protocols._neutral_face import EYEBALLS, LANDMARKS, NEUTRAL, PUPILS, UNIT_METRES
from avatar_driver.protocols._open_see_record import (
    FEATURES,
    POINTS,
    RECORD_BYTES,
    Features,
    Record,
    decode,
    encode,
)
from avatar_driver.rotation import (
    Euler,
    Quaternion,
    composed,
    euler_from_quaternion,
    inverse,
    quaternion_from_euler,
    quaternion_from_vector,
)

__all__ = ["FEATURES", "POINTS", "RECORD_BYTES", "Encoder", "Features", "NoFace", "Record", "decode", "encode"]

NoFace: TypeAlias = Literal["at_rest", "at_once", "unsuccessful"]

_TIME_BYTES: Final = 8
_NEAREST: Final = 0.1  # units before the camera; nearer, the picture of a point would go to infinity
_QUARTER_ABOUT_Z: Final = Quaternion(0.0, 0.0, math.sqrt(0.5), math.sqrt(0.5))
_HALF_ABOUT_X: Final = Quaternion(1.0, 0.0, 0.0, 0.0)
_BALLS: Final = {ball: tuple(NEUTRAL[ball].tolist()) for ball in EYEBALLS}
_EYE_RADIUS: Final = float(NEUTRAL[PUPILS[0], 2] - NEUTRAL[EYEBALLS[0], 2])
_BLINKS: Final = [INDEX["eyeBlinkRight"], INDEX["eyeBlinkLeft"]]

# One side's; `{}` is Left or Right. Mouth corners count downwards, as the tracker's own do.
_OF_A_SIDE: Final[Mapping[str, Mapping[str, float]]] = {
    "eye": {"eyeWide{}": 1, "eyeBlink{}": -1},
    "eyebrow_steepness": {"browOuterUp{}": 1, "browInnerUp": -1},
    "eyebrow_updown": {"browInnerUp": 0.5, "browOuterUp{}": 0.5, "browDown{}": -1},
    "eyebrow_quirk": {},  # no shape says how arched a brow is
    "mouth_corner_updown": {"mouthFrown{}": 1, "mouthSmile{}": -1},
    "mouth_corner_inout": {"mouthStretch{}": 1, "mouthPucker": -1},
}
_OF_BOTH: Final[Mapping[str, Mapping[str, float]]] = {
    "mouth_open": {"jawOpen": 1, "mouthClose": -1},
    "mouth_wide": {
        "mouthSmileLeft": 0.5,
        "mouthSmileRight": 0.5,
        "mouthStretchLeft": 0.5,
        "mouthStretchRight": 0.5,
        "mouthPucker": -1,
    },
}


class Encoder:
    """Frames as records.

    Args:
        width: of the picture the landmarks are drawn in, pixels.
        height: of the same.
        distance: metres from the camera at which the head rests.
        head_yaw_scale: what the head's yaw is multiplied with; negative turns it the other way.
        head_pitch_scale: the same for nodding.
        head_roll_scale: the same for tilting.
        position_scale: the same for the head's movement from its place.
        eye_yaw_degrees: how far a full sideways look turns an eye; negative turns it the other way.
        eye_pitch_degrees: how far a full look down or up turns an eye; negative turns it the other way.
        mouth_corner_scale: what the corners' movement up and down is multiplied with.
        confidence: what is said of every landmark, 0 to 1.
        no_face: what a frame that is not tracked becomes: `at_rest` a record until its values stand still, `at_once`
            nothing, `unsuccessful` a record that says so.
    """

    def __init__(
        self,
        *,
        width: int = 640,
        height: int = 480,
        distance: float = 0.5,
        head_yaw_scale: float = 1.0,
        head_pitch_scale: float = 1.0,
        head_roll_scale: float = 1.0,
        position_scale: float = 1.0,
        eye_yaw_degrees: float = GAZE_YAW_DEGREES,
        eye_pitch_degrees: float = GAZE_PITCH_DEGREES,
        mouth_corner_scale: float = 1.0,
        confidence: float = 1.0,
        no_face: NoFace = "at_rest",
    ) -> None:
        self._size = float(width), float(height)
        self._distance = distance / UNIT_METRES
        self._head_scale = head_yaw_scale, head_pitch_scale, head_roll_scale
        self._position_scale = position_scale / UNIT_METRES
        self._eye_scale = gaze_scale(math.radians(eye_yaw_degrees), math.radians(eye_pitch_degrees))
        self._features = _feature_matrix(mouth_corner_scale)
        self._confidences = np.full(LANDMARKS, confidence, np.float32)
        self._no_face = no_face
        self._sent = b""
        # Of both only the pupils change from frame to frame.
        self._seen = NEUTRAL * (-1, 1, 1)  # x to the subject's left, as the head's rotation counts
        self._sent_points = (NEUTRAL * (1, -1, -1)).astype(np.float32)

    def packets(self, frame: Frame) -> list[bytes]:
        """The record of a frame; none when a value is not finite or there is no face to tell of."""
        if not frame.tracked and self._no_face == "at_once":
            return []
        if not np.isfinite(frame.values).all():
            return []
        packet = encode(self._record(frame))
        if not frame.tracked and self._no_face == "at_rest" and packet[_TIME_BYTES:] == self._sent:
            return []
        self._sent = packet[_TIME_BYTES:]
        return [packet]

    def _record(self, frame: Frame) -> Record:
        values = frame.values
        head = self._head(values)
        place = values[POSITION].astype(np.float64) * self._position_scale
        x, y, z = place.tolist()
        self._turn_pupils(values)
        right_blink, left_blink = values[_BLINKS].tolist()
        return Record(
            time=frame.time,
            face=0,
            size=self._size,
            eyes_open=(_share(1 - right_blink), _share(1 - left_blink)),
            success=frame.tracked or self._no_face != "unsuccessful",
            error=0.0,
            quaternion=_sent_quaternion(head),
            euler=_sent_euler(head),
            translation=(y, -x, z - self._distance),
            confidences=self._confidences,
            landmarks=self._landmarks(head, place),
            points=self._sent_points,
            features=np.minimum(np.maximum(self._features @ values[SHAPES], -1), 1),
        )

    def _head(self, values: NDArray[np.float32]) -> Quaternion:
        yaw, pitch, roll = euler_from_quaternion(quaternion_from_vector(values[ROTATION]))
        by_yaw, by_pitch, by_roll = self._head_scale
        return quaternion_from_euler(Euler(yaw=by_yaw * yaw, pitch=by_pitch * pitch, roll=by_roll * roll))

    def _turn_pupils(self, values: NDArray[np.float32]) -> None:
        left_pitch, left_yaw, right_pitch, right_yaw = (gaze(values) * self._eye_scale).tolist()
        eyes = zip(PUPILS, EYEBALLS, ((right_pitch, right_yaw), (left_pitch, left_yaw)), strict=True)
        for pupil, ball, (pitch, yaw) in eyes:
            x, y, z = _BALLS[ball]
            forward = _EYE_RADIUS * math.cos(pitch)
            x, y, z = x + forward * math.sin(yaw), y - _EYE_RADIUS * math.sin(pitch), z + forward * math.cos(yaw)
            self._seen[pupil] = -x, y, z
            self._sent_points[pupil] = x, -y, -z

    def _landmarks(self, head: Quaternion, place: NDArray[np.float64]) -> NDArray[np.float32]:
        """(68, 2) where a camera before the resting head, as wide as OpenSeeFace takes it for, sees the points."""
        width, height = self._size
        seen = self._seen[:LANDMARKS] @ _matrix(head).T + place
        by_depth = width / np.maximum(self._distance - seen[:, 2], _NEAREST)
        picture = np.empty((LANDMARKS, 2), np.float32)
        picture[:, 0] = width / 2 + seen[:, 0] * by_depth
        picture[:, 1] = height / 2 - seen[:, 1] * by_depth
        return picture


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _matrix(q: Quaternion) -> NDArray[np.float64]:
    x, y, z, w = q
    return np.array(
        [
            (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
            (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
            (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
        ]
    )


def _sent_quaternion(head: Quaternion) -> tuple[float, float, float, float]:
    x, y, z, w = inverse(composed(composed(_QUARTER_ABOUT_Z, head), _HALF_ABOUT_X))
    # Of the two quaternions of a turn, the one that does not jump near rest.
    return (x, y, z, w) if y >= 0 else (-x, -y, -z, -w)


def _sent_euler(head: Quaternion) -> tuple[float, float, float]:
    x, y, z, w = head
    # R = Rz · Ry · Rx, the order of OpenCV's RQDecomp3x3, and not the order of `Euler`.
    pitch = math.atan2(2 * (y * z + x * w), 1 - 2 * (x * x + y * y))
    yaw = math.asin(max(-1.0, min(1.0, 2 * (y * w - x * z))))
    roll = math.atan2(2 * (x * y + z * w), 1 - 2 * (y * y + z * z))
    return _half_turn(math.degrees(pitch) + 180), math.degrees(yaw), _half_turn(math.degrees(roll) + 90)


def _half_turn(degrees: float) -> float:
    return degrees - 360 if degrees > 180 else degrees


def _feature_matrix(mouth_corner_scale: float) -> NDArray[np.float32]:
    """(14, 52) what makes a feature of the shapes."""
    matrix = np.zeros((len(FEATURES), len(SHAPE_NAMES)), np.float32)
    for row, feature in enumerate(FEATURES):
        if feature in _OF_BOTH:
            weights, side = _OF_BOTH[feature], ""
        else:
            weights, side = _OF_A_SIDE[feature[:-2]], "Left" if feature.endswith("_l") else "Right"
        scale = mouth_corner_scale if feature.startswith("mouth_corner_updown") else 1.0
        for name, weight in weights.items():
            matrix[row, INDEX[name.format(side)]] = scale * weight
    return matrix
