"""The recording source: the same face again, to the last bit, at its own pace or fast, once or in a loop."""

import asyncio
import logging
import threading
import time
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from avatar_driver.channels import INDEX, Support
from avatar_driver.engine import Engine
from avatar_driver.errors import SourceError
from avatar_driver.frame import REST, Frame, Origin
from avatar_driver.profile import DEFAULT_STAGES
from avatar_driver.protocols.live_link_csv import HEADER, CsvWriter
from avatar_driver.protocols.recording import RecordingWriter
from avatar_driver.registry import Kind, component
from avatar_driver.sinks.recording import Recording as RecordingSink
from avatar_driver.sources import Source
from avatar_driver.sources.recording import Recording
from avatar_driver.sources.synthetic import Synthetic

VALUES = [np.full(58, level, np.float32) for level in (0.1, 0.2, 0.3)]


def take(path: Path, frames: list[Frame]) -> Path:
    writer = RecordingWriter()
    path.write_bytes(writer.begin() + b"".join(writer.encode(frame) for frame in frames))
    return path


def filtered(count: int, step: float = 0.03) -> list[Frame]:
    """Frames whose sent face differs from the measured one in every field."""
    measured = Origin(captured=1.0, support=(Support.MEASURED,) * 57 + (Support.ABSENT,))
    return [
        Frame(50.0 + i * step, VALUES[1], VALUES[2], i % 3 > 0, frozenset({"amplify"}), measured, VALUES[0])
        for i in range(count)
    ]


def played(count: int | None = None, **settings: object) -> list[Frame]:
    return list(islice(Recording(**settings).frames(threading.Event()), count))  # type: ignore[arg-type]


def test_raw_plays_what_was_measured_for_the_stages_to_filter(tmp_path: Path) -> None:
    frames = played(path=str(take(tmp_path / "a.avdr", filtered(3))), fast=True)
    assert [frame.values[0] for frame in frames] == [VALUES[0][0]] * 3
    assert [frame.tracked for frame in frames] == [False, True, True]
    assert all(not frame.altered and not frame.tone.any() for frame in frames)
    assert frames[0].origin.support[57] is Support.ABSENT
    assert frames[0].origin.captured > 0
    assert np.diff([frame.time for frame in frames]) == pytest.approx([0.03] * 2)


def test_filtered_plays_what_was_sent(tmp_path: Path) -> None:
    (frame,) = played(path=str(take(tmp_path / "a.avdr", filtered(1))), fast=True, play="filtered")
    assert (frame.values[0], frame.tone[0], frame.measured[0]) == (VALUES[1][0], VALUES[2][0], VALUES[0][0])
    assert frame.altered == {"amplify"}


def test_at_its_own_pace_the_times_are_todays_and_the_steps_are_real(tmp_path: Path) -> None:
    began = time.perf_counter()
    frames = []
    for frame in Recording(path=str(take(tmp_path / "a.avdr", filtered(6, 0.05)))).frames(threading.Event()):
        frames.append(frame)
        assert time.perf_counter() >= frame.time
    assert frames[0].time == pytest.approx(began, abs=0.2)
    assert np.diff([frame.time for frame in frames]) == pytest.approx([0.05] * 5)
    assert time.perf_counter() - began >= 0.25


@pytest.mark.parametrize("name", ["a.avdr", "a.csv"])
def test_a_loop_goes_on_with_rising_times_and_even_steps(tmp_path: Path, name: str) -> None:
    frames = filtered(3, 0.04)
    if name == "a.csv":
        writer = CsvWriter(1000.0)
        (tmp_path / name).write_text(HEADER + "".join(map(writer.row, frames)))
    else:
        take(tmp_path / name, frames)
    looped = played(10, path=str(tmp_path / name), fast=True, loop=True, timecode_fps=60)
    assert len(looped) == 10
    assert np.diff([frame.time for frame in looped]) == pytest.approx([0.04] * 9, abs=1e-3)
    assert [frame.tracked for frame in looped] == [False, True, True] * 3 + [False]


def test_a_loop_of_a_single_frame_is_still_a_face_at_a_rate(tmp_path: Path) -> None:
    looped = played(4, path=str(take(tmp_path / "a.avdr", filtered(1))), fast=True, loop=True)
    assert (np.diff([frame.time for frame in looped]) > 0.01).all()


def test_times_that_do_not_rise_in_the_file_rise_when_played(tmp_path: Path) -> None:
    frames = [Frame(moment, REST) for moment in (5.0, 5.0, 4.0, 6.0)]
    assert (np.diff([f.time for f in played(path=str(take(tmp_path / "a.avdr", frames)), fast=True)]) > 0).all()


