"""The skin of a head as a grid that bends: built from a few numbers, so that a lid that closes is the same head again.

Axes are the stream's: +x to the subject's left, +y up, +z out of the face. One unit is a decimetre. Rows run from the
neck to the crown, columns once around the head, dense in front. Eyes and mouth are slits: along them every vertex is
there twice, once on the upper lid or lip and once on the lower.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["EYE", "EYE_RADIUS", "MOUTH_HALF_WIDTH", "MOUTH_Y", "Grid", "Lids", "bump", "grid", "ramp", "skin"]

Floats = NDArray[np.float64]

EYE: Final = np.array([0.335, 0.12, 0.505])  # centre of the left eyeball
EYE_RADIUS: Final = 0.185
MOUTH_Y: Final = -0.62
MOUTH_HALF_WIDTH: Final = 0.29

_EYE_HALF_WIDTH: Final = 0.182
_LID_REACH: Final = 0.21  # how far above and below the slit the skin gives way
_EYE_TILT: Final = 0.10  # the outer corner is higher
_COLUMNS_IN_FRONT: Final = 29  # from the nose's ridge to the side, each way
_COLUMNS_BEHIND: Final = 9

# Height, half width, depth in front, depth behind, and how far the row rises towards the ear (the line of the jaw).
_PROFILE: Final = np.array(
    [
        (-1.34, 0.28, 0.10, 0.40, 0.30),
        (-1.26, 0.38, 0.30, 0.56, 0.36),
        (-1.20, 0.45, 0.56, 0.64, 0.42),
        (-1.12, 0.51, 0.75, 0.70, 0.46),
        (-0.98, 0.57, 0.83, 0.77, 0.38),
        (-0.82, 0.62, 0.85, 0.83, 0.27),
        (-0.62, 0.67, 0.85, 0.88, 0.16),
        (-0.30, 0.72, 0.85, 0.96, 0.05),
        (0.12, 0.75, 0.83, 1.02, 0.00),
        (0.38, 0.78, 0.87, 1.06, 0.00),
        (0.70, 0.77, 0.84, 1.06, 0.00),
        (0.95, 0.68, 0.69, 0.98, 0.00),
        (1.14, 0.49, 0.45, 0.74, 0.00),
        (1.23, 0.26, 0.22, 0.40, 0.00),
        (1.255, 0.01, 0.01, 0.01, 0.00),
    ]
)

_NOSE: Final = np.array(
    [
        (-0.46, 0, 0.12),
        (-0.38, 0.02, 0.13),
        (-0.31, 0.17, 0.13),
        (-0.23, 0.29, 0.105),
        (-0.14, 0.275, 0.09),
        (0.02, 0.17, 0.075),
        (0.16, 0.10, 0.07),
        (0.28, 0.065, 0.085),
        (0.42, 0.02, 0.11),
        (0.55, 0, 0.13),
    ]
)  # height, how far it stands out, half width


@dataclass(frozen=True, slots=True)
class Lids:
    """How wide one eye is open: heights of the lids' middle above and below the slit, and a shift along it."""

    upper: float = 0.100
    lower: float = 0.060
    sideways: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """What stays the same however the head bends.

    Attributes:
        angles: (N,) radians around the head, 0 in front, positive on the subject's left.
        level: (N,) where on the profile a vertex lies, as the height of its row in front.
        above_mouth: (N,) bool, on the upper lip and above it.
        above_eyes: (N,) bool, on the upper lids and above them.
        triangles: (M, 3) indices, counter-clockwise from outside.
        mouth: indices once around the lips, from the subject's right corner over the upper lip.
        eyes: the same for the left and the right eye, each from its corner at the smaller x.
    """

    angles: Floats
    level: Floats
    above_mouth: NDArray[np.bool_]
    above_eyes: NDArray[np.bool_]
    triangles: NDArray[np.intp]
    mouth: NDArray[np.intp]
    eyes: tuple[NDArray[np.intp], NDArray[np.intp]]


def ramp(values: Floats, begin: float, end: float) -> Floats:
    """0 up to `begin`, 1 from `end`, smooth between; `begin` may be the larger one."""
    t = np.clip((values - begin) / (end - begin), 0.0, 1.0)
    return t * t * (3 - 2 * t)


def bump(x: Floats, y: Floats, at: tuple[float, float], size: tuple[float, float]) -> Floats:
    """1 at a place of the face seen from the front, and less around it."""
    return np.exp(-(((x - at[0]) / size[0]) ** 2) - ((y - at[1]) / size[1]) ** 2)


