"""Reads a rig file and checks it whole, so that what draws it need not ask."""

import math
import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from avatar_driver.channels import CHANNELS
from avatar_driver.errors import Problem, ProblemsError, did_you_mean

__all__ = ["Colour", "Driver", "Gradient", "Head", "Paint", "RigFile", "Shape", "parsed"]

FORMAT: Final = "avatar_driver puppet"
VERSION: Final = 1

#: How many points each command takes.
POINTS_OF: Final = {"M": 1, "L": 1, "C": 3, "Z": 0}

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")

Colour = str | tuple[str, str, float]


class Head(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How the head turns and moves; see step 5 of the format."""

    pivot: tuple[float, float, float]
    distance: float
    units_per_metre: float
    turn_limit: float
    move_limit: float
    body_follow: float


class Driver(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """A sum or a product of channels and earlier drivers."""

    sum: dict[str, float] | None = None
    product: list[str] | None = None
    bias: float = 0.0
    limits: tuple[float, float] | None = None


class Gradient(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """Colours between two points of the pool."""

    stops: list[tuple[float, str, float]]
    linear: tuple[int, int] | None = None
    radial: tuple[int, int] | None = None


Paint = str | Gradient


class Shape(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """One painted path."""

    name: str
    commands: str
    points: list[int]
    fill: Paint | None = None
    stroke: Paint | None = None
    width: float = 0.0
    cap: str = "round"
    join: str = "round"
    opacity: float = 1.0
    opacity_deltas: dict[str, float] = {}
    clip: str | None = None


class RigFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A rig as it is written; the words are explained in `avatar_driver.puppet`."""

    format: str
    version: int
    view: tuple[float, float, float, float]
    head: Head
    palette: dict[str, Colour]
    drivers: dict[str, Driver]
    points: list[tuple[float, float, float, float]]
    deltas: dict[str, list[tuple[int, float, float]]]
    order: list[tuple[int, int, float]]
    follow: list[tuple[int, int, float, float]]
    paths: list[Shape]


def parsed(text: str | bytes, document: str = "puppet.json") -> RigFile:
    """The rig in a JSON text.

    Raises:
        ProblemsError: everything that is wrong with it, each with the place in the file's own words.
    """
    try:
        rig = msgspec.json.decode(text, type=RigFile)
    except msgspec.DecodeError as error:  # its sentences end in "- at `$.paths[3].commands`"
        what, _, where = str(error).partition(" - at ")
        raise ProblemsError([Problem(document, 0, 0, where.strip("`").removeprefix("$."), what)]) from None
    found = [Problem(document, 0, 0, path, sentence) for path, sentence in _problems(rig)]
    if found:
        raise ProblemsError(found)
    return rig


_Found = Iterator[tuple[str, str]]


def _problems(rig: RigFile) -> _Found:
    if (rig.format, rig.version) != (FORMAT, VERSION):
        yield "format", f"expected '{FORMAT}' version {VERSION}, found '{rig.format}' version {rig.version}"
    if min(rig.view[2:]) <= 0:
        yield "view", f"width and height must be positive, found {rig.view[2]:g} × {rig.view[3]:g}"
    for name in ("distance", "units_per_metre", "turn_limit", "move_limit"):
        if getattr(rig.head, name) <= 0:
            yield f"head.{name}", f"must be positive, found {getattr(rig.head, name):g}"
    yield from _palette_problems(rig)
    yield from _driver_problems(rig)
    yield from _pool_problems(rig)
    yield from _path_problems(rig)


def _unknown(name: str, known: Iterable[str], what: str) -> str:
    return f"unknown {what} '{name}'{did_you_mean(name, known)}"


def _palette_problems(rig: RigFile) -> _Found:
    earlier: list[str] = []
    for name, colour in rig.palette.items():
        place = f"palette.{name}"
        base, code, _ = (None, colour, 0.0) if isinstance(colour, str) else colour
        if base is not None and base not in earlier:
            yield place, _unknown(base, earlier, "colour (a mix names one above it)")
        if not _COLOUR.fullmatch(code):
            yield place, f"expected a colour like #a1b2c3, found '{code}'"
        earlier.append(name)
    if "background" not in rig.palette:
        yield "palette", "has no 'background', which fills the picture behind the puppet"


def _driver_problems(rig: RigFile) -> _Found:
    earlier = [*CHANNELS]
    for name, driver in rig.drivers.items():
        place = f"drivers.{name}"
        if name in CHANNELS:
            yield place, "has the name of a channel; take another"
        if bool(driver.sum) == bool(driver.product):
            yield place, "needs either 'sum' or 'product', and something in it"
        for term in [*(driver.sum or ()), *(driver.product or ())]:
            if term not in earlier:
                yield place, _unknown(term, earlier, "channel or earlier driver")
        if driver.limits is not None and driver.limits[0] >= driver.limits[1]:
            yield place, f"limits must rise, found {list(driver.limits)}"
        earlier.append(name)
    for name in rig.deltas:
        if name not in earlier:
            yield f"deltas.{name}", _unknown(name, earlier, "channel or driver")
    for shape in rig.paths:
        for name in shape.opacity_deltas:
            if name not in earlier:
                yield f"paths.{shape.name}.opacity_deltas", _unknown(name, earlier, "channel or driver")


def _pool_problems(rig: RigFile) -> _Found:
    for i, point in enumerate(rig.points):
        if not all(map(math.isfinite, point)):
            yield f"points[{i}]", f"expected finite numbers, found {list(point)}"
        elif point[2] >= rig.head.distance:
            yield f"points[{i}]", f"z {point[2]:g} lies behind the viewer, who stands at {rig.head.distance:g}"
    yield from _index_problems(rig, "order", [i for upper, lower, _ in rig.order for i in (upper, lower)])
    yield from _index_problems(rig, "follow", [i for child, parent, *_ in rig.follow for i in (child, parent)])
    for name, moves in rig.deltas.items():
        yield from _index_problems(rig, f"deltas.{name}", [i for i, *_ in moves])
    ordered = [i for upper, lower, _ in rig.order for i in (upper, lower)]
    for i in sorted({i for i in ordered if ordered.count(i) > 1}):
        yield "order", f"point {i} stands in more than one pair"
    children = {child for child, *_ in rig.follow}
    for _, parent, *_ in rig.follow:
        if parent in children:
            yield "follow", f"point {parent} is followed and follows; a parent is never a child"


def _index_problems(rig: RigFile, place: str, indices: Iterable[int]) -> _Found:
    for i in indices:
        if not 0 <= i < len(rig.points):
            yield place, f"there is no point {i}; the pool has {len(rig.points)}"


def _path_problems(rig: RigFile) -> _Found:
    names: set[str] = set()
    every = [shape.name for shape in rig.paths]
    for shape in rig.paths:
        place = f"paths.{shape.name}"
        if shape.name in names:
            yield place, "there is another path of this name"
        names.add(shape.name)
        if not re.fullmatch(r"(M[LC]+Z?)+", shape.commands):
            yield f"{place}.commands", f"expected M, then L and C, then perhaps Z, found '{shape.commands}'"
        else:
            needed = sum(POINTS_OF[command] for command in shape.commands)
            if needed != len(shape.points):
                yield f"{place}.points", f"'{shape.commands}' takes {needed} points, found {len(shape.points)}"
        yield from _index_problems(rig, f"{place}.points", shape.points)
        if shape.opacity > 1:
            yield f"{place}.opacity", f"is 1 at most, found {shape.opacity:g}"
        if shape.clip is not None and (shape.clip not in every or shape.clip == shape.name):
            yield f"{place}.clip", _unknown(shape.clip, every, "path")
        if (shape.stroke is not None) != (shape.width > 0):
            yield place, "a stroke needs a width above 0, and a width a stroke"
        if shape.cap not in ("butt", "round", "square") or shape.join not in ("miter", "round", "bevel"):
            yield place, f"unknown cap '{shape.cap}' or join '{shape.join}'"
        for word, paint in (("fill", shape.fill), ("stroke", shape.stroke)):
            yield from _paint_problems(rig, f"{place}.{word}", paint)


def _paint_problems(rig: RigFile, place: str, paint: Paint | None) -> _Found:
    if paint is None:
        return
    if isinstance(paint, str):
        if paint not in rig.palette:
            yield place, _unknown(paint, rig.palette, "colour")
        return
    if (paint.linear is None) == (paint.radial is None):
        yield place, "a gradient is either linear or radial"
    yield from _index_problems(rig, place, paint.linear or paint.radial or ())
    offsets = [offset for offset, *_ in paint.stops]
    if len(offsets) < 2 or offsets != sorted(offsets) or offsets[0] < 0 or offsets[-1] > 1:
        yield place, f"expected two or more stops rising from 0 to 1, found {offsets}"
    for _, name, alpha in paint.stops:
        if name not in rig.palette:
            yield place, _unknown(name, rig.palette, "colour")
        if not 0 <= alpha <= 1:
            yield place, f"an alpha lies in 0…1, found {alpha:g}"
