import numpy as np
import pytest

from avatar_driver.calibration import Calibration, NotEnoughFramesError, calibration
from avatar_driver.channels import INDEX, ROTATION, SHAPE_NAMES, Support
from avatar_driver.frame import Frame, Origin
from avatar_driver.stages.calibrate import Calibrate

RNG = np.random.default_rng(4)
SUPPORT = tuple(
    Support.ABSENT if name in ("tongueOut", "cheekPuff") else Support.MEASURED for name in (*SHAPE_NAMES, *["head"] * 6)
)


def frames(count: int, noise: float = 0.005, *, tracked: bool = True, **shapes: float) -> list[Frame]:
    made = []
    for i in range(count):
        values = RNG.normal(0, noise, 58).astype(np.float32)
        values[:52] = np.abs(values[:52])
        for name, value in shapes.items():
            values[INDEX[name]] += value
        origin = Origin(captured=1.0, support=SUPPORT)
        made.append(Frame(i / 30, values, tracked=tracked, origin=origin))
    return made


REST = {"mouthSmileLeft": 0.1, "eyeBlinkLeft": 0.12, "eyeLookUpLeft": 0.2, "headPositionZ": -0.5, "headRotationY": 0.1}


def found(*movement: Frame, rest: list[Frame] | None = None) -> Calibration:
    return calibration(rest or frames(90, **REST), [*frames(200, **REST), *movement])


def test_rest_is_the_mean_of_still_frames_and_reach_a_high_percentile() -> None:
    result = found(*frames(40, mouthSmileLeft=0.8))
    assert result.neutral["mouthSmileLeft"] == pytest.approx(0.104, abs=0.01)
    assert result.extreme["mouthSmileLeft"] == pytest.approx(0.8, abs=0.02)
    assert result.head[2] == pytest.approx(-0.5, abs=0.005)
    assert result.head[4] == pytest.approx(0.1, abs=0.005)


def test_one_bad_frame_spoils_neither() -> None:
    bad = frames(1, mouthSmileLeft=0.9, mouthFrownLeft=0.9, headPositionX=3.0)
    result = found(*bad, rest=[*frames(90, **REST), *bad])
    assert result.neutral["mouthSmileLeft"] < 0.12
    assert "mouthFrownLeft" not in result.extreme
    assert abs(result.head[0]) < 0.01


def test_blinks_and_turns_of_the_head_are_not_rest() -> None:
    aside = [frame.changed(values=frame.values + 0) for frame in frames(60, eyeBlinkLeft=0.9, browDownLeft=0.8)]
    turned = []
    for frame in frames(60, browDownLeft=0.8):
        values = frame.values.copy()
        values[ROTATION] += (0, 0.6, 0)
        turned.append(frame.changed(values=values))
    result = found(rest=[*frames(130, **REST), *aside, *turned])
    assert result.neutral.get("browDownLeft", 0) < 0.02


def test_a_shape_that_never_moved_is_left_as_it_was_and_told_so() -> None:
    result = found(*frames(40, jawOpen=0.7))
    verdicts = {verdict.name: verdict for verdict in result.verdicts}
    assert set(result.extreme) == {"jawOpen"}
    assert "never moved" in str(verdicts["mouthPucker"])
    assert str(verdicts["jawOpen"]).startswith("jawOpen: 0.0")
    assert str(verdicts["eyeLookUpLeft"]).startswith("eyeLookUpLeft: re-centred to your rest (0.2")


def test_a_shape_that_is_restless_at_rest_is_not_said_to_have_never_moved() -> None:
    result = found(*frames(40, mouthPucker=0.3), rest=frames(200, noise=0.1, **REST))
    (verdict,) = [each for each in result.verdicts if each.name == "mouthPucker"]
    assert not verdict.moved
    assert "moved hardly more than at rest" in str(verdict)


def test_noise_is_never_stretched_to_a_movement() -> None:
    noisy = frames(90, noise=0.1)
    assert not calibration(noisy, frames(300, noise=0.1)).extreme


def test_absent_channels_are_never_stretched() -> None:
    result = found(*frames(40, cheekPuff=0.9))
    assert "cheekPuff" not in result.extreme
    assert "cheekPuff" not in result.neutral


def test_a_small_movement_is_stretched_at_most_four_times_and_gaze_never() -> None:
    result = found(*frames(40, mouthFrownLeft=0.13, eyeLookUpLeft=0.7))
    assert result.extreme["mouthFrownLeft"] == pytest.approx(0.25, abs=0.01)
    assert "eyeLookUpLeft" not in result.extreme
    assert result.neutral["eyeLookUpLeft"] == pytest.approx(0.2, abs=0.01)


def test_the_stage_takes_it_and_makes_rest_zero_and_reach_one() -> None:
    result = found(*frames(40, mouthSmileLeft=0.8))
    settings = {key: value for key, value in result.settings().items() if key != "type"}
    stage = Calibrate(**settings)  # type: ignore[arg-type]
    at_rest = stage(frames(1, noise=0, **REST)[0])
    smiling = stage(frames(1, noise=0, mouthSmileLeft=0.82)[0])
    assert at_rest.values[INDEX["mouthSmileLeft"]] == pytest.approx(0, abs=0.02)
    assert smiling.values[INDEX["mouthSmileLeft"]] == pytest.approx(1, abs=0.02)
    assert np.allclose(at_rest.values[52:], 0, atol=0.01)


@pytest.mark.parametrize(
    ("rest", "sentence"),
    [
        (frames(40), "found 40: a face was seen in 40, looking elsewhere or moving"),
        (frames(90, tracked=False), "found 0: no face was seen"),
        ([], "found 0: no face was seen"),
    ],
)
def test_too_few_frames_say_what_to_do(rest: list[Frame], sentence: str) -> None:
    with pytest.raises(NotEnoughFramesError) as caught:
        calibration(rest, [])
    assert sentence in str(caught.value)
    assert "relax your face and try again" in str(caught.value)
