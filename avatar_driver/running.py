"""Runs a session in front of a person: status, Ctrl-C, end."""

import asyncio
import contextlib
import logging
import signal
from typing import TYPE_CHECKING

from avatar_driver.display import Display
from avatar_driver.sources import Prepared

if TYPE_CHECKING:
    from rich.console import Console

    from avatar_driver.session import Session

__all__ = ["run_shown"]

log = logging.getLogger("avatar_driver")


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
    display = Display(session, console)
    showing = asyncio.create_task(display.show())
    try:
        await session.run(seconds)
    finally:
        showing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await showing
        log.info("ended after %d frames; %s", session.engine.statistics.frames, display.sinks())
        for each, handler in before.items():
            signal.signal(each, handler)
