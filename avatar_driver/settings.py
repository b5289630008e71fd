"""A component's settings, read off its constructor: the constructor is the schema.

What a profile may say of a component is its constructor's keyword parameters, with their annotations, defaults and
constraints, and what `Args:` in the class docstring says of each. There is no second description to keep in step.
"""

import inspect
import re
import types
import typing
from dataclasses import dataclass
from typing import Any, Final, Union

from avatar_driver.retarget import RetargetMap

__all__ = ["REQUIRED", "Setting", "settings_of", "summary"]

REQUIRED: Final = inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a component.

    Attributes:
        annotation: its type with constraints; `str` where the component takes a map, which a profile names.
        default: what the constructor has, or `REQUIRED`.
        takes_map: whether the value is the name of a map.
        doc: what the docstring says of it, on one line.
    """

    name: str
    annotation: Any
    default: Any
    takes_map: bool
    doc: str


def settings_of(component: type[Any]) -> dict[str, Setting]:
    """The keyword parameters of a component's constructor, in order."""
    constructor: Any = component.__init__  # not through the metaclass: the class itself is meant
    hints = typing.get_type_hints(constructor, include_extras=True)
    docs = _argument_docs(component)
    found = {}
    for parameter in inspect.signature(component).parameters.values():
        annotation = hints.get(parameter.name, Any)
        takes_map = _mentions_map(annotation)
        found[parameter.name] = Setting(
            parameter.name,
            str if takes_map else annotation,
            parameter.default,
            takes_map,
            docs.get(parameter.name, ""),
        )
    return found


def summary(component: type[Any]) -> str:
    """The first sentence of a component's docstring, on one line."""
    paragraph = (inspect.getdoc(component) or "").split("\n\n")[0]
    return " ".join(paragraph.split())


def _mentions_map(annotation: Any) -> bool:
    if typing.get_origin(annotation) in (Union, types.UnionType, typing.Annotated):
        return any(_mentions_map(part) for part in typing.get_args(annotation))
    return annotation is RetargetMap


def _argument_docs(component: type[Any]) -> dict[str, str]:
    """The entries of a Google-style `Args:` section."""
    _, _, section = (inspect.getdoc(component) or "").partition("\nArgs:\n")
    docs: dict[str, str] = {}
    name = ""
    for line in section.split("\n"):
        if entry := re.fullmatch(r" {4}(\w+): (.*)", line):
            name = entry[1]
            docs[name] = entry[2].strip()
        elif line.startswith(" " * 8) and name:
            docs[name] += " " + line.strip()
        elif line.strip() and not line.startswith(" "):
            break
    return docs
