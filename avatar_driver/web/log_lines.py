"""What the program says, passed on to the pages."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, Final

__all__ = ["LogLines"]

_STATUS: Final = "avatar_driver.status"  # the line of counts, every few seconds where there is no terminal


class LogLines(logging.Handler):
    """Passes every line on, from any thread, to a function that is called in the event loop it was made in."""

    def __init__(self, tell: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(logging.INFO)
        self._tell = tell
        self._loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        """Called by `logging`."""
        if record.name == _STATUS:
            return  # a page shows the status itself
        level = "info"
        if record.levelno >= logging.WARNING:
            level = "error" if record.levelno >= logging.ERROR else "warning"
        message = {"type": "log", "level": level, "text": record.getMessage()}
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._tell, message)
