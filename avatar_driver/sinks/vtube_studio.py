"""VTube Studio: its tracking parameters, over the public API for plugins."""

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import Sequence
from typing import Annotated, Final

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, WebSocketException

from avatar_driver.channels import CHANNELS, MIRRORED, NEGATED_BY_MIRROR, SHAPE_NAMES
from avatar_driver.errors import did_you_mean
from avatar_driver.frame import Frame
from avatar_driver.protocols.vtube_studio import (
    LONGEST_MESSAGE,
    Conversation,
    ConversationError,
    Parameter,
    State,
    TokenChanged,
)
from avatar_driver.retarget import RetargetMap
from avatar_driver.sinks._vts_discovery import Discovery
from avatar_driver.sinks._vts_token import forget_token, keep_token, kept_token

__all__ = ["VTubeStudio"]

_log: Final = logging.getLogger(__name__)
# The library's own would log messages, and so the token, when someone switches debugging on.
_library_log: Final = logging.getLogger(f"{__name__}.library")
_library_log.setLevel(logging.ERROR)

_FIRST_PAUSE: Final = 0.5  # s before connecting again; doubled each time
_LONGEST_PAUSE: Final = 5.0
_TICK_SECONDS: Final = 0.2
_OPENING_SECONDS: Final = 5.0
_CLOSING_SECONDS: Final = 0.2
_MOST_SAID: Final = 50
_EPISODE_SECONDS: Final = 10.0  # what happens after so long a time of peace is told anew

_ORDER: Final = np.array(MIRRORED)
_SIGN: Final = np.ones(len(CHANNELS), np.float32)
_SIGN[list(NEGATED_BY_MIRROR)] = -1


