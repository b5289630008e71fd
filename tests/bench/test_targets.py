import math

import pytest

from avatar_driver.bench.columns import MAIN_COLUMNS, Column
from avatar_driver.bench.lineup import FOXY, OURS, TUNED
from avatar_driver.bench.targets import Verdict, verdicts

GOOD = {
    OURS: {
        "jitter": 0.15, "held": 0.4, "delay_ms": 3.0, "error": 1.0, "head_jitter": 0.2, "pulse_40": 0.85,
        "pulse_80": 0.95, "pulse_120": 0.98, "blink_depth": 0.995, "subtle_step_ms": 10.0, "subtle_ramp_ms": 30.0,
        "skew_ms": 2.0, "nod_delay_ms": 5.0,
    },
    TUNED: {"jitter": 0.16, "delay_ms": 18.0, "error": 2.0},
    FOXY: {"jitter": 0.33, "delay_ms": 20.0, "error": 2.0},
}  # fmt: skip
COST = {OURS: {"p50_us": 200.0}}
CONDITIONS = {"30 fps": GOOD, "15 fps": GOOD, "double the noise": GOOD}


def test_a_filter_that_reaches_everything_is_told_so() -> None:
    assert all(verdict.met for verdict in verdicts(GOOD, GOOD, CONDITIONS, COST))


@pytest.mark.parametrize(
    ("measure", "bad", "what"),
    [
        ("jitter", 0.21, "trembling at rest"),
        ("held", 0.51, "trembling of a held expression"),
        ("delay_ms", 6.1, "delay in motion"),
        ("error", 1.21, "error in motion"),
        ("head_jitter", 0.31, "trembling of a resting head"),
        ("pulse_40", 0.79, "height of a 40 ms expression"),
        ("pulse_80", 0.92, "height of a 80 ms expression"),
        ("pulse_120", 0.96, "height of a 120 ms expression"),
        ("blink_depth", 0.98, "depth of a blink"),
        ("subtle_step_ms", 15.1, "delay of a subtle step"),
        ("subtle_ramp_ms", 40.1, "delay of a subtle ramp"),
        ("skew_ms", 4.1, "left and right lid apart"),
        ("nod_delay_ms", 10.1, "delay of a nod at 4 Hz"),
    ],
)
def test_what_falls_short_is_not_met(measure: str, bad: float, what: str) -> None:
    scores = {**GOOD, OURS: {**GOOD[OURS], measure: bad}}
    missed = [verdict.what for verdict in verdicts(scores, {}, {}, COST) if not verdict.met]
    assert what in missed


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    assert Verdict("x", "y", math.nan, 1.0).met is None
    assert Verdict("x", "y", 1.0, 1.0).met is True
    assert Verdict("x", "y", 1.0, 1.0, at_least=True).met is True


def test_noise_that_adds_delay_is_not_met() -> None:
    slow = {**GOOD, OURS: {**GOOD[OURS], "delay_ms": 5.5}}
    found = verdicts(GOOD, {}, {"30 fps": GOOD, "double the noise": slow}, COST)
    (added,) = [verdict for verdict in found if verdict.what == "added delay"]
    assert added.found == pytest.approx(2.5)
    assert added.met is False


def test_figures_are_shown_in_their_form() -> None:
    assert Column("x", "", "").text({"x": 0.234}) == "23 %"
    assert Column("x", "", "", "ms").text({"x": 4.26}) == "4.3 ms"
    assert Column("x", "", "", "ms").text({"x": -0.01}) == "0.0 ms"
    assert Column("x", "", "", "ms").text({"x": 42.4}) == "42 ms"
    assert Column("x", "", "", "times").text({"x": 1.234}) == "1.23 ×"
    assert Column("x", "", "").text({"x": math.nan}) == Column("x", "", "").text({}) == "–"


def test_no_two_columns_of_a_table_share_a_key() -> None:
    keys = [column.key for column in MAIN_COLUMNS]
    assert len(keys) == len(set(keys))
