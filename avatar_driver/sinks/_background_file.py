"""A file that is written by a thread of its own: a disk that stalls holds no face."""

import os
import threading
from pathlib import Path
from typing import Final

__all__ = ["BackgroundFile", "BacklogError"]

_EVERY_SECONDS: Final = 0.25  # a crash of the computer loses at most this and what the disk needs to write it
_MOST_WAITING: Final = 64 * 2**20  # bytes; most of an hour of frames


class BacklogError(OSError):
    """The disk took nothing for so long that no more is kept for it."""

    def __init__(self) -> None:
        super().__init__(f"the disk is too slow: {_MOST_WAITING // 2**20} MB wait to be written")
        self.strerror = str(self)


class BackgroundFile:
    """A new file, appended to.

    Attributes:
        path: where it is.
        fault: what went wrong when writing; nothing is written after that.
        written: bytes that the system has taken.

    Raises:
        FileExistsError: there is such a file; it is left alone.
        OSError: the system refused.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fault: OSError | None = None
        self.written = 0
        self._waiting: list[bytes] = []
        self._bytes_waiting = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._file = path.open("xb", buffering=0)
        self._thread = threading.Thread(target=self._run, name=f"file {path.name}", daemon=True)
        self._thread.start()

    def append(self, piece: bytes) -> None:
        """Takes a piece; never waits.

        Raises:
            OSError: an earlier piece could not be written.
        """
        if self.fault is not None:
            raise self.fault
        with self._lock:
            if self._bytes_waiting > _MOST_WAITING:
                raise BacklogError
            self._waiting.append(piece)
            self._bytes_waiting += len(piece)

    def close(self) -> None:
        """Writes what waits and closes the file. `fault` then says whether all went well."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._closing.wait(_EVERY_SECONDS):
                self._write()
            self._write()
        except OSError as error:
            self.fault = error
        finally:
            self._file.close()

    def _write(self) -> None:
        with self._lock:
            pieces, self._waiting, self._bytes_waiting = self._waiting, [], 0
        if not pieces:
            return
        rest = memoryview(b"".join(pieces))
        while rest:
            taken = self._file.write(rest)
            self.written += taken
            rest = rest[taken:]
        os.fsync(self._file.fileno())
