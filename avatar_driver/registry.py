"""Sources, stages and sinks by name: one file each, imported only when a profile names it.

A module `stages/deadband.py` with one public class in its `__all__` makes `type: deadband` work. Other distributions
add theirs with the entry points `avatar_driver.sources`, `avatar_driver.stages` and `avatar_driver.sinks`. A profile
can never name a Python path: profiles are shared between strangers and stay data.
"""

import importlib
import pkgutil
from enum import StrEnum
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from avatar_driver.errors import AvatarDriverError, did_you_mean

__all__ = ["Kind", "UnknownComponentError", "component", "names"]


class Kind(StrEnum):
    """What a component is; the value is the package it lies in."""

    SOURCE = "sources"
    STAGE = "stages"
    SINK = "sinks"

    @property
    def singular(self) -> str:
        """`source`, `stage` or `sink`."""
        return self.value.removesuffix("s")


class UnknownComponentError(AvatarDriverError):
    """A name that no module and no installed plugin has."""

    def __init__(self, kind: Kind, name: str, known: list[str]) -> None:
        super().__init__(kind, name, known)
        self.kind = kind
        self.name = name
        self.known = known

    def __str__(self) -> str:
        hint = did_you_mean(self.name, self.known) or f"; there are {', '.join(self.known)}"
        return f"no {self.kind.singular} named '{self.name}'{hint}"


def names(kind: Kind) -> list[str]:
    """All names of a kind, ours first, without importing any of them."""
    return [*_built_in(kind), *sorted(_plugins(kind))]


def component(kind: Kind, name: str) -> type[Any]:
    """The class behind a name.

    Raises:
        UnknownComponentError: nothing has that name.
    """
    if name in _built_in(kind):
        module = importlib.import_module(f"avatar_driver.{kind}.{name}")
        found: type[Any] = getattr(module, module.__all__[0])
        return found
    plugin = _plugins(kind).get(name)
    if plugin is None:
        raise UnknownComponentError(kind, name, names(kind))
    loaded: type[Any] = plugin.load()
    return loaded


@cache
def _built_in(kind: Kind) -> tuple[str, ...]:
    package = importlib.import_module(f"avatar_driver.{kind}")
    modules = pkgutil.iter_modules(package.__path__)
    return tuple(sorted(module.name for module in modules if not module.name.startswith("_")))


@cache
def _plugins(kind: Kind) -> dict[str, EntryPoint]:
    # A plugin may not take the place of a built-in: profiles must mean the same on every machine.
    return {
        entry.name: entry for entry in entry_points(group=f"avatar_driver.{kind}") if entry.name not in _built_in(kind)
    }