class VTubeStudio:
    """Drives VTube Studio by its own tracking inputs and by custom parameters named after the 52 ARKit shapes.

    The first time VTube Studio asks whether avatar_driver may do so; the answer is kept for the next time. Without
    VTube Studio, and until it has answered, frames go nowhere; it is found whenever it starts.

    Args:
        host: name or address of the computer that runs VTube Studio.
        port: port of its plugin API, as its settings show it.
        discover: listen on UDP port 47779, on all networks, for the port that VTube Studio announces; `port` is tried
            while nothing is heard.
        map: the map to VTube Studio's inputs; those that it does not have are created.
        shapes: send the 52 ARKit shapes too, as `JawOpen` and so on. Models made for iPhone tracking use them.
        mirror: move as a mirror image: turn to your right, and the avatar faces the right of the screen. Switched off,
            the avatar's left is your left. Do not use the stage `mirror` as well.
        invert: parameters of the map to be sent with the opposite sign, such as `FaceAngleX`.

    Raises:
        TypeError: `map` is not a map.
        ValueError: VTube Studio does not take a name of the map, or `invert` names what cannot be inverted.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: Annotated[int, Ge(1), Le(65_535)] = 8001,
        discover: bool = False,
        map: RetargetMap | str = "vts",
        shapes: bool = True,
        mirror: bool = True,
        invert: Sequence[str] = (),
    ) -> None:
        if isinstance(map, str):
            raise TypeError(f"a sink needs the map itself, found its name '{map}'")
        self._map = map
        self._signs = _signs(map, invert)
        names = [name[0].upper() + name[1:] for name in SHAPE_NAMES]
        # Where the map has a name too, its formula is meant.
        columns = [i for i, name in enumerate(names) if shapes and name not in map.names]
        self._columns = np.array(columns, np.intp)
        self._parameters = (*_parameters(map), *(Parameter(names[i]) for i in columns))
        self._mirror = mirror
        self._host = host
        self._port = port
        self._discover = discover
        self._discovery: Discovery | None = None
        self._task: asyncio.Task[None] | None = None
        self._connection: ClientConnection | None = None
        self._conversation: Conversation | None = None
        self._status = ""
        self._said: set[str] = set()
        self._ready_since: float | None = None

    async def open(self) -> None:
        """Begins to look for VTube Studio. That it is not there is no error."""
        await self.close()
        if self._discover:
            self._discovery = Discovery(self._host, self._port)
            await self._discovery.open()
        self._status = "looking for VTube Studio"
        self._task = asyncio.create_task(self._run(), name="vtube_studio")

    async def send(self, frame: Frame) -> None:
        """Hands over the frame. It leaves at once, or as soon as VTube Studio has answered earlier ones. Never waits.

        Raises:
            OSError: the sink is not open.
        """
        if self._task is None:
            raise OSError(errno.ENOTCONN, "the output is not open")
        if self._task.done():
            self._task.result()  # a fault of ours: the engine shows it and opens the sink again
        conversation = self._conversation
        if conversation is not None and conversation.state is State.READY:
            conversation.offer(self._values(frame), face_found=frame.tracked, now=_now())
            await self._flush(conversation)

    async def close(self) -> None:
        """Tells VTube Studio that no face is in view any more, and disconnects."""
        task, self._task = self._task, None
        if task is not None:
            if self._conversation is not None:
                self._conversation.finish(_now())
                await self._flush(self._conversation)
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()  # was shown by `send`, or nobody is left to see it
        if self._discovery is not None:
            self._discovery.close()
            self._discovery = None
        self._status = ""

    def describe(self) -> str:
        """Where it sends, and how far it has come with VTube Studio."""
        return f"{self._address()} ({self._status})" if self._status else self._address()

    async def _run(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            wait = pause
            try:
                await self._converse()
            except ConversationError as error:
                self._say(logging.WARNING, str(error))
                wait = max(pause, error.pause_seconds)
            except (OSError, WebSocketException, UnicodeError) as error:
                self._say(logging.INFO, self._not_reached(error))
            finally:
                self._conversation = self._connection = None
            ready, self._ready_since = self._ready_since, None
            pause = _FIRST_PAUSE if ready is not None else min(2 * pause, _LONGEST_PAUSE)
            if ready is not None and _now() - ready > _EPISODE_SECONDS:
                self._said.clear()
            await self._pause(wait)

    async def _converse(self) -> None:
        """One connection, until it ends one way or another. Always ends with an exception."""
        async with connect(
            f"ws://{self._address()}",
            compression=None,
            proxy=None,  # a proxy is for the internet, not for this computer
            user_agent_header="avatar_driver",
            open_timeout=_OPENING_SECONDS,
            close_timeout=_CLOSING_SECONDS,
            max_size=LONGEST_MESSAGE,
            logger=_library_log,
        ) as connection:
            token = await asyncio.to_thread(kept_token, self._host)
            conversation = Conversation(self._parameters, token=token, now=_now())
            self._connection, self._conversation = connection, conversation
            await self._settle(conversation)
            tick = _now()
            while True:
                message = None
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(tick):
                        message = await connection.recv()
                try:
                    if message is not None:
                        conversation.receive(message, _now())
                    if _now() >= tick:
                        conversation.tick(_now())
                        tick = _now() + _TICK_SECONDS
                finally:
                    await self._settle(conversation)

    async def _settle(self, conversation: Conversation) -> None:
        """Does what the conversation asks for."""
        for event in conversation.events():
            if isinstance(event, TokenChanged):
                await self._keep(event.token)
            else:
                self._say(logging.WARNING, event.sentence, status=False)
        await self._flush(conversation)
        if conversation.state is State.READY:
            self._ready_since = self._ready_since or _now()
            self._say(logging.INFO, f"connected, {conversation.active} parameters")
        elif conversation.state is State.AWAITING_USER:
            self._say(logging.WARNING, str(conversation.state))
        else:
            self._status = str(conversation.state)

    async def _keep(self, token: str | None) -> None:
        try:
            if token is None:
                await asyncio.to_thread(forget_token, self._host)
            else:
                await asyncio.to_thread(keep_token, self._host, token)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._say(
                logging.WARNING, f"the permission cannot be kept ({reason}): VTube Studio will ask again", status=False
            )

    async def _flush(self, conversation: Conversation) -> None:
        # The conversation leaves so little unanswered that the connection's buffer never fills: this does not wait.
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(ConnectionClosed):  # `_converse` notices too
                for message in conversation.to_send():
                    await connection.send(message, text=True)

    async def _pause(self, seconds: float) -> None:
        if self._discovery is None:
            await asyncio.sleep(seconds)
            return
        self._discovery.news.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._discovery.news.wait()

    def _values(self, frame: Frame) -> NDArray[np.float32]:
        numbers = frame.values[_ORDER] * _SIGN if self._mirror else frame.values
        mapped = self._map(numbers) * self._signs
        shapes = np.minimum(np.maximum(numbers[self._columns], 0), 1)
        return np.concatenate((mapped, shapes))

    def _say(self, level: int, sentence: str, *, status: bool = True) -> None:
        """Logs a sentence the first time it comes in an episode, and shows it in the status."""
        if status:
            self._status = sentence
        if sentence not in self._said and len(self._said) < _MOST_SAID:
            self._said.add(sentence)
            _log.log(level, "vtube_studio: %s", sentence)

    def _not_reached(self, error: Exception) -> str:
        if isinstance(error, socket.gaierror | UnicodeError):
            return f"no computer is known as '{self._host}'; give its name or address in 'host'"
        if isinstance(error, InvalidHandshake | InvalidMessage):
            return "something else than VTube Studio answers there; set 'port' to the one VTube Studio shows"
        if isinstance(error, ConnectionClosed):
            return "VTube Studio ended the connection; connecting again"
        if self._discovery is not None and self._discovery.api_off:
            return "VTube Studio's plugin API is off; switch on 'Allow Plugin API access' in its settings"
        return "not found; start VTube Studio and switch on 'Allow Plugin API access' in its settings"

    def _address(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{host}:{self._port if self._discovery is None else self._discovery.port}"


def _now() -> float:
    return asyncio.get_running_loop().time()


def _parameters(map: RetargetMap) -> list[Parameter]:
    parameters = []
    for name, low, high, rest in zip(map.names, map.low.tolist(), map.high.tolist(), map.neutral.tolist(), strict=True):
        if not (4 <= len(name) <= 32 and name.isascii() and name.isalnum()):
            raise ValueError(
                f"VTube Studio takes names of 4 to 32 letters and digits, found '{name}' in the map '{map.name}'"
            )
        parameters.append(Parameter(name, low, high, rest))
    return parameters


def _signs(map: RetargetMap, inverted: Sequence[str]) -> NDArray[np.float32]:
    signs = np.ones(len(map.names), np.float32)
    for name in inverted:
        if name not in map.names:
            raise ValueError(f"the map '{map.name}' has no parameter '{name}'{did_you_mean(name, map.names)}")
        index = map.names.index(name)
        if map.low[index] != -map.high[index]:
            raise ValueError(f"'{name}' runs from {map.low[index]:g} to {map.high[index]:g} and cannot be inverted")
        signs[index] = -1
    return signs
