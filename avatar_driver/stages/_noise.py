"""Learns how noisy each channel is while a face moves. Private to `two_timescale`.

The measure is the third difference of four measurements in a row: white noise of variance R gives it 20 R whatever the
frame rate, and movement, even speech, little. Three things are learned from it:

- a factor that all channels of a group share, because bad light makes all of them noisy at once and forty witnesses are
  sure within a second. Its lower quartile is tracked by small steps up and down, so it does not matter how large the
  largest half is, and the whole face may talk;
- each channel's own correction, as a running mean of the square, clipped at a few times what is expected. A clipped
  square tells three times as much per frame as the side of a quartile, so a channel is known within seconds, and a
  blink weighs no more than a tremble;
- above both a burst, shared too, that comes and goes within a few frames: a blurred picture makes resting channels
  tremble as well;
- what lingers. Third differences see little of noise that lasts for more than a frame, so where most of a face rests,
  the resting channels' distance from what was shown last is compared with what they promise, again by its quartile.

Channels that are as good as closed are no witnesses: the squeeze before their logarithm eats their noise, and a shape
that the tracker never moves (`cheekSquint`, `noseSneer`: 10⁻⁷ for ever) would swear that there is none.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Learning", "NoiseMeter"]

Array = NDArray[np.float64]

_ORDER: Final = 3
_ENERGY: Final = 20.0  # of the third difference of unit noise: 1² + 3² + 3² + 1²
_RANK: Final = 0.25
_AT_RANK: Final = 0.3186  # the lower quartile of |N(0, 1)|
_LEAST: Final = math.log(0.1)  # of the starting σ, in logarithms
_MOST: Final = math.log(8.0)  # more is no noise but a face shaken about
_QUORUM: Final = 0.15  # share of a group's channels whose full weight is needed for full pace
_MOST_REST, _NEARLY_ALL = 0.5, 0.7  # mean weight of *hold* from which lingering noise is looked for, slowly and fully


@dataclass(frozen=True, slots=True)
class Learning:
    """How noise is learned.

    Attributes:
        shared_time: s in which the shared factor follows.
        own_time: s over which a channel's own correction is a mean.
        own_prior: s of evidence that the starting σ is worth.
        own_most: where a square is clipped, over the variance expected.
        burst_time: s in which a burst is noticed and forgotten.
        burst_most: the largest burst, in logarithms of σ.
        lingering_time: s in which lingering noise is noticed and forgotten.
        lingering_most: the most it is taken for, in logarithms of σ.
        doubt: the weight of a channel that surely moves; one that surely rests weighs 1.
        own_belief: how much of a channel's own correction is believed; 1 all, 0 nothing.
        ordinary: the shared log σ up to which a rise is believed whole,
        upward: and how much of what is above,
        withheld: until so much is not believed. It keeps small moves quick in more noise than usual, for some calm.
        downward: how much of a shared fall below the starting σ is believed.
        caution: what the variance of shapes is taken for, over what was measured.
        head_caution: the same of the head, whose noise lingers and has fewer witnesses.
    """

    shared_time: float = 2.48
    own_time: float = 7.4
    own_prior: float = 0.956
    own_most: float = 2.42
    burst_time: float = 0.536
    burst_most: float = 0.858
    lingering_time: float = 1.21
    lingering_most: float = 0.358
    doubt: float = 0.347
    own_belief: float = 0.864
    ordinary: float = 0.151
    upward: float = 0.11
    withheld: float = 0.34
    downward: float = 0.454
    caution: float = 0.751
    head_caution: float = 1.0


class NoiseMeter:
    """Tracks log(σ / starting σ) of channels that are given in units of their starting σ.

    Args:
        shapes: the channels that share a factor.
        head: those that share another.
        open_from: (n,) the least measurement at which a channel is a witness.
        learning: how fast, and how far.
    """

    def __init__(self, shapes: slice, head: slice, open_from: Array, learning: Learning) -> None:
        n = head.stop
        self._groups = shapes, head
        self._open_from = open_from
        self._learning = learning
        self._caution = np.full(n, learning.caution)
        self._caution[head] = learning.head_caution
        self._expected_square, self._slope = _of_clipped(learning.own_most)
        self._latest = np.zeros((_ORDER, n))  # newest first
        self._own = np.zeros(n)
        self._heard = np.zeros(n)  # s of evidence on each channel
        self._shared = np.zeros(n)
        self._burst = np.zeros(n)
        self._lingering = np.zeros(n)
        self.forget()

    def forget(self) -> None:
        """Back to the start: every channel as noisy as was assumed."""
        for learned in (self._own, self._heard, self._shared, self._burst, self._lingering):
            learned[:] = 0.0
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
        k = self._learning
        believed = np.empty_like(self._own)
        for group in self._groups:
            shared, lingering = float(self._shared[group.start]), float(self._lingering[group.start])
            if shared > k.ordinary:
                # Noise that lingers looks like small moves: there is no calm left to be spent on them.
                withheld = min((1 - k.upward) * (shared - k.ordinary), k.withheld)
                shared -= max(withheld - lingering, 0.0)
            elif shared < 0:
                shared *= k.downward
            np.multiply(self._own[group], k.own_belief, out=believed[group])
            believed[group] += shared + self._burst[group.start] + lingering
        np.minimum(believed, _MOST, out=believed)
        believed *= 2
        np.exp(believed, out=believed)
        return np.asarray(np.multiply(believed, self._caution, out=believed))

    def learn(self, measured: Array, off: Array, resting: Array, dt: float) -> None:
        """One frame.

        Args:
            measured: the measurement.
            off: how far it was from the last estimate, either way.
            resting: how surely each channel rests, 0…1.
            dt: the step in s.
        """
        latest = self._latest
        surprise = np.abs(measured - latest[2] - 3 * (latest[0] - latest[1]))
        latest[1:] = latest[:-1]
        latest[0] = measured
        self._known += 1
        self._age += dt
        if self._known > _ORDER:
            k = self._learning
            # A channel that did not change at all is absent, or its frame came twice: no witness either.
            heard = (surprise > 0) & (measured > self._open_from)
            weight = heard * (k.doubt + (1 - k.doubt) * resting)
            sigma = np.exp(self._own + self._shared)
            surprise /= sigma * math.sqrt(_ENERGY)
            for group in self._groups:
                self._linger(group, off[group] / sigma[group], resting[group] * heard[group], dt)
                self._vote(group, surprise[group], weight[group], dt)
            self._weigh(surprise, weight, dt)

    def _vote(self, group: slice, surprise: Array, weight: Array, dt: float) -> None:
        """What a group shares: a step up for each channel above its lower quartile, three down for each below."""
        k, i = self._learning, group.start
        total = max(float(weight.sum()), _QUORUM * len(weight))
        burst = self._burst[i] + 2 * dt / k.burst_time * _votes(surprise, math.exp(self._burst[i]), weight) / total
        # At first little is known, so steps are long; they settle as 1/age.
        pace = 2 * dt / min(k.shared_time, 0.25 * self._age + 0.03)
        shared = self._shared[i] + pace * _votes(surprise, 1.0, weight) / total
        self._burst[group] = min(max(burst, 0.0), k.burst_most)
        self._shared[group] = min(max(shared, _LEAST), _MOST)

    def _linger(self, group: slice, off: Array, resting: Array, dt: float) -> None:
        """How much farther resting channels are from the last estimate than third differences promise."""
        k, i = self._learning, group.start
        rest = float(resting.sum()) / max(int(np.count_nonzero(resting)), 1)
        gate = min(max((rest - _MOST_REST) / (_NEARLY_ALL - _MOST_REST), 0.0), 1.0)
        if gate == 0.0:  # a face in motion is off for better reasons
            return
        weight = resting * resting
        votes = _votes(off, math.exp(self._burst[i] + self._lingering[i]), weight)
        step = 2 * dt / k.lingering_time * gate * votes / max(float(weight.sum()), _QUORUM * len(weight))
        self._lingering[group] = min(max(self._lingering[i] + step, 0.0), k.lingering_most)

    def _weigh(self, surprise: Array, weight: Array, dt: float) -> None:
        """What is a channel's own: Newton's steps towards the σ that makes its clipped squares as large as expected."""
        learning = self._learning
        weight *= dt
        self._heard += weight
        surprise *= surprise
        np.minimum(surprise, learning.own_most, out=surprise)
        surprise -= self._expected_square
        surprise *= weight
        surprise /= np.minimum(self._heard + learning.own_prior, learning.own_time)
        surprise *= 0.5 / self._slope
        self._own += surprise
        np.minimum(self._own, _MOST, out=self._own)
        np.maximum(self._own, _LEAST, out=self._own)


def _votes(surprise: Array, sigma: float, weight: Array) -> float:
    """Sum of the votes on whether the lower quartile of a normal deviate of so large a σ is higher."""
    return float(np.where(surprise > _AT_RANK * sigma, _RANK, _RANK - 1) @ weight)


def _of_clipped(most: float) -> tuple[float, float]:
    """For u = χ² of one degree: (mean of min(u, most), how fast that mean grows with the logarithm of u's scale)."""
    root = math.sqrt(most)
    within = math.erf(root / math.sqrt(2))
    slope = within - root * math.sqrt(2 / math.pi) * math.exp(-most / 2)  # chance that χ² of three degrees is less
    return slope + most * (1 - within), slope
