"""VRChat with the avatar known: what it has is sent, as it has it. Judged by a plain re-implementation of the rules."""

import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver import maps
from avatar_driver.frame import REST, Frame
from avatar_driver.protocols._vrchat_bits import BASE_SHAPES, decoded
from avatar_driver.protocols.vrchat import Encoder
from avatar_driver.protocols.vrchat_avatar import Avatar, AvatarParameter, Kind, from_file
from tests.faces import face
from tests.osc_peers import parsed

PARAMETERS = "/avatar/parameters/"
CLOSED = "/tracking/eye/EyesClosedAmount"
GAZE = "/tracking/eye/LeftRightPitchYaw"


def avatar(**kinds: str) -> Avatar:
    """An avatar by its parameters; `__` stands for `/`."""
    listed = (AvatarParameter(name.replace("__", "/"), Kind(kind)) for name, kind in kinds.items())
    return Avatar("avtr_test", "test", tuple(listed))


def bits(name: str, count: int, *, negative: bool = False) -> dict[str, str]:
    made = {f"{name}{1 << i}": "Bool" for i in range(count)}
    return {**made, f"{name}Negative": "Bool"} if negative else made


class Sender:
    """An encoder of an avatar whose messages are read by python-osc, on a clock that the test moves."""

    def __init__(self, worn: Avatar, *names: str, **settings: Any) -> None:
        self.names = names
        self.encoder = Encoder(names, avatar=worn, **{"native_eyes": False, **settings})
        self.now = 1000.0

    def send(self, *values: float, tracked: bool = True, shapes: np.ndarray = REST) -> dict[str, Any]:
        frame = Frame(0.0, shapes.copy(), tracked=tracked)
        packets = self.encoder.packets(frame, np.float32(values), self.now)
        return {
            message.address.removeprefix(PARAMETERS): message.args if len(message.args) > 1 else message.args[0]
            for packet in packets
            for message in parsed(packet)
        }


# --- bits -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "000"),
        (0.124, "000"),
        (0.125, "001"),
        (0.3, "010"),
        (0.5, "100"),
        (0.75, "110"),
        (0.874, "110"),
        (0.875, "111"),
        (1, "111"),
        (-0.5, "100"),
    ],
)
def test_the_truth_table_of_three_bits(value: float, expected: str) -> None:
    """The bits 4, 2, 1 by VRCFaceTracking's rule; a negative value needs the sign, without it nothing is set."""
    signed = Sender(avatar(**bits("v2__JawX", 3, negative=True)), "v2/JawX").send(value)
    unsigned = Sender(avatar(**bits("v2__JawX", 3)), "v2/JawX").send(value)

    assert "".join(str(int(signed[f"v2/JawX{bit}"])) for bit in (4, 2, 1)) == expected
    assert signed["v2/JawXNegative"] is (value < 0)
    assert "".join(str(int(unsigned[f"v2/JawX{bit}"])) for bit in (4, 2, 1)) == ("000" if value < 0 else expected)


def plainly(value: float, powers: list[int], *, signed: bool) -> dict[str, bool]:
    """The rule as a sentence says it, without arrays."""
    (limit,) = struct.unpack("f", struct.pack("f", 0.99999))
    count = len(powers)
    found = {}
    for power in powers:
        position = 0
        while 2**position < power:
            position += 1
        if value < 0 and not signed:
            found[str(power)] = False
        elif abs(value) > limit:
            found[str(power)] = True
        else:
            found[str(power)] = int(abs(value) * 2**count) // 2**position % 2 == 1
    return {**found, "Negative": value < 0} if signed else found


