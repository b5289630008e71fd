import json
from collections.abc import Sequence
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from avatar_driver.bench import baselines, lineup, run
from avatar_driver.bench.baselines import OneEuroSetting
from avatar_driver.bench.camera import Camera
from avatar_driver.bench.group import Group
from avatar_driver.bench.lineup import MEDIAPIPE, OURS, RAW, TUNED
from avatar_driver.bench.noise import Noise, StandIn, cameras
from avatar_driver.bench.report import report
from avatar_driver.bench.results import Results
from avatar_driver.bench.table import table
from avatar_driver.bench.take import Kind, Take
from avatar_driver.bench.takes import Clip, leave_one_out
from avatar_driver.bench.targets import RAISED
from avatar_driver.channels import CHANNELS
from avatar_driver.errors import SourceError
from tests.bench.test_takes import trackings

TINY = run._Size(1, 20.0, 1, 1, 1, 0, 1, ("30 fps", "double the noise"), 3, 0)


def quiet(what: str, share: float) -> None:
    pass


def small(seed: int = 0, videos: Sequence[Path] = (), progress: run.Progress = quiet) -> Results:
    return run.bench(videos, model=None, seed=seed, quick=True, progress=progress)


def shrink(patch: pytest.MonkeyPatch) -> None:
    """A run of seconds: fewer scenes, and a coarser search."""
    patch.setattr(run, "_QUICK", TINY)
    patch.setattr(run, "_CURVE_JITTERS", (0.2, 0.4))
    patch.setattr(lineup, "_LEVELS", (0.5, 1.0))
    patch.setattr(baselines, "_MIN_CUTOFFS", np.geomspace(0.1, 4.0, 6))
    patch.setattr(baselines, "_BETAS", np.array([0.0, 1.0, 3.0, 8.0]))
    patch.setattr(baselines, "_DERIVATIVE_CUTOFFS", np.array([3.0]))
    patch.setattr(baselines, "_TIME_CONSTANTS", np.geomspace(0.02, 1.0, 10))


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    shrink(monkeypatch)


@pytest.fixture(scope="module")
def results() -> Results:
    with pytest.MonkeyPatch.context() as patch:
        shrink(patch)
        return small()


def fake_clip(video: Path, **_: Any) -> Clip:
    """A clip as `track_clip` makes it, without a camera, a face or a tracker; a video named `empty` shows no face."""
    if video.stem == "empty":
        raise SourceError(f"{video.name}: found a face in 0 of 99 pictures")
    streams = trackings(3, 400, seed=len(video.stem))
    if video.stem == "restless":
        for stream in streams:
            stream.values[:200, :52] = 0.3 + 0.2 * np.sin(2 * np.pi * 3 * stream.times[:200, None])
    takes = tuple(leave_one_out(video.name, streams))
    noise = np.random.default_rng(0).normal(0, 0.1, (2, 400, 58))
    return Clip(
        name=video.name, takes=takes, smoothed=tuple(stream.values for stream in streams[:2]), dim=takes[:2],
        residuals=tuple(noise),
    )  # fmt: skip


