"""The web server: pages, the face stream for them, and the dashboard's connection, on one port."""

import asyncio
import itertools
import logging
import time
from functools import partial
from typing import Any, Final, cast
from urllib.parse import quote

from websockets.asyncio.server import Server, ServerConnection, serve

from avatar_driver.errors import SinkError
from avatar_driver.frame import Frame
from avatar_driver.protocols.face_stream import SEQUENCES
from avatar_driver.serving.bounded_connection import BoundedConnection, wait_closed
from avatar_driver.serving.face_client import NOTHING_KNOWN, Choice, Edition, FaceClient, Statement
from avatar_driver.serving.listening import bracketed, cannot_listen, shown_host
from avatar_driver.serving.web_settings import WebSettings
from avatar_driver.session import Session
from avatar_driver.sources import Pictured
from avatar_driver.web import status
from avatar_driver.web.commands import LONGEST
from avatar_driver.web.controls import Controls
from avatar_driver.web.door import MOST_CLIENTS, Door, query_of
from avatar_driver.web.live import LiveClient, face_message, picture_message
from avatar_driver.web.log_lines import LogLines
from avatar_driver.web.remote import OscCommands
from avatar_driver.web.responses import curves_given

__all__ = ["WebServer"]

_log: Final = logging.getLogger("avatar_driver")
_library_log: Final = logging.getLogger(f"{__name__}.library")
_library_log.setLevel(logging.CRITICAL)

_STATUS_EVERY: Final = 0.25  # s
_CHOICES_EVERY: Final = 12  # of those; looking for profiles reads files
_CLOSING_SECONDS: Final = 0.4
_STALL_SECONDS: Final = 5.0


class WebServer:
    """Serves the dashboard of a session.

    Args:
        session: what is shown and controlled.
        settings: the profile's `web:` section.
    """

    def __init__(self, session: Session, settings: WebSettings) -> None:
        self.controls = Controls(session)
        self._session = session
        self._settings = settings
        self._server: Server | None = None
        self._connections: set[BoundedConnection] = set()
        self._door = Door(settings, self._connections)
        self._dashboards: set[LiveClient] = set()
        self._faces: set[FaceClient] = set()
        self._statement: Statement = NOTHING_KNOWN
        self._sequence = 0
        self._osc = OscCommands(self.controls, settings.osc_port) if settings.osc_port is not None else None
        self._telling: asyncio.Task[None] | None = None
        self._log_lines: LogLines | None = None
        self._rates = status.Rates()
        self._choices: list[dict[str, Any]] = []

    @property
    def port(self) -> int:
        """The port it listens on; before `open`, the one it was given."""
        return self._server.sockets[0].getsockname()[1] if self._server is not None else self._settings.port

    @property
    def address(self) -> str:
        """What to open in a browser, with the token where one is needed."""
        token = self._settings.access.token
        asked = f"?token={quote(token, safe='')}" if token else ""
        return f"http://{bracketed(shown_host(self._settings.host))}:{self.port}/{asked}"

    async def open(self) -> None:
        """Listens.

        Raises:
            SinkError: the port is taken or the address is not one of this computer's.
        """
        listed = partial(BoundedConnection, listed=self._connections, at_most=2 * MOST_CLIENTS)
        try:
            self._server = await serve(
                self._serve,
                self._settings.host or None,
                self._settings.port,
                process_request=self._door.answer,
                create_connection=cast(type[ServerConnection], listed),
                compression=None,
                server_header=None,
                close_timeout=_CLOSING_SECONDS / 2,
                max_size=LONGEST,
                max_queue=None,
                write_limit=0,
                logger=_library_log,
            )
        except OSError as error:
            raise cannot_listen("the dashboard", self._settings.host, self._settings.port, error) from error
        if self._osc is not None:
            try:
                await self._osc.open()
            except (SinkError, OSError) as error:
                _log.warning("%s; running without them", error)  # the dashboard works all the same
                self._osc = None
        self._session.engine.observers.append(self._observe)
        self._telling = asyncio.create_task(self._tell())
        self._log_lines = LogLines(self._log)
        _log.addHandler(self._log_lines)

    async def close(self) -> None:
        """Tells every page that the program ends, within half a second."""
        server, self._server = self._server, None
        if server is None:
            return
        if self._log_lines is not None:
            _log.removeHandler(self._log_lines)
        self._session.engine.observers.remove(self._observe)
        if self._telling is not None:
            self._telling.cancel()
        if self._osc is not None:
            self._osc.close()
        for face in self._faces:
            face.finish()
        server.close()
        await wait_closed(server, self._connections, _CLOSING_SECONDS)

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None  # the door let it in
        path, query = query_of(connection.request)
        if path == "/live":
            await self._serve_dashboard(connection)
            return
        face = FaceClient(connection, Choice.from_query(query), _STALL_SECONDS)
        self._faces.add(face)
        try:
            await face.run(self._statement)
        finally:
            self._faces.discard(face)

    async def _serve_dashboard(self, connection: ServerConnection) -> None:
        self._choices = await asyncio.to_thread(status.choices)
        dashboard = LiveClient(connection, self.controls)
        dashboard.tell(status.hello(self._settings, self._osc.port if self._osc is not None else None))
        dashboard.tell(self._state())
        dashboard.tell(self.controls.guided.message())
        self._dashboards.add(dashboard)
        try:
            await dashboard.run()
        finally:
            self._dashboards.discard(dashboard)
            if not self._dashboards and isinstance(self._session.engine.source, Pictured):
                self._session.engine.source.preview.on = False  # nobody looks any more

    def _observe(self, given: Frame, shown: Frame) -> None:
        """Every frame. Costs next to nothing while no page is open."""
        if self._faces:
            edition = Edition(shown, self._sequence)
            for face in self._faces:
                face.offer(edition)
        self._statement = shown.origin.support, shown.altered
        self._sequence = (self._sequence + 1) % SEQUENCES
        guided_news = self.controls.guided.feed(given)
        if not self._dashboards:
            return
        face_bytes = face_message(given, curves_given(self._session, shown), shown, self._sequence)
        source = self._session.engine.source
        jpeg = source.preview.take() if isinstance(source, Pictured) else None
        picture = picture_message(jpeg) if jpeg is not None else None
        for dashboard in self._dashboards:
            dashboard.show(face_bytes, picture)
            if guided_news:
                dashboard.tell(self.controls.guided.message())

    async def _tell(self) -> None:
        """The status four times a second; the state and the calibration when they have changed."""
        before: tuple[Any, Any] = (None, None)
        for tick in itertools.count():
            await asyncio.sleep(_STATUS_EVERY)
            if not self._dashboards:
                continue
            if tick % _CHOICES_EVERY == 0:
                self._choices = await asyncio.to_thread(status.choices)
            now = status.status(self._session, self._rates, time.monotonic())
            others = self._state(), self.controls.guided.message()
            for dashboard in self._dashboards:
                dashboard.tell(now)
                for message, earlier in zip(others, before, strict=True):
                    if message != earlier:
                        dashboard.tell(message)
            before = others

    def _state(self) -> dict[str, Any]:
        return status.state(self._session, self._choices)

    def _log(self, message: dict[str, Any]) -> None:
        """A line of the program's log, to every dashboard."""
        for dashboard in self._dashboards:
            dashboard.log(message)
