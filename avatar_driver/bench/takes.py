"""Truth on a real clip, without smoothing anything: the same clip tracked again and again as different cameras saw it.

Each copy has its own noise, JPEG artefacts and drift (`sources._disturbed`). What one tracking is judged by is the mean
of the *others*, in logit space: no filter in time touches it, so fast events stay, and its noise is independent of the
judged one's. What the copies have in common (motion blur, the tracker's own errors about this face) counts as truth.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from avatar_driver.bench.take import Floats, Mask, Take, logit, sigmoid
from avatar_driver.channels import CHANNELS, POSITION, ROTATION, SHAPES
from avatar_driver.errors import SourceError
from avatar_driver.rotation import Quaternion, composed, quaternion_from_vector, vector_from_quaternion
from avatar_driver.sources._disturbed import Disturbance, Drift, Video, opened

__all__ = ["LONGEST", "Clip", "Tracking", "halves", "leave_one_out", "track_clip", "undone"]

#: Seconds of a clip that are used.
LONGEST: Final = 60.0

_DIM: Final = 12.0  # grey levels of noise in low light
_LIT: Final = 4.0
_LEAST_FRAMES: Final = 45
_SMOOTHED: Final = 2  # trackings with the tracker's own smoothing: their noise shows in how they differ
_FINER: Final = 8  # points of the path between two frames
_WARM_UP: Final = 0.5  # s
_HALF_VIEW: Final = 0.6128007881399733  # tan(63°/2): half the picture's height at distance 1 (protocol notes, 10.1)


class Tracker(Protocol):
    """What tracks a face; `sources._landmarker.Landmarker` does."""

    def detect(self, image: object, time: float) -> NDArray[np.float32] | None:
        """The 58 values of the face in a BGR picture, the head where the camera saw it; None without a face."""
        ...

    def close(self) -> None:
        """Frees the tracker."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Tracking:
    """One tracking of a clip: (N,) times in s, (N, 58) values as last seen, (N,) where a face was found."""

    times: Floats
    values: Floats
    found: Mask


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    """A real clip with its truth.

    Attributes:
        name: the file's name.
        takes: one per tracking without the tracker's own smoothing, each judged by the others.
        smoothed: (N, 58) what the tracker made of the first takes' pictures with its own smoothing.
        dim: takes in low light, judged by the well-lit ones.
        residuals: (N, 58) noise of each take: logits for shapes, m and rad for the head.
    """

    name: str
    takes: tuple[Take, ...]
    smoothed: tuple[Floats, ...]
    dim: tuple[Take, ...]
    residuals: tuple[Floats, ...]


def track_clip(
    video: Path,
    *,
    tracker: Callable[[bool], Tracker],
    copies: int,
    dim_copies: int,
    seed: int,
    progress: Callable[[float], None],
) -> Clip:
    """Tracks a clip `copies` times, two of the copies with the tracker's own smoothing too, and some in low light.

    Args:
        video: the file.
        tracker: makes a fresh tracker; its argument says whether with its own smoothing.
        copies: at least 3.
        dim_copies: trackings in low light; 0, or at least 2.
        seed: of the disturbances.
        progress: told the share done.

    Raises:
        SourceError: the file is no video, or a face is seen in too few of its pictures.
    """
    opening = opened(video)
    passes = [(False, number, _LIT) for number in range(copies)]
    passes += [(True, number, _LIT) for number in range(_SMOOTHED)]
    passes += [(False, copies + number, _DIM) for number in range(dim_copies)]
    trackings = []
    for part, (smoothing, number, noise) in enumerate(passes):

        def told(share: float, part: int = part) -> None:
            progress((part + share) / len(passes))

        with closing(tracker(smoothing)) as fresh:
            trackings.append(_tracked(opening, fresh, seed + number, noise, told))
    lit, smoothed = trackings[:copies], trackings[copies : copies + _SMOOTHED]
    dark = trackings[copies + _SMOOTHED :]
    takes = leave_one_out(video.name, lit)
    streams = np.stack([tracking.values for tracking in lit])
    seen = _common(trackings)
    return Clip(
        name=video.name,
        takes=tuple(takes),
        smoothed=tuple(tracking.values for tracking in smoothed),
        dim=tuple(_take(f"{video.name} in low light", tracking, streams, seen) for tracking in dark),
        residuals=tuple(_residuals(streams, k)[takes[0].reported] for k in range(copies)),
    )


def leave_one_out(name: str, trackings: Sequence[Tracking]) -> list[Take]:
    """A take for each tracking, whose truth is the mean of all the others.

    Raises:
        SourceError: all trackings together saw a face in too few frames.
    """
    common = _common(trackings)
    if common.sum() < _LEAST_FRAMES:
        raise SourceError(
            f"{name}: found a face in {int(common.sum())} of {len(common)} pictures, expected at least "
            f"{_LEAST_FRAMES}; "
            "use a clip in which one face is seen for some seconds"
        )
    streams = np.stack([tracking.values for tracking in trackings])
    return [
        _take(f"{name} #{k + 1}", tracking, np.delete(streams, k, axis=0), common)
        for k, tracking in enumerate(trackings)
    ]


