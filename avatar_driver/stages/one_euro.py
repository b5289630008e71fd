"""The One Euro filter: what most face trackers smooth with, and the baseline ours is measured against."""

import math
from typing import Annotated, Final, TypeVar

import numpy as np
from annotated_types import Ge, Gt
from numpy.typing import NDArray

from avatar_driver.frame import Frame

__all__ = ["OneEuro"]

_TWO_PI: Final = 2 * math.pi
Cutoff = TypeVar("Cutoff", float, NDArray[np.float64])


class OneEuro:
    """A low-pass whose cut-off rises with speed (Casiez, Roussel, Vogel, CHI 2012).

    The three faults of the published Python code are absent: `reset` also forgets the speed, a first time of 0.0 is a
    time like any other, and a bad sample cannot poison the state. A step of no time holds the last output.

    Args:
        min_cutoff: Hz, the cut-off at rest. Lower is calmer and slower.
        beta: Hz per unit of speed (one full shape per second). Higher follows movement sooner.
        derivative_cutoff: Hz, the cut-off of the speed estimate.
    """

    def __init__(
        self,
        *,
        min_cutoff: Annotated[float, Gt(0)] = 3.0,
        beta: Annotated[float, Ge(0)] = 0.9,
        derivative_cutoff: Annotated[float, Gt(0)] = 1.0,
    ) -> None:
        self.min_cutoff = min_cutoff
        self.beta = beta
        self.derivative_cutoff = derivative_cutoff
        self.reset()

    def reset(self) -> None:
        """Forgets value and speed."""
        self._time: float | None = None
        self._value: NDArray[np.float64] = np.zeros(0)
        self._speed: NDArray[np.float64] = np.zeros(0)

    def __call__(self, frame: Frame) -> Frame:
        """The smoothed frame."""
        measured = frame.values.astype(np.float64)
        if self._time is None or frame.time < self._time:
            self._time, self._value, self._speed = frame.time, measured, np.zeros_like(measured)
            return frame
        step = frame.time - self._time
        if step > 0 and np.isfinite(measured).all():
            speed = (measured - self._value) / step
            self._speed = self._speed + _weight(self.derivative_cutoff, step) * (speed - self._speed)
            cutoff = self.min_cutoff + self.beta * np.abs(self._speed)
            self._value = self._value + _weight(cutoff, step) * (measured - self._value)
            self._time = frame.time
        return frame.changed(values=self._value.astype(np.float32))


def _weight(cutoff: Cutoff, step: float) -> Cutoff:
    """The weight of a new sample: α = 1 / (1 + τ/dt) with τ = 1 / (2π · cut-off)."""
    return 1 / (1 + 1 / (_TWO_PI * cutoff * step))
