"""VMC: golden frames, signs, complete sets with Apply last; and received packets back into faces."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.channels import CHANNELS, INDEX, ROTATION, SHAPE_NAMES
from avatar_driver.errors import DecodeError
from avatar_driver.frame import REST, Frame
from avatar_driver.protocols.osc import DATAGRAM_BYTES, Message, encode
from avatar_driver.protocols.vmc import Assembler, Encoder, Face
from avatar_driver.rotation import Euler, Quaternion, quaternion_from_euler, vector_from_quaternion
from tests.osc_peers import bundled, golden, parsed
from tests.strategies import frames

PASCAL = tuple(name[0].upper() + name[1:] for name in SHAPE_NAMES)
GOLDEN = {name: (packet, means) for name, packet, means in golden("vmc")}

single = st.floats(0, 1, width=32)


def turned(*, left: float = 0.0, down: float = 0.0, to_right: float = 0.0, **channels: float) -> np.ndarray:
    """A face whose head is turned by these degrees."""
    values = np.zeros(len(CHANNELS), np.float32)
    angles = Euler(yaw=math.radians(left), pitch=math.radians(down), roll=math.radians(to_right))
    values[ROTATION] = vector_from_quaternion(quaternion_from_euler(angles))
    for name, value in channels.items():
        values[INDEX[name]] = value
    return values


def sent(encoder: Encoder, frame: Frame, *weights: float) -> list[Message]:
    return [message for packet in encoder.packets(frame, np.float32(weights)) for message in parsed(packet)]


def bone(messages: list[Message], name: str) -> list[float]:
    (args,) = [args for address, args in messages if address == "/VMC/Ext/Bone/Pos" and args[0] == name]
    return [float(number) for number in args[1:]]


def close(*numbers: float) -> Any:
    return pytest.approx(numbers, abs=2e-6)


# --- sending ----------------------------------------------------------------------------------------------------------


def test_a_whole_frame_is_the_golden_one() -> None:
    """Status, time since the first frame, head turned 30 degrees to the right, two weights, Apply."""
    encoder = Encoder(["JawOpen", "MouthSmileLeft"])
    encoder.packets(Frame(100.0, REST), np.float32([0, 0]))

    packets = encoder.packets(Frame(101.5, turned(left=-30)), np.float32([0.25, 0.75]))

    assert packets == [GOLDEN["whole frame: status, time, head, two weights, apply"][0]]
    assert GOLDEN["head turned 30 degrees to the right"][0] in packets[0]


@given(frames(), st.lists(single, min_size=52, max_size=52), st.booleans(), st.booleans(), st.booleans())
def test_a_frame_is_byte_for_byte_what_python_osc_builds(
    frame: Frame, weights: list[float], head: bool, eyes: bool, moving: bool
) -> None:
    """Also when the packets before had other values: nothing of an older frame stays."""
    encoder = Encoder(PASCAL, head=head, eyes=eyes, head_position=moving)
    encoder.packets(Frame(frame.time, 1 - np.abs(frame.values), tracked=not frame.tracked), 1 - np.float32(weights))

    packets = encoder.packets(frame, np.float32(weights))

    messages = [message for packet in packets for message in parsed(packet)]
    names = ["Head"] * head + ["LeftEye", "RightEye"] * eyes
    assert [message.address for message in messages] == [
        "/VMC/Ext/OK",
        "/VMC/Ext/T",
        *["/VMC/Ext/Bone/Pos"] * len(names),
        *["/VMC/Ext/Blend/Val"] * 52,
        "/VMC/Ext/Blend/Apply",
    ]
    assert messages[0].args == (1, 3, 0, int(frame.tracked))
    assert [message.args[0] for message in messages[2 : 2 + len(names)]] == names
    assert [message.args for message in messages[-53:-1]] == list(zip(PASCAL, weights, strict=True))
    assert b"".join(packets) == b"".join(bundled(parsed(packet)) for packet in packets)


def test_perfect_sync_takes_two_packets_that_no_network_fragments_with_apply_at_the_very_end() -> None:
    packets = Encoder(PASCAL).packets(Frame(0.0, REST), np.zeros(52, np.float32))

    assert [len(packet) <= DATAGRAM_BYTES for packet in packets] == [True, True]
    assert [message.address for packet in packets for message in parsed(packet)].count("/VMC/Ext/Blend/Apply") == 1
    assert parsed(packets[-1])[-1] == Message("/VMC/Ext/Blend/Apply")


def test_a_frame_without_a_face_still_carries_the_whole_set_and_says_that_tracking_is_bad() -> None:
    encoder = Encoder(["A", "I"])

    messages = sent(encoder, Frame(0.0, REST, tracked=False), 0.5, 0.25)

    assert messages[0] == Message("/VMC/Ext/OK", (1, 3, 0, 0))
    assert messages[-3:] == [
        Message("/VMC/Ext/Blend/Val", ("A", 0.5)),
        Message("/VMC/Ext/Blend/Val", ("I", 0.25)),
        Message("/VMC/Ext/Blend/Apply"),
    ]


@pytest.mark.parametrize(
    ("left", "down", "to_right", "quaternion"),
    [
        (30, 0, 0, (0, -0.258819, 0, 0.965926)),
        (0, 20, 0, (0.173648, 0, 0, 0.984808)),
        (0, 0, 10, (0, 0, -0.087156, 0.996195)),
        (30, 10, 5, (0.095352, -0.253917, -0.019437, 0.962318)),
    ],
)
def test_the_head_turns_as_unity_counts(left: float, down: float, to_right: float, quaternion: Any) -> None:
    """Reference vectors: Unity's yaw is + to the right, pitch + down, roll + to the left."""
    face = turned(left=left, down=down, to_right=to_right)

    assert bone(sent(Encoder([]), Frame(0.0, face)), "Head") == close(0, 0, 0, *quaternion)


