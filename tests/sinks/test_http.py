"""HTTP for OSCQuery over real sockets: every way of sending a body, and every way of misbehaving."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from avatar_driver.errors import DecodeError
from avatar_driver.protocols.vrchat_avatar import LARGEST
from avatar_driver.sinks import _http
from avatar_driver.sinks._http import Server, get

OK = b"HTTP/1.1 200 OK\r\n"


@contextlib.asynccontextmanager
async def answering(*parts: bytes, then_wait: bool = False) -> AsyncIterator[int]:
    """A server that answers whatever comes with these bytes, then closes, or keeps the connection open."""
    release = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            for part in parts:
                writer.write(part)
                await writer.drain()
            if then_wait:
                await release.wait()
        writer.transport.abort() if then_wait else writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        release.set()
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    "parts",
    [
        (OK + b"Content-Length: 5\r\n\r\nhello",),
        (OK, b"\r\nhel", b"lo"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", b"hello and more"),
    ],
)
async def test_a_body_arrives_however_it_is_sent(parts: tuple[bytes, ...]) -> None:
    async with answering(*parts) as port:
        assert await get("127.0.0.1", port, "/") == b"hello"


@pytest.mark.parametrize("head", [b"Content-Length: 5\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n5\r\n"])
async def test_a_whole_body_does_not_wait_for_the_connection_to_close(head: bytes) -> None:
    async with answering(OK + head + b"hello\r\n0\r\n\r\n", then_wait=True) as port:
        assert await get("127.0.0.1", port, "/") == b"hello"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n",
        OK,
        OK + b"Content-Length: 10\r\n\r\nhello",
        OK + b"Content-Length: 99999999\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 10_000,
        OK + b"X: " + b"y" * 20_000 + b"\r\n\r\n",
        b"HTTP/1.1 500 Internal Server Error\r\n\r\n",
        OK + b"\r\n" + b" " * (LARGEST + 1),
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + (b"3d0900\r\n" + b" " * LARGEST + b"\r\n") * 2 + b"0\r\n\r\n",
    ],
    ids=lambda answer: repr(answer[-40:]),
)
async def test_an_answer_that_is_broken_or_too_large_is_refused(answer: bytes) -> None:
    async with answering(answer) as port:
        with pytest.raises(DecodeError):
            await get("127.0.0.1", port, "/")


@pytest.mark.parametrize("answer", [b"", OK, OK + b"Content-Length: 5\r\n\r\nhel"])
async def test_an_answer_that_never_ends_is_given_up(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "_SECONDS", 0.1)
    async with answering(answer, then_wait=True) as port:
        with pytest.raises(TimeoutError):
            await get("127.0.0.1", port, "/")


async def test_where_nobody_listens_there_is_an_os_error() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(OSError, match=r"(?i)refused|connect"):
        await get("127.0.0.1", port, "/")


# --- our server -------------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[int]:
    server = Server(lambda head: OK + b"Content-Length: %d\r\n\r\n" % len(head) + head)
    port = await server.open("127.0.0.1")
    try:
        yield port
    finally:
        await server.close()


async def test_a_request_is_answered_and_the_connection_closed() -> None:
    async with serving() as port:
        assert (await get("127.0.0.1", port, "/x")).startswith(b"GET /x HTTP/1.1\r\nHost: 127.0.0.1")


@pytest.mark.parametrize("sent", [b"x" * 100_000, b"GET / HTTP/1.1\r\n"])
async def test_a_client_that_floods_or_goes_away_is_dropped_and_others_are_served(sent: bytes) -> None:
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        writer.write_eof()
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        assert await get("127.0.0.1", port, "/")


async def test_a_client_that_says_nothing_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "_SECONDS", 0.1)
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()


async def test_more_connections_than_anyone_needs_are_turned_away() -> None:
    async with serving() as port:
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(30)]
        await asyncio.sleep(0.05)
        ended = 0
        for reader, _ in opened:
            with contextlib.suppress(TimeoutError, ConnectionError):
                await asyncio.wait_for(reader.read(), 0.02)
                ended += 1
                continue
            ended += reader.exception() is not None
        for _, writer in opened:
            writer.close()
        assert ended == 14


async def test_closing_drops_who_is_connected_at_once_and_leaves_no_task() -> None:
    before = set(asyncio.all_tasks())
    async with asyncio.timeout(1), serving() as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(0.02)
    await asyncio.sleep(0)
    assert set(asyncio.all_tasks()) == before
    writer.close()
