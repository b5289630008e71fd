"""OpenSeeFace: the test vector, poses as OpenCV and the Unity receiver read them, features, drawn landmarks, noise."""

import hashlib
import json
import math
import struct
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.channels import CHANNELS, INDEX, PAIRS, ROTATION, SHAPE_NAMES
from avatar_driver.errors import DecodeError
from avatar_driver.frame import REST, Frame
from avatar_driver.protocols._neutral_face import NEUTRAL
from avatar_driver.protocols.open_see_face import FEATURES, RECORD_BYTES, Encoder, NoFace, Record, decode, encode
from avatar_driver.rotation import Euler, quaternion_from_euler, vector_from_quaternion
from tests.strategies import frames

(VECTOR,) = json.loads((Path(__file__).parents[1] / "golden" / "open_see_face.json").read_text(encoding="utf-8"))
GOLDEN = bytes.fromhex(VECTOR["hex"])
ALL_FIELDS = struct.Struct("<di2f2fBf4f3f3f68f136f210f14f")  # the record as OpenSeeFace's own documentation counts it


def face(*, left: float = 0.0, down: float = 0.0, to_right: float = 0.0, **channels: float) -> np.ndarray:
    """A face whose head is turned by these degrees."""
    values = np.zeros(len(CHANNELS), np.float32)
    angles = Euler(yaw=math.radians(left), pitch=math.radians(down), roll=math.radians(to_right))
    values[ROTATION] = vector_from_quaternion(quaternion_from_euler(angles))
    for name, value in channels.items():
        values[INDEX[name]] = value
    return values


def sent(values: np.ndarray, encoder: Encoder | None = None, *, tracked: bool = True) -> Record:
    (packet,) = (encoder or Encoder()).packets(Frame(1.5, values, tracked=tracked))
    (record,) = decode(packet)
    return record


def features(values: np.ndarray, encoder: Encoder | None = None) -> dict[str, float]:
    """The features that are not 0, to three digits."""
    found = zip(FEATURES, sent(values, encoder).features.tolist(), strict=True)
    return {name: round(value, 3) for name, value in found if value}


def close(*numbers: float) -> Any:
    return pytest.approx(numbers, abs=1e-3)


# --- the format -------------------------------------------------------------------------------------------------------


def test_the_test_vector_is_read_and_written() -> None:
    (record,) = decode(GOLDEN)

    assert (record.time, record.face, record.size) == (1.5, 0, (640, 480))
    assert record.eyes_open == close(0.9, 0.8)
    assert (record.success, record.error) == (True, 0.25)
    assert record.quaternion == (0, 0, 0, 1)
    assert record.euler == (180, 0, 90)
    assert record.translation == close(0.1, 0.2, 0.3)
    assert record.confidences.tolist() == [1] * 68
    assert record.landmarks.ravel().tolist() == list(range(136))
    assert record.points.ravel().tolist() == [i / 256 for i in range(210)]
    assert record.features.tolist() == [i / 16 for i in range(14)]
    assert encode(record) == GOLDEN
    assert hashlib.sha256(GOLDEN).hexdigest() == "05606d664b2b4efa5e2e1486e5d64780eaf967e4ced6f2ceb0c9ef40763e9fcb"
    assert len(GOLDEN) == RECORD_BYTES == ALL_FIELDS.size == 1785


@given(frames())
def test_what_is_sent_is_read_again_and_is_finite(frame: Frame) -> None:
    (packet,) = Encoder(no_face="unsuccessful").packets(frame)
    (record,) = decode(packet)

    assert encode(record) == packet
    assert np.isfinite(ALL_FIELDS.unpack(packet)).all()
    assert record.time == frame.time
    assert record.success == frame.tracked
    assert (np.abs(record.features) <= 1).all()
    assert record.eyes_open == close(
        1 - float(frame.values[INDEX["eyeBlinkRight"]]), 1 - float(frame.values[INDEX["eyeBlinkLeft"]])
    )


def test_several_faces_stand_one_after_the_other() -> None:
    assert [record.time for record in decode(GOLDEN * 3)] == [1.5] * 3


# --- the head ---------------------------------------------------------------------------------------------------------


def unity(record: Record) -> tuple[float, float, float]:
    """The Euler angles that OpenSeeFace's Unity receiver makes of a record."""
    x, y, z = record.euler
    return math.remainder(-(x + 180), 360), -y, math.remainder(z - 90, 360)


