"""How lively each half of a face is, and how much less its noise then counts. Private to `two_timescale`.

What one channel does tells about its neighbours: in a mouth that talks or laughs, a shape that hardly moves more likely
follows a little than it rests, and amid movement nobody sees it tremble. In a face at rest it is the other way round.
So in a half that moves more than a resting face with its blinks and glances does, noise is taken for smaller, and for a
little larger where all is still. The halves are apart because eyes may rest while the mouth talks; the cortex, too, has
areas that move mostly the upper face and others that move mostly the lower (Morecraft and others 2001).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Liveliness", "Lively"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Liveliness:
    """How much liveliness matters.

    Attributes:
        usual: the share of a half's channels that moves at most times in a face that mostly rests.
        weight: the logarithm of the noise σ falls by this for each channel more, as a share of them all.
        time: s in which liveliness is noticed and forgotten.
    """

    usual: float = 0.07
    weight: float = 0.35
    time: float = 0.1


class Lively:
    """Follows what share of each half moves.

    Args:
        halves: the channels of each half; those in neither are left as they are.
        channels: how many there are.
        liveliness: how much it matters.
    """

    def __init__(self, halves: Sequence[Sequence[int]], channels: int, liveliness: Liveliness) -> None:
        self._liveliness = liveliness
        self._members = np.zeros((len(halves), channels))
        for members, half in zip(self._members, halves, strict=True):
            members[list(half)] = 1.0
        self._share = np.empty(len(halves))
        self.forget()

    def forget(self) -> None:
        """Back to a face that mostly rests."""
        self._share[:] = self._liveliness.usual

    def factor(self) -> Array:
        """(n,) what the noise variance is to be multiplied by."""
        k = self._liveliness
        return np.asarray(np.exp((self._share - k.usual) @ self._members * (-2 * k.weight)))

    def learn(self, resting: Array, witness: NDArray[np.bool_], dt: float) -> None:
        """One frame.

        Args:
            resting: (n,) how surely each channel rests, 0…1.
            witness: (n,) which channels are open enough to tell.
            dt: the step in s.
        """
        count = self._members @ witness
        moving = self._members @ (witness * (1.0 - resting))
        follow = -math.expm1(-dt / self._liveliness.time)
        self._share += follow * (moving / np.maximum(count, 1.0) - self._share)
