"""Our own stream: golden bytes, round trips, and nothing but DecodeError for what is broken."""

import json
import math
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from avatar_driver.channels import CHANNELS, INDEX, Support
from avatar_driver.errors import DecodeError
from avatar_driver.frame import ALL_MEASURED, Frame
from avatar_driver.protocols.face_stream import (
    PACKET_SIZE,
    SEQUENCES,
    FaceStreamReader,
    Hello,
    encode_binary,
    encode_hello,
    encode_json,
)
from tests.strategies import values

GOLDEN = Path(__file__).resolve().parents[1] / "golden"

# What the golden files hold. Every number is exact in single precision and has at most five digits after the point.
VALUES = [(i % 17) / 16 for i in range(52)] + [0.125, -0.25, 0.5, 0.25, -0.5, 0.75]
TONE = [(i % 9) / 32 for i in range(52)] + [0.0625, 0.0, -0.125, 0.03125, -0.25, 0.5]
SUPPORT = tuple(
    {"mouthClose": Support.DERIVED, "tongueOut": Support.ABSENT}.get(name, Support.MEASURED) for name in CHANNELS
)
ALTERED = frozenset({"symmetry", "amplify"})
HELLO = Hello(format="binary", software="avatar_driver 0.1.0", support=SUPPORT, altered=("amplify", "symmetry"))
FRAME = Frame(1234.515625, np.float32(VALUES), np.float32(TONE), altered=ALTERED)
LOST = Frame(0.25, np.float32(VALUES), np.float32(TONE), tracked=False)

names = st.frozensets(st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=20), max_size=4)
sequences = st.integers(0, SEQUENCES - 1)


def greeted_reader(*altered: str) -> FaceStreamReader:
    reader = FaceStreamReader()
    assert reader.read(encode_hello(Hello(format="json", support=SUPPORT, altered=altered)).decode()) is None
    return reader


def json_frame(**changes: object) -> str:
    return json.dumps(json.loads(encode_json(FRAME, 7)) | changes)


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("hello.json", encode_hello(HELLO)),
        ("frame.json", encode_json(FRAME, 4_000_000_001)),
        ("frame.bin", encode_binary(FRAME, 4_000_000_001)),
        ("lost.json", encode_json(LOST, 0)),
        ("lost.bin", encode_binary(LOST, 0)),
    ],
)
def test_messages_are_the_golden_bytes_that_other_languages_read(name: str, encoded: bytes) -> None:
    assert encoded == (GOLDEN / f"face_stream.{name}").read_bytes()


def test_the_packet_starts_with_magic_version_flags_count_sequence_and_time() -> None:
    assert (
        encode_binary(FRAME, 4_000_000_001)[:24].hex(" ", 4) == "41444653 01033a00 01286bee 00000000 104a9340 00000000"
    )


@pytest.mark.parametrize("name", ["frame", "lost"])
def test_golden_packet_and_golden_text_are_read_as_one_and_the_same_frame(name: str) -> None:
    reader = FaceStreamReader()
    assert reader.read((GOLDEN / "face_stream.hello.json").read_text()) is None
    packet = reader.read((GOLDEN / f"face_stream.{name}.bin").read_bytes())
    text = reader.read((GOLDEN / f"face_stream.{name}.json").read_text())
    assert packet is not None
    assert text is not None
    expected = FRAME if name == "frame" else LOST
    for sequence, frame in (packet, text):
        assert sequence == (4_000_000_001 if name == "frame" else 0)
        assert (frame.time, frame.tracked, frame.altered) == (expected.time, expected.tracked, expected.altered)
        np.testing.assert_array_equal(frame.values, expected.values)
        np.testing.assert_array_equal(frame.tone, expected.tone)
        assert frame.origin.support == SUPPORT


@given(values(), values(), st.floats(0, 1e6), sequences, st.booleans(), names)
def test_a_packet_brings_back_every_bit(face, tone, time, sequence, tracked, altered) -> None:
    sent = Frame(time, face, tone, tracked, altered)
    received = greeted_reader(*altered).read(encode_binary(sent, sequence))
    assert received is not None
    assert received.sequence == sequence
    frame = received.frame
    assert (frame.time, frame.tracked, frame.altered) == (time, tracked, altered)
    assert frame.values.tobytes() == sent.values.tobytes()
    assert frame.tone.tobytes() == sent.tone.tobytes()


