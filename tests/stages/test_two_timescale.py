"""The two-timescale filter keeps its promises on small scenes made here; no clocks, no sleeping."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from avatar_driver.channels import CHANNELS, INDEX, PAIRS, POSITION, REGIONS, ROTATION, SHAPES
from avatar_driver.frame import Frame, Origin
from avatar_driver.rotation import composed, quaternion_from_vector, vector_from_quaternion
from avatar_driver.stages._regimes import DRIFT, HOLD, Constants, Regimes
from avatar_driver.stages.two_timescale import TwoTimescale
from tests.strategies import frame_sequences

FACE = np.r_[np.full(52, 0.3), 0.02, -0.01, 0.4, 0.1, -0.2, 0.05].astype(np.float32)


def run(stage: TwoTimescale, faces: np.ndarray, fps: float = 30.0, start: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Values and tone, (frames, 58), of faces that come evenly."""
    out = [stage(Frame(start + i / fps, face)) for i, face in enumerate(faces)]
    return np.array([f.values for f in out]), np.array([f.tone for f in out])


def logit(p: np.ndarray) -> np.ndarray:
    return np.log(p / (1 - p))


def noisy(faces: np.ndarray, seed: int, scale: float = 1.0) -> np.ndarray:
    """The faces as a tracker sees them: coloured, heavy-tailed noise on the logits, 0.1° and 0.5 mm on the head."""
    rng = np.random.default_rng(seed)
    white = rng.standard_t(6, faces.shape) * math.sqrt(4 / 6)
    white[1:] = (white[1:] + 0.35 * white[:-1]) / math.hypot(1, 0.35)
    out = faces.astype(np.float64)
    out[:, SHAPES] = 1 / (1 + np.exp(-logit(np.clip(out[:, SHAPES], 1e-3, 1 - 1e-3)) - 0.19 * scale * white[:, SHAPES]))
    out[:, POSITION] += 0.0005 * scale * white[:, POSITION]
    out[:, ROTATION] += math.radians(0.1) * scale * white[:, ROTATION]
    return out.astype(np.float32)


def still(seconds: float, fps: float = 30.0) -> np.ndarray:
    return np.tile(FACE, (round(seconds * fps), 1))


def moved(faces: np.ndarray, change: np.ndarray) -> np.ndarray:
    """The shapes raised by `change`, one number per frame."""
    out = faces.copy()
    out[:, SHAPES] += change[:, None].astype(np.float32)
    return out


def times(faces: np.ndarray, fps: float = 30.0) -> np.ndarray:
    return np.arange(len(faces)) / fps


def rise(t: np.ndarray, start: float, seconds: float) -> np.ndarray:
    """0 to 1 with least jerk."""
    s = np.clip((t - start) / seconds, 0, 1)
    return s**3 * (10 - 15 * s + 6 * s * s)


def pulse(t: np.ndarray, centre: float, width: float) -> np.ndarray:
    """A raised cosine of height 1, `width` seconds wide at half height."""
    return np.where(np.abs(t - centre) < width, 0.5 + 0.5 * np.cos(np.pi * (t - centre) / width), 0)


def roughness(signal: np.ndarray) -> np.ndarray:
    return np.sqrt((np.diff(signal, axis=0) ** 2).mean(axis=0))


def crossing(t: np.ndarray, signal: np.ndarray, level: float) -> float:
    """When a rising signal first passes `level`, between frames too."""
    i = int(np.argmax(signal >= level))
    return float(np.interp(level, signal[i - 1 : i + 1], t[i - 1 : i + 1]))


# --- calm and fast ------------------------------------------------------------------------------------------------


def test_a_resting_face_is_several_times_calmer_than_the_tracker_and_unbiased():
    raw = noisy(still(20), seed=1)
    out, _ = run(TwoTimescale(), raw)
    ratio = roughness(out[150:]) / roughness(raw[150:])
    assert np.median(ratio[SHAPES]) < 0.25
    assert (ratio[52:] < 0.4).all()
    assert np.abs(out[150:].mean(axis=0) - FACE).max() < 0.02


def test_a_step_is_followed_within_the_frame_it_is_seen():
    t = times(still(6))
    late = []
    for seed in range(8):
        raw = noisy(moved(still(6), 0.4 * (t >= 4)), seed)
        out, _ = run(TwoTimescale(), raw)
        late.append((out[120, SHAPES] - 0.3) / 0.4)
    assert np.median(late) > 0.9


