"""The results as one page of HTML: no script, no network, readable by someone who has never heard of a filter."""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final

from avatar_driver.bench._style import STYLE
from avatar_driver.bench.columns import (
    CLIP_COLUMNS,
    CONDITION_COLUMNS,
    MAIN_COLUMNS,
    MOVE_COLUMNS,
    SINE_COLUMNS,
    Column,
)
from avatar_driver.bench.lineup import FOXY, MEDIAPIPE, OURS, RAW, TUNED
from avatar_driver.bench.plots import Dot, trace_chart, trade_off_chart
from avatar_driver.bench.results import Results, Trace
from avatar_driver.bench.scores import Score

__all__ = ["report"]

_LEGEND: Final = (
    '<p class="legend"><span class="key truth"></span>truth <span class="key raw"></span>the tracker, unfiltered '
    '<span class="key euro"></span>One Euro, equally calm <span class="key ours"></span>avatar-driver</p>'
)


def report(results: Results) -> str:
    """The whole page."""
    on_clips = bool(results.clips)
    scores = results.clip_medians if on_clips else results.synthetic
    body = "".join(
        (
            _headline(results, scores, on_clips),
            _trade_off(results, scores, on_clips),
            _traces(
                "Your face",
                "From the second half of the longest clip; the baselines were tuned on first halves.",
                results.clip_traces,
            ),
            _traces("Move by move", "Choreographed, so the truth is known exactly.", results.traces),
            _clips(results),
            _tables(results),
            _conditions(results),
            _targets(results),
            _method(results),
        )
    )
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head = f"{meta}<title>avatar-driver bench</title>{STYLE}"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body><main>{body}</main></body></html>\n'


def _headline(results: Results, scores: Mapping[str, Score], on_clips: bool) -> str:
    ours, tuned = scores[OURS], scores[TUNED]
    kept, kept_by_tuned = (_whole(100 * results.synthetic[key]["pulse_80"], "%") for key in (OURS, TUNED))
    rival = _whole(tuned["delay_ms"], " ms")
    cards = (
        (
            _whole(100 * ours["jitter"], "%"),
            "of the trembling is left",
            "when the face rests; the tracker alone shows 100 %",
        ),
        (
            _whole(max(ours["delay_ms"], 0.0), " ms"),
            "behind the face",
            f"while it moves; One Euro tuned to be as calm is {rival} behind",
        ),
        (kept, "of a fleeting expression", f"of 80 ms is kept; a One Euro as calm keeps {kept_by_tuned}"),
    )
    drawn = "".join(
        f"<div class=card><b>{big}</b><strong>{what}</strong><span>{more}</span></div>" for big, what, more in cards
    )
    where = escape(results.source) if on_clips else "choreographed faces with a tracker's noise"
    return (
        "<header><h1>How calm, and how late?</h1><p class=lead>A camera's face tracker trembles. Smoothing calms it and"
        " makes the avatar late; every filter trades one for the other. Here is what each filter costs, measured on "
        f"{where}.</p></header><section class=cards>{drawn}</section>"
    )


def _whole(value: float, unit: str) -> str:
    return f"{value:.0f}{unit}" if math.isfinite(value) else "–"


def _trade_off(results: Results, scores: Mapping[str, Score], on_clips: bool) -> str:
    names = results.clip_contenders if on_clips else results.contenders
    dots = [
        Dot(label, scores[key]["jitter"], scores[key]["delay_ms"])
        for key, (label, _) in names.items()
        if key in (FOXY, MEDIAPIPE, "one_euro_vrcft")
    ]
    chart = trade_off_chart(results.curves["clips" if on_clips else "scenes"], dots)
    return (
        "<section><h2>Calm against delay</h2><p>Each curve is one kind of filter at several strengths: stronger "
        "smoothing "
        "moves it down (calmer) and to the right (later). Lower left is better. Point at a dot for its settings.</p>"
        f"<figure>{chart}</figure></section>"
    )


def _traces(title: str, sentence: str, traces: Sequence[Trace]) -> str:
    if not traces:
        return ""
    figures = "".join(
        f"<figure><figcaption>{escape(trace.title)}<small>{escape(trace.channel)}</small></figcaption>{trace_chart(trace)}</figure>"
        for trace in traces
    )
    return f"<section><h2>{title}</h2><p>{sentence}</p>{_LEGEND}<div class=traces>{figures}</div></section>"


def _clips(results: Results) -> str:
    if not results.clips:
        return ""
    median = _table(CLIP_COLUMNS, results.clip_contenders, results.clip_medians)
    each = "".join(
        f"<details><summary>{escape(name)}</summary>{_table(CLIP_COLUMNS, results.clip_contenders, own)}</details>"
        for name, own in results.clips.items()
    )
    notes = [*(f"Skipped: {sentence}" for sentence in results.skipped), *results.notes]
    said = "".join(f"<p class=note>{escape(note)}</p>" for note in notes)
    return f"<section><h2>Real faces</h2><p>Medians over {len(results.clips)} clips.</p>{median}{each}{said}</section>"


def _tables(results: Results) -> str:
    parts = (
        (
            "Choreographed faces",
            "Rest, expressions, micro-expressions and talk, with the truth known exactly.",
            MAIN_COLUMNS,
        ),
        ("How late single moves are", "Until half of the move is shown.", MOVE_COLUMNS),
        (
            "Oscillations",
            "Speech moves a mouth 3 to 7 times a second: how much of it is shown, and how late.",
            SINE_COLUMNS,
        ),
    )
    drawn = (
        f"<h2>{title}</h2><p>{sentence}</p>{_table(columns, results.contenders, results.synthetic)}"
        for title, sentence, columns in parts
    )
    return f"<section>{''.join(drawn)}</section>"


