"""Which avatar is worn in VRChat: by OSCQuery, else from VRChat's files, else unknown."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from avatar_driver.errors import SinkError
from avatar_driver.protocols.vrchat_avatar import Avatar
from avatar_driver.sinks import _avatar_files
from avatar_driver.sinks._oscquery import OscQuery, own_address

__all__ = ["WornAvatar"]

_SETTLING: Final = 0.25  # s from an avatar change until VRChat tells the new avatar's parameters
_RETRIES: Final = (0.25, 0.5, 1.0, 2.0)  # s, while it still tells another avatar's, or none
_LOOPBACK: Final = "127.0.0.1"

log = logging.getLogger("avatar_driver")


class WornAvatar:
    """Watches, in the background, which avatar is worn and what parameters it has.

    Args:
        port: UDP port of VRChat's OSC.
        discovery: where VRChat is looked for: `loopback`, `network`, or `off`.
        listen_port: UDP port to hear avatar changes on; 0 takes a free one.
        file: an avatar's file, or VRChat's OSC folder where it is not in its usual place.
        worn: called with the avatar, again on each change; with None when nothing is known of it.
    """

    def __init__(
        self,
        port: int,
        *,
        discovery: str,
        listen_port: int,
        file: Path | None,
        worn: Callable[[Avatar | None], Awaitable[None]],
    ) -> None:
        self._port = port
        self._discovery = discovery
        self._listen_port = listen_port
        self._file = file
        self._tell = worn
        self._stated: Avatar | None = None
        self._news = asyncio.Event()
        self._pause = 0.0
        self._heard: str | None = None
        self._loaded = False
        self._last: Avatar | None = None
        self._query: OscQuery | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def refused(self) -> int:
        """Answers and packets of VRChat that were not what they should be."""
        return 0 if self._query is None else self._query.refused

    async def open(self, address: str) -> None:
        """Begins to watch; `address` is VRChat's host. Reads a file that was named at once.

        Raises:
            SinkError: the file that was named is not an avatar's.
        """
        await self.close()
        self._heard, self._pause, self._loaded, self._last = None, 0.0, False, None
        self._news.clear()
        if self._file is not None and not self._file.is_dir():
            self._stated = await asyncio.to_thread(_avatar_files.load, self._file)
            self._last = self._stated
            await self._tell(self._stated)
        if self._discovery != "off" or self._listen_port:
            self._task = asyncio.create_task(self._watch(address), name="vrchat avatar")
            self._task.add_done_callback(_ended)

    async def close(self) -> None:
        """Ends watching."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _watch(self, address: str) -> None:
        query = self._query = OscQuery(
            address,
            self._port,
            own_address=_own(address) if self._discovery == "network" else _LOOPBACK,
            listen_port=self._listen_port,
            mdns=None if self._discovery == "off" else self._discovery,
            found=self._found,
            changed=self._changed,
        )
        try:
            try:
                await query.open()
            except OSError as error:
                log.warning("vrchat: VRChat cannot be looked for: %s", error.strerror or error)
            while True:
                await self._settled()
                loaded, self._loaded = self._loaded, False
                avatar = await self._read(query)
                # Any VRChat that appears is news, also somebody else's; only an avatar that was put on starts at rest.
                if loaded or avatar not in (None, self._last):
                    self._last = avatar
                    await self._tell(avatar)
        finally:
            await query.close()

    async def _settled(self) -> None:
        """Waits for news, and until no more come: some people try on many avatars."""
        await self._news.wait()
        while self._news.is_set():
            self._news.clear()
            await asyncio.sleep(self._pause)

    async def _read(self, query: OscQuery) -> Avatar | None:
        other: Avatar | None = None
        for pause in (*_RETRIES, None):
            avatar = await query.worn()
            if avatar is not None and self._heard in (None, avatar.id):
                return avatar
            other = avatar or other
            if pause is None or not query.knows_vrchat or self._news.is_set():
                break
            await asyncio.sleep(pause)
        return other or await asyncio.to_thread(self._from_files)

    def _from_files(self) -> Avatar | None:
        if self._stated is not None and self._heard in (None, self._stated.id):
            return self._stated
        if self._heard is None:
            return None
        folder = self._file if self._file is not None and self._file.is_dir() else None
        path = _avatar_files.newest(self._heard, [folder] if folder else _avatar_files.folders())
        if path is None:
            return None
        try:
            return _avatar_files.load(path)
        except SinkError as error:
            log.warning("vrchat: %s", error)
            return None

    def _found(self) -> None:
        self._news.set()

    def _changed(self, avatar_id: str) -> None:
        self._heard, self._pause, self._loaded = avatar_id, _SETTLING, True
        self._news.set()


def _own(address: str) -> str:
    try:
        return own_address(address)
    except OSError:  # no network now, or an IPv6 address, which VRChat does not use
        return _LOOPBACK


def _ended(task: asyncio.Task[None]) -> None:
    # The face goes on without; but a fault of ours must not stay unseen.
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("vrchat: the avatar is watched no longer", exc_info=error)
