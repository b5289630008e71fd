"""All measures of one filter, by name, ready to be compared: ms, or × raw."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from avatar_driver.bench import measures, timing
from avatar_driver.bench.group import Group, median
from avatar_driver.bench.probes import SINE_RATES
from avatar_driver.bench.take import Floats, Kind, Take
from avatar_driver.bench.timing import Played
from avatar_driver.channels import INDEX, ROTATION

__all__ = ["Score", "free_scores", "median_score", "probe_scores"]

#: Measures by name. NaN where there was nothing to measure.
Score = Mapping[str, float]

_HEAD: Final = tuple(range(ROTATION.start, ROTATION.stop))
_PITCH: Final = (INDEX["headRotationX"],)
_HALF_WAY: Final = {
    "step_ms": Kind.STEP,
    "subtle_step_ms": Kind.SUBTLE_STEP,
    "ramp_ms": Kind.RAMP,
    "subtle_ramp_ms": Kind.SUBTLE_RAMP,
    "blink_ms": Kind.BLINK,
    "saccade_ms": Kind.SACCADE,
}
_PEAKS: Final = {
    "pulse_40": Kind.PULSE_40,
    "pulse_80": Kind.PULSE_80,
    "pulse_120": Kind.PULSE_120,
    "pulse_200": Kind.PULSE_200,
    "blink_depth": Kind.BLINK,
}


def free_scores(groups: Sequence[Group], outputs: Sequence[Sequence[Floats]]) -> dict[str, float]:
    """What a filter does to whole performances: medians over groups.

    `jitter`, `high_frequency`, `held`, `error` and `head_jitter` are × raw; `error_absolute` is in shapes (0 to 1).
    """
    each = [_group_score(group, own) for group, own in zip(groups, outputs, strict=True)]
    return median_score(each)


def probe_scores(played: Sequence[Played], raw: Sequence[Played]) -> dict[str, float]:
    """What a filter does to known moves: delays in ms, heights × raw, gains × truth."""
    scores = {name: 1e3 * timing.half_way_delay(played, kind) for name, kind in _HALF_WAY.items()}
    scores |= {name: timing.peak(played, kind) / timing.peak(raw, kind) for name, kind in _PEAKS.items()}
    for rate in SINE_RATES:
        gain, late = timing.response(played, rate, measures.ALL_SHAPES)
        scores |= {f"gain_{rate:.0f}": gain, f"delay_{rate:.0f}_ms": 1e3 * late}
    gain, late = timing.response(played, 4.0, _PITCH)
    return scores | {
        "nod_gain": gain,
        "nod_delay_ms": 1e3 * late,
        "hold_bias": timing.hold_bias(played, Kind.STEP),
        "skew_ms": 1e3 * timing.skew(played, Kind.BLINK),
    }


def median_score(scores: Sequence[Score]) -> dict[str, float]:
    """The median of each measure, of those that have one."""
    names = dict.fromkeys(name for score in scores for name in score)
    return {name: median(score[name] for score in scores if name in score) for name in names}


def _group_score(group: Group, outputs: Sequence[Floats]) -> dict[str, float]:
    calm: dict[str, Callable[[Take, Floats], float]] = {
        "jitter": measures.rest_jitter,
        "high_frequency": measures.high_frequency,
        "held": measures.held_sd,
        "head_jitter": _head_jitter,
    }
    scores = {name: group.calm(measure, outputs) for name, measure in calm.items()}
    return scores | {
        "error": group.faithful(measures.moving_error, outputs),
        "error_absolute": group.plain(measures.moving_error, outputs),
        "delay_ms": 1e3 * group.plain(measures.delay, outputs),
    }


def _head_jitter(take: Take, error: Floats) -> float:
    return measures.rest_jitter(take, error, _HEAD)
