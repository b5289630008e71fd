from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from avatar_driver.channels import CHANNELS, INDEX, POSITION, ROTATION, SHAPE_NAMES, SHAPES, Support
from avatar_driver.errors import SourceError
from avatar_driver.rotation import quaternion_from_matrix, vector_from_quaternion
from avatar_driver.sources import _landmarker
from avatar_driver.sources._landmarker import SUPPORT, Landmarker
from avatar_driver.sources._libraries import missing_libraries

cv2 = pytest.importorskip("cv2", exc_type=ImportError, reason="OpenCV lacks a system library")
mediapipe = pytest.importorskip("mediapipe", exc_type=ImportError, reason="OpenCV lacks a system library")
vision = mediapipe.tasks.vision


@pytest.fixture
def pictures(face_video: Path) -> list[np.ndarray]:
    film = cv2.VideoCapture(str(face_video))
    return [film.read()[1] for _ in range(40)]


@pytest.fixture
def landmarker(face_model: Path) -> Iterator[Callable[..., Landmarker]]:
    made = []

    def make(*, smoothing: bool = False) -> Landmarker:
        made.append(Landmarker(face_model, smoothing=smoothing))
        return made[-1]

    yield make
    for one in made:
        one.close()


def tracked(values: np.ndarray | None) -> np.ndarray:
    assert values is not None, "no face was found"
    return values


def mediapipe_itself(model: Path, pictures: list[np.ndarray], stamps: list[int]) -> list[Any]:
    options = vision.FaceLandmarkerOptions(
        base_options=mediapipe.tasks.BaseOptions(model_asset_path=str(model)),
        running_mode=vision.RunningMode.VIDEO,
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
    )
    with vision.FaceLandmarker.create_from_options(options) as tracker:
        return [
            tracker.detect_for_video(
                mediapipe.Image(mediapipe.ImageFormat.SRGB, cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)), stamp
            )
            for picture, stamp in zip(pictures, stamps, strict=True)
        ]


@pytest.mark.parametrize("smoothing", [False, True])
def test_values_are_mediapipes_own_bit_for_bit_by_name_with_smoothing_off_and_on(
    face_model: Path, pictures: list[np.ndarray], landmarker: Callable[..., Landmarker], smoothing: bool
) -> None:
    ours = landmarker(smoothing=smoothing)
    found = [tracked(ours.detect(picture, 5000 + n / 25)) for n, picture in enumerate(pictures)]
    step = 40 if smoothing else 1_000_000
    results = mediapipe_itself(face_model, pictures, [33 + n * step for n in range(len(pictures))])
    for values, result in zip(found, results, strict=True):
        scores = {category.category_name: category.score for category in result.face_blendshapes[0]}
        assert "_neutral" in scores
        for name in SHAPE_NAMES:
            assert values[INDEX[name]] == np.float32(scores.get(name, 0.0)), name
        matrix = result.facial_transformation_matrixes[0]
        assert values[POSITION] == pytest.approx(matrix[:3, 3] / 100)
        assert values[ROTATION] == pytest.approx(vector_from_quaternion(quaternion_from_matrix(matrix)))


def test_switching_mediapipes_smoothing_off_changes_the_values_and_frees_fast_movement(
    pictures: list[np.ndarray], landmarker: Callable[..., Landmarker]
) -> None:
    def series(smoothing: bool) -> np.ndarray:
        ours = landmarker(smoothing=smoothing)
        return np.array([tracked(ours.detect(picture, n / 30)) for n, picture in enumerate(pictures)])[:, SHAPES]

    smooth, free = series(True), series(False)
    assert np.abs(smooth - free).max() > 0.1
    jerk_smooth, jerk_free = (np.abs(np.diff(one, 3, axis=0)).mean() for one in (smooth, free))
    assert jerk_free > 1.2 * jerk_smooth


def test_the_face_lies_in_front_of_the_camera_by_metres_and_looks_into_it(
    pictures: list[np.ndarray], landmarker: Callable[..., Landmarker]
) -> None:
    values = tracked(landmarker().detect(pictures[0], 0.0))
    assert -1.5 < values[INDEX["headPositionZ"]] < -0.15
    assert np.abs(values[ROTATION]).max() < 0.8


