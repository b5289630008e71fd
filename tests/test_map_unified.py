"""The map `unified` against the formulas of VRCFaceTracking, written out a second time in plain Python."""

import json
import math
import re

import numpy as np
import pytest
from hypothesis import given

from avatar_driver import maps
from avatar_driver.channels import CHANNELS
from avatar_driver.rotation import Euler, quaternion_from_euler, vector_from_quaternion
from tests.faces import face, named
from tests.strategies import values

UNIFIED = maps.load("unified")
SIDES = ("Left", "Right")


def both(*names: str) -> set[str]:
    return {f"{name}{side}" for name in names for side in SIDES}


BASE = (
    both("EyeSquint", "EyeWide", "BrowPinch", "BrowLowerer", "BrowInnerUp", "BrowOuterUp", "NasalDilation")
    | both("NasalConstrict", "CheekSquint", "CheekPuff", "CheekSuck", "LipSuckUpper", "LipSuckLower", "LipSuckCorner")
    | both("LipFunnelUpper", "LipFunnelLower", "LipPuckerUpper", "LipPuckerLower", "MouthUpperUp", "MouthUpperDeepen")
    | both("NoseSneer", "MouthLowerDown", "MouthUpper", "MouthLower", "MouthCornerPull", "MouthCornerSlant")
    | both("MouthFrown", "MouthStretch", "MouthDimple", "MouthPress", "MouthTightener", "TongueTwist", "NeckFlex")
    | {"JawOpen", "JawRight", "JawLeft", "JawForward", "JawBackward", "JawClench", "JawMandibleRaise", "MouthClosed"}
    | {"MouthRaiserUpper", "MouthRaiserLower", "TongueOut", "TongueUp", "TongueDown", "TongueRight", "TongueLeft"}
    | {"TongueRoll", "TongueBendDown", "TongueCurlUp", "TongueSquish", "TongueFlat", "SoftPalateClose", "ThroatSwallow"}
)
SIMPLIFIED = both("BrowUp", "BrowDown", "MouthSmile", "MouthSad")
COMBINED = (
    {"EyeX", "EyeY", "EyeLeftX", "EyeLeftY", "EyeRightX", "EyeRightY", "EyeWide", "EyeSquint", "EyesSquint"}
    | {"PupilDilation", "PupilDiameter", *both("PupilDiameter")}
    | {"EyeOpen", "EyeClosed", "EyeLid", *both("EyeOpen", "EyeClosed", "EyeLid")}
    | {"BrowUp", "BrowDown", "BrowInnerUp", "BrowOuterUp", "BrowExpression", *both("BrowExpression")}
    | {"JawX", "JawZ", "CheekSquint", "CheekSuck", "CheekPuffSuck", *both("CheekPuffSuck")}
    | {"MouthUpperX", "MouthLowerX", "MouthX", "LipSuckUpper", "LipSuckLower", "LipSuck"}
    | {"LipFunnelUpper", "LipFunnelLower", "LipFunnel"}
    | {"LipPuckerUpper", "LipPuckerLower", "LipPuckerRight", "LipPuckerLeft", "LipPucker"}
    | {"LipSuckFunnelUpper", "LipSuckFunnelLower", *both("LipSuckFunnelUpper", "LipSuckFunnelLower")}
    | {"MouthUpperUp", "MouthLowerDown", "MouthOpen"}
    | {"MouthStretch", "MouthTightener", "MouthPress", "MouthDimple", "NoseSneer"}
    | {"MouthTightenerStretch", "MouthCornerY", "SmileFrown", "SmileSad"}
    | both("MouthTightenerStretch", "MouthCornerY", "SmileFrown", "SmileSad")
    | {"TongueX", "TongueY", "TongueArchY", "TongueShape"}
)
HEAD = {"Head/Yaw", "Head/Pitch", "Head/Roll", "Head/PosX", "Head/PosY", "Head/PosZ"}
UNSEEN = (
    both("NasalDilation", "NasalConstrict", "CheekSuck", "LipSuckCorner", "MouthTightener", "TongueTwist", "NeckFlex")
    | both("PupilDiameter")
    | {"CheekSuck", "MouthTightener", "PupilDilation", "PupilDiameter", "JawBackward", "JawClench", "JawMandibleRaise"}
    | {"TongueUp", "TongueDown", "TongueRight", "TongueLeft", "TongueRoll", "TongueBendDown", "TongueCurlUp"}
    | {"TongueSquish", "TongueFlat", "TongueX", "TongueY", "TongueArchY", "TongueShape"}
    | {"SoftPalateClose", "ThroatSwallow"}
)


