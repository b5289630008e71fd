import numpy as np
import pytest

from avatar_driver.channels import CHANNELS, INDEX, POSITION, ROTATION, Support
from avatar_driver.frame import Frame, Origin
from avatar_driver.rotation import composed, inverse, quaternion_from_vector, vector_from_quaternion
from avatar_driver.stages.calibrate import Calibrate


def face(**shapes: float) -> np.ndarray:
    values = np.zeros(len(CHANNELS), np.float32)
    for name, value in shapes.items():
        values[INDEX[name]] = value
    return values


def shape(frame: Frame, name: str) -> float:
    return float(frame.values[INDEX[name]])


def test_the_resting_face_becomes_zero_and_the_extreme_one() -> None:
    calibrate = Calibrate(neutral={"mouthSmileLeft": 0.2}, extreme={"mouthSmileLeft": 0.7})
    for raw, expected in ((0.2, 0), (0.45, 0.5), (0.7, 1), (0.1, 0), (0.9, 1)):
        assert shape(calibrate(Frame(0.0, face(mouthSmileLeft=raw))), "mouthSmileLeft") == pytest.approx(
            expected, abs=1e-6
        )


def test_lids_are_scaled_and_never_subtracted() -> None:
    calibrate = Calibrate(neutral={"eyeBlinkLeft": 0.2}, extreme={"eyeBlinkLeft": 0.8})
    assert shape(calibrate(Frame(0.0, face(eyeBlinkLeft=0.4))), "eyeBlinkLeft") == pytest.approx(0.5)


def test_a_shape_that_never_moved_is_not_stretched() -> None:
    calibrate = Calibrate(neutral={"cheekPuff": 0.001}, extreme={"cheekPuff": 0.003})
    assert shape(calibrate(Frame(0.0, face(cheekPuff=0.002))), "cheekPuff") == pytest.approx(0.002)


def test_an_absent_channel_stays_as_it_is() -> None:
    support = [Support.MEASURED] * len(CHANNELS)
    support[INDEX["mouthSmileLeft"]] = Support.ABSENT
    frame = Frame(0.0, face(mouthSmileLeft=0.3), origin=Origin(captured=0.0, support=tuple(support)))
    assert shape(Calibrate(extreme={"mouthSmileLeft": 0.5})(frame), "mouthSmileLeft") == pytest.approx(0.3)


def test_the_head_is_taken_relative_to_its_stored_rest() -> None:
    rest = [0.1, -0.2, -0.5, 0.2, -0.3, 0.1]
    values = face()
    values[52:] = rest
    at_rest = Calibrate(head=rest)(Frame(0.0, values))
    assert np.allclose(at_rest.values[52:], 0, atol=1e-6)
    # A nod of 0.3 on top of the rest rotation comes out as that nod in the head's own rest axes.
    nod = quaternion_from_vector([0.3, 0, 0])
    values = values.copy()
    values[ROTATION] = vector_from_quaternion(composed(quaternion_from_vector(rest[3:]), nod))
    values[POSITION] += 0.05
    nodded = Calibrate(head=rest)(Frame(0.0, values))
    assert np.allclose(nodded.values[ROTATION], [0.3, 0, 0], atol=1e-6)
    assert np.allclose(nodded.values[POSITION], 0.05, atol=1e-6)
    assert inverse(inverse(nod)) == nod


def test_a_rest_pose_that_is_not_stored_is_learned_from_the_first_second_with_a_face() -> None:
    calibrate = Calibrate(settle=1.0)
    rng = np.random.default_rng(1)
    away = face()
    away[52:] = 9
    calibrate(Frame(0.0, away, tracked=False))
    for i in range(60):
        values = face()
        values[52:] = np.array([0, 0.1, -0.5, 0.1, 0, 0]) + rng.normal(0, 0.001, 6)
        frame = calibrate(Frame(1 + i / 30, values))
    assert np.abs(frame.values[52:]).max() < 0.005
    # Later movement is movement, not rest.
    values = face()
    values[52:] = [0.2, 0.1, -0.5, 0.1, 0, 0]
    for i in range(60):
        frame = calibrate(Frame(5 + i / 30, values))
    assert frame.values[52] == pytest.approx(0.2, abs=0.002)


def test_an_unknown_shape_is_named_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="no shape named 'jawOpn'; did you mean 'jawOpen'"):
        Calibrate(neutral={"jawOpn": 0.1})
