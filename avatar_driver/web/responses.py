"""What the response curves of the dashboard are given."""

from typing import Final

from avatar_driver.edits import place_of_new
from avatar_driver.frame import Frame
from avatar_driver.session import Session

__all__ = ["curves_given"]

_CURVES: Final = "adjust"


def curves_given(session: Session, shown: Frame) -> Frame:
    """The last frame that went into the stage `adjust`; without one, that would go into it were it set now.

    Args:
        session: what runs.
        shown: the last frame that came out of all stages.
    """
    engine = session.engine
    types = {part.label: part.type for part in session.profile.stages}
    running = [label for label in engine.stages if label in engine.entered]
    kinds = [types.get(label, label) for label in running]
    place = kinds.index(_CURVES) if _CURVES in kinds else place_of_new(_CURVES, kinds)
    return engine.entered[running[place]] if place < len(running) else shown