def test_the_head_stays_where_it_rests_unless_movement_is_asked_for() -> None:
    face = turned(headPositionX=0.1, headPositionY=0.2, headPositionZ=0.3)

    still = sent(Encoder([], head_offset=(0.0, 0.08, 0.01)), Frame(0.0, face))
    moving = sent(Encoder([], head_offset=(0.0, 0.08, 0.01), head_position=True), Frame(0.0, face))

    assert bone(still, "Head")[:3] == close(0, 0.08, 0.01)
    # The subject's left is Unity's −x.
    assert bone(moving, "Head")[:3] == close(-0.1, 0.28, 0.31)


def test_both_eyes_turn_to_the_side_and_height_the_subject_looks_to() -> None:
    half = math.radians(33 / 2)
    encoder = Encoder([], eyes=True)

    right = sent(encoder, Frame(0.0, turned(eyeLookInLeft=1, eyeLookOutRight=1)))
    left = sent(encoder, Frame(1.0, turned(eyeLookOutLeft=1, eyeLookInRight=1)))
    down = sent(encoder, Frame(2.0, turned(eyeLookDownLeft=1, eyeLookDownRight=1)))
    up = sent(encoder, Frame(3.0, turned(eyeLookUpLeft=1, eyeLookUpRight=1)))

    for eye in ("LeftEye", "RightEye"):
        assert bone(right, eye) == close(0, 0, 0, 0, math.sin(half), 0, math.cos(half))
        assert bone(left, eye) == close(0, 0, 0, 0, -math.sin(half), 0, math.cos(half))
        assert bone(down, eye)[3] == pytest.approx(math.sin(math.radians(35 / 2)))
        assert bone(up, eye)[3] == pytest.approx(-math.sin(math.radians(35 / 2)))


def test_each_eye_turns_by_its_own_shapes_and_by_the_angles_asked_for() -> None:
    encoder = Encoder([], eyes=True, eye_yaw_degrees=-20, eye_pitch_degrees=10)

    messages = sent(encoder, Frame(0.0, turned(eyeLookInLeft=0.5, eyeLookDownRight=1)))

    assert bone(messages, "LeftEye")[3:] == close(0, -math.sin(math.radians(5)), 0, math.cos(math.radians(5)))
    assert bone(messages, "RightEye")[3:] == close(math.sin(math.radians(5)), 0, 0, math.cos(math.radians(5)))


