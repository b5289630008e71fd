"""Runs a session in front of a person: status, Ctrl-C, end."""

import asyncio
import contextlib
import logging
import signal
from typing import TYPE_CHECKING

from avatar_driver.display import Display
from avatar_driver.errors import AvatarDriverError
from avatar_driver.sources import Prepared

if TYPE_CHECKING:
    from rich.console import Console

    from avatar_driver.session import Session
    from avatar_driver.web.server import WebServer

__all__ = ["run_shown"]

log = logging.getLogger("avatar_driver")


async def _served(session: "Session") -> "WebServer | None":
    """The dashboard, or None where the profile wants none or its port is taken: the face goes out all the same."""
    settings = session.profile.web
    if settings is None:
        return None
    from avatar_driver.web.server import WebServer

    server = WebServer(session, settings)
    try:
        await server.open()
    except (AvatarDriverError, OSError) as error:
        log.warning("%s; running without it", error)
        return None
    if settings.access.token is not None:
        log.warning("the dashboard can be reached from other computers, by whoever knows the token in its address")
    log.info("dashboard: %s", server.address)
    return server


async def run_shown(session: "Session", console: "Console", seconds: float | None) -> None:
    """Runs a session to its end and shows its status meanwhile.

    The first Ctrl-C (or SIGTERM) eases the avatar to neutral and closes within a second; the second ends at once.
    """
    if isinstance(session.engine.source, Prepared):
        # Before the live status: two drawings in one terminal spoil each other.
        session.engine.source.prepare()
    loop = asyncio.get_running_loop()
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}

    def ask_to_stop(number: int, _: object) -> None:
        signal.signal(number, before[signal.Signals(number)])
        loop.call_soon_threadsafe(session.stop)

    for each in before:
        # `signal.signal`, not the loop's own: Windows has only this.
        signal.signal(each, ask_to_stop)
    web = await _served(session)
    display = Display(session, console, address=web.address if web is not None else None)
    showing = asyncio.create_task(display.show())
    try:
        await session.run(seconds)
    finally:
        if web is not None:
            await web.close()
        showing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await showing
        log.info("ended after %d frames; %s", session.engine.statistics.frames, display.sinks())
        for each, handler in before.items():
            signal.signal(each, handler)
