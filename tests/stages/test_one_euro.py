import csv
from pathlib import Path

import numpy as np
import pytest

from avatar_driver.channels import CHANNELS
from avatar_driver.frame import Frame
from avatar_driver.stages.one_euro import OneEuro


def face(level: float) -> np.ndarray:
    return np.full(len(CHANNELS), level, np.float32)


def test_agrees_with_the_published_ground_truth(captures: Path) -> None:
    with (captures / "one_euro_ground_truth.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    one_euro = OneEuro(min_cutoff=1, beta=0.1, derivative_cutoff=1)
    # The reference ran at exactly 120 Hz; the file's timestamps and results are rounded to six digits.
    ours = [one_euro(Frame(i / 120, face(float(row["noisy"])))).values[0] for i, row in enumerate(rows)]
    assert len(rows) > 1000
    assert np.allclose(ours, [float(row["filtered"]) for row in rows], atol=1e-5)


def test_reset_forgets_the_speed_too() -> None:
    used, fresh = OneEuro(beta=5.0), OneEuro(beta=5.0)
    for i in range(10):
        used(Frame(i / 30, face(i / 10)))
    used.reset()
    for one_euro in (used, fresh):
        one_euro(Frame(1.0, face(0)))
    assert used(Frame(1.03, face(1))).values[0] == fresh(Frame(1.03, face(1))).values[0]


def test_a_first_time_of_zero_is_a_time_like_any_other() -> None:
    at_zero, later = OneEuro(), OneEuro()
    at_zero(Frame(0.0, face(0)))
    later(Frame(64.0, face(0)))
    assert at_zero(Frame(0.03125, face(1))).values[0] == later(Frame(64.03125, face(1))).values[0]


def test_one_bad_sample_does_not_poison_the_rest() -> None:
    one_euro = OneEuro()
    one_euro(Frame(0.0, face(0.5)))
    assert one_euro(Frame(0.03, face(float("nan")))).values[0] == 0.5
    assert one_euro(Frame(0.06, face(0.5))).values[0] == pytest.approx(0.5)


def test_a_higher_cutoff_follows_sooner() -> None:
    answers = []
    for cutoff in (1.0, 3.0, 10.0):
        one_euro = OneEuro(min_cutoff=cutoff, beta=0)
        one_euro(Frame(0.0, face(0)))
        answers.append(float(one_euro(Frame(1 / 30, face(1))).values[0]))
    # α = 1 / (1 + 1/(2π fc dt))
    assert answers == pytest.approx([1 / (1 + 30 / (2 * np.pi * fc)) for fc in (1.0, 3.0, 10.0)])
