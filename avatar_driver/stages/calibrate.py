"""Makes a person's own neutral face zero and their own extremes one."""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import numpy as np
from annotated_types import Ge, Len
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, POSITION, REGIONS, SHAPE_NAMES, SHAPES, Support
from avatar_driver.errors import did_you_mean
from avatar_driver.frame import Frame
from avatar_driver.rotation import (
    IDENTITY,
    Quaternion,
    composed,
    inverse,
    quaternion_from_vector,
    vector_from_quaternion,
)

__all__ = ["Calibrate"]

_LEAST_RANGE: Final = 0.05  # a shape that moved less than this was never moved: stretching it would show noise
_LIDS: Final = frozenset(REGIONS["lids"])


class Calibrate:
    """Applies a stored neutral face, stored extremes and the head's rest pose.

    A shape x becomes (x − neutral) / (extreme − neutral), kept in 0…1. Lids are scaled, x / extreme, and never
    subtracted: subtraction stops blinks (a fault of peers). Channels that the source cannot know stay as they are.
    The head's rotation is taken relative to its rest by composing rotations, its position by subtraction.

    Args:
        neutral: the resting value of shapes by name, 0 to 1. Shapes left out rest at 0.
        extreme: the largest value of shapes by name, 0 to 1. Shapes left out reach 1.
        head: the head's rest pose, x y z in metres and a rotation vector in radians. Left out: it is learned from the
            first moments in which a face is seen.
        settle: seconds from the first face over which the rest pose is learned; 0 takes the first frame.
    """

    def __init__(
        self,
        *,
        neutral: Mapping[str, Annotated[float, Ge(0)]] = {},
        extreme: Mapping[str, Annotated[float, Ge(0)]] = {},
        head: Annotated[Sequence[float], Len(6, 6)] | None = None,
        settle: Annotated[float, Ge(0)] = 1.0,
    ) -> None:
        self.settle = settle
        self._offset, self._scale = _neutral_and_scale(neutral, extreme)
        self._stored = _pose(head) if head is not None else None
        self._support: tuple[Support, ...] | None = None
        self._offset_here = self._scale_here = np.zeros(0, np.float32)
        self.reset()

    def reset(self) -> None:
        """Forgets a learned rest pose; a stored one stays."""
        self._began: float | None = None
        self._seen: list[NDArray[np.float64]] = []
        self._position, self._undo = self._stored or ((0.0, 0.0, 0.0), IDENTITY)

    def adopt(self, other: "Calibrate") -> None:
        """Takes over another one's settings; a rest pose that was learned stays where none is stored."""
        self.settle, self._offset, self._scale = other.settle, other._offset, other._scale
        self._support = None
        if other._stored != self._stored:
            self._stored = other._stored
            self.reset()

    def recentre(self) -> None:
        """Learns the head's rest pose anew, from the next moments in which a face is seen, in place of a stored one."""
        self._stored = None
        self._began, self._seen = None, []

    def __call__(self, frame: Frame) -> Frame:
        """The calibrated frame."""
        if self._stored is None and frame.tracked:
            self._learn(frame)
        offset, scale = self._for(frame.origin.support)
        values = (frame.values - offset) * scale
        shapes = values[SHAPES]
        np.maximum(shapes, 0, out=shapes)
        np.minimum(shapes, 1, out=shapes)
        # The head on plain numbers: for six of them arrays cost more than the arithmetic.
        x, y, z, *turned = frame.values[POSITION.start :].tolist()
        rest_x, rest_y, rest_z = self._position
        turned = vector_from_quaternion(composed(self._undo, quaternion_from_vector(turned)))
        values[POSITION.start :] = (x - rest_x, y - rest_y, z - rest_z, *turned)
        return frame.changed(values=values)

    def _for(self, support: tuple[Support, ...]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Offset and scale of all channels, none for those that the source cannot know or that are not shapes."""
        # A source gives one and the same tuple for all its frames.
        if support is not self._support:
            self._support = support
            unknown = np.array([each is Support.ABSENT for each in support])
            self._offset_here, self._scale_here = (
                np.where(unknown, none, np.append(each, np.full(6, none))).astype(np.float32)
                for each, none in ((self._offset, 0.0), (self._scale, 1.0))
            )
        return self._offset_here, self._scale_here

    def _learn(self, frame: Frame) -> None:
        if self._began is None or frame.time < self._began:
            self._began, self._seen = frame.time, []
        if frame.time - self._began <= self.settle:
            self._seen.append(frame.values[52:].astype(np.float64))
            # The mean of rotation vectors is the mean rotation to second order in their spread, which is a few degrees.
            self._position, self._undo = _pose(np.mean(self._seen, axis=0))


def _neutral_and_scale(
    neutral: Mapping[str, float], extreme: Mapping[str, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    for name in (*neutral, *extreme):
        if name not in SHAPE_NAMES:
            raise ValueError(f"no shape named '{name}'{did_you_mean(name, SHAPE_NAMES)}")
    offset = np.zeros(len(SHAPE_NAMES))
    scale = np.ones(len(SHAPE_NAMES))
    for i, name in enumerate(SHAPE_NAMES):
        rest = 0.0 if i in _LIDS else neutral.get(name, 0.0)
        reach = extreme.get(name, 1.0) - rest
        if reach >= _LEAST_RANGE:
            offset[i], scale[i] = rest, 1 / reach
    return offset, scale


def _pose(head: Sequence[float] | NDArray[np.float64]) -> tuple[tuple[float, float, float], Quaternion]:
    """The rest position, and the rotation that undoes the rest rotation."""
    if len(head) != len(CHANNELS) - len(SHAPE_NAMES) or not all(map(math.isfinite, head)):
        raise ValueError(f"head must be six finite numbers, x y z and a rotation vector, found {list(head)}")
    x, y, z = map(float, head[:3])
    return (x, y, z), inverse(quaternion_from_vector(head[3:]))
