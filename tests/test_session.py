import asyncio
import logging
from pathlib import Path

import pytest

from avatar_driver import profile as profiles
from avatar_driver.errors import ProblemsError
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
    session = Session(lambda: profiles.load(str(file)))
    task = asyncio.create_task(session.run())
    async with asyncio.timeout(10):
        while session.engine.statistics.frames < 5:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)  # the watcher needs a moment to begin, and has no way to tell when
    before = dict(session.engine.lanes)["websocket"]
    mirror = session.engine._stages["mirror"]

    file.write_text(PROFILE.format(stillness=0.5, more=", {type: vmc}"))
    await logged(caplog, "changed stages, sinks")
    assert session.engine.lanes["websocket"] is before
    assert session.engine._stages["mirror"] is mirror
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
    session = Session(lambda: profiles.load(str(file)))
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
        Session(lambda: profiles.load(str(file)))
