"""A lively half of a face is followed more closely, a resting one is calmer, and neither knows of the other."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from avatar_driver.channels import CHANNELS, INDEX, REGIONS, ROTATION, SHAPES
from avatar_driver.frame import Frame
from avatar_driver.stages import two_timescale
from avatar_driver.stages._lively import Liveliness, Lively
from avatar_driver.stages.two_timescale import TwoTimescale
from tests.stages.test_two_timescale import noisy, rise, roughness, run, still, times

KNOWN = Liveliness(usual=0.1, weight=0.5, time=0.2)
UPPER, LOWER = two_timescale._HALVES
HERE, ALONE = (0, 1, 2, 3), 9
EVERYWHERE = np.ones(10, dtype=bool)


def small() -> Lively:
    """Two halves of four and five channels, and one channel in neither."""
    return Lively((HERE, (4, 5, 6, 7, 8)), 10, KNOWN)


def resting(moving: float = 0.0) -> np.ndarray:
    """How surely each of ten channels rests, when the first four do so much."""
    out = np.ones(10)
    out[list(HERE)] = 1 - moving
    return out


def test_a_half_that_moves_is_taken_for_less_noisy_and_the_other_is_not():
    lively = small()
    assert lively.factor() == pytest.approx(1.0), "nothing is known at first"
    for _ in range(200):
        lively.learn(resting(moving=0.9), EVERYWHERE, 1 / 30)
    factor = lively.factor()
    assert factor[:4] == pytest.approx(math.exp(-2 * 0.5 * (0.9 - 0.1)))
    assert factor[4:9] == pytest.approx(math.exp(2 * 0.5 * 0.1)), "all is still there: a little more"
    assert factor[ALONE] == 1.0


def test_liveliness_comes_and_goes_in_seconds_not_in_frames():
    after = []
    for fps in (15, 60):
        lively = small()
        for _ in range(round(0.2 * fps)):
            lively.learn(resting(moving=1.0), EVERYWHERE, 1 / fps)
        after.append(float(np.log(lively.factor()[0])))
    way = 1 - math.exp(-1)
    assert after == pytest.approx([-2 * 0.5 * (0.1 + 0.9 * way - 0.1)] * 2)


def test_channels_that_are_as_good_as_closed_have_no_say():
    lively = small()
    open_ones = EVERYWHERE.copy()
    open_ones[[0, 1]] = False
    uneven = resting()
    uneven[[0, 1]] = 0.0  # these seem to move
    for _ in range(200):
        lively.learn(uneven, open_ones, 1 / 30)
    assert lively.factor()[2] == pytest.approx(math.exp(2 * 0.5 * 0.1))
    opposite = resting(moving=1.0)
    opposite[[0, 1]] = 1.0  # these seem to rest
    for _ in range(200):
        lively.learn(opposite, open_ones, 1 / 30)
    assert lively.factor()[2] == pytest.approx(math.exp(-2 * 0.5 * 0.9)), "of the open ones all move"
    for _ in range(200):
        lively.learn(uneven, np.zeros(10, dtype=bool), 1 / 30)
    assert np.isfinite(lively.factor()).all(), "a half of closed shapes only is a still one"


def test_every_shape_is_in_one_half_and_the_head_in_none():
    assert sorted((*UPPER, *LOWER)) == list(range(SHAPES.start, SHAPES.stop))
    assert INDEX["browInnerUp"] in UPPER
    assert INDEX["eyeSquintLeft"] in UPPER
    assert INDEX["jawOpen"] in LOWER
    assert INDEX["cheekPuff"] in LOWER


TALKING = tuple(c for c in LOWER if not CHANNELS[c].startswith("mouthSmile"))
SMILE = tuple(c for c in REGIONS["smile"] if CHANNELS[c].startswith("mouthSmile"))


def conversation(talks: bool, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(clean, tracked) frames of a face whose mouth talks or rests for 12 s; at 10 s it begins a small smile."""
    clean = still(12)
    t = times(clean)
    talk = 0.12 * np.sin(2 * np.pi * (4.3 * t + 0.6 * np.sin(2 * t))) * talks
    clean[:, list(TALKING)] += talk[:, None].astype(np.float32)
    clean[:, list(SMILE)] += 0.1 * rise(t, 10.0, 0.3)[:, None].astype(np.float32)
    return clean, noisy(clean, seed=seed, scale=0.6)


def error_of_smile(talks: bool) -> float:
    errors = []
    for seed in range(12):
        clean, tracked = conversation(talks, seed)
        out, _ = run(TwoTimescale(), tracked)
        errors.append((out - clean)[300:312, list(SMILE)])
    return float(-np.mean(errors))


def test_a_small_smile_comes_sooner_while_the_mouth_talks(monkeypatch: pytest.MonkeyPatch):
    talking, silent = error_of_smile(True), error_of_smile(False)
    assert talking < 0.95 * silent
    monkeypatch.setattr(two_timescale, "_LIVELINESS", Liveliness(weight=0.0))
    assert error_of_smile(True) > 1.1 * talking, "it is liveliness that does it"


def roughness_of_eyes() -> float:
    """How much eyes tremble while the mouth talks, over the tracker's trembling."""
    found = []
    for seed in (3, 4, 5):
        _, tracked = conversation(True, seed)
        out, _ = run(TwoTimescale(), tracked)
        found.append(np.median((roughness(out[90:300]) / roughness(tracked[90:300]))[list(UPPER)]))
    return float(np.mean(found))


def test_eyes_rest_while_the_mouth_talks(monkeypatch: pytest.MonkeyPatch):
    apart = roughness_of_eyes()
    monkeypatch.setattr(two_timescale, "_HALVES", (UPPER + LOWER,))
    assert roughness_of_eyes() > 1.08 * apart
    monkeypatch.setattr(two_timescale, "_LIVELINESS", Liveliness(weight=0.0))
    assert roughness_of_eyes() > 0.9 * apart


def variance_after(change: Callable[[TwoTimescale], None]) -> np.ndarray:
    """R by liveliness of a stage that saw a talking mouth, and then something else."""
    stage = TwoTimescale()
    _, tracked = conversation(True, seed=1)
    run(stage, tracked[:150])
    assert stage._lively.factor()[INDEX["jawOpen"]] < 0.9
    change(stage)
    return stage._lively.factor()


def test_liveliness_is_forgotten_on_reset_and_with_a_face_that_was_long_gone():
    assert variance_after(TwoTimescale.reset) == pytest.approx(1.0)

    def leave(stage: TwoTimescale) -> None:
        stage(Frame(6.0, still(1)[0], tracked=False))
        stage(Frame(7.0, still(1)[0]))

    assert variance_after(leave) == pytest.approx(1.0)


def test_the_head_is_as_calm_in_a_talking_face():
    still_head, talking_head = (
        run(TwoTimescale(), conversation(talks, seed=2)[1])[0][90:300, ROTATION] for talks in (False, True)
    )
    assert roughness(talking_head) == pytest.approx(roughness(still_head), rel=1e-6)
