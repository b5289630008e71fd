"""The puppet's rig in Python: 58 numbers in, posed points out. What draws them is free."""

import math
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar_driver.channels import CHANNELS, POSITION, ROTATION, SHAPES
from avatar_driver.errors import AvatarDriverError, Problem, ProblemsError, did_you_mean
from avatar_driver.puppet.rig_file import Colour, Driver, Paint, RigFile, Shape, parsed

__all__ = ["Pose", "Rig", "RigPath"]

RGB = tuple[int, int, int]

_SMALL_ANGLE: Final = 1e-12
_TO_PICTURE: Final = np.array([1.0, -1.0, 1.0])  # the face's y points up, the picture's down


@dataclass(frozen=True, slots=True)
class Pose:
    """Where everything is for one face.

    Attributes:
        points: (n, 2) float64, the whole pool, in the drawing's units. A path's own are `points[path.points]`.
        opacity: (number of paths,) float64 in 0…1.
    """

    points: NDArray[np.float64]
    opacity: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RigPath:
    """One painted path; the words are the format's.

    Attributes:
        points: (k,) indices into the pool, in the order of `commands`.
        clip: position in `Rig.paths` of the path inside which this one is painted.
    """

    name: str
    commands: str
    points: NDArray[np.intp]
    fill: Paint | None
    stroke: Paint | None
    width: float
    cap: str
    join: str
    clip: int | None


class Rig:
    """A puppet that can be posed.

    Args:
        file: a rig that `rig_file.parsed` found sound.

    Attributes:
        view: x, y, width, height of what must be seen whole.
        paths: what is painted, in this order.
        palette: the colours as the file says them.
    """

    def __init__(self, file: RigFile) -> None:
        self.view = file.view
        self.palette = file.palette
        numbers = {shape.name: i for i, shape in enumerate(file.paths)}
        self.paths = tuple(_path(shape, numbers) for shape in file.paths)
        self._head = file.head
        rows = {name: i for i, name in enumerate((*CHANNELS, *file.drivers))}
        self._drivers = tuple(_Driver(driver, rows) for driver in file.drivers.values())
        pool = np.array(file.points, dtype=np.float64).reshape(-1, 4)
        self._base, self._depth, self._weight = pool[:, :2], pool[:, 2], pool[:, 3]
        self._share = file.head.body_follow + (1 - file.head.body_follow) * self._weight
        self._moves = _Moves(file, rows, len(pool))
        order = np.array(file.order, dtype=np.float64).reshape(-1, 3)
        self._upper, self._lower = order[:, 0].astype(np.intp), order[:, 1].astype(np.intp)
        self._rise = order[:, 2]
        follow = np.array(file.follow, dtype=np.float64).reshape(-1, 4)
        self._child, self._parent = follow[:, 0].astype(np.intp), follow[:, 1].astype(np.intp)
        self._follow = follow[:, 2:]
        self._opacity = np.array([shape.opacity for shape in file.paths])
        self._fading = np.zeros((len(file.paths), len(rows)))
        for i, shape in enumerate(file.paths):
            for name, amount in shape.opacity_deltas.items():
                self._fading[i, rows[name]] = amount

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """The rig in a file; without one, the puppet that ships.

        Raises:
            AvatarDriverError: the file cannot be read.
            ProblemsError: everything that is wrong with it.
        """
        source = path if path is not None else files("avatar_driver") / "web" / "static" / "puppet.json"
        try:
            text = source.read_bytes()
        except OSError as error:
            raise AvatarDriverError(f"cannot read the puppet {source}: {error.strerror or error}") from None
        return cls(parsed(text, str(source)))

    def posed(self, values: ArrayLike) -> Pose:
        """The puppet wearing a face.

        Args:
            values: (58,) in the order of `avatar_driver.channels`. What is not a finite number counts as 0.
        """
        inputs = self._inputs(np.asarray(values, dtype=np.float64))
        flat = np.array(inputs)
        points = self._base + self._moves.of(flat)
        overlap = np.maximum(points[self._upper, 1] - points[self._lower, 1], 0.0)
        points[self._upper, 1] -= overlap * self._rise
        points[self._lower, 1] += overlap * (1 - self._rise)
        moved = points[self._parent] - self._base[self._parent]
        np.add.at(points, self._child, moved * self._follow)
        opacity = np.clip(self._opacity + self._fading @ flat, 0.0, 1.0)
        return Pose(self._seen(points, flat), opacity)

    def colours(self, overrides: dict[str, str] | None = None) -> dict[str, RGB]:
        """The palette as numbers of 0…255, with some colours replaced; their shades follow.

        Raises:
            ProblemsError: a name that the palette does not have, or a colour not like `#a1b2c3`.
        """
        wanted: dict[str, Colour] = dict(self.palette)
        problems = []
        for name, code in (overrides or {}).items():
            if name not in wanted:
                text = f"the puppet has no such colour{did_you_mean(name, wanted)}"
                problems.append(Problem("palette", 0, 0, name, f"{text} (it has {', '.join(wanted)})"))
            elif not _is_colour(code):
                problems.append(Problem("palette", 0, 0, name, f"expected a colour like #a1b2c3, found '{code}'"))
            wanted[name] = code
        if problems:
            raise ProblemsError(problems)
        found: dict[str, RGB] = {}
        for name, colour in wanted.items():
            found[name] = _rgb(colour) if isinstance(colour, str) else _mixed(found[colour[0]], *colour[1:])
        return found

    def _inputs(self, values: NDArray[np.float64]) -> list[float]:
        if values.shape != (len(CHANNELS),):
            raise ValueError(f"a face has {len(CHANNELS)} values, found an array of shape {values.shape}")
        channels = np.where(np.isfinite(values), values, 0.0)
        channels[SHAPES] = np.clip(channels[SHAPES], 0.0, 1.0)
        inputs: list[float] = channels.tolist()
        for driver in self._drivers:
            inputs.append(driver.value(inputs))
        return inputs

    def _seen(self, points: NDArray[np.float64], flat: NDArray[np.float64]) -> NDArray[np.float64]:
        head = self._head
        offset = head.move_limit * np.tanh(flat[POSITION] / head.move_limit) * head.units_per_metre * _TO_PICTURE
        arm = np.stack((*points.T, self._depth)) - np.array(head.pivot)[:, None]
        turned = (_turn(flat[ROTATION], head.turn_limit) - np.eye(3)) @ arm
        moved = self._weight * turned + offset[:, None] * self._share
        room = head.distance - self._depth
        seen = (points.T + moved[:2]) * (room / (room - moved[2]))
        return np.asarray(seen.T, dtype=np.float64)