def test_unified_has_every_vrcft_parameter_but_those_a_face_tracker_cannot_see():
    assert (len(BASE), len(SIMPLIFIED), len(COMBINED)) == (88, 8, 80)  # as many as VRCFaceTracking has
    assert set(UNIFIED.names) == {f"v2/{name}" for name in (BASE | SIMPLIFIED | COMBINED | HEAD) - UNSEEN}


def test_unified_uses_everything_a_face_has():
    assert set().union(*UNIFIED.channels) == set(range(len(CHANNELS)))


def test_unified_serves_every_face_parameter_of_a_real_avatar_but_the_unseen(captures):
    avatar = json.loads((captures / "vrchat_avatar_unified.json").read_text(encoding="utf-8-sig"))
    wanted = {
        parameter["name"].removeprefix("FT/")
        for parameter in avatar["parameters"]
        if parameter["name"].startswith("FT/v2/") and parameter["input"]["type"] == "Float"
    }
    assert len(wanted) > 30
    missing = wanted - set(UNIFIED.names)
    assert missing <= {f"v2/{name}" for name in UNSEEN}


def unified_shapes(arkit: dict[str, float]) -> dict[str, float]:
    """Base shapes as the tracking modules of VRCFaceTracking fill them from ARKit; what ARKit has not stays 0."""
    u = dict.fromkeys(BASE, 0.0)
    for side in SIDES:
        for name in ("eyeSquint", "eyeWide", "browOuterUp", "cheekSquint", "noseSneer", "mouthFrown", "mouthStretch"):
            u[f"{name[0].upper()}{name[1:]}{side}"] = arkit[f"{name}{side}"]
        for name in ("mouthDimple", "mouthPress", "mouthLowerDown", "mouthUpperUp"):
            u[f"{name[0].upper()}{name[1:]}{side}"] = arkit[f"{name}{side}"]
        u[f"BrowPinch{side}"] = u[f"BrowLowerer{side}"] = arkit[f"browDown{side}"]
        u[f"BrowInnerUp{side}"] = arkit["browInnerUp"]
        u[f"CheekPuff{side}"] = arkit["cheekPuff"]
        u[f"LipFunnelUpper{side}"] = u[f"LipFunnelLower{side}"] = arkit["mouthFunnel"]
        u[f"LipPuckerUpper{side}"] = u[f"LipPuckerLower{side}"] = arkit["mouthPucker"]
        u[f"MouthUpper{side}"] = u[f"MouthLower{side}"] = arkit[f"mouth{side}"]
        u[f"MouthCornerPull{side}"] = u[f"MouthCornerSlant{side}"] = arkit[f"mouthSmile{side}"]
        u[f"MouthUpperDeepen{side}"] = arkit[f"mouthUpperUp{side}"]
        u[f"LipSuckUpper{side}"] = min(1 - arkit[f"mouthUpperUp{side}"] ** (1 / 6), arkit["mouthRollUpper"])
        u[f"LipSuckLower{side}"] = arkit["mouthRollLower"]
        u[f"Jaw{side}"] = arkit[f"jaw{side}"]
    u |= {"JawOpen": arkit["jawOpen"], "JawForward": arkit["jawForward"], "MouthClosed": arkit["mouthClose"]}
    u |= {"MouthRaiserUpper": arkit["mouthShrugUpper"], "MouthRaiserLower": arkit["mouthShrugLower"]}
    return u | {"TongueOut": arkit["tongueOut"]}


