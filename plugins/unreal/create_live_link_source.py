"""Makes an Unreal project listen to avatar_driver, and keeps its Live Link set-up as a preset.

Beside the editor, with any Python, for a project that is closed:

    python create_live_link_source.py MyProject.uproject

In the editor (Tools, Execute Python Script; or in the console `py "…/create_live_link_source.py" --preset`):

    without arguments        the same for the open project, and a list of the subjects that arrive
    --preset [/Game/PATH]    keeps what the Live Link window shows as an asset
    --default                and has every editor of this project begin with it

Live Link sources cannot be made from Python: no function of Unreal's Python API does it, and a preset's sources are
read-only there. Unreal's own settings can: with `bEnableLiveLinkForFaceTracking` the plugin Apple ARKit Face Support
listens on `LiveLinkPublishingPort` from the next start of the editor on. This script writes those settings.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Final

__all__ = ["PLUGINS", "SetupError", "keep_preset", "main", "prepare", "with_plugins", "with_setting"]

PLUGINS: Final = ("LiveLink", "AppleARKit", "AppleARKitFaceSupport")
SUBJECT: Final = "avatar_driver"

_ARKIT: Final = "/Script/AppleARKit.AppleARKitSettings"
_LIVE_LINK: Final = "/Script/LiveLink.LiveLinkSettings"


class SetupError(Exception):
    """Something the person at the editor has to do first; `str()` says what."""


def with_setting(text: str, section: str, key: str, value: str) -> str:
    """An ini file's text with one setting of one section; everything else stays as it is."""
    lines = text.splitlines()
    begin = next((i for i, line in enumerate(lines) if line.strip().lower() == f"[{section}]".lower()), None)
    if begin is None:
        lines += ([""] if lines and lines[-1].strip() else []) + [f"[{section}]", f"{key}={value}"]
        return "\n".join(lines) + "\n"
    end = next((i for i in range(begin + 1, len(lines)) if lines[i].lstrip().startswith("[")), len(lines))
    for i in range(begin + 1, end):
        if lines[i].partition("=")[0].strip().lower() == key.lower():
            lines[i] = f"{key}={value}"
            break
    else:
        lines.insert(begin + 1, f"{key}={value}")
    return "\n".join(lines) + "\n"


def with_plugins(project: dict[str, Any]) -> dict[str, Any]:
    """A .uproject's content with the plugins switched on that are needed."""
    listed = [dict(plugin) for plugin in project.get("Plugins", [])]
    for name in PLUGINS:
        found = next((plugin for plugin in listed if plugin.get("Name") == name), None)
        if found is None:
            listed.append({"Name": name, "Enabled": True})
        else:
            found["Enabled"] = True
    return {**project, "Plugins": listed}


def prepare(project: Path, port: int = 11_111) -> list[tuple[Path, Path | None]]:
    """Switches the plugins and the listener on.

    Returns: the files that were written, each with the copy of what was there before; None if it is new.

    Raises:
        SetupError: it is no project of Unreal's, or a file cannot be written.
    """
    try:
        content, encoding = _read(project)
        described = json.loads(content)
        if not isinstance(described, dict) or "FileVersion" not in described:
            raise ValueError("no FileVersion")
    except (OSError, ValueError) as problem:
        raise SetupError(f"{project} is not the .uproject file of an Unreal project ({problem})") from problem
    changed = []
    wanted = with_plugins(described)
    if wanted != described:
        changed += _write(project, json.dumps(wanted, indent="\t") + "\n", encoding)
    settings = {"bEnableLiveLinkForFaceTracking": "True", "LiveLinkPublishingPort": str(port)}
    changed += _set(project.parent / "Config" / "DefaultEngine.ini", _ARKIT, settings)
    return changed


def keep_preset(unreal: ModuleType, path: str) -> tuple[str, ...]:
    """Saves the Live Link window's sources and subjects as an asset; returns the types of the sources in it.

    Raises:
        SetupError: the Live Link plugin is off, there is no source, or the asset cannot be made.
    """
    if not hasattr(unreal, "LiveLinkPreset"):
        raise SetupError("The plugin Live Link is off: Edit, Plugins, Live Link. Then start the editor again")
    assets = _assets(unreal)
    if assets.does_asset_exist(path):
        preset = assets.load_asset(path)
    else:
        folder, _, name = path.rpartition("/")
        tools = unreal.AssetToolsHelpers.get_asset_tools()
        preset = tools.create_asset(name, folder, unreal.LiveLinkPreset, None)
    if not isinstance(preset, unreal.LiveLinkPreset):
        raise SetupError(f"{path} cannot be made, or is something other than a Live Link preset")
    preset.build_from_client()
    sources = tuple(str(source.get_editor_property("source_type")) for source in preset.get_editor_property("sources"))
    if not sources:
        raise SetupError("Live Link has no source yet: Window, Virtual Production, Live Link, + Source, Apple ARKit")
    if not assets.save_loaded_asset(preset, only_if_is_dirty=False):
        raise SetupError(f"{path} cannot be saved; is it checked out?")
    return sources


