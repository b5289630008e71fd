"""Compiled formulas mean what the plain reading of them means."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.formula import (
    INPUTS,
    Compiler,
    Expression,
    Fold,
    Folded,
    Limited,
    Limits,
    Named,
    Power,
    Sum,
    UnboundedError,
)
from avatar_driver.retarget import Parameter, RetargetMap
from avatar_driver.rotation import euler_from_quaternion, quaternion_from_vector
from tests.strategies import values

WIDE = Limits(-1e5, 1e5)


def plain(expression: Expression, known: dict[str, float]) -> float:
    """The value of a formula, read off its parts without compiling anything."""
    match expression:
        case Named(name):
            return known[name]
        case Sum(parts, constant):
            return constant + sum(weight * plain(part, known) for weight, part in parts)
        case Folded(Fold.MAX, parts):
            return max(plain(part, known) for part in parts)
        case Folded(Fold.MIN, parts):
            return min(plain(part, known) for part in parts)
        case Folded(Fold.PRODUCT, parts):
            return math.prod(plain(part, known) for part in parts)
        case Power(base, exponent):
            return max(0.0, plain(base, known)) ** exponent
        case Limited(value, (low, high)):
            return min(max(plain(value, known), low), high)
    raise AssertionError(expression)


def inputs_of(face: np.ndarray) -> dict[str, float]:
    euler = euler_from_quaternion(quaternion_from_vector(face[55:58]))
    return dict(zip(INPUTS, [*face.tolist(), *euler], strict=True))


WEIGHTS = st.floats(-2, 2, width=16)
LEAVES = st.one_of(
    st.sampled_from(INPUTS).map(Named),
    WEIGHTS.map(lambda number: Sum(constant=number)),
)


def larger(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    some = st.lists(parts, min_size=1, max_size=3).map(tuple)
    limits = st.tuples(st.floats(-2, 0.5, width=16), st.floats(0.625, 2, width=16)).map(lambda ends: Limits(*ends))
    return st.one_of(
        st.builds(Sum, st.lists(st.tuples(WEIGHTS, parts), max_size=3).map(tuple), WEIGHTS),
        st.builds(Folded, st.sampled_from(Fold), some),
        st.builds(Power, parts, st.sampled_from([0.5, 1.0, 2.0])),
        st.builds(Limited, parts, limits),
    )


EXPRESSIONS = st.recursive(LEAVES, larger, max_leaves=8)


@given(EXPRESSIONS, EXPRESSIONS, values())
def test_a_compiled_formula_gives_what_its_plain_reading_gives(first, second, face):
    limits = Limits(-1.0, 1.0)
    total = Sum(((1.0, Named("second")), (-1.0, Named("first")), (0.5, Named("term"))))
    parameters = (Parameter("first", first, limits), Parameter("second", second, WIDE), Parameter("total", total, WIDE))
    try:
        compiled = RetargetMap("any", "any", parameters, {"term": second})
    except UnboundedError:
        return
    known = inputs_of(face)
    known["term"] = plain(second, known)
    known["first"] = min(max(plain(first, known), -1.0), 1.0)
    known["second"] = min(max(plain(second, known), WIDE.low), WIDE.high)
    expected = [known["first"], known["second"], plain(total, known)]
    np.testing.assert_allclose(compiled(face), expected, rtol=2e-4, atol=2e-3)


@given(EXPRESSIONS, st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=58, max_size=58))
def test_any_finite_face_however_wrong_gives_finite_parameters_within_limits(expression, numbers):
    try:
        compiled = RetargetMap("any", "any", (Parameter("p", expression, WIDE), Parameter("q", Named("p"))))
    except UnboundedError:
        return
    parameters = compiled(np.array(numbers, np.float32))
    assert np.isfinite(parameters).all()
    assert (parameters >= compiled.low).all()
    assert (parameters <= compiled.high).all()


def test_a_channel_beyond_its_bounds_counts_as_the_bound():
    formula = Sum(((2.0, Named("jawOpen")), (-2.0, Named("jawLeft")), (0.25, Named("mouthLeft"))))
    compiled = RetargetMap("any", "any", (Parameter("p", formula, WIDE),))
    assert compiled(np.full(len(CHANNELS), 3e38, np.float32)).tolist() == [0.25]
    assert compiled(np.full(len(CHANNELS), -3e38, np.float32)).tolist() == [0.0]


JAW = Named("jawOpen")


def test_limits_that_can_never_bite_cost_no_step():
    compiler = Compiler()
    half = Sum(((0.5, JAW), (0.5, Named("mouthFunnel"))))
    compiler.define("mean", half, Limits(0.0, 1.0))
    compiler.define("again", Limited(Named("mean"), Limits(-1.0, 1.0)), Limits(0.0, 1.0))
    assert compiler.steps == []
    compiler.define("bitten", Limited(Named("mean"), Limits(0.0, 0.75)))
    assert len(compiler.steps) == 1


@pytest.mark.parametrize(
    "expression",
    [
        Power(Sum(((1000.0, JAW),)), 16.0),
        Power(Sum(((1000.0, JAW),)), 1000.0),
        Folded(Fold.PRODUCT, (Sum(((1000.0, JAW),)),) * 3),
        Sum(((1e308, JAW), (1e308, JAW))),
        Sum(((1e300, JAW), (-1e300, Named("jawLeft")), (1e308, Named("headYaw")))),
        Sum(constant=math.nan),
    ],
)
def test_a_formula_that_could_overflow_is_refused_by_name(expression):
    with pytest.raises(UnboundedError, match="at most 1e\\+06 is allowed") as caught:
        RetargetMap("any", "any", (Parameter("good", JAW), Parameter("wild", expression)))
    assert caught.value.name == "wild"


def test_limits_tame_what_could_overflow():
    tame = Limited(Sum(((1000.0, JAW),)), Limits(0.0, 1.0))
    compiled = RetargetMap("any", "any", (Parameter("p", Folded(Fold.PRODUCT, (tame, tame, tame))),))
    face = np.zeros(len(CHANNELS), np.float32)
    face[INDEX["jawOpen"]] = 0.5
    assert compiled(face).tolist() == [1.0]


def test_a_root_of_something_negative_is_0():
    compiled = RetargetMap("any", "any", (Parameter("p", Power(Sum(((-1.0, JAW),)), 0.5)),))
    assert compiled(np.ones(len(CHANNELS), np.float32)).tolist() == [0.0]


@pytest.mark.parametrize("exponent", [0.0, -1.0])
def test_an_exponent_of_0_or_less_is_refused(exponent):
    with pytest.raises(ValueError, match="exponent is above 0"):
        RetargetMap("any", "any", (Parameter("p", Power(JAW, exponent)),))
