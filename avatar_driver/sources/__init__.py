"""Where frames come from: one module is one source, named in a profile by the module's name.

A source is a class whose keyword-only constructor parameters are what a profile may say. Constructing it opens
nothing; `frames` does, in a thread of its own.
"""

import threading
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from avatar_driver.frame import Frame

__all__ = ["Pictured", "Prepared", "Previewing", "Source"]


class Source(Protocol):
    """What the engine asks of a source. No inheritance is needed."""

    @property
    def paced(self) -> bool:
        """False when frames come as fast as they can be made and none may be skipped, as when a file is converted.

        The engine then takes every frame before the source makes the next.
        """
        ...

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """Yields frames until the end, or soon after `stop` is set. May block; runs in the source's own thread.

        Without a face it yields frames that are not `tracked`, with the last values seen. Times rise strictly.

        Raises:
            SourceLostError: frames may come back; the engine calls `frames` again, with growing pauses.
            SourceError: they will not; the run ends with this sentence.
        """
        ...

    def describe(self) -> str:
        """A few words for the status line: the camera's name, the picture's size, the frame rate it really has."""
        ...


@runtime_checkable
class Prepared(Protocol):
    """What a source may have besides: slow work that is done once, before anything is shown."""

    def prepare(self) -> None:
        """Downloads what is missing, and may draw a progress bar. Raises `AvatarDriverError`."""
        ...


class Previewing(Protocol):
    """Small pictures for the person at the dashboard, made only while `on` is set."""

    on: bool

    def take(self) -> bytes | None:
        """The newest picture that was not taken yet, as JPEG."""
        ...


@runtime_checkable
class Pictured(Protocol):
    """A source that can show what it sees."""

    preview: Previewing
