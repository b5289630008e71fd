"""The recording sink: what is on the disk, whatever happens."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from avatar_driver.channels import CHANNELS
from avatar_driver.errors import ProblemsError, SinkError
from avatar_driver.frame import REST, Frame, Origin
from avatar_driver.profile import read_profile
from avatar_driver.protocols import live_link_csv
from avatar_driver.protocols.recording import RecordingReader
from avatar_driver.sinks import _background_file
from avatar_driver.sinks.recording import Recording

resource = pytest.importorskip("resource", reason="the limits of files are set by it, on Unix alone")


def faces(count: int, tracked: bool = True) -> list[Frame]:
    start = time.perf_counter()
    return [
        Frame(start + i / 30, np.full(58, i % 10 / 10), tracked=tracked, origin=Origin(captured=start + i / 30))
        for i in range(count)
    ]


def frames_in(path: Path) -> list[Frame]:
    return list(RecordingReader().read(path.read_bytes()))


async def recorded(path: Path, frames: list[Frame]) -> None:
    made = Recording(path=str(path))
    await made.open()
    for frame in frames:
        await made.send(frame)
    await made.close()


async def sent_on_and_on(made: Recording, pause: float) -> None:
    async with asyncio.timeout(5):
        while True:
            for frame in faces(30):
                await made.send(frame)
            await asyncio.sleep(pause)


async def test_every_frame_is_in_the_file(tmp_path: Path) -> None:
    sent = faces(50)
    await recorded(tmp_path / "take.avdr", sent)
    back = frames_in(tmp_path / "take.avdr")
    assert [frame.time for frame in back] == [frame.time for frame in sent]
    assert all(np.array_equal(one.values, other.values) for one, other in zip(back, sent, strict=True))


async def test_a_csv_bears_the_time_of_day_at_which_the_first_frame_was_captured(tmp_path: Path) -> None:
    await recorded(tmp_path / "take.CSV", faces(40))
    data = (tmp_path / "take.CSV").read_bytes()
    take = live_link_csv.decode(data)
    assert np.allclose(np.diff(take.times), 1 / 30, atol=4e-5)
    hours, minutes, seconds, frame = (float(part) for part in data.splitlines()[1].split(b",")[0].split(b":"))
    now = time.localtime()
    late = now.tm_hour * 3600 + now.tm_min * 60 + now.tm_sec - (hours * 3600 + minutes * 60 + seconds + frame / 60)
    assert -1 < late % 86_400 < 30 or late % 86_400 > 86_398


async def test_a_file_that_is_there_is_left_alone_and_the_next_take_gets_a_number(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "take.avdr"
    path.write_bytes(b"mine")
    (tmp_path / "take-3.avdr").write_bytes(b"mine too")
    with caplog.at_level(logging.INFO, "avatar_driver"):
        for _ in range(3):
            await recorded(path, faces(3))
    assert path.read_bytes() == b"mine"
    assert (tmp_path / "take-3.avdr").read_bytes() == b"mine too"
    assert [len(frames_in(tmp_path / f"take-{n}.avdr")) for n in (2, 4, 5)] == [3, 3, 3]
    assert "is there already; this take is take-2.avdr" in caplog.text


async def test_what_nobody_captured_is_not_recorded(tmp_path: Path) -> None:
    lost = faces(1, tracked=False)
    made_up = [Frame(lost[0].time + 0.1, REST, tracked=False), Frame(lost[0].time + 0.2, REST, tracked=True)]
    await recorded(tmp_path / "take.avdr", lost + made_up)
    assert [frame.tracked for frame in frames_in(tmp_path / "take.avdr")] == [False, True]


async def test_a_take_without_a_frame_leaves_no_file(tmp_path: Path) -> None:
    for name in ("take.avdr", "take.csv"):
        await recorded(tmp_path / name, [Frame(1.0, REST, tracked=False)])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("missing/take.avdr", "no folder .*missing; make it, or change path"),
        ("a_file/take.avdr", "cannot write .*Not a directory; change path"),
        ("n" * 300 + ".csv", "cannot write .*File name too long; change path"),
    ],
)
async def test_what_keeps_a_file_from_being_made_is_a_sentence(tmp_path: Path, path: str, sentence: str) -> None:
    (tmp_path / "a_file").write_bytes(b"")
    made = Recording(path=str(tmp_path / path))
    with pytest.raises(SinkError, match=sentence):
        await made.open()
    await made.close()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("path: take.mp4", "path must end in .avdr or .csv, which says the format; found 'take.mp4'"),
        ("path: take.csv, head_yaw: 0", "a factor of 0 for the head would lose its angle"),
    ],
)
def test_wrong_settings_are_told_with_their_place(settings: str, sentence: str) -> None:
    with pytest.raises(ProblemsError) as raised:
        read_profile(f"source: synthetic\nsinks: [{{type: recording, {settings}}}]", "p.yaml")
    assert str(raised.value).startswith("p.yaml:2:")
    assert sentence in str(raised.value)


async def test_a_full_disk_is_a_sentence_and_what_was_written_before_can_be_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = Recording(path=str(tmp_path / "take.avdr"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    await made.open()
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
        with pytest.raises(SinkError, match=r"File too large; make room, or change path \(0\.0 MB before are kept\)"):
            await sent_on_and_on(made, pause=0.05)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        await made.close()
    assert (tmp_path / "take.avdr").stat().st_size == 20_000
    reader = RecordingReader()
    whole = list(reader.read((tmp_path / "take.avdr").read_bytes()))
    assert len(whole) > 60
    assert 20_000 - reader.consumed < 300
    assert "make room" in caplog.text


async def test_a_fault_that_shows_only_at_the_end_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = Recording(path=str(tmp_path / "take.avdr"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    await made.open()
    for frame in faces(30):
        await made.send(frame)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
        await made.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "cannot write" in caplog.text


async def test_a_disk_that_takes_nothing_for_long_is_a_fault_and_not_a_heap_of_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_background_file, "_MOST_WAITING", 5000)
    monkeypatch.setattr(_background_file, "_EVERY_SECONDS", 60)
    made = Recording(path=str(tmp_path / "take.avdr"))
    await made.open()
    with pytest.raises(SinkError, match="the disk is too slow"):
        await sent_on_and_on(made, pause=0)
    await made.close()


ENDLESS = """
import asyncio, sys, time
import numpy as np
from avatar_driver.frame import Frame, Origin
from avatar_driver.sinks.recording import Recording
async def record():
    sink = Recording(path=sys.argv[1])
    await sink.open()
    print("begun", flush=True)
    while True:
        now = time.perf_counter()
        await sink.send(Frame(now, np.full(58, 0.5), origin=Origin(captured=now)))
        await asyncio.sleep(0.01)
