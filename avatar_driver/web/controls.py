"""Does what a dashboard or a command from another program asks for."""

from typing import Any, Final

from avatar_driver.edits import Edit
from avatar_driver.errors import AvatarDriverError
from avatar_driver.session import Session
from avatar_driver.sources import Pictured
from avatar_driver.stages.calibrate import Calibrate
from avatar_driver.web import commands
from avatar_driver.web.commands import Command
from avatar_driver.web.guided import Guided

__all__ = ["Controls"]

_LISTS: Final = ("stages", "sinks")


class _CannotDoError(AvatarDriverError):
    """What was asked for cannot be done now. The constructor takes the sentence."""


class Controls:
    """Acts on a session.

    Args:
        session: what is controlled.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.guided = Guided(session)

    async def do(self, command: Command) -> str:
        """Does it; a sentence to show, often empty.

        Raises:
            AvatarDriverError: it cannot be done; the sentence says why. Nothing is changed.
        """
        session = self.session
        match command:
            case commands.Set():
                await session.change([self._edit(command)])
            case commands.Undo():
                await session.undo()
            case commands.Redo():
                await session.redo()
            case commands.Revert():
                await session.revert()
            case commands.Save():
                return f"saved to {await session.save(command.name)}"
            case commands.Switch():
                await session.switch(command.profile)
            case commands.Calibrate():
                return await self._calibrate(command)
            case _:
                self._act(command)
        return ""

    def _act(self, command: Command) -> None:
        expressions = self.session.expressions
        match command:
            case commands.Freeze():
                expressions.frozen = command.on
                self.session.engine.blend()
            case commands.Neutral():
                expressions.neutral = command.on
            case commands.Expression():
                try:
                    expressions.show(command.name, command.on)
                except ValueError as error:
                    raise _CannotDoError(str(error)) from error
            case commands.Recentre():
                self._recentre()
            case commands.Picture():
                self._picture(command.on)

    def _recentre(self) -> None:
        stages = [stage for stage in self.session.engine.stages.values() if isinstance(stage, Calibrate)]
        if not stages:
            raise _CannotDoError("this profile has no 'calibrate' stage, so nothing knows where straight ahead is")
        for stage in stages:
            stage.recentre()
        self.session.engine.blend()

    def _picture(self, on: bool) -> None:
        source = self.session.engine.source
        if not isinstance(source, Pictured):
            raise _CannotDoError("this source has no picture")
        source.preview.on = on

    async def _calibrate(self, command: commands.Calibrate) -> str:
        match command.step:
            case "start":
                self.guided.start(only_neutral=command.only == "neutral")
            case "cancel" | "discard":
                self.guided.discard()
            case "accept":
                return await self.guided.accept()
            case "undo":
                return await self.guided.undo()
        return ""

    def _edit(self, command: commands.Set) -> Edit:
        path: tuple[Any, ...] = tuple(command.path)
        if path[0] not in _LISTS or len(path) < 3:
            raise _CannotDoError(f"only settings of stages and sinks can be set here, found {path[:3]}")
        kind = ""
        if isinstance(path[1], int):
            parts = self.session.profile.stages if path[0] == "stages" else self.session.profile.sinks
            if path[1] >= len(parts):
                raise _CannotDoError(f"there is no number {path[1]} among the {path[0]}")
            kind = parts[path[1]].type
        return Edit(path, command.value, command.gesture, kind)
