"""The rules of posing, one by one on a rig of four points."""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_driver.channels import INDEX
from avatar_driver.errors import ProblemsError
from avatar_driver.frame import REST
from avatar_driver.puppet.rig import Rig
from avatar_driver.puppet.rig_file import parsed
from avatar_driver.rotation import quaternion_from_vector
from tests.puppet.test_rig_file import small


def face(**shapes: float) -> NDArray[np.float32]:
    values = np.zeros(len(INDEX), np.float32)
    for name, value in shapes.items():
        values[INDEX[name]] = value
    return values


def rig(change: Callable[[dict[str, Any]], Any] = lambda _: None) -> Rig:
    document = small()
    change(document)
    return Rig(parsed(json.dumps(document)))


def test_a_face_at_rest_is_as_authored() -> None:
    assert rig().posed(REST).points == pytest.approx(np.array([[0, 0], [4, 0], [4, 4], [0, 4]]), abs=1e-12)


def test_a_delta_acts_in_proportion() -> None:
    assert rig().posed(face(jawOpen=0.5)).points[3] == pytest.approx([0.5, 5])


def test_shapes_are_clamped_and_what_is_not_finite_rests() -> None:
    puppet = rig()
    whole = puppet.posed(face(jawOpen=1)).points
    assert np.array_equal(puppet.posed(face(jawOpen=7)).points, whole)
    assert np.array_equal(puppet.posed(face(jawOpen=-3)).points, puppet.posed(REST).points)
    for broken in (math.nan, math.inf):
        values = face(jawOpen=broken, headRotationX=broken)
        assert np.array_equal(puppet.posed(values).points, puppet.posed(REST).points)


def test_a_driver_sums_within_limits_and_a_product_multiplies() -> None:
    # lid = clamp(1.5 · 0.4 − 0.1) = 0.5; both = 0.5 · jawOpen; point 0 falls by 6 · both, then point 1 by half of that.
    points = rig(lambda r: r["order"].clear()).posed(face(eyeBlinkLeft=0.4, jawOpen=0.5)).points
    assert points[0] == pytest.approx([0, 1.5])
    assert points[1] == pytest.approx([4, 0.75])
    limited = rig(lambda r: r["order"].clear()).posed(face(eyeBlinkLeft=1, jawOpen=1)).points
    assert limited[0] == pytest.approx([0, 6])


def test_a_pair_meets_where_it_would_cross_and_its_followers_know() -> None:
    def crossing(document: dict[str, Any]) -> None:
        document["deltas"] = {"jawOpen": [[0, 0, 8]]}

    points = rig(crossing).posed(face(jawOpen=1)).points
    # 8 against 4: an overlap of 4, of which the upper yields a quarter.
    assert points[0] == pytest.approx([0, 7])
    assert points[3] == pytest.approx([0, 7])
    assert points[1] == pytest.approx([4, 3.5])
    assert rig(crossing).posed(face(jawOpen=0.5)).points[3] == pytest.approx([0, 4])


def test_a_child_follows_several_parents() -> None:
    def two(document: dict[str, Any]) -> None:
        document.update(order=[], deltas={"jawOpen": [[0, 2, 0], [3, 0, 4]]}, follow=[[1, 0, 1, 1], [1, 3, 1, 0.25]])

    assert rig(two).posed(face(jawOpen=1)).points[1] == pytest.approx([6, 1])


def test_opacity_adds_up_and_is_clamped() -> None:
    def fading(document: dict[str, Any]) -> None:
        document["paths"][0].update(opacity=-0.2, opacity_deltas={"jawOpen": 0.9, "lid": 1})

    puppet = rig(fading)
    assert puppet.posed(REST).opacity.tolist() == [0, 1]
    assert puppet.posed(face(jawOpen=0.5)).opacity[0] == pytest.approx(0.25)
    assert puppet.posed(face(jawOpen=1, eyeBlinkLeft=1)).opacity[0] == 1


def by_the_book(document: dict[str, Any], values: NDArray[np.float32]) -> list[list[float]]:
    """Step 5, point by point, with the program's own quaternions for the turn."""
    head = document["head"]
    vector = values[55:58].astype(float)
    angle = float(np.linalg.norm(vector))
    limited = vector * (head["turn_limit"] * math.tanh(angle / head["turn_limit"]) / angle) if angle else vector
    q = quaternion_from_vector(limited)
    limit, units = head["move_limit"], head["units_per_metre"]
    across, up, near = (limit * math.tanh(float(t) / limit) * units for t in values[52:55])
    seen = []
    for x, y, z, weight in document["points"]:
        arm = np.array([x - head["pivot"][0], -(y - head["pivot"][1]), z - head["pivot"][2]])
        axis = np.array(q[:3])
        turned = arm + 2 * np.cross(axis, np.cross(axis, arm) + q.w * arm)
        share = head["body_follow"] + (1 - head["body_follow"]) * weight
        dx, dy, dz = weight * (turned - arm) + share * np.array([across, up, near])
        scale = (head["distance"] - z) / (head["distance"] - z - dz)
        seen.append([float((x + dx) * scale), float((y - dy) * scale)])
    return seen


@pytest.mark.parametrize("seed", range(10))
def test_the_head_turns_and_moves_as_the_format_says(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = face()
    values[52:55] = random.normal(0, 0.1, 3)
    values[55:58] = random.normal(0, 0.6, 3)
    document = small()
    assert rig().posed(values).points == pytest.approx(np.array(by_the_book(document, values)), rel=1e-9)


def nose(values: NDArray[np.float32]) -> tuple[float, float]:
    puppet = Rig.load()
    path = next(path for path in puppet.paths if path.name == "noseTip")
    x, y = puppet.posed(values).points[path.points].mean(axis=0)
    return float(x), float(y)


def test_turns_go_to_the_subjects_own_side() -> None:
    _, rest = nose(REST)
    assert nose(face(headRotationY=0.4))[0] > 30, "to the subject's left is to the picture's right"
    assert nose(face(headRotationX=0.3))[1] > rest + 15, "a nod goes down"
    assert nose(face(headRotationZ=0.3))[0] < -15, "a tilt to the subject's right is to the picture's left"
    assert nose(face(headPositionX=0.05))[0] > 40
    assert nose(face(headPositionY=0.05))[1] < rest - 40
    assert nose(face(headPositionZ=0.1))[1] > rest * 1.05, "nearer is larger"


def test_the_body_stays_when_the_head_turns() -> None:
    puppet = Rig.load()
    turned = puppet.posed(face(headRotationY=0.5)).points - puppet.posed(REST).points
    jacket = next(path for path in puppet.paths if path.name == "jacketLeft")
    face_outline = next(path for path in puppet.paths if path.name == "face")
    assert np.abs(turned[jacket.points]).max() < 6 < np.abs(turned[face_outline.points]).max()


def test_shades_follow_the_colour_they_are_mixed_from() -> None:
    puppet = rig()
    assert puppet.colours()["shade"] == (128, 112, 104)
    assert puppet.colours({"skin": "#804020"})["shade"] == (64, 32, 16)
    assert puppet.colours({"shade": "#010203"})["shade"] == (1, 2, 3)


def test_a_colour_that_is_none_is_said() -> None:
    with pytest.raises(ProblemsError, match=r"palette: skni: the puppet has no such colour; did you mean 'skin'\?"):
        rig().colours({"skni": "#000000"})
    with pytest.raises(ProblemsError, match="expected a colour like #a1b2c3, found 'red'"):
        rig().colours({"skin": "red"})


def test_a_face_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="58 values"):
        rig().posed(np.zeros(52))
