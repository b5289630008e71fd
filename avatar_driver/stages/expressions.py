"""What a person asks for with a key: an expression shown on top of the live face, a frozen face, a neutral one."""

from collections.abc import Mapping
from typing import Annotated, Final

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, INDEX, SHAPE_NAMES
from avatar_driver.errors import did_you_mean
from avatar_driver.frame import REST, Frame

__all__ = ["Expressions"]

Preset = Mapping[str, Annotated[float, Ge(0), Le(1)]]


def _twins(**shapes: float) -> dict[str, float]:
    return {f"{name}{side}": value for name, value in shapes.items() for side in ("Left", "Right")}


#: The emotions of VRM 1.0, as far as a face can show them.
_PRESETS: Final[dict[str, Preset]] = {
    "happy": _twins(mouthSmile=0.9, mouthDimple=0.2, cheekSquint=0.7, eyeSquint=0.4) | {"browInnerUp": 0.2},
    "angry": _twins(browDown=0.9, mouthFrown=0.5, mouthPress=0.5, noseSneer=0.5, eyeSquint=0.4),
    "sad": _twins(mouthFrown=0.8, eyeSquint=0.2) | {"browInnerUp": 0.9, "mouthShrugLower": 0.5},
    "relaxed": _twins(mouthSmile=0.4, eyeBlink=0.5),
    "surprised": _twins(eyeWide=0.9, browOuterUp=0.8) | {"browInnerUp": 0.8, "jawOpen": 0.45, "mouthFunnel": 0.2},
}


class Expressions:
    """Lays expressions over the live face while they are asked for, by the dashboard's keys or a command.

    An expression takes over the shapes it names and leaves the rest of the face alive, so it still blinks and speaks.
    A profile without this stage gets it as its last one. While anything is shown, the frame is marked `altered`.

    Args:
        presets: by name, the shapes of an expression, 0 to 1. Left out: the emotions of VRM 1.0, `happy`, `angry`,
            `sad`, `relaxed` and `surprised`.
        fade: seconds in which an expression comes and goes.
    """

    def __init__(self, *, presets: Mapping[str, Preset] | None = None, fade: Annotated[float, Ge(0)] = 0.15) -> None:
        self.fade = fade
        self.shown: set[str] = set()  #: the expressions asked for
        self.frozen = False
        self.neutral = False
        self._held: Frame | None = None  # the face that is frozen
        self._time: float | None = None
        self._take(_PRESETS if presets is None else presets)

    def _take(self, presets: Mapping[str, Preset]) -> None:
        self.names = tuple(presets)
        self._targets = {name: _target(name, shapes) for name, shapes in presets.items()}
        self._weights = dict.fromkeys((*presets, _NEUTRAL), 0.0)

    def reset(self) -> None:
        """Lets what is asked for be there at once with the next frame. What is asked for stays."""
        self._held = None
        self._time = None

    def adopt(self, other: "Expressions") -> None:
        """Takes over another one's settings; what is shown stays, if it still is a preset."""
        before = self._weights
        self.fade, self.names, self._targets = other.fade, other.names, other._targets
        self._weights = {name: before.get(name, 0.0) for name in other._weights}
        self.shown &= set(self.names)

    def show(self, name: str, on: bool) -> None:
        """Shows an expression or lets it go.

        Raises:
            ValueError: there is none of that name; the sentence says which there are.
        """
        if name not in self._targets:
            hint = did_you_mean(name, self.names) or f"; there are {', '.join(self.names)}"
            raise ValueError(f"no expression named '{name[:40]}'{hint}")
        if on:
            self.shown.add(name)
        else:
            self.shown.discard(name)

    def __call__(self, frame: Frame) -> Frame:
        """The face with what is asked for, or the frame itself when nothing is."""
        self._fade(frame.time)
        changed = frame
        if self.frozen:
            held = self._held = self._held or frame
            changed = frame.altered_by("expressions", values=held.values, tone=held.tone, tracked=held.tracked)
        else:
            self._held = None
        values, tone = changed.values, changed.tone
        for name, weight in self._weights.items():
            if weight > 0:
                values, tone = self._toward(name, weight, values), self._toward(name, weight, tone)
        return changed if values is changed.values else changed.altered_by("expressions", values=values, tone=tone)

    def _fade(self, time: float) -> None:
        step = 1.0
        if self._time is not None and self.fade > 0:
            step = max(0.0, time - self._time) / self.fade
        self._time = time
        for name, weight in self._weights.items():
            wanted = self.neutral if name == _NEUTRAL else name in self.shown
            if weight != wanted:
                self._weights[name] = min(1.0, weight + step) if wanted else max(0.0, weight - step)

    def _toward(self, name: str, weight: float, values: NDArray[np.float32]) -> NDArray[np.float32]:
        share = np.float32(weight * weight * (3 - 2 * weight))
        where, goal = self._targets.get(name, _AT_REST)
        result = values.copy()
        result[where] += share * (goal - result[where])
        return result


_NEUTRAL: Final = ""  # no name a preset can be asked for by
_AT_REST: Final = (np.arange(len(CHANNELS)), REST)


def _target(name: str, shapes: Preset) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    for shape in shapes:
        if shape not in SHAPE_NAMES:
            raise ValueError(f"expression '{name}': no shape named '{shape}'{did_you_mean(shape, SHAPE_NAMES)}")
    return np.array([INDEX[shape] for shape in shapes], np.intp), np.array(list(shapes.values()), np.float32)
