"""Expressions asked for by key lie over a face that goes on living."""

import pytest

from avatar_driver.channels import INDEX
from avatar_driver.frame import Frame
from avatar_driver.stages.expressions import Expressions
from tests.faces import face

PRESETS = {"grin": {"mouthSmileLeft": 1.0, "mouthSmileRight": 0.8}, "gape": {"jawOpen": 0.9}}


def at(time: float, **shapes: float) -> Frame:
    return Frame(time, face(**shapes))


def shape(frame: Frame, name: str) -> float:
    return float(frame.values[INDEX[name]])


@pytest.fixture
def stage() -> Expressions:
    return Expressions(presets=PRESETS, fade=0.2)


def test_with_nothing_asked_for_the_frame_goes_through_untouched(stage: Expressions) -> None:
    frame = at(0.0, jawOpen=0.3)
    assert stage(frame) is frame


def test_an_expression_fades_in_over_the_shapes_it_names_and_the_rest_stays_alive(stage: Expressions) -> None:
    stage(at(0.0))
    stage.show("grin", on=True)
    half = stage(at(0.1, jawOpen=0.4, mouthSmileLeft=0.2))
    assert shape(half, "mouthSmileLeft") == pytest.approx(0.6)
    whole = stage(at(0.2, jawOpen=0.5, mouthSmileLeft=0.2))
    assert (shape(whole, "mouthSmileLeft"), shape(whole, "mouthSmileRight")) == pytest.approx((1.0, 0.8))
    assert shape(whole, "jawOpen") == pytest.approx(0.5)
    assert whole.altered == {"expressions"}
    stage.show("grin", on=False)
    stage(at(0.3))
    gone = stage(at(0.5, mouthSmileLeft=0.2))
    assert shape(gone, "mouthSmileLeft") == pytest.approx(0.2)
    assert not gone.altered


def test_two_expressions_are_shown_together(stage: Expressions) -> None:
    stage.show("grin", on=True)
    stage.show("gape", on=True)
    both = stage(at(0.0))
    assert (shape(both, "mouthSmileLeft"), shape(both, "jawOpen")) == pytest.approx((1.0, 0.9))


def test_a_frozen_face_stays_as_it_was_until_it_is_let_go(stage: Expressions) -> None:
    stage(at(0.0, jawOpen=0.3))
    stage.frozen = True
    first = stage(at(0.1, jawOpen=0.4))
    later = stage(at(0.2, jawOpen=0.9))
    assert shape(first, "jawOpen") == shape(later, "jawOpen") == pytest.approx(0.4)
    assert later.altered == {"expressions"}
    assert later.time == 0.2
    stage.frozen = False
    assert shape(stage(at(0.3, jawOpen=0.9)), "jawOpen") == pytest.approx(0.9)
    stage.frozen = True
    assert shape(stage(at(0.4, jawOpen=0.7)), "jawOpen") == pytest.approx(0.7), "it froze the face of long ago"


def test_the_neutral_key_brings_everything_to_rest_even_the_head_and_what_is_shown(stage: Expressions) -> None:
    stage.show("gape", on=True)
    stage.neutral = True
    frame = stage(at(0.0, jawOpen=0.3, mouthPucker=0.8, headRotationY=0.4))
    assert not frame.values.any()
    assert not frame.tone.any()
    assert frame.altered == {"expressions"}


def test_a_name_that_is_none_is_told_with_the_nearest(stage: Expressions) -> None:
    with pytest.raises(ValueError, match="no expression named 'grinn'; did you mean 'grin'"):
        stage.show("grinn", on=True)
    with pytest.raises(ValueError, match="no expression named ''; there are grin, gape"):
        stage.show("", on=True)


def test_a_preset_with_an_unknown_shape_is_named() -> None:
    with pytest.raises(ValueError, match="expression 'x': no shape named 'jawOpn'; did you mean 'jawOpen'"):
        Expressions(presets={"x": {"jawOpn": 1.0}})


def test_other_settings_are_taken_over_and_what_is_shown_stays(stage: Expressions) -> None:
    stage.show("grin", on=True)
    stage.show("gape", on=True)
    stage(at(0.0))
    stage.adopt(Expressions(presets={"grin": {"mouthSmileLeft": 0.5}}, fade=1.0))
    frame = stage(at(0.01))
    assert shape(frame, "mouthSmileLeft") == pytest.approx(0.5)
    assert shape(frame, "jawOpen") == 0
    assert stage.shown == {"grin"}


def test_the_presets_that_ship_are_the_emotions_of_vrm_1() -> None:
    assert Expressions().names == ("happy", "angry", "sad", "relaxed", "surprised")
