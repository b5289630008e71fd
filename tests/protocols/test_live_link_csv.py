"""Takes of the Live Link Face app: written as the app writes them, read as it and others write them."""

import csv
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.channels import INDEX, POSITION, ROTATION, SHAPE_NAMES, SHAPES, Support
from avatar_driver.errors import DecodeError
from avatar_driver.frame import REST, Frame
from avatar_driver.protocols.live_link_csv import COLUMNS, HEADER, CsvWriter, decode
from avatar_driver.rotation import Euler, quaternion_from_euler, vector_from_quaternion
from tests.faces import face
from tests.strategies import frame_sequences, values

# The first line of takes that the app itself saved.
APPS_HEADER = (
    "Timecode,BlendShapeCount,EyeBlinkLeft,EyeLookDownLeft,EyeLookInLeft,EyeLookOutLeft,EyeLookUpLeft,EyeSquintLeft,"
    "EyeWideLeft,EyeBlinkRight,EyeLookDownRight,EyeLookInRight,EyeLookOutRight,EyeLookUpRight,EyeSquintRight,"
    "EyeWideRight,JawForward,JawRight,JawLeft,JawOpen,MouthClose,MouthFunnel,MouthPucker,MouthRight,MouthLeft,"
    "MouthSmileLeft,MouthSmileRight,MouthFrownLeft,MouthFrownRight,MouthDimpleLeft,MouthDimpleRight,MouthStretchLeft,"
    "MouthStretchRight,MouthRollLower,MouthRollUpper,MouthShrugLower,MouthShrugUpper,MouthPressLeft,MouthPressRight,"
    "MouthLowerDownLeft,MouthLowerDownRight,MouthUpperUpLeft,MouthUpperUpRight,BrowDownLeft,BrowDownRight,BrowInnerUp,"
    "BrowOuterUpLeft,BrowOuterUpRight,CheekPuff,CheekSquintLeft,CheekSquintRight,NoseSneerLeft,NoseSneerRight,"
    "TongueOut,HeadYaw,HeadPitch,HeadRoll,LeftEyeYaw,LeftEyePitch,LeftEyeRoll,RightEyeYaw,RightEyePitch,RightEyeRoll"
)


def take(frames: list[Frame], started: float = 50_000.0, **settings: object) -> str:
    writer = CsvWriter(started, **settings)  # type: ignore[arg-type]
    return HEADER + "".join(writer.row(frame) for frame in frames)


def cells(frame: Frame, **settings: object) -> dict[str, str]:
    (row,) = csv.DictReader(take([frame], **settings).splitlines())
    return row


def rows(*timecodes: str, cell: str = "0.5000000000", count: int = 61) -> bytes:
    line = ",".join([cell] * 61)
    return (HEADER + "".join(f"{timecode},{count},{line}\n" for timecode in timecodes)).encode()


def test_the_header_is_the_apps_own() -> None:
    assert APPS_HEADER + "\n" == HEADER
    assert len(COLUMNS) == 61


def test_each_shape_stands_under_its_own_name() -> None:
    for name in SHAPE_NAMES:
        row = cells(Frame(0.0, face(**{name: 0.25})))
        column = name[0].upper() + name[1:]
        assert {key for key in COLUMNS[:52] if float(row[key])} == {column}
        assert row[column] == "0.2500000000"


def test_angles_have_the_apps_units_and_signs() -> None:
    turned = np.zeros(58, np.float32)
    turned[ROTATION] = vector_from_quaternion(quaternion_from_euler(Euler(0.3, 0.2, 0.1)))
    row = cells(Frame(0.0, turned))
    head = [float(row[name]) for name in ("HeadYaw", "HeadPitch", "HeadRoll")]
    assert head == pytest.approx([0.3, -0.2, 0.1], abs=1e-6)  # left, down and right, where the app's pitch is + up
    row = cells(Frame(0.0, turned), head=(-1, 2, 57.3))
    head = [float(row[name]) for name in ("HeadYaw", "HeadPitch", "HeadRoll")]
    assert head == pytest.approx([-0.3, -0.4, 5.73], abs=1e-4)

    row = cells(Frame(0.0, face(eyeLookInLeft=1, eyeLookOutRight=1, eyeLookDownLeft=1)))  # to the subject's right
    eyes = [float(row[f"{side}Eye{angle}"]) for side in ("Left", "Right") for angle in ("Yaw", "Pitch", "Roll")]
    assert eyes == pytest.approx([0.575, 0.612, 0, 0.575, 0, 0], abs=1e-6)


def test_a_row_has_all_columns_whether_or_not_there_is_a_face_and_says_which() -> None:
    lost = Frame(0.0, face(jawOpen=0.5), tracked=False)
    assert cells(lost)["BlendShapeCount"] == "0"
    assert cells(lost)["JawOpen"] == "0.5000000000"
    assert cells(Frame(0.0, REST))["BlendShapeCount"] == "61"
    assert "-0.0" not in take([Frame(0.0, REST)])


