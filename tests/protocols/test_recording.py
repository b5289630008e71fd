"""Our own recordings: lossless, sound up to the point where they end, and trusting nothing."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.channels import CHANNELS, INDEX, Support
from avatar_driver.errors import DecodeError
from avatar_driver.frame import REST, Frame, Origin
from avatar_driver.protocols.recording import SIGNATURE, RecordingReader, RecordingWriter
from tests.strategies import values

SUPPORTS = (Origin(captured=3.0).support, (Support.DERIVED,) * 29 + (Support.ABSENT,) * 29)


@st.composite
def whole_frames(draw: st.DrawFn) -> Frame:
    """Frames in which every field varies."""
    sent = draw(values())
    return Frame(
        draw(st.floats(-1e6, 1e9)),
        sent,
        draw(st.just(REST) | values()),
        draw(st.booleans()),
        frozenset(draw(st.sets(st.sampled_from(["amplify", "mirror", "loss"])))),
        Origin(captured=0.0, support=draw(st.sampled_from(SUPPORTS))),
        draw(st.just(sent) | values()),
    )


def written(frames: list[Frame]) -> bytes:
    writer = RecordingWriter()
    return writer.begin() + b"".join(writer.encode(frame) for frame in frames)


def read(data: bytes, piece: int = 1 << 16) -> list[Frame]:
    reader = RecordingReader()
    frames = [frame for at in range(0, len(data), piece) for frame in reader.read(data[at : at + piece])]
    reader.end()
    return frames


def read_before_the_fault(data: bytes) -> tuple[list[Frame], DecodeError | None]:
    reader = RecordingReader()
    frames: list[Frame] = []
    try:
        frames.extend(reader.read(data))
        reader.end()
    except DecodeError as error:
        return frames, error
    return frames, None


def same(one: Frame, other: Frame) -> bool:
    return (
        struct.pack("<d", one.time) == struct.pack("<d", other.time)
        and all(getattr(one, n).tobytes() == getattr(other, n).tobytes() for n in ("values", "measured"))
        and np.array_equal(one.tone, other.tone)  # a zero with a sign is at rest too
        and (one.tracked, one.altered, one.origin.support) == (other.tracked, other.altered, other.origin.support)
    )


SENT = Frame(12.5, np.linspace(0, 1, 58), altered=frozenset({"amplify"})).changed(measured=REST)
SAMPLE = [Frame(12.4, np.full(58, 0.5)), SENT, SENT.changed(time=12.6, tracked=False, tone=SENT.values)]


@given(st.lists(whole_frames(), max_size=6), st.integers(1, 4000))
def test_every_field_comes_back_to_the_last_bit_whatever_the_pieces(frames: list[Frame], piece: int) -> None:
    back = read(written(frames), piece)
    assert len(back) == len(frames)
    assert all(same(one, other) for one, other in zip(back, frames, strict=True))


@given(st.lists(whole_frames(), max_size=6))
def test_writing_what_was_read_gives_the_same_bytes(frames: list[Frame]) -> None:
    data = written(frames)
    assert written(read(data)) == data


def test_the_bytes_are_as_documented() -> None:
    data = written([SAMPLE[0]])
    assert data[:8] == SIGNATURE == b"\x89AVDR\r\n\x1a"
    at, kinds = 8, []
    while at < len(data):
        length, kind = struct.unpack_from("<Ic", data, at)
        end = at + 5 + length
        assert struct.unpack_from("<I", data, end)[0] == zlib.crc32(data[at:end])
        kinds.append((kind, data[at + 5 : end]))
        at = end + 4
    (h, header), (c, context), (f, frame) = kinds
    assert (h, c, f) == (b"H", b"C", b"F")
    assert header.startswith(b'{"protocol":"avatar_driver.recording","version":1,"channels":["eyeBlinkLeft",')
    assert context.startswith(b'{"support":["measured",')
    assert context.endswith(b'"altered":[]}')
    assert frame == struct.pack("<dB58f", 12.4, 1, *[0.5] * 58)


def test_what_is_equal_or_at_rest_is_not_stored_twice() -> None:
    writer = RecordingWriter()
    writer.begin()
    writer.encode(SAMPLE[0])
    sizes = [len(writer.encode(frame.changed(altered=frozenset()))) for frame in SAMPLE]
    assert sizes == [9 + 9 + arrays * 4 * 58 for arrays in (1, 2, 3)]


def test_a_context_is_written_only_when_it_changes() -> None:
    data = written([SAMPLE[0], SAMPLE[0], SENT, SENT.changed(altered=frozenset(["amplify"])), SAMPLE[0]])
    assert data.count(b'"support"') == 3


def test_a_file_cut_at_any_byte_gives_every_whole_frame_before_it_and_says_so() -> None:
    data = written(SAMPLE)
    begun = RecordingWriter().begin()
    writer = RecordingWriter()
    ends = [len(begun)]
    writer.begin()
    for frame in SAMPLE:
        ends.append(ends[-1] + len(writer.encode(frame)))
    assert ends[-1] == len(data)
    whole_records = set(ends) | {at for at in range(len(data)) if data[at + 4 : at + 5] == b"F"}
    for cut in range(len(data)):
        frames, error = read_before_the_fault(data[:cut])
        assert len(frames) == sum(end <= cut for end in ends[1:]), cut
        assert (error is None) == (cut in whole_records and cut >= ends[0]), cut


@pytest.mark.parametrize("tail", [b"\x00", b"\x00" * 5000, b"\xff" * 300, b"F" * 40])
def test_a_tail_of_rubbish_is_not_taken_for_frames(tail: bytes) -> None:
    frames, error = read_before_the_fault(written(SAMPLE) + tail)
    assert len(frames) == len(SAMPLE)
    assert error is not None
    assert error.offset == len(written(SAMPLE))


def test_a_single_wrong_bit_anywhere_is_noticed() -> None:
    data = written(SAMPLE[:2])
    for at in range(len(data)):
        damaged = bytearray(data)
        damaged[at] ^= 1 << at % 8
        frames, error = read_before_the_fault(bytes(damaged))
        assert error is not None, at
        assert len(frames) < 2


@given(st.binary(max_size=300), st.booleans())
def test_random_bytes_raise_only_the_decode_error(noise: bytes, signed: bool) -> None:
    frames, error = read_before_the_fault(SIGNATURE + noise if signed else noise)
    assert not frames
    assert error is not None
    assert "expected" in str(error)


def record(kind: bytes, content: bytes) -> bytes:
    start = struct.pack("<Ic", len(content), kind) + content
    return start + struct.pack("<I", zlib.crc32(start))


HEADER = RecordingWriter().begin()
CONTEXT = record(b"C", b'{"support":[' + b",".join([b'"measured"'] * 58) + b'],"altered":[]}')
ROW = [0.5] * 58


@given(st.sampled_from([b"H", b"C", b"F", b"X"]), st.binary(max_size=300), st.booleans())
def test_random_contents_with_right_checksums_raise_only_the_decode_error(
    kind: bytes, content: bytes, after_context: bool
) -> None:
    read_before_the_fault((HEADER + CONTEXT if after_context else SIGNATURE) + record(kind, content))


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (b"RIFF....", "expected a recording of avatar_driver at byte 0"),
        (SIGNATURE + CONTEXT, "one header, as the first record"),
        (HEADER + HEADER[8:], "one header, as the first record"),
        (HEADER + record(b"F", struct.pack("<dB58f", 0, 1, *ROW)), "a context before the first frame"),
        (HEADER + record(b"C", b'{"support":["measured"],"altered":[]}'), "expected support of 58 channels"),
        (HEADER + record(b"C", b'{"support":["guessed"],"altered":[]}'), "guessed"),
        (HEADER + CONTEXT + record(b"F", b"1234"), "a frame of 9 bytes or more"),
        (HEADER + CONTEXT + record(b"F", struct.pack("<dB57f", 0, 1, *ROW[1:])), "a frame of 241 bytes"),
        (HEADER + CONTEXT + record(b"F", struct.pack("<dB58f", 0, 7, *ROW)), "a frame of 705 bytes"),
        (HEADER + CONTEXT + record(b"F", struct.pack("<dB58f", np.nan, 1, *ROW)), "a finite time"),
        (HEADER + CONTEXT + record(b"F", struct.pack("<dB58f", 0, 1, *ROW[1:], np.nan)), "that a face can have"),
        (HEADER + CONTEXT + record(b"F", struct.pack("<dB58f", 0, 1, 1.01, *ROW[1:])), "that a face can have"),
        (HEADER + CONTEXT + record(b"F", struct.pack("<dB58f", 0, 1, *ROW[1:], np.inf)), "that a face can have"),
        (HEADER + struct.pack("<Ic", 70_000, b"F"), "at most 65,536 bytes"),
        (SIGNATURE + record(b"H", HEADER[13:-4].replace(b'"version":1', b'"version":2')), "version 2"),
        (SIGNATURE + record(b"H", HEADER[13:-4].replace(b"tongueOut", b"jawOpen")), "a name used twice"),
    ],
)
def test_what_is_wrong_is_said(bad: bytes, sentence: str) -> None:
    frames, error = read_before_the_fault(bad)
    assert not frames
    assert sentence in str(error)


def test_records_of_kinds_to_come_are_skipped() -> None:
    data = HEADER + record(b"N", b"a note") + CONTEXT + record(b"F", struct.pack("<dB58f", 0, 1, *ROW))
    assert len(read(data)) == 1


def test_channels_are_taken_by_name_and_those_that_are_missing_are_absent() -> None:
    header = b'{"protocol":"avatar_driver.recording","version":1,"channels":["earWiggle","jawOpen","eyeBlinkLeft"]}'
    context = b'{"support":["measured","derived","measured"],"altered":[]}'
    frame = struct.pack("<dB3f", 1.5, 1, 0.9, 0.25, 0.75)
    (back,) = read(SIGNATURE + record(b"H", header) + record(b"C", context) + record(b"F", frame))
    assert (back.values[INDEX["jawOpen"]], back.values[INDEX["eyeBlinkLeft"]]) == (0.25, 0.75)
    assert np.count_nonzero(back.values) == 2
    assert back.origin.support[INDEX["jawOpen"]] is Support.DERIVED
    assert back.origin.support[INDEX["tongueOut"]] is Support.ABSENT
    assert set(CHANNELS) > {"jawOpen", "eyeBlinkLeft"}


def test_numbers_that_no_face_can_have_are_written_so_that_they_can_be_read() -> None:
    wild = np.array([np.nan, np.inf, -np.inf, 7.0, *[0.5] * 50, 1e9, -1e9, 0.1, 0.2], np.float32)
    (back,) = read(written([Frame(np.nan, wild, wild, measured=wild)]))
    for row in (back.values, back.tone, back.measured):
        assert np.isfinite(row).all()
        assert row[4:54].tolist() == [0.5] * 50
        assert row[-2:].tolist() == wild[-2:].tolist()
