"""What a run counts and measures, in constant memory: a stream may last all day."""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

__all__ = ["Distribution", "RunStatistics", "SinkStatistics"]

_SMALLEST: Final = 1e-7  # s
_PER_DECADE: Final = 120  # bins: each 1.9 % wide
_BINS: Final = 9 * _PER_DECADE  # up to 100 s


class Distribution:
    """Quantiles of durations, exact to 2 %, by counting in logarithmic bins."""

    def __init__(self) -> None:
        self.count = 0
        self._bins = [0] * _BINS  # a list: counting one is several times quicker than in an array

    def add(self, seconds: float) -> None:
        """Counts one duration."""
        position = math.log10(max(seconds, _SMALLEST) / _SMALLEST) * _PER_DECADE
        self._bins[min(_BINS - 1, int(position))] += 1
        self.count += 1

    def include(self, other: "Distribution") -> None:
        """Counts all that another one counted."""
        self._bins = [a + b for a, b in zip(self._bins, other._bins, strict=True)]
        self.count += other.count

    def quantile(self, share: float) -> float | None:
        """Seconds below which `share` (0…1) of the durations lie; None without any."""
        if not self.count:
            return None
        index = int(np.searchsorted(np.cumsum(self._bins), share * self.count))
        return float(_SMALLEST * 10 ** ((min(index, _BINS - 1) + 0.5) / _PER_DECADE))

    def report(self, unit: float) -> dict[str, float | None]:
        """p50, p95 and p99 in a unit of so many seconds, such as 1e-3, rounded to three significant digits."""
        return {name: _rounded(self.quantile(share), unit) for name, share in _QUANTILES.items()}


_QUANTILES: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def _rounded(seconds: float | None, unit: float) -> float | None:
    return None if seconds is None else float(f"{seconds / unit:.3g}")


@dataclass(slots=True)
class SinkStatistics:
    """One sink's part of the report.

    Attributes:
        sent: frames handed to the sink and sent without error.
        dropped: frames a newer one replaced before the sink was ready for them.
        errors: failed openings and failed sends.
        fault: the sentence of the failure that lasts, None while all is well.
        cost: seconds from the call of `send` to its end.
        age: seconds from the capture of a frame to the end of its sending; `recent_age`: about its last second.
    """

    sent: int = 0
    dropped: int = 0
    errors: int = 0
    fault: str | None = None
    cost: Distribution = field(default_factory=Distribution)
    age: Distribution = field(default_factory=Distribution)
    recent_age: float = 0.0

    def count_age(self, seconds: float) -> None:
        """One frame's age when it was sent."""
        self.age.add(seconds)
        self.recent_age += (seconds - self.recent_age) * (0.1 if self.age.count > 1 else 1.0)

    def report(self) -> dict[str, Any]:
        """As it stands in the JSON report."""
        return {
            "sent": self.sent,
            "dropped": self.dropped,
            "errors": self.errors,
            "fault": self.fault,
            "send_us": self.cost.report(1e-6),
            "capture_to_send_ms": self.age.report(1e-3),
        }


@dataclass(slots=True)
class RunStatistics:
    """What a run counts beside its sinks.

    Attributes:
        frames: frames that came from the source.
        tracked: those of them with a face.
        skipped: frames that came while the one before was still waiting, and replaced it.
        filled: frames the engine made because none came for too long.
        closing: frames of the way back to neutral at the end.
        repaired: frames with NaN or infinity in place of which the last good ones went on, by who made them.
        detection: seconds the tracker worked on a frame; `recent_detection`: about its last second.
        stages: seconds of each stage; `processing`: of all of them and the checks between.
        fps: frames a second from the source, over the last second or so.
    """

    frames: int = 0
    tracked: int = 0
    skipped: int = 0
    filled: int = 0
    closing: int = 0
    repaired: Counter[str] = field(default_factory=Counter)
    detection: Distribution = field(default_factory=Distribution)
    processing: Distribution = field(default_factory=Distribution)
    stages: dict[str, Distribution] = field(default_factory=dict)
    fps: float = 0.0
    recent_detection: float = 0.0
    _last: float | None = None

    def count(self, tracked: bool, detection: float, now: float) -> None:
        """One frame from the source, at `now` on the computer's clock."""
        self.frames += 1
        self.tracked += tracked
        if detection > 0:
            self.detection.add(detection)
            self.recent_detection += (detection - self.recent_detection) * (0.1 if self.detection.count > 1 else 1.0)
        if self._last is not None and now > self._last:
            # An average of intervals, not of rates: bursts must not read as speed.
            interval = now - self._last
            weight = 1 - math.exp(-interval)
            smoothed = interval if self.fps == 0 else (1 - weight) / self.fps + weight * interval
            self.fps = 1 / smoothed
        self._last = now

    def report(self) -> dict[str, Any]:
        """As it stands in the JSON report."""
        return {
            "frames": self.frames,
            "tracked": self.tracked,
            "skipped": self.skipped,
            "filled": self.filled,
            "closing": self.closing,
            "repaired": dict(self.repaired),
            "detection_ms": self.detection.report(1e-3),
            "processing_us": self.processing.report(1e-6),
            "stages_us": {name: each.report(1e-6) for name, each in self.stages.items()},
        }
