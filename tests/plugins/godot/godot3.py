"""Godot 3 without a window: a copy of the sample project, questions to its scripts, and scenes that run."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.plugins.godot.generate import ADDON, GODOT
from tests.plugins.godot.port_to_godot3 import ported

__all__ = ["ask", "free_port", "project_in", "running"]

_PROBE: Final = Path(__file__).parent / "probe"


def project_in(folder: Path) -> Path:
    """A copy of the Godot 3 sample project with the scripts that test it."""
    project = folder / "project"
    shutil.copytree(GODOT / "godot3", project)
    for script in _PROBE.iterdir():
        shutil.copy(script, project)
    tracker = ported((GODOT / "godot4" / ADDON / "face_tracker.gd").read_text(encoding="utf-8"))
    for names in ('preload("', 'extends "'):
        tracker = tracker.replace(names, f"{names}res://{ADDON.as_posix()}/")
    tracker = tracker.replace("PackedFloat32Array(", "PoolRealArray(").replace(
        "var tracker = XRFaceTracker.new()",
        'const StandingIn = preload("standing_in.gd")\nvar XRServer = StandingIn.new()\nvar tracker = StandingIn.new()',
    )
    (project / "face_tracker_standing_in.gd").write_text(tracker, encoding="utf-8")
    return project


def ask(project: Path, about: str, questions: list[Any]) -> list[Any]:
    """What the addon answers, by `probe.gd`."""
    asked, answered = project / "asked.json", project / "answered.json"
    asked.write_text(json.dumps({"about": about, "questions": questions}), encoding="utf-8")
    with running(project, "probe.gd", str(asked), str(answered)) as engine:
        complaints = engine.communicate(timeout=60)[1]
    assert "SCRIPT ERROR" not in complaints, complaints
    answers = json.loads(answered.read_text(encoding="utf-8"))
    assert isinstance(answers, list)
    return answers


@contextmanager
def running(
    project: Path, script: str, *arguments: str, engine: tuple[str, ...] = ("godot3-server",)
) -> Iterator[subprocess.Popen[str]]:
    """Godot with a script as its main loop; ended when the block is left."""
    with subprocess.Popen(
        [*engine, "--path", str(project), "-s", script, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "HOME": str(project), "LC_ALL": "C.UTF-8", "LANG": "en_GB.UTF-8"},
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def free_port() -> int:
    """A UDP port of loopback that was free a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
