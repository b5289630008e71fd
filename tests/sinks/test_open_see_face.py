"""The OpenSeeFace sink over real sockets."""

import numpy as np
import pytest

from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.errors import SinkError
from avatar_driver.frame import Frame
from avatar_driver.protocols.open_see_face import FEATURES, Record, decode
from avatar_driver.sinks.open_see_face import OpenSeeFace
from tests.osc_peers import Receiver, receiver

SMILE = FEATURES.index("mouth_corner_updown_l")


def smiling(left: float, **channels: float) -> np.ndarray:
    values = np.zeros(len(CHANNELS), np.float32)
    for name, value in {"mouthSmileLeft": left, **channels}.items():
        values[INDEX[name]] = value
    return values


def received(peer: Receiver) -> list[Record]:
    return [record for packet in peer.packets() for record in decode(packet)]


async def test_every_face_arrives_and_a_lost_one_ends_in_silence() -> None:
    with receiver() as peer:
        sink = OpenSeeFace(port=peer.port)
        await sink.open()
        for i, smile in enumerate((1, 0.5, 0.25, 0, 0, 0)):
            await sink.send(Frame(float(i), smiling(smile), tracked=i < 2))
        await sink.close()
        records = received(peer)

    assert [record.time for record in records] == [0, 1, 2, 3]
    assert [record.features[SMILE] for record in records] == [-1, -0.5, -0.25, 0]
    assert all(record.success for record in records)


async def test_settings_reach_the_record() -> None:
    with receiver() as peer:
        sink = OpenSeeFace(
            port=peer.port,
            width=320,
            height=200,
            distance=0.32,
            head_yaw_scale=-1,
            head_pitch_scale=2,
            head_roll_scale=-2,
            position_scale=10,
            eye_yaw_degrees=-90,
            eye_pitch_degrees=90,
            mouth_corner_scale=-1,
            landmark_confidence=0.5,
            no_face="unsuccessful",
        )
        await sink.open()
        for channels in (
            {"headRotationX": 0.25, "headPositionX": 0.016, "eyeLookInLeft": 1.0},
            {"headRotationY": 0.25, "eyeLookDownLeft": 1.0},
            {"headRotationZ": 0.25},
        ):
            await sink.send(Frame(0.0, smiling(0.5, **channels)))
        await sink.send(Frame(1.0, smiling(0.5), tracked=False))
        await sink.close()
        nod, turn, tilt, lost = received(peer)

    assert nod.size == (320, 200)
    assert nod.translation == pytest.approx((0, -1, -2), abs=1e-5)
    assert nod.euler[0] == pytest.approx(28.6479 - 180, abs=1e-3)
    assert turn.euler[1] == pytest.approx(-14.3239, abs=1e-3)
    assert tilt.euler[2] == pytest.approx(90 - 28.6479, abs=1e-3)
    assert nod.points[67, 0] < nod.points[69, 0]
    # Looking down by a full quarter turn, the pupil stands right below the middle of the eyeball.
    assert turn.points[67, 1] > turn.points[69, 1]
    assert turn.points[67, 2] == pytest.approx(turn.points[69, 2], abs=1e-6)
    assert nod.features[SMILE] == 0.5
    assert set(nod.confidences.tolist()) == {0.5}
    assert not lost.success


async def test_a_face_that_is_not_finite_is_not_sent() -> None:
    with receiver() as peer:
        sink = OpenSeeFace(port=peer.port)
        await sink.open()
        await sink.send(Frame(0.0, smiling(np.nan)))
        await sink.close()

        assert peer.packets() == []


async def test_a_host_that_does_not_exist_is_a_sentence() -> None:
    with pytest.raises(SinkError, match=r"no computer is known as 'a\.\.b'"):
        await OpenSeeFace(host="a..b").open()


def test_it_says_where_it_sends() -> None:
    assert OpenSeeFace().describe() == "127.0.0.1:11573"
