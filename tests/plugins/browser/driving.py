"""Faces for the page: chosen ones from the sink itself, and the whole driver as a program of its own."""

import asyncio
import contextlib
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.frame import Frame
from avatar_driver.protocols.face_stream import FaceStreamReader, NumberedFrame
from avatar_driver.sinks.websocket import WebSocket

__all__ = ["Puppet", "driver", "free_port", "listen", "puppet", "vector"]

_PERIOD: Final = 1 / 30
_PROFILE: Final = """\
source: {{type: synthetic, fps: 60, seed: 7}}
stages:
  - {{type: two_timescale}}
sinks:
  - {{type: websocket, port: {port}}}
web: {web}
"""


def vector(**channels: float) -> NDArray[np.float32]:
    """A face at rest but for these channels."""
    values = np.zeros(len(CHANNELS), np.float32)
    for name, value in channels.items():
        values[INDEX[name]] = value
    return values


class Puppet:
    """A face that does as it is told, sent thirty times a second by the driver's own sink."""

    def __init__(self, sink: WebSocket) -> None:
        self.values = vector()
        self.altered: frozenset[str] = frozenset()
        self._sink = sink

    @property
    def url(self) -> str:
        """What the page connects to."""
        return f"ws://127.0.0.1:{self._sink.port}/"

    async def play(self) -> None:
        """Sends until it is cancelled."""
        while True:
            await self._sink.send(Frame(time.perf_counter(), self.values, altered=self.altered))
            await asyncio.sleep(_PERIOD)


@asynccontextmanager
async def puppet(port: int = 0) -> AsyncIterator[Puppet]:
    """A puppet on this port; 0 is a free one."""
    sink = WebSocket(port=port)
    await sink.open()
    made = Puppet(sink)
    playing = asyncio.create_task(made.play())
    try:
        yield made
    finally:
        playing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await playing
        await sink.close()


def free_port() -> int:
    """A TCP port that was free a moment ago, for a program that must have the same one twice."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def driver(folder: Path, port: int, web: str = "false") -> AsyncIterator[None]:
    """`avatar-driver run` with a synthetic face of 60 frames a second on this port; ended as by Ctrl-C.

    `web` is what the profile says of the driver's own pages.
    """
    profile = folder / "face.yaml"
    profile.write_text(_PROFILE.format(port=port, web=web), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "avatar_driver", "run", str(profile)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        _, said = await asyncio.wait_for(process.communicate(), 20)
        assert process.returncode == 0, said.decode()


async def listen(port: int, seconds: float) -> dict[int, NumberedFrame]:
    """What a client in Python receives: frames by their sequence number."""
    reader = FaceStreamReader()
    frames: dict[int, NumberedFrame] = {}
    with contextlib.suppress(TimeoutError, ConnectionClosed):
        async with asyncio.timeout(seconds), connect(f"ws://127.0.0.1:{port}/?format=binary") as connection:
            async for message in connection:
                frame = reader.read(message)
                if frame is not None:
                    frames[frame.sequence] = frame
    return frames
