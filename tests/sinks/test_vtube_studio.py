"""The VTube Studio sink on real sockets, against a server with VTube Studio's rules."""

import asyncio
import contextlib
import json
import logging
import os
import socket
import stat
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from avatar_driver import maps
from avatar_driver.channels import SHAPE_NAMES
from avatar_driver.frame import REST, Frame
from avatar_driver.lane import Lane
from avatar_driver.protocols import _vts_injecting
from avatar_driver.sinks import _vts_discovery, _vts_token, vtube_studio
from avatar_driver.sinks._vts_token import forget_token, keep_token, kept_token
from avatar_driver.sinks.vtube_studio import VTubeStudio
from tests.faces import face
from tests.peers.fake_vtube_studio import DEFAULTS, FakeVTubeStudio, Value

VTS = maps.load("vts")
HOST = "127.0.0.1"
WAITING = "waiting for you to allow avatar_driver in VTube Studio"


@pytest.fixture(autouse=True)
def token_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test touches the tokens of the person who runs it, or waits long for a connection."""
    path = tmp_path / "config" / "tokens.json"
    monkeypatch.setattr(_vts_token, "token_file", lambda: path)
    monkeypatch.setattr(vtube_studio, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(vtube_studio, "_LONGEST_PAUSE", 0.05)
    return path


@pytest.fixture
async def fake() -> AsyncIterator[FakeVTubeStudio]:
    """A VTube Studio whose user allows everything at once."""
    made = FakeVTubeStudio()
    made.popup.set()
    async with made.running():
        yield made


@contextlib.asynccontextmanager
async def opened(fake: FakeVTubeStudio, **settings: Any) -> AsyncIterator[VTubeStudio]:
    sink = VTubeStudio(**{"port": fake.port, "map": VTS} | settings)
    await sink.open()
    try:
        yield sink
    finally:
        await sink.close()


async def until(condition: Any, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.002)


async def connected(sink: VTubeStudio) -> None:
    await until(lambda: "(connected" in sink.describe())


def frame(*, tracked: bool = True, **channels: float) -> Frame:
    return Frame(0.0, face(**channels), tracked=tracked)


# --- what is sent -----------------------------------------------------------------------------------------------------


async def test_a_face_arrives_as_vtube_studios_inputs_and_as_arkit_shapes(fake: FakeVTubeStudio) -> None:
    async with opened(fake, mirror=False) as sink:
        await connected(sink)
        await sink.send(frame(jawOpen=0.5, eyeBlinkLeft=0.25, headRotationY=0.2, tongueOut=0.75))
        await until(lambda: fake.injections)
    (injection,) = fake.injections[:1]
    sent = {entry["id"]: entry["value"] for entry in injection["parameterValues"]}
    assert len(sent) == 70 == len(set(VTS.names) | {name[0].upper() + name[1:] for name in SHAPE_NAMES})
    assert sent["JawOpen"] == sent["MouthOpen"] == 0.5
    assert sent["EyeBlinkLeft"] == 0.25
    assert sent["EyeOpenLeft"] == 0.75
    assert sent["EyeOpenRight"] == 1
    assert sent["TongueOut"] == 0.75
    assert sent["FaceAngleX"] == pytest.approx(np.degrees(0.2), abs=1e-4)
    assert all(set(entry) == {"id", "value"} for entry in injection["parameterValues"])
    assert fake.refusals == []


async def test_only_parameters_that_vtube_studio_lacks_are_created(fake: FakeVTubeStudio) -> None:
    async with opened(fake) as sink:
        await connected(sink)
    names = {name[0].upper() + name[1:] for name in SHAPE_NAMES}
    assert set(fake.custom) == names - set(DEFAULTS) == names - {"TongueOut", "CheekPuff"}
    assert all(made["limits"] == {"min": 0, "max": 1, "defaultValue": 0} for made in fake.custom.values())
    assert fake.refusals == []


async def test_without_shapes_only_the_map_is_sent_and_nothing_is_created(fake: FakeVTubeStudio) -> None:
    async with opened(fake, shapes=False) as sink:
        await connected(sink)
        await sink.send(frame())
        await until(lambda: fake.injections)
    assert fake.custom == {}
    assert [entry["id"] for entry in fake.injections[0]["parameterValues"]] == list(VTS.names)


async def test_another_map_becomes_custom_parameters_with_its_limits(fake: FakeVTubeStudio) -> None:
    async with opened(fake, map=maps.load("live2d"), shapes=False) as sink:
        await connected(sink)
        await sink.send(frame())
        await until(lambda: fake.injections)
    assert fake.custom["ParamAngleX"]["limits"] == {"min": -30, "max": 30, "defaultValue": 0}
    assert fake.custom["ParamEyeLOpen"]["limits"] == {"min": 0, "max": 1, "defaultValue": 1}


async def test_mirrored_the_subjects_right_is_the_right_of_the_screen(fake: FakeVTubeStudio) -> None:
    """A subject who turns right and winks with the right eye: in a mirror, the avatar's left one."""
    turned = frame(headRotationY=-0.3, eyeBlinkRight=0.5)
    sent = []
    for mirror in (True, False):
        async with opened(fake, mirror=mirror) as sink:
            await connected(sink)
            fake.injections.clear()
            await sink.send(turned)
            await until(lambda: fake.injections)
            sent.append({entry["id"]: entry["value"] for entry in fake.injections[0]["parameterValues"]})
        fake.values.clear()
    mirrored, straight = sent
    assert mirrored["FaceAngleX"] == pytest.approx(np.degrees(0.3), abs=1e-4)
    assert (mirrored["EyeOpenLeft"], mirrored["EyeOpenRight"]) == (0.5, 1)
    assert (mirrored["EyeBlinkLeft"], mirrored["EyeBlinkRight"]) == (0.5, 0)
    assert straight["FaceAngleX"] == pytest.approx(-np.degrees(0.3), abs=1e-4)
    assert (straight["EyeOpenLeft"], straight["EyeOpenRight"]) == (1, 0.5)


