"""Unreal's side: the set-up script on real files and a stand-in for the editor, and the bytes the driver sends."""

import importlib.util
import itertools
import json
import os
import socket
import struct
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from threading import Event
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from avatar_driver.channels import SHAPE_NAMES
from avatar_driver.sources.synthetic import Synthetic

FOLDER = Path(__file__).parents[2] / "plugins" / "unreal"
GOLDEN = Path(__file__).parents[1] / "golden" / "live_link.json"
SCRIPT = FOLDER / "create_live_link_source.py"

spec = importlib.util.spec_from_file_location("create_live_link_source", SCRIPT)
assert spec is not None
assert spec.loader is not None
script: Any = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)

ENGINE = """[/Script/Engine.Engine]
+ActiveGameNameRedirects=(OldGameName="TP_Blank")

[/Script/AppleARKit.AppleARKitSettings]
bEnableLiveLinkForFaceTracking=False
FaceTrackingWriteEachFrame=False
[/Script/Other]
LiveLinkPublishingPort=5
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "Mine.uproject"
    plugins = [{"Name": "ModelingToolsEditorMode", "Enabled": True}, {"Name": "LiveLink", "Enabled": False}]
    path.write_text(json.dumps({"FileVersion": 3, "EngineAssociation": "5.4", "Plugins": plugins}), encoding="utf-8")
    return path


def test_a_project_is_prepared_and_what_was_there_stays(project: Path) -> None:
    ini = project.parent / "Config" / "DefaultEngine.ini"
    ini.parent.mkdir()
    ini.write_text(ENGINE, encoding="utf-8")

    assert [path for path, _ in script.prepare(project, 11112)] == [project, ini]

    told = json.loads(project.read_text())
    assert told["EngineAssociation"] == "5.4"
    on = {plugin["Name"] for plugin in told["Plugins"] if plugin["Enabled"]}
    assert on == {"ModelingToolsEditorMode", "LiveLink", "AppleARKit", "AppleARKitFaceSupport"}
    assert len(told["Plugins"]) == 4
    lines = ini.read_text().splitlines()
    section = lines[lines.index("[/Script/AppleARKit.AppleARKitSettings]") + 1 : lines.index("[/Script/Other]")]
    assert sorted(section) == [
        "FaceTrackingWriteEachFrame=False", "LiveLinkPublishingPort=11112", "bEnableLiveLinkForFaceTracking=True",
    ]  # fmt: skip
    assert lines[-1] == "LiveLinkPublishingPort=5", "another section's setting of the same name"
    assert lines[1] == '+ActiveGameNameRedirects=(OldGameName="TP_Blank")'
    assert (ini.with_name("DefaultEngine.ini.bak")).read_text() == ENGINE


def test_a_prepared_project_is_left_alone(project: Path) -> None:
    assert len(script.prepare(project)) == 2
    before = {path: path.read_bytes() for path in project.parent.rglob("*") if path.is_file()}
    assert script.prepare(project) == []
    assert before == {path: path.read_bytes() for path in project.parent.rglob("*") if path.is_file()}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_keeps_its_encoding(project: Path, encoding: str) -> None:
    ini = project.parent / "Config" / "DefaultEngine.ini"
    ini.parent.mkdir()
    ini.write_bytes("[A]\nName=Zoë\n".encode(encoding))
    script.prepare(project)
    content = ini.read_bytes()
    assert content.decode(encoding).startswith("[A]\nName=Zoë\n\n[/Script/AppleARKit.AppleARKitSettings]\n")
    assert content[:2] == "[A".encode(encoding)[:2]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"Plugins": []}'])
def test_what_is_no_project_is_told_and_not_touched(tmp_path: Path, content: str) -> None:
    path = tmp_path / "Not.uproject"
    path.write_text(content)
    done = subprocess.run([sys.executable, str(SCRIPT), str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is not the .uproject file of an Unreal project" in done.stderr
    assert "Traceback" not in done.stderr
    assert path.read_text() == content


def test_beside_the_editor_it_runs_as_a_program(project: Path) -> None:
    command = [sys.executable, str(SCRIPT), str(project), "--port", "11113"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Start the editor again. It listens on UDP port 11113." in done.stdout
    assert f"{project}; as it was, it is kept as {project.name}.bak" in done.stdout
    assert "DefaultEngine.ini\n" in done.stdout, "it was not there, so nothing was kept"
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert again.stdout.startswith("Everything was as it should be.")
    for bad in ([sys.executable, str(SCRIPT)], [*command, "--preset"]):
        assert subprocess.run(bad, capture_output=True, check=False).returncode == 1


class Struct:
    def __init__(self, **values: Any) -> None:
        self._values = values

    def get_editor_property(self, name: str) -> Any:
        return self._values[name]


class Preset(Struct):
    """As `unreal.LiveLinkPreset`: its lists are read-only, and built from the client alone."""

    client: tuple[str, ...] = ("Apple AR Face Tracking",)

    def __init__(self) -> None:
        super().__init__(sources=[])

    def build_from_client(self) -> None:
        self._values["sources"] = [Struct(source_type=kind) for kind in self.client]


class Editor(ModuleType):
    """Only what Epic's Python API pages name; everything else is an AttributeError, as it is in the editor."""

    def __init__(self, project: Path, subjects: tuple[str, ...] = (), sources: tuple[str, ...] = ()) -> None:
        super().__init__("unreal")
        self.assets: dict[str, Any] = {}
        self.saved: list[Any] = []
        self.said: list[str] = []
        self.errors: list[str] = []
        preset = type("LiveLinkPreset", (Preset,), {"client": sources})

        def create_asset(name: str, folder: str, kind: type, factory: None) -> Any:
            assert factory is None
            self.assets[f"{folder}/{name}"] = made = kind()
            return made

        def save_loaded_asset(asset: Any, only_if_is_dirty: bool = True) -> bool:
            self.saved.append(asset)
            return True

        def names(include_virtual_subject: bool) -> list[Struct]:
            return [Struct(name=name) for name in subjects]

        self.log, self.log_error = self.said.append, self.errors.append
        self.LiveLinkPreset = preset
        self.LiveLinkBlueprintLibrary = SimpleNamespace(get_live_link_enabled_subject_names=names)
        self.Paths = SimpleNamespace(
            get_project_file_path=lambda: f"../../{project.name}", convert_relative_path_to_full=lambda _: str(project)
        )
        self.EditorAssetSubsystem = type("EditorAssetSubsystem", (), {})
        assets = SimpleNamespace(
            does_asset_exist=self.assets.__contains__,
            load_asset=self.assets.__getitem__,
            save_loaded_asset=save_loaded_asset,
        )
        self.get_editor_subsystem = {self.EditorAssetSubsystem: assets}.__getitem__
        self.AssetToolsHelpers = SimpleNamespace(get_asset_tools=lambda: SimpleNamespace(create_asset=create_asset))