@given(values(), values(), st.floats(0, 1e6), sequences, st.booleans(), names)
def test_text_brings_back_every_value_to_five_digits(face, tone, time, sequence, tracked, altered) -> None:
    sent = Frame(time, face, tone, tracked, altered)
    received = greeted_reader().read(encode_json(sent, sequence).decode())
    assert received is not None
    assert received.sequence == sequence
    frame = received.frame
    assert (frame.tracked, frame.altered) == (tracked, altered)
    assert frame.time == pytest.approx(time, abs=1e-6)
    np.testing.assert_allclose(frame.values, sent.values, rtol=0, atol=5.1e-6)
    np.testing.assert_allclose(frame.tone, sent.tone, rtol=0, atol=5.1e-6)


@given(values())
def test_text_stays_small(face) -> None:
    text = encode_json(Frame(86_400.123456, face, face / 3, altered=ALTERED), SEQUENCES - 1)
    assert len(text) < 1300
    assert all(len(f"{number}") <= 10 for number in json.loads(text)["values"])


@given(st.integers(0, PACKET_SIZE - 1))
def test_every_shortened_packet_is_refused(length: int) -> None:
    with pytest.raises(DecodeError, match=rf"expected a packet of 484 bytes at byte {length}, found {length}"):
        greeted_reader("amplify").read(encode_binary(FRAME, 1)[:length])


def test_a_packet_with_a_byte_too_many_is_refused() -> None:
    with pytest.raises(DecodeError):
        greeted_reader("amplify").read(encode_binary(FRAME, 1) + b"\0")


@given(st.data())
def test_every_shortened_text_is_refused(data) -> None:
    for message in (encode_json(FRAME, 1), encode_hello(HELLO)):
        with pytest.raises(DecodeError):
            greeted_reader().read(message[: data.draw(st.integers(0, len(message) - 1))].decode())


@given(st.binary(max_size=600) | st.binary(min_size=PACKET_SIZE, max_size=PACKET_SIZE) | st.text(max_size=300))
@example(b"ADFS\x01\x00\x3a\x00" + bytes(PACKET_SIZE - 8))
@example('{"type":"frame","x":' + "[" * 10_000)
@example('{"type":"hello","altered":["\ud800"]}')
@example("\ud800")
@example("1" * 10_000)
def test_random_messages_raise_nothing_but_decode_errors(message: bytes | str) -> None:
    for reader in (FaceStreamReader(), greeted_reader("amplify")):
        try:
            received = reader.read(message)
        except DecodeError:
            continue
        assert received is None or np.isfinite(received.frame.values).all()


@given(st.integers(0, PACKET_SIZE - 1), st.integers(1, 255))
def test_a_damaged_packet_is_refused_or_still_a_possible_face(place: int, flipped: int) -> None:
    packet = bytearray(encode_binary(FRAME, 1))
    packet[place] ^= flipped
    try:
        received = greeted_reader("amplify").read(bytes(packet))
    except DecodeError:
        return
    assert received is not None
    frame = received.frame
    assert math.isfinite(frame.time)
    assert (np.abs(frame.values) < 101).all()
    assert (np.abs(frame.tone) < 101).all()


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 1.01, -0.01])
@pytest.mark.parametrize("part", [0, 58])
def test_a_packet_with_a_number_that_no_face_has_is_refused_with_its_place_and_channel(
    number: float, part: int
) -> None:
    offset = 20 + 4 * (part + INDEX["jawOpen"])
    packet = bytearray(encode_binary(FRAME, 1))
    struct.pack_into("<f", packet, offset, number)
    with pytest.raises(DecodeError, match="jawOpen") as caught:
        greeted_reader("amplify").read(bytes(packet))
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    ("channel", "number"), [("headPositionX", 101.0), ("headRotationZ", -6.3), ("headRotationX", 7)]
)
def test_a_head_beyond_all_bounds_is_refused(channel: str, number: float) -> None:
    face = np.zeros(58, np.float32)
    face[INDEX[channel]] = number
    with pytest.raises(DecodeError, match=channel):
        greeted_reader().read(encode_binary(Frame(0, face), 1))


