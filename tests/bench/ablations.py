"""What each part of `two_timescale` buys: `python tests/bench/ablations.py [VIDEO ...] [--model FILE] [--seed N]`.

The filter is played over the bench's scenes, probes and, where there are videos, their second halves: whole, and then
with one part taken out at a time, all else as it ships. Nothing is tuned again, so a part may look a little dearer than
it is. The last row, with videos, is our filter behind MediaPipe's own smoothing instead of in its place.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from avatar_driver.bench.camera import Camera
from avatar_driver.bench.group import Group
from avatar_driver.bench.noise import StandIn
from avatar_driver.bench.probes import probe
from avatar_driver.bench.scenes import scene
from avatar_driver.bench.scores import Score, free_scores, median_score, probe_scores
from avatar_driver.bench.take import Take, play
from avatar_driver.bench.takes import Clip, halves, track_clip
from avatar_driver.bench.timing import Played
from avatar_driver.channels import CHANNELS, SHAPES
from avatar_driver.stages import two_timescale
from avatar_driver.stages._lively import Liveliness, Lively
from avatar_driver.stages._noise import Learning, NoiseMeter
from avatar_driver.stages._regimes import Constants, Regimes
from avatar_driver.stages.two_timescale import TwoTimescale

SHIPPED: Final = Constants()
LEARNED: Final = Learning()
STEADY: Final = Camera(dropped=0.0, stalls=False)
COLUMNS: Final = {
    "jitter": "jitter", "loud": "noise × 2", "loud_added": "+ ms", "delay_ms": "delay ms", "error": "error",
    "pulse_40": "40 ms", "pulse_80": "80 ms", "pulse_120": "120 ms", "subtle_step_ms": "step ms",
    "subtle_ramp_ms": "ramp ms", "skew_ms": "lids ms", "clip_jitter": "clips: jitter", "clip_delay_ms": "delay ms",
    "clip_error": "error",
}  # fmt: skip


def regimes(constants: Constants, *, paired: bool = True) -> TwoTimescale:
    """The filter with other regimes, or with every channel by itself."""
    stage = TwoTimescale()
    partners = two_timescale._partners() if paired else np.arange(len(CHANNELS))
    stage._regimes = Regimes(constants, partners, two_timescale.REGIONS["gaze"])
    return stage


def learning(learned: Learning, *, witnesses: bool = True) -> TwoTimescale:
    """The filter that learns noise otherwise, or from shapes that the tracker never moves too."""
    stage = TwoTimescale()
    opened = stage._noise._open_from if witnesses else np.full(len(CHANNELS), -np.inf)
    stage._noise = NoiseMeter(SHAPES, slice(SHAPES.stop, len(CHANNELS)), opened, learned)
    return stage


def lively(liveliness: Liveliness, *, halves: bool = True) -> TwoTimescale:
    """The filter to which a lively face matters otherwise, or that takes both halves of it for one."""
    stage = TwoTimescale()
    members = two_timescale._HALVES if halves else (range(SHAPES.stop),)
    stage._lively = Lively(members, len(CHANNELS), liveliness)
    return stage


def deaf() -> TwoTimescale:
    """The filter that takes the noise for what it starts with."""
    stage = TwoTimescale()
    stage._noise.learn = lambda *_: None  # type: ignore[method-assign]
    return stage


def without(share: int, exits: tuple[float, float, float]) -> tuple[float, float, float]:
    """Ways out of a regime, one of them closed."""
    left = list(exits)
    left[share] = 0.0
    return left[0], left[1], left[2]


VARIANTS: Final[dict[str, Callable[[], TwoTimescale]]] = {
    "as it ships": TwoTimescale,
    "twins do not share their regime": lambda: regimes(SHIPPED, paired=False),
    "no noise learning": deaf,
    "never-moved shapes vote on noise": lambda: learning(LEARNED, witnesses=False),
    "no noise of each channel's own": lambda: learning(replace(LEARNED, own_belief=0.0)),
    "no bursts": lambda: learning(replace(LEARNED, burst_most=0.0)),
    "no lingering noise": lambda: learning(replace(LEARNED, lingering_most=0.0)),
    "all of a rise believed": lambda: learning(replace(LEARNED, withheld=0.0)),
    "no liveliness": lambda: lively(Liveliness(weight=0.0)),
    "the face lively as a whole": lambda: lively(Liveliness(), halves=False),
    "no drift regime": lambda: regimes(
        replace(
            SHIPPED,
            hold_exits=without(0, SHIPPED.hold_exits),
            jump_exits=without(1, SHIPPED.jump_exits),
            ramp_exits=without(1, SHIPPED.ramp_exits),
        )
    ),
    "no ramp regime": lambda: regimes(
        replace(
            SHIPPED,
            hold_exits=without(1, SHIPPED.hold_exits),
            jump_exits=without(2, SHIPPED.jump_exits),
            drift_exits=without(1, SHIPPED.drift_exits),
        )
    ),
    "no jump regime": lambda: regimes(
        replace(
            SHIPPED,
            hold_exits=without(2, SHIPPED.hold_exits),
            drift_exits=without(2, SHIPPED.drift_exits),
            ramp_exits=without(2, SHIPPED.ramp_exits),
        )
    ),
    "Gaussian tails": lambda: regimes(replace(SHIPPED, tails=1e4)),
}


class Ground:
    """The scenes, probes and clips that all variants are played over."""

    def __init__(self, seed: int, scenes: int, clips: Sequence[Clip]) -> None:
        def stream(*use: int) -> np.random.Generator:
            return np.random.default_rng([seed, *use])

        def filmed(camera: Camera, number: int) -> Group:
            path = scene(stream(1, number, 0), 45.0)
            return Group((camera.film(path, StandIn(), stream(1, number, 1), "scene"),))

        self.scenes = [filmed(Camera(), i) for i in range(scenes)]
        self.loud = [filmed(Camera(noise_scale=2.0), i) for i in range(scenes)]
        self.probes = [
            STEADY.film(probe(stream(2, i, 0), i), StandIn(), stream(2, i, 1), "probe") for i in range(4 * scenes)
        ]
        self.raw = [Played(take, take.raw.astype(np.float64)) for take in self.probes]
        self.clips = [Group(tuple(halves(take)[1] for take in clip.takes)) for clip in clips]

    def score(self, stage: TwoTimescale) -> Score:
        """All columns of one variant."""
        calm = free_scores(self.scenes, [group.played(stage) for group in self.scenes])
        loud = free_scores(self.loud, [group.played(stage) for group in self.loud])
        moves = probe_scores([Played(take, play(stage, take)) for take in self.probes], self.raw)
        clips = [free_scores([group], [group.played(stage)]) for group in self.clips]
        added = {"loud": loud["jitter"], "loud_added": loud["delay_ms"] - calm["delay_ms"]}
        return {**calm, **moves, **added, **on_clips(clips)}


def on_clips(scores: Sequence[Score]) -> Score:
    """The clips' columns."""
    median = median_score(scores)
    return {f"clip_{name}": median[name] for name in ("jitter", "delay_ms", "error") if name in median}