async def test_single_parameters_can_be_turned_round(fake: FakeVTubeStudio) -> None:
    async with opened(fake, mirror=False, invert=["FaceAngleX"]) as sink:
        await connected(sink)
        await sink.send(frame(headRotationY=0.3))
        await until(lambda: fake.injections)
    assert fake.value("FaceAngleX") == pytest.approx(-np.degrees(0.3), abs=1e-4)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"map": maps.load("unified")}, "'v2/EyeOpenLeft'"),
        ({"map": VTS, "invert": ["FaceAngelX"]}, "did you mean 'FaceAngleX'"),
        ({"map": VTS, "invert": ["MouthOpen"]}, "cannot be inverted"),
    ],
)
def test_what_cannot_be_sent_is_refused_when_the_profile_is_read(settings: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        VTubeStudio(**settings)


async def test_face_found_only_while_a_face_is_tracked(fake: FakeVTubeStudio) -> None:
    async with opened(fake) as sink:
        await connected(sink)
        for tracked in (True, False, True):
            await sink.send(frame(tracked=tracked))
            count = len(fake.injections)
            await until(lambda count=count: len(fake.injections) > count)
        assert fake.face_found
    assert [injection["faceFound"] for injection in fake.injections[:3]] == [True, False, True]
    await until(lambda: not fake.sessions)
    assert fake.injections[-1]["faceFound"] is False
    assert not fake.face_found


async def test_without_new_frames_parameters_are_not_lost_and_the_face_is_no_longer_found(
    fake: FakeVTubeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_vts_injecting, "_FACE_SECONDS", 0.6)
    async with opened(fake) as sink:
        await connected(sink)
        await sink.send(frame(jawOpen=0.5))
        await until(lambda: fake.injections)
        ending = time.monotonic() + 1.6
        while time.monotonic() < ending:
            assert not fake.is_lost("JawOpen")
            assert not fake.is_lost("FaceAngleX")
            await asyncio.sleep(0.02)
        assert fake.value("JawOpen") == 0.5
        assert not fake.face_found
    assert fake.is_lost("JawOpen") is False
    await asyncio.sleep(1.05)
    assert fake.is_lost("JawOpen")  # that the fake forgets at all


async def test_a_vtube_studio_that_answers_nothing_gets_two_faces_and_holds_nobody(fake: FakeVTubeStudio) -> None:
    async with opened(fake) as sink:
        await connected(sink)
        fake.silent = True
        began = time.perf_counter()
        for i in range(500):
            await sink.send(frame(jawOpen=i / 500))
        assert time.perf_counter() - began < 1.5
        await asyncio.sleep(0.1)
        assert len(fake.injections) == 2
    assert fake.value("JawOpen") == pytest.approx(499 / 500)  # closing tells the newest


async def test_a_vtube_studio_that_stops_reading_holds_nobody(fake: FakeVTubeStudio) -> None:
    async with opened(fake) as sink:
        await connected(sink)
        fake.sessions[0].connection.transport.pause_reading()
        began = time.perf_counter()
        for i in range(500):
            await sink.send(frame(jawOpen=i / 500))
            await asyncio.sleep(0)
        assert time.perf_counter() - began < 1.5
        began = time.perf_counter()
    assert time.perf_counter() - began < 3  # websockets itself would wait ten


# --- permission -------------------------------------------------------------------------------------------------------


async def test_while_the_window_is_open_the_sink_waits_and_says_for_what(fake: FakeVTubeStudio) -> None:
    fake.popup.clear()
    async with opened(fake) as sink:
        await until(lambda: fake.open_popups)
        await until(lambda: WAITING in sink.describe())
        for _ in range(50):
            await sink.send(frame())
            await asyncio.sleep(0.002)
        assert fake.popups == 1
        fake.popup.set()
        await connected(sink)
        assert sink.describe() == f"127.0.0.1:{fake.port} (connected, 70 parameters)"


async def test_the_user_is_asked_once_and_never_again(fake: FakeVTubeStudio) -> None:
    for _ in range(3):
        async with opened(fake) as sink:
            await connected(sink)
    assert fake.popups == 1
    assert len(fake.of("AuthenticationRequest")) == 3


@pytest.mark.skipif(os.name != "posix", reason="permissions of this kind are POSIX's")
async def test_the_token_is_for_its_owner_alone(fake: FakeVTubeStudio, token_file: Path) -> None:
    old = os.umask(0)
    try:
        async with opened(fake) as sink:
            await connected(sink)
    finally:
        os.umask(old)
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
    (token,) = fake.tokens
    assert json.loads(token_file.read_text()) == {HOST: token}
    assert [path.name for path in token_file.parent.iterdir()] == [token_file.name]
    token_file.chmod(0o644)
    assert kept_token(HOST) == token
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600


async def test_the_token_is_never_logged_nor_shown(fake: FakeVTubeStudio, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with opened(fake) as sink:
        await connected(sink)
        await sink.send(frame())
        shown = sink.describe()
    (token,) = fake.tokens
    # The library shortens what it logs, so no part of the token may be there either.
    parts = {token[i : i + 8] for i in range(len(token) - 8)}
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("avatar_driver")]
    assert ours
    assert not [line for line in [*ours, shown] if any(part in line for part in parts)]


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff", b"[1]", b'{"127.0.0.1": 5}', b"[" * 100_000, b'{"127.0.0.1": "an old token"}']
)
async def test_a_damaged_or_outdated_token_is_asked_for_again(
    fake: FakeVTubeStudio, token_file: Path, content: bytes
) -> None:
    token_file.parent.mkdir()
    token_file.write_bytes(content)
    async with opened(fake) as sink:
        await connected(sink)
    (token,) = fake.tokens
    assert kept_token(HOST) == token
    assert fake.popups == 1


def test_each_host_has_its_own_token() -> None:
    assert kept_token("a") is None
    forget_token("a")
    keep_token("a", "1")
    keep_token("b", "2")
    keep_token("a", "3")
    assert (kept_token("a"), kept_token("b"), kept_token("c")) == ("3", "2", None)
    forget_token("a")
    assert (kept_token("a"), kept_token("b")) == (None, "2")


def test_writing_that_fails_leaves_the_old_tokens_and_no_rubbish(
    token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_token("a", "1")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep_token("a", "2")
    assert kept_token("a") == "1"
    assert [path.name for path in token_file.parent.iterdir()] == [token_file.name]


async def test_a_token_that_cannot_be_kept_is_used_all_the_same_and_said(
    fake: FakeVTubeStudio, token_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    token_file.parent.write_text("a file where the folder should be")
    async with opened(fake) as sink:
        await connected(sink)
    assert any("cannot be kept" in record.getMessage() for record in caplog.records)


async def test_denied_is_one_sentence_and_no_second_window_soon(
    fake: FakeVTubeStudio, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    fake.allows = False
    async with opened(fake) as sink:
        await until(lambda: "does not allow avatar_driver" in sink.describe())
        for _ in range(30):
            await sink.send(frame())
            await asyncio.sleep(0.01)
        assert fake.popups == 1
    assert sum("does not allow" in record.getMessage() for record in caplog.records) == 1


async def test_permission_taken_back_while_running_forgets_the_token(fake: FakeVTubeStudio) -> None:
    async with opened(fake) as sink:
        await connected(sink)
        assert kept_token(HOST)
        fake.revoke()
        await sink.send(frame())
        await until(lambda: "does not allow" in sink.describe())
        assert kept_token(HOST) is None
        await asyncio.sleep(0.1)
        assert fake.popups == 1


async def test_an_api_that_is_off_is_said_and_found_when_it_is_on(
    fake: FakeVTubeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avatar_driver.protocols.vtube_studio._PAUSES", {1: 0.02})
    fake.active = False
    async with opened(fake) as sink:
        await until(lambda: "Allow Plugin API access" in sink.describe())
        fake.active = True
        await connected(sink)


# --- parameters of others ---------------------------------------------------------------------------------------------


async def test_a_parameter_that_another_plugin_controls_does_not_stop_the_others(
    fake: FakeVTubeStudio, caplog: pytest.LogCaptureFixture
) -> None:
    fake.values["MouthOpen"] = Value(0.9, ("Another", "plugin"), time.monotonic() + 3600)
    async with opened(fake) as sink:
        await connected(sink)
        await sink.send(frame(jawOpen=0.5))
        await until(lambda: "MouthOpen: another plugin controls" in caplog.text)
        for _ in range(5):
            await sink.send(frame(jawOpen=0.25))
            await asyncio.sleep(0.01)
        await until(lambda: fake.value("JawOpen") == 0.25)
        assert fake.value("MouthOpen") == 0.9
    assert len(fake.injections[-1]["parameterValues"]) == 69


async def test_names_that_others_made_and_limits_that_are_reached_leave_the_rest(
    fake: FakeVTubeStudio, caplog: pytest.LogCaptureFixture
) -> None:
    other = {"plugin": ("Another", "plugin"), "limits": {"min": 0, "max": 1, "defaultValue": 0}, "defaultValue": 0}
    fake.custom = {"JawOpen": other, **{f"Other{i}": other for i in range(289)}}
    async with opened(fake) as sink:
        await connected(sink)
        await sink.send(frame(jawOpen=0.5))
        await until(lambda: fake.injections)
    assert len(fake.custom) == 300
    assert fake.value("JawOpen") == 0.5
    assert "300 parameters of all plugins" in caplog.text
    assert len(fake.injections[0]["parameterValues"]) == 20 + 1 + 10


async def test_a_parameter_deleted_in_vtube_studio_is_made_again(fake: FakeVTubeStudio) -> None:
    async with opened(fake) as sink:
        await connected(sink)
        await sink.send(frame(jawOpen=0.5))
        await until(lambda: fake.injections)
        del fake.custom["JawOpen"]
        fake.values.clear()
        await sink.send(frame(jawOpen=0.75))
        await until(lambda: "JawOpen" in fake.custom)
        await sink.send(frame(jawOpen=0.25))
        await until(lambda: fake.value("JawOpen") == 0.25)


# --- coming and going -------------------------------------------------------------------------------------------------


async def test_vtube_studio_may_start_later_and_start_again_and_frames_never_fail() -> None:
    with socket.create_server((HOST, 0)) as reserved:
        port = reserved.getsockname()[1]
    fakes = [FakeVTubeStudio(), FakeVTubeStudio()]
    sink = VTubeStudio(port=port, map=VTS)
    lane = Lane("vtube_studio", sink)
    await lane.tried()
    await until(lambda: "not found; start VTube Studio" in sink.describe())
    lane.offer(frame())
    await lane.idle()
    for fake in fakes:
        fake.popup.set()
        fake.tokens = dict(fakes[0].tokens)  # VTube Studio keeps them in a file too
        async with fake.running(port):
            await connected(sink)
            lane.offer(frame(jawOpen=0.5))
            await until(lambda fake=fake: fake.injections)
        await until(lambda: "(connected" not in sink.describe())
        lane.offer(frame())
        await lane.idle()
    await lane.close()
    assert lane.statistics.errors == 0
    assert [fake.popups for fake in fakes] == [1, 0]
    assert len(fakes[1].custom) == 50


@pytest.mark.parametrize(("peace", "times"), [(0.0, 3), (3600.0, 1)])
async def test_coming_and_going_is_told_anew_after_a_time_of_peace_and_flapping_only_once(
    fake: FakeVTubeStudio,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    peace: float,
    times: int,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(vtube_studio, "_EPISODE_SECONDS", peace)
    async with opened(fake) as sink:
        for _ in range(3):
            await until(lambda: fake.sessions)
            await connected(sink)
            await fake.sessions[0].connection.close()
            await until(lambda: not fake.sessions and "(connected" not in sink.describe())
    for sentence in ("connected, 70 parameters", "VTube Studio ended the connection"):
        assert sum(sentence in record.getMessage() for record in caplog.records) == times


async def test_it_opens_and_closes_again_and_again(fake: FakeVTubeStudio) -> None:
    sink = VTubeStudio(port=fake.port, map=VTS)
    for _ in range(3):
        await sink.open()
        await sink.open()
        await connected(sink)
        await sink.close()
        await until(lambda: not fake.sessions)
    with pytest.raises(OSError, match="not open"):
        await sink.send(frame())


async def test_a_server_that_is_not_vtube_studio_is_said(caplog: pytest.LogCaptureFixture) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, HOST, 0) as server:
        sink = VTubeStudio(port=server.sockets[0].getsockname()[1], map=VTS)
        await sink.open()
        await until(lambda: "something else than VTube Studio" in sink.describe())
        await sink.close()


async def test_a_host_that_does_not_exist_is_said() -> None:
    sink = VTubeStudio(host="nobody.invalid", map=VTS)
    await sink.open()
    await until(lambda: "no computer is known as 'nobody.invalid'" in sink.describe())
    await sink.close()


async def test_a_fault_of_ours_reaches_the_engine(fake: FakeVTubeStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(vtube_studio, "Conversation", broken)
    async with opened(fake) as sink:
        await until(lambda: not any(task.get_name() == "vtube_studio" for task in asyncio.all_tasks()))
        with pytest.raises(RuntimeError, match="a bug"):
            await sink.send(frame())


# --- hostile ----------------------------------------------------------------------------------------------------------

HOSTILE: dict[str, list[str | bytes]] = {
    "binary": [b"\x00\xff" * 100, b"{}"],
    "not JSON": ["", "{", "[" * 100_000],
    "wrong types": ['{"apiName":1}', '{"apiName":"VTubeStudioPublicAPI","messageType":{},"requestID":[]}'],
    "nobody asked": [
        json.dumps({"apiName": "VTubeStudioPublicAPI", "messageType": kind, "requestID": "9999999", "data": data})
        for kind, data in [
            ("APIError", {"errorID": 50, "message": ""}),
            ("AuthenticationTokenResponse", {"authenticationToken": "evil"}),
            ("InjectParameterDataResponse", {}),
        ]
    ],
    "a large one": ['{"apiName":"' + "x" * 900_000 + '"}'],
}


@pytest.mark.parametrize("messages", HOSTILE.values(), ids=HOSTILE)
async def test_rubbish_between_the_answers_changes_nothing(fake: FakeVTubeStudio, messages: list[str | bytes]) -> None:
    fake.rewrite = lambda answer: [*messages, json.dumps(answer), *messages]
    async with opened(fake, shapes=False) as sink:
        await connected(sink)
        for i in range(1, 6):
            await sink.send(frame(jawOpen=i / 10))
            await until(lambda i=i: len(fake.injections) >= i)
        token = kept_token(HOST)
    assert token in fake.tokens


async def test_a_message_beyond_all_measure_ends_the_connection_and_the_next_one_works(fake: FakeVTubeStudio) -> None:
    fake.rewrite = lambda answer: ["x" * 2_000_000]
    async with opened(fake) as sink:
        await until(lambda: len(fake.of("AuthenticationTokenRequest")) >= 2)
        fake.rewrite = None
        await connected(sink)


# --- discovery --------------------------------------------------------------------------------------------------------


@pytest.fixture
def discovery_port(monkeypatch: pytest.MonkeyPatch) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
    monkeypatch.setattr(_vts_discovery, "PORT", port)
    return port


def announce(datagram: bytes, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(datagram, (HOST, port))


async def test_the_port_that_vtube_studio_announces_is_found_at_once(
    fake: FakeVTubeStudio, discovery_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vtube_studio, "_FIRST_PAUSE", 60.0)
    async with opened(fake, port=9, discover=True) as sink:
        await until(lambda: "not found" in sink.describe())
        announce(b"rubbish", discovery_port)
        announce(fake.broadcast(), discovery_port)
        await connected(sink)
        assert sink.describe().startswith(f"127.0.0.1:{fake.port} ")


async def test_two_may_listen_for_announcements_and_a_port_that_is_taken_is_no_error(
    fake: FakeVTubeStudio, discovery_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with opened(fake, discover=True) as first, opened(fake, discover=True) as second:
        await connected(first)
        await connected(second)
    assert "cannot listen" not in caplog.text
    await asyncio.sleep(0)  # the loop closes sockets a moment later
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as selfish:
        selfish.bind(("", discovery_port))
        async with opened(fake, discover=True) as sink:
            await connected(sink)
    assert "cannot listen" in caplog.text


async def test_a_switched_off_api_is_known_from_the_announcement(fake: FakeVTubeStudio, discovery_port: int) -> None:
    fake.active = False
    async with opened(fake, port=9, discover=True) as sink:
        announce(fake.broadcast(), discovery_port)
        await until(lambda: "plugin API is off" in sink.describe())
        assert sink.describe().startswith("127.0.0.1:9 ")


async def test_announcements_of_other_computers_are_not_believed(fake: FakeVTubeStudio) -> None:
    discovery = _vts_discovery.Discovery(HOST, 8001)
    discovery.datagram_received(fake.broadcast(), ("192.0.2.1", 5))
    assert discovery.port == 8001
    discovery.datagram_received(fake.broadcast(), (HOST, 5))
    assert discovery.port == fake.port


async def test_nothing_listens_unless_told(fake: FakeVTubeStudio, discovery_port: int) -> None:
    async with opened(fake) as sink:
        await connected(sink)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("", discovery_port))


# --- cost, and what the oracle says -----------------------------------------------------------------------------------


async def test_a_frame_costs_little(fake: FakeVTubeStudio) -> None:
    """A bound against regressions of another order, not the measurement."""
    moving = [Frame(i / 60, np.clip(REST + (i % 50) / 50, 0, 1)) for i in range(100)]
    async with opened(fake) as sink:
        await connected(sink)
        costs = []
        for each in moving:
            count = len(fake.injections)
            began = time.perf_counter()
            await sink.send(each)
            costs.append(time.perf_counter() - began)
            await until(lambda count=count: len(fake.injections) > count)
    assert sorted(costs)[50] < 2e-3


# A client we did not write, in an environment of its own beside the checkout.
PYVTS = Path(__file__).resolve().parents[3] / "peers" / "pyvts" / "venv" / "bin" / "python"
ORACLE = Path(__file__).parents[1] / "peers" / "ask_fake_by_pyvts.py"


@pytest.mark.skipif(not PYVTS.exists(), reason="needs pyvts in an environment of its own, see the script")
async def test_the_fake_is_a_vtube_studio_to_an_independent_client(fake: FakeVTubeStudio, tmp_path: Path) -> None:
    asked = await asyncio.create_subprocess_exec(
        PYVTS, ORACLE, str(fake.port), str(tmp_path / "token"), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await asked.communicate()
    assert asked.returncode == 0
    said = msgspec.json.decode(output.splitlines()[-1])
    assert said["status"] == 2
    assert said["created"]["data"] == {"parameterName": "MyNewParam"}
    assert said["injected"]["messageType"] == "InjectParameterDataResponse"
    assert said["read"]["data"]["value"] == 0.7
    assert said["unknown"]["data"]["errorID"] == 453
    assert said["default"]["data"]["errorID"] == 354
    assert said["name"]["data"]["errorID"] == 350
    assert said["deleted"]["data"] == {"parameterName": "MyNewParam"}
    names = {each["name"] for each in said["list"]["data"]["defaultParameters"]}
    assert set(VTS.names) <= names
    assert fake.popups == 1
