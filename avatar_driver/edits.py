"""Changes of a profile made while it runs: by a slider, a switch or a calibration; undone and done again in steps.

An edit works on plain data and on what ruamel.yaml reads alike, so the same code changes the running profile and, when
the person saves, the file with its comments.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from avatar_driver.errors import AvatarDriverError

__all__ = ["STAGE_ORDER", "Edit", "EditError", "History", "apply", "place_of_new"]

#: Where a stage goes that a profile does not have yet.
STAGE_ORDER: Final = ("calibrate", "two_timescale", "one_euro", "adjust", "amplify", "mirror", "loss", "expressions")

_MOST_STEPS: Final = 500
_DEEPEST: Final = 8


class EditError(AvatarDriverError):
    """An edit that does not fit the profile. The constructor takes the sentence."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One setting changed.

    Attributes:
        path: as in the profile; items of a list by number or by their `type`.
        value: plain data; None takes the setting out, so that it has its default again.
        gesture: edits of one pull of a slider have the same one, and are undone together. Empty: stands alone.
        kind: the `type` that the item of a list must have, where the path names it by number; empty for any.
    """

    path: tuple[str | int, ...]
    value: Any
    gesture: str = ""
    kind: str = ""


@dataclass(slots=True)
class History:
    """The edits made since the profile was loaded or saved, in steps."""

    done: list[tuple[Edit, ...]] = field(default_factory=list)
    undone: list[tuple[Edit, ...]] = field(default_factory=list)

    def edits(self) -> tuple[Edit, ...]:
        """All that hold now, in order."""
        return tuple(edit for step in self.done for edit in step)

    def with_(self, edits: Sequence[Edit]) -> "History":
        """This history with a further step; or with the last one prolonged, when it was the same gesture."""
        done = [*self.done]
        last = done[-1] if done else ()
        gesture = edits[0].gesture if edits else ""
        if last and gesture and last[-1].gesture == gesture:
            replaced = {edit.path for edit in edits}
            done[-1] = (*(edit for edit in last if edit.path not in replaced), *edits)
        else:
            done.append(tuple(edits))
        return History(_bounded(done), [])

    def without_last(self) -> "History":
        """The last step undone."""
        if not self.done:
            raise EditError("there is nothing to undo")
        return History(self.done[:-1], [*self.undone, self.done[-1]])

    def with_next(self) -> "History":
        """The step that was undone last, done again."""
        if not self.undone:
            raise EditError("there is nothing to do again")
        return History([*self.done, self.undone[-1]], self.undone[:-1])


def _bounded(steps: list[tuple[Edit, ...]]) -> list[tuple[Edit, ...]]:
    """The oldest steps become one, which still holds but is undone as a whole."""
    surplus = len(steps) - _MOST_STEPS
    if surplus <= 0:
        return steps
    latest = {edit.path: edit for step in steps[: surplus + 1] for edit in step}
    return [tuple(latest.values()), *steps[surplus + 1 :]]


def apply(content: Any, edits: Iterable[Edit]) -> None:
    """Changes a profile's content in place.

    Args:
        content: a mapping with lists and mappings in it, plain or as ruamel.yaml reads them.
        edits: in order.

    Raises:
        EditError: a path leads nowhere.
    """
    for edit in edits:
        _apply(content, edit)


def _apply(content: Any, edit: Edit) -> None:
    if not 1 <= len(edit.path) <= _DEEPEST:
        raise EditError(f"a path has 1 to {_DEEPEST} parts, found {len(edit.path)}")
    trail: list[tuple[Any, Any]] = []
    container: Any = content
    for depth, step in enumerate(edit.path):
        key: Any = _key(container, step, edit, at_stages=depth == 1 and edit.path[0] == "stages")
        if key is None:
            return
        trail.append((container, key))
        if depth == len(edit.path) - 1:
            break
        inner = container[key] if isinstance(container, list) else container.get(key)
        if inner is None:
            if edit.value is None:
                return  # nothing there that could be taken out
            inner = container[key] = {}
        elif isinstance(inner, str) and isinstance(container, list):
            inner = container[key] = {"type": inner}  # `stages: [mirror]`
        container = inner
    if edit.value is None:
        _take_out(trail)
    else:
        container[key] = edit.value


def _key(container: Any, step: str | int, edit: Edit, *, at_stages: bool) -> str | int | None:
    """Where a step of the path leads; None to a stage that is not there and from which something is taken out."""
    if isinstance(container, list):
        types = [_type(item) for item in container]
        if isinstance(step, int) and 0 <= step < len(types) and edit.kind in ("", types[step]):
            return step
        if step in types:
            return types.index(str(step))
        if at_stages and step in STAGE_ORDER:
            return None if edit.value is None else _inserted(container, types, str(step))
        wanted = f"{edit.kind} {step!r}".strip()
        raise EditError(f"{_dotted(edit.path)}: there is no {wanted} here; there are {', '.join(types)}")
    if isinstance(container, dict) and isinstance(step, str):
        return step
    raise EditError(f"{_dotted(edit.path)}: {step!r} leads nowhere")


def place_of_new(name: str, types: Sequence[str]) -> int:
    """Where a new stage goes among stages of these types: behind the last of those that come before it."""
    earlier = STAGE_ORDER[: STAGE_ORDER.index(name)]
    return max((i + 1 for i, each in enumerate(types) if each in earlier), default=0)


def _inserted(stages: Any, types: Sequence[str], name: str) -> int:
    place = place_of_new(name, types)
    stages.insert(place, {"type": name})
    return place


def _take_out(trail: Sequence[tuple[Any, Any]]) -> None:
    """Removes the last key, and mappings that are empty without it; items of lists stay."""
    for container, key in reversed(trail):
        if isinstance(container, list):
            return
        container.pop(key, None)
        if container:
            return


def _type(item: Any) -> str:
    return str(item.get("type")) if isinstance(item, dict) else str(item)


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(map(str, path))
