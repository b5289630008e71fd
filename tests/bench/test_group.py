import numpy as np
import pytest

from avatar_driver.bench.baselines import Raw
from avatar_driver.bench.group import Group
from avatar_driver.bench.measures import moving_error, rest_jitter
from avatar_driver.bench.takes import leave_one_out
from tests.bench.signals import take_of
from tests.bench.test_measures import lively, noisy, white
from tests.bench.test_takes import trackings


def test_a_scene_alone_is_judged_by_its_exact_truth() -> None:
    take = take_of(lively, 20.0)
    group = Group((noisy(take, white(take)),))
    assert np.allclose(group.noise_of(group.raw)[0], group.raw[0] - take.truth)
    assert group.faithful(moving_error, [take.truth + 0.02]) == pytest.approx(2.0, rel=0.05)


def test_copies_of_a_clip_are_not_blamed_for_what_they_share() -> None:
    group = Group(tuple(leave_one_out("clip", trackings(4, 600))))
    tremor = 0.05 * np.sin(2 * np.pi * 6 * group.takes[0].times)[:, None]
    assert group.calm(rest_jitter, [raw + tremor for raw in group.raw]) == pytest.approx(1.0)
    assert group.calm(rest_jitter, [0.5 * raw for raw in group.raw]) == pytest.approx(0.5)


def test_raw_is_once_raw() -> None:
    group = Group(tuple(leave_one_out("clip", trackings(3))))
    outputs = group.played(Raw())
    assert group.calm(rest_jitter, outputs) == pytest.approx(1.0)
    assert group.faithful(moving_error, outputs) == pytest.approx(1.0)
