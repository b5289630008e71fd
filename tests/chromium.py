"""The system's Chromium without a window, for tests of pages."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Browser

__all__ = ["chromium"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@asynccontextmanager
async def chromium() -> AsyncIterator["Browser"]:
    """A browser that ends with the context; without one on this machine the test is skipped."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("needs Chromium, which is not on this machine")
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        # It asks for nothing beyond this computer, and as root has no sandbox.
        quiet = [f"--disable-{each}" for each in ("quic", "background-networking", "component-update", "sync")]
        browser = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--no-first-run", *quiet]
        )
        try:
            yield browser
        finally:
            await browser.close()
