"""Known moves at known moments, by formula at 600 Hz: what delays and heights are measured on.

Each move begins at its own moment between two pictures and at its own level, on groups of channels that take turns.

Levels matter as much as filters: a tracker's noise on a shape of 0.3 is four times what it is on one of 0.05, and a
ramp of 0.06 is there no larger than the noise. The science report states its pass lines (section 4.1) for noise of sd
0.013, the filter study its figures for 0.0132. So moves begin between 0.03 and 0.13, where the stand-in noise of the
probed shapes is just that (rms 0.0132), and not far above where trackers put them on a resting face (0.002 to 0.11).
The same moves on a *raised* face, from 0.13 to 0.30, where the noise is 0.031, are a condition of their own.
"""

from typing import Final

import numpy as np

from avatar_driver.bench.camera import Path
from avatar_driver.bench.moves import gesture, pulse, pulse_length
from avatar_driver.bench.noise import rest_levels
from avatar_driver.bench.sketch import PROBED, Sketch
from avatar_driver.bench.take import Floats, Kind, sigmoid
from avatar_driver.channels import INDEX

__all__ = ["PHASES", "SINE_RATES", "probe"]

#: Moments between two pictures at which probes begin, in turn.
PHASES: Final = 6
#: Hz.
SINE_RATES: Final = (1.0, 2.0, 4.0, 6.0, 8.0)

_PITCH: Final = INDEX["headRotationX"]
_RESTING: Final = (-3.5, -1.9)  # logits of 0.03 and 0.13: of probed channels before the move
_RAISED: Final = (-1.9, -0.85)  # of 0.13 and 0.30
_STEP_FORMS: Final[dict[Kind, tuple[float, float]]] = {  # seconds up, amplitude
    Kind.STEP: (0.05, 0.4),
    Kind.SUBTLE_STEP: (0.05, 0.12),
    Kind.RAMP: (0.5, 0.4),
    Kind.SUBTLE_RAMP: (0.3, 0.06),
}
_PULSE_WIDTHS: Final = {Kind.PULSE_40: 0.04, Kind.PULSE_80: 0.08, Kind.PULSE_120: 0.12, Kind.PULSE_200: 0.2}
_STEP_HOLD: Final = 3.0  # s
_STEP_CELL: Final = 4.2  # s
_PULSE_CELL: Final = 1.3  # s
_SINE_CELL: Final = 3.6  # s
_SPREAD: Final = 0.45  # s over which the groups' moves begin
_NOMINAL: Final = 1 / 30  # s; phases are of a 30 Hz camera, and spread over others too
_WARM_UP: Final = 2.5  # s


def probe(rng: np.random.Generator, turn: int, *, raised: bool = False) -> Path:
    """Steps, ramps, pulses, sines, blinks and saccades at known moments; `turn` counts on so that all kinds meet all
    phases and groups, `raised` moves them from a resting to a half-open face.
    """
    levels = rest_levels()
    for group in PROBED:
        levels[list(group)] = sigmoid(rng.uniform(*(_RAISED if raised else _RESTING), 1))
    cells = [_STEP_CELL] * 4 + [_PULSE_CELL] * 6 + [_SINE_CELL] * 2
    sketch = Sketch(rng, _WARM_UP + sum(cells) + 0.5, levels)
    begin = _WARM_UP
    for number, length in enumerate(cells):
        for g, group in enumerate(PROBED):
            order = number + g + turn
            phase = (order // 4 + (order % 4) + rng.random()) % PHASES / PHASES
            onset = begin + 0.1 + np.floor(rng.uniform(0, _SPREAD) / _NOMINAL) * _NOMINAL + phase * _NOMINAL
            if length == _STEP_CELL:
                _probe_step(sketch, group, tuple(_STEP_FORMS)[order % 4], onset)
            elif length == _PULSE_CELL:
                _probe_pulse(sketch, group, tuple(_PULSE_WIDTHS)[order % 4], onset)
            else:
                _probe_sine(sketch, group, 0.2, SINE_RATES[order % len(SINE_RATES)], begin)
        if length == _SINE_CELL:
            _probe_sine(sketch, (_PITCH,), np.radians(4.0), 4.0, begin)
        sketch.blink(begin + rng.uniform(0.05, 0.35), 0.75)
        sketch.glance(begin + rng.uniform(0.5, 0.8))
        begin += length
    return sketch.path()


def _probe_step(sketch: Sketch, group: tuple[int, ...], kind: Kind, onset: float) -> None:
    rise, amplitude = _STEP_FORMS[kind]
    part, since = sketch.span(onset, rise + _STEP_HOLD + 0.3)
    _add(sketch, group, part, gesture(since, rise, _STEP_HOLD, 0.3), amplitude)
    _note(sketch, kind, group, (onset, onset + rise / 2, onset + rise + _STEP_HOLD), amplitude)


def _probe_pulse(sketch: Sketch, group: tuple[int, ...], kind: Kind, onset: float) -> None:
    width = _PULSE_WIDTHS[kind]
    part, since = sketch.span(onset, pulse_length(width))
    _add(sketch, group, part, pulse(since, width), 0.2)
    _note(sketch, kind, group, (onset, onset + width / 2, onset + pulse_length(width)), 0.2)


def _probe_sine(sketch: Sketch, group: tuple[int, ...], amplitude: float, rate: float, begin: float) -> None:
    length = _SINE_CELL - 0.4
    onset = begin + sketch.rng.uniform(0, 0.2)
    part, since = sketch.span(onset, length)
    window = gesture(since, 0.25, length - 0.5, 0.25)
    wave = np.sin(2 * np.pi * rate * since + sketch.rng.uniform(0, 2 * np.pi))
    # Shapes oscillate between their base and twice the amplitude above it; the head about rest.
    middle = 0.0 if group == (_PITCH,) else 1.0
    for channel in group:
        sketch.values[part, channel] += window * amplitude * (middle + wave)
    begin, until = onset + 0.25, onset + length - 0.25
    _note(sketch, Kind.SINE, group, (begin, begin, until), amplitude, rate)


def _add(sketch: Sketch, group: tuple[int, ...], part: slice, envelope: Floats, amplitude: float) -> None:
    for channel in group:
        sketch.values[part, channel] += amplitude * envelope


def _note(
    sketch: Sketch, kind: Kind, group: tuple[int, ...], moments: tuple[float, float, float], amplitude: float,
    rate: float = 0.0,
) -> None:  # fmt: skip
    sketch.note(kind, group, moments, float(sketch.values[0, group[0]]), amplitude, rate)
