"""The two-timescale filter: calm at rest, at once when the face moves.

A low-pass buys calm with delay, for it treats a tremble and a blink alike. This filter asks instead, for every channel
and frame, *what the face is doing*, and filters accordingly.

**Coordinates.** Shapes are filtered as logits z = ln(p / (1 − p)), p squeezed into [edge, 1 − edge]: a tracker's scores
come out of a sigmoid, and before it their noise is nearly the same at every level. The head's rotation is filtered as a
rotation vector about the last estimate. All is divided by the noise σ that a decent webcam gives that channel.

**Regimes.** An interacting multiple model (Blom and Bar-Shalom 1988): four Kalman filters per channel, position x and
velocity v, measurement noise R, and Markov transitions with chance e^(−dt/T) to stay:

    hold    x a random walk, q0 R per second; no velocity              an expression that is kept
    drift   velocity remembered for τ, pushed by qg R; and a walk q1 R  a movement that comes to rest
    ramp    velocity remembered for τ, pushed by qa R                   a gesture under way, and its slow onset
    jump    x a random walk, q2 R per second; no velocity              blink, saccade, plosive

With velocity, dx = v dt and dv = −v/τ dt + √(qR) dW, whose transition and noise are used in closed form, so the step dt
may be anything. Each frame mixes the regimes' means and covariances by their transition chances, predicts, updates, and
weighs regime m by prior · S^(−1/2) · (1 + e²/(νS))^(−(ν+1)/2), e being its surprise and S that surprise's variance: a
Student-t likelihood, as the noise has heavy tails. Twins (both lids, both mouth corners, the yoked eyes) share this
evidence, so both sides move at once. The estimate is the weighted x. Dwell times, intensities and ν: `_regimes`.

In a frame of 33 ms *hold* wanders by 0.02 σ, *drift* goes on by some 1.4 σ where a *jump* left off and forgets that in
0.1 s, *ramp* changes its speed by 1.5 σ a frame, and a *jump* may be 24 σ and more: its tails are heavy. Left to
themselves they last 1.4, 0.11, 0.27 and 1.4 s. What each part buys: `tests/bench/ablations.py`.

**Noise** is learned while running, from third differences (`_noise`): what all shapes share, by a running lower
quartile, within seconds; what is a channel's own, by clipped squares, as a mean over 7 s; bursts of a few frames, when
a blurred picture makes all tremble; and noise that lingers, where a face rests. Shapes as good as closed have no say:
those that the tracker never moves would swear that there is no noise. Of a rise of all above 1.2 times the starting σ
up to 0.34 (in logarithms) is not believed, so that small moves stay quick in a dark room, for some calm; of a fall
nearly half is. R is what everything above is measured in, so a dark room or a better camera changes nothing else.
`stillness` multiplies R by its own power 1.5; below 0.5 the estimate is blended with the measurement instead.

**Liveliness.** In a half of the face that moves, small moves are likely and trembling is hardly seen, so R counts for
less there, and for a little more where all is still (`_lively`): σ is 0.7 times as large in a half that moves
throughout as in one that rests. Real faces act as a whole, so this takes off error in motion at the same calm.

**Tone and transient.** With h the weight of *hold*, tone T follows the estimate x by dT = h² (x − T) dt / 0.4 s: it
takes in what is held, and a blink or a syllable hardly touches it. The transient is x − T. Nothing is delayed by the
split, for the sum is the estimate itself.

**Loss.** One missing frame coasts on the velocity; then the face is held; after 0.4 s its transient goes and its tone
stays. When the face returns after more than 0.25 s, the filter starts anew and fades over in 80 ms.

**Physiology.** The split is inspired by Ianni, Vázquez, Rouse, Schieber, Prut and Freiwald (Science 2026, doi
10.1126/science.aea0890), who recorded from the macaque's facial motor cortex: primary motor cortex codes a gesture's
ongoing kinematics in a fast-changing way, the cingulate motor area codes it in a way that stays the same before and
during the movement. *Jump* and *ramp* with the transient play the first part here, *hold* and the tone the
second: a hypothesis about what the face is doing, held until the evidence is against it. There the analogy ends. The
paper is about neural codes, not about time constants of movement; both areas take part in fast and slow gestures alike;
and every number here was fitted to a camera's noise, none to a brain.
"""

