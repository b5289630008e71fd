import itertools
import math
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_driver.channels import INDEX
from avatar_driver.errors import ModelError, SourceError, SourceLostError
from avatar_driver.frame import REST
from avatar_driver.sources import _capture, _live
from avatar_driver.sources._cameras import ConnectedCamera
from avatar_driver.sources._landmarker import SUPPORT, Landmarker
from avatar_driver.sources.camera import Camera
from tests.sources.mjpeg_server import MjpegServer

cv2 = pytest.importorskip("cv2", exc_type=ImportError, reason="OpenCV lacks a system library")

NEVER = threading.Event()
BLACK = np.zeros((512, 512, 3), np.uint8)


@pytest.fixture
def camera(face_model: Path) -> Callable[..., Camera]:
    return lambda device, **settings: Camera(device=str(device), model=str(face_model), **settings)


@pytest.fixture
def face_pictures(face_video: Path) -> list[np.ndarray]:
    film = cv2.VideoCapture(str(face_video))
    return [film.read()[1] for _ in range(20)]


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., Path]:
    def write(pictures: list[np.ndarray], fps: float = 25.0) -> Path:
        path = tmp_path / "film.avi"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, pictures[0].shape[1::-1])
        for picture in pictures:
            writer.write(picture)
        writer.release()
        return path

    return write


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_capture, "_SILENCE_SECONDS", 0.3)


