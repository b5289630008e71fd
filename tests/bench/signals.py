"""Takes whose every measure is known beforehand."""

from collections.abc import Callable

import numpy as np

from avatar_driver.bench.camera import PATH_RATE, Camera, Path
from avatar_driver.bench.noise import Silence
from avatar_driver.bench.take import Event, Floats, Kind, Take
from avatar_driver.channels import CHANNELS, SHAPES

__all__ = ["STEADY", "filmed", "one_move", "still", "take_of"]

#: A camera that adds nothing: what a measure then shows is the measure.
STEADY = Camera(unsteady=0.0, misreported=0.0, dropped=0.0, stalls=False)


def filmed(path: Path, camera: Camera = STEADY) -> Take:
    return camera.film(path, Silence(), np.random.default_rng(0), "known")


def take_of(truth: Callable[[Floats], Floats], seconds: float, camera: Camera = STEADY) -> Take:
    """All shapes moving alike by a formula of time; the head stays at rest."""
    times = np.arange(int(seconds * PATH_RATE) + 1) / PATH_RATE
    values = np.zeros((len(times), len(CHANNELS)))
    values[:, SHAPES] = truth(times)[:, None]
    return filmed(Path(values=values, events=()), camera)


def still(seconds: float, level: float = 0.3, camera: Camera = STEADY) -> Take:
    return take_of(lambda t: np.full_like(t, level), seconds, camera)


def one_move(
    kind: Kind, channels: tuple[int, ...], envelope: Callable[[Floats], Floats], *, middle: float, until: float,
    amplitude: float, count: int = 24, every: float = 4.0, camera: Camera = STEADY,
) -> Take:  # fmt: skip
    """A move again and again, each time at another moment between two pictures. Times count from its onset."""
    times = np.arange(int((count * every + 3) * PATH_RATE) + 1) / PATH_RATE
    values = np.zeros((len(times), len(CHANNELS)))
    values[:, SHAPES] = 0.1
    events = []
    for number in range(count):
        onset = 3 + number * every + number / count / 30
        for channel in channels:
            values[:, channel] += amplitude * envelope(times - onset)
        events.append(
            Event(kind=kind, channels=channels, onset=onset, middle=onset + middle, until=onset + until, base=0.1,
                  amplitude=amplitude)
        )  # fmt: skip
    return filmed(Path(values=values, events=tuple(events)), camera)
