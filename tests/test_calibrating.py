from pathlib import Path

import pytest

from avatar_driver import profile as profiles
from avatar_driver.calibrating import STEPS, Step, recorded, save, undo
from avatar_driver.calibration import Calibration
from avatar_driver.frame import REST, Frame
from avatar_driver.guide import guided
from avatar_driver.saving import CannotSaveError
from avatar_driver.testing import Played

FOUND = Calibration(neutral={"jawOpen": 0.05}, extreme={"jawOpen": 0.7}, head=(0, 0, -0.5, 0, 0.1, 0), verdicts=())
TEXT = """# mine
source: {type: synthetic, fast: true}   # no camera
stages:
  - type: calibrate      # looks ahead
  - {type: loss, hold: 0.2}
sinks:
  - {type: vmc}          # VSeeFace
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "me.yaml"
    path.write_text(TEXT)
    return path


def test_frames_are_sorted_by_the_step_they_came_in() -> None:
    source = Played([Frame(7 + i / 30, REST) for i in range(30 * 2 * len(STEPS) + 50)])
    begun: list[Step] = []
    at_rest, movement = recorded(source, 2.0, begun.append, lambda share: None)
    assert begun == list(STEPS)
    assert len(at_rest) == 60
    assert len(movement) == 60 * (len(STEPS) - 1)


def test_a_source_that_ends_early_gives_what_it_had() -> None:
    at_rest, movement = recorded(Played([Frame(i / 30, REST) for i in range(80)]), 2.0, lambda _: None, lambda _: None)
    assert (len(at_rest), len(movement)) == (60, 20)


def test_a_calibration_is_written_into_the_profile_and_comments_stay(file: Path) -> None:
    save(profiles.load(str(file)), FOUND)
    text = file.read_text()
    for comment in ("# mine", "# no camera", "# looks ahead", "# VSeeFace"):
        assert comment in text
    part = profiles.load(str(file)).stages[0]
    assert part.arguments["neutral"] == {"jawOpen": 0.05}
    assert part.arguments["extreme"] == {"jawOpen": 0.7}
    assert part.arguments["head"] == [0, 0, -0.5, 0, 0.1, 0]


@pytest.mark.parametrize("stages", ["", "stages:\n", "stages: [loss]\n", "stages: [calibrate, loss]\n"])
def test_a_profile_without_the_stage_gets_it_first(file: Path, stages: str) -> None:
    file.write_text(f"source: synthetic\nsinks: [vmc]\n{stages}")
    save(profiles.load(str(file)), FOUND)
    part = profiles.load(str(file)).stages[0]
    assert (part.type, part.arguments["extreme"]) == ("calibrate", {"jawOpen": 0.7})


def test_undo_brings_the_profile_back_to_the_letter(file: Path) -> None:
    profile = profiles.load(str(file))
    save(profile, FOUND)
    assert file.read_text() != TEXT
    undo(profile)
    assert file.read_text() == TEXT
    with pytest.raises(CannotSaveError, match="nothing to undo"):
        undo(profile)


def test_a_shipped_profile_is_refused_before_anyone_makes_faces() -> None:
    with pytest.raises(CannotSaveError, match="is not a file of yours; write one with 'avatar-driver new me'"):
        guided(profiles.load("demo"), seconds=3600, accept=True)


def test_the_guide_shows_every_step_and_writes_only_when_accepted(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = profiles.load(str(file))
    monkeypatch.setattr("builtins.input", lambda *_: "n")
    guided(profile, seconds=3, accept=False)
    out = capsys.readouterr().out
    assert file.read_text() == TEXT
    assert "Nothing was changed." in out
    for step in STEPS:
        assert step.prompt in " ".join(out.split())
    guided(profile, seconds=3, accept=True)
    assert "extreme" in file.read_text()