def test_a_head_at_rest_has_the_angles_that_receivers_take_for_rest() -> None:
    record = sent(REST)

    assert record.euler == close(180, 0, 90)
    assert record.translation == close(0, 0, -0.5 / 0.16)
    assert unity(record) == close(0, 0, 0)
    assert record.quaternion == close(math.sqrt(0.5), math.sqrt(0.5), 0, 0)


def test_angles_count_as_openseefaces_own_fit_does() -> None:
    """Found by letting OpenSeeFace's fit look at a drawn head: down, left and to the right add."""
    assert sent(face(down=15)).euler == close(-165, 0, 90)
    assert sent(face(left=20)).euler == close(180, 20, 90)
    assert sent(face(to_right=10)).euler == close(180, 0, 100)
    moved = face(headPositionX=0.16, headPositionY=0.08, headPositionZ=0.04)
    assert sent(moved).translation == close(0.5, -1, 0.25 - 0.5 / 0.16)


def rotation(record: Record) -> np.ndarray:
    """The matrix of a record's quaternion, which is that of the inverse."""
    x, y, z, w = record.quaternion
    axis = 2 * math.atan2(math.hypot(x, y, z), w) * np.array([x, y, z]) / (math.hypot(x, y, z) or 1)
    return cv2.Rodrigues(-axis)[0]


@given(st.floats(-60, 60), st.floats(-60, 60), st.floats(-60, 60))
def test_the_angles_and_the_quaternion_are_of_one_turn_as_opencv_counts_it(a: float, b: float, c: float) -> None:
    record = sent(face(left=a, down=b, to_right=c))
    x, y, z = (math.radians(angle) for angle in record.euler)
    about_x = cv2.Rodrigues(np.array([x, 0, 0]))[0]
    about_y = cv2.Rodrigues(np.array([0, y, 0]))[0]
    about_z = cv2.Rodrigues(np.array([0, 0, z]))[0]

    assert about_z @ about_y @ about_x == pytest.approx(rotation(record), abs=1e-5)


def test_the_quaternion_does_not_jump_near_rest() -> None:
    first = np.array(sent(face(left=-1)).quaternion)

    for degrees in np.linspace(-1, 1, 21):
        for turn in ({"left": degrees}, {"down": degrees}, {"to_right": degrees}):
            assert np.array(sent(face(**turn)).quaternion) @ first > 0.99


def test_each_axis_of_the_head_can_be_scaled_and_turned_round() -> None:
    assert sent(face(left=20), Encoder(head_yaw_scale=-1)).euler == close(180, -20, 90)
    assert sent(face(down=10), Encoder(head_pitch_scale=-2)).euler == close(160, 0, 90)
    assert sent(face(to_right=10), Encoder(head_roll_scale=0.5)).euler == close(180, 0, 95)
    moved = Encoder(position_scale=-2, distance=1.6)
    assert sent(face(headPositionX=0.16), moved).translation == close(0, 2, -10)


# --- what is drawn ----------------------------------------------------------------------------------------------------

LEFT_OF_RIGHT = [
    (0, 16), (1, 15), (7, 9), (17, 26), (21, 22), (31, 35), (32, 34), (36, 45), (37, 44), (38, 43), (39, 42), (40, 47),
    (41, 46), (48, 52), (49, 51), (56, 54), (57, 53), (58, 62), (59, 61), (65, 63), (66, 67), (68, 69),
]  # fmt: skip
MIDDLE = [8, 27, 28, 29, 30, 33, 50, 55, 60, 64]


def test_the_drawn_face_is_a_face() -> None:
    """Symmetric, numbered as OpenSeeFace numbers its points, with everything where a face has it."""
    for right, left in LEFT_OF_RIGHT:
        assert (NEUTRAL[right] * (-1, 1, 1)).tolist() == NEUTRAL[left].tolist()
        assert NEUTRAL[right, 0] > 0
    assert not NEUTRAL[MIDDLE, 0].any()
    assert not NEUTRAL[30].any()
    heights = [NEUTRAL[part, 1].mean() for part in ([17, 26], [36, 45], [30], [50], [58, 62], [55], [8])]
    assert heights == sorted(heights, reverse=True)
    assert (np.diff(NEUTRAL[:9, 1]) < 0).all()
    assert NEUTRAL[[37, 38, 43, 44], 1].min() > NEUTRAL[[40, 41, 46, 47], 1].max()
    assert NEUTRAL[59:62, 1].min() > NEUTRAL[63:66, 1].max()
    assert NEUTRAL[66, 2] > NEUTRAL[68, 2]


