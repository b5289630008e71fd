"""The results for a terminal."""

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from avatar_driver.bench.columns import (
    CLIP_COLUMNS,
    CONDITION_COLUMNS,
    MAIN_COLUMNS,
    MOVE_COLUMNS,
    SINE_COLUMNS,
    Column,
)
from avatar_driver.bench.lineup import OURS
from avatar_driver.bench.results import Results
from avatar_driver.bench.scores import Score

__all__ = ["table"]


def table(results: Results) -> RenderableType:
    """All tables of a run, the clips first where there are any."""
    parts: list[RenderableType] = []
    if results.clips:
        title = f"Real clips, second halves; medians over {len(results.clips)}"
        parts.append(_scores(title, CLIP_COLUMNS, results.clip_contenders, results.clip_medians))
        if len(results.clips) > 1:
            parts += [_scores(name, CLIP_COLUMNS, results.clip_contenders, own) for name, own in results.clips.items()]
    noise = "fitted noise" if results.source == "stand-in" else f"noise of {results.source}"
    parts += [
        _scores(f"Choreographed faces, {noise}", MAIN_COLUMNS, results.contenders, results.synthetic),
        _scores("How late single moves are", MOVE_COLUMNS, results.contenders, results.synthetic),
        _scores(
            "Oscillations: what is shown of them, and how late", SINE_COLUMNS, results.contenders, results.synthetic
        ),
        _conditions(results),
        _cost(results),
        _targets(results),
    ]
    parts += [Text(f"skipped: {sentence}", style="yellow") for sentence in results.skipped]
    parts += [Text(note, style="yellow") for note in results.notes]
    parts.append(_small_print(results))
    return Group(*parts)


def _scores(
    title: str, columns: Sequence[Column], contenders: Mapping[str, tuple[str, str]], scores: Mapping[str, Score]
) -> Table:
    drawn = _empty(title, "filter", [column.title for column in columns])
    best = _best(columns, scores)
    for key, (label, detail) in contenders.items():
        cells = [
            Text(column.text(scores[key]), style="bold green" if best[column.key] == key else "") for column in columns
        ]
        drawn.add_row(_name(key, label, detail), *cells)
    return drawn


def _conditions(results: Results) -> Table:
    drawn = _empty("Elsewhere", "condition", ["filter", *(column.title for column in CONDITION_COLUMNS)])
    for condition, scores in results.conditions.items():
        for number, (key, score) in enumerate(scores.items()):
            label = results.contenders[key][0]
            cells = [column.text(score) for column in CONDITION_COLUMNS]
            style = "bold" if key == OURS else ""
            drawn.add_row(condition if number == 0 else "", Text(label, style=style), *cells, end_section=key == OURS)
    return drawn


def _cost(results: Results) -> Table:
    drawn = _empty("Cost per frame of 58 channels", "filter", ["median", "99 of 100 below"])
    for key, score in results.cost.items():
        drawn.add_row(_name(key, *results.contenders[key]), f"{score['p50_us']:.0f} µs", f"{score['p99_us']:.0f} µs")
    return drawn


def _targets(results: Results) -> Table:
    drawn = _empty("What avatar-driver is meant to reach", "target", ["on", "found", "asked", ""])
    for verdict in results.verdicts():
        mark = {True: Text("met", style="green"), False: Text("not met", style="bold red"), None: Text("no figure")}
        sign = "≥" if verdict.at_least else "≤"
        found = f"{verdict.found:.3g} {verdict.unit}" if verdict.met is not None else "–"
        drawn.add_row(verdict.what, verdict.where, found, f"{sign} {verdict.limit:g} {verdict.unit}", mark[verdict.met])
    return drawn


def _small_print(results: Results) -> Text:
    return Text(
        "Trembling and error are over the tracker's own. Tuned filters were tuned to avatar-driver's calm on other "
        "scenes "
        "and on the clips' first halves; what is shown is scenes and halves they were not tuned on. "
        f"Seed {results.seed}, {results.seconds:.0f} s.",
        style="dim",
    )


def _empty(title: str, first: str, others: Sequence[str]) -> Table:
    # Plain and tight, so that ten figures beside a name fit in eighty columns.
    drawn = Table(
        title=f"\n{title}",
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    drawn.add_column(first, min_width=15)
    for other in others:
        words = other in ("filter", "on")
        # Figures keep together; words may wrap.
        drawn.add_column(other, justify="left" if words else "right", min_width=0 if words else 6)
    return drawn


def _name(key: str, label: str, detail: str) -> Text:
    return Text.assemble((label, "bold cyan" if key == OURS else ""), (f"\n{detail}", "dim"))


def _best(columns: Sequence[Column], scores: Mapping[str, Score]) -> dict[str, str | None]:
    """Who is best in each column; raw is not in the race, for it does nothing."""
    best: dict[str, str | None] = {}
    for column in columns:
        racing = [key for key, score in scores.items() if key != "raw" and column.text(score) != "–"]
        best[column.key] = min(racing, key=lambda key: column.rank(scores[key]), default=None)
    return best
