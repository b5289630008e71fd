"""What an avatar's face costs of the 256 bits that VRChat syncs, and how a number of bits is best spent on it.

A synced float or int takes 8 bits, a bool 1. A parameter may be a float, some bits with or without a sign, or nothing.
How far each of these is from the face follows from how the face moves, so the best choice is not the same for all: it
is found exactly, by dynamic programming over the mean square error.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.protocols._vrchat_bits import decoded
from avatar_driver.protocols._vrchat_layout import worn
from avatar_driver.protocols.vrchat_avatar import PREFIX, Avatar, AvatarParameter, Kind

__all__ = ["NOTHING", "SYNCED_BITS", "Error", "Form", "Shape", "bits_of", "error", "faces", "spent", "unseen"]

SYNCED_BITS: Final = 256  #: what VRChat syncs of an avatar
_COST: Final = {Kind.FLOAT: 8, Kind.INT: 8, Kind.BOOL: 1}
_FLOAT_STEPS: Final = 127  # a synced float comes in multiples of 1/127
_MOST_BITS: Final = 7  # one more costs as much as a float, which is finer
_NO_GAIN: Final = 1e-12  # of a mean square: bits that gain less are not spent
_SIDE: Final = re.compile(r"Left|Right")
_SIDEWAYS: Final = re.compile(r"X$|/Yaw$|/Roll$")  # + to one side: a face that went to one only will go to the other
_END: Final = re.compile(r"(\d+|Negative)$")
_UNIFIED: Final = re.compile(r"(^|/)v2/")


@dataclass(frozen=True, slots=True)
class Form:
    """How a parameter is synced: as a float, or in so many bits with or without a sign; no bits: not at all."""

    bits: int = 0
    negative: bool = False
    is_float: bool = False

    @property
    def cost(self) -> int:
        """Synced bits."""
        return _COST[Kind.FLOAT] if self.is_float else self.bits + self.negative

    def __str__(self) -> str:
        if self.is_float:
            return "float"
        if not self.bits:
            return "nothing"
        return f"{self.bits} bit{'s' * (self.bits > 1)}{' + sign' * self.negative}"


NOTHING: Final = Form()


@dataclass(frozen=True, slots=True)
class Shape:
    """One of an avatar's face parameters.

    Attributes:
        name: as the avatar has it, without what is behind it for bits.
        column: of its value in the map.
        form: how it is synced now, as far as can be told.
        parameters: all that belongs to it.
    """

    name: str
    column: int
    form: Form
    parameters: tuple[AvatarParameter, ...]


@dataclass(frozen=True, slots=True)
class Error:
    """How far others see a parameter from where it is: root of the mean square, and at worst."""

    typical: float
    worst: float


def faces(avatar: Avatar, names: Sequence[str]) -> tuple[Shape, ...]:
    """An avatar's face parameters, of those that a map has, in the avatar's order.

    A file that says what is synced is believed. VRChat's do not; then a float that stands beside bits of the same name
    is taken to be local, as in the templates that avatars are made with.
    """
    layout = worn(avatar, names, None, native_eyes=False)
    found: dict[str, tuple[int, list[str]]] = {
        place.address: (place.column, [place.address]) for place in layout.places
    }
    for binary in layout.binaries:
        stem = _END.sub("", binary.bits[0][0])
        _, addresses = found.setdefault(stem, (binary.column, []))
        addresses += [address for address, _ in binary.bits]
        addresses += [binary.negative] if binary.negative else []
    by_address = {PREFIX + parameter.name: parameter for parameter in avatar.parameters}
    place_of = {address: i for i, address in enumerate(by_address)}
    shapes = []
    for stem in sorted(found, key=lambda stem: min(map(place_of.__getitem__, found[stem][1]))):
        column, addresses = found[stem]
        own = tuple(by_address[address] for address in addresses)
        shapes.append(Shape(stem.removeprefix(PREFIX), column, _form(own), own))
    return tuple(shapes)


def unseen(avatar: Avatar, shapes: Sequence[Shape]) -> dict[str, int]:
    """Parameters of Unified Expressions that the avatar has and no face moves, and what each costs."""
    driven = {parameter for shape in shapes for parameter in shape.parameters}
    groups: dict[str, list[AvatarParameter]] = {}
    for parameter in avatar.parameters:
        if parameter not in driven and _UNIFIED.search(parameter.name):
            groups.setdefault(_END.sub("", parameter.name), []).append(parameter)
    return {name: _form(group).cost for name, group in groups.items()}


def bits_of(parameters: Sequence[AvatarParameter]) -> int:
    """Synced bits of some parameters; where a file does not say that one is local, it counts."""
    return sum(_COST[parameter.kind] for parameter in parameters if parameter.synced is not False)


def error(values: NDArray[np.float32], form: Form, rest: float) -> Error:
    """What others see of (T,) values −1 to 1, against what they are. What is not synced stays at rest."""
    if form.is_float:
        seen = np.round(np.clip(values, -1, 1) * _FLOAT_STEPS) / np.float32(_FLOAT_STEPS)
    elif form.bits:
        seen = decoded(values, form.bits, signed=form.negative)
    else:
        seen = np.full_like(values, rest)
    away = np.abs(values.astype(np.float64) - seen)
    return Error(float(np.sqrt(np.mean(away**2))), float(away.max()))


def spent(shapes: Sequence[Shape], values: NDArray[np.float32], rest: Sequence[float], budget: int) -> tuple[Form, ...]:
    """The form of each shape that keeps the mean square error least within so many bits; twins get the same.

    Args:
        shapes: S of them.
        values: (T, M) the map's values over time.
        rest: (M) values of a face at rest.
        budget: synced bits.
    """
    pairs = _pairs(shapes)
    best = np.zeros(budget + 1)
    picks: list[NDArray[np.intp]] = []
    options = [_options(shapes[pair[0]].name, values[:, [shapes[i].column for i in pair]]) for pair in pairs]
    for pair, forms in zip(pairs, options, strict=True):
        columns = [shapes[i].column for i in pair]
        squares = [sum(error(values[:, c], form, rest[c]).typical ** 2 for c in columns) for form in forms]
        reached, pick = np.full(budget + 1, np.inf), np.zeros(budget + 1, np.intp)
        for i, (form, square) in enumerate(zip(forms, squares, strict=True)):
            cost = form.cost * len(pair)
            if cost <= budget:
                candidate = np.full(budget + 1, np.inf)
                candidate[cost:] = best[: budget + 1 - cost] + square
                better = candidate < reached - _NO_GAIN
                reached[better], pick[better] = candidate[better], i
        best = reached
        picks.append(pick)
    chosen = [NOTHING] * len(shapes)
    left = int(np.argmin(np.where(best <= best.min() + _NO_GAIN, np.arange(budget + 1), budget + 1)))
    for pair, forms, pick in zip(reversed(pairs), reversed(options), reversed(picks), strict=True):
        form = forms[pick[left]]
        left -= form.cost * len(pair)
        for i in pair:
            chosen[i] = form
    return tuple(chosen)


def _options(name: str, values: NDArray[np.float32]) -> list[Form]:
    """From the cheapest. A sign where something is ever below 0, and always where the sign is a side."""
    sideways = bool(_SIDEWAYS.search(name))
    forms = [NOTHING, Form(is_float=True)]
    if not sideways:
        forms += [Form(bits) for bits in range(1, _MOST_BITS + 1)]
    if sideways or (values < 0).any():
        forms += [Form(bits, negative=True) for bits in range(1, _MOST_BITS)]
    return sorted(forms, key=lambda form: (form.cost, not form.is_float, form.bits))


def _pairs(shapes: Sequence[Shape]) -> list[tuple[int, ...]]:
    """Indices of shapes that are each other's mirror image, and of those that have none."""
    index = {shape.name: i for i, shape in enumerate(shapes)}
    found: dict[tuple[int, ...], None] = {}
    for i, shape in enumerate(shapes):
        twin = index.get(_SIDE.sub(lambda side: "Right" if side[0] == "Left" else "Left", shape.name), i)
        found[tuple(sorted({i, twin}))] = None
    return list(found)


def _form(parameters: Sequence[AvatarParameter]) -> Form:
    synced = [parameter for parameter in parameters if parameter.synced is not False]
    bits = sum(parameter.kind is Kind.BOOL and not parameter.name.endswith("Negative") for parameter in synced)
    is_float = any(p.kind is Kind.FLOAT and (p.synced or not bits) for p in synced)
    if is_float:
        return Form(is_float=True)
    return Form(bits, any(parameter.name.endswith("Negative") for parameter in synced))
