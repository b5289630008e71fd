from dataclasses import replace

import numpy as np
import pytest

from avatar_driver.bench.baselines import Ema, Raw
from avatar_driver.bench.camera import Camera
from avatar_driver.bench.measures import apart, delay, held_sd, high_frequency, masks, moving_error, rest_jitter
from avatar_driver.bench.take import Floats, Take, play
from avatar_driver.channels import CHANNELS, SHAPES
from tests.bench.signals import STEADY, still, take_of


def white(take: Take, sd: float = 0.01, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(0, sd, take.truth.shape)


def noisy(take: Take, noise: Floats) -> Take:
    return replace(take, raw=(take.truth + noise).astype(np.float32))


def lively(times: Floats) -> Floats:
    """Movement at 0.7 and 1.9 Hz, too slow for a camera of 30 Hz to miss anything."""
    return 0.4 + 0.2 * np.sin(2 * np.pi * 0.7 * times) + 0.1 * np.sin(2 * np.pi * 1.9 * times)


def test_an_average_calms_white_noise_by_its_closed_form() -> None:
    take = still(60.0)
    take = noisy(take, white(take))
    tau = 0.08
    alpha = 1 - np.exp(-1 / 30 / tau)
    ratio = rest_jitter(take, play(Ema(time_constant=tau), take) - take.truth) / rest_jitter(
        take, play(Raw(), take) - take.truth
    )
    # y' = y + α(x − y): the change's variance is 2α²/(2 − α), that of white noise 2.
    assert ratio == pytest.approx(alpha / np.sqrt(2 - alpha), rel=0.02)


def test_trembling_is_counted_at_rest_only() -> None:
    take = take_of(lambda t: 0.3 + 0.3 * np.clip(np.sin(2 * np.pi * 0.1 * t), 0, None), 40.0)
    error = white(take)
    rest = masks(take).rest
    assert 0.2 < rest.mean() < 0.8
    assert rest_jitter(take, np.where(rest, 0.0, error)) < 1e-12
    assert rest_jitter(take, np.where(rest, error, 5.0)) == pytest.approx(0.01 * np.sqrt(2), rel=0.05)


def test_a_mouth_that_talks_is_not_at_rest() -> None:
    """At 5 Hz the slope over nine frames is nearly nothing, and a murmur is too small to count as movement."""
    for size in (0.015, 0.1):
        talking = take_of(lambda t, size=size: 0.3 + size * np.sin(2 * np.pi * 5 * t), 20.0)
        assert not masks(talking).rest[:, SHAPES].any()


def test_a_clip_with_next_to_no_rest_and_a_closed_shape_say_nothing_of_trembling() -> None:
    brief = still(20.0)
    assert rest_jitter(brief, white(brief), (3,)) == pytest.approx(0.01 * np.sqrt(2), rel=0.1)
    assert np.isnan(rest_jitter(replace(brief, reported=brief.times < 2.5), white(brief), (3,)))
    closed = still(20.0, level=0.01)
    assert not masks(closed).rest[:, SHAPES].any()
    assert masks(closed).rest[closed.reported][:, SHAPES.stop :].all()


def test_a_face_that_hardly_drifts_is_at_rest() -> None:
    drifting = take_of(lambda t: 0.3 + 0.04 * t, 10.0)
    assert masks(drifting).rest[drifting.reported][:, SHAPES].all()
    assert not masks(drifting).moving.any()


def test_frames_that_do_not_count_are_not_measured() -> None:
    take = take_of(lively, 20.0)
    half = replace(take, reported=take.times > 10)
    wrong_before = take.truth + np.where(take.times > 10, 0.0, 0.5)[:, None]
    assert moving_error(half, wrong_before) < 1e-9
    assert moving_error(take, wrong_before) > 0.1


def test_an_added_bias_is_the_error_and_no_trembling() -> None:
    take = take_of(lively, 20.0)
    assert moving_error(take, take.truth + 0.03) == pytest.approx(0.03)
    calm = still(20.0)
    assert rest_jitter(calm, np.full_like(calm.truth, 0.03)) == 0
    assert held_sd(calm, np.full_like(calm.truth, 0.03)) == pytest.approx(0, abs=1e-12)


def test_a_held_expression_wavers_by_the_sd_of_its_error() -> None:
    take = still(40.0)
    wave = 0.02 * np.sin(2 * np.pi * 1.0 * take.captured)[:, None] * np.ones(len(CHANNELS))
    assert held_sd(take, wave) == pytest.approx(0.02 / np.sqrt(2), rel=0.02)


def test_a_resting_face_holds_no_expression() -> None:
    assert np.isnan(held_sd(still(10.0, level=0.05), np.zeros((300, len(CHANNELS)))))


@pytest.mark.parametrize(("frequency", "counts"), [(3.0, False), (6.0, False), (10.5, True), (13.0, True)])
def test_flicker_is_what_is_above_8_hz(frequency: float, counts: bool) -> None:
    take = still(20.0)
    wave = np.sin(2 * np.pi * frequency * take.captured)[:, None] * np.ones(len(CHANNELS))
    share = high_frequency(take, wave) / high_frequency(take, white(take, 1 / np.sqrt(2)))
    # All of a wave's power lies in one place, white noise spreads over 15 Hz of which 8 to 15 count.
    assert share > 1.8 if counts else share < 0.05


def test_there_is_no_flicker_to_be_seen_at_15_fps() -> None:
    slow = still(10.0, camera=replace(STEADY, rate=15.0))
    assert np.isnan(high_frequency(slow, white(slow)))


@pytest.mark.parametrize("frames", [0, 1, 2, 3])
def test_a_pure_delay_of_some_frames_is_found(frames: int) -> None:
    take = take_of(lively, 30.0)
    late = np.roll(take.truth, frames, axis=0)
    assert delay(take, late) == pytest.approx(frames / 30, abs=0.0005)


@pytest.mark.parametrize("seconds", [-0.02, 0.0043, 0.0117, 0.1])
def test_a_delay_between_two_frames_is_found(seconds: float) -> None:
    take = take_of(lively, 30.0)
    late = np.stack([take.truth_at(take.captured - seconds, c) for c in range(len(CHANNELS))], axis=1)
    assert delay(take, late) == pytest.approx(seconds, abs=0.0005)


def test_an_output_that_is_no_number_has_no_delay() -> None:
    take = take_of(lively, 10.0)
    assert np.isnan(delay(take, np.full_like(take.truth, np.nan)))
    assert np.isnan(delay(still(10.0), still(10.0).truth)), "nor has a face that never moves"


def test_half_the_gain_is_no_delay() -> None:
    take = take_of(lively, 30.0)
    assert delay(take, 0.5 * take.truth) == pytest.approx(0, abs=0.0005)


def test_an_average_lags_a_slow_wave_by_its_group_delay() -> None:
    take = take_of(lambda t: 0.4 + 0.3 * np.sin(2 * np.pi * 0.5 * t), 60.0)
    tau, step = 0.07, 1 / 30
    # At direct current dt(1 − α)/α = dt/(e^(dt/τ) − 1); at 0.5 Hz a little less.
    turn = np.exp(-2j * np.pi * 0.5 * step)
    alpha = 1 - np.exp(-step / tau)
    exact = -np.angle(alpha / (1 - (1 - alpha) * turn)) / (2 * np.pi * 0.5)
    assert exact == pytest.approx(step / np.expm1(step / tau), rel=0.03)
    assert delay(take, play(Ema(time_constant=tau), take)) == pytest.approx(exact, abs=0.0007)


def test_dropped_frames_and_a_wrong_clock_do_not_shift_the_delay_of_an_untouched_face() -> None:
    take = take_of(lively, 60.0, Camera(dropped=0.15, misreported=0.008))
    assert delay(take, play(Raw(), take)) == pytest.approx(0, abs=0.001)


def test_what_several_copies_share_is_not_their_noise() -> None:
    take = still(60.0)
    shared = 0.1 * np.sin(2 * np.pi * 3 * take.captured)[:, None]
    outputs = [take.truth + shared + white(take, 0.01, seed) for seed in range(4)]
    for own in apart(outputs):
        assert rest_jitter(take, own) == pytest.approx(0.01 * np.sqrt(2), rel=0.03)


def test_the_truths_own_noise_is_taken_off_the_error() -> None:
    """A mean of four trackings is itself off by half a tracking's noise; a perfect filter must still show no error."""
    take = take_of(lively, 60.0)
    streams = np.stack([take.truth + white(take, 0.02, seed) for seed in range(4)])
    mean = streams.mean(axis=0)
    judged = replace(take, truth=mean, spread=streams - mean)
    naive = replace(take, truth=mean)
    own = take.truth + white(take, 0.02, 9)
    assert moving_error(naive, take.truth) == pytest.approx(0.01, rel=0.03)
    assert moving_error(judged, take.truth) < 0.002
    assert moving_error(judged, own) == pytest.approx(0.02, rel=0.03)