@given(
    st.lists(st.floats(-1, 1, width=32) | st.sampled_from([0.99999, 0.999995, -0.99999, 1.0]), min_size=3, max_size=3),
    st.lists(
        st.tuples(st.sets(st.sampled_from([2**i for i in range(8)]), min_size=1), st.booleans()), min_size=3, max_size=3
    ),
)
def test_any_value_in_any_bits_is_as_the_plain_rule_has_it(
    values: list[float], shapes: list[tuple[set[int], bool]]
) -> None:
    """Also where an avatar lacks a bit in the middle: N is how many there are, and a bit keeps its own place."""
    kinds = {}
    for name, (powers, negative) in zip("ABC", shapes, strict=True):
        kinds |= {f"FT__v2__{name}{power}": "Bool" for power in powers}
        kinds |= {f"FT__v2__{name}Negative": "Bool"} if negative else {}

    heard = Sender(avatar(**kinds), "v2/A", "v2/B", "v2/C").send(*values)

    expected = {}
    for name, value, (powers, negative) in zip("ABC", np.float32(values).tolist(), shapes, strict=True):
        for end, state in plainly(value, sorted(powers), signed=negative).items():
            expected[f"FT/v2/{name}{end}"] = state
    assert heard == expected


def test_numbers_that_are_no_power_of_two_are_not_bits() -> None:
    worn = avatar(**bits("v2__JawX", 2), v2__JawX3="Bool", v2__JawX12="Bool", v2__JawX01="Bool", v2__JawX0="Bool")

    assert Sender(worn, "v2/JawX").send(1.0) == {"v2/JawX1": True, "v2/JawX2": True}


def test_bits_of_another_type_are_not_bits() -> None:
    worn = avatar(v2__JawX1="Bool", v2__JawX2="Float", v2__JawX4="Int")

    assert Sender(worn, "v2/JawX").send(0.5) == {"v2/JawX1": True}


def test_bits_are_all_sent_with_a_new_avatar_and_then_only_those_that_change() -> None:
    worn = avatar(**bits("v2__JawX", 3, negative=True))
    sender = Sender(worn, "v2/JawX", refresh_seconds=1e9)

    assert len(sender.send(0.5)) == 4
    assert sender.send(0.55) == {}
    assert sender.send(0.63) == {"v2/JawX1": True}
    assert sender.send(-0.63) == {"v2/JawXNegative": True}
    sender.encoder.refresh()
    assert len(sender.send(-0.63)) == 4


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=30))
def test_what_the_avatar_has_heard_of_bits_is_always_the_last_value(values: list[float]) -> None:
    sender = Sender(avatar(**bits("v2__JawX", 4, negative=True)), "v2/JawX", refresh_seconds=1e9)
    heard: dict[str, Any] = {}
    for value in values:
        heard |= sender.send(value)
        expected = plainly(float(np.float32(value)), [1, 2, 4, 8], signed=True)
        assert heard == {f"v2/JawX{end}": state for end, state in expected.items()}


def test_bits_decode_to_the_share_of_the_highest_number() -> None:
    """As avatars do it: half in three bits is four sevenths."""
    values = np.float32([0, 0.124, 0.5, 1, -0.5])

    assert decoded(values, 3, signed=True).tolist() == pytest.approx([0, 0, 4 / 7, 1, -4 / 7])
    assert decoded(values, 3, signed=False).tolist() == pytest.approx([0, 0, 4 / 7, 1, 0])
    assert decoded(np.float32([-0.01]), 3, signed=True).tolist() == [0]


# --- names and types --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "ours", "same"),
    [
        ("v2/JawOpen", "v2/JawOpen", True),
        ("FT/v2/JawOpen", "v2/JawOpen", True),
        ("My Face/FT/v2/JawOpen", "v2/JawOpen", True),
        ("FTv2/JawOpen", "v2/JawOpen", False),
        ("v2/JawOpen/Left", "v2/JawOpen", False),
        ("v2/jawopen", "v2/JawOpen", False),
        ("JawOpen", "v2/JawOpen", False),
        ("FT/v2/JawOpen", "JawOpen", False),
        ("v2/JawOpen", "JawOpen", False),
        ("FT/JawOpen", "JawOpen", True),
        ("v3/JawOpen", "v2/JawOpen", False),
        ("FT/v2/Head/Yaw", "v2/Head/Yaw", True),
    ],
)
def test_a_parameter_is_the_avatars_when_its_name_ends_so_after_any_prefix_but_no_other_version(
    own: str, ours: str, same: bool
) -> None:
    worn = Avatar("avtr_test", "", (AvatarParameter(own, Kind.FLOAT),))

    assert Sender(worn, ours).send(0.5) == ({own: 0.5} if same else {})


