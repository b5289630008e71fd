"""The pages in a real browser with the test as their server: what is sent to them, and what they ask for."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from avatar_driver.channels import CHANNELS, INDEX, Support
from avatar_driver.frame import Frame
from avatar_driver.protocols.face_stream import Hello, encode_binary, encode_hello
from avatar_driver.serving.web_settings import WebSettings
from avatar_driver.web import commands, status
from avatar_driver.web.live import face_message
from avatar_driver.web.pages import page as page_at

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Route, WebSocketRoute

__all__ = ["OpenPage", "Staged", "calibration", "frame", "staged"]

PORT = 1  # nothing is there: every request is answered by the test
ABSENT = ("cheekPuff", "tongueOut")
DERIVED = ("jawForward",)


def frame(time: float = 0.0, *, tracked: bool = True, altered: tuple[str, ...] = (), **shapes: float) -> Frame:
    values = np.zeros(len(CHANNELS))
    for name, value in shapes.items():
        values[INDEX[name]] = value
    return Frame(time, values, values, tracked, frozenset(altered))


def first_state() -> dict[str, Any]:
    support = [_support(name) for name in CHANNELS]
    stages = [
        ("calibrate", {}),
        ("two_timescale", {"stillness": 1.0, "regions": None}),
        ("amplify", {"tone": 1.0, "transient": 1.0, "regions": ["brows", "smile"]}),
        ("loss", {}),
    ]
    sinks = [("vmc", {"port": 39539}), ("vrchat", {})]

    def part(index: int, type_: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        return {"index": index, "label": type_, "type": type_, "enabled": True, "settings": settings}

    return {
        "type": "state",
        "profile": {
            "name": "me",
            "file": "/home/me/me.yaml",
            "unsaved": False,
            "choices": [
                {"name": "me", "title": "me", "shipped": False},
                {"name": "demo", "title": "demo", "shipped": True},
            ],
        },
        "source": {"type": "synthetic", "text": "synthetic face, 30 fps"},
        "stages": [part(i, *stage) for i, stage in enumerate(stages)],
        "sinks": [part(i, *sink) for i, sink in enumerate(sinks)],
        "undo": 0,
        "redo": 0,
        "support": support,
        "controls": {
            "frozen": False,
            "neutral": False,
            "expressions": [{"name": "happy", "shown": False}, {"name": "sad", "shown": False}],
        },
        "picture": {"available": True, "on": False},
    }


def _support(name: str) -> str:
    return Support.ABSENT if name in ABSENT else Support.DERIVED if name in DERIVED else Support.MEASURED


OpenPage = Callable[..., Awaitable["Staged"]]


class Staged:
    """What the server would be: `page` is open in the browser, `asked` is what it wanted.

    Every command is read by the server's own decoder, and every frame packed by the server's own code.
    """

    def __init__(
        self,
        page: "Page",
        colours: Mapping[str, str],
        settings: Mapping[str, Any],
        access: str,
        osc_port: int | None,
    ) -> None:
        self.page = page
        self.access = access  # the token of the printed link
        self.hello = status.hello(WebSettings(**settings), osc_port)
        self.colours = dict(colours)  # of the profile
        self.state = first_state()
        self.asked: list[dict[str, Any]] = []
        self.complaints: list[str] = []
        self.refusal: Callable[[dict[str, Any]], str | None] = lambda _: None
        self.running = True
        self.token = "first-token"
        self.tokens: list[str] = []  # that connections came with
        self.sockets: list[WebSocketRoute] = []
        self._sequence = 0
        self._news = asyncio.Event()

    async def set_up(self) -> None:
        self.page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await self.page.route("**/*", self._serve)
        await self.page.route_web_socket(re.compile("/(live|face)"), self._connected)

    async def _serve(self, route: "Route") -> None:
        words = {"token": self.token, "access": self.access, "colours": json.dumps(self.colours)}
        found = page_at(urlsplit(route.request.url).path, stage=None, words=words)
        if not self.running:
            await route.abort("connectionrefused")
        elif found is None:
            await route.fulfill(status=404)
        else:
            await route.fulfill(body=found.body, headers=found.headers)

    async def _connected(self, socket: "WebSocketRoute") -> None:
        self.tokens.append(urlsplit(socket.url).query)
        if not self.running or ("/live" in socket.url and f"token={self.token}" not in socket.url):
            await socket.close(code=1008)
            return
        self.sockets.append(socket)
        socket.on_message(self._hear)
        if "/face" in socket.url:
            support = tuple(Support(_support(name)) for name in CHANNELS)
            socket.send(encode_hello(Hello(format="binary", support=support, altered=("amplify",))).decode())
        else:
            self.tell(self.hello)
            self.tell(self.state)
            self.tell(calibration("idle"))
        self._news.set()

    def _hear(self, message: str | bytes) -> None:
        commands.decode(message)  # raises if the server could not read it
        command = json.loads(message)
        self.asked.append(command)
        refusal = self.refusal(command)
        self.tell({"type": "answer", "id": command["id"], "ok": refusal is None, "text": refusal or ""})
        self._news.set()

    def tell(self, message: Mapping[str, Any]) -> None:
        """Sends a text message."""
        self._send(json.dumps(message))

    def show(self, given: Frame, shown: Frame | None = None, curved: Frame | None = None) -> None:
        """Sends a frame to the dashboard: as measured, as sent out, and as the response curves are given it."""
        self._sequence += 1
        self._send(face_message(given, curved or given, given if shown is None else shown, self._sequence))

    def stream(self, face: Frame) -> None:
        """Sends a frame to the overlay."""
        self._sequence += 1
        self._send(encode_binary(face, self._sequence))

    def _send(self, message: str | bytes) -> None:
        self.sockets[-1].send(message)

    async def stop(self) -> None:
        """The program ends."""
        self.running = False
        await self.sockets[-1].close(code=1001)

    def start_again(self) -> None:
        """… and is started anew, with a token of its own."""
        self.running = True
        self.token = "second-token"

    async def until_asked(self, what: str, times: int = 1) -> list[dict[str, Any]]:
        """The commands of a kind, once there are so many."""
        return await self._until(lambda: [each for each in self.asked if each["do"] == what], times)

    async def until_connected(self, times: int = 1) -> None:
        await self._until(lambda: self.sockets, times)

    async def _until(self, found: Callable[[], list[Any]], times: int) -> list[Any]:
        async with asyncio.timeout(20):
            while len(found()) < times:
                self._news.clear()
                await self._news.wait()
        return found()

    async def until(self, script: str, argument: Any = None) -> None:
        """Waits until an expression, or a function of the argument, holds in the page."""
        # A bare expression would be evaluated as text, which the pages' own policy forbids.
        function = script if script.startswith("(") else f"() => {script}"
        await self.page.wait_for_function(function, arg=argument, timeout=20_000)


def calibration(phase: str, **more: Any) -> dict[str, Any]:
    message = {"step": 0, "share": 0.0, "frames": 0, "needed": 60, "message": "", "verdicts": [], "only_neutral": False}
    return {"type": "calibration", "phase": phase, **message, "applied": False, "can_undo": False, **more}


async def staged(
    browser: "Browser",
    path: str = "",
    *,
    width: int = 1440,
    height: int = 900,
    host: str = "127.0.0.1",
    colours: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
    access: str = "",
    osc_port: int | None = None,
    **context: Any,
) -> Staged:
    """A page that is open and connected."""
    page = await browser.new_page(viewport={"width": width, "height": height}, **context)
    page.set_default_timeout(20_000)
    stage = Staged(page, colours or {}, settings or {}, access, osc_port)
    await stage.set_up()
    await page.goto(f"http://{host}:{PORT}/{path}")
    await stage.until_connected()
    if not path:
        await stage.until(
            "document.body.dataset.connection === 'open' && document.querySelectorAll('.bar').length > 57"
        )
    return stage
