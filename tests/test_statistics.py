import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.statistics import Distribution, RunStatistics


@given(durations=st.lists(st.floats(1e-6, 50), min_size=1, max_size=200), share=st.sampled_from([0.5, 0.95, 0.99]))
def test_quantiles_are_right_to_two_percent(durations: list[float], share: float) -> None:
    distribution = Distribution()
    for duration in durations:
        distribution.add(duration)
    exact = np.quantile(durations, share, method="inverted_cdf")
    assert distribution.quantile(share) == pytest.approx(exact, rel=0.02)


def test_nothing_and_nonsense_are_counted_without_harm() -> None:
    distribution = Distribution()
    assert distribution.report(1e-3) == {"p50": None, "p95": None, "p99": None}
    for duration in (0.0, -1.0, 1e9):
        distribution.add(duration)
    assert distribution.count == 3


def test_two_distributions_join() -> None:
    a, b = Distribution(), Distribution()
    a.add(0.001)
    b.add(0.1)
    b.add(0.1)
    a.include(b)
    assert a.count == 3
    assert a.quantile(0.99) == pytest.approx(0.1, rel=0.02)


def test_the_frame_rate_is_that_of_the_intervals() -> None:
    statistics = RunStatistics()
    for i in range(100):
        statistics.count(True, 0.0, 10 + i / 25)
    assert statistics.fps == pytest.approx(25)
    for i in range(200):
        statistics.count(True, 0.0, 14 + i / 60)
    assert statistics.fps == pytest.approx(60, rel=0.05)
