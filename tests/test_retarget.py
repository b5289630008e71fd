"""A map applied to faces."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given

from avatar_driver.channels import CHANNELS, INDEX, SHAPE_NAMES, Support
from avatar_driver.formula import Fold, Folded, Limits, Named, Sum
from avatar_driver.frame import ALL_MEASURED, REST
from avatar_driver.retarget import Parameter, RetargetMap
from tests.faces import face
from tests.strategies import values

BOTH = Limits(-1.0, 1.0)


def map_of(*parameters: Parameter, **terms) -> RetargetMap:
    return RetargetMap("test", "a test", parameters, terms)


SMILE = map_of(
    Parameter("wide", Sum(((2.0, Named("mouthStretchLeft")),))),
    Parameter("smile", Sum(((1.0, Named("mouthSmileLeft")), (-1.0, Named("wide")))), BOTH),
    Parameter("open", Sum(((-1.0, Named("eyeBlinkLeft")),), 1.0)),
    Parameter("most", Folded(Fold.MAX, (Named("jawOpen"), Named("mouthFunnel")))),
    Parameter("yaw", Named("headYaw"), BOTH),
    Parameter("still", Sum(constant=0.25)),
)


@given(values())
def test_shapes_named_alone_pass_unchanged_bit_for_bit(numbers):
    unchanged = map_of(*(Parameter(name, Named(name)) for name in SHAPE_NAMES))
    assert np.array_equal(unchanged(numbers), numbers[:52])


def test_parameters_come_in_the_order_of_the_map():
    parameters = SMILE(
        face(mouthSmileLeft=0.75, mouthStretchLeft=0.25, eyeBlinkLeft=0.5, jawOpen=0.125, mouthFunnel=0.5)
    )
    assert SMILE.names == ("wide", "smile", "open", "most", "yaw", "still")
    assert parameters.tolist() == [0.5, 0.25, 0.5, 0.5, 0.0, 0.25]
    assert parameters.dtype == np.float32


def test_a_formula_sees_an_earlier_parameter_with_its_limits():
    parameters = SMILE(face(mouthSmileLeft=1.0, mouthStretchLeft=0.875))
    assert parameters[:2].tolist() == [1.0, 0.0]


def test_limits_hold_on_both_ends():
    strong = map_of(Parameter("p", Sum(((4.0, Named("headPositionX")),)), Limits(-0.5, 1.0)))
    assert [strong(face(headPositionX=x)).item() for x in (-1.0, -0.0625, 0.0625, 1.0)] == [-0.5, -0.25, 0.25, 1.0]


def test_a_channels_name_means_the_channel_even_beside_a_parameter_of_that_name():
    shadowed = map_of(
        Parameter("jawOpen", Sum(((0.5, Named("jawOpen")),))),
        Parameter("after", Named("jawOpen")),
    )
    assert shadowed(face(jawOpen=1.0)).tolist() == [0.5, 1.0]


def test_terms_are_used_but_not_sent():
    with_term = map_of(Parameter("p", Named("half")), half=Sum(((0.5, Named("jawOpen")),)))
    assert with_term.names == ("p",)
    assert with_term(face(jawOpen=1.0)).tolist() == [0.5]


def test_neutral_is_what_a_face_at_rest_gives():
    assert SMILE.neutral.tolist() == [0.0, 0.0, 1.0, 0.0, 0.0, 0.25]
    assert SMILE.neutral.tolist() == SMILE(REST).tolist()


def test_each_parameter_knows_its_channels_through_whatever_steps():
    named = [{CHANNELS[i] for i in used} for used in SMILE.channels]
    assert named == [
        {"mouthStretchLeft"},
        {"mouthSmileLeft", "mouthStretchLeft"},
        {"eyeBlinkLeft"},
        {"jawOpen", "mouthFunnel"},
        {"headRotationX", "headRotationY", "headRotationZ"},
        set(),
    ]


def test_a_parameter_is_measured_derived_or_absent_as_its_channels_are():
    support = list(ALL_MEASURED)
    support[INDEX["mouthStretchLeft"]] = support[INDEX["eyeBlinkLeft"]] = Support.ABSENT
    support[INDEX["mouthFunnel"]] = Support.DERIVED
    assert SMILE.support(support) == (
        Support.ABSENT,
        Support.DERIVED,
        Support.ABSENT,
        Support.DERIVED,
        Support.MEASURED,
        Support.ABSENT,
    )


def test_a_map_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        SMILE.name = "other"
    with pytest.raises(TypeError):
        SMILE.terms["new"] = Named("jawOpen")
    for array in (SMILE.low, SMILE.high, SMILE.neutral):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0


@given(values())
def test_using_a_map_changes_neither_the_face_nor_the_map(numbers):
    before = numbers.copy()
    first = SMILE(numbers)
    second = SMILE(numbers)
    assert np.array_equal(numbers, before)
    assert first is not second
    assert np.array_equal(first, second)


@pytest.mark.parametrize(
    ("parameters", "terms", "sentence"),
    [
        ([Parameter("p", Named("jawOpn"))], {}, "'jawOpn' is not a channel, nor a term or parameter above 'p'"),
        ([Parameter("p", Named("q")), Parameter("q", Named("jawOpen"))], {}, "'q' is not a channel"),
        ([Parameter("p", Named("p"))], {}, "'p' is not a channel"),
        ([Parameter("p", Named("jawOpen"))] * 2, {}, "the name 'p' is taken"),
        ([Parameter("p", Named("jawOpen"))], {"p": Named("jawOpen")}, "the name 'p' is taken"),
        ([Parameter("p", Named("jawOpen"))], {"jawLeft": Named("jawOpen")}, "the name 'jawLeft' is taken"),
    ],
)
def test_names_that_are_unknown_or_taken_are_refused(parameters, terms, sentence):
    with pytest.raises(ValueError, match=sentence):
        map_of(*parameters, **terms)