def test_bits_keep_their_prefix_and_their_version() -> None:
    worn = avatar(**bits("FT__v2__JawX", 2, negative=True), **bits("JawX", 1))

    heard = Sender(worn, "v2/JawX", "JawX").send(-1.0, 1.0)

    assert heard == {"FT/v2/JawX1": True, "FT/v2/JawX2": True, "FT/v2/JawXNegative": True, "JawX1": True}


def test_two_prefixes_are_two_parameters_each_with_its_own_bits() -> None:
    worn = avatar(**bits("A__v2__JawX", 1), **bits("B__v2__JawX", 3))

    heard = Sender(worn, "v2/JawX").send(0.3)

    assert heard == {"A/v2/JawX1": False, "B/v2/JawX1": False, "B/v2/JawX2": True, "B/v2/JawX4": False}


def test_an_integer_of_the_same_name_is_left_alone() -> None:
    assert Sender(avatar(v2__JawOpen="Int"), "v2/JawOpen").send(1.0) == {}


def test_a_bool_of_the_same_name_follows_vrcfacetrackings_threshold() -> None:
    """True while the value is below it: never for a base shape, below a half for what is computed."""
    worn = avatar(v2__JawOpen="Bool", v2__EyeOpenLeft="Bool", v2__SmileFrown="Bool", MyMouth="Bool")
    sender = Sender(worn, "v2/JawOpen", "v2/EyeOpenLeft", "v2/SmileFrown", "MyMouth")

    assert list(sender.send(0, 0, 0, 0).values()) == [False, True, True, False]
    assert sender.send(0.49, 0.49, -0.6, 0.49) == {}
    assert sender.send(1, 0.5, 0.6, 0.5) == {"v2/EyeOpenLeft": False, "v2/SmileFrown": False, "MyMouth": True}


def test_there_are_88_base_shapes_and_unified_knows_the_rest_as_computed() -> None:
    assert len(BASE_SHAPES) == 88
    names = set(maps.load("unified").names)
    assert {"v2/EyeSquintLeft", "v2/JawForward", "v2/TongueOut", "v2/MouthRaiserUpper", "v2/JawLeft"} <= BASE_SHAPES
    assert not BASE_SHAPES & {"v2/EyeOpen", "v2/JawX", "v2/MouthSmileLeft", "v2/BrowUp", "v2/LipFunnel"}
    assert len(BASE_SHAPES & names) == 60


def test_flags_go_only_where_the_avatar_has_them() -> None:
    worn = avatar(EyeTrackingActive="Bool", FT__LipTrackingActive="Bool", ExpressionTrackingActive="Float")
    sender = Sender(worn)

    assert sender.send() == {"EyeTrackingActive": True, "FT/LipTrackingActive": True}
    assert sender.send(tracked=False) == {"EyeTrackingActive": False, "FT/LipTrackingActive": False}


def test_only_chosen_parameters_go_out() -> None:
    worn = avatar(v2__JawOpen="Float", **bits("v2__JawX", 1), v2__MouthClosed="Bool")
    names = ("v2/JawOpen", "v2/JawX", "v2/MouthClosed")

    assert Sender(worn, *names, chosen=["v2/JawX"]).send(1, 1, 1) == {"v2/JawX1": True}
    assert Sender(worn, *names, chosen=[]).send(1, 1, 1) == {}


def test_a_prefix_is_not_put_before_what_the_avatar_has() -> None:
    assert Sender(avatar(FT__v2__JawOpen="Float"), "v2/JawOpen", prefix="FT/").send(1) == {"FT/v2/JawOpen": 1}


# --- VRChat's own eyes ------------------------------------------------------------------------------------------------

EYES = ("v2/EyeLeftX", "v2/EyeY", "v2/EyeLid", "v2/EyeOpenLeft", "v2/EyeClosed", "v2/EyeSquintLeft", "v2/JawX")


