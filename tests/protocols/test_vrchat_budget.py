"""Bits of an avatar: what they cost, and that they are spent as well as can be."""

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver import maps
from avatar_driver.protocols.vrchat_avatar import Avatar, AvatarParameter, Kind, from_file
from avatar_driver.protocols.vrchat_budget import (
    NOTHING,
    Form,
    Shape,
    bits_of,
    error,
    faces,
    spent,
    unseen,
)

UNIFIED = maps.load("unified")
FLOAT = Form(is_float=True)


def avatar(*parameters: tuple[str, str]) -> Avatar:
    return Avatar("avtr_test", "test", tuple(AvatarParameter(name, Kind(kind)) for name, kind in parameters))


def shape(name: str, column: int) -> Shape:
    return Shape(name, column, FLOAT, ())


def square(values: np.ndarray, form: Form, rest: float) -> float:
    return error(values, form, rest).typical ** 2


# --- what it costs ----------------------------------------------------------------------------------------------------


def test_the_real_avatar_costs_its_167_bits(captures: Path) -> None:
    """139 for shapes that a face moves, 20 for those that none does, 8 bools that are no face."""
    worn = from_file((captures / "vrchat_avatar_unified.json").read_bytes())
    shapes = faces(worn, UNIFIED.names)
    idle = unseen(worn, shapes)

    assert bits_of(worn.parameters) == 167
    assert sum(each.form.cost for each in shapes) == 139
    assert sum(idle.values()) == 20
    assert {name.removeprefix("FT/v2/") for name in idle} == {
        *("PupilDilation", "MouthTightenerLeft", "MouthTightenerRight", "TongueX", "TongueY", "TongueRoll")
    }
    assert [each.name for each in shapes[:3]] == ["FT/v2/EyeLeftX", "FT/v2/EyeRightX", "FT/v2/EyeY"]


def test_without_word_of_what_is_synced_a_float_beside_bits_is_local_and_all_of_it_is_counted(captures: Path) -> None:
    described = json.loads((captures / "vrchat_avatar_unified.json").read_text())
    for parameter in described["parameters"]:
        del parameter["synced"]
    worn = from_file(json.dumps(described).encode())

    assert sum(each.form.cost for each in faces(worn, UNIFIED.names)) == 139
    assert bits_of(worn.parameters) == sum(8 if p["input"]["type"] == "Float" else 1 for p in described["parameters"])


@pytest.mark.parametrize(
    ("parameters", "form"),
    [
        ([("v2/JawX", "Float")], FLOAT),
        ([("v2/JawX1", "Bool"), ("v2/JawX2", "Bool")], Form(2)),
        ([("v2/JawX1", "Bool"), ("v2/JawXNegative", "Bool")], Form(1, negative=True)),
        ([("v2/JawX", "Float"), ("v2/JawX1", "Bool")], Form(1)),
    ],
)
def test_a_shape_has_the_form_that_its_parameters_say(parameters: list[tuple[str, str]], form: Form) -> None:
    (found,) = faces(avatar(*parameters), ["v2/JawX"])
    assert (found.name, found.column, found.form) == ("v2/JawX", 0, form)


def test_a_float_that_is_said_to_be_synced_beside_its_bits_counts_as_the_float() -> None:
    worn = Avatar(
        "a", "", (AvatarParameter("v2/JawX", Kind.FLOAT, True), AvatarParameter("v2/JawX1", Kind.BOOL, False))
    )
    assert faces(worn, ["v2/JawX"])[0].form == FLOAT


@pytest.mark.parametrize(
    ("form", "cost", "text"),
    [
        (NOTHING, 0, "nothing"),
        (FLOAT, 8, "float"),
        (Form(1), 1, "1 bit"),
        (Form(3), 3, "3 bits"),
        (Form(3, negative=True), 4, "3 bits + sign"),
    ],
)
def test_a_form_has_a_price_and_a_name(form: Form, cost: int, text: str) -> None:
    assert (form.cost, str(form)) == (cost, text)


