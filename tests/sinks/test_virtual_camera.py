"""The virtual camera: what a call would see, and what the rest of the program feels of it."""

import asyncio
import itertools
import logging
import os
import platform
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
import pytest
import pyvirtualcam
import pyvirtualcam.camera
from numpy.typing import NDArray

from avatar_driver.channels import INDEX
from avatar_driver.errors import SinkError
from avatar_driver.frame import REST, Frame
from avatar_driver.lane import Lane
from avatar_driver.puppet.renderer import Renderer
from avatar_driver.puppet.rig import Rig
from avatar_driver.sinks.virtual_camera import VirtualCamera

SIZE = {"width": 160, "height": 90}
SHIM = Path(__file__).parents[1] / "peers" / "loopback_device.c"


class FakeCamera:
    """A backend as pyvirtualcam asks for it, that keeps what it is sent."""

    made: ClassVar[list["FakeCamera"]] = []
    #: Called by each send, before the picture is kept.
    on_send: ClassVar[Callable[[], object]] = staticmethod(lambda: None)

    def __init__(self, *, width: int, height: int, fps: float, fourcc: int, device: str | None, **_: Any) -> None:
        if device == "taken":
            raise RuntimeError("virtual camera output could not be started")
        self.size, self.fps, self.name = (width, height), fps, device or "Fake Camera"
        self.pictures: list[NDArray[np.uint8]] = []
        self.closed = 0
        self.thread = threading.current_thread()
        FakeCamera.made.append(self)

    def close(self) -> None:
        self.closed += 1

    def send(self, frame: NDArray[np.uint8]) -> None:
        assert threading.current_thread() is self.thread
        FakeCamera.on_send()
        self.pictures.append(frame.reshape(self.size[1], self.size[0], 3).copy())

    def device(self) -> str:
        return self.name

    def native_fourcc(self) -> None:
        return None


@pytest.fixture
def cameras(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[FakeCamera]]:
    """The only virtual camera of this computer is a fake one. Gives those that were opened."""
    monkeypatch.setattr(pyvirtualcam.camera, "BACKENDS", {})
    pyvirtualcam.register_backend("fake", FakeCamera)
    monkeypatch.setattr(FakeCamera, "made", [])
    monkeypatch.setattr(FakeCamera, "on_send", staticmethod(lambda: None))
    return FakeCamera.made


@pytest.fixture
def no_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def __init__(self, **_: Any) -> None:
            raise RuntimeError("No v4l2 loopback device found at /dev/video[0-99]. Did you run 'modprobe'? See also x.")

    monkeypatch.setattr(pyvirtualcam.camera, "BACKENDS", {"v4l2loopback": Missing})


def smile(amount: float = 1.0) -> NDArray[np.float32]:
    values = np.zeros(len(REST), np.float32)
    values[[INDEX["mouthSmileLeft"], INDEX["mouthSmileRight"], INDEX["jawOpen"]]] = amount
    return values


def picture(values: NDArray[np.float32], **more: Any) -> NDArray[np.uint8]:
    return Renderer(Rig.load(), *SIZE.values(), **more).draw(values).copy()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.002)


async def test_a_call_sees_the_puppet_at_rest_and_then_wearing_the_face(cameras: list[FakeCamera]) -> None:
    sink = VirtualCamera(**SIZE, fps=25)
    await sink.open()
    camera = cameras[0]
    assert (camera.size, camera.fps) == ((160, 90), 25)
    np.testing.assert_array_equal(camera.pictures[0], picture(REST))
    await sink.send(Frame(1.0, smile()))
    await until(lambda: (camera.pictures[-1] == picture(smile())).all())
    await sink.close()
    assert camera.closed == 1


async def test_settings_reach_the_picture(cameras: list[FakeCamera]) -> None:
    sink = VirtualCamera(**SIZE, background="green", colours={"hair": "#ff0000"}, mirror=True, device="Second Camera")
    await sink.open()
    expected = picture(REST, background="green", colours={"hair": "#ff0000"}, mirror=True)
    np.testing.assert_array_equal(cameras[0].pictures[0], expected)
    assert cameras[0].name == "Second Camera"
    await sink.close()


