"""The WebSocket sink on real sockets: what it sends, whom it refuses, and whom nobody can slow."""

import asyncio
import contextlib
import random
import socket
import struct
import time
from collections.abc import AsyncIterator

import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, InvalidStatus
from websockets.protocol import State

from avatar_driver.channels import INDEX, Support
from avatar_driver.errors import SinkError
from avatar_driver.frame import ALL_MEASURED, Frame, Origin
from avatar_driver.protocols.face_stream import PACKET_SIZE, FaceStreamReader, NumberedFrame
from avatar_driver.serving import face_client
from avatar_driver.serving.listening import cannot_listen
from avatar_driver.sinks.websocket import WebSocket

FORMATS = ("json", "binary")
TOKEN = "a-token-of-some-length"


def face(time: float = 0.0, jaw_open: float = 0.5, **changes) -> Frame:
    values = np.zeros(58, np.float32)
    values[INDEX["jawOpen"]] = jaw_open
    values[INDEX["headRotationY"]] = -0.123456
    return Frame(time, values, values / 3).changed(**changes)


@contextlib.asynccontextmanager
async def opened(**settings) -> AsyncIterator[WebSocket]:
    sink = WebSocket(**{"port": 0} | settings)
    await sink.open()
    try:
        yield sink
    finally:
        await sink.close()


@pytest.fixture
async def sink() -> AsyncIterator[WebSocket]:
    async with opened() as sink:
        yield sink


class Client:
    """The library's own client with our reader behind it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.reader = FaceStreamReader()
        self.hellos = 0

    async def frame(self) -> NumberedFrame:
        while True:
            received = self.reader.read(await self.connection.recv())
            if received is not None:
                return received
            self.hellos += 1

    async def rest(self) -> list[NumberedFrame]:
        """Everything until the server closes."""
        frames = []
        with contextlib.suppress(ConnectionClosed):
            while True:
                frames.append(await self.frame())
        return frames


@contextlib.asynccontextmanager
async def client(sink: WebSocket, query: str = "", path: str = "/", **settings) -> AsyncIterator[Client]:
    """A client that was greeted, so that the sink knows it."""
    address = f"ws://127.0.0.1:{sink.port}{path}{query}"
    async with connect(address, compression=None, proxy=None, **settings) as connection:
        greeted = Client(connection)
        assert greeted.reader.read(await connection.recv()) is None
        yield greeted


HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
)


async def raw(sink: WebSocket, request: str = HANDSHAKE, path: str = "/", host: str = "127.0.0.1", more: str = ""):
    """A plain socket that has sent a request and read nothing. Its receive buffer is as small as the system lets it."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", sink.port))
    await asyncio.get_running_loop().sock_sendall(plain, request.format(path=path, host=host, more=more).encode())
    return plain


async def answer(sink: WebSocket, request: str = HANDSHAKE, **settings: str) -> tuple[int, str]:
    """Status and body of what the server says to a request it does not let in."""
    with await raw(sink, request, **settings) as plain:
        received = b""
        while more := await asyncio.get_running_loop().sock_recv(plain, 65_536):
            received += more
    head, _, body = received.decode().partition("\r\n\r\n")
    return int(head.split()[1]), body


