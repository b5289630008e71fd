"""A camera and a tracker by formula: a true path in, the frames out that a program would have got of it."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from avatar_driver.bench.noise import Noise
from avatar_driver.bench.take import Event, Floats, Mask, Take, logit, sigmoid
from avatar_driver.channels import CHANNELS, SHAPES

__all__ = ["PATH_RATE", "Camera", "Path"]

#: Points of the true path per second.
PATH_RATE: Final = 600.0

_EXPOSURE: Final = 0.012  # s
_LONGEST_EXPOSURE: Final = 0.8  # of a frame's time
_LEAST_STEP: Final = 0.001  # s; reported times rise by at least this
_STALL: Final = (0.12, 0.30)  # s
_STALL_EVERY: Final = 25.0  # s
_WARM_UP: Final = 2.0  # s


@dataclass(frozen=True, kw_only=True)
class Path:
    """A face's true motion: (M, 58) values at `PATH_RATE` from time 0, and the moves it is made of."""

    values: Floats
    events: tuple[Event, ...]


@dataclass(frozen=True, kw_only=True)
class Camera:
    """How a path is seen.

    Attributes:
        rate: pictures per second.
        unsteady: s, sd of the moment at which a picture is really taken.
        misreported: s, sd of the error of the time that is reported for it.
        dropped: share of pictures that never arrive.
        stalls: whether nothing comes for 120 to 300 ms about every 25 s.
        noise_scale: multiplies the tracker's noise.
    """

    rate: float = 30.0
    unsteady: float = 0.001
    misreported: float = 0.002
    dropped: float = 0.02
    stalls: bool = True
    noise_scale: float = 1.0

    def film(self, path: Path, noise: Noise, rng: np.random.Generator, name: str) -> Take:
        """The frames of a path."""
        count = int((len(path.values) - 1) / PATH_RATE * self.rate)
        nominal: Floats = (np.arange(count, dtype=np.float64) + 0.5) / self.rate
        reach = 0.2 / self.rate
        captured: Floats = nominal + np.clip(rng.normal(0, self.unsteady, count), -reach, reach)
        reported = captured + rng.normal(0, self.misreported, count)
        disturbance = noise.sample(rng, count, self.rate) * self.noise_scale
        arrives = self._arrivals(nominal, rng)
        captured, disturbance = captured[arrives], disturbance[arrives]
        times = _strictly_rising(reported[arrives])
        truth = _looked_up(path.values, captured)
        seen = self._exposed(path.values, captured)
        raw = seen + disturbance
        raw[:, SHAPES] = sigmoid(logit(seen[:, SHAPES]) + disturbance[:, SHAPES])
        return Take(
            name=name,
            times=times,
            captured=captured,
            raw=raw.astype(np.float32),
            truth=truth,
            path=path.values,
            path_start=0.0,
            path_rate=PATH_RATE,
            reported=captured > _WARM_UP,
            events=path.events,
            rate=self.rate,
        )

    def _arrivals(self, nominal: Floats, rng: np.random.Generator) -> Mask:
        arrives = rng.random(len(nominal)) >= self.dropped
        arrives[0] = True
        if self.stalls:
            for _ in range(int(nominal[-1] / _STALL_EVERY)):
                begin = rng.uniform(_WARM_UP, nominal[-1])
                arrives &= (nominal < begin) | (nominal > begin + rng.uniform(*_STALL))
        return arrives

    def _exposed(self, values: Floats, captured: Floats) -> Floats:
        """(N, 58) the mean of the path over each exposure, for a shutter that is open around `captured`."""
        half = min(_EXPOSURE, _LONGEST_EXPOSURE / self.rate) / 2
        area = np.vstack([np.zeros(len(CHANNELS)), np.cumsum((values[1:] + values[:-1]) / 2, axis=0)]) / PATH_RATE
        return (_looked_up(area, captured + half) - _looked_up(area, captured - half)) / (2 * half)


def _looked_up(values: Floats, times: Floats) -> Floats:
    """(N, 58) rows of a path between its points, linear."""
    place = np.clip(times * PATH_RATE, 0, len(values) - 1.000001)
    below = place.astype(np.intp)
    share = (place - below)[:, None]
    return np.asarray(values[below] * (1 - share) + values[below + 1] * share)


def _strictly_rising(times: Floats) -> Floats:
    steps = np.arange(len(times)) * _LEAST_STEP
    return np.asarray(np.maximum.accumulate(times - steps) + steps)
