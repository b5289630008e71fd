"""The head's parts as plain arrays: skin, mouth, teeth, tongue, brows, hair, ears, eyes and a collar."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_head.shapes import JAW_RADIANS, shapes, turned
from avatar_head.skin import EYE, EYE_RADIUS, MOUTH_HALF_WIDTH, MOUTH_Y, Grid, bump, grid, ramp

__all__ = ["Part", "collar", "eyeball", "head"]

Floats = NDArray[np.float64]

_SKIN: Final = np.array([0.93, 0.72, 0.60])
_BLUSH: Final = np.array([0.93, 0.58, 0.50])
_LIPS: Final = np.array([0.78, 0.38, 0.37])
_DARK: Final = np.array([0.20, 0.05, 0.06])
_HAIR: Final = np.array([0.24, 0.15, 0.11])
_TEETH: Final = np.array([0.95, 0.93, 0.88])
_TONGUE: Final = np.array([0.80, 0.36, 0.38])
_SHIRT: Final = np.array([0.25, 0.38, 0.50])


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A piece of the head.

    Attributes:
        points: (N, 3) at rest, on the stream's axes, in decimetres.
        triangles: (M, 3) indices, counter-clockwise from outside.
        colours: (N, 3) from 0 to 1.
        moves: each shape's (N, 3) way; shapes that do not move the part are left out.
    """

    points: Floats
    triangles: NDArray[np.intp]
    colours: Floats
    moves: dict[str, Floats] = field(default_factory=dict)


def head() -> list[Part]:
    """Everything that turns with the head, but for the eyeballs."""
    on = grid()
    rest, moves = shapes(on)
    moves = {name: way for name, way in moves.items() if np.abs(way).max() > 1e-6}
    face = Part(rest, on.triangles, _complexion(on, rest), moves)
    inside = _bag(face, on.mouth, steps=8, deep=0.55, towards=np.array([0.0, MOUTH_Y - 0.02, 0.15]), room=0.11)
    lids = [
        _bag(face, loop, steps=2, deep=0.35, towards=np.array([sign * EYE[0], EYE[1], EYE[2]]))
        for loop, sign in zip(on.eyes, (1, -1), strict=True)
    ]
    brows = [_brow(face, sign) for sign in (1, -1)]
    ears = [_ear(sign) for sign in (1, -1)]
    return [face, inside, *lids, *brows, _hair(face, on), *ears, *_teeth(), _tongue()]


