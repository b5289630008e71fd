import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_driver.errors import SourceError
from avatar_driver.sources._picture import Picture
from avatar_driver.sources._video import Video
from tests.sources.mjpeg_server import grey_levels

cv2 = pytest.importorskip("cv2", exc_type=ImportError, reason="OpenCV lacks a system library")

NEVER = threading.Event()


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., Path]:
    def write(pictures: int = 10, fps: float = 50.0) -> Path:
        path = tmp_path / "film.avi"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (64, 48))
        assert writer.isOpened()
        for picture in grey_levels(pictures):
            writer.write(picture)
        writer.release()
        return path

    return write


def shown(video: Video, stop: threading.Event = NEVER, after: float = float("-inf")) -> list[Picture]:
    video.open()
    try:
        return list(video.pictures(stop, after))
    finally:
        video.close()


@pytest.mark.parametrize("fast", [False, True])
def test_every_picture_is_shown_once_in_order_with_the_steps_of_the_film(film: Callable[..., Path], fast: bool) -> None:
    pictures = shown(Video(film(10, fps=50), fast=fast, loop=False))
    assert [round(picture.image.mean() / 25.5) for picture in pictures] == list(range(10))
    assert np.diff([picture.time for picture in pictures]) == pytest.approx(0.02, abs=1e-6)


def test_a_film_plays_at_its_own_pace(film: Callable[..., Path]) -> None:
    pictures = shown(Video(film(10, fps=50), fast=False, loop=False))
    assert all(picture.captured >= picture.time for picture in pictures)
    assert pictures[-1].captured - pictures[0].captured == pytest.approx(9 * 0.02, abs=0.05)


def test_fast_reads_without_pause(film: Callable[..., Path]) -> None:
    pictures = shown(Video(film(10, fps=2), fast=True, loop=False))
    assert pictures[-1].time - pictures[0].time == pytest.approx(4.5)
    assert pictures[-1].captured - pictures[0].captured < 0.5


class Waits(threading.Event):
    """An event that notes how long it was waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout)
        return self.is_set()


def test_a_film_that_is_late_does_not_wait_and_leaves_nothing_out(film: Callable[..., Path]) -> None:
    video, stop = Video(film(10, fps=50), fast=False, loop=False), Waits()
    video.open()
    pictures = video.pictures(stop, 0.0)
    next(pictures)
    time.sleep(0.25)  # as long as a slow tracker would take for the whole film
    assert len(list(pictures)) == 9
    assert stop.seconds == []
    video.close()


def test_stop_ends_a_film_while_it_waits(film: Callable[..., Path]) -> None:
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    start = time.perf_counter()
    assert len(shown(Video(film(10, fps=0.5), fast=False, loop=False), stop)) == 1
    assert time.perf_counter() - start < 1.5  # the next picture is due after two seconds


def test_a_loop_goes_on_with_the_same_step_across_the_seam(film: Callable[..., Path]) -> None:
    video = Video(film(10, fps=50), fast=True, loop=True)
    video.open()
    shots = video.pictures(NEVER, 0.0)
    pictures = [next(shots) for _ in range(35)]
    video.close()
    assert [round(picture.image.mean() / 25.5) for picture in pictures] == [*range(10)] * 3 + [*range(5)]
    assert np.diff([picture.time for picture in pictures]) == pytest.approx(0.02, abs=1e-6)


def test_times_go_on_rising_when_a_film_is_shown_again(film: Callable[..., Path]) -> None:
    video = Video(film(10, fps=2), fast=True, loop=False)
    first = shown(video)  # five seconds of film in no time
    again = shown(video, after=first[-1].time)
    assert again[0].time == pytest.approx(first[-1].time + 0.5)


class BrokenFilm:
    """A film whose pictures have the stamps it is given, in milliseconds; None is a picture that cannot be read."""

    def __init__(self, stamps: list[float | None]) -> None:
        self.stamps = stamps
        self.position = -1

    def isOpened(self) -> bool:  # noqa: N802
        return True

    def grab(self) -> bool:
        self.position += 1
        return self.position < len(self.stamps)

    def retrieve(self) -> tuple[bool, Any]:
        readable = self.stamps[self.position] is not None
        return readable, np.zeros((4, 4, 3), np.uint8) if readable else None

    def get(self, what: int) -> float:
        return {cv2.CAP_PROP_POS_MSEC: self._stamp(), cv2.CAP_PROP_FPS: 25.0}.get(what, 4)

    def release(self) -> None:
        pass

    def _stamp(self) -> float:
        return self.stamps[self.position] or 0.0 if 0 <= self.position < len(self.stamps) else 0.0


def test_stamps_that_repeat_run_back_leap_or_are_no_number_are_replaced_by_the_usual_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "broken.avi"
    path.touch()
    stamps = [500.0, 540.0, 540.0, 100.0, 150.0, 1e9, float("nan"), 1e9]
    monkeypatch.setattr(cv2, "VideoCapture", lambda _: BrokenFilm(stamps))
    times = [picture.time for picture in shown(Video(path, fast=True, loop=False))]
    assert np.diff(times) == pytest.approx([0.04, 0.04, 0.04, 0.05, 0.04, 0.04, 0.04], abs=1e-6)


def test_a_picture_that_cannot_be_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "broken.avi"
    path.touch()
    monkeypatch.setattr(cv2, "VideoCapture", lambda _: BrokenFilm([0.0, None, 80.0]))
    assert len(shown(Video(path, fast=True, loop=False))) == 2


def test_a_film_without_a_single_picture_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "empty.avi"
    path.touch()
    monkeypatch.setattr(cv2, "VideoCapture", lambda _: BrokenFilm([]))
    with pytest.raises(SourceError, match=r"empty\.avi.*no picture"):
        shown(Video(path, fast=True, loop=True))


def test_a_file_cut_off_shows_what_is_there(film: Callable[..., Path]) -> None:
    path = film(10)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])
    assert 0 < len(shown(Video(path, fast=True, loop=False))) < 10


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda path: None, "no file"),
        (lambda path: path.mkdir(), "not a video"),
        (lambda path: path.write_text("text"), "not a video"),
        (lambda path: path.touch(), "not a video"),
    ],
    ids=["missing", "folder", "text", "empty"],
)
def test_what_is_no_film_is_refused_at_once_with_its_path(tmp_path: Path, make: Any, complaint: str) -> None:
    path = tmp_path / "face.mp4"
    make(path)
    with pytest.raises(SourceError, match=complaint) as caught:
        Video(path, fast=False, loop=False).open()
    assert str(path) in str(caught.value)


def test_a_film_is_described_by_name_size_and_rate(film: Callable[..., Path]) -> None:
    video = Video(film(2, fps=29.97), fast=False, loop=False)
    assert video.description == "film.avi"
    shown(video)
    assert video.description == "film.avi, 64x48 at 29.97 fps"
