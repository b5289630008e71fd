"""A few seconds of a few channels, for people to look at: a blink, a smile, speech, a saccade, a micro-expression."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from avatar_driver.bench.measures import masks
from avatar_driver.bench.results import Trace
from avatar_driver.bench.take import Event, Floats, Kind
from avatar_driver.bench.timing import Played
from avatar_driver.channels import CHANNELS, INDEX

__all__ = ["clip_traces", "scene_traces"]

_LEAD: Final = 0.35  # s before a move
_FINE: Final = 1 / 300  # s between points of the truth's line

# What a viewer knows, the move that shows it, how many seconds of it.
_MOVES: Final = (
    ("a blink", Kind.BLINK, 1.0),
    ("a smile", Kind.RAMP, 2.2),
    ("a glance", Kind.SACCADE, 1.2),
    ("a micro-expression of 80 ms", Kind.PULSE_80, 1.0),
    ("a smile too small to notice", Kind.SUBTLE_RAMP, 2.2),
)
# The livelier windows of a real clip: title, channel, seconds.
_CLIP_WINDOWS: Final = (
    ("a blink", "eyeBlinkLeft", 1.0),
    ("a smile", "mouthSmileLeft", 2.2),
    ("speech", "jawOpen", 2.2),
    ("a glance", "eyeLookOutLeft", 1.2),
    ("brows", "browInnerUp", 2.0),
)


def scene_traces(one_euro: Sequence[Played], ours: Sequence[Played]) -> list[Trace]:
    """One of each move. The first performance is a free scene, the others are probes."""
    traces = []
    for title, kind, length in _MOVES:
        event = _first(ours[1], kind)
        traces.append(_trace(title, event.channels[0], event.onset - _LEAD, length, one_euro[1], ours[1]))
    speech = next(iter(ours[0].take.events_of(Kind.SPEECH)), None)
    if speech is not None:
        traces.insert(2, _trace("speech", speech.channels[0], speech.onset - _LEAD, 2.5, one_euro[0], ours[0]))
    return traces


def clip_traces(one_euro: Played, ours: Played) -> list[Trace]:
    """The liveliest window of some channels in the reported half of a clip."""
    take = ours.take
    traces = []
    for title, name, length in _CLIP_WINDOWS:
        channel = INDEX[name]
        moving = np.flatnonzero(masks(take).moving[:, channel])
        begins = [
            t
            for t in take.captured[moving] - _LEAD
            if t > take.captured[take.reported][0] and t + length < take.captured[-1]
        ]
        if begins:
            liveliest = max(
                begins, key=lambda begin: _reach(take.truth_at(begin + np.arange(0, length, 0.02), channel))
            )
            traces.append(_trace(title, channel, liveliest, length, one_euro, ours))
    return traces


def _first(played: Played, kind: Kind) -> Event:
    begin = played.take.captured[played.take.reported][0] + _LEAD
    events = [event for event in played.take.events_of(kind) if event.onset > begin]
    # A smile is shown on the mouth where there is one.
    mouths = [event for event in events if CHANNELS[event.channels[0]].startswith("mouthSmile")]
    return (mouths or events)[0]


def _reach(values: Floats) -> float:
    return float(values.max() - values.min())


def _trace(title: str, channel: int, begin: float, length: float, one_euro: Played, ours: Played) -> Trace:
    take = ours.take
    here = (take.captured >= begin) & (take.captured <= begin + length)
    # Between the frames of a real clip the truth is a guess that overshoots where the face is quick; on them it is not.
    fine = np.arange(begin, begin + length, _FINE) if take.spread is None else take.captured[here]
    return Trace(
        title=title,
        channel=CHANNELS[channel],
        truth_times=_listed(fine - begin),
        truth=_listed(take.truth_at(fine, channel)),
        times=_listed(take.captured[here] - begin),
        raw=_listed(take.raw[here, channel].astype(np.float64)),
        one_euro=_listed(one_euro.output[here, channel]),
        ours=_listed(ours.output[here, channel]),
    )


def _listed(values: Floats) -> list[float]:
    return [round(float(value), 4) for value in values]
