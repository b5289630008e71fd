"""The Live Link sink over real sockets."""

import time

import numpy as np
import pytest

from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.errors import SinkError
from avatar_driver.frame import REST, Frame, Origin
from avatar_driver.protocols.live_link import DEVICE_ID, Packet, decode
from avatar_driver.sinks.live_link import LiveLink
from tests.osc_peers import Receiver, receiver

DAY = 86_400


def smiling(left: float, **channels: float) -> np.ndarray:
    values = np.zeros(len(CHANNELS), np.float32)
    for name, value in {"mouthSmileLeft": left, **channels}.items():
        values[INDEX[name]] = value
    return values


def captured(at: float, ago: float = 0.0) -> Origin:
    return Origin(captured=at - ago)


def received(peer: Receiver) -> list[Packet]:
    return [decode(datagram) for datagram in peer.packets()]


def seconds(packet: Packet) -> float:
    whole, rest, numerator, denominator = packet.time
    return (whole + rest) * denominator / numerator


def local_time() -> float:
    now = time.time()
    return (now + time.localtime(now).tm_gmtoff) % DAY


def apart(a: float, b: float) -> float:
    """Seconds between two times of day, whichever side of midnight they are."""
    return abs((a - b + DAY / 2) % DAY - DAY / 2)


async def test_every_frame_arrives_with_the_time_of_day_of_its_capture() -> None:
    """A picture taken three seconds ago is sent now, with the time it had then."""
    with receiver() as peer:
        sink = LiveLink(port=peer.port)
        await sink.open()
        now = time.perf_counter()
        for i in range(5):
            await sink.send(Frame(i / 32, smiling(i / 4), origin=captured(now + i / 32, ago=3)))
        await sink.close()
        packets = received(peer)

    assert [packet.channels()[INDEX["mouthSmileLeft"]] for packet in packets] == [0, 0.25, 0.5, 0.75, 1]  # type: ignore[index]
    assert apart(seconds(packets[0]), local_time() - 3) < 0.5
    steps = np.diff([seconds(packet) for packet in packets])
    assert steps == pytest.approx([1 / 32] * 4, abs=1e-4)
    assert {(packet.device, packet.subject) for packet in packets} == {(DEVICE_ID, "avatar_driver")}


async def test_frames_that_were_made_and_not_captured_go_on_from_the_last_capture() -> None:
    with receiver() as peer:
        sink = LiveLink(port=peer.port, no_face="never")
        await sink.open()
        now = time.perf_counter()
        await sink.send(Frame(100.0, REST, origin=captured(now, ago=5)))
        await sink.send(Frame(100.25, REST, tracked=False, origin=captured(0)))
        await sink.close()
        first, second = received(peer)

    assert seconds(second) - seconds(first) == pytest.approx(0.25, abs=1e-3)


async def test_before_any_capture_the_time_is_now() -> None:
    with receiver() as peer:
        sink = LiveLink(port=peer.port)
        await sink.open()
        await sink.send(Frame(100.0, REST, tracked=False, origin=captured(0)))
        await sink.close()
        (packet,) = received(peer)

    assert apart(seconds(packet), local_time()) < 0.5


async def test_a_lost_face_eases_to_rest_before_it_is_told_as_lost() -> None:
    with receiver() as peer:
        sink = LiveLink(port=peer.port)
        await sink.open()
        for i, smile in enumerate((1, 0.5, 0, 0)):
            await sink.send(Frame(float(i), smiling(smile), tracked=i == 0))
        await sink.close()
        packets = received(peer)

    assert [packet.values is None for packet in packets] == [False, False, False, True]


async def test_settings_reach_the_packets() -> None:
    with receiver() as peer:
        sink = LiveLink(
            port=peer.port,
            subject="me",
            device_id="0" * 36,
            rate_numerator=30_000,
            rate_denominator=1001,
            head_yaw_scale=-1,
            head_pitch_scale=-1,
            head_roll_scale=2,
            eye_yaw_degrees=-20,
            eye_pitch_degrees=10,
            no_face="at_once",
        )
        await sink.open()
        face = {"eyeLookInLeft": 1.0, "eyeLookDownLeft": 1.0}
        await sink.send(Frame(0.0, smiling(0, headRotationX=0.25, **face)))
        await sink.send(Frame(0.1, smiling(0, headRotationY=0.25)))
        await sink.send(Frame(0.2, smiling(0, headRotationZ=0.25)))
        await sink.send(Frame(0.3, smiling(0), tracked=False))
        await sink.close()
        nod, turn, tilt, lost = received(peer)

    assert (nod.device, nod.subject, nod.time[2:]) == ("0" * 36, "me", (30_000, 1001))
    assert nod.values is not None
    assert turn.values is not None
    assert tilt.values is not None
    assert [nod.values[53], turn.values[52], tilt.values[54]] == pytest.approx([0.25, -0.25, 0.5])
    assert nod.values[55:57] == pytest.approx([-0.349066, 0.174533])
    assert lost.values is None


async def test_a_face_that_is_not_finite_is_not_sent() -> None:
    with receiver() as peer:
        sink = LiveLink(port=peer.port)
        await sink.open()
        await sink.send(Frame(0.0, smiling(np.nan)))
        await sink.close()

        assert peer.packets() == []


async def test_a_host_that_does_not_exist_is_a_sentence() -> None:
    sink = LiveLink(host="a..b")

    with pytest.raises(SinkError, match=r"no computer is known as 'a\.\.b'"):
        await sink.open()
    await sink.close()


def test_it_says_where_it_sends() -> None:
    assert LiveLink().describe() == "127.0.0.1:11111"
