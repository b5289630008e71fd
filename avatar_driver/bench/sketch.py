"""A face's path while it is being written: rest, and moves laid over it."""

from typing import Final

import numpy as np

from avatar_driver.bench.camera import PATH_RATE, Path
from avatar_driver.bench.moves import BLINK, blink, gesture
from avatar_driver.bench.take import Event, Floats, Kind
from avatar_driver.channels import CHANNELS, INDEX, SHAPES

__all__ = ["PROBED", "Sketch", "channels_of"]


def channels_of(*names: str) -> tuple[int, ...]:
    """Channels of those names, and the twins of those stems."""
    return tuple(INDEX[name] for stem in names for name in (stem, stem + "Left", stem + "Right") if name in INDEX)


#: Groups that can be moved one beside the other: twins are one group, and no two are of one expression.
PROBED: Final = tuple(
    channels_of(name)
    for name in (
        "mouthSmile", "browOuterUp", "browInnerUp", "jawOpen",
        "mouthPucker", "mouthUpperUp", "browDown", "mouthStretch",
    )
)  # fmt: skip

LIDS: Final = channels_of("eyeBlink")
_LOOK_LEFT: Final = channels_of("eyeLookOutLeft", "eyeLookInRight")
_LOOK_RIGHT: Final = channels_of("eyeLookInLeft", "eyeLookOutRight")
_LOOK_DOWN: Final = channels_of("eyeLookDown")
_GLANCE_HOLD: Final = 0.25  # s


class Sketch:
    """A path while it is being written: rest, and moves laid over it."""

    def __init__(self, rng: np.random.Generator, seconds: float, levels: Floats) -> None:
        self.rng, self.seconds = rng, seconds
        self.values = np.zeros((int(seconds * PATH_RATE) + 1, len(CHANNELS)))
        self.values[:, SHAPES] = levels
        self.events: list[Event] = []

    def span(self, begin: float, length: float) -> tuple[slice, Floats]:
        """The points of a move, and their times since it began."""
        first, last = (int(np.clip(np.ceil(t * PATH_RATE), 0, len(self.values))) for t in (begin, begin + length))
        return slice(first, last), np.arange(first, last) / PATH_RATE - begin

    def lay(self, part: slice, channel: int, envelope: Floats, height: float) -> None:
        """Moves a shape by at most what is left of its range, so that moves that meet stay within it."""
        here = self.values[part, channel]
        self.values[part, channel] = here + envelope * height * (1 - here)

    def blink(self, begin: float, depth: float, slowness: float = 1.0) -> None:
        """Both lids to a depth, whatever level they were at; the eyes look down a little meanwhile."""
        length = slowness * sum(BLINK)
        part, since = self.span(begin, length)
        envelope = blink(since, slowness)
        # A lid goes to the same place whatever the eye did before.
        bases = [float(self.values[min(part.start, len(self.values) - 1), channel]) for channel in LIDS]
        for channel in LIDS:
            here = self.values[part, channel]
            self.values[part, channel] = here + envelope * np.maximum(depth - here, 0)
        for channel in _LOOK_DOWN:
            self.lay(part, channel, envelope, 0.3)
        base = float(np.mean(bases))
        middle = begin + slowness * BLINK[0] / 2
        self.note(Kind.BLINK, LIDS, (begin, middle, begin + length), base, depth - base)

    def glance(self, begin: float) -> None:
        """The eyes to one side and back: 21 ms and 2.2 ms for each degree, the shapes' full range being about 33°."""
        size = float(self.rng.uniform(0.2, 0.6))
        length = 0.021 + 0.0022 * 33 * size
        channels = _LOOK_LEFT if self.rng.random() < 0.5 else _LOOK_RIGHT
        part, since = self.span(begin, 2 * length + _GLANCE_HOLD)
        moments = (begin, begin + length / 2, begin + length + _GLANCE_HOLD)
        for channel in channels:  # the two eyes rest at levels of their own
            base = float(self.values[max(part.start - 1, 0), channel])
            self.lay(part, channel, gesture(since, length, _GLANCE_HOLD, length), size)
            self.note(Kind.SACCADE, (channel,), moments, base, size * (1 - base))

    def note(
        self, kind: Kind, channels: tuple[int, ...], moments: tuple[float, float, float], base: float, amplitude: float,
        frequency: float = 0.0,
    ) -> None:  # fmt: skip
        """Remembers a move; moments are its onset, its middle and its end."""
        onset, middle, until = moments
        self.events.append(
            Event(
                kind=kind, channels=channels, onset=onset, middle=middle, until=until, base=base, amplitude=amplitude,
                frequency=frequency,
            )
        )  # fmt: skip

    def path(self) -> Path:
        """What was written."""
        self.values[:, SHAPES] = np.clip(self.values[:, SHAPES], 0, 1)
        return Path(values=self.values, events=tuple(self.events))
