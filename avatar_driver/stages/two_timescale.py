"""The two-timescale filter: calm at rest, at once when the face moves."""

import math
from collections.abc import Mapping
from typing import Annotated, Final

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, INDEX, PAIRS, REGIONS, ROTATION, SHAPE_NAMES, SHAPES
from avatar_driver.errors import did_you_mean
from avatar_driver.frame import Frame
from avatar_driver.rotation import composed, inverse, quaternion_from_vector, vector_from_quaternion
from avatar_driver.stages._regimes import DRIFT, HOLD, Constants, Regimes

__all__ = ["TwoTimescale"]

Array = NDArray[np.float64]

_EDGE: Final = 1e-5  # shapes are squeezed into [edge, 1 − edge] before the logarithm
_NOMINAL_STEP: Final = 1 / 30  # s, where the clock tells nothing
_COAST: Final = 0.05  # s without a face during which movement goes on
_RETURN: Final = 0.25  # s without a face after which nothing is known of it
_CROSS_FADE: Final = 0.08  # s from the last face shown to the new one
_KEEP: Final = 0.4  # s for which a lost face is held whole; then only its tone stays
_RELEASE: Final = 0.3  # s in which the transient of a lost face goes
_TONE: Final = 0.4  # s in which tone follows a held expression (science: consolidation)
_LEARN: Final = 1.0  # s in which the noise is learned
_MEDIAN: Final = 0.455  # of χ² with one degree of freedom
_SHORTEST_STEP: Final = 1 / 1000  # s
_FAR: Final = 10.0  # m and rad; no face is beyond

# Standard deviation of the logit's noise, by the start of the name; the first that fits. Measured (filter study, §2).
_LOGIT_NOISE: Final = {
    "eyeBlink": 0.155, "eyeLook": 0.17, "eyeSquint": 0.13, "eyeWide": 0.15, "brow": 0.22, "jawOpen": 0.16, "jaw": 0.19,
    "mouthSmile": 0.25, "mouthFrown": 0.30, "mouthLeft": 0.27, "mouthRight": 0.27, "mouthRoll": 0.18,
    "mouthPucker": 0.24, "mouthStretch": 0.25, "mouthUpperUp": 0.22, "mouthLowerDown": 0.20, "": 0.18,
}  # fmt: skip
_POSITION_NOISE: Final = (0.0005, 0.0005, 0.0005)  # m
_ROTATION_NOISE: Final = tuple(math.radians(degrees) for degrees in (0.15, 0.10, 0.10))  # pitch, yaw, roll


def _starting_noise() -> Array:
    shapes = [next(sd for start, sd in _LOGIT_NOISE.items() if name.startswith(start)) for name in SHAPE_NAMES]
    return np.array([*shapes, *_POSITION_NOISE, *_ROTATION_NOISE])


def _partners() -> NDArray[np.intp]:
    order = np.arange(len(CHANNELS))
    for left, right in PAIRS:
        order[left], order[right] = right, left
    # Eyes are yoked: when one looks in, the other looks out.
    for inward, outward in (("Left", "Right"), ("Right", "Left")):
        a, b = INDEX[f"eyeLookIn{inward}"], INDEX[f"eyeLookOut{outward}"]
        order[a], order[b] = b, a
    return order