@pytest.fixture
def plugged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cameras by numbers that no computer has, so that a real one is never opened."""
    found = [ConnectedCamera(90, "Integrated Camera"), ConnectedCamera(92, "HD Pro Webcam C920")]
    monkeypatch.setattr(_live, "cameras", lambda: found)


def test_every_picture_of_a_film_becomes_one_frame_with_the_trackers_own_values(
    camera: Callable[..., Camera], face_model: Path, film: Callable[..., Path], face_pictures: list[np.ndarray]
) -> None:
    path = film(face_pictures)
    frames = list(camera(path, fast=True).frames(NEVER))
    reader, landmarker = cv2.VideoCapture(str(path)), Landmarker(face_model)
    assert len(frames) == len(face_pictures)
    for frame in frames:
        assert np.array_equal(frame.values, landmarker.detect(reader.read()[1], 0.0))
    landmarker.close()


def test_frames_carry_their_time_their_cost_and_what_is_measured(
    camera: Callable[..., Camera], film: Callable[..., Path], face_pictures: list[np.ndarray]
) -> None:
    before = time.perf_counter()
    frames = list(camera(film(face_pictures[:5]), fast=True).frames(NEVER))
    after = time.perf_counter()
    assert np.diff([frame.time for frame in frames]) == pytest.approx(0.04, abs=1e-6)
    for frame in frames:
        assert before < frame.origin.captured < after
        assert 0.001 < frame.origin.detection < after - before
        assert frame.origin.support == SUPPORT
        assert frame.tracked
        assert not frame.altered
        assert frame.tone is REST


def test_a_film_at_its_own_pace_has_the_frames_of_the_fast_one(
    camera: Callable[..., Camera], film: Callable[..., Path], face_pictures: list[np.ndarray]
) -> None:
    path = film(face_pictures[:10])
    fast, paced = (list(camera(path, fast=fast).frames(NEVER)) for fast in (True, False))
    assert [frame.values.tolist() for frame in fast] == [frame.values.tolist() for frame in paced]
    assert np.diff([f.time for f in fast]) == pytest.approx(np.diff([f.time for f in paced]), abs=1e-6)
    assert paced[-1].origin.captured - paced[0].origin.captured >= 9 * 0.04 - 0.001


def test_without_a_face_frames_go_on_with_the_last_values_seen(
    camera: Callable[..., Camera], film: Callable[..., Path], face_pictures: list[np.ndarray]
) -> None:
    frames = list(camera(film([BLACK, *face_pictures[:5], BLACK, BLACK]), fast=True).frames(NEVER))
    assert [frame.tracked for frame in frames] == [False] + [True] * 5 + [False] * 2
    assert np.array_equal(frames[0].values, REST)
    assert frames[5].values[INDEX["headPositionZ"]] < -0.1
    assert np.array_equal(frames[6].values, frames[5].values)
    assert np.array_equal(frames[7].values, frames[5].values)


def test_a_film_without_a_face_has_only_untracked_frames(camera: Callable[..., Camera], faceless_video: Path) -> None:
    frames = list(camera(faceless_video, fast=True).frames(NEVER))
    assert len(frames) == 103
    assert not any(frame.tracked for frame in frames)


def test_a_real_clip_is_tracked_in_every_frame(camera: Callable[..., Camera], face_video: Path) -> None:
    source = camera(face_video, fast=True)
    frames = list(source.frames(NEVER))
    assert len(frames) == 448
    assert all(frame.tracked for frame in frames)
    assert all(later.time > earlier.time for earlier, later in itertools.pairwise(frames))
    assert source.describe() == f"{face_video.name}, 512x512 at 30 fps"


def test_landmark_smoothing_is_off_unless_asked_for(
    camera: Callable[..., Camera], film: Callable[..., Path], face_pictures: list[np.ndarray]
) -> None:
    path = film(face_pictures)
    free, smooth = (
        np.array([frame.values for frame in camera(path, fast=True, landmark_smoothing=on).frames(NEVER)])
        for on in (False, True)
    )
    assert np.abs(free - smooth).max() > 0.05


@pytest.mark.parametrize(
    ("device", "fast", "paced"),
    [("face.mp4", True, False), ("face.mp4", False, True), ("auto", True, True), ("http://127.0.0.1/", True, True)],
)
def test_only_a_fast_film_may_not_be_skipped(device: str, fast: bool, paced: bool) -> None:
    assert Camera(device=device, fast=fast).paced is paced


def test_a_stream_is_read_newest_first_and_loses_nothing_but_old_pictures(
    camera: Callable[..., Camera], face_pictures: list[np.ndarray]
) -> None:
    with MjpegServer(face_pictures, fps=100) as server:
        source = camera(server.url)
        frames = source.frames(NEVER)
        seen = [next(frames)]
        server.wait_sent(server.sent + 30)
        start = time.perf_counter()
        seen += [next(frames) for _ in range(5)]
        frames.close()
        assert all(frame.tracked for frame in seen)
        assert seen[1].time > start - 0.1, "an old picture was kept"
        assert all(frame.time == frame.origin.captured for frame in seen)
        assert source.describe() == f"{server.url}, 512x512"


@pytest.mark.usefixtures("impatient")
def test_a_camera_pulled_out_is_lost_and_read_again_when_it_is_back(
    camera: Callable[..., Camera], face_pictures: list[np.ndarray]
) -> None:
    with MjpegServer(face_pictures, fps=50) as server:
        source = camera(server.url)
        first = source.frames(NEVER)
        seen = [next(first) for _ in range(3)]
        server.kill()
        with pytest.raises(SourceLostError, match="has given no picture"):
            seen.extend(first)
        with pytest.raises(SourceLostError, match="does not answer"):
            next(source.frames(NEVER))
        server.revive()
        again = source.frames(NEVER)
        seen += [next(again) for _ in range(3)]
        again.close()
    assert all(frame.tracked for frame in seen)
    times = [frame.time for frame in seen]
    assert times == sorted(set(times))


@pytest.mark.usefixtures("impatient")
def test_a_camera_that_hangs_is_lost(camera: Callable[..., Camera], face_pictures: list[np.ndarray]) -> None:
    with MjpegServer(face_pictures, fps=50) as server:
        frames = camera(server.url).frames(NEVER)
        next(frames)
        server.muted.set()
        with pytest.raises(SourceLostError):
            list(frames)


def test_stop_is_heeded_while_no_picture_comes(camera: Callable[..., Camera], face_pictures: list[np.ndarray]) -> None:
    stop = threading.Event()
    with MjpegServer(face_pictures, fps=50) as server:
        frames = camera(server.url).frames(stop)
        next(frames)
        server.muted.set()
        while server.sent > (before := server.sent):
            server.wait_sent(before)
        threading.Timer(0.1, stop.set).start()
        asked = time.perf_counter()
        assert len(list(frames)) <= 2  # what had come already
        assert time.perf_counter() - asked < 1


@pytest.mark.usefixtures("plugged_in")
@pytest.mark.parametrize(
    ("device", "sentence"),
    [
        (93, "no camera 93; found 90: 'Integrated Camera', 92: 'HD Pro Webcam C920'"),
        ("C270", "no camera 'C270'; found 90: 'Integrated Camera', 92: 'HD Pro Webcam C920'"),
        ("C920", "camera HD Pro Webcam C920 (camera 92) is there but does not open: another program may be using it"),
        ("auto", "camera Integrated Camera (camera 90) is there but does not open"),
    ],
)
def test_a_camera_absent_or_busy_is_answered_with_the_cameras_there_are(
    camera: Callable[..., Camera], device: int | str, sentence: str
) -> None:
    with pytest.raises(SourceLostError) as caught:
        next(camera(device).frames(NEVER))
    assert sentence in str(caught.value)
    assert "92: 'HD Pro Webcam C920'" in str(caught.value)


class Webcam:
    """A camera as OpenCV shows one: takes what it is asked for, but has a largest size of its own."""

    def __init__(self, number: int, backend: int) -> None:
        self.number = number
        self.asked: list[int] = []
        self.released = threading.Event()
        self.got = {cv2.CAP_PROP_FRAME_WIDTH: 320.0, cv2.CAP_PROP_FRAME_HEIGHT: 240.0, cv2.CAP_PROP_FPS: 15.0}

    def isOpened(self) -> bool:  # noqa: N802
        return True

    def set(self, what: int, value: float) -> bool:
        self.asked.append(what)
        self.got[what] = min(value, 1280) if what == cv2.CAP_PROP_FRAME_WIDTH else value
        return True

    def get(self, what: int) -> float:
        return self.got.get(what, 0.0)

    def grab(self) -> bool:
        time.sleep(0.01)
        return True

    def retrieve(self) -> tuple[bool, np.ndarray]:
        return True, BLACK

    def release(self) -> None:
        self.released.set()


@pytest.mark.usefixtures("plugged_in")
def test_a_camera_is_asked_for_jpeg_size_and_rate_and_described_by_what_it_gives(
    camera: Callable[..., Camera], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Webcam] = []
    monkeypatch.setattr(cv2, "VideoCapture", lambda *how: opened.append(Webcam(*how)) or opened[-1])
    source = camera("c920", width=1920, height=720, fps=60.0)
    assert source.describe() == "camera c920"
    frames = source.frames(NEVER)
    assert not next(frames).tracked
    frames.close()
    assert source.describe() == "HD Pro Webcam C920 (camera 92), 1280x720 at 60 fps, MJPG"
    assert [webcam.number for webcam in opened] == [92]
    assert opened[0].asked[0] == cv2.CAP_PROP_FOURCC
    assert opened[0].released.wait(1), "the camera's light stays on"


@pytest.mark.usefixtures("plugged_in")
def test_a_camera_that_hangs_in_its_driver_is_not_opened_a_second_time_meanwhile(
    camera: Callable[..., Camera], monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go, opened = threading.Event(), []

    class Hanging(Webcam):
        def grab(self) -> bool:
            return let_go.wait(10)

    monkeypatch.setattr(cv2, "VideoCapture", lambda *how: opened.append(Hanging(*how)) or opened[-1])
    source, stop = camera("c920"), threading.Event()
    for openings in (1, 1):
        threading.Timer(0.3, stop.set).start()
        assert list(source.frames(stop)) == []
        assert len(opened) == openings
        stop.clear()
    let_go.set()
    frames = source.frames(stop)
    next(frames)
    frames.close()
    assert len(opened) == 2


def test_a_camera_that_this_user_may_not_open_is_told_from_a_busy_one(
    camera: Callable[..., Camera], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_live, "cameras", lambda: [ConnectedCamera(90, "Integrated Camera", "/dev/video90")])
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(SourceLostError, match=r"may not be opened by this user; `sudo usermod"):
        next(camera("auto").frames(NEVER))


def test_a_password_in_an_address_is_not_shown(camera: Callable[..., Camera]) -> None:
    source = camera("http://me:secret@127.0.0.1:9/live?token=secret")
    assert "secret" not in source.describe()
    with pytest.raises(SourceLostError) as caught:
        next(source.frames(NEVER))
    assert str(caught.value) == "http://127.0.0.1:9/live does not answer, or sends no video"


@pytest.mark.parametrize("device", ["face.mp4", "./face", "/no/such/face", "FACE.MKV", "~/no/such.webm"])
def test_a_missing_file_is_a_missing_file_and_not_a_camera_of_that_name(
    camera: Callable[..., Camera], device: str
) -> None:
    with pytest.raises(SourceError, match="no file") as caught:
        next(camera(device).frames(NEVER))
    assert not isinstance(caught.value, SourceLostError)


@pytest.mark.parametrize("device", ["/dev/video77", "/dev/v4l/by-id/usb-C920", r"\\?\usb#vid_046d", "C920.", "USB 2.0"])
def test_a_missing_camera_is_not_taken_for_a_file(camera: Callable[..., Camera], device: str) -> None:
    with pytest.raises(SourceLostError, match="no camera"):
        next(camera(device).frames(NEVER))


def test_a_file_needs_no_suffix(
    camera: Callable[..., Camera], film: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    film([BLACK] * 3).rename(tmp_path / "recording")
    monkeypatch.chdir(tmp_path)
    assert len(list(camera("recording", fast=True).frames(NEVER))) == 3


def test_a_model_that_is_missing_is_told_before_the_camera_is_opened(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"other\.task"):
        next(Camera(device="auto", model=str(tmp_path / "other.task")).frames(NEVER))


def test_the_same_film_can_be_read_again_with_times_that_go_on(
    camera: Callable[..., Camera], film: Callable[..., Path]
) -> None:
    source = camera(film([BLACK] * 5, fps=2.0), fast=True)
    times = [frame.time for frame in (*source.frames(NEVER), *source.frames(NEVER))]
    assert np.diff(times) == pytest.approx(0.5, abs=1e-6)


def test_a_looped_film_goes_on(camera: Callable[..., Camera], film: Callable[..., Path]) -> None:
    frames = camera(film([BLACK] * 3), fast=True, loop=True).frames(NEVER)
    times = [next(frames).time for _ in range(10)]
    frames.close()
    assert np.diff(times) == pytest.approx(0.04, abs=1e-6)


def test_constructing_opens_nothing_and_describes_what_would_be(tmp_path: Path) -> None:
    assert Camera().describe() == "the camera"
    assert Camera(device=3).describe() == "camera 3"
    assert Camera(device=str(tmp_path / "none.mp4")).describe() == "none.mp4"
    assert math.isinf(Camera()._last.time)


def test_importing_the_source_loads_neither_opencv_nor_mediapipe() -> None:
    code = (
        "import sys, avatar_driver.sources.camera\n"
        "print([name for name in ('cv2', 'mediapipe', 'matplotlib', 'requests', 'pooch') if name in sys.modules])"
    )
    result: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
