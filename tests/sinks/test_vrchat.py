"""The VRChat sink over real sockets, on a clock that the test moves."""

import asyncio
import socket
from pathlib import Path

import numpy as np
import pytest

from avatar_driver import maps
from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.errors import SinkError
from avatar_driver.frame import REST, Frame
from avatar_driver.protocols.osc import Message
from avatar_driver.protocols.vrchat import FLAGS
from avatar_driver.sinks.vrchat import Vrchat
from tests.osc_peers import parsed, receiver

UNIFIED = maps.load("unified")
JAW = "/avatar/parameters/v2/JawOpen"
FLAG_ADDRESSES = [f"/avatar/parameters/{flag}" for flag in FLAGS]
EYES = ["/tracking/eye/EyesClosedAmount", "/tracking/eye/LeftRightPitchYaw"]


class Clock:
    """The event loop's time, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", made)
    return made


def jaw(opened: float, *, tracked: bool = True) -> Frame:
    values = np.zeros(len(CHANNELS), np.float32)
    values[INDEX["jawOpen"]] = opened
    return Frame(0.0, values, tracked=tracked)


def heard(messages: list[Message], address: str) -> list[object]:
    return [message.args[0] for message in messages if message.address == address]


async def test_the_first_frame_goes_out_whole_and_then_only_what_changes(clock: Clock) -> None:
    with receiver() as peer:
        sink = Vrchat(port=peer.port, map=UNIFIED)
        await sink.open()
        await sink.send(jaw(0.0))
        whole = peer.messages()
        clock.now += 0.1
        await sink.send(jaw(0.5))
        changed = peer.messages()
        clock.now += 0.1
        await sink.send(jaw(0.5))
        nothing = peer.packets()
        await sink.close()

    assert [message.address for message in whole] == [
        *FLAG_ADDRESSES,
        *(f"/avatar/parameters/{name}" for name in UNIFIED.names),
        *EYES,
    ]
    assert heard(changed, JAW) == [0.5]
    assert len(changed) < 10
    assert nothing == []


async def test_everything_is_repeated_by_the_clock_even_when_the_face_stands_still(clock: Clock) -> None:
    with receiver() as peer:
        sink = Vrchat(port=peer.port, map=UNIFIED, refresh_seconds=1.0)
        await sink.open()
        for _ in range(25):
            await sink.send(jaw(0.5))
            clock.now += 0.125
        messages = peer.messages()
        await sink.close()

    assert heard(messages, JAW) == [0.5] * 4
    assert heard(messages, FLAG_ADDRESSES[0]) == [True] * 4
    assert len(heard(messages, EYES[1])) == 4


async def test_the_flags_say_whether_a_face_is_in_view(clock: Clock) -> None:
    with receiver() as peer:
        sink = Vrchat(port=peer.port, map=UNIFIED)
        await sink.open()
        for tracked in (True, False, True):
            await sink.send(jaw(0.5, tracked=tracked))
            clock.now += 0.1
        messages = peer.messages()
        await sink.close()

    for flag in FLAG_ADDRESSES:
        assert heard(messages, flag) == [True, False, True]


async def test_the_flags_go_off_when_it_is_closed(clock: Clock) -> None:
    with receiver() as peer:
        sink = Vrchat(port=peer.port, map=UNIFIED)
        await sink.open()
        await sink.send(jaw(0.5))
        peer.packets()
        await sink.close()
        messages = peer.messages()
        await sink.close()

        assert [heard(messages, flag) for flag in FLAG_ADDRESSES] == [[False]] * 3
        assert peer.packets() == []


async def test_no_more_than_the_rate_is_sent_and_the_newest_frame_is_not_lost(clock: Clock) -> None:
    """240 frames a second for two seconds; at the end, what the last frames changed is still told."""
    with receiver() as peer:
        sink = Vrchat(port=peer.port, map=UNIFIED, rate=60, refresh_seconds=8)
        await sink.open()
        for i in range(480):
            clock.now = 1000 + i / 240
            await sink.send(jaw(i / 479))
        told = heard(peer.messages(), JAW)
        await sink.close()
        last = heard(peer.messages(), JAW)

    assert 119 <= len(told) <= 122
    assert [*told, *last][-1] == 1.0


async def test_a_camera_of_sixty_uneven_frames_is_not_slowed(clock: Clock) -> None:
    with receiver() as peer:
        sink = Vrchat(port=peer.port, map=UNIFIED, rate=60, refresh_seconds=8)
        await sink.open()
        for i in range(120):
            clock.now = 1000 + i / 60 + (i % 3) * 0.004
            await sink.send(jaw(i / 119))
        told = heard(peer.messages(), JAW)
        await sink.close()

    assert len(told) == 120


async def test_only_the_parameters_asked_for_go_out_with_the_prefix_but_flags_without(clock: Clock) -> None:
    with receiver() as peer:
        sink = Vrchat(
            port=peer.port, map=UNIFIED, prefix="FT/", parameters=["v2/JawX", "v2/JawOpen"], native_eyes=False
        )
        await sink.open()
        await sink.send(jaw(0.5))
        messages = peer.messages()
        await sink.close()

    assert messages == [
        *(Message(flag, (True,)) for flag in FLAG_ADDRESSES),
        Message("/avatar/parameters/FT/v2/JawX", (0.0,)),
        Message("/avatar/parameters/FT/v2/JawOpen", (0.5,)),
    ]


async def test_gaze_settings_reach_the_packets(clock: Clock) -> None:
    values = np.zeros(len(CHANNELS), np.float32)
    values[[INDEX["eyeLookInLeft"], INDEX["eyeLookDownRight"]]] = 1
    with receiver() as peer:
        sink = Vrchat(port=peer.port, map=UNIFIED, parameters=[], eye_yaw_degrees=-20, eye_pitch_degrees=10)
        await sink.open()
        await sink.send(Frame(0.0, values))
        messages = peer.messages()
        await sink.close()

    assert messages[-1] == Message(EYES[1], (0, -20, 10, 0))


async def test_everything_goes_out_again_after_it_was_opened_again(clock: Clock) -> None:
    with receiver() as peer:
        sink = Vrchat(port=peer.port, map=UNIFIED)
        for tracked in (True, True, False, False):
            await sink.open()
            await sink.send(jaw(0.5, tracked=tracked))
            assert heard(peer.messages(), JAW) == [0.5]
            await sink.close()
            clock.now += 0.1
            peer.packets()


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs Unix sockets, whose full queue refuses a sender")
async def test_a_change_that_the_system_had_no_room_for_is_told_again(clock: Clock, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
        peer.bind(str(tmp_path / "peer"))
        peer.setblocking(False)
        sink = Vrchat(map=UNIFIED, parameters=["v2/JawOpen"])
        await sink.open()
        # Over UDP no test can fill the system's queue at will; a Unix datagram socket answers in the same way.
        assert sink._udp._socket is not None
        sink._udp._socket.close()
        sink._udp._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sink._udp._socket.setblocking(False)
        sink._udp._address = str(tmp_path / "peer")
        await sink.send(jaw(0.0))
        fillers = 0
        while sink._udp.send([b"fill"]):
            fillers += 1
        clock.now += 0.1
        await sink.send(jaw(0.5))
        for _ in range(1 + fillers):
            peer.recv(2000)

        clock.now += 0.1
        await sink.send(jaw(0.5))

        assert heard(parsed(peer.recv(2000)), JAW) == [0.5]
        await sink.close()


async def test_closing_without_a_way_to_the_host_does_not_fail(clock: Clock) -> None:
    sink = Vrchat(map=UNIFIED)
    await sink.close()
    await sink.open()
    await sink.send(jaw(0.5))
    sink._udp.close()

    clock.now += 1
    with pytest.raises(OSError, match="not open"):
        await sink.send(jaw(0.25))
    await sink.close()


async def test_a_host_that_does_not_exist_is_a_sentence() -> None:
    sink = Vrchat(host="a..b", map=UNIFIED)

    with pytest.raises(SinkError, match=r"no computer is known as 'a\.\.b'"):
        await sink.open()
    await sink.close()


def test_a_parameter_the_map_has_not_is_named_with_the_nearest_one() -> None:
    with pytest.raises(ValueError, match=r"'unified' has no parameter 'v2/JawOpn'; did you mean 'v2/JawOpen'\?"):
        Vrchat(map=UNIFIED, parameters=["v2/JawOpn"])


def test_it_says_where_it_sends() -> None:
    assert Vrchat(map=UNIFIED).describe() == "127.0.0.1:9000"


def test_the_name_of_a_map_is_not_a_map() -> None:
    with pytest.raises(TypeError, match="found its name 'unified'"):
        Vrchat()


def test_rest_is_a_face_like_any_other() -> None:
    """Every parameter of the shipped map has a name that can be sent."""
    assert len(Vrchat(map=UNIFIED)._map(REST.copy())) == len(UNIFIED.names)
