"""What `plugins/vrchat` ships equals what the map gives now, and its example avatar is driven by the real program."""

import csv
import importlib.util
import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pythonosc.osc_bundle import OscBundle

from avatar_driver import maps
from avatar_driver.frame import Frame
from avatar_driver.protocols.vrchat import FLAGS, Encoder
from avatar_driver.protocols.vrchat_avatar import Kind, from_file
from avatar_driver.protocols.vrchat_budget import bits_of, faces, unseen
from tests.faces import face

FOLDER = Path(__file__).parents[2] / "plugins" / "vrchat"
FAKE = Path(__file__).parents[1] / "peers" / "fake_vrchat.py"
EXAMPLE = FOLDER / "avtr_example.json"
UNIFIED = maps.load("unified")


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vrchat_generate", FOLDER / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["parameters.md", "parameters.csv", "avtr_example.json"])
def test_the_committed_file_is_what_the_map_gives_now(name: str) -> None:
    made = generator().files()
    assert set(made) == {"parameters.md", "parameters.csv", "avtr_example.json"}
    assert (FOLDER / name).read_text(encoding="utf-8") == made[name], "run python plugins/vrchat/generate.py"


def test_every_parameter_of_the_map_is_listed_with_its_range_and_its_rest() -> None:
    with (FOLDER / "parameters.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["parameter"] for row in rows] == list(UNIFIED.names)
    for row, low, high, rest in zip(rows, UNIFIED.low, UNIFIED.high, UNIFIED.neutral, strict=True):
        assert row["range"] == f"{low:g} to {high:g}"
        assert float(row["at_rest"]) == pytest.approx(float(rest), abs=1e-3)
    known = {row["parameter"]: row["with_the_camera"] for row in rows}
    assert (known["v2/TongueOut"], known["v2/JawOpen"]) == ("absent", "measured")


def test_the_example_is_an_avatar_as_vrchat_writes_it() -> None:
    avatar = from_file(EXAMPLE.read_bytes())
    told = json.loads(EXAMPLE.read_bytes())
    assert avatar.id == told["id"] == generator().EXAMPLE_ID
    kinds = {parameter.name: parameter.kind for parameter in avatar.parameters}
    assert kinds["FT/v2/JawOpen"] is Kind.FLOAT
    assert kinds["FT/v2/SmileSadLeftNegative"] is kinds["FT/v2/SmileSadLeft4"] is Kind.BOOL
    assert kinds["Outfit"] is Kind.INT
    assert set(FLAGS) <= set(kinds)
    assert not {"Viseme", "Upright"} & set(kinds), "read-only parameters are not ours to write"
    assert all(parameter.synced is None for parameter in avatar.parameters), "VRChat's files do not say"


def test_every_face_parameter_of_the_example_is_driven_and_costs_what_the_readme_says() -> None:
    avatar = from_file(EXAMPLE.read_bytes())
    shapes = faces(avatar, UNIFIED.names)
    assert not unseen(avatar, shapes)
    assert sum(shape.form.cost for shape in shapes) == 88
    assert bits_of(avatar.parameters) == 88 + len(FLAGS) + 1 + 8
    encoder = Encoder(UNIFIED.names, avatar=avatar)
    ours = [parameter for parameter in avatar.parameters if parameter.name.startswith("FT/")]
    assert encoder.parameter_count == len(ours) == 46


def test_the_planner_takes_the_example(capsys: pytest.CaptureFixture[str]) -> None:
    from avatar_driver.vrchat_plan import show_plan

    show_plan(EXAMPLE, bits=96, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["synced_bits"]["face_now"] == 88
    assert found["error"]["proposed"] < found["error"]["now"]


class Fake:
    def __init__(self, *files: Path) -> None:
        name = f"VRChat-Client-{secrets.token_hex(3).upper()}"
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [sys.executable, str(FAKE), name, *map(str, files)], stdin=pipe, stdout=pipe, text=True
        )
        self.ports = self._line()

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def heard(self) -> list[tuple[str, Any]]:
        assert self.process.stdin is not None
        self.process.stdin.write('{"report": true}\n')
        self.process.stdin.flush()
        return [(address, arguments) for address, arguments in self._line()["heard"]]

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


def driven(*asked: str) -> tuple[list[tuple[str, Any]], dict[str, Any], float]:
    """What a stand-in heard of the real program once that knew the avatar, its report, and for how many seconds."""
    fake = Fake(EXAMPLE)
    command = [sys.executable, "-m", "avatar_driver", "run", "--source", "synthetic", "--set", "source.fps=60"]
    driver = subprocess.Popen(
        [*command, "--sink", f"vrchat={fake.ports['osc_port']}", *asked],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    try:
        assert driver.stdout is not None
        for line in driver.stdout:
            if "takes 46 parameters of the face" in line:
                break
        else:
            pytest.fail("the driver ended before it knew the avatar")
        time.sleep(0.3)
        fake.heard()
        began = time.perf_counter()
        time.sleep(4)
        heard, lasted = fake.heard(), time.perf_counter() - began
    finally:
        driver.terminate()
        rest = driver.communicate(timeout=20)[0]
        fake_tail = fake.heard()
        fake.close()
    return heard, {"log": rest, "tail": fake_tail}, lasted


def test_the_real_driver_finds_vrchat_and_drives_the_example_avatar() -> None:
    heard, ended, seconds = driven()
    avatar = from_file(EXAMPLE.read_bytes())
    kinds = {f"/avatar/parameters/{parameter.name}": parameter.kind for parameter in avatar.parameters}
    ours = {address for address in kinds if "/FT/" in address or address.rpartition("/")[2] in FLAGS}
    names = [address for address, _ in heard]
    # Everything is repeated every two seconds, so all of it is heard within four; the rest of the avatar is left alone.
    assert set(names) == ours
    for address, arguments in heard:
        (value,) = arguments
        if kinds[address] is Kind.FLOAT:
            assert type(value) is float
            assert -1 <= value <= 1
        else:
            assert type(value) is bool
    moving = max(names.count(f"/avatar/parameters/FT/v2/{name}") for name in ("JawOpen", "EyeLeftX", "EyeLidLeft"))
    assert 20 < moving <= 61 * (seconds + 1), "at most as often as there are faces"
    last = {address: arguments[0] for address, arguments in ended["tail"]}
    assert not any(last[f"/avatar/parameters/{flag}"] for flag in FLAGS), "the end is told"


def test_bits_of_the_example_say_what_its_floats_would() -> None:
    """A smile of 0.8: three bits and no sign; a frown sets the sign."""
    avatar = from_file(EXAMPLE.read_bytes())
    for name, signed in (("mouthSmileLeft", False), ("mouthFrownLeft", True)):
        values = face(**{name: 0.8})
        packets = Encoder(UNIFIED.names, avatar=avatar).packets(Frame(0.0, values), UNIFIED(values), 0.0)
        heard = {message.address: message.params[0] for packet in packets for message in OscBundle(packet)}
        bits = [heard[f"/avatar/parameters/FT/v2/SmileSadLeft{bit}"] for bit in (4, 2, 1)]
        assert bits == [True, True, False]
        assert heard["/avatar/parameters/FT/v2/SmileSadLeftNegative"] is signed
