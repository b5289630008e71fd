"""Promises that every stage in the registry keeps, tested the day its file exists."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from avatar_driver.channels import SHAPES
from avatar_driver.frame import Frame, Origin
from avatar_driver.registry import Kind, component, names
from avatar_driver.stages import Adjustable, Stage
from tests.strategies import frame_sequences, values

every_stage = pytest.mark.parametrize("name", names(Kind.STAGE))
moderately = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def stage(name: str) -> Stage:
    made: Stage = component(Kind.STAGE, name)()
    return made


def played(stage: Stage, frames: list[Frame]) -> list[Frame]:
    return [stage(frame) for frame in frames]


def same(a: list[Frame], b: list[Frame]) -> bool:
    return all(
        np.array_equal(x.values, y.values) and np.array_equal(x.tone, y.tone) and x.tracked == y.tracked
        for x, y in zip(a, b, strict=True)
    )


@every_stage
@moderately
@given(frames=frame_sequences())
def test_keeps_time_and_origin_and_gives_finite_shapes_in_range(name: str, frames: list[Frame]) -> None:
    origin = Origin(captured=1.25, detection=0.012)
    frames = [frame.changed(origin=origin) for frame in frames]
    for given_frame, frame in zip(frames, played(stage(name), frames), strict=True):
        assert frame.time == given_frame.time
        assert frame.origin is origin
        assert np.isfinite(frame.values).all()
        assert np.isfinite(frame.tone).all()
        assert frame.values[SHAPES].min() >= 0
        assert frame.values[SHAPES].max() <= 1


@every_stage
@moderately
@given(frames=frame_sequences())
def test_leaves_its_input_alone(name: str, frames: list[Frame]) -> None:
    before = [(frame.values.copy(), frame.tone.copy()) for frame in frames]
    played(stage(name), frames)
    for frame, (values_before, tone_before) in zip(frames, before, strict=True):
        assert np.array_equal(frame.values, values_before)
        assert np.array_equal(frame.tone, tone_before)


@every_stage
@moderately
@given(frames=frame_sequences())
def test_gives_the_same_again_for_the_same_frames(name: str, frames: list[Frame]) -> None:
    assert same(played(stage(name), frames), played(stage(name), frames))


@every_stage
@moderately
@given(frames=frame_sequences(max_size=8))
def test_settings_that_are_the_same_are_taken_over_without_a_trace(name: str, frames: list[Frame]) -> None:
    used, left_alone = stage(name), stage(name)
    if not isinstance(used, Adjustable):
        return
    adopted = []
    for frame in frames:
        adopted.append(used(frame))
        used.adopt(stage(name))
    assert same(adopted, played(left_alone, frames))


@every_stage
@moderately
@given(before=frame_sequences(max_size=8), after=frame_sequences(max_size=8))
def test_reset_forgets_everything(name: str, before: list[Frame], after: list[Frame]) -> None:
    # The second run begins 20 ms after the first ended: a stage's own rule for long gaps must not do reset's work.
    shift = before[-1].time + 0.02 - after[0].time
    after = [frame.changed(time=frame.time + shift) for frame in after]
    used = stage(name)
    played(used, before)
    used.reset()
    assert same(played(used, after), played(stage(name), after))


@every_stage
@moderately
@given(face=values(), step=st.floats(1 / 120, 1 / 15))
def test_a_constant_face_comes_out_constant(name: str, face: np.ndarray, step: float) -> None:
    frames = played(stage(name), [Frame(5 + i * step, face) for i in range(240)])
    assert np.allclose(frames[-1].values, frames[-2].values, atol=1e-4)


@every_stage
@moderately
@given(frames=frame_sequences(), back=st.floats(0, 100_000))
def test_a_clock_that_stands_still_or_jumps_back_harms_nothing(name: str, frames: list[Frame], back: float) -> None:
    assume(frames[0].tracked)
    one = stage(name)
    for frame in played(one, [*frames, frames[-1], *(frame.changed(time=frame.time - back) for frame in frames)]):
        assert np.isfinite(frame.values).all()
        assert frame.values[SHAPES].max() <= 1


@every_stage
def test_a_stage_has_one_public_class_whose_parameters_are_keywords_with_defaults(name: str) -> None:
    import inspect

    cls = component(Kind.STAGE, name)
    for parameter in inspect.signature(cls).parameters.values():
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
        assert parameter.default is not inspect.Parameter.empty
        assert parameter.annotation is not inspect.Parameter.empty
    assert cls.__doc__
