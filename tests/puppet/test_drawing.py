"""What the puppet that ships promises, read off its posed points."""

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_driver.channels import INDEX, MIRRORED, NEGATED_BY_MIRROR, SHAPE_NAMES, SHAPES
from avatar_driver.frame import REST
from avatar_driver.puppet.rig import Pose, Rig
from tests.puppet.conftest import poses
from tests.puppet.test_rig import face

PUPPET = Rig.load()
PATHS = {path.name: path for path in PUPPET.paths}
SIDES = ("Left", "Right")
# The light falls from one place, and hair is not combed with a ruler.
ONE_SIDED = {"irisLight", "irisSpark"}

Points = NDArray[np.float64]


def points_of(pose: Pose, name: str) -> Points:
    return pose.points[PATHS[name].points]


def curve(points: Points) -> Points:
    """60 places along two cubics that share their middle."""
    t = np.linspace(0, 1, 30)[:, None]
    weights = np.hstack([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3])
    return np.vstack([weights @ points[:4], weights @ points[3:7]])


def halves(pose: Pose, name: str) -> tuple[Points, Points]:
    """The upper and the lower curve of an opening of four cubics, both from its first corner to the other."""
    points = points_of(pose, name)
    return curve(points[:7]), curve(points[:5:-1])


def opening(pose: Pose, name: str) -> float:
    upper, lower = halves(pose, name)
    return float((lower[:, 1] - upper[:, 1]).max())


def without_head(values: NDArray[np.float32]) -> NDArray[np.float32]:
    still = values.copy()
    still[52:] = 0
    return still


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("blink", [0.85, 0.9, 1.0])
def test_lids_close_at_a_trackers_blink_whatever_else_the_face_does(side: str, blink: float) -> None:
    for values in map(without_head, poses()):
        values[INDEX[f"eyeBlink{side}"]] = blink
        assert opening(PUPPET.posed(values), f"eye{side}") < 1e-6


@pytest.mark.parametrize("side", SIDES)
def test_eyes_are_open_at_rest_and_stay_open_with_what_trackers_leave_on_them(side: str) -> None:
    rest = opening(PUPPET.posed(REST), f"eye{side}")
    messy = face(**{f"eyeBlink{side}": 0.15, f"eyeSquint{side}": 0.3, f"eyeLookDown{side}": 0.2})
    assert rest > 55
    assert opening(PUPPET.posed(messy), f"eye{side}") > 0.65 * rest


def pressed() -> list[NDArray[np.float32]]:
    """Each shape alone, and what pushes the lips together."""
    alone = [face(**{name: 1}) for name in SHAPE_NAMES]
    lips = {"mouthClose": 1, "mouthPressLeft": 1, "mouthPressRight": 1, "mouthRollUpper": 1, "mouthShrugLower": 1}
    return [*alone, face(**lips), face(**lips, jawOpen=1), face(**lips, jawOpen=0.4, mouthPucker=1)]


@pytest.mark.parametrize("name", ["eyeLeft", "eyeRight", "mouth"])
def test_no_opening_turns_inside_out(name: str) -> None:
    for values in [*map(without_head, poses()), *pressed()]:
        upper, lower = halves(PUPPET.posed(values), name)
        rising = np.argsort(lower[:, 0])
        below = np.interp(upper[:, 0], lower[rising, 0], lower[rising, 1])
        assert (below - upper[:, 1]).min() > -0.5  # a hair of the line that is drawn there


def test_the_mouth_is_shut_at_rest_and_when_lips_close_over_an_open_jaw() -> None:
    assert opening(PUPPET.posed(REST), "mouth") < 1e-6
    for jaw in (0.1, 0.3, 0.6, 1.0):
        assert opening(PUPPET.posed(face(jawOpen=jaw, mouthClose=1)), "mouth") < 1.5
    assert opening(PUPPET.posed(face(jawOpen=1)), "mouth") > 60


@pytest.mark.parametrize("name", SHAPE_NAMES)
def test_every_shape_moves_or_shows_something(name: str) -> None:
    rest, posed = PUPPET.posed(REST), PUPPET.posed(face(**{name: 1}))
    moved = float(np.abs(posed.points - rest.points).max())
    assert moved > 2
    half = PUPPET.posed(face(**{name: 0.5}))
    assert np.abs(half.points - rest.points).max() > 0.3 * moved, "and not only at its end"


def test_no_two_shapes_move_alike() -> None:
    rest = PUPPET.posed(REST)
    rows = []
    for name in SHAPE_NAMES:
        change = (PUPPET.posed(face(**{name: 1})).points - rest.points).ravel()
        rows.append(change / np.linalg.norm(change))
    likeness = np.array(rows) @ np.array(rows).T - np.eye(len(rows))
    a, b = np.unravel_index(likeness.argmax(), likeness.shape)
    assert likeness.max() < 0.9, f"{SHAPE_NAMES[a]} and {SHAPE_NAMES[b]}"


def mirrored(values: NDArray[np.float32]) -> NDArray[np.float32]:
    swapped = values[np.array(MIRRORED)].copy()
    swapped[np.array(NEGATED_BY_MIRROR)] *= -1
    return swapped


def same_places(some: Points, others: Points) -> bool:
    """Whether both hold the same points, in whatever order."""
    distance = np.linalg.norm(some[:, None] - others[None], axis=2)
    return bool(max(distance.min(axis=0).max(), distance.min(axis=1).max()) < 1e-6)


def test_twins_are_mirror_images() -> None:
    left = [name.removesuffix("Left") for name in PATHS if name.endswith("Left")]
    assert len(left) > 40
    for values in poses():
        pose, other = PUPPET.posed(values), PUPPET.posed(mirrored(values))
        for base in left:
            if base in ONE_SIDED:
                continue
            ours, theirs = points_of(pose, base + "Left"), points_of(other, base + "Right")
            assert same_places(ours * [-1, 1], theirs), base


@pytest.mark.parametrize("name", ["face", "mouth", "upperLip", "lowerLip", "neck", "tongueOut", "upperTeeth"])
def test_what_stands_in_the_middle_is_symmetrical(name: str) -> None:
    for values in poses():
        ours = points_of(PUPPET.posed(values), name) * [-1, 1]
        theirs = points_of(PUPPET.posed(mirrored(values)), name)
        assert same_places(ours, theirs)


@pytest.mark.parametrize("side", SIDES)
def test_gaze_goes_where_the_channel_says(side: str) -> None:
    def centre(**shapes: float) -> NDArray[np.float64]:
        return points_of(PUPPET.posed(face(**shapes)), f"iris{side}").mean(axis=0) - points_of(
            PUPPET.posed(REST), f"iris{side}"
        ).mean(axis=0)

    outward = 1 if side == "Left" else -1
    assert centre(**{f"eyeLookOut{side}": 1})[0] * outward > 15
    assert centre(**{f"eyeLookIn{side}": 1})[0] * outward < -15
    assert centre(**{f"eyeLookUp{side}": 1})[1] < -10
    assert centre(**{f"eyeLookDown{side}": 1})[1] > 10


def test_a_noisy_face_draws_no_creases() -> None:
    """Trackers leave small values everywhere; lines meant for strong ones do not show."""
    values = REST.copy()
    values[SHAPES] = 0.08
    shown = PUPPET.posed(values).opacity
    creases = [i for i, path in enumerate(PUPPET.paths) if path.name.endswith(("MarkLeft", "MarkRight"))]
    assert len(creases) == 18
    assert shown[creases].max() < 0.05
