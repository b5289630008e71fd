"""From a YAML profile to the parts of a run: every problem at once, each with its line and column.

A profile names one source, the stages in order and any number of sinks, each a component with its settings:

    source: {type: camera, device: 0}
    stages: [{type: two_timescale, stillness: 1.0}]
    sinks: [{type: vmc, port: 39539, map: perfect_sync}]
    web: {port: 8770}

A stage or sink with `enabled: false` stays in the profile and is not run. `web: false` serves no dashboard.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from avatar_driver import edits as editing
from avatar_driver import maps, registry, resources
from avatar_driver.document import Document, parse
from avatar_driver.document import Path as Place
from avatar_driver.edits import Edit
from avatar_driver.errors import AvatarDriverError, Problem, ProblemsError, did_you_mean
from avatar_driver.registry import Kind, UnknownComponentError
from avatar_driver.retarget import RetargetMap
from avatar_driver.schema import complaints
from avatar_driver.serving.web_settings import WebSettings
from avatar_driver.settings import settings_of

__all__ = ["DEFAULT_STAGES", "Part", "Profile", "ProfileError", "load", "names", "read_profile", "text_of"]

DEFAULT_STAGES: Final = ("calibrate", "two_timescale", "amplify", "loss")
_SECTIONS: Final = ("source", "stages", "sinks", "web")
_SWITCH: Final = "enabled"  # what the profile says of a stage or sink beside its own settings


class ProfileError(AvatarDriverError):
    """A profile that is not there or cannot be read. The constructor takes the sentence."""


@dataclass(frozen=True, slots=True)
class Part:
    """A component as a profile asks for it, checked and ready to be made.

    Attributes:
        label: its name in status lines and reports: `vmc`, or `vmc 2` for the second of that type.
        fingerprint: two parts with the same one behave the same; a running part whose fingerprint stays is kept
            when a profile is reloaded.
        given: its settings as the profile has them.
        enabled: whether it runs.
    """

    kind: Kind
    type: str
    label: str
    arguments: Mapping[str, Any]
    fingerprint: str
    given: Mapping[str, Any]
    enabled: bool = True

    def make(self) -> Any:
        """A new component. Nothing is opened yet."""
        return registry.component(self.kind, self.type)(**self.arguments)


@dataclass(frozen=True, slots=True)
class Profile:
    """A checked profile.

    Attributes:
        name: the file, or the name of a shipped profile.
        web: what the dashboard is served with; None for no dashboard.
        files: what a change of may change the profile: its own file and its maps'. Empty for shipped ones.
    """

    name: str
    source: Part
    stages: tuple[Part, ...]
    sinks: tuple[Part, ...]
    files: tuple[Path, ...] = ()
    web: WebSettings | None = field(default=None, compare=False)


def names() -> list[str]:
    """The profiles that ship."""
    return [name for name in resources.names("profiles") if not name.startswith("_")]


def load(name_or_path: str, *, overrides: Iterable[tuple[str, str]] = (), edits: Iterable[Edit] = ()) -> Profile:
    """A profile by path, by the name of a file `NAME.yaml` here, or by the name of a shipped one.

    Args:
        name_or_path: see above.
        overrides: (what problems call it, PATH=VALUE) pairs from the command line, applied in order.
        edits: what was changed while it ran, applied after those.

    Raises:
        EditError: an edit does not fit the profile.
        ProfileError: there is no such profile, or its file cannot be read.
        ProblemsError: everything that is wrong in it, in reading order.
    """
    text, name, files = _found(name_or_path)
    return read_profile(text, name, files=files, overrides=overrides, edits=edits)


def text_of(name_or_path: str) -> str:
    """The YAML text of a profile, found as `load` does. Raises `ProfileError`."""
    return _found(name_or_path)[0]


def read_profile(
    text: str,
    name: str,
    *,
    files: tuple[Path, ...] = (),
    overrides: Iterable[tuple[str, str]] = (),
    edits: Iterable[Edit] = (),
) -> Profile:
    """The profile in a YAML text. Raises `ProblemsError` and `EditError` as `load` does."""
    document = parse(text, name)
    if document.content is None:
        document.content = {}
    if isinstance(document.content, dict):
        document.content.setdefault("source", {"type": "camera"})
        document.content.setdefault("stages", [{"type": each} for each in DEFAULT_STAGES])
        for shown, setting in overrides:
            document.override(setting, shown)
        editing.apply(document.content, edits)
    reading = _Reading(document)
    profile = reading.profile(files)
    if reading.problems or profile is None:
        raise ProblemsError(reading.problems)
    return profile


def _found(name_or_path: str) -> tuple[str, str, tuple[Path, ...]]:
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml") and len(path.parts) == 1:
        beside = path.with_suffix(".yaml")
        if not beside.is_file():
            if name_or_path in names():
                file = resources.folder("profiles") / f"{name_or_path}.yaml"
                return file.read_text(encoding="utf-8"), f"{name_or_path} (shipped)", ()
            hint = did_you_mean(name_or_path, names()) or f"; there are {', '.join(names())}"
            raise ProfileError(
                f"no profile named '{name_or_path}' and no file {beside} here{hint}. "
                f"'avatar-driver new {name_or_path}' writes one."
            )
        path = beside
    try:
        if path.exists() and not path.is_file():
            raise ProfileError(f"cannot read the profile {path}: not a file")
        return path.read_text(encoding="utf-8-sig"), str(path), (path.resolve(),)
    except OSError as error:
        raise ProfileError(f"cannot read the profile {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ProfileError(f"cannot read the profile {path}: not UTF-8 text at byte {error.start}") from error


class _Reading:
    """Turns a document into parts, collecting problems on the way."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self.map_files: list[Path] = []

    def profile(self, files: tuple[Path, ...]) -> Profile | None:
        content = self.document.content
        if not isinstance(content, dict):
            self._problem((), f"must hold {', '.join(_SECTIONS)}, found {_shown(content)}")
            return None
        for key in content:
            if key not in _SECTIONS:
                self._problem((key,), f"unknown setting{did_you_mean(key, _SECTIONS)}", key=True)
        source = self._part(Kind.SOURCE, ("source",), content["source"], {})
        stages = self._parts(Kind.STAGE, content["stages"])
        sinks = self._parts(Kind.SINK, content.get("sinks", []))
        if not sinks and not self.problems:
            self._problem(("sinks",), f"no sink, so nothing would be sent; add one of {_listed(Kind.SINK)}")
        web = self._web(content.get("web", {}))
        if source is None or self.problems:
            return None
        return Profile(self.document.name, source, stages, sinks, (*files, *self.map_files), web)

    def _web(self, content: Any) -> WebSettings | None:
        if content is False:
            return None
        if not isinstance(content, dict):
            self._problem(("web",), f"must be settings such as {{port: 8770}}, or false, found {_shown(content)}")
            return None
        wrong = complaints(WebSettings, "web", content)
        for place, text, at_key in wrong:
            self._problem(("web", *place), text, key=at_key)
        try:
            return None if wrong else WebSettings(**content)
        except ValueError as error:
            self._problem(("web",), str(error))
            return None

    def _parts(self, kind: Kind, content: Any) -> tuple[Part, ...]:
        if content is None:
            content = []
        if not isinstance(content, list):
            self._problem((kind.value,), f"must be a list of {kind.value}, found {_shown(content)}")
            return ()
        counts: dict[str, int] = {}
        parts = (self._part(kind, (kind.value, i), item, counts) for i, item in enumerate(content))
        return tuple(part for part in parts if part is not None)

    def _part(self, kind: Kind, path: Place, content: Any, counts: dict[str, int]) -> Part | None:
        if isinstance(content, str):
            # `stages: [mirror]` means what it seems to mean.
            content = {"type": content}
        if not isinstance(content, dict):
            self._problem(path, f"must be settings such as {{type: {_listed(kind, 1)}}}, found {_shown(content)}")
            return None
        name = content.get("type")
        if not isinstance(name, str):
            found = f"; found {_shown(name)}" if "type" in content else ""
            self._problem((*path, "type"), f"is required, one of {_listed(kind)}{found}")
            return None
        component = self._component(kind, name, path)
        if component is None:
            return None
        own = {"type"} if kind is Kind.SOURCE else {"type", _SWITCH}
        given = {key: value for key, value in content.items() if key not in own}
        enabled = content.get(_SWITCH, True) if _SWITCH in own else True
        if not isinstance(enabled, bool):
            self._problem((*path, _SWITCH), f"must be true or false, found {_shown(enabled)}")
            return None
        settings = settings_of(component)
        wrong = complaints(component, name, given)
        for place, text, at_key in wrong:
            self._problem((*path, *place), text, key=at_key)
        if wrong:
            return None
        names_of_maps = {key: given.get(key, setting.default) for key, setting in settings.items() if setting.takes_map}
        loaded = self._maps(path, names_of_maps)
        if loaded is None:
            return None
        arguments = {**given, **loaded}
        files = [Path(map_name).resolve() for map_name in names_of_maps.values() if Path(map_name).is_file()]
        self.map_files += files
        counts[name] = counts.get(name, 0) + 1
        label = name if counts[name] == 1 else f"{name} {counts[name]}"
        part = Part(kind, name, label, arguments, _fingerprint(name, given, files), given, enabled)
        try:
            part.make()
        except ValueError as error:
            self._problem(path, str(error))
            return None
        return part

    def _component(self, kind: Kind, name: str, path: Place) -> type[Any] | None:
        try:
            return registry.component(kind, name)
        except UnknownComponentError as error:
            self._problem((*path, "type"), str(error))
        except ImportError as error:
            self._problem((*path, "type"), f"'{name}' needs '{error.name}', which is not installed")
        return None

    def _maps(self, path: Place, names: Mapping[str, str]) -> dict[str, RetargetMap] | None:
        """The maps that settings name, or None where one cannot be used."""
        loaded = {}
        for key, name in names.items():
            try:
                loaded[key] = maps.load(name)
            except ProblemsError as error:
                self.problems += error.problems
            except AvatarDriverError as error:
                self._problem((*path, key), str(error))
        return loaded if len(loaded) == len(names) else None

    def _problem(self, path: Place, text: str, *, key: bool = False) -> None:
        self.problems.append(self.document.problem(path, text, key=key))


def _fingerprint(name: str, given: Mapping[str, Any], files: Iterable[Path]) -> str:
    """What a part is made from: its name, its settings, and what stands in its own map files."""
    contents = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return json.dumps([name, given, contents], sort_keys=True)


def _listed(kind: Kind, at_most: int = 99) -> str:
    return ", ".join(registry.names(kind)[:at_most])


def _shown(value: Any) -> str:
    """A value as it may stand in a sentence."""
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