async def test_while_no_face_comes_the_last_picture_is_repeated_at_the_cameras_rate(cameras: list[FakeCamera]) -> None:
    sink = VirtualCamera(**SIZE, fps=50)
    await sink.open()
    await sink.send(Frame(1.0, smile()))
    await until(lambda: (cameras[0].pictures[-1] == picture(smile())).all())
    before, began = len(cameras[0].pictures), time.perf_counter()
    await until(lambda: len(cameras[0].pictures) >= before + 10)
    assert time.perf_counter() - began >= 9 / 50
    assert all((each == picture(smile())).all() for each in cameras[0].pictures[before:])
    await sink.close()


async def test_of_faces_that_come_while_the_driver_is_slow_only_the_newest_is_shown(cameras: list[FakeCamera]) -> None:
    sink = VirtualCamera(**SIZE)
    await sink.open()
    entered, go = threading.Event(), threading.Event()
    FakeCamera.on_send = staticmethod(lambda: (entered.set(), go.wait(10)))
    await sink.send(Frame(1.0, smile(0.1)))
    await until(entered.is_set)
    shown = len(cameras[0].pictures)
    began = time.perf_counter()
    for i in range(200):
        await sink.send(Frame(1.1 + i, smile(i / 200)))
    assert time.perf_counter() - began < 5  # a bound against waiting for the driver, not a measurement
    go.set()
    await until(lambda: (cameras[0].pictures[-1] == picture(smile(199 / 200))).all())
    new = [each for each in cameras[0].pictures[shown + 1 :] if not (each == picture(smile(0.1))).all()]
    assert all((each == new[-1]).all() for each in new)
    await sink.close()


async def test_the_last_face_is_shown_before_the_camera_is_let_go(cameras: list[FakeCamera]) -> None:
    sink = VirtualCamera(**SIZE, fps=1)
    await sink.open()
    await sink.send(Frame(1.0, smile(0.5)))
    await sink.send(Frame(1.0, smile()))
    await sink.close()
    np.testing.assert_array_equal(cameras[0].pictures[-1], picture(smile()))
    assert cameras[0].closed == 1


async def test_a_driver_that_hangs_holds_neither_opening_nor_closing_for_ever(
    cameras: list[FakeCamera],
) -> None:
    go = threading.Event()
    FakeCamera.on_send = staticmethod(lambda: go.wait(10))
    sink = VirtualCamera(**SIZE)
    opening = asyncio.create_task(sink.open())
    await until(lambda: cameras)
    opening.cancel()
    began = time.perf_counter()
    await sink.close()
    assert time.perf_counter() - began < 5  # of the ten for which the driver hangs
    go.set()
    await until(lambda: cameras[0].closed)


async def test_a_driver_that_fails_is_told_and_tried_again(
    cameras: list[FakeCamera], caplog: pytest.LogCaptureFixture
) -> None:
    def failing() -> None:
        raise OSError("device is gone")

    with caplog.at_level(logging.INFO, "avatar_driver"):
        lane = Lane("virtual_camera", VirtualCamera(**SIZE))
        await lane.tried()
        FakeCamera.on_send = staticmethod(failing)
        lane.offer(Frame(1.0, smile()))
        await lane.idle()
        await until(lambda: cameras[0].closed)
        FakeCamera.on_send = staticmethod(lambda: None)
        lane.offer(Frame(2.0, smile()))
        await until(lambda: len(cameras) == 2)
        lane.offer(Frame(3.0, smile()))
        await until(lambda: lane.statistics.fault is None)
        await lane.close()
    assert "the virtual camera Fake Camera stopped: device is gone" in caplog.text
    assert "works again" in caplog.text


