"""A calibration led by the dashboard."""

from pathlib import Path

import pytest

from avatar_driver.calibrating import STEPS
from avatar_driver.edits import Edit, EditError
from avatar_driver.frame import Frame
from avatar_driver.session import Session
from avatar_driver.web.guided import Guided
from tests.faces import face

FPS = 30
PROFILE = """
source: synthetic
stages: [{type: calibrate, extreme: {jawOpen: 0.5}}, two_timescale]
sinks: [console]
"""


@pytest.fixture
async def guided(tmp_path: Path) -> Guided:
    file = tmp_path / "me.yaml"
    file.write_text(PROFILE)
    return Guided(Session(str(file)))


def play(guided: Guided, seconds: float, *, tracked: bool = True, start: float = 0.0) -> float:
    """Frames of a face that rests at first and then smiles; the time after the last one."""
    frames = round(seconds * FPS)
    for i in range(frames):
        time = start + i / FPS
        smile = 0.1 if time < 4.5 else 0.1 + 0.6 * (i % 30) / 29
        guided.feed(Frame(time, face(mouthSmileLeft=smile, jawOpen=0.02, headRotationY=0.1), tracked=tracked))
    return start + seconds


def settings(guided: Guided) -> dict:
    return dict(guided._session.profile.stages[0].arguments)


async def test_every_step_is_recorded_and_what_was_found_is_applied_only_when_accepted(guided: Guided) -> None:
    assert guided.message()["phase"] == "idle"
    guided.start(only_neutral=False)
    play(guided, 2.0)
    message = guided.message()
    assert (message["phase"], message["step"], message["frames"]) == ("recording", 0, 60)
    assert message["share"] == pytest.approx(0.5, abs=0.02)
    play(guided, 4.0 * len(STEPS), start=2.0)
    message = guided.message()
    assert (message["phase"], message["only_neutral"]) == ("review", False)
    verdicts = {verdict["name"]: verdict for verdict in message["verdicts"]}
    assert verdicts["mouthSmileLeft"]["moved"]
    assert verdicts["mouthSmileLeft"]["neutral"] == pytest.approx(0.1)
    assert verdicts["mouthSmileLeft"]["reached"] == pytest.approx(0.7, abs=0.03)
    assert not verdicts["browInnerUp"]["moved"]
    assert "never moved" in verdicts["browInnerUp"]["text"]
    assert settings(guided)["extreme"] == {"jawOpen": 0.5}, "it was applied before anybody accepted it"
    await guided.accept()
    assert set(settings(guided)["extreme"]) == {"mouthSmileLeft"}
    assert settings(guided)["head"][4] == pytest.approx(0.1)
    assert guided.message()["applied"]
    assert "mouthSmileLeft" in guided._session.profile.files[0].read_text()
    await guided.undo()
    assert guided._session.profile.files[0].read_text() == PROFILE
    assert settings(guided)["extreme"] == {"jawOpen": 0.5}
    assert not guided.message()["applied"]


async def test_a_neutral_alone_leaves_the_extremes_as_they_were(guided: Guided) -> None:
    guided.start(only_neutral=True)
    play(guided, 5.0)
    message = guided.message()
    assert (message["phase"], message["only_neutral"]) == ("review", True)
    await guided.accept()
    assert settings(guided)["extreme"] == {"jawOpen": 0.5}
    assert settings(guided)["neutral"]["mouthSmileLeft"] == pytest.approx(0.1)


async def test_without_a_face_it_waits_and_then_says_what_to_do(guided: Guided) -> None:
    guided.start(only_neutral=True)
    play(guided, 19.0, tracked=False)
    assert (guided.message()["phase"], guided.message()["frames"]) == ("recording", 0)
    play(guided, 2.0, tracked=False, start=19.0)
    message = guided.message()
    assert message["phase"] == "failed"
    assert "no face was seen" in message["message"]
    with pytest.raises(EditError, match="record one first"):
        await guided.accept()


async def test_a_calibration_that_something_else_came_after_is_not_taken_back_by_mistake(guided: Guided) -> None:
    guided.start(only_neutral=True)
    play(guided, 5.0)
    await guided.accept()
    await guided._session.change([Edit(("stages", "two_timescale", "stillness"), 0.5)])
    await guided._session.save()
    with pytest.raises(EditError, match="was changed since"):
        await guided.undo()
    assert "stillness: 0.5" in guided._session.profile.files[0].read_text()


async def test_of_a_shipped_profile_it_is_a_step_to_be_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    guided = Guided(Session("demo"))
    guided.start(only_neutral=True)
    play(guided, 5.0)
    assert await guided.accept() == "Applied. Save the profile to keep it."
    assert guided.message()["phase"] == "idle"
    assert settings(guided)["neutral"]
    assert guided._session.history.done
    await guided.undo()
    assert not guided._session.history.done
    guided.start(only_neutral=True)
    play(guided, 5.0)
    await guided.accept()
    await guided._session.change([Edit(("stages", "two_timescale", "stillness"), 0.5)])
    with pytest.raises(EditError, match="not the last thing"):
        await guided.undo()


async def test_news_is_told_ten_times_a_second_and_at_each_new_step(guided: Guided) -> None:
    guided.start(only_neutral=False)
    told = [guided.feed(Frame(i / FPS, face(jawOpen=0.02))) for i in range(4 * FPS + 2)]
    assert told[0]
    assert told[4 * FPS]
    guided.discard()
    assert guided.message()["phase"] == "idle"
    assert not guided.feed(Frame(1e3, face()))