# --- how far it is off ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "form", "typical", "worst"),
    [
        ([0.5], Form(3), 4 / 7 - 0.5, 4 / 7 - 0.5),
        ([-0.5, 0.0], Form(3), (0.25 / 2) ** 0.5, 0.5),
        ([-0.5], Form(3, negative=True), 4 / 7 - 0.5, 4 / 7 - 0.5),
        ([0.5], FLOAT, 64 / 127 - 0.5, 64 / 127 - 0.5),
        ([0.75, 0.0], NOTHING, (0.75**2 / 2) ** 0.5, 0.75),
        ([1.0, 0.0], Form(1), 0.0, 0.0),
    ],
)
def test_the_error_is_what_others_see_against_what_is(
    values: list[float], form: Form, typical: float, worst: float
) -> None:
    found = error(np.float32(values), form, rest=0.0)
    assert (found.typical, found.worst) == (pytest.approx(typical, abs=1e-6), pytest.approx(worst, abs=1e-6))


def test_what_is_not_synced_rests_where_the_face_rests() -> None:
    assert error(np.float32([0.75, 0.75]), NOTHING, rest=0.75).worst == 0


# --- how it is spent --------------------------------------------------------------------------------------------------

series = st.lists(
    st.lists(st.floats(-1, 1, width=32) | st.floats(0, 1, width=32), min_size=3, max_size=3), min_size=2, max_size=6
)


@given(series, st.integers(0, 20))
def test_no_other_way_to_spend_the_bits_is_better(rows: list[list[float]], budget: int) -> None:
    """Against every combination there is, tried one by one."""
    values = np.float32(rows)
    shapes = [shape("v2/JawOpen", 0), shape("v2/JawX", 1), shape("v2/LipPucker", 2)]
    forms = [
        NOTHING,
        FLOAT,
        *(Form(bits, negative=negative) for bits in range(1, 8) for negative in (False, True) if bits + negative < 8),
    ]
    squares = [[square(values[:, column], form, 0.0) for form in forms] for column in range(3)]

    chosen = spent(shapes, values, [0.0] * 3, budget)

    reached = sum(square(values[:, i], form, 0.0) for i, form in enumerate(chosen))
    best = min(
        (
            squares[0][a] + squares[1][b] + squares[2][c]
            for a, b, c in itertools.product(range(len(forms)), repeat=3)
            if forms[a].cost + forms[b].cost + forms[c].cost <= budget
            and (forms[b].negative or forms[b] in (NOTHING, FLOAT))
        )
    )
    assert sum(form.cost for form in chosen) <= budget
    assert reached <= best + 1e-9


def test_what_moves_more_gets_more_and_what_never_moves_gets_nothing() -> None:
    wave = np.sin(np.linspace(0, 50, 1000))
    values = np.float32(np.stack([wave / 2 + 0.5, wave * 0.02 + 0.1, np.zeros(1000)], axis=1))

    large, small, still = spent([shape("A", 0), shape("B", 1), shape("C", 2)], values, [0.0] * 3, 5)

    assert large.cost + small.cost <= 5
    assert large.cost > small.cost
    assert still == NOTHING


@given(series, st.integers(0, 40))
def test_twins_get_the_same(rows: list[list[float]], budget: int) -> None:
    shapes = [shape("FT/v2/MouthSmileLeft", 0), shape("FT/v2/JawX", 1), shape("FT/v2/MouthSmileRight", 2)]
    left, _, right = spent(shapes, np.float32(rows), [0.0] * 3, budget)
    assert left == right


def test_what_goes_sideways_keeps_its_sign_even_when_it_went_to_one_side_only() -> None:
    values = np.float32(np.linspace(0, 1, 100)[:, None])
    for budget in range(12):
        (form,) = spent([shape("v2/MouthX", 0)], values, [0.0], budget)
        assert form.negative or form in (NOTHING, FLOAT)


def test_bits_that_gain_nothing_are_not_spent() -> None:
    values = np.float32([[0.0], [1.0], [0.0]])
    assert spent([shape("A", 0)], values, [0.0], 256) == (Form(1),)
    assert spent([shape("A", 0)], values * 0, [0.0], 256) == (NOTHING,)


def test_the_same_recording_gives_the_same_plan() -> None:
    values: Any = np.random.default_rng(5).random((500, 40), np.float32)
    shapes = [shape(f"A{chr(65 + i)}", i) for i in range(40)]
    assert len({spent(shapes, values, [0.0] * 40, 100) for _ in range(3)}) == 1