@pytest.mark.parametrize(
    ("system", "advice"),
    [
        ("win32", "install OBS Studio and start its virtual camera once"),
        ("darwin", "install OBS Studio and start its virtual camera once"),
        (
            "linux",
            "sudo apt install v4l2loopback-dkms, then "
            'sudo modprobe v4l2loopback devices=1 exclusive_caps=1 card_label="avatar_driver"',
        ),
    ],
)
@pytest.mark.usefixtures("no_camera")
async def test_without_a_camera_a_sentence_says_what_to_do_on_this_system(
    system: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = VirtualCamera(**SIZE)
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(SinkError) as caught:
        await sink.open()
    monkeypatch.undo()
    assert str(caught.value).startswith("no virtual camera (No v4l2 loopback device found at /dev/video[0-99]): ")
    assert advice in str(caught.value)
    assert "\n" not in str(caught.value)
    await sink.close()


@pytest.mark.usefixtures("no_camera")
async def test_without_a_camera_the_lane_keeps_trying_and_needs_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    lane = Lane("virtual_camera", VirtualCamera(**SIZE))
    await lane.tried()
    lane.offer(Frame(1.0, REST))
    await until(lambda: lane.statistics.errors >= 2)
    await lane.close()
    assert caplog.text.count("sudo modprobe" if sys.platform == "linux" else "no virtual camera") == 1
    assert "Traceback" not in caplog.text


async def test_a_camera_that_is_taken_is_told_as_the_driver_tells_it(cameras: list[FakeCamera]) -> None:
    sink = VirtualCamera(**SIZE, device="taken")
    with pytest.raises(SinkError, match="virtual camera output could not be started"):
        await sink.open()
    await sink.close()


async def test_a_background_that_is_gone_is_a_fault_of_the_sink(cameras: list[FakeCamera], tmp_path: Path) -> None:
    sink = VirtualCamera(**SIZE, background=str(tmp_path / "room.png"))
    with pytest.raises(SinkError, match="cannot read the background"):
        await sink.open()
    await sink.close()
    assert not cameras


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"width": 1281}, "width 1281 is odd; .* use 1282"),
        ({"height": 719}, "height 719 is odd; .* use 720"),
        ({"background": "blue"}, "found 'blue'"),
        ({"colours": {"hiar": "#000000"}}, "did you mean 'hair'"),
        ({"colours": {"hair": "brown"}}, "expected a colour like #a1b2c3, found 'brown'"),
    ],
)
def test_settings_that_cannot_be_are_refused_before_anything_is_opened(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        VirtualCamera(**wrong)


async def test_it_tells_which_camera_shows_what(cameras: list[FakeCamera]) -> None:
    sink = VirtualCamera(**SIZE)
    assert sink.describe() == "the first virtual camera, 160×90 at 30 fps"
    await sink.open()
    assert sink.describe() == "Fake Camera, 160×90 at 30 fps"
    await sink.close()


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that makes a file of a device, built from its C source."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        pytest.skip("needs Linux on x86-64: the library stands under its system calls")
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip("needs gcc, which is not on this machine")
    library = tmp_path_factory.mktemp("shim") / "loopback_device.so"
    command = [compiler, "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(library), str(SHIM), "-ldl"]
    subprocess.run(command, check=True)
    return library


PROFILE = """
web: {port: 0}
source: {type: synthetic, fps: 30}
stages: []
sinks:
  - {type: virtual_camera, width: 320, height: 180, background: "#00b140", device: /dev/video63}
"""


def test_the_native_driver_is_fed_by_the_whole_program(shim: Path, tmp_path: Path) -> None:
    """The v4l2loopback backend of pyvirtualcam in `avatar-driver run`; only the kernel's device is a file."""
    (tmp_path / "camera.yaml").write_text(PROFILE, encoding="utf-8")
    taken = tmp_path / "frames.i420"
    device = {"LOOPBACK_NAME": "/dev/video63", "LOOPBACK_FRAMES": str(taken), "LD_PRELOAD": str(shim)}
    command = [sys.executable, "-m", "avatar_driver", "run", "camera.yaml", "--seconds", "2"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(device), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "frames.i420.format").read_text() == "320x180 YU12\n"
    frames = np.fromfile(taken, np.uint8).reshape(-1, 180 * 3 // 2, 320)  # whole frames and nothing else
    assert 30 <= len(frames) <= 90
    # The first picture is the puppet at rest, in the colours of the renderer.
    expected = Renderer(Rig.load(), 320, 180, background="#00b140").draw(REST)
    apart = soft(decoded(frames[0])) - soft(expected)
    assert np.abs(apart).mean() < 2
    assert np.abs(decoded(frames[0])[5, 5].astype(int) - (0, 0xB1, 0x40)).max() <= 3
    # And it moves.
    assert sum((one != other).any() for one, other in itertools.pairwise(frames)) >= 20


def environment(more: dict[str, str]) -> dict[str, str]:
    return os.environ | more


def decoded(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An I420 frame in the colours of television (BT.601), as calls read it."""
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_YUV2RGB_I420), np.uint8)


def soft(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Blurred over the pixels that share a colour in I420."""
    return np.asarray(cv2.GaussianBlur(rgb, (0, 0), 2.0), np.float32)
