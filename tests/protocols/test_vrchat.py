"""VRChat: golden frames, signs, what goes out when; nothing is lost by sending only changes."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.frame import REST, Frame
from avatar_driver.protocols.osc import DATAGRAM_BYTES, Message
from avatar_driver.protocols.vrchat import FLAGS, Encoder
from tests.osc_peers import bundled, golden, parsed
from tests.strategies import values

GOLDEN = {name: packet for name, packet, _ in golden("vrchat")}

JAW = "/avatar/parameters/v2/JawOpen"
SMILE = "/avatar/parameters/v2/MouthSmileLeft"
CLOSED = "/tracking/eye/EyesClosedAmount"
GAZE = "/tracking/eye/LeftRightPitchYaw"
FLAG_ADDRESSES = [f"/avatar/parameters/{flag}" for flag in FLAGS]
EVERYTHING = [*FLAG_ADDRESSES, JAW, SMILE, CLOSED, GAZE]


def face(**channels: float) -> np.ndarray:
    made = np.zeros(len(CHANNELS), np.float32)
    for name, value in channels.items():
        made[INDEX[name]] = value
    return made


class Sender:
    """An encoder of two parameters whose messages are read by python-osc, on a clock that the test moves."""

    def __init__(self, **settings: Any) -> None:
        self.encoder = Encoder(["v2/JawOpen", "v2/MouthSmileLeft"], **settings)
        self.now = 1000.0

    def send(self, jaw: float = 0.0, smile: float = 0.0, tracked: bool = True, **channels: float) -> dict[str, Any]:
        frame = Frame(0.0, face(**channels), tracked=tracked)
        packets = self.encoder.packets(frame, np.float32([jaw, smile]), self.now)
        return {message.address: message.args for packet in packets for message in parsed(packet)}


# --- bytes and meaning ------------------------------------------------------------------------------------------------


def test_a_whole_frame_is_the_golden_one() -> None:
    """Flags without prefix, one parameter with it, lids, then a look down and to the left by half."""
    encoder = Encoder(["v2/JawOpen"], prefix="FT/")
    look = face(
        eyeLookDownLeft=0.5,
        eyeLookDownRight=0.5,
        eyeLookOutLeft=0.5,
        eyeLookInRight=0.5,
        eyeBlinkLeft=0.25,
        eyeBlinkRight=0.25,
    )

    packets = encoder.packets(Frame(0.0, look), np.float32([0.5]), 0.0)

    assert packets == [GOLDEN["whole frame: flags, one parameter, lids, gaze"]]
    assert GOLDEN["lids a quarter closed"] in packets[0]


@given(values(), st.lists(st.floats(-1, 1, width=32), min_size=150, max_size=150), st.booleans())
def test_a_frame_is_byte_for_byte_what_python_osc_builds(
    shapes: np.ndarray, parameters: list[float], tracked: bool
) -> None:
    names = [f"v2/Parameter{i}" for i in range(150)]
    encoder = Encoder(names)
    encoder.packets(Frame(0.0, REST, tracked=not tracked), np.float32(parameters) / 2, 0.0)
    encoder.refresh()

    packets = encoder.packets(Frame(0.0, shapes, tracked=tracked), np.float32(parameters), 0.0)

    messages = [message for packet in packets for message in parsed(packet)]
    assert messages[:3] == [Message(address, (tracked,)) for address in FLAG_ADDRESSES]
    assert messages[3:-2] == [
        Message(f"/avatar/parameters/{name}", (value,)) for name, value in zip(names, parameters, strict=True)
    ]
    assert [message.address for message in messages[-2:]] == [CLOSED, GAZE]
    assert packets == [bundled(parsed(packet)) for packet in packets]
    assert all(len(packet) <= DATAGRAM_BYTES for packet in packets)


@pytest.mark.parametrize(
    ("look", "degrees"),
    [
        ({"eyeLookInLeft": 1, "eyeLookOutRight": 1}, (0, 33, 0, 33)),
        ({"eyeLookOutLeft": 1, "eyeLookInRight": 1}, (0, -33, 0, -33)),
        ({"eyeLookDownLeft": 1, "eyeLookDownRight": 1}, (35, 0, 35, 0)),
        ({"eyeLookUpLeft": 1, "eyeLookUpRight": 1}, (-35, 0, -35, 0)),
        ({"eyeLookInLeft": 1, "eyeLookInRight": 1}, (0, 33, 0, -33)),
        ({"eyeLookUpLeft": 0.5}, (-17.5, 0, 0, 0)),
    ],
)
def test_gaze_is_in_degrees_with_pitch_down_and_yaw_to_the_right(look: dict[str, float], degrees: Any) -> None:
    """The subject's right, for each eye: looking in is rightwards for the left eye, leftwards for the right one."""
    assert Sender().send(**look)[GAZE] == degrees


