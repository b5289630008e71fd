"""Charts as inline SVG, coloured by the page's style sheet, so that they follow light and dark."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from avatar_driver.bench.results import CurvePoint, Trace

__all__ = ["Dot", "trace_chart", "trade_off_chart"]

_MOST_DELAY: Final = 48.0  # ms; what lies beyond is named at the edge
_MOST_TREMBLING: Final = 0.72  # × raw

_DEFAULT: Final = "stillness 1"

# Style-sheet class of each family.
_CLASSES: Final = {"avatar-driver": "ours", "One Euro, tuned": "euro", "moving average": "ema"}


@dataclass(frozen=True, slots=True)
class Dot:
    """A filter that has one setting only: a name, its trembling × raw and its delay in ms."""

    label: str
    jitter: float
    delay_ms: float


class _Plane:
    """A drawing area with its two scales."""

    def __init__(
        self, size: tuple[int, int], x: tuple[float, float], y: tuple[float, float], edge: tuple[int, ...]
    ) -> None:
        self.width, self.height = size
        self._x, self._y = x, y
        self.left, self.right, self.top, self.bottom = edge[0], size[0] - edge[1], edge[2], size[1] - edge[3]
        self.parts: list[str] = []

    def x(self, value: float) -> float:
        low, high = self._x
        return round(self.left + (value - low) / (high - low) * (self.right - self.left), 1)

    def y(self, value: float) -> float:
        low, high = self._y
        return round(self.bottom - (value - low) / (high - low) * (self.bottom - self.top), 1)

    def line(self, xs: Iterable[float], ys: Iterable[float], css: str) -> None:
        points = " ".join(f"{self.x(x)},{self.y(y)}" for x, y in zip(xs, ys, strict=True))
        self.parts.append(f'<polyline class="{css}" points="{points}"/>')

    def dot(self, x: float, y: float, css: str, radius: float, title: str = "") -> None:
        told = f"<title>{escape(title)}</title>" if title else ""
        self.parts.append(f'<circle class="{css}" cx="{self.x(x)}" cy="{self.y(y)}" r="{radius}">{told}</circle>')

    def rule(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self.parts.append(f'<line class="rule" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>')

    def text(self, x: float, y: float, words: str, css: str = "tick", anchor: str = "middle") -> None:
        self.parts.append(f'<text class="{css}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>')

    def svg(self, described: str) -> str:
        inner = "".join(self.parts)
        box = f"0 0 {self.width} {self.height}"
        return f'<svg viewBox="{box}" role="img" aria-label="{escape(described, quote=True)}">{inner}</svg>'


def trade_off_chart(families: dict[str, list[CurvePoint]], dots: Sequence[Dot]) -> str:
    """Delay to the right, trembling upwards: each family of filters is a curve, the corner below left is perfect."""
    plane = _Plane((920, 470), (0, _MOST_DELAY), (0, _MOST_TREMBLING), (64, 24, 20, 58))
    for percent in range(0, 71, 10):
        y = plane.y(percent / 100)
        plane.rule(plane.left, y, plane.right, y)
        plane.text(plane.left - 10, y + 4, f"{percent} %", anchor="end")
    for delay in range(0, 49, 8):
        plane.text(plane.x(delay), plane.bottom + 22, f"{delay} ms")
    plane.text((plane.left + plane.right) / 2, plane.height - 8, "delay while the face moves", "axis")
    plane.text(plane.left + 4, plane.top - 6, "trembling at rest, of what the tracker shows", "axis", "start")
    plane.text(plane.left + 14, plane.bottom - 12, "↙ calm and at once", "axis corner", "start")
    for family, points in families.items():
        _family(plane, family, points)
    for dot in dots:
        if 0 <= dot.delay_ms <= _MOST_DELAY and dot.jitter <= _MOST_TREMBLING:
            told = f"{dot.label}: {dot.jitter:.0%}, {dot.delay_ms:.1f} ms"
            plane.dot(dot.delay_ms, dot.jitter, "point other", 5, told)
            plane.text(plane.x(dot.delay_ms) - 10, plane.y(dot.jitter) + 5, dot.label, "label other", "end")
    return plane.svg("Trembling at rest against delay in motion, one curve for each family of filters")


def _family(plane: _Plane, family: str, points: Sequence[CurvePoint]) -> None:
    css = _CLASSES.get(family, "other")
    drawn = sorted(
        (p for p in points if p.delay_ms <= _MOST_DELAY and p.jitter <= _MOST_TREMBLING), key=lambda p: p.jitter
    )
    if not drawn:
        return
    plane.line([max(p.delay_ms, 0) for p in drawn], [p.jitter for p in drawn], f"line {css}")
    for p in drawn:
        told = f"{family}, {p.setting}: {p.jitter:.0%} trembling, {p.delay_ms:.1f} ms late"
        plane.dot(max(p.delay_ms, 0), p.jitter, f"point {css}", 5 if css == "ours" else 4, told)
        if css == "ours" and p.setting == _DEFAULT:
            x, y = plane.x(max(p.delay_ms, 0)), plane.y(p.jitter)
            plane.text(x + 4, y - 10, "as it ships", "label small ours", "start")
    # Our curve ends where others begin, so its name stands above its lively end, theirs behind the calm one.
    named = drawn[-1] if css == "ours" else drawn[0]
    x, y = plane.x(max(named.delay_ms, 0)), plane.y(named.jitter)
    x, y = (x - 5, y - 13) if css == "ours" else (x + 12, y + 5)
    plane.text(x, y, family, f"label {css}", "start")


def trace_chart(trace: Trace) -> str:
    """One move: the truth as a broad line, the tracker as dots, One Euro and ours as lines."""
    values = [*trace.truth, *trace.raw, *trace.one_euro, *trace.ours]
    low, high = min(values), max(values)
    room = max(0.08 * (high - low), 0.01)
    length = trace.truth_times[-1]
    plane = _Plane((440, 250), (0, length), (low - room, high + room), (42, 12, 12, 34))
    for value in _ticks(low, high):
        plane.rule(plane.left, plane.y(value), plane.right, plane.y(value))
        plane.text(plane.left - 7, plane.y(value) + 4, f"{value:.2f}", anchor="end")
    step = 0.2 if length <= 1.3 else 0.5
    for k in range(int(length / step) + 1):
        plane.text(plane.x(k * step), plane.bottom + 18, f"{k * step:.1f} s")
    plane.line(trace.truth_times, trace.truth, "truth")
    plane.line(trace.times, trace.one_euro, "line euro thin")
    plane.line(trace.times, trace.ours, "line ours thin")
    for time, value in zip(trace.times, trace.raw, strict=True):
        plane.dot(time, value, "raw", 2)
    return plane.svg(f"{trace.title} on {trace.channel}: truth, tracker, One Euro and avatar-driver over time")


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round values within a range."""
    span = max(high - low, 1e-6)
    step = next(s for s in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0) if span / s <= 5)
    first = int(low / step) + (1 if low > 0 else 0)
    return [round(k * step, 4) for k in range(first, int(high / step) + 1)]
