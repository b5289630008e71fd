"""Which of a face's parameters go to which address of an avatar, and as what: float, bool or single bits.

The rules are VRCFaceTracking's, for which the avatars are made. A parameter belongs to an avatar's own when that has
the same name, or ends with it after any prefix (`FT/v2/JawOpen`) that is not itself a version (`v2/JawOpen` is not the
old `JawOpen`), and has the right type. Bits are bools with a power of two behind the name (`v2/JawX1`, `v2/JawX2`, …),
and the sign is one with `Negative` there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from avatar_driver.protocols.vrchat_avatar import PREFIX, Avatar, AvatarParameter, Kind

__all__ = ["FLAGS", "Binary", "Layout", "Place", "Switch", "everything", "worn"]

FLAGS: Final = ("EyeTrackingActive", "ExpressionTrackingActive", "LipTrackingActive")

_BITS: Final = re.compile(r"(.*?)([1-9]\d*)")
_VERSION: Final = re.compile(r"(^|/)v\d+$")
_NEGATIVE: Final = "Negative"
_MOST_BITS: Final = 16  # a float has 24; avatars have up to 7


@dataclass(frozen=True, slots=True)
class Place:
    """A float: its address and the column of its value."""

    address: str
    column: int


@dataclass(frozen=True, slots=True)
class Switch:
    """A bool of the parameter's own name."""

    address: str
    column: int


@dataclass(frozen=True, slots=True)
class Binary:
    """A value as bits: (address, exponent of its power of two) of each, and where its sign goes, if anywhere."""

    column: int
    bits: tuple[tuple[str, int], ...]
    negative: str | None


@dataclass(frozen=True, slots=True)
class Layout:
    """All addresses of an avatar. `gaze` and `lids`: whether VRChat's own eyes are driven."""

    flags: tuple[str, ...]
    places: tuple[Place, ...]
    switches: tuple[Switch, ...] = ()
    binaries: tuple[Binary, ...] = ()
    gaze: bool = True
    lids: bool = True


def everything(names: Sequence[str], chosen: Sequence[str] | None, prefix: str, native_eyes: bool) -> Layout:
    """All chosen parameters as floats, for an avatar of which nothing is known."""
    wanted = names if chosen is None else chosen
    places = tuple(Place(f"{PREFIX}{prefix}{name}", names.index(name)) for name in wanted)
    return Layout(tuple(PREFIX + flag for flag in FLAGS), places, gaze=native_eyes, lids=native_eyes)


def worn(avatar: Avatar, names: Sequence[str], chosen: Sequence[str] | None, native_eyes: bool) -> Layout:
    """What an avatar takes of the parameters `names`; the columns count in them.

    Native eyes stay off as soon as the avatar has eye parameters of its own, also those that are not `chosen`: two
    programs, or two ways, would otherwise move one eye.
    """
    wanted = frozenset(names if chosen is None else chosen)
    columns = {name: i for i, name in enumerate(names)}
    places, switches, bits, signs, known = _matched(avatar.parameters, columns)
    binaries = tuple(
        Binary(columns[name], tuple(found), signs.get((prefix, name)))
        for (prefix, name), found in bits.items()
        if name in wanted
    )
    kept = frozenset(columns[name] for name in wanted)
    return Layout(
        tuple(PREFIX + p.name for flag in FLAGS for p in avatar.parameters if p.kind is Kind.BOOL and _ends(p, flag)),
        tuple(place for place in places if place.column in kept),
        tuple(switch for switch in switches if switch.column in kept),
        binaries,
        gaze=native_eyes and not any("Eye" in name and ("X" in name or "Y" in name) for name in known),
        lids=native_eyes and not any("Eye" in n and ("Open" in n or "Lid" in n or "Closed" in n) for n in known),
    )


_Group = tuple[str, str]  # prefix, name


def _matched(
    parameters: Sequence[AvatarParameter], columns: dict[str, int]
) -> tuple[list[Place], list[Switch], dict[_Group, list[tuple[str, int]]], dict[_Group, str], set[str]]:
    places: list[Place] = []
    switches: list[Switch] = []
    bits: dict[_Group, list[tuple[str, int]]] = {}
    signs: dict[_Group, str] = {}
    known: set[str] = set()
    for parameter in parameters:
        address = PREFIX + parameter.name
        if parameter.kind is Kind.FLOAT:
            for _, name in _names(parameter.name, columns):
                places.append(Place(address, columns[name]))
                known.add(name)
        elif parameter.kind is Kind.BOOL:
            for _, name in _names(parameter.name, columns):
                switches.append(Switch(address, columns[name]))
                known.add(name)
            for group in _names(parameter.name.removesuffix(_NEGATIVE), columns):
                if parameter.name.endswith(_NEGATIVE):
                    signs[group] = address
            stem, exponent = _power(parameter.name)
            if exponent is not None:
                for group in _names(stem, columns):
                    bits.setdefault(group, []).append((address, exponent))
                    known.add(group[1])
    return places, switches, bits, signs, known


def _names(given: str, columns: dict[str, int]) -> list[_Group]:
    """(prefix, name) for each of our names with which an avatar's name ends, after a slash or as a whole."""
    found = []
    starts = [0, *(i + 1 for i, letter in enumerate(given) if letter == "/")]
    for start in starts:
        prefix, name = given[:start], given[start:]
        if name in columns and not _VERSION.search(prefix.removesuffix("/")):
            found.append((prefix, name))
    return found


def _ends(parameter: AvatarParameter, flag: str) -> bool:
    return parameter.name == flag or parameter.name.endswith(f"/{flag}")


def _power(name: str) -> tuple[str, int | None]:
    """A name without the power of two behind it, and the exponent; None where there is no such power."""
    found = _BITS.fullmatch(name)
    if found is None:
        return name, None
    exponent = int(found[2]).bit_length() - 1
    if len(found[2]) > 5 or exponent >= _MOST_BITS or int(found[2]) != 1 << exponent:
        return name, None
    return found[1], exponent