def test_a_subtle_slow_smile_is_not_swallowed():
    """A rise from 0.10 to 0.16 within 0.3 s, 3.5 σ of noise, passes its half way at most 80 ms late."""
    t = times(still(6))
    clean = moved(still(6), 0.06 * rise(t, 4.0, 0.3) - 0.2)
    out = np.mean([run(TwoTimescale(), noisy(clean, seed))[0][:, SHAPES].mean(axis=1) for seed in range(6)], axis=0)
    assert crossing(t[120:], out[120:], 0.13) - 4.15 < 0.08


@pytest.mark.parametrize(("width", "kept"), [(0.04, 0.65), (0.08, 0.83), (0.12, 0.93)])
def test_a_micro_expression_keeps_its_height(width: float, kept: float):
    t = times(still(5))
    clean = moved(still(5), 0.25 * pulse(t, 4.0, width))
    heights = [run(TwoTimescale(), noisy(clean, seed))[0][115:126, SHAPES].max(axis=0) - 0.3 for seed in range(6)]
    raw = [noisy(clean, seed)[115:126, SHAPES].max(axis=0) - 0.3 for seed in range(6)]
    assert np.mean(heights) > kept * np.mean(raw)


def test_speech_passes_with_almost_no_delay():
    t = times(still(8))
    wave = 0.15 * np.sin(2 * np.pi * 4 * t) * (t > 2)
    mouth = [*REGIONS["jaw"], *REGIONS["lips"]]
    clean = still(8)
    clean[:, mouth] += wave[:, None].astype(np.float32)
    out, _ = run(TwoTimescale(), noisy(clean, seed=3))
    part = t > 4
    spectrum = (out[part][:, mouth].mean(axis=1) * np.exp(-2j * np.pi * 4 * t[part])).sum()
    pure = (wave[part] * np.exp(-2j * np.pi * 4 * t[part])).sum()
    assert -np.angle(spectrum / pure) / (2 * np.pi * 4) < 0.015
    assert abs(spectrum / pure) > 0.85


def test_both_lids_close_in_the_same_frame_though_their_noise_differs():
    t = times(still(5))
    left, right = INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]
    skews = []
    for seed in range(12):
        out, _ = run(TwoTimescale(), noisy(moved(still(5), 0.6 * rise(t, 4.0, 0.08)), seed))
        skews.append(crossing(t[115:], out[115:, left], 0.6) - crossing(t[115:], out[115:, right], 0.6))
    assert np.std(skews) < 0.006


def test_twins_are_always_in_the_same_regime():
    stage = TwoTimescale()
    rng = np.random.default_rng(0)
    for i in range(60):
        stage(Frame(i / 30, np.clip(rng.random(58), 0.05, 0.95)))
    weights = stage._regimes.weights
    for left, right in PAIRS:
        if "Look" not in CHANNELS[left]:
            np.testing.assert_allclose(weights[:, left], weights[:, right])


def test_eyes_that_are_yoked_need_more_evidence_than_twins_whose_noise_differs():
    """Both say the same, 4.5 σ away: of two witnesses that is much, of one and his echo it is little."""
    chances = []
    for yoked in ((), (0, 1)):
        regimes = Regimes(Constants(), np.array([1, 0]), yoked)
        regimes.begin(np.zeros(2), np.ones(2))
        for _ in range(60):
            regimes.advance(np.zeros(2), np.ones(2), 1 / 30)
        regimes.advance(np.full(2, 4.5), np.ones(2), 1 / 30)
        chances.append(1 - regimes.weights[HOLD, 0])
    assert chances[1] < 0.5 * chances[0]


def test_a_glance_passes_as_a_step_and_the_eyes_are_calm_between_glances():
    t = times(still(6))
    clean = still(6)
    gaze = list(REGIONS["gaze"])
    clean[:, gaze] += 0.3 * ((t >= 2) & (t < 4))[:, None].astype(np.float32)
    raw = noisy(clean, seed=4)
    out, _ = run(TwoTimescale(), raw)
    assert np.median(np.abs(out[60] - clean[60])[gaze]) < 0.07
    assert np.median(np.abs(out[120] - clean[120])[gaze]) < 0.07
    assert np.median(roughness(out[75:115, gaze]) / roughness(raw[75:115, gaze])) < 0.35


# --- noise --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [0.5, 2.0, 3.0])
def test_noise_is_learned_so_that_better_and_worse_cameras_are_calmed_alike(scale: float):
    raw = noisy(still(20), seed=5, scale=scale)
    out, _ = run(TwoTimescale(), raw)
    ratio = roughness(out[300:]) / roughness(raw[300:])
    assert np.median(ratio[SHAPES]) < 0.3
    assert scale > 2 or np.median(ratio[52:]) < 0.3


