"""Builds the stage with npm and Vite, away from the checkout; what they make is kept for the next run."""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import platformdirs

__all__ = ["BROWSER", "MissingError", "built_stage", "node", "stage_workspace"]

_ROOT: Final = Path(__file__).parents[3]
BROWSER: Final = _ROOT / "plugins" / "browser"

_UNREACHABLE: Final = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH", "E404")
_LONG_AGO: Final = 14 * 86_400  # s; what was made of other files, and is older, goes
_OLDEST_NODE: Final = (20, 19)  # Vite's own


class MissingError(Exception):
    """This machine lacks something; the sentence says what."""


def node(oldest: tuple[int, int] = (18, 0)) -> str:
    """The path of node.

    Raises:
        MissingError: there is none, or it is older than that.
    """
    program = shutil.which("node")
    if program is None:
        raise MissingError("needs node, which is not on this machine")
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
    major, minor = (int(part) for part in shown.strip().lstrip("v").split(".")[:2])
    if (major, minor) < oldest:
        raise MissingError(f"needs node {oldest[0]}.{oldest[1]} or newer, found {shown.strip()}")
    return program


def stage_workspace(folder: Path) -> Path:
    """Copies client, stage and maps below `folder`, with the installed packages; returns the stage's folder there.

    Raises:
        MissingError: no npm, or its registry cannot be reached.
    """
    node(_OLDEST_NODE)
    browser = folder / "plugins" / "browser"
    ignored = shutil.ignore_patterns("node_modules", "dist")
    shutil.copytree(BROWSER, browser, ignore=ignored)
    shutil.copytree(_ROOT / "blendshape_maps", folder / "blendshape_maps")
    packages = browser / "stage" / "node_modules"
    packages.mkdir()
    for package in _installed().iterdir():
        if package.name != "avatar-driver" and not package.name.startswith(".package-lock"):
            (packages / package.name).symlink_to(package)
    (packages / "avatar-driver").symlink_to(browser / "client")
    return browser / "stage"


def built_stage(stage: Path) -> Path:
    """The folder `dist` of a workspace, as `npm run build` makes it, or made it of the very same files."""
    sources = [path for folder in (stage.parent, stage.parents[2] / "blendshape_maps") for path in _files(folder)]
    content = hashlib.sha256()
    for path in sources:
        content.update(f"{path.relative_to(stage.parents[2])} {path.stat().st_size}\n".encode() + path.read_bytes())

    def build(folder: Path) -> None:
        done = _npm("run", "build", cwd=stage)
        assert done.returncode == 0, done.stdout + done.stderr
        shutil.copytree(stage / "dist", folder)

    shutil.copytree(_kept("dist", content.hexdigest(), build), stage / "dist", dirs_exist_ok=True)
    return stage / "dist"


def _installed() -> Path:
    """A node_modules that holds what the lock file names, from an earlier run or installed now."""
    lock = (BROWSER / "stage" / "package-lock.json").read_bytes()
    return _kept("stage", hashlib.sha256(lock).hexdigest(), _install) / "stage" / "node_modules"


def _kept(what: str, made_of: str, make: Callable[[Path], None]) -> Path:
    """A folder that an earlier run made, or this one does now."""
    kept = platformdirs.user_cache_path("avatar_driver_tests", appauthor=False)
    home = kept / f"{what}-{made_of[:16]}"
    if not home.exists():
        for old in kept.glob(f"{what}-*"):
            if time.time() - old.stat().st_mtime > _LONG_AGO:
                shutil.rmtree(old, ignore_errors=True)
        kept.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept) as made:
            make(Path(made, "whole"))
            # Whoever else makes it at this moment makes the same; the first one stays.
            if not home.exists():
                Path(made, "whole").rename(home)
    return home


def _files(folder: Path) -> list[Path]:
    """All files below a folder but those that npm installed or Vite made."""
    made = ("node_modules", "dist")
    return sorted(path for path in folder.rglob("*") if path.is_file() and not set(made) & set(path.parts))


def _install(folder: Path) -> None:
    stage = folder / "stage"
    stage.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(BROWSER / "stage" / name, stage)
    shutil.copytree(BROWSER / "client", folder / "client")
    done = _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", cwd=stage)
    if done.returncode and any(code in done.stderr for code in _UNREACHABLE):
        raise MissingError("needs npm's registry, which cannot be reached from this machine")
    assert done.returncode == 0, done.stdout + done.stderr


def _npm(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    program = shutil.which("npm")
    if program is None:
        raise MissingError("needs npm, which is not on this machine")
    quiet = {**os.environ, "npm_config_update_notifier": "false", "npm_config_fetch_retries": "1"}
    return subprocess.run(
        [program, *arguments], cwd=cwd, env=quiet, capture_output=True, text=True, check=False, timeout=100
    )
