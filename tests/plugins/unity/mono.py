"""Runs what was built from the package."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Seen", "Session", "playing", "receiving", "said"]


def said(program: Path, *arguments: object, given: str = "", seconds: float = 60) -> list[str]:
    """The lines a program writes."""
    done = subprocess.run(
        ["mono", str(program), *map(str, arguments)],
        input=given, capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout.splitlines()


@dataclass
class Seen:
    """A frame that the game saw. Times are seconds of the clock that `time.perf_counter` reads."""

    received: float
    applied: float
    sender_time: float
    tracked: bool
    weights: dict[str, float]


@dataclass
class Session:
    """What a receiver has seen, once it has ended."""

    port: int
    frames: list[Seen] = field(default_factory=list)
    packets: int = 0
    bad: int = 0
    applies: int = 0
    unseen: int = 0
    gaps: int = 0
    errors: int = 0


@contextmanager
def receiving(built: Path, game_hertz: float = 1000, weights: bool = False) -> Iterator[Session]:
    """A receiver in a process of its own, read by a game of so many frames a second."""
    command = ["mono", str(built / "harness.exe"), "receive", str(game_hertz), "weights" if weights else "times"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        session = Session(int(process.stdout.readline()))
        try:
            yield session
        finally:
            written, _ = process.communicate(timeout=30)
        for line in written.splitlines():
            words = line.split(" ")
            if words[0] == "counts":
                counts = map(int, words[1:])
                session.packets, session.bad, session.applies, session.unseen, session.gaps, session.errors = counts
            else:
                pairs = (word.split("=") for word in words[4:])
                session.frames.append(
                    Seen(int(words[0]) / 1e7, int(words[1]) / 1e7, float(words[2]), words[3] == "1",
                         {name: float(weight) for name, weight in pairs})
                )  # fmt: skip


@dataclass
class Stage:
    """The sample's avatar, played by orders."""

    process: subprocess.Popen[str]
    port: int = 0
    listening: bool = False
    receiving: bool = False
    presence: float = 0
    number: int = 0
    way: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    lines: tuple[str, ...] = ()

    def order(self, order: str) -> "Stage":
        """Carries out an order and reads the state after it."""
        assert self.process.stdin is not None
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        return self.read()

    def read(self) -> "Stage":
        """Reads the state."""
        assert self.process.stdout is not None
        lines = []
        while not (line := self.process.stdout.readline()).startswith("state "):
            assert line, "the program has ended"
            lines.append(line.rstrip("\n"))
        words: list[Any] = line.split()[1:]
        self.port, self.listening, self.receiving = int(words[0]), words[1] == "1", words[2] == "1"
        self.presence, self.number = float(words[3]), int(words[4])
        self.way = tuple(map(float, words[5:8]))
        self.weights = tuple(map(float, words[9:]))
        self.lines = tuple(lines)
        return self


@contextmanager
def playing(built: Path) -> Iterator[Stage]:
    """The sample's avatar in a game that goes on by order."""
    with subprocess.Popen(
        ["mono", str(built / "layer.exe"), "play"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Stage(process).read()
        finally:
            process.communicate(timeout=30)
