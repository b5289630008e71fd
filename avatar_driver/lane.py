"""One sink's lane: a slot for the newest frame and a task that sends it, retries, and holds nobody."""

import asyncio
import contextlib
import logging
import time
from typing import Final

from avatar_driver.errors import AvatarDriverError
from avatar_driver.frame import Frame
from avatar_driver.sinks import Sink
from avatar_driver.statistics import SinkStatistics

__all__ = ["Lane"]

_FIRST_PAUSE: Final = 0.5  # s before a failed sink is opened again; doubled each time
_LONGEST_PAUSE: Final = 10.0
_CLOSE_WITHIN: Final = 0.5

log = logging.getLogger("avatar_driver")


class Lane:
    """Runs one sink. Failures are told once per episode, counted, retried with growing pauses, recovery told once.

    Attributes:
        label: the sink's name in status lines and reports.
    """

    def __init__(self, label: str, sink: Sink) -> None:
        self.label = label
        self.sink = sink
        self.statistics = SinkStatistics()
        self._frame: Frame | None = None
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._tried = asyncio.Event()
        self._open = False
        self._task = asyncio.create_task(self._run(), name=f"sink {label}")

    def offer(self, frame: Frame) -> None:
        """Makes this the frame to send next. An older one that was still waiting is dropped."""
        self.statistics.dropped += self._frame is not None
        self._frame = frame
        if self._open:
            self._idle.clear()
        self._arrived.set()

    async def tried(self) -> None:
        """Waits until the sink was opened, or failed to for the first time."""
        await self._tried.wait()

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be sent, or the sink has failed."""
        return self._idle.is_set()

    async def idle(self) -> None:
        """Waits until the offered frame was sent; does not wait for a sink that has failed."""
        await self._idle.wait()

    async def close(self) -> None:
        """Sends what still waits, then closes the sink; gives up after half a second."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_WITHIN):
                await self._idle.wait()
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self._close_sink()

    async def _run(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                await self.sink.open()
                self._open = True
                self._tried.set()
                while True:
                    await self._send_next()
                    self._recovered()
                    pause = _FIRST_PAUSE
            except Exception as error:  # border: a sink of any make may fail in any way, and must harm nobody
                self._failed(error, pause)
            self._open = False
            self._idle.set()
            await self._close_sink()
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _send_next(self) -> None:
        if self._frame is None:
            self._idle.set()
        await self._arrived.wait()
        frame, self._frame = self._frame, None
        self._arrived.clear()
        if frame is None:
            return
        began = time.perf_counter()
        await self.sink.send(frame)
        ended = time.perf_counter()
        self.statistics.sent += 1
        self.statistics.cost.add(ended - began)
        if frame.origin.captured:
            self.statistics.count_age(ended - frame.origin.captured)

    def _failed(self, error: Exception, pause: float) -> None:
        self._tried.set()
        self.statistics.errors += 1
        if self.statistics.fault is None:
            # A fault of ours shows where it is; a fault of the world only what it is.
            ours = not isinstance(error, AvatarDriverError | OSError)
            log.error("%s: %s; trying again", self.label, _sentence(error), exc_info=error if ours else None)
        self.statistics.fault = _sentence(error)
        log.debug("%s: next try in %.1f s", self.label, pause)

    def _recovered(self) -> None:
        if self.statistics.fault is not None:
            log.info("%s: works again after %d failures", self.label, self.statistics.errors)
            self.statistics.fault = None

    async def _close_sink(self) -> None:
        try:
            async with asyncio.timeout(_CLOSE_WITHIN):
                await self.sink.close()
        except Exception as error:  # border, as above: nothing can be done about it any more
            log.debug("%s: while closing: %s", self.label, _sentence(error))


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
