"""Learns how noisy each channel is while a face moves. Private to `two_timescale`.

The measure is the third difference of four measurements in a row: white noise of variance R gives it 20 R whatever the
frame rate, and movement, even speech, little. Its lower quartile is tracked by small steps up and down, so it does not
matter how large the largest half is, and a channel may move half of the time. One factor is shared by all channels of a
group, because bad light makes all of them noisy at once and forty witnesses are sure in a moment; each channel adds a
slow correction of its own. Above both stands a burst, shared too, that comes and goes within a few frames: a blurred
picture makes resting channels tremble as well.
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
_RANK: Final = 0.25
_AT_RANK: Final = 0.3186  # the lower quartile of |N(0, 1)|
_LEAST: Final = math.log(0.1)  # of the starting σ, in logarithms
_MOST: Final = math.log(4.0)  # more is no noise but a face shaken about
_QUORUM: Final = 0.15  # share of a group's channels whose full weight is needed for full pace


@dataclass(frozen=True, slots=True)
class Learning:
    """How noise is learned.

    Attributes:
        shared_time: s in which the shared factor follows.
        own_time: s in which a shape's own correction follows.
        head_time: the same for the head's channels, which have less in common.
        burst_time: s in which a burst is noticed and forgotten.
        burst_most: the largest burst, in logarithms of σ.
        doubt: the weight of a channel that surely moves; one that surely rests weighs 1.
        upward: how much of a rise is believed; 1 all, 0 nothing.
        downward: how much of a fall is believed.
        caution: what the variance is taken for, over what was measured: noise is not quite white, nor Gaussian.
    """

    shared_time: float = 3.6
    own_time: float = 10.7
    head_time: float = 1.0
    burst_time: float = 0.107
    burst_most: float = 0.547
    doubt: float = 0.38
    upward: float = 0.926
    downward: float = 0.512
    caution: float = 1.3


class NoiseMeter:
    """Tracks log(σ / starting σ) of channels that are given in units of their starting σ.

    Args:
        shapes: the channels that share a factor.
        head: those that share another.
        learning: how fast, and how far.
    """

    def __init__(self, shapes: slice, head: slice, learning: Learning) -> None:
        n = head.stop
        self._groups = shapes, head
        self._own_time = np.full(n, learning.own_time)
        self._own_time[head] = learning.head_time
        self._learning = learning
        self._latest = np.zeros((_ORDER, n))  # newest first
        self._own = np.zeros(n)
        self._shared = np.zeros(n)
        self._burst = np.zeros(n)
        self.forget()

    def forget(self) -> None:
        """Back to the start: every channel as noisy as was assumed."""
        self._own[:] = 0.0
        self._shared[:] = 0.0
        self._burst[:] = 0.0
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
        log_sigma = np.minimum(self._own + self._shared + self._burst, _MOST)
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
        expected *= _AT_RANK * _OF_THIRD_DIFFERENCE
        votes = np.where(surprise > expected, _RANK, _RANK - 1)
        votes *= weight
        expected *= np.exp(self._burst)
        votes_for_burst = np.where(surprise > expected, _RANK, _RANK - 1)
        votes_for_burst *= weight
        # At first little is known, so steps are long; they settle as 1/age.
        self._own += votes * (dt / np.minimum(self._own_time, self._age + 0.15))
        pace = 2 * dt / min(learning.shared_time, 0.25 * self._age + 0.03)
        for group in self._groups:
            total = max(float(weight[group].sum()), _QUORUM * (group.stop - group.start))
            self._shared[group] += pace * float(votes[group].sum()) / total
            burst = (
                self._burst[group.start] + 2 * dt / learning.burst_time * float(votes_for_burst[group].sum()) / total
            )
            self._burst[group] = min(max(burst, 0.0), learning.burst_most)
        for learned in (self._own, self._shared):
            np.minimum(learned, _MOST, out=learned)
            np.maximum(learned, _LEAST, out=learned)