def _conditions(results: Results) -> str:
    rows = []
    for condition, scores in results.conditions.items():
        for number, (key, score) in enumerate(scores.items()):
            cells = "".join(f"<td>{column.text(score)}</td>" for column in CONDITION_COLUMNS)
            first = f'<th rowspan="{len(scores)}">{escape(condition)}</th>' if number == 0 else ""
            css = ' class="ours"' if key == OURS else ""
            rows.append(f"<tr{css}>{first}<th>{escape(results.contenders[key][0])}</th>{cells}</tr>")
    titles = "".join(f'<th title="{escape(c.meaning, quote=True)}">{escape(c.title)}</th>' for c in CONDITION_COLUMNS)
    return (
        "<section><h2>Other cameras, other light</h2><p>The same filters with the same settings where things are "
        "worse. All but "
        "the low light are choreographed.</p><div class=wide>"
        f"<table class=grouped><thead><tr><th></th><th>filter</th>{titles}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _targets(results: Results) -> str:
    rows = []
    for verdict in results.verdicts():
        sign = "≥" if verdict.at_least else "≤"
        css, word = {True: ("met", "met"), False: ("missed", "not met"), None: ("", "no figure")}[verdict.met]
        found = f"{verdict.found:.3g} {verdict.unit}" if verdict.met is not None else "–"
        rows.append(
            f"<tr><th>{escape(verdict.what)}</th><td>{escape(verdict.where)}</td><td>{found}</td>"
            f'<td>{sign} {verdict.limit:g} {verdict.unit}</td><td class="{css}">{word}</td></tr>'
        )
    return (
        "<section><h2>What avatar-driver is meant to reach</h2><div class=wide><table class=targets>"
        "<thead><tr><th>target</th>"
        f"<th>on</th><th>found</th><th>asked</th><th></th></tr></thead><tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _method(results: Results) -> str:
    noise = (
        "a formula fitted to a tracker's noise on seven faces"
        if results.source == "stand-in"
        else f"what repeated tracking of {escape(results.source)} differed by, in shuffled blocks"
    )
    cost = ", ".join(
        f"{escape(results.contenders[key][0])} {score['p50_us']:.0f} µs"
        for key, score in results.cost.items()
        if key != RAW
    )
    quick = "quick, " if results.quick else ""
    return (
        "<section class=method><h2>How this was measured</h2><dl>"
        "<dt>Tuned on, reported on</dt><dd>The tuned One Euro and the moving average were searched on scenes of "
        "their own, and on "
        "the first half of each clip, to be as calm as avatar-driver: on those scenes, and on the second halves. "
        "Everything on this page is from other scenes and from second halves.</dd>"
        "<dt>The truth of a real clip</dt><dd>The clip is tracked several times, each time as another camera with "
        "its own "
        "noise, JPEG artefacts and drift would have seen it. A tracking is judged by the mean of the others, never "
        "by itself, and "
        "nothing is smoothed in time. Trembling is how much the filtered copies differ, for they show the same "
        "face.</dd>"
        f"<dt>The noise of choreographed faces</dt><dd>{noise}.</dd>"
        f"<dt>Cost per frame, median</dt><dd>{cost}.</dd>"
        f"<dt>This run</dt><dd>Seed {results.seed}, {quick}{results.seconds:.0f} s. The same seed gives "
        "the same figures, except the cost.</dd></dl></section>"
    )


def _table(columns: Sequence[Column], contenders: Mapping[str, tuple[str, str]], scores: Mapping[str, Score]) -> str:
    titles = "".join(f'<th title="{escape(c.meaning, quote=True)}">{escape(c.title)}</th>' for c in columns)
    rows = "".join(_row(columns, key, *contenders[key], scores[key], _bests(columns, scores)) for key in contenders)
    meanings = "".join(f"<li><b>{escape(c.title)}</b> {escape(c.meaning)}</li>" for c in columns if c.title != "late")
    return (
        f"<div class=wide><table><thead><tr><th>filter</th>{titles}</tr></thead><tbody>{rows}</tbody></table></div>"
        f"<details class=meanings><summary>What the columns mean</summary><ul>{meanings}</ul></details>"
    )


def _row(columns: Iterable[Column], key: str, label: str, detail: str, score: Score, bests: Mapping[str, str]) -> str:
    cells = "".join(
        f'<td class="best">{c.text(score)}</td>'
        if bests[c.key] == c.text(score) and key != RAW
        else f"<td>{c.text(score)}</td>"
        for c in columns
    )
    css = ' class="ours"' if key == OURS else ""
    return f"<tr{css}><th>{escape(label)}<small>{escape(detail)}</small></th>{cells}</tr>"


def _bests(columns: Iterable[Column], scores: Mapping[str, Score]) -> dict[str, str]:
    """The best figure of each column, as it is shown; raw is not in the race, for it does nothing."""
    bests = {}
    for column in columns:
        racing = [score for key, score in scores.items() if key != RAW and column.text(score) != "–"]
        bests[column.key] = column.text(min(racing, key=column.rank)) if racing else ""
    return bests