def fake_tracking(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(run, "track_clip", fake_clip)
    patch.setattr("avatar_driver.models.find_model", lambda path: path)


@pytest.fixture(scope="module")
def clip_results() -> Results:
    with pytest.MonkeyPatch.context() as patch:
        shrink(patch)
        fake_tracking(patch)
        return small(videos=[Path("<b>a.mp4"), Path("empty.mp4"), Path("longer.mp4")])


def told(results: Results) -> dict[str, Any]:
    """The JSON without what a clock decides."""
    found = json.loads(results.to_json())
    found.pop("cost"), found.pop("seconds")
    found["verdicts"] = [verdict for verdict in found["verdicts"] if verdict["unit"] != "µs"]
    return dict(found)


def test_the_same_seed_gives_the_same_figures_and_another_seed_others(results: Results) -> None:
    steps: list[tuple[str, float]] = []
    assert told(small(progress=lambda what, share: steps.append((what, share)))) == told(results)
    assert [share for _, share in steps] == sorted(share for _, share in steps)
    assert steps[-1] == ("done", 1.0), "progress rises to the end"
    assert any("tuning" in what for what, _ in steps)
    assert told(small(seed=1))["synthetic"] != told(results)["synthetic"]


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def test_json_names_every_filter_and_every_measure(results: Results) -> None:
    found = json.loads(results.to_json(), parse_constant=refuse)
    assert found["conditions"]["30 fps"][OURS]["blink_ms"] is None, "this small run probes no conditions"
    assert found["schema"] == 1
    assert list(found["contenders"]) == list(found["synthetic"]) == list(found["cost"])
    assert {RAW, TUNED, OURS, "ema", "one_euro_foxyface", "one_euro_vrcft"} == set(found["contenders"])
    measures = {
        *("jitter", "high_frequency", "held", "head_jitter", "error", "error_absolute", "delay_ms"),
        *("step_ms", "subtle_step_ms", "ramp_ms", "subtle_ramp_ms", "blink_ms", "saccade_ms"),
        *("pulse_40", "pulse_80", "pulse_120", "pulse_200", "blink_depth"),
        *("hold_bias", "skew_ms", "nod_gain", "nod_delay_ms"),
        *(f"gain_{hz}" for hz in (1, 2, 4, 6, 8)),
        *(f"delay_{hz}_ms" for hz in (1, 2, 4, 6, 8)),
    }
    for score in found["synthetic"].values():
        assert set(score) == measures
        assert all(value is None or isinstance(value, float | int) for value in score.values())
    assert list(found["conditions"]) == ["30 fps", "double the noise"]
    assert set(found["curves"]["scenes"]) == {"One Euro, tuned", "moving average", "avatar-driver"}
    assert {"p50_us", "p99_us"} == set(found["cost"][OURS])
    assert found["clips"] == {}
    for verdict in found["verdicts"]:
        assert {"what", "where", "found", "limit", "at_least", "unit"} == set(verdict)


def test_raw_is_the_measure_of_all_things(results: Results) -> None:
    raw = results.synthetic[RAW]
    for name in ("jitter", "high_frequency", "held", "error", "pulse_40", "pulse_200", "blink_depth", "head_jitter"):
        assert raw[name] == pytest.approx(1.0)
    assert raw["delay_ms"] == pytest.approx(0, abs=1.5)
    assert raw["ramp_ms"] == pytest.approx(0, abs=12), "a single probe is noisy"


def test_the_baselines_are_as_calm_as_ours_and_calmness_costs_them_delay(results: Results) -> None:
    ours, tuned, average = (results.synthetic[key] for key in (OURS, TUNED, "ema"))
    for baseline in (tuned, average):
        assert 0.4 < baseline["jitter"] / ours["jitter"] < 1.4, "the search here is a coarse one"
    assert average["delay_ms"] > tuned["delay_ms"] > 5


def test_what_is_tuned_on_is_never_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tracking(monkeypatch)
    tuned_on: list[tuple[str, float, float]] = []
    reported: list[tuple[str, float, float]] = []

    def seen(groups: Sequence[Group], into: list[tuple[str, float, float]]) -> None:
        # A frame by its values and its moment: scenes and halves alike.
        into.extend(
            (take.name, float(take.raw[i, 17]), float(take.times[i]))
            for group in groups
            for take in group.takes
            for i in np.flatnonzero(take.reported)
        )

    def tuning(groups: Sequence[Group], jitter: float, others: Sequence[float]) -> list[OneEuroSetting]:
        seen(groups, tuned_on)
        return [OneEuroSetting(1, 1, 1)] * (1 + len(others))

    def averages(groups: Sequence[Group], jitters: Sequence[float]) -> list[float]:
        seen(groups, tuned_on)
        return [0.1] * len(jitters)

    measured = run.free_scores

    def scores(groups: Sequence[Group], outputs: Any) -> dict[str, float]:
        seen(groups, reported)
        return measured(groups, outputs)

    monkeypatch.setattr(run, "tuned_one_euro", tuning)
    monkeypatch.setattr(run, "tuned_ema", averages)
    monkeypatch.setattr(run, "free_scores", scores)
    small(videos=[Path("a.mp4")])
    by_moment = {(value, time) for _, value, time in tuned_on}
    assert len(by_moment) > 700
    assert len(reported) > 700
    assert not by_moment & {(value, time) for _, value, time in reported}


def test_clips_are_measured_each_and_in_the_middle_and_a_faceless_one_is_named(clip_results: Results) -> None:
    assert list(clip_results.clips) == ["<b>a.mp4", "longer.mp4"]
    assert clip_results.skipped == ["empty.mp4: found a face in 0 of 99 pictures"]
    for scores in (*clip_results.clips.values(), clip_results.clip_medians):
        assert MEDIAPIPE in scores
        assert scores[RAW]["jitter"] == pytest.approx(1.0)
        # What stands in for the tracker's own smoothing here smooths nothing.
        assert scores[MEDIAPIPE]["jitter"] == pytest.approx(1.0, abs=0.1)
    assert clip_results.clip_medians[OURS]["jitter"] == pytest.approx(
        np.median([scores[OURS]["jitter"] for scores in clip_results.clips.values()])
    )
    assert "real faces, low light" in clip_results.conditions
    assert clip_results.source == "<b>a.mp4, longer.mp4"
    assert any(verdict.where == "clips" for verdict in clip_results.verdicts())


def test_where_no_first_half_rests_the_baselines_are_tuned_on_scenes_and_the_reader_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake_tracking(monkeypatch)
    found = small(videos=[Path("restless.mp4")])
    assert found.clip_contenders[TUNED] == found.contenders[TUNED]
    assert found.clip_contenders["ema"] == found.contenders["ema"]
    (note,) = found.notes
    assert "tuned on choreographed faces" in note
    assert note in report(found)


def test_on_clips_the_baselines_are_tuned_to_our_calm_where_both_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """In first halves our filter still learns the noise: baselines as calm as that would be livelier than ours."""
    asked: list[float] = []

    def heard(groups: Sequence[Group], calm: float, curve: Sequence[float]) -> list[OneEuroSetting]:
        asked.append(calm)
        return baselines.tuned_one_euro(groups, calm, curve)

    fake_tracking(monkeypatch)
    monkeypatch.setattr(run, "tuned_one_euro", heard)
    found = small(videos=[Path("a.mp4")])
    assert asked[-1] == pytest.approx(found.clip_medians[OURS]["jitter"])
    assert len(asked) == 2


def test_clips_take_turns_in_lending_their_noise_whatever_is_measured() -> None:
    """One clip by chance would make a condition's figure a matter of luck: clips differ more than conditions do."""
    turns: dict[str, list[int]] = {}

    class Numbered:
        def __init__(self, number: int) -> None:
            self._number = number

        def sample(self, rng: np.random.Generator, count: int, rate: float) -> np.ndarray:
            turns.setdefault(f"{rate:.0f}", []).append(self._number)
            return np.zeros((count, len(CHANNELS)))

    noises = [Numbered(number) for number in range(3)]
    one = run._Run(TINY, 0, quiet, 0.0)
    for number in range(4):
        one._scene(noises, Camera(), 1, number)
        one._probe(noises, Camera(rate=15.0), 1, number)
    assert turns == {"30": [0, 1, 2, 0], "15": [0, 1, 2, 0]}
    assert run._FULL.condition_scenes >= 4, "so that no condition is judged by one or two cameras"


def test_raised_moves_are_probed_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    lent: list[int] = []

    def heard(clips: Sequence[Sequence[np.ndarray]]) -> list[Noise]:
        lent.append(len(clips))
        return cameras(clips)

    fake_tracking(monkeypatch)
    monkeypatch.setattr(run, "cameras", heard)
    monkeypatch.setattr(run, "_QUICK", run._Size(1, 20.0, 1, 1, 1, 1, 1, ("30 fps", RAISED), 3, 0))
    found = small(videos=[Path("a.mp4"), Path("longer.mp4")])
    assert lent == [2]
    usual, raised = (found.conditions[name][RAW] for name in ("30 fps", RAISED))
    assert "jitter" in usual
    assert "jitter" not in raised, "only single moves are made of a raised face"
    assert raised["gain_2"] == pytest.approx(1.0, abs=0.3)
    assert not any(verdict.where == RAISED for verdict in found.verdicts())
    levels = {
        name: [event.base for event in take.events_of(Kind.PULSE_80)]
        for name, take in (("usual", probe_of(False)), ("raised", probe_of(True)))
    }
    assert max(levels["usual"]) < min(levels["raised"])


def probe_of(raised: bool) -> Take:
    return run._Run(TINY, 0, quiet, 0.0)._probe([StandIn()], run._PROBE_CAMERA, 9, 0, raised)


def test_a_single_clip_without_a_face_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tracking(monkeypatch)
    with pytest.raises(SourceError, match=r"empty\.mp4: found a face in 0"):
        small(videos=[Path("empty.mp4")])


class Page(HTMLParser):
    """Counts open elements, and collects every attribute."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("which", ["results", "clip_results"])
def test_the_page_needs_nothing_but_itself(which: str, request: pytest.FixtureRequest) -> None:
    html = report(request.getfixturevalue(which))
    page = Page()
    page.feed(html)
    assert page.open == [], "every element is closed"
    style = html[html.index("<style>") : html.index("</style>")]
    assert style.count("{") == style.count("}")
    assert not [line for line in style.splitlines() if line.count('"') % 2], "no text runs over a line's end"
    for outside in ("http:", "https:", "//", "url(", "@import"):
        assert outside not in html
    assert not page.tags & {"script", "link", "iframe", "img", "object", "embed", "base"}
    assert not [a for a in page.attributes if a[1] in {"src", "href", "xlink:href", "srcset"} or a[1].startswith("on")]
    assert {"svg", "polyline", "circle", "table"} <= page.tags
    assert "nan" not in " ".join(
        value.lower() for tag, name, value in page.attributes if name in {"points", "cx", "cy"}
    )


def test_the_page_shows_every_filter_every_move_and_which_half_was_tuned_on(results: Results) -> None:
    html = report(results)
    for label, _ in results.contenders.values():
        assert label in html
    for trace in results.traces:
        assert trace.title in html
    assert [trace.title for trace in results.traces][:3] == ["a blink", "a smile", "speech"]
    assert "first half of each clip" in html


def test_names_of_clips_are_text_not_markup(clip_results: Results) -> None:
    html = report(clip_results)
    assert "<b>a" not in html
    assert "&lt;b&gt;a" in html


@pytest.mark.parametrize("which", ["results", "clip_results"])
def test_the_table_shows_the_figures(which: str, request: pytest.FixtureRequest) -> None:
    found: Results = request.getfixturevalue(which)
    out = StringIO()
    Console(file=out, width=240).print(table(found))
    text = out.getvalue()
    assert "avatar-driver" in text
    assert f"{100 * found.synthetic[OURS]['jitter']:.0f} %" in text
    assert "not tuned on" in text
    for verdict in found.verdicts():
        assert verdict.what in text
