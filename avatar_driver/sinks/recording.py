"""The face into a file: our own lossless format, or the CSV of Epic's Live Link Face app."""

import asyncio
import errno
import itertools
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

from annotated_types import Ge, Le

from avatar_driver.errors import SinkError
from avatar_driver.frame import Frame
from avatar_driver.protocols.live_link_csv import HEADER, CsvWriter
from avatar_driver.protocols.recording import RecordingWriter
from avatar_driver.sinks._background_file import BackgroundFile

__all__ = ["Recording"]

_SUFFIXES: Final = (".avdr", ".csv")
_MOST_TAKES: Final = 10_000

log = logging.getLogger("avatar_driver")


class Recording:
    """Records the face into a file. A file that is there is never written over: the next take gets a number.

    What the engine makes up while no picture comes, and the ease to neutral at the end, are not recorded. A crash loses
    at most the last half second.

    Args:
        path: ends in `.avdr` for our lossless format with measured and filtered faces, or in `.csv` for a take as Live
            Link Face saves it, which Unreal and Blender read. A relative path counts from the folder you start in.
        head_yaw: factor for the head's yaw in a CSV; −1 turns it the other way, 57.3 makes degrees of radians.
        head_pitch: the same for the pitch.
        head_roll: the same for the roll.

    Raises:
        ValueError: the path ends in something else, or a factor is 0.
    """

    def __init__(
        self,
        *,
        path: str = "take.avdr",
        head_yaw: Annotated[float, Ge(-1000), Le(1000)] = 1.0,
        head_pitch: Annotated[float, Ge(-1000), Le(1000)] = 1.0,
        head_roll: Annotated[float, Ge(-1000), Le(1000)] = 1.0,
    ) -> None:
        self._path = Path(path).expanduser()
        if self._path.suffix.lower() not in _SUFFIXES:
            raise ValueError(f"path must end in {' or '.join(_SUFFIXES)}, which says the format; found '{path}'")
        self._head = (head_yaw, head_pitch, head_roll)
        if 0 in self._head:
            raise ValueError("a factor of 0 for the head would lose its angle; leave it out, or use 1 or -1")
        self._file: BackgroundFile | None = None
        self._encode: Callable[[Frame], bytes] | None = None
        self._frames = 0

    async def open(self) -> None:
        """Makes the file, under the first free name.

        Raises:
            SinkError: there is no such folder, or nothing may be written there.
        """
        self._encode = None
        self._frames = 0
        self._file = await asyncio.to_thread(self._created)
        if self._file.path != self._path:
            log.info("recording: %s is there already; this take is %s", self._path, self._file.path.name)

    async def send(self, frame: Frame) -> None:
        """Hands a frame to the thread that writes.

        Raises:
            SinkError: an earlier one could not be written.
        """
        if self._file is None or not (frame.tracked or frame.origin.captured):
            return  # closed, or made by the engine: nobody captured it
        try:
            if self._encode is None:
                self._begin(self._file, frame)
            assert self._encode is not None  # made by _begin
            self._file.append(self._encode(frame))
            self._frames += 1
        except OSError as error:
            raise SinkError(self._sentence(self._file, error)) from error

    async def close(self) -> None:
        """Writes what waits. A file without a single frame is taken away again."""
        file, self._file = self._file, None
        if file is None:
            return
        await asyncio.to_thread(file.close)
        if not file.written:
            await asyncio.to_thread(file.path.unlink, missing_ok=True)
        if file.fault is not None:
            log.error("recording: %s", self._sentence(file, file.fault))

    def describe(self) -> str:
        """The file's name, and how much is in it."""
        if self._file is None:
            return str(self._path)
        return f"{self._file.path}, {self._file.written / 2**20:.1f} MB"

    def _created(self) -> BackgroundFile:
        for take in itertools.count(1):
            name = self._path.name if take == 1 else f"{self._path.stem}-{take}{self._path.suffix}"
            try:
                return BackgroundFile(self._path.with_name(name))
            except FileExistsError as error:
                if take >= _MOST_TAKES:
                    raise SinkError(
                        f"{self._path} and {take - 1} takes after it are there; choose a new path"
                    ) from error
            except FileNotFoundError as error:
                raise SinkError(f"no folder {self._path.parent}; make it, or change path") from error
            except OSError as error:
                sentence = f"cannot write {self._path}: {error.strerror or error}; change path"
                raise SinkError(sentence) from error
        raise AssertionError("count never ends")

    def _begin(self, file: BackgroundFile, first: Frame) -> None:
        if self._path.suffix.lower() == ".avdr":
            writer = RecordingWriter()
            file.append(writer.begin())
            self._encode = writer.encode
        else:
            rows = CsvWriter(_time_of_day(first), head=self._head)
            file.append(HEADER.encode())
            self._encode = lambda frame: rows.row(frame).encode()

    def _sentence(self, file: BackgroundFile, error: OSError) -> str:
        room = "; make room, or change path" if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else ""
        kept = f"{file.written / 2**20:.1f} MB before are kept" if file.written else "nothing was recorded"
        return f"cannot write {file.path}: {error.strerror or error}{room} ({kept})"


def _time_of_day(frame: Frame) -> float:
    """Seconds since midnight on the wall when the frame was captured, for the timecode."""
    moment = time.time()
    if frame.origin.captured:
        moment -= time.perf_counter() - frame.origin.captured
    wall = time.localtime(moment)
    return wall.tm_hour * 3600 + wall.tm_min * 60 + wall.tm_sec + moment % 1
