"""The drawing board on which the puppet is authored: points, fields that move them, paths through them.

Everything that comes in twins is drawn for the subject's left and once more mirrored: a `Side` carries the sign.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

__all__ = ["LEFT", "RIGHT", "SIDES", "Drawing", "Field", "Knot", "Side", "bulge", "ramp"]

XY = tuple[float, float]
Field = Callable[[float, float], XY]

_ROUND: Final = 0.5523  # control points of a quarter circle


class Side(NamedTuple):
    """The subject's left (+x in the picture) or right."""

    name: str
    sign: int

    def of(self, base: str) -> str:
        """`eyeBlink` → `eyeBlinkLeft`."""
        return base + self.name


LEFT: Final = Side("Left", 1)
RIGHT: Final = Side("Right", -1)
SIDES: Final = (LEFT, RIGHT)


class Knot(NamedTuple):
    """A point that a smooth line goes through; at a sharp one it turns a corner."""

    x: float
    y: float
    sharp: bool = False


def ramp(value: float, start: float, end: float) -> float:
    """0 before `start`, 1 after `end` (which may lie below `start`), smooth between."""
    t = min(max((value - start) / (end - start), 0.0), 1.0)
    return t * t * (3 - 2 * t)


def bulge(x: float, y: float) -> float:
    """How far the face comes forward at a place: half an ellipsoid."""
    inside = 1 - (x / 182) ** 2 - ((y - 15) / 275) ** 2
    return 92 * math.sqrt(max(inside, 0.0))


class Drawing:
    """Points, deltas and paths as they come; `document` is the file."""

    def __init__(self) -> None:
        self.points: list[tuple[float, float, float, float]] = []
        self.deltas: dict[str, dict[int, XY]] = {}
        self.drivers: dict[str, dict[str, Any]] = {}
        self.order: list[tuple[int, int, float]] = []
        self.following: list[tuple[int, int, float, float]] = []
        self.paths: list[dict[str, Any]] = []

    def point(self, x: float, y: float, z: float | None = None, weight: float = 1.0) -> int:
        """A new point; without z it lies on the face."""
        self.points.append((x, y, bulge(x, y) if z is None else z, weight))
        return len(self.points) - 1

    def line(self, places: Iterable[XY], side: Side = LEFT, z: float | None = None, weight: float = 1.0) -> list[int]:
        """New points, mirrored for the right side."""
        return [self.point(x * side.sign, y, z, weight) for x, y in places]

    def oval(self, x: float, y: float, rx: float, ry: float, z: float | None = None, weight: float = 1.0) -> list[int]:
        """Points for `MCCCCZ`."""
        k = _ROUND
        ring = [
            (1, 0),
            (1, k),
            (k, 1),
            (0, 1),
            (-k, 1),
            (-1, k),
            (-1, 0),
            (-1, -k),
            (-k, -1),
            (0, -1),
            (k, -1),
            (1, -k),
        ]
        made = [self.point(x + a * rx, y + b * ry, z, weight) for a, b in ring]
        return [*made, made[0]]

    def smooth(
        self,
        knots: Sequence[Knot] | Sequence[XY],
        side: Side = LEFT,
        closed: bool = True,
        z: float | Callable[[float, float], float] | None = None,
        weight: float | Callable[[float, float], float] = 1.0,
        tension: float = 1 / 6,
    ) -> tuple[str, list[int]]:
        """Commands and points of a smooth line through knots (Catmull-Rom), with corners at the sharp ones.

        `z` and `weight` may be functions of the place, before mirroring.
        """
        line = [Knot(*knot) for knot in knots]
        count = len(line)
        segments = count if closed else count - 1

        def handle(i: int, toward: int) -> XY:
            here, there = line[i % count], line[(i + toward) % count]
            end = not closed and (i % count in (0, count - 1))
            if here.sharp or end:
                return here.x + (there.x - here.x) / 3, here.y + (there.y - here.y) / 3
            before, after = line[(i - 1) % count], line[(i + 1) % count]
            return here.x + toward * (after.x - before.x) * tension, here.y + toward * (after.y - before.y) * tension

        def made(x: float, y: float) -> int:
            depth = z(x, y) if callable(z) else z
            return self.point(x * side.sign, y, depth, weight(x, y) if callable(weight) else weight)

        ends = [made(knot.x, knot.y) for knot in line]
        points = [ends[0]]
        for i in range(segments):
            points += [made(*handle(i, 1)), made(*handle(i + 1, -1)), ends[(i + 1) % count]]
        return "M" + "C" * segments + ("Z" if closed else ""), points

    def path(self, name: str, commands: str, points: Sequence[int], **paint: Any) -> str:
        """A painted path; the words of `paint` are the format's."""
        self.paths.append({"name": name, "commands": commands, "points": list(points), **paint})
        return name

    def strokes(self, name: str, lines: Sequence[Sequence[int]], **paint: Any) -> str:
        """Lines of two points, or curves of four, in one path: alike in everything, they are painted together."""
        commands = "".join("ML" if len(line) == 2 else "MC" for line in lines)
        return self.path(name, commands, [i for line in lines for i in line], **paint)

    def moves(self, driver: str, points: Iterable[int], field: Field | XY) -> None:
        """A channel or driver moves points, all alike or by a field over their places."""
        row = self.deltas.setdefault(driver, {})
        for i in sorted(set(points)):
            x, y, *_ = self.points[i]
            dx, dy = field(x, y) if callable(field) else field
            old = row.get(i, (0.0, 0.0))
            row[i] = (old[0] + dx, old[1] + dy)

    def driver(self, name: str, **words: Any) -> str:
        """A sum or a product; the words are the format's."""
        self.drivers[name] = words
        return name

    def pair(self, upper: int, lower: int, share: float) -> None:
        """What never crosses."""
        self.order.append((upper, lower, share))

    def follows(self, child: int, parent: int, x: float = 1.0, y: float = 1.0) -> None:
        """A point that goes along with another."""
        self.following.append((child, parent, x, y))

    def linear(self, start: XY, end: XY, *stops: tuple[float, str, float], side: Side = LEFT) -> dict[str, Any]:
        """A gradient between two new points on the face."""
        return {"linear": self.line([start, end], side), "stops": stops}

    def document(self, **rest: Any) -> dict[str, Any]:
        """The file, numbers rounded to a thousandth of a unit."""
        deltas = {
            name: [[i, _short(dx), _short(dy)] for i, (dx, dy) in sorted(row.items()) if _short(dx) or _short(dy)]
            for name, row in self.deltas.items()
        }
        return {
            "format": "avatar_driver puppet",
            "version": 1,
            **rest,
            "drivers": self.drivers,
            "points": [[_short(value) for value in point] for point in self.points],
            "deltas": deltas,
            "order": self.order,
            "follow": self.following,
            "paths": self.paths,
        }


def _short(value: float) -> float:
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded
