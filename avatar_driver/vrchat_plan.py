"""`avatar-driver vrchat plan`: what an avatar's face costs of VRChat's synced bits, and how to spend them better."""

import itertools
import json
import posixpath
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from avatar_driver import maps, profile
from avatar_driver.errors import AvatarDriverError, DecodeError
from avatar_driver.frame import Frame
from avatar_driver.profile import Profile
from avatar_driver.protocols.vrchat_avatar import LARGEST, Avatar, from_file
from avatar_driver.protocols.vrchat_budget import (
    SYNCED_BITS,
    Error,
    Form,
    Shape,
    bits_of,
    error,
    faces,
    spent,
    unseen,
)
from avatar_driver.retarget import RetargetMap

__all__ = ["Line", "Plan", "PlanError", "plan", "show_plan"]

_SYNTHETIC_SECONDS: Final = 60
_MOST_FRAMES: Final = 108_000  # an hour at 30 frames a second
_TAKES: Final = (".avdr", ".csv")


class PlanError(AvatarDriverError):
    """Nothing can be planned. The constructor takes the sentence."""


@dataclass(frozen=True, slots=True)
class Line:
    """One face parameter: how far it moves, how it is synced, how it should be, and how far others see it off."""

    shape: Shape
    moves: float
    error_now: Error
    proposed: Form
    error_then: Error


@dataclass(frozen=True, slots=True)
class Plan:
    """What was found out, for a table or for JSON.

    Attributes:
        face_bits: synced bits of the face, and of all that no face moves.
        counted_bits: of the whole avatar, when everything counts that its file does not say is local.
        says_synced: whether the file says what is synced.
    """

    avatar: Avatar
    recording: str
    frames: int
    budget: int
    lines: tuple[Line, ...]
    unseen: tuple[str, ...]
    face_bits: int
    unseen_bits: int
    counted_bits: int
    says_synced: bool

    @property
    def proposed_bits(self) -> int:
        """Synced bits of the proposal."""
        return sum(line.proposed.cost for line in self.lines)

    def notes(self) -> list[str]:
        """What a reader must know to trust the numbers."""
        notes = []
        if not self.says_synced:
            notes.append(
                "VRChat's file does not say which parameters are synced. A float beside bits of its own name is taken "
                f"for local; if every parameter were synced, the avatar would cost {self.counted_bits} bits."
            )
        if self.unseen:
            notes.append(f"Moved by no face ({self.unseen_bits} bits): {', '.join(self.unseen)}.")
        notes.append(
            "Errors are what others see, of a range of 1: typical (root mean square) and at worst. Twins get the same. "
            "What does not move in the recording gets nothing: record what your face should be able to do."
        )
        return notes

    def to_json(self) -> dict[str, Any]:
        """The plan as plain data."""
        return {
            "avatar": {"id": self.avatar.id, "name": self.avatar.name, "parameters": len(self.avatar.parameters)},
            "recording": self.recording,
            "frames": self.frames,
            "synced_bits": {
                "limit": SYNCED_BITS,
                "known": self.says_synced,
                "avatar_counted": self.counted_bits,
                "face_now": self.face_bits,
                "unseen": self.unseen_bits,
                "budget": self.budget,
                "face_proposed": self.proposed_bits,
            },
            "shapes": [_line(line) for line in self.lines],
            "unseen": list(self.unseen),
            "error": {"now": _rounded(self._error(now=True)), "proposed": _rounded(self._error(now=False))},
            "notes": self.notes(),
        }

    def table(self) -> Table:
        """The plan for people."""
        table = Table(title=self._title(), title_justify="left", box=None, padding=(0, 1, 0, 0), header_style="dim")
        # A name that is cut names nothing: what all have before theirs stands in the heading instead.
        shared = _shared_prefix([line.shape.name for line in self.lines])
        table.add_column(f"{shared}…" if shared else "parameter", no_wrap=True)
        for heading in ("moves", "now", "bits", "error", "worst", "proposed", "bits", "error", "worst"):
            table.add_column(heading, justify="left" if heading in ("now", "proposed") else "right")
        for line in self.lines:
            now, then = line.error_now, line.error_then
            table.add_row(
                line.shape.name.removeprefix(shared),
                f"{line.moves:.2f}",
                str(line.shape.form),
                str(line.shape.form.cost),
                f"{now.typical:.3f}",
                f"{now.worst:.2f}",
                str(line.proposed),
                str(line.proposed.cost),
                f"{then.typical:.3f}",
                f"{then.worst:.2f}",
            )
        before, after = f"{self._error(now=True):.3f}", f"{self._error(now=False):.3f}"
        table.add_row("together", "", "", str(self.face_bits), before, "", "", str(self.proposed_bits), after, "")
        return table

    def _title(self) -> str:
        return (
            f"{self.avatar.name or self.avatar.id}: the face takes {self.face_bits} of {SYNCED_BITS} synced bits; "
            f"proposed for {self.budget}, by {self.frames} frames of {self.recording}"
        )

    def _error(self, *, now: bool) -> float:
        each = [(line.error_now if now else line.error_then).typical for line in self.lines]
        return float(np.sqrt(np.mean(np.square(each))))


