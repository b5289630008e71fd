"""MediaPipe's FaceLandmarker, kept alive: pictures in, the 58 channels out.

Axes, units and names: reference for the matrix is MediaPipe's face geometry (centimetres, right-handed, +x image right,
+y up, camera looking along −z); its Python wheel gives it as a 4×4 array with the translation in the last column.
"""

import contextlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, INDEX, POSITION, ROTATION, SHAPE_NAMES, Support
from avatar_driver.errors import SourceError
from avatar_driver.rotation import quaternion_from_matrix, vector_from_quaternion
from avatar_driver.sources._libraries import library_error, quiet_start, vision
from avatar_driver.sources._picture import UnusablePictureError, rgb

__all__ = ["SUPPORT", "Landmarker"]

# tongueOut is not among MediaPipe's shapes; the others are, and never move: over 5331 frames of 6 people none reached
# 0.01 (MediaPipe issues 4403, 4436, 4450, 5329).
_NEVER_MEASURED: Final = frozenset(
    {
        "tongueOut",
        "cheekPuff",
        "cheekSquintLeft",
        "cheekSquintRight",
        "noseSneerLeft",
        "noseSneerRight",
        "jawForward",
    }
)
SUPPORT: Final = tuple(Support.ABSENT if name in _NEVER_MEASURED else Support.MEASURED for name in CHANNELS)

_PROVIDED: Final = frozenset(SHAPE_NAMES) - {"tongueOut"}

# MediaPipe smooths landmarks with a One Euro filter on the time stamps. Stamps this far apart open it wide, and the
# filter of the program, which sees the true times, is the only one that delays. Undocumented, hence the setting.
_STAMP_STEP_MS: Final = 1_000_000
_STAMP_STEP_AFTER_JUMP_MS: Final = 33

_FAILURES_UNTIL_GIVING_UP: Final = 5
_UNUSABLE_UNTIL_GIVING_UP: Final = 60


class Landmarker:
    """Tracks one face from picture to picture. For one thread; close it there.

    Attributes:
        unusable: pictures skipped because they were none, or not 8-bit colour or grey.
        restarts: how often MediaPipe had to be started again because its graph had died.

    Raises:
        SourceError: MediaPipe cannot be loaded, or does not take the model.
    """

    def __init__(self, model: Path, *, smoothing: bool = False) -> None:
        self.unusable = 0
        self.restarts = 0
        # Its bytes, not its path: on Windows MediaPipe cannot open a path with letters beyond ASCII.
        self._model = model.read_bytes()
        self._smoothing = smoothing
        self._stamp = 0
        self._time = float("-inf")
        self._time_at_stamp_0 = 0.0
        self._failures_in_a_row = 0
        self._unusable_in_a_row = 0
        self._graph: Any = None
        self._start()

    def detect(self, image: object, time: float) -> NDArray[np.float32] | None:
        """The 58 values of the face in a picture, or None when there is no face or no usable picture.

        Position is that of the head in front of the camera, in metres; rotation that of the head to the camera.

        Args:
            image: (height, width[, channels]) uint8 as OpenCV gives it: BGR, BGRA or grey.
            time: seconds; matters only with `smoothing`, and may jump.

        Raises:
            SourceError: picture after picture is unusable, or MediaPipe fails however often it is started again.
        """
        if self._graph is None:
            raise ValueError("the landmarker is closed")  # MediaPipe itself would see no face and say nothing
        try:
            picture = rgb(image)
        except UnusablePictureError as error:
            self._count_unusable(error)
            return None
        self._unusable_in_a_row = 0
        try:
            result = self._graph.detect_for_video(_image(picture), self._next_stamp(time))
        except (ValueError, RuntimeError) as error:
            self._restart(error)
            return None
        self._failures_in_a_row = 0
        return _values(result)

    def close(self) -> None:
        """Frees the tracker. Closing again does nothing."""
        graph, self._graph = self._graph, None
        if graph is None:
            return
        try:
            graph.close()
        except (ValueError, RuntimeError):
            # A dead graph reports its death once more. A second close, which `__del__` would make, hangs or crashes.
            graph._handle = None

    def _start(self) -> None:
        tasks = vision()
        from mediapipe.tasks.python.core.base_options import BaseOptions

        options = tasks.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=self._model),
            running_mode=tasks.RunningMode.VIDEO,
            num_faces=1,  # two would track anew in every picture, at a third more cost
            output_face_blendshapes=True,
            output_facial_transformation_matrixes=True,
        )
        try:
            with quiet_start():
                self._graph = tasks.FaceLandmarker.create_from_options(options)
        except (ImportError, OSError) as error:
            raise library_error(error) from error
        except (ValueError, RuntimeError) as error:
            raise SourceError(f"MediaPipe does not start: {_first_line(error)}") from error

    def _restart(self, error: Exception) -> None:
        self._failures_in_a_row += 1
        self.restarts += 1
        self.close()
        if self._failures_in_a_row >= _FAILURES_UNTIL_GIVING_UP:
            raise SourceError(
                f"MediaPipe failed on {self._failures_in_a_row} pictures in a row: {_first_line(error)}"
            ) from error
        self._start()

    def _count_unusable(self, error: UnusablePictureError) -> None:
        self.unusable += 1
        self._unusable_in_a_row += 1
        if self._unusable_in_a_row >= _UNUSABLE_UNTIL_GIVING_UP:
            raise SourceError(
                f"{self._unusable_in_a_row} pictures in a row cannot be used: "
                f"expected 8-bit colour or grey, found {error}"
            ) from error

    def _next_stamp(self, time: float) -> int:
        """A time stamp in milliseconds. MediaPipe refuses any that does not rise."""
        if not self._smoothing:
            self._stamp += _STAMP_STEP_MS
            return self._stamp
        if time <= self._time or self._time == float("-inf"):
            self._time_at_stamp_0 = time - (self._stamp + _STAMP_STEP_AFTER_JUMP_MS) / 1000
        self._time = time
        self._stamp = max(self._stamp + 1, round((time - self._time_at_stamp_0) * 1000))
        return self._stamp


def _image(picture: NDArray[np.uint8]) -> Any:
    import mediapipe

    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=picture)


def _values(result: Any) -> NDArray[np.float32] | None:
    if not result.face_blendshapes or not result.facial_transformation_matrixes:
        return None
    scores = {category.category_name: category.score for category in result.face_blendshapes[0]}
    if not scores.keys() >= _PROVIDED:
        missing = ", ".join(sorted(_PROVIDED - scores.keys()))
        raise SourceError(f"this release of MediaPipe does not give {missing}; install avatar-driver again")
    values = np.zeros(len(CHANNELS), dtype=np.float32)
    for name in _PROVIDED:  # by name: the order differs from ours, and between releases
        values[INDEX[name]] = scores[name]
    matrix = result.facial_transformation_matrixes[0]
    with contextlib.suppress(ValueError):  # a degenerate matrix has no rotation: no face then
        values[ROTATION] = vector_from_quaternion(quaternion_from_matrix(matrix))
        values[POSITION] = matrix[:3, 3] / 100  # centimetres to metres
        return values
    return None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
