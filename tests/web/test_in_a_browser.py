"""The dashboard as a person uses it: the real program, Chromium, and an avatar's program that hears the face."""

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Browser

LISTENER = Path(__file__).parents[1] / "peers" / "stream_vmc.py"
PROFILE = """# my avatar
source: {{type: synthetic, fps: 60}}  # no camera
stages:
  - {{type: calibrate}}
  - {{type: two_timescale, stillness: 1.0}}  # calm
  - {{type: loss}}
sinks:
  - {{type: vmc, port: {port}}}  # the avatar
web: {{port: 0}}
"""


@contextlib.asynccontextmanager
async def process(*arguments: str, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    started = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=folder, env={**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield started
    finally:
        with contextlib.suppress(ProcessLookupError):
            started.terminate()
        await started.communicate()


class Heard:
    """One shape as the avatar's program hears it."""

    def __init__(self, listener: asyncio.subprocess.Process) -> None:
        self._listener = listener

    async def until(self, holds: Callable[[float], bool], times: int = 30) -> None:
        """Waits until it holds for so many frames in a row."""
        assert self._listener.stdout is not None
        row = 0
        async with asyncio.timeout(20):
            while row < times:
                weight = float(await self._listener.stdout.readline())
                row = row + 1 if holds(weight) else 0


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[tuple[str, Heard, Path]]:
    """The dashboard's address, the avatar's program, and the profile."""
    async with process(str(LISTENER), "JawOpen", folder=tmp_path) as listener:
        assert listener.stdout is not None
        port = int(await listener.stdout.readline())
        file = tmp_path / "me.yaml"
        file.write_text(PROFILE.format(port=port))
        async with process("-m", "avatar_driver", "run", "me.yaml", folder=tmp_path) as driver:
            assert driver.stdout is not None
            async with asyncio.timeout(30):
                while not (found := re.search(rb"dashboard: (http://\S+)", await driver.stdout.readline())):
                    pass
            yield found[1].decode(), Heard(listener), file


async def opened(browser: "Browser", address: str) -> Any:
    page = await browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints
    await page.goto(address)
    await page.wait_for_selector("[data-connection=open]")
    return page


async def test_a_slider_changes_what_the_avatar_hears_and_saving_keeps_the_comments(
    browser: "Browser", program: tuple[str, Heard, Path]
) -> None:
    address, heard, file = program
    await heard.until(lambda weight: weight > 0.2, times=3)
    page = await opened(browser, address)
    await page.click("#tab-tune")
    await page.select_option("#tune select", "jawOpen")
    gain = page.locator("#tune").get_by_role("slider", name="Gain", exact=True)
    await gain.fill("0")
    await heard.until(lambda weight: weight == 0, times=60)
    await page.keyboard.press("Escape")
    await page.click("#save")
    async with asyncio.timeout(10):
        while "adjust" not in file.read_text():
            await asyncio.sleep(0.05)
    for comment in ("# my avatar", "# no camera", "# calm", "# the avatar"):
        assert comment in file.read_text()
    assert "gain: 0" in file.read_text()
    await page.wait_for_selector("#unsaved", state="hidden")
    assert not page.complaints


async def test_undo_by_key_lets_the_avatar_have_its_face_back(
    browser: "Browser", program: tuple[str, Heard, Path]
) -> None:
    address, heard, _ = program
    page = await opened(browser, address)
    await page.click("#tab-tune")
    await page.select_option("#tune select", "jawOpen")
    await page.locator("#tune").get_by_role("slider", name="Offset", exact=True).fill("0.95")
    await heard.until(lambda weight: weight >= 0.95, times=60)
    await page.wait_for_selector("#unsaved")
    await page.locator("#tune").get_by_role("slider", name="Offset", exact=True).press("Control+z")
    await heard.until(lambda weight: weight < 0.95, times=10)
    await page.wait_for_selector("#unsaved", state="hidden")
    assert not page.complaints


async def test_a_resting_face_is_calibrated_accepted_and_taken_back(
    browser: "Browser", program: tuple[str, Heard, Path]
) -> None:
    address, _, file = program
    before = file.read_text()
    page = await opened(browser, address)
    await page.click("#tab-calibrate")
    await page.click("text=Resting face only")
    await page.wait_for_selector("#calibrate progress")
    await page.click("text=Accept", timeout=40_000)
    async with asyncio.timeout(10):
        while "neutral:" not in file.read_text():
            await asyncio.sleep(0.05)
    assert "# calm" in file.read_text()
    await page.click("text=Undo the last one")
    async with asyncio.timeout(10):
        while file.read_text() != before:
            await asyncio.sleep(0.05)
    assert not page.complaints


async def test_a_page_of_another_site_cannot_connect_from_a_real_browser(
    browser: "Browser", program: tuple[str, Heard, Path]
) -> None:
    address, _, _ = program
    page = await browser.new_page()
    # Any address answers with an empty page, as if another site had been visited.
    await page.route("http://evil.example/", lambda route: route.fulfill(body="<p>hello", content_type="text/html"))
    await page.goto("http://evil.example/")
    tried = await page.evaluate(
        """async (address) => {
            const socket = (path) => new Promise((done) => {
                const made = new WebSocket(address.replace('http', 'ws') + path);
                made.onopen = () => done('open');
                made.onerror = () => done('refused');
            });
            const read = await fetch(address).then(() => 'read', () => 'refused');
            return [await socket('face'), await socket('live?token=x'), read];
        }""",
        address,
    )
    assert tried == ["refused"] * 3