def test_points_in_space_are_the_face_without_its_turn_in_the_formats_axes() -> None:
    turned = sent(face(left=30, down=10, to_right=5, headPositionX=0.1))

    assert turned.points == pytest.approx(NEUTRAL * (1, -1, -1), abs=1e-6)


def test_landmarks_are_where_opencvs_camera_sees_the_points() -> None:
    """The head turns in the picture as on the camera's: OpenCV projects the same points to the same pixels."""
    values = face(left=25, down=-10, to_right=15, headPositionX=0.05, headPositionY=-0.03, headPositionZ=0.1)
    matrix = np.eye(3)
    for axis, degrees in (([0, 1, 0], 25), ([1, 0, 0], -10), ([0, 0, 1], 15)):
        matrix = matrix @ cv2.Rodrigues(np.array(axis) * math.radians(degrees))[0]
    in_metres = (NEUTRAL[:68] * (-1, 1, 1) * 0.16) @ matrix.T + (0.05, -0.03, 0.1)
    camera = np.array([[800.0, 0, 400], [0, 800, 300], [0, 0, 1]])
    # OpenCV's camera looks along +z with +y down; the face looks at it from half a metre.
    pixels, _ = cv2.projectPoints(in_metres * (1, -1, -1) + (0, 0, 0.5), np.zeros(3), np.zeros(3), camera, None)

    record = sent(values, Encoder(width=800, height=600))

    assert record.landmarks == pytest.approx(pixels[:, 0], abs=0.01)
    assert record.size == (800, 600)


def test_the_subjects_left_is_on_the_right_of_the_picture_and_the_chin_below() -> None:
    landmarks = sent(REST).landmarks

    assert landmarks[30].tolist() == [320, 240]
    assert landmarks[16, 0] > 350
    assert landmarks[8, 1] > 280


def test_pupils_follow_the_gaze_around_their_eyeballs() -> None:
    """Unity looks along pupil minus eyeball, with x turned round and y turned round on reading."""

    def looking(record: Record, pupil: int) -> tuple[float, float]:
        x, y, z = (record.points[pupil] - record.points[pupil + 2]).tolist()
        # x to the subject's right, y down, z into the face
        return math.degrees(math.atan2(x, -z)), math.degrees(math.atan2(y, math.hypot(x, z)))

    right = sent(face(eyeLookInLeft=1, eyeLookOutRight=1))
    down = sent(face(eyeLookDownLeft=0.5, eyeLookUpRight=1))
    other = sent(face(eyeLookInLeft=1, eyeLookDownLeft=1), Encoder(eye_yaw_degrees=-20, eye_pitch_degrees=10))

    assert looking(right, 66) == looking(right, 67) == pytest.approx((33, 0), abs=0.01)
    assert looking(down, 67) == pytest.approx((0, 17.5), abs=0.01)
    assert looking(down, 66) == pytest.approx((0, -35), abs=0.01)
    assert looking(other, 67) == pytest.approx((-20, 10), abs=0.01)
    rest = sent(REST)
    assert right.landmarks[66, 0] < rest.landmarks[66, 0]
    assert down.landmarks[67, 1] > rest.landmarks[67, 1]
    assert np.delete(right.landmarks, [66, 67], 0).tolist() == np.delete(rest.landmarks, [66, 67], 0).tolist()


def test_a_head_in_the_camera_is_still_drawn_with_finite_pixels() -> None:
    assert np.isfinite(sent(face(headPositionZ=0.9)).landmarks).all()


def test_what_is_said_of_landmarks_can_be_set() -> None:
    assert set(sent(REST, Encoder(confidence=0.25)).confidences.tolist()) == {0.25}


# --- features ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ({}, {}),
        ({"eyeBlinkLeft": 0.75}, {"eye_l": -0.75}),
        ({"eyeWideRight": 0.5}, {"eye_r": 0.5}),
        ({"browDownLeft": 0.5}, {"eyebrow_updown_l": -0.5}),
        ({"browOuterUpRight": 0.5}, {"eyebrow_steepness_r": 0.5, "eyebrow_updown_r": 0.25}),
        (
            {"browInnerUp": 1},
            {
                "eyebrow_steepness_l": -1,
                "eyebrow_steepness_r": -1,
                "eyebrow_updown_l": 0.5,
                "eyebrow_updown_r": 0.5,
            },
        ),
        ({"mouthSmileLeft": 0.5}, {"mouth_corner_updown_l": -0.5, "mouth_wide": 0.25}),
        ({"mouthFrownRight": 0.5}, {"mouth_corner_updown_r": 0.5}),
        ({"mouthStretchLeft": 0.5}, {"mouth_corner_inout_l": 0.5, "mouth_wide": 0.25}),
        ({"mouthPucker": 0.5}, {"mouth_corner_inout_l": -0.5, "mouth_corner_inout_r": -0.5, "mouth_wide": -0.5}),
        ({"jawOpen": 0.75, "mouthClose": 0.25}, {"mouth_open": 0.5}),
        ({"jawOpen": 0.25, "mouthClose": 1}, {"mouth_open": -0.75}),
    ],
)
def test_shapes_become_features(shapes: dict[str, float], expected: dict[str, float]) -> None:
    assert features(face(**shapes)) == expected


