"""VTube Studio's public API: the conversation of a face with it, as a state machine without sockets and clocks.

Feed it what the connection brings (`receive`), the newest face (`offer`) and now and then the time (`tick`); write what
`to_send` gives, and act on `events`. Specification: README.md and Files/ErrorID.cs of DenchiSoft/VTubeStudio.

    token ──► sign in ──► list of parameters ──► create those that are missing ──► ready: inject faces
      ▲          │ the token is not (or no longer) good
      └──────────┘
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from avatar_driver.errors import DecodeError
from avatar_driver.protocols._vts_errors import (
    API_OFF,
    DENIED,
    IS_DEFAULT_PARAMETER,
    OWNED_BY_OTHER,
    TOKEN_REQUEST_OPEN,
    UNAUTHENTICATED,
    ConversationError,
    sentence,
)
from avatar_driver.protocols._vts_exchange import Exchange, Request, Step
from avatar_driver.protocols._vts_injecting import WINDOW, Injecting, about
from avatar_driver.protocols._vts_messages import (
    LONGEST_MESSAGE,
    Answer,
    ApiError,
    Authenticated,
    Parameter,
    ParameterList,
    StateBroadcast,
    Token,
    authentication,
    creation,
    parameter_list,
    read_answer,
    read_broadcast,
    read_content,
    token_request,
)

__all__ = [
    "LONGEST_MESSAGE",
    "Conversation",
    "ConversationError",
    "Event",
    "Parameter",
    "State",
    "StateBroadcast",
    "TokenChanged",
    "Told",
    "read_broadcast",
]

_SLOWLY: Final = 60.0  # s until the user is asked again after saying no: each time a window opens before them
_SOON: Final = 5.0
_AT_ONCE: Final = 0.5
_PERMISSION: Final = 9
_PAUSES: Final = {API_OFF: _SOON, UNAUTHENTICATED: _AT_ONCE, _PERMISSION: _SLOWLY, DENIED: _SLOWLY}
_MOST_TOLD: Final = 50
_DIGITS: Final = 5
_UNREADABLE: Final = -1  # stands for an error whose id cannot be read


class State(StrEnum):
    """How far the conversation has come, in words for the user."""

    AWAITING_USER = "waiting for you to allow avatar_driver in VTube Studio"
    SIGNING_IN = "signing in"
    PREPARING = "looking which parameters there are"
    READY = "connected"


@dataclass(frozen=True, slots=True)
class TokenChanged:
    """VTube Studio gave a token, to be kept for next time; or None: the one we had is no longer good."""

    token: str | None

    def __repr__(self) -> str:
        return f"TokenChanged({'None' if self.token is None else '…'})"  # a token is never shown


@dataclass(frozen=True, slots=True)
class Told:
    """Something the user should know. Each sentence comes once in a conversation."""

    sentence: str


Event = TokenChanged | Told


class Conversation:
    """One connection's conversation, from signing in to sending faces.

    Args:
        parameters: what each face has a value for.
        token: the one VTube Studio gave before; without one, its user is asked.
        now: seconds on any clock that only goes forward; the same clock everywhere.

    Attributes:
        state: how far it has come.
        unread: messages that made no sense. They are ignored; an answer that is missing for them is noticed in time.
    """

    def __init__(self, parameters: Sequence[Parameter], *, token: str | None, now: float) -> None:
        self.state = State.SIGNING_IN
        self.unread = 0
        self._parameters = tuple(parameters)
        self._exchange = Exchange()
        self._events: list[Event] = []
        self._told: set[str] = set()
        self._asked = False
        self._missing: deque[int] = deque()
        self._refused: dict[int, list[int]] = {}  # error id to indices
        self._injecting: Injecting | None = None
        if token is None:
            self._ask_for_token(now)
        else:
            self._sign_in(token, now)

    @property
    def active(self) -> int:
        """How many parameters each injection carries; 0 until the conversation is ready."""
        return self._injecting.active if self._injecting is not None else 0

    def to_send(self) -> list[bytes]:
        """Text messages for the connection, in order, each given once."""
        return self._exchange.take()

    def events(self) -> list[Event]:
        """What has happened since the last call. Worth asking for also after a `ConversationError`."""
        happened, self._events = self._events, []
        return happened

    def receive(self, message: str | bytes, now: float) -> None:
        """Takes a message from the connection. What makes no sense is counted and otherwise ignored.

        Raises:
            ConversationError: VTube Studio refused what cannot be done without.
        """
        try:
            answer = read_answer(message)
        except DecodeError as unreadable:
            self._did_not_understand(unreadable)
            return
        request = self._exchange.answered(answer.request_id)
        if request is None:
            self._did_not_understand(DecodeError("an answer to what was asked", ascii(answer.kind[:40])))
            return
        error = self._error_of(answer)
        if error is not None:
            self._give_up_if_hopeless(request.step, error)
        self._answered(request, answer, error, now)

    def offer(self, values: ArrayLike, *, face_found: bool, now: float) -> None:
        """Makes this the newest face: one value for each parameter. It is sent as soon as VTube Studio is ready.

        Args:
            values: (parameters) finite and within ±1e6; they are sent with 5 digits after the point.
            face_found: whether a face is in view; otherwise VTube Studio may play its "tracking lost" animation.
            now: the time.
        """
        if self._injecting is not None:
            # In double precision: in single, rounded numbers would still be written with all their digits.
            self._injecting.offer(np.round(np.asarray(values, np.float64), _DIGITS).tolist(), face_found, now)

    def tick(self, now: float) -> None:
        """Lets time pass; call it a few times a second.

        Raises:
            ConversationError: VTube Studio does not answer.
        """
        self._exchange.check(now)
        if self._injecting is not None:
            self._injecting.tick(now)

    def finish(self, now: float) -> None:
        """Sends the newest face a last time, without `faceFound`."""
        if self._injecting is not None:
            self._injecting.finish(now)

    def _answered(self, request: Request, answer: Answer, error: ApiError | None, now: float) -> None:
        match request.step:
            case Step.TOKEN:
                self._token_given(answer, now)
            case Step.SIGN_IN:
                self._signed_in(answer, now)
            case Step.LIST:
                self._listed(answer, error, now)
            case Step.CREATE:
                self._created(request.parameter, error, now)
            case _:
                assert self._injecting is not None
                error_id, message = (None, "") if error is None else (error.id, error.message)
                self._injecting.answered(request, error_id, message, now)

    def _error_of(self, answer: Answer) -> ApiError | None:
        if answer.kind != "APIError":
            return None
        try:
            return read_content(answer, "APIError", ApiError)
        except DecodeError as error:
            self._did_not_understand(error)
            return ApiError(_UNREADABLE)

    def _give_up_if_hopeless(self, step: Step, error: ApiError) -> None:
        if error.id == DENIED and step is not Step.TOKEN:
            self._events.append(TokenChanged(None))  # the user has taken the permission back
        pause = _PAUSES.get(error.id)
        if pause is None and step in (Step.TOKEN, Step.SIGN_IN):
            pause = _SOON if error.id == TOKEN_REQUEST_OPEN else _SLOWLY
        if pause is not None:
            raise ConversationError(sentence(error.id, error.message), pause)

    def _ask_for_token(self, now: float) -> None:
        self.state = State.AWAITING_USER
        self._asked = True
        self._exchange.send(Step.TOKEN, token_request, now)

    def _sign_in(self, token: str, now: float) -> None:
        self.state = State.SIGNING_IN
        self._exchange.send(Step.SIGN_IN, partial(authentication, token=token), now)

    def _token_given(self, answer: Answer, now: float) -> None:
        try:
            token = read_content(answer, "AuthenticationTokenResponse", Token).text
        except DecodeError as error:
            raise ConversationError(f"VTube Studio gave no token that can be used: {error}", _SLOWLY) from error
        self._events.append(TokenChanged(token))
        self._sign_in(token, now)

    def _signed_in(self, answer: Answer, now: float) -> None:
        try:
            accepted = read_content(answer, "AuthenticationResponse", Authenticated).authenticated
        except DecodeError as error:
            raise ConversationError(f"VTube Studio did not say whether we are signed in: {error}", _SOON) from error
        if accepted:
            self.state = State.PREPARING
            self._exchange.send(Step.LIST, parameter_list, now)
            return
        self._events.append(TokenChanged(None))
        if self._asked:  # asking over and over would open one window after the other
            raise ConversationError("VTube Studio does not accept the token it has just given; restart it", _SLOWLY)
        self._ask_for_token(now)

    def _listed(self, answer: Answer, error: ApiError | None, now: float) -> None:
        there: set[str] = set()
        try:
            if error is None:
                there = read_content(answer, "InputParameterListResponse", ParameterList).names()
        except DecodeError as unreadable:
            # Then each is created; for those that are there already, VTube Studio says so.
            self._did_not_understand(unreadable)
        self._missing.extend(i for i, parameter in enumerate(self._parameters) if parameter.name not in there)
        self._create(now)

    def _create(self, now: float) -> None:
        while self._missing and self._exchange.count(Step.CREATE) < WINDOW:
            index = self._missing.popleft()
            encode = partial(creation, parameter=self._parameters[index])
            self._exchange.send(Step.CREATE, encode, now, index)
        if not self._exchange.count(Step.CREATE):
            self._begin()

    def _created(self, index: int, error: ApiError | None, now: float) -> None:
        if error is not None and error.id not in (IS_DEFAULT_PARAMETER, OWNED_BY_OTHER):
            self._refused.setdefault(error.id, []).append(index)
        self._create(now)

    def _begin(self) -> None:
        for error_id, indices in self._refused.items():
            self._tell(about([self._parameters[i].name for i in indices], sentence(error_id)))
        refused = {i for indices in self._refused.values() for i in indices}
        usable = [i for i in range(len(self._parameters)) if i not in refused]
        self._injecting = Injecting(self._exchange, self._parameters, usable, self._tell)
        self.state = State.READY

    def _did_not_understand(self, error: DecodeError) -> None:
        self.unread += 1
        if self.unread == 1:
            self._tell(f"VTube Studio sent what makes no sense: {error}")

    def _tell(self, what: str) -> None:
        # What the other side says may be part of a sentence: no more than so many must fill terminal and memory.
        if what not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(what)
            self._events.append(Told(what))
