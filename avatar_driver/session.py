"""A profile running: builds its parts, watches its file, and writes the report."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import avatar_driver
from avatar_driver.engine import Engine
from avatar_driver.errors import AvatarDriverError
from avatar_driver.profile import Part, Profile
from avatar_driver.statistics import Distribution

__all__ = ["Session"]

log = logging.getLogger("avatar_driver")


class Session:
    """Runs a profile, and its edits as they are saved; a broken edit is told and the last good one keeps running.

    Args:
        load: reads the profile, now and whenever one of its files changes.
    """

    def __init__(self, load: Callable[[], Profile]) -> None:
        self._load = load
        self.profile = load()
        self._made: dict[str, Any] = {}
        self._began = time.perf_counter()
        self.engine = Engine(self.profile.source.make(), *self._components())

    async def run(self, seconds: float | None = None) -> None:
        """Runs until the source ends, `stop` is called, or that many seconds have passed. Raises as `Engine.run`."""
        self._began = time.perf_counter()
        side_tasks = [asyncio.create_task(self._watch())]
        if seconds is not None:
            side_tasks.append(asyncio.create_task(self._stop_after(seconds)))
        try:
            await self.engine.run()
        finally:
            for task in side_tasks:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def stop(self) -> None:
        """Ends the run gently, within a second."""
        self.engine.stop()

    def report(self) -> dict[str, Any]:
        """What was done, for `--report`; all durations as p50, p95 and p99."""
        counts = self.engine.statistics
        seconds = time.perf_counter() - self._began
        age = Distribution()
        for lane in self.engine.lanes.values():
            age.include(lane.statistics.age)
        return {
            "avatar_driver": avatar_driver.__version__,
            "profile": self.profile.name,
            "source": self.engine.source.describe(),
            "seconds": round(seconds, 3),
            "fps": round(counts.fps, 2),
            **counts.report(),
            "capture_to_send_ms": age.report(1e-3),
            "sinks": {
                label: {"target": lane.sink.describe(), **lane.statistics.report()}
                for label, lane in self.engine.lanes.items()
            },
        }

    async def reload(self) -> None:
        """Reads the profile again and exchanges what changed, keeping everything else as it runs."""
        try:
            profile = self._load()
        except AvatarDriverError as error:
            log.error("the edited profile has problems; the last good one keeps running\n%s", error)
            return
        before, self.profile = self.profile, profile
        changed = []
        if profile.source.fingerprint != before.source.fingerprint:
            self.engine.exchange_source(profile.source.make())
            changed.append("source")
        stages, sinks = self._components()
        if _fingerprints(profile.stages) != _fingerprints(before.stages):
            self.engine.exchange_stages(stages)
            changed.append("stages")
        if _fingerprints(profile.sinks) != _fingerprints(before.sinks):
            await self.engine.exchange_sinks(sinks)
            changed.append("sinks")
        if changed:
            log.info("%s saved: changed %s", profile.name, ", ".join(changed))

    def _components(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Stages and sinks by label; one that is the same as before is the same object, with all it has learned."""
        before, self._made = self._made, {}
        stages, sinks = (
            {part.label: self._component(part, before) for part in parts}
            for parts in (self.profile.stages, self.profile.sinks)
        )
        return stages, sinks

    def _component(self, part: Part, before: Mapping[str, Any]) -> Any:
        key = f"{part.kind} {part.label} {part.fingerprint}"
        self._made[key] = before[key] if key in before else part.make()
        return self._made[key]

    async def _watch(self) -> None:
        if not self.profile.files:
            return
        from watchfiles import awatch

        # The folders, because most editors replace a file instead of writing into it.
        folders = {file.parent for file in self.profile.files}
        async for changes in awatch(*folders, recursive=False, debounce=200, step=50):
            files = {str(file) for file in self.profile.files}
            if any(path in files for _, path in changes):
                await self.reload()

    async def _stop_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.stop()


def _fingerprints(parts: Sequence[Part]) -> list[str]:
    return [part.fingerprint for part in parts]
