"""What holds for every map that ships, and what each of them promises beyond that."""

import functools
import json
import math
import re

import numpy as np
import pytest
from hypothesis import given

from avatar_driver import document, maps, resources
from avatar_driver.channels import CHANNELS, INDEX, MIRRORED, NEGATED_BY_MIRROR, SHAPE_NAMES
from avatar_driver.frame import REST
from avatar_driver.retarget import RetargetMap
from avatar_driver.rotation import Euler, quaternion_from_euler, vector_from_quaternion
from tests.strategies import values

EVERY = pytest.mark.parametrize("name", maps.names())
load = functools.cache(maps.load)

#: + to one side by name, so a mirror changes the sign.
SIDEWAYS = re.compile(r"(X|/Yaw|/Roll)$")
OTHER_SIDE = {"Left": "Right", "Right": "Left", "_L": "_R", "_R": "_L"}
SIDE = re.compile(r"Left|Right|_[LR]$")


def face(**channels: float) -> np.ndarray:
    numbers = np.zeros(len(CHANNELS), np.float32)
    for name, number in channels.items():
        numbers[INDEX[name]] = number
    return numbers


def named(loaded: RetargetMap, numbers: np.ndarray) -> dict[str, float]:
    return dict(zip(loaded.names, loaded(numbers).tolist(), strict=True))


def mirrored_name(name: str) -> str:
    return SIDE.sub(lambda side: OTHER_SIDE[side[0]], name)


def mirrored(numbers: np.ndarray) -> np.ndarray:
    other = numbers[list(MIRRORED)]
    other[list(NEGATED_BY_MIRROR)] *= -1
    return other


def side_of(name: str) -> str:
    found = SIDE.search(name)
    return found[0].strip("_")[0] if found else ""


def test_the_maps_that_every_profile_may_name_are_there():
    assert {"arkit", "perfect_sync", "unified", "vrm0", "vrm1"} <= set(maps.names())


@EVERY
def test_a_map_says_what_it_is_for(name):
    loaded = load(name)
    assert loaded.target
    assert loaded.description
    assert all(used for used in loaded.channels), "a parameter that depends on nothing is invented"


@EVERY
def test_no_two_parameters_share_a_name_even_for_receivers_that_ignore_case(name):
    loaded = load(name)
    folded = [name.casefold() for name in loaded.names]
    assert len(set(folded)) == len(folded)


@EVERY
def test_a_face_at_rest_gives_the_declared_neutral_and_the_declared_neutral_is_within_limits(name):
    loaded = load(name)
    text = (resources.folder("blendshape_maps") / f"{name}.yaml").read_text(encoding="utf-8")
    declared = document.parse(text, name).content.get("neutral", {})
    expected = [declared.get(parameter, 0.0) for parameter in loaded.names]
    assert loaded(REST).tolist() == expected
    assert ((loaded.low <= loaded.neutral) & (loaded.neutral <= loaded.high)).all()


@EVERY
@given(numbers=values())
def test_any_face_gives_finite_parameters_within_limits(name, numbers):
    loaded = load(name)
    parameters = loaded(numbers)
    assert parameters.shape == (len(loaded.names),)
    assert parameters.dtype == np.float32
    assert np.isfinite(parameters).all()
    assert (parameters >= loaded.low).all()
    assert (parameters <= loaded.high).all()


@EVERY
@given(numbers=values())
def test_a_mirrored_face_gives_mirrored_parameters(name, numbers):
    loaded = load(name)
    straight, other = named(loaded, numbers), named(loaded, mirrored(numbers))
    for name, value in straight.items():
        sign = -1 if SIDEWAYS.search(name) else 1
        assert other[mirrored_name(name)] == pytest.approx(sign * value, abs=1e-5), name


@EVERY
def test_one_side_of_the_face_moves_only_that_side_of_the_avatar(name):
    loaded = load(name)
    # Gaze is left out: an eye that looks in or out moves both ways; see the tests on gaze below.
    for channel in SHAPE_NAMES:
        if side_of(channel) and not channel.startswith("eyeLook"):
            moved = named(loaded, face(**{channel: 1.0}))
            rest = dict(zip(loaded.names, loaded.neutral.tolist(), strict=True))
            wrong = [n for n in moved if side_of(n) not in ("", side_of(channel)) and moved[n] != rest[n]]
            assert not wrong, f"{channel} moves {wrong}"


@EVERY
def test_every_shape_the_map_uses_moves_the_avatar_when_it_moves(name):
    loaded = load(name)
    # Some shapes only correct another (mouthClose, eyeSquint), some only act when another rests (mouthRollUpper).
    starts = (REST, face(**{**dict.fromkeys(SHAPE_NAMES, 0.25), "jawOpen": 0.5}))
    for index in set().union(*loaded.channels):
        step = np.eye(len(CHANNELS), dtype=np.float32)[index] / 4
        assert any((loaded(start + step) != loaded(start)).any() for start in starts), CHANNELS[index]


@given(numbers=values())
def test_arkit_and_perfect_sync_pass_the_52_shapes_unchanged(numbers):
    for name, spelled in (("arkit", str), ("perfect_sync", lambda shape: shape[0].upper() + shape[1:])):
        assert load(name).names == tuple(spelled(shape) for shape in SHAPE_NAMES)
        assert np.array_equal(load(name)(numbers), numbers[:52])


# --- VRM ---------------------------------------------------------------------------------------------------------

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
    assert tuple(VRM1_TO_VRM0[name] for name in load("vrm1").names) == load("vrm0").names
    assert np.array_equal(load("vrm0")(numbers), load("vrm1")(numbers))


