"""The interacting multiple model behind `two_timescale`: four regimes per channel, all channels in one block.

Private to the stages. Works on numbers that are already in units of their own noise; knows nothing of faces.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["DRIFT", "HOLD", "JUMP", "MODES", "RAMP", "Constants", "Regimes"]

Array = NDArray[np.float64]

HOLD: Final = 0
DRIFT: Final = 1
RAMP: Final = 2
JUMP: Final = 3
MODES: Final = 4

_LEAST: Final = 1e-6  # of the noise: below this a variance is a rounding error, and may be negative
_RARE: Final = 1e-9  # no regime is ever ruled out, or it could never come back


@dataclass(frozen=True, slots=True)
class Constants:
    """What the regimes are. Times in seconds; intensities per second, in units of the noise variance R.

    Attributes:
        hold_walk: q0, variance of the random walk in *hold*.
        drift_walk: q1, the same in *drift*.
        jump_walk: q2, the same in *jump*.
        ramp_push: qa, intensity of the acceleration noise in *ramp* (per s³).
        ramp_memory: τ_v, how long *ramp* remembers its velocity.
        hold_dwell, drift_dwell, ramp_dwell, jump_dwell: mean stay in each regime.
        hold_exits: drift : ramp : jump, in proportion, on leaving *hold*.
        drift_exits: hold : ramp : jump on leaving *drift*.
        ramp_exits: hold : drift : jump on leaving *ramp*.
        jump_exits: hold : drift : ramp on leaving *jump*.
        tails: ν, degrees of freedom of the Student-t likelihood.
        start_speed: v0, variance of the velocity (per s²) that *jump* hands to *ramp*; *hold* hands 0.05 of it and
            *drift* 0.3.
    """

    hold_walk: float = 0.60
    drift_walk: float = 6.1
    jump_walk: float = 2.6e4
    ramp_push: float = 4.8e4
    ramp_memory: float = 0.68
    hold_dwell: float = 5.9
    drift_dwell: float = 0.11
    ramp_dwell: float = 0.49
    jump_dwell: float = 0.14
    hold_exits: tuple[float, float, float] = (0.30, 0.32, 0.054)
    drift_exits: tuple[float, float, float] = (0.50, 0.25, 0.25)
    ramp_exits: tuple[float, float, float] = (0.40, 0.30, 0.30)
    jump_exits: tuple[float, float, float] = (0.47, 0.43, 0.10)
    tails: float = 10.7
    start_speed: float = 3.0


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of `dt` seconds: how regimes follow each other, how a state moves, what the step adds."""

    transitions: Array  # (to, from)
    reach: Array  # (modes, 1): how far a unit of velocity carries
    memory: Array  # what is left of the velocity
    gained: Array  # (3, modes, 1): variance gained by position, by both, by velocity; in units of R


def _stepped(k: Constants, dt: float) -> _Step:
    exits = np.zeros((MODES, MODES))
    dwells = (k.hold_dwell, k.drift_dwell, k.ramp_dwell, k.jump_dwell)
    for mode, (dwell, shares) in enumerate(
        zip(dwells, (k.hold_exits, k.drift_exits, k.ramp_exits, k.jump_exits), strict=True)
    ):
        stay = math.exp(-dt / dwell)
        total = sum(shares)
        row = [(1 - stay) * share / total for share in shares]
        row.insert(mode, stay)
        exits[:, mode] = row
    tau = k.ramp_memory
    e = math.exp(-dt / tau)
    reach, memory = np.zeros((2, MODES, 1))
    reach[RAMP], memory[RAMP] = tau * (1 - e), e
    gained = np.zeros((3, MODES, 1))
    gained[0, :, 0] = (
        k.hold_walk * dt,
        k.drift_walk * dt,
        # Integrated Ornstein-Uhlenbeck velocity, exact in dt (science: Q of the moving mode).
        k.ramp_push * tau**2 * (dt - 2 * tau * (1 - e) + tau / 2 * (1 - e * e)),
        k.jump_walk * dt,
    )
    gained[1, RAMP] = k.ramp_push * tau**2 / 2 * (1 - e) ** 2
    gained[2, :, 0] = (
        0.05 * k.start_speed,
        0.3 * k.start_speed,
        k.ramp_push * tau / 2 * (1 - e * e),
        k.start_speed,
    )
    return _Step(exits, reach, memory, gained)


