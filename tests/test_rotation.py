import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.rotation import (
    IDENTITY,
    Euler,
    Quaternion,
    composed,
    euler_from_quaternion,
    inverse,
    quaternion_from_euler,
    quaternion_from_matrix,
    quaternion_from_vector,
    unity_position,
    unity_quaternion,
    vector_from_quaternion,
)

angles = st.floats(-1.5, 1.5)
vectors = st.tuples(*[st.floats(-1.7, 1.7)] * 3)  # at most 2.94 long: within one turn

# (yaw left, pitch down, roll right) in degrees, MediaPipe quaternion, Unity quaternion; x y z w.
WORKED = [
    ((30, 0, 0), (0, 0.258819, 0, 0.965926), (0, -0.258819, 0, 0.965926)),
    ((0, 20, 0), (0.173648, 0, 0, 0.984808), (0.173648, 0, 0, 0.984808)),
    ((0, 0, 10), (0, 0, 0.087156, 0.996195), (0, 0, -0.087156, 0.996195)),
    ((30, 10, 5), (0.095352, 0.253917, 0.019437, 0.962318), (0.095352, -0.253917, -0.019437, 0.962318)),
]


def matrix(q: Quaternion) -> np.ndarray:
    """From first principles: each column is the image of an axis."""
    columns = []
    for axis in np.eye(3):
        image = composed(composed(q, Quaternion(*axis, 0.0)), inverse(q))
        columns.append(image[:3])
    return np.array(columns).T


@pytest.mark.parametrize(("degrees", "ours", "unity"), WORKED)
def test_worked_examples(degrees: tuple[float, ...], ours: tuple[float, ...], unity: tuple[float, ...]) -> None:
    q = quaternion_from_euler(Euler(*map(math.radians, degrees)))
    assert q == pytest.approx(ours, abs=1e-6)
    assert unity_quaternion(q) == pytest.approx(unity, abs=1e-6)
    assert [math.degrees(angle) for angle in euler_from_quaternion(q)] == pytest.approx(degrees, abs=1e-9)


def test_the_matrix_of_the_worked_example() -> None:
    q = quaternion_from_euler(Euler(*map(math.radians, (30, 10, 5))))
    expected = [[0.870297, 0.011015, 0.492404], [0.085832, 0.981060, -0.173648], [-0.484991, 0.193389, 0.852869]]
    assert np.allclose(matrix(q), expected, atol=1e-6)
    assert quaternion_from_matrix(np.array(expected)) == pytest.approx(q, abs=1e-6)


@given(vector=vectors)
def test_vectors_and_matrices_come_back(vector: tuple[float, float, float]) -> None:
    q = quaternion_from_vector(vector)
    assert vector_from_quaternion(q) == pytest.approx(vector, abs=1e-9)
    assert vector_from_quaternion(quaternion_from_matrix(matrix(q))) == pytest.approx(vector, abs=1e-7)


@given(yaw=angles, pitch=angles, roll=angles)
def test_euler_angles_come_back(yaw: float, pitch: float, roll: float) -> None:
    assert euler_from_quaternion(quaternion_from_euler(Euler(yaw, pitch, roll))) == pytest.approx(
        (yaw, pitch, roll), abs=1e-7
    )


@given(vector=vectors)
def test_a_rotation_and_its_inverse_are_nothing(vector: tuple[float, float, float]) -> None:
    q = quaternion_from_vector(vector)
    assert composed(q, inverse(q)) == pytest.approx(IDENTITY, abs=1e-12)


@given(vector=vectors)
def test_unity_mirrors_the_x_axis(vector: tuple[float, float, float]) -> None:
    q = quaternion_from_vector(vector)
    flip = np.diag([-1.0, 1.0, 1.0])
    assert np.allclose(matrix(unity_quaternion(q)), flip @ matrix(q) @ flip, atol=1e-9)
    assert unity_position(vector) == pytest.approx(flip @ np.array(vector))


@pytest.mark.parametrize("wrong", [np.full((3, 3), np.nan), np.full((3, 3), np.inf)])
def test_a_matrix_that_is_no_rotation_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected a rotation matrix"):
        quaternion_from_matrix(wrong)