def test_in_the_editor_the_open_project_is_prepared_and_subjects_are_told(project: Path) -> None:
    editor = Editor(project, subjects=("avatar_driver", "iPhone"))
    assert script.main([], editor) == 0
    assert (project.parent / "Config" / "DefaultEngine.ini").is_file()
    assert editor.said[-1] == "The subject avatar_driver arrives. All subjects: avatar_driver, iPhone."
    silent = Editor(project)
    assert script.main([], silent) == 0
    assert "does not arrive" in silent.said[-1]


def test_a_preset_keeps_what_live_link_shows_and_can_be_the_first_thing_loaded(project: Path) -> None:
    editor = Editor(project, sources=("Apple AR Face Tracking",))
    script.main([], editor)
    assert script.main(["--preset", "--default"], editor) == 0
    assert editor.saved == [editor.assets["/Game/LiveLink/avatar_driver"]]
    assert "/Game/LiveLink/avatar_driver has Apple AR Face Tracking" in editor.said
    game = (project.parent / "Config" / "DefaultGame.ini").read_text()
    assert game == (
        "[/Script/LiveLink.LiveLinkSettings]\n"
        "DefaultLiveLinkPreset=/Game/LiveLink/avatar_driver.avatar_driver\n"
    )  # fmt: skip
    engine = (project.parent / "Config" / "DefaultEngine.ini").read_text()
    assert "bEnableLiveLinkForFaceTracking=False" in engine, "two listeners on one port"
    assert script.main(["--preset"], editor) == 0
    assert len(editor.assets) == 1, "the one that is there is built anew"


def test_before_unreal_5_a_plugin_s_library_keeps_the_preset_and_without_it_a_sentence_says_so(project: Path) -> None:
    old = Editor(project, sources=("Apple AR Face Tracking",))
    old.EditorAssetLibrary = old.get_editor_subsystem(old.EditorAssetSubsystem)
    del old.EditorAssetSubsystem, old.get_editor_subsystem
    assert script.main(["--preset"], old) == 0
    assert old.saved
    del old.EditorAssetLibrary
    assert script.main(["--preset"], old) == 1
    assert "The plugin Editor Scripting Utilities is off" in old.errors[0]