def _smooth(x: Floats, knots: Floats, values: Floats) -> Floats:
    """A smooth curve through points that never overshoots them (monotone cubic, Fritsch and Carlson 1980)."""
    step = np.diff(knots)
    slope = np.diff(values) / step
    inner = np.where(slope[:-1] * slope[1:] > 0, 2 * slope[:-1] * slope[1:] / (slope[:-1] + slope[1:] + 1e-12), 0.0)
    tangent = np.concatenate((slope[:1], inner, slope[-1:]))
    i = np.clip(np.searchsorted(knots, x) - 1, 0, len(step) - 1)
    t = (x - knots[i]) / step[i]
    a, b = values[i], values[i + 1]
    return (
        a * (1 + 2 * t) * (1 - t) ** 2
        + b * t * t * (3 - 2 * t)
        + step[i] * (tangent[i] * t * (1 - t) ** 2 - tangent[i + 1] * t * t * (1 - t))
    )


def _levels() -> Floats:
    """Heights of the rows: close together where the face moves. Mouth and eyes lie on rows."""
    return np.concatenate(
        (
            np.linspace(-1.34, -0.86, 12, endpoint=False),
            np.linspace(-0.86, MOUTH_Y, 9, endpoint=False),
            np.linspace(MOUTH_Y, -0.40, 8, endpoint=False),
            np.linspace(-0.40, -0.06, 9, endpoint=False),
            np.linspace(-0.06, EYE[1], 7, endpoint=False),
            np.linspace(EYE[1], 0.48, 12, endpoint=False),
            np.linspace(0.48, 0.95, 7, endpoint=False),
            np.linspace(0.95, 1.255, 8),
        )
    )


def grid() -> Grid:
    """The head's grid: always the same."""
    levels = _levels()
    front = np.linspace(0, 1, _COLUMNS_IN_FRONT)
    front = 1.62 * (0.62 * front + 0.38 * front**3)
    behind = np.linspace(1.62, np.pi, _COLUMNS_BEHIND)[1:-1]
    half = np.concatenate((front, behind))
    angles = np.concatenate((-half[:0:-1], half, [np.pi]))
    rows, columns = len(levels), len(angles)
    index = np.arange(rows * columns).reshape(rows, columns)
    above, below = index.copy(), index.copy()
    extra: list[int] = []
    loops: list[NDArray[np.intp]] = []
    for row, where in _slits(levels, angles):
        inner = index[row, where[1:-1]]
        twins = rows * columns + len(extra) + np.arange(len(inner))
        below[row, where[1:-1]] = twins
        extra += inner.tolist()
        loops.append(np.concatenate((index[row, where], twins[::-1])))
    copied = np.concatenate((np.arange(rows * columns), np.array(extra, np.intp)))
    # A row's own vertices belong to the quads above it, the twins to those below.
    a, b = above[:-1], np.roll(above[:-1], -1, 1)
    c, d = np.roll(below[1:], -1, 1), below[1:]
    triangles = np.concatenate((np.stack((a, b, c), -1).reshape(-1, 3), np.stack((a, c, d), -1).reshape(-1, 3)))
    level = np.repeat(levels, columns)[copied]
    first = np.arange(len(copied)) < rows * columns
    mouth, eyes = (np.where(np.abs(level - at) < 1e-9, first, level > at) for at in (MOUTH_Y, EYE[1]))
    return Grid(np.tile(angles, rows)[copied], level, mouth, eyes, triangles, loops[0], (loops[1], loops[2]))


def _slits(levels: Floats, angles: Floats) -> list[tuple[int, NDArray[np.intp]]]:
    """The row and the columns of the mouth, the left and the right eye, corners included."""
    found = []
    for height, centre, half in (
        (MOUTH_Y, 0.0, MOUTH_HALF_WIDTH),
        (EYE[1], EYE[0], _EYE_HALF_WIDTH),
        (EYE[1], -EYE[0], _EYE_HALF_WIDTH),
    ):
        row = int(np.argmin(np.abs(levels - height)))
        x = _around(angles, np.full(len(angles), levels[row]))[:, 0]
        first, last = (int(np.argmin(np.abs(x - edge) + 9 * (np.abs(angles) > 1.5))) for edge in _edges(centre, half))
        found.append((row, np.arange(first, last + 1)))
    return found


def _edges(centre: float, half: float) -> tuple[float, float]:
    return centre - half, centre + half