def test_gaze_turns_by_the_angles_asked_for() -> None:
    sender = Sender(eye_yaw_degrees=-20, eye_pitch_degrees=10)

    assert sender.send(eyeLookInLeft=1, eyeLookDownRight=1)[GAZE] == (0, -20, 10, 0)


def test_lids_are_one_value_between_the_two_eyes_and_never_out_of_range() -> None:
    assert Sender().send(eyeBlinkLeft=1.0)[CLOSED] == (0.5,)
    assert Sender().send(eyeBlinkLeft=1.5, eyeBlinkRight=1.5)[CLOSED] == (1.0,)


def test_native_eyes_can_be_left_out() -> None:
    assert list(Sender(native_eyes=False).send(eyeBlinkLeft=1.0)) == [*FLAG_ADDRESSES, JAW, SMILE]


# --- what goes out when -----------------------------------------------------------------------------------------------


def test_the_first_frame_goes_out_whole() -> None:
    assert list(Sender().send()) == EVERYTHING


def test_only_what_has_changed_goes_out() -> None:
    sender = Sender()
    sender.send()

    assert sender.send(jaw=0.5) == {JAW: (0.5,)}
    assert sender.send(jaw=0.5, smile=0.25) == {SMILE: (0.25,)}
    assert sender.send(jaw=0.5, smile=0.25, eyeBlinkLeft=1.0) == {CLOSED: (0.5,)}
    assert sender.send(jaw=0.5, smile=0.25, eyeBlinkLeft=1.0, eyeLookUpLeft=1.0) == {GAZE: (-35, 0, 0, 0)}
    assert sender.send(jaw=0.5, smile=0.25, eyeBlinkLeft=1.0, eyeLookUpLeft=1.0) == {}


def test_a_change_far_below_what_anyone_can_see_does_not_go_out() -> None:
    sender = Sender()
    sender.send(jaw=0.5)

    assert sender.send(jaw=0.5 + 1 / 600, eyeLookUpLeft=0.09 / 35) == {}
    assert sender.send(jaw=0.5 - 1 / 600, eyeLookDownLeft=0.09 / 35) == {}


def test_a_change_of_half_the_step_that_others_see_goes_out() -> None:
    sender = Sender()
    sender.send(jaw=0.5)

    assert sender.send(jaw=0.5 + 1 / 254) == {JAW: (pytest.approx(0.5 + 1 / 254),)}


@given(st.floats(1e-5, 1 / 300), st.sampled_from([1.0, -1.0]), st.booleans())
def test_a_drift_too_slow_to_see_from_frame_to_frame_still_arrives(step: float, sign: float, busy: bool) -> None:
    """Measured against what was last sent, not against the last frame; also when others change in every frame."""
    sender = Sender(refresh_seconds=1e9)
    (told,) = sender.send(jaw=0.0)[JAW]

    for i in range(1, 400):
        jaw = sign * min(i * step, 1.0)
        (told,) = sender.send(jaw=jaw, smile=i % 2 if busy else 0.0).get(JAW, (told,))
        assert abs(told - jaw) <= 1 / 500


