"""What the maps for visemes, MetaHuman, Ready Player Me, FACS and Character Creator promise."""

import math

import numpy as np
import pytest
from hypothesis import given

from avatar_driver import maps
from avatar_driver.channels import INDEX, ROTATION, SHAPE_NAMES, Support
from avatar_driver.frame import REST, Frame
from avatar_driver.protocols.live_link_csv import COLUMNS, HEADER, CsvWriter
from avatar_driver.rotation import Euler, quaternion_from_euler, vector_from_quaternion
from tests.faces import face, named
from tests.strategies import values

VISEMES = maps.load("visemes")
METAHUMAN = maps.load("metahuman")
READY_PLAYER_ME = maps.load("ready_player_me")
FACS = maps.load("facs")
CC4 = maps.load("cc4")


def both(**shapes: float) -> dict[str, float]:
    """Shapes by name, those without a side for both sides."""
    sided = {}
    for name, value in shapes.items():
        for each in (name,) if name in INDEX else (f"{name}Left", f"{name}Right"):
            sided[each] = value
    return sided


def turned(yaw: float = 0, pitch: float = 0, roll: float = 0) -> np.ndarray:
    numbers = np.zeros(58, np.float32)
    numbers[ROTATION] = vector_from_quaternion(quaternion_from_euler(Euler(yaw, pitch, roll)))
    return numbers


# --- Visemes -------------------------------------------------------------------------------------------------------

#: Mouths as published for each viseme (KMP-FaceLink), and the class it belongs to.
MOUTHS = {
    "PP": (both(mouthClose=0.7, mouthPress=0.5, mouthPucker=0.3), {"PP"}),
    "FF": (both(mouthRollLower=0.4, mouthLowerDown=0.2, mouthUpperUp=0.15), {"FF"}),
    "TH": (both(jawOpen=0.15, mouthUpperUp=0.1, tongueOut=0.3), {"TH"}),
    "DD": (both(jawOpen=0.2, mouthClose=0.15, mouthPress=0.3), {"DD", "nn"}),
    "kk": (both(jawOpen=0.25, mouthStretch=0.2), {"kk", "E"}),
    "CH": (both(jawOpen=0.2, mouthFunnel=0.5, mouthPucker=0.3), {"CH", "RR", "ou"}),
    "SS": (both(jawOpen=0.1, mouthSmile=0.2, mouthStretch=0.3), {"SS", "ih"}),
    "nn": (both(jawOpen=0.1, mouthClose=0.3, mouthPress=0.2), {"DD", "nn"}),
    "RR": (both(jawOpen=0.15, mouthFunnel=0.4, mouthPucker=0.2), {"CH", "RR", "ou"}),
    "aa": (both(jawOpen=0.7, mouthLowerDown=0.3, mouthUpperUp=0.15), {"aa"}),
    "E": (both(jawOpen=0.35, mouthSmile=0.3, mouthStretch=0.2), {"kk", "E"}),
    "ih": (both(jawOpen=0.2, mouthSmile=0.4, mouthStretch=0.3), {"SS", "ih"}),
    "oh": (both(jawOpen=0.5, mouthFunnel=0.5, mouthPucker=0.2), {"oh"}),
    "ou": (both(jawOpen=0.25, mouthFunnel=0.6, mouthPucker=0.5), {"CH", "RR", "ou"}),
}
CLASSES = {frozenset(members) for _, members in MOUTHS.values()}


def test_the_visemes_are_those_of_vrchat_and_oculus() -> None:
    assert set(VISEMES.names) == {*MOUTHS, "sil"}
    assert len(VISEMES.names) == 15


@pytest.mark.parametrize("viseme", MOUTHS)
def test_a_published_mouth_is_most_of_all_its_own_class(viseme: str) -> None:
    mouth, own = MOUTHS[viseme]
    given = named(VISEMES, face(**mouth))
    strength = {members: sum(given[name] for name in members) for members in CLASSES}
    assert max(strength, key=strength.__getitem__) == own
    assert strength[frozenset(own)] > 0.3
    assert len({given[name] for name in own}) == 1


@pytest.mark.parametrize("silent", ["mouthSmile", "mouthFrown", "mouthDimple", "browDown", "eyeBlink"])
def test_a_mouth_that_only_shows_something_hardly_speaks(silent: str) -> None:
    assert named(VISEMES, face(**both(**{silent: 1.0})))["sil"] >= 0.8


@given(numbers=values())
def test_silence_is_what_the_visemes_leave(numbers: np.ndarray) -> None:
    given = named(VISEMES, numbers)
    silence = given.pop("sil")
    assert silence == pytest.approx(max(0.0, 1 - sum(given.values())), abs=1e-5)


# --- MetaHuman -----------------------------------------------------------------------------------------------------


@given(numbers=values())
def test_metahuman_curves_are_those_of_live_link_face(numbers: np.ndarray) -> None:
    numbers[ROTATION] *= 0.5
    cells = CsvWriter(0.0).row(Frame(0.0, numbers)).strip().split(",")[2:]
    app = dict(zip(COLUMNS, map(float, cells), strict=True))
    ours = named(METAHUMAN, numbers)
    assert set(app) - set(ours) == {"LeftEyeRoll", "RightEyeRoll"}
    for name, value in ours.items():
        assert value == pytest.approx(app[name], abs=1e-5), name
    assert HEADER.count("Eye") >= 20


# --- Ready Player Me -----------------------------------------------------------------------------------------------


