"""The stage's own arithmetic beside the driver's: maps, mirror, gaze; and what it reads in addresses and names."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from avatar_driver import maps
from avatar_driver.channels import CHANNELS, INDEX, MIRRORED, NEGATED_BY_MIRROR, POSITION, ROTATION, SHAPE_NAMES
from tests.plugins.browser.building import node

HERE: Final = Path(__file__).parent
LOOPBACK: Final = "ws://127.0.0.1:8771/"

#: What no map that ships does: a parameter with a channel's name, angles, powers of what is below 0.
OWN_MAP: Final = """\
target: a test
limits: [-2, 2]
terms:
  half: {jawOpen: 0.5, constant: 0.25, limits: [0.3, 0.6]}
parameters:
  jawOpen: {jawOpen: 0.5}
  Mouth: jawOpen
  Turn: {headYaw: 3, headPitch: -1, headRoll: 0.5}
  Root: {power: [{headYaw: 1, mouthClose: -0.2}, 0.5]}
  Most: {limits: [0, 0.5], max: [half, {one_minus: half}, Turn]}
neutral: {Most: 0.5}
"""

#: Addresses, and what of the options is to come of each.
ADDRESSES: Final[dict[str, dict[str, Any]]] = {
    "http://127.0.0.1:5173/": {"ws": LOOPBACK, "background": "#2b3040", "overlay": False, "mirror": False, "zoom": 1},
    "http://127.0.0.1:8770/stage/": {"ws": "ws://127.0.0.1:8770/face"},
    "https://example.org/stage/index.html": {"ws": "wss://example.org/face"},
    "file:///stage/index.html": {"ws": LOOPBACK},
    "http://h/stage/?ws=ws://10.0.0.2:8771/%3Ftoken%3Dx": {"ws": "ws://10.0.0.2:8771/?token=x"},
    "http://h/?ws=http://h/": {"ws": LOOPBACK, "problems": 1},
    "http://h/?background=transparent": {"background": "transparent", "overlay": True},
    "http://h/?background=%230F0": {"background": "#0f0", "overlay": False},
    "http://h/?background=#0f0": {"background": "#0f0"},
    "http://h/?background=00ff00&model=me.vrm": {"background": "#00ff00", "model": "me.vrm"},
    "http://h/?background=url(x)": {"background": "#2b3040", "problems": 1},
    "http://h/?mirror=1&still=1&zoom=0.5&token=t": {"mirror": True, "still": True, "zoom": 0.5, "token": "t"},
    "http://h/?mirror=yes": {"mirror": False, "problems": 1},
    "http://h/?zoom=0": {"zoom": 1, "problems": 1},
    "http://h/?miror=1": {"mirror": False, "problems": 1},
}

#: Names that models bear, and ARKit's.
NAMES: Final = {
    "jawOpen": "jawOpen",
    "JawOpen": "jawOpen",
    "jaw_open": "jawOpen",
    "Head.JawOpen": "jawOpen",
    "AK_25_JawOpen": "jawOpen",
    "eyeBlink_L": "eyeBlinkLeft",
    "blendShape1.mouthSmile_R": "mouthSmileRight",
    "mouth_left": "mouthLeft",
    "mouthSmile": None,
    "xjawOpen": None,
    "viseme_aa": None,
    "": None,
    "_": None,
}


def faces() -> "np.typing.NDArray[np.float32]":
    chance = np.random.default_rng(6)
    made = chance.uniform(0, 1, (60, len(CHANNELS))) ** 2
    made[:, POSITION] = chance.uniform(-0.3, 0.3, (60, 3))
    made[:, ROTATION] = chance.uniform(-0.9, 0.9, (60, 3))
    made[0] = 0
    made[1, :52] = 1
    made[2] = -0.001  # as far below as the stream allows
    return made.astype(np.float32)


@pytest.fixture(scope="module")
def answers(workspace: Path) -> dict[str, Any]:
    shutil.copy(HERE / "stage_answers.mjs", workspace)
    (workspace.parents[2] / "blendshape_maps" / "own.yaml").write_text(OWN_MAP, encoding="utf-8")
    asked = {
        "maps": [*maps.names(), "own"],
        "faces": faces().tolist(),
        "addresses": list(ADDRESSES),
        "names": list(NAMES),
    }
    done = subprocess.run(
        [node(), "stage_answers.mjs"],
        cwd=workspace,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answered: dict[str, Any] = json.loads(done.stdout)
    return answered


def test_every_map_gives_the_numbers_that_the_driver_sends(answers: dict[str, Any]) -> None:
    known = {name: maps.load(name) for name in maps.names()} | {"own": maps.parse(OWN_MAP, "own.yaml", "own")}
    for name, compiled in known.items():
        for face, found in zip(faces(), answers["maps"][name], strict=True):
            expected = dict(zip(compiled.names, compiled(face).tolist(), strict=True))
            assert found == pytest.approx(expected, abs=2e-5), name


def test_the_mirror_is_the_driver_s(answers: dict[str, Any]) -> None:
    expected = faces()[:, list(MIRRORED)]
    expected[:, list(NEGATED_BY_MIRROR)] *= -1
    assert np.array_equal(np.array(answers["mirrored"], np.float32), expected)


def test_the_gaze_is_the_mean_of_both_eyes_in_degrees(answers: dict[str, Any]) -> None:
    for face, found in zip(faces(), answers["gazes"], strict=True):
        at = {name: float(face[INDEX[name]]) for name in SHAPE_NAMES}
        left = at["eyeLookOutLeft"] - at["eyeLookInLeft"] + at["eyeLookInRight"] - at["eyeLookOutRight"]
        down = at["eyeLookDownLeft"] - at["eyeLookUpLeft"] + at["eyeLookDownRight"] - at["eyeLookUpRight"]
        assert found == pytest.approx({"yaw": 16.5 * left, "pitch": 17.5 * down})


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_read_as_the_readme_says(answers: dict[str, Any], address: str) -> None:
    found = answers["options"][list(ADDRESSES).index(address)]
    found["problems"] = len(found["problems"])
    for name, value in {"problems": 0, **ADDRESSES[address]}.items():
        assert found[name] == value, name


def test_shapes_are_found_under_the_names_that_models_bear(answers: dict[str, Any]) -> None:
    assert dict(zip(NAMES, answers["names"], strict=True)) == NAMES
