"""A VTube Studio with the rules of its public API 1.0, built on the documentation alone. Nothing of ours is imported.

Run as a program it prints its port, allows every plugin, and at the end of its input prints what it heard as JSON.
"""

import asyncio
import contextlib
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

API = "VTubeStudioPublicAPI"
DEFAULTS = [
    "FacePositionX", "FacePositionY", "FacePositionZ", "FaceAngleX", "FaceAngleY", "FaceAngleZ",
    "MouthSmile", "MouthOpen", "Brows", "BrowLeftY", "BrowRightY", "CheekPuff", "TongueOut", "FaceAngry",
    "EyeOpenLeft", "EyeOpenRight", "EyeLeftX", "EyeLeftY", "EyeRightX", "EyeRightY", "MouthX",
    "MousePositionX", "MousePositionY", "VoiceVolume", "VoiceFrequency", "VoiceVolumePlusMouthOpen",
    "VoiceFrequencyPlusMouthSmile",
]  # fmt: skip
MILLION = 1_000_000
SECOND = 1.0

Plugin = tuple[str, str]


class RefusedError(Exception):
    """An APIError."""

    def __init__(self, error_id: int, message: str = "") -> None:
        super().__init__(error_id)
        self.error_id = error_id
        self.message = message


@dataclass
class Session:
    connection: ServerConnection
    plugin: Plugin | None = None
    revoked: bool = False


@dataclass
class Value:
    value: float
    owner: Plugin
    time: float


