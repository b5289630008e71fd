"""iFacialMocap and Facemotion3d: golden lines, signs, what receivers read, requests, and noise."""

import hashlib
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.channels import CHANNELS, INDEX, POSITION, ROTATION, SHAPE_NAMES, SHAPES
from avatar_driver.errors import DecodeError
from avatar_driver.frame import REST, Frame
from avatar_driver.protocols.ifacialmocap import Encoder, Face, Format, decode, encode, requested
from avatar_driver.rotation import Euler, quaternion_from_euler, vector_from_quaternion
from tests.strategies import frames

GOLDEN: dict[Format, bytes] = {
    vector["name"]: vector["text"].encode()
    for vector in json.loads((Path(__file__).parents[1] / "golden" / "ifacialmocap.json").read_text(encoding="utf-8"))
}
SHA256 = {
    "v1": "a19f6972b447c48a976513226c4c7a1c7b0734bb0fe7725ae77f24b974a83135",
    "v2": "09123a4007742d0d1d6317e42f1e90f5e9185c9b56ee642a9d96b3d9f8dde342",
    "facemotion3d": "1f842dde45a627e7eac01264ea656dac7ad818f4ec35012d8cf97fea0383de0b",
}
every_format = pytest.mark.parametrize("format", ["v1", "v2", "facemotion3d"])
GOLDEN_WEIGHTS = {
    "eyeBlinkLeft": 7,
    "eyeBlinkRight": 9,
    "jawOpen": 42,
    "mouthSmileLeft": 63,
    "mouthSmileRight": 58,
    "browInnerUp": 12,
}
ASK = b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719"


def face(*, left: float = 0.0, down: float = 0.0, to_right: float = 0.0, **channels: float) -> np.ndarray:
    """A face whose head is turned by these degrees."""
    values = np.zeros(len(CHANNELS), np.float32)
    angles = Euler(yaw=math.radians(left), pitch=math.radians(down), roll=math.radians(to_right))
    values[ROTATION] = vector_from_quaternion(quaternion_from_euler(angles))
    for name, value in channels.items():
        values[INDEX[name]] = value
    return values


def line(values: np.ndarray, encoder: Encoder | None = None) -> str:
    (packet,) = (encoder or Encoder()).packets(Frame(0.0, values))
    return packet.decode("ascii")


def pose(text: str, name: str) -> list[float]:
    """The numbers of a pose as a receiver cuts them out."""
    (numbers,) = re.findall(rf"\|=?{name}#([^|]*)\|", text)
    return [float(number) for number in numbers.split(",")]


def close(*numbers: float) -> Any:
    return pytest.approx(numbers, abs=1e-3)


# --- the format -------------------------------------------------------------------------------------------------------


@every_format
def test_golden_lines_are_written_and_read(format: Format) -> None:
    weights = np.zeros(52, np.float32)
    for name, percent in GOLDEN_WEIGHTS.items():
        weights[INDEX[name]] = percent / 100
    given = Face(weights, (-5.5, 12.25, -3.0), (0.01, -0.02, -0.35), (4.0, -2.5, 0.0), (4.0, -3.5, 0.0))

    written = encode(given, format)
    read = decode(GOLDEN[format])

    assert written == GOLDEN[format]
    assert hashlib.sha256(written).hexdigest() == SHA256[format]
    assert read.weights.tolist() == weights.tolist()
    assert (read.head, read.position) == (given.head, given.position)
    assert (read.right_eye, read.left_eye) == (given.right_eye, given.left_eye)


@every_format
def test_a_frame_is_the_golden_line_but_for_eyes_that_no_shape_turns(format: Format) -> None:
    values = face(left=12.25, down=-5.5, to_right=-3, headPositionX=0.01, headPositionY=-0.02, headPositionZ=0.15)
    for name, percent in GOLDEN_WEIGHTS.items():
        values[INDEX[name]] = percent / 100

    text = line(values, Encoder(format))

    golden = GOLDEN[format].decode()
    assert text.partition("|=head")[0] == golden.partition("|=head")[0]
    assert pose(text, "head") == close(*pose(golden, "head"))


@every_format
@given(frame=frames())
def test_what_is_sent_is_read_again_to_half_a_percent(format: Format, frame: Frame) -> None:
    (packet,) = Encoder(format).packets(frame)

    found = decode(packet).channels()

    assert np.abs(found[SHAPES] - frame.values[SHAPES]).max() <= 0.005 + 1e-6
    assert np.abs(found[POSITION] - frame.values[POSITION]).max() <= 0.5e-4 + 1e-6
    # A ten-thousandth of a degree, but for what Euler angles lose near their poles.
    assert np.linalg.norm(found[ROTATION] - frame.values[ROTATION]) < 3e-3


