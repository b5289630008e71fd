"""Requests on their way: which answer belongs to which, and which has been missing for too long."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Final, NamedTuple

from avatar_driver.protocols._vts_errors import ConversationError

__all__ = ["ANSWER_SECONDS", "Exchange", "Request", "Step"]

ANSWER_SECONDS: Final = 10.0  #: a VTube Studio that says nothing for so long is gone; loading a model takes less
_RECONNECT_SECONDS: Final = 1.0


class Step(Enum):
    """What a request was sent for."""

    TOKEN = auto()
    SIGN_IN = auto()
    LIST = auto()
    CREATE = auto()
    INJECT = auto()
    PROBE = auto()  #: an injection of one parameter, to learn whether it is the one that fails
    RECREATE = auto()


class Request(NamedTuple):
    """A request that was not answered yet."""

    step: Step
    parameter: int
    sent: float


class Exchange:
    """Numbers requests, keeps them until they are answered, and holds what is to be written to the connection."""

    def __init__(self) -> None:
        self._number = 0
        self._open: dict[str, Request] = {}
        self._outbox: list[bytes] = []

    def send(self, step: Step, encode: Callable[[str], bytes], now: float, parameter: int = -1) -> None:
        """Puts a request, made by `encode` with its id, into the outbox."""
        self._number += 1
        request_id = str(self._number)
        self._outbox.append(encode(request_id))
        self._open[request_id] = Request(step, parameter, now)

    def answered(self, request_id: str) -> Request | None:
        """The request of an answer, which counts as answered from now on; None when nothing like it was asked."""
        return self._open.pop(request_id, None)

    def count(self, step: Step) -> int:
        """How many requests of a step were not answered yet."""
        return sum(request.step is step for request in self._open.values())

    def check(self, now: float) -> None:
        """Raises `ConversationError` when an answer is overdue. Only the user at the window may take longer."""
        for request in self._open.values():
            if request.step is not Step.TOKEN and now - request.sent > ANSWER_SECONDS:
                sentence = f"VTube Studio has not answered for {ANSWER_SECONDS:g} s; connecting again"
                raise ConversationError(sentence, _RECONNECT_SECONDS)

    def take(self) -> list[bytes]:
        """What is to be sent, in order; the outbox is empty afterwards."""
        taken, self._outbox = self._outbox, []
        return taken
