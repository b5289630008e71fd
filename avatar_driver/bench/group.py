"""Takes that are measured together: one scene alone, or the trackings of one real clip."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from avatar_driver.bench.measures import apart
from avatar_driver.bench.take import Floats, Take, play
from avatar_driver.stages import Stage

__all__ = ["Group", "median"]


@dataclass(frozen=True, eq=False)
class Group:
    """One scene, whose truth is exact, or several trackings of a clip, whose noise shows in how they differ."""

    takes: tuple[Take, ...]
    _of_raw: dict[tuple[bool, Callable[[Take, Floats], float]], list[float]] = field(default_factory=dict, repr=False)

    @cached_property
    def raw(self) -> list[Floats]:
        """(N, 58) of each take."""
        return [take.raw.astype(np.float64) for take in self.takes]

    def played(self, stage: Stage) -> list[Floats]:
        """(N, 58) what a stage makes of each take."""
        return [play(stage, take) for take in self.takes]

    def noise_of(self, outputs: Sequence[Floats]) -> list[Floats]:
        """(N, 58) what noise has done to each output."""
        if len(self.takes) == 1:
            return [outputs[0] - self.takes[0].truth]
        return apart(outputs)

    def calm(self, measure: Callable[[Take, Floats], float], outputs: Sequence[Floats]) -> float:
        """A measure of noise, × raw, median over the takes."""
        ours = [measure(take, noise) for take, noise in zip(self.takes, self.noise_of(outputs), strict=True)]
        return _ratio(ours, self._measured_raw(measure, calm=True))

    def faithful(self, measure: Callable[[Take, Floats], float], outputs: Sequence[Floats]) -> float:
        """A measure of error, × raw, median over the takes."""
        ours = [measure(take, output) for take, output in zip(self.takes, outputs, strict=True)]
        return _ratio(ours, self._measured_raw(measure, calm=False))

    def plain(self, measure: Callable[[Take, Floats], float], outputs: Sequence[Floats]) -> float:
        """A measure in its own unit, median over the takes."""
        return median(measure(take, output) for take, output in zip(self.takes, outputs, strict=True))

    def _measured_raw(self, measure: Callable[[Take, Floats], float], *, calm: bool) -> list[float]:
        if (calm, measure) not in self._of_raw:
            judged = self.noise_of(self.raw) if calm else self.raw
            self._of_raw[calm, measure] = [measure(take, one) for take, one in zip(self.takes, judged, strict=True)]
        return self._of_raw[calm, measure]


def median(values: Iterable[float]) -> float:
    """The median of those that could be measured; NaN when none could."""
    known = [value for value in values if math.isfinite(value)]
    return float(np.median(known)) if known else math.nan


def _ratio(ours: Sequence[float], raw: Sequence[float]) -> float:
    return median(one / other for one, other in zip(ours, raw, strict=True) if other > 0)
