"""Runs it all: one source thread, the stages in the event loop, one lane per sink. Newest wins, nowhere a queue."""

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from avatar_driver.capture import Capture
from avatar_driver.frame import REST, Frame, Origin
from avatar_driver.lane import Lane
from avatar_driver.sinks import Sink
from avatar_driver.sources import Source
from avatar_driver.stages import Stage
from avatar_driver.statistics import Distribution, RunStatistics

__all__ = ["Engine"]

_SILENCE: Final = 0.1  # s without a frame before one is made: VMagicMirror calls a source dead after 0.5
_FIRST_SILENCE: Final = 2.0  # s to open a camera and load a model before receivers are told that there is no face
_BLEND: Final = 0.25  # s over which changed stages take over
_EASE: Final = 0.4  # s back to neutral at the end
_EASE_STEP: Final = 1 / 60
_OPEN_WITHIN: Final = 1.0
_SEND_WITHIN: Final = 2.0  # s a stalled sink may hold a source that must not skip
_JUMP: Final = 1.0  # s back in time that are a clock being set, and not a late frame
_SOONEST: Final = 1e-4  # s between a made frame and a late one

log = logging.getLogger("avatar_driver")


class Engine:
    """Source to stages to sinks, until the source ends or `stop` is called.

    Args:
        source: where frames come from.
        stages: by label, in order.
        sinks: by label.
        clock: seconds that only rise; what latency is measured with.
    """

    def __init__(
        self,
        source: Source,
        stages: Mapping[str, Stage],
        sinks: Mapping[str, Sink],
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.source = source
        self.statistics = RunStatistics()
        self.lanes: dict[str, Lane] = {}
        self.shown: Frame | None = None
        #: By stage: the last frame that went into it.
        self.entered: dict[str, Frame] = {}
        #: Told of every frame: as it came from the source, and as it goes to the sinks.
        self.observers: list[Callable[[Frame, Frame], None]] = []
        self.stages: Mapping[str, Stage] = dict(stages)
        self._sinks = dict(sinks)
        self._clock = clock
        self._stopping = asyncio.Event()
        self._capture: Capture | None = None
        self._input: Frame | None = None  # the last sound frame that went into the stages
        self._arrived = 0.0  # when it did, on the computer's clock
        self._source_time = -math.inf  # of the last frame, on the source's clock
        self._shift = 0.0  # added to the source's times so that they rise over clock jumps
        self._lent = 0.0  # of it, what made frames ran ahead of a source that may yet catch up
        self._blend_from: Frame | None = None

    @property
    def fault(self) -> str | None:
        """Why no frames come, while none do."""
        return self._capture.fault if self._capture else None

    def stop(self) -> None:
        """Ends the run: the avatar eases to neutral and everything closes within a second."""
        self._stopping.set()

    async def run(self) -> None:
        """Runs to the end.

        Raises:
            AvatarDriverError: frames cannot be had and trying again will not help: no such file, no face model.
        """
        self.lanes = {label: Lane(label, sink) for label, sink in self._sinks.items()}
        await self._all_tried()
        capture = self._begin_capture()
        try:
            await self._flow()
        finally:
            capture = self._capture or capture  # the source may have been exchanged meanwhile
            capture.stop()
            await self._ease_to_neutral()
            await asyncio.gather(*(lane.close() for lane in self.lanes.values()))
            if not await capture.join(within=0.3):
                log.debug("source: still busy; left behind")
        if capture.error is not None:
            raise capture.error

    def exchange_stages(self, stages: Mapping[str, Stage]) -> None:
        """Lets other stages take over, without a jump."""
        self.stages = dict(stages)
        self.blend()

    def blend(self) -> None:
        """Lets the next frames come from the one shown now without a jump: something has changed beside the face."""
        self._blend_from = self.shown

    async def exchange_sinks(self, sinks: Mapping[str, Sink]) -> None:
        """Opens sinks that are new and closes those that are gone; a sink that is the same object keeps running."""
        running = {id(lane.sink): lane for lane in self.lanes.values()}
        staying = {label: running.pop(id(sink)) for label, sink in sinks.items() if id(sink) in running}
        for label, lane in staying.items():
            lane.label = label
        self.lanes = staying
        # Gone ones first: a new sink may want the same port.
        await asyncio.gather(*(lane.close() for lane in running.values()))
        self.lanes = {label: staying.get(label) or Lane(label, sink) for label, sink in sinks.items()}

    def exchange_source(self, source: Source) -> None:
        """Lets another source take over, without a jump. The one before is asked to end and not waited for."""
        self.source = source
        self.blend()
        for stage in self.stages.values():
            stage.reset()
        if self._capture is not None:
            self._capture.stop()
            self._begin_capture()

    def _begin_capture(self) -> Capture:
        self._capture = Capture(self.source)
        self._arrived = self._clock() + _FIRST_SILENCE - _SILENCE
        return self._capture

    async def _all_tried(self) -> None:
        waiting = [asyncio.ensure_future(lane.tried()) for lane in self.lanes.values()]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=_OPEN_WITHIN)
            for task in late:
                task.cancel()

    async def _flow(self) -> None:
        while not self._stopping.is_set() and (capture := self._capture) is not None:
            frame = await self._next(capture)
            if frame is not None:
                self._received(frame, capture)
                if not self.source.paced:
                    await self._all_sent()
            elif capture.ended.is_set():
                if capture is self._capture:
                    return
            elif self.source.paced and self._clock() >= self._arrived + _SILENCE:
                self._fill()

    async def _next(self, capture: Capture) -> Frame | None:
        """The next frame; None when it stays quiet for too long or the source has ended."""
        quiet = self._arrived + _SILENCE - self._clock()
        frame = await capture.latest.take(within=min(max(quiet, 0.001), _SILENCE))
        if frame is None and capture.ended.is_set():
            # The last frame may have come together with the end.
            frame = await capture.latest.take(within=0)
        return frame

    async def _all_sent(self) -> None:
        # One turn of the loop is enough for sinks that do not wait, and costs a third of waiting for each.
        await asyncio.sleep(0)
        if all(lane.is_idle for lane in self.lanes.values()):
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SEND_WITHIN):
                for lane in self.lanes.values():
                    await lane.idle()

    def _received(self, frame: Frame, capture: Capture) -> None:
        elapsed, self._arrived = self._clock() - self._arrived, self._clock()
        self.statistics.skipped = capture.latest.dropped
        self.statistics.count(frame.tracked, frame.origin.detection, self._arrived)
        frame = self._rising(frame, elapsed)
        if not _finite(frame):
            frame = self._repaired("source", frame, self._input or Frame(frame.time, REST))
        self._input = frame
        self._show(self._processed(frame))

    def _fill(self) -> None:
        """A frame without a face in place of one that did not come, so that no receiver times out."""
        now = self._clock()
        last = self._input or Frame(now, REST, tracked=False)
        silent = now - self._arrived
        self._arrived = now
        self._input = last.changed(
            time=last.time + silent, tracked=False, origin=Origin(captured=0.0, support=last.origin.support)
        )
        self.statistics.filled += 1
        self._show(self._processed(self._input))

    def _rising(self, frame: Frame, elapsed: float) -> Frame:
        """The frame with a time above the last one's, whatever clock the source has.

        `elapsed` is how long ago, on the computer's clock, the last frame came or was made.
        """
        before, self._source_time = self._source_time, frame.time
        if self._input is None:
            return frame
        moment = frame.time + self._shift
        behind = self._input.time + _SOONEST - moment
        if behind >= _JUMP:
            if frame.time <= before - _JUMP:
                log.warning("source: its clock jumped back by %.1f s; going on from here", before - frame.time)
            else:
                # It stalled while frames were made in its place. What it has now may be old, or its clock stood still.
                self._lent += behind
            self._shift += behind
        elif self._lent:
            # Its time runs faster than the computer's: it catches up.
            returned = min(max(moment - self._input.time - elapsed, 0.0), self._lent)
            self._lent -= returned
            self._shift -= returned
        moment = max(frame.time + self._shift, self._input.time + _SOONEST)
        return frame if moment == frame.time else frame.changed(time=moment)

    def _processed(self, frame: Frame) -> Frame:
        began = previous = time.perf_counter()
        for label, stage in self.stages.items():
            self.entered[label] = frame
            result = stage(frame)
            if not _finite(result):
                result = self._repaired(label, result, frame)
                stage.reset()
            frame = result
            now = time.perf_counter()
            self.statistics.stages.setdefault(label, Distribution()).add(now - previous)
            previous = now
        frame = self._blended(frame)
        self.statistics.processing.add(time.perf_counter() - began)
        return frame

    def _repaired(self, label: str, frame: Frame, good: Frame) -> Frame:
        """The good values in place of ones that are not finite, of which a single one would poison every filter."""
        if not self.statistics.repaired[label]:
            log.error("%s: gave a value that is not a finite number; the last good face goes on", label)
        self.statistics.repaired[label] += 1
        measured = good.measured if label == "source" else frame.measured
        return frame.changed(values=good.values, tone=good.tone, measured=measured)

    def _blended(self, frame: Frame) -> Frame:
        if self._blend_from is None:
            return frame
        share = (frame.time - self._blend_from.time) / _BLEND
        if not 0 <= share < 1:
            self._blend_from = None
            return frame
        start = self._blend_from
        return frame.changed(
            values=start.values + np.float32(share) * (frame.values - start.values),
            tone=start.tone + np.float32(share) * (frame.tone - start.tone),
        )

    def _show(self, frame: Frame) -> None:
        self.shown = frame
        for lane in self.lanes.values():
            lane.offer(frame)
        for observe in self.observers:
            observe(self._input or frame, frame)

    async def _ease_to_neutral(self) -> None:
        if self.shown is None:
            return
        start = self.shown
        origin = Origin(captured=0.0, support=start.origin.support)
        steps = round(_EASE / _EASE_STEP) if self.source.paced else 1
        for step in range(1, steps + 1):
            t = step / steps
            kept = np.float32(1 - t * t * (3 - 2 * t))
            if self.source.paced:
                await asyncio.sleep(_EASE_STEP)
            self._show(
                start.changed(
                    time=start.time + t * _EASE,
                    values=start.values * kept,
                    tone=start.tone * kept,
                    tracked=False,
                    origin=origin,
                )
            )
            self.statistics.closing += 1


def _finite(frame: Frame) -> bool:
    # One NaN or infinity makes the sum so; half the cost of looking at each value.
    return math.isfinite(np.add.reduce(frame.values)) and math.isfinite(np.add.reduce(frame.tone))