@every_format
def test_the_strictest_receivers_find_every_weight(format: Format) -> None:
    """Whole numbers between `|`, one separator in each, then one `=`, and a `|` at the very end."""
    values = face(left=-1e-6, down=1e-5, headPositionX=-1e-5, **dict.fromkeys(SHAPE_NAMES, 0.996))

    text = line(values, Encoder(format))

    weights, found, poses = text.partition("=")
    assert found
    assert "=" not in poses
    assert text.endswith("|")
    separator = "-" if format == "v1" else "&"
    pairs = [segment.split(separator) for segment in weights.removesuffix("|").split("|")]
    assert all(len(pair) == 2 and pair[1] in ("100", "0") for pair in pairs)
    assert sum(pair[1] == "100" for pair in pairs) == 52
    assert re.fullmatch(r"[A-Za-z]+#(-?\d+\.\d+,?)+\|[A-Za-z]+#(-?\d+\.\d+,?)+\|[A-Za-z]+#(-?\d+\.\d+,?)+\|", poses)
    assert "-0.0" not in text


def test_names_have_short_sides_but_for_facemotion3d_and_the_four_that_never_had() -> None:
    names = {segment.partition("-")[0] for segment in line(REST).split("|=")[0].split("|")}

    assert {"mouthSmile_L", "browDown_R", "jawLeft", "jawRight", "mouthLeft", "mouthRight", "tongueOut"} < names
    assert not {"mouthSmileLeft", "jaw_L", "mouth_R"} & names
    assert "mouthSmileLeft&0|" in line(REST, Encoder("facemotion3d"))


def test_version_1_has_no_negative_weights_because_its_separator_is_a_minus() -> None:
    weights = np.full(52, -0.25, np.float32)

    assert b"jawOpen-0|" in encode(Face(weights), "v1")
    assert b"--" not in encode(Face(weights), "v1")
    assert b"jawOpen&-25|" in encode(Face(weights), "v2")


@every_format
def test_weights_beyond_the_format_are_kept_within_it(format: Format) -> None:
    written = encode(Face(np.full(52, 7, np.float32)), format).decode()

    assert set(re.findall(r"[-&](\d+)\|", written.partition("FM_")[0].partition("=")[0])) == {"100"}


def test_the_first_weight_can_be_sent_twice_for_a_receiver_that_passes_over_it() -> None:
    plain = line(face(eyeBlinkLeft=0.5))

    assert line(face(eyeBlinkLeft=0.5), Encoder(repeat_first=True)) == "eyeBlink_L-50|" + plain


# --- signs ------------------------------------------------------------------------------------------------------------


def test_the_head_counts_down_left_and_tilt_to_the_right_in_degrees() -> None:
    assert pose(line(face(left=30)), "head")[:3] == close(0, 30, 0)
    assert pose(line(face(down=20)), "head")[:3] == close(20, 0, 0)
    assert pose(line(face(to_right=10)), "head")[:3] == close(0, 0, 10)
    assert pose(line(face(left=30, down=10, to_right=5)), "head")[:3] == close(10, 30, 5)


def test_the_head_rests_before_the_phone_and_moves_in_metres() -> None:
    moved = face(headPositionX=0.1, headPositionY=0.2, headPositionZ=0.3)

    assert pose(line(REST), "head")[3:] == [0.0, 0.0, -0.5]
    assert pose(line(moved, Encoder(distance=1)), "head")[3:] == close(0.1, 0.2, -0.7)
    assert pose(line(moved, Encoder(position_scale=-2)), "head")[3:] == close(-0.2, -0.4, -1.1)


def test_each_axis_of_the_head_can_be_scaled_and_turned_round() -> None:
    encoder = Encoder(head_pitch_scale=-1, head_yaw_scale=-2, head_roll_scale=0.5)

    assert pose(line(face(left=30, down=10, to_right=5), encoder), "head")[:3] == close(-10, -60, 2.5)


def test_eyes_count_down_and_left_and_each_has_its_own_shapes() -> None:
    left = line(face(eyeLookOutLeft=1, eyeLookInRight=1))
    one = line(face(eyeLookDownRight=1, eyeLookUpLeft=0.5))

    assert pose(left, "leftEye") == pose(left, "rightEye") == close(0, 33, 0)
    assert pose(one, "rightEye") == close(35, 0, 0)
    assert pose(one, "leftEye") == close(-17.5, 0, 0)
    turned = line(face(eyeLookInRight=1, eyeLookDownRight=1), Encoder(eye_yaw_degrees=-20, eye_pitch_degrees=10))
    assert pose(turned, "rightEye") == close(10, -20, 0)


def test_the_official_sample_is_read_with_the_same_signs() -> None:
    """The eyes' angles in iFacialMocap's own sample look down and to the side its look shapes say."""
    sample = (
        b"eyeLookDown_L-10|=head#-21.488958,-6.038993,-6.6019735,-0.030653415,-0.10287084,-0.6584072|"
        b"rightEye#6.0297494,2.4403017,0.25649446|leftEye#6.034903,-1.6660284,-0.17520553|"
    )

    found = decode(sample)
    channels = found.channels(distance=0.6584072)

    assert found.left_eye == (6.034903, -1.6660284, -0.17520553)
    assert found.right_eye == (6.0297494, 2.4403017, 0.25649446)
    assert channels[POSITION] == close(-0.030653, -0.102871, 0)
    assert pose(line(channels), "head")[:3] == close(-21.488958, -6.038993, -6.6019735)


