"""`avatar-driver calibrate`: shows what to do, records it, and writes what was found into the profile when accepted."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from avatar_driver.calibration import Calibration
from avatar_driver.errors import AvatarDriverError
from avatar_driver.frame import Frame
from avatar_driver.profile import Profile
from avatar_driver.sources import Source

__all__ = ["STEPS", "CannotSaveError", "Step", "own_file", "recorded", "save", "undo"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the person is asked to do."""

    prompt: str
    at_rest: bool = False


STEPS: Final = (
    Step("Look straight ahead, your face relaxed.", at_rest=True),
    Step("Smile as broadly as you can, teeth showing."),
    Step("Raise both brows as high as you can."),
    Step("Frown: brows together and down."),
    Step("Close both eyes firmly, then open them wide."),
    Step("Open your mouth as wide as you can."),
    Step("Push your lips forward, as for a kiss, then say a large 'oo'."),
    Step("Say a large 'ee', corners of the mouth pulled back."),
    Step("Move mouth and jaw to the left, then to the right."),
    Step("Press your lips together, then roll them in."),
    Step("Raise the upper lip, then pull the lower lip down."),
    Step("Pull the corners of your mouth down."),
)

_BACKUP_SUFFIX: Final = ".before-calibration"


class CannotSaveError(AvatarDriverError):
    """The profile cannot take a calibration. The constructor takes the sentence."""


def recorded(
    source: Source, seconds: float, begins: Callable[[Step], None], goes_on: Callable[[float], None]
) -> tuple[list[Frame], list[Frame]]:
    """Frames at rest and frames of movement, `seconds` of each step by the source's own time.

    Args:
        source: where frames come from; it is asked to end after the last step.
        seconds: how long each step lasts.
        begins: told each step as it begins.
        goes_on: told the share of the step that is done.
    """
    at_rest: list[Frame] = []
    movement: list[Frame] = []
    steps = iter(STEPS)
    step = next(steps)
    began: float | None = None
    for frame in _frames(source):
        if began is None:
            began = frame.time
            begins(step)
        while frame.time - began >= seconds:
            began += seconds
            following = next(steps, None)
            if following is None:
                return at_rest, movement
            step = following
            begins(step)
        (at_rest if step.at_rest else movement).append(frame)
        goes_on((frame.time - began) / seconds)
    return at_rest, movement


def _frames(source: Source) -> Iterator[Frame]:
    stop = threading.Event()
    try:
        yield from source.frames(stop)
    finally:
        stop.set()


def save(profile: Profile, found: Calibration) -> Path:
    """Writes a calibration into a profile's own file, comments and all the rest kept; the backup's path.

    Raises:
        CannotSaveError: the profile has no file of its own, or the file cannot be written.
    """
    file = own_file(profile)
    content, write = _opened(file)
    stages = content.setdefault("stages", _default_stages())
    if stages is None:
        stages = content["stages"] = []
    settings = {key: _compact(value) for key, value in found.settings().items()}
    place = next((i for i, stage in enumerate(stages) if _type(stage) == "calibrate"), None)
    if place is None:
        stages.insert(0, settings)
    elif isinstance(stages[place], dict):
        stages[place].update(settings)
    else:
        stages[place] = settings
    backup = _backup(file)
    try:
        backup.write_bytes(file.read_bytes())
        write(content)
    except OSError as error:
        raise CannotSaveError(f"cannot write {file}: {error.strerror or error}") from error
    return backup


def undo(profile: Profile) -> Path:
    """Puts the profile back to what it was before the last calibration.

    Raises:
        CannotSaveError: there was none.
    """
    file = own_file(profile)
    backup = _backup(file)
    if not backup.is_file():
        raise CannotSaveError(f"nothing to undo: there is no {backup.name} beside {file}")
    backup.replace(file)
    return file


def own_file(profile: Profile) -> Path:
    """The file that a calibration of this profile is written into.

    Raises:
        CannotSaveError: it is a shipped one.
    """
    if not profile.files:
        raise CannotSaveError(
            f"{profile.name} is not a file of yours; write one with 'avatar-driver new me', then calibrate me.yaml"
        )
    return profile.files[0]


def _backup(file: Path) -> Path:
    return file.with_name(file.name + _BACKUP_SUFFIX)


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


def _compact(value: Any) -> Any:
    """A mapping or list written in braces or brackets: a calibration is not for reading line by line."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if not isinstance(value, dict | list):
        return value
    compact = CommentedMap(value) if isinstance(value, dict) else CommentedSeq(value)
    compact.fa.set_flow_style()
    return compact


def _type(stage: Any) -> Any:
    return stage.get("type") if isinstance(stage, dict) else stage


def _default_stages() -> list[dict[str, str]]:
    from avatar_driver.profile import DEFAULT_STAGES

    return [{"type": name} for name in DEFAULT_STAGES]
