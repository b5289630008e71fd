"""The files in which VRChat keeps what parameters each avatar has."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from avatar_driver.errors import DecodeError, SinkError
from avatar_driver.protocols.vrchat_avatar import LARGEST, Avatar, from_file

__all__ = ["folders", "load", "newest"]

_GAME: Final = "AppData/LocalLow/VRChat/VRChat/OSC"
_PROTON: Final = f"steamapps/compatdata/438100/pfx/drive_c/users/steamuser/{_GAME}"
_STEAMS: Final = (
    ".local/share/Steam",
    ".steam/steam",
    ".var/app/com.valvesoftware.Steam/.local/share/Steam",
    "snap/steam/common/.local/share/Steam",
)


def folders() -> list[Path]:
    """VRChat's OSC folders on this computer: of Windows, and of Steam's Proton."""
    home = Path.home()
    candidates = (home / _GAME, *(home / steam / _PROTON for steam in _STEAMS))
    return [folder for folder in candidates if folder.is_dir()]


def newest(avatar_id: str, among: Iterable[Path]) -> Path | None:
    """The file of an avatar, the newest where several accounts have worn it; None when there is none."""
    # Names are compared with what is there instead of making a path of the id: ids come from outside.
    wanted = f"{avatar_id}.json".casefold()
    found = [file for folder in among for file in folder.glob("usr_*/Avatars/*.json") if file.name.casefold() == wanted]
    return max(found, key=lambda file: file.stat().st_mtime, default=None)


def load(path: Path) -> Avatar:
    """The avatar in a file.

    Raises:
        SinkError: the file cannot be read, or is not one of VRChat's.
    """
    try:
        if not path.is_file():  # opening a pipe would wait for ever
            raise SinkError(f"no avatar file {path}; VRChat writes one when an avatar is worn with OSC switched on")
        with path.open("rb") as file:
            return from_file(file.read(LARGEST + 1))
    except OSError as error:
        raise SinkError(f"cannot read the avatar file {path}: {error.strerror or error}") from error
    except DecodeError as error:
        raise SinkError(
            f"{path} is not an avatar file of VRChat: {error}; delete it and put the avatar on again"
        ) from error
