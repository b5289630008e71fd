"""How faces move, by formula: the strokes, pulses and oscillations that scenes are made of (science report, section 2).

Each function gives the envelope from 0 to 1 at times in seconds since the move began. 0 before, and 0 after its end.
"""

from typing import Final

import numpy as np

from avatar_driver.bench.take import Floats

__all__ = ["BLINK", "blink", "gesture", "minimum_jerk", "pulse", "pulse_length"]

#: Closing, closed, opening, in seconds: lids close faster than they open.
BLINK: Final = (0.085, 0.020, 0.210)


def minimum_jerk(unit: Floats) -> Floats:
    """The smoothest way from 0 to 1 in unit time: 10t³ − 15t⁴ + 6t⁵, constant outside."""
    t = np.clip(unit, 0.0, 1.0)
    return np.asarray(t * t * t * (10 - t * (15 - 6 * t)))


def gesture(since: Floats, rise: float, hold: float, fall: float) -> Floats:
    """Up, held, down again."""
    return minimum_jerk(since / rise) * (1 - minimum_jerk((since - rise - hold) / fall))


def blink(since: Floats, slowness: float = 1.0) -> Floats:
    """A lid that closes and opens again."""
    closing, closed, opening = (slowness * part for part in BLINK)
    return gesture(since, closing, closed, opening)


def pulse_length(width: float) -> float:
    """Seconds from foot to foot of a raised cosine whose width at half its height is `width`."""
    return 2 * width


def pulse(since: Floats, width: float) -> Floats:
    """A raised cosine: the form of a micro-expression."""
    inside = (since >= 0) & (since <= pulse_length(width))
    return np.asarray(np.where(inside, 0.5 - 0.5 * np.cos(np.pi * since / width), 0.0))
