"""The tracker's noise: resampled from a real tracking where one is at hand, else a stand-in fitted to some.

Noise lives where it is nearly the same at every level: for shapes in logit space (the scores are outputs of a sigmoid),
for the head in metres and radians.
"""

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np

from avatar_driver.bench._noise_fit import HEAD, SHAPE_FIT
from avatar_driver.bench.take import Floats
from avatar_driver.channels import CHANNELS, SHAPE_NAMES, SHAPES

__all__ = ["Blocks", "Noise", "Silence", "StandIn", "cameras", "rest_levels"]

_SLOW_TIME: Final = 0.5  # s, of the part of the noise that lingers
_SLOW_SHARE: Final = 0.04  # of the shapes' variance
_FREEDOM: Final = 10.0  # of Student's t: kurtosis 4, as measured
_BLOCK: Final = (20, 90)  # frames


class Noise(Protocol):
    """What a camera asks of noise."""

    def sample(self, rng: np.random.Generator, count: int, rate: float) -> Floats:
        """(count, 58) noise of successive frames: logits for shapes, m and rad for the head."""
        ...


class Silence:
    """No noise at all: for tests, and to see what a filter does by itself."""

    def sample(self, rng: np.random.Generator, count: int, rate: float) -> Floats:
        """(count, 58) zeros."""
        return np.zeros((count, len(CHANNELS)))


class StandIn:
    """Noise by a fitted formula, for machines without a clip.

    Eight common factors and each channel's own part, both with Student's t tails, mostly white and to a twenty-fifth
    lingering for half a second. The fit (`_noise_fit`) is a table of standard deviations and loadings, rounded: no
    recording. It is a little kinder than reality, where noise grows with motion blur.
    """

    def __init__(self) -> None:
        fit = np.array([SHAPE_FIT[name] for name in SHAPE_NAMES])
        self._sd, self._loadings = fit[:, 0], fit[:, 2:] / 100
        self._own = np.sqrt(np.maximum(1 - (self._loadings**2).sum(axis=1), 0.05))

    def sample(self, rng: np.random.Generator, count: int, rate: float) -> Floats:
        """(count, 58) noise of successive frames."""
        factors = _coloured(rng, count, rate, np.full(self._loadings.shape[1], _SLOW_SHARE))
        own = _coloured(rng, count, rate, np.full(len(SHAPE_NAMES), _SLOW_SHARE))
        noise = np.empty((count, len(CHANNELS)))
        noise[:, SHAPES] = (factors @ self._loadings.T + own * self._own) * self._sd
        head = np.array(HEAD)
        noise[:, SHAPES.stop :] = _coloured(rng, count, rate, head[:, 1]) * head[:, 0]
        return noise


class Blocks:
    """Real residuals of one clip, cut into blocks of 20 to 90 frames of all channels at once and shuffled.

    Blocks keep colour, tails and what channels have in common. At other frame rates than the clip's they are used frame
    by frame, for most of this noise is new in every picture. They are a little unkinder than reality: in a lively clip
    they are of moving faces, whose noise is larger, and are laid on resting ones too.

    Args:
        residuals: one (N, 58) array per tracking; those no longer than a block are left out.
    """

    def __init__(self, residuals: Sequence[Floats]) -> None:
        self._residuals = [part for part in residuals if len(part) > _BLOCK[0]]
        if not self._residuals:
            raise ValueError(f"expected residuals of more than {_BLOCK[0]} frames, found none")

    def sample(self, rng: np.random.Generator, count: int, rate: float) -> Floats:
        """(count, 58) noise of successive frames."""
        blocks, missing = [], count
        while missing > 0:
            source = self._residuals[rng.integers(len(self._residuals))]
            length = min(int(rng.integers(*_BLOCK)), len(source))
            begin = int(rng.integers(len(source) - length + 1))
            blocks.append(source[begin : begin + length])
            missing -= length
        return np.concatenate(blocks)[:count]


def cameras(clips: Sequence[Sequence[Floats]]) -> list[Noise]:
    """The noise of each clip that is long enough for blocks, to take turns: a camera in a room has its noise.

    Args:
        clips: for each clip its residuals.

    Raises:
        ValueError: no clip is long enough.
    """
    long = [residuals for residuals in clips if any(len(part) > _BLOCK[0] for part in residuals)]
    return [Blocks(residuals) for residuals in long or clips[:1]]


def rest_levels() -> Floats:
    """(52,) where the tracker puts the shapes of a resting face: medians over faces, rounded."""
    return np.array([SHAPE_FIT[name][1] for name in SHAPE_NAMES])


def _coloured(rng: np.random.Generator, count: int, rate: float, slow_share: Floats) -> Floats:
    """(count, n) noise of unit variance: white, and a share that lingers."""
    size = (count, len(slow_share))
    tails = np.sqrt((_FREEDOM - 2) / _FREEDOM)
    white = rng.standard_t(_FREEDOM, size) * tails
    stay = np.exp(-1 / (rate * _SLOW_TIME))
    slow = rng.standard_normal(size)
    slow[1:] *= np.sqrt(1 - stay**2)
    for i in range(1, count):
        slow[i] += stay * slow[i - 1]
    return np.asarray(np.sqrt(1 - slow_share) * white + np.sqrt(slow_share) * slow)
