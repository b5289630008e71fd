"""The interacting multiple model behind `two_timescale`: four regimes per channel, all channels in one block.

Private to the stages. Works on numbers that are already in units of their own noise; knows nothing of faces.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["DRIFT", "HOLD", "JUMP", "MODES", "RAMP", "Constants", "Regimes"]

Array = NDArray[np.float64]

HOLD: Final = 0
JUMP: Final = 1
DRIFT: Final = 2
RAMP: Final = 3
MODES: Final = 4
_MOVING: Final = slice(DRIFT, MODES)  # these two have a velocity

_AT_FIRST: Final = np.array([[0.25], [0.25], [0.35], [0.15]])
_LEAST: Final = 1e-6  # of the noise: below this a variance is a rounding error, and may be negative
_DIAGONAL: Final = np.diag_indices(MODES)
_FORGET: Final = np.array([0.0, 1.0, 0.0, 0.0])[:, None, None]  # of v, xx, xv, vv
_RARE: Final = 1e-9  # no regime is ever ruled out, or it could never come back


@dataclass(frozen=True, slots=True)
class Constants:
    """What the regimes are. Times in seconds; intensities in units of the noise variance R.

    Attributes:
        hold_walk: q0, variance per second of the random walk in *hold*.
        jump_walk: q2, the same in *jump*.
        drift_walk: q1, the same in *drift*, beside its velocity.
        drift_push: qg, intensity of the acceleration noise in *drift*, per s³.
        drift_memory: s for which *drift* keeps its velocity.
        ramp_push: qa, intensity of the acceleration noise in *ramp*, per s³.
        ramp_memory: s for which *ramp* keeps its velocity.
        hold_speed: variance of the velocity (per s²) that *hold* hands to *drift* and *ramp*.
        jump_speed: the same of *jump*.
        hold_dwell, jump_dwell, drift_dwell, ramp_dwell: mean stay in each regime, s.
        hold_exits: drift : ramp : jump, in proportion, on leaving *hold*.
        jump_exits: hold : drift : ramp on leaving *jump*.
        drift_exits: hold : ramp : jump on leaving *drift*.
        ramp_exits: hold : drift : jump on leaving *ramp*.
        tails: ν, degrees of freedom of the Student-t likelihood.
        twin_evidence: what the evidence of a channel and of its twin is worth together: 0.5 for their mean (as if their
            noise were one), 1 for their sum (as if it were independent).
        yoked_evidence: the same for the two eyes' gaze, whose noise nearly is one.
    """

    hold_walk: float = 0.0144
    jump_walk: float = 17400.0
    drift_walk: float = 0.123
    drift_push: float = 25.0
    drift_memory: float = 0.0979
    ramp_push: float = 63400.0
    ramp_memory: float = 1.79
    hold_speed: float = 0.00185
    jump_speed: float = 2310.0
    hold_dwell: float = 1.38
    jump_dwell: float = 1.39
    drift_dwell: float = 0.114
    ramp_dwell: float = 0.269
    hold_exits: tuple[float, float, float] = (1.56, 0.162, 1.56)
    jump_exits: tuple[float, float, float] = (0.0222, 0.664, 0.086)
    drift_exits: tuple[float, float, float] = (2.66, 0.25, 0.237)
    ramp_exits: tuple[float, float, float] = (0.4, 0.829, 0.0821)
    tails: float = 5.99
    twin_evidence: float = 0.987
    yoked_evidence: float = 0.55


class _Step:
    """One step of `dt` seconds: how regimes follow each other, how a state moves, what the step adds.

    Attributes:
        transitions: (to, from) chances.
        reach: (2, 1) how far a unit of velocity carries in *drift* and *ramp*, s.
        memory: (2, 1) what is left of the velocity.
        gained: (3, modes, 1) variance gained by position, by both, by velocity; in units of R.
    """

    def __init__(self, k: Constants) -> None:
        self._constants = k
        self._dwells = np.array([k.hold_dwell, k.jump_dwell, k.drift_dwell, k.ramp_dwell])
        self._exits = _exits(k)
        self._dt = math.nan
        self.transitions = np.zeros((MODES, MODES))
        self.reach, self.memory = np.zeros((2, 2, 1))
        self.gained = np.zeros((3, MODES, 1))
        self.gained[2, HOLD], self.gained[2, JUMP] = k.hold_speed, k.jump_speed

    def take(self, dt: float) -> None:
        """Becomes the step of so many seconds."""
        if dt == self._dt:
            return
        self._dt = dt
        k, gained = self._constants, self.gained
        stay = np.exp(-dt / self._dwells)
        np.multiply(self._exits, 1 - stay, out=self.transitions)
        self.transitions[_DIAGONAL] = stay
        gained[0, HOLD, 0], gained[0, JUMP, 0] = k.hold_walk * dt, k.jump_walk * dt
        self._carry(0, k.drift_memory, k.drift_push, dt)
        self._carry(1, k.ramp_memory, k.ramp_push, dt)
        gained[0, DRIFT, 0] += k.drift_walk * dt

    def _carry(self, i: int, tau: float, push: float, dt: float) -> None:
        """An integrated Ornstein-Uhlenbeck velocity, exact for any dt."""
        left = math.exp(-dt / tau)
        lost = 1 - left
        mode = _MOVING.start + i
        self.reach[i, 0], self.memory[i, 0] = tau * lost, left
        self.gained[0, mode, 0] = push * tau * tau * (dt - 2 * tau * lost + tau / 2 * (1 - left * left))
        self.gained[1, mode, 0] = push * tau * tau / 2 * lost * lost
        self.gained[2, mode, 0] = push * tau / 2 * (1 - left * left)


def _exits(k: Constants) -> Array:
    """(to, from) where each regime leads when it ends; columns sum to 1."""
    shares = np.zeros((MODES, MODES))
    shares[[DRIFT, RAMP, JUMP], HOLD] = k.hold_exits
    shares[[HOLD, DRIFT, RAMP], JUMP] = k.jump_exits
    shares[[HOLD, RAMP, JUMP], DRIFT] = k.drift_exits
    shares[[HOLD, DRIFT, JUMP], RAMP] = k.ramp_exits
    return np.asarray(shares / shares.sum(axis=0))


class Regimes:
    """Filters `n` channels, each by four Kalman filters whose weights are inferred.

    Arrays are (modes, n) or (n,). `weights` are the regimes' probabilities, `estimate` is the weighted position in the
    units of the measurement.

    Args:
        constants: what the regimes are.
        partners: for each channel the one that shares its regime, itself where it has none.
        yoked: which channels share it as the eyes' gaze does.
    """

    def __init__(self, constants: Constants, partners: NDArray[np.intp], yoked: Sequence[int] = ()) -> None:
        n = len(partners)
        self._constants = constants
        self._partners = partners
        self._worth = np.full(n, constants.twin_evidence)
        self._worth[list(yoked)] = constants.yoked_evidence
        self._worth[partners == np.arange(n)] = 0.5
        self._step = _Step(constants)
        self._moments = np.zeros((MODES, 6, n))  # weighted 1, x, v, xx, xv, vv: mixing is one product of matrices
        self._mixed = np.zeros_like(self._moments)
        self._states = np.zeros((5, MODES, n))  # x, v and their variances xx, xv, vv
        self._spread, self._innovation, self._gain, self._evidence, self._spare = np.zeros((5, MODES, n))
        self._speed = np.zeros((2, n))  # weighted velocities of drift and ramp
        self.weights = np.zeros((MODES, n))
        self.estimate = np.zeros(n)

    def begin(self, measured: Array, noise: Array) -> None:
        """Starts anew at a measurement; `noise` is R."""
        states = self._states
        states[0] = measured
        states[1] = 0.0
        states[2] = noise
        states[3] = 0.0
        states[4] = self._constants.jump_speed * noise
        # What the face was doing nobody knows: every regime is possible, and the first frames decide.
        self.weights[:] = _AT_FIRST
        self.estimate[:] = measured
        self._speed[:] = 0.0

    def advance(self, measured: Array, noise: Array, dt: float) -> None:
        """One step of `dt` > 0 seconds to a new measurement of all channels; `noise` is its variance R."""
        self._step.take(dt)
        self._mix()
        self._predict(noise)
        self._update(measured, noise)

    def ahead(self, seconds: Array | float) -> Array:
        """The estimate that many seconds from now if nothing new happens: what *drift* and *ramp* carry on with."""
        k, later = self._constants, -np.asarray(seconds)
        drifted = self._speed[0] * (k.drift_memory * np.expm1(later / k.drift_memory))
        ramped = self._speed[1] * (k.ramp_memory * np.expm1(later / k.ramp_memory))
        return np.asarray(self.estimate - drifted - ramped)

    def shift(self, channels: slice, by: Array) -> None:
        """Moves the origin of some channels: every position there falls by `by`."""
        self._states[0, :, channels] -= by
        self.estimate[channels] -= by

    def _mix(self) -> None:
        """Each regime starts from what all regimes, by their chance to lead to it, thought last."""
        moments, mixed, (x, v, xx, xv, vv) = self._moments, self._mixed, self._states
        weights, spare = self.weights, self._spare
        x -= self.estimate  # about the common estimate, so that second moments lose no digits
        moments[:, 0] = weights
        moments[:, 1] = x
        moments[:, 2] = v
        np.multiply(x, x, out=spare)
        np.add(xx, spare, out=moments[:, 3])
        np.multiply(x, v, out=spare)
        np.add(xv, spare, out=moments[:, 4])
        np.multiply(v, v, out=spare)
        np.add(vv, spare, out=moments[:, 5])
        moments[:, 1:] *= weights[:, None]
        np.matmul(self._step.transitions, moments.reshape(MODES, -1), out=mixed.reshape(MODES, -1))
        np.maximum(mixed[:, 0], _RARE, out=weights)
        mixed[:, 1:] /= weights[:, None]
        x[:], v[:] = mixed[:, 1], mixed[:, 2]
        np.multiply(x, x, out=spare)
        np.subtract(mixed[:, 3], spare, out=xx)
        np.multiply(x, v, out=spare)
        np.subtract(mixed[:, 4], spare, out=xv)
        np.multiply(v, v, out=spare)
        np.subtract(mixed[:, 5], spare, out=vv)
        x += self.estimate

    def _predict(self, noise: Array) -> None:
        """Each regime carries its state on by its own law; *hold* and *jump* know only how large a velocity may be."""
        step, states = self._step, self._states
        _, v, xx, xv, vv = states
        states[1:, : _MOVING.start] *= _FORGET
        reach, memory = step.reach, step.memory
        carried = reach * vv[_MOVING]
        states[0, _MOVING] += reach * v[_MOVING]
        xx[_MOVING] += reach * (2 * xv[_MOVING] + carried)
        xv[_MOVING] += carried
        xv[_MOVING] *= memory
        vv[_MOVING] *= memory * memory
        v[_MOVING] *= memory
        states[2:] += step.gained * noise
        np.maximum(xx, _LEAST * noise, out=xx)

    def _update(self, measured: Array, noise: Array) -> None:
        """Kalman's update in each regime, and Student's likelihood between them."""
        x, v, xx, xv, vv = self._states
        spread, innovation, gain = self._spread, self._innovation, self._gain
        evidence, spare, weights = self._evidence, self._spare, self.weights
        tails = self._constants.tails
        np.add(xx, noise, out=spread)
        np.subtract(measured, x, out=innovation)
        np.multiply(innovation, innovation, out=evidence)
        np.multiply(spread, tails, out=spare)
        evidence /= spare
        np.log1p(evidence, out=evidence)
        evidence *= -(tails + 1)
        np.log(spread, out=spare)
        evidence -= spare
        # Twice the log likelihood of S^(−1/2) (1 + e²/(νS))^(−(ν+1)/2), shared between twins so that both lids move at
        # once.
        np.add(evidence, evidence[:, self._partners], out=spare)
        spare *= 0.5 * self._worth
        spare -= spare.max(axis=0)
        np.exp(spare, out=spare)
        weights *= spare
        weights /= weights.sum(axis=0)
        np.divide(xx, spread, out=gain)
        np.multiply(gain, innovation, out=spare)
        x += spare
        np.multiply(gain, xx, out=spare)
        xx -= spare
        gain_v = xv[_MOVING] / spread[_MOVING]
        v[_MOVING] += gain_v * innovation[_MOVING]
        vv[_MOVING] -= gain_v * xv[_MOVING]
        xv[_MOVING] -= gain[_MOVING] * xv[_MOVING]
        np.einsum("mn,mn->n", weights, x, out=self.estimate)
        np.multiply(weights[_MOVING], v[_MOVING], out=self._speed)