asyncio.run(record())
"""


@pytest.mark.parametrize("name", ["take.avdr", "take.csv"])
def test_a_program_that_is_killed_keeps_all_but_the_last_moment(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with subprocess.Popen([sys.executable, "-c", ENDLESS, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        began = time.perf_counter()
        while not path.stat().st_size > 20_000 and time.perf_counter() < began + 20:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        killed = time.perf_counter()
    data = path.read_bytes()
    if name == "take.avdr":
        times = [frame.time for frame in RecordingReader().read(data)]
        assert killed - times[-1] < 0.6 + 0.4  # the promise, and room for a busy machine
    else:
        times = live_link_csv.decode(data, fps=60).times.tolist()
    assert len(times) > 10
    assert max(np.diff(times)) < 1


async def test_it_says_where_it_writes_and_how_much(tmp_path: Path) -> None:
    made = Recording(path=str(tmp_path / "take.avdr"))
    assert made.describe() == str(tmp_path / "take.avdr")
    await made.open()
    assert made.describe() == f"{tmp_path / 'take.avdr'}, 0.0 MB"
    await made.close()


@pytest.mark.parametrize("name", ["take.avdr", "take.csv"])
async def test_sending_a_frame_costs_microseconds(tmp_path: Path, name: str) -> None:
    made = Recording(path=str(tmp_path / name))
    await made.open()
    rng = np.random.default_rng(0)
    costs = []
    for frame in faces(500):
        whole = frame.changed(values=rng.random(len(CHANNELS)), tone=rng.random(len(CHANNELS)))
        began = time.perf_counter()
        await made.send(whole)
        costs.append(time.perf_counter() - began)
    await made.close()
    assert sorted(costs)[len(costs) // 4] < 250e-6  # four times the aim: the machine may be busy
