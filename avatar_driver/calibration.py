"""A person's neutral face, extremes and head rest pose from frames of them: robust, and honest about limits.

The rest is a trimmed mean over still, frontal frames; the extremes are high percentiles, so that one bad frame spoils
neither. A shape that hardly moved is left as it was: stretching it would show noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, REGIONS, ROTATION, SHAPE_NAMES, SHAPES, Support
from avatar_driver.errors import AvatarDriverError
from avatar_driver.frame import Frame

__all__ = ["LEAST_FRAMES", "Calibration", "NotEnoughFramesError", "Verdict", "calibration", "good_frames"]

LEAST_FRAMES: Final = 60  #: of a still face that looks ahead, for its neutral to be trusted
_FRONTAL: Final = np.deg2rad(12.0)
_TRIMMED: Final = 0.3  # of the frames, at either end
_PERCENTILE: Final = 98.0
_LEAST_REACH: Final = 0.1  # a shape that moved less was never moved
_LEAST_NEUTRAL: Final = 0.005  # below this a shape rests at 0, and the profile stays short
_LEAST_SD: Final = 6.0  # … nor one that moved less than so many times its noise at rest
_STRETCH: Final = 0.25  # the least range a shape is given: at most four times as large as it was
# Where a full 1 means a direction and not an effort: looking is re-centred, never stretched.
_NEVER_STRETCHED: Final = frozenset(REGIONS["gaze"])
_GAZE: Final = frozenset(SHAPE_NAMES[i] for i in _NEVER_STRETCHED)


class NotEnoughFramesError(AvatarDriverError):
    """Too few frames of a still face that looks ahead."""

    def __init__(self, found: int, seen: int) -> None:
        super().__init__(found, seen)
        self.found = found
        self.seen = seen

    def __str__(self) -> str:
        why = "no face was seen" if not self.seen else f"a face was seen in {self.seen}, looking elsewhere or moving"
        return (
            f"a neutral face needs {LEAST_FRAMES} frames looking straight ahead, found {self.found}: {why}. "
            "Sit in front of the camera in good light, relax your face and try again"
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one shape.

    Attributes:
        moved: whether it moved enough for its extreme to be used.
        absent: whether the source cannot know it.
    """

    name: str
    neutral: float
    reached: float
    moved: bool
    absent: bool

    def __str__(self) -> str:
        if self.absent:
            return f"{self.name}: not measured by this source, left as it is"
        if self.name in _GAZE:
            return f"{self.name}: re-centred to your rest ({self.neutral:.2f}), never stretched"
        if not self.moved and self.reached - self.neutral >= _LEAST_REACH:
            return f"{self.name}: moved hardly more than at rest, range left as it was (rest {self.neutral:.2f})"
        if not self.moved:
            return f"{self.name}: never moved, range left as it was (rest {self.neutral:.2f})"
        return f"{self.name}: {self.neutral:.2f} to {self.reached:.2f}"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the `calibrate` stage is told, and why.

    Attributes:
        neutral: resting value of each shape that is known and does not rest at 0.
        extreme: largest value of each shape that moved.
        head: rest pose, x y z in metres and a rotation vector in radians.
    """

    neutral: dict[str, float]
    extreme: dict[str, float]
    head: tuple[float, ...]
    verdicts: tuple[Verdict, ...]

    def settings(self) -> dict[str, object]:
        """The stage's settings, as they stand in a profile."""
        return {"type": "calibrate", "neutral": self.neutral, "extreme": self.extreme, "head": list(self.head)}


def calibration(rest: Sequence[Frame], movement: Sequence[Frame]) -> Calibration:
    """The calibration from frames at rest and frames of every movement at its largest.

    Raises:
        NotEnoughFramesError: fewer than 60 of the resting frames show a still face that looks ahead.
    """
    seen = _seen(rest)
    still = _still(seen)
    if len(still) < LEAST_FRAMES:
        raise NotEnoughFramesError(len(still), len(seen))
    resting = _trimmed_mean(still)
    spread = 1.4826 * np.median(np.abs(still - np.median(still, axis=0)), axis=0)
    moving = [frame.values for frame in movement if frame.tracked]
    reached = np.percentile(moving, _PERCENTILE, axis=0) if moving else resting
    support = rest[0].origin.support
    verdicts = []
    for i, name in enumerate(SHAPE_NAMES):
        reach = reached[i] - resting[i]
        moved = bool(reach >= max(_LEAST_REACH, _LEAST_SD * spread[i])) and i not in _NEVER_STRETCHED
        absent = support[i] is Support.ABSENT
        verdicts.append(Verdict(name, _rounded(resting[i]), _rounded(reached[i]), moved and not absent, absent))
    return Calibration(
        neutral={v.name: v.neutral for v in verdicts if not v.absent and v.neutral >= _LEAST_NEUTRAL},
        extreme={
            verdict.name: _rounded(max(verdict.reached, verdict.neutral + _STRETCH))
            for verdict in verdicts
            if verdict.moved
        },
        head=tuple(_rounded(value) for value in resting[SHAPES.stop :]),
        verdicts=tuple(verdicts),
    )


def good_frames(frames: Sequence[Frame]) -> int:
    """How many of the frames show a still face that looks ahead, with open eyes."""
    return len(_still(_seen(frames)))


def _seen(frames: Sequence[Frame]) -> NDArray[np.float64]:
    """(frames, 58) those with a face."""
    return np.array([frame.values for frame in frames if frame.tracked], dtype=np.float64).reshape(-1, len(CHANNELS))


def _still(seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """(frames, 58) those in which the head faces the way it mostly does, and no blink is under way."""
    if not len(seen):
        return seen
    turned = np.linalg.norm(seen[:, ROTATION] - np.median(seen[:, ROTATION], axis=0), axis=1)
    lids = seen[:, [SHAPE_NAMES.index("eyeBlinkLeft"), SHAPE_NAMES.index("eyeBlinkRight")]].max(axis=1)
    still: NDArray[np.float64] = seen[(turned < _FRONTAL) & (lids < np.median(lids) + 0.2)]
    return still


def _trimmed_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    cut = int(_TRIMMED * len(values))
    mean: NDArray[np.float64] = np.mean(np.sort(values, axis=0)[cut : len(values) - cut], axis=0)
    return mean


def _rounded(value: float) -> float:
    return round(float(value), 4)