def test_noise_that_grows_in_mid_stream_is_calmed_again_within_seconds():
    raw = np.concatenate([noisy(still(15), seed=6), noisy(still(15), seed=7, scale=2.5)])
    out, _ = run(TwoTimescale(), raw)
    late = slice(750, 900)
    assert np.median((roughness(out[late]) / roughness(raw[late]))[SHAPES]) < 0.3


def test_talk_is_not_mistaken_for_noise():
    """After half a minute of lively talk a small quick move of the mouth is still shown at once."""
    t = times(still(32))
    talk = 0.12 * (1 + np.sin(2 * np.pi * (4.3 * t + 0.6 * np.sin(2 * t)))) * (t < 30)
    mouth = [*REGIONS["jaw"], *REGIONS["lips"], *REGIONS["smile"]]
    clean = still(32)
    clean[:, mouth] += talk[:, None].astype(np.float32)
    clean[np.ix_(t >= 31.5, mouth)] += 0.2
    out, _ = run(TwoTimescale(), noisy(clean, seed=8))
    shown = out[int(31.5 * 30) + 1, mouth] - 0.3
    assert np.median(shown) > 0.15


def test_a_channel_that_never_changes_does_not_teach_that_there_is_no_noise():
    """Absent channels stand still; the others are as noisy as before."""
    raw = noisy(still(12), seed=9)
    deaf = raw.copy()
    absent = [i for i in range(52) if i % 3]
    deaf[:, absent] = 0.0
    present = [i for i in range(52) if i % 3 == 0]
    calm, _ = run(TwoTimescale(), raw)
    still_calm, _ = run(TwoTimescale(), deaf)
    alike = roughness(still_calm[60:, present]) / roughness(calm[60:, present])
    assert 0.6 < np.median(alike) < 1.5


def test_shapes_that_the_tracker_never_moves_do_not_teach_that_there_is_no_noise():
    """They are not quite constant, 10⁻⁷ and a little; the rest is taken for as noisy as without them."""
    raw = noisy(still(8), seed=9)
    shut = raw.copy()
    rng = np.random.default_rng(3)
    closed = [i for i in range(52) if i % 4 == 0]
    shut[:, closed] = 1e-7 * np.exp(0.3 * rng.standard_normal((len(shut), len(closed))))
    opened = [i for i in range(52) if i % 4]
    told = [TwoTimescale(), TwoTimescale()]
    for stage, faces in zip(told, (raw, shut), strict=True):
        run(stage, faces)
    ratio = np.sqrt(told[1]._noise.variance() / told[0]._noise.variance())[opened]
    assert 0.9 < np.median(ratio) < 1.1


def test_a_face_that_never_rests_is_not_taken_for_a_noisy_one():
    """All shapes sway for a quarter of a minute, and so are far from where they were; that is no noise that lingers."""
    t = times(still(15))
    lively = still(15)
    for i in range(52):
        lively[:, i] += (0.12 * np.sin(2 * np.pi * (1 + 0.03 * i) * t + i)).astype(np.float32)
    told = [TwoTimescale(), TwoTimescale()]
    for stage, faces in zip(told, (still(15), lively), strict=True):
        run(stage, noisy(faces, seed=23, scale=0.5))
    ratio = np.sqrt(told[1]._noise.variance() / told[0]._noise.variance())[SHAPES]
    assert 0.6 < np.median(ratio) < 0.95


def test_shapes_noisier_than_their_kind_are_known_within_five_seconds():
    """The eyes tremble three times as much as the rest; each is then taken for what it is."""
    eyes = [i for i, name in enumerate(CHANNELS) if name.startswith("eye")]
    even = noisy(still(5), seed=21, scale=0.6)
    raw = even.copy()
    raw[:, eyes] = noisy(still(5), seed=21, scale=1.8)[:, eyes]
    told = [TwoTimescale(), TwoTimescale()]
    for stage, faces in zip(told, (even, raw), strict=True):
        run(stage, faces)
    ratio = np.sqrt(told[1]._noise.variance() / told[0]._noise.variance())
    others = [i for i in range(52) if i not in eyes]
    assert np.median(ratio[eyes]) / np.median(ratio[others]) > 1.9