@pytest.mark.parametrize("channel", ["jawOpen", "headPositionX", "headRotationY"])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_never_leaves(channel: str, bad: float) -> None:
    assert Encoder().packets(Frame(0.0, face(**{channel: bad}))) == []


# --- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "jawOpen-42|",
        "jawOpen-42",
        "jawOpen&42|mouthSomething&7|",
        "trackingStatus-1|jawOpen-42|=head#0,0,0,0,0,0|",
        "FM_SAD&0|jawOpen&42|",
        " jawOpen - 42 |\n",
        "jawOpen-42|hapihapi-hopp|",
        "jawOpen-42.0|thirdEye#1,2,3|",
        "jawOpen-7|jawOpen-42|",
        "jawOpen-4.2e1|head#1,2,3,4,5,6|",
    ],
)
def test_readers_are_tolerant(text: str) -> None:
    """Unknown names, missing ends and missing parts: as the receivers of the real apps."""
    assert decode(text.encode()).weights[INDEX["jawOpen"]] == pytest.approx(0.42)


def test_both_ways_of_writing_a_side_are_read_in_every_format() -> None:
    for text in (b"mouthSmile_L-50|mouthSmileRight-25|", b"mouthSmileLeft&50|mouthSmile_R&25|"):
        found = decode(text)
        assert found.weights[[INDEX["mouthSmileLeft"], INDEX["mouthSmileRight"]]].tolist() == [0.5, 0.25]


def test_weights_are_kept_within_their_range_on_our_axes() -> None:
    channels = decode(b"jawOpen&-25|mouthClose&700|").channels()

    assert channels[INDEX["jawOpen"]] == 0
    assert channels[INDEX["mouthClose"]] == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "at least one weight or pose"),
        (b"hello|world|", "at least one weight or pose"),
        (b"jawOpen-nan|", "expected a number"),
        (b"jawOpen-inf|", "expected a number"),
        (b"jawOpen-1e9|", "expected a number"),
        (b"jawOpen-1_0|", "expected a number"),
        ("jawOpen-٤٢|".encode(), "expected a number"),
        (b"jawOpen-|", "expected a number"),
        (b"jawOpen-" + b"9" * 400 + b"|", "expected a number"),
        (b"=head#1,2,3|", "expected 6 numbers for =head"),
        (b"leftEye#1,2,3,4|", "expected 3 numbers for leftEye"),
        (b"leftEye#1,,3|", "expected a number"),
        (b"jawOpen-\xff|", "expected text at byte 8"),
        (b"jawOpen-1|" * 900, "at most 8192 bytes"),
    ],
)
def test_what_is_wrong_is_named(text: bytes, sentence: str) -> None:
    with pytest.raises(DecodeError, match=sentence):
        decode(text)


@every_format
@given(noise=st.binary(max_size=200), keep=st.integers(0, 1100), skip=st.integers(0, 200))
def test_noise_raises_nothing_but_decode_errors(format: Format, noise: bytes, keep: int, skip: int) -> None:
    golden = GOLDEN[format]
    for text in (noise, golden[:keep], golden[:keep] + noise, golden[:keep] + noise + golden[keep + skip :]):
        try:
            found = decode(text)
        except DecodeError:
            continue
        assert np.isfinite(found.channels()).all()


@given(st.text(alphabet="jawOpen_LR-&|#=,.0123456789eE+ head", max_size=80))
def test_text_that_nearly_is_a_line_raises_nothing_but_decode_errors(text: str) -> None:
    try:
        found = decode(f"jawOpen-1|{text}".encode())
    except DecodeError:
        return
    assert np.isfinite(found.channels()).all()


# --- requests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "format"),
    [
        (ASK, "v1"),
        (ASK + b"|sendDataVersion=v1", "v1"),
        (ASK + b"|sendDataVersion=v2", "v2"),
        (ASK + b"\n", "v1"),
        (b"FACEMOTION3D_OtherStreaming", "facemotion3d"),
        (b"StopStreaming_FACEMOTION3D", None),
    ],
)
def test_requests_are_understood(asked: bytes, format: Format | None) -> None:
    assert requested(asked) == format


@pytest.mark.parametrize(
    "asked",
    [
        b"",
        ASK[:-1],
        ASK + b"0",
        ASK + b"|sendDataVersion=v3",
        b"iFacialMocap_UDPTCP_sahuasouryya9218sauhuiayeta91555dy3719",
        b"FACEMOTION3D_OtherStreaming|protocol=tcp",
        ASK + b" " * 1000,
        b"\xff" * 60,
    ],
)
def test_what_is_no_request_of_ours_is_refused(asked: bytes) -> None:
    with pytest.raises(DecodeError, match="expected a request"):
        requested(asked)


@given(st.binary(max_size=300))
def test_noise_is_no_request(noise: bytes) -> None:
    with pytest.raises(DecodeError):
        requested(noise)
