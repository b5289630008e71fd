"""The planner: a table and JSON for a real avatar; what cannot be planned is a sentence."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_driver import maps
from avatar_driver.errors import AvatarDriverError
from avatar_driver.frame import Frame
from avatar_driver.protocols.vrchat_avatar import from_file
from avatar_driver.vrchat_plan import PlanError, plan, show_plan
from tests.faces import face

UNIFIED = maps.load("unified")


@pytest.fixture
def avatar_file(tmp_path: Path) -> Path:
    """As VRChat writes it: nothing about what is synced."""
    kinds = {
        **{"FT/v2/JawOpen": "Float", "FT/v2/JawX": "Float", "FT/v2/JawX1": "Bool", "FT/v2/JawXNegative": "Bool"},
        **{"FT/v2/TongueX1": "Bool", "Hat": "Int"},
    }
    parameters = [
        {"name": name, "input": {"address": f"/avatar/parameters/{name}", "type": kind}} for name, kind in kinds.items()
    ]
    path = tmp_path / "avtr_1.json"
    path.write_text(json.dumps({"id": "avtr_1", "name": "Robot", "parameters": parameters}))
    return path


def told(capsys: pytest.CaptureFixture[str], path: Path, **settings: Any) -> dict[str, Any]:
    show_plan(path, as_json=True, **settings)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_real_avatar_is_planned_for_120_bits_with_less_error_than_it_has(
    captures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, captures / "vrchat_avatar_unified.json", bits=120)

    assert found["synced_bits"] == {
        "limit": 256,
        "known": True,
        "avatar_counted": 167,
        "face_now": 139,
        "unseen": 20,
        "budget": 120,
        "face_proposed": 120,
    }
    assert len(found["shapes"]) == 32
    assert sum(line["proposed"]["bits"] for line in found["shapes"]) == 120
    assert found["error"]["proposed"] < found["error"]["now"]
    assert all(line["proposed"]["form"] == "nothing" for line in found["shapes"] if line["moves"] == 0)


def test_the_same_plan_twice_is_the_same(avatar_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, avatar_file, bits=10) == told(capsys, avatar_file, bits=10)


def test_a_file_of_vrchats_leaves_open_what_is_synced_and_the_plan_says_so(
    avatar_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, avatar_file, bits=12)

    assert found["synced_bits"]["known"] is False
    assert found["synced_bits"]["face_now"] == 8 + 2
    assert found["synced_bits"]["avatar_counted"] == 8 + 8 + 1 + 1 + 1 + 8
    assert "does not say which parameters are synced" in found["notes"][0]
    assert "would cost 27 bits" in found["notes"][0]
    assert found["unseen"] == ["FT/v2/TongueX"]


def test_the_table_has_a_line_for_each_shape_and_their_sum(
    avatar_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    show_plan(avatar_file, bits=12)
    lines = capsys.readouterr().out.splitlines()

    assert " ".join(" ".join(lines).split()).startswith(
        "Robot: the face takes 10 of 256 synced bits; proposed for 12, by 1800 frames"
    )
    # What all names share stands in the heading, so that no name is cut in a narrow terminal.
    assert any(line.startswith("FT/v2/…") for line in lines)
    (jaw,) = (line.split() for line in lines if line.startswith("JawOpen "))
    assert jaw[2:4] == ["float", "8"]
    assert any(line.startswith("together") for line in lines)


def test_a_budget_of_nothing_leaves_the_face_at_rest(avatar_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, avatar_file, bits=0)
    assert {line["proposed"]["form"] for line in found["shapes"]} == {"nothing"}
    assert found["error"]["proposed"] > 0.01


def test_only_frames_with_a_face_count_and_none_is_a_sentence(avatar_file: Path) -> None:
    worn = from_file(avatar_file.read_bytes())
    open_mouth, lost = Frame(0.0, face(jawOpen=1.0)), Frame(1.0, face(jawOpen=0.5), tracked=False)

    assert plan(worn, [open_mouth, lost], UNIFIED, 12, "two frames").frames == 1
    with pytest.raises(PlanError, match="no face is in view in a wall"):
        plan(worn, [lost], UNIFIED, 12, "a wall")


def test_the_face_goes_through_the_stages_first(
    avatar_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stages = {"plain": "[]", "larger": "[{type: amplify, transient: 3, regions: [jaw]}]"}
    for name, chain in stages.items():
        (tmp_path / f"{name}.yaml").write_text(f"source: synthetic\nstages: {chain}\nsinks: [console]\n")

    plain, larger = (
        told(capsys, avatar_file, bits=12, profile_name=str(tmp_path / f"{name}.yaml"))["shapes"][0]["moves"]
        for name in stages
    )
    assert larger > plain * 1.3


def test_a_film_can_be_the_recording(
    avatar_file: Path, face_video: Path, face_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, avatar_file, bits=12, recording=face_video, model=face_model)
    assert face_video.name in found["recording"]
    assert found["frames"] > 50
    assert found["shapes"][0]["moves"] > 0.02


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "no avatar file"),
        (b"[]", "is not an avatar file"),
        (b'{"parameters": []}', "has no parameter of the map"),
    ],
)
def test_what_cannot_be_planned_is_a_sentence(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = tmp_path / "avatar.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PlanError, match=sentence):
        show_plan(path, bits=120)


def test_an_avatar_without_a_face_is_a_sentence(captures: Path) -> None:
    with pytest.raises(PlanError, match="PurpleMomo has no parameter of the map 'unified'"):
        show_plan(captures / "vrchat_avatar_example.json", bits=120)


def test_a_film_that_is_not_there_is_a_sentence(avatar_file: Path, tmp_path: Path, face_model: Path) -> None:
    with pytest.raises(AvatarDriverError, match=r"none\.mp4"):
        show_plan(avatar_file, bits=120, recording=tmp_path / "none.mp4", model=face_model)


def test_numbers_in_json_are_numbers(avatar_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in told(capsys, avatar_file, bits=12)["shapes"]:
        assert np.isfinite([line["moves"], line["now"]["error"], line["proposed"]["worst"]]).all()
