"""The little HTTP that OSCQuery needs: one question with one answer, within bounds of size and time."""

import asyncio
from collections.abc import Callable
from typing import Final

from avatar_driver.errors import DecodeError
from avatar_driver.protocols.oscquery import LONGEST_HEAD, chunk_size, request, response_head
from avatar_driver.protocols.vrchat_avatar import LARGEST

__all__ = ["Server", "get"]

_SECONDS: Final = 2.0  # for a whole exchange; both ends are on one computer or in one home
_MOST_CONNECTIONS: Final = 16
_LINE_END: Final = b"\r\n"
_HEAD_END: Final = _LINE_END + _LINE_END


async def get(host: str, port: int, path: str) -> bytes:
    """The body that a server gives for a path.

    Raises:
        DecodeError: the answer is not one, or larger than can be meant.
        OSError: nobody answers, or not in time (TimeoutError is one).
    """
    async with asyncio.timeout(_SECONDS):
        reader, writer = await asyncio.open_connection(host, port, limit=LONGEST_HEAD)
        try:
            writer.write(request(path, host, port))
            return await _body(reader)
        except asyncio.IncompleteReadError as error:
            raise DecodeError("the rest of an HTTP answer", "the end", len(error.partial)) from None
        except asyncio.LimitOverrunError:
            raise DecodeError(f"an HTTP head of at most {LONGEST_HEAD} bytes", "more") from None
        finally:
            # Not "close and wait": an end that neither reads nor closes would hold us.
            writer.transport.abort()


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = response_head(await reader.readuntil(_HEAD_END))
    if head.length is not None:
        return await reader.readexactly(head.length)
    body = bytearray()
    if not head.chunked:
        while part := await reader.read(65_536):
            body += part
            _check(len(body))
        return bytes(body)
    while size := chunk_size(await reader.readuntil(_LINE_END)):
        _check(len(body) + size)
        body += await reader.readexactly(size)
        await reader.readexactly(len(_LINE_END))
    return bytes(body)


def _check(size: int) -> None:
    if size > LARGEST:
        raise DecodeError(f"at most {LARGEST} bytes", "more")


class Server:
    """Answers GET requests on a free port of one address. What floods it, stalls or is not HTTP is cut off.

    Args:
        answer: the whole response to a request's head.
    """

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, host: str) -> int:
        """Listens; gives the port.

        Raises:
            OSError: the address is not this computer's, or the system has no room.
        """
        # In two steps: cancelled in the middle, one would leave a socket open that nobody knows of.
        self._server = await asyncio.start_server(self._accept, host, 0, limit=LONGEST_HEAD, start_serving=False)
        await self._server.start_serving()
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """Stops listening and drops who is connected."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._tasks) >= _MOST_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_SECONDS):
                writer.write(self._answer(await reader.readuntil(_HEAD_END)))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # it went away, stalled, or never meant to ask
        finally:
            writer.transport.abort()
