"""`avatar-driver calibrate`: shows what to do, records it, and writes what was found into the profile when accepted."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from avatar_driver import saving
from avatar_driver.calibration import LEAST_FRAMES, Calibration, good_frames
from avatar_driver.edits import Edit
from avatar_driver.frame import Frame
from avatar_driver.profile import Profile
from avatar_driver.sources import Source

__all__ = ["KEPT_AS", "STEPS", "Recording", "Step", "edits", "recorded", "save", "undo"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the person is asked to do.

    Attributes:
        pose: what it looks like, by shape, for a picture of it.
    """

    prompt: str
    at_rest: bool = False
    pose: Mapping[str, float] = field(default_factory=dict, hash=False)


def _both(**shapes: float) -> dict[str, float]:
    return {f"{name}{side}": value for name, value in shapes.items() for side in ("Left", "Right")}


STEPS: Final = (
    Step("Look straight ahead, your face relaxed.", at_rest=True),
    Step("Smile as broadly as you can, teeth showing.", pose=_both(mouthSmile=1, mouthUpperUp=0.4) | {"jawOpen": 0.1}),
    Step("Raise both brows as high as you can.", pose=_both(browOuterUp=1, eyeWide=0.3) | {"browInnerUp": 1}),
    Step("Frown: brows together and down.", pose=_both(browDown=1, eyeSquint=0.3)),
    Step("Close both eyes firmly, then open them wide.", pose=_both(eyeBlink=1, eyeSquint=0.5)),
    Step("Open your mouth as wide as you can.", pose={"jawOpen": 1}),
    Step("Push your lips forward, as for a kiss, then say a large 'oo'.", pose={"mouthPucker": 1, "mouthFunnel": 0.3}),
    Step("Say a large 'ee', corners of the mouth pulled back.", pose=_both(mouthStretch=1, mouthSmile=0.3)),
    Step("Move mouth and jaw to the left, then to the right.", pose={"mouthLeft": 0.8, "jawLeft": 0.8}),
    Step("Press your lips together, then roll them in.", pose=_both(mouthPress=1) | {"mouthRollLower": 0.8}),
    Step("Raise the upper lip, then pull the lower lip down.", pose=_both(mouthUpperUp=1, noseSneer=0.5)),
    Step("Pull the corners of your mouth down.", pose=_both(mouthFrown=1) | {"mouthShrugLower": 0.5}),
)

KEPT_AS: Final = "before-calibration"  #: what the copy of the profile before ends in
_PATIENCE: Final = 20.0  # s to wait for a face that looks ahead
_COUNTED_EVERY: Final = 5  # frames


class Recording:
    """Sorts the frames of a calibration into those at rest and those of movement, step by step.

    The step at rest lasts until there are enough frames of a still face that looks ahead, but not for ever.

    Args:
        seconds: how long each step lasts, by the frames' own time.
        steps: what the person is asked to do.

    Attributes:
        step: the number of the step that is recorded.
        share: how much of it is done, 0 to 1.
        good: frames so far of a still face that looks ahead.
        at_rest: frames of the steps at rest; `movement`: of all others.
    """

    def __init__(self, seconds: float, steps: Sequence[Step] = STEPS) -> None:
        self._seconds = seconds
        self._steps = steps
        self._began: float | None = None
        self.step = 0
        self.share = 0.0
        self.good = 0
        self.at_rest: list[Frame] = []
        self.movement: list[Frame] = []

    @property
    def over(self) -> bool:
        """Whether every step is done."""
        return self.step == len(self._steps)

    def feed(self, frame: Frame) -> None:
        """Takes a frame as the source gave it."""
        if self._began is None:
            self._began = frame.time
        while not self.over and self._is_done(frame.time - self._began):
            self._began += self._seconds if not self._steps[self.step].at_rest else frame.time - self._began
            self.step += 1
        if self.over:
            return
        step = self._steps[self.step]
        (self.at_rest if step.at_rest else self.movement).append(frame)
        if step.at_rest and len(self.at_rest) % _COUNTED_EVERY == 0:
            self.good = good_frames(self.at_rest)
        self.share = max(0.0, min(1.0, (frame.time - self._began) / self._seconds))

    def _is_done(self, seconds: float) -> bool:
        if seconds < self._seconds:
            return False
        if not self._steps[self.step].at_rest:
            return True
        return self.good >= LEAST_FRAMES or seconds >= max(_PATIENCE, self._seconds)


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
    recording = Recording(seconds)
    begun = -1
    for frame in _frames(source):
        recording.feed(frame)
        if recording.over:
            break
        if recording.step != begun:
            begun = recording.step
            begins(STEPS[begun])
        goes_on(recording.share)
    return recording.at_rest, recording.movement


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
    return saving.save(saving.own_file(profile), edits(found), kept_as=KEPT_AS)


def undo(profile: Profile) -> Path:
    """Puts the profile back to what it was before the last calibration; its path.

    Raises:
        CannotSaveError: there was none.
    """
    file = saving.own_file(profile)
    saving.restore(file, KEPT_AS)
    return file
