"""Learns how noisy each channel is while a face moves. Private to `two_timescale`.

The measure is the third difference of four measurements in a row: white noise of variance R gives it 20 R whatever the
frame rate, and movement, even speech, little. Its median is tracked by small steps up and down, so heavy tails and
blinks count no more than any other frame. One factor is shared by all channels of a group, because bad light makes all
of them noisy at once and forty witnesses are sure within a second; each channel adds a slow correction of its own.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Learning", "NoiseMeter"]

Array = NDArray[np.float64]

_ORDER: Final = 3
_OF_THIRD_DIFFERENCE: Final = math.sqrt(20.0)  # 1² + 3² + 3² + 1²
_MEDIAN: Final = 0.6745  # of |N(0, 1)|
_LEAST: Final = math.log(0.1)  # of the starting σ, in logarithms
_MOST: Final = math.log(4.0)  # more is no noise but a face shaken about
_QUORUM: Final = 0.15  # share of a group's channels whose full weight is needed for full pace


@dataclass(frozen=True, slots=True)
class Learning:
    """How noise is learned.

    Attributes:
        shared_time: s in which the shared factor follows.
        own_time: s in which a channel's own correction follows.
        doubt: the weight of a channel that surely moves; one that surely rests weighs 1.
        upward: how much of a rise is believed; 1 all, 0 nothing.
        downward: how much of a fall is believed.
        caution: what the variance is taken for, over what was measured: noise is not quite white, nor Gaussian.
    """

    shared_time: float = 0.6
    own_time: float = 1.82
    doubt: float = 0.1
    upward: float = 0.84
    downward: float = 0.946
    caution: float = 2.4


class NoiseMeter:
    """Tracks log(σ / starting σ) of `n` channels, which are given in units of their starting σ.

    Args:
        groups: slices of channels that share a factor.
        n: how many channels.
        learning: how fast, and how far.
    """

    def __init__(self, groups: tuple[slice, ...], n: int, learning: Learning) -> None:
        self._groups = groups
        self._learning = learning
        self._latest = np.zeros((_ORDER, n))  # newest first
        self._own = np.zeros(n)
        self._shared = np.zeros(n)
        self.forget()

    def forget(self) -> None:
        """Back to the start: every channel as noisy as was assumed."""
        self._own[:] = 0.0
        self._shared[:] = 0.0
        self._age = 0.0
        self._known = 0

    def begin(self, measured: Array) -> None:
        """Differences start anew here; what was learned stays."""
        self._latest[0] = measured
        self._known = 1

    def shift(self, channels: slice, by: Array) -> None:
        """The origin of some channels moved: all positions there fell by `by`."""
        self._latest[:, channels] -= by

    def variance(self) -> Array:
        """R, in units of the starting variance."""
        learning = self._learning
        log_sigma = np.minimum(self._own + self._shared, _MOST)
        believed = np.where(log_sigma > 0, 2 * learning.upward, 2 * learning.downward)
        believed *= log_sigma
        np.exp(believed, out=believed)
        return np.asarray(np.multiply(believed, learning.caution, out=believed))

    def learn(self, measured: Array, resting: Array, dt: float) -> None:
        """One frame: the measurement, how surely each channel rests (0…1), the step in seconds."""
        latest = self._latest
        surprise = np.abs(measured - latest[2] - 3 * (latest[0] - latest[1]))
        latest[1:] = latest[:-1]
        latest[0] = measured
        self._known += 1
        self._age += dt
        if self._known > _ORDER:
            self._vote(surprise, resting, dt)

    def _vote(self, surprise: Array, resting: Array, dt: float) -> None:
        learning = self._learning
        # A channel that did not change at all is absent, or its frame came twice: no witness.
        weight = (surprise > 0) * (learning.doubt + (1 - learning.doubt) * resting)
        expected = np.exp(self._own + self._shared)
        expected *= _MEDIAN * _OF_THIRD_DIFFERENCE
        votes = np.sign(surprise - expected)
        votes *= weight
        # At first little is known, so steps are long; they settle as 1/age.
        self._own += votes * (0.5 * dt / min(learning.own_time, self._age + 0.15))
        pace = dt / min(learning.shared_time, 0.6 * self._age + 0.03)
        for group in self._groups:
            quorum = _QUORUM * (group.stop - group.start)
            self._shared[group] += pace * float(votes[group].sum()) / max(float(weight[group].sum()), quorum)
        np.clip(self._own, _LEAST, _MOST, out=self._own)
        np.clip(self._shared, _LEAST, _MOST, out=self._shared)