def test_it_ends_while_it_waits_for_a_frame_far_ahead(tmp_path: Path) -> None:
    stop = threading.Event()
    frames = Recording(path=str(take(tmp_path / "a.avdr", filtered(2, 3600)))).frames(stop)
    next(frames)
    threading.Timer(0.05, stop.set).start()
    began = time.perf_counter()
    assert list(frames) == []
    assert time.perf_counter() - began < 1


async def recorded(source: Source, stages: tuple[str, ...], path: Path) -> bytes:
    """What a whole run of the engine leaves on the disk."""
    chain = {name: component(Kind.STAGE, name)() for name in stages}
    await Engine(source, chain, {"recording": RecordingSink(path=str(path))}).run()
    return await asyncio.to_thread(path.read_bytes)


@pytest.mark.parametrize("stages", [(), DEFAULT_STAGES])
async def test_recording_a_raw_replay_through_the_same_stages_gives_the_same_bytes(
    tmp_path: Path, stages: tuple[str, ...]
) -> None:
    live = Synthetic(seconds=4, noise=1.0, fast=True)
    first = await recorded(live, stages, tmp_path / "first.avdr")
    assert len(first) > 120 * 250
    for n in range(2):
        replay = Recording(path=str(tmp_path / "first.avdr"), fast=True)
        assert await recorded(replay, stages, tmp_path / f"again{n}.avdr") == first


async def test_recording_a_filtered_replay_gives_the_same_bytes(tmp_path: Path) -> None:
    first = await recorded(Synthetic(seconds=4, noise=1.0, fast=True), DEFAULT_STAGES, tmp_path / "first.avdr")
    replay = Recording(path=str(tmp_path / "first.avdr"), fast=True, play="filtered")
    assert await recorded(replay, (), tmp_path / "again.avdr") == first


def test_a_recording_that_was_cut_short_plays_up_to_there_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = take(tmp_path / "a.avdr", filtered(5))
    path.write_bytes(path.read_bytes()[:-100])
    made = Recording(path=str(path), fast=True, loop=True)
    with caplog.at_level(logging.WARNING, "avatar_driver"):
        assert len(list(islice(made.frames(threading.Event()), 12))) == 12
    (told,) = caplog.messages
    assert "4 frames; the rest is left out (expected a whole record at byte" in told
    assert made.describe() == "a.avdr, cut short"


def test_an_iphones_take_is_played_by_its_timecode(tmp_path: Path) -> None:
    columns = HEADER.strip().split(",")[2:]
    rows = ["0.0"] * 61
    rows[columns.index("JawRight")] = "0.25"
    line = ",".join(rows)
    text = HEADER + "".join(f"23:59:59:{frame},61,{line}\n" for frame in ("58.867", "59.868"))
    (tmp_path / "phone.csv").write_text(text + f"00:00:00:00.868,61,{line}\n")
    frames = played(path=str(tmp_path / "phone.csv"), fast=True)
    assert np.diff([frame.time for frame in frames]) == pytest.approx([1.001 / 60, 1 / 60], abs=1e-6)
    assert frames[0].values[INDEX["jawRight"]] == 0.25
    assert frames[0].origin.support[INDEX["headPositionX"]] is Support.ABSENT


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("gone.avdr", None, "no file '.*gone.avdr'"),
        ("gone.csv", None, "no file '.*gone.csv'"),
        ("empty.avdr", b"", "cannot play .*expected a header"),
        ("empty.csv", b"", "cannot play .*expected a header Timecode"),
        ("other.avdr", b"RIFF1234567", "cannot play .*expected a recording of avatar_driver"),
        ("none.avdr", RecordingWriter().begin(), "holds no frame"),
    ],
)
def test_what_cannot_be_played_is_told_before_and_while(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=sentence):
        Recording(path=str(tmp_path / name)).prepare()
    with pytest.raises(SourceError, match=sentence):
        played(path=str(tmp_path / name), fast=True)


def test_a_folder_is_not_a_recording(tmp_path: Path) -> None:
    (tmp_path / "folder.avdr").mkdir()
    with pytest.raises(SourceError, match="cannot read"):
        played(path=str(tmp_path / "folder.avdr"))


def test_other_suffixes_and_lost_angles_are_refused() -> None:
    with pytest.raises(ValueError, match=r"path must end in .avdr or .csv, found 'take.mov'"):
        Recording(path="take.mov")
    with pytest.raises(ValueError, match="would lose its angle"):
        Recording(path="take.csv", head_roll=0)