@pytest.mark.parametrize(
    ("has", "gaze", "lids"),
    [
        ({}, True, True),
        ({"v2__JawX": "Float"}, True, True),
        ({"v2__EyeSquintLeft": "Float"}, True, True),
        ({"FT__v2__EyeLeftX": "Float"}, False, True),
        ({"v2__EyeY1": "Bool"}, False, True),
        ({"v2__EyeLid": "Float"}, True, False),
        ({"v2__EyeOpenLeft": "Bool"}, True, False),
        ({"v2__EyeClosed2": "Bool"}, True, False),
        ({"v2__EyeLeftX": "Int"}, True, True),
        ({"EyeLidColour": "Float"}, True, True),
        ({"v2__EyeY": "Float", "v2__EyeLid": "Float"}, False, False),
    ],
)
def test_native_eyes_are_driven_only_where_the_avatar_has_no_eyes_of_its_own(
    has: dict[str, str], gaze: bool, lids: bool
) -> None:
    shapes = face(eyeLookInLeft=1.0, eyeBlinkLeft=1.0)

    heard = Sender(avatar(**has), *EYES, native_eyes=True).send(*[0] * len(EYES), shapes=shapes)
    never = Sender(avatar(**has), *EYES, native_eyes=False).send(*[0] * len(EYES), shapes=shapes)
    mouth_only = Sender(avatar(**has), *EYES, native_eyes=True, chosen=["v2/JawX"]).send(
        *[0] * len(EYES), shapes=shapes
    )

    assert (heard.get(GAZE), heard.get(CLOSED)) == ((0, 33, 0, 0) if gaze else None, 0.5 if lids else None)
    assert (GAZE in never, CLOSED in never) == (False, False)
    assert (GAZE in mouth_only, CLOSED in mouth_only) == (gaze, lids)


def test_lids_alone_are_compared_as_lids_and_gaze_alone_as_degrees() -> None:
    gaze = Sender(avatar(v2__EyeLid="Float"), *EYES, native_eyes=True)
    lids = Sender(avatar(v2__EyeLeftX="Float"), *EYES, native_eyes=True)
    gaze.send(*[0] * 7)
    lids.send(*[0] * 7)

    assert gaze.send(*[0] * 7, shapes=face(eyeLookInLeft=0.09 / 33)) == {}
    assert lids.send(*[0] * 7, shapes=face(eyeBlinkLeft=0.02)) == {CLOSED: pytest.approx(0.01)}


# --- a real avatar ----------------------------------------------------------------------------------------------------


def test_a_real_avatar_of_152_parameters_gets_every_one_that_a_face_can_give(captures: Path) -> None:
    worn = from_file((captures / "vrchat_avatar_unified.json").read_bytes())
    unified = maps.load("unified")
    values = unified(face(jawOpen=0.5, mouthSmileLeft=1.0, browDownRight=0.8))
    heard = Sender(worn, *unified.names, native_eyes=True).send(*values.tolist())

    by_name = dict(zip(unified.names, values.tolist(), strict=True))
    kinds = {parameter.name: parameter.kind for parameter in worn.parameters}
    expected: dict[str, Any] = {"EyeTrackingActive": True, "LipTrackingActive": True}
    for own, kind in kinds.items():
        name = own.removeprefix("FT/")
        stem = re.sub(r"(\d+|Negative)$", "", name)
        if kind is Kind.FLOAT and name in by_name:
            expected[own] = by_name[name]
        elif kind is Kind.BOOL and stem in by_name and name != own:
            powers = [power for power in (1, 2, 4, 8) if f"FT/{stem}{power}" in kinds]
            states = plainly(by_name[stem], powers, signed=f"FT/{stem}Negative" in kinds)
            expected[own] = states[name.removeprefix(stem)]
    assert heard == expected
    assert len(expected) == 117
    assert len(Sender(worn, *unified.names).send(*values.tolist(), tracked=False)) == 117


def test_an_avatar_without_face_parameters_gets_vrchats_own_eyes_and_nothing_else(captures: Path) -> None:
    worn = from_file((captures / "vrchat_avatar_example.json").read_bytes())
    unified = maps.load("unified")

    assert list(Sender(worn, *unified.names, native_eyes=True).send(*unified.neutral.tolist())) == [CLOSED, GAZE]
