"""VRChat: avatar parameters and eyes over OSC."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from avatar_driver.errors import did_you_mean
from avatar_driver.frame import Frame
from avatar_driver.protocols.vrchat import Encoder
from avatar_driver.protocols.vrchat_avatar import Avatar
from avatar_driver.retarget import RetargetMap
from avatar_driver.sinks._udp import Udp
from avatar_driver.sinks._worn_avatar import WornAvatar

__all__ = ["Vrchat"]

log = logging.getLogger("avatar_driver")


class Vrchat:
    """Sends the face to VRChat: what has changed, and everything every few seconds.

    The flags `EyeTrackingActive`, `ExpressionTrackingActive` and `LipTrackingActive` say whether a face is in view;
    they go off when the program ends.

    Once it is known which avatar is worn, only the parameters that it has are sent, each as the float, bool or bits
    that it is there, behind any prefix; when another avatar is put on, everything goes out again. VRChat tells over
    OSCQuery; its own files are the second way. While nothing is known, every parameter of the map goes out as a float.

    Args:
        host: name or address of the computer that runs VRChat.
        port: UDP port of VRChat's OSC, see its launch option `--osc`.
        map: the map to the avatar's parameters.
        discovery: where VRChat is looked for and where it may find us: on this computer only (`loopback`), on every
            network of this computer (`network`: many systems need it even when VRChat runs on this computer), or `off`.
        listen_port: UDP port on which avatar changes are heard; 0 takes a free one and tells VRChat. 9001 is where
            VRChat sends without being told.
        avatar: an avatar's file from VRChat's OSC folder, or that folder, where it is not in its usual place.
        prefix: what the avatar has before its face parameters, such as `FT/`, while the avatar is not known. The flags
            have none.
        parameters: only these parameters of the map, without prefix; left out, all of them.
        native_eyes: drive VRChat's own eyes and lids too, unless the avatar is known to have eye parameters. Switch it
            off when it has, and is not known.
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
        discovery: Literal["loopback", "network", "off"] = "loopback",
        listen_port: Annotated[int, Ge(0), Le(65_535)] = 0,
        avatar: str | None = None,
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
        self._encoder_for = partial(
            Encoder,
            map.names,
            chosen=None if parameters is None else _known(parameters, map),
            prefix=prefix,
            native_eyes=native_eyes,
            eye_yaw_degrees=eye_yaw_degrees,
            eye_pitch_degrees=eye_pitch_degrees,
            refresh_seconds=refresh_seconds,
        )
        self._for_any_avatar = self._encoder = self._encoder_for()
        self._avatar: Avatar | None = None
        self._watched = WornAvatar(
            port,
            discovery=discovery,
            listen_port=listen_port,
            file=None if avatar is None else Path(avatar),
            worn=self._wear,
        )
        self._udp = Udp(host, port)
        self._interval = 1 / rate
        self._next = 0.0
        self._last: Frame | None = None

    async def open(self) -> None:
        """Resolves the host and makes the socket. The next frame goes out whole. The avatar is looked for meanwhile.

        Raises:
            SinkError: the host does not exist, or the file that `avatar` names is none.
            OSError: the system refused.
        """
        await self._udp.open()
        await self._wear(None)
        self._last = None
        await self._watched.open(self._udp.address)

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
        await self._watched.close()

    def describe(self) -> str:
        """Where it sends, the avatar if it is known, and how often VRChat's answers could not be used."""
        notes = []
        if self._avatar is not None:
            name = self._avatar.name or self._avatar.id
            notes.append(f"{name}: {self._encoder.parameter_count} parameters")
        if self._watched.refused:
            notes.append(f"{self._watched.refused} bad answers")
        return self._udp.describe() + (f" ({', '.join(notes)})" if notes else "")

    async def _wear(self, avatar: Avatar | None) -> None:
        """Sends what this avatar has from now on, beginning with everything."""
        encoder = self._for_any_avatar
        if avatar is not None:
            try:
                # A template of thousands of messages takes a while, and the face goes on meanwhile.
                encoder = await asyncio.to_thread(self._encoder_for, avatar=avatar)
            except ValueError as error:
                log.warning("vrchat: the avatar %s cannot be driven: %s", avatar.id, error)
                avatar = None
        if avatar != self._avatar:
            log.info("vrchat: %s", _sentence(avatar, encoder))
        self._avatar, self._encoder = avatar, encoder
        encoder.refresh()

    def _send(self, frame: Frame, now: float) -> None:
        packets = self._encoder.packets(frame, self._map(frame.values), now)
        # The encoder takes changes for told; packets that did not leave have to be told again.
        if not self._udp.send(packets):
            self._encoder.refresh()


def _known(parameters: Sequence[str], map: RetargetMap) -> tuple[str, ...]:
    for name in parameters:
        if name not in map.names:
            hint = did_you_mean(name, map.names)
            raise ValueError(f"the map '{map.name}' has no parameter '{name}'{hint}")
    return tuple(parameters)


def _sentence(avatar: Avatar | None, encoder: Encoder) -> str:
    if avatar is None:
        return "the avatar is not known; every parameter is sent"
    name = avatar.name or avatar.id
    if not encoder.parameter_count:
        return f"the avatar {name} has no face parameters of this map"
    return f"the avatar {name} takes {encoder.parameter_count} parameters of the face"
