"""The measures that people are shown, in the order and words they are shown in."""

import math
from dataclasses import dataclass
from typing import Final

from avatar_driver.bench.scores import Score

__all__ = ["CLIP_COLUMNS", "CONDITION_COLUMNS", "MAIN_COLUMNS", "MOVE_COLUMNS", "SINE_COLUMNS", "Column"]


@dataclass(frozen=True, slots=True)
class Column:
    """One measure.

    Attributes:
        key: its name in a score.
        title: its short name.
        meaning: one sentence for someone who has never filtered anything.
        form: `percent` of raw or truth, `ms`, `times` raw, `plain`.
        best: `low`, `high`, or `zero`: what a good filter shows.
    """

    key: str
    title: str
    meaning: str
    form: str = "percent"
    best: str = "low"

    def text(self, score: Score) -> str:
        """The figure in the column's form; a dash where there is none."""
        value = score.get(self.key, math.nan)
        if not math.isfinite(value):
            return "–"
        if self.form == "percent":
            return f"{100 * value:.0f} %"
        if self.form == "ms":
            return f"{round(value, 1) + 0.0:.1f} ms" if abs(value) < 9.95 else f"{value:.0f} ms"
        return f"{value:.2f} ×" if self.form == "times" else f"{value:.4f}"

    def rank(self, score: Score) -> float:
        """Lower is better."""
        value = score.get(self.key, math.nan)
        return {"low": value, "high": -min(value, 1.0), "zero": abs(value)}[self.best]


_JITTER: Final = Column(
    "jitter", "trembling", "How much a resting face trembles from frame to frame, of what the tracker alone would show."
)
_DELAY: Final = Column("delay_ms", "delay", "How late the avatar is while the face moves.", "ms", "zero")
_ERROR: Final = Column(
    "error",
    "error moving",
    "How far off the avatar is while the face moves, over what the tracker alone would be.",
    "times",
)
_PULSE_80: Final = Column(
    "pulse_80",
    "80 ms kept",
    "How much of an expression that lasts 80 ms is seen, of what the tracker saw.",
    best="high",
)
_BLINK: Final = Column(
    "blink_depth", "blink", "How far the lids close in a blink, of what the tracker saw.", best="high"
)
_SUBTLE: Final = Column(
    "subtle_step_ms", "subtle step", "How late a small, sudden change (an eighth of the range) arrives.", "ms", "zero"
)
_SUBTLE_RAMP: Final = Column(
    "subtle_ramp_ms", "subtle smile", "How late a smile almost too small to see is half-way.", "ms", "zero"
)

MAIN_COLUMNS: Final = (
    _JITTER,
    Column("high_frequency", "flicker", "Power of the trembling above 8 Hz, of the tracker's."),
    Column("held", "held smile", "How much a held expression wavers, of what the tracker alone would show."),
    _DELAY,
    _ERROR,
    Column("pulse_40", "40 ms kept", "How much of an expression that lasts 40 ms is seen.", best="high"),
    _PULSE_80,
    Column("pulse_120", "120 ms", "The same for 120 ms.", best="high"),
    Column("pulse_200", "200 ms", "The same for 200 ms.", best="high"),
    _BLINK,
)
MOVE_COLUMNS: Final = (
    Column("step_ms", "sudden", "How late a sudden large change is half-way.", "ms", "zero"),
    _SUBTLE,
    Column("ramp_ms", "smile", "How late a smile of half a second is half-way.", "ms", "zero"),
    _SUBTLE_RAMP,
    Column("blink_ms", "blink", "How late a closing lid is half-way.", "ms", "zero"),
    Column("saccade_ms", "glance", "How late a glance is half-way.", "ms", "zero"),
    Column("skew_ms", "lids apart", "How unevenly left and right lid close.", "ms"),
    Column("hold_bias", "hold bias", "Mean error of an expression held for three seconds, of the full range.", "plain"),
    Column("head_jitter", "head", "How much a resting head trembles, of what the tracker alone would show."),
    Column("nod_delay_ms", "nod", "How late a nod at 4 Hz is.", "ms", "zero"),
)
SINE_COLUMNS: Final = tuple(
    column
    for rate in (1, 2, 4, 6, 8)
    for column in (
        Column(f"gain_{rate}", f"{rate} Hz", f"How much of a movement {rate} times a second is shown.", best="high"),
        Column(f"delay_{rate}_ms", "late", f"How late a movement {rate} times a second is shown.", "ms", "zero"),
    )
)
CLIP_COLUMNS: Final = (
    _JITTER,
    Column("high_frequency", "flicker", "Power of the trembling above 8 Hz, of the tracker's."),
    Column("held", "held", "How much a held expression wavers, of what the tracker alone would show."),
    _DELAY,
    _ERROR,
    Column("head_jitter", "head", "How much a resting head trembles, of what the tracker alone would show."),
)
CONDITION_COLUMNS: Final = (_JITTER, _DELAY, _ERROR, _PULSE_80, _BLINK, _SUBTLE, _SUBTLE_RAMP)