@dataclass(eq=False)
class FakeVTubeStudio:
    """Attributes that tests change: `active` (API switched on), `popup` (the user's answer; an Event that is not set
    keeps the window open), `silent` (answers nothing), `clock`, `rewrite` (what is sent instead of an answer).
    """

    clock: Callable[[], float] = time.monotonic
    active: bool = True
    allows: bool = True
    silent: bool = False
    rewrite: Callable[[dict[str, Any]], list[str | bytes]] | None = None
    popup: asyncio.Event = field(default_factory=asyncio.Event)
    popups: int = 0
    open_popups: int = 0
    tokens: dict[str, Plugin] = field(default_factory=dict)
    custom: dict[str, dict[str, Any]] = field(default_factory=dict)
    defaults: list[str] = field(default_factory=lambda: list(DEFAULTS))
    values: dict[str, Value] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    injections: list[dict[str, Any]] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    server: Server | None = None
    _face_found: float = float("-inf")

    @contextlib.asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator["FakeVTubeStudio"]:
        async with serve(self._serve, "127.0.0.1", port, close_timeout=0.1) as self.server:
            yield self

    @property
    def port(self) -> int:
        assert self.server is not None
        port: int = self.server.sockets[0].getsockname()[1]
        return port

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [request for request in self.requests if request.get("messageType") == kind]

    def value(self, name: str) -> float:
        """What the model sees: back at rest when nobody has sent the parameter for a second."""
        known = self.values.get(name)
        if known is not None and self.clock() - known.time <= SECOND:
            return known.value
        return float(self.custom.get(name, {}).get("defaultValue", 0.0))

    def is_lost(self, name: str) -> bool:
        return name not in self.values or self.clock() - self.values[name].time > SECOND

    @property
    def face_found(self) -> bool:
        return self.clock() - self._face_found <= SECOND

    def revoke(self) -> None:
        """The user takes every permission back: tokens and the parameters of these plugins are gone."""
        self.tokens.clear()
        self.custom.clear()
        for session in self.sessions:
            session.revoked = True

    def broadcast(self) -> bytes:
        about = {"active": self.active, "port": self.port, "instanceID": "93aa0d04", "windowTitle": "VTube Studio"}
        kind = "VTubeStudioAPIStateBroadcast"
        return self._envelope(kind, kind, about).encode()

    async def _serve(self, connection: ServerConnection) -> None:
        session = Session(connection)
        self.sessions.append(session)
        waiting: set[asyncio.Task[None]] = set()
        try:
            async for message in connection:
                task = asyncio.create_task(self._answer(session, message))
                waiting.add(task)
                task.add_done_callback(waiting.discard)
                # Only the user's window holds an answer up; everything else is answered in order.
                await asyncio.sleep(0)
        except ConnectionClosed:
            pass
        finally:
            self.sessions.remove(session)
            for task in waiting:
                task.cancel()

    async def _answer(self, session: Session, message: str | bytes) -> None:
        request: dict[str, Any] = {}
        try:
            request = self._parsed(message)
            kind, about = await self._respond(session, request)
        except RefusedError as refused:
            self.refusals.append(refused.error_id)
            kind, about = "APIError", {"errorID": refused.error_id, "message": refused.message}
        if self.silent:
            return
        envelope = self._envelope(kind, str(request.get("requestID", "a-random-uuid")), about)
        sent: list[str | bytes] = [envelope] if self.rewrite is None else self.rewrite(json.loads(envelope))
        with contextlib.suppress(ConnectionClosed):
            for text in sent:
                await session.connection.send(text)

    @staticmethod
    def _envelope(kind: str, request_id: str, about: dict[str, Any]) -> str:
        stamp = int(time.time() * 1000)
        return json.dumps(
            {
                "apiName": API, "apiVersion": "1.0", "timestamp": stamp, "messageType": kind,
                "requestID": request_id, "data": about,
            }
        )  # fmt: skip

    def _parsed(self, message: str | bytes) -> dict[str, Any]:
        try:
            request = json.loads(message)
        except ValueError:
            raise RefusedError(2) from None
        if not isinstance(request, dict):
            raise RefusedError(2)
        self.requests.append(request)
        if request.get("apiName") != API:
            raise RefusedError(3)
        if request.get("apiVersion") != "1.0":
            raise RefusedError(4)
        request_id = request.get("requestID", "x")
        if not (isinstance(request_id, str) and 1 <= len(request_id) <= 64 and request_id.isascii()):
            raise RefusedError(5)
        if not request.get("messageType"):
            raise RefusedError(6)
        return request

    async def _respond(self, session: Session, request: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        kind = request["messageType"]
        about = request.get("data") or {}
        if kind == "APIStateRequest":
            signed_in = session.plugin is not None
            return "APIStateResponse", {
                "active": self.active, "vTubeStudioVersion": "1.9.0", "currentSessionAuthenticated": signed_in,
            }  # fmt: skip
        if not self.active:
            raise RefusedError(1)
        if kind == "AuthenticationTokenRequest":
            return "AuthenticationTokenResponse", {"authenticationToken": await self._token(about)}
        if kind == "AuthenticationRequest":
            return "AuthenticationResponse", self._signed_in(session, about)
        rules = {
            "InputParameterListRequest": self._list,
            "ParameterCreationRequest": self._create,
            "ParameterDeletionRequest": self._delete,
            "InjectParameterDataRequest": self._inject,
            "ParameterValueRequest": self._value,
            "FaceFoundRequest": lambda *_: {"found": self.face_found},
        }
        if kind not in rules:
            raise RefusedError(7)
        if session.revoked:
            raise RefusedError(50)
        if session.plugin is None:
            raise RefusedError(8)
        return kind.removesuffix("Request") + "Response", rules[kind](session.plugin, about)

    async def _token(self, about: dict[str, Any]) -> str:
        if not 3 <= len(about.get("pluginName") or "") <= 32:
            raise RefusedError(52)
        if not 3 <= len(about.get("pluginDeveloper") or "") <= 32:
            raise RefusedError(53)
        if self.open_popups:
            raise RefusedError(51)
        self.popups += 1
        self.open_popups += 1
        try:
            await self.popup.wait()
        finally:
            self.open_popups -= 1
        if not self.allows:
            raise RefusedError(50, "User has denied API access for your plugin.")
        token = f"{self.popups:04d}-9c1f7ae0-e83b52d4-4471b6fe"
        self.tokens[token] = (about["pluginName"], about["pluginDeveloper"])
        return token

    def _signed_in(self, session: Session, about: dict[str, Any]) -> dict[str, Any]:
        for error_id, name in ((100, "authenticationToken"), (101, "pluginName"), (102, "pluginDeveloper")):
            if not about.get(name):
                raise RefusedError(error_id)
        plugin = (about["pluginName"], about["pluginDeveloper"])
        good = self.tokens.get(about["authenticationToken"]) == plugin
        session.plugin = plugin if good else None
        return {"authenticated": good, "reason": "Token valid." if good else "Token invalid or revoked."}

    def _list(self, _: Plugin, __: dict[str, Any]) -> dict[str, Any]:
        return {
            "modelLoaded": True, "modelName": "Model", "modelID": "1",
            "customParameters": [
                {"name": name, "addedBy": made["plugin"][0], "value": self.value(name), **made["limits"]}
                for name, made in self.custom.items()
            ],
            "defaultParameters": [
                {"name": name, "addedBy": "VTube Studio", "value": self.value(name), "min": -30, "max": 30,
                 "defaultValue": 0}
                for name in self.defaults
            ],
        }  # fmt: skip

    def _create(self, plugin: Plugin, about: dict[str, Any]) -> dict[str, Any]:
        name = about.get("parameterName")
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9]{4,32}", name):
            raise RefusedError(350)
        numbers = [about.get(key) for key in ("min", "max", "defaultValue")]
        if not all(_is_number(number) for number in numbers) or numbers[0] >= numbers[1]:
            raise RefusedError(351)
        if len(about.get("explanation") or "") >= 256:
            raise RefusedError(353)
        if name in self.defaults:
            raise RefusedError(354)
        made = self.custom.get(name)
        if made is None:
            if sum(other["plugin"] == plugin for other in self.custom.values()) >= 100:
                raise RefusedError(355)
            if len(self.custom) >= 300:
                raise RefusedError(356)
        elif made["plugin"] != plugin:
            raise RefusedError(352)
        limits = dict(zip(("min", "max", "defaultValue"), numbers, strict=True))
        self.custom[name] = {"plugin": plugin, "limits": limits, "defaultValue": numbers[2]}
        return {"parameterName": name}

    def _delete(self, plugin: Plugin, about: dict[str, Any]) -> dict[str, Any]:
        name = about.get("parameterName")
        if not isinstance(name, str) or not name:
            raise RefusedError(400)
        if name in self.defaults:
            raise RefusedError(403)
        if name not in self.custom:
            raise RefusedError(401)
        if self.custom[name]["plugin"] != plugin:
            raise RefusedError(402)
        del self.custom[name]
        return {"parameterName": name}

    def _inject(self, plugin: Plugin, about: dict[str, Any]) -> dict[str, Any]:
        values = about.get("parameterValues")
        if not values:
            raise RefusedError(450)
        mode = about.get("mode", "set")
        if mode not in ("set", "add"):
            raise RefusedError(455)
        for entry in values:  # all or nothing
            self._check(plugin, entry, mode)
        now = self.clock()
        for entry in values:
            known = 0.0 if mode == "set" else self.value(entry["id"])
            self.values[entry["id"]] = Value(known + entry["value"], plugin, now)
        if about.get("faceFound") is True:
            self._face_found = now
        else:
            self._face_found = float("-inf")
        self.injections.append(about)
        return {}

    def _check(self, plugin: Plugin, entry: dict[str, Any], mode: str) -> None:
        name = entry.get("id")
        if not _is_number(entry.get("value")):
            raise RefusedError(451)
        if not _is_number(entry.get("weight", 1)) or not 0 <= entry.get("weight", 1) <= 1:
            raise RefusedError(452)
        if name not in self.custom and name not in self.defaults:
            raise RefusedError(453)
        if mode == "set" and not self.is_lost(name) and self.values[name].owner != plugin:
            raise RefusedError(454)

    def _value(self, _: Plugin, about: dict[str, Any]) -> dict[str, Any]:
        name = about.get("name")
        if name not in self.custom and name not in self.defaults:
            raise RefusedError(500)
        return {"name": name, "addedBy": "", "value": self.value(name), "min": 0, "max": 1, "defaultValue": 0}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MILLION


async def main() -> None:
    fake = FakeVTubeStudio()
    fake.popup.set()
    async with fake.running():
        sys.stdout.write(f"{fake.port}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
        heard = {"popups": fake.popups, "requests": fake.requests, "refusals": fake.refusals, "custom": fake.custom}
        json.dump({**heard, "injections": fake.injections}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
