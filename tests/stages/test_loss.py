import numpy as np
import pytest

from avatar_driver.channels import CHANNELS
from avatar_driver.frame import Frame
from avatar_driver.stages.loss import Loss

STEP = 1 / 30


def face(level: float) -> np.ndarray:
    return np.full(len(CHANNELS), level, np.float32)


def play(loss: Loss, seen: str, level: float = 0.8, start: float = 0.0) -> list[Frame]:
    """Frames at 30 fps: `x` with a face, `.` without (values stay the last ones seen)."""
    return [loss(Frame(start + i * STEP, face(level), tracked=mark == "x")) for i, mark in enumerate(seen)]


def levels(frames: list[Frame]) -> list[float]:
    return [float(frame.values[0]) for frame in frames]


def settled() -> Loss:
    loss = Loss(hold=0.3, ease=0.8, ramp=0.25)
    play(loss, "x" * 30)
    return loss


def test_a_short_loss_holds_the_face_and_still_counts_as_tracked() -> None:
    frames = play(settled(), "." * 8, start=1.0)
    assert all(frame.tracked for frame in frames)
    assert levels(frames) == pytest.approx([0.8] * 8)


def test_a_long_loss_is_reported_and_eases_to_rest_without_a_jump() -> None:
    frames = play(settled(), "." * 60, start=1.0)
    assert not frames[-1].tracked
    assert not frames[12].tracked
    assert levels(frames)[-1] == 0
    steps = -np.diff([0.8, *levels(frames)])
    assert steps.min() > -1e-6
    assert steps.max() < 0.8 * STEP / 0.8 * 1.6  # a smooth stroke is at most 1.5 times its mean speed
    halfway = next(i for i, level in enumerate(levels(frames)) if level < 0.4)
    # The last face stood at 29/30 s; 0.3 s hold and half of 0.8 s ease later it is half gone.
    assert halfway * STEP == pytest.approx(0.3 + 0.4 - STEP, abs=1.5 * STEP)


def test_the_face_ramps_back_from_where_the_avatar_is() -> None:
    loss = settled()
    lost = levels(play(loss, "." * 20, start=1.0))
    back = levels(play(loss, "x" * 12, level=0.8, start=1.0 + 20 * STEP))
    assert lost[-1] < 0.7
    assert 0 < back[0] - lost[-1] < 0.05
    assert back == sorted(back)
    assert back[-1] == pytest.approx(0.8)


def test_one_missed_frame_costs_no_delay() -> None:
    loss = settled()
    play(loss, ".", start=1.0)
    moved = levels(play(loss, "xx", level=0.2, start=1.0 + STEP))
    assert moved == pytest.approx([0.2, 0.2])


def test_a_face_never_seen_is_a_face_at_rest_and_the_first_one_ramps_in() -> None:
    loss = Loss()
    assert levels(play(loss, "...")) == [0, 0, 0]
    assert not play(loss, ".", start=1.0)[0].tracked
    first = levels(play(loss, "x" * 10, start=2.0))
    assert first[0] < 0.1
    assert first == sorted(first)
    assert first[-1] == pytest.approx(0.8)


def test_tone_goes_with_the_face() -> None:
    loss = Loss()
    for i in range(30):
        loss(Frame(i * STEP, face(0.8), face(0.4)))
    frames = [loss(Frame(1 + i * STEP, face(0.8), face(0.4), tracked=False)) for i in range(60)]
    assert frames[3].tone[0] == pytest.approx(0.4)
    middle = frames[20]
    assert middle.tone[0] == pytest.approx(middle.values[0] / 2)
    assert frames[-1].tone[0] == 0