def show_plan(
    avatar: Path,
    *,
    bits: int,
    recording: Path | None = None,
    model: Path | None = None,
    profile_name: str = "default",
    map_name: str = "unified",
    as_json: bool = False,
) -> None:
    """Prints a plan for an avatar's file.

    Args:
        avatar: a file of VRChat's OSC folder.
        bits: what the face may cost.
        recording: a film, or a take; left out, the synthetic face.
        model: MediaPipe's face model, for a film.
        profile_name: whose stages the face goes through first, as it does when it is sent.
        map_name: the map to the avatar's parameters.
        as_json: JSON instead of a table.

    Raises:
        PlanError: the file is not an avatar's, it has no face, or nobody is in the recording.
        AvatarDriverError: the profile, the map or the recording cannot be used.
    """
    worn = _avatar(avatar)
    loaded = profile.load(profile_name, overrides=_source(recording, model))
    source = loaded.source.make()
    with Console(stderr=True).status("watching the face"):
        found = plan(
            worn, _staged(loaded, source.frames(threading.Event())), maps.load(map_name), bits, source.describe()
        )
    console = Console(highlight=False)
    if as_json:
        console.out(json.dumps(found.to_json(), indent=2))
        return
    console.print(found.table())
    for note in found.notes():
        console.print(f"\n{note}", style="dim")


def plan(avatar: Avatar, frames: Iterable[Frame], map: RetargetMap, bits: int, recording: str) -> Plan:
    """What the avatar's face costs now, and how `bits` are best spent on it if the face moves as in these frames.

    Raises:
        PlanError: the avatar has no parameter of the map, or no frame has a face.
    """
    shapes = faces(avatar, map.names)
    if not shapes:
        raise PlanError(f"the avatar {avatar.name or avatar.id} has no parameter of the map '{map.name}'")
    seen = (map(frame.values) for frame in itertools.islice(frames, _MOST_FRAMES) if frame.tracked)
    values = np.array(list(seen), np.float32)
    if not len(values):
        raise PlanError(f"no face is in view in {recording}")
    rest = map.neutral.tolist()
    forms = spent(shapes, values, rest, bits)
    idle = unseen(avatar, shapes)
    return Plan(
        avatar,
        recording,
        len(values),
        bits,
        tuple(_planned(*each, values, rest) for each in zip(shapes, forms, strict=True)),
        tuple(idle),
        sum(shape.form.cost for shape in shapes),
        sum(idle.values()),
        bits_of(avatar.parameters),
        all(parameter.synced is not None for parameter in avatar.parameters),
    )


def _planned(shape: Shape, form: Form, values: NDArray[np.float32], rest: Sequence[float]) -> Line:
    own, still = values[:, shape.column], rest[shape.column]
    low, high = np.quantile(own, (0.01, 0.99))
    return Line(shape, float(high - low), error(own, shape.form, still), form, error(own, form, still))


def _avatar(path: Path) -> Avatar:
    try:
        if not path.is_file():
            raise PlanError(f"no avatar file {path}; VRChat writes them into its folder OSC/usr_…/Avatars")
        with path.open("rb") as file:
            return from_file(file.read(LARGEST + 1))
    except OSError as problem:
        raise PlanError(f"cannot read {path}: {problem.strerror or problem}") from problem
    except DecodeError as problem:
        raise PlanError(f"{path} is not an avatar file of VRChat: {problem}") from problem


def _source(recording: Path | None, model: Path | None) -> list[tuple[str, str]]:
    """The recording as changes of a profile, so that its mistakes are told as those of a profile are."""
    if recording is None:
        settings = {"type": "synthetic", "seconds": _SYNTHETIC_SECONDS, "fast": True}
    elif recording.suffix.lower() in _TAKES:
        settings = {"type": "recording", "path": str(recording), "fast": True}
    else:
        settings = {"type": "camera", "device": str(recording), "fast": True}
        settings |= {"model": str(model)} if model is not None else {}
    return [(f"--recording {recording}" if recording else "the synthetic face", f"source={json.dumps(settings)}")]


def _staged(loaded: Profile, frames: Iterable[Frame]) -> Iterator[Frame]:
    """Frames as the profile's stages make them, on times that do not depend on when this runs."""
    stages = [part.make() for part in loaded.stages]
    began: float | None = None
    for frame in frames:
        began = frame.time if began is None else began
        staged = frame.changed(time=round(frame.time - began, 6))
        for stage in stages:
            staged = stage(staged)
        yield staged


def _line(line: Line) -> dict[str, Any]:
    def form(of: Form, off: Error) -> dict[str, Any]:
        told = {"form": str(of), "bits": of.cost, "float": of.is_float, "sign": of.negative}
        return {**told, "error": _rounded(off.typical), "worst": _rounded(off.worst)}

    return {
        "parameter": line.shape.name,
        "moves": _rounded(line.moves),
        "now": form(line.shape.form, line.error_now),
        "proposed": form(line.proposed, line.error_then),
    }


def _shared_prefix(names: Sequence[str]) -> str:
    """What all names begin with, up to their last common `/`: `FT/v2/`."""
    before = posixpath.commonpath([posixpath.dirname(name) for name in names])
    return f"{before}/" if before else ""


def _rounded(value: float) -> float:
    return round(value, 4)