class TwoTimescale:
    """Calms the tracker's noise without delaying the face, and splits the face into tone and transient.

    Args:
        stillness: how calm a resting face is. 0 lets every value through untouched, 1 suits most cameras, 2 is calmest.
        regions: stillness of single regions (`lids`, `gaze`, `brows`, `jaw`, `lips`, `smile`, `cheeks`, `tongue`,
            `head`) where it differs.
    """

    def __init__(
        self,
        *,
        stillness: Annotated[float, Ge(0), Le(2)] = 1.0,
        regions: Mapping[str, Annotated[float, Ge(0), Le(2)]] | None = None,
    ) -> None:
        self._stillness = np.full(len(CHANNELS), float(stillness))
        for name, own in (regions or {}).items():
            if name not in REGIONS:
                raise ValueError(f"no region named '{name}'{did_you_mean(name, REGIONS)}")
            self._stillness[list(REGIONS[name])] = own
        self._off = self._stillness == 0.0
        self._scale = _starting_noise()
        self._least, self._most = np.full((2, len(CHANNELS)), [[-_FAR], [_FAR]])
        self._least[SHAPES], self._most[SHAPES] = 0.0, 1.0
        # Noise that is thought smaller than it is makes every change a movement: the filter opens smoothly towards 0.
        self._trust = np.maximum(self._stillness, 1e-3) ** 2
        self._regimes = Regimes(Constants(), _partners())
        self._learned = np.zeros(len(CHANNELS))  # log of the noise variance over the starting one
        self.reset()

    def reset(self) -> None:
        """Forgets all frames seen, and the noise learned from them."""
        self._last: Frame | None = None
        self._seen = -math.inf  # time of the last face, on the filter's own clock
        self._now = 0.0
        self._last_step = _NOMINAL_STEP
        self._learned[:] = 0.0
        self._pose = quaternion_from_vector((0.0, 0.0, 0.0))
        self._shown = np.zeros(len(CHANNELS))
        self._tone = np.zeros(len(CHANNELS))
        self._faded = np.zeros(len(CHANNELS))
        self._fade_age = math.inf

    def __call__(self, frame: Frame) -> Frame:
        """The calmed frame, with its tone."""
        step = self._step_to(frame)
        self._now += step
        if frame.tracked:
            self._follow(frame.values.astype(np.float64), step)
        elif self._last is None:
            self._shown[:] = self._sane(frame.values)
        else:
            self._lack(step)
        self._last = frame
        values = np.where(self._off, frame.values, self._shown.astype(np.float32))
        return frame.changed(values=values, tone=self._tone.astype(np.float32))

    def _step_to(self, frame: Frame) -> float:
        """Seconds since the last frame; where the clock stood still or ran back, the length of the last good step."""
        if self._last is None:
            return _NOMINAL_STEP
        step = frame.time - self._last.time
        if not 0 < step < math.inf:
            return self._last_step
        if step < _RETURN:
            self._last_step = step
        return step

    def _follow(self, values: Array, step: float) -> None:
        gap = self._now - self._seen
        first = self._seen == -math.inf
        self._seen = self._now
        measured = self._measured(values, first or gap > _RETURN)
        if first or gap > _RETURN:
            self._regimes.begin(measured, self._noise())
            self._fade_age = math.inf if first else 0.0
        else:
            self._regimes.advance(measured, self._noise(), max(gap, _SHORTEST_STEP))
            self._learn(gap)
        face = self._face(0.0)
        if self._fade_age == 0.0:
            self._faded[:] = self._shown
        self._fade_age += step
        if self._fade_age < _CROSS_FADE:
            face += (0.5 + 0.5 * math.cos(math.pi * self._fade_age / _CROSS_FADE)) * (self._faded - face)
        self._shown[:] = face
        if first:
            self._tone[:] = face
        held = self._regimes.weights[HOLD] + self._regimes.weights[DRIFT]
        self._settle(face, -np.expm1(-step / _TONE * held**2))

    def _settle(self, face: Array, share: Array) -> None:
        """Moves tone by a share of its way to the face; the head's rotation by the short way round."""
        away = face - self._tone
        resting = quaternion_from_vector(self._tone[ROTATION])
        away[ROTATION] = vector_from_quaternion(composed(quaternion_from_vector(face[ROTATION]), inverse(resting)))
        away *= share
        self._tone += away
        self._tone[ROTATION] = vector_from_quaternion(composed(quaternion_from_vector(away[ROTATION]), resting))

    def _lack(self, step: float) -> None:
        """No face: movement coasts for one missing frame, the face is held, then its transient goes and tone stays."""
        away = self._now - self._seen
        if away <= _COAST and self._seen > -math.inf:
            self._shown[:] = self._face(away)
        elif away > _KEEP:
            self._shown += -math.expm1(-step / _RELEASE) * (self._tone - self._shown)

    def _noise(self) -> Array:
        return np.asarray(np.exp(self._learned) * self._trust)

    def _learn(self, dt: float) -> None:
        """A running median of the surprise: blinks and heavy tails cannot drag it (science §3.4)."""
        regimes = self._regimes
        calm = np.where(regimes.weights[HOLD] > 0.8, 1.0, 0.15)
        self._learned += dt / _LEARN * calm * np.sign(regimes.surprise**2 - _MEDIAN * regimes.spread)
        np.clip(self._learned, 2 * math.log(0.3), 2 * math.log(4.0), out=self._learned)

    def _sane(self, values: NDArray[np.floating]) -> Array:
        """The values in range; what is no number stays as last shown."""
        out = np.where(np.isfinite(values), values, self._shown).astype(np.float64)
        return np.asarray(np.clip(out, self._least, self._most))

    def _measured(self, values: Array, anew: bool) -> Array:
        """Logits of the shapes, position, and rotation about the last estimate; all in units of starting noise."""
        out = self._sane(values)
        shapes = _EDGE + (1 - 2 * _EDGE) * out[SHAPES]
        turn = quaternion_from_vector(out[ROTATION])
        if anew:
            self._pose = turn
        out[SHAPES] = np.log(shapes / (1 - shapes))
        out[ROTATION] = vector_from_quaternion(composed(turn, inverse(self._pose)))
        out /= self._scale
        return out

    def _face(self, ahead: float) -> Array:
        """The estimate as the 58 numbers of a face, moved on by `ahead` seconds."""
        regimes = self._regimes
        turned = quaternion_from_vector(regimes.estimate[ROTATION] * self._scale[ROTATION])
        self._pose = composed(turned, self._pose)
        regimes.shift(ROTATION, regimes.estimate[ROTATION].copy())
        out = regimes.ahead(ahead) * self._scale
        shapes = out[SHAPES]
        shapes[:] = (1 / (1 + np.exp(-shapes)) - _EDGE) / (1 - 2 * _EDGE)
        np.clip(shapes, 0.0, 1.0, out=shapes)
        out[ROTATION] = vector_from_quaternion(composed(quaternion_from_vector(out[ROTATION]), self._pose))
        return out
