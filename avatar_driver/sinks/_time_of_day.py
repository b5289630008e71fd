"""The time of day at which a picture was taken, from the steady clock it was stamped with."""

import time
from collections.abc import Callable
from typing import Final

__all__ = ["TimeOfDay"]

_DAY: Final = 86_400.0
_LOOK_EVERY: Final = 1.0  # s
_SET: Final = 0.1  # s the clocks may part within a look: more is a clock being set, or a computer that slept
_SLEW: Final = 0.0005  # s a look may move time by: a computer's clocks part by less than this a second


def _local_offset(wall: float) -> float:
    return float(time.localtime(wall).tm_gmtoff)


class TimeOfDay:
    """Maps `time.perf_counter()` to seconds since local midnight.

    The two clocks are compared at `start`, then once a second. They drift, so time is moved after the wall clock in
    steps too small to see; when the clock was set, changed to summer time, or the computer slept, it follows at once.

    Args:
        steady: seconds that only rise: what captures are stamped with.
        wall: seconds since 1970.
        utc_offset: seconds the local time is ahead of UTC at a wall time.
    """

    def __init__(
        self,
        *,
        steady: Callable[[], float] = time.perf_counter,
        wall: Callable[[], float] = time.time,
        utc_offset: Callable[[float], float] = _local_offset,
    ) -> None:
        self._steady = steady
        self._wall = wall
        self._utc_offset = utc_offset
        self._ahead = 0.0  # the wall clock's lead over the steady one
        self._local = 0.0
        self._look_at = 0.0
        self.start()

    def start(self) -> None:
        """Takes the wall clock as it is now."""
        self._ahead = self._lead()
        self._looked()

    def __call__(self, captured: float) -> float:
        """Seconds since midnight, 0 to below 86 400, of a moment on the steady clock."""
        if self._steady() >= self._look_at:
            error = self._lead() - self._ahead
            self._ahead += error if abs(error) > _SET else max(-_SLEW, min(_SLEW, error))
            self._looked()
        return (captured + self._ahead + self._local) % _DAY

    def _looked(self) -> None:
        now = self._steady()
        self._local = self._utc_offset(now + self._ahead)
        self._look_at = now + _LOOK_EVERY

    def _lead(self) -> float:
        # Another program may be let in between two readings: the narrowest of three brackets is true.
        readings = [(self._steady(), self._wall(), self._steady()) for _ in range(3)]
        before, wall, after = min(readings, key=lambda reading: reading[2] - reading[0])
        return wall - (before + after) / 2
