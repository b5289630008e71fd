"""A session with its web server, running in the test's own loop, and a dashboard's end of the connection."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from avatar_driver import engine
from avatar_driver.session import Session
from avatar_driver.web.server import WebServer

__all__ = ["Dashboard", "Running", "dashboard", "get", "running"]

PROFILE = """# mine
source: {type: synthetic, fps: 120, noise: 1.0}  # no camera
stages:
  - {type: calibrate}
  - {type: two_timescale, stillness: 1.0}  # calm
  - {type: loss}
sinks:
  - {type: websocket, port: 0}
"""


class Running:
    """What runs: `session`, `server`, and the profile's `file`."""

    def __init__(self, session: Session, server: WebServer, file: Path) -> None:
        self.session = session
        self.server = server
        self.file = file

    @property
    def token(self) -> str:
        return self.server._settings.command_token

    def url(self, path: str = "", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.server.port}/{path}"


@contextlib.asynccontextmanager
async def running(folder: Path, *, profile: str = PROFILE, web: str = "{port: 0}") -> AsyncIterator[Running]:
    file = folder / "me.yaml"
    file.write_text(f"{profile}web: {web}\n")
    session = Session(str(file))
    assert session.profile.web is not None
    server = WebServer(session, session.profile.web)
    await server.open()
    task = asyncio.create_task(session.run())
    try:
        async with asyncio.timeout(10):
            while session.engine.statistics.frames < 3:
                await asyncio.sleep(0.01)
        yield Running(session, server, file)
    finally:
        await server.close()
        session.stop()
        with mock.patch.object(engine, "_EASE", 0.02):  # the way back to rest is tested elsewhere
            await task


class Dashboard:
    """The page's end: the newest message of each type, and answers to commands."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.newest: dict[str, dict[str, Any]] = {}
        self.lines: list[str] = []
        self.faces = 0
        self.face: np.ndarray | None = None  # (4, 58): measured, values, tone, curved
        self._answers: dict[int, dict[str, Any]] = {}
        self._number = 0
        self._news = asyncio.Event()

    async def listen(self) -> None:
        async for message in self.connection:
            if isinstance(message, bytes):
                if message[0] == 1:
                    self.faces += 1
                    self.face = np.frombuffer(message, "<f4", offset=16).reshape(4, 58)
            else:
                content = json.loads(message)
                if content["type"] == "answer":
                    self._answers[content["id"]] = content
                elif content["type"] == "log":
                    self.lines.append(content["text"])
                else:
                    self.newest[content["type"]] = content
            self._news.set()

    async def until(self, holds: Callable[[], Any], within: float = 10) -> Any:
        async with asyncio.timeout(within):
            while not (found := holds()):
                self._news.clear()
                await self._news.wait()
        return found

    async def ask(self, what: str, **details: Any) -> tuple[bool, str]:
        self._number += 1
        number = self._number
        await self.connection.send(json.dumps({"id": number, "do": what, **details}))
        answer = await self.until(lambda: self._answers.pop(number, None))
        return answer["ok"], answer["text"]


@contextlib.asynccontextmanager
async def dashboard(run: Running) -> AsyncIterator[Dashboard]:
    async with connect(run.url(f"live?token={run.token}", "ws"), max_size=None) as connection:
        page = Dashboard(connection)
        listening = asyncio.create_task(page.listen())
        try:
            await page.until(lambda: page.newest.get("state"))
            yield page
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def get(run: Running, target: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a page, asked for by hand so that any header can be sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", run.server.port)
    sent = {"Host": f"127.0.0.1:{run.server.port}", **{name.replace("_", "-"): text for name, text in headers.items()}}
    lines = [f"GET {target} HTTP/1.1", *(f"{name}: {text}" for name, text in sent.items() if text)]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    found = re.fullmatch(r"HTTP/1\.1 (\d+) .*", first)
    assert found is not None
    return int(found[1]), dict(line.split(": ", 1) for line in rest), body
