"""How single known moves come through a filter: when, how high, how evenly (science report, section 4.1).

The moves of many takes are laid over each other: noise averages out, and because they begin at all moments between two
pictures, the mean shows what happens between the frames. One move alone, at 33 ms a frame, says nothing to within 10
ms.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from avatar_driver.bench.take import Event, Floats, Kind, Take

__all__ = ["Played", "half_way_delay", "hold_bias", "peak", "response", "skew"]

_GRID: Final = 0.002  # s
_LEAD: Final = 0.3  # s before a move's half-way point, of rest
_REACH: Final = 1.0  # s after a move's half-way point in which the output's is looked for
_PHASES: Final = 6
_TAIL: Final = 0.12  # s after a pulse in which a late filter may still show it
_BIAS: Final = (1.5, 3.0)  # s after a step


class Played(NamedTuple):
    """A take, and the (N, 58) a filter made of it."""

    take: Take
    output: Floats


def half_way_delay(played: Sequence[Played], kind: Kind) -> float:
    """Seconds from the truth's half-way point to the output's, on the mean over all moves of a kind.

    A move that is swallowed counts as a second late, which is as far as this looks.
    """
    grid = np.arange(-_LEAD, _REACH, _GRID)
    curves = [
        (np.interp(event.middle + grid, take.captured, output[:, channel]) - event.base) / event.amplitude
        for take, output, event, channel in _moves(played, kind)
    ]
    if not curves:
        return float("nan")
    crossing = _crossing(grid, np.asarray(np.mean(curves, axis=0)), 0.5)
    return crossing if np.isfinite(crossing) else _REACH


def peak(played: Sequence[Played], kind: Kind) -> float:
    """Share of a pulse's height that is shown: frame by frame, as a viewer sees it, not between the frames.

    Moves that meet the camera's clock at the same sixth of a frame are averaged before the highest frame is taken, so
    noise cannot pass for height.
    """
    phases: list[list[Floats]] = [[] for _ in range(_PHASES)]
    for take, output, event, channel in _moves(played, kind):
        frames = np.arange(int((event.until - event.onset + _TAIL) * take.rate))
        first = int(np.searchsorted(take.captured, event.onset))
        if first + len(frames) > len(output):
            continue
        late = (take.captured[first] - event.onset) * take.rate
        curve = (output[first + frames, channel] - event.base) / event.amplitude
        phases[min(int(late * _PHASES), _PHASES - 1)].append(curve)
    peaks = [float(_mean_of_common(curves).max()) for curves in phases if curves]
    return float(np.mean(peaks)) if peaks else float("nan")


def hold_bias(played: Sequence[Played], kind: Kind) -> float:
    """Size of the mean error from 1.5 to 3 s after a step."""
    errors = [
        output[here, channel] - take.truth[here, channel]
        for take, output, event, channel in _moves(played, kind)
        for here in [
            (take.captured > event.onset + _BIAS[0]) & (take.captured < min(event.onset + _BIAS[1], event.until))
        ]
    ]
    return float(abs(np.concatenate(errors).mean())) if errors else float("nan")


def skew(played: Sequence[Played], kind: Kind) -> float:
    """Sd in seconds of how much sooner the left twin is half-way than the right, for moves that are truly alike."""
    lead = []
    for take, output in played:
        for event in take.events_of(kind):
            if len(event.channels) != 2 or not take.reported[np.searchsorted(take.captured, event.onset)]:
                continue
            here = (take.captured > event.onset - _LEAD) & (take.captured < event.until)
            level = event.base + event.amplitude / 2
            left, right = (_crossing(take.captured[here], output[here, c], level) for c in event.channels)
            lead.append(left - right)
    lead = [value for value in lead if np.isfinite(value)]
    return float(np.std(lead)) if len(lead) > 1 else float("nan")


def response(played: Sequence[Played], frequency: float, channels: Sequence[int] | None = None) -> tuple[float, float]:
    """(gain, delay in s) of the output over the truth for sines of a frequency in Hz, on the mean over all of them."""
    ratios = []
    for take, output, event, channel in _moves(played, Kind.SINE):
        if event.frequency != frequency or (channels is not None and channel not in channels):
            continue
        here = (take.captured > event.onset + 0.5) & (take.captured < event.until)
        shown = _component(take.captured[here], output[here, channel], frequency)
        true = _component(take.captured[here], take.truth[here, channel], frequency)
        ratios.append(shown / true)
    if not ratios:
        return float("nan"), float("nan")
    mean = complex(np.mean(ratios))
    return abs(mean), float(-np.angle(mean) / (2 * np.pi * frequency))


def _moves(played: Sequence[Played], kind: Kind) -> Iterator[tuple[Take, Floats, Event, int]]:
    for take, output in played:
        for event in take.events_of(kind):
            first = int(np.searchsorted(take.captured, event.onset))
            if first < len(take.captured) and take.reported[first]:
                for channel in event.channels:
                    yield take, output, event, channel


def _component(times: Floats, values: Floats, frequency: float) -> complex:
    """The complex amplitude of one frequency, beside a constant and a slope, by least squares."""
    angle = 2 * np.pi * frequency * times
    basis = np.stack([np.cos(angle), np.sin(angle), np.ones_like(times), times - times.mean()], axis=1)
    fit = np.linalg.lstsq(basis, values, rcond=None)[0]
    return complex(fit[0], -fit[1])


def _crossing(times: Floats, values: Floats, level: float) -> float:
    """When values first rise through a level, linear between the points; NaN when they never do."""
    above = values >= level
    rising = np.flatnonzero(above[1:] & ~above[:-1])
    if not len(rising):
        return float("nan")
    i = int(rising[0])
    share = (level - values[i]) / (values[i + 1] - values[i])
    return float(times[i] + share * (times[i + 1] - times[i]))


def _mean_of_common(curves: list[Floats]) -> Floats:
    length = min(len(curve) for curve in curves)
    return np.asarray(np.mean([curve[:length] for curve in curves], axis=0))
