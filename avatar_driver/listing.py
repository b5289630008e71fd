"""`avatar-driver list`: what there is, and what each part can be told."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, TypeAlias

from rich.console import Console
from rich.table import Table

from avatar_driver import maps, profile, registry
from avatar_driver.errors import AvatarDriverError, did_you_mean
from avatar_driver.registry import Kind
from avatar_driver.settings import REQUIRED, Setting, settings_of, summary

__all__ = ["UnknownListError", "show"]

Rows: TypeAlias = Iterator[tuple[str, str]]

# Only cameras can be missing; everything else ships.
_NONE_FOUND: Final = "none found. Is one plugged in, and is this program allowed to use it?"


class UnknownListError(AvatarDriverError):
    """There is no such list."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        hint = did_you_mean(self.name, _LISTS) or f"; there are {', '.join(_LISTS)}"
        return f"no list named '{self.name}'{hint}"


def show(what: str, name: str = "") -> None:
    """Prints one list, or all of them; with a name, the settings of that source, stage or sink.

    Raises:
        UnknownListError: `what` is none of the lists.
        UnknownComponentError: nothing of that kind has that name.
    """
    console = Console()
    if what and what not in _LISTS:
        raise UnknownListError(what)
    if name and what in set(Kind):
        _component(console, Kind(what), name)
        return
    for title in [what] if what else _LISTS:
        if not what:
            console.print(f"[bold]{title}[/]")
        table = Table.grid(padding=(0, 3, 0, 0))
        table.add_column(style="cyan", no_wrap=True)
        for row in _LISTS[title]():
            table.add_row(*row)
        console.print(table if table.row_count else _NONE_FOUND)


def _components(kind: Kind) -> Rows:
    for name in registry.names(kind):
        yield name, summary(registry.component(kind, name))


def _component(console: Console, kind: Kind, name: str) -> None:
    component = registry.component(kind, name)
    console.print(f"[bold]{name}[/]: {summary(component)}")
    table = Table("setting", "type", "default", "meaning", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for setting in settings_of(component).values():
        default = "required" if setting.default is REQUIRED else _yaml(setting.default)
        table.add_row(setting.name, _type(setting), default, setting.doc)
    console.print(table)


def _maps() -> Rows:
    for name in maps.names():
        loaded = maps.load(name)
        yield name, f"{loaded.target} ({len(loaded.names)} parameters)"


def _profiles() -> Rows:
    for name in profile.names():
        loaded = profile.load(name)
        yield name, f"{loaded.source.label} > {', '.join(sink.label for sink in loaded.sinks)}"


def _cameras() -> Rows:
    from avatar_driver.sources._cameras import cameras

    for camera in cameras():
        yield str(camera.number), f"{camera}{' (virtual)' if camera.virtual else ''}"


_LISTS: Final[dict[str, Callable[[], Rows]]] = {
    "cameras": _cameras,
    **{kind.value: partial(_components, kind) for kind in Kind},
    "maps": _maps,
    "profiles": _profiles,
}


def _type(setting: Setting) -> str:
    """A type in a person's words: `number, 0 to 2`."""
    from avatar_driver.schema import setting_schema

    if setting.takes_map:
        return "map"
    return _described(setting_schema(setting))


_WORDS: Final = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "boolean": "true or false",
    "array": "list",
    "object": "settings by name",
    "null": "nothing",
}


def _described(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_described(each) for each in schema["anyOf"] if each.get("type") != "null")
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    text = _WORDS.get(str(schema.get("type")), str(schema.get("const", "")))
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f"{text}, {low:g} to {high:g}"
    if low is not None:
        return f"{text}, {'above' if 'exclusiveMinimum' in schema else 'at least'} {low:g}"
    return text


def _yaml(default: Any) -> str:
    if default is None:
        return ""
    return json.dumps(default, default=list)
