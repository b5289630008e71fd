"""Turns the 58 numbers of a face into an avatar's own parameters.

A map is compiled once. Whatever is linear in it becomes one matrix, so a purely linear map costs one matrix product and
a clip; see `avatar_driver.formula` for the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar_driver.channels import CHANNELS, ROTATION, Support
from avatar_driver.formula import BOUNDS, Compiler, Expression, Limits, Slots, Step
from avatar_driver.rotation import euler_from_quaternion, quaternion_from_vector

__all__ = ["Parameter", "RetargetMap"]

_STILL: Final = (0.0, 0.0, 0.0)
_UNIT: Final = Limits(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number an avatar takes: its name there, its formula, and what it is kept within."""

    name: str
    expression: Expression
    limits: Limits = _UNIT


@dataclass(frozen=True, slots=True, eq=False)
class RetargetMap:
    """An avatar's parameters as formulas of a face. Immutable; calling it changes nothing in it.

    Args:
        name: what profiles call the map.
        target: the kind of avatar it is for, in a person's words.
        parameters: in the order they are sent. A formula may name parameters above its own.
        terms: formulas with a name that are not sent, for use in `parameters` and in terms below them.
        description: what a person should know, a few lines.

    Attributes:
        names: (M) names of the parameters.
        low: (M,) float32, read-only; `high` likewise. Every value lies within.
        neutral: (M,) float32, read-only: the values of a face at rest. An eye's openness is 1 there, for example.
        channels: (M) which of the 58 channels each parameter depends on.

    Raises:
        UnboundedError: a formula can grow beyond 1e6.
        ValueError: a formula names what is neither a channel nor above it, or a name is used twice.
    """

    name: str
    target: str
    parameters: tuple[Parameter, ...]
    terms: Mapping[str, Expression] = field(default_factory=dict)
    description: str = ""
    names: tuple[str, ...] = field(init=False)
    low: NDArray[np.float32] = field(init=False, repr=False)
    high: NDArray[np.float32] = field(init=False, repr=False)
    neutral: NDArray[np.float32] = field(init=False, repr=False)
    channels: tuple[frozenset[int], ...] = field(init=False, repr=False)
    _matrix: NDArray[np.float32] = field(init=False, repr=False)
    _offset: NDArray[np.float32] | None = field(init=False, repr=False)
    _steps: tuple[Step, ...] = field(init=False, repr=False)
    _needs_angles: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        compiler = Compiler()
        for name, expression in self.terms.items():
            compiler.define(name, expression)
        rows = [compiler.define(p.name, p.expression, p.limits) for p in self.parameters]
        linear = not compiler.steps and not any(slot >= len(CHANNELS) for row in rows for slot in row.weights)
        matrix = np.zeros((len(rows), len(CHANNELS) if linear else len(compiler.bounds)))
        for i, row in enumerate(rows):
            matrix[i, list(row.weights)] = list(row.weights.values())
        offset = np.array([row.constant for row in rows])
        self._set("terms", MappingProxyType(dict(self.terms)))
        self._set("names", tuple(p.name for p in self.parameters))
        self._set("low", _frozen([p.limits.low for p in self.parameters]))
        self._set("high", _frozen([p.limits.high for p in self.parameters]))
        self._set("channels", tuple(compiler.channels_of(row) for row in rows))
        self._set("_matrix", _frozen(matrix))
        self._set("_offset", _frozen(offset) if offset.any() else None)
        self._set("_steps", tuple(compiler.steps))
        self._set("_needs_angles", compiler.needs_angles)
        self._set("neutral", _frozen(self(np.zeros(len(CHANNELS), np.float32))))

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """(M,) float32 parameters of the (58,) float32 `Frame.values`. Finite values give finite parameters."""
        inputs = np.maximum(values, _LOWEST)
        np.minimum(inputs, _HIGHEST, out=inputs)
        if self._matrix.shape[1] != len(CHANNELS):
            slots: Slots = inputs.tolist()
            slots += _angles(slots) if self._needs_angles else _STILL
            for step in self._steps:
                slots.append(step(slots))
            inputs = np.array(slots, dtype=np.float32)
        parameters = self._matrix @ inputs
        if self._offset is not None:
            parameters += self._offset
        np.maximum(parameters, self.low, out=parameters)
        np.minimum(parameters, self.high, out=parameters)
        return parameters

    def support(self, channels: Sequence[Support]) -> tuple[Support, ...]:
        """(M) how each parameter is known, from how each of the 58 channels is.

        Measured when all that it depends on is, absent when nothing of it can be known, otherwise derived.
        """
        return tuple(_joint_support({channels[i] for i in used}) for used in self.channels)

    def _set(self, attribute: str, value: object) -> None:
        object.__setattr__(self, attribute, value)


def _angles(slots: Slots) -> tuple[float, float, float]:
    yaw, pitch, roll = euler_from_quaternion(quaternion_from_vector(slots[ROTATION]))
    return yaw, pitch, roll


def _joint_support(known: set[Support]) -> Support:
    if known <= {Support.ABSENT}:
        return Support.ABSENT
    return Support.MEASURED if known == {Support.MEASURED} else Support.DERIVED


def _frozen(values: ArrayLike) -> NDArray[np.float32]:
    array = np.array(values, dtype=np.float32)
    array.flags.writeable = False
    return array


_LOWEST: Final = _frozen([bounds.low for bounds in BOUNDS[: len(CHANNELS)]])
_HIGHEST: Final = _frozen([bounds.high for bounds in BOUNDS[: len(CHANNELS)]])