def eyes(arkit: dict[str, float]) -> dict[str, float]:
    e: dict[str, float] = {}
    for side in SIDES:
        blink, squint = arkit[f"eyeBlink{side}"], arkit[f"eyeSquint{side}"]
        e[f"EyeOpen{side}"] = 1 - max(0.0, min(1.0, blink + blink * squint))
        e[f"EyeClosed{side}"] = 1 - e[f"EyeOpen{side}"]
        e[f"EyeLid{side}"] = 0.75 * e[f"EyeOpen{side}"] + 0.25 * arkit[f"eyeWide{side}"]
        inward = arkit[f"eyeLookIn{side}"] - arkit[f"eyeLookOut{side}"]
        e[f"Eye{side}X"] = 0.65 * (inward if side == "Left" else -inward)
        e[f"Eye{side}Y"] = 0.70 * (arkit[f"eyeLookUp{side}"] - arkit[f"eyeLookDown{side}"])
    for name in ("EyeOpen", "EyeClosed", "EyeLid"):
        e[name] = (e[f"{name}Left"] + e[f"{name}Right"]) / 2
    e["EyeX"] = (e["EyeLeftX"] + e["EyeRightX"]) / 2
    e["EyeY"] = (e["EyeLeftY"] + e["EyeRightY"]) / 2
    e["EyeWide"] = max(arkit["eyeWideLeft"], arkit["eyeWideRight"])
    e["EyeSquint"] = e["EyesSquint"] = max(arkit["eyeSquintLeft"], arkit["eyeSquintRight"])
    return e


def simplified(u: dict[str, float]) -> dict[str, float]:
    s: dict[str, float] = {}
    for side in SIDES:
        s[f"BrowUp{side}"] = 0.6 * u[f"BrowOuterUp{side}"] + 0.4 * u[f"BrowInnerUp{side}"]
        s[f"BrowDown{side}"] = 0.75 * u[f"BrowLowerer{side}"] + 0.25 * u[f"BrowPinch{side}"]
        s[f"MouthSmile{side}"] = 0.8 * u[f"MouthCornerPull{side}"] + 0.2 * u[f"MouthCornerSlant{side}"]
        s[f"MouthSad{side}"] = max(u[f"MouthFrown{side}"], u[f"MouthStretch{side}"])
    return s


def combined(u: dict[str, float], s: dict[str, float]) -> dict[str, float]:
    def mean(*names: str) -> float:
        return sum(u[name] for name in names) / len(names)

    c: dict[str, float] = {}
    for side in SIDES:
        raised = min(1.0, 0.5 * u[f"BrowInnerUp{side}"] + 0.5 * u[f"BrowOuterUp{side}"])
        c[f"BrowExpression{side}"] = raised - s[f"BrowDown{side}"]
        c[f"CheekPuffSuck{side}"] = u[f"CheekPuff{side}"] - u[f"CheekSuck{side}"]
        c[f"MouthTightenerStretch{side}"] = u[f"MouthTightener{side}"] - u[f"MouthStretch{side}"]
        c[f"MouthCornerY{side}"] = u[f"MouthCornerSlant{side}"] - u[f"MouthFrown{side}"]
        c[f"SmileFrown{side}"] = s[f"MouthSmile{side}"] - u[f"MouthFrown{side}"]
        c[f"SmileSad{side}"] = s[f"MouthSmile{side}"] - s[f"MouthSad{side}"]
        c[f"LipPucker{side}"] = mean(f"LipPuckerUpper{side}", f"LipPuckerLower{side}")
        for lip in ("Upper", "Lower"):
            c[f"LipSuckFunnel{lip}{side}"] = u[f"LipSuck{lip}{side}"] - u[f"LipFunnel{lip}{side}"]
    for name in ("BrowExpression", "CheekPuffSuck", "MouthTightenerStretch", "MouthCornerY", "SmileFrown", "SmileSad"):
        c[name] = (c[f"{name}Left"] + c[f"{name}Right"]) / 2
    c |= {name: (s[f"{name}Left"] + s[f"{name}Right"]) / 2 for name in ("BrowUp", "BrowDown")}
    averaged = ("BrowInnerUp", "BrowOuterUp", "CheekSquint", "MouthUpperUp", "MouthLowerDown", "MouthStretch")
    for name in (*averaged, "MouthPress", "MouthDimple", "NoseSneer"):
        c[name] = mean(f"{name}Left", f"{name}Right")
    for kind in ("LipSuck", "LipFunnel", "LipPucker"):
        for lip in ("Upper", "Lower"):
            c[f"{kind}{lip}"] = mean(f"{kind}{lip}Left", f"{kind}{lip}Right")
        c[kind] = (c[f"{kind}Upper"] + c[f"{kind}Lower"]) / 2
    for lip in ("Upper", "Lower"):
        c[f"LipSuckFunnel{lip}"] = c[f"LipSuck{lip}"] - c[f"LipFunnel{lip}"]
        c[f"Mouth{lip}X"] = u[f"Mouth{lip}Right"] - u[f"Mouth{lip}Left"]
    c["MouthX"] = (c["MouthUpperX"] + c["MouthLowerX"]) / 2
    c["MouthOpen"] = mean("MouthUpperUpLeft", "MouthUpperUpRight", "MouthLowerDownLeft", "MouthLowerDownRight")
    return c | {"JawX": u["JawRight"] - u["JawLeft"], "JawZ": u["JawForward"] - u["JawBackward"]}


