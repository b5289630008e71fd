"""Commands by OSC."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from avatar_driver.errors import DecodeError
from avatar_driver.protocols.osc import Message, encode
from avatar_driver.web import commands
from avatar_driver.web.remote import command
from tests.web.running import Running, dashboard, running


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Message("/avatar_driver/recentre"), commands.Recentre()),
        (Message("/avatar_driver/recentre", (1,)), commands.Recentre()),
        (Message("/avatar_driver/recentre", (0,)), None),
        (Message("/avatar_driver/freeze", (True,)), commands.Freeze(on=True)),
        (Message("/avatar_driver/freeze", (0.0,)), commands.Freeze(on=False)),
        (Message("/avatar_driver/neutral"), commands.Neutral(on=True)),
        (Message("/avatar_driver/expression/happy", (1,)), commands.Expression(name="happy", on=True)),
        (Message("/avatar_driver/expression/so happy", (0,)), commands.Expression(name="so happy", on=False)),
        (Message("/avatar_driver/profile", ("vrchat",)), commands.Switch(profile="vrchat")),
    ],
)
def test_a_message_is_a_command(message: Message, expected: commands.Command | None) -> None:
    assert command(message) == expected


@pytest.mark.parametrize(
    "message",
    [
        Message("/avatar_driver/explode"),
        Message("/other/recentre"),
        Message("/avatar_driver/profile"),
        Message("/avatar_driver/profile", (1,)),
        Message("/avatar_driver/expression/"),
        Message("/avatar_driver/freeze", ("on",)),
        Message("/avatar_driver/freeze/now", (1,)),
    ],
)
def test_what_is_no_command_is_refused(message: Message) -> None:
    with pytest.raises(DecodeError):
        command(message)


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path, web="{port: 0, osc_port: 0}") as run:
        yield run


def send(run: Running, *packets: bytes) -> None:
    assert run.server._osc is not None
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sender:
        for packet in packets:
            sender.sendto(packet, ("127.0.0.1", run.server._osc.port))


async def test_packets_act_and_nonsense_between_them_is_told_and_harms_nothing(
    run: Running, caplog: pytest.LogCaptureFixture
) -> None:
    send(
        run,
        b"nonsense",
        encode(Message("/avatar_driver/expression/hapy")),
        encode(Message("/avatar_driver/expression/happy", (1,))),
        encode(Message("/avatar_driver/freeze", (True,))),
    )
    async with asyncio.timeout(5):
        while not run.session.expressions.frozen:
            await asyncio.sleep(0.01)
    assert run.session.expressions.shown == {"happy"}
    assert "no expression named 'hapy'; did you mean 'happy'?" in caplog.text


async def test_a_packet_with_too_many_commands_is_told_and_those_there_is_room_for_are_done(
    run: Running, caplog: pytest.LogCaptureFixture
) -> None:
    elements = [
        encode(Message("/avatar_driver/expression/happy", (1,))),
        *[encode(Message("/avatar_driver/freeze"))] * 40,
    ]
    send(run, b"#bundle\0" + bytes(8) + b"".join(len(each).to_bytes(4) + each for each in elements))
    async with asyncio.timeout(5):
        while not run.session.expressions.frozen:
            await asyncio.sleep(0.01)
    assert run.session.expressions.shown == {"happy"}
    assert "too many commands at once" in caplog.text


async def test_a_dashboard_is_told_where_commands_are_heard(run: Running) -> None:
    assert run.server._osc is not None
    async with dashboard(run) as page:
        assert page.newest["hello"]["osc_port"] == run.server._osc.port > 0


async def test_where_the_port_is_taken_the_dashboard_names_none(tmp_path: Path) -> None:
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as other:
        other.bind(("127.0.0.1", 0))
        async with (
            running(tmp_path, web=f"{{port: 0, osc_port: {other.getsockname()[1]}}}") as run,
            dashboard(run) as page,
        ):
            assert page.newest["hello"]["osc_port"] is None


async def test_a_flood_fills_neither_memory_nor_log(run: Running, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(20):
        send(run, *[encode(Message("/avatar_driver/explode"))] * 50)
        await asyncio.sleep(0)
    send(run, encode(Message("/avatar_driver/neutral")))
    async with asyncio.timeout(5):
        while not run.session.expressions.neutral:
            await asyncio.sleep(0.01)
            send(run, encode(Message("/avatar_driver/neutral")))
    assert caplog.text.count("OSC command") <= 20
