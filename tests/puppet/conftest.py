"""A page that knows the puppet, and faces to put on it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

import avatar_driver
from avatar_driver.channels import INDEX

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Route

STATIC = Path(avatar_driver.__file__).parent / "web" / "static"
TYPES = {".js": "text/javascript", ".json": "application/json", ".html": "text/html"}
HTML = """<!doctype html><canvas></canvas><script type="module">
import * as all from './puppet.js';
Object.assign(window, all);
window.puppet = await Puppet.load('./puppet.json');
window.canvas = document.querySelector('canvas');
window.pixels = (values, options = {}, width = 400, height = 450) => {
  Object.assign(canvas, {width, height});
  const ctx = canvas.getContext('2d', {willReadFrequently: true});
  puppet.draw(ctx, values, options);
  return ctx.getImageData(0, 0, width, height).data;
};
window.ready = true;
</script>"""


def poses() -> NDArray[np.float32]:
    """60 faces: rest, single extremes, all at once, and random ones as a tracker gives them and worse."""
    random = np.random.default_rng(7)
    faces = random.uniform(-0.2, 1.2, (60, len(INDEX)))
    faces[:, 52:55] = random.normal(0, 0.1, (60, 3))
    faces[:, 55:58] = random.normal(0, 0.5, (60, 3))
    faces[30:, :52] = random.beta(0.4, 3, (30, 52))
    faces[0] = 0
    faces[1, :52] = 1
    faces[2] = 5
    faces[3] = -5
    faces[4, :] = 0
    faces[4, INDEX["headRotationY"]] = 3.0
    return faces.astype(np.float32)


@pytest.fixture
async def page(browser: "Browser") -> AsyncIterator["Page"]:
    """A page in which `puppet` is loaded and `puppet.js` is global. Anything the page says on its console fails."""
    page = await browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    async def served(route: "Route") -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        file = STATIC / name
        if not name:
            await route.fulfill(body=HTML, content_type="text/html")
        elif file.exists():
            await route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        else:
            await route.fulfill(status=404)

    await page.route("http://localhost/**", served)
    await page.goto("http://localhost/")
    await page.wait_for_function("window.ready")
    yield page
    assert [text for text in said if "404" not in text] == []
