"""OpenCV and MediaPipe, imported late and quietly, with a sentence where the system lacks one of their libraries.

Their wheels lean on system libraries that a bare Debian or Ubuntu has not: OpenCV asks for its own when it is imported,
MediaPipe only when the first tracker is made.
"""

import contextlib
import ctypes
import importlib
import importlib.util
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from avatar_driver.errors import SourceError

__all__ = ["APT_LINE", "library_error", "missing_libraries", "opencv", "quiet_start", "vision"]

APT_LINE: Final = "apt install libegl1 libgles2 libgl1 libglib2.0-0"

# What libmediapipe.so and OpenCV's wheel with windows are linked against, beyond the C and C++ libraries.
_NEEDED: Final = (
    "libEGL.so.1",
    "libGLESv2.so.2",
    "libGL.so.1",
    "libxcb.so.1",
    "libglib-2.0.so.0",
    "libgthread-2.0.so.0",
)
_LIBRARY_NAME: Final = re.compile(r"(lib[\w.+-]+\.so(?:\.\d+)*)")
_MEDIAPIPE_LIBRARY: Final = "tasks/c/libmediapipe.so"

# What MediaPipe 1.2 writes when a tracker is made. No environment variable and no option of this release stops it.
_NOISE: Final = re.compile(rb"[IW]\d{4} |INFO: |WARNING: (All log messages|Logging) before ")
_stderr_turn = threading.Lock()


def opencv() -> Any:
    """The module `cv2`, which keeps its warnings to itself: what they say, our errors say in sentences.

    Raises:
        SourceError: it cannot be loaded.
    """
    try:
        return _imported_opencv()
    except (ImportError, OSError) as error:
        raise library_error(error) from error


def vision() -> Any:
    """The module `mediapipe.tasks.python.vision`; the first import takes 0.5 to 1.3 s.

    Raises:
        SourceError: it cannot be loaded.
    """
    opencv()  # MediaPipe imports it too; this way it is quiet
    try:
        return importlib.import_module("mediapipe.tasks.python.vision")
    except (ImportError, OSError) as error:
        raise library_error(error) from error


def missing_libraries() -> tuple[str, ...]:
    """The system libraries that OpenCV or MediaPipe ask for and do not get; empty where a face can be tracked.

    Both are really loaded, for which libraries they need differs between their builds: a headless OpenCV needs none.
    """
    unmet = [name for load in (_imported_opencv, _load_mediapipe_library) if (name := _unmet(load))]
    if not unmet:
        return ()
    return tuple(dict.fromkeys([*unmet, *(name for name in _NEEDED if not _loads(name))]))


def library_error(error: ImportError | OSError) -> SourceError:
    """The sentence for what Python says when a library cannot be loaded."""
    named = _LIBRARY_NAME.search(str(error))
    if named is None:
        return SourceError(f"the face tracker cannot be loaded: {error}; install avatar-driver again")
    missing = missing_libraries() or (named[1],)
    return SourceError(
        f"tracking a face needs {', '.join(missing)}, which cannot be loaded on this system ({error}); "
        f"on Debian and Ubuntu: `{APT_LINE}`. `avatar-driver demo` needs none of them"
    )


@contextlib.contextmanager
def quiet_start() -> Iterator[None]:
    """Keeps MediaPipe's start-up lines off standard error; whatever else is written meanwhile is passed on afterwards.

    MediaPipe writes to the file descriptor itself, so the descriptor is what has to be turned away, for the tenth of a
    second that a tracker takes to start.
    """
    with _stderr_turn:
        try:
            saved = os.dup(2)
        except OSError:  # a program without a console has none
            yield
            return
        with tempfile.TemporaryFile() as spool:
            os.dup2(spool.fileno(), 2)
            try:
                yield
            finally:
                os.dup2(saved, 2)
                os.close(saved)
                spool.seek(0)
                if kept := b"".join(line for line in spool if not _NOISE.match(line)):
                    os.write(2, kept)


def _imported_opencv() -> Any:
    os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    # A camera that hangs gives its thread back after two seconds instead of ten.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")
    # OpenCV can ask for the permission only from the main thread; without it macOS itself asks.
    os.environ.setdefault("OPENCV_AVFOUNDATION_SKIP_AUTH", "1")
    return importlib.import_module("cv2")


def _load_mediapipe_library() -> None:
    package = importlib.util.find_spec("mediapipe")
    for folder in (package and package.submodule_search_locations) or ():
        library = Path(folder) / _MEDIAPIPE_LIBRARY
        if library.is_file():
            ctypes.CDLL(str(library))


def _unmet(load: Callable[[], Any]) -> str | None:
    try:
        load()
    except (ImportError, OSError) as error:
        named = _LIBRARY_NAME.search(str(error))
        return named[1] if named else None
    return None


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
