"""A WebSocket server that sends every frame to whoever connects: engines, web pages, scripts."""

import logging
import secrets
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Annotated, Final, cast
from urllib.parse import parse_qs, quote

from annotated_types import Ge, Gt, Le, MinLen
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from avatar_driver.frame import Frame
from avatar_driver.protocols.access import Access, Refusal, is_loopback, normalised_origin
from avatar_driver.protocols.face_stream import SEQUENCES
from avatar_driver.serving.bounded_connection import BoundedConnection, wait_closed
from avatar_driver.serving.face_client import NOTHING_KNOWN, Choice, Edition, FaceClient, Statement
from avatar_driver.serving.listening import bracketed, cannot_listen, shown_host

__all__ = ["WebSocket"]

_log: Final = logging.getLogger(__name__)
# The library's own: one line for every stranger who knocks is too much. What is worth telling, this module tells.
_library_log: Final = logging.getLogger(f"{__name__}.library")
_library_log.setLevel(logging.ERROR)

_LONGEST_MESSAGE: Final = 4096  # bytes from a client; nothing it says is listened to
_CLOSING_SECONDS: Final = 0.4
_OPENING_SECONDS: Final = 5.0
_MOST_PARAMETERS: Final = 10
_REFUSALS_TOLD: Final = 32


