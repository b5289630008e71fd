"""The iFacialMocap sink over real sockets: to a fixed receiver, and to whoever asks."""

import logging

import numpy as np
import pytest

from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.errors import SinkError
from avatar_driver.frame import REST, Frame
from avatar_driver.protocols.ifacialmocap import decode
from avatar_driver.sinks.ifacialmocap import IFacialMocap
from tests.osc_peers import receiver

ASK = b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719"


def smiling(left: float, **channels: float) -> np.ndarray:
    values = np.zeros(len(CHANNELS), np.float32)
    for name, value in {"mouthSmileLeft": left, **channels}.items():
        values[INDEX[name]] = value
    return values


def free_port() -> int:
    with receiver() as peer:
        return peer.port


async def test_every_frame_arrives_at_a_fixed_receiver_tracked_or_not() -> None:
    with receiver() as peer:
        sink = IFacialMocap(port=peer.port)
        await sink.open()
        for i, tracked in enumerate((True, True, False, False)):
            await sink.send(Frame(float(i), smiling(i / 4), tracked=tracked))
        await sink.close()
        lines = peer.packets()

    assert [decode(line).weights[INDEX["mouthSmileLeft"]] for line in lines] == pytest.approx([0, 0.25, 0.5, 0.75])
    assert all(b"mouthSmile_L-" in line for line in lines)


async def test_settings_reach_the_line() -> None:
    with receiver() as peer:
        sink = IFacialMocap(
            port=peer.port,
            format="facemotion3d",
            head_pitch_scale=-1,
            head_yaw_scale=-1,
            head_roll_scale=2,
            position_scale=10,
            distance=0.25,
            eye_yaw_degrees=-20,
            eye_pitch_degrees=10,
            repeat_first=True,
        )
        await sink.open()
        for channels in (
            {"headRotationX": 0.5, "headPositionX": 0.125, "eyeBlinkLeft": 0.5},
            {"headRotationY": 0.5, "eyeLookDownLeft": 1.0},
            {"headRotationZ": 0.5, "eyeLookOutLeft": 1.0},
        ):
            await sink.send(Frame(0.0, smiling(0, **channels)))
        await sink.close()
        lines = peer.packets()

    nod, turn, tilt = (decode(line) for line in lines)
    assert lines[0].startswith(b"eyeBlinkLeft&50|eyeBlinkLeft&50|")
    assert (nod.head[0], turn.head[1], tilt.head[2]) == pytest.approx((-28.6479, -28.6479, 57.2958), abs=1e-3)
    assert nod.position == (1.25, 0.0, -0.25)
    assert turn.left_eye[0] == pytest.approx(10)
    assert tilt.left_eye[1] == pytest.approx(-20)


async def test_whoever_asks_gets_the_stream_on_its_port_in_the_format_it_asked_for() -> None:
    with receiver() as asking, receiver() as stream:
        port = free_port()
        sink = IFacialMocap(listen=True, listen_port=port, port=stream.port)
        await sink.open()
        await sink.send(Frame(0.0, REST))
        assert stream.packets() == []
        assert sink.describe() == f"asked on 127.0.0.1:{port}, nobody asked yet"

        for request, sign in (
            (ASK, b"jawOpen-0|"),
            (ASK + b"|sendDataVersion=v2", b"jawOpen&0|"),
            (b"FACEMOTION3D_OtherStreaming", b"FM_SAD&0|"),
        ):
            asking.write(request, port)
            await sink.send(Frame(1.0, REST))
            (line,) = stream.packets()
            assert sign in line
        assert asking.packets() == []
        assert sink.describe() == f"asked on 127.0.0.1:{port}, to 127.0.0.1:{stream.port}"

        asking.write(b"StopStreaming_FACEMOTION3D", port)
        await sink.send(Frame(2.0, REST))
        assert stream.packets() == []
        await sink.close()


async def test_opened_again_it_waits_to_be_asked_again() -> None:
    with receiver() as peer:
        port = free_port()
        sink = IFacialMocap(listen=True, listen_port=port, port=peer.port)
        for sent in (1, 0):
            await sink.open()
            if sent:
                peer.write(ASK, port)
            await sink.send(Frame(0.0, REST))
            assert len(peer.packets()) == sent
            await sink.close()


async def test_strangers_are_counted_told_once_and_get_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with receiver() as peer:
        port = free_port()
        sink = IFacialMocap(listen=True, listen_port=port, port=peer.port)
        await sink.open()
        for packet in (b"", b"hello", b"\xff" * 9000, ASK[:-1]):
            peer.write(packet, port)
        with caplog.at_level(logging.WARNING):
            await sink.send(Frame(0.0, REST))
        assert peer.packets() == []
        assert sink.describe().endswith("nobody asked yet, 4 unknown packets")
        assert len(caplog.records) == 1
        assert "expected a request" in caplog.text

        peer.write(ASK, port)
        await sink.send(Frame(1.0, REST))
        assert len(peer.packets()) == 1
        await sink.close()


async def test_a_port_that_is_taken_says_which_and_what_to_set() -> None:
    with receiver() as peer:
        sink = IFacialMocap(listen=True, listen_port=peer.port)
        with pytest.raises(SinkError) as caught:
            await sink.open()
        await sink.close()

    assert str(caught.value) == (
        f"ifacialmocap on UDP 127.0.0.1:{peer.port}: something else uses that port, perhaps the receiver itself; leave "
        "'listen' off to send to a receiver on this computer, or set another port, as in "
        f"'listen_port: {peer.port % 65_535 + 1}'"
    )


async def test_an_address_of_another_computer_cannot_be_listened_on() -> None:
    sink = IFacialMocap(listen=True, listen_host="192.0.2.1", listen_port=free_port())

    with pytest.raises(SinkError, match=r"does not have that address; set 'listen_host: 0\.0\.0\.0'"):
        await sink.open()


async def test_a_face_that_is_not_finite_is_not_sent() -> None:
    with receiver() as peer:
        sink = IFacialMocap(port=peer.port)
        await sink.open()
        await sink.send(Frame(0.0, smiling(np.nan)))
        await sink.close()

        assert peer.packets() == []


async def test_a_host_that_does_not_exist_is_a_sentence() -> None:
    with pytest.raises(SinkError, match=r"no computer is known as 'a\.\.b'"):
        await IFacialMocap(host="a..b").open()


def test_it_says_where_it_sends() -> None:
    assert IFacialMocap().describe() == "127.0.0.1:49983"
