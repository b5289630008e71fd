"""A server of pages with the policy that the driver gives its own, and the stage in a browser."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from playwright.async_api import Browser, ConsoleMessage, Page

__all__ = ["Pages", "Show", "serving", "until"]

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self' ws: blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Pages:
    """Where the pages are."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def stage(self, **options: object) -> str:
        """The stage's address with these options."""
        return f"{self.origin}/stage/?{urlencode(options)}"


@contextmanager
def serving(folders: Mapping[str, Path], policy: str = _POLICY) -> Iterator[Pages]:
    """Serves each folder below /NAME/ on a free port of 127.0.0.1."""
    handler = partial(_Handler, folders, policy)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Pages(f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()


class _Handler(SimpleHTTPRequestHandler):
    extensions_map: dict[str, str] = {  # noqa: RUF012 - the base class has it so
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
    }

    def __init__(self, folders: Mapping[str, Path], policy: str, *arguments: Any) -> None:
        self._folders = folders
        self._policy = policy
        super().__init__(*arguments)

    def do_GET(self) -> None:
        if self.path == "/favicon.ico":  # Chromium asks for it by itself where a page names none
            self.send_response(204)
            self.end_headers()
            return
        super().do_GET()

    def translate_path(self, path: str) -> str:
        name, _, rest = path.partition("?")[0].lstrip("/").partition("/")
        folder = self._folders.get(name, Path("/nonexistent"))
        return str(folder / (rest or "index.html"))

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", self._policy)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Show:
    """Opens stages. `errors` has what any of them threw, logged as an error, or did against the policy."""

    def __init__(self, browser: "Browser", pages: Pages) -> None:
        self.errors: list[str] = []
        self.pages = pages
        self._browser = browser
        self._opened: list[Page] = []

    async def close(self) -> None:
        """Closes every page that was opened."""
        for page in self._opened:
            await page.close()

    async def __call__(self, *, wait: bool = True, **options: object) -> "Page":
        """A page with the stage; with `wait`, one that has shown a face."""
        page = await self.blank()
        await page.goto(self.pages.stage(**options))
        if wait:
            await until(page, "window.avatarStage?.applied")
        return page

    async def blank(self) -> "Page":
        """A page that shows nothing yet."""
        # Small: the picture is drawn by the processor, and nothing here depends on its size.
        page = await self._browser.new_page(viewport={"width": 240, "height": 240})
        self._opened.append(page)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._listen)
        return page

    def _listen(self, message: "ConsoleMessage") -> None:
        # Chromium itself tells of every server that is not there; that is what some tests are about.
        if message.type == "error" and "WebSocket connection to" not in message.text:
            self.errors.append(message.text)


async def until(page: "Page", condition: str, seconds: float = 20.0) -> Any:
    """Waits until a JavaScript expression is true in the page; returns its value.

    Not playwright's own way to wait: that evaluates strings in the page, which the policy forbids.
    """
    waiting = f"""async () => {{
        for (;;) {{
            const value = ({condition});
            if (value) return value === true || typeof value !== 'object' ? value : true;
            await new Promise((done) => setTimeout(done, 10));
        }}
    }}"""
    try:
        async with asyncio.timeout(seconds):
            return await page.evaluate(waiting)
    except TimeoutError:
        raise AssertionError(f"waited {seconds} s in vain for {condition}") from None
