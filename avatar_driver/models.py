"""Finds the face model, downloads it once, and lets no damaged one through.

MediaPipe's FaceLandmarker needs a file of 3.7 MB that is not part of its wheel. It is looked for, in this order, where
`--model` or the profile says, where the environment variable `AVATAR_DRIVER_MODEL` says, and in the user's cache; the
cache is filled from Google's model storage when it has none.
"""

import hashlib
import os
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import platformdirs

from avatar_driver.errors import ModelError

__all__ = ["MODEL_SHA256", "MODEL_URL", "MODEL_VARIABLE", "cached_model_path", "find_model", "present_model"]

MODEL_URL: Final = (
    "https://storage.googleapis.com/mediapipe-models/face_landmarker/face_landmarker/float16/1/face_landmarker.task"
)
MODEL_SHA256: Final = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
MODEL_VARIABLE: Final = "AVATAR_DRIVER_MODEL"

_TIMEOUT_SECONDS: Final = 15.0  # without a single byte; a slow line may take as long as it needs
_CHUNK_BYTES: Final = 65_536


def find_model(path: Path | None = None, *, progress: bool = True) -> Path:
    """The file of the face model, downloaded first where there is none. Its bytes are the published ones.

    Args:
        path: where the user says it is; None to look in the usual places.
        progress: shows a bar on standard error while downloading.

    Raises:
        ModelError: the named file is missing or is another one, or the download failed.
    """
    return present_model(path) or _downloaded(progress)


def present_model(path: Path | None = None) -> Path | None:
    """The file of the face model where one is on this machine already; None where it would have to be downloaded.

    Raises:
        ModelError: `path` or the environment variable names a file that is missing or is another one. They never fall
            through to the next place: whoever names a file means it.
    """
    if path is not None:
        return _checked(path.expanduser(), "as --model or the profile says")
    if named := os.environ.get(MODEL_VARIABLE):
        return _checked(Path(named).expanduser(), f"as {MODEL_VARIABLE} says")
    cached = cached_model_path()
    try:
        return cached if _sha256(cached) == MODEL_SHA256 else None
    except OSError:
        return None


def cached_model_path() -> Path:
    """Where the downloaded model is kept, and where one may be put by hand."""
    return platformdirs.user_cache_path("avatar-driver", appauthor=False) / "face_landmarker.task"


def _checked(path: Path, who_says: str) -> Path:
    try:
        found = _sha256(path)
    except OSError as error:
        raise ModelError(f"expected the face model at '{path}', {who_says}, but: {error.strerror}") from error
    if found != MODEL_SHA256:
        # MediaPipe loads a file with flipped bytes without a word, and tracks badly.
        raise ModelError(
            f"'{path}', named {who_says}, is not the face model or is damaged: expected the SHA-256 "
            f"{MODEL_SHA256}, found {found}; get it from {MODEL_URL}, or name none and it is downloaded"
        )
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _downloaded(progress: bool) -> Path:
    # Imported here: requests takes a tenth of a second, and most runs download nothing.
    import pooch
    import requests

    target = cached_model_path()
    pooch.get_logger().setLevel("WARNING")
    try:
        # Pooch has a temporary file beside the target filled, checks the hash, and only then renames it.
        pooch.retrieve(
            MODEL_URL,
            known_hash=f"sha256:{MODEL_SHA256}",
            fname=target.name,
            path=target.parent,
            downloader=lambda url, file, _: _fetch(url, Path(file), progress),
        )
    except (requests.RequestException, ValueError, OSError) as error:
        raise ModelError(_not_downloaded(_reason(error), target)) from error
    return target


def _fetch(url: str, target: Path, progress: bool) -> None:
    # Pooch's own downloader leaves the connection open when it breaks off.
    import requests
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("face model"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with (
        requests.get(url, stream=True, timeout=_TIMEOUT_SECONDS) as response,
        target.open("wb") as file,
        Progress(*columns, console=Console(stderr=True), disable=not progress) as bar,
    ):
        response.raise_for_status()
        task = bar.add_task("face model", total=int(response.headers.get("content-length", 0)) or None)
        for chunk in response.iter_content(_CHUNK_BYTES):
            file.write(chunk)
            bar.advance(task, len(chunk))


def _not_downloaded(reason: str, target: Path) -> str:
    return (
        f"the face model could not be downloaded: {reason}. Put {MODEL_URL} at '{target}' by hand, or name the file "
        f"with --model or {MODEL_VARIABLE}. `avatar-driver demo` needs no model"
    )


def _reason(error: Exception) -> str:
    """What went wrong, in words; the exceptions of requests speak of pools and retries."""
    import requests

    host = urlsplit(MODEL_URL).netloc
    match error:
        case requests.HTTPError(response=response) if response is not None:
            return f"{host} answered {response.status_code} {response.reason}"
        case requests.Timeout():
            return f"{host} did not answer within {_TIMEOUT_SECONDS:.0f} s"
        case requests.exceptions.ChunkedEncodingError():
            return f"the connection to {host} broke off"
        case requests.RequestException():
            return f"no connection to {host}"
        case ValueError():
            return f"what came from {host} is not the model (its SHA-256 differs)"
        case OSError():
            return f"it cannot be written: {error}"
    return str(error)
