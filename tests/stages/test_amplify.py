import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.channels import CHANNELS, INDEX, REGIONS
from avatar_driver.frame import Frame
from avatar_driver.stages.amplify import Amplify, amplified, moebius
from tests.strategies import values

NO_NOISE = np.full(1, 1e-9)


def one(x: float, tone: float, tone_gain: float, transient_gain: float, noise: np.ndarray = NO_NOISE) -> float:
    return float(amplified(np.array([x]), np.array([tone]), tone_gain, transient_gain, noise)[0][0])


@given(face=values(), tone=values())
def test_gains_of_one_give_the_frame_itself(face: np.ndarray, tone: np.ndarray) -> None:
    frame = Frame(0.0, face, np.abs(tone))
    assert Amplify()(frame) is frame


def test_another_gain_is_disclosed() -> None:
    assert Amplify(tone=1.2)(Frame(0.0, np.zeros(58, np.float32))).altered == {"amplify"}


@pytest.mark.parametrize(
    ("x", "expected"), [(0.1, 0.09), (0.25, 0.27), (0.3, 0.35), (0.35, 0.42), (0.5, 0.59), (0.8, 0.86)]
)
def test_two_gains_match_the_worked_example(x: float, expected: float) -> None:
    """Tone 0.3, gains 1.25 and 1.5."""
    assert one(x, 0.3, 1.25, 1.5) == pytest.approx(expected, abs=0.006)


@given(x=st.floats(0, 1), g=st.floats(0.25, 3), h=st.floats(0.25, 3))
def test_the_gain_curve_composes_and_can_be_undone(x: float, g: float, h: float) -> None:
    at = np.array([x])
    assert moebius(moebius(at, g), h)[0] == pytest.approx(moebius(at, g * h)[0], abs=1e-12)
    assert moebius(moebius(at, g), 1 / g)[0] == pytest.approx(x, abs=1e-12)


@given(
    tone=st.floats(0, 1),
    a=st.floats(0, 1),
    b=st.floats(0, 1),
    tone_gain=st.floats(0.25, 3),
    transient_gain=st.floats(1, 3),
)
def test_stays_in_range_and_keeps_order(
    tone: float, a: float, b: float, tone_gain: float, transient_gain: float
) -> None:
    low, high = (one(x, tone, tone_gain, transient_gain) for x in sorted((a, b)))
    assert 0 <= low <= high + 1e-9 <= 1 + 2e-9


def test_movements_within_the_noise_keep_their_size() -> None:
    noise = np.full(1, 0.02)
    assert one(0.33, 0.3, 1.0, 3.0, noise) == pytest.approx(0.33)
    assert one(0.5, 0.3, 1.0, 3.0, noise) == pytest.approx(one(0.5, 0.3, 1.0, 3.0))


def test_lids_gaze_jaw_and_head_are_left_alone() -> None:
    face = np.full(len(CHANNELS), 0.3, np.float32)
    frame = Amplify(tone=2, transient=2)(Frame(0.0, face))
    for region in ("lids", "gaze", "jaw", "head"):
        assert (frame.values[list(REGIONS[region])] == face[0]).all(), region
    assert frame.values[INDEX["mouthSmileLeft"]] > 0.4


def test_gain_does_not_push_antagonists_together() -> None:
    face = np.zeros(len(CHANNELS), np.float32)
    face[INDEX["mouthSmileLeft"]], face[INDEX["mouthFrownLeft"]] = 0.7, 0.25
    face[INDEX["mouthPucker"]], face[INDEX["mouthStretchRight"]] = 0.2, 0.6
    values = Amplify(tone=1, transient=3)(Frame(0.0, face)).values
    assert values[INDEX["mouthSmileLeft"]] > 0.8
    assert values[INDEX["mouthFrownLeft"]] == pytest.approx(0.25)
    assert values[INDEX["mouthPucker"]] == pytest.approx(0.2)


def test_a_changed_gain_slides_in_at_half_a_unit_a_second() -> None:
    amplify = Amplify(regions=["smile"])
    face = np.full(len(CHANNELS), 0.3, np.float32)
    amplify(Frame(0.0, face, face))
    amplify.tone = 2.0
    # One second later the gain stands at 1.5.
    for i in range(1, 31):
        frame = amplify(Frame(i / 30, face, face))
    assert frame.values[INDEX["mouthSmileLeft"]] == pytest.approx(moebius(np.array([0.3]), 1.5)[0], abs=1e-3)


def test_an_unknown_region_is_named_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="no region named 'smlie' can be amplified; did you mean 'smile'"):
        Amplify(regions=["smlie"])
