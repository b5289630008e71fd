"""The opentrack sink over real sockets."""

import math

import numpy as np
import pytest

from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.errors import SinkError
from avatar_driver.frame import Frame
from avatar_driver.protocols.opentrack import decode
from avatar_driver.sinks.opentrack import Opentrack
from tests.osc_peers import receiver


def head(**channels: float) -> np.ndarray:
    values = np.zeros(len(CHANNELS), np.float32)
    for name, value in channels.items():
        values[INDEX[f"head{name}"]] = value
    return values


async def test_every_head_arrives_also_while_it_eases_to_rest() -> None:
    with receiver() as peer:
        sink = Opentrack(port=peer.port)
        await sink.open()
        for i in range(4):
            await sink.send(Frame(float(i), head(PositionX=i / 8), tracked=i < 2))
        await sink.close()

        assert [decode(packet).x for packet in peer.packets()] == [0, 12.5, 25, 37.5]


async def test_each_setting_reaches_its_axis() -> None:
    axes = [
        ("PositionX", 0.5, 50.0),
        ("PositionY", 0.5, 50.0),
        ("PositionZ", 0.5, -50.0),
        ("RotationY", 0.5, -math.degrees(0.5)),
        ("RotationX", 0.5, -math.degrees(0.5)),
        ("RotationZ", 0.5, -math.degrees(0.5)),
    ]
    with receiver() as peer:
        sink = Opentrack(port=peer.port, x_scale=-1, y_scale=2, z_scale=-3, yaw_scale=4, pitch_scale=-5, roll_scale=6)
        await sink.open()
        for name, value, _ in axes:
            await sink.send(Frame(0.0, head(**{name: value})))
        await sink.close()
        poses = [decode(packet) for packet in peer.packets()]

    assert [pose[i] for i, pose in enumerate(poses)] == pytest.approx(
        [scale * expected for scale, (_, _, expected) in zip((-1, 2, -3, 4, -5, 6), axes, strict=True)]
    )


async def test_a_head_that_is_not_finite_is_not_sent() -> None:
    with receiver() as peer:
        sink = Opentrack(port=peer.port)
        await sink.open()
        await sink.send(Frame(0.0, head(RotationY=np.nan)))
        await sink.close()

        assert peer.packets() == []


async def test_a_host_that_does_not_exist_is_a_sentence() -> None:
    with pytest.raises(SinkError, match=r"no computer is known as 'a\.\.b'"):
        await Opentrack(host="a..b").open()


def test_it_says_where_it_sends() -> None:
    assert Opentrack().describe() == "127.0.0.1:4242"
