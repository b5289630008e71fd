"""Runs a source in its own thread: reopens it when it is lost, says so once, hands over the newest frame."""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Final

from avatar_driver.errors import AvatarDriverError, SourceLostError
from avatar_driver.frame import Frame
from avatar_driver.latest import Latest
from avatar_driver.sources import Source

__all__ = ["Capture"]

_FIRST_PAUSE: Final = 0.5  # s before a lost source is opened again; doubled each time
_LONGEST_PAUSE: Final = 5.0  # a camera that is plugged in again should not be waited for longer
_TAKE_WITHIN: Final = 2.0

log = logging.getLogger("avatar_driver")


class Capture:
    """A source's thread.

    Attributes:
        latest: where its frames arrive.
        fault: the sentence of what keeps it from giving frames; None while it gives them.
        error: what ended it for good, if anything did.
        ended: set, in the event loop, when no more frames will come.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.latest: Latest[Frame] = Latest()
        self.fault: str | None = None
        self.error: AvatarDriverError | None = None
        self.ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._stop = threading.Event()
        # A daemon, because a camera driver may block for ever.
        self._thread = threading.Thread(target=self._run, name="source", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Asks the thread to end soon."""
        self._stop.set()

    async def join(self, within: float) -> bool:
        """Waits for the thread's end; whether it came."""
        await asyncio.to_thread(self._thread.join, within)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._keep_open()
        finally:
            self._in_loop(self.ended.set)

    def _keep_open(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stop.is_set():
            try:
                for frame in self.source.frames(self._stop):
                    if self.fault is not None:
                        log.info("source: frames come again")
                        self.fault, pause = None, _FIRST_PAUSE
                    self._hand_over(frame)
                return  # a file that ended
            except SourceLostError as error:
                self._lost(error, str(error), pause)
            except AvatarDriverError as error:
                self.error = error
                return
            except Exception as error:  # border: drivers and native code fail in any way; the run goes on
                self._lost(error, f"{type(error).__name__}: {error}", pause)
            self._stop.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _hand_over(self, frame: Frame) -> None:
        self.latest.put(frame)
        if not self.source.paced:
            while not self._stop.is_set() and not self.latest.wait_taken(_TAKE_WITHIN):
                pass

    def _lost(self, error: Exception, sentence: str, pause: float) -> None:
        if self.fault is None:
            ours = not isinstance(error, AvatarDriverError)
            log.warning("source: %s; trying again", sentence, exc_info=error if ours else None)
        self.fault = sentence
        log.debug("source: next try in %.1f s", pause)

    def _in_loop(self, callback: Callable[[], object]) -> None:
        try:
            self._loop.call_soon_threadsafe(callback)
        except RuntimeError:
            log.debug("source: the event loop was closed first")
