"""What the response curves of the dashboard are given."""

from typing import Final

from avatar_driver.edits import STAGE_ORDER
from avatar_driver.frame import Frame
from avatar_driver.session import Session

__all__ = ["curves_given"]

_CURVES: Final = "adjust"
_RANK: Final = {name: rank for rank, name in enumerate(STAGE_ORDER)}


def curves_given(session: Session, shown: Frame) -> Frame:
    """The last frame that went into the stage `adjust`; without one, that would go into it were it set now.

    Args:
        session: what runs.
        shown: the last frame that came out of all stages.
    """
    engine = session.engine
    types = {part.label: part.type for part in session.profile.stages}
    running = [(label, types.get(label, label)) for label in engine.stages if label in engine.entered]
    for label, kind in running:
        if kind == _CURVES:
            return engine.entered[label]
    # Where `edits` would put it: behind the last of those that come before it.
    before = [i for i, (_, kind) in enumerate(running) if _RANK.get(kind, len(_RANK)) < _RANK[_CURVES]]
    after = running[before[-1] + 1 if before else 0 :]
    return engine.entered[after[0][0]] if after else shown
