"""Single channels and regions respond as they are told to."""

import numpy as np
import pytest

from avatar_driver.channels import INDEX, REGIONS
from avatar_driver.frame import Frame
from avatar_driver.stages.adjust import Adjust
from tests import faces


def face(**shapes: float) -> Frame:
    return Frame(0.0, faces.face(**shapes))


def jaw(value: float, **own: float) -> float:
    return float(Adjust(channels={"jawOpen": own})(face(jawOpen=value)).values[INDEX["jawOpen"]])


def test_without_settings_the_frame_goes_through_untouched() -> None:
    frame = face(jawOpen=0.3)
    assert Adjust()(frame) is frame
    assert Adjust(regions={"brows": 1.0}, channels={"jawOpen": {"gain": 1.0, "low": 0.0}})(frame) is frame


@pytest.mark.parametrize(
    ("own", "value", "expected"),
    [
        ({"gain": 2.0}, 0.3, 0.6),
        ({"gain": 2.0}, 0.8, 1.0),
        ({"gain": 0.0}, 0.8, 0.0),
        ({"offset": 0.1}, 0.3, 0.4),
        ({"offset": -0.5}, 0.3, 0.0),
        ({"low": 0.2, "high": 0.7}, 0.45, 0.5),
        ({"low": 0.2, "high": 0.7}, 0.1, 0.0),
        ({"low": 0.2, "high": 0.7}, 0.9, 1.0),
        ({"curve": 2.0}, 0.5, 0.25),
        ({"curve": 0.5}, 0.25, 0.5),
        ({"low": 0.2, "high": 0.7, "curve": 2.0, "gain": 0.5, "offset": 0.1}, 0.45, 0.225),
    ],
)
def test_a_channel_follows_its_response(own: dict[str, float], value: float, expected: float) -> None:
    assert jaw(value, **own) == pytest.approx(expected, abs=1e-6)


def test_a_region_and_a_channel_multiply_and_other_channels_stay() -> None:
    frame = face(browDownLeft=0.1, browDownRight=0.1, jawOpen=0.3)
    adjusted = Adjust(regions={"brows": 2.0}, channels={"browDownLeft": {"gain": 1.5}})(frame)
    assert adjusted.values[INDEX["browDownLeft"]] == pytest.approx(0.3)
    assert adjusted.values[INDEX["browDownRight"]] == pytest.approx(0.2)
    assert adjusted.values[INDEX["jawOpen"]] == frame.values[INDEX["jawOpen"]]


def test_the_head_turns_more_by_its_gain() -> None:
    values = np.zeros(58, np.float32)
    values[list(REGIONS["head"])] = 0.1
    assert Adjust(regions={"head": 1.5})(Frame(0.0, values)).values[52:] == pytest.approx([0.15] * 6)


def test_tone_goes_through_the_same_response() -> None:
    frame = face(jawOpen=0.4)
    frame = frame.changed(tone=frame.values / 2)
    assert Adjust(channels={"jawOpen": {"gain": 2.0}})(frame).tone[INDEX["jawOpen"]] == pytest.approx(0.4)


def test_the_frame_is_marked_altered_only_where_something_is_set() -> None:
    assert Adjust(channels={"jawOpen": {"gain": 0.9}})(face()).altered == {"adjust"}
    assert not Adjust(channels={"jawOpen": {}})(face()).altered


def test_settings_are_taken_over_from_another() -> None:
    stage = Adjust()
    stage.adopt(Adjust(channels={"jawOpen": {"gain": 2.0}}))
    assert stage(face(jawOpen=0.2)).values[INDEX["jawOpen"]] == pytest.approx(0.4)
    stage.adopt(Adjust())
    assert not stage(face(jawOpen=0.2)).altered


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"regions": {"brow": 1.2}}, "no region named 'brow'; did you mean 'brows'"),
        ({"channels": {"jawOpn": {}}}, "no shape named 'jawOpn'; did you mean 'jawOpen'"),
        ({"channels": {"jawOpen": {"low": 0.6, "high": 0.6}}}, "jawOpen: 'high' must be above 'low'"),
    ],
)
def test_wrong_settings_are_named(settings: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Adjust(**settings)
