"""VTube Studio's token: kept between runs, for this user's eyes only, and never shown or logged."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Final

import msgspec
import platformdirs

__all__ = ["forget_token", "keep_token", "kept_token", "token_file"]

_LONGEST_FILE: Final = 65_536
_OWNER_ONLY: Final = 0o600


def token_file() -> Path:
    """Where tokens are kept: JSON, one token for each host that runs VTube Studio."""
    return platformdirs.user_config_path("avatar-driver", appauthor=False) / "vtube_studio_tokens.json"


def kept_token(host: str) -> str | None:
    """The token for a host; None where there is no file or it is damaged, so that a new one is asked for."""
    return _kept().get(host)


def keep_token(host: str, token: str) -> None:
    """Keeps a token. The file changes as a whole or not at all, and nobody but its owner can read it at any moment.

    Raises:
        OSError: it cannot be written.
    """
    _write({**_kept(), host: token})


def forget_token(host: str) -> None:
    """Removes a host's token, if there is one.

    Raises:
        OSError: it cannot be written.
    """
    kept = _kept()
    if kept.pop(host, None) is not None:
        _write(kept)


def _kept() -> dict[str, str]:
    try:
        with token_file().open("rb") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
                # Someone copied it, or an editor saved it: what others can read is closed again.
                os.fchmod(file.fileno(), _OWNER_ONLY)
            return msgspec.json.decode(file.read(_LONGEST_FILE), type=dict[str, str])
    except (OSError, ValueError, RecursionError):
        return {}


def _write(tokens: dict[str, str]) -> None:
    path = token_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    # `mkstemp` makes the file for its owner alone from the first moment.
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(msgspec.json.encode(tokens))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