def halves(take: Take) -> tuple[Take, Take]:
    """(the take with its first half to be tuned on, the same with its second half to be reported)."""
    middle = (take.times[0] + take.times[-1]) / 2
    warm = take.times >= take.times[0] + _WARM_UP
    first = replace(take, reported=take.reported & warm & (take.times < middle))
    return first, replace(take, reported=take.reported & (take.times >= middle))


def undone(values: Floats, drift: Drift, height: int) -> Floats:
    """A face's 58 values with the head put back to where it would have been seen without the camera's drift.

    Args:
        values: the head as the camera saw it, position in m.
        drift: of that picture.
        height: of the picture, px.
    """
    back = values.copy()
    distance = -values[POSITION][2]
    per_pixel = distance * 2 * _HALF_VIEW / height
    x, y, z = values[POSITION] + (-drift.right * per_pixel, drift.down * per_pixel, 0.0)
    tilt = -np.radians(drift.tilt)
    c, s = np.cos(tilt), np.sin(tilt)
    back[POSITION] = c * x - s * y, s * x + c * y, z * drift.size
    turn = Quaternion(0.0, 0.0, float(np.sin(tilt / 2)), float(np.cos(tilt / 2)))
    back[ROTATION] = vector_from_quaternion(composed(turn, quaternion_from_vector(values[ROTATION])))
    return back


def _tracked(video: Video, tracker: Tracker, seed: int, noise: float, progress: Callable[[float], None]) -> Tracking:
    disturbance = Disturbance(seed=seed, rate=video.rate, noise=noise)
    values, found = [], []
    last = np.zeros(len(CHANNELS))
    expected = min(video.count, LONGEST * video.rate)
    for number, picture in enumerate(video.pictures(LONGEST)):
        disturbed, drift = disturbance(picture)
        face = tracker.detect(disturbed, number / video.rate)
        if face is not None:
            last = undone(face.astype(np.float64), drift, picture.shape[0])
        values.append(last)
        found.append(face is not None)
        progress(min((number + 1) / expected, 1.0))
    return Tracking(times=np.arange(len(values)) / video.rate, values=np.array(values), found=np.array(found))


def _common(trackings: Sequence[Tracking]) -> Mask:
    return np.asarray(np.all([tracking.found for tracking in trackings], axis=0))


def _take(name: str, judged: Tracking, others: Floats, common: Mask) -> Take:
    """A take of one tracking, with the mean of (K, N, 58) others for truth."""
    truth, spread = _mean(others)
    rate = float(1 / np.median(np.diff(judged.times)))
    warm = judged.times >= judged.times[0] + _WARM_UP
    fine = np.linspace(judged.times[0], judged.times[-1], (len(judged.times) - 1) * _FINER + 1)
    return Take(
        name=name,
        times=judged.times,
        captured=judged.times,
        raw=judged.values.astype(np.float32),
        truth=truth,
        path=_cubic(fine, judged.times, truth),
        path_start=float(fine[0]),
        path_rate=float(1 / (fine[1] - fine[0])),
        reported=common & warm,
        spread=spread,
        tracked=judged.found,
        rate=rate,
    )


def _mean(streams: Floats) -> tuple[Floats, Floats]:
    """((N, 58) mean of (K, N, 58), shapes in logit space; (K, N, 58) how far each lay from it, as values)."""
    mean = streams.mean(axis=0)
    spread = streams - mean
    logits = logit(streams[..., SHAPES])
    middle = logits.mean(axis=0)
    mean[:, SHAPES] = sigmoid(middle)
    slope = mean[:, SHAPES] * (1 - mean[:, SHAPES])
    spread[..., SHAPES] = (logits - middle) * slope
    return mean, spread


def _residuals(streams: Floats, k: int) -> Floats:
    """(N, 58) how far one tracking lay from the mean of all, shapes as logits, scaled to a single one's noise."""
    space = streams.copy()
    space[..., SHAPES] = logit(streams[..., SHAPES])
    count = len(streams)
    return np.asarray((space[k] - space.mean(axis=0)) * np.sqrt(count / (count - 1)))


def _cubic(at: Floats, times: Floats, values: Floats) -> Floats:
    """(M, n) values between points by Catmull-Rom's cubic: it goes through every point."""
    slope = np.gradient(values, times, axis=0)
    i = np.clip(np.searchsorted(times, at, side="right") - 1, 0, len(times) - 2)
    step = (times[i + 1] - times[i])[:, None]
    s = (at - times[i])[:, None] / step
    first = (1 + 2 * s) * (1 - s) ** 2 * values[i] + s * (1 - s) ** 2 * step * slope[i]
    return np.asarray(first + s**2 * (3 - 2 * s) * values[i + 1] + s**2 * (s - 1) * step * slope[i + 1])
