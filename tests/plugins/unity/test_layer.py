"""The Unity components, compiled and run against stand-ins for the parts of Unity that they use."""

import socket
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from avatar_driver.channels import INDEX, ROTATION, SHAPE_NAMES
from avatar_driver.frame import Frame
from avatar_driver.protocols.osc import Message, encode
from avatar_driver.protocols.vmc import Encoder
from tests.plugins.unity.mono import Stage, playing, said

PASCAL = [name[0].upper() + name[1:] for name in SHAPE_NAMES]


class Sender:
    """Sends faces as the driver does."""

    def __init__(self, **values: float) -> None:
        self._encoder = Encoder(PASCAL)
        self._values = np.zeros(58, np.float32)
        self.set(**values)

    def set(self, **values: float) -> None:
        for name, value in values.items():
            self._values[INDEX[name]] = value

    def send(self, stage: Stage, tracked: bool = True) -> Stage:
        """Sends one frame and lets the game go on until it has it."""
        before = stage.number
        frame = Frame(time.perf_counter(), self._values.copy(), tracked=tracked)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            for packet in self._encoder.packets(frame, frame.values[:52]):
                out.sendto(packet, ("127.0.0.1", stage.port))
        for _ in range(200):
            if stage.order("step 1 0.001 5").number > before:
                return stage.order("step 1 0.001")
        raise AssertionError("the frame did not come")


def weight(stage: Stage, name: str) -> float:
    return stage.weights[SHAPE_NAMES.index(name)]


def test_the_package_s_own_tests_pass(built: Path) -> None:
    lines = said(built / "layer.exe", "tests")
    assert len(lines) > 60
    assert all(line.startswith("ok ") for line in lines)


def test_everything_that_is_shown_in_the_inspector_has_a_tooltip(built: Path) -> None:
    fields = [line.split("\t") for line in said(built / "layer.exe", "tooltips")]
    assert len(fields) > 25
    for name, tooltip in fields:
        assert len(tooltip) > 10, name
        assert tooltip.endswith("."), name


def test_the_sample_s_head_has_every_shape_and_each_moves_it(built: Path) -> None:
    *shapes, inward = said(built / "layer.exe", "sample")
    moved = {line.split()[0]: float(line.split()[1]) for line in shapes[1:]}
    assert list(moved) == list(SHAPE_NAMES)
    assert all(0.005 < far < 0.3 for far in moved.values())
    assert inward == "triangles turned inward: 0"


def test_showing_a_face_allocates_nothing(built: Path) -> None:
    binders, allocated, jaw = said(built / "layer.exe", "allocate")[-1].split()
    assert binders == "3"
    assert jaw == "50"
    assert int(allocated) < 4096


def test_a_face_is_shown_on_the_avatar(built: Path) -> None:
    with playing(built) as stage:
        sender = Sender(jawOpen=0.25, eyeBlinkLeft=1.0)
        sender.set(**{f"headRotation{axis}": angle for axis, angle in zip("XY", (0.0, 0.5), strict=True)})
        sender.send(stage).order("step 10 0.1")
        assert stage.listening
        assert weight(stage, "jawOpen") == pytest.approx(25, abs=1e-3)
        assert weight(stage, "eyeBlinkLeft") == pytest.approx(100)
        assert sum(stage.weights) == pytest.approx(125, abs=1e-3)
        # To the person's own left, which is the avatar's −x.
        assert stage.way == pytest.approx((-np.sin(0.5), 0, np.cos(0.5)), abs=1e-4)
        assert ROTATION.start == INDEX["headRotationX"]


def test_a_face_eases_in_and_when_the_sender_goes_out(built: Path) -> None:
    with playing(built) as stage:
        stage.order("set TimeoutSeconds 0.2")
        sender = Sender(jawOpen=1.0, headRotationY=0.5)
        assert sender.send(stage).presence < 0.1
        sender.send(stage).order("step 1 0.2")
        assert stage.receiving
        assert 0.4 < stage.presence < 0.7
        assert weight(stage, "jawOpen") == pytest.approx(100 * stage.presence, abs=1e-2)
        stage.order("step 1 1.0")
        assert stage.presence == 1
        stage.order("step 1 0.2 300")
        assert not stage.receiving
        assert 0.4 < stage.presence < 0.6
        assert 0.4 < weight(stage, "jawOpen") / 100 < 0.6
        stage.order("step 2 1.0")
        assert stage.presence == 0
        assert not any(stage.weights)
        assert stage.way == pytest.approx((0, 0, 1), abs=1e-5)
        sender.send(stage).order("step 1 1.0")
        assert weight(stage, "jawOpen") == pytest.approx(100)


