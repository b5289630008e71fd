"""A slot for one value between a thread and the event loop: the newest wins, nowhere a queue."""

import asyncio
import threading
from typing import Generic, TypeVar

__all__ = ["Latest"]

T = TypeVar("T")


class Latest(Generic[T]):
    """Holds the newest value until it is taken; a newer one replaces it and is counted.

    An avatar that lags is worse than one that skips. `put` may be called from any thread; `take` only in the event loop
    that was running when the slot was made.

    Attributes:
        dropped: values that were replaced before anyone took them.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        self._lock = threading.Lock()
        self._taken = threading.Event()
        self._taken.set()
        self._value: T | None = None

    def put(self, value: T) -> None:
        """Sets the value. Never blocks; does nothing once the loop is closed."""
        with self._lock:
            waiting = self._value is not None
            self.dropped += waiting
            self._value = value
            self._taken.clear()
        if not waiting:
            # One wake-up per take is enough: the taker reads the newest value whenever it gets to run.
            try:
                self._loop.call_soon_threadsafe(self._arrived.set)
            except RuntimeError:
                self._taken.set()

    def wait_taken(self, timeout: float) -> bool:
        """Blocks the putting thread until the value was taken; for sources that must not skip."""
        return self._taken.wait(timeout)

    async def take(self, within: float | None = None) -> T | None:
        """The newest value, waiting for one if there is none; None after `within` seconds without."""
        try:
            async with asyncio.timeout(within):
                await self._arrived.wait()
        except TimeoutError:
            return None
        with self._lock:
            value, self._value = self._value, None
            self._arrived.clear()
            self._taken.set()
        return value