TWO_ENDS = re.compile(
    "[XYZ](Left|Right)?|(BrowExpression|CheekPuffSuck|LipSuckFunnel(Upper|Lower)|MouthTightenerStretch)(Left|Right)?"
    "|(SmileFrown|SmileSad)(Left|Right)?|Head/.*"
)


def test_unified_goes_from_0_to_1_and_from_minus_1_where_a_parameter_has_two_ends():
    for name, low, high in zip(UNIFIED.names, UNIFIED.low.tolist(), UNIFIED.high.tolist(), strict=True):
        two_ends = re.search(f"({TWO_ENDS.pattern})$", name)
        assert (low, high) == ((-1.0, 1.0) if two_ends else (0.0, 1.0)), name


@given(numbers=values())
def test_unified_gives_what_the_formulas_of_vrcft_give(numbers):
    arkit = dict(zip(CHANNELS, numbers.tolist(), strict=True))
    base = unified_shapes(arkit)
    simple = simplified(base)
    expected = {**base, **simple, **combined(base, simple), **eyes(arkit)}
    given_by_map = named(UNIFIED, numbers)
    for name in set(UNIFIED.names) - {f"v2/{name}" for name in HEAD}:
        assert given_by_map[name] == pytest.approx(expected[name.removeprefix("v2/")], abs=2e-6), name


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll", "expected"),
    [
        (30, 0, 0, (-0.333333, 0, 0)),
        (0, 20, 0, (0, 0.222222, 0)),
        (0, 0, 10, (0, 0, -0.111111)),
        (30, 10, 5, (-0.333333, 0.111111, -0.055556)),
        (-120, 0, 0, (1, 0, 0)),
    ],
)
def test_unified_turns_the_head_by_the_test_vectors(yaw, pitch, roll, expected):
    vector = vector_from_quaternion(quaternion_from_euler(Euler(*map(math.radians, (yaw, pitch, roll)))))
    head = named(UNIFIED, face(**dict(zip(CHANNELS[55:], vector, strict=True))))
    assert [head[f"v2/Head/{angle}"] for angle in ("Yaw", "Pitch", "Roll")] == pytest.approx(expected, abs=1e-6)


def test_unified_moves_the_head_1_per_half_metre_to_the_right_up_and_forward():
    head = named(UNIFIED, face(headPositionX=-0.25, headPositionY=0.125, headPositionZ=0.75))
    assert [head[f"v2/Head/Pos{axis}"] for axis in "XYZ"] == [0.5, 0.25, 1.0]


def test_unified_gaze_is_positive_to_the_right_and_up():
    right = named(UNIFIED, face(eyeLookInLeft=1.0, eyeLookOutRight=1.0, eyeLookUpLeft=0.5, eyeLookUpRight=0.5))
    assert [right[f"v2/Eye{eye}X"] for eye in ("Left", "Right", "")] == pytest.approx([0.65] * 3)
    assert [right[f"v2/Eye{eye}Y"] for eye in ("Left", "Right", "")] == pytest.approx([0.35] * 3)


@pytest.mark.parametrize(
    ("axis", "shape", "degrees"), [("X", "eyeLookInLeft", 33), ("Y", "eyeLookUpLeft", 35)], ids=["sideways", "up"]
)
def test_unified_gaze_keeps_within_1_8_degrees_of_the_angle_the_shapes_stand_for(axis, shape, degrees):
    for part in np.linspace(0, 1, 21):
        tangent = named(UNIFIED, face(**{shape: part}))[f"v2/EyeLeft{axis}"]
        assert math.degrees(math.atan(tangent)) == pytest.approx(degrees * part, abs=1.85)


def test_one_eye_closing_does_not_move_the_other_in_unified():
    winking = named(UNIFIED, face(eyeBlinkRight=0.5, eyeSquintRight=0.5, eyeSquintLeft=0.25))
    assert (winking["v2/EyeOpenRight"], winking["v2/EyeOpenLeft"]) == (0.25, 1.0)
    assert (winking["v2/EyeSquintRight"], winking["v2/EyeSquintLeft"]) == (0.5, 0.25)
