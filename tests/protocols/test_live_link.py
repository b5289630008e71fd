"""Live Link Face: golden packets, a real phone's, signs, times of day, and no face."""

import json
import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.channels import CHANNELS, INDEX, ROTATION, SHAPES
from avatar_driver.errors import DecodeError
from avatar_driver.frame import REST, Frame
from avatar_driver.protocols.live_link import DEVICE_ID, Encoder, FrameTime, NoFace, Packet, decode, encode
from avatar_driver.rotation import Euler, quaternion_from_euler, vector_from_quaternion
from tests.strategies import frames

GOLDEN = {
    vector["name"]: (bytes.fromhex(vector["hex"]), vector["meaning"])
    for vector in json.loads((Path(__file__).parents[1] / "golden" / "live_link.json").read_text(encoding="utf-8"))
}
FACE, MEANING = GOLDEN["a face"]
HEADER = 74  # bytes of the golden packet before the count


def face(*, left: float = 0.0, down: float = 0.0, to_right: float = 0.0, **channels: float) -> np.ndarray:
    """A face whose head is turned by these degrees."""
    values = np.zeros(len(CHANNELS), np.float32)
    angles = Euler(yaw=math.radians(left), pitch=math.radians(down), roll=math.radians(to_right))
    values[ROTATION] = vector_from_quaternion(quaternion_from_euler(angles))
    for name, value in channels.items():
        values[INDEX[name]] = value
    return values


def sent(encoder: Encoder, values: np.ndarray, *, tracked: bool = True, seconds: float = 0.0) -> Packet:
    (datagram,) = encoder.packets(Frame(0.0, values, tracked=tracked), seconds)
    return decode(datagram)


def angles(encoder: Encoder, values: np.ndarray) -> list[float]:
    """The nine angles: head yaw, pitch, roll, left eye, right eye."""
    packet = sent(encoder, values)
    assert packet.values is not None
    return [float(number) for number in packet.values[52:]]


def close(*numbers: float) -> Any:
    return pytest.approx(numbers, abs=2e-6)


# --- the format -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_packets_are_read_and_written(name: str) -> None:
    datagram, meaning = GOLDEN[name]

    packet = decode(datagram)

    assert (packet.device, packet.subject) == (meaning["device"], meaning["subject"])
    assert packet.time == (meaning["frame"], meaning["subframe"], meaning["numerator"], meaning["denominator"])
    assert (None if packet.values is None else packet.values.tolist()) == meaning["values"]
    assert encode(packet) == datagram


def test_a_frame_is_the_golden_packet() -> None:
    """Shapes in order, and the head and both eyes by the axes and the time of day of the golden one."""
    values = np.zeros(len(CHANNELS), np.float32)
    values[SHAPES] = np.float32(MEANING["values"][:52])
    values[ROTATION] = vector_from_quaternion(quaternion_from_euler(Euler(yaw=0.5, pitch=0.25, roll=0.125)))
    encoder = Encoder(device_id=MEANING["device"])

    (datagram,) = encoder.packets(Frame(0.0, values), 1000.5 / 60)

    assert datagram[: HEADER + 1 + 4 * 52] == FACE[: HEADER + 1 + 4 * 52]
    assert struct.unpack_from(">3f", datagram, HEADER + 1 + 4 * 52) == close(*MEANING["values"][52:55])
    assert len(datagram) == len(FACE)


def datagrams(path: Path) -> Iterator[bytes]:
    """The packets of a capture that has no framing but their own lengths."""
    capture, begin = path.read_bytes(), 0
    while begin < len(capture):
        end = begin + 1
        for _ in range(2):
            end += 4 + struct.unpack_from(">i", capture, end)[0]
        end += 16
        # The next packet begins with its version, 6, and not with a count.
        end += 1 + 4 * 61 if capture[end : end + 1] == b"\x3d" else 0
        yield capture[begin:end]
        begin = end


def test_every_packet_of_a_real_phone_is_read_and_written_byte_for_byte(captures: Path) -> None:
    found = list(datagrams(captures / "live_link_iphone.udp"))
    packets = [decode(datagram) for datagram in found]

    assert len(packets) == 567
    assert [encode(packet) for packet in packets] == found
    assert sum(packet.values is None for packet in packets) == 7
    assert {(len(packet.device), packet.time.numerator, packet.time.denominator) for packet in packets} == {(36, 60, 1)}


def test_a_real_phones_eyes_turn_as_ours_do(captures: Path) -> None:
    """The phone sends look shapes and angles of the same eyes: signs agree, and sizes within a few degrees."""
    for datagram in list(datagrams(captures / "live_link_iphone.udp"))[::20]:
        packet = decode(datagram)
        channels = packet.channels()
        if packet.values is None or channels is None:
            continue
        ours = angles(Encoder(), channels)
        for place in (3, 4, 6, 7):
            assert ours[place] == pytest.approx(float(packet.values[52 + place]), abs=0.08)


