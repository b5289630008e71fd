"""The face in the terminal: bars that move, or a line a second where there is no terminal."""

import math
import select
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

import numpy as np
from annotated_types import Gt

from avatar_driver.channels import CHANNELS, INDEX, ROTATION, SHAPES
from avatar_driver.errors import did_you_mean
from avatar_driver.frame import REST, Frame
from avatar_driver.rotation import euler_from_quaternion, quaternion_from_vector

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["Console"]

_IN_A_LINE: Final = 4  # channels, where none are named
_FADE: Final = 0.98  # per frame: what a channel showed counts half after a second or so


class Console:
    """Shows the face in the terminal, as bars with the tone marked in them.

    Where the output is a file or another program, it writes a plain line every second instead.

    Args:
        channels: names of the channels to show, such as `jawOpen` or `headRotationY`; all shapes where none are named.
        interval_seconds: time between plain lines.

    Raises:
        ValueError: a channel has no such name.
    """

    def __init__(self, *, channels: Sequence[str] = (), interval_seconds: Annotated[float, Gt(0)] = 1.0) -> None:
        for name in channels:
            if name not in INDEX:
                raise ValueError(f"no channel named '{name}'{did_you_mean(name, CHANNELS)}")
        self._named = tuple(INDEX[name] for name in channels)
        self._interval = interval_seconds
        self._live = False
        self._newest: Frame | None = None
        self._activity = REST
        self._begun = 0.0
        self._due = -math.inf

    async def open(self) -> None:
        """Finds out whether the output is a terminal."""
        self._live = sys.stdout.isatty()
        self._newest = None
        self._due = -math.inf

    async def send(self, frame: Frame) -> None:
        """Keeps the frame for the next picture, or writes its line when one is due.

        Raises:
            OSError: nobody reads the output any more.
        """
        if self._newest is None:
            self._begun = frame.time
        self._newest = frame
        # A new array each time: the picture is made in a thread of rich's.
        self._activity = np.maximum(np.abs(frame.values), self._activity * _FADE)
        if not self._live and not self._due - self._interval <= frame.time < self._due:
            self._due = frame.time + self._interval
            _write(self._line(frame))

    async def close(self) -> None:
        """Leaves the terminal as it is."""

    def describe(self) -> str:
        """Where the face is to be seen."""
        return "this terminal" if self._live else f"a line every {self._interval:g} s"

    def __rich__(self) -> "RenderableType":
        """The newest frame as bars, to fit whatever room rich gives; called as often as the screen is drawn."""
        # Rich takes 50 ms to import, which a run without a terminal need not pay.
        from rich.text import Text

        from avatar_driver.sinks._face_table import FaceTable

        if self._newest is None:
            return Text("no face yet", "dim")
        shown = self._named or tuple(range(SHAPES.stop))
        return FaceTable(self._newest, _head_degrees(self._newest), shown, self._activity)

    def _line(self, frame: Frame) -> str:
        shown = self._named or sorted(range(SHAPES.stop), key=lambda i: -frame.values[i])[:_IN_A_LINE]
        words = [
            f"{frame.time - self._begun:8.1f} s  {'tracked' if frame.tracked else 'lost   '}",
            *(f"{name} {round(degrees):+3d}" for name, degrees in _head_degrees(frame).items()),
            *(f"{CHANNELS[i]} {frame.values[i]:.2f}" for i in shown),
        ]
        if frame.altered:
            words.append(f"[altered: {', '.join(sorted(frame.altered))}]")
        return "  ".join(words)


def _head_degrees(frame: Frame) -> dict[str, float]:
    angles = euler_from_quaternion(quaternion_from_vector(frame.values[ROTATION]))
    return {name: math.degrees(radians) for name, radians in angles._asdict().items()}


def _write(line: str) -> None:
    """Writes a line, or drops it where the reader does not keep up: a full pipe would hold every other sink."""
    try:
        ready = bool(select.select([], [sys.stdout.fileno()], [], 0)[1])
    except (OSError, ValueError):  # not something that can be asked: a file on Windows, an output kept in memory
        ready = True
    if ready:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
