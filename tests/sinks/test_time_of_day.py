"""The time of day of a capture, with clocks that the test moves."""

import pytest

from avatar_driver.sinks._time_of_day import TimeOfDay


class Clocks:
    """A steady clock at 500 s and a wall clock at 10:00:00 UTC of some day."""

    def __init__(self) -> None:
        self.steady = 500.0
        self.wall = 20_000 * 86_400.0 + 36_000
        self.utc_offset = 0.0

    def pass_by(self, seconds: float, wall: float | None = None) -> None:
        self.steady += seconds
        self.wall += seconds if wall is None else wall

    def made(self) -> TimeOfDay:
        return TimeOfDay(steady=lambda: self.steady, wall=lambda: self.wall, utc_offset=lambda _: self.utc_offset)


def test_a_capture_has_the_time_at_which_it_was_taken_and_not_the_one_at_which_it_is_sent() -> None:
    clocks = Clocks()
    time_of_day = clocks.made()
    clocks.pass_by(0.5)

    assert time_of_day(500.25) == pytest.approx(36_000.25)
    assert time_of_day(499.0) == pytest.approx(35_999)


def test_local_time_counts_and_summer_time_is_followed() -> None:
    clocks = Clocks()
    clocks.utc_offset = 3600
    time_of_day = clocks.made()
    assert time_of_day(500) == pytest.approx(39_600)

    clocks.utc_offset = 7200
    clocks.pass_by(1.5)

    assert time_of_day(501.5) == pytest.approx(43_201.5)


def test_midnight_begins_a_new_day() -> None:
    clocks = Clocks()
    time_of_day = clocks.made()

    assert time_of_day(500 + 50_399.5) == pytest.approx(86_399.5)
    assert time_of_day(500 + 50_400.25) == pytest.approx(0.25)


@pytest.mark.parametrize("step", [7200.0, -7200.0, 0.25])
def test_a_clock_that_was_set_is_followed_at_once(step: float) -> None:
    """A computer that slept looks the same: its steady clock stood still."""
    clocks = Clocks()
    time_of_day = clocks.made()
    clocks.pass_by(2.0, wall=2.0 + step)

    assert time_of_day(502) == pytest.approx(36_002 + step)


def test_clocks_that_drift_apart_are_brought_together_in_steps_that_nobody_sees() -> None:
    clocks = Clocks()
    time_of_day = clocks.made()
    behind, largest, last = 0.0, 0.0, 36_000.0
    for _ in range(600):
        clocks.pass_by(1.0, wall=1.0002)
        shown = time_of_day(clocks.steady)
        largest = max(largest, abs(shown - last - 1))
        behind = abs(shown - clocks.wall % 86_400)
        last = shown

    assert largest < 0.001
    assert behind < 0.001


def test_clocks_that_are_a_little_apart_are_not_brought_together_at_once() -> None:
    """A jump of 50 ms would be three frames; so it takes a hundred looks."""
    clocks = Clocks()
    time_of_day = clocks.made()
    clocks.pass_by(1.0, wall=1.05)

    assert time_of_day(501) == pytest.approx(36_001.0005, abs=1e-5)
    for _ in range(100):
        clocks.pass_by(1.0)
        last = time_of_day(clocks.steady)
    assert last == pytest.approx(36_101.05, abs=1e-4)


def test_a_reading_that_was_held_up_moves_nothing() -> None:
    """Another program runs for 50 ms between the reading of one clock and that of the other."""
    clocks = Clocks()
    readings = 0

    def wall() -> float:
        nonlocal readings
        readings += 1
        if readings == 1:
            clocks.pass_by(0.05)
        return clocks.wall

    time_of_day = TimeOfDay(steady=lambda: clocks.steady, wall=wall, utc_offset=lambda _: 0.0)

    assert time_of_day(500) == pytest.approx(36_000, abs=1e-4)


def test_starting_again_takes_the_clock_as_it_is() -> None:
    clocks = Clocks()
    time_of_day = clocks.made()
    clocks.pass_by(0.1, wall=0.15)
    time_of_day.start()

    assert time_of_day(500.1) == pytest.approx(36_000.15)
