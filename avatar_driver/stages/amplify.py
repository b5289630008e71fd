"""Makes expressions larger or smaller, the held part and the fast part each by its own gain."""

import math
from collections.abc import Sequence
from typing import Annotated, Final

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, INDEX, REGIONS, SHAPES
from avatar_driver.errors import did_you_mean
from avatar_driver.frame import Frame

__all__ = ["Amplify"]

Gain = Annotated[float, Ge(0.25), Le(3.0)]

# Sd of the tracker's residual at rest, per region, in units of the shape (clips of acting, MediaPipe 1.2). A movement
# of two of these may be noise and is left alone; one of four is a movement and gets the whole gain.
_NOISE: Final = {
    "lids": 0.007,
    "gaze": 0.014,
    "brows": 0.013,
    "jaw": 0.015,
    "lips": 0.019,
    "smile": 0.029,
    "cheeks": 0.01,
    "tongue": 0.01,
}

# Movements no face makes at once. Gain may not push a pair where the measured face was not.
_ANTAGONISTS: Final = tuple(
    (INDEX[a], INDEX[b])
    for a, b in (
        ("jawOpen", "mouthClose"),
        ("eyeBlinkLeft", "eyeWideLeft"),
        ("eyeBlinkRight", "eyeWideRight"),
        ("mouthSmileLeft", "mouthFrownLeft"),
        ("mouthSmileRight", "mouthFrownRight"),
        ("mouthPucker", "mouthStretchLeft"),
        ("mouthPucker", "mouthStretchRight"),
    )
)
_FIRST = np.array([a for a, _ in _ANTAGONISTS])
_SECOND = np.array([b for _, b in _ANTAGONISTS])

_SLEW: Final = 0.5  # of gain per second: a slider that is pulled must not make the face pop


class Amplify:
    """Amplifies tone and transient by φ(x) = g·x / (1 + (g−1)·x), a shift in log-odds.

    It keeps 0 and 1, is monotone and can be undone. With tone T and transient f = x − T the result is
    T' = φ(T; tone) and T' + (1 − T')·φ(f / (1 − T); transient) for f ≥ 0, T' − T'·φ(−f / T; transient) below. Gains of
    1 give the frame itself, bit for bit; any other marks it `altered`, which every output that can discloses.

    Lids, gaze, jaw and head are left alone by default: blinks and lip sync must not change.

    Args:
        tone: gain of the held expression, 0.25 to 3. People notice from 0.8 and 1.25 on.
        transient: gain of the fast part, likewise.
        regions: which regions of the face are amplified.
    """

    def __init__(
        self,
        *,
        tone: Gain = 1.0,
        transient: Gain = 1.0,
        regions: Sequence[str] = ("brows", "lips", "smile", "cheeks"),
    ) -> None:
        for region in regions:
            if region not in _NOISE:
                raise ValueError(f"no region named '{region}' can be amplified{did_you_mean(region, _NOISE)}")
        self.tone = tone
        self.transient = transient
        self.regions = tuple(regions)
        self._chosen = np.array(sorted(i for region in regions for i in REGIONS[region]), dtype=np.intp)
        noise = np.ones(len(CHANNELS))
        for region, sd in _NOISE.items():
            noise[list(REGIONS[region])] = sd
        self._noise = noise[self._chosen]
        self.reset()

    def reset(self) -> None:
        """Lets the next frame have the set gains at once."""
        self._time: float | None = None
        self._gains = (self.tone, self.transient)

    def adopt(self, other: "Amplify") -> None:
        """Takes over another one's settings; its gains are reached by and by."""
        self.tone, self.transient, self.regions = other.tone, other.transient, other.regions
        self._chosen, self._noise = other._chosen, other._noise

    def __call__(self, frame: Frame) -> Frame:
        """The amplified frame, or the frame itself when both gains are 1."""
        tone_gain, transient_gain = self._slewed(frame.time)
        if tone_gain == transient_gain == 1.0 or not self._chosen.size:
            return frame
        values = frame.values.astype(np.float64)
        tone = frame.tone.astype(np.float64)
        values[self._chosen], tone[self._chosen] = amplified(
            np.clip(values[self._chosen], 0, 1),
            np.clip(tone[self._chosen], 0, 1),
            tone_gain,
            transient_gain,
            self._noise,
        )
        _respect_antagonists(values, frame.values)
        np.clip(values[SHAPES], 0, 1, out=values[SHAPES])
        return frame.altered_by("amplify", values=values, tone=tone)

    def _slewed(self, time: float) -> tuple[float, float]:
        step = _SLEW * max(0.0, time - self._time) if self._time is not None else math.inf
        self._time = time
        wanted = (self.tone, self.transient)
        if self._gains != wanted:
            now_tone, now_transient = self._gains
            self._gains = _toward(now_tone, self.tone, step), _toward(now_transient, self.transient, step)
        return self._gains


def _toward(now: float, goal: float, step: float) -> float:
    return now + max(-step, min(step, goal - now))


def amplified(
    values: NDArray[np.float64],
    tone: NDArray[np.float64],
    tone_gain: float,
    transient_gain: float,
    noise: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Amplified values and tone, all in 0…1; `noise` is the sd below which the transient's gain fades to 1."""
    transient = values - tone
    raised = moebius(tone, tone_gain)
    certainty = np.clip((np.abs(transient) / noise - 2) / 2, 0, 1)
    gain = 1 + (transient_gain - 1) * certainty * certainty * (3 - 2 * certainty)
    room_above = np.maximum(1 - tone, 1e-9)
    room_below = np.maximum(tone, 1e-9)
    up = raised + (1 - raised) * moebius(np.clip(transient / room_above, 0, 1), gain)
    down = raised - raised * moebius(np.clip(-transient / room_below, 0, 1), gain)
    return np.where(transient >= 0, up, down), raised


def moebius(x: NDArray[np.float64], gain: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """φ(x) = g·x / (1 + (g−1)·x) for x in 0…1: logit φ(x) = logit x + ln g."""
    return gain * x / (1 + (gain - 1) * x)


def _respect_antagonists(values: NDArray[np.float64], measured: NDArray[np.float32]) -> None:
    """The weaker of a pair may take the room the stronger leaves, or what was measured, whichever is more."""
    for weaker, stronger in ((_FIRST, _SECOND), (_SECOND, _FIRST)):
        is_weaker = values[weaker] < values[stronger]
        limit = np.maximum(measured[weaker], 1 - values[stronger])
        # `minimum.at`, because pucker stands in two pairs.
        np.minimum.at(values, weaker[is_weaker], limit[is_weaker])