@pytest.mark.parametrize(
    ("started", "elapsed", "timecode"),
    [
        (0.0, 0.0, "00:00:00:00.000"),
        (1929 + 7.867 / 60, 0.0, "00:32:09:07.867"),
        (0.0, 0.5, "00:00:00:30.000"),
        (0.0, 59 / 60 + 0.9996 / 60, "00:00:01:00.000"),  # rounds up to a whole second, not to a 60th frame
        (86_399.0, 1.0, "00:00:00:00.000"),
        (86_399.5, 3661.0, "01:01:00:30.000"),
        (43_200.0, 3 * 86_400.0, "12:00:00:00.000"),
    ],
)
def test_timecodes_count_60_frames_a_second_and_start_again_at_midnight(
    started: float, elapsed: float, timecode: str
) -> None:
    frames = [Frame(1000.0, REST), Frame(1000.0 + elapsed, REST)][(elapsed == 0) :]
    assert take(frames, started).splitlines()[-1].startswith(timecode + ",61,")


def test_no_two_rows_share_a_timecode() -> None:
    written = take([Frame(time, REST) for time in (5.0, 5.0, 5.000001, 4.0, 5.1, math.nan)]).splitlines()[1:]
    timecodes = [line.split(",")[0] for line in written]
    assert timecodes == sorted(set(timecodes))
    assert len(timecodes) == 6


def seconds_as_unreal_reads_them(lines: list[str]) -> list[float]:
    """LiveLinkFaceImporter: 60 frames a second if any frame is above 30, else 30."""
    split = [[float(part) for part in line.split(",")[0].split(":")] for line in lines]
    rate = 60 if any(parts[3] > 30 for parts in split) else 30
    return [3600 * h + 60 * m + s + f / rate for h, m, s, f in split]


@pytest.mark.parametrize("camera", [12, 15, 24, 25, 29.97, 30, 50, 60])
def test_unreal_reads_the_true_times_at_every_camera_rate(camera: float) -> None:
    frames = [Frame(7.3 + i / camera, REST) for i in range(round(2 * camera))]
    times = seconds_as_unreal_reads_them(take(frames, 50_000.2).splitlines()[1:])
    assert np.allclose(np.diff(times), 1 / camera, atol=2e-5)
    assert times[0] == pytest.approx(50_000.2, abs=2e-5)
    assert decode(take(frames, 50_000.2).encode()).fps == 60


@given(frame_sequences(max_size=12), st.floats(0, 86_399.999))
def test_a_take_comes_back_as_it_was_written(frames: list[Frame], started: float) -> None:
    back = decode(take(frames, started).encode(), fps=60)
    assert back.tracked.tolist() == [frame.tracked for frame in frames]
    assert np.allclose(back.times, [frame.time - frames[0].time for frame in frames], atol=4e-5)
    for frame, numbers in zip(frames, back.values, strict=True):
        assert np.abs(numbers[SHAPES] - frame.values[SHAPES]).max() < 1e-7
        assert np.abs(numbers[ROTATION] - frame.values[ROTATION]).max() < 2e-3  # near 90 degrees of pitch
    assert not back.values[:, POSITION].any()


@given(values(), st.tuples(*[st.sampled_from([-1.0, 1.0, 57.3])] * 3))
def test_reading_undoes_the_factors_of_writing(numbers: np.ndarray, head: tuple[float, ...]) -> None:
    numbers[ROTATION] *= 0.5
    back = decode(take([Frame(0.0, numbers)], head=head).encode(), head=head)
    assert np.abs(back.values[0, ROTATION] - numbers[ROTATION]).max() < 1e-5


def test_what_the_file_has_no_column_for_is_absent() -> None:
    back = decode(b"Timecode,BlendShapeCount,JawOpen,mouthsmileleft\n00:00:00:01.000,2,0.5,0.25\n")
    (frame,) = back.frames()
    assert frame.values[INDEX["jawOpen"]] == 0.5
    assert frame.values[INDEX["mouthSmileLeft"]] == 0.25
    known = {i for i, each in enumerate(frame.origin.support) if each is Support.MEASURED}
    assert known == {INDEX["jawOpen"], INDEX["mouthSmileLeft"]}
    assert next(decode(rows("00:00:00:01.000")).frames()).origin.support[POSITION.start] is Support.ABSENT


