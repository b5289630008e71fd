"""Gain, offset, range and response curve of single channels and regions, set by the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray
from typing_extensions import TypedDict

from avatar_driver.channels import CHANNELS, INDEX, REGIONS, SHAPE_NAMES, SHAPES
from avatar_driver.errors import did_you_mean
from avatar_driver.frame import Frame

__all__ = ["Adjust"]

_LEAST_RANGE: Final = 0.01


class Channel(TypedDict, total=False):
    """How one shape responds. What is left out changes nothing."""

    gain: Annotated[float, Ge(0), Le(3)]
    offset: Annotated[float, Ge(-1), Le(1)]
    low: Annotated[float, Ge(0), Le(0.95)]
    high: Annotated[float, Ge(0.05), Le(1)]
    curve: Annotated[float, Ge(0.25), Le(4)]


@dataclass(slots=True)
class _Response:
    """Per shape, (52,) each."""

    gain: NDArray[np.float64]
    offset: NDArray[np.float64]
    low: NDArray[np.float64]
    reach: NDArray[np.float64]
    curve: NDArray[np.float64]

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        spanned: NDArray[np.float64] = np.clip((values - self.low) / self.reach, 0, 1)
        return np.clip(self.offset + self.gain * spanned**self.curve, 0, 1)


class Adjust:
    """Makes single shapes respond as the person likes: y = offset + gain · tᶜ, t = (x − low) / (high − low).

    t and y are kept in 0…1. Tone goes through the same response. Where anything is set that changes the face, the
    frame is marked `altered`.

    Args:
        regions: gain of whole regions (`lids`, `gaze`, `brows`, `jaw`, `lips`, `smile`, `cheeks`, `tongue`), 0 to 3;
            of `head` too, which scales its turning and its way.
        channels: by shape: `gain` 0 to 3, `offset` -1 to 1, `low` and `high` the part of the range that is used,
            `curve` the power of the response, 0.25 to 4: above 1 small movements become smaller, below larger.
    """

    def __init__(
        self,
        *,
        regions: Mapping[str, Annotated[float, Ge(0), Le(3)]] = {},
        channels: Mapping[str, Channel] = {},
    ) -> None:
        gain = np.ones(len(CHANNELS))
        for name, factor in regions.items():
            if name not in REGIONS:
                raise ValueError(f"no region named '{name}'{did_you_mean(name, REGIONS)}")
            gain[list(REGIONS[name])] = factor
        self._head_gain = gain[SHAPES.stop :]
        self._response = _response(gain[SHAPES], channels)
        self._changes = any(factor != 1 for factor in regions.values()) or any(
            own.get(key, standard) != standard for own in channels.values() for key, standard in _STANDARD.items()
        )

    def reset(self) -> None:
        """Has nothing to forget."""

    def adopt(self, other: "Adjust") -> None:
        """Takes over another one's settings."""
        self._head_gain, self._response, self._changes = other._head_gain, other._response, other._changes

    def __call__(self, frame: Frame) -> Frame:
        """The adjusted frame, or the frame itself when nothing is set."""
        if not self._changes:
            return frame
        values, tone = frame.values.astype(np.float64), frame.tone.astype(np.float64)
        for each in (values, tone):
            each[SHAPES] = self._response(each[SHAPES])
            each[SHAPES.stop :] *= self._head_gain
        return frame.altered_by("adjust", values=values, tone=tone)


_STANDARD: Final = {"gain": 1.0, "offset": 0.0, "low": 0.0, "high": 1.0, "curve": 1.0}


def _response(region_gain: NDArray[np.float64], channels: Mapping[str, Channel]) -> _Response:
    settings = {key: np.full(len(SHAPE_NAMES), standard) for key, standard in _STANDARD.items()}
    settings["gain"] = region_gain.copy()
    for name, own in channels.items():
        if name not in SHAPE_NAMES:
            raise ValueError(f"no shape named '{name}'{did_you_mean(name, SHAPE_NAMES)}")
        i = INDEX[name]
        for key, value in own.items():
            settings[key][i] = region_gain[i] * value if key == "gain" else value
        if settings["high"][i] - settings["low"][i] < _LEAST_RANGE:
            raise ValueError(f"{name}: 'high' must be above 'low', found {own}")
    return _Response(
        settings["gain"], settings["offset"], settings["low"], settings["high"] - settings["low"], settings["curve"]
    )
