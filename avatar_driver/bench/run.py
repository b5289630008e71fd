"""The whole bench: films scenes, tracks clips, tunes the baselines, plays everyone, measures."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from avatar_driver.bench.baselines import tuned_ema, tuned_one_euro
from avatar_driver.bench.camera import Camera
from avatar_driver.bench.group import Group, median
from avatar_driver.bench.lineup import FOXY, OURS, RAW, TUNED, Contender, families, lineup
from avatar_driver.bench.measures import rest_jitter
from avatar_driver.bench.noise import Noise, StandIn, cameras
from avatar_driver.bench.probes import probe
from avatar_driver.bench.results import CurvePoint, Results
from avatar_driver.bench.scenes import scene
from avatar_driver.bench.scores import free_scores, median_score, probe_scores
from avatar_driver.bench.take import Take, cost, play
from avatar_driver.bench.takes import Clip, Tracker, halves, track_clip
from avatar_driver.bench.targets import RAISED
from avatar_driver.bench.timing import Played
from avatar_driver.bench.traces import clip_traces, scene_traces
from avatar_driver.errors import SourceError
from avatar_driver.stages.two_timescale import TwoTimescale

__all__ = ["Progress", "bench"]

#: Told what is being done, and the share of the whole that is done.
Progress = Callable[[str, float], None]

_CURVE_JITTERS: Final = (0.12, 0.16, 0.22, 0.30, 0.42, 0.60)  # × raw
_COST_FRAMES: Final = 1500

# Streams of random numbers that never meet: tuning, reporting and conditions have scenes and noise of their own.
_TUNING, _REPORTING, _PROBING, _CONDITIONS, _TRACKING = range(5)

_PROBE_CAMERA: Final = Camera(dropped=0.0, stalls=False)
_CONDITION_CAMERAS: Final = {
    "30 fps": Camera(),
    "15 fps": Camera(rate=15.0),
    "24 fps": Camera(rate=24.0),
    "60 fps": Camera(rate=60.0),
    "15 % dropped, clock ± 8 ms": Camera(dropped=0.15, misreported=0.008),
    "half the noise": Camera(noise_scale=0.5),
    "double the noise": Camera(noise_scale=2.0),
    RAISED: Camera(),
}


@dataclass(frozen=True, slots=True)
class _Size:
    scenes: int
    seconds: float
    tuning: int
    probes: int
    condition_scenes: int
    condition_probes: int
    curve_scenes: int
    conditions: tuple[str, ...]
    copies: int
    dim_copies: int


_FULL: Final = _Size(6, 45.0, 2, 24, 4, 4, 2, tuple(_CONDITION_CAMERAS), 4, 2)
_QUICK: Final = _Size(2, 32.0, 1, 6, 2, 2, 1, ("30 fps", "15 fps", "double the noise"), 3, 0)


def bench(
    videos: Sequence[Path], *, model: Path | None = None, seed: int = 0, quick: bool = False, progress: Progress
) -> Results:
    """Measures all filters on synthetic truth, and on real clips when there are any.

    Args:
        videos: clips of one face each; their noise is then also that of the scenes.
        model: the face model's file, needed with videos; None for the usual places.
        seed: of scenes, noise and disturbances. The same seed gives the same figures, except the cost.
        quick: fewer scenes and trackings: coarser figures in a quarter of the time.
        progress: told what is being done, and the share done.

    Raises:
        SourceError: a video cannot be read, or none shows a face for long enough.
        ModelError: there is no face model, and none can be had.
    """
    began = time.perf_counter()
    run = _Run(_QUICK if quick else _FULL, seed, progress, 0.75 if videos else 0.0)
    clips, skipped = _tracked_clips(videos, model, run) if videos else ([], [])
    results = run.scenes(cameras([clip.residuals for clip in clips]) if clips else [StandIn()])
    results.source = ", ".join(clip.name for clip in clips) or "stand-in"
    results.quick, results.seed, results.skipped = quick, seed, skipped
    if clips:
        run.clips(clips, results)
    results.seconds = time.perf_counter() - began
    progress("done", 1.0)
    return results


def _tracked_clips(videos: Sequence[Path], model: Path | None, run: "_Run") -> tuple[list[Clip], list[str]]:
    from avatar_driver.models import find_model
    from avatar_driver.sources._landmarker import Landmarker

    path = find_model(model)

    def tracker(smoothing: bool) -> Tracker:
        return Landmarker(path, smoothing=smoothing)

    clips, skipped = [], []
    for number, video in enumerate(videos):

        def told(share: float, number: int = number, name: str = video.name) -> None:
            run.progress(f"tracking {name}", run.before_scenes * (number + share) / len(videos))

        try:
            clips.append(
                track_clip(
                    video, tracker=tracker, copies=run.size.copies, dim_copies=run.size.dim_copies,
                    seed=int(run.stream(_TRACKING, number).integers(2**31)), progress=told,
                )
            )  # fmt: skip
        except SourceError as error:
            if len(videos) == 1:
                raise
            skipped.append(str(error))
    if not clips:
        raise SourceError("\n".join(skipped))
    return clips, skipped


class _Run:
    """One run of the bench, with its random streams and its progress."""

    def __init__(self, size: _Size, seed: int, progress: Progress, before_scenes: float) -> None:
        self.size, self._seed, self.progress, self.before_scenes = size, seed, progress, before_scenes
        self._done = before_scenes
        self.probes: list[Take] = []
        self.tuning: list[Group] = []

    def stream(self, *use: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, *use])

    def scenes(self, noises: Sequence[Noise]) -> Results:
        """Everything that is measured on synthetic truth; the kinds of noise take turns."""
        self._tell("choreographing", 0.02)
        size = self.size
        self.tuning = [self._scene(noises, Camera(), _TUNING, i) for i in range(size.tuning)]
        reporting = [self._scene(noises, Camera(), _REPORTING, i) for i in range(size.scenes)]
        self.probes = [self._probe(noises, _PROBE_CAMERA, _PROBING, i) for i in range(size.probes)]
        self._tell("tuning the baselines to our calm", 0.06)
        contenders, curve = _tuned(self.tuning, reporting[: size.curve_scenes], with_tracker=False)
        results = Results(contenders={one.key: (one.label, one.detail) for one in contenders})
        raw = [Played(take, take.raw.astype(np.float64)) for take in self.probes]
        shown: dict[str, list[Played]] = {}
        for number, one in enumerate(contenders):
            self._tell(f"playing {one.label}", 0.25 + 0.35 * number / len(contenders))
            assert one.make is not None
            stage = one.make()
            outputs = [group.played(stage) for group in reporting]
            played = [Played(take, play(stage, take)) for take in self.probes]
            results.synthetic[one.key] = free_scores(reporting, outputs) | probe_scores(played, raw)
            shown[one.key] = [Played(reporting[0].takes[0], outputs[0][0]), *played[:2]]
            results.cost[one.key] = _cost(one, reporting[0].takes[0])
        results.curves["scenes"] = curve
        results.traces = scene_traces(shown[TUNED], shown[OURS])
        self._conditions(noises, [one for one in contenders if one.key in (RAW, FOXY, TUNED, OURS)], results)
        return results

    def clips(self, clips: Sequence[Clip], results: Results) -> None:
        """Everything that is measured on real clips: tuned on first halves, reported on second halves."""
        self._tell("measuring the clips", 0.9)
        split = [[halves(take) for take in clip.takes] for clip in clips]
        tuning: list[Group] = [Group(tuple(first for first, _ in takes[:3])) for takes in split]
        reporting = [Group(tuple(second for _, second in takes)) for takes in split]
        if not any(np.isfinite(group.calm(rest_jitter, group.raw)) for group in tuning):
            results.notes.append(
                "The first half of no clip holds enough rest to tell how calm a filter is: for the clips, too, the "
                "baselines were tuned on choreographed faces."
            )
            tuning = self.tuning
        # As calm as ours is where both are reported: in first halves it still learns the noise, and halves differ.
        calm = _calm(reporting) if tuning is not self.tuning else math.nan
        contenders, results.curves["clips"] = _tuned(tuning, reporting, calm=calm, with_tracker=True)
        results.clip_contenders = {one.key: (one.label, one.detail) for one in contenders}
        dim = [Group(tuple(halves(take)[1] for take in clip.dim)) for clip in clips if clip.dim]
        results.clips = {clip.name: {} for clip in clips}
        for one in contenders:
            for clip, group in zip(clips, reporting, strict=True):
                judged = group if one.make else Group(group.takes[: len(clip.smoothed)])
                outputs = group.played(one.make()) if one.make else list(clip.smoothed)
                results.clips[clip.name][one.key] = free_scores([judged], [outputs])
            every = [scores[one.key] for scores in results.clips.values()]
            results.clip_medians[one.key] = median_score([score for score in every if score])
            if dim and one.make is not None and one.key in (RAW, FOXY, TUNED, OURS):
                stage = one.make()
                score = free_scores(dim, [group.played(stage) for group in dim])
                results.conditions.setdefault("real faces, low light", {})[one.key] = score
        makers = {one.key: one.make for one in contenders}
        longest = max(reporting, key=lambda group: int(group.takes[0].reported.sum())).takes[0]
        shown = {key: Played(longest, play(make(), longest)) for key in (TUNED, OURS) if (make := makers[key])}
        results.clip_traces = clip_traces(shown[TUNED], shown[OURS])

    def _conditions(self, noises: Sequence[Noise], contenders: Sequence[Contender], results: Results) -> None:
        for number, name in enumerate(self.size.conditions):
            camera = _CONDITION_CAMERAS[name]
            self._tell(f"measuring at {name}", 0.62 + 0.36 * number / len(self.size.conditions))
            # The same scenes and noise at each condition: what differs is the condition.
            groups = [self._scene(noises, camera, _CONDITIONS, i) for i in range(self.size.condition_scenes)]
            count = self.size.condition_probes
            if name == RAISED:  # these moves are smaller beside their noise, so it takes more of them
                groups, count, camera = [], 6 * count, _PROBE_CAMERA
            probes = [self._probe(noises, camera, _CONDITIONS, 100 + i, name == RAISED) for i in range(count)]
            raw = [Played(take, take.raw.astype(np.float64)) for take in probes]
            results.conditions[name] = {}
            for one in contenders:
                assert one.make is not None
                stage = one.make()
                score = free_scores(groups, [group.played(stage) for group in groups])
                score |= probe_scores([Played(take, play(stage, take)) for take in probes], raw)
                results.conditions[name][one.key] = score

    def _scene(self, noises: Sequence[Noise], camera: Camera, use: int, number: int) -> Group:
        path = scene(self.stream(use, number, 0), self.size.seconds)
        noise = noises[number % len(noises)]
        return Group((camera.film(path, noise, self.stream(use, number, 1), f"scene {number + 1}"),))

    def _probe(self, noises: Sequence[Noise], camera: Camera, use: int, number: int, raised: bool = False) -> Take:
        path = probe(self.stream(use, number, 0), number, raised=raised)
        noise = noises[number % len(noises)]
        return camera.film(path, noise, self.stream(use, number, 1), f"probe {number + 1}")

    def _tell(self, what: str, share: float) -> None:
        self.progress(what, self.before_scenes + (1 - self.before_scenes) * share)


def _tuned(
    tuning: Sequence[Group], curve_on: Sequence[Group], *, calm: float = math.nan, with_tracker: bool
) -> tuple[tuple[Contender, ...], dict[str, list[CurvePoint]]]:
    """The line-up with baselines tuned to a calm, × raw, and each family's curve of jitter against delay.

    Where no calm is given, or none was found, it is ours on what they are tuned on.
    """
    calm = calm if math.isfinite(calm) else _calm(tuning)
    settings = tuned_one_euro(tuning, calm, _CURVE_JITTERS)
    averages = tuned_ema(tuning, [calm, *_CURVE_JITTERS])
    contenders = lineup(averages[0], settings[0], with_tracker=with_tracker)
    curves: dict[str, list[CurvePoint]] = {}
    for name, members in families(averages[1:], settings[1:]).items():
        for setting, make in members:
            score = free_scores(curve_on, [group.played(make()) for group in curve_on])
            curves.setdefault(name, []).append(CurvePoint(setting, score["jitter"], score["delay_ms"], score["error"]))
    return contenders, curves


def _calm(groups: Sequence[Group]) -> float:
    """Our rest jitter, × raw."""
    return median(group.calm(rest_jitter, group.played(TwoTimescale())) for group in groups)


def _cost(one: Contender, take: Take) -> dict[str, float]:
    assert one.make is not None
    microseconds = 1e6 * cost(one.make(), take)[:_COST_FRAMES]
    return {"p50_us": float(np.median(microseconds)), "p99_us": float(np.percentile(microseconds, 99))}