def _around(angles: Floats, level: Floats) -> Floats:
    """(N, 3) a head without features."""
    knots = _PROFILE[:, 0]
    width, front, behind, rise = (_smooth(level, knots, _PROFILE[:, i]) for i in range(1, 5))
    sine, cosine = np.sin(angles), np.cos(angles)
    # A face is flatter than an ellipse.
    flat = 2 / np.where(cosine > 0, 2.25, 2.0)
    x = width * np.sign(sine) * np.abs(sine) ** flat
    z = np.where(cosine > 0, front, behind) * np.sign(cosine) * np.abs(cosine) ** flat
    return np.stack((x, level + rise * ramp(np.abs(angles), 0.25, 1.5) * ramp(np.abs(angles), 3.1, 1.6), z), -1)


def skin(on: Grid, left: Lids, right: Lids) -> Floats:
    """(N, 3) the head with its eyes this far open, the rest at rest."""
    points = _around(on.angles, on.level)
    x, y, z = points.T
    facing = ramp(np.cos(on.angles), 0.05, 0.45)
    z = z + facing * _relief(np.abs(x), y, x)
    for lids, sign in ((left, 1.0), (right, -1.0)):
        x, y, z = _with_eye(on, x, y, z, lids, sign, facing)
    return np.stack((x, y, z), -1)


def _relief(a: Floats, y: Floats, x: Floats) -> Floats:
    """How far the face stands out or lies deep. `a` is |x|."""
    inside = np.clip(y, _NOSE[0, 0], _NOSE[-1, 0])
    nose = _smooth(inside, _NOSE[:, 0], _NOSE[:, 1]) * np.exp(-((x / _smooth(inside, _NOSE[:, 0], _NOSE[:, 2])) ** 2))
    lips = 0.075 * bump(a, y, (0.0, MOUTH_Y + 0.062), (0.25, 0.055)) + 0.085 * bump(
        a, y, (0.0, MOUTH_Y - 0.068), (0.22, 0.058)
    )
    return (
        nose
        + lips
        + 0.075 * bump(a, y, (0.118, -0.26), (0.055, 0.06))  # wings of the nose
        - 0.13 * bump(a, y, (0.33, 0.12), (0.19, 0.15))  # sockets
        + 0.05 * bump(a, y, (0.28, 0.36), (0.24, 0.075))  # brow ridge
        + 0.055 * bump(a, y, (0.42, -0.16), (0.20, 0.17))  # cheekbones
        + 0.055 * bump(a, y, (0.0, -0.60), (0.33, 0.20))  # teeth behind the lips
        - 0.03 * bump(a, y, (0.0, -0.455), (0.030, 0.06))  # philtrum
        - 0.045 * bump(a, y, (0.0, -0.83), (0.20, 0.055))  # below the lower lip
        + 0.075 * bump(a, y, (0.0, -1.0), (0.19, 0.13))  # chin
        - 0.02 * bump(a, y, (0.33, MOUTH_Y), (0.045, 0.05))  # corners of the mouth
    )


def _with_eye(
    on: Grid, x: Floats, y: Floats, z: Floats, lids: Lids, sign: float, facing: Floats
) -> tuple[Floats, Floats, Floats]:
    """Opens one slit and lays the lids over the eyeball."""
    across = (x * sign - EYE[0]) / _EYE_HALF_WIDTH
    almond = np.clip(1 - across**2, 0, None) ** 0.75 * facing
    height = np.where(on.above_eyes, lids.upper, -lids.lower) * almond
    away = np.clip(np.abs(y - EYE[1]) / _LID_REACH, 0, 1)
    gives = (1 - away) ** 1.3
    near = facing * gives * np.exp(-((across / 1.35) ** 4))
    y = y + height * gives + near * _EYE_TILT * across * _EYE_HALF_WIDTH
    x = x + sign * lids.sideways * near * np.clip(1 - across**2, 0, None)
    over = EYE_RADIUS + 0.012
    reach = over**2 - (x * sign - EYE[0]) ** 2 - (y - EYE[1]) ** 2
    ball = EYE[2] + np.sqrt(np.clip(reach, 1e-9, None))
    # The larger of the two, rounded where they meet.
    soft = 0.035
    higher = 0.5 * (z + ball + np.sqrt((z - ball) ** 2 + soft**2)) - 0.25 * soft
    covered = ramp(reach, 0.0, 0.012) * facing
    # Next to the slit the lid lies on the eyeball, wherever the socket is.
    lying = covered * ramp(away, 0.55, 0.05) * np.clip(1.15 - across**2, 0, 1)
    z = z + covered * (higher - z)
    return x, y, z + lying * (ball - z)
