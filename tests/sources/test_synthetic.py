import threading

import numpy as np
import pytest

from avatar_driver.channels import INDEX, PAIRS, ROTATION, SHAPE_NAMES, SHAPES
from avatar_driver.sources._choreography import PERIOD, Choreography
from avatar_driver.sources.synthetic import Synthetic

RATE = 200


@pytest.fixture(scope="module")
def play() -> np.ndarray:
    """(time, channel) one whole play of the noiseless formula."""
    choreography = Choreography(seed=3)
    return np.array([choreography.face(i / RATE) for i in range(int(PERIOD * RATE))])


def channel(play: np.ndarray, name: str) -> np.ndarray:
    return play[:, INDEX[name]]


def values(**settings: float) -> np.ndarray:
    frames = Synthetic(fast=True, **settings).frames(threading.Event())  # type: ignore[arg-type]
    return np.array([frame.values for frame in frames])


def test_shapes_stay_in_range_and_the_play_has_no_seam(play: np.ndarray) -> None:
    assert play[:, SHAPES].min() >= 0
    assert play[:, SHAPES].max() <= 1
    assert np.abs(play[0] - play[-1]).max() < 0.05


def test_blinks_close_quickly_open_slowly_and_come_as_often_as_peoples(play: np.ndarray) -> None:
    lid = channel(play, "eyeBlinkLeft")
    closed = lid > 0.5
    starts = np.flatnonzero(closed[1:] & ~closed[:-1])
    assert 6 <= len(starts) * 60 / PERIOD <= 30  # a minute
    begin = starts[0]
    peak = begin + int(np.argmax(lid[begin : begin + RATE // 4]))
    rise = peak - np.flatnonzero(lid[:peak] < 0.1 * lid[peak])[-1]
    fall = np.flatnonzero(lid[peak:] < 0.1 * lid[peak])[0]
    assert 0.04 < rise / RATE < 0.1
    assert 1.4 < fall / rise < 4


def test_both_eyes_look_the_same_way(play: np.ndarray) -> None:
    right_of_left_eye = channel(play, "eyeLookInLeft") - channel(play, "eyeLookOutLeft")
    right_of_right_eye = channel(play, "eyeLookOutRight") - channel(play, "eyeLookInRight")
    assert np.allclose(right_of_left_eye, right_of_right_eye)
    assert np.ptp(right_of_left_eye) > 0.5
    # Saccades: the gaze stands still most of the time and moves within a few hundredths of a second.
    moving = np.abs(np.diff(right_of_left_eye)) > 1e-6
    assert moving.mean() < 0.1


def test_the_play_has_speech_smiles_brows_a_micro_expression_and_nods(play: np.ndarray) -> None:
    assert channel(play, "mouthSmileLeft").max() > 0.7
    assert channel(play, "browInnerUp").max() > 0.5
    jaw = channel(play, "jawOpen")[int(3 * RATE) : int(8 * RATE)]
    peaks = np.flatnonzero((jaw[1:-1] > jaw[:-2]) & (jaw[1:-1] >= jaw[2:]) & (jaw[1:-1] > 0.08))
    assert 3 <= len(peaks) / 5 <= 7  # syllables a second
    sneer = channel(play, "noseSneerLeft") > 0.01
    assert 0.08 < sneer.sum() / RATE < 0.2
    nodding = play[int(27.2 * RATE) : int(28.4 * RATE), ROTATION.start]
    assert np.ptp(nodding) > np.deg2rad(8)
    moved = play[:, SHAPES].max(axis=0) > 0.1
    assert moved.sum() >= 40


def test_the_seed_decides_everything() -> None:
    first, again, other = (values(seconds=3, noise=1, seed=seed) for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_noise_has_the_trackers_size_colour_and_shared_sides() -> None:
    clean, noisy = values(seconds=40, seed=1), values(seconds=40, seed=1, noise=1)

    def log_odds(p: np.ndarray) -> np.ndarray:
        return np.log(p / (1 - p))

    smile = SHAPE_NAMES.index("mouthSmileLeft")
    level = 0.04 + 0.96 * clean[:, smile]
    noise = log_odds(noisy[:, smile].astype(float)) - log_odds(np.clip(level, 1e-4, 1 - 1e-4))
    assert noise.std() == pytest.approx(0.25, rel=0.15)
    assert np.corrcoef(noise[1:], noise[:-1])[0, 1] == pytest.approx(0.35, abs=0.12)
    left, right = next(pair for pair in PAIRS if pair[0] == smile)
    other = log_odds(noisy[:, right].astype(float)) - log_odds(np.clip(0.04 + 0.96 * clean[:, right], 1e-4, 1 - 1e-4))
    assert np.corrcoef(noise, other)[0, 1] == pytest.approx(0.85, abs=0.08)
    assert left == smile


def test_twice_the_noise_is_twice_as_noisy() -> None:
    one, two = values(seconds=20, seed=1, noise=1), values(seconds=20, seed=1, noise=2)
    still = INDEX["headRotationX"]
    clean = values(seconds=20, seed=1)[:, still]
    assert (two[:, still] - clean).std() == pytest.approx(2 * (one[:, still] - clean).std(), rel=0.01)


def test_the_frame_rate_and_length_are_as_asked() -> None:
    frames = list(Synthetic(fast=True, fps=60, seconds=2).frames(threading.Event()))
    assert len(frames) == 120
    assert frames[1].time - frames[0].time == pytest.approx(1 / 60)
