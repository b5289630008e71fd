"""When a virtual camera shows pictures, with a clock that the test moves."""

import numpy as np
import pytest

from avatar_driver.sinks._camera_pace import CameraPace

FPS = 30.0
INTERVAL = 1 / FPS


def played(arrivals: list[float], seconds: float) -> list[tuple[float, int | None]]:
    """What a camera of 30 fps shows, and when: the number of the face, or None for the last one again."""
    pace = CameraPace(FPS)
    pace.shown(0.0, new=True)
    shown: list[tuple[float, int | None]] = []
    waiting: int | None = None
    coming = list(enumerate(arrivals))
    while True:
        due = pace.due(None if waiting is None else arrivals[waiting])
        if coming and coming[0][1] <= due:
            waiting = coming.pop(0)[0]
            continue
        if due > seconds:
            return shown
        shown.append((due, waiting))
        pace.shown(due, new=waiting is not None)
        waiting = None


def steady(fps: float, seconds: float, jitter: float = 0.0, first: float = INTERVAL) -> list[float]:
    random = np.random.default_rng(3)
    count = int(seconds * fps)
    return sorted(first + i / fps + jitter * random.uniform(-1, 1) for i in range(count))


@pytest.mark.parametrize("fps", [25.0, 29.97, 30.0, 30.3])
def test_faces_at_the_cameras_rate_are_shown_at_once_each_and_none_twice(fps: float) -> None:
    arrivals = steady(fps, 10, jitter=0.004)
    shown = played(arrivals, arrivals[-1])
    assert [number for _, number in shown] == list(range(len(arrivals)))
    assert max(at - arrivals[number] for at, number in shown if number is not None) == pytest.approx(0)


@pytest.mark.parametrize("fps", [2.0, 10.0, 15.0, 20.0, 24.0])
def test_slower_faces_leave_no_gap(fps: float) -> None:
    arrivals = steady(fps, 10)
    shown = played(arrivals, 10)
    gaps = np.diff([at for at, _ in shown])
    assert gaps.max() <= 1.5 * INTERVAL + 1e-9
    assert 20 <= round((len(shown) + 1) / 10) <= 36  # two thirds of the camera's rate at least
    late = [at - arrivals[number] for at, number in shown if number is not None]
    assert max(late) <= 0.25 * INTERVAL + 1e-9
    assert [number for _, number in shown if number is not None] == list(range(len(late)))  # and none is lost


@pytest.mark.parametrize("fps", [60.0, 90.0, 120.0])
def test_of_faster_faces_the_newest_is_shown(fps: float) -> None:
    arrivals = steady(fps, 10)
    shown = played(arrivals, arrivals[-1])
    assert 29 <= len(shown) / 10 <= 40
    numbers = [number for _, number in shown]
    assert None not in numbers
    for at, number in shown:
        assert number is not None
        assert number == max(i for i, arrived in enumerate(arrivals) if arrived <= at)


def test_with_no_face_at_all_the_last_picture_is_repeated_at_the_cameras_rate() -> None:
    shown = played([], 10)
    assert {number for _, number in shown} == {None}
    assert np.diff([at for at, _ in shown]) == pytest.approx(INTERVAL)


def test_two_faces_at_once_wait_for_a_cameras_turn() -> None:
    shown = played([INTERVAL, INTERVAL + 0.001, INTERVAL + 0.002], 3 * INTERVAL)
    assert shown[0] == (INTERVAL, 0)
    assert shown[1] == (pytest.approx(2 * INTERVAL), 2)