@given(frames(), st.floats(0, 86_400))
def test_what_is_sent_is_read_again(frame: Frame, seconds: float) -> None:
    (datagram,) = Encoder(no_face="never").packets(frame, seconds)

    packet = decode(datagram)
    channels = packet.channels()

    assert encode(packet) == datagram
    assert channels is not None
    assert channels[SHAPES].tolist() == frame.values[SHAPES].tolist()
    # A float32 angle near the poles of Euler angles is good for 1e-3 rad, elsewhere for 1e-6.
    turn = np.linalg.norm(channels[ROTATION] - frame.values[ROTATION])
    assert turn < 2e-3


def test_weights_from_outside_are_kept_within_their_range() -> None:
    values = np.zeros(61, np.float32)
    values[0], values[1], values[52] = 7, -3, 1e30

    channels = Packet("", "", FrameTime(0, 0.0), values).channels()

    assert channels is not None
    assert channels[:2].tolist() == [1, 0]
    assert np.isfinite(channels).all()
    assert np.abs(channels[ROTATION]).max() <= 3.1416


# --- signs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "down", "to_right", "radians"),
    [
        (30, 0, 0, (0.523599, 0, 0)),
        (0, 20, 0, (0, -0.349066, 0)),
        (0, 0, 10, (0, 0, 0.174533)),
        (30, 10, 5, (0.523599, -0.174533, 0.087266)),
    ],
)
def test_the_head_turns_as_the_phone_counts(left: float, down: float, to_right: float, radians: Any) -> None:
    """Reference vectors: yaw + to the left, pitch + up, roll + to the right."""
    assert angles(Encoder(), face(left=left, down=down, to_right=to_right))[:3] == close(*radians)


def test_a_head_at_rest_has_no_negative_zeros() -> None:
    packet = sent(Encoder(), REST)

    assert packet.values is not None
    assert not np.signbit(packet.values).any()


def test_each_axis_of_the_head_can_be_scaled_and_turned_round() -> None:
    encoder = Encoder(head_yaw_scale=-1, head_pitch_scale=-2, head_roll_scale=1 / math.pi)

    found = angles(encoder, face(left=30, down=10, to_right=5))[:3]

    assert found == close(-0.523599, 0.349066, math.radians(5) / math.pi)


def test_eyes_turn_right_and_down_with_positive_angles() -> None:
    yaw, pitch = math.radians(33), math.radians(35)

    right = angles(Encoder(), face(eyeLookInLeft=1, eyeLookOutRight=1))
    down = angles(Encoder(), face(eyeLookDownLeft=1, eyeLookDownRight=0.5))
    up = angles(Encoder(), face(eyeLookUpLeft=1))

    assert right[3:] == close(yaw, 0, 0, yaw, 0, 0)
    assert down[3:] == close(0, pitch, 0, 0, pitch / 2, 0)
    assert up[3:] == close(0, -pitch, 0, 0, 0, 0)


def test_how_far_eyes_turn_can_be_set() -> None:
    encoder = Encoder(eye_yaw_degrees=-20, eye_pitch_degrees=10)

    found = angles(encoder, face(eyeLookInLeft=1, eyeLookDownRight=1))

    assert found[3:] == close(math.radians(-20), 0, 0, 0, math.radians(10), 0)


# --- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "rate", "frame", "subframe"),
    [
        (0.0, (60, 1), 0, 0.0),
        (18264.0 - 1 / 128, (60, 1), 1095839, 0.53125),
        (1.0, (30000, 1001), 29, 0.97003),
        (86_399.999, (60, 1), 5_183_999, 0.94),
        (86_400.0, (60, 1), 0, 0.0),
        (90_000.5, (60, 1), 216_030, 0.0),
    ],
)
def test_time_counts_frames_since_midnight(seconds: float, rate: tuple[int, int], frame: int, subframe: float) -> None:
    time = FrameTime.at(seconds, *rate)

    assert time.frame == frame
    assert time.subframe == pytest.approx(subframe, abs=1e-5)
    assert time[2:] == rate
    assert sent(Encoder(numerator=rate[0], denominator=rate[1]), REST, seconds=seconds).time.frame == frame


@given(st.floats(0, 86_400), st.sampled_from([(60, 1), (30_000, 1001), (24, 1), (1000, 1)]))
def test_a_time_of_day_survives_to_a_millionth_of_a_frame(seconds: float, rate: tuple[int, int]) -> None:
    found = sent(Encoder(numerator=rate[0], denominator=rate[1]), REST, seconds=seconds).time

    assert 0 <= found.subframe < 1
    frames = (seconds % 86_400) * rate[0] / rate[1]
    assert found.frame + found.subframe == pytest.approx(frames, abs=1e-6)


def test_a_rest_that_rounds_to_a_whole_frame_stays_below_one() -> None:
    """Single precision has no number between 0.99999994 and 1."""
    found = sent(Encoder(), REST, seconds=(1000 - 1e-9) / 60).time

    assert found.frame == 999
    assert 0.9999999 < found.subframe < 1


# --- no face ----------------------------------------------------------------------------------------------------------

