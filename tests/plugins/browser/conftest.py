"""Fixtures of the browser's tests: the stage as npm and Vite build it, a server of pages, pages that may not err."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.chromium import chromium
from tests.plugins.browser import authored
from tests.plugins.browser.building import MissingError, built_stage, stage_workspace
from tests.plugins.browser.pages import Pages, Show, serving

if TYPE_CHECKING:
    from playwright.async_api import Browser


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of plugins/browser with everything that npm installs for it."""
    try:
        return stage_workspace(tmp_path_factory.mktemp("browser"))
    except MissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def built(workspace: Path) -> Path:
    """The folder that `npm run build` makes, with the models of our own beside the page."""
    folder = built_stage(workspace)
    (folder / "head.glb").write_bytes(authored.glb())
    for generation in (0, 1):
        for kind, perfect_sync in (("sync", True), ("presets", False)):
            for gaze in ("bone", "expression"):
                model = authored.vrm(generation, perfect_sync=perfect_sync, gaze=gaze)
                (folder / f"vrm{generation}-{kind}-{gaze}.vrm").write_bytes(model)
    return folder


@pytest.fixture
def pages(built: Path) -> Iterator[Pages]:
    """Serves the built stage at /stage/ and the client at /client/, as strictly as the driver does."""
    with serving({"stage": built, "client": Path(__file__).parents[3] / "plugins/browser/client"}) as pages:
        yield pages


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator["Browser"]:
    """One Chromium for all of these tests: starting it takes longer than most of them."""
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="package")
async def show(browser: "Browser", pages: Pages) -> AsyncIterator[Show]:
    """Opens the stage; at the end no page may have broken its policy, thrown, or logged an error."""
    show = Show(browser, pages)
    yield show
    await show.close()
    assert show.errors == []
