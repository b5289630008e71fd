"""A face as bars for a terminal of any size: a row for each channel or pair of twins, coloured by region."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.style import Style

from avatar_driver.channels import CHANNELS, PAIRS, POSITION, REGIONS, ROTATION, SHAPES, Support
from avatar_driver.frame import Frame

__all__ = ["FaceTable"]

_STYLES: Final = {
    "lids": Style(color="cyan"),
    "gaze": Style(color="bright_blue"),
    "brows": Style(color="magenta"),
    "jaw": Style(color="bright_red"),
    "lips": Style(color="red"),
    "smile": Style(color="yellow"),
    "cheeks": Style(color="green"),
    "tongue": Style(color="bright_magenta"),
    "head": Style(),
}
_DIM: Final = Style(dim=True)
_TONE: Final = Style(bold=True)
_TRACKED: Final = Style(color="green", bold=True)
_LOST: Final = Style(color="red", bold=True)
_ALTERED: Final = Style(color="black", bgcolor="yellow")

_LABEL_WIDTH: Final = 15  # mouthShrugLower, mouthLeft/Right
_NARROWEST_BAR: Final = 11
_WIDEST_BAR: Final = 20
_GAP: Final = 2
# A column holds a label, a mark, and two bars with a space between. Two columns fill 80 characters.
_NARROWEST_COLUMN: Final = _LABEL_WIDTH + 1 + 2 * _NARROWEST_BAR + 1
_MOST_COLUMNS: Final = 4
_HEADER_LINES: Final = 2
_LINES_OF_OTHERS: Final = 5  # the program's status above the table, and the line the cursor stands in


class _Glyphs(NamedTuple):
    whole: str
    half: str
    track: str
    tone: str
    dot: str
    degree: str


_DRAWN: Final = _Glyphs("━", "╸", "─", "┃", "●", "°")
_ASCII: Final = _Glyphs("=", "-", " ", "|", "*", "")


@dataclass(frozen=True, slots=True)
class _Row:
    """One channel across the whole width, or left and right beside each other; None where only one is wanted."""

    label: str
    style: Style
    shown: tuple[int | None, ...]

    def activity(self, of_each: NDArray[np.floating]) -> float:
        return max(float(of_each[i]) for i in self.shown if i is not None)


@dataclass(frozen=True, slots=True)
class FaceTable:
    """Renders one frame; where lines are short, the rows that moved most of late.

    Attributes:
        frame: what to show.
        head: angles of the head by name, in degrees.
        channels: indices of the channels to show.
        activity: (58,) how much each channel showed of late; decides which rows stay when there is little room.
    """

    frame: Frame
    head: Mapping[str, float]
    channels: tuple[int, ...]
    activity: NDArray[np.floating]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Called by rich. Segments, not `Text`: six times quicker, and this is drawn while a face is tracked."""
        glyphs = _ASCII if options.ascii_only else _DRAWN
        wanted = _rows(self.channels)
        columns = max(1, min(_MOST_COLUMNS, (options.max_width + _GAP) // (_NARROWEST_COLUMN + _GAP)))
        room = max(1, options.max_height - _LINES_OF_OTHERS - _HEADER_LINES)
        rows = self._most_active(wanted, columns * room)
        height = -(-len(rows) // columns)
        width = (options.max_width + _GAP) // columns - _GAP
        lines = [self._state(glyphs), self._legend(glyphs, len(wanted) - len(rows))]
        lines += [self._beside(rows[line::height], width, glyphs) for line in range(height)]
        for line in lines:
            yield from line  # rich cuts it where the terminal ends
            yield Segment.line()

    def _most_active(self, rows: tuple[_Row, ...], room: int) -> tuple[_Row, ...]:
        if len(rows) <= room:
            return rows
        kept = sorted(rows, key=lambda row: row.activity(self.activity), reverse=True)[:room]
        return tuple(row for row in rows if row in kept)  # in their order, so that rows do not trade places

    def _state(self, glyphs: _Glyphs) -> list[Segment]:
        tracked = self.frame.tracked
        line = [Segment(f"{glyphs.dot} {'tracked' if tracked else 'lost   '}", _TRACKED if tracked else _LOST)]
        for name, degrees in self.head.items():
            line += [Segment(f"  {name} ", _DIM), Segment(f"{round(degrees):+4d}{glyphs.degree}")]
        centimetres = " ".join(f"{round(float(metres) * 100):+d}" for metres in self.frame.values[POSITION])
        return [*line, Segment("  at ", _DIM), Segment(centimetres), Segment(" cm", _DIM)]

    def _legend(self, glyphs: _Glyphs, left_out: int) -> list[Segment]:
        line = []
        if self.frame.altered:
            line = [Segment(f" altered: {', '.join(sorted(self.frame.altered))} ", _ALTERED), Segment("  ")]
        rest = f"{left_out} quieter rows left out;  " if left_out else ""
        text = f"{rest}subject's left, right  {glyphs.whole * 2} value  {glyphs.tone} tone  ~ derived"
        return [*line, Segment(text, _DIM)]

    def _beside(self, rows: tuple[_Row, ...], width: int, glyphs: _Glyphs) -> list[Segment]:
        line: list[Segment] = []
        for place, row in enumerate(rows):
            if place:
                line.append(Segment(" " * _GAP))
            line += Segment.adjust_line_length(self._cells(row, width, glyphs), width)
        return line

    def _cells(self, row: _Row, width: int, glyphs: _Glyphs) -> list[Segment]:
        frame = self.frame
        style = row.style if frame.tracked else _DIM
        derived = any(i is not None and frame.origin.support[i] is Support.DERIVED for i in row.shown)
        half = max(2, min(_WIDEST_BAR, (width - _LABEL_WIDTH - 2) // 2))
        cells = [Segment(f"{row.label:<{_LABEL_WIDTH}}{'~' if derived else ' '}", style)]
        if len(row.shown) == 1:
            return cells + self._shown(row.shown[0], 2 * half + 1, style, glyphs)
        left, right = row.shown
        return [*cells, *self._shown(left, half, style, glyphs), Segment(" "), *self._shown(right, half, style, glyphs)]

    def _shown(self, i: int | None, width: int, style: Style, glyphs: _Glyphs) -> list[Segment]:
        if i is None:
            return [Segment(" " * width)]
        if self.frame.origin.support[i] is Support.ABSENT:
            return [Segment(f"{'absent':<{width}}"[:width], _DIM)]
        value, tone = float(self.frame.values[i]), float(self.frame.tone[i])
        if i < SHAPES.stop:
            return _bar(value, tone, width, style, glyphs)
        number = f"{math.degrees(value):+.1f} deg" if i >= ROTATION.start else f"{value * 100:+.1f} cm"
        return [Segment(f"{number:<{width}}"[:width])]


def _bar(value: float, tone: float, width: int, style: Style, glyphs: _Glyphs) -> list[Segment]:
    """A bar of `width` cells for 0 to 1, with a mark where the tone ends; a tone of less than half a cell has none."""
    halves = round(min(max(value, 0.0), 1.0) * 2 * width)
    filled = glyphs.whole * (halves // 2) + glyphs.half * (halves % 2)
    track = glyphs.track * (width - len(filled))
    place = min(round(tone * width), width - 1)
    if place <= 0:
        return [Segment(filled, style), Segment(track, _DIM)]
    mark = Segment(glyphs.tone, _TONE)
    if place < len(filled):
        return [Segment(filled[:place], style), mark, Segment(filled[place + 1 :], style), Segment(track, _DIM)]
    place -= len(filled)
    return [Segment(filled, style), Segment(track[:place], _DIM), mark, Segment(track[place + 1 :], _DIM)]


@cache
def _rows(channels: tuple[int, ...]) -> tuple[_Row, ...]:
    """The rows of some channels, by region; twins share one."""
    right_of = dict(PAIRS)
    rights = set(right_of.values())
    rows = []
    for region, members in REGIONS.items():
        for i in members:
            if i in rights:
                continue
            twins = (i, right_of[i]) if i in right_of else (i,)
            shown = tuple(twin if twin in channels else None for twin in twins)
            if any(twin is not None for twin in shown):
                rows.append(_Row(_label(CHANNELS[i], twin=len(twins) == 2), _STYLES[region], shown))
    return tuple(rows)


def _label(name: str, *, twin: bool) -> str:
    if name in ("jawLeft", "mouthLeft"):  # directions, not places: `jaw` alone would say too little
        return f"{name}/Right"
    return name.removesuffix("Left") if twin else name
