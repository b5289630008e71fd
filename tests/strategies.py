"""Hypothesis strategies for faces, times and bytes."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from avatar_driver.channels import CHANNELS, SHAPES
from avatar_driver.frame import Frame

__all__ = ["frame_sequences", "frames", "values"]


@st.composite
def values(draw: st.DrawFn) -> np.ndarray:
    """The 58 numbers of a possible face: shapes 0 to 1, head within a metre and a radian."""
    face = draw(hnp.arrays(np.float32, len(CHANNELS), elements=st.floats(-1, 1, width=32)))
    face[SHAPES] = np.abs(face[SHAPES])
    return face


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    """One face at any moment of a day, tracked or not."""
    return Frame(draw(st.floats(0, 86_400)), draw(values()), tracked=draw(st.booleans()))


@st.composite
def frame_sequences(draw: st.DrawFn, max_size: int = 30) -> list[Frame]:
    """Frames with uneven steps from 1 ms to 2 s, some without a face."""
    steps = draw(st.lists(st.floats(0.001, 2.0), min_size=2, max_size=max_size))
    time = draw(st.floats(0, 86_400))
    sequence = []
    for step in steps:
        time += step
        sequence.append(Frame(time, draw(values()), tracked=draw(st.booleans())))
    return sequence
