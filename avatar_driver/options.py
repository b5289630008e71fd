"""Command-line options as changes of a profile: (what problems call it, PATH=VALUE) pairs."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from avatar_driver import registry
from avatar_driver.errors import Problem, ProblemsError
from avatar_driver.registry import Kind
from avatar_driver.settings import settings_of

__all__ = ["overrides"]

Override = tuple[str, str]

_RECORDINGS: Final = (".avdr", ".csv")


def overrides(
    *,
    source: str | None = None,
    sinks: Sequence[str] = (),
    settings: Iterable[str] = (),
    model: Path | None = None,
    fast: bool = False,
) -> list[Override]:
    """The changes that options ask for, in the order in which they are made.

    Raises:
        ProblemsError: a `--sink` that is not TYPE, TYPE=PORT, TYPE=HOST:PORT or, for those that write files, TYPE=FILE.
    """
    changes: list[Override] = []
    if source is not None:
        changes.append((f"--source {source}", f"source={json.dumps(_source(source))}"))
    if sinks:
        shown = " ".join(f"--sink {sink}" for sink in sinks)
        changes.append((shown, f"sinks={json.dumps([_sink(sink) for sink in sinks])}"))
    if model is not None:
        changes.append((f"--model {model}", f"source.model={json.dumps(str(model))}"))
    if fast:
        changes.append(("--fast", "source.fast=true"))
    changes += [(f"--set {setting}", setting) for setting in settings]
    return changes


def _source(text: str) -> dict[str, Any]:
    """A source's own name, a recording, or what the camera source calls a device: a number, a name, a film, a URL."""
    if text in registry.names(Kind.SOURCE):
        return {"type": text}
    if text.endswith(_RECORDINGS):
        return {"type": "recording", "path": text}
    return {"type": "camera", "device": int(text) if text.isdecimal() else text}


def _sink(text: str) -> dict[str, Any]:
    name, _, target = text.partition("=")
    if not target:
        return {"type": name}
    if name in registry.names(Kind.SINK) and "path" in settings_of(registry.component(Kind.SINK, name)):
        return {"type": name, "path": target}
    host, colon, port = target.rpartition(":")
    if not port.isdecimal():
        sentence = "expected TYPE, TYPE=PORT or TYPE=HOST:PORT, such as vmc=192.168.1.5:39539"
        raise ProblemsError([Problem(f"--sink {text}", 0, 0, "", sentence)])
    settings: dict[str, Any] = {"type": name, "port": int(port)}
    if colon and host:
        settings["host"] = host.strip("[]")
    return settings