def test_a_lost_face_is_held_if_so_set(built: Path) -> None:
    with playing(built) as stage:
        stage.order("set TimeoutSeconds 0.2")
        stage.order("set WhenLost Hold")
        Sender(jawOpen=1.0).send(stage).order("step 1 1.0")
        stage.order("step 5 1.0 100")
        assert not stage.receiving
        assert stage.presence == 1
        assert weight(stage, "jawOpen") == pytest.approx(100)


@pytest.mark.parametrize(("eases", "shown"), [("True", 60), ("False", 0)])
def test_a_sender_that_sees_no_face_is_believed_to_ease_by_itself_or_not(built: Path, eases: str, shown: float) -> None:
    with playing(built) as stage:
        stage.order(f"set SenderEases {eases}")
        stage.order("set TimeoutSeconds 10")
        sender = Sender(jawOpen=0.6)
        sender.send(stage).order("step 1 1.0")
        assert weight(stage, "jawOpen") == pytest.approx(60, abs=1e-3)
        sender.send(stage, tracked=False).order("step 1 1.0")
        assert stage.receiving
        assert weight(stage, "jawOpen") == pytest.approx(shown, abs=1e-3)


def test_a_taken_port_is_said_once_and_tried_again_until_it_is_free(built: Path) -> None:
    with playing(built) as stage:
        stage.order("occupy")
        stage.order("move-there").order("step 5 1.5")
        assert not stage.listening
        (said_once,) = stage.order("log").lines
        assert said_once.startswith(f"error: avatar_driver: cannot listen on UDP port {stage.port}")
        stage.order("free").order("step 2 1.5")
        assert stage.listening
        assert len(stage.order("log").lines) == 2
        sender = Sender(jawOpen=0.5)
        sender.send(stage).order("step 1 1.0")
        assert weight(stage, "jawOpen") == pytest.approx(50, abs=1e-3)


def test_a_receiver_that_is_switched_off_leaves_no_face_and_frees_its_port(built: Path) -> None:
    with playing(built) as stage:
        sender = Sender(jawOpen=0.5)
        sender.send(stage).order("step 1 1.0")
        stage.order("off").order("step 1 0.01")
        assert not any(stage.weights)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", stage.port))
        stage.order("on").order("step 1 0.01")
        assert stage.listening
        sender.send(stage).order("step 1 1.0")
        assert weight(stage, "jawOpen") == pytest.approx(50, abs=1e-3)


@pytest.mark.skipif(sys.platform != "linux", reason="needs 127.0.0.2, which only Linux has from the start")
def test_only_this_computer_is_heard_until_it_is_told_to_listen_beyond(built: Path) -> None:
    def heard_elsewhere(stage: Stage) -> bool:
        before = stage.number
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.sendto(encode(Message("/VMC/Ext/Blend/Apply")), ("127.0.0.2", stage.port))
        return stage.order("step 20 0.001 5").number > before

    with playing(built) as stage:
        assert stage.listening
        assert not heard_elsewhere(stage)
        stage.order("set ListenBeyondThisComputer True").order("step 1 0.01")
        assert stage.listening
        assert heard_elsewhere(stage)


def test_the_inspectors_show_what_comes_in_and_what_has_no_partner(built: Path) -> None:
    with playing(built) as stage:
        lines = stage.order("inspect").lines
        assert any("Nothing has come in yet" in line and str(stage.port) in line for line in lines)
        sender = Sender(jawOpen=0.25)
        sender._encoder = Encoder([*PASCAL[:-1], "Joy"])  # TongueOut is missing, Joy is no shape of this head
        sender.send(stage).order("step 1 1.0")
        shown = "\n".join(stage.order("inspect").lines)
        assert "Info: Receiving a face." in shown
        assert "bar: JawOpen  0.25" in shown
        assert "Blend shapes driven: 51" in shown
        assert "no blend shape has that name (1)\nshown Joy" in shown
        assert "nothing received drives (1)\nshown Head: tongueOut" in shown
