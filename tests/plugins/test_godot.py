"""The Godot addon. Godot 3 runs it for real; for Godot 4 it is parsed, linted and held against the engine's own names.

What Godot 3 runs is the Godot 4 script but for the renamings of `godot/port_to_godot3.py`.
"""

import contextlib
import json
import math
import random
import re
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_driver import maps
from avatar_driver.channels import CHANNELS, INDEX, ROTATION, SHAPE_NAMES
from avatar_driver.errors import DecodeError
from avatar_driver.frame import Frame
from avatar_driver.protocols.osc import Message, decode, encode
from avatar_driver.protocols.vmc import Assembler, Encoder
from avatar_driver.rotation import (
    Euler,
    quaternion_from_euler,
    quaternion_from_vector,
    unity_position,
    unity_quaternion,
)
from avatar_driver.sources.synthetic import Synthetic
from tests.plugins.godot.generate import ADDON, GODOT, expected
from tests.plugins.godot.godot3 import ask, free_port, project_in, running
from tests.plugins.godot.unified_table import ENTRIES, parameter_of

GOLDEN = Path(__file__).parents[1] / "golden"
SCRIPTS = sorted((GODOT / "godot4").rglob("*.gd"))
ENGINE = json.loads((Path(__file__).parent / "godot" / "engine_names.json").read_text(encoding="utf-8"))

needs_godot = pytest.mark.skipif(
    shutil.which("godot3-server") is None, reason="needs godot3-server (Debian's package of that name)"
)


def golden(name: str) -> list[dict[str, Any]]:
    packets = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    assert len(packets) > 5
    return list(packets)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return project_in(tmp_path)


# --- Without an engine ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text"), [pytest.param(p, t, id=p.relative_to(GODOT).as_posix()) for p, t in expected()]
)
def test_what_is_generated_is_up_to_date(path: Path, text: str) -> None:
    """The table of the map, and Godot 3's scripts; `python -m tests.plugins.godot.generate` writes them."""
    assert path.read_text(encoding="utf-8") == text


def gdtoolkit(tool: str) -> str:
    found = shutil.which(tool) or shutil.which(tool, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"needs {tool}, of the Python package gdtoolkit")
    return found