def test_noise_that_lingers_is_told_from_noise_that_is_new_in_every_frame():
    rng = np.random.default_rng(24)
    found = []
    for stays in (0.0, 0.5):
        noise = rng.standard_normal((300, 52))
        for i in range(1, len(noise)):
            noise[i] = stays * noise[i - 1] + math.sqrt(1 - stays**2) * noise[i]
        faces = still(10).astype(np.float64)
        faces[:, SHAPES] = 1 / (1 + np.exp(-logit(faces[:, SHAPES]) - 0.15 * noise))
        stage = TwoTimescale()
        run(stage, faces.astype(np.float32))
        found.append(float(stage._noise._lingering[0]))
    assert found[0] < 0.12
    assert found[1] > 0.25


def test_a_head_that_turns_is_not_taken_for_a_noisy_one():
    """The origin of its rotation moves along; the differences that noise is learned from must not see it."""
    turning = still(10)
    turning[:, ROTATION.start] += np.linspace(-0.6, 0.6, len(turning)).astype(np.float32)
    told = [TwoTimescale(), TwoTimescale()]
    for stage, faces in zip(told, (still(10), turning), strict=True):
        run(stage, noisy(faces, seed=25))
    ratio = np.sqrt(told[1]._noise.variance() / told[0]._noise.variance())[ROTATION]
    assert (ratio < 1.3).all()


def test_a_blink_or_two_do_not_make_lids_look_noisy():
    t = times(still(10))
    lids = list(REGIONS["lids"])
    clean = still(10)
    for moment in (3.0, 6.0, 9.0):
        shut = 0.55 * (rise(t, moment, 0.085) - rise(t, moment + 0.105, 0.21))
        clean[:, lids] += shut[:, None].astype(np.float32)
    calm, blinking = TwoTimescale(), TwoTimescale()
    run(calm, noisy(still(10), seed=22))
    run(blinking, noisy(clean, seed=22))
    ratio = np.sqrt(blinking._noise.variance() / calm._noise.variance())[lids]
    assert (ratio < 1.3).all()


# --- time ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fps", [15, 60, 120])
def test_behaviour_is_the_same_in_seconds_at_any_frame_rate(fps: int):
    """A clean slow smile and its tone pass half way at the same moment as at 30 frames a second."""
    moments = []
    for rate in (30, fps):
        t = times(still(8, rate), rate)
        out, tone = run(TwoTimescale(), moved(still(8, rate), 0.4 * rise(t, 4.0, 0.5)), rate)
        after = t > 3.9
        moments.append([crossing(t[after], signal[after, 0], 0.5) for signal in (out, tone)])
    (value_30, tone_30), (value, tone_other) = moments
    assert abs(value - value_30) < 0.02
    assert abs(tone_other - tone_30) < 0.09


def test_two_short_steps_predict_what_one_long_step_does():
    alone = np.arange(1)
    split, whole = Regimes(Constants(), alone), Regimes(Constants(), alone)
    for regimes, steps in ((split, (0.02, 0.02)), (whole, (0.04,))):
        regimes.begin(np.zeros(1), np.ones(1))
        regimes._states[1] = 3.0
        for step in steps:
            regimes._step.take(step)
            regimes._predict(np.ones(1))
    np.testing.assert_allclose(split._states[:, DRIFT:], whole._states[:, DRIFT:], rtol=1e-9)
    np.testing.assert_allclose(split._states[2, HOLD], whole._states[2, HOLD], rtol=1e-9)


def test_a_clock_that_stands_still_or_runs_back_does_not_freeze_the_face():
    stage = TwoTimescale()
    for i in range(30):
        stage(Frame(100 + i / 30, FACE))
    high = FACE.copy()
    high[SHAPES] = 0.8
    for time in (101.0, 101.0, 50.0, 50.0, 50.0):
        out = stage(Frame(time, high))
    assert np.abs(out.values[SHAPES] - 0.8).max() < 0.02
    for _ in range(90):
        out = stage(Frame(50.0, high))
    assert np.abs(out.tone[SHAPES] - 0.8).max() < 0.02


def test_dropped_frames_and_a_jittering_clock_cost_little():
    rng = np.random.default_rng(4)
    t = np.arange(600) / 30
    clean = moved(np.tile(FACE, (600, 1)), 0.2 * np.sin(2 * np.pi * t) * (t > 10))
    raw = noisy(clean, seed=4)
    stage = TwoTimescale()
    errors = []
    for i in range(600):
        if rng.random() > 0.15:
            out = stage(Frame(t[i] + rng.normal(0, 0.008), raw[i]))
            errors.append((t[i], (out.values - clean[i])[SHAPES], (raw[i] - clean[i])[SHAPES]))
    moving = [(o, r) for time, o, r in errors if time > 11]
    own, raws = (np.sqrt(np.mean(np.square(x))) for x in zip(*moving, strict=True))
    assert own < 1.2 * raws


