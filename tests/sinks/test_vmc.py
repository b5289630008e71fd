"""The VMC sink over real sockets."""

import math

import numpy as np
import pytest

from avatar_driver import maps
from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.errors import SinkError
from avatar_driver.frame import REST, Frame
from avatar_driver.protocols.osc import Message
from avatar_driver.protocols.vmc import Assembler, Face
from avatar_driver.sinks.vmc import Vmc
from tests.osc_peers import Receiver, receiver

PERFECT_SYNC = maps.load("perfect_sync")


def smiling(left: float, **channels: float) -> np.ndarray:
    values = np.zeros(len(CHANNELS), np.float32)
    for name, value in {"mouthSmileLeft": left, **channels}.items():
        values[INDEX[name]] = value
    return values


def faces(peer: Receiver) -> list[Face]:
    assembler = Assembler()
    return [face for packet in peer.packets() for face in assembler.faces(packet)]


async def test_every_frame_arrives_whole_through_the_map() -> None:
    with receiver() as peer:
        sink = Vmc(port=peer.port, map=PERFECT_SYNC)
        await sink.open()
        for i in range(5):
            await sink.send(Frame(i / 32, smiling(i / 4)))
        await sink.close()
        received = faces(peer)

    assert [face.weights["MouthSmileLeft"] for face in received] == [0, 0.25, 0.5, 0.75, 1]
    assert [face.time for face in received] == [i / 32 for i in range(5)]
    assert all(set(face.weights) == set(PERFECT_SYNC.names) for face in received)
    assert all(set(face.bones) == {"Head"} for face in received)


async def test_frames_without_a_face_are_sent_too_with_the_status_bad() -> None:
    """Receivers take a silent sender for dead; and a face that is eased to rest has to arrive."""
    with receiver() as peer:
        sink = Vmc(port=peer.port, map=PERFECT_SYNC)
        await sink.open()
        for i, tracked in enumerate((True, False, False, True)):
            await sink.send(Frame(float(i), smiling(0.5), tracked=tracked))
        await sink.close()
        received = faces(peer)

    assert [face.tracked for face in received] == [True, False, False, True]
    assert [face.weights["MouthSmileLeft"] for face in received] == [0.5] * 4


async def test_settings_reach_the_packets() -> None:
    with receiver() as peer:
        sink = Vmc(
            port=peer.port,
            map=PERFECT_SYNC,
            case="camel",
            head_position=True,
            head_offset_x=0.5,
            head_offset_y=0.25,
            head_offset_z=0.125,
            eyes=True,
            eye_yaw_degrees=20,
            eye_pitch_degrees=-10,
        )
        await sink.open()
        await sink.send(Frame(0.0, smiling(0.5, headPositionY=0.5, eyeLookInLeft=1, eyeLookDownRight=1)))
        await sink.close()
        (face,) = faces(peer)

    assert face.weights["mouthSmileLeft"] == 0.5
    assert "MouthSmileLeft" not in face.weights
    assert face.bones["Head"].position == (0.5, 0.75, 0.125)
    assert face.bones["LeftEye"].rotation.y == pytest.approx(math.sin(math.radians(10)))
    assert face.bones["RightEye"].rotation.x == pytest.approx(-math.sin(math.radians(5)))


async def test_the_head_can_be_left_to_another_tracker() -> None:
    with receiver() as peer:
        sink = Vmc(port=peer.port, map=PERFECT_SYNC, head=False)
        await sink.open()
        await sink.send(Frame(0.0, REST))
        await sink.close()

        assert "/VMC/Ext/Bone/Pos" not in {message.address for message in peer.messages()}


async def test_it_can_be_opened_again_after_a_failure() -> None:
    with receiver() as peer:
        sink = Vmc(port=peer.port, map=PERFECT_SYNC)
        await sink.close()
        for _ in range(2):
            await sink.open()
            await sink.send(Frame(0.0, REST))
            await sink.close()
            await sink.close()

        assert peer.messages().count(Message("/VMC/Ext/Blend/Apply")) == 2


async def test_a_host_that_does_not_exist_is_a_sentence() -> None:
    sink = Vmc(host="a..b", map=PERFECT_SYNC)

    with pytest.raises(SinkError, match=r"no computer is known as 'a\.\.b'"):
        await sink.open()
    await sink.close()


def test_it_says_where_it_sends() -> None:
    assert Vmc(map=PERFECT_SYNC).describe() == "127.0.0.1:39539"
    assert Vmc(host="fe80::1", port=39540, map=PERFECT_SYNC).describe() == "[fe80::1]:39540"


def test_the_name_of_a_map_is_not_a_map() -> None:
    with pytest.raises(TypeError, match="found its name 'perfect_sync'"):
        Vmc()
