"""A browser that the tests of a module share: starting one costs more than most of what they try in it."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest_asyncio

from tests.chromium import chromium
from tests.web.staged import OpenPage, Staged, staged

if TYPE_CHECKING:
    from playwright.async_api import Browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_browser() -> AsyncIterator["Browser"]:
    """As `browser`, for all tests of a module."""
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def open_page(module_browser: "Browser") -> AsyncIterator[OpenPage]:
    """Opens one of our pages with the test as its server, as in `await opening("overlay?side=left", width=640)`."""

    async def opening(path: str = "", **more: Any) -> Staged:
        return await staged(module_browser, path, **more)

    yield opening
    for context in module_browser.contexts:
        await context.close()
