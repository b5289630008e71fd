import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from avatar_driver import profile as profiles
from avatar_driver.edits import Edit
from avatar_driver.errors import ProblemsError
from avatar_driver.frame import REST, Frame
from avatar_driver.saving import CannotSaveError
from avatar_driver.session import Session

PROFILE = """
source: {{type: synthetic, fps: 120}}
stages: [{{type: two_timescale, stillness: {stillness}}}, mirror]
sinks: [{{type: websocket, port: 0}}{more}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "me.yaml"
    path.write_text(PROFILE.format(stillness=1, more=""))
    return path


async def logged(caplog: pytest.LogCaptureFixture, text: str) -> None:
    async with asyncio.timeout(10):
        while text not in caplog.text:
            await asyncio.sleep(0.02)


async def test_a_saved_edit_changes_only_what_changed_and_a_broken_one_nothing(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "avatar_driver")
    session = Session(str(file))
    task = asyncio.create_task(session.run())
    async with asyncio.timeout(10):
        while session.engine.statistics.frames < 5:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)  # the watcher needs a moment to begin, and has no way to tell when
    before = dict(session.engine.lanes)["websocket"]
    mirror = session.engine.stages["mirror"]

    file.write_text(PROFILE.format(stillness=0.5, more=", {type: vmc}"))
    await logged(caplog, "changed stages, sinks")
    assert session.engine.lanes["websocket"] is before
    assert session.engine.stages["mirror"] is mirror
    assert "vmc" in session.engine.lanes

    file.write_text(PROFILE.format(stillness=7, more=""))
    await logged(caplog, "the last good one keeps running")
    assert f"{file}:3:43: stages.0.stillness: must be at most 2, found 7" in caplog.text
    assert "vmc" in session.engine.lanes

    # As many editors save: a new file in place of the old one.
    other = file.with_suffix(".tmp")
    other.write_text(PROFILE.format(stillness=0.5, more=""))
    other.replace(file)
    await logged(caplog, "changed sinks")
    assert list(session.engine.lanes) == ["websocket"]
    session.stop()
    await task


async def test_it_ends_by_itself_after_the_seconds_it_was_given(file: Path) -> None:
    session = Session(str(file))
    async with asyncio.timeout(5):
        await session.run(seconds=0.3)
    report = session.report()
    assert report["frames"] >= 5
    assert report["source"] == "synthetic face, 120 fps"
    assert report["sinks"]["websocket"]["sent"] > 0
    assert set(report["capture_to_send_ms"]) == {"p50", "p95", "p99"}


async def test_a_profile_with_problems_never_starts(file: Path) -> None:
    file.write_text("sinks: []")
    with pytest.raises(ProblemsError):
        Session(str(file))


LIVE = """# my own
source: {type: synthetic, fps: 120}  # no camera
stages:
  - {type: two_timescale, stillness: 1.0}  # calm
sinks:
  - {type: websocket, port: 0}
"""
STILLNESS = ("stages", "two_timescale", "stillness")


@pytest.fixture
async def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    """A session that runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "me.yaml").write_text(LIVE)
    session = Session("me")
    task = asyncio.create_task(session.run())
    async with asyncio.timeout(5):
        while session.engine.statistics.frames < 5:
            await asyncio.sleep(0.01)
    yield session
    session.stop()
    await task


async def test_a_slider_changes_the_running_stage_which_keeps_what_it_has_learned(live: Session) -> None:
    stage, lane = live.engine.stages["two_timescale"], live.engine.lanes["websocket"]
    await live.change([Edit(STILLNESS, 0.0)])
    assert live.engine.stages["two_timescale"] is stage
    assert live.engine.lanes["websocket"] is lane
    frame = Frame(1e6, REST)
    assert stage(frame).values.tobytes() == frame.values.tobytes()
    assert live.profile.stages[0].arguments["stillness"] == 0.0
    await live.undo()
    assert live.profile.stages[0].arguments["stillness"] == 1.0
    await live.redo()
    assert live.profile.stages[0].arguments["stillness"] == 0.0
    await live.revert()
    assert live.history.edits() == ()


async def test_a_value_that_is_not_allowed_changes_nothing_and_is_told(live: Session) -> None:
    with pytest.raises(ProblemsError, match="must be at most 2, found 7"):
        await live.change([Edit(STILLNESS, 7)])
    assert live.history.edits() == ()
    assert live.profile.stages[0].arguments["stillness"] == 1.0


async def test_a_sink_is_switched_off_and_on(live: Session) -> None:
    before = live.engine.lanes["websocket"]
    await live.change([Edit(("sinks", 0, "enabled"), False)])
    assert not live.engine.lanes
    assert len(live.profile.sinks) == 1
    await live.undo()
    assert live.engine.lanes["websocket"] is not before


async def test_saving_writes_the_edits_and_keeps_the_comments(live: Session) -> None:
    await live.change([Edit(STILLNESS, 0.5)])
    await live.change([Edit(("stages", "adjust", "regions", "brows"), 1.5)])
    file = await live.save()
    text = file.read_text()
    for comment in ("# my own", "# no camera", "# calm"):
        assert comment in text
    assert "stillness: 0.5" in text
    saved = profiles.load("me")
    assert [part.type for part in saved.stages] == ["two_timescale", "adjust"]
    assert live.history.edits() == ()
    assert file.with_name("me.yaml.before-saving").read_text() == LIVE


async def test_a_profile_is_switched_for_another_and_a_missing_one_changes_nothing(live: Session) -> None:
    Path("other.yaml").write_text(LIVE.replace("websocket, port: 0", "console"))
    await live.change([Edit(STILLNESS, 0.5)])
    await live.switch("other")
    assert list(live.engine.lanes) == ["console"]
    assert live.history.edits() == ()
    with pytest.raises(profiles.ProfileError, match="no profile named 'nothing'"):
        await live.switch("nothing")
    assert live.profile.name == "other.yaml"


async def test_a_shipped_profile_is_saved_as_a_file_of_its_name_which_runs_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    session = Session("vmc", [("--source", "source=synthetic")])
    await session.change([Edit(STILLNESS, 0.5)])
    file = await session.save()
    assert file == tmp_path / "vmc.yaml"
    assert session.profile.files == (file,)
    assert "stillness: 0.5" in file.read_text()
    assert "synthetic" not in file.read_text(), "an option of the command line was saved"
    other = Session("vmc", [("--source", "source=synthetic")])
    assert other.profile.stages[1].arguments["stillness"] == 0.5
    with pytest.raises(CannotSaveError, match=r"vmc\.yaml is there already"):
        await other.save("vmc")
    with pytest.raises(CannotSaveError, match="expected a name of letters"):
        await other.save("../x")


async def test_a_part_that_is_not_enabled_does_not_run(tmp_path: Path) -> None:
    file = tmp_path / "me.yaml"
    file.write_text(LIVE.replace("port: 0}", "port: 0, enabled: false}\n  - {type: console}"))
    session = Session(str(file))
    assert [part.enabled for part in session.profile.sinks] == [False, True]
    assert list(session._components()[1]) == ["console"]


async def test_a_change_of_the_web_section_is_told_to_wait_for_the_next_start(
    live: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "avatar_driver")
    Path("other.yaml").write_text(LIVE + "web: {port: 9999}\n")
    await live.switch("other")
    assert "what it says of 'web' takes effect when the program starts again" in caplog.text
    caplog.clear()
    await live.change([Edit(STILLNESS, 0.5)])
    assert "'web'" not in caplog.text