# --- tone and transient -------------------------------------------------------------------------------------------


def leak(change: np.ndarray) -> float:
    """The largest share of the change that enters tone."""
    _, tone = run(TwoTimescale(), noisy(moved(still(len(change) / 30), change), seed=7))
    rise_of_tone = tone[:, SHAPES].mean(axis=1) - 0.3
    return float(rise_of_tone[110:].max() / change.max())


def test_brief_movements_stay_out_of_tone():
    t = times(still(6))
    assert leak(0.4 * pulse(t, 4.0, 0.08)) < 0.03
    assert leak(0.4 * pulse(t, 4.0, 0.2)) < 0.12
    assert leak(0.5 * (rise(t, 4.0, 0.085) - rise(t, 4.105, 0.21))) < 0.08
    assert leak(0.1 * np.sin(2 * np.pi * 4 * t) * (t > 4)) < 0.09


def test_a_held_smile_becomes_tone():
    t = times(still(9))
    _, tone = run(TwoTimescale(), noisy(moved(still(9), 0.4 * rise(t, 4.0, 0.4)), seed=8))
    level = tone[:, SHAPES].mean(axis=1)
    assert 0.5 < crossing(t[120:], level[120:], 0.5) - 4.0 < 0.9
    assert 1.1 < crossing(t[120:], level[120:], 0.66) - 4.0 < 1.8


def test_the_split_adds_up_to_the_filtered_face():
    stage = TwoTimescale()
    for i, face in enumerate(noisy(still(1), seed=9)):
        frame = stage(Frame(i / 30, face))
        np.testing.assert_allclose(frame.tone + frame.transient, frame.values, atol=1e-7)


# --- loss ---------------------------------------------------------------------------------------------------------


def lost_after(change: np.ndarray, lost: Sequence[float]) -> tuple[list[Frame], TwoTimescale, float]:
    """Frames that a clean face and then `lost` seconds without one give; the stage; when the face was last seen."""
    stage = TwoTimescale()
    for i, face in enumerate(moved(np.tile(FACE, (len(change), 1)), change)):
        last = stage(Frame(i / 30, face))
    seen = (len(change) - 1) / 30
    return [last, *(stage(Frame(seen + s, face, tracked=False)) for s in lost)], stage, seen


def test_one_missing_frame_coasts_on():
    t = np.arange(120) / 30
    (last, missing), _, _ = lost_after(np.clip(t - 3.6, 0, None), [1 / 30])
    ahead = (missing.values - last.values)[SHAPES]
    assert (ahead > 0.25 / 30).all()
    assert (ahead < 1.5 / 30).all()


def test_longer_loss_holds_the_face_then_keeps_only_its_tone():
    t = np.arange(120) / 30
    frames, _, _ = lost_after(0.4 * (t > 3.8), [0.1, 0.2, 0.35, 1.0, 2.0, 5.0])
    last, at_100, at_200, at_350, *_, at_5000 = frames
    for held in (at_100, at_200, at_350):
        np.testing.assert_allclose(held.values[SHAPES], last.values[SHAPES], atol=0.02)
    assert (np.abs(last.transient[SHAPES]) > 0.1).all()
    np.testing.assert_allclose(at_5000.values, at_5000.tone, atol=1e-3)
    np.testing.assert_array_equal(at_5000.tone, last.tone)


def test_a_returning_face_fades_in_and_is_whole_within_a_tenth_of_a_second():
    _, stage, seen = lost_after(np.zeros(120), [0.1 * i for i in range(1, 11)])
    high = FACE.copy()
    high[SHAPES] = 0.8
    back = [stage(Frame(seen + 1.0 + i / 60, high)).values[0] for i in range(1, 12)]
    assert np.diff([0.3, *back]).max() < 0.3
    assert back[0] < 0.5
    assert abs(back[6] - 0.8) < 0.01


def test_frames_before_the_first_face_pass_and_teach_nothing():
    stage = TwoTimescale()
    early = stage(Frame(0.0, FACE, tracked=False))
    np.testing.assert_array_equal(early.values, FACE)
    high = np.full(58, 0.7, np.float32)
    np.testing.assert_allclose(stage(Frame(0.03, high)).values, high, atol=1e-6)