import math
from collections.abc import Mapping
from typing import Annotated, Final

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, INDEX, PAIRS, REGIONS, ROTATION, SHAPES
from avatar_driver.errors import did_you_mean
from avatar_driver.frame import Frame
from avatar_driver.stages._chart import Chart, toward
from avatar_driver.stages._gaze import GAZE, SeenGaze
from avatar_driver.stages._lively import Liveliness, Lively
from avatar_driver.stages._noise import Learning, NoiseMeter
from avatar_driver.stages._regimes import HOLD, Constants, Regimes

__all__ = ["TwoTimescale"]

Array = NDArray[np.float64]

_EDGE: Final = 4.51e-05
_CONSTANTS: Final = Constants()
_LEARNING: Final = Learning()
_LIVELINESS: Final = Liveliness()

_HALVES: Final = tuple(
    tuple(channel for name in names for channel in REGIONS[name])
    for names in (("lids", "gaze", "brows"), ("jaw", "lips", "smile", "cheeks", "tongue"))
)
_OPEN: Final = 5e-4  # of a shape's range; below that its noise is no measure of the camera's
_NOMINAL_STEP: Final = 1 / 30  # s, where the clock tells nothing
_SHORTEST_STEP: Final = 1 / 1000  # s
_COAST: Final = 0.05  # s without a face during which movement goes on
_RETURN: Final = 0.25  # s without a face after which nothing is known of it
_CROSS_FADE: Final = 0.08  # s from the last face shown to the new one
_KEEP: Final = 0.4  # s for which a lost face is held whole; then only its tone stays
_RELEASE: Final = 0.3  # s in which the transient of a lost face goes
_TONE: Final = 0.4  # s in which tone follows a held expression
_NEVER_PREDICTED: Final = ("lids", "gaze")
_LOOSEST: Final = 0.5  # the stillness below which the estimate is blended with the measurement
_STEEPNESS: Final = 1.5  # noise variance is taken as stillness to this power


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
        prediction: seconds that movement is carried ahead of the camera. It adds a little restlessness and cannot
            foresee onsets; lids and gaze are never predicted.
        steady_gaze: whether the eyes keep looking where they looked while a lid is shut, and look where they look now
            as it opens. Trackers guess there: the gaze falls with the lid. Off, the guess is shown as it is tracked.
    """

    def __init__(
        self,
        *,
        stillness: Annotated[float, Ge(0), Le(2)] = 1.0,
        regions: Mapping[str, Annotated[float, Ge(0), Le(2)]] | None = None,
        prediction: Annotated[float, Ge(0), Le(0.033)] = 0.0,
        steady_gaze: bool = False,
    ) -> None:
        wanted = np.full(len(CHANNELS), float(stillness))
        for name, own in (regions or {}).items():
            if name not in REGIONS:
                raise ValueError(f"no region named '{name}'{did_you_mean(name, REGIONS)}")
            wanted[list(REGIONS[name])] = own
        self._off = wanted == 0.0
        # Between 0 and the loosest the estimate is blended with the measurement. Above, the noise is thought smaller or
        # larger than it is: regimes and tone keep their meaning, and more or less counts as movement.
        self._share = np.minimum(wanted / _LOOSEST, 1.0)
        self._blended = bool((self._share < 1).any())
        self._trust = np.where(self._off, 1.0, np.maximum(wanted, _LOOSEST)) ** _STEEPNESS
        self._ahead = np.full(len(CHANNELS), float(prediction))
        for name in _NEVER_PREDICTED:
            self._ahead[list(REGIONS[name])] = 0.0
        self._gaze = SeenGaze() if steady_gaze else None
        self._regimes = Regimes(_CONSTANTS, _partners(), REGIONS["gaze"])
        head = slice(SHAPES.stop, len(CHANNELS))
        self._open_from = Chart(_EDGE).opened_from(_OPEN)
        self._noise = NoiseMeter(SHAPES, head, self._open_from, _LEARNING)
        self._lively = Lively(_HALVES, len(CHANNELS), _LIVELINESS)
        self.reset()

    def reset(self) -> None:
        """Forgets all frames seen, and the noise learned from them."""
        self._chart = Chart(_EDGE)
        self._noise.forget()
        self._lively.forget()
        self._last_time = math.nan
        self._last_step = _NOMINAL_STEP
        self._away = math.inf  # s since the last face; infinite before the first
        self._shown = np.zeros(len(CHANNELS))
        self._tone = np.zeros(len(CHANNELS))
        self._fade_from = self._shown
        self._fade_age = math.inf

    def adopt(self, other: "TwoTimescale") -> None:
        """Takes over another one's settings, keeping the face and the noise it knows."""
        self._off, self._share, self._blended = other._off, other._share, other._blended
        self._trust, self._ahead = other._trust, other._ahead
        if other._gaze is None or self._gaze is None:
            self._gaze = other._gaze
            if self._gaze is not None:
                self._gaze.begin(self._shown)

    def __call__(self, frame: Frame) -> Frame:
        """The calmed frame, with its tone."""
        step = self._step_to(frame.time)
        values = self._chart.sane(frame.values, self._shown)
        if frame.tracked:
            self._follow(values, step)
        elif self._away == math.inf:
            self._shown = values
        else:
            self._lack(step)
        shown = self._shown.astype(np.float32)
        if self._blended:
            shown = np.where(self._off, frame.values, shown)
        return frame.changed(values=shown, tone=self._tone.astype(np.float32))

    def _step_to(self, time: float) -> float:
        """Seconds since the last frame; where the clock stood still or ran back, the length of the last good step."""
        step = time - self._last_time
        self._last_time = time
        if not 0 < step < math.inf:
            return self._last_step
        if step < _RETURN:
            self._last_step = step
        return step

    def _follow(self, face: Array, step: float) -> None:
        """A face: the estimate takes it in."""
        first, away = self._away == math.inf, self._away + step
        self._away = 0.0
        if away > _RETURN:
            self._begin(face)
            self._fade_from, self._fade_age = self._shown, math.inf if first else 0.0
        else:
            coordinates = self._chart.coordinates(face)
            off = np.abs(coordinates - self._regimes.estimate)
            noise = self._noise.variance() * self._trust * self._lively.factor()
            self._regimes.advance(coordinates, noise, max(away, _SHORTEST_STEP))
            resting = self._regimes.weights[HOLD]
            self._noise.learn(coordinates, off, resting, away)
            self._lively.learn(resting, coordinates > self._open_from, away)
            self._recentre()
        self._shown = self._chart.face(self._regimes.ahead(self._ahead))
        if self._blended:
            self._shown = toward(face, self._shown, self._share)
        self._fade_age += step
        if self._fade_age < _CROSS_FADE:
            back = 0.5 + 0.5 * math.cos(math.pi * self._fade_age / _CROSS_FADE)
            self._shown = toward(self._shown, self._fade_from, back)
        if self._gaze is not None:
            if first:
                self._gaze.begin(self._shown)
            else:
                self._shown[GAZE] = self._gaze.held(self._shown, self._tone)
        if first:
            self._tone = self._shown
        held = self._regimes.weights[HOLD]
        self._tone = toward(self._tone, self._shown, -np.expm1(-step / _TONE * held * held))

    def _begin(self, face: Array) -> None:
        self._chart.recentre(face)
        coordinates = self._chart.coordinates(face)
        self._regimes.begin(coordinates, self._noise.variance() * self._trust)
        self._noise.begin(coordinates)
        self._lively.forget()

    def _recentre(self) -> None:
        """Rotations are small again about the new estimate."""
        turned = self._regimes.estimate[ROTATION].copy()
        self._chart.follow(turned)
        self._regimes.shift(ROTATION, turned)
        self._noise.shift(ROTATION, turned)

    def _lack(self, step: float) -> None:
        """No face: movement coasts for one missing frame, the face is held, then its transient goes and tone stays."""
        self._away += step
        if self._away <= _COAST:
            self._shown = self._chart.face(self._regimes.ahead(self._away))
        elif self._away > _KEEP:
            self._shown = toward(self._shown, self._tone, -math.expm1(-step / _RELEASE))