class _Driver:
    def __init__(self, driver: Driver, rows: dict[str, int]) -> None:
        self._terms = [(rows[name], weight) for name, weight in (driver.sum or {}).items()]
        self._factors = [rows[name] for name in driver.product or ()]
        self._bias = driver.bias
        self._low, self._high = driver.limits or (-math.inf, math.inf)

    def value(self, inputs: list[float]) -> float:
        if self._factors:
            total = self._bias + math.prod(inputs[i] for i in self._factors)
        else:
            total = self._bias + sum(inputs[i] * weight for i, weight in self._terms)
        return min(max(total, self._low), self._high)


class _Moves:
    """What each input does to each point. Few inputs move a point: only what is not 0 is kept."""

    def __init__(self, file: RigFile, rows: dict[str, int], count: int) -> None:
        listed = [(rows[name], i, dx, dy) for name, moves in file.deltas.items() for i, dx, dy in moves]
        table = np.array(listed, dtype=np.float64).reshape(-1, 4)
        self._inputs, self._points = table[:, 0].astype(np.intp), table[:, 1].astype(np.intp)
        self._across, self._down = np.ascontiguousarray(table[:, 2]), np.ascontiguousarray(table[:, 3])
        self._count = count

    def of(self, flat: NDArray[np.float64]) -> NDArray[np.float64]:
        """(count, 2), how far each point moves for these inputs."""
        amounts = flat[self._inputs]
        across = np.bincount(self._points, amounts * self._across, self._count)
        down = np.bincount(self._points, amounts * self._down, self._count)
        return np.column_stack((across, down))


def _path(shape: Shape, numbers: dict[str, int]) -> RigPath:
    return RigPath(
        name=shape.name,
        commands=shape.commands,
        points=np.array(shape.points, dtype=np.intp),
        fill=shape.fill,
        stroke=shape.stroke,
        width=shape.width,
        cap=shape.cap,
        join=shape.join,
        clip=None if shape.clip is None else numbers[shape.clip],
    )


def _turn(vector: NDArray[np.float64], limit: float) -> NDArray[np.float64]:
    """The limited rotation as a matrix on the picture's axes (y down): Rodrigues' formula."""
    angle = math.sqrt(float(vector @ vector))
    if angle < _SMALL_ANGLE:
        return np.eye(3)
    x, y, z = (vector / angle).tolist()
    limited = limit * math.tanh(angle / limit)
    s, c = math.sin(limited), math.cos(limited)
    k = 1 - c
    matrix = np.array(
        [
            [c + x * x * k, x * y * k - z * s, x * z * k + y * s],
            [x * y * k + z * s, c + y * y * k, y * z * k - x * s],
            [x * z * k - y * s, y * z * k + x * s, c + z * z * k],
        ]
    )
    return np.asarray(matrix * np.outer(_TO_PICTURE, _TO_PICTURE), dtype=np.float64)


def _is_colour(code: str) -> bool:
    return len(code) == 7 and code[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in code[1:])


def _rgb(code: str) -> RGB:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def _mixed(base: RGB, code: str, share: float) -> RGB:
    r, g, b = (math.floor(a + share * (c - a) + 0.5) for a, c in zip(base, _rgb(code), strict=True))
    return r, g, b
