"""What a run of the bench found, and its JSON; `table` and `report` show it to people."""

import json
import math
from dataclasses import asdict, dataclass, field
from typing import Any

from avatar_driver.bench.scores import Score
from avatar_driver.bench.targets import Verdict, verdicts

__all__ = ["CurvePoint", "Results", "Trace"]

#: Of the JSON; it rises when a key changes its meaning or goes.
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One setting of a family of filters: rest jitter and moving error × raw, delay in motion in ms."""

    setting: str
    jitter: float
    delay_ms: float
    error: float


@dataclass(frozen=True, slots=True)
class Trace:
    """A few seconds of one channel: the truth as a fine line, the others at the camera's frames. Times in s."""

    title: str
    channel: str
    truth_times: list[float]
    truth: list[float]
    times: list[float]
    raw: list[float]
    one_euro: list[float]
    ours: list[float]


@dataclass(kw_only=True)
class Results:
    """All figures of a run. Keys of the inner mappings are `Contender.key` and the measures of `scores`.

    Attributes:
        contenders: label and detail of each filter on the scenes; `clip_contenders` on the clips.
        synthetic: measures by filter, on the scenes.
        clips: measures by clip and filter, on the clips' second halves; `clip_medians` over clips.
        conditions: measures by condition and filter.
        curves: by truth and family, jitter against delay.
        traces: moves from the scenes; `clip_traces` from the longest clip.
        cost: µs per frame by filter: the only figures that differ from run to run.
        source: where the noise is from: names of clips, or `stand-in`.
        skipped: a sentence for each clip that could not be used.
        notes: what else a reader must know.
    """

    contenders: dict[str, tuple[str, str]]
    clip_contenders: dict[str, tuple[str, str]] = field(default_factory=dict)
    synthetic: dict[str, Score] = field(default_factory=dict)
    clips: dict[str, dict[str, Score]] = field(default_factory=dict)
    clip_medians: dict[str, Score] = field(default_factory=dict)
    conditions: dict[str, dict[str, Score]] = field(default_factory=dict)
    curves: dict[str, dict[str, list[CurvePoint]]] = field(default_factory=dict)
    traces: list[Trace] = field(default_factory=list)
    clip_traces: list[Trace] = field(default_factory=list)
    cost: dict[str, Score] = field(default_factory=dict)
    source: str = "stand-in"
    seed: int = 0
    quick: bool = False
    seconds: float = 0.0
    skipped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def verdicts(self) -> list[Verdict]:
        """Each of the project's own targets: what was asked, what was found, whether it is met."""
        return verdicts(self.synthetic, self.clip_medians, self.conditions, self.cost)

    def to_json(self) -> str:
        """For machines; a measure that could not be taken is null."""
        told = asdict(self)
        told["verdicts"] = [asdict(verdict) for verdict in self.verdicts()]
        return json.dumps({"schema": SCHEMA, **_without_nan(told)}, indent=1, ensure_ascii=False)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
