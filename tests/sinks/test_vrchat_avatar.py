"""The VRChat sink and the avatar that is worn: by OSCQuery with a VRChat in another process, by files, or unknown."""

import asyncio
import contextlib
import gc
import json
import logging
import secrets
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

from avatar_driver import maps
from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.errors import SinkError
from avatar_driver.frame import Frame
from avatar_driver.protocols.osc import Message, encode
from avatar_driver.sinks import _oscquery
from avatar_driver.sinks.vrchat import Vrchat
from tests.osc_peers import receiver

WRITTEN_BY_VRCHAT = _oscquery._VRCHAT
UNIFIED = maps.load("unified")
# Tests may run beside each other on one computer, and mDNS is for all of it: each run knows only its own VRChat.
OURS = f"VRChat-Client-{secrets.token_hex(3).upper()}"
FAKE = Path(__file__).parents[1] / "peers" / "fake_vrchat.py"
FLOATS_BITS = "avtr_00000000-0000-4000-8000-00000000000a"
NOTHING = "avtr_00000000-0000-4000-8000-00000000000b"
PARAMETERS = "/avatar/parameters/"


def jaw(opened: float) -> Frame:
    values = np.zeros(len(CHANNELS), np.float32)
    values[INDEX["jawOpen"]] = opened
    return Frame(0.0, values)


def described(avatar_id: str, **kinds: str) -> dict[str, Any]:
    parameters = []
    for written, kind in kinds.items():
        name = written.replace("__", "/")
        ends = {"address": PARAMETERS + name, "type": kind}
        parameters.append({"name": name, "input": ends, "output": ends})
    parameters.append({"name": "Upright", "output": {"address": f"{PARAMETERS}Upright", "type": "Float"}})
    return {"id": avatar_id, "name": "Robot", "parameters": parameters}


def file_in(folder: Path, content: dict[str, Any]) -> Path:
    path = folder / "usr_1" / "Avatars" / f"{content['id']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def only_our_vrchat(monkeypatch: pytest.MonkeyPatch) -> None:
    assert OURS.startswith(_oscquery._VRCHAT)
    monkeypatch.setattr(_oscquery, "_VRCHAT", OURS)


def test_vrchat_is_known_by_the_beginning_of_its_name() -> None:
    assert WRITTEN_BY_VRCHAT == "VRChat-Client-"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """An avatar with a float and two bits behind a prefix, and one without a face."""
    has_face = described(
        FLOATS_BITS, FT__v2__JawOpen="Float", FT__v2__JawX1="Bool", FT__v2__JawX2="Bool", FT__v2__EyeLid="Float"
    )
    return [file_in(tmp_path, has_face), file_in(tmp_path, described(NOTHING, Hat="Bool"))]