class WebSocket:
    """Serves the face over WebSocket, as JSON or binary; `avatar_driver.protocols.face_stream` has the format.

    A client chooses in the address: `ws://127.0.0.1:8771/?format=binary&rate=30`. Each gets the newest frame whenever
    it is ready for one, so a slow client skips frames and slows nobody. What clients send is ignored.

    Args:
        host: address to listen on. Beyond loopback every client has to know the token.
        port: TCP port; 0 takes a free one, which the status line names.
        token: what clients must give as `?token=`. Left out, one is made where it is needed; the status line shows it.
        allowed_origins: web sites whose pages may connect beside those on this computer, such as
            `http://192.168.1.5:8080`; `null` stands for pages opened from a file.
        max_clients: clients served at once; others are turned away.
        stall_seconds: a client that takes nothing for so long is dropped.

    Raises:
        ValueError: an entry of `allowed_origins` is not an origin.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: Annotated[int, Ge(0), Le(65_535)] = 8771,
        token: Annotated[str, MinLen(8)] | None = None,
        allowed_origins: Sequence[str] = (),
        max_clients: Annotated[int, Ge(1), Le(500)] = 50,
        stall_seconds: Annotated[float, Gt(0)] = 5.0,
    ) -> None:
        if token is None and not is_loopback(host):
            token = secrets.token_urlsafe(16)
        self._access = Access(
            host=host, token=token, allowed_origins=frozenset(normalised_origin(origin) for origin in allowed_origins)
        )
        self._host = host
        self._configured_port = port
        self._max_clients = max_clients
        self._stall_seconds = stall_seconds
        self._clients: set[FaceClient] = set()
        self._connections: set[BoundedConnection] = set()
        self._refusals_told: set[str] = set()
        self._sequence = 0
        self._server: Server | None = None
        self._shown_host = host
        self._statement: Statement = NOTHING_KNOWN

    @property
    def port(self) -> int:
        """The port it listens on; before `open`, the one it was given."""
        return self._server.sockets[0].getsockname()[1] if self._server is not None else self._configured_port

    @property
    def token(self) -> str | None:
        """What clients must give as `?token=`, or None."""
        return self._access.token

    @property
    def clients(self) -> tuple[FaceClient, ...]:
        """The clients that are connected now, with what each was sent and what it skipped."""
        return tuple(self._clients)

    async def open(self) -> None:
        """Listens.

        Raises:
            SinkError: the port is taken or the address is not one of this computer's.
        """
        listed = partial(BoundedConnection, listed=self._connections, at_most=2 * self._max_clients)
        try:
            self._server = await serve(
                self._serve,
                self._host or None,
                self._configured_port,
                process_request=self._answer,
                create_connection=cast(type[ServerConnection], listed),
                compression=None,  # twice the cost for a stream that is small already
                server_header=None,
                open_timeout=_OPENING_SECONDS,
                close_timeout=_CLOSING_SECONDS / 2,
                max_size=_LONGEST_MESSAGE,
                max_queue=None,  # would resume reading behind the back of BoundedConnection
                write_limit=0,  # what waits to be written is a face that grows old
                logger=_library_log,
            )
        except OSError as error:
            raise cannot_listen("the websocket sink", self._host, self._configured_port, error) from error
        self._shown_host = shown_host(self._host)

    async def send(self, frame: Frame) -> None:
        """Offers the frame to every client. Does not wait for any, nor encodes where nobody listens."""
        edition = Edition(frame, self._sequence)
        self._sequence = (self._sequence + 1) % SEQUENCES
        self._statement = edition.statement
        for client in self._clients:
            client.offer(edition)

    async def close(self) -> None:
        """Sends each client the last frame and closes with code 1001; after half a second without manners."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close(close_connections=False)
        for client in self._clients:
            client.finish()
        await wait_closed(server, self._connections, _CLOSING_SECONDS)

    def describe(self) -> str:
        """The address to connect to, with the token if there is one, and how many clients did."""
        count = len(self._clients)
        token = f"/?token={quote(self.token, safe='')}" if self.token else ""
        return f"ws://{bracketed(self._shown_host)}:{self.port}{token} ({count} client{'' if count == 1 else 's'})"

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """Lets a request become a WebSocket (None), or says why it may not."""
        refusal = self._refusal(request)
        if refusal is None:
            return None
        if refusal.status in (401, 403):
            self._tell_once(refusal)
        return connection.respond(HTTPStatus(refusal.status), f"{refusal.sentence}\n")

    def _refusal(self, request: Request) -> Refusal | None:
        try:
            query = _query(request)
        except ValueError:
            return Refusal(400, f"expected at most {_MOST_PARAMETERS} parameters")
        refusal = self._access.refusal(
            hosts=request.headers.get_all("Host"),
            origins=request.headers.get_all("Origin"),
            tokens=query.get("token", ()),
        )
        if refusal is not None:
            return refusal
        if "Upgrade" not in request.headers:
            return Refusal(426, f"This is avatar_driver's face stream. Connect a WebSocket client to {self._example()}")
        path = request.path.partition("?")[0]
        if path != "/":
            return Refusal(404, f"nothing at {path[:40]!a}; connect to {self._example()}")
        if len(self._connections) > self._max_clients:
            return Refusal(503, f"{self._max_clients} clients are connected, and max_clients allows no more")
        try:
            Choice.from_query(query)
        except ValueError as error:
            return Refusal(400, f"{error}; connect to {self._example()}")
        return None

    def _example(self) -> str:
        return f"ws://{bracketed(self._shown_host)}:{self.port}/?format=json or ?format=binary"

    def _tell_once(self, refusal: Refusal) -> None:
        # A page that tries every second must not fill the terminal, nor one that changes its name each time the memory.
        if refusal.sentence not in self._refusals_told and len(self._refusals_told) < _REFUSALS_TOLD:
            self._refusals_told.add(refusal.sentence)
            _log.warning("websocket sink turned a client away: %s", refusal.sentence)

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None  # `_answer` let it in
        client = FaceClient(connection, Choice.from_query(_query(connection.request)), self._stall_seconds)
        self._clients.add(client)
        try:
            await client.run(self._statement)
        finally:
            self._clients.discard(client)
        if client.stalled:
            _log.warning("websocket sink dropped a client that took nothing for %g s", self._stall_seconds)


def _query(request: Request) -> dict[str, list[str]]:
    """The decoded parameters; ValueError when there are too many."""
    text = request.path.partition("?")[2]
    return parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