def test_emotions_are_off_in_vrm_maps():
    emotions = {"happy", "angry", "sad", "relaxed", "surprised", "joy", "sorrow", "fun", "neutral"}
    for name in ("vrm0", "vrm1"):
        assert not emotions & {parameter.casefold() for parameter in load(name).names}


@given(numbers=values())
def test_vrm_vowels_share_one_mouth(numbers):
    assert load("vrm1").names[:5] == ("aa", "ih", "ou", "ee", "oh")
    assert load("vrm1")(numbers)[:5].sum() <= 1 + 1e-6


@given(numbers=values())
def test_vrm_blinks_add_up_to_each_lids_own_closure(numbers):
    vrm = named(load("vrm1"), numbers)
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
    parameters = dict(list(named(load("vrm1"), face(**mouth)).items())[:5])
    assert max(parameters, key=parameters.__getitem__) == vowel
    assert parameters[vowel] > 0.4


def test_lips_that_stay_closed_over_an_open_jaw_speak_no_vowel():
    assert load("vrm1")(face(jawOpen=0.6, mouthClose=0.6))[:5].tolist() == [0.0] * 5


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
    looks = {name: value for name, value in named(load("vrm1"), face(**eyes)).items() if name.startswith("look")}
    assert looks == {**dict.fromkeys(looks, 0.0), look: 0.5}


# --- Unified Expressions -----------------------------------------------------------------------------------------

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
    assert set(load("unified").names) == {f"v2/{name}" for name in (BASE | SIMPLIFIED | COMBINED | HEAD) - UNSEEN}


def test_unified_uses_everything_a_face_has():
    assert set().union(*load("unified").channels) == set(range(len(CHANNELS)))


def test_unified_serves_every_face_parameter_of_a_real_avatar_but_the_unseen(captures):
    avatar = json.loads((captures / "vrchat_avatar_unified.json").read_text(encoding="utf-8-sig"))
    wanted = {
        parameter["name"].removeprefix("FT/")
        for parameter in avatar["parameters"]
        if parameter["name"].startswith("FT/v2/") and parameter["input"]["type"] == "Float"
    }
    assert len(wanted) > 30
    missing = wanted - set(load("unified").names)
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


@pytest.mark.parametrize("name", ["arkit", "perfect_sync", "unified", "vrm0", "vrm1"])
def test_limits_are_0_to_1_and_minus_1_to_1_where_a_unified_parameter_has_two_ends(name):
    loaded = load(name)
    for parameter, low, high in zip(loaded.names, loaded.low.tolist(), loaded.high.tolist(), strict=True):
        two_ends = name == "unified" and re.search(f"({TWO_ENDS.pattern})$", parameter)
        assert (low, high) == ((-1.0, 1.0) if two_ends else (0.0, 1.0)), parameter


@given(numbers=values())
def test_unified_gives_what_the_formulas_of_vrcft_give(numbers):
    arkit = dict(zip(CHANNELS, numbers.tolist(), strict=True))
    base = unified_shapes(arkit)
    simple = simplified(base)
    expected = {**base, **simple, **combined(base, simple), **eyes(arkit)}
    given_by_map = named(load("unified"), numbers)
    for name in set(load("unified").names) - {f"v2/{name}" for name in HEAD}:
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
    head = named(load("unified"), face(**dict(zip(CHANNELS[55:], vector, strict=True))))
    assert [head[f"v2/Head/{angle}"] for angle in ("Yaw", "Pitch", "Roll")] == pytest.approx(expected, abs=1e-6)


def test_unified_moves_the_head_1_per_half_metre_to_the_right_up_and_forward():
    head = named(load("unified"), face(headPositionX=-0.25, headPositionY=0.125, headPositionZ=0.75))
    assert [head[f"v2/Head/Pos{axis}"] for axis in "XYZ"] == [0.5, 0.25, 1.0]


def test_unified_gaze_is_positive_to_the_right_and_up():
    right = named(load("unified"), face(eyeLookInLeft=1.0, eyeLookOutRight=1.0, eyeLookUpLeft=0.5, eyeLookUpRight=0.5))
    assert [right[f"v2/Eye{eye}X"] for eye in ("Left", "Right", "")] == pytest.approx([0.65] * 3)
    assert [right[f"v2/Eye{eye}Y"] for eye in ("Left", "Right", "")] == pytest.approx([0.35] * 3)


@pytest.mark.parametrize(
    ("axis", "shape", "degrees"), [("X", "eyeLookInLeft", 33), ("Y", "eyeLookUpLeft", 35)], ids=["sideways", "up"]
)
def test_unified_gaze_keeps_within_1_8_degrees_of_the_angle_the_shapes_stand_for(axis, shape, degrees):
    for part in np.linspace(0, 1, 21):
        tangent = named(load("unified"), face(**{shape: part}))[f"v2/EyeLeft{axis}"]
        assert math.degrees(math.atan(tangent)) == pytest.approx(degrees * part, abs=1.85)


def test_one_eye_closing_does_not_move_the_other_in_unified():
    winking = named(load("unified"), face(eyeBlinkRight=0.5, eyeSquintRight=0.5, eyeSquintLeft=0.25))
    assert (winking["v2/EyeOpenRight"], winking["v2/EyeOpenLeft"]) == (0.25, 1.0)
    assert (winking["v2/EyeSquintRight"], winking["v2/EyeSquintLeft"]) == (0.5, 0.25)
