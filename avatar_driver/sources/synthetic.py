"""A face without a camera: for the demo, for trying an avatar, and for tests that know the truth."""

import math
import threading
import time
from collections.abc import Iterator
from typing import Annotated, Final

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, PAIRS, POSITION, ROTATION, SHAPE_NAMES, SHAPES
from avatar_driver.frame import Frame, Origin
from avatar_driver.sources._choreography import Choreography

__all__ = ["Synthetic"]

# Sd of the tracker's noise in log-odds, where it is nearly the same at every level (webcam-like light).
_LOGIT_NOISE: Final = {
    "brow": 0.22,
    "eyeBlink": 0.155,
    "eyeLook": 0.17,
    "eyeSquint": 0.13,
    "eyeWide": 0.15,
    "jawOpen": 0.16,
    "jaw": 0.19,
    "mouthSmile": 0.25,
    "mouthFrown": 0.30,
    "mouthLeft": 0.27,
    "mouthRight": 0.27,
    "mouthPucker": 0.24,
    "mouthStretch": 0.25,
    "mouthUpperUp": 0.22,
    "mouthLowerDown": 0.20,
    "mouth": 0.18,
}
# Where MediaPipe puts a resting face.
_RESTING: Final = {"eyeSquint": 0.3, "eyeLookDown": 0.25, "browOuterUp": 0.2, "browInnerUp": 0.13, "eyeBlink": 0.1}
_RESTING_ELSE: Final = 0.04
_SHARED_BY_TWINS: Final = 0.85  # correlation of left and right
_COLOUR_SECONDS: Final = 0.032  # lag-1 correlation .35 at 30 fps
_HEAD_NOISE: Final = (0.0004, 0.0004, 0.0008, math.radians(0.15), math.radians(0.1), math.radians(0.08))


class Synthetic:
    """A choreographed face: idling, blinks, glances, speech, smiles, brow raises, a micro-expression, nods and turns.

    Args:
        fps: frames a second.
        seed: another seed plays another face; the same seed always the same.
        noise: 0 plays the formula itself; 1 adds noise like MediaPipe's on a webcam, resting levels included.
        seconds: how long it plays; 0 plays on.
        fast: as quickly as it can, with the same time steps.
    """

    def __init__(
        self,
        *,
        fps: Annotated[float, Ge(1), Le(240)] = 30.0,
        seed: Annotated[int, Ge(0)] = 0,
        noise: Annotated[float, Ge(0), Le(10)] = 0.0,
        seconds: Annotated[float, Ge(0)] = 0.0,
        fast: bool = False,
    ) -> None:
        self.fps = fps
        self.seed = seed
        self.noise = noise
        self.seconds = seconds
        self.fast = fast

    @property
    def paced(self) -> bool:
        """False when played as quickly as it can."""
        return not self.fast

    def describe(self) -> str:
        """`synthetic face, 30 fps`, and its noise if it has any."""
        return f"synthetic face, {self.fps:g} fps" + (f", noise x{self.noise:g}" if self.noise else "")

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """Plays; real time unless `fast`."""
        choreography = Choreography(self.seed)
        noise = _TrackerNoise(self.noise, 1 / self.fps, self.seed) if self.noise else None
        began = time.perf_counter()
        index = 0
        while not stop.is_set() and not (self.seconds and index >= self.seconds * self.fps):
            elapsed = index / self.fps
            if self.paced:
                stop.wait(max(0.0, began + elapsed - time.perf_counter()))
            values = choreography.face(elapsed)
            if noise is not None:
                values = noise.added(values)
            captured = time.perf_counter()
            # A machine that slept leaves a gap, as a camera would, instead of a burst of old frames.
            if self.paced and captured > began + elapsed + 1:
                began = captured - elapsed
            yield Frame(began + elapsed, values.astype(np.float32), origin=Origin(captured=captured))
            index += 1


class _TrackerNoise:
    """Coloured, heavy-tailed noise in log-odds, shared by left and right, around MediaPipe's resting levels."""

    def __init__(self, strength: float, step: float, seed: int) -> None:
        self._rng = np.random.default_rng((seed, 1))
        self._strength = strength
        self._keep = math.exp(-step / _COLOUR_SECONDS)
        self._state = np.zeros(len(CHANNELS))
        self._sd = np.array([_by_prefix(name, _LOGIT_NOISE, 0.0) for name in SHAPE_NAMES])
        self._resting = np.array([_by_prefix(name, _RESTING, _RESTING_ELSE) for name in SHAPE_NAMES])

    def added(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        fresh = self._rng.standard_t(5, len(CHANNELS)) * math.sqrt(3 / 5)
        for left, right in PAIRS:
            fresh[right] = _SHARED_BY_TWINS * fresh[left] + math.sqrt(1 - _SHARED_BY_TWINS**2) * fresh[right]
        self._state = self._keep * self._state + math.sqrt(1 - self._keep**2) * fresh
        noisy = values.copy()
        level = np.clip(self._resting + (1 - self._resting) * values[SHAPES], 1e-4, 1 - 1e-4)
        log_odds = np.log(level / (1 - level)) + self._strength * self._sd * self._state[SHAPES]
        noisy[SHAPES] = np.where(self._sd > 0, 1 / (1 + np.exp(-log_odds)), values[SHAPES])
        noisy[POSITION.start : ROTATION.stop] += self._strength * np.array(_HEAD_NOISE) * self._state[52:]
        return noisy


def _by_prefix(name: str, table: dict[str, float], otherwise: float) -> float:
    """The entry of the longest prefix of a name."""
    fitting = [prefix for prefix in table if name.startswith(prefix)]
    return table[max(fitting, key=len)] if fitting else otherwise