def test_what_has_to_be_done_first_is_said(project: Path) -> None:
    empty = Editor(project)
    assert script.main(["--preset"], empty) == 1
    assert "has no source yet" in empty.errors[0]
    assert not empty.saved
    off = Editor(project)
    del off.LiveLinkPreset
    assert script.main(["--preset"], off) == 1
    assert "The plugin Live Link is off" in off.errors[0]
    taken = Editor(project, sources=("x",))
    taken.assets["/Game/Map"] = object()
    assert script.main(["--preset", "/Game/Map"], taken) == 1
    assert not taken.saved


# --- the bytes --------------------------------------------------------------------------------------------------------


def as_unreal_reads(packet: bytes) -> dict[str, Any]:
    """Packet version 6 in the order of Unreal's AppleARKitLiveLinkSource, by nothing of ours."""
    at = 0

    def take(layout: str) -> Any:
        nonlocal at
        (value,) = struct.unpack_from(f">{layout}", packet, at)
        at += struct.calcsize(f">{layout}")
        return value

    def text() -> str:
        return str(take(f"{take('i')}s").decode())

    assert take("B") == 6
    told = {"device": text(), "subject": text(), "frame": take("i"), "subframe": take("f")}
    told |= {"numerator": take("i"), "denominator": take("i")}
    told["values"] = [take("f") for _ in range(take("B"))] if at < len(packet) else None
    assert at == len(packet)
    return told


def test_the_golden_packets_are_what_unreal_reads() -> None:
    packets = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert packets
    for golden in packets:
        told = as_unreal_reads(bytes.fromhex(golden["hex"]))
        for field, value in golden["meaning"].items():
            assert told[field] == pytest.approx(value), (golden["name"], field)


def test_the_real_driver_sends_the_subject_that_the_readme_names_60_times_a_second() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unreal:
        unreal.bind(("127.0.0.1", 0))
        unreal.settimeout(60)
        command = [sys.executable, "-m", "avatar_driver", "run", "unreal", "--source", "synthetic"]
        driver = subprocess.Popen(
            [*command, "--set", "source.fps=60", "--set", f"sinks.live_link.port={unreal.getsockname()[1]}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"},
        )  # fmt: skip
        try:
            unreal.recv(2000)
            began, told = time.perf_counter(), []
            while time.perf_counter() - began < 4:
                told.append(as_unreal_reads(unreal.recv(2000)))
            now = datetime.now()
        finally:
            driver.terminate()
            driver.wait(20)
    assert 60 < len(told) <= 61 * 5
    assert {(each["subject"], each["numerator"], each["denominator"]) for each in told} == {("avatar_driver", 60, 1)}
    assert {len(each["device"]) for each in told} == {36}
    faces = [each for each in told if each["values"] is not None]
    assert {len(each["values"]) for each in faces} == {61}
    assert max(each["values"][17] for each in faces) > 0.05, "jawOpen, 18th of Apple's list"
    of_day = (now - now.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    late = (of_day - told[-1]["frame"] / 60) % 86_400
    assert late < 2 or late > 86_399, "the timecode is this computer's time of day"


def imported(text: str) -> tuple[list[str], list[tuple[float, list[float]]]]:
    """A CSV by the rules of Unreal's LiveLinkFaceImporter, which drops empty cells before it counts them."""
    header, *lines = (line.split(",") for line in text.splitlines() if line)
    assert header[:2] == ["Timecode", "BlendShapeCount"]
    rows = []
    for cells in ([cell for cell in line if cell] for line in lines):
        assert len(cells) == len(header)
        hours, minutes, seconds, frames = cells[0].split(":")
        rows.append(
            (3600 * int(hours) + 60 * int(minutes) + int(seconds) + float(frames) / 60, [*map(float, cells[2:])])
        )
    return header[2:], rows


def test_a_recorded_csv_is_one_that_unreals_importer_takes(tmp_path: Path) -> None:
    path = tmp_path / "Slate_1_avatar_driver.csv"
    command = [sys.executable, "-m", "avatar_driver", "run", "--source", "synthetic", "--fast", "--set", "stages=[]"]
    subprocess.run([*command, "--set", "source.seconds=2", "--sink", f"recording={path}"], check=True, timeout=60)
    names, rows = imported(path.read_text(encoding="utf-8"))
    # The app has jawRight before jawLeft: by name.
    place = [names.index(name[0].upper() + name[1:]) for name in SHAPE_NAMES]
    assert names[52:55] == ["HeadYaw", "HeadPitch", "HeadRoll"]
    assert len(rows) >= 60
    steps = [after[0] - before[0] for before, after in itertools.pairwise(rows[:60])]
    assert steps == pytest.approx([1 / 30] * 59, abs=2e-3)
    expected = [frame.values[:52] for frame in Synthetic(seconds=2, fast=True).frames(Event())]
    assert np.allclose([[row[i] for i in place] for _, row in rows[: len(expected)]], expected, atol=1e-5)
