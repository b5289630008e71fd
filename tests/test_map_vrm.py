"""What the maps for VRM avatars promise."""

import numpy as np
import pytest
from hypothesis import given

from avatar_driver import maps
from avatar_driver.channels import INDEX
from tests.faces import face, named
from tests.strategies import values

VRM0 = maps.load("vrm0")
VRM1 = maps.load("vrm1")

VRM1_TO_VRM0 = {
    "aa": "A",
    "ih": "I",
    "ou": "U",
    "ee": "E",
    "oh": "O",
    "blink": "Blink",
    "blinkLeft": "Blink_L",
    "blinkRight": "Blink_R",
    "lookUp": "LookUp",
    "lookDown": "LookDown",
    "lookLeft": "LookLeft",
    "lookRight": "LookRight",
}


@given(numbers=values())
def test_vrm0_is_vrm1_under_the_names_of_vrm0(numbers):
    assert tuple(VRM1_TO_VRM0[name] for name in VRM1.names) == VRM0.names
    assert np.array_equal(VRM0(numbers), VRM1(numbers))


def test_emotions_are_off_in_vrm_maps():
    emotions = {"happy", "angry", "sad", "relaxed", "surprised", "joy", "sorrow", "fun", "neutral"}
    for loaded in (VRM0, VRM1):
        assert not emotions & {parameter.casefold() for parameter in loaded.names}


@given(numbers=values())
def test_vrm_vowels_share_one_mouth(numbers):
    assert VRM1.names[:5] == ("aa", "ih", "ou", "ee", "oh")
    assert VRM1(numbers)[:5].sum() <= 1 + 1e-6


@given(numbers=values())
def test_vrm_blinks_add_up_to_each_lids_own_closure(numbers):
    vrm = named(VRM1, numbers)
    assert vrm["blink"] + vrm["blinkLeft"] == pytest.approx(numbers[INDEX["eyeBlinkLeft"]], abs=1e-6)
    assert vrm["blink"] + vrm["blinkRight"] == pytest.approx(numbers[INDEX["eyeBlinkRight"]], abs=1e-6)
    assert min(vrm["blinkLeft"], vrm["blinkRight"]) == 0


SMILING = {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "mouthStretchLeft": 0.6, "mouthStretchRight": 0.6}


@pytest.mark.parametrize(
    ("vowel", "mouth"),
    [
        ("aa", {"jawOpen": 0.6}),
        ("ou", {"mouthPucker": 0.8}),
        ("oh", {"jawOpen": 0.5, "mouthFunnel": 0.7}),
        ("ee", {"jawOpen": 0.5, **SMILING}),
        ("ih", {"jawOpen": 0.1, **SMILING}),
    ],
)
def test_each_vrm_vowel_wins_where_a_mouth_speaks_it(vowel, mouth):
    parameters = dict(list(named(VRM1, face(**mouth)).items())[:5])
    assert max(parameters, key=parameters.__getitem__) == vowel
    assert parameters[vowel] > 0.4


def test_lips_that_stay_closed_over_an_open_jaw_speak_no_vowel():
    assert VRM1(face(jawOpen=0.6, mouthClose=0.6))[:5].tolist() == [0.0] * 5


@pytest.mark.parametrize(
    ("look", "eyes"),
    [
        ("lookLeft", {"eyeLookOutLeft": 0.5, "eyeLookInRight": 0.5}),
        ("lookRight", {"eyeLookInLeft": 0.5, "eyeLookOutRight": 0.5}),
        ("lookUp", {"eyeLookUpLeft": 0.5, "eyeLookUpRight": 0.5}),
        ("lookDown", {"eyeLookDownLeft": 0.5, "eyeLookDownRight": 0.5}),
    ],
)
def test_vrm_looks_where_the_eyes_look_and_nowhere_else(look, eyes):
    looks = {name: value for name, value in named(VRM1, face(**eyes)).items() if name.startswith("look")}
    assert looks == {**dict.fromkeys(looks, 0.0), look: 0.5}
