"""A map as a table: each parameter with its formula in words, its limits, how it is known, and its value."""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver import maps
from avatar_driver import profile as profiles
from avatar_driver.channels import Support
from avatar_driver.engine import Engine
from avatar_driver.formula import Expression, Fold, Folded, Limited, Named, Power, Sum
from avatar_driver.frame import Frame
from avatar_driver.retarget import RetargetMap
from avatar_driver.sources._landmarker import SUPPORT

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["MapTable", "in_words", "show"]

_REFRESH: Final = 0.1  # s; people look at the movement
_PATIENCE: Final = 3.0  # s to wait for a face before a table is printed without one
_BAR: Final = 10
_FADE: Final = 0.97  # a picture: what a parameter moved counts half after two seconds or so
_AROUND: Final = 5  # lines of the screen that are not rows
_STYLES: Final = {Support.MEASURED: "", Support.DERIVED: "yellow", Support.ABSENT: "dim"}
_FOLDS: Final = {Fold.MAX: ("the larger of", "the largest of"), Fold.MIN: ("the smaller of", "the smallest of")}


def show(
    name_or_path: str,
    console: "Console",
    *,
    source: Iterable[tuple[str, str]] | None = None,
    seconds: float | None = None,
) -> None:
    """Prints a map; with a source, keeps the values beside it up to date until Ctrl-C, or the source's end.

    Where the output is no terminal, the table is printed once, as soon as a face is in view.

    Args:
        name_or_path: the map, as in a profile.
        console: where to.
        source: what `options.overrides` gives for `--source` and what goes with it; None shows the face at rest.
        seconds: end after that long.

    Raises:
        AvatarDriverError: the map, or the source, cannot be used.
    """
    shown = MapTable(maps.load(name_or_path))
    if source is None:
        console.print(shown.table())
        return
    profile = profiles.load("default", overrides=source)
    engine = Engine(profile.source.make(), {part.label: part.make() for part in profile.stages}, {})
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_shown(shown, engine, console, seconds))


class MapTable:
    """Draws a map, and of a map that is taller than the screen the parameters that move."""

    def __init__(self, shown: RetargetMap) -> None:
        self._map = shown
        self._words = [in_words(parameter.expression) for parameter in shown.parameters]
        self._terms = [f"{name} is {in_words(term)}" for name, term in shown.terms.items()]
        self._activity = np.zeros(len(shown.names))

    def table(self, frame: Frame | None = None, height: int | None = None) -> "Table":
        """The table for a frame, or for a face at rest. `height`: lines it may take; every formula then takes one."""
        from rich.table import Table
        from rich.text import Text

        values = self._map.neutral if frame is None else self._map(frame.values)
        support = self._map.support(SUPPORT if frame is None else frame.origin.support)
        rows = self._rows(values, height)
        table = Table(
            title=self._title(len(rows)),
            title_justify="left",
            caption_justify="left",
            box=None,
            pad_edge=False,
            header_style="dim",
        )
        table.add_column("parameter", no_wrap=True)
        table.add_column("at rest" if frame is None else "now", justify="right", no_wrap=True)
        table.add_column("", no_wrap=True)
        one_line = height is not None
        table.add_column("formula", no_wrap=one_line, overflow="ellipsis" if one_line else "fold", ratio=1)
        table.add_column("limits", justify="right", no_wrap=True)
        table.add_column("with the camera" if frame is None else "known", no_wrap=True)
        for i in rows:
            low, high = float(self._map.low[i]), float(self._map.high[i])
            cells = (f"{values[i]:.3f}", _bar(float(values[i]), low, high), self._words[i], f"{low:g} to {high:g}")
            style = _STYLES[support[i]]
            table.add_row(*(Text(cell, style) for cell in (self._map.names[i], *cells, str(support[i]))))
        if self._terms and (height is None or len(rows) + _AROUND + len(self._terms) < height):
            table.caption = Text("\n".join(self._terms))
        return table

    def _rows(self, values: NDArray[np.float32], height: int | None) -> Sequence[int]:
        everything = range(len(self._map.names))
        moved = np.abs(values - self._map.neutral) / (self._map.high - self._map.low)
        self._activity = np.maximum(moved, self._activity * _FADE)
        if height is None or len(everything) <= height - _AROUND:
            return everything
        # In the order of the map, so that rows do not dance.
        return sorted(sorted(everything, key=lambda i: -self._activity[i])[: max(1, height - _AROUND)])

    def _title(self, rows: int) -> str:
        count = len(self._map.names)
        some = f"; the {rows} that move most" if rows < count else ""
        return f"{self._map.name}: {self._map.target}, {count} parameters{some}"