def test_a_face_on_its_side_is_a_roll_to_the_side_it_leans_to(
    pictures: list[np.ndarray], landmarker: Callable[..., Landmarker]
) -> None:
    def roll(degrees: float) -> float:
        turned = cv2.warpAffine(pictures[0], cv2.getRotationMatrix2D((256, 256), degrees, 1.0), (512, 512))
        return float(tracked(landmarker().detect(turned, 0.0))[INDEX["headRotationZ"]])

    # OpenCV turns pictures anticlockwise: the head leans to the picture's left, which is the subject's right.
    assert roll(20) - roll(0) == pytest.approx(np.radians(20), abs=0.06)


def test_grey_pictures_are_tracked_and_transparency_changes_nothing(
    pictures: list[np.ndarray], landmarker: Callable[..., Landmarker]
) -> None:
    colour = tracked(landmarker().detect(pictures[0], 0.0))
    grey = tracked(landmarker().detect(cv2.cvtColor(pictures[0], cv2.COLOR_BGR2GRAY), 0.0))
    transparent = tracked(landmarker().detect(cv2.cvtColor(pictures[0], cv2.COLOR_BGR2BGRA), 0.0))
    assert np.abs(colour - grey)[SHAPES].max() < 0.3
    assert np.array_equal(colour, transparent)


def test_a_view_with_strides_gives_the_same_as_its_copy(
    pictures: list[np.ndarray], landmarker: Callable[..., Landmarker]
) -> None:
    mirrored = pictures[0][:, ::-1]
    assert np.array_equal(
        tracked(landmarker().detect(mirrored, 0.0)), tracked(landmarker().detect(mirrored.copy(), 0.0))
    )


def test_no_picture_kills_it(pictures: list[np.ndarray], landmarker: Callable[..., Landmarker]) -> None:
    ours = landmarker()
    useless = [
        None,
        "text",
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((4, 4, 2), np.uint8),
        pictures[0].astype(np.float32),
        pictures[0].astype(np.uint16),
    ]
    faceless = [
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((1, 10_000, 3), np.uint8),
        np.zeros((8192, 8192, 3), np.uint8),
        np.zeros((100, 100), np.uint8),
        np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8),
    ]
    tracked(ours.detect(pictures[0], 0.0))
    for n, picture in enumerate([*useless, *faceless]):
        assert ours.detect(picture, 0.1 * n) is None
    assert (ours.unusable, ours.restarts) == (len(useless), 0)
    tracked(ours.detect(pictures[0], 2.0))


def test_pictures_that_are_never_usable_end_the_source_with_what_they_are(
    landmarker: Callable[..., Landmarker], pictures: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_landmarker, "_UNUSABLE_UNTIL_GIVING_UP", 3)
    ours = landmarker()
    for usable in (False, False, True, False, False):
        ours.detect(pictures[0] if usable else None, 0.0)
    with pytest.raises(SourceError, match=r"3 pictures in a row.*NoneType"):
        ours.detect(None, 0.0)


def kill_graph(ours: Landmarker) -> None:
    """A grey image given to MediaPipe as grey: its graph never recovers."""
    grey = mediapipe.Image(mediapipe.ImageFormat.GRAY8, np.zeros((100, 100), np.uint8))
    with pytest.raises(ValueError, match="failed"):
        ours._graph.detect_for_video(grey, 10**15)


def test_a_dead_graph_is_started_again_and_the_next_picture_is_tracked(
    pictures: list[np.ndarray], landmarker: Callable[..., Landmarker]
) -> None:
    ours = landmarker()
    tracked(ours.detect(pictures[0], 0.0))
    for restarts in (1, 2):
        kill_graph(ours)
        assert ours.detect(pictures[1], 0.1) is None
        assert ours.restarts == restarts
        tracked(ours.detect(pictures[1], 0.2))


def test_a_dead_graph_can_be_closed(landmarker: Callable[..., Landmarker]) -> None:
    ours = landmarker()
    kill_graph(ours)
    ours.close()