@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans(), values()), min_size=1, max_size=20))
def test_what_vrchat_has_heard_is_never_far_from_the_face(sequence: list[tuple[float, bool, np.ndarray]]) -> None:
    sender = Sender(refresh_seconds=1e9)
    whole = Sender(refresh_seconds=1e9)
    heard: dict[str, Any] = {}

    for jaw, tracked, shapes in sequence:
        channels = dict(zip(CHANNELS, shapes.tolist(), strict=True))
        heard |= sender.send(jaw=jaw, tracked=tracked, **channels)
        whole.encoder.refresh()
        for address, args in whole.send(jaw=jaw, tracked=tracked, **channels).items():
            tolerance = 0.11 if address == GAZE else 1 / 500
            assert heard[address] == pytest.approx(args, abs=tolerance)


def test_everything_goes_out_again_after_the_refresh_period() -> None:
    sender = Sender(refresh_seconds=2.0)
    sender.send(jaw=0.5)

    sender.now += 1.9
    assert sender.send(jaw=0.5) == {}
    sender.now += 0.2
    assert list(sender.send(jaw=0.5)) == EVERYTHING
    sender.now += 1.9
    assert sender.send(jaw=0.5) == {}


def test_changes_between_do_not_put_the_refresh_off() -> None:
    sender = Sender(refresh_seconds=2.0)
    whole = []
    for i in range(100):
        sender.now += 0.1
        if list(sender.send(jaw=i / 100)) == EVERYTHING:
            whole.append(i)

    assert np.diff([0, *whole, 99]).max() <= 21
    assert len(whole) <= 6


def test_a_clock_that_went_back_does_not_stop_the_refresh() -> None:
    sender = Sender(refresh_seconds=2.0)
    sender.send()

    sender.now -= 500.0
    assert list(sender.send()) == EVERYTHING
    assert sender.send() == {}


def test_refresh_sends_everything_with_the_next_frame() -> None:
    sender = Sender()
    sender.send()

    sender.encoder.refresh()

    assert list(sender.send()) == EVERYTHING
    assert sender.send() == {}


# --- without a face ---------------------------------------------------------------------------------------------------


def test_the_flags_follow_the_face_and_bring_everything_with_them() -> None:
    sender = Sender()

    found = sender.send(jaw=0.5)
    lost = sender.send(jaw=0.5, tracked=False)
    found_again = sender.send(jaw=0.5)

    assert [found[address] for address in FLAG_ADDRESSES] == [(True,)] * 3
    assert [lost[address] for address in FLAG_ADDRESSES] == [(False,)] * 3
    assert [found_again[address] for address in FLAG_ADDRESSES] == [(True,)] * 3
    assert list(found_again) == EVERYTHING


def test_the_flags_are_repeated_while_they_stay_as_they_are() -> None:
    for tracked in (True, False):
        sender = Sender(refresh_seconds=2.0)
        sender.send(tracked=tracked)
        sender.now += 2.1

        repeated = sender.send(tracked=tracked)

        assert [repeated[address] for address in FLAG_ADDRESSES] == [(tracked,)] * 3


def test_without_a_face_still_eyes_are_not_repeated_so_that_vrchat_moves_them_itself() -> None:
    sender = Sender(refresh_seconds=2.0)
    sender.send(eyeBlinkLeft=1.0)

    assert CLOSED not in sender.send(tracked=False, eyeBlinkLeft=1.0)
    # A face that is eased to rest is still told.
    assert sender.send(tracked=False, eyeBlinkLeft=0.5) == {CLOSED: (0.25,)}
    sender.now += 2.1
    assert list(sender.send(tracked=False, eyeBlinkLeft=0.5)) == [*FLAG_ADDRESSES, JAW, SMILE]