def test_time_counts_from_the_first_frame_and_starts_anew_when_it_jumps_back() -> None:
    """A computer's clock after a month, as a single-precision number, would have steps of a quarter second."""
    encoder = Encoder([])

    times = [sent(encoder, Frame(time, REST))[1].args[0] for time in (3e6, 3e6 + 0.125, 3e6 + 10, 5.0, 5.5)]

    assert times == [0.0, 0.125, 10.0, 0.0, 0.5]


@pytest.mark.parametrize(
    ("case", "names"),
    [
        ("map", ["jawOpen", "MouthLeft", "aa", "Blink_L"]),
        ("pascal", ["JawOpen", "MouthLeft", "aa", "Blink_L"]),
        ("camel", ["jawOpen", "mouthLeft", "aa", "Blink_L"]),
        ("both", ["JawOpen", "jawOpen", "MouthLeft", "mouthLeft", "aa", "Blink_L"]),
    ],
)
def test_only_arkits_names_change_their_case(case: Any, names: list[str]) -> None:
    encoder = Encoder(["jawOpen", "MouthLeft", "aa", "Blink_L"], case=case)
    weights = {"jawopen": 0.125, "mouthleft": 0.25, "aa": 0.5, "blink_l": 0.75}

    messages = sent(encoder, Frame(0.0, REST), *weights.values())

    assert [message.args for message in messages[3:-1]] == [(name, weights[name.lower()]) for name in names]


def test_a_name_that_cannot_be_sent_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="NUL"):
        Encoder(["a\0b"])


# --- receiving --------------------------------------------------------------------------------------------------------


def val(name: str, weight: float) -> Message:
    return Message("/VMC/Ext/Blend/Val", (name, weight))


APPLY = Message("/VMC/Ext/Blend/Apply")


def test_the_golden_frame_is_received() -> None:
    (face,) = Assembler().faces(GOLDEN["whole frame: status, time, head, two weights, apply"][0])

    assert face.weights == {"JawOpen": 0.25, "MouthSmileLeft": 0.75}
    assert face.tracked
    assert face.time == 1.5
    assert face.bones["Head"].position == (0, 0, 0)
    assert face.bones["Head"].rotation == close(0, 0.258819, 0, 0.965926)


@given(frames(), st.lists(single, min_size=52, max_size=52))
def test_what_was_sent_is_received(frame: Frame, weights: list[float]) -> None:
    assembler = Assembler()
    packets = Encoder(PASCAL, eyes=True).packets(frame, np.float32(weights))

    faces = [face for packet in packets for face in assembler.faces(packet)]

    assert len(faces) == 1
    assert faces[0].weights == dict(zip(PASCAL, weights, strict=True))
    assert faces[0].tracked == frame.tracked
    assert set(faces[0].bones) == {"Head", "LeftEye", "RightEye"}
    assert all(math.hypot(*bone.rotation) == pytest.approx(1) for bone in faces[0].bones.values())


def test_weights_count_from_apply_on_and_replace_all_that_were_before() -> None:
    assembler = Assembler()

    assert assembler.faces(bundled([val("A", 0.5), val("I", 0.25)])) == []
    (first,) = assembler.faces(encode(APPLY))
    (second,) = assembler.faces(bundled([val("I", 1.0), APPLY]))

    assert first.weights == {"A": 0.5, "I": 0.25}
    assert second.weights == {"I": 1.0}
    assert first.weights == {"A": 0.5, "I": 0.25}


def test_a_packet_may_hold_several_applies() -> None:
    faces = Assembler().faces(bundled([val("A", 0.5), APPLY, val("A", 0.75), APPLY]))

    assert [face.weights for face in faces] == [{"A": 0.5}, {"A": 0.75}]


