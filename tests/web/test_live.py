"""A dashboard's connection: what it is told, and what it can do."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from avatar_driver import profile as profiles
from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.edits import EditError
from avatar_driver.serving.listening import shown_host
from avatar_driver.session import Session
from avatar_driver.web import commands
from avatar_driver.web.commands import LONGEST
from avatar_driver.web.controls import Controls
from avatar_driver.web.log_lines import LogLines
from avatar_driver.web.status import Rates
from tests.web.running import PROFILE, Dashboard, Running, dashboard, running

STILLNESS = ["stages", "two_timescale", "stillness"]


@pytest.fixture
async def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    monkeypatch.chdir(tmp_path)
    async with running(tmp_path) as run:
        yield run


@pytest.fixture
async def page(run: Running) -> AsyncIterator[Dashboard]:
    async with dashboard(run) as page:
        yield page


def test_every_message_can_be_read_whatever_the_channels_are_called() -> None:
    assert len(CHANNELS) == 58  # the binary message says so too


async def test_it_is_told_what_there_is_and_then_every_frame(run: Running, page: Dashboard) -> None:
    hello, state = page.newest["hello"], page.newest["state"]
    assert hello["channels"] == list(CHANNELS)
    assert sorted(i for region in hello["regions"].values() for i in region) == list(range(58))
    assert state["profile"] == {"name": "me", "file": str(run.file), "unsaved": False} | {
        "choices": state["profile"]["choices"]
    }
    assert {"name": "me", "title": "me", "shipped": False} in state["profile"]["choices"]
    assert {"name": "vrchat", "title": "vrchat", "shipped": True} in state["profile"]["choices"]
    assert [stage["type"] for stage in state["stages"]] == ["calibrate", "two_timescale", "loss"]
    assert state["stages"][1]["settings"]["stillness"] == 1.0
    await page.until(lambda: page.faces > 20)
    assert page.face is not None
    measured, values, _, _ = page.face
    assert np.isfinite(page.face).all()
    assert not np.array_equal(measured, values)
    assert abs(measured - values).max() < 0.5


async def test_the_status_says_what_is_sent_and_how_old_it_is(page: Dashboard) -> None:
    await page.until(lambda: page.newest.get("status", {}).get("audio_delay_ms"))
    status = page.newest["status"]
    (sink,) = status["sinks"]
    assert sink["label"] == "websocket"
    assert sink["enabled"]
    assert sink["fault"] is None
    assert 0 < sink["rate"] < 200
    assert status["age_ms"] > 0
    here, camera, screen = [float(number) for number in re.findall(r"(\d+) ms", status["audio_text"])]
    assert here == pytest.approx(status["age_ms"], abs=0.6)
    assert 12 <= camera <= 1500 / status["fps"] + 1, "one and a half frames, of the best rate of late"
    assert status["audio_delay_ms"] == pytest.approx(here + camera + screen, abs=4), "not the sum it is said to be"


async def test_a_setting_acts_at_once_and_is_undone_and_done_again(run: Running, page: Dashboard) -> None:
    assert await page.ask("set", path=STILLNESS, value=0.4, gesture="pull") == (True, "")
    assert await page.ask("set", path=STILLNESS, value=0.0, gesture="pull") == (True, "")
    state = await page.until(lambda: page.newest["state"] if page.newest["state"]["undo"] else None)
    assert state["stages"][1]["settings"]["stillness"] == 0.0
    assert state["profile"]["unsaved"]
    assert state["undo"] == 1, "one pull of a slider is more than one step"
    assert await page.ask("undo") == (True, "")
    await page.until(lambda: page.newest["state"]["stages"][1]["settings"]["stillness"] == 1.0)
    assert await page.ask("redo") == (True, "")
    await page.until(lambda: page.newest["state"]["stages"][1]["settings"]["stillness"] == 0.0)
    assert await page.ask("revert") == (True, "")
    assert await page.ask("undo") == (False, "there is nothing to undo")


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (STILLNESS, 3, "must be at most 2, found 3"),
        (STILLNESS, "calm", 'must be a number, found "calm"'),
        (["stages", "two_timescale", "stilness"], 1, "unknown setting; did you mean 'stillness'?"),
        (["stages", "adjust", "channels", "jawOpn", "gain"], 1, "no shape named 'jawOpn'; did you mean 'jawOpen'?"),
        (["sinks", 4, "enabled"], False, "there is no number 4 among the sinks"),
        (["sinks", 0, "enabled"], "off", 'must be true or false, found "off"'),
        (["source", "fps"], 60, "only settings of stages and sinks can be set here"),
        (["web", "host"], "0.0.0.0", "only settings of stages and sinks can be set here"),
        (["sinks", 0], None, "only settings of stages and sinks can be set here"),
    ],
)
async def test_what_is_not_allowed_is_told_and_changes_nothing(
    run: Running, page: Dashboard, path: list, value: object, sentence: str
) -> None:
    before = run.session.profile
    done, text = await page.ask("set", path=path, value=value)
    assert not done
    assert sentence in text
    assert run.session.profile is before


@pytest.mark.parametrize("message", ["", "{", "[]", '{"do":"explode"}', '{"do":"undo","x":1}', '{"do":"set"}', "\x00"])
async def test_a_message_that_is_no_command_is_answered_and_the_page_stays(page: Dashboard, message: str) -> None:
    await page.connection.send(message)
    assert (await page.ask("revert"))[0]


async def test_a_message_that_is_too_long_ends_the_connection_only(run: Running, page: Dashboard) -> None:
    await page.connection.send(json.dumps({"do": "set", "path": STILLNESS, "value": "x" * LONGEST}))
    async with asyncio.timeout(5):
        await page.connection.wait_closed()
    async with dashboard(run) as other:
        assert (await other.ask("revert"))[0]


async def test_channels_and_regions_are_adjusted_by_a_stage_that_comes_by_itself(run: Running, page: Dashboard) -> None:
    assert (await page.ask("set", path=["stages", "adjust", "channels", "jawOpen", "gain"], value=0.0))[0]
    assert list(run.session.engine.stages) == ["calibrate", "two_timescale", "adjust", "loss", "expressions"]
    seen = page.faces
    await page.until(lambda: page.faces > seen + 60)  # the change is blended in
    assert page.face is not None
    assert page.face[1, INDEX["jawOpen"]] == 0
    await page.until(lambda: page.newest["status"]["altered"] == ["adjust"])


async def test_what_the_response_curves_are_given_is_told_with_every_frame(run: Running, page: Dashboard) -> None:
    jaw, smile = INDEX["jawOpen"], INDEX["mouthSmileLeft"]
    assert (await page.ask("expression", name="happy", on=True))[0]
    await page.until(lambda: page.face is not None and page.face[1, smile] == pytest.approx(0.9))
    assert page.face is not None
    assert page.face[3, smile] < 0.8, "what later stages do is not in it, though no curve is set yet"
    assert (await page.ask("expression", name="happy", on=False))[0]
    assert (await page.ask("set", path=["stages", "adjust", "channels", "jawOpen", "gain"], value=0.5))[0]
    seen = page.faces
    # The synthetic face talks: its jaw is open now and then.
    await page.until(lambda: page.faces > seen + 60 and page.face is not None and page.face[3, jaw] > 0.05)
    assert page.face[1, jaw] == pytest.approx(0.5 * page.face[3, jaw], abs=1e-6)


async def test_a_response_curve_before_the_filter_is_given_what_was_measured(tmp_path: Path) -> None:
    profile = PROFILE.replace("  - {type: calibrate}", "  - {type: adjust, regions: {jaw: 0.5}}\n  - {type: calibrate}")
    async with running(tmp_path, profile=profile) as run, dashboard(run) as page:
        await page.until(lambda: page.faces > 3)
        assert page.face is not None
        assert np.array_equal(page.face[3], page.face[0])


async def test_a_sink_is_switched_off_and_on(run: Running, page: Dashboard) -> None:
    assert (await page.ask("set", path=["sinks", 0, "enabled"], value=False))[0]
    await page.until(lambda: not page.newest["status"]["sinks"][0]["enabled"] if "status" in page.newest else False)
    assert not run.session.engine.lanes
    assert (await page.ask("set", path=["sinks", 0, "enabled"], value=True))[0]
    assert list(run.session.engine.lanes) == ["websocket"]


async def test_a_sink_of_the_command_line_is_not_taken_for_one_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "me.yaml"
    file.write_text(PROFILE)
    session = Session(str(file), [("--sink console", 'sinks=[{"type": "console"}]')])
    controls = Controls(session)
    await controls.do(commands.Set(path=["sinks", 0, "enabled"], value=False))
    with pytest.raises(EditError, match=r"there is no console 0 here; there are websocket"):
        await controls.do(commands.Save())
    assert file.read_text() == PROFILE


async def test_saving_writes_the_file_and_keeps_its_comments(run: Running, page: Dashboard) -> None:
    await page.ask("set", path=STILLNESS, value=0.5)
    done, text = await page.ask("save")
    assert (done, text) == (True, f"saved to {run.file}")
    written = run.file.read_text()
    for comment in ("# mine", "# no camera", "# calm"):
        assert comment in written
    assert profiles.load(str(run.file)).stages[1].arguments["stillness"] == 0.5
    await page.until(lambda: not page.newest["state"]["profile"]["unsaved"])


async def test_another_profile_is_chosen_and_a_broken_one_is_refused(
    page: Dashboard, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "avatar_driver")
    Path("broken.yaml").write_text("sinks: [nothing]")
    Path("other.yaml").write_text(PROFILE.replace("stillness: 1.0", "stillness: 0.7"))
    done, text = await page.ask("switch", profile="broken")
    assert not done
    assert "no sink named 'nothing'" in text
    assert await page.ask("switch", profile="other") == (True, "")
    await page.until(lambda: page.newest["state"]["profile"]["name"] == "other")
    assert page.newest["state"]["stages"][1]["settings"]["stillness"] == 0.7
    await page.until(lambda: any("running the profile other.yaml" in line for line in page.lines))


async def test_keys_freeze_rest_and_show_expressions(run: Running, page: Dashboard) -> None:
    assert (await page.ask("expression", name="happy", on=True))[0]
    smile = INDEX["mouthSmileLeft"]
    await page.until(lambda: page.face is not None and page.face[1, smile] == pytest.approx(0.9))
    state = await page.until(lambda: next(e for e in page.newest["state"]["controls"]["expressions"])["shown"])
    assert (await page.ask("neutral", on=True))[0]
    await page.until(lambda: page.face is not None and not page.face[1].any())
    assert (await page.ask("neutral", on=False))[0]
    assert (await page.ask("freeze", on=True))[0]
    state = await page.until(lambda: page.newest["state"]["controls"]["frozen"])
    assert state
    seen = page.faces
    await page.until(lambda: page.faces > seen + 60)
    held = page.face[1].copy() if page.face is not None else None
    seen = page.faces
    await page.until(lambda: page.faces > seen + 20)
    assert page.face is not None
    assert np.array_equal(page.face[1], held)
    assert (await page.ask("expression", name="hapy", on=True)) == (
        False,
        "no expression named 'hapy'; did you mean 'happy'?",
    )


async def test_recentring_takes_the_pose_of_the_next_moments(run: Running, page: Dashboard) -> None:
    stage = run.session.engine.stages["calibrate"]
    stage._began, stage._position = -1e9, (9.0, 9.0, 9.0)  # learned long ago, somewhere else
    await page.until(lambda: page.face is not None and page.face[1, 52] < -8)
    assert (await page.ask("recentre"))[0]
    seen = page.faces
    await page.until(lambda: page.faces > seen + 90)
    assert page.face is not None
    assert abs(page.face[1, 52:55]).max() < 1


async def test_a_source_without_a_picture_says_so(page: Dashboard) -> None:
    assert not page.newest["state"]["picture"]["available"]
    assert await page.ask("picture", on=True) == (False, "this source has no picture")


async def test_a_page_that_reads_nothing_holds_nobody(run: Running, page: Dashboard) -> None:
    async with dashboard(run) as stuck:
        stuck.connection.transport.pause_reading()
        seen = page.faces
        await page.until(lambda: page.faces > seen + 150)
        assert (await page.ask("revert"))[0]
        stuck.connection.transport.abort()


async def test_the_cameras_picture_is_for_pages_on_this_computer_only(tmp_path: Path) -> None:
    """A connection by this computer's own address looks like one from another computer."""
    own = shown_host("0.0.0.0")
    async with running(tmp_path, web="{host: 0.0.0.0, port: 0, token: a-token-of-mine}") as run:
        address = f"ws://{own}:{run.server.port}/live?token=a-token-of-mine"
        try:
            connection = await connect(address, max_size=None)
        except (OSError, InvalidStatus):
            pytest.skip("this computer cannot be reached by its own address")
        async with connection:
            page = Dashboard(connection)
            listening = asyncio.create_task(page.listen())
            done, text = await page.ask("picture", on=True)
            assert (done, "shown on the computer it is taken with" in text) == (False, True)
            assert (await page.ask("revert"))[0], "other commands are for whoever has the token"
            (other,) = run.server._dashboards
            other.show(picture=b"a picture that a page on this computer has asked for")
            assert other._picture is None
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def test_a_stall_makes_no_camera_slower() -> None:
    rates = Rates()
    assert rates.of_camera(500.0, 3) == 0, "two frames at once are no fast camera"
    assert rates.of_camera(30.0, 60) == 30.0
    assert rates.of_camera(3.0, 70) == pytest.approx(30.0, rel=0.01)
    for _ in range(2000):
        rates.of_camera(15.0, 100)
    assert rates.of_camera(15.0, 100) == 15.0


def test_the_line_of_counts_is_not_passed_on_to_the_pages() -> None:
    async def heard() -> list[str]:
        lines: list[str] = []
        handler = LogLines(lambda message: lines.append(message["text"]))
        log = logging.getLogger("avatar_driver")
        log.addHandler(handler)
        try:
            log.warning("something")
            logging.getLogger("avatar_driver.status").warning("30 fps")
            await asyncio.sleep(0)
        finally:
            log.removeHandler(handler)
        return lines

    assert asyncio.run(heard()) == ["something"]