# --- head ---------------------------------------------------------------------------------------------------------


def test_turning_the_whole_world_turns_the_filtered_head_and_nothing_else():
    """Rotations are filtered as rotations: any other reference pose, even half a turn away, gives the same movement."""
    world = quaternion_from_vector((1.2, -2.0, 1.4))
    t = times(still(4))
    faces = noisy(still(4), seed=11)
    faces[:, ROTATION.start] += (0.4 * np.sin(2 * np.pi * 0.7 * t)).astype(np.float32)
    turned = faces.copy()
    for face in turned:
        face[ROTATION] = vector_from_quaternion(composed(quaternion_from_vector(face[ROTATION]), world))
    plain, _ = run(TwoTimescale(), faces)
    out, _ = run(TwoTimescale(), turned)
    for a, b in zip(plain, out, strict=True):
        expected = composed(quaternion_from_vector(a[ROTATION]), world)
        found = quaternion_from_vector(b[ROTATION])
        assert abs(np.dot(expected, found)) > 1 - 1e-9


def test_the_head_may_turn_past_half_a_turn_without_a_glitch():
    faces = still(6)
    angle = 2.5 + 1.3 * rise(times(faces), 1.0, 2.0)
    for face, a in zip(faces, angle, strict=True):
        face[ROTATION] = vector_from_quaternion(quaternion_from_vector((0, a, 0)))
    out, tone = run(TwoTimescale(), faces)
    for a, value in zip(angle, out, strict=True):
        expected = quaternion_from_vector((0, a, 0))
        assert abs(np.dot(expected, quaternion_from_vector(value[ROTATION]))) > math.cos(0.01)
    # Tone takes the short way, through half a turn, and not back through zero.
    turned = [
        2 * math.acos(abs(np.dot(quaternion_from_vector((0, 2.5, 0)), quaternion_from_vector(slow[ROTATION]))))
        for slow in tone
    ]
    assert (np.diff(turned) > -1e-3).all()
    assert abs(turned[-1] - 1.3) < 0.05


# --- the knob -----------------------------------------------------------------------------------------------------


@given(frame_sequences(max_size=12))
@settings(max_examples=30, deadline=None)
def test_stillness_0_lets_every_bit_through(sequence: list[Frame]):
    stage = TwoTimescale(stillness=0)
    for frame in sequence:
        assert stage(frame).values.tobytes() == frame.values.tobytes()


def test_stillness_0_still_estimates_tone():
    raw = noisy(still(4), seed=12)
    out, tone = run(TwoTimescale(stillness=0), raw)
    np.testing.assert_array_equal(out, raw)
    assert np.median(roughness(tone[60:, SHAPES])) < 0.1 * np.median(roughness(raw[60:, SHAPES]))


@pytest.mark.parametrize("stillness", [0, 0.1, 0.5, 2.0])
def test_tone_means_the_same_at_any_stillness(stillness: float):
    t = times(still(9))
    raw = noisy(moved(still(9), 0.4 * rise(t, 4.0, 0.4) - 0.15), seed=8)
    _, tone = run(TwoTimescale(stillness=stillness), raw)
    level = tone[:, SHAPES].mean(axis=1)
    assert 0.3 < crossing(t[120:], level[120:], 0.35) - 4.0 < 1.3
    assert abs(level[-1] - 0.55) < 0.03


def test_more_stillness_is_calmer():
    raw = noisy(still(15), seed=13)
    calm = [np.median(roughness(run(TwoTimescale(stillness=s), raw)[0][90:, SHAPES])) for s in (0, 0.3, 0.6, 1, 1.5, 2)]
    assert all(a > b for a, b in itertools.pairwise(calm)), calm


def test_a_region_may_differ_from_the_rest():
    raw = noisy(still(4), seed=14)
    mixed, _ = run(TwoTimescale(regions={"gaze": 0}), raw)
    plain, _ = run(TwoTimescale(), raw)
    gaze = [i for i, name in enumerate(CHANNELS) if name.startswith("eyeLook")]
    rest = [i for i in range(58) if i not in gaze]
    np.testing.assert_array_equal(mixed[:, gaze], raw[:, gaze])
    np.testing.assert_array_equal(mixed[:, rest], plain[:, rest])


def test_an_unknown_region_is_named_with_the_nearest_one():
    with pytest.raises(ValueError, match="no region named 'brow'; did you mean 'brows'"):
        TwoTimescale(regions={"brow": 1.0})