SMILE, HALF = face(mouthSmileLeft=1), face(mouthSmileLeft=0.5)


@pytest.mark.parametrize(
    ("no_face", "whole"),
    [
        # tracked, lost, eased, eased to rest, at rest, at rest, found at rest, lost at once
        ("at_rest", [True, False, True, True, False, False, True, False]),
        ("at_once", [True, False, False, False, False, False, True, False]),
        ("never", [True] * 8),
    ],
)
def test_a_lost_face_is_told_when_it_was_asked_for(no_face: NoFace, whole: list[bool]) -> None:
    """By default once nothing moves any more: the receiver freezes what it shows, so rest has to arrive first."""
    encoder = Encoder(no_face=no_face)
    shown = [
        (SMILE, True), (SMILE, False), (HALF, False), (REST, False),
        (REST, False), (REST, False), (REST, True), (REST, False),
    ]  # fmt: skip

    packets = [sent(encoder, values, tracked=tracked, seconds=1.0) for values, tracked in shown]

    assert [packet.values is not None for packet in packets] == whole
    assert {packet.time for packet in packets} == {(60, 0.0, 60, 1)}


def test_the_packet_without_a_face_stops_before_the_count() -> None:
    encoder = Encoder(device_id=MEANING["device"], no_face="at_once")

    packets = encoder.packets(Frame(0.0, SMILE, tracked=False), 1000.5 / 60)

    assert packets == [GOLDEN["no face"][0]]


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("channel", ["jawOpen", "headRotationX"])
def test_a_number_that_is_not_finite_never_leaves(bad: float, channel: str) -> None:
    assert Encoder().packets(Frame(0.0, face(**{channel: bad})), 0.0) == []


def test_our_device_id_says_nothing_and_has_the_phones_form() -> None:
    assert [len(part) for part in DEVICE_ID.split("-")] == [8, 4, 4, 4, 12]
    assert set(DEVICE_ID) <= set("0123456789ABCDEF-")
    assert sent(Encoder(), REST).device == DEVICE_ID


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"device_id": "WebCam"}, "36 characters of ASCII, found 'WebCam'"),
        ({"device_id": "ä" * 36}, "36 characters"),
        ({"subject": ""}, "1 to 256 bytes"),
        ({"subject": "x" * 257}, "1 to 256 bytes"),
        ({"numerator": 1001}, "from 1 to 1000, found 1001/1"),
        ({"numerator": 1, "denominator": 2}, "from 1 to 1000, found 1/2"),
    ],
)
def test_what_cannot_be_sent_is_a_value_error(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Encoder(**settings)


@pytest.mark.parametrize("length", [n for n in range(len(FACE)) if n != HEADER])
def test_every_truncation_is_refused(length: int) -> None:
    """But for the one that means that there is no face."""
    with pytest.raises(DecodeError):
        decode(FACE[:length])


@pytest.mark.parametrize("surplus", [b"\0", b"\x3d" + bytes(244), FACE])
def test_every_surplus_is_refused(surplus: bytes) -> None:
    with pytest.raises(DecodeError, match="expected 244 bytes of values at byte 75"):
        decode(FACE + surplus)


@pytest.mark.parametrize(
    ("offset", "written", "sentence"),
    [
        (0, b"\x05", "expected packet version 6 at byte 0, found 5"),
        (1, b"\x7f\xff\xff\xff", "expected a device id of at most 256 bytes at byte 1, found a length of 2147483647"),
        (1, b"\xff\xff\xff\xff", "a length of -1"),
        (5, b"\xff\xfe", "expected a device id in UTF-8 at byte 5"),
        (41, b"\x00\x00\x01\x01", "a length of 257"),
        (62, b"\x7f\xc0\x00\x00", "a sub-frame from 0 to 1"),
        (62, b"\x40\x00\x00\x00", "a sub-frame from 0 to 1"),
        (66, b"\xff\xff\xff\xff", "a frame rate"),
        (74, b"\x3c", "expected a count of 61 at byte 74, found 60"),
        (75 + 4 * 7, b"\x7f\xc0\x00\x00", "expected a finite number at byte 103, found nan"),
        (75 + 4 * 60, b"\xff\x80\x00\x00", "at byte 315, found -inf"),
    ],
)
def test_what_is_wrong_is_named(offset: int, written: bytes, sentence: str) -> None:
    broken = FACE[:offset] + written + FACE[offset + len(written) :]

    with pytest.raises(DecodeError) as caught:
        decode(broken)

    assert sentence in str(caught.value)


@given(st.binary(max_size=400), st.integers(0, 400), st.integers(0, 400))
def test_noise_raises_nothing_but_decode_errors(noise: bytes, keep: int, skip: int) -> None:
    for datagram in (noise, FACE[:keep] + noise, FACE + noise, FACE[:keep] + noise + FACE[keep + skip :]):
        try:
            packet = decode(datagram)
        except DecodeError:
            continue
        assert packet.values is None or np.isfinite(packet.values).all()
        packet.channels()
