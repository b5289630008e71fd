"""One face at one moment, and where it came from."""

from dataclasses import dataclass, field
from typing import Any, Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar_driver.channels import CHANNELS, Support

__all__ = ["ALL_MEASURED", "REST", "Frame", "Origin", "frozen_values"]

ALL_MEASURED: Final = (Support.MEASURED,) * len(CHANNELS)


_SHAPE: Final = (len(CHANNELS),)


def frozen_values(values: ArrayLike) -> NDArray[np.float32]:
    """A read-only (58,) float32 array. An array that already is one is taken over, not copied.

    Raises:
        ValueError: the shape is not (58,).
    """
    array = np.ascontiguousarray(values, dtype=np.float32)
    if array.shape != _SHAPE:
        raise ValueError(f"a frame has {len(CHANNELS)} values, found an array of shape {array.shape}")
    array.setflags(write=False)
    return array


#: Every channel at rest: a neutral face, head straight, at the calibrated place.
REST: Final = frozen_values(np.zeros(len(CHANNELS)))

_AS_VALUES: Final = frozen_values(np.zeros(len(CHANNELS)))  # stands for "the same as `values`" until a frame is made


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the source knows of a frame beside the face. Stages pass it on untouched.

    Attributes:
        captured: the computer's `time.perf_counter()`, seconds, when the picture was taken or the packet arrived. Equal
            to `Frame.time` for live sources; a file that is read faster than it plays has its own `Frame.time`.
        detection: seconds the tracker worked on this frame; 0 where nothing was tracked.
        support: how each of the 58 channels is known.
    """

    captured: float
    detection: float = 0.0
    support: tuple[Support, ...] = ALL_MEASURED


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One face at one moment.

    Arrays are read-only and taken over from the caller, so threads and sinks share a frame without copies and without
    trust.

    Attributes:
        time: seconds, at capture, strictly rising within a run. What filters measure steps with.
        values: (58,) float32, see `avatar_driver.channels`.
        tone: (58,) float32, the slow part of `values`; `values - tone` is the transient. At rest until a stage sets it.
        tracked: False when no face is in view; `values` then are the last ones seen, or what a stage eased them to.
        altered: names of the stages that made the face differ from the measured one (disclosure).
        origin: capture time, cost of detection and support of each channel.
        measured: (58,) float32, `values` as the source gave them. Set by itself; stages pass it on untouched, so that a
            recording can hold both.
    """

    time: float
    values: NDArray[np.float32]
    tone: NDArray[np.float32] = field(default_factory=lambda: REST)  # arrays may not be bare defaults
    tracked: bool = True
    altered: frozenset[str] = frozenset()
    origin: Origin = field(default_factory=lambda: Origin(captured=0.0))
    measured: NDArray[np.float32] = field(default_factory=lambda: _AS_VALUES)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen_values(self.values))
        object.__setattr__(self, "tone", frozen_values(self.tone))
        if self.measured is _AS_VALUES:
            object.__setattr__(self, "measured", self.values)

    @property
    def transient(self) -> NDArray[np.float32]:
        """(58,) the fast part: `values - tone`."""
        return self.values - self.tone

    def changed(self, **changes: Any) -> Self:
        """This frame with some fields replaced."""
        # As `dataclasses.replace`, at a third of its cost: every stage of every frame comes by here.
        return type(self)(
            changes.pop("time", self.time),
            changes.pop("values", self.values),
            changes.pop("tone", self.tone),
            changes.pop("tracked", self.tracked),
            changes.pop("altered", self.altered),
            changes.pop("origin", self.origin),
            changes.pop("measured", self.measured),
            **changes,
        )

    def altered_by(self, stage: str, **changes: Any) -> Self:
        """This frame with some fields replaced, marked as no longer the measured face."""
        return self.changed(altered=self.altered | {stage}, **changes)
