"""Formulas over the channels of a face, as data, and their compilation.

An expression is a name, a weighted sum, the largest, the smallest or the product of some parts, a power, or limits
around another. Compiling turns everything linear into rows of one matrix; only what is not linear becomes a step,
worked out between the channels and the matrix.

Bounds are followed through every formula: each input keeps within `BOUNDS`, so a value that could grow beyond 1e6 is
refused when it is defined, and limits that can never bite cost nothing.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import Final, NamedTuple

from avatar_driver.channels import CHANNELS, ROTATION, SHAPE_NAMES

__all__ = [
    "ANGLES",
    "BOUNDS",
    "INPUTS",
    "Affine",
    "Compiler",
    "Expression",
    "Fold",
    "Folded",
    "Limited",
    "Limits",
    "Named",
    "Power",
    "Slots",
    "Step",
    "Sum",
    "UnboundedError",
]

#: Head angles in radians that maps may name beside the 58 channels: + left, + down, + to the subject's right.
ANGLES: Final = ("headYaw", "headPitch", "headRoll")

#: Every name a formula may start from.
INPUTS: Final = (*CHANNELS, *ANGLES)

_LARGEST: Final = 1e6  # no target counts that far, and products of such numbers are still far from overflow
_ROUNDING: Final = 1e-9
_SLOT: Final = {name: i for i, name in enumerate(INPUTS)}
_ANGLE_CHANNELS: Final = frozenset(range(ROTATION.start, ROTATION.stop))


class Limits(NamedTuple):
    """The lowest and the highest value allowed."""

    low: float
    high: float


_SHAPE: Final = Limits(0.0, 1.0)
_METRES: Final = Limits(-100.0, 100.0)
_RADIANS: Final = Limits(-math.pi, math.pi)

#: What each of `INPUTS` keeps within.
BOUNDS: Final = (*(_SHAPE,) * len(SHAPE_NAMES), *(_METRES,) * 3, *(_RADIANS,) * 3, *(_RADIANS,) * len(ANGLES))


class Fold(StrEnum):
    """How several parts become one value; the words of the map format."""

    MAX = "max"
    MIN = "min"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Named:
    """A channel, a head angle, a term of the map, or a parameter above: with its limits, as it is sent."""

    name: str


@dataclass(frozen=True, slots=True)
class Sum:
    """`constant` plus each part times its weight. Without parts: a number."""

    parts: tuple[tuple[float, "Expression"], ...] = ()
    constant: float = 0.0


@dataclass(frozen=True, slots=True)
class Folded:
    """The largest, the smallest or the product of one or more parts."""

    fold: Fold
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Power:
    """`base` to a positive exponent; a base below 0 counts as 0, so that roots stay real."""

    base: "Expression"
    exponent: float


@dataclass(frozen=True, slots=True)
class Limited:
    """A value kept within limits."""

    value: "Expression"
    limits: Limits


Expression = Named | Sum | Folded | Power | Limited


class UnboundedError(ValueError):
    """A formula that could grow without sensible bounds.

    Attributes:
        name: the term or parameter.
        reach: how far from 0 it could get.
    """

    def __init__(self, name: str, reach: float) -> None:
        super().__init__(name, reach)
        self.name = name
        self.reach = reach

    def __str__(self) -> str:
        return f"can grow to {self.reach:.3g}; at most {_LARGEST:g} is allowed: give it, or what it is made of, limits"


#: The values of all inputs, then of the steps worked out so far.
Slots = list[float]

#: Works one value out of the slots before it.
Step = Callable[[Slots], float]


@dataclass(frozen=True, slots=True)
class Affine:
    """`constant` plus slots times weights, and the bounds this keeps while the channels keep theirs."""

    weights: Mapping[int, float]
    constant: float
    bounds: Limits


class Compiler:
    """Turns expressions into affine rows over slots: the inputs first, then one slot for each step.

    Attributes:
        bounds: what each slot keeps within.
        steps: what works out the slots after the inputs, in order.
        needs_angles: whether any formula names one of `ANGLES`.
    """

    def __init__(self) -> None:
        self.bounds = list(BOUNDS)
        self.steps: list[Step] = []
        self.needs_angles = False
        self._slot_channels = [*(frozenset({i}) for i in range(len(CHANNELS))), *(_ANGLE_CHANNELS,) * len(ANGLES)]
        self._defined: dict[str, Affine] = {}
        self._limits: dict[str, Limits] = {}
        self._defining = ""

    def define(self, name: str, expression: Expression, limits: Limits | None = None) -> Affine:
        """The row of a named formula, before its limits. Later formulas see it with them.

        Terms have no limits of their own, and may not bear a channel's name; parameters may.

        Raises:
            UnboundedError: it can grow beyond 1e6.
            ValueError: its name is taken, it names what is not known, or an exponent is not above 0.
        """
        if name in self._defined or (limits is None and name in _SLOT):
            raise ValueError(f"the name '{name}' is taken")
        self._defining = name
        row = self._affine(expression)
        self._defined[name] = row
        if limits is not None:
            self._limits[name] = limits
        return row

    def channels_of(self, row: Affine) -> frozenset[int]:
        """Indices of the channels that a row depends on, through whatever steps."""
        return frozenset[int]().union(*(self._slot_channels[slot] for slot in row.weights))

    def _affine(self, expression: Expression) -> Affine:
        match expression:
            case Named(name):
                return self._named(name)
            case Sum(parts, constant):
                return self._sum([(weight, self._affine(part)) for weight, part in parts], constant)
            case Folded(fold, parts):
                return self._fold(fold, [self._affine(part) for part in parts])
            case Power(base, exponent):
                return self._power(self._affine(base), exponent)
            case Limited(value, limits):
                return self._limited(self._affine(value), limits)

    def _named(self, name: str) -> Affine:
        slot = _SLOT.get(name)  # a channel's name always means the channel, even beside a parameter of that name
        if slot is not None:
            self.needs_angles |= name in ANGLES
            return Affine({slot: 1.0}, 0.0, self.bounds[slot])
        if name not in self._defined:
            raise ValueError(f"'{name}' is not a channel, nor a term or parameter above '{self._defining}'")
        if name in self._limits:
            # Where its limits bite, the limited value becomes a slot, once; everyone after shares it.
            self._defined[name] = self._limited(self._defined[name], self._limits.pop(name))
        return self._defined[name]

    def _sum(self, parts: list[tuple[float, Affine]], constant: float) -> Affine:
        weights: dict[int, float] = {}
        for weight, part in parts:
            constant += weight * part.constant
            for slot, inner in part.weights.items():
                weights[slot] = weights.get(slot, 0.0) + weight * inner
        weights = {slot: weight for slot, weight in weights.items() if weight}
        ends = [
            sorted((weight * self.bounds[slot].low, weight * self.bounds[slot].high))
            for slot, weight in weights.items()
        ]
        bounds = self._checked(constant + sum(low for low, _ in ends), constant + sum(high for _, high in ends))
        return Affine(weights, constant, bounds)

    def _fold(self, fold: Fold, parts: list[Affine]) -> Affine:
        values = [_valued(part) for part in parts]
        lows, highs = [part.bounds.low for part in parts], [part.bounds.high for part in parts]
        if fold is Fold.MAX:
            return self._slot(lambda slots: max([v(slots) for v in values]), Limits(max(lows), max(highs)), parts)
        if fold is Fold.MIN:
            return self._slot(lambda slots: min([v(slots) for v in values]), Limits(min(lows), min(highs)), parts)
        low = high = 1.0
        for part in parts:
            ends = [end * other for end in (low, high) for other in part.bounds]
            low, high = self._checked(min(ends), max(ends))
        return self._slot(lambda slots: math.prod([v(slots) for v in values]), Limits(low, high), parts)

    def _power(self, base: Affine, exponent: float) -> Affine:
        if exponent <= 0:
            raise ValueError(f"an exponent is above 0, found {exponent}")
        value = _valued(base)
        try:
            low, high = (max(0.0, end) ** exponent for end in base.bounds)
        except OverflowError:
            raise UnboundedError(self._defining, math.inf) from None
        return self._slot(lambda slots: max(0.0, value(slots)) ** exponent, self._checked(low, high), [base])

    def _limited(self, inner: Affine, limits: Limits) -> Affine:
        low, high = limits
        if low - _ROUNDING <= inner.bounds.low and inner.bounds.high <= high + _ROUNDING:
            return inner
        value = _valued(inner)
        bounds = Limits(*(min(max(end, low), high) for end in inner.bounds))
        return self._slot(lambda slots: min(max(value(slots), low), high), bounds, [inner])

    def _slot(self, step: Step, bounds: Limits, parts: list[Affine]) -> Affine:
        self.steps.append(step)
        self.bounds.append(bounds)
        self._slot_channels.append(frozenset[int]().union(*map(self.channels_of, parts)))
        return Affine({len(self.bounds) - 1: 1.0}, 0.0, bounds)

    def _checked(self, low: float, high: float) -> Limits:
        if not (low >= -_LARGEST and high <= _LARGEST):  # written so that NaN fails too
            raise UnboundedError(self._defining, max(-low, high))
        return Limits(low, high)


def _valued(form: Affine) -> Step:
    weights, constant = tuple(form.weights.items()), form.constant
    if not constant and len(weights) == 1 and weights[0][1] == 1.0:
        return itemgetter(weights[0][0])

    def value(slots: Slots) -> float:
        total = constant
        for slot, weight in weights:
            total += weight * slots[slot]
        return total

    return value
