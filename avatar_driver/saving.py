"""Writes edits into a profile's own YAML file: comments and layout stay, and the file before is kept beside it."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from avatar_driver import edits as editing
from avatar_driver.edits import Edit
from avatar_driver.errors import AvatarDriverError
from avatar_driver.profile import DEFAULT_STAGES, Profile, text_of

__all__ = ["CannotSaveError", "backup", "own_file", "restore", "save", "save_as"]

_NAME: Final = re.compile(r"[\w][\w -]{0,60}(\.ya?ml)?")


class CannotSaveError(AvatarDriverError):
    """The profile cannot be written. The constructor takes the sentence."""


def save(file: Path, edits: Iterable[Edit], *, kept_as: str) -> Path:
    """Writes edits into a profile's file; the path of what it was before.

    Args:
        file: the profile.
        edits: in order; those of stages go into the default ones where the profile names none.
        kept_as: what the name of the copy ends in.

    Raises:
        CannotSaveError: the file cannot be read or written.
        EditError: an edit does not fit what the file holds.
    """
    try:
        content, write = _opened(file)
        if content is None:
            content = {}
        if content.get("stages") is None:
            content["stages"] = [] if "stages" in content else [{"type": name} for name in DEFAULT_STAGES]
        editing.apply(content, (_compacted(edit) for edit in edits))
        copy = backup(file, kept_as)
        copy.write_bytes(file.read_bytes())
        write(content)
    except OSError as error:
        raise CannotSaveError(f"cannot write {file}: {error.strerror or error}") from error
    return copy


def save_as(name: str, new_name: str, edits: Iterable[Edit]) -> Path:
    """Writes a profile with edits as another one, in the working folder; its path.

    Args:
        name: the profile that is copied, as `profile.load` takes it.
        new_name: what the new one is called, without folders; `.yaml` is added where it is missing.
        edits: in order.

    Raises:
        CannotSaveError: the name is none, there is such a file, or it cannot be written.
    """
    if not _NAME.fullmatch(new_name):
        raise CannotSaveError(f"expected a name of letters, digits, spaces, - and _, found {new_name[:60]!r}")
    file = Path(new_name).with_suffix(".yaml").resolve()
    text = text_of(name)  # before there is a file that may have the same name
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise CannotSaveError(f"{file.name} is there already; choose another name") from None
    except OSError as error:
        raise CannotSaveError(f"cannot write {file}: {error.strerror or error}") from error
    try:
        save(file, edits, kept_as="new").unlink(missing_ok=True)
    except AvatarDriverError:
        file.unlink(missing_ok=True)
        raise
    return file


def restore(file: Path, kept_as: str) -> None:
    """Puts a profile back to what it was before it was last saved under that name.

    Raises:
        CannotSaveError: it was not.
    """
    copy = backup(file, kept_as)
    if not copy.is_file():
        raise CannotSaveError(f"nothing to undo: there is no {copy.name} beside {file}")
    copy.replace(file)


def backup(file: Path, kept_as: str) -> Path:
    """Where the file before is kept."""
    return file.with_name(f"{file.name}.{kept_as}")


def own_file(profile: Profile) -> Path:
    """The file that changes of this profile are written into.

    Raises:
        CannotSaveError: it is a shipped one.
    """
    if not profile.files:
        raise CannotSaveError(
            f"{profile.name} is not a file of yours; write one with 'avatar-driver new me', then use me.yaml"
        )
    return profile.files[0]


def _opened(file: Path) -> tuple[Any, Callable[[Any], None]]:
    """The content of a YAML file as ruamel reads it, with comments, and what writes it back."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)

    def write(content: Any) -> None:
        # Beside it first: a full disk must not cost the profile.
        beside = file.with_name(file.name + ".new")
        with beside.open("w", encoding="utf-8") as stream:
            yaml.dump(content, stream)
        beside.replace(file)

    with file.open(encoding="utf-8-sig") as stream:
        return yaml.load(stream), write


def _compacted(edit: Edit) -> Edit:
    return Edit(edit.path, _compact(edit.value), edit.gesture, edit.kind)


def _compact(value: Any) -> Any:
    """A mapping or list written in braces or brackets: what a slider or a calibration sets is not read line by line."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if not isinstance(value, dict | list):
        return value
    compact = CommentedMap(value) if isinstance(value, dict) else CommentedSeq(value)
    compact.fa.set_flow_style()
    return compact
