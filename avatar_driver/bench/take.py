"""One performance of a face: what was tracked, what was true, and playing it through a stage."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.frame import Frame
from avatar_driver.stages import Stage

__all__ = ["Event", "Floats", "Kind", "Mask", "Take", "cost", "logit", "play", "sigmoid"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_EDGE: Final = 1e-5  # scores nearer to 0 or 1 than this are taken for this in logit space (filter study, section 2)


def logit(p: NDArray[np.floating]) -> Floats:
    """log(p / (1 − p)) of scores, kept finite at 0 and 1."""
    clipped = np.clip(np.asarray(p, dtype=np.float64), _EDGE, 1 - _EDGE)
    return np.asarray(np.log(clipped / (1 - clipped)))


def sigmoid(z: NDArray[np.floating]) -> Floats:
    """1 / (1 + e^−z)."""
    return np.asarray(1 / (1 + np.exp(-np.asarray(z, dtype=np.float64))))


class Kind(StrEnum):
    """What an event of a scene is, so that a measure finds those it is about."""

    STEP = "step"  #: 50 ms, amplitude 0.4
    SUBTLE_STEP = "subtle step"  #: 50 ms, amplitude 0.12
    RAMP = "ramp"  #: 0.5 s, amplitude 0.4: a smile
    SUBTLE_RAMP = "subtle ramp"  #: 0.3 s, amplitude 0.06
    PULSE_40 = "pulse 40"  #: raised cosine of 0.2, width in ms at half its height
    PULSE_80 = "pulse 80"
    PULSE_120 = "pulse 120"
    PULSE_200 = "pulse 200"
    BLINK = "blink"
    SACCADE = "saccade"
    SINE = "sine"
    SPEECH = "speech"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A move whose beginning, size and form are known.

    Attributes:
        kind: its form.
        channels: the channels that make it, all alike.
        onset: when it begins, s.
        middle: when the truth stands half-way up, s; for pulses and blinks on the way up.
        until: when its hold, its pulse or its oscillation ends, s.
        base: the level before.
        amplitude: how far it goes; for sines half the way from trough to crest.
        frequency: of a sine, Hz.
    """

    kind: Kind
    channels: tuple[int, ...]
    onset: float
    middle: float
    until: float
    base: float
    amplitude: float
    frequency: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Take:
    """N frames of a face with their truth.

    Attributes:
        name: for people.
        times: (N,) s, as the source reports them, strictly rising.
        captured: (N,) s, when the pictures were really taken: the middle of the exposure.
        raw: (N, 58) as tracked; where no face was found, as last seen.
        truth: (N, 58) the true values at `captured`.
        path: (M, 58) the truth between the frames too, linear from point to point,
        path_start: s, of its first point, and
        path_rate: its points per second.
        spread: (K, N, 58) where the truth is a mean of K trackings, how far each of them lay from it; else None.
        reported: (N,) which frames count; the rest is warm-up, or was tuned on.
        tracked: (N,) where a face was found; None for everywhere.
        events: known moves.
        rate: nominal frames per second.
    """

    name: str
    times: Floats
    captured: Floats
    raw: NDArray[np.float32]
    truth: Floats
    path: Floats
    path_start: float
    path_rate: float
    reported: Mask
    spread: Floats | None = None
    tracked: Mask | None = None
    events: tuple[Event, ...] = ()
    rate: float = 30.0
    frames: Sequence[Frame] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        seen = np.ones(len(self.times), dtype=bool) if self.tracked is None else self.tracked
        rows = zip(self.times, self.raw, seen, strict=True)
        # One frame per picture, made once: all stages are shown the same ones.
        frames = tuple(Frame(float(t), np.array(row), tracked=bool(found)) for t, row, found in rows)
        object.__setattr__(self, "frames", frames)

    def truth_at(self, times: Floats, channel: int) -> Floats:
        """The truth of one channel at any times, s."""
        place = np.clip((times - self.path_start) * self.path_rate, 0, len(self.path) - 1.000001)
        below = place.astype(np.intp)
        line = self.path[:, channel]
        here = line[below]
        return np.asarray(here + (place - below) * (line[below + 1] - here))

    def events_of(self, kind: Kind) -> list[Event]:
        """The events of one kind, in order of time."""
        return sorted((event for event in self.events if event.kind is kind), key=lambda event: event.onset)


def play(stage: Stage, take: Take) -> Floats:
    """(N, 58) what the stage makes of a take, from a fresh start."""
    stage.reset()
    return np.array([stage(frame).values for frame in take.frames], dtype=np.float64)


def cost(stage: Stage, take: Take) -> Floats:
    """(N − 1,) seconds that each frame of a take costs in a stage; the first is left to its set-up."""
    stage.reset()
    seconds = np.empty(len(take.frames))
    for i, frame in enumerate(take.frames):
        before = time.perf_counter()
        stage(frame)
        seconds[i] = time.perf_counter() - before
    return seconds[1:]
