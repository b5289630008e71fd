"""A recorded face, played again: our own takes and those of Epic's Live Link Face app."""

import logging
import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

from annotated_types import Ge, Le

from avatar_driver.errors import DecodeError, SourceError
from avatar_driver.frame import Frame, Origin
from avatar_driver.protocols import live_link_csv
from avatar_driver.protocols.recording import RecordingReader

__all__ = ["Recording"]

_PIECE: Final = 1 << 16
_USUAL_STEP: Final = 1 / 30  # s between the end of a take of one frame and its beginning again
_SOONEST: Final = 1e-6  # s between frames whose times in the file do not rise

log = logging.getLogger("avatar_driver")


class Recording:
    """Plays a recorded face, as if it were in front of a camera now.

    Args:
        path: a recording of ours (`.avdr`), or a take of the Live Link Face app (`.csv`).
        play: which face of an `.avdr`: `raw` as it was measured, to be filtered by the profile's stages, or `filtered`
            as it was sent, for a profile without stages. A `.csv` holds only one.
        fast: plays as quickly as it can, instead of at its own pace.
        loop: starts again at the end.
        timecode_fps: frames in a second of a CSV's timecode; 0 finds out, which takes a take of a second or more.
        head_yaw: the factor that a CSV's head yaw was written with; −1 turns it round, 57.3 if it is in degrees.
        head_pitch: the same for the pitch.
        head_roll: the same for the roll.

    Raises:
        ValueError: the path ends in something else, or a factor is 0.
    """

    def __init__(
        self,
        *,
        path: str = "take.avdr",
        play: Literal["raw", "filtered"] = "raw",
        fast: bool = False,
        loop: bool = False,
        timecode_fps: Annotated[float, Ge(0), Le(240)] = 0.0,
        head_yaw: Annotated[float, Ge(-1000), Le(1000)] = 1.0,
        head_pitch: Annotated[float, Ge(-1000), Le(1000)] = 1.0,
        head_roll: Annotated[float, Ge(-1000), Le(1000)] = 1.0,
    ) -> None:
        self._path = Path(path).expanduser()
        if self._path.suffix.lower() not in (".avdr", ".csv"):
            raise ValueError(f"path must end in .avdr or .csv, found '{path}'")
        self._head = (head_yaw, head_pitch, head_roll)
        if 0 in self._head:
            raise ValueError("a factor of 0 for the head would lose its angle; leave it out, or use 1 or -1")
        self._raw = play == "raw"
        self._loop = loop
        self._fps = timecode_fps or None
        self._take: live_link_csv.CsvTake | None = None
        self._ending = ""  # what was wrong with the end of the file
        self.paced = not fast

    def prepare(self) -> None:
        """Reads the file's beginning, so that a wrong one is told before anything is shown.

        Raises:
            SourceError: there is no such file, or nothing in it can be played.
        """
        if next(self._recorded(), None) is None:
            raise SourceError(f"'{self._path}' holds no frame")

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """Every frame, none left out. As quickly as it can, the times are the file's own; else they are today's.

        Raises:
            SourceError: there is no such file, or nothing in it can be played.
        """
        last = -math.inf
        step = _USUAL_STEP
        while not stop.is_set():
            shift: float | None = None
            for frame in self._recorded():
                if shift is None:
                    shift = self._shift(frame.time, last, step)
                moment = frame.time + shift
                if moment > last > -math.inf:
                    step = moment - last
                last = moment if moment > last else last + _SOONEST
                if self.paced:
                    stop.wait(max(0.0, last - time.perf_counter()))
                if stop.is_set():
                    return
                yield self._played(frame, last)
            if shift is None:
                raise SourceError(f"'{self._path}' holds no frame")
            if not self._loop:
                return

    def describe(self) -> str:
        """The file's name, and what is wrong with its end, if anything is."""
        return self._path.name + self._ending

    def _shift(self, first: float, last: float, step: float) -> float:
        """What to add to a round's times."""
        if last > -math.inf:
            return last + step - first
        return time.perf_counter() - first if self.paced else 0.0

    def _played(self, frame: Frame, moment: float) -> Frame:
        origin = Origin(captured=time.perf_counter(), support=frame.origin.support)
        if not self._raw:
            return frame.changed(time=moment, origin=origin)
        return Frame(moment, frame.measured, tracked=frame.tracked, origin=origin)

    def _recorded(self) -> Iterator[Frame]:
        try:
            if self._path.suffix.lower() == ".csv":
                yield from self._csv().frames()
            else:
                yield from self._sound_part()
        except DecodeError as error:
            raise SourceError(f"cannot play '{self._path}': {error}") from error
        except FileNotFoundError as error:
            raise SourceError(f"no file '{self._path}'") from error
        except OSError as error:
            raise SourceError(f"cannot read '{self._path}': {error.strerror or error}") from error

    def _csv(self) -> live_link_csv.CsvTake:
        if self._take is None:
            self._take = live_link_csv.decode(self._path.read_bytes(), head=self._head, fps=self._fps)
        return self._take

    def _sound_part(self) -> Iterator[Frame]:
        """All frames before the place where the file ends or is damaged."""
        reader = RecordingReader()
        played = 0
        try:
            with self._path.open("rb") as file:
                while piece := file.read(_PIECE):
                    for frame in reader.read(piece):
                        played += 1
                        yield frame
            reader.end()
        except DecodeError as error:
            if not played:
                raise
            self._tell(error, played)

    def _tell(self, error: DecodeError, played: int) -> None:
        if not self._ending:  # once, however often it loops
            self._ending = ", cut short"
            sentence = "'%s' is sound up to byte %d: %d frames; the rest is left out (%s)"
            log.warning(sentence, self._path, error.offset, played, error)
