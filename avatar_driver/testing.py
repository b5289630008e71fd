"""Parts for testing without devices: a source that plays given frames and a sink that keeps what it is sent.

They are ordinary components, for our own tests and for those of plugins; no profile can name them.
"""

import asyncio
import threading
from collections.abc import Iterable, Iterator

from avatar_driver.frame import Frame

__all__ = ["Collector", "Played"]


class Played:
    """A source that plays what it is given, as fast as it is taken: frames, exceptions to raise, seconds to wait.

    Args:
        takes: one script for each time the source is opened; the last one is played again after that.
        paced: whether the engine may skip frames.
    """

    def __init__(self, *takes: Iterable[Frame | Exception | float], paced: bool = False) -> None:
        self.paced = paced
        self.opened = 0
        self._takes = [list(take) for take in takes]

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """Plays the next take."""
        take = self._takes[min(self.opened, len(self._takes) - 1)]
        self.opened += 1
        for item in take:
            if stop.is_set():
                return
            if isinstance(item, Exception):
                raise item
            if isinstance(item, float):
                stop.wait(item)
            else:
                yield item

    def describe(self) -> str:
        """`played frames`."""
        return "played frames"


class Collector:
    """A sink that keeps what it is sent, and fails or stalls where a test wants it to.

    Attributes:
        frames: what was sent.
        opened: how often it was opened; `closed`: how often closed.
        failures: exceptions that the next openings and sends raise, in order; None lets one pass.
        gate: while clear, sending waits.
    """

    def __init__(self, *failures: Exception | None) -> None:
        self.frames: list[Frame] = []
        self.opened = 0
        self.closed = 0
        self.failures = list(failures)
        self.gate = asyncio.Event()
        self.gate.set()

    async def open(self) -> None:
        """Fails if a failure is due."""
        self.opened += 1
        self._fail()

    async def send(self, frame: Frame) -> None:
        """Keeps the frame."""
        await self.gate.wait()
        self._fail()
        self.frames.append(frame)

    async def close(self) -> None:
        """Counts."""
        self.closed += 1

    def describe(self) -> str:
        """`memory`."""
        return "memory"

    def _fail(self) -> None:
        if self.failures and (failure := self.failures.pop(0)) is not None:
            raise failure
