"""YAML text to plain values, and the line and column of every one of them.

Reads YAML's structure with PyYAML and its scalars by the YAML 1.2 core schema, which closes the traps people fall
into: `off` and `12:30:45` stay text, `1e-3` is a number, a key written twice is a problem and not a silent loss. NaN
and infinity, aliases and tags are refused: a profile that strangers share may neither expand nor construct.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from avatar_driver.errors import Problem, ProblemsError

__all__ = ["Document", "Path", "Place", "dotted", "parse"]

Path = tuple[str | int, ...]

_MAX_LENGTH: Final = 1_000_000
_MAX_DEPTH: Final = 24
# libyaml reads several times quicker and marks the same places; PyYAML's wheels have it, builds from source may not.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL: Final = {"", "~", "null", "Null", "NULL"}
_TRUE: Final = {"true", "True", "TRUE"}
_FALSE: Final = {"false", "False", "FALSE"}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF|nan|NaN|NAN)")


def dotted(path: Path) -> str:
    """`stages.0.beta` for the path ("stages", 0, "beta")."""
    return ".".join(map(str, path))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands. Line 0: on the command line, where `document` is the option itself."""

    document: str
    line: int
    column: int


@dataclass(slots=True)
class Document:
    """Plain values and their places.

    Attributes:
        name: what problems call the document, usually its file name.
        content: dict, list, str, int, float, bool and None only.
        values: the place of each value by its path; `keys`: of each mapping key.
    """

    name: str
    content: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)

    def problem(self, path: Path, text: str, *, key: bool = False) -> Problem:
        """A problem at a value (or at its key), or at the nearest thing around it that has a place."""
        places = self.keys if key else self.values
        place = places.get(path)
        for length in range(len(path), -1, -1):
            place = place or self.values.get(path[:length])
        place = place or Place(self.name, 1, 1)
        return Problem(place.document, place.line, place.column, dotted(path), text)

    def override(self, setting: str, shown: str) -> None:
        """Applies `PATH=VALUE`, VALUE being YAML. List items go by number or by their `type`.

        Args:
            setting: see above.
            shown: what problems call it: the option as the person wrote it.

        Raises:
            ProblemsError: there is no `=`, the value is not YAML, or the path leads through something without parts.
        """
        path_text, equals, value_text = setting.partition("=")
        if not equals or not path_text:
            raise ProblemsError([Problem(shown, 0, 0, "", "expected PATH=VALUE, such as stages.0.stillness=0.5")])
        value = parse(value_text, shown)
        container: Any = self.content
        path: Path = ()
        *parents, last = path_text.split(".")
        for part in parents:
            container, path = self._step(container, path, part, shown)
        key = self._item(container, path, last, shown)
        container[key] = value.content
        path = (*path, key)
        for place in (self.values, self.keys):
            for stale in [known for known in place if known[: len(path)] == path]:
                del place[stale]
        self.values[path] = self.keys[path] = Place(shown, 0, 0)
        for below in value.values:
            self.values[path + below] = Place(shown, 0, 0)

    def _step(self, container: Any, path: Path, part: str, shown: str) -> tuple[Any, Path]:
        key = self._item(container, path, part, shown)
        if isinstance(container, dict) and container.get(key) is None:
            container[key] = {}
        return container[key], (*path, key)

    def _item(self, container: Any, path: Path, part: str, shown: str) -> str | int:
        if isinstance(container, dict):
            return part
        if isinstance(container, list):
            types = [item.get("type") if isinstance(item, dict) else None for item in container]
            if part in types:
                return types.index(part)
            if part.isdecimal() and int(part) < len(container):
                return int(part)
            text = f"no item '{part}' here; there are {', '.join(f'{i} ({t})' for i, t in enumerate(types)) or 'none'}"
        else:
            text = f"{container!r} has no parts, so no '{part}'"
        raise ProblemsError([Problem(shown, 0, 0, dotted(path), text)])


def parse(text: str, name: str) -> Document:
    """The values and places of a YAML text.

    Raises:
        ProblemsError: every duplicate key, alias, tag and non-finite number, or the first place where YAML ends.
    """
    if len(text) > _MAX_LENGTH:
        raise ProblemsError([Problem(name, 1, 1, "", f"{len(text):,} characters; at most {_MAX_LENGTH:,} are read")])
    document = Document(name)
    reader = _Reader(document)
    try:
        events = yaml.parse(text, Loader=_LOADER)
        document.content = reader.read(events)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        reader.problems.append(Problem(name, line, column, "", f"not YAML: {error.problem or error.context}"))
    except yaml.YAMLError as error:
        reader.problems.append(Problem(name, 1, 1, "", f"not YAML: {str(error).splitlines()[0]}"))
    if reader.problems:
        raise ProblemsError(reader.problems)
    return document


class _TooDeepError(yaml.MarkedYAMLError):
    """Nesting that no profile or map needs, and that would end in a recursion error."""


class _Reader:
    """Builds plain values from PyYAML's events, collecting problems on the way."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def read(self, events: Iterator[Any]) -> Any:
        content: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._problem(event, (), "a second document begins; a file holds one")
                    return content
                content = self._value(next(events), events, ())
        return content

    def _value(self, event: Any, events: Iterator[Any], path: Path) -> Any:
        self.document.values[path] = self._place(event)
        if len(path) > _MAX_DEPTH:
            raise _TooDeepError(problem=f"more than {_MAX_DEPTH} levels deep", problem_mark=event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self._problem(event, path, f"'*{event.anchor}' repeats another value; aliases are not read, write it out")
            return None
        if event.tag not in (None, "!"):
            self._problem(event, path, f"the tag '{event.tag}' is not read; plain values only")
        if event.anchor is not None:
            self._problem(event, path, f"'&{event.anchor}' names a value; aliases are not read, remove it")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, path)
        return event.value if event.style else self._scalar(event, path)  # plain style is None, or "" in libyaml

    def _sequence(self, events: Iterator[Any], path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._value(event, events, (*path, len(items))))
        return items

    def _mapping(self, events: Iterator[Any], path: Path) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._problem(event, path, "a key must be a word, found a list, a mapping or an alias")
                self._value(event, events, (*path, "?"))
                self._value(next(events), events, (*path, "?"))
                continue
            key = event.value
            here = (*path, key)
            if key in items:
                first = self.document.keys[here]
                self._problem(event, here, f"written twice, first on line {first.line}; keep one")
            else:
                self.document.keys[here] = self._place(event)
            items[key] = self._value(next(events), events, here)
        return items

    def _scalar(self, event: Any, path: Path) -> Any:
        text = event.value
        if text in _NULL:
            return None
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        if _INTEGER.fullmatch(text):
            # Python refuses to convert very long digit strings; so do we, with a sentence.
            return int(text, 0 if text[:2] in ("0o", "0x") else 10) if len(text) < 20 else self._not_finite(event, path)
        if _FLOAT.fullmatch(text):
            number = float(text)
            return number if math.isfinite(number) else self._not_finite(event, path)
        if _NOT_FINITE.fullmatch(text):
            return self._not_finite(event, path)
        return text

    def _not_finite(self, event: Any, path: Path) -> None:
        self._problem(event, path, f"must be a finite number, found {event.value[:24]}")

    def _problem(self, event: Any, path: Path, text: str) -> None:
        place = self._place(event)
        self.problems.append(Problem(place.document, place.line, place.column, dotted(path), text))

    def _place(self, event: Any) -> Place:
        return Place(self.document.name, event.start_mark.line + 1, event.start_mark.column + 1)