async def until(condition, seconds: float = 10.0) -> None:
    """Lets the loop run until something has come true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.001)


# What is sent


@pytest.mark.parametrize("chosen", FORMATS)
async def test_a_client_receives_the_frame_in_the_format_it_asked_for(sink: WebSocket, chosen: str) -> None:
    sent = face(12.5, altered=frozenset({"amplify"}))
    async with client(sink, f"?format={chosen}") as reading:
        assert reading.reader.hello.format == chosen
        await sink.send(sent)
        sequence, received = await reading.frame()
    assert sequence == 0
    assert (received.time, received.tracked, received.altered) == (12.5, True, {"amplify"})
    np.testing.assert_allclose(received.values, sent.values, rtol=0, atol=5.1e-6)
    np.testing.assert_allclose(received.tone, sent.tone, rtol=0, atol=5.1e-6)


async def test_json_is_what_comes_where_nothing_is_asked_for(sink: WebSocket) -> None:
    async with client(sink) as reading:
        await sink.send(face())
        await reading.frame()
        await sink.send(face())
        assert isinstance(await reading.connection.recv(), str)


async def test_binary_frames_have_one_size(sink: WebSocket) -> None:
    async with client(sink, "?format=binary") as reading:
        await sink.send(face())
        await reading.frame()
        await sink.send(face())
        packet = await reading.connection.recv()
    assert isinstance(packet, bytes)
    assert len(packet) == PACKET_SIZE


async def test_both_formats_tell_of_the_same_frames(sink: WebSocket) -> None:
    noise = np.random.default_rng(1)
    async with client(sink, "?format=json") as text, client(sink, "?format=binary") as packets:
        for i in range(50):
            values = noise.uniform(0, 1, 58).astype(np.float32)
            await sink.send(Frame(i / 30, values, values / 2, bool(i % 7), frozenset({"amplify"} if i % 3 else ())))
            (number, one), (same_number, other) = await text.frame(), await packets.frame()
            assert number == same_number == i
            assert (one.tracked, one.altered) == (other.tracked, other.altered)
            assert one.time == pytest.approx(other.time, abs=1e-6)
            np.testing.assert_array_equal(other.values, values)
            np.testing.assert_allclose(one.values, other.values, rtol=0, atol=5.1e-6)
            np.testing.assert_allclose(one.tone, other.tone, rtol=0, atol=5.1e-6)


async def test_before_the_first_frame_a_client_is_told_that_nothing_is_known(sink: WebSocket) -> None:
    async with client(sink) as reading:
        assert set(reading.reader.hello.support) == {Support.ABSENT}
        await sink.send(face())
        await reading.frame()
        assert reading.reader.hello.support == ALL_MEASURED


async def test_a_late_client_is_told_at_once_what_holds(sink: WebSocket) -> None:
    await sink.send(face(altered=frozenset({"mirror", "amplify"})))
    async with client(sink) as reading:
        assert reading.reader.hello.support == ALL_MEASURED
        assert reading.reader.hello.altered == ("amplify", "mirror")


@pytest.mark.parametrize("chosen", FORMATS)
async def test_a_hello_comes_again_when_support_or_altered_change_and_only_then(sink: WebSocket, chosen: str) -> None:
    derived = Origin(captured=0.0, support=(Support.DERIVED, *ALL_MEASURED[1:]))
    steps = [
        (face(), 1),
        (face(), 1),
        (face(altered=frozenset({"amplify"})), 2),
        (face(altered=frozenset({"amplify"}), tracked=False), 2),
        (face(altered=frozenset({"amplify"}), origin=derived), 3),
        (face(origin=derived), 4),
    ]
    async with client(sink, f"?format={chosen}") as reading:
        for sent, hellos in steps:
            await sink.send(sent)
            received = (await reading.frame()).frame
            assert reading.hellos == hellos
            assert received.altered == sent.altered
            assert received.origin.support == sent.origin.support
            assert reading.reader.hello.altered == tuple(sent.altered)


async def test_each_format_is_encoded_once_however_many_clients_read_it(sink: WebSocket, monkeypatch) -> None:
    counted = []
    for name in ("encode_json", "encode_binary"):
        real = getattr(face_client, name)
        monkeypatch.setattr(face_client, name, lambda *args, real=real, name=name: counted.append(name) or real(*args))
    async with contextlib.AsyncExitStack() as stack:
        readers = [await stack.enter_async_context(client(sink, f"?format={FORMATS[i % 2]}")) for i in range(6)]
        for _ in range(5):
            await sink.send(face())
            await asyncio.gather(*(reading.frame() for reading in readers))
    assert sorted(counted) == ["encode_binary"] * 5 + ["encode_json"] * 5


async def test_nothing_is_encoded_for_nobody(sink: WebSocket, monkeypatch) -> None:
    monkeypatch.delattr(face_client, "encode_json")
    await sink.send(face())
    await asyncio.sleep(0)


async def test_a_client_that_asks_for_fewer_frames_gets_them_evenly_and_skips_nothing_it_asked_for(sink) -> None:
    async with (
        client(sink, "?rate=20", max_queue=None) as slower,
        client(sink, "?rate=30", max_queue=None) as same,
        client(sink) as every,
    ):
        for i in range(61):
            await sink.send(face(100 + i / 30 + (-1) ** i * 0.003))
            await every.frame()
        assert all(known.skipped == 0 for known in sink.clients)
        await sink.close()
        times = [frame.time for _, frame in await slower.rest()]
        assert len(await same.rest()) == 61
    assert len(times) == pytest.approx(41, abs=1)
    assert max(np.diff(times)) < 0.075


async def test_after_a_pause_a_rate_is_not_caught_up(sink: WebSocket) -> None:
    async with client(sink, "?rate=10") as reading, client(sink) as every:
        for seconds in (0.0, 60.0, 60.03, 60.06, 60.1, 60.13):
            await sink.send(face(seconds))
            await every.frame()
        await sink.close()
        # The last one is what a client is owed at the end, whatever its rate.
        assert [frame.time for _, frame in await reading.rest()] == [0.0, 60.0, 60.1, 60.13]


async def test_a_rate_survives_a_clock_that_begins_again(sink: WebSocket) -> None:
    async with client(sink, "?rate=10") as reading:
        await sink.send(face(5000.0))
        assert (await reading.frame()).frame.time == 5000.0
        await sink.send(face(1.0))
        assert (await reading.frame()).frame.time == 1.0


# Who may connect


@pytest.mark.parametrize("origin", [None, "http://127.0.0.1:8770", "http://localhost", "http://[::1]:3000"])
async def test_programs_and_pages_of_this_computer_are_let_in(sink: WebSocket, origin: str | None) -> None:
    async with client(sink, origin=origin) as reading:
        await sink.send(face())
        await reading.frame()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
async def test_a_page_from_elsewhere_is_refused_with_a_sentence(sink: WebSocket, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"ws://127.0.0.1:{sink.port}", origin=origin, proxy=None):
            pass
    assert refused.value.response.status_code == 403
    assert refused.value.response.body.decode() == (
        f"pages from '{origin}' may not connect; if this one may, add it to allowed_origins\n"
    )
    assert not sink.clients


async def test_a_page_that_is_listed_is_let_in() -> None:
    async with opened(allowed_origins=["https://stage.example/", "null"]) as sink:
        for origin in ("https://stage.example", "null"):
            async with client(sink, origin=origin):
                pass


def test_an_origin_that_is_a_pattern_is_refused_when_the_sink_is_made() -> None:
    with pytest.raises(ValueError, match="expected an origin such as"):
        WebSocket(allowed_origins=["*"])


async def test_a_refused_page_is_logged_once_not_once_a_second(sink: WebSocket, caplog) -> None:
    for _ in range(3):
        assert (await answer(sink, more="Origin: https://evil.example\r\n"))[0] == 403
    assert [record.getMessage() for record in caplog.records] == [
        "websocket sink turned a client away: pages from 'https://evil.example' may not connect; if this one may, add "
        "it to allowed_origins"
    ]


async def test_pages_that_change_their_name_each_time_do_not_fill_the_log(sink: WebSocket, caplog) -> None:
    for i in range(50):
        await answer(sink, more=f"Origin: https://evil{i}.example\r\n")
    assert len(caplog.records) == 32


async def test_a_name_rebound_to_this_computer_is_refused(sink: WebSocket) -> None:
    status, body = await answer(sink, host=f"evil.example:{sink.port}", more="Origin: http://evil.example\r\n")
    assert status == 403
    assert body.startswith("this server answers on this computer only")


async def test_where_a_token_is_set_only_those_who_know_it_come_in() -> None:
    async with opened(token=TOKEN) as sink:
        for query in ("", "?token=wrong", f"?token={TOKEN}x"):
            status, body = await answer(sink, path=f"/{query}")
            assert status == 401
            assert "?token=" in body
            assert TOKEN not in body
        async with client(sink, f"?format=binary&token={TOKEN}"):
            pass


async def test_beyond_loopback_there_always_is_a_token_and_the_status_line_shows_where_to_connect() -> None:
    async with opened(host="0.0.0.0") as sink:
        assert len(sink.token) >= 20
        assert sink.token != WebSocket(host="0.0.0.0").token
        assert (await answer(sink))[0] == 401
        async with client(sink, f"?token={sink.token}"):
            pass
        address = sink.describe().split()[0]
        assert address.endswith(f":{sink.port}/?token={sink.token}")
        assert "0.0.0.0" not in address


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?format=xml", "expected format=json or format=binary, found 'xml'"),
        ("?format=", "expected format=json or format=binary, found ''"),
        ("?fromat=json", "unknown parameter 'fromat'; did you mean 'format'?"),
        ("?format=json&format=binary", "'format' is written 2 times"),
        ("?rate=0", "expected a rate above 0 and up to 1000 frames a second, found '0'"),
        ("?rate=nan", "expected a rate above 0 and up to 1000 frames a second, found 'nan'"),
        ("?rate=fast", "expected a rate above 0 and up to 1000 frames a second, found 'fast'"),
        ("?" + "&".join("abcdefghijkl"), "expected at most 10 parameters"),
    ],
)
async def test_an_address_that_makes_no_sense_is_answered_with_what_does(sink, query: str, sentence: str) -> None:
    status, body = await answer(sink, path=f"/{query}")
    assert status == 400
    assert body.startswith(sentence)


async def test_another_path_is_answered_with_the_right_one(sink: WebSocket) -> None:
    status, body = await answer(sink, path="/faces")
    assert status == 404
    assert f"ws://127.0.0.1:{sink.port}/?format=json" in body


async def test_a_browser_that_opens_the_port_reads_what_this_is(sink: WebSocket) -> None:
    status, body = await answer(sink, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert status == 426
    assert body == (
        "This is avatar_driver's face stream. Connect a WebSocket client to "
        f"ws://127.0.0.1:{sink.port}/?format=json or ?format=binary\n"
    )


async def test_more_clients_than_allowed_are_turned_away_until_one_leaves() -> None:
    async with opened(max_clients=2) as sink, client(sink):
        async with client(sink):
            status, body = await answer(sink)
            assert status == 503
            assert body.startswith("2 clients are connected")
        await until(lambda: len(sink.clients) == 1)
        async with client(sink):
            pass


async def test_connections_that_never_ask_for_anything_are_bounded() -> None:
    async with opened(max_clients=2) as sink:
        idle = [await raw(sink, "GET / HT") for _ in range(20)]
        await until(lambda: len(sink._connections) == 4)
        for plain in idle:
            plain.close()


# Slow and hostile clients


async def test_a_client_that_never_reads_skips_frames_and_slows_nobody(sink: WebSocket) -> None:
    with await raw(sink):
        await until(lambda: len(sink.clients) == 1)
        (asleep,) = sink.clients
        async with client(sink, "?format=binary") as reading:
            for i in range(2000):
                await sink.send(face(i / 30))
                assert (await reading.frame()).sequence == i
            awake = next(known for known in sink.clients if known is not asleep)
            assert (awake.sent, awake.skipped) == (2000, 0)
            assert asleep.skipped > 1000
            # One in its slot, one in its task that waits for the socket: nothing is kept beside these.
            assert asleep.sent + asleep.skipped >= 2000 - 2
            assert asleep.connection.transport.get_write_buffer_size() < 2000


async def test_a_slow_client_that_wakes_up_gets_the_newest_frame_not_the_backlog(sink: WebSocket) -> None:
    async with client(sink, max_queue=1) as reading:
        (known,) = sink.clients
        reading.connection.transport.pause_reading()
        for i in range(5000):
            await sink.send(face(i / 30))
            await asyncio.sleep(0)
        skipped = known.skipped
        reading.connection.transport.resume_reading()
        await sink.send(face(1000.0))
        numbers = []
        while not numbers or numbers[-1] < 5000:
            numbers.append((await reading.frame()).sequence)
        # It is heard again, too: while it took nothing, nothing it said was read.
        await (await reading.connection.ping())
    assert skipped > 1000
    assert len(numbers) == 5001 - known.skipped
    assert numbers == sorted(set(numbers))


async def test_sending_never_waits_even_for_clients_that_do_not_read(sink: WebSocket) -> None:
    with await raw(sink):
        await until(lambda: len(sink.clients) == 1)
        async with client(sink, close_timeout=0.1):
            for i in range(500):
                with pytest.raises(StopIteration):  # the coroutine ran to its end without giving way once
                    sink.send(face(i / 30)).send(None)
                await asyncio.sleep(0)


async def test_a_client_that_takes_nothing_for_too_long_is_dropped_and_others_stay(caplog) -> None:
    async with opened(stall_seconds=0.05) as sink, client(sink) as reading:
        with await raw(sink):
            await until(lambda: len(sink.clients) == 2)
            i = 0
            while len(sink.clients) == 2:
                await sink.send(face(i / 30))
                assert (await reading.frame()).sequence == i
                i += 1
        await sink.send(face())
        assert (await reading.frame()).sequence == i
    assert [record.getMessage() for record in caplog.records] == [
        "websocket sink dropped a client that took nothing for 0.05 s"
    ]


async def test_a_thousand_messages_of_nonsense_change_nothing(sink: WebSocket, caplog) -> None:
    chaos = random.Random(7)
    async with client(sink) as reading, client(sink, "?format=binary") as other:
        for i in range(1000):
            match i % 5:
                case 0:
                    await reading.connection.send(chaos.randbytes(chaos.randrange(4096)))
                case 1:
                    await reading.connection.send("\ud7ff" * chaos.randrange(1000))
                case 2:
                    await reading.connection.send(b"\xff\xfe" * 100, text=True)
                case 3:
                    await reading.connection.ping(chaos.randbytes(125))
                case 4:
                    await reading.connection.send([b""] * 20 + [b"x"])
            if i % 100 == 0:
                await sink.send(face(i))
                assert (await reading.frame()).frame.time == i
                assert (await other.frame()).frame.time == i
        assert len(sink.clients) == 2
    assert not caplog.records


async def test_a_message_too_long_ends_the_connection_of_its_sender_alone(sink: WebSocket) -> None:
    async with client(sink) as other, client(sink) as sender:
        await sender.connection.send(b"x" * 5000)
        with pytest.raises(ConnectionClosedError) as closed:
            await sender.frame()
        assert closed.value.rcvd.code == 1009
        await sink.send(face())
        await other.frame()


@pytest.mark.parametrize("seed", range(20))
async def test_raw_noise_instead_of_frames_or_requests_harms_nobody(sink: WebSocket, seed: int, caplog) -> None:
    chaos = random.Random(seed)
    loop = asyncio.get_running_loop()
    async with client(sink) as reading:
        for request in (HANDSHAKE, "", "GET / HTTP/1.1\r\n", "\0\0\0", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n"):
            with await raw(sink, request) as plain, contextlib.suppress(ConnectionError):
                await loop.sock_sendall(plain, chaos.randbytes(3000))
        await sink.send(face())
        await reading.frame()
        await until(lambda: len(sink.clients) == 1)
    assert not caplog.records


def masked(opcode: int, payload: bytes) -> bytes:
    """A short frame as a client must send it, with a mask of zeros."""
    return struct.pack("!BB", 0x80 | opcode, 0x80 | len(payload)) + bytes(4) + payload


async def test_pings_of_a_client_that_never_reads_do_not_pile_up_on_our_side(sink: WebSocket) -> None:
    loop = asyncio.get_running_loop()
    with await raw(sink) as plain:
        await until(lambda: len(sink.clients) == 1)
        (known,) = sink.clients
        pings = masked(9, b"p" * 125) * 100
        sent = 0
        # Until nobody takes more of them: the system's own buffers hold a few MB. We would take them all, were it ours.
        with contextlib.suppress(TimeoutError):
            while sent < 50_000_000:
                async with asyncio.timeout(0.5):
                    await loop.sock_sendall(plain, pings)
                sent += len(pings)
        assert sent < 50_000_000
        assert known.connection.transport.get_write_buffer_size() < 2000  # pongs
        assert len(known.connection._unheard) < 65_536  # pings


async def test_while_one_client_floods_us_others_get_their_frames(sink: WebSocket) -> None:
    with await raw(sink) as plain:
        await until(lambda: len(sink.clients) == 1)
        (flooding,) = sink.clients
        async with client(sink) as reading:
            await asyncio.get_running_loop().sock_sendall(plain, masked(9, b"") * 2000)
            await until(lambda: flooding.connection._unheard)
            for i in range(10):
                await sink.send(face(i))
                assert (await reading.frame()).sequence == i
            assert flooding.connection._unheard


async def test_a_message_of_endless_empty_pieces_is_not_put_together(sink: WebSocket) -> None:
    loop = asyncio.get_running_loop()
    with await raw(sink) as plain:
        await until(lambda: len(sink.clients) == 1)
        (known,) = sink.clients
        first, piece = struct.pack("!BB", 0x02, 0x80) + bytes(4), struct.pack("!BB", 0x00, 0x80) + bytes(4)
        await loop.sock_sendall(plain, first + piece * 10_000 + masked(9, b"all of it"))
        received = b""
        while b"all of it" not in received:
            received += await loop.sock_recv(plain, 65_536)
        assert not known.connection.recv_messages.frames
        assert known.connection.state is State.OPEN


# Opening and closing


async def test_a_port_that_is_taken_is_named_with_what_to_set(sink: WebSocket) -> None:
    second = WebSocket(port=sink.port)
    with pytest.raises(SinkError) as refused:
        await second.open()
    assert str(refused.value) == (
        f"the websocket sink cannot listen on 127.0.0.1:{sink.port}: something else uses that port; stop it, or set "
        f"another, as in 'port: {sink.port + 1}'"
    )
    await second.close()


async def test_an_address_of_another_computer_cannot_be_listened_on() -> None:
    with pytest.raises(SinkError, match=r"192\.0\.2\.1:8771: this computer does not have that address; use 'host: 127"):
        await WebSocket(host="192.0.2.1").open()


async def test_a_host_that_nobody_knows_is_named() -> None:
    with pytest.raises(SinkError, match="no computer is known by that name"):
        await WebSocket(host="no-such-host.invalid").open()


def test_a_port_that_only_the_superuser_may_open_is_named() -> None:
    # Which ports these are, and whether there are any, is the system's choice: so without a socket.
    error = PermissionError(13, "Permission denied")
    assert str(cannot_listen("the websocket sink", "127.0.0.1", 80, error)) == (
        "the websocket sink cannot listen on 127.0.0.1:80: this user may not open that port; use one from 1024 up, as "
        "in 'port: 8771'"
    )


async def test_closing_sends_the_last_frame_and_code_1001(sink: WebSocket) -> None:
    async with client(sink) as reading, client(sink, "?rate=1") as seldom:
        for i in range(3):
            await sink.send(face(i * 0.01))
        await sink.close()
        assert (await reading.rest())[-1].sequence == 2
        assert (await seldom.rest())[-1].sequence == 2
        for left in (reading, seldom):
            assert left.connection.close_code == 1001


async def test_a_client_that_was_behind_when_the_sink_closes_still_gets_the_last_frame(sink: WebSocket) -> None:
    async with client(sink, max_queue=1) as reading:
        (known,) = sink.clients
        reading.connection.transport.pause_reading()
        for i in range(5000):
            await sink.send(face(i / 30))
            await asyncio.sleep(0)
        assert known.skipped > 10
        closing = asyncio.create_task(sink.close())
        await asyncio.sleep(0)
        reading.connection.transport.resume_reading()
        assert (await reading.rest())[-1].sequence == 4999
        await closing


async def test_closing_waits_for_nobody_longer_than_half_a_second() -> None:
    sink = WebSocket(port=0)
    await sink.open()
    with await raw(sink), await raw(sink, "GET / HTTP/1.1\r\n"):
        await until(lambda: len(sink.clients) == 1 and len(sink._connections) == 2)
        (asleep,) = sink.clients
        while asleep.skipped < 10:
            await sink.send(face())
            await asyncio.sleep(0)
        begun = time.perf_counter()
        await sink.close()
        assert time.perf_counter() - begun < 3  # websockets itself would wait ten
    assert not sink.clients
    assert not sink._connections


async def test_after_closing_the_port_is_free_and_the_sink_can_open_again() -> None:
    async with opened() as first:
        port = first.port
        async with client(first):
            await first.close()
            await first.close()
    again = WebSocket(port=port)
    for _ in range(2):
        await again.open()
        async with client(again) as reading:
            await again.send(face())
            await reading.frame()
        await again.close()


async def test_closing_a_sink_that_never_opened_does_nothing() -> None:
    await WebSocket().close()


async def test_the_status_line_says_where_and_how_many(sink: WebSocket) -> None:
    where = f"ws://127.0.0.1:{sink.port}"
    assert sink.describe() == f"{where} (0 clients)"
    async with client(sink):
        assert sink.describe() == f"{where} (1 client)"
        async with client(sink):
            assert sink.describe() == f"{where} (2 clients)"
    assert WebSocket().describe() == "ws://127.0.0.1:8771 (0 clients)"
    assert WebSocket(host="::1", token="with/signs&all").describe() == (
        "ws://[::1]:8771/?token=with%2Fsigns%26all (0 clients)"
    )


async def test_a_client_that_leaves_is_forgotten(sink: WebSocket) -> None:
    async with client(sink) as reading:
        await reading.connection.close()
        await until(lambda: not sink.clients)
    async with client(sink) as reading:
        reading.connection.transport.abort()
        await until(lambda: not sink.clients and not sink._connections)
    await sink.send(face())