@pytest.mark.parametrize("command", [["gdlint"], ["gdformat", "--check", "--line-length", "120"]], ids=str)
def test_godot_4_scripts_are_parsed_linted_and_formatted(command: list[str]) -> None:
    tool, *options = command
    done = subprocess.run(
        [gdtoolkit(tool), *options, *map(str, SCRIPTS)],
        cwd=GODOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_godot_4_scripts_name_only_what_godot_4_has(path: Path) -> None:
    """Each class, method and constant is the engine's, as its reference lists it, or the addon's own.

    `engine_names.json` says in which version each was looked up. A method is not tied to its class.
    """
    code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', re.sub(r"#.*", "", path.read_text(encoding="utf-8")))
    every = "\n".join(script.read_text(encoding="utf-8") for script in SCRIPTS)
    ours = set(re.findall(r"\b(?:func|const|enum|class_name|var|signal) (\w+)", every))
    ours |= set(re.findall(r"^\t([A-Z_]+),", every, re.MULTILINE))
    methods = {name for names in ENGINE["methods"].values() for name in names} | {"new"}
    assert set(re.findall(r"\.(\w+)\(", code)) <= methods | ours
    constants = {name for names in ENGINE["constants"].values() for name in names}
    used = set(re.findall(r"(?<!\$)\b([A-Z]\w+)\b", code))
    assert used <= set(ENGINE["classes"]) | constants | ours
    called = set(re.findall(r"(?<![.\w])(?<!func )([a-z]\w*)\(", code)) - {"in", "and", "or", "if", "not", "return"}
    annotations = {"export_range"}
    assert called <= set(ENGINE["functions"]) | methods | ours | annotations


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_all_that_a_person_meets_is_documented(path: Path) -> None:
    """Exported and public variables, signals, enums, their members, public functions, and the script itself."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert any(line.startswith("## ") for line in lines[:4])
    if "sample" in path.parts:
        return
    public = re.compile(r"(@export.* )?var [a-z]|signal |enum |(static )?func [a-z]")
    bare = [
        line for before, line in zip(["", *lines], lines, strict=False) if public.match(line) and "##" not in before
    ]
    assert not bare
    members = re.findall(r"^\t[A-Z_]+,.*$", "\n".join(lines), re.MULTILINE)
    assert all("##" in member for member in members)


def with_ancestors(script: Path) -> str:
    """A script's text, and below it those of the scripts that it extends."""
    text = script.read_text(encoding="utf-8")
    extended = re.search(r'^extends "(.*)"$', text, re.MULTILINE)
    return text + with_ancestors(script.parent / extended[1]) if extended else text


@pytest.mark.parametrize("version", ["godot3", "godot4"])
def test_scenes_and_settings_name_files_nodes_and_properties_that_exist(version: str) -> None:
    root = GODOT / version
    scene = (root / "sample" / "sample.tscn").read_text(encoding="utf-8")
    paths = dict(re.findall(r'^\[ext_resource(?=.* path="res://(\S+)")(?=.* id="?(\d+))', scene, re.MULTILINE))
    assert all((root / path).is_file() for path in paths)
    scripts = {number: with_ancestors(root / path) for path, number in paths.items()}
    nodes = re.split(r"^\[node ", scene, flags=re.MULTILINE)[1:]
    names = set(re.findall(r'^name="(\w+)"', "\n".join(nodes), re.MULTILINE))
    for node in nodes:
        kind = re.search(r'type="(\w+)"', node)
        assert kind is not None
        if version == "godot4":
            assert kind[1] in ENGINE["classes"]
        number = re.search(r'script = ExtResource\( ?"?(\d+)', node)
        if number is not None:
            assert re.search(rf"^extends {kind[1]}$", scripts[number[1]], re.MULTILINE)
        for key, value in re.findall(r"^(\w+) = (.*)$", node, re.MULTILINE):
            exported = number is not None and re.search(rf"export.* var {key}\b", scripts[number[1]])
            assert exported or key in ("script", "transform", "text") or key in ENGINE["scene_properties"][version]
            if value.startswith('NodePath("../'):
                assert value[13:-2] in names
    project = (root / "project.godot").read_text(encoding="utf-8")
    assert 'run/main_scene="res://sample/sample.tscn"' in project
    plugin = (root / ADDON / "plugin.cfg").read_text(encoding="utf-8")
    assert 'script="plugin.gd"' in plugin
    assert {"name", "description", "author", "version", "script"} == set(re.findall(r'^(\w+)="', plugin, re.MULTILINE))
    assert (root / ADDON / "LICENSE").read_bytes() == (GODOT.parents[1] / "LICENSE").read_bytes()


def test_both_addons_have_the_same_version() -> None:
    versions = {re.search(r'version="(.*)"', path.read_text())[1] for path in GODOT.rglob("plugin.cfg")}  # type: ignore[index]
    assert len(versions) == 1


# --- Questions to the scripts, run by Godot 3 -------------------------------------------------------------------------


@needs_godot
@pytest.mark.parametrize("name", ["osc", "vmc", "vrchat"])
def test_golden_packets_mean_what_they_say(project: Path, name: str) -> None:
    packets = golden(name)
    answers = ask(project, "decode", [packet["hex"] for packet in packets])
    for packet, answer in zip(packets, answers, strict=True):
        assert_same(answer, packet["meaning"])


@needs_godot
def test_golden_bad_packets_are_refused_with_a_reason_and_leave_nothing(project: Path) -> None:
    for answer in ask(project, "decode", [packet["hex"] for packet in golden("osc_refused")]):
        assert answer["refused"]
        assert answer["messages"] == 0


def assert_same(answer: Any, meaning: list[dict[str, Any]]) -> None:
    """Floats and texts come as hex; T and F have an argument in GDScript, none in the golden files."""
    assert isinstance(answer, list), answer
    assert [m["address"] for m in answer] == [m["address"].encode().hex() for m in meaning]
    for got, wanted in zip(answer, meaning, strict=True):
        assert got["tags"] == wanted["tags"]
        values = [value for tag, value in zip(got["tags"], got["args"], strict=True) if tag not in "TF"]
        tags = [tag for tag in wanted["tags"] if tag not in "TF"]
        exact = [
            struct.pack(">f", value).hex() if tag == "f" else value.encode().hex() if tag == "s" else value
            for tag, value in zip(tags, wanted["args"], strict=True)
        ]
        assert values == exact
        assert [value for tag, value in zip(got["tags"], got["args"], strict=True) if tag in "TF"] == [
            tag == "T" for tag in got["tags"] if tag in "TF"
        ]


def as_golden(packet: bytes) -> list[dict[str, Any]] | None:
    """What our own decoder says of a packet; None if it refuses it."""
    try:
        messages = decode(packet)
    except DecodeError:
        return None
    kinds = {bool: "TF", int: "i", float: "f", str: "s", bytes: "b"}
    return [
        {
            "address": address,
            "tags": "".join("T" if a is True else "F" if a is False else kinds[type(a)] for a in args),
            "args": [a.hex() if isinstance(a, bytes) else a for a in args if not isinstance(a, bool)],
        }
        for address, args in messages
    ]


def whole_frame(**channels: float) -> list[bytes]:
    values = np.zeros(len(CHANNELS), np.float32)
    for name, value in channels.items():
        values[INDEX[name]] = value
    sync = maps.load("perfect_sync")
    return Encoder(sync.names).packets(Frame(1.0, values), sync(values))


@needs_godot
def test_every_truncation_and_random_bytes_are_judged_as_our_own_decoder_judges_them(project: Path) -> None:
    """Golden and real packets cut short at each byte, with bytes changed, and noise."""
    rng = random.Random(6)
    good = [bytes.fromhex(p["hex"]) for name in ("osc", "vmc", "osc_refused") for p in golden(name)]
    packets = [packet[:end] for packet in good for end in range(len(packet))]
    packets += [packet[:end] for packet in whole_frame(jawOpen=0.5) for end in range(0, len(packet), 7)]
    for packet in good * 12:
        if packet:
            changed = bytearray(packet)
            for _ in range(rng.randint(1, 3)):
                changed[rng.randrange(len(changed))] = rng.choice(
                    (0, 0x2C, 0x2F, 0x66, 0x80, 0xC3, 0xED, 0xFF, rng.randrange(256))
                )
            packets.append(bytes(changed))
    packets += [rng.randbytes(rng.randrange(120)) for _ in range(200)]
    packets += [b"#bundle\0" + rng.randbytes(rng.randrange(60)) for _ in range(100)]
    packets += [b"/a\0\0,s\0\0" + rng.randbytes(7) + b"\0" for _ in range(300)]
    packets += [b"/a\0\0,s\0\0" + text + bytes(4 - len(text) % 4) for text in UTF8]
    packets += [b"/a\0\0,bi\0\xff\xff\xff\xfc"]  # a blob of -4 bytes would be read again as the integer
    answers = ask(project, "decode", [packet.hex() for packet in packets])
    verdicts = set()
    for packet, answer in zip(packets, answers, strict=True):
        meant = as_golden(packet)
        verdicts.add(meant is None)
        if meant is None:
            assert isinstance(answer, dict), (packet.hex(), answer)
        else:
            assert_same(answer, meant)
    assert verdicts == {True, False}
    assert all(lives for _, lives in ask(project, "survive", [packet.hex() for packet in packets[::9]]))


UTF8 = (
    b"\xc3\xa9", b"\xc0\x80", b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xe0\xa0\x80", b"\xed\x9f\xbf", b"\xed\xa0\x80",
    b"\xee\x80\x80", b"\xef\xbf\xbd", b"\xf0\x8f\xbf\xbf", b"\xf0\x90\x80\x80", b"\xf4\x8f\xbf\xbd",
    b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\x80", b"\xc3", b"\xf0\x9f\x98\x80",
    b"\xc3\x28", b"\xe2\x28\xa1",
)  # fmt: skip


@needs_godot
def test_faces_are_assembled_as_our_own_assembler_does(project: Path) -> None:
    """Sets that replace each other, split over packets, with void messages, wrong types, and a hostile sender."""
    apply = Message("/VMC/Ext/Blend/Apply")
    pose = (0.0, 1.0, 0.0, 0.0, 3.0, 0.0, 4.0)
    said = [
        [Message("/VMC/Ext/Blend/Val", ("A", 0.5)), Message("/VMC/Ext/Blend/Val", ("B", 1.0)), apply],
        [Message("/VMC/Ext/Blend/Val", ("A", 0.25)), apply, apply],
        [Message("/VMC/Ext/Blend/Val", ("A", 7.0)), Message("/VMC/Ext/Blend/Val", ("C", -1.0, "more")), apply],
        [
            Message("/VMC/Ext/Blend/Val", ("A", 1)),
            Message("/VMC/Ext/Blend/Val", ("A",)),
            Message("/VMC/Ext/Blend/Val"),
            apply,
        ],
        [Message("/VMC/Ext/Bone/Pos", ("Head", *pose)), Message("/VMC/Ext/Bone/Pos", ("Neck", *pose[:6])), apply],
        [
            Message("/VMC/Ext/Bone/Pos", ("Head", *pose, "more")),
            Message("/VMC/Ext/Bone/Pos", ("Zero", *(0.0,) * 7)),
            apply,
        ],
        [Message("/VMC/Ext/Bone/Pos", ("Head", *pose[:6], 4)), Message("/VMC/Ext/Bone/Pos", (*pose, "Head")), apply],
        *[
            [Message("/VMC/Ext/OK", state), apply]
            for state in ((1, 3, 0, 1), (1, 3, 0, 0), (0,), (1,), (True,), (0, 3, 0, 1))
        ],
        *[[Message("/VMC/Ext/OK", (1, 3, 0, last)), apply] for last in (0.0, 0.5, False, True, "", b"x")],
        [Message("/VMC/Ext/T", (1.5,)), apply, Message("/VMC/Ext/T", (2,)), Message("/VMC/Ext/Unknown", (1,)), apply],
        [*(Message("/VMC/Ext/Blend/Val", (f"{i}", 0.5)) for i in range(1030)), apply],
        [Message("/VMC/Ext/Blend/Val", ("x" * 256, 0.5)), Message("/VMC/Ext/Blend/Val", ("x" * 257, 0.5)), apply],
        [Message("/VMC/Ext/Blend/Val", ("split", 0.5))],
        [apply],
    ]
    packets = [encode(message) for messages in said for message in messages]
    (answers,) = ask(project, "assemble", [[packet.hex() for packet in packets]])
    assembler = Assembler()
    faces = [face for packet in packets for face in assembler.faces(packet)]
    assert len(answers) == len(faces) > 20
    for answer, face in zip(answers, faces, strict=True):
        assert answer["weights"] == pytest.approx(face.weights, abs=1e-6)
        assert answer["tracked"] == face.tracked
        assert answer["time"] == face.time
        assert set(answer["bones"]) == set(face.bones)
        for name, bone in face.bones.items():
            assert answer["bones"][name] == pytest.approx([*bone.position, *bone.rotation], abs=1e-6)


MEANINGS = {
    "jawOpen": (["jawOpen"], ""),
    "JawOpen": (["jawOpen"], ""),
    "JAWOPEN": (["jawOpen"], ""),
    "jaw_open": (["jawOpen"], ""),
    "Jaw Open": (["jawOpen"], ""),
    "Face.jawOpen": (["jawOpen"], ""),
    "blendShape1.JawOpen": (["jawOpen"], ""),
    "head:ARKit_jaw-open.001": (["jawOpen"], ""),
    "ARKitJawOpen": (["jawOpen"], ""),
    "eyeBlink_L": (["eyeBlinkLeft"], ""),
    "eyeBlinkL": (["eyeBlinkLeft"], ""),
    "EYE_BLINK_R": (["eyeBlinkRight"], ""),
    "L_eye_blink": (["eyeBlinkLeft"], ""),
    "LeftEyeBlink": (["eyeBlinkLeft"], ""),
    "Face_R_eyeBlink": (["eyeBlinkRight"], ""),
    "eyeLookIn.L": (["eyeLookInLeft"], ""),
    "mouth_L": (["mouthLeft"], ""),
    "jawRight": (["jawRight"], ""),
    "mouthSmile": (["mouthSmileLeft", "mouthSmileRight"], ""),
    "browInnerUp_L": (["browInnerUp"], "left"),
    "cheekPuffRight": (["cheekPuff"], "right"),
    "mouth": ([], ""),
    "jaw": ([], ""),
    "upper_mouthLeft": ([], ""),
    "L_mouthLeft": ([], ""),
    "NotJawOpen": ([], ""),
    "Fcl_MTH_A": ([], ""),
    "jawOpenness": ([], ""),
    "": ([], ""),
    "._-": ([], ""),
    "001": ([], ""),
}


@needs_godot
def test_names_are_understood_however_they_are_written_but_never_taken_for_others(project: Path) -> None:
    answers = ask(project, "meaning", list(MEANINGS))
    assert {n: (a["channels"], a["side"]) for n, a in zip(MEANINGS, answers, strict=True)} == MEANINGS


@needs_godot
def test_every_arkit_name_is_understood_in_every_usual_writing(project: Path) -> None:
    def written(name: str) -> list[str]:
        snake = re.sub(r"(?=[A-Z])", "_", name).lower()
        short = re.sub(r"(Left|Right)$", lambda side: f"_{side[0][0]}", name)
        return [name, name[0].upper() + name[1:], snake, snake.upper(), short, f"Face.{name}", f"Body_{short}"]

    names = [(channel, spelled) for channel in SHAPE_NAMES for spelled in written(channel)]
    answers = ask(project, "canonical", [spelled for _, spelled in names])
    assert [(channel, spelled, channel) for channel, spelled in names] == [
        (channel, spelled, answer) for (channel, spelled), answer in zip(names, answers, strict=True)
    ]


@needs_godot
def test_the_face_tracker_gets_what_the_map_unified_says(project: Path) -> None:
    rng = np.random.default_rng(6)
    faces = [np.zeros(len(CHANNELS), np.float32), *rng.random((12, len(CHANNELS)), np.float32)]
    faces += [(face > 0.5).astype(np.float32) for face in faces[1:4]]
    for face in faces:
        face[len(SHAPE_NAMES) :] = 0
    asked = [dict(zip(SHAPE_NAMES, face[: len(SHAPE_NAMES)].tolist(), strict=True)) for face in faces]
    answers = ask(project, "unified", [*asked, {}])
    unified = maps.load("unified")
    for face, answer in zip([*faces, faces[0]], answers, strict=True):
        known = {**dict(zip(unified.names, unified(face), strict=True)), **dict(zip(CHANNELS, face, strict=True))}
        wanted = [np.mean([known[s] for s in parameter_of(entry)]) if parameter_of(entry) else 0 for entry in ENTRIES]
        assert answer == pytest.approx(wanted, abs=1e-5)


def test_the_face_tracker_table_covers_all_that_a_camera_sees() -> None:
    """Every base shape of the map that has an entry of its name, both gazes, and nothing twice."""
    assert len(ENTRIES) == len(set(ENTRIES)) == 143
    seen = {source for entry in ENTRIES for source in parameter_of(entry)}
    assert {name for name in SHAPE_NAMES if name.startswith("eyeLook")} <= seen
    sided = {n for n in maps.load("unified").names if re.search(r"[a-z](Left|Right)$", n) and "EyeL" not in n}
    low = dict(zip(maps.load("unified").names, maps.load("unified").low, strict=True))
    left_out = {name for name in sided - seen if low[name] == 0}
    assert left_out == {"v2/EyeOpenLeft", "v2/EyeOpenRight", "v2/LipPuckerLeft", "v2/LipPuckerRight"}


@needs_godot
def test_unitys_axes_become_godots(project: Path) -> None:
    """The tracker's axes are Godot's for a model that looks along +Z: so the way through VMC must lead back to them.

    For a model that looks along -Z it is the same turn, seen after half a turn about Y.
    """
    rng = np.random.default_rng(2)
    faces = [quaternion_from_vector(v) for v in rng.uniform(-1, 1, (10, 3))]
    places = rng.uniform(-1, 1, (10, 3)).tolist()
    asked = [
        [unity_quaternion(q), unity_position(p), z] for q, p in zip(faces, places, strict=True) for z in (False, True)
    ]
    answers = iter(ask(project, "axes", asked))
    for (x, y, z, w), (px, py, pz) in zip(faces, places, strict=True):
        assert next(answers) == [pytest.approx([x, y, z, w], abs=1e-5), pytest.approx([px, py, pz], abs=1e-5)]
        assert next(answers) == [pytest.approx([-x, y, -z, w], abs=1e-5), pytest.approx([-px, py, -pz], abs=1e-5)]


@needs_godot
def test_reading_a_face_takes_little_of_a_rendered_frame(project: Path) -> None:
    """52 weights in two packets; a frame at 60 Hz lasts 16,667 µs. Generous: the machine may be busy."""
    ((median, _),) = ask(project, "cost", [[packet.hex() for packet in whole_frame(jawOpen=0.5)]])
    assert median < 8000


# --- Scenes, run by Godot 3 -------------------------------------------------------------------------------------------


class Stage:
    """The scene of `stage.gd`: sends it packets, hears what happens in it."""

    def __init__(self, ear: socket.socket, port: int) -> None:
        self._ear = ear
        self.port = port
        self._mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.close = self._mouth.close
        self.heard_first: dict[str, Any] = {}
        self._teller: Any = None

    def send(self, *packets: bytes, by: socket.socket | None = None) -> None:
        for packet in packets:
            (by or self._mouth).sendto(packet, ("127.0.0.1", self.port))

    def next(self) -> dict[str, Any]:
        """The next event and the state after it."""
        told, self._teller = self._ear.recvfrom(65_535)
        return dict(json.loads(told))

    def order(self, **order: object) -> dict[str, Any]:
        """Has the scene do something, as `teller.gd` says; the state after it."""
        self._ear.settimeout(15)
        self._ear.sendto(json.dumps(order).encode(), self._teller)
        return self.hear("done")

    def show(self, **channels: float) -> dict[str, Any]:
        """The state once a face was applied; sent again and again, as a port may open a moment later."""
        self._ear.settimeout(0.3)
        for _ in range(50):
            self.send(*whole_frame(**channels))
            with contextlib.suppress(TimeoutError):
                return self.hear("applied")
        raise AssertionError("no face was applied")

    def move(self, port: int) -> None:
        """From now on it sends there, and as another sender."""
        self.port = port
        self.close()
        self._mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.close = self._mouth.close

    def hear(self, *events: str) -> dict[str, Any]:
        """The state after the last of these events; others in between are passed over."""
        state: dict[str, Any] = {}
        for event in events:
            while state.get("event") != event:
                state = self.next()
            state["heard"] = state.pop("event")
        return state


@contextmanager
def stage(project: Path, **settings: dict[str, Any]) -> Iterator[Stage]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(15)
        port = free_port()
        arguments = (str(port), str(ear.getsockname()[1]), json.dumps(settings))
        with running(project, "stage.gd", *arguments) as engine:
            on_stage = Stage(ear, port)
            try:
                on_stage.heard_first = on_stage.hear("ready")
                yield on_stage
            finally:
                on_stage.close()
                engine.kill()
                complaints = engine.communicate()[1]
        assert "SCRIPT ERROR" not in complaints, complaints


@needs_godot
def test_awkward_names_are_bound_once_each_and_move_by_the_right_shapes(project: Path) -> None:
    with stage(project) as scene:
        scene.send(*whole_frame(eyeBlinkLeft=0.25, jawOpen=0.5, mouthSmileLeft=1, browInnerUp=0.75, mouthLeft=1))
        state = scene.hear("applied")
        scene.send(encode(Message("/VMC/Ext/Blend/Val", ("fcl mth A", 0.5))), encode(Message("/VMC/Ext/Blend/Apply")))
        replaced = scene.hear("applied")
    assert state["weights"] == {
        "Odd/EYE_BLINK_L": 0.25, "Odd/L_eye_blink": 0, "Odd/Face.jawOpen.001": 0.5, "Odd/mouthSmile": 0.5,
        "Odd/browInnerUp_R": 0.75, "Odd/Fcl_MTH_A": 0, "Odd/Own": 0, "Odd/upper_mouthLeft": 0,
        "Exact/Face_jawOpen": 0, "Exact/jawOpen": 0.5,
    }  # fmt: skip
    assert state["unmatched"] == [
        "Odd/L_eye_blink", "Odd/Fcl_MTH_A", "Odd/Own", "Odd/upper_mouthLeft", "Exact/Face_jawOpen"
    ]  # fmt: skip
    assert {name: weight for name, weight in replaced["weights"].items() if weight} == {"Odd/Fcl_MTH_A": 0.5}


@needs_godot
def test_a_model_that_was_saved_with_an_expression_starts_at_rest(project: Path) -> None:
    """A shape's weight before the first face is not known to be 0: scenes are saved with others."""
    with stage(project, Exact={"blend_shapes/jawOpen": 0.5}, Odd={"blend_shapes/upper_mouthLeft": 0.25}) as scene:
        assert scene.heard_first["weights"]["Exact/jawOpen"] == 0
        assert scene.heard_first["weights"]["Odd/upper_mouthLeft"] == 0.25  # nobody's: it stays as it was made
        scene.send(*whole_frame(eyeBlinkLeft=0.5))
        weights = scene.hear("applied")["weights"]
    assert {name: weight for name, weight in weights.items() if weight} == {
        "Odd/EYE_BLINK_L": 0.5, "Odd/upper_mouthLeft": 0.25
    }  # fmt: skip


@needs_godot
def test_multipliers_overrides_and_strength_are_applied_and_limited(project: Path) -> None:
    shapes = {
        "multipliers": {"JAW_OPEN": 1.5, "eyeBlink_L": 0.5},
        "overrides": {"Own": "mouthFunnel", "mouthSmile": ""},
        "strength": 2.0,
    }
    with stage(project, Shapes=shapes) as scene:
        scene.send(*whole_frame(eyeBlinkLeft=0.5, jawOpen=0.25, mouthSmileLeft=1, mouthFunnel=0.75))
        weights = scene.hear("applied")["weights"]
    assert {name: weight for name, weight in weights.items() if weight} == {
        "Odd/EYE_BLINK_L": 0.5, "Odd/Face.jawOpen.001": 0.75, "Odd/Own": 1.0, "Exact/jawOpen": 0.75,
    }  # fmt: skip
    with stage(project, Shapes={**shapes, "limit_to_one": False}) as scene:
        scene.send(*whole_frame(mouthFunnel=0.75))
        assert scene.hear("applied")["weights"]["Odd/Own"] == 1.5


@needs_godot
def test_bones_and_nodes_turn_in_the_models_axes_however_they_rest(project: Path) -> None:
    """The bone lies on its side below a leaning neck, the hat is turned: both follow the head as the model sees it."""
    euler = Euler(yaw=0.5, pitch=0.2, roll=-0.1)
    turn = matrix(quaternion_from_euler(euler))
    head = {"headRotationX": 0.0, "headRotationY": 0.0, "headRotationZ": 0.0}
    head.update(zip(head, rotation_vector(euler), strict=True))
    with stage(project) as scene:
        scene.send(*whole_frame())
        rest = scene.hear("applied")
        scene.send(*whole_frame(**head))
        turned = scene.hear("applied")
    for name in ("hat", "head"):
        resting, moved = np.array(rest[name]), np.array(turned[name])
        assert np.allclose(moved[:, :3], turn @ resting[:, :3], atol=1e-4)
        assert np.allclose(moved[:, 3], resting[:, 3], atol=1e-5)
    assert np.allclose(np.array(rest["head"])[:, 0], [0, math.cos(0.4), math.sin(0.4)], atol=1e-5)
    with stage(project, HatTurn={"model_faces": 1, "strength": 0.5}) as scene:
        scene.send(*whole_frame(headRotationX=0.6))
        nodded = np.array(scene.hear("applied")["hat"])[:, :3] @ np.linalg.inv(np.array(rest["hat"])[:, :3])
    assert np.allclose(nodded, matrix((math.sin(-0.15), 0, 0, math.cos(0.15))), atol=1e-4)


def matrix(q: tuple[float, float, float, float]) -> np.ndarray:
    x, y, z, w = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def rotation_vector(euler: Euler) -> list[float]:
    q = quaternion_from_euler(euler)
    angle = 2 * math.acos(q.w)
    return [part * angle / math.sin(angle / 2) for part in q[:3]]


@needs_godot
def test_silence_eases_the_face_to_rest_and_the_next_face_is_found(project: Path) -> None:
    with stage(project, Receiver={"timeout_seconds": 0.3, "ease_seconds": 0.1}) as scene:
        scene.send(*whole_frame(jawOpen=1, headRotationY=0.5))
        first = scene.hear("found", "tracked", "applied")
        lost = scene.hear("untracked", "lost")
        eased = [lost]
        while eased[-1]["weights"]["Exact/jawOpen"] > 0:
            eased.append(scene.hear("applied"))
        scene.send(*whole_frame(jawOpen=0.5))
        again = scene.hear("found", "applied")
    assert not first["is_lost"]
    assert lost["is_lost"]
    jaws = [state["weights"]["Exact/jawOpen"] for state in eased]
    assert jaws[0] == 1
    assert len(jaws) > 3
    assert jaws == sorted(jaws, reverse=True)
    assert np.allclose(np.array(eased[-1]["hat"])[:, :3], [[0, 0, 1], [0, 1, 0], [-1, 0, 0]], atol=1e-5)
    assert again["weights"]["Exact/jawOpen"] == 0.5
    assert again["statistics"]["lost"] == 1


@needs_godot
def test_silence_can_keep_the_last_face(project: Path) -> None:
    with stage(project, Receiver={"timeout_seconds": 0.2, "when_lost": 1}) as scene:
        scene.send(*whole_frame(jawOpen=1))
        lost = scene.hear("lost")
        time.sleep(0.2)
        scene.send(*whole_frame(jawOpen=0.25))
        assert scene.next()["event"] == "found"  # nothing was applied in between
    assert lost["weights"]["Exact/jawOpen"] == 1


@needs_godot
def test_bad_packets_and_a_flood_neither_stop_the_receiver_nor_reach_the_face(project: Path) -> None:
    rng = random.Random(1)
    with stage(project) as scene:
        for _ in range(5):
            scene.send(*(rng.randbytes(rng.randrange(1, 300)) for _ in range(100)), b"", *whole_frame(jawOpen=1)[:1])
            time.sleep(0.03)  # the engine's own buffer holds 64 KB between two rendered frames
        scene.send(*whole_frame(jawOpen=0.5))
        state = scene.hear("applied")
    assert state["weights"]["Exact/jawOpen"] == 0.5
    assert state["statistics"]["refused"] >= 400
    assert state["statistics"]["last_refusal"]
    assert state["statistics"]["faces"] == 1


@needs_godot
def test_a_second_sender_waits_until_the_first_is_silent(project: Path) -> None:
    with (
        stage(project, Receiver={"timeout_seconds": 0.3}) as scene,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
    ):
        scene.send(*whole_frame(jawOpen=1))
        scene.hear("applied")
        scene.send(*whole_frame(jawOpen=0.25), by=other)
        scene.send(*whole_frame(jawOpen=0.5))
        held = scene.hear("applied")
        scene.hear("lost")
        scene.send(*whole_frame(jawOpen=0.25), by=other)
        taken = scene.hear("found", "applied")
    assert held["shapes"]["jawOpen"] == 0.5
    assert held["statistics"]["of_other_senders"] == 2
    assert taken["shapes"]["jawOpen"] == 0.25


@needs_godot
def test_the_port_may_be_changed_and_the_receiver_moved_within_the_scene_while_it_runs(project: Path) -> None:
    with stage(project) as scene:
        scene.show(jawOpen=0.25)
        port = free_port()
        scene.order(set_property=["Receiver", "port", port])
        scene.move(port)
        assert scene.show(jawOpen=0.5)["weights"]["Exact/jawOpen"] == 0.5
        back = scene.order(reenter="Receiver")
        assert back["weights"]["Exact/jawOpen"] == 0
        assert back["is_lost"]
        assert scene.show(jawOpen=0.75)["weights"]["Exact/jawOpen"] == 0.75


@needs_godot
def test_a_port_that_another_program_or_receiver_has_is_tried_again_until_it_is_free(project: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]
        with stage(project, Receiver={"port": taken}) as scene:
            scene.port = taken
            assert not scene.heard_first["is_listening"]
            assert not scene.order(receive=scene.port)["is_listening"]
            other.close()
            shown = scene.show(jawOpen=0.5)
            assert shown["weights"]["Exact/jawOpen"] == 0.5, "the first has it"
            assert not shown["is_listening"], "the second waits"
            scene.order(free_node="First")
            assert scene.show(jawOpen=0.75)["weights"]["Exact/jawOpen"] == 0.75, "the second is followed"


@needs_godot
def test_receivers_may_share_a_port_on_different_addresses(project: Path) -> None:
    with stage(project, Receiver={"address": "127.0.0.2"}) as scene:
        assert scene.heard_first["is_listening"]
        assert scene.order(receive=scene.port)["is_listening"]


@needs_godot
def test_a_receiver_that_goes_leaves_no_face_and_the_next_one_is_followed(project: Path) -> None:
    with stage(project) as scene:
        scene.show(jawOpen=0.25, headRotationY=0.5)
        gone = scene.order(free_node="Receiver")
        assert not any(gone["weights"].values())
        assert not any(gone["tracker"])
        assert np.array(gone["hat"]) == pytest.approx(np.array(scene.heard_first["hat"]), abs=1e-6)
        assert scene.order(call_method=["Shapes", "rebind"])["weights"] == gone["weights"]  # without a receiver
        port = free_port()
        scene.order(receive=port)
        scene.move(port)
        again = scene.show(jawOpen=0.5, headRotationY=0.5)
    assert again["weights"]["Exact/jawOpen"] == 0.5
    assert any(again["tracker"])
    assert not np.allclose(again["hat"], gone["hat"], atol=0.1)


@needs_godot
def test_binding_anew_takes_no_face_for_rest_and_leaves_none_on_what_was_bound_before(project: Path) -> None:
    with stage(project, HeadTurn={"take_position": True}) as scene:
        turned = scene.show(jawOpen=0.25, headRotationY=0.5, headPositionX=0.1)
        for node in ("HatTurn", "HeadTurn", "Shapes"):
            scene.order(call_method=[node, "rebind"])
        again = scene.show(jawOpen=0.25, headRotationY=0.5, headPositionX=0.1)
        for name in ("hat", "head"):
            assert np.array(again[name]) == pytest.approx(np.array(turned[name]), abs=1e-5)
        scene.order(set_property=["Shapes", "target_path", "/root/Stage/Body/Odd"])
        odd = scene.order(call_method=["Shapes", "rebind"])
        assert {name: weight for name, weight in odd["weights"].items() if weight} == {"Odd/Face.jawOpen.001": 0.25}
        scene.order(set_property=["HeadTurn", "target_path", "/root/Stage/Body/Hat"])
        scene.order(call_method=["HatTurn", "rebind"])
        other = scene.order(call_method=["HeadTurn", "rebind"])
        scene.show(jawOpen=0.5)
        scene.order(take_out="Shapes", call_method=["Shapes", "rebind"])
    assert np.array(other["head"]) == pytest.approx(np.array(scene.heard_first["head"]), abs=1e-5)


@needs_godot
def test_the_face_tracker_is_registered_and_filled(project: Path) -> None:
    """The Godot 4 node, with stand-ins for the two classes that Godot 3 has not."""
    with stage(project) as scene:
        scene.send(*whole_frame(jawOpen=0.5, browInnerUp=1))
        state = scene.hear("applied")
    tracker = dict(zip(ENTRIES, state["tracker"], strict=True))
    assert state["trackers"] == 1
    assert {name: weight for name, weight in tracker.items() if weight} == pytest.approx(
        {
            "JAW_OPEN": 0.5,
            "BROW_INNER_UP_LEFT": 1,
            "BROW_INNER_UP_RIGHT": 1,
            "BROW_UP_LEFT": 0.4,
            "BROW_UP_RIGHT": 0.4,
            "BROW_UP": 0.4,
        }
    )


@pytest.mark.skipif(
    not all(map(shutil.which, ("godot3-runner", "xvfb-run"))), reason="needs godot3-runner and xvfb (Debian's names)"
)
def test_an_open_jaw_is_seen_on_the_screen(project: Path) -> None:
    """Rendered: the mouth becomes dark and the eyes stay as they are. The server without a window checks no mesh."""
    import cv2

    port = free_port()
    window = (
        "xvfb-run",
        "-a",
        "-s",
        "-screen 0 640x480x24",
        "godot3-runner",
        "--video-driver",
        "GLES3",
        "--resolution",
        "640x480",
    )
    with running(project, "shoot.gd", str(port), str(project), engine=window) as engine:
        deadline = time.monotonic() + 60
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
            while engine.poll() is None and time.monotonic() < deadline:
                jaw = float((project / "neutral.png").exists())
                for packet in whole_frame(jawOpen=jaw):
                    mouth.sendto(packet, ("127.0.0.1", port))
                time.sleep(0.05)
        complaints = engine.communicate(timeout=10)[1]
    assert "mesh" not in complaints, complaints
    neutral, opened = (
        cv2.imread(str(project / f"{name}.png"), cv2.IMREAD_GRAYSCALE) for name in ("neutral", "jawOpen")
    )
    changed = cv2.absdiff(neutral, opened) > 25
    assert changed[290:420, 240:400].sum() > 800
    assert changed[:220].sum() == 0
    assert (opened[290:420, 240:400] < 90).sum() > (neutral[290:420, 240:400] < 90).sum() + 500


# --- The driver itself and the sample, as a person runs them ----------------------------------------------------------


class Tap:
    """Stands between driver and engine: passes packets on, and times how long until the engine says it applied them."""

    def __init__(self, engine_port: int) -> None:
        self.entrance, self.witness = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for side in (self.entrance, self.witness):
            side.bind(("127.0.0.1", 0))
            side.settimeout(30)
        self.sent: dict[str, float] = {}
        self.applied: dict[str, float] = {}
        self._engine = ("127.0.0.1", engine_port)

    def pass_on(self) -> None:
        with self.entrance:
            while packet := self.entrance.recv(65_535):
                for address, args in decode(packet):
                    if address == "/VMC/Ext/T":
                        self._time = f"{args[0]:.4f}"
                if packet.endswith(encode(Message("/VMC/Ext/Blend/Apply"))):
                    self.sent[self._time] = time.perf_counter()
                self.entrance.sendto(packet, self._engine)

    def hear(self) -> None:
        with self.witness:
            while (said := self.witness.recv(99).decode()) != "end":
                self.applied[said] = time.perf_counter()


def drive(project: Path, report: Path, fps: int, seconds: int) -> tuple[Tap, dict[str, Any], dict[str, Any]]:
    """The tap, what the engine tells, and the driver's report of a synthetic face at 60 Hz."""
    port = free_port()
    tap = Tap(port)
    threads = [threading.Thread(target=task) for task in (tap.pass_on, tap.hear)]
    ports = [side.getsockname()[1] for side in (tap.entrance, tap.witness)]
    applied = project / "applied.json"
    silence = 1 if seconds < 30 else 10  # a busy machine stands still for a second now and then
    with running(project, "live.gd", *map(str, (port, ports[1], fps, silence, applied))) as engine:
        assert tap.witness.recv(99) == b"ready"
        for thread in threads:
            thread.start()
        done = subprocess.run(
            [
                sys.executable, "-m", "avatar_driver", "run", "--source", "synthetic", "--set", "source.fps=60",
                "--set", "stages=[]", "--set", f"source.seconds={seconds}", "--sink", f"vmc={ports[0]}",
                "--report", str(report),
            ],
            capture_output=True, text=True, timeout=60 + seconds, check=False,
        )  # fmt: skip
        complaints = engine.communicate(timeout=20)[1]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.sendto(b"", ("127.0.0.1", ports[0]))
        end.sendto(b"end", ("127.0.0.1", ports[1]))
    for thread in threads:
        thread.join()
    assert done.returncode == 0, done.stderr
    assert "SCRIPT ERROR" not in complaints, complaints
    return tap, json.loads(applied.read_text()), json.loads(report.read_text())


@needs_godot
def test_the_driver_moves_the_samples_face(
    project: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """`avatar-driver run` at 60 Hz: every frame arrives, and the mesh and the head are where the face is."""
    tap, told, report = drive(project, tmp_path / "report.json", fps=60, seconds=2)
    counts = told["statistics"]
    assert counts["faces"] == report["sinks"]["vmc"]["sent"] >= 60
    assert counts["refused"] == counts["of_other_senders"] == 0
    assert len(told["applied"]) == counts["faces"] - counts["overtaken"]

    truth = {
        f"{i / 60:.4f}": f.values
        for i, f in enumerate(Synthetic(fps=60, seconds=2, fast=True).frames(threading.Event()))
    }
    compared = 0
    for sent, weights, turn, tracked in told["applied"]:
        values = truth.get(f"{sent:.4f}")
        if values is None or not tracked:
            continue  # easing to rest at the end
        compared += 1
        assert weights == pytest.approx(dict(zip(SHAPE_NAMES, values.tolist(), strict=False)), abs=1e-5)
        head = quaternion_from_vector(values[ROTATION])
        assert abs(sum(a * b for a, b in zip(turn, head, strict=True))) == pytest.approx(1, abs=1e-5)
    assert compared > 30  # a busy machine draws fewer frames than come
    assert any(max(weights.values()) > 0.2 for _, weights, _, _ in told["applied"])

    took = sorted(1000 * (tap.applied[t] - tap.sent[t]) for t in tap.applied if t in tap.sent)
    assert len(took) > 30
    middle, late = took[len(took) // 2], took[int(0.99 * len(took))]
    record_property(
        "latency_ms", {"p50": middle, "p99": late, "faces": counts["faces"], "sent": report["sinks"]["vmc"]["sent"]}
    )
    assert middle < 100  # six rendered frames: a queue would show