def test_the_corners_of_the_mouth_can_be_turned_round() -> None:
    """By the tracker's own sum a smile is negative; some receivers want it positive."""
    assert features(face(mouthSmileLeft=1), Encoder(mouth_corner_scale=-1))["mouth_corner_updown_l"] == 1
    assert features(face(mouthFrownRight=0.25), Encoder(mouth_corner_scale=2))["mouth_corner_updown_r"] == 0.5


def test_features_of_mirrored_faces_are_mirrored() -> None:
    for left, right in PAIRS:
        one = features(face(**{SHAPE_NAMES[left]: 0.5}))
        other = features(face(**{SHAPE_NAMES[right]: 0.5}))
        swap = {"_l": "_r", "_r": "_l"}
        assert {name[:-2] + swap.get(name[-2:], name[-2:]): value for name, value in one.items()} == other


# --- no face ----------------------------------------------------------------------------------------------------------

SMILE, HALF = face(mouthSmileLeft=1), face(mouthSmileLeft=0.5)


@pytest.mark.parametrize(
    ("no_face", "told"),
    [
        # tracked, lost, eased, eased to rest, at rest, at rest, found at rest, lost at once
        ("at_rest", ["found", "", "found", "found", "", "", "found", ""]),
        ("at_once", ["found", "", "", "", "", "", "found", ""]),
        ("unsuccessful", ["found", "lost", "lost", "lost", "lost", "lost", "found", "lost"]),
    ],
)
def test_a_lost_face_is_told_as_it_was_asked_for(no_face: NoFace, told: list[str]) -> None:
    """By default by silence, as the tracker does, but not before the avatar is at rest."""
    encoder = Encoder(no_face=no_face)
    shown = [
        (SMILE, True), (SMILE, False), (HALF, False), (REST, False),
        (REST, False), (REST, False), (REST, True), (REST, False),
    ]  # fmt: skip
    found = []
    for i, (values, tracked) in enumerate(shown):
        records = [decode(packet)[0] for packet in encoder.packets(Frame(float(i), values, tracked=tracked))]
        found.append("".join("found" if record.success else "lost" for record in records))

    assert found == told


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["jawOpen", "tongueOut", "headPositionZ", "headRotationX"])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_never_leaves(channel: str, bad: float) -> None:
    assert Encoder().packets(Frame(0.0, face(**{channel: bad}))) == []


@pytest.mark.parametrize("length", [*range(0, RECORD_BYTES, 7), RECORD_BYTES - 1, RECORD_BYTES + 1, RECORD_BYTES * 37])
def test_anything_but_whole_records_is_refused(length: int) -> None:
    with pytest.raises(DecodeError, match="expected 1 to 36 records of 1785 bytes"):
        decode((GOLDEN * 38)[:length])


@pytest.mark.parametrize("offset", [12, 20, 29, 33, 49, 61, 73, 345, 889, 1729, 1781])
def test_a_number_that_is_not_finite_is_refused(offset: int) -> None:
    broken = GOLDEN + GOLDEN[:offset] + struct.pack("<f", math.nan) + GOLDEN[offset + 4 :]

    with pytest.raises(DecodeError) as caught:
        decode(broken)

    assert caught.value.offset == RECORD_BYTES + (offset if offset >= 73 else 0)


@given(st.binary(min_size=1, max_size=64), st.integers(0, RECORD_BYTES - 64))
def test_noise_in_a_record_raises_nothing_but_decode_errors(noise: bytes, offset: int) -> None:
    for packet in (noise, GOLDEN[:offset] + noise, GOLDEN[:offset] + noise + GOLDEN[offset + len(noise) :]):
        try:
            (record,) = decode(packet)
        except DecodeError:
            continue
        assert np.isfinite(record.landmarks).all()
        assert math.isfinite(record.time)