@pytest.mark.parametrize(
    ("timecodes", "fps"),
    [
        (["10:00:00:58.9", "10:00:00:59.9", "10:00:01:00.9"], 60),
        (["10:00:00:28.9", "10:00:00:29.9", "10:00:01:00.9"], 30),
        (["10:00:00:23.1", "10:00:00:24.1", "10:00:01:00.1"], 25),
        (["10:00:00:22.1", "10:00:00:23.1", "10:00:01:00.1"], 24),
        (["10:00:00:10", "10:00:00:11", "10:00:00:12"], 30),  # no second ends: Unreal's rule
        (["10:00:00:30", "10:00:00:31", "10:00:00:32"], 60),
    ],
)
def test_the_timecodes_rate_is_found(timecodes: list[str], fps: int) -> None:
    back = decode(rows(*timecodes))
    assert back.fps == fps
    assert np.allclose(np.diff(back.times), 1 / fps)


def test_midnight_and_a_clock_that_is_set_back_do_not_stop_the_times_from_rising() -> None:
    back = decode(rows("23:59:59:58.5", "23:59:59:59.5", "00:00:00:00.5", "00:00:00:00.5", "00:00:10:00.5"))
    assert np.diff(back.times) == pytest.approx([1 / 60, 1 / 60, 1 / 60, 10])
    assert decode(rows("23:59:50:00", "00:00:10:00"), fps=60).times.tolist() == [0, 20]
    back = decode(rows("12:00:00:58", "11:30:00:59", "11:30:01:00"), fps=60)
    assert np.diff(back.times) == pytest.approx([1 / 60] * 2)


def test_rows_without_a_face_repeat_the_last_one() -> None:
    short = b"00:00:00:02.000,0\n"
    back = decode(rows("00:00:00:01.000") + short + rows("00:00:00:03.000", count=0)[len(HEADER) :])
    assert back.tracked.tolist() == [True, False, False]
    assert (back.values[1] == back.values[0]).all()
    first_lost = decode(HEADER.encode() + short + rows("00:00:00:03.000")[len(HEADER) :])
    assert not first_lost.values[0].any()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_byte_order_mark_line_ends_and_empty_lines_do_not_matter(end: str) -> None:
    text = rows("00:00:00:01.000", "00:00:00:02.000").decode().replace("\n", end) + end
    assert len(decode(b"\xef\xbb\xbf" + text.encode()).times) == 2


def test_a_take_cut_at_any_byte_gives_every_whole_row_before_it() -> None:
    data = take([Frame(i / 30, face(jawOpen=0.5)) for i in range(3)]).encode()
    ends = [i + 1 for i in range(len(data)) if data[i : i + 1] == b"\n"]
    for cut in range(ends[1] + 1, len(data)):
        whole = sum(end <= cut + 1 for end in ends[1:])  # the line end itself may be missing
        assert len(decode(data[:cut]).times) == whole, cut
    for cut in range(ends[1] - 1):
        with pytest.raises(DecodeError):
            decode(data[:cut])


@given(st.binary(max_size=400), st.sampled_from([b"", HEADER.encode(), rows("00:00:00:01.000")]))
def test_random_bytes_raise_only_the_decode_error(noise: bytes, before: bytes) -> None:
    try:
        back = decode(before + noise)
    except DecodeError:
        return
    assert np.isfinite(back.values).all()
    assert (np.diff(back.times) > 0).all()


@given(st.text(alphabet="0123456789:.-,einfax\n ", max_size=200))
def test_random_rows_raise_only_the_decode_error(noise: str) -> None:
    try:
        back = decode(HEADER.encode() + noise.encode())
    except DecodeError:
        return
    assert np.isfinite(back.values).all()


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (b"", "expected a header Timecode,BlendShapeCount"),
        (b"time,jawOpen\n1,2\n", "expected a header"),
        (b"Timecode,BlendShapeCount,A,B\n00:00:00:01,2,1,1\n", "expected columns such as EyeBlinkLeft"),
        (b"Timecode,BlendShapeCount,JawOpen,jawopen\n00:00:00:01,2,1,1\n", "a name used twice"),
        (HEADER.encode(), "a header alone"),
        (rows("25:00:00:00"), "a timecode such as 14:03:52:28.207 in line 2"),
        (rows("00:00:00:01", "0:61:00:00"), "in line 3"),
        (rows("00:00:00"), "a timecode such as"),
        (rows("00:00:00:-1"), "a timecode such as"),
        (rows("00:00:00:01", cell="x"), "expected numbers in line 2"),
        (rows("00:00:00:01", cell="nan"), "a finite EyeBlinkLeft in line 2"),
        (rows("00:00:00:01", cell="35.2"), "are they degrees?"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(bad: bytes, sentence: str) -> None:
    with pytest.raises(DecodeError, match="expected") as raised:
        decode(bad)
    assert sentence in str(raised.value)


def test_numbers_that_no_face_can_have_are_written_as_the_nearest() -> None:
    wild = np.array([np.nan, np.inf, -np.inf, *[0.5] * 52, np.nan, np.inf, -np.inf], np.float32)
    back = decode(take([Frame(0.0, wild)]).encode())
    assert np.isfinite(back.values).all()
    assert back.values[0, 1] == 1