def test_prediction_leads_speech_and_leaves_lids_and_gaze_alone():
    t = times(still(8))
    wave = 0.2 * np.sin(2 * np.pi * 2 * t) * (t > 2)
    raw = noisy(moved(still(8), wave), seed=3)
    plain, _ = run(TwoTimescale(), raw)
    ahead, _ = run(TwoTimescale(prediction=0.033), raw)
    eyes = [*REGIONS["lids"], *REGIONS["gaze"]]
    rest = [i for i in range(52) if i not in eyes]
    np.testing.assert_array_equal(ahead[:, eyes], plain[:, eyes])
    part = t > 3
    phase = np.exp(-2j * np.pi * 2 * t[part])
    lead = np.angle(
        (ahead[part][:, rest].mean(axis=1) * phase).sum() / (plain[part][:, rest].mean(axis=1) * phase).sum()
    )
    assert 0.005 < lead / (2 * np.pi * 2) < 0.035


def blinking(t: np.ndarray, moment: float) -> np.ndarray:
    """A face that blinks; gaze sinks with the lid as trackers believe, and looks aside when the lid is open again."""
    faces = np.tile(FACE, (len(t), 1))
    shut = rise(t, moment, 0.085) - rise(t, moment + 0.2, 0.2)
    for side in ("Left", "Right"):
        faces[:, INDEX["eyeBlink" + side]] = 0.15 + 0.65 * shut
        faces[:, INDEX["eyeLookDown" + side]] = 0.2 + 0.5 * shut
        faces[:, INDEX["eyeLookUp" + side]] = 0.2
        faces[:, INDEX["eyeLookIn" + side]] = np.where(t < 0.5 * moment, 0.3, 0.1) + 0.3 * (t > moment + 0.15)
    return faces


def test_steady_gaze_waits_behind_a_shut_lid_and_is_there_when_it_opens():
    t = np.arange(180) / 30
    faces = blinking(t, 4.0)
    out, _ = run(TwoTimescale(steady_gaze=True), faces)
    plain, _ = run(TwoTimescale(), faces)
    down, inward = INDEX["eyeLookDownLeft"], INDEX["eyeLookInLeft"]
    shut = (t > 4.1) & (t < 4.2)
    assert plain[shut, down].max() > 0.65
    assert out[:, down].max() < 0.35
    assert abs(out[shut, inward] - 0.1).max() < 0.02
    opened = t > 4.36
    np.testing.assert_allclose(out[opened], plain[opened], atol=1e-6)
    untouched = [i for i, name in enumerate(CHANNELS) if not name.startswith("eyeLook")]
    np.testing.assert_array_equal(out[:, untouched], plain[:, untouched])


def test_steady_gaze_lets_eyes_go_that_stay_half_shut():
    """Someone who reads looks down for long, lids low: after seconds that is where they look."""
    faces = np.tile(blinking(np.array([0.0]), 9.0), (240, 1))
    for side in ("Left", "Right"):
        faces[90:, INDEX["eyeBlink" + side]] = 0.6
        faces[90:, INDEX["eyeLookDown" + side]] = 0.8
    out, _ = run(TwoTimescale(steady_gaze=True), faces)
    down = INDEX["eyeLookDownLeft"]
    assert out[95, down] < 0.4
    assert abs(out[-1, down] - 0.8) < 0.02


def test_steady_gaze_can_be_taken_up_and_put_down_while_running():
    faces = blinking(np.arange(180) / 30, 4.0)
    down = INDEX["eyeLookDownLeft"]
    for before, after in ((False, True), (True, False)):
        stage = TwoTimescale(steady_gaze=before)
        run(stage, faces[:100])
        stage.adopt(TwoTimescale(steady_gaze=after))
        out, _ = run(stage, faces[100:], start=100 / 30)
        assert (out[:, down].max() < 0.35) == after


# --- any input ----------------------------------------------------------------------------------------------------

