"""A profile running: builds its parts, takes edits from its file and from the person, and writes the report."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import avatar_driver
from avatar_driver import profile as profiles
from avatar_driver import saving
from avatar_driver.edits import Edit, History
from avatar_driver.engine import Engine
from avatar_driver.errors import AvatarDriverError
from avatar_driver.profile import Part, Profile
from avatar_driver.stages import Adjustable
from avatar_driver.stages.expressions import Expressions
from avatar_driver.statistics import Distribution

__all__ = ["Session"]

_KEPT_AS: Final = "before-saving"

log = logging.getLogger("avatar_driver")


class Session:
    """Runs a profile, and its edits as they are saved; a broken edit is told and the last good one keeps running.

    Args:
        name: the profile: a file, or the name of a shipped one.
        overrides: settings from the command line, which hold over whatever the profile says.

    Attributes:
        history: what was changed while running and is not saved.

    Raises:
        AvatarDriverError: the profile is not there or has problems.
    """

    def __init__(self, name: str, overrides: Sequence[tuple[str, str]] = ()) -> None:
        self.name = name
        self.history = History()
        self._overrides = tuple(overrides)
        self.profile = self._loaded(name, self.history)
        self._made: dict[str, Any] = {}
        self._own_expressions = Expressions()
        self._changing = asyncio.Lock()
        self._began = time.perf_counter()
        self.engine = Engine(self.profile.source.make(), *self._components())

    @property
    def expressions(self) -> Expressions:
        """What keys and commands act on: the profile's own stage, or one after all the others."""
        own = [stage for stage in self.engine.stages.values() if isinstance(stage, Expressions)]
        return own[-1]

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

    async def change(self, edits: Sequence[Edit]) -> None:
        """Takes edits over as one step.

        Raises:
            AvatarDriverError: the profile would have problems with them; nothing is changed.
        """
        await self._try(lambda: self.history.with_(edits))

    async def undo(self) -> None:
        """Takes the last step back. Raises `EditError` when there is none."""
        await self._try(self.history.without_last)

    async def redo(self) -> None:
        """Does the step that was taken back again. Raises `EditError` when there is none."""
        await self._try(self.history.with_next)

    async def revert(self) -> None:
        """Takes all steps back."""
        await self._try(History)

    async def switch(self, name: str) -> None:
        """Runs another profile. Edits that are not saved are dropped.

        Raises:
            AvatarDriverError: it is not there or has problems; this one goes on.
        """
        async with self._changing:
            profile = await asyncio.to_thread(self._loaded, name, History())
            self.name, self.history = name, History()
            await self._take(profile)
        log.info("running the profile %s", profile.name)

    async def save(self, name: str | None = None) -> Path:
        """Writes the edits into the profile's file; the file's path.

        Args:
            name: another profile to write: NAME.yaml in the working folder. A shipped profile, which cannot be
                changed, is written under its own name, and runs in its place from then on.

        Raises:
            AvatarDriverError: the file cannot be written.
        """
        async with self._changing:
            file = await asyncio.to_thread(self._saved, name)
            self.name, self.history = str(file), History()
            await self._take(await asyncio.to_thread(self._loaded, self.name, self.history))
        return file

    async def reload(self) -> None:
        """Reads the profile again and exchanges what changed, keeping everything else as it runs."""
        async with self._changing:
            try:
                profile = await asyncio.to_thread(self._loaded, self.name, self.history)
            except AvatarDriverError as error:
                log.error("the edited profile has problems; the last good one keeps running\n%s", error)
                return
            changed = await self._take(profile)
        if changed:
            log.info("%s saved: changed %s", profile.name, ", ".join(changed))

    def _loaded(self, name: str, history: History) -> Profile:
        return profiles.load(name, overrides=self._overrides, edits=history.edits())

    def _saved(self, name: str | None) -> Path:
        edits = self.history.edits()
        if self.profile.files and name is None:
            file = saving.own_file(self.profile)
            if edits:
                saving.save(file, edits, kept_as=_KEPT_AS)
            return file
        return saving.save_as(self.name, name or self.name, edits)

    async def _try(self, changed: Any) -> None:
        async with self._changing:
            history: History = changed()
            profile = await asyncio.to_thread(self._loaded, self.name, history)
            self.history = history
            await self._take(profile)

    async def _take(self, profile: Profile) -> list[str]:
        """Runs another profile in place of this one; the sections that changed."""
        before, self.profile = self.profile, profile
        changed = []
        if profile.source.fingerprint != before.source.fingerprint:
            self.engine.exchange_source(profile.source.make())
            changed.append("source")
        stages, sinks = self._components()
        if not _same(stages, self.engine.stages):
            self.engine.exchange_stages(stages)
        if _states(profile.stages) != _states(before.stages):
            changed.append("stages")
        if _states(profile.sinks) != _states(before.sinks):
            await self.engine.exchange_sinks(sinks)
            changed.append("sinks")
        if (profile.web and profile.web.given) != (before.web and before.web.given):
            log.info("%s: what it says of 'web' takes effect when the program starts again", profile.name)
        return changed

    def _components(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Stages and sinks by label; one that is the same as before is the same object, with all it has learned."""
        before, self._made = self._made, {}
        stages, sinks = (
            {part.label: self._component(part, before) for part in parts if part.enabled}
            for parts in (self.profile.stages, self.profile.sinks)
        )
        if not any(isinstance(stage, Expressions) for stage in stages.values()):
            stages["expressions"] = self._own_expressions
        return stages, sinks

    def _component(self, part: Part, before: Mapping[str, Any]) -> Any:
        place = f"{part.kind} {part.type} {part.label} "
        key = place + part.fingerprint
        if key in before:
            self._made[key] = before[key]
            return before[key]
        made = part.make()
        # A stage of the same name with other settings goes on with what it knows of the face.
        for other_key, other in before.items():
            if other_key.startswith(place) and isinstance(other, Adjustable):
                other.adopt(made)
                made = other
        self._made[key] = made
        return made

    async def _watch(self) -> None:
        from watchfiles import awatch

        while True:
            # The folders, because most editors replace a file instead of writing into it.
            folders = {file.parent for file in self.profile.files}
            if not folders:
                await asyncio.sleep(1)  # a shipped profile, until it is saved or another one is chosen
                continue
            async for changes in awatch(*folders, recursive=False, debounce=200, step=50):
                files = {str(file) for file in self.profile.files}
                if any(path in files for _, path in changes):
                    await self.reload()
                if {file.parent for file in self.profile.files} != folders:
                    break

    async def _stop_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.stop()


def _states(parts: Sequence[Part]) -> list[tuple[str, str]]:
    return [(part.label, part.fingerprint) for part in parts if part.enabled]


def _same(stages: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    return list(map(id, stages.values())) == list(map(id, others.values())) and list(stages) == list(others)