def test_ready_player_me_has_arkit_and_five_more() -> None:
    assert READY_PLAYER_ME.names[:52] == SHAPE_NAMES
    assert READY_PLAYER_ME.names[52:] == ("mouthOpen", "mouthSmile", "eyesClosed", "eyesLookUp", "eyesLookDown")
    extras = named(READY_PLAYER_ME, face(eyeBlinkLeft=1, jawOpen=0.75, mouthClose=0.5, **both(eyeLookDown=0.5)))
    assert extras["eyesClosed"] == 0, "a wink is not a blink"
    assert extras["mouthOpen"] == 0.25
    assert (extras["eyesLookUp"], extras["eyesLookDown"]) == (0, 0.5)


@given(numbers=values())
def test_ready_player_me_passes_the_shapes_unchanged(numbers: np.ndarray) -> None:
    assert np.array_equal(READY_PLAYER_ME(numbers)[:52], numbers[:52])


# --- FACS ----------------------------------------------------------------------------------------------------------

HALF_RIGHT_ANGLE = math.pi / 4


@pytest.mark.parametrize(
    ("unit", "numbers"),
    [
        ("AU51", turned(yaw=HALF_RIGHT_ANGLE)),
        ("AU52", turned(yaw=-HALF_RIGHT_ANGLE)),
        ("AU53", turned(pitch=-HALF_RIGHT_ANGLE)),
        ("AU54", turned(pitch=HALF_RIGHT_ANGLE)),
        ("AU55", turned(roll=-HALF_RIGHT_ANGLE)),
        ("AU56", turned(roll=HALF_RIGHT_ANGLE)),
        ("AU57", face(headPositionZ=0.3)),
        ("AU58", face(headPositionZ=-0.3)),
        ("AU61", face(eyeLookOutLeft=1, eyeLookInRight=1)),
        ("AU62", face(eyeLookInLeft=1, eyeLookOutRight=1)),
        ("AU63", face(**both(eyeLookUp=1))),
        ("AU64", face(**both(eyeLookDown=1))),
        ("AU12_L", face(mouthSmileLeft=1)),
        ("AU4_R", face(browDownRight=1)),
        ("AU24_L", face(mouthPressLeft=1)),
        ("AU1", face(browInnerUp=1)),
        ("AU17", face(mouthShrugLower=1)),
        ("AU28", face(mouthRollLower=1, mouthRollUpper=1)),
        ("AD30_R", face(jawRight=1)),
    ],
)
def test_an_action_unit_is_its_own_movement_and_no_other(unit: str, numbers: np.ndarray) -> None:
    moved = {name: value for name, value in named(FACS, numbers).items() if value > 1e-3}
    assert moved == {unit: pytest.approx(1, abs=1e-3)}


def test_the_jaw_drops_first_and_stretches_then_and_lips_may_stay_together() -> None:
    for jaw, dropped, stretched in ((0.25, 0.5, 0), (0.5, 1, 0), (0.75, 1, 0.5), (1, 1, 1)):
        units = named(FACS, face(jawOpen=jaw))
        assert (units["AU26"], units["AU27"]) == (dropped, stretched)
    assert named(FACS, face(jawOpen=0.5))["AU25"] == 1
    assert named(FACS, face(jawOpen=0.5, mouthClose=0.5))["AU25"] == 0
    assert named(FACS, face(**both(mouthUpperUp=1)))["AU25"] == 0.5
    assert named(FACS, face(mouthRollLower=1))["AU28"] == 0.5


def test_what_mediapipe_never_sees_is_said_of_action_units_too() -> None:
    support = [Support.MEASURED] * 58
    support[INDEX["tongueOut"]] = Support.ABSENT
    known = dict(zip(FACS.names, FACS.support(support), strict=True))
    assert known["AD19"] is Support.ABSENT
    assert known["AU12_L"] is Support.MEASURED


# --- Character Creator ---------------------------------------------------------------------------------------------


def test_character_creator_names_looks_by_where_the_eye_turns() -> None:
    to_the_right = named(CC4, face(eyeLookInLeft=0.5, eyeLookOutRight=0.75))
    assert {name: value for name, value in to_the_right.items() if value} == {
        "Eye_L_Look_R": 0.5,
        "Eye_R_Look_R": 0.75,
    }


@given(numbers=values())
def test_character_creator_gets_every_shape_as_it_is(numbers: np.ndarray) -> None:
    assert np.isin(CC4(numbers), numbers[:52]).all()
    assert {channel for used in CC4.channels for channel in used} == set(range(52))
    given = named(CC4, numbers)
    for ours, theirs in (
        ("browInnerUp", "Brow_Raise_Inner_L"),
        ("browInnerUp", "Brow_Raise_Inner_R"),
        ("cheekPuff", "Cheek_Puff_R"),
        ("browDownLeft", "Brow_Drop_L"),
        ("mouthLowerDownRight", "Mouth_Down_Lower_R"),
        ("mouthUpperUpLeft", "Mouth_Up_Upper_L"),
        ("cheekSquintLeft", "Cheek_Raise_L"),
        ("mouthRollUpper", "Mouth_Roll_In_Upper"),
        ("eyeLookUpRight", "Eye_R_Look_Up"),
        ("mouthLeft", "Mouth_L"),
    ):
        assert given[theirs] == numbers[INDEX[ours]]


def test_all_of_them_rest_when_the_face_does() -> None:
    for loaded in (METAHUMAN, READY_PLAYER_ME, FACS, CC4):
        assert not loaded(REST).any()
