"""Faces written by hand, and parameters by name."""

import numpy as np

from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.retarget import RetargetMap

__all__ = ["face", "named"]


def face(**channels: float) -> np.ndarray:
    """A face at rest but for the named channels."""
    numbers = np.zeros(len(CHANNELS), np.float32)
    for name, number in channels.items():
        numbers[INDEX[name]] = number
    return numbers


def named(loaded: RetargetMap, numbers: np.ndarray) -> dict[str, float]:
    """The parameters that a map gives for a face, by their names."""
    return dict(zip(loaded.names, loaded(numbers).tolist(), strict=True))