def _complexion(on: Grid, rest: Floats) -> Floats:
    a, level = np.abs(rest[:, 0]), on.level
    colours = np.tile(_SKIN, (len(rest), 1))
    facing = ramp(np.cos(on.angles), 0.1, 0.5)
    for colour, weight in (
        (_BLUSH, 0.55 * bump(a, level, (0.42, -0.2), (0.19, 0.15)) + 0.35 * bump(a, level, (0.0, -0.2), (0.10, 0.10))),
        (_LIPS, _lip(a, level)),
    ):
        colours += (facing * weight)[:, None] * (colour - colours)
    # Lashes: the edge of the upper lid; the lower lid has a hint of them.
    for loop in on.eyes:
        upper = loop[1 : len(loop) // 2]
        colours[upper] = 0.75 * _DARK + 0.25 * _SKIN
        colours[loop[len(loop) // 2 + 1 :]] = 0.25 * _DARK + 0.75 * _SKIN
    return colours


def _lip(a: Floats, level: Floats) -> Floats:
    """1 on the lips, with the bow of the upper one."""
    across = np.clip(a / (1.04 * MOUTH_HALF_WIDTH), 0, 1)
    bow = 0.108 * np.sqrt(1 - across**2) - 0.022 * np.exp(-((a / 0.035) ** 2))
    under = 0.118 * np.sqrt(1 - across**2)
    up, down = level - MOUTH_Y, MOUTH_Y - level
    return ramp(up, bow + 0.012, bow - 0.022) * ramp(down, under + 0.012, under - 0.025) * (a < 1.04 * MOUTH_HALF_WIDTH)


def _bag(face: Part, loop: NDArray[np.intp], steps: int, deep: float, towards: Floats, room: float = 0.0) -> Part:
    """A pocket behind a slit, wider inside by `room`, closed at its end; inwards it moves less than the edge does."""
    edge = face.points[loop]
    rings, moved = [], {name: [] for name in face.moves}
    for step in range(steps + 1):
        share = deep * step / steps
        inwards = share if step < steps else 1.0
        ring = edge + inwards * (towards - edge)
        away = np.where(np.arange(len(loop)) < (len(loop) + 2) // 2, 1.0, -1.7)
        away[[0, len(loop) // 2]] = 0
        ring[:, 1] += room * away * np.sin(np.pi * min(1.0, 1.25 * inwards)) ** 0.5 * (inwards < 1)
        rings.append(ring)
        for name, way in face.moves.items():
            # Not to the very end: a pocket that stays open there shows a mouth, not a sheet.
            moved[name].append(way[loop] * (1 - 0.5 * inwards))
    count = len(loop)
    ring = np.arange(count)
    triangles = []
    for step in range(steps):
        a, b = step * count + ring, step * count + np.roll(ring, -1)
        # The loop runs clockwise for whoever looks in.
        triangles += [np.stack((a, a + count, b + count), -1), np.stack((a, b + count, b), -1)]
    shade = np.repeat(np.linspace(0, 1, steps + 1) ** 0.4, count)[:, None]
    inner = _DARK if room else 0.35 * _DARK + 0.65 * _SKIN
    colours = np.tile(face.colours[loop], (steps + 1, 1)) * (1 - shade) + shade * inner
    moves = {name: np.concatenate(ways) for name, ways in moved.items()}
    kept = {name: way for name, way in moves.items() if np.abs(way).max() > 1e-6}
    return Part(np.concatenate(rings), np.concatenate(triangles), colours, kept)


def _brow(face: Part, sign: int) -> Part:
    """A strip along the ridge that goes where the skin below it goes."""
    along = np.linspace(0, 1, 15)
    middle_x = 0.12 + 0.43 * along
    middle_y = 0.345 + 0.10 * np.sin(np.pi * (0.15 + 0.62 * along)) - 0.075 * along**2
    thick = 0.040 * (1 - along**2.5) * ramp(along, -0.35, 0.12) + 0.004
    rows = [middle_y + thick * share for share in (-1.0, 0.0, 1.0)]
    x, y = np.tile(middle_x, 3), np.concatenate(rows)
    spots, weights = _below(face, sign * x, y)
    z = (face.points[spots, 2] * weights).sum(1) + np.repeat((0.004, 0.032, 0.004), len(along))
    first = np.arange(len(along) - 1)
    triangles = []
    for row in (0, 1):
        a = row * len(along) + first
        b, c, d = a + 1, a + len(along) + 1, a + len(along)
        triangles += [np.stack((a, b, c), -1), np.stack((a, c, d), -1)]
    order = np.concatenate(triangles)
    moves = {name: (way[spots] * weights[..., None]).sum(1) for name, way in face.moves.items()}
    kept = {name: way for name, way in moves.items() if np.abs(way).max() > 1e-4}
    return Part(np.stack((sign * x, y, z), -1), order[:, ::sign], np.tile(_HAIR, (len(x), 1)), kept)


def _below(face: Part, x: Floats, y: Floats) -> tuple[NDArray[np.intp], Floats]:
    """The four nearest vertices of the face's front for each place, and how much each counts."""
    front = np.flatnonzero(face.points[:, 2] > 0.2)
    square = (face.points[front, 0] - x[:, None]) ** 2 + (face.points[front, 1] - y[:, None]) ** 2
    nearest = np.argsort(square, 1)[:, :4]
    weights = 1 / (np.take_along_axis(square, nearest, 1) + 1e-5)
    return front[nearest], weights / weights.sum(1, keepdims=True)


def _hair(face: Part, on: Grid) -> Part:
    """The skin once more, lifted where hair grows and sunk where it does not: they cross along the hairline."""
    around = np.abs(on.angles)
    line = 0.80 + 0.05 * np.exp(-(((around - 0.55) / 0.3) ** 2)) - 0.72 * ramp(around, 0.75, 1.30)
    line -= 0.75 * ramp(around, 1.50, 2.1)
    line += 0.035 * np.sin(4 * on.angles + 0.6) * ramp(around, 1.0, 0.5)
    lift = -0.05 + 0.155 * ramp(face.points[:, 1] - line, -0.04, 0.24)
    outwards = face.points - np.array([0.0, 0.15, -0.10])
    outwards /= np.linalg.norm(outwards, axis=1, keepdims=True)
    lift *= 1 + 0.10 * np.sin(22 * on.angles + 5 * face.points[:, 1])
    grows = (face.points[:, 1] > line - 0.16)[on.triangles].all(1)
    used, triangles = np.unique(on.triangles[grows], return_inverse=True)
    strands = 1 + 0.13 * np.sin(22 * on.angles[used] + 5 * face.points[used, 1])
    colours = np.clip(_HAIR * strands[:, None], 0, 1)
    return Part((face.points + outwards * lift[:, None])[used], triangles.reshape(-1, 3), colours)


def _ball(rows: int, columns: int) -> tuple[Floats, NDArray[np.intp]]:
    """A unit sphere whose pole looks along +z."""
    polar = np.linspace(0, np.pi, rows)[:, None]
    around = np.linspace(0, 2 * np.pi, columns, endpoint=False)
    points = np.stack(
        (np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), np.cos(polar) + 0 * around), -1
    ).reshape(-1, 3)
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b = index[:-1], index[1:]
    c, d = np.roll(b, -1, 1), np.roll(a, -1, 1)
    return points, np.concatenate((np.stack((a, b, c), -1).reshape(-1, 3), np.stack((a, c, d), -1).reshape(-1, 3)))


def _ear(sign: int) -> Part:
    points, triangles = _ball(13, 20)
    # A shell: its hollow looks outwards, and it stands off the head at the back.
    hollow = 0.62 * bump(points[:, 0], points[:, 1], (-0.05, 0.1), (0.55, 0.55)) * (points[:, 2] > 0)
    z = (points[:, 2] - hollow) * 0.075
    x, y = 0.135 * points[:, 0] - 0.025 * points[:, 1], 0.215 * points[:, 1] - 0.02
    out = 0.79 + z - 0.45 * x
    shape = np.stack((sign * out, 0.03 + y, -0.10 + x), -1)
    colours = _SKIN + (0.5 * hollow)[:, None] * (_BLUSH * 0.85 - _SKIN)
    return Part(shape, triangles[:, ::-sign], colours)


def _arch(y: float, height: float) -> tuple[Floats, NDArray[np.intp]]:
    """A row of teeth: a band along an arch, scalloped at its edge."""
    around = np.linspace(-1.15, 1.15, 41)
    edge = y - height * (0.92 + 0.08 * np.abs(np.cos(around * 12)))
    out = 1 + 0.015 * np.abs(np.cos(around * 12))
    x, z = 0.235 * np.sin(around) * out, 0.50 + 0.28 * np.cos(around) * out
    rows = [np.stack((x, np.full_like(x, y), z - 0.015), -1), np.stack((x, edge, z), -1)]
    rows.append(np.stack((0.82 * x, edge, z - 0.05), -1))
    first = np.arange(len(around) - 1)
    triangles = []
    for row in range(2):
        a, b = row * len(around) + first, (row + 1) * len(around) + first
        triangles += [np.stack((a, b, b + 1), -1), np.stack((a, b + 1, a + 1), -1)]
    return np.concatenate(rows), np.concatenate(triangles)


def _teeth() -> list[Part]:
    upper, triangles = _arch(MOUTH_Y + 0.075, 0.095)
    lower, same = _arch(MOUTH_Y - 0.095, -0.075)
    lower[:, 2] -= 0.03
    colour = np.tile(_TEETH, (len(upper), 1))
    return [Part(upper, triangles, colour), Part(lower, same[:, ::-1], colour, _with_jaw(lower))]


def _with_jaw(points: Floats, share: float = 1.0) -> dict[str, Floats]:
    """How bone moves: with the whole jaw, not as skin does."""
    aside, ahead = np.array([0.11, 0, 0]), np.array([0, 0, 0.10])
    return {
        "jawOpen": share * (turned(points, JAW_RADIANS) - points),
        "jawForward": share * np.tile(ahead, (len(points), 1)),
        "jawLeft": share * np.tile(aside, (len(points), 1)),
        "jawRight": share * np.tile(-aside, (len(points), 1)),
    }


def _tongue() -> Part:
    ball, triangles = _ball(17, 18)
    x, y, z = ball.T
    groove = 0.25 * np.exp(-((x / 0.25) ** 2)) * (y > 0)
    points = np.stack((0.165 * x, -0.72 + 0.050 * (y - groove), 0.42 + 0.25 * z), -1)
    tip = ramp(points[:, 2], 0.25, 0.66)
    out = np.stack((0 * tip, -0.03 * tip - 0.13 * tip**3, 0.36 * tip), -1)
    moves = _with_jaw(points, 0.92) | {"tongueOut": out + np.array([0, 0.05, 0])}
    return Part(points, triangles, np.tile(_TONGUE, (len(points), 1)), moves)


def eyeball(iris: tuple[float, float, float] = (0.24, 0.44, 0.52)) -> Part:
    """One eye around its own centre, looking along +z, with the light that it mirrors."""
    polar = np.array([0, 0.10, 0.19, 0.20, 0.24, 0.32, 0.40, 0.43, 0.46, 0.50, 0.7, 0.95, 1.25, 1.6, 2.2, np.pi])
    points, triangles = _ball(len(polar), 28)
    around = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    points = np.stack(
        (
            np.sin(polar)[:, None] * np.cos(around),
            np.sin(polar)[:, None] * np.sin(around),
            np.cos(polar)[:, None] + 0 * around,
        ),
        -1,
    ).reshape(-1, 3)
    white, pupil, rim = np.array([0.94, 0.93, 0.92]), np.array([0.03, 0.03, 0.04]), 0.35 * np.array(iris)
    rings = [pupil] * 3 + [0.75 * np.array(iris)] + [np.array(iris)] + [1.15 * np.array(iris)] * 2
    rings += [rim, rim, white, white, white, white, 0.9 * white, white, white]
    colours = np.clip(np.repeat(np.array(rings), 28, 0), 0, 1)
    return Part(EYE_RADIUS * points, triangles, colours)


def collar() -> Part:
    """A neck that stays, with a shirt: what the head turns on."""
    rings = np.array(
        [
            (-0.75, 0.39, 0.16, 0.58),
            (-1.30, 0.39, 0.18, 0.58),
            (-1.52, 0.42, 0.24, 0.60),
            (-1.53, 0.47, 0.30, 0.65),
            (-1.61, 0.49, 0.32, 0.67),
            (-1.70, 0.76, 0.34, 0.68),
            (-1.86, 1.22, 0.40, 0.66),
            (-2.10, 1.55, 0.46, 0.60),
            (-3.0, 1.68, 0.60, 0.60),
        ]
    )
    around = np.linspace(-np.pi, np.pi, 48, endpoint=False)
    sine, cosine = np.sin(around), np.cos(around)
    points = [
        np.stack((w * sine, np.full_like(sine, y), np.where(cosine > 0, f, b) * cosine - 0.02), -1)
        for y, w, f, b in rings
    ]
    count = len(around)
    index = np.arange(len(rings) * count).reshape(-1, count)
    a, b = index[1:], np.roll(index[1:], -1, 1)
    c, d = np.roll(index[:-1], -1, 1), index[:-1]
    triangles = np.concatenate((np.stack((a, b, c), -1).reshape(-1, 3), np.stack((a, c, d), -1).reshape(-1, 3)))
    colours = np.where(np.arange(len(rings))[:, None] < 3, _SKIN, _SHIRT)
    return Part(np.concatenate(points), triangles, np.repeat(colours, count, 0))
