"""What the maps for VTube Studio and Live2D promise."""

import re

import numpy as np
import pytest
from hypothesis import given

from avatar_driver import maps
from avatar_driver.channels import INDEX
from avatar_driver.rotation import Euler, quaternion_from_euler, vector_from_quaternion
from tests.faces import face, named
from tests.peers.fake_vtube_studio import DEFAULTS
from tests.strategies import values

VTS = maps.load("vts")
LIVE2D = maps.load("live2d")


def turned(*, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> np.ndarray:
    """A face at rest, turned by degrees: + to the subject's left, down, toward the right shoulder."""
    x, y, z = vector_from_quaternion(quaternion_from_euler(Euler(*np.radians([yaw, pitch, roll]).tolist())))
    return face(headRotationX=x, headRotationY=y, headRotationZ=z)


def moved(loaded: maps.RetargetMap, numbers: np.ndarray) -> dict[str, float]:
    """The parameters that differ from a face at rest."""
    rest = dict(zip(loaded.names, loaded.neutral.tolist(), strict=True))
    return {name: value for name, value in named(loaded, numbers).items() if abs(value - rest[name]) > 1e-6}


def test_vts_has_only_names_that_vtube_studio_has_itself_and_none_of_feelings_or_voice() -> None:
    others = {name for name in DEFAULTS if re.match("Mouse|Voice|FaceAngry", name)}
    assert set(VTS.names) == set(DEFAULTS) - others


def test_live2d_has_only_names_of_the_standard_list_in_their_ranges() -> None:
    limits = dict(zip(LIVE2D.names, zip(LIVE2D.low.tolist(), LIVE2D.high.tolist(), strict=True), strict=True))
    for name, (low, high) in limits.items():
        if re.fullmatch("ParamAngle[XYZ]", name):
            assert (low, high) == (-30, 30)
        elif re.fullmatch("ParamBodyAngle[XYZ]", name):
            assert (low, high) == (-10, 10)
        elif re.fullmatch("ParamEye[LR](Open|Smile)|ParamMouthOpenY", name):
            assert (low, high) == (0, 1)
        else:
            assert re.fullmatch("ParamEyeBall[XY]|ParamBrow[LR](Y|Angle)|ParamMouthForm", name)
            assert (low, high) == (-1, 1)


# The screen's right is the avatar's left, and the subject's left is the avatar's left.
HEAD = [
    ({"yaw": 20.0}, "AngleX", 20.0),
    ({"yaw": -20.0}, "AngleX", -20.0),
    ({"pitch": 20.0}, "AngleY", -20.0),
    ({"pitch": -20.0}, "AngleY", 20.0),
    ({"roll": 20.0}, "AngleZ", -20.0),
    ({"roll": -20.0}, "AngleZ", 20.0),
]


@pytest.mark.parametrize(("turn", "parameter", "degrees"), HEAD)
def test_the_head_turns_in_degrees_and_on_its_own_axis_alone(
    turn: dict[str, float], parameter: str, degrees: float
) -> None:
    assert moved(VTS, turned(**turn)) == {f"Face{parameter}": pytest.approx(degrees, abs=1e-3)}
    assert moved(LIVE2D, turned(**turn)) == {
        f"Param{parameter}": pytest.approx(1.5 * degrees, abs=1e-3),
        f"ParamBody{parameter}": pytest.approx(0.5 * degrees, abs=1e-3),
    }


def test_angles_of_a_head_turned_about_all_axes_are_those_of_the_head() -> None:
    parameters = named(VTS, turned(yaw=30, pitch=10, roll=5))
    assert [parameters[f"FaceAngle{axis}"] for axis in "XYZ"] == pytest.approx([30, -10, -5], abs=1e-3)


def test_position_is_in_centimetres_right_of_the_screen_up_and_away() -> None:
    parameters = moved(VTS, face(headPositionX=0.05, headPositionY=0.03, headPositionZ=0.1))
    assert parameters == {
        "FacePositionX": pytest.approx(5), "FacePositionY": pytest.approx(3), "FacePositionZ": pytest.approx(-10)
    }  # fmt: skip
    assert VTS(face(headPositionX=1.0)).max() == 15


@pytest.mark.parametrize("side", ["Left", "Right"])
def test_each_eye_closes_and_widens_by_itself(side: str) -> None:
    assert moved(VTS, face(**{f"eyeBlink{side}": 1.0})) == {f"EyeOpen{side}": 0}
    assert moved(VTS, face(**{f"eyeWide{side}": 1.0})) == {f"EyeOpen{side}": 1.5}
    assert moved(LIVE2D, face(**{f"eyeBlink{side}": 1.0})) == {f"ParamEye{side[0]}Open": 0}


def test_a_look_to_the_subjects_left_goes_to_the_right_of_the_screen_after_vtube_studios_own_turn() -> None:
    """Auto setup turns EyeRightX over on its way to ParamEyeBallX, which is + toward the right of the screen."""
    look = face(eyeLookOutLeft=0.5, eyeLookInRight=0.5)
    assert moved(VTS, look) == {"EyeLeftX": -0.5, "EyeRightX": -0.5}
    assert moved(LIVE2D, look) == {"ParamEyeBallX": pytest.approx(0.7)}
    up = face(eyeLookUpLeft=0.5, eyeLookUpRight=0.5)
    assert moved(VTS, up) == {"EyeLeftY": 0.5, "EyeRightY": 0.5}
    assert moved(LIVE2D, up) == {"ParamEyeBallY": pytest.approx(0.7)}


def test_smile_and_frown_move_the_mouth_from_the_middle_both_ways() -> None:
    smile, frown = ({f"mouth{what}{side}": 1.0 for side in ("Left", "Right")} for what in ("Smile", "Frown"))
    assert named(VTS, face(**smile))["MouthSmile"] == 1
    assert named(VTS, face(**frown))["MouthSmile"] == 0
    assert named(LIVE2D, face(**smile))["ParamMouthForm"] == 1
    assert named(LIVE2D, face(**frown))["ParamMouthForm"] == -1


def test_lips_that_stay_closed_over_an_open_jaw_keep_the_mouth_closed() -> None:
    assert named(VTS, face(jawOpen=0.6, mouthClose=0.6))["MouthOpen"] == 0
    assert named(VTS, face(jawOpen=0.6))["MouthOpen"] == pytest.approx(0.6)


def test_a_tongue_that_is_out_keeps_the_mouth_from_shifting() -> None:
    assert named(VTS, face(mouthLeft=0.5))["MouthX"] == 0.5
    assert named(VTS, face(mouthLeft=0.5, tongueOut=1.0))["MouthX"] == 0


@given(numbers=values())
def test_brows_are_the_mean_of_both(numbers: np.ndarray) -> None:
    parameters = named(VTS, numbers)
    assert parameters["Brows"] == pytest.approx((parameters["BrowLeftY"] + parameters["BrowRightY"]) / 2, abs=1e-6)


def test_brows_rest_in_the_middle_and_reach_both_ends() -> None:
    raised = {"browInnerUp": 1.0, "browOuterUpLeft": 1.0, "browOuterUpRight": 1.0}
    lowered = {"browDownLeft": 1.0, "browDownRight": 1.0}
    assert named(VTS, face())["Brows"] == 0.5
    assert named(VTS, face(**raised))["Brows"] == 1
    assert named(VTS, face(**lowered))["Brows"] == 0
    assert INDEX["browInnerUp"] in VTS.channels[VTS.names.index("Brows")]


def test_the_inner_brow_raises_both_brows_alike() -> None:
    assert moved(VTS, face(browInnerUp=0.5)) == {"BrowLeftY": 0.75, "BrowRightY": 0.75, "Brows": 0.75}
    assert moved(LIVE2D, face(browInnerUp=0.5)) == {
        "ParamBrowLY": pytest.approx(0.7),
        "ParamBrowRY": pytest.approx(0.7),
    }