def _assets(unreal: ModuleType) -> Any:
    """What finds, loads and saves assets: part of the editor since Unreal 5, before that of a plugin."""
    if hasattr(unreal, "EditorAssetSubsystem"):
        return unreal.get_editor_subsystem(unreal.EditorAssetSubsystem)
    if hasattr(unreal, "EditorAssetLibrary"):
        return unreal.EditorAssetLibrary
    raise SetupError("The plugin Editor Scripting Utilities is off: Edit, Plugins. Then start the editor again")


def main(arguments: list[str], unreal: ModuleType | None = None) -> int:
    """Does what was asked for; returns 0, or 1 when something has to be done first."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("project", nargs="?", type=Path, help="a .uproject file; in the editor, the open one")
    parser.add_argument("--port", type=int, default=11_111, help="UDP port, as in the driver's sink live_link")
    parser.add_argument("--preset", nargs="?", const="/Game/LiveLink/avatar_driver", metavar="PATH")
    parser.add_argument("--default", action="store_true", help="begin with the preset whenever the editor starts")
    asked = parser.parse_args(arguments)
    tell = unreal.log if unreal is not None else print
    try:
        for line in _done(asked, unreal):
            tell(line)
    except SetupError as problem:
        (unreal.log_error if unreal is not None else lambda text: print(text, file=sys.stderr))(str(problem))  # noqa: T201
        return 1
    return 0


def _done(asked: argparse.Namespace, unreal: ModuleType | None) -> list[str]:
    project = asked.project or _open_project(unreal)
    if asked.preset is None:
        changed = prepare(project, asked.port)
        said = [
            f"wrote {path}{'' if kept is None else f'; as it was, it is kept as {kept.name}'}" for path, kept in changed
        ]
        again = "Start the editor again." if changed else "Everything was as it should be."
        return [*said, f"{again} It listens on UDP port {asked.port}.", *_subjects(unreal)]
    if unreal is None:
        raise SetupError("A preset is made in the editor: Tools, Execute Python Script")
    sources = keep_preset(unreal, asked.preset)
    said = [f"{asked.preset} has {', '.join(sources)}"]
    if asked.default:
        name = asked.preset.rpartition("/")[2]
        _set(
            project.parent / "Config" / "DefaultGame.ini",
            _LIVE_LINK,
            {"DefaultLiveLinkPreset": f"{asked.preset}.{name}"},
        )
        # The preset clears all sources and opens its own: two listeners on one port would be in each other's way.
        _set(project.parent / "Config" / "DefaultEngine.ini", _ARKIT, {"bEnableLiveLinkForFaceTracking": "False"})
        said.append("From the next start on the editor begins with it.")
    return said


def _open_project(unreal: ModuleType | None) -> Path:
    if unreal is None:
        raise SetupError("Say which project: python create_live_link_source.py MyProject.uproject")
    return Path(unreal.Paths.convert_relative_path_to_full(unreal.Paths.get_project_file_path()))


def _subjects(unreal: ModuleType | None) -> list[str]:
    if unreal is None or not hasattr(unreal, "LiveLinkBlueprintLibrary"):
        return []
    found = unreal.LiveLinkBlueprintLibrary.get_live_link_enabled_subject_names(True)
    names = [str(subject.get_editor_property("name")) for subject in found]
    arrived = "arrives" if SUBJECT in names else "does not arrive: is the driver running, with the sink live_link?"
    return [f"The subject {SUBJECT} {arrived}. All subjects: {', '.join(names) or 'none'}."]


def _read(path: Path) -> tuple[str, str]:
    content = path.read_bytes()
    encoding = (
        "utf-16"
        if content[:2] in (b"\xff\xfe", b"\xfe\xff")
        else "utf-8-sig"
        if content[:3] == b"\xef\xbb\xbf"
        else "utf-8"
    )
    return content.decode(encoding), encoding


def _set(path: Path, section: str, settings: dict[str, str]) -> list[tuple[Path, Path | None]]:
    before, encoding = _read(path) if path.is_file() else ("", "utf-8")
    text = before
    for key, value in settings.items():
        text = with_setting(text, section, key, value)
    return _write(path, text, encoding) if text.splitlines() != before.splitlines() else []


def _write(path: Path, text: str, encoding: str) -> list[tuple[Path, Path | None]]:
    kept = path.with_name(f"{path.name}.bak") if path.is_file() else None
    try:
        path.parent.mkdir(exist_ok=True)
        if kept is not None:
            shutil.copy2(path, kept)
        path.write_bytes(text.encode(encoding))
    except OSError as problem:
        raise SetupError(f"{path} cannot be written: {problem.strerror}; is it checked out, or read-only?") from problem
    return [(path, kept)]


if __name__ == "__main__":
    try:
        import unreal as editor
    except ImportError:
        editor = None
    code = main(sys.argv[1:], editor)
    if editor is None:
        sys.exit(code)
