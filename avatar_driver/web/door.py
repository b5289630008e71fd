"""The door of the web server: who is let in, and to what."""

import asyncio
import hmac
import json
import logging
from collections.abc import Collection
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from avatar_driver.protocols.access import Refusal
from avatar_driver.serving.face_client import Choice
from avatar_driver.serving.web_settings import WebSettings
from avatar_driver.web.pages import page

__all__ = ["MOST_CLIENTS", "Door", "query_of"]

MOST_CLIENTS: Final = 40

_MOST_PARAMETERS: Final = 10
_MOST_TOLD: Final = 20
_COOKIE: Final = "avatar_driver"

log = logging.getLogger("avatar_driver")


def query_of(request: Request) -> tuple[str, dict[str, list[str]]]:
    """The path and the decoded query of a request; ValueError when it has too many parameters."""
    path, _, query = request.path.partition("?")
    return path, parse_qs(query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)


class Door:
    """Answers requests for pages and decides about WebSockets.

    Args:
        settings: the profile's `web:` section.
        connected: every connection there is, of which there may not be too many.
    """

    def __init__(self, settings: WebSettings, connected: Collection[object]) -> None:
        self._settings = settings
        self._connected = connected
        self._told = 0

    async def answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """A page, a refusal, or None to let a request become a WebSocket."""
        try:
            path, query = query_of(request)
        except ValueError:
            return connection.respond(HTTPStatus.BAD_REQUEST, f"expected at most {_MOST_PARAMETERS} parameters\n")
        wants_socket = "Upgrade" in request.headers
        refusal = self._settings.access.refusal(
            hosts=request.headers.get_all("Host"),
            origins=request.headers.get_all("Origin"),
            tokens=query.get("token") or _cookies(request),
        )
        if refusal is None and wants_socket:
            refusal = self._refused_socket(path, query)
            if refusal is None:
                return None
        if refusal is not None:
            if refusal.status in (401, 403):
                self._tell(refusal)
            return connection.respond(HTTPStatus(refusal.status), f"{refusal.sentence}\n")
        return await self._page(connection, path)

    def _refused_socket(self, path: str, query: dict[str, list[str]]) -> Refusal | None:
        if len(self._connected) > MOST_CLIENTS:
            return Refusal(503, f"{MOST_CLIENTS} pages are connected, and no more are served")
        if path == "/live":
            given = query.get("token", [""])[0].encode(errors="replace")
            if hmac.compare_digest(given, self._settings.command_token.encode()):
                return None
            return Refusal(401, "commands need the token of a page from this server; load the page again")
        if path != "/face":
            return Refusal(404, f"nothing at {path[:40]!a}; there are /live and /face")
        try:
            Choice.from_query(query)
        except ValueError as error:
            return Refusal(400, str(error))
        return None

    async def _page(self, connection: ServerConnection, path: str) -> Response:
        stage = Path(self._settings.stage) if self._settings.stage is not None else None
        words = {
            "token": self._settings.command_token,
            "access": self._settings.access.token or "",
            "colours": json.dumps(self._settings.colours),
        }
        found = await asyncio.to_thread(page, path, stage=stage, words=words)
        if found is None:
            return connection.respond(HTTPStatus.NOT_FOUND, f"nothing at {path[:60]!a}\n")
        headers = Headers(found.headers)
        headers["Content-Length"] = str(len(found.body))
        headers["Connection"] = "close"
        if self._settings.access.token:
            # So that what a page loads comes in too. Strict: no other site's page brings it along.
            headers["Set-Cookie"] = f"{_COOKIE}={self._settings.access.token}; Path=/; HttpOnly; SameSite=Strict"
        return Response(200, "OK", headers, found.body)

    def _tell(self, refusal: Refusal) -> None:
        # A page that tries every second must not fill the terminal.
        self._told += 1
        if self._told <= _MOST_TOLD:
            log.warning("the dashboard turned a request away: %s", refusal.sentence)


def _cookies(request: Request) -> list[str]:
    try:
        cookie = SimpleCookie("; ".join(request.headers.get_all("Cookie")))
    except CookieError:
        return []
    return [cookie[_COOKIE].value] if _COOKIE in cookie else []