def in_words(expression: Expression) -> str:
    """A formula as one reads it aloud: `0.5 × mouthSmileLeft + 0.5 × mouthSmileRight`."""
    match expression:
        case Named(name):
            return name
        case Sum(parts, constant):
            return _sum(parts, constant)
        case Folded(Fold.PRODUCT, parts):
            return " × ".join(_bracketed(part) for part in parts)
        case Folded(fold, parts):
            *firsts, last = map(in_words, parts)
            return f"({_FOLDS[fold][len(parts) > 2]} {', '.join(firsts)} and {last})"
        case Power(base, exponent):
            return f"{_bracketed(base)} to the power of {exponent:g}"
        case Limited(value, limits):
            return f"({in_words(value)}, kept within {limits.low:g} to {limits.high:g})"


def _sum(parts: Sequence[tuple[float, Expression]], constant: float) -> str:
    terms = [(weight, _weighted(abs(weight), part)) for weight, part in parts]
    if constant or not terms:
        # 1 − a reads better than −a + 1.
        terms.insert(0 if terms and terms[0][0] < 0 else len(terms), (constant, f"{abs(constant):g}"))
    (first, text), *rest = terms
    words = f"−{text}" if first < 0 else text
    return words + "".join(f" {'−' if weight < 0 else '+'} {text}" for weight, text in rest)


def _weighted(weight: float, part: Expression) -> str:
    return _bracketed(part) if weight == 1 else f"{weight:g} × {_bracketed(part)}"


def _bracketed(part: Expression) -> str:
    several = isinstance(part, Sum) and len(part.parts) + bool(part.constant) > 1
    compound = several or isinstance(part, Power)
    return f"({in_words(part)})" if compound else in_words(part)


def _bar(value: float, low: float, high: float) -> str:
    """Ten places between the limits; from the middle where 0 lies between them."""
    if low < 0 < high:
        half = _BAR // 2
        left = round(min(1.0, max(0.0, value / low)) * half)
        right = round(min(1.0, max(0.0, value / high)) * half)
        return "·" * (half - left) + "█" * left + "│" + "█" * right + "·" * (half - right)
    full = round((value - low) / (high - low) * _BAR)
    return "█" * full + "·" * (_BAR - full)


async def _shown(shown: MapTable, engine: Engine, console: "Console", seconds: float | None) -> None:
    running = asyncio.create_task(engine.run())
    ends = time.monotonic() + (seconds if seconds is not None else float("inf"))
    try:
        if console.is_terminal:
            await _drawn(shown, engine, console, running, ends)
        else:
            ends = min(ends, time.monotonic() + _PATIENCE)
            while not (running.done() or time.monotonic() >= ends or _face(engine)):
                await asyncio.wait([running], timeout=_REFRESH)
            if not (running.done() and running.exception()):
                console.print(shown.table(engine.shown))
    finally:
        engine.stop()
        await running


async def _drawn(
    shown: MapTable, engine: Engine, console: "Console", running: "asyncio.Task[None]", ends: float
) -> None:
    from rich.live import Live

    def picture() -> "Table":
        return shown.table(engine.shown, console.height)

    with Live(console=console, auto_refresh=False, get_renderable=picture) as live:
        while not running.done() and time.monotonic() < ends:
            live.refresh()
            await asyncio.wait([running], timeout=_REFRESH)


def _face(engine: Engine) -> bool:
    return engine.shown is not None and engine.shown.tracked and engine.shown.origin.captured > 0
