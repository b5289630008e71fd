"""opentrack: golden bytes, signs, round trips and refusals."""

import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.channels import CHANNELS, INDEX, POSITION, ROTATION
from avatar_driver.errors import DecodeError
from avatar_driver.frame import Frame
from avatar_driver.protocols.opentrack import SIZE, Encoder, Pose, decode, encode
from avatar_driver.rotation import Euler, quaternion_from_euler, vector_from_quaternion
from tests.strategies import frames

(VECTOR,) = json.loads((Path(__file__).parents[1] / "golden" / "opentrack.json").read_text(encoding="utf-8"))
GOLDEN = bytes.fromhex(VECTOR["hex"])


def head(*, left: float = 0.0, down: float = 0.0, to_right: float = 0.0, **channels: float) -> np.ndarray:
    values = np.zeros(len(CHANNELS), np.float32)
    angles = Euler(yaw=math.radians(left), pitch=math.radians(down), roll=math.radians(to_right))
    values[ROTATION] = vector_from_quaternion(quaternion_from_euler(angles))
    for name, value in channels.items():
        values[INDEX[name]] = value
    return values


def sent(values: np.ndarray, scales: tuple[float, ...] = (1, 1, 1, 1, 1, 1)) -> Pose:
    (packet,) = Encoder(scales).packets(Frame(0.0, values))
    return decode(packet)


def close(*numbers: float) -> Any:
    return pytest.approx(numbers, abs=1e-4)


def test_the_golden_packet_is_written_and_read() -> None:
    assert encode(Pose(*VECTOR["meaning"])) == GOLDEN
    assert decode(GOLDEN) == tuple(VECTOR["meaning"])
    assert len(GOLDEN) == SIZE == 48


def test_a_frame_is_the_golden_packet() -> None:
    """1.5 cm to the left, 2.25 cm down, 60 cm away; 30° to the left, 10° up, tilted 5.5° to the left."""
    values = head(left=30, down=-10, to_right=-5.5, headPositionX=0.015, headPositionY=-0.0225, headPositionZ=-0.6)

    assert sent(values) == close(*VECTOR["meaning"])


def test_directions_are_those_of_opentracks_own_tracker() -> None:
    assert sent(head(left=30)) == close(0, 0, 0, -30, 0, 0)
    assert sent(head(down=20)) == close(0, 0, 0, 0, -20, 0)
    assert sent(head(to_right=10)) == close(0, 0, 0, 0, 0, -10)
    moved = head(headPositionX=0.1, headPositionY=0.2, headPositionZ=0.3)
    assert sent(moved) == close(10, 20, -30, 0, 0, 0)


def test_every_axis_can_be_scaled_and_turned_round() -> None:
    values = head(left=30, down=10, to_right=5, headPositionX=0.1, headPositionY=0.1, headPositionZ=0.1)

    assert sent(values, (-1, 2, -3, -1, 0.5, -2)) == close(-10, 20, 30, 30, -5, 10)


@given(frames())
def test_what_is_sent_is_read_again(frame: Frame) -> None:
    (packet,) = Encoder().packets(frame)

    found = decode(packet).frame(frame.time).values

    assert np.abs(found[POSITION] - frame.values[POSITION]).max() < 1e-6
    assert np.linalg.norm(found[ROTATION] - frame.values[ROTATION]) < 1e-5
    assert not found[:52].any()


@pytest.mark.parametrize("channel", ["headPositionZ", "headRotationX"])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_never_leaves(channel: str, bad: float) -> None:
    assert Encoder().packets(Frame(0.0, head(**{channel: bad}))) == []


@pytest.mark.parametrize("length", [*range(48), 49, 96, 65_507])
def test_any_other_length_is_refused(length: int) -> None:
    with pytest.raises(DecodeError, match="expected 48 bytes"):
        decode((GOLDEN * 1400)[:length])


@pytest.mark.parametrize(
    ("place", "number", "sentence"),
    [
        (0, math.nan, "expected x from -10000 to 10000 at byte 0, found nan"),
        (2, -math.inf, "z from -10000 to 10000 at byte 16, found -inf"),
        (1, 1e300, "y from -10000 to 10000 at byte 8, found 1e+300"),
        (3, 361, "yaw from -360 to 360 at byte 24, found 361"),
        (5, math.nan, "roll from -360 to 360 at byte 40, found nan"),
    ],
)
def test_what_is_wrong_is_named(place: int, number: float, sentence: str) -> None:
    numbers = [0.0] * 6
    numbers[place] = number

    with pytest.raises(DecodeError) as caught:
        decode(struct.pack("<6d", *numbers))

    assert sentence in str(caught.value)


@given(st.binary(min_size=48, max_size=48))
def test_noise_raises_nothing_but_decode_errors(noise: bytes) -> None:
    try:
        pose = decode(noise)
    except DecodeError:
        return
    assert np.isfinite(pose.frame(0.0).values).all()