def test_the_rounding_error_of_single_precision_is_let_through() -> None:
    face = np.full(58, np.nextafter(np.float32(1), np.float32(2)))
    assert greeted_reader().read(encode_binary(Frame(0, face), 1)) is not None


@pytest.mark.parametrize("time", [math.nan, math.inf])
def test_a_time_that_is_no_time_is_refused(time: float) -> None:
    packet = bytearray(encode_binary(FRAME, 1))
    struct.pack_into("<d", packet, 12, time)
    with pytest.raises(DecodeError, match="a finite time at byte 12"):
        greeted_reader("amplify").read(bytes(packet))


@pytest.mark.parametrize(
    "changes",
    [
        {"values": [0.5] * 57},
        {"values": [0.5] * 59},
        {"tone": [0.5] * 57},
        {"tone": [0.5] * 57 + [None]},
        {"values": [2.0] * 58},
        {"tone": [-0.5] * 58},
        {"values": ["0.5"] * 58},
        {"sequence": -1},
        {"sequence": SEQUENCES},
        {"sequence": 1.5},
        {"tracked": 1},
        {"time": None},
        {"altered": "amplify"},
        {"altered": ["x" * 65]},
        {"type": "face"},
    ],
)
def test_text_with_a_wrong_field_is_refused(changes: dict[str, object]) -> None:
    assert greeted_reader().read(json_frame()) is not None
    with pytest.raises(DecodeError):
        greeted_reader().read(json_frame(**changes))


def test_nan_in_text_is_refused() -> None:
    with pytest.raises(DecodeError):
        greeted_reader().read(json_frame(values=[math.nan] * 58))


@pytest.mark.parametrize(
    "changes",
    [
        {"protocol": "other"},
        {"version": 2},
        {"format": "xml"},
        {"support": ["measured"] * 57},
        {"support": ["guessed"] * 58},
        {"channels": CHANNELS[1:]},
        {"channels": CHANNELS[::-1]},
    ],
)
def test_a_hello_of_another_protocol_is_refused_and_the_last_one_stays(changes: dict[str, object]) -> None:
    reader = greeted_reader("amplify")
    known = reader.hello
    with pytest.raises(DecodeError):
        reader.read(json.dumps(json.loads(encode_hello(HELLO)) | changes))
    assert reader.hello is known


def test_fields_that_a_later_release_adds_are_passed_over() -> None:
    assert greeted_reader().read(json_frame(confidence=0.5)) is not None


def test_flags_that_a_later_release_adds_are_passed_over() -> None:
    packet = bytearray(encode_binary(FRAME, 1))
    packet[5] |= 0x80
    received = greeted_reader("amplify").read(bytes(packet))
    assert received is not None
    assert (received.frame.tracked, received.frame.altered) == (True, {"amplify"})


@pytest.mark.parametrize("message", [encode_binary(LOST, 1), encode_json(LOST, 1).decode()])
def test_a_frame_before_the_hello_is_refused(message: bytes | str) -> None:
    with pytest.raises(DecodeError, match="expected a hello before the first frame"):
        FaceStreamReader().read(message)


def test_an_altered_packet_after_a_hello_that_names_nothing_is_refused() -> None:
    with pytest.raises(DecodeError, match="names what altered the face"):
        greeted_reader().read(encode_binary(FRAME, 1))


def test_the_newest_hello_holds() -> None:
    reader = greeted_reader("amplify")
    reader.read(encode_hello(Hello(format="binary", support=ALL_MEASURED, altered=("mirror",))).decode())
    received = reader.read(encode_binary(FRAME, 1))
    assert received is not None
    assert received.frame.altered == {"mirror"}
    assert received.frame.origin.support == ALL_MEASURED


def test_received_arrays_are_read_only_and_do_not_hold_on_to_the_packet() -> None:
    received = greeted_reader().read(encode_binary(LOST, 1))
    assert received is not None
    assert received.frame.values.base is None
    assert not received.frame.values.flags.writeable
    assert received.frame.values.dtype == np.float32


def test_text_longer_than_any_message_is_not_parsed() -> None:
    with pytest.raises(DecodeError, match="at most 16384 characters"):
        greeted_reader().read(json_frame(padding="x" * 16_384))
