"""A face by formula: what the synthetic source plays. Pure, deterministic by seed, exact at any time.

Every movement is a minimum-jerk stroke to a height, a hold, and a stroke back, with the durations real faces have
(blinks close in 85 ms and open in 210; a smile rises in half a second; a saccade takes one or two frames; syllables
come 3 to 6 times a second). Movements of one channel join as 1 − Π(1 − e), so nothing ever leaves 0…1.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, INDEX, ROTATION, SHAPES

__all__ = ["PERIOD", "Choreography"]

PERIOD: Final = 40.0  # s; the play repeats without a seam

_TWINS: Final = ("Left", "Right")
# Largest gaze, as look shapes: 1.0 is about 33° sideways and 35° down on ARKit data.
_GAZE_REACH: Final = (0.75, 0.55)


@dataclass(frozen=True, slots=True)
class Stroke:
    """One movement of one channel: height at `start + rise` … `+ hold`, back at rest `fall` later. Seconds, 0…1."""

    channel: int
    start: float
    rise: float
    hold: float
    fall: float
    height: float


def minimum_jerk(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """The smoothest way from 0 to 1 in unit time: 10t³ − 15t⁴ + 6t⁵, constant outside."""
    t = np.clip(t, 0.0, 1.0)
    return t * t * t * (10 - t * (15 - 6 * t))


class Choreography:
    """Forty seconds of idling, speech, smiles, brow raises, a micro-expression, glances, blinks, nods and turns."""

    def __init__(self, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        strokes = [*_blinks(rng), *_speech(rng), *_expressions(rng)]
        self._channel = np.array([stroke.channel for stroke in strokes])
        self._timing = np.array([[s.start, s.rise, s.hold, s.fall] for s in strokes]).T
        self._height = np.array([stroke.height for stroke in strokes])
        self._glances = _glances(rng)
        self._sway = rng.uniform(0, 2 * np.pi, (2, 6))

    def face(self, time: float) -> NDArray[np.float64]:
        """(58,) the true face at a time in seconds, any float."""
        t = time % PERIOD
        values = np.zeros(len(CHANNELS))
        start, rise, hold, fall = self._timing
        since = (t - start) % PERIOD
        envelope = minimum_jerk(since / rise) * (1 - minimum_jerk((since - rise - hold) / fall)) * self._height
        rest = np.ones(len(CHANNELS))
        np.multiply.at(rest, self._channel, 1 - envelope)
        values[SHAPES] = np.clip(1 - rest[SHAPES], 0, 1)
        self._look(values, t)
        self._move_head(values, t)
        return values

    def _look(self, values: NDArray[np.float64], t: float) -> None:
        starts, lengths, targets = self._glances
        now = int(np.searchsorted(starts, t, side="right")) - 1
        share = float(minimum_jerk(np.array((t - starts[now]) / lengths[now])))
        right, up = targets[now - 1] + share * (targets[now] - targets[now - 1])
        for side, outward in (("Left", -right), ("Right", right)):
            values[INDEX["eyeLookOut" + side]] = max(0.0, outward)
            values[INDEX["eyeLookIn" + side]] = max(0.0, -outward)
            values[INDEX["eyeLookUp" + side]] = max(0.0, up)
            values[INDEX["eyeLookDown" + side]] = max(0.0, -up)

    def _move_head(self, values: NDArray[np.float64], t: float) -> None:
        # Slow sway, in whole cycles per period so that the play has no seam; radians and metres.
        slow, slower = (np.sin(2 * np.pi * n * t / PERIOD + phase) for n, phase in zip((9, 4), self._sway, strict=True))
        values[52:58] = (slow + slower) * np.array([0.004, 0.002, 0.004, 0.012, 0.02, 0.01])
        nod = _bump(t, 27.0, 1.6) * np.sin(2 * np.pi * 2.5 * (t - 27.0)) * np.deg2rad(7)
        shake = _bump(t, 31.0, 1.5) * np.sin(2 * np.pi * 2.0 * (t - 31.0)) * np.deg2rad(9)
        turn = _bump(t, 34.0, 3.5) * np.deg2rad(24)
        tilt = _bump(t, 17.0, 3.0) * np.deg2rad(8)
        values[ROTATION] += (nod, shake + turn, tilt)


def _bump(t: float, start: float, length: float) -> float:
    """Rises from 0 to 1 and falls back within `length` seconds."""
    share = np.clip((t - start) / length, 0, 1)
    return float(np.sin(np.pi * share) ** 2)


def _both(name: str, *timing: float, height: float, skew: float = 0.0) -> list[Stroke]:
    """The same movement on both sides, or on a shape that has none."""
    start, rise, hold, fall = timing
    if name in INDEX:
        return [Stroke(INDEX[name], start, rise, hold, fall, height)]
    return [
        Stroke(INDEX[name + side], start, rise, hold, fall, height * (1 + lean * skew))
        for side, lean in zip(_TWINS, (-0.5, 0.5), strict=True)
    ]


def _blinks(rng: np.random.Generator) -> list[Stroke]:
    strokes = []
    time = 1.2
    while time < PERIOD - 1:
        depth = float(rng.uniform(0.82, 1.0))
        strokes += _both("eyeBlink", time, 0.085, 0.02, 0.21, height=depth)
        time += float(rng.choice([0.45, rng.uniform(2.2, 5.5)], p=[0.12, 0.88]))
    return strokes


def _speech(rng: np.random.Generator) -> list[Stroke]:
    lips = ("mouthFunnel", "mouthPucker", "mouthStretch", "mouthUpperUp", "mouthLowerDown", "mouthPress")
    strokes = []
    for begin, end in ((3.0, 8.5), (19.5, 25.5)):
        time = begin
        while time < end:
            length = float(rng.uniform(0.16, 0.32))
            strokes += _both("jawOpen", time, 0.4 * length, 0.1 * length, 0.5 * length, height=rng.uniform(0.12, 0.5))
            shape = str(rng.choice(lips))
            strokes += _both(shape, time, 0.4 * length, 0.1 * length, 0.5 * length, height=rng.uniform(0.15, 0.5))
            time += length
    return strokes


def _expressions(rng: np.random.Generator) -> list[Stroke]:
    return [
        *_raised_brows(6.0, 0.55),
        *_raised_brows(21.5, 0.7),
        # A subtle smile that comes slowly, then a broad one with the cheeks.
        *_both("mouthSmile", 9.5, 0.9, 1.6, 1.1, height=0.22, skew=0.1),
        *_both("mouthSmile", 14.0, 0.5, 2.2, 0.8, height=0.78, skew=0.08),
        *_both("cheekSquint", 14.1, 0.5, 2.0, 0.7, height=0.5),
        *_both("eyeSquint", 14.1, 0.5, 2.0, 0.7, height=0.35),
        *_both("mouthDimple", 14.2, 0.5, 1.9, 0.7, height=0.2),
        # A micro-expression: brows and nose for an eighth of a second.
        *_both("browDown", 12.6, 0.06, 0.01, 0.06, height=0.35),
        *_both("noseSneer", 12.6, 0.06, 0.01, 0.06, height=0.25),
        *_both("browDown", 29.3, 0.3, 1.0, 0.4, height=0.5),
        *_both("mouthFrown", 29.4, 0.4, 0.9, 0.5, height=0.45),
        *_both("mouthPucker", 33.0, 0.2, 0.5, 0.25, height=0.7),
        *_both("cheekPuff", 36.0, 0.25, 0.7, 0.2, height=float(rng.uniform(0.6, 0.8))),
        *_both("eyeWide", 38.0, 0.12, 0.5, 0.3, height=0.6),
        *_both("jawOpen", 38.0, 0.15, 0.4, 0.3, height=0.45),
        Stroke(INDEX["jawLeft"], 37.0, 0.2, 0.3, 0.2, 0.4),
        Stroke(INDEX["mouthRight"], 11.6, 0.2, 0.3, 0.25, 0.35),
    ]


def _raised_brows(start: float, height: float) -> list[Stroke]:
    return [
        *_both("browInnerUp", start, 0.18, 0.5, 0.4, height=height),
        *_both("browOuterUp", start, 0.2, 0.45, 0.4, height=0.8 * height, skew=0.1),
    ]


def _glances(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Starts (s), lengths (s) and targets (right, up in look-shape units) of the gaze; the first one begins at 0."""
    starts = [0.0]
    while starts[-1] < PERIOD - 2.5:
        starts.append(starts[-1] + float(rng.uniform(0.5, 2.2)))
    targets = rng.uniform(-1, 1, (len(starts), 2)) * _GAZE_REACH
    targets[rng.random(len(starts)) < 0.4] = 0.0  # people look back at the screen
    # The last target is where the first glance sets out from when the play begins again.
    degrees = np.hypot(*(np.diff(targets, axis=0, prepend=targets[-1:])).T) * 33
    return np.array(starts), 0.021 + 0.0022 * degrees, targets
