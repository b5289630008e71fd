"""A map to start from, out of an avatar's own names."""

import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver import maps
from avatar_driver.channels import SHAPE_NAMES
from avatar_driver.map_starter import StarterError, likely_formula, morph_names, starter, write_starter


def gltf(*names: str, place: str = "mesh", meshes: int = 1) -> bytes:
    """A glTF document with morph targets named as exporters of today (`mesh`) or of yesterday (`primitive`) do."""
    primitive: dict[str, object] = {"attributes": {"POSITION": 0}, "targets": [{"POSITION": 0}] * len(names)}
    mesh: dict[str, object] = {"primitives": [primitive]}
    (mesh if place == "mesh" else primitive)["extras"] = {"targetNames": list(names)}
    return json.dumps({"asset": {"version": "2.0"}, "meshes": [mesh] * meshes}).encode()


def glb(document: bytes, binary: bytes = b"\0\0\0\0") -> bytes:
    document += b" " * (-len(document) % 4)
    chunks = (
        struct.pack("<I4s", len(document), b"JSON") + document + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    )
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def spelled(name: str) -> dict[str, str]:
    """A shape's name in the manners of many tools."""
    side = "Left" if name.endswith("Left") else "Right" if name.endswith("Right") else ""
    base = name.removesuffix(side)
    pascal = name[0].upper() + name[1:]
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return {
        "Apple": name,
        "Live Link": pascal,
        "lower": name.lower(),
        "upper": name.upper(),
        "snake": snake,
        "Blender": f"{base}.{side[0]}" if side else name,
        "iFacialMocap": f"{base}_{side[0]}" if side else name,
        "side first": f"{side}_{base}" if side else name,
        "Maya": f"blendShape1.{name}",
        "affix": f"Face_M_{name}",
        "Rocketbox": f"AK_07_{pascal}",
        "copy": f"{name}.001",
        "Shape": f"head_geo|{name}Shape2",
        "spaces": snake.replace("_", " ").title(),
    }


@pytest.mark.parametrize("manner", spelled("jawOpen"))
def test_every_shape_is_found_in_every_manner_of_spelling(manner: str) -> None:
    for name in SHAPE_NAMES:
        assert likely_formula(spelled(name)[manner]) == name, spelled(name)[manner]


@pytest.mark.parametrize(
    "name",
    ["Basis", "A", "Fcl_MTH_A", "mouth", "jaw", "mouthSmileOpen", "eyes", "Left", "L", "12", "", "☃", "mouthOpen"],
)
def test_other_names_are_not_forced_onto_a_shape(name: str) -> None:
    assert likely_formula(name) == ""


def test_a_shape_without_its_side_is_the_mean_of_both_and_half_a_shape_is_the_whole() -> None:
    assert likely_formula("Mouth_Smile") == "{mouthSmileLeft: 0.5, mouthSmileRight: 0.5}"
    assert likely_formula("browInnerUp_L") == likely_formula("browInnerUpRight") == "browInnerUp"


@given(st.text(max_size=40))
def test_any_name_gets_a_formula_or_none(name: str) -> None:
    formula = likely_formula(name)
    assert formula == "" or formula in SHAPE_NAMES or formula.startswith("{")


@given(st.lists(st.text(max_size=30) | st.sampled_from([*SHAPE_NAMES, "Mouth_Smile", "on", "1e3", "#x", "a: b"])))
def test_a_starter_is_a_map_whatever_the_avatars_names_are(names: list[str]) -> None:
    begun = starter(["jawOpen", *names], "odd \n name.glb")
    loaded = maps.parse(begun.text, "starter.yaml", "starter")
    assert list(loaded.names) == list(begun.found)
    assert set(begun.found) | set(begun.unknown) == {"jawOpen", *names}


