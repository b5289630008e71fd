"""Keeps the gaze where it was while a lid is shut. Private to `two_timescale`.

Under a closed lid the tracker sees no eye and guesses: `eyeLookDown` goes with the lid as if the eyeball rolled down,
and glances come and go (science report, 3.4). So the eye keeps looking where it looked when it was last seen, and as
the lid opens it looks where it looks now, without any delay.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import INDEX

__all__ = ["SeenGaze"]

Array = NDArray[np.float64]

_SIDES: Final = ("Left", "Right")
_LIDS: Final = np.array([INDEX["eyeBlink" + side] for side in _SIDES])
_EYES: Final = np.array([[INDEX[f"eyeLook{way}{side}"] for way in ("Down", "Up", "In", "Out")] for side in _SIDES])
_SHUT: Final = 0.8  # a lid that the tracker calls closed
_FROM, _UNTIL = 0.1, 0.45  # of the way from where the lid usually is to shut: the eye goes out of sight


class SeenGaze:
    """The gaze of the last face whose eyes were seen, each eye by itself."""

    def __init__(self) -> None:
        self._seen = np.zeros(_EYES.shape)

    def begin(self, face: Array) -> None:
        """Takes the gaze of a face, (58,), whether its eyes are open or not."""
        self._seen = face[_EYES]

    def held(self, face: Array, usual: Array) -> Array:
        """The (8,) gaze of a face, left eye first, where a shut eye's is as it was.

        Args:
            face: (58,) of this frame.
            usual: (58,) its tone: where the lids are when they do not blink, so eyes that stay closed are let go.
        """
        now, open_lid = face[_EYES], usual[_LIDS]
        way = (face[_LIDS] - open_lid) / np.maximum(_SHUT - open_lid, 0.1)
        hidden = np.clip((way - _FROM) / (_UNTIL - _FROM), 0.0, 1.0)[:, None]
        self._seen = np.where(hidden > 0, self._seen, now)
        return np.asarray(now + hidden * (self._seen - now)).ravel()


GAZE: Final = _EYES.ravel()
