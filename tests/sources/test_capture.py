import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from avatar_driver.errors import SourceError, SourceLostError
from avatar_driver.sources import _capture
from avatar_driver.sources._capture import Capture
from tests.sources.mjpeg_server import MjpegServer, grey_levels

cv2 = pytest.importorskip("cv2", exc_type=ImportError, reason="OpenCV lacks a system library")

NEVER = threading.Event()
PICTURE = np.zeros((4, 4, 3), np.uint8)


class Device:
    """A camera without hardware: each grab does the next thing of a list, then the last again and again."""

    def __init__(self, *steps: Callable[[], Any]) -> None:
        self._steps = list(steps)
        self.image: Any = None
        self.grabs = 0
        self.released = threading.Event()

    def grab(self) -> bool:
        step = self._steps[min(self.grabs, len(self._steps) - 1)]
        self.grabs += 1
        self.image = step()
        return self.image is not False

    def retrieve(self) -> tuple[bool, Any]:
        return self.image is not None, self.image

    def release(self) -> None:
        self.released.set()


def gives() -> np.ndarray:
    time.sleep(0.001)  # as a driver waits for the sensor
    return PICTURE


def fails() -> bool:
    return False


def breaks() -> None:
    raise cv2.error("a driver in trouble")


@pytest.fixture
def capture() -> Iterator[Callable[..., Capture]]:
    made = []

    def make(opened: Callable[[], Any], before: Capture | None = None) -> Capture:
        made.append(Capture(opened, lambda: "the test camera", before))
        return made[-1]

    yield make
    for one in made:
        one.close()
        one._thread.join(5)
        assert not one._thread.is_alive()


def test_a_slow_reader_gets_the_newest_picture_and_the_others_are_counted(capture: Any) -> None:
    with MjpegServer(grey_levels(250), fps=100) as server:
        live = capture(lambda: cv2.VideoCapture(server.url, cv2.CAP_FFMPEG))
        assert live.ready(NEVER)
        assert live.newest(NEVER) is not None
        dropped, sent = live.dropped, server.sent
        server.wait_sent(sent + 30)
        number = live.newest(NEVER).image.mean() * 250 / 255
        assert number >= sent + 25
        assert live.dropped - dropped >= 20


def test_a_picture_carries_the_moment_it_was_grabbed(capture: Any) -> None:
    before = time.perf_counter()
    live = capture(lambda: Device(gives))
    first, second = live.newest(NEVER), live.newest(NEVER)
    assert before < first.captured < second.captured < time.perf_counter()
    assert (first.time, second.time) == (first.captured, second.captured)


def test_a_device_that_falls_silent_is_lost_by_name(capture: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_capture, "_SILENCE_SECONDS", 0.1)
    live = capture(lambda: Device(gives, fails))
    assert live.newest(NEVER) is not None
    start = time.perf_counter()
    with pytest.raises(SourceLostError, match="the test camera has given no picture"):
        live.newest(NEVER)
    assert 0.05 < time.perf_counter() - start < 1


def test_a_camera_may_take_its_time_for_the_first_picture(capture: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_capture, "_SILENCE_SECONDS", 0.0)
    live = capture(lambda: Device(*[fails] * 10, gives))
    assert live.newest(NEVER) is not None


@pytest.mark.parametrize("trouble", [fails, breaks, lambda: None], ids=["no grab", "exception", "no picture"])
def test_a_picture_that_cannot_be_had_is_passed_over(capture: Any, trouble: Callable[[], Any]) -> None:
    device = Device(gives, trouble, trouble, gives)
    live = capture(lambda: device)
    for _ in range(5):
        assert live.newest(NEVER).image is PICTURE
    assert device.grabs >= 5


def test_stop_ends_a_wait_for_a_picture_at_once(capture: Any) -> None:
    stop = threading.Event()
    live = capture(lambda: Device(fails))
    assert live.ready(stop)
    threading.Timer(0.05, stop.set).start()
    start = time.perf_counter()
    assert live.newest(stop) is None
    assert time.perf_counter() - start < _capture._SILENCE_SECONDS / 2


def test_stop_ends_a_wait_for_opening_at_once(capture: Any) -> None:
    released = threading.Event()
    stop = threading.Event()
    stop.set()
    live = capture(lambda: released.wait(10) and Device(gives))
    start = time.perf_counter()
    assert not live.ready(stop)
    live.close()
    assert time.perf_counter() - start < 5  # of the ten for which the driver hangs
    released.set()


def test_the_sentence_of_a_failed_opening_reaches_the_reader(capture: Any) -> None:
    def absent() -> Any:
        raise SourceError("no camera 3")

    with pytest.raises(SourceError, match="no camera 3"):
        capture(absent).ready(NEVER)


def test_our_own_faults_reach_the_reader_too(capture: Any) -> None:
    def faulty() -> Any:
        raise ZeroDivisionError

    live = capture(lambda: Device(faulty))
    with pytest.raises(ZeroDivisionError):
        live.newest(NEVER)


def test_closing_frees_the_device(capture: Any) -> None:
    device = Device(gives)
    live = capture(lambda: device)
    live.newest(NEVER)
    live.close()
    assert device.released.wait(1)


def test_a_driver_that_hangs_holds_nobody_and_is_waited_for_before_the_next_opening(
    capture: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_capture, "_FIRST_SECONDS", 0.2)
    let_go = threading.Event()
    hanging, healthy = Device(lambda: let_go.wait(10) and PICTURE), Device(gives)
    first = capture(lambda: hanging)
    assert first.ready(NEVER)
    start = time.perf_counter()
    first.close()
    assert time.perf_counter() - start < 5  # of the ten for which the driver hangs

    second = capture(lambda: healthy, before=first)
    with pytest.raises(SourceLostError, match="did not open"):
        second.ready(NEVER)
    assert healthy.grabs == 0
    second.close()
    let_go.set()
    assert hanging.released.wait(1)
    assert capture(lambda: healthy, before=second).newest(NEVER) is not None