def test_both_sides_of_what_found_no_match_are_listed(tmp_path: Path) -> None:
    (tmp_path / "robot.glb").write_bytes(
        glb(gltf("Face_M_jawOpen", "eyeBlink_L", "Antenna Up", "Mouth.Smile", meshes=2))
    )
    path, begun = write_starter(tmp_path / "robot.glb", tmp_path / "mine.yaml")
    assert begun.found == {
        "Face_M_jawOpen": "jawOpen",
        "eyeBlink_L": "eyeBlinkLeft",
        "Mouth.Smile": "{mouthSmileLeft: 0.5, mouthSmileRight: 0.5}",
    }
    assert begun.unknown == ["Antenna Up"]
    assert len(begun.missing) == 48
    assert "eyeBlinkRight" in begun.missing
    text = path.read_text(encoding="utf-8")
    assert '  # "Antenna Up":' in text
    assert "#     eyeBlinkRight" in text
    assert '"Mouth.Smile": {mouthSmileLeft: 0.5, mouthSmileRight: 0.5}  # has no side' in text
    assert maps.load(str(path)).names == tuple(begun.found)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.glb", glb(gltf("jawOpen", "X"))),
        ("a.vrm", glb(gltf("jawOpen", "X"))),
        ("a.GLB", glb(gltf("jawOpen", "X", place="primitive"))),
        ("a.gltf", gltf("jawOpen", "X")),
        ("a.gltf", b"\xef\xbb\xbf" + gltf("jawOpen", "X", place="primitive")),
        ("a.json", b'["jawOpen", "X", "X"]'),
        ("a.json", b'{"jawOpen": 0, "X": 1}'),
    ],
)
def test_names_are_read_from_every_kind_of_file(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert morph_names(tmp_path / name) == ["jawOpen", "X"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("gone.glb", None, "no file .*gone.glb"),
        ("a.fbx", b"", r"expected a .glb, .gltf, .vrm or .json file"),
        ("a.glb", b"", "is not a glTF file that can be read"),
        ("a.glb", b"glTF", "is not a glTF file that can be read"),
        ("a.glb", b"PK\x03\x04 not this", "is not a glTF file that can be read"),
        ("a.gltf", b"[]", "is not a glTF file that can be read"),
        ("a.gltf", b'{"meshes": [{"primitives": 5}]}', "is not a glTF file that can be read"),
        ("a.glb", glb(gltf()), "has morph targets with names"),
        ("a.glb", glb(gltf("Joy", "Basis")), "none of the 2 morph targets .* resembles an ARKit shape: 'Joy', 'Basis'"),
        ("a.json", b"{", "is not JSON"),
        ("a.json", b"\xff\xfe", "is not JSON"),
        ("a.json", b"[" * 100_000, "is not JSON"),
        ("a.json", b"[1, 2]", "must hold a list of names"),
        ("a.json", b"{}", "must hold a list of names"),
        ("a.json", json.dumps([f"n{i}" for i in range(1001)]).encode(), "has 1,001 names; a map has at most 1,000"),
    ],
)
def test_bad_files_are_sentences(tmp_path: Path, name: str, content: bytes | None, sentence: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(StarterError, match=sentence):
        write_starter(tmp_path / name, tmp_path / "out.yaml")
    assert not (tmp_path / "out.yaml").exists()


def test_a_glb_cut_at_any_byte_is_a_sentence_or_whole(tmp_path: Path) -> None:
    data = glb(gltf("jawOpen"))
    for cut in range(len(data)):
        (tmp_path / "a.glb").write_bytes(data[:cut])
        try:
            assert morph_names(tmp_path / "a.glb") == ["jawOpen"]  # only the buffer was cut, which is not looked at
        except StarterError:
            assert cut < len(data)


def test_nothing_is_written_over_and_a_folder_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("robot.json").write_text('["jawOpen"]')
    path, _ = write_starter(Path("robot.json"))
    assert path == Path("robot.yaml")
    path.write_text("mine")
    with pytest.raises(StarterError, match=r"robot.yaml is there already; choose another name with --to"):
        write_starter(Path("robot.json"))
    assert path.read_text() == "mine"
    with pytest.raises(StarterError, match="cannot write"):
        write_starter(Path("robot.json"), Path("missing/robot.yaml"))
    with pytest.raises(StarterError, match=r"a map is a .yaml file, found robot.txt"):
        write_starter(Path("robot.json"), Path("robot.txt"))