def test_a_tracker_that_keeps_failing_ends_the_source(
    pictures: list[np.ndarray], landmarker: Callable[..., Landmarker], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of memory\nat line 5")

    ours = landmarker()
    monkeypatch.setattr(vision.FaceLandmarker, "detect_for_video", fail)
    for _ in range(4):
        assert ours.detect(pictures[0], 0.0) is None
    with pytest.raises(SourceError, match=r"5 pictures in a row: out of memory$"):
        ours.detect(pictures[0], 0.0)


def test_one_success_forgives_the_failures_before_it(
    pictures: list[np.ndarray], landmarker: Callable[..., Landmarker], monkeypatch: pytest.MonkeyPatch
) -> None:
    detect = vision.FaceLandmarker.detect_for_video

    def fail_but_for_every_fifth(self: Any, image: Any, stamp: int) -> Any:
        if stamp % 5_000_000:
            raise RuntimeError("now and then")
        return detect(self, image, stamp)

    monkeypatch.setattr(vision.FaceLandmarker, "detect_for_video", fail_but_for_every_fifth)
    ours = landmarker()
    found = [ours.detect(pictures[0], 0.0) is not None for _ in range(10)]
    assert found == [False, False, False, False, True] * 2


def test_after_a_jump_of_the_clock_mediapipe_is_told_of_ordinary_steps(
    face_model: Path, pictures: list[np.ndarray], landmarker: Callable[..., Landmarker]
) -> None:
    ours = landmarker(smoothing=True)
    times = [9000.0 + n / 25 for n in range(10)] + [3.0 + n / 25 for n in range(10)]
    found = [tracked(ours.detect(picture, time)) for picture, time in zip(pictures, times, strict=False)]
    stamps = [33 + 40 * n for n in range(10)] + [393 + 33 + 40 * n for n in range(10)]
    results = mediapipe_itself(face_model, pictures[:20], stamps)
    for values, result in zip(found, results, strict=True):
        scores = {category.category_name: category.score for category in result.face_blendshapes[0]}
        assert values[INDEX["jawOpen"]] == np.float32(scores["jawOpen"])


@pytest.mark.parametrize("smoothing", [False, True])
def test_a_clock_that_stands_still_or_jumps_back_is_no_failure(
    pictures: list[np.ndarray], landmarker: Callable[..., Landmarker], smoothing: bool
) -> None:
    ours = landmarker(smoothing=smoothing)
    for time in (1000.0, 1000.0, 1000.0001, 3.0, 3.033, -50.0, 1e9, 0.0):
        tracked(ours.detect(pictures[0], time))
    assert ours.restarts == 0


def test_after_closing_it_says_so_instead_of_seeing_no_face(
    pictures: list[np.ndarray], landmarker: Callable[..., Landmarker]
) -> None:
    ours = landmarker()
    ours.close()
    ours.close()
    with pytest.raises(ValueError, match="closed"):
        ours.detect(pictures[0], 0.0)


@pytest.mark.skipif(bool(missing_libraries()), reason="MediaPipe lacks a system library")
def test_a_file_that_is_no_model_is_refused_in_one_line(tmp_path: Path) -> None:
    model = tmp_path / "face_landmarker.task"
    model.write_bytes(b"no model")
    with pytest.raises(SourceError, match="does not start") as caught:
        Landmarker(model)
    assert "\n" not in str(caught.value)


def test_starting_says_nothing_on_standard_error(
    landmarker: Callable[..., Landmarker], capfd: pytest.CaptureFixture[str]
) -> None:
    landmarker()
    assert capfd.readouterr().err == ""


def test_what_mediapipe_never_moves_is_labelled_absent_and_the_rest_measured(
    pictures: list[np.ndarray], landmarker: Callable[..., Landmarker]
) -> None:
    assert len(SUPPORT) == len(CHANNELS)
    absent = [CHANNELS[i] for i, support in enumerate(SUPPORT) if support is Support.ABSENT]
    assert sorted(absent) == [
        "cheekPuff",
        "cheekSquintLeft",
        "cheekSquintRight",
        "jawForward",
        "noseSneerLeft",
        "noseSneerRight",
        "tongueOut",
    ]
    ours = landmarker()
    peak = np.max([tracked(ours.detect(picture, n / 30)) for n, picture in enumerate(pictures)], axis=0)
    assert max(peak[INDEX[name]] for name in absent) < 0.01
    assert peak[INDEX["tongueOut"]] == 0


def test_a_release_of_mediapipe_with_other_names_is_refused(
    pictures: list[np.ndarray], landmarker: Callable[..., Landmarker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_landmarker, "_PROVIDED", frozenset({"jawOpen", "earWiggle"}))
    with pytest.raises(SourceError, match="does not give earWiggle"):
        landmarker().detect(pictures[0], 0.0)


@pytest.mark.parametrize("matrix", [np.full((4, 4), np.nan), np.full((4, 4), np.inf)])
def test_a_head_without_a_direction_is_no_face(matrix: np.ndarray) -> None:
    scores = [SimpleNamespace(category_name=name, score=0.5) for name in SHAPE_NAMES]
    result = SimpleNamespace(face_blendshapes=[scores], facial_transformation_matrixes=[matrix])
    assert _landmarker._values(result) is None
    result.facial_transformation_matrixes = [np.eye(4)]
    assert tracked(_landmarker._values(result))[INDEX["jawOpen"]] == 0.5
