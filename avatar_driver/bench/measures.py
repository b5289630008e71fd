"""How far a filter's output is from the truth: at rest, held, and moving (science report, section 4.1).

Calm is measured on an (N, 58) error that holds nothing but what noise has done: `output − truth` in a scene, where the
truth is exact, and on a real clip `apart`, how the outputs for several disturbed copies of one clip differ. (An error
against a real clip's truth would blame a filter for the face's own tremor, which in a lively clip is as large as the
noise.)

Truth in motion is measured against the take's truth. Where that is a mean of K trackings, its own noise is independent
of the judged one's; what it adds to a square is known from how far the K lie apart (`spread`² summed, over K(K − 1))
and is taken off again. Otherwise no filter could be truer than the truth.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from avatar_driver.bench.take import Floats, Mask, Take
from avatar_driver.channels import SHAPES

__all__ = ["ALL_SHAPES", "Masks", "apart", "delay", "held_sd", "high_frequency", "masks", "moving_error", "rest_jitter"]

ALL_SHAPES: Final = tuple(range(SHAPES.start, SHAPES.stop))

_SEEN: Final = 0.02  # of a shape's range
_LEAST_PAIRS: Final = 100  # of successive frames at rest, over all channels
_REST_SPEED: Final = 0.06  # 1/s
_MOVING_SPEED: Final = 0.3  # 1/s
_SURE: Final = 3.0  # sd of the truth's own noise that a speed must exceed
_DOUBT: Final = 2.0  # times the energy that the truth's own noise has
_REST_WINDOW: Final = 9  # frames
_MOVE_WINDOW: Final = 5  # frames
_AFTERMATH: Final = 0.12  # s after (and before) a movement that count with it
_HELD_LEVEL: Final = 0.15
_HELD_FRAMES: Final = 12
_SPECTRUM_FRAMES: Final = 16
_HIGH: Final = 8.0  # Hz
_DELAYS: Final = (-0.060, 0.250)  # s
_DELAY_STEP: Final = 0.006  # s
_WINDOW_OF_DELAY: Final = 0.3  # s around movement that the match looks at


@dataclass(frozen=True, eq=False)
class Masks:
    """(N, 58) where each channel is at rest, moves, or is near a movement."""

    rest: Mask
    moving: Mask
    near: Mask


@lru_cache(maxsize=256)
def masks(take: Take) -> Masks:
    """Rest and movement by the truth's own speed; a doubtful channel is neither."""
    speed, noise = _slope(take, _MOVE_WINDOW)
    moving = speed > _MOVING_SPEED + _SURE * noise
    counted = take.reported if take.tracked is None else take.reported & take.tracked
    counted = counted[:, None]
    frames = max(1, round(_AFTERMATH * take.rate))
    wide = max(1, round(_WINDOW_OF_DELAY * take.rate))
    spread = _widened(moving, frames)
    return Masks(
        rest=_still(take) & ~spread & counted,
        moving=spread & counted,
        near=_widened(moving, wide) & counted,
    )


def apart(outputs: Sequence[Floats]) -> list[Floats]:
    """What noise has done to each of K outputs for copies of one clip: their distance from their mean.

    Scaled by √(K/(K − 1)) to the size of a single one's noise.
    """
    stack = np.asarray(outputs)
    return list((stack - stack.mean(axis=0)) * np.sqrt(len(stack) / (len(stack) - 1)))


def rest_jitter(take: Take, error: Floats, channels: Sequence[int] = ALL_SHAPES) -> float:
    """RMS frame-to-frame change of an error at rest. NaN where there is too little rest to tell."""
    chosen = list(channels)
    rest = masks(take).rest[:, chosen]
    pairs = rest[1:] & rest[:-1]
    if pairs.sum() < _LEAST_PAIRS:
        return float("nan")
    return float(np.sqrt((np.diff(error[:, chosen], axis=0)[pairs] ** 2).mean()))


def held_sd(take: Take, error: Floats) -> float:
    """RMS deviation of an error from its own mean while an expression is held: what makes a smile tremble."""
    total, count = 0.0, 0
    for channel, part in _runs(masks(take).rest, _HELD_FRAMES, ALL_SHAPES):
        if take.truth[part, channel].mean() > _HELD_LEVEL:
            total += float(error[part, channel].var()) * (part.stop - part.start)
            count += part.stop - part.start
    return float(np.sqrt(total / count)) if count else float("nan")


