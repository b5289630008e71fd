"""A calibration led by the dashboard: recorded from the running source, shown, and applied when it is accepted."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from avatar_driver import saving
from avatar_driver.calibrating import KEPT_AS, STEPS, Recording, edits
from avatar_driver.calibration import LEAST_FRAMES, Calibration, NotEnoughFramesError, calibration
from avatar_driver.edits import Edit, EditError
from avatar_driver.frame import Frame
from avatar_driver.session import Session

__all__ = ["Guided"]

_SECONDS: Final = 4.0  # of each step
_TOLD_EVERY: Final = 0.1


class Guided:
    """Records, proposes, applies.

    Args:
        session: what is calibrated.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._recording: Recording | None = None
        self._found: Calibration | None = None
        self._only_neutral = False
        self._failure = ""
        self._news = ""
        self._applied: Sequence[Edit] = ()  # what the last calibration changed
        self._written: tuple[Path, bytes] | None = None  # the profile as it was written
        self._told = 0.0

    def start(self, *, only_neutral: bool) -> None:
        """Begins with the first step."""
        self.discard()
        self._only_neutral = only_neutral
        self._recording = Recording(_SECONDS, STEPS[:1] if only_neutral else STEPS)

    def discard(self) -> None:
        """Forgets what was recorded; what was applied before stays."""
        self._recording, self._found, self._failure, self._news = None, None, "", ""

    def feed(self, frame: Frame) -> bool:
        """Takes a frame as the source gave it; whether there is news to tell."""
        recording = self._recording
        if recording is None:
            return False
        step = recording.step
        recording.feed(frame)
        if recording.over:
            self._finish(recording)
            return True
        now = time.monotonic()
        if step == recording.step and now - self._told < _TOLD_EVERY:
            return False
        self._told = now
        return True

    async def accept(self) -> str:
        """Applies what was found: into the profile's file; for a shipped profile into what runs, to be saved.

        Raises:
            AvatarDriverError: nothing was found, or the file cannot be written.
        """
        if self._found is None:
            raise EditError("there is no calibration to accept; record one first")
        edits = self._edits(self._found)
        if self._session.profile.files:
            file = saving.own_file(self._session.profile)
            await asyncio.to_thread(saving.save, file, edits, kept_as=KEPT_AS)
            self._written = file, file.read_bytes()
            await self._session.reload()
            news = f"Applied and saved to {file.name}."
        else:
            self._written = None
            await self._session.change(edits)
            news = "Applied. Save the profile to keep it."
        self.discard()
        self._applied, self._news = edits, news
        return news

    async def undo(self) -> str:
        """Takes the calibration that was applied last back, if nothing was changed since.

        Raises:
            AvatarDriverError: something was, or there was none.
        """
        if not self._applied:
            raise EditError("no calibration was applied since the program started")
        if self._written is not None:
            file, bytes_then = self._written
            if file.read_bytes() != bytes_then:
                raise EditError(
                    f"{file.name} was changed since; 'avatar-driver calibrate {file.name} --undo' undoes that too"
                )
            saving.restore(file, KEPT_AS)
            await self._session.reload()
        else:
            done = self._session.history.done
            if not done or done[-1] != tuple(self._applied):
                raise EditError("the calibration is not the last thing that was changed; use undo step by step")
            await self._session.undo()
        self.discard()
        self._applied, self._news = (), "Taken back."
        return self._news

    def message(self) -> dict[str, Any]:
        """As the dashboard is told."""
        recording = self._recording
        phase = "recording" if recording else "review" if self._found else "failed" if self._failure else "idle"
        verdicts = self._found.verdicts if self._found else ()
        return {
            "type": "calibration",
            "phase": phase,
            "step": recording.step if recording else 0,
            "share": recording.share if recording else 0.0,
            "frames": min(recording.good, LEAST_FRAMES) if recording else 0,
            "needed": LEAST_FRAMES,
            "message": STEPS[recording.step].prompt if recording else self._failure or self._news,
            "verdicts": [
                {
                    "name": verdict.name,
                    "neutral": verdict.neutral,
                    "reached": verdict.reached,
                    "moved": verdict.moved,
                    "absent": verdict.absent,
                    "text": str(verdict),
                }
                for verdict in verdicts
            ],
            "only_neutral": self._only_neutral,
            "applied": bool(self._applied),
            "can_undo": bool(self._applied),
        }

    def _finish(self, recording: Recording) -> None:
        self._recording = None
        try:
            self._found = calibration(recording.at_rest, recording.movement)
        except NotEnoughFramesError as error:
            self._failure = str(error)

    def _edits(self, found: Calibration) -> Sequence[Edit]:
        # Of a neutral alone nothing is learned about extremes: those that were stored stay.
        return [each for each in edits(found) if not (self._only_neutral and each.path[-1] == "extreme")]
