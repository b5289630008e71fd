"""The C# core in a process of its own, fed by the real driver."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import numpy as np

from avatar_driver.channels import INDEX, SHAPE_NAMES
from avatar_driver.frame import Frame
from avatar_driver.maps import load
from avatar_driver.protocols.vmc import Encoder
from avatar_driver.sinks.vmc import Vmc
from avatar_driver.sources.synthetic import Synthetic
from tests.plugins.unity.mono import Session, receiving


def driven(port: int, report: Path, *options: str) -> dict[str, int]:
    """Runs the driver and gives what its VMC output counted."""
    command = [sys.executable, "-m", "avatar_driver", "run", "--source", "synthetic", "--sink", f"vmc={port}"]
    done = subprocess.run(
        [*command, "--report", str(report), *options], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    sink: dict[str, int] = json.loads(report.read_text())["sinks"]["vmc"]
    return sink


async def stamped(session: Session, frames: int) -> list[float]:
    """Sends frames at 60 Hz by the driver's own output; gives when each was handed to the system."""
    sink = Vmc(port=session.port, map=load("perfect_sync"))
    await sink.open()
    values = np.zeros(58, np.float32)
    sent = []
    begun = time.perf_counter() + 0.2
    for i in range(frames):
        await asyncio.sleep(max(0.0, begun + i / 60 - time.perf_counter()))
        values = values.copy()
        values[INDEX["jawOpen"]] = i % 2
        sent.append(time.perf_counter())
        await sink.send(Frame(sent[-1], values))
    await sink.close()
    await asyncio.sleep(0.3)
    return sent


def delays(session: Session, sent: list[float], moment: str = "applied") -> np.ndarray:
    """Milliseconds from sender to game. A frame is known by the sender's own time, which starts with the first."""
    stamps = np.array(sent) - sent[0]
    found = [int(np.argmin(abs(stamps - frame.sender_time))) for frame in session.frames]
    assert len(set(found)) == len(found)
    return np.array([1000 * (getattr(frame, moment) - sent[i]) for frame, i in zip(session.frames, found, strict=True)])


def test_every_frame_the_driver_sends_at_60_hertz_arrives_as_it_was_made(built: Path, tmp_path: Path) -> None:
    options = ("--set", "source.fps=60", "--set", "source.seconds=2", "--set", "stages=[]")
    with receiving(built, weights=True) as session:
        counts = driven(session.port, tmp_path / "report.json", *options)
    assert session.applies == counts["sent"] > 60
    assert len(session.frames) == session.applies - session.unseen > 60
    assert session.bad == session.errors == 0
    expected = [frame.values for frame in Synthetic(fps=60, seconds=2, fast=True).frames(Event())]
    pascal = [name[0].upper() + name[1:] for name in SHAPE_NAMES]
    alike = []
    for frame in session.frames:
        weights = np.array([frame.weights[name] for name in pascal])
        alike.append(float(np.abs(np.array(expected)[:, :52] - weights).max(axis=1).min()) < 1e-5)
    # Then the driver ends by easing the face to rest.
    made = sum(alike)
    assert made > 80
    assert all(alike[:made])
    assert all(frame.tracked for frame in session.frames[:made])
    assert not any(session.frames[-1].weights.values())
    assert not session.frames[-1].tracked


async def test_from_sender_to_game_takes_less_than_a_frame(built: Path) -> None:
    with receiving(built) as session:
        sent = await stamped(session, 120)
    assert session.applies == 120
    late = delays(session, sent)
    assert len(late) >= 60
    assert late.min() > 0
    assert np.median(late) < 16.7


def test_it_endures_without_growing(built: Path) -> None:
    """A minute of frames in two seconds here; `python -m tests.plugins.measure unity` for as long as you like."""
    encoder, frame = Encoder(SHAPE_NAMES), Frame(0.0, np.linspace(0, 1, 58, dtype=np.float32))
    packets = encoder.packets(frame, frame.values[:52])
    command = ["mono", str(built / "harness.exe"), "endure", "1.9", "0.3"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
    ):
        assert process.stdout is not None
        port = int(process.stdout.readline())
        while process.poll() is None:
            for packet in packets * 20:
                out.sendto(packet, ("127.0.0.1", port))
            time.sleep(0.01)
        lines = [[int(word) for word in line.split()] for line in process.stdout]
    assert len(lines) >= 3
    first, last = lines[0], lines[-1]
    assert last[1] - first[1] > 1000
    assert last[2] == 0
    assert last[4] - first[4] < 200_000  # managed bytes: names are learnt once
    assert last[5] - first[5] < 8_192  # KiB resident


async def test_a_slow_game_gets_the_newest_frame_and_no_queue(built: Path) -> None:
    with receiving(built, game_hertz=20) as session:
        sent = await stamped(session, 90)
    assert session.applies == 90
    assert session.unseen >= 45
    # A queue would make the delay grow with every frame.
    late = delays(session, sent)
    assert np.median(late[-10:]) < np.median(late[:10]) + 50