class Regimes:
    """Filters `n` channels, each by four Kalman filters whose weights are inferred.

    Arrays are (modes, n). `weights` are the regimes' probabilities, `estimate` the weighted position, `speed` the
    weighted velocity (units of noise per second).
    """

    def __init__(self, constants: Constants, partners: NDArray[np.intp]) -> None:
        n = len(partners)
        self._constants = constants
        self._partners = partners
        self._step_length = math.nan
        self._step: _Step
        self._moments = np.zeros((MODES, 6, n))  # weighted 1, x, v, xx, xv, vv: mixing is one product of matrices
        self._mixed = np.zeros_like(self._moments)
        self._states = np.zeros((5, MODES, n))  # x, v and their variances xx, xv, vv
        self._evidence = np.zeros((MODES, n))
        self.weights = np.zeros((MODES, n))
        self.estimate = np.zeros(n)
        self.speed = np.zeros(n)
        self.surprise = np.zeros(n)  # innovation of hold
        self.spread = np.ones(n)  # and its variance

    def begin(self, measured: Array, noise: Array) -> None:
        """Starts anew at a measurement; `noise` is R."""
        states = self._states
        states[0] = measured
        states[1] = 0.0
        states[2] = noise
        states[3] = 0.0
        states[4] = self._constants.start_speed * noise
        # Where a face comes from nobody knows: every regime is possible, and the first frames decide.
        self.weights[:] = np.array([[0.25], [0.35], [0.15], [0.25]])
        self.estimate[:] = measured
        self.speed[:] = 0.0

    def advance(self, measured: Array, noise: Array, dt: float) -> None:
        """One step of `dt` > 0 seconds to a new measurement of all channels."""
        if dt != self._step_length:
            self._step, self._step_length = _stepped(self._constants, dt), dt
        self._mix()
        self._predict(noise)
        self._update(measured, noise)

    def shift(self, channels: slice, by: Array) -> None:
        """Moves the origin of some channels: every position there falls by `by`."""
        self._states[0, :, channels] -= by
        self.estimate[channels] -= by

    def ahead(self, seconds: float) -> Array:
        """The estimate that many seconds from now if nothing new happens: what *ramp* carries on with."""
        tau = self._constants.ramp_memory
        return self.estimate - self.speed * (tau * math.expm1(-seconds / tau))

    def _mix(self) -> None:
        moments, mixed, (x, v, xx, xv, vv) = self._moments, self._mixed, self._states
        weights = self.weights
        x -= self.estimate  # about the common estimate, so that second moments lose no digits
        moments[:, 0] = weights
        np.multiply(weights, x, out=moments[:, 1])
        np.multiply(weights, v, out=moments[:, 2])
        np.multiply(weights, xx + x * x, out=moments[:, 3])
        np.multiply(weights, xv + x * v, out=moments[:, 4])
        np.multiply(weights, vv + v * v, out=moments[:, 5])
        np.matmul(self._step.transitions, moments.reshape(MODES, -1), out=mixed.reshape(MODES, -1))
        np.maximum(mixed[:, 0], _RARE, out=weights)
        mixed[:, 1:] /= weights[:, None]
        x[:], v[:] = mixed[:, 1], mixed[:, 2]
        np.subtract(mixed[:, 3], x * x, out=xx)
        np.subtract(mixed[:, 4], x * v, out=xv)
        np.subtract(mixed[:, 5], v * v, out=vv)
        x += self.estimate

    def _predict(self, noise: Array) -> None:
        x, v, xx, xv, vv = self._states
        reach, memory, gained = self._step.reach, self._step.memory, self._step.gained
        carried = reach * vv
        x += reach * v
        xx += reach * (2 * xv + carried)
        xv += carried
        xv *= memory
        v *= memory
        vv *= memory * memory
        self._states[2:] += gained * noise
        np.maximum(xx, _LEAST * noise, out=xx)

    def _update(self, measured: Array, noise: Array) -> None:
        x, v, xx, xv, vv = self._states
        tails = self._constants.tails
        spread = xx + noise
        innovation = measured - x
        self.surprise, self.spread = innovation[HOLD].copy(), spread[HOLD].copy()
        gain = xx / spread
        gain_v = xv / spread
        evidence = np.log1p(innovation * innovation / (tails * spread))
        evidence *= -(tails + 1)
        evidence -= np.log(spread)
        # Halved for -1/2 log S and (ν+1)/2, and halved again for the mean of a channel and its twin, which share
        # their regime so that both lids move at once; their noise is alike too, so it counts once, not twice.
        evidence = (evidence + evidence[:, self._partners]) * 0.25
        x += gain * innovation
        v += gain_v * innovation
        vv -= gain_v * xv
        xv -= gain * xv
        xx -= gain * xx
        weights = self.weights
        evidence -= evidence.max(axis=0)
        weights *= np.exp(evidence)
        weights /= weights.sum(axis=0)
        self.estimate = (weights * x).sum(axis=0)
        self.speed = (weights * v).sum(axis=0)
