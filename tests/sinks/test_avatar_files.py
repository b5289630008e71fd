"""VRChat's own files: found by the avatar's id, newest first; a bad one is a sentence."""

import os
from pathlib import Path

import pytest

from avatar_driver.errors import SinkError
from avatar_driver.sinks import _avatar_files

GAME = "AppData/LocalLow/VRChat/VRChat/OSC"
SOUND = b'{"id": "avtr_1", "name": "Robot", "parameters": []}'


def written(folder: Path, user: str, avatar: str, age: int = 0) -> Path:
    path = folder / user / "Avatars" / f"{avatar}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(SOUND)
    os.utime(path, (1e9 - age, 1e9 - age))
    return path


def test_the_folders_are_those_of_windows_and_of_proton(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert _avatar_files.folders() == []

    proton = f".local/share/Steam/steamapps/compatdata/438100/pfx/drive_c/users/steamuser/{GAME}"
    for folder in (GAME, proton):
        (tmp_path / folder).mkdir(parents=True)

    assert _avatar_files.folders() == [tmp_path / GAME, tmp_path / proton]


def test_the_newest_file_of_an_avatar_is_found_whoever_wore_it(tmp_path: Path) -> None:
    written(tmp_path / "a", "usr_1", "avtr_1", age=100)
    newest = written(tmp_path / "b", "usr_2", "avtr_1", age=10)
    written(tmp_path / "a", "usr_2", "avtr_1", age=50)
    written(tmp_path / "a", "usr_1", "avtr_2")

    assert _avatar_files.newest("avtr_1", [tmp_path / "a", tmp_path / "b"]) == newest
    assert _avatar_files.newest("AVTR_1", [tmp_path / "b"]) == newest
    assert _avatar_files.newest("avtr_3", [tmp_path / "a"]) is None
    assert _avatar_files.newest("avtr_1", []) is None


@pytest.mark.parametrize("avatar_id", ["../../secret", "*", "avtr_?", "", ".", "usr_1/Avatars/avtr_1"])
def test_an_id_that_is_a_path_or_a_pattern_finds_nothing(tmp_path: Path, avatar_id: str) -> None:
    written(tmp_path, "usr_1", "avtr_1")
    (tmp_path / "secret.json").write_bytes(SOUND)

    assert _avatar_files.newest(avatar_id, [tmp_path]) is None


def test_a_file_is_an_avatar(tmp_path: Path) -> None:
    assert _avatar_files.load(written(tmp_path, "usr_1", "avtr_1")).name == "Robot"


def test_a_file_that_is_missing_or_a_folder_or_a_pipe_is_a_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "nothing.json", tmp_path, tmp_path / "pipe"):
        with pytest.raises(SinkError, match="VRChat writes one when an avatar is worn"):
            _avatar_files.load(path)


def test_a_file_that_is_not_vrchats_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "avtr_1.json"
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(SinkError, match="delete it and put the avatar on again"):
        _avatar_files.load(path)