def behind(clip: Clip) -> Score:
    """Our filter behind MediaPipe's smoothing, judged as the others are: by trackings that nothing smoothed."""
    smoothed = [
        replace(take, raw=values.astype(np.float32)) for take, values in zip(clip.takes, clip.smoothed, strict=False)
    ]
    outputs = [play(TwoTimescale(), halves(take)[1]) for take in smoothed]
    judged: list[Take] = [halves(take)[1] for take in clip.takes[: len(smoothed)]]
    return free_scores([Group(tuple(judged))], [outputs])


def tracked(videos: Sequence[Path], model: Path | None, seed: int) -> list[Clip]:
    """The clips with their truth, as the bench tracks them."""
    if not videos:
        return []
    from avatar_driver.models import find_model
    from avatar_driver.sources._landmarker import Landmarker

    path = find_model(model)
    return [
        track_clip(
            video, tracker=lambda smoothing: Landmarker(path, smoothing=smoothing), copies=4, dim_copies=0,
            seed=seed + number, progress=lambda share: None,
        )
        for number, video in enumerate(track(videos, "tracking", console=Console(stderr=True)))
    ]  # fmt: skip


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("videos", nargs="*", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scenes", type=int, default=4)
    asked = parser.parse_args()
    clips = tracked(asked.videos, asked.model, asked.seed)
    ground = Ground(asked.seed, asked.scenes, clips)
    scores = {name: ground.score(make()) for name, make in VARIANTS.items()}
    if clips:
        scores["behind MediaPipe's smoothing"] = on_clips([behind(clip) for clip in clips])
    table = Table(title=f"Ablations, seed {asked.seed}, {asked.scenes} scenes, {len(clips)} clips")
    table.add_column("variant")
    for title in COLUMNS.values():
        table.add_column(title, justify="right")
    for name, score in scores.items():
        figures = [score.get(key, np.nan) for key in COLUMNS]
        cells = [f"{value:.1f}" if key.endswith(("ms", "added")) else f"{value:.2f}"
                 for key, value in zip(COLUMNS, figures, strict=True)]  # fmt: skip
        table.add_row(name, *("–" if cell == "nan" else cell for cell in cells))
    Console(width=180).print(table)


if __name__ == "__main__":
    main()
