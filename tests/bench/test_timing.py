from dataclasses import replace

import numpy as np
import pytest

from avatar_driver.bench.baselines import Ema
from avatar_driver.bench.camera import Camera
from avatar_driver.bench.moves import blink, gesture, pulse
from avatar_driver.bench.probes import SINE_RATES, probe
from avatar_driver.bench.take import Floats, Kind, Take, play
from avatar_driver.bench.timing import Played, half_way_delay, hold_bias, peak, response, skew
from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.frame import Frame
from tests.bench.signals import filmed, one_move

SMILES = (INDEX["mouthSmileLeft"], INDEX["mouthSmileRight"])
LIDS = (INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"])
HALF_WAY = [Kind.STEP, Kind.SUBTLE_STEP, Kind.RAMP, Kind.SUBTLE_RAMP, Kind.BLINK, Kind.SACCADE]


class Deadband:
    """Shows a change only once it has grown to a threshold."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold

    def reset(self) -> None:
        self.shown: Floats | None = None

    def __call__(self, frame: Frame) -> Frame:
        if self.shown is None:
            self.shown = frame.values.copy()
        self.shown = np.where(np.abs(frame.values - self.shown) > self.threshold, frame.values, self.shown)
        return frame.changed(values=self.shown)


def pulses(width: float, count: int = 24, every: float = 1.5) -> Take:
    return one_move(
        Kind.PULSE_80, SMILES, lambda t: pulse(t, width), middle=width / 2, until=2 * width, amplitude=0.2,
        count=count, every=every,
    )  # fmt: skip


def steps() -> Take:
    return one_move(
        Kind.STEP, SMILES, lambda t: gesture(t, 0.05, 3.0, 0.3), middle=0.025, until=3.05, amplitude=0.4, every=4.5
    )


@pytest.fixture(scope="module")
def probes() -> list[Take]:
    return [filmed(probe(np.random.default_rng(turn), turn)) for turn in range(6)]


def shifted(take: Take, seconds: float) -> Played:
    late = np.stack([take.truth_at(take.captured - seconds, c) for c in range(len(CHANNELS))], axis=1)
    return Played(take, late)


@pytest.mark.parametrize("kind", HALF_WAY)
def test_the_tracker_itself_is_not_late(probes: list[Take], kind: Kind) -> None:
    assert half_way_delay([Played(t, t.raw.astype(float)) for t in probes], kind) == pytest.approx(0, abs=0.0025)


@pytest.mark.parametrize("kind", HALF_WAY)
@pytest.mark.parametrize("seconds", [0.012, 2 / 30])
def test_a_pure_delay_is_found_in_every_move(probes: list[Take], kind: Kind, seconds: float) -> None:
    assert half_way_delay([shifted(t, seconds) for t in probes], kind) == pytest.approx(seconds, abs=0.003)


def test_a_deadband_that_swallows_the_subtle_ramp_is_a_second_late(probes: list[Take]) -> None:
    played = [Played(take, play(Deadband(0.08), take)) for take in probes]
    assert half_way_delay(played, Kind.SUBTLE_RAMP) > 0.9
    assert half_way_delay(played, Kind.STEP) < 0.03


def test_moves_of_a_kind_that_is_not_there_have_no_delay(probes: list[Take]) -> None:
    assert np.isnan(half_way_delay([Played(probes[0], probes[0].truth)], Kind.SPEECH))


@pytest.mark.parametrize("rate", SINE_RATES)
def test_an_average_answers_each_frequency_by_its_closed_form(probes: list[Take], rate: float) -> None:
    tau = 0.05
    alpha = 1 - np.exp(-1 / 30 / tau)
    exact = alpha / (1 - (1 - alpha) * np.exp(-2j * np.pi * rate / 30))
    gain, late = response([Played(take, play(Ema(time_constant=tau), take)) for take in probes], rate)
    assert gain == pytest.approx(abs(exact), rel=0.03)
    assert late == pytest.approx(-np.angle(exact) / (2 * np.pi * rate), abs=0.0015)


@pytest.mark.parametrize("rate", SINE_RATES)
def test_half_the_movement_is_a_gain_of_a_half(probes: list[Take], rate: float) -> None:
    gain, late = response([Played(take, 0.5 * take.truth) for take in probes], rate)
    assert gain == pytest.approx(0.5, abs=0.001)
    assert late == pytest.approx(0, abs=1e-4)


def test_the_nod_is_told_from_shapes_of_the_same_frequency(probes: list[Take]) -> None:
    pitch = INDEX["headRotationX"]
    output = [take.truth.copy() for take in probes]
    for values in output:
        values[:, pitch] *= 0.25
    played = [Played(take, values) for take, values in zip(probes, output, strict=True)]
    assert response(played, 4.0, (pitch,))[0] == pytest.approx(0.25, abs=0.01)
    assert response(played, 4.0, range(52))[0] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("width", [0.04, 0.08, 0.12, 0.2])
def test_half_the_height_of_a_pulse_is_half_kept(width: float) -> None:
    take = pulses(width)
    whole = peak([Played(take, take.truth)], Kind.PULSE_80)
    assert peak([Played(take, 0.1 + (take.truth - 0.1) / 2)], Kind.PULSE_80) == pytest.approx(whole / 2)
    assert peak([Played(take, np.full_like(take.truth, 0.1))], Kind.PULSE_80) == pytest.approx(0, abs=1e-9)


def test_a_pulse_between_two_frames_is_seen_lower_than_it_is() -> None:
    """Of a 40 ms pulse a camera of 30 Hz sees 0.87 on average, of longer ones nearly all."""
    kept = {width: peak([Played(take := pulses(width), take.truth)], Kind.PULSE_80) for width in (0.04, 0.2)}
    exact = np.mean([0.5 + 0.5 * np.cos(np.pi * off / 30 / 0.04) for off in np.linspace(-0.5, 0.5, 1001)])
    assert kept[0.04] == pytest.approx(exact, abs=0.015)
    assert kept[0.2] > 0.99


def test_noise_does_not_pass_for_height() -> None:
    rng = np.random.default_rng(1)
    takes = [pulses(0.08, 60, 1.0) for _ in range(6)]
    clean = peak([Played(take, take.truth) for take in takes], Kind.PULSE_80)
    noisy = peak([Played(take, take.truth + rng.normal(0, 0.03, take.truth.shape)) for take in takes], Kind.PULSE_80)
    assert noisy == pytest.approx(clean, abs=0.03)


def test_a_late_peak_is_still_found() -> None:
    take = pulses(0.08)
    whole = peak([Played(take, take.truth)], Kind.PULSE_80)
    assert peak([shifted(take, 0.1)], Kind.PULSE_80) == pytest.approx(whole, abs=0.02)


def test_an_added_bias_is_the_hold_bias() -> None:
    take = steps()
    assert hold_bias([Played(take, take.truth)], Kind.STEP) == 0
    assert hold_bias([Played(take, take.truth - 0.012)], Kind.STEP) == pytest.approx(0.012)
    early = take.truth.copy()
    for event in take.events:
        early[(take.captured > event.onset) & (take.captured < event.onset + 1.4)] += 0.5
    assert hold_bias([Played(take, early)], Kind.STEP) == 0, "only 1.5 to 3 s after the step count"


@pytest.mark.parametrize("seconds", [0.0, 0.004, 0.012])
def test_left_and_right_put_apart_by_hand_are_found_apart(seconds: float) -> None:
    fast = Camera(rate=120.0, unsteady=0.0, misreported=0.0, dropped=0.0, stalls=False)
    take = one_move(Kind.BLINK, LIDS, blink, middle=0.0425, until=0.315, amplitude=0.65, every=1.0, camera=fast)
    output = take.truth.copy()
    for number, event in enumerate(take.events):
        here = (take.captured > event.onset - 0.3) & (take.captured < event.until + 0.1)
        lag = seconds if number % 2 else -seconds
        output[here, LIDS[0]] = take.truth_at(take.captured[here] - lag, LIDS[0])
    assert skew([Played(take, output)], Kind.BLINK) == pytest.approx(seconds, abs=0.0005)


def test_a_constant_difference_of_left_and_right_is_no_scatter() -> None:
    take = one_move(Kind.BLINK, LIDS, blink, middle=0.0425, until=0.315, amplitude=0.65, every=1.0)
    late = shifted(take, 0.05).output
    late[:, LIDS[1]] = take.truth[:, LIDS[1]]
    assert skew([Played(take, late)], Kind.BLINK) < 0.004


def test_moves_that_are_not_reported_do_not_count() -> None:
    take = steps()
    middle = take.times[-1] * 0.6
    output = take.truth.copy()
    output[take.captured < middle] = 0.0  # most of the steps are lost
    later = replace(take, reported=take.captured > middle)
    assert half_way_delay([Played(later, output)], Kind.STEP) == pytest.approx(0, abs=0.0025)
    assert half_way_delay([Played(take, output)], Kind.STEP) > 0.9
