"""Faces choreographed by formula at 600 Hz that look like people: for jitter, error and delay in motion."""

from typing import Final

import numpy as np

from avatar_driver.bench.camera import PATH_RATE, Path
from avatar_driver.bench.moves import gesture, minimum_jerk, pulse, pulse_length
from avatar_driver.bench.noise import rest_levels
from avatar_driver.bench.sketch import PROBED, Sketch, channels_of
from avatar_driver.bench.take import Kind, logit, sigmoid
from avatar_driver.channels import INDEX, SHAPES

__all__ = ["scene"]

_PITCH: Final = INDEX["headRotationX"]
_YAW: Final = INDEX["headRotationY"]
_ROLL: Final = INDEX["headRotationZ"]

_EXPRESSIONS: Final[tuple[dict[str, float], ...]] = (
    {"mouthSmile": 1.0, "mouthDimple": 0.3, "mouthUpperUp": 0.25, "eyeSquint": 0.35, "cheekSquint": 0.2},
    {"mouthFrown": 0.7, "browDown": 0.8, "mouthShrugLower": 0.5, "mouthPress": 0.3},
    {"browInnerUp": 1.0, "browOuterUp": 0.8, "eyeWide": 0.6, "jawOpen": 0.25},
    {"mouthPucker": 1.0, "mouthFunnel": 0.5, "mouthShrugUpper": 0.3},
    {"browDown": 0.9, "eyeSquint": 0.5, "noseSneer": 0.3},
    {"mouthStretch": 0.8, "mouthLowerDown": 0.5, "mouthRollLower": 0.2},
    {"mouthLeft": 0.8, "mouthSmileLeft": 0.5},
    {"browOuterUpRight": 0.9, "browInnerUp": 0.3},
    {"jawOpen": 0.8, "mouthFunnel": 0.3},
    {"mouthPress": 0.8, "mouthRollLower": 0.6, "mouthRollUpper": 0.5},
)
_SIZES: Final = ((0.06, 0.15), (0.15, 0.4), (0.4, 0.75))  # of expressions: subtle, ordinary, strong
_SIZE_SHARES: Final = (0.35, 0.4, 0.25)
_WARM_UP: Final = 2.5  # s of rest, in which filters learn the noise


def scene(rng: np.random.Generator, seconds: float) -> Path:
    """A person: rest, expressions large and small, micro-expressions, talk, blinks, glances, a head that sways."""
    levels = sigmoid(logit(rest_levels()) + rng.normal(0, 0.4, SHAPES.stop))
    sketch = Sketch(rng, seconds, levels)
    _lay_expressions(sketch)
    _lay_micro(sketch)
    _lay_speech(sketch)
    _lay_eyes(sketch)
    _lay_head(sketch)
    return sketch.path()


def _lay_expressions(sketch: Sketch) -> None:
    rng, begin = sketch.rng, _WARM_UP
    while begin < sketch.seconds - 3:
        weights = _EXPRESSIONS[rng.integers(len(_EXPRESSIONS))]
        size = float(rng.uniform(*_SIZES[rng.choice(len(_SIZES), p=_SIZE_SHARES)]))
        rise, hold, fall = rng.uniform(0.12, 0.7), rng.uniform(0.4, 2.5), rng.uniform(0.2, 0.8)
        part, since = sketch.span(begin, rise + hold + fall)
        for name, weight in weights.items():
            for channel in channels_of(name):
                sketch.lay(part, channel, gesture(since, rise, hold, fall), size * weight)
        begin += float(rise + hold + fall + rng.exponential(0.9))


def _lay_micro(sketch: Sketch) -> None:
    rng, begin = sketch.rng, _WARM_UP + 1
    while begin < sketch.seconds - 1:
        group = PROBED[rng.integers(len(PROBED))]
        width = float(rng.choice([0.04, 0.08, 0.12, 0.2]))
        part, since = sketch.span(begin, pulse_length(width))
        for channel in group:
            sketch.lay(part, channel, pulse(since, width), float(rng.uniform(0.1, 0.3)))
        begin += float(rng.exponential(5.0) + 0.8)


def _lay_speech(sketch: Sketch) -> None:
    rng = sketch.rng
    begin = _WARM_UP + _gap(rng)
    shapes = ("jawOpen", "mouthLowerDown", "mouthFunnel", "mouthPucker", "mouthUpperUp", "mouthStretch", "mouthClose")
    while begin < sketch.seconds - 4:
        length = float(rng.uniform(1.5, 4.5))
        moment, first = begin, begin
        while moment < begin + length:
            syllable = float(1 / rng.uniform(3, 7))
            for name, weight in zip(shapes, rng.dirichlet(np.full(len(shapes), 0.5)), strict=True):
                height = float((0.45 if name == "jawOpen" else 0.25) * min(1.0, 2.5 * weight) * rng.uniform(0.5, 1))
                if height < 0.02:
                    continue
                part, since = sketch.span(moment, 1.6 * syllable)
                for channel in channels_of(name):
                    sketch.lay(part, channel, pulse(since, 0.8 * syllable), height)
            moment += syllable
        sketch.note(Kind.SPEECH, channels_of("jawOpen"), (first, first, moment), 0.0, 0.3)
        begin = moment + _gap(rng)


def _gap(rng: np.random.Generator) -> float:
    return float(rng.uniform(2.5, 7.0))


def _lay_eyes(sketch: Sketch) -> None:
    rng, begin = sketch.rng, 1.0
    while begin < sketch.seconds - 1:
        sketch.blink(begin, float(rng.uniform(0.55, 0.9)), float(rng.uniform(0.9, 1.5)))
        begin += float(0.6 + rng.exponential(3.0))
    begin = 0.8
    while begin < sketch.seconds - 1:
        sketch.glance(begin)
        begin += float(0.9 + rng.exponential(1.2))


def _lay_head(sketch: Sketch) -> None:
    rng = sketch.rng
    times = np.arange(len(sketch.values)) / PATH_RATE
    for channel, reach in ((_PITCH, 2.0), (_YAW, 3.0), (_ROLL, 1.5)):
        begin = _WARM_UP
        while begin < sketch.seconds - 3:
            rise, hold, fall = rng.uniform(0.3, 0.9), rng.uniform(0.5, 3.0), rng.uniform(0.3, 0.9)
            part, since = sketch.span(begin, rise + hold + fall)
            sketch.values[part, channel] += np.radians(rng.normal(0, 2 * reach)) * gesture(since, rise, hold, fall)
            begin += float(rise + hold + fall + rng.exponential(2.0))
    nod = minimum_jerk(np.sin(2 * np.pi * times / 17.0) * 4 - 3)  # now and then a second or two of nodding
    sketch.values[:, _PITCH] += nod * np.radians(2.5) * np.sin(2 * np.pi * 2.5 * times)