def test_surplus_arguments_and_unknown_addresses_are_ignored() -> None:
    (face,) = Assembler().faces(
        bundled(
            [
                Message("/VMC/Ext/Light", ("sun", 1.0)),
                Message("/VMC/Ext/Blend/Val", ("A", 0.5, "more", 1)),
                Message("/VMC/Ext/Bone/Pos", ("Head", 1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 1.0, 9.0)),
                Message("/VMC/Ext/Blend/Apply", (1,)),
            ]
        )
    )

    assert face.weights == {"A": 0.5}
    assert face.bones["Head"].position == (1, 2, 3)


@pytest.mark.parametrize(
    "void",
    [
        Message("/VMC/Ext/Blend/Val", ("A",)),
        Message("/VMC/Ext/Blend/Val", ("A", 1)),
        Message("/VMC/Ext/Blend/Val", (0.5, "A")),
        Message("/VMC/Ext/Blend/Val", ("A", True)),
        Message("/VMC/Ext/Blend/Val", ("A" * 300, 0.5)),
        Message("/VMC/Ext/Bone/Pos", ("Head", 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)),
        Message("/VMC/Ext/Bone/Pos", ("Head", 0, 0, 0, 0, 0, 0, 1)),
        Message("/VMC/Ext/Bone/Pos", ("Head", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
        Message("/VMC/Ext/T", (1,)),
        Message("/VMC/Ext/T"),
        Message("/VMC/Ext/OK", (False,)),
        Message("/VMC/Ext/OK"),
    ],
)
def test_too_few_or_wrong_arguments_make_a_message_void(void: Message) -> None:
    (face,) = Assembler().faces(bundled([void, APPLY]))

    assert face == Face()


@pytest.mark.parametrize(
    ("state", "tracked"),
    [
        ((1,), True),
        ((0,), False),
        ((1, 3, 0), True),
        ((1, 3, 0, 1), True),
        ((1, 3, 0, 0), False),
        ((0, 3, 0, 1), False),
    ],
)
def test_every_age_of_the_status_message_is_understood(state: tuple[int, ...], tracked: bool) -> None:
    (face,) = Assembler().faces(bundled([Message("/VMC/Ext/OK", state), APPLY]))

    assert face.tracked is tracked


def test_weights_are_kept_within_their_range_and_rotations_normalised() -> None:
    (face,) = Assembler().faces(
        bundled(
            [
                val("A", 7.0),
                val("I", -1.0),
                Message("/VMC/Ext/Bone/Pos", ("Head", 0.0, 0.0, 0.0, 0.0, 3.0, 0.0, 4.0)),
                APPLY,
            ]
        )
    )

    assert face.weights == {"A": 1.0, "I": 0.0}
    assert face.bones["Head"].rotation == Quaternion(0.0, 0.6, 0.0, 0.8)


def test_a_sender_that_never_applies_cannot_fill_the_memory() -> None:
    assembler = Assembler()
    for start in range(0, 5000, 500):
        assembler.faces(bundled(val(f"name {start + i}", 0.5) for i in range(500)))
        pose = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
        assembler.faces(bundled(Message("/VMC/Ext/Bone/Pos", (f"bone {start + i}", *pose)) for i in range(500)))

    (face,) = assembler.faces(bundled([val("name 0", 0.75), APPLY]))

    assert len(face.weights) == len(face.bones) == 1024
    assert face.weights["name 0"] == 0.75


@given(st.binary(max_size=300), st.integers(0, 500))
def test_broken_packets_raise_nothing_but_decode_errors_and_spoil_nothing(noise: bytes, cut: int) -> None:
    assembler = Assembler()
    assembler.faces(encode(val("A", 0.5)))
    for packet in (noise, GOLDEN["whole frame: status, time, head, two weights, apply"][0][:cut] + noise):
        try:
            for face in assembler.faces(packet):
                assert all(0 <= weight <= 1 for weight in face.weights.values())
        except DecodeError:
            pass

    (face,) = assembler.faces(bundled([val("O", 0.25), APPLY]))
    assert face.weights["O"] == 0.25