WILD = hnp.arrays(np.float32, len(CHANNELS), elements=st.floats(width=32, allow_nan=True, allow_infinity=True))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([-100.0, -0.01, 0.0, 1e-9, 0.001, 1 / 120, 1 / 30, 0.2, 0.3, 5.0, 3.2e7]),
            WILD,
            st.booleans(),
        ),
        min_size=1,
        max_size=25,
    ),
    st.sampled_from([0.01, 0.5, 1.0, 2.0]),
)
@settings(max_examples=60, deadline=None)
def test_any_input_gives_a_finite_face_in_range_and_good_input_heals_it_within_half_a_second(events, stillness):
    stage = TwoTimescale(stillness=stillness)
    now = 0.0
    for step, values, tracked in events:
        now += step
        out = stage(Frame(now, values, tracked=tracked))
        assert np.isfinite(out.values).all()
        assert np.isfinite(out.tone).all()
        assert ((out.values[SHAPES] >= 0) & (out.values[SHAPES] <= 1)).all()
        assert ((out.tone[SHAPES] >= 0) & (out.tone[SHAPES] <= 1)).all()
    for i in range(1, 16):
        out = stage(Frame(now + i / 30, FACE))
    assert np.abs(out.values - FACE)[SHAPES].max() < 0.02
    assert np.abs(out.values - FACE)[52:].max() < 0.01


def test_all_channels_leaping_between_0_and_1_each_frame_pass_and_then_heal():
    stage = TwoTimescale()
    for i in range(300):
        out = stage(Frame(i / 30, np.full(58, i % 2)))
        assert ((out.values[SHAPES] >= 0) & (out.values[SHAPES] <= 1)).all()
    for i in range(300, 315):
        out = stage(Frame(i / 30, FACE))
    assert np.abs(out.values - FACE)[SHAPES].max() < 0.02


def test_an_hour_of_sameness_leaves_the_filter_awake():
    stage = TwoTimescale()
    frame = Frame(0.0, FACE)
    for i in range(3600 * 5):  # five frames a second: an hour in a second or two
        frame = stage(Frame(i / 5, FACE))
    np.testing.assert_allclose(frame.values, FACE, atol=1e-6)
    high = FACE.copy()
    high[SHAPES] = 0.6
    for i in range(1, 4):
        frame = stage(Frame(3600 + i / 30, high))
    assert np.abs(frame.values - high)[SHAPES].max() < 0.02


def test_a_year_without_frames_is_only_a_return():
    stage = TwoTimescale()
    run(stage, noisy(still(3), seed=15))
    other = np.where(np.arange(58) < 52, 0.7, FACE).astype(np.float32)
    np.testing.assert_allclose(stage(Frame(3.2e7, other)).values, other, atol=1e-5)


# --- every stage's promises ---------------------------------------------------------------------------------------


@given(frame_sequences())
@settings(max_examples=30, deadline=None)
def test_time_and_origin_are_kept_and_inputs_untouched(sequence: list[Frame]):
    stage = TwoTimescale()
    for frame in sequence:
        before = frame.values.copy()
        given_origin = Frame(frame.time, frame.values, tracked=frame.tracked, origin=Origin(captured=3.0))
        out = stage(given_origin)
        assert out.time == frame.time
        assert out.origin is given_origin.origin
        assert out.tracked == frame.tracked
        assert out.altered == frozenset()
        np.testing.assert_array_equal(frame.values, before)


@given(frame_sequences())
@settings(max_examples=20, deadline=None)
def test_reset_forgets_everything(sequence: list[Frame]):
    used, fresh = TwoTimescale(), TwoTimescale()
    for frame in sequence:
        used(frame)
    used.reset()
    for i, frame in enumerate(sequence):
        a, b = used(frame), fresh(frame)
        assert a.values.tobytes() == b.values.tobytes(), i
        assert a.tone.tobytes() == b.tone.tobytes(), i


def test_reset_forgets_the_noise_learned():
    used = TwoTimescale()
    run(used, noisy(still(5), seed=17, scale=3.0))
    used.reset()
    raw = noisy(still(2), seed=18)
    np.testing.assert_array_equal(run(used, raw)[0], run(TwoTimescale(), raw)[0])


def test_what_went_out_is_not_changed_by_later_frames():
    stage = TwoTimescale()
    faces = noisy(still(1), seed=16)
    first = stage(Frame(0.0, faces[0]))
    values, tone = first.values.copy(), first.tone.copy()
    for i, face in enumerate(faces[1:], 1):
        stage(Frame(i / 30, face))
    np.testing.assert_array_equal(first.values, values)
    np.testing.assert_array_equal(first.tone, tone)


@given(hnp.arrays(np.float32, 58, elements=st.floats(0, 1, width=32)))
@settings(max_examples=30, deadline=None)
def test_constant_in_gives_constant_out(face: np.ndarray):
    out, tone = run(TwoTimescale(), np.tile(face, (40, 1)))
    np.testing.assert_allclose(out, np.tile(face, (40, 1)), atol=2e-6)
    np.testing.assert_allclose(tone, np.tile(face, (40, 1)), atol=2e-6)
