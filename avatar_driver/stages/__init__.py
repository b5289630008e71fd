"""What changes frames: one module is one stage, named in a profile by the module's name.

A stage is pure: it reads no clock, opens nothing, and what it gives depends only on the frames it was given since it
was made or reset. Steps are measured with `Frame.time`, which may vary, repeat after a stall, or jump.
"""

from typing import Any, Protocol, runtime_checkable

from avatar_driver.frame import Frame

__all__ = ["Adjustable", "Stage"]


class Stage(Protocol):
    """What the engine asks of a stage. No inheritance is needed."""

    def __call__(self, frame: Frame) -> Frame:
        """The changed frame. `time` and `origin` are kept; finite values in give finite values out."""
        ...

    def reset(self) -> None:
        """Forgets all frames seen: the next one is treated as the first."""
        ...


@runtime_checkable
class Adjustable(Protocol):
    """A stage whose settings may change while it runs, without forgetting what it has learned of the face."""

    def adopt(self, other: Any) -> None:
        """Takes over the settings of another stage of the same class, which was never run."""
        ...
