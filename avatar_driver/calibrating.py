"""`avatar-driver calibrate`: shows what to do, records it, and writes what was found into the profile when accepted."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from avatar_driver import saving
from avatar_driver.calibration import Calibration
from avatar_driver.edits import Edit
from avatar_driver.frame import Frame
from avatar_driver.profile import Profile
from avatar_driver.sources import Source

__all__ = ["STEPS", "Step", "edits", "recorded", "save", "undo"]


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

_KEPT_AS: Final = "before-calibration"


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


def edits(found: Calibration) -> list[Edit]:
    """The changes of a profile that store a calibration."""
    settings = found.settings()
    del settings["type"]
    return [Edit(("stages", "calibrate", key), value) for key, value in settings.items()]


def save(profile: Profile, found: Calibration) -> Path:
    """Writes a calibration into a profile's own file, comments and all the rest kept; the backup's path.

    Raises:
        CannotSaveError: the profile has no file of its own, or the file cannot be written.
    """
    return saving.save(saving.own_file(profile), edits(found), kept_as=_KEPT_AS)


def undo(profile: Profile) -> Path:
    """Puts the profile back to what it was before the last calibration; its path.

    Raises:
        CannotSaveError: there was none.
    """
    file = saving.own_file(profile)
    saving.restore(file, _KEPT_AS)
    return file
