"""VRChat: avatar parameters and eyes over OSC."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt, Le

from avatar_driver.errors import did_you_mean
from avatar_driver.frame import Frame
from avatar_driver.protocols.vrchat import Encoder
from avatar_driver.retarget import RetargetMap
from avatar_driver.sinks._udp import Udp

__all__ = ["Vrchat"]


class Vrchat:
    """Sends the face to VRChat: what has changed, and everything every few seconds.

    The flags `EyeTrackingActive`, `ExpressionTrackingActive` and `LipTrackingActive` say whether a face is in view;
    they go off when the program ends.

    Args:
        host: name or address of the computer that runs VRChat.
        port: UDP port of VRChat's OSC, see its launch option `--osc`.
        map: the map to the avatar's parameters.
        prefix: what the avatar has before its face parameters, such as `FT/`. The flags have none.
        parameters: only these parameters of the map, without prefix; left out, all of them.
        native_eyes: drive VRChat's own eyes and lids too. Switch it off when the avatar has eye parameters of its own.
        eye_yaw_degrees: how far a full sideways look turns an eye; negative turns it the other way.
        eye_pitch_degrees: how far a full look down or up turns an eye; negative turns it the other way.
        refresh_seconds: how often everything is sent again. VRChat takes its own eyes back after 10 s of silence.
        rate: frames a second at most.

    Raises:
        TypeError: `map` is not a map.
        ValueError: `parameters` has a name that the map has not, or a name cannot be sent.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: Annotated[int, Ge(1), Le(65_535)] = 9000,
        map: RetargetMap | str = "unified",
        prefix: str = "",
        parameters: Sequence[str] | None = None,
        native_eyes: bool = True,
        eye_yaw_degrees: Annotated[float, Ge(-90), Le(90)] = 33.0,
        eye_pitch_degrees: Annotated[float, Ge(-90), Le(90)] = 35.0,
        refresh_seconds: Annotated[float, Ge(0.1), Le(8)] = 2.0,
        rate: Annotated[float, Gt(0), Le(60)] = 60.0,
    ) -> None:
        if isinstance(map, str):
            raise TypeError(f"a sink needs the map itself, found its name '{map}'")
        self._map = map
        chosen = map.names if parameters is None else _known(parameters, map)
        self._columns = np.array([map.names.index(name) for name in chosen], np.intp)
        self._encoder = Encoder(
            chosen,
            prefix=prefix,
            native_eyes=native_eyes,
            eye_yaw_degrees=eye_yaw_degrees,
            eye_pitch_degrees=eye_pitch_degrees,
            refresh_seconds=refresh_seconds,
        )
        self._udp = Udp(host, port)
        self._interval = 1 / rate
        self._next = 0.0
        self._last: Frame | None = None

    async def open(self) -> None:
        """Resolves the host and makes the socket. The next frame goes out whole.

        Raises:
            SinkError: the host does not exist.
            OSError: the system refused.
        """
        await self._udp.open()
        self._encoder.refresh()
        self._last = None

    async def send(self, frame: Frame) -> None:
        """Sends what has changed, unless it is too early for another frame.

        Raises:
            OSError: there is no way to the host.
        """
        now = asyncio.get_running_loop().time()
        self._last = frame
        # Frames come unevenly: one may be early by up to its interval, as long as the rate holds over time.
        if now < self._next - self._interval:
            return
        self._next = max(self._next, now) + self._interval
        self._send(frame, now)

    async def close(self) -> None:
        """Sends what a frame that came too early had changed and the flags off, and closes the socket."""
        last, self._last = self._last, None
        if last is not None:
            # The way to the host may be why this is called.
            with suppress(OSError):
                self._send(last.changed(tracked=False), asyncio.get_running_loop().time())
        self._udp.close()

    def describe(self) -> str:
        """Where it sends."""
        return self._udp.describe()

    def _send(self, frame: Frame, now: float) -> None:
        packets = self._encoder.packets(frame, self._map(frame.values)[self._columns], now)
        # The encoder takes changes for told; packets that did not leave have to be told again.
        if not self._udp.send(packets):
            self._encoder.refresh()


def _known(parameters: Sequence[str], map: RetargetMap) -> tuple[str, ...]:
    for name in parameters:
        if name not in map.names:
            hint = did_you_mean(name, map.names)
            raise ValueError(f"the map '{map.name}' has no parameter '{name}'{hint}")
    return tuple(parameters)