class Vrc:
    """A fake VRChat in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, ports: dict[str, int]) -> None:
        self.process = process
        self.osc_port = ports["osc_port"]
        self.http_port = ports["http_port"]

    async def order(self, **order: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        answer: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return answer

    async def heard(self) -> list[tuple[str, Any]]:
        """(name, value) of all parameters since the last time, in order."""
        told = (await self.order(report=True))["heard"]
        return [(address.removeprefix(PARAMETERS), args[0]) for address, args in told]


@contextlib.asynccontextmanager
async def vrchat(*files: Path, name: str = OURS) -> AsyncIterator[Vrc]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(FAKE), name, *map(str, files), stdin=pipe, stdout=pipe
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield Vrc(process, json.loads(await process.stdout.readline()))
    finally:
        process.stdin.close()
        await process.wait()


@contextlib.asynccontextmanager
async def opened(**settings: Any) -> AsyncIterator[Vrchat]:
    sink = Vrchat(map=UNIFIED, **settings)
    await sink.open()
    try:
        yield sink
    finally:
        await sink.close()


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen"
        await asyncio.sleep(0.01)


def worn(sink: Vrchat, avatar_id: str) -> Callable[[], bool]:
    return lambda: sink._avatar is not None and sink._avatar.id == avatar_id


def instance(sink: Vrchat) -> str:
    assert sink._watched._query is not None
    return sink._watched._query.instance


async def met(vrc: Vrc, sink: Vrchat) -> dict[str, Any]:
    await until(lambda: sink._watched._query is not None)
    return await vrc.order(meet=instance(sink))


def change(avatar_id: str) -> bytes:
    return encode(Message("/avatar/change", (avatar_id,)))


# --- OSCQuery ---------------------------------------------------------------------------------------------------------


async def test_vrchat_is_found_and_only_what_its_avatar_has_is_sent(files: list[Path]) -> None:
    async with vrchat(*files) as vrc, opened(port=vrc.osc_port) as sink:
        await until(worn(sink, FLOATS_BITS))
        await sink.send(jaw(0.5))
        heard = await vrc.heard()

        assert sink.describe() == f"127.0.0.1:{vrc.osc_port} ({FLOATS_BITS}: 4 parameters)"
    gaze = ("/tracking/eye/LeftRightPitchYaw", 0)
    assert heard == [
        ("FT/v2/JawOpen", 0.5),
        ("FT/v2/EyeLid", 0.75),
        ("FT/v2/JawX1", False),
        ("FT/v2/JawX2", False),
        gaze,
    ]


async def test_before_the_avatar_is_known_everything_is_sent() -> None:
    with receiver() as peer:
        async with opened(port=peer.port, discovery="loopback") as sink:
            await sink.send(jaw(0.5))
            names = [message.address for message in peer.messages()]

    assert len(names) == 3 + len(UNIFIED.names) + 2


async def test_another_avatar_is_heard_of_and_its_parameters_are_all_sent(files: list[Path]) -> None:
    """VRChat tells of the change before its tree has changed; the tree is read until it has."""
    async with vrchat(*files) as vrc, opened(port=vrc.osc_port, refresh_seconds=8) as sink:
        await until(worn(sink, FLOATS_BITS))
        assert (await met(vrc, sink))["met"]
        await sink.send(jaw(0.5))
        await vrc.order(wear=1, late=0.6)
        await until(worn(sink, NOTHING))
        await vrc.heard()
        await sink.send(jaw(0.5))
        without_face = await vrc.heard()
        await vrc.order(wear=0)
        await until(worn(sink, FLOATS_BITS))
        await sink.send(jaw(0.5))
        again = await vrc.heard()

    assert [name for name, _ in without_face] == [
        "/tracking/eye/EyesClosedAmount",
        "/tracking/eye/LeftRightPitchYaw",
    ]
    assert [name for name, _ in again[:4]] == ["FT/v2/JawOpen", "FT/v2/EyeLid", "FT/v2/JawX1", "FT/v2/JawX2"]


async def test_the_same_avatar_put_on_again_is_told_everything_again(files: list[Path]) -> None:
    """An avatar that is loaded anew has all its values at rest, and takes a quarter of a second to load."""
    async with vrchat(*files) as vrc, opened(port=vrc.osc_port, refresh_seconds=8) as sink:
        await until(worn(sink, FLOATS_BITS))
        assert (await met(vrc, sink))["met"]
        await asyncio.sleep(0.6)  # the meeting brings an `/avatar/change` of its own
        await sink.send(jaw(0.5))
        await vrc.heard()
        await sink.send(jaw(0.5))
        assert await vrc.heard() == []
        before, began = sink._encoder, time.monotonic()

        await vrc.order(wear=0)
        await until(lambda: sink._encoder is not before)
        assert time.monotonic() - began >= 0.25
        await sink.send(jaw(0.5))

        assert ("FT/v2/JawX1", False) in await vrc.heard()


async def test_vrchat_finds_us_by_both_services_with_host_info_and_tree(files: list[Path]) -> None:
    """The fake reads what VRChat reads: both services, HOST_INFO with an OSC port, `/avatar/change` in the tree."""
    async with vrchat(*files) as vrc, opened(port=vrc.osc_port) as sink:
        found = await met(vrc, sink)
        query = sink._watched._query
        assert query is not None

        assert found["met"], found
        assert found["txt"] == "1"
        assert found["host"]["OSC_PORT"] == query.osc_port
        assert found["host"]["NAME"] == query.instance


async def test_another_browser_sees_us_with_both_services_and_sees_us_go() -> None:
    names: set[str] = set()

    def changed(zeroconf: Any, service_type: str, name: str, state_change: Any) -> None:
        (names.discard if state_change.name == "Removed" else names.add)(name)

    mdns = AsyncZeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only)
    types = ["_oscjson._tcp.local.", "_osc._udp.local."]
    browser = AsyncServiceBrowser(mdns.zeroconf, types, handlers=[changed])
    try:
        with receiver() as peer:
            async with opened(port=peer.port) as sink:
                await until(lambda: sink._watched._query is not None)
                ours = {f"{instance(sink)}.{kind}" for kind in types}
                await until(lambda: ours <= names)
                assert all(name.count(".") == 4 for name in ours), "VRCFaceTracking wants four parts"
            await until(lambda: not ours & names)
    finally:
        await browser.async_cancel()
        await mdns.async_close()


async def test_a_vrchat_that_listens_on_another_port_is_not_ours_and_is_told(
    files: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    async with vrchat(*files) as vrc, opened(port=vrc.osc_port % 65_535 + 1) as sink:
        await until(lambda: "which listens on port" in caplog.text)
        assert f"{OURS}, which listens on port {vrc.osc_port}" in caplog.text
        assert sink._avatar is None


async def test_another_vrchat_that_appears_changes_nothing(files: list[Path], caplog: pytest.LogCaptureFixture) -> None:
    async with vrchat(*files) as vrc, opened(port=vrc.osc_port, refresh_seconds=8) as sink:
        await until(worn(sink, FLOATS_BITS))
        await sink.send(jaw(0.5))
        await vrc.heard()
        async with vrchat(files[1], name=f"{OURS}B"):
            await until(lambda: f"{OURS}B, which listens on port" in caplog.text)
            await asyncio.sleep(0.1)
            await sink.send(jaw(0.5))
            assert await vrc.heard() == []


async def test_a_program_that_is_not_vrchat_is_not_asked(files: list[Path]) -> None:
    async with (
        vrchat(*files, name=OURS.replace("Client", "Imposter")) as stranger,
        vrchat(*files) as vrc,
        opened(port=vrc.osc_port) as sink,
    ):
        await until(worn(sink, FLOATS_BITS))
        assert (await stranger.order(report=True))["requests"] == []


HOSTILE = [
    b"\n",
    b"no HTTP at all\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 100_000,
    b"HTTP/1.1 200 OK\r\n\r\n{}",
    b'HTTP/1.1 200 OK\r\n\r\n{"OSC_PORT": 99999}',
    b"HTTP/1.1 404 Not Found\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 123456789012\r\n\r\n",
]


async def test_hostile_answers_are_counted_and_the_face_goes_on(
    files: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    async with vrchat(*files) as vrc:
        for served in HOSTILE:
            caplog.clear()
            await vrc.order(serve=served.hex())
            async with opened(port=vrc.osc_port) as sink:
                await until(lambda sink=sink: sink._watched.refused)
                await sink.send(jaw(0.5))
                assert ("v2/JawOpen", 0.5) in await vrc.heard()
                assert "bad answers" in sink.describe()
                assert caplog.text.count("cannot be used") == 1
                await vrc.order(serve="")
                await until(worn(sink, FLOATS_BITS))


async def test_hostile_packets_are_counted_and_do_not_change_the_avatar(files: list[Path]) -> None:
    async with vrchat(*files) as vrc, opened(port=vrc.osc_port, listen_port=0) as sink:
        await until(worn(sink, FLOATS_BITS))
        query = sink._watched._query
        assert query is not None
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for packet in (
                b"/avatar/change\0\0",
                b"/avatar/change\0\0,s\0\0",
                b"#bundle\0" + bytes(100),
                b"#bundle\0",
                encode(Message("/avatar/change", (5,))),
                encode(Message("/avatar/change", ("avtr_\x1b[2J",))),
                encode(Message("/avatar/parameters/Voice", (0.5,))),
                b"\xff" * 2000,
            ):
                sender.sendto(packet, ("127.0.0.1", query.osc_port))
        await until(lambda: query.refused >= 3)
        await asyncio.sleep(0.3)

        assert query.refused == 3
        assert worn(sink, FLOATS_BITS)()


async def test_nothing_listens_beyond_loopback_by_default() -> None:
    with receiver() as peer:
        async with opened(port=peer.port) as sink:
            await until(lambda: sink._watched._query is not None and sink._watched._query._transport is not None)
            query = sink._watched._query
            assert query is not None
            await until(lambda: query._server._server is not None)
            assert query._transport is not None
            assert query._server._server is not None
            assert query._transport.get_extra_info("sockname")[0] == "127.0.0.1"
            assert query._server._server.sockets[0].getsockname()[0] == "127.0.0.1"
            await until(lambda: query._mdns._zeroconf is not None and query._mdns._zeroconf.zeroconf.started)
            senders = query._mdns._zeroconf.zeroconf.engine.senders
            assert [sender.sock.getsockname()[0] for sender in senders] == ["127.0.0.1"]


async def test_a_computer_on_which_mdns_is_impossible_still_sends(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(**_: object) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr("zeroconf.asyncio.AsyncZeroconf", refused)
    with receiver() as peer:
        async with opened(port=peer.port) as sink:
            await until(lambda: "cannot be looked for: Address already in use" in caplog.text)
            await sink.send(jaw(0.5))
            assert peer.messages()


async def test_discovery_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as peer:
        before = set(asyncio.all_tasks())
        async with opened(port=peer.port, discovery="off"):
            assert set(asyncio.all_tasks()) == before


# --- files ------------------------------------------------------------------------------------------------------------


async def test_without_oscquery_the_file_of_the_avatar_heard_of_is_read(files: list[Path], tmp_path: Path) -> None:
    with receiver() as peer:
        free = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        async with opened(port=peer.port, discovery="off", listen_port=port, avatar=str(tmp_path)) as sink:
            query = sink._watched
            await until(lambda: query._query is not None and query._query._transport is not None)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as game:
                game.sendto(change(FLOATS_BITS), ("127.0.0.1", port))
                await until(worn(sink, FLOATS_BITS))
                await sink.send(jaw(0.5))
                named = [message.address.removeprefix(PARAMETERS) for message in peer.messages()]
                assert named[:4] == ["FT/v2/JawOpen", "FT/v2/EyeLid", "FT/v2/JawX1", "FT/v2/JawX2"]
                assert sink.describe() == f"127.0.0.1:{peer.port} (Robot: 4 parameters)"

                game.sendto(change("avtr_unknown"), ("127.0.0.1", port))
                await until(lambda: sink._avatar is None)
                await sink.send(jaw(0.5))
                assert len(peer.messages()) == 3 + len(UNIFIED.names) + 2


async def test_the_usual_folder_is_looked_into(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avatar_driver.sinks._avatar_files.folders", lambda: [tmp_path])
    with receiver() as peer:
        async with opened(port=peer.port, discovery="loopback") as sink:
            await until(lambda: sink._watched._query is not None and sink._watched._query._transport is not None)
            query = sink._watched._query
            assert query is not None
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as game:
                game.sendto(change(NOTHING), ("127.0.0.1", query.osc_port))
            await until(worn(sink, NOTHING))


async def test_a_file_that_is_named_counts_from_the_first_frame(files: list[Path]) -> None:
    with receiver() as peer:
        async with opened(port=peer.port, discovery="off", avatar=str(files[0])) as sink:
            await sink.send(jaw(0.5))
            assert len(peer.messages()) == 5
            assert sink.describe().endswith("(Robot: 4 parameters)")


async def test_what_vrchat_says_counts_more_than_a_file(files: list[Path]) -> None:
    async with vrchat(files[1]) as vrc, opened(port=vrc.osc_port, avatar=str(files[0])) as sink:
        assert worn(sink, FLOATS_BITS)()
        await until(worn(sink, NOTHING))


async def test_a_file_that_is_named_and_not_there_is_a_sentence(tmp_path: Path) -> None:
    sink = Vrchat(map=UNIFIED, avatar=str(tmp_path / "none.json"))
    with pytest.raises(SinkError, match="no avatar file"):
        await sink.open()
    await sink.close()


async def test_a_port_that_is_taken_is_told_with_the_setting_and_another_one_serves(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with receiver() as other, receiver() as peer:
        async with opened(port=peer.port, discovery="off", listen_port=other.port) as sink:
            await until(lambda: sink._watched._query is not None and sink._watched._query._transport is not None)
            query = sink._watched._query
            assert query is not None
            assert query.osc_port != other.port
            assert f"cannot listen on UDP port {other.port}" in caplog.text
            assert "set 'listen_port: 0'" in caplog.text


async def test_the_avatar_is_forgotten_when_it_is_opened_again(files: list[Path]) -> None:
    async with vrchat(*files) as vrc:
        sink = Vrchat(map=UNIFIED, port=vrc.osc_port)
        for _ in range(2):
            await sink.open()
            assert sink._avatar is None
            await until(worn(sink, FLOATS_BITS))
            await sink.close()


async def test_closing_in_the_middle_of_looking_is_quick_and_leaves_no_task(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    before = set(asyncio.all_tasks())
    for turns in (*range(40), 200):
        sink = Vrchat(map=UNIFIED)
        await sink.open()
        for _ in range(turns):  # turns of the event loop: each is another place to be interrupted at
            await asyncio.sleep(0.001 if turns > 30 else 0)
        async with asyncio.timeout(0.4):
            await sink.close()
        await asyncio.sleep(0)
        assert set(asyncio.all_tasks()) == before
    gc.collect()  # a socket that was left open complains now
    assert "watched no longer" not in caplog.text
