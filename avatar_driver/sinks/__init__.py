"""Where frames go: one module is one sink, named in a profile by the module's name.

A sink is a class whose keyword-only constructor parameters are what a profile may say. Constructing it opens nothing.
Each sink has a task of its own: one that stalls or fails holds nobody.
"""

from typing import Protocol

from avatar_driver.frame import Frame

__all__ = ["Sink"]


class Sink(Protocol):
    """What the engine asks of a sink. No inheritance is needed."""

    async def open(self) -> None:
        """Resolves names, opens sockets. Called again, after `close`, when it or `send` failed.

        Raises:
            SinkError: a sentence that says what to change.
            OSError: the system refused; the engine tries again with growing pauses.
        """
        ...

    async def send(self, frame: Frame) -> None:
        """Sends one frame, or less where nothing changed. Newest wins: frames that came meanwhile are skipped."""
        ...

    async def close(self) -> None:
        """Closes what `open` opened. Also called when `open` failed; calling it twice does nothing more."""
        ...

    def describe(self) -> str:
        """A few words for the status line: where it sends, such as `127.0.0.1:39539`."""
        ...