def high_frequency(take: Take, error: Floats) -> float:
    """Mean power of an error above 8 Hz at rest. NaN where the frame rate has no such frequencies."""
    bins = np.fft.rfftfreq(_SPECTRUM_FRAMES, 1 / take.rate) > _HIGH
    if take.rate / 2 <= _HIGH:
        return float("nan")
    window = np.hanning(_SPECTRUM_FRAMES + 1)[:-1]
    pieces = [
        error[begin : begin + _SPECTRUM_FRAMES, channel]
        for channel, part in _runs(masks(take).rest, _SPECTRUM_FRAMES, ALL_SHAPES)
        for begin in range(part.start, part.stop - _SPECTRUM_FRAMES + 1, _SPECTRUM_FRAMES // 2)
    ]
    if not pieces:
        return float("nan")
    stack = np.array(pieces)
    spectrum = np.fft.rfft((stack - stack.mean(axis=1, keepdims=True)) * window, axis=1)
    return float((np.abs(spectrum[:, bins]) ** 2).sum(axis=1).mean())


def moving_error(take: Take, output: Floats, channels: Sequence[int] = ALL_SHAPES) -> float:
    """RMS error while the truth moves and just after."""
    where, doubt = _ground(take, tuple(channels))
    if not where.any():
        return float("nan")
    error = output[:, list(channels)] - take.truth[:, list(channels)]
    return float(np.sqrt(max(float((error[where] ** 2).sum()) - doubt, 0.0) / where.sum()))


def delay(take: Take, output: Floats, channels: Sequence[int] = ALL_SHAPES) -> float:
    """Seconds by which the output lags the truth in motion: the shift at which they match best.

    Correlation of the output with the truth between the frames, over all movements of all channels together, each
    channel weighing by the energy it moves with; in steps of 6 ms, and a parabola through the best three.
    """
    near = masks(take).near
    shifts = np.arange(_DELAYS[0], _DELAYS[1], _DELAY_STEP)
    match, energy = np.zeros((2, len(shifts)))
    for channel in channels:
        part = np.flatnonzero(near[:, channel])
        if len(part) < _HELD_FRAMES:
            continue
        shown = output[part, channel]
        shown = shown - shown.mean()
        truth = take.truth_at(take.captured[part][None, :] - shifts[:, None], channel)
        truth -= truth.mean(axis=1, keepdims=True)
        match += truth @ shown
        energy += (truth**2).sum(axis=1)
    if not energy.any() or not np.isfinite(match).all():
        return float("nan")
    # A truth that is a mean of trackings has less noise between frames, where it is interpolated, than on them. Its
    # energy would draw the match there; an exact truth's energy only tells how much movement a shifted window holds.
    if take.spread is None:
        match /= np.sqrt(energy)
    best = int(np.clip(np.argmax(match), 1, len(shifts) - 2))
    before, here, after = match[best - 1 : best + 2]
    bend = before - 2 * here + after
    return float(shifts[best] + (0.5 * (before - after) / bend if bend < 0 else 0.0) * _DELAY_STEP)


@lru_cache(maxsize=256)
def _ground(take: Take, channels: tuple[int, ...]) -> tuple[Mask, float]:
    """Where the moving error is summed, and what the truth's own noise adds to the sum of its squares."""
    moving = masks(take).moving[:, channels]
    if take.spread is None:
        return moving, 0.0
    own = (take.spread[:, :, channels] ** 2).sum(axis=0)
    return moving, float(own[moving].sum() / _pairs(take))


def _pairs(take: Take) -> int:
    """K(K − 1): the sum of squared distances of K trackings from their mean, over this, is the mean's variance."""
    count = 0 if take.spread is None else len(take.spread)
    return count * (count - 1)


def _runs(where: Mask, least: int, channels: Sequence[int]) -> Iterator[tuple[int, slice]]:
    """Runs of at least so many frames, channel by channel."""
    for channel in channels:
        edges = np.flatnonzero(np.diff(np.concatenate([[0], where[:, channel].astype(np.int8), [0]])))
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            if end - begin >= least:
                yield channel, slice(int(begin), int(end))


def _still(take: Take) -> Mask:
    """(N, 58) where the truth moves by less than 0.06/s, by its slope and by its energy over nine frames.

    The slope alone would take a mouth that talks, up and down in nine frames, for one at rest; the energy alone would
    not see a slow drift in a noisy truth. Shapes that are as good as closed do not count: nobody sees them tremble.
    """
    slope, noise = _slope(take, _REST_WINDOW)
    energy = _averaged((np.diff(take.truth, axis=0, prepend=take.truth[:1]) * take.rate) ** 2)
    own: Floats | float = 0.0
    if take.spread is not None:
        change = np.diff(take.spread, axis=1, prepend=take.spread[:, :1]) * take.rate
        own = _averaged((change**2).sum(axis=0) / _pairs(take))
    moves = (slope > _REST_SPEED + _SURE * noise) | (energy > _REST_SPEED**2 + _DOUBT * own)
    still = ~_widened(moves, _REST_WINDOW // 2)
    still[:, SHAPES] &= take.truth[:, SHAPES] > _SEEN
    return still


def _slope(take: Take, frames: int) -> tuple[Floats, Floats]:
    """((N, 58) size of the truth's slope over so many frames, (58,) sd of that slope by the truth's own noise)."""
    half = frames // 2
    weights = np.arange(-half, half + 1) * take.rate / float((np.arange(-half, half + 1) ** 2).sum())
    padded = np.pad(take.truth, ((half, half), (0, 0)), mode="edge")
    slope = np.abs(sum(weight * padded[i : i + len(take.truth)] for i, weight in enumerate(weights)))
    if take.spread is None:
        return np.asarray(slope), np.zeros(take.truth.shape[1])
    variance = (take.spread**2).sum(axis=0).mean(axis=0) / _pairs(take)
    return np.asarray(slope), np.sqrt(variance * (weights**2).sum())


def _averaged(values: Floats) -> Floats:
    """Means over nine frames around each."""
    half = _REST_WINDOW // 2
    total = np.cumsum(np.pad(values, ((half + 1, half), (0, 0)), mode="edge"), axis=0)
    return np.asarray((total[_REST_WINDOW:] - total[:-_REST_WINDOW]) / _REST_WINDOW)


def _widened(where: Mask, frames: int) -> Mask:
    """True also for so many frames before and after."""
    wide = where.copy()
    for shift in range(1, frames + 1):
        wide[shift:] |= where[:-shift]
        wide[:-shift] |= where[shift:]
    return wide
