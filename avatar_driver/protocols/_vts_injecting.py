"""The part of a conversation with VTube Studio in which faces are sent.

VTube Studio refuses a whole injection for one bad parameter and does not say, in a form that could be relied on, for
which. So after a refusal each parameter is injected once on its own; those that fail are left out and tried again now
and then, and the rest of the face goes on.
"""

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from avatar_driver.protocols._vts_errors import (
    INJECTION_ERRORS,
    IS_DEFAULT_PARAMETER,
    NOT_FOUND,
    OWNED_BY_OTHER,
    sentence,
)
from avatar_driver.protocols._vts_exchange import Exchange, Request, Step
from avatar_driver.protocols._vts_messages import Injection, Parameter, creation

__all__ = ["WINDOW", "Injecting", "about"]

WINDOW: Final = 8  #: requests for single parameters that may be unanswered at once
_UNANSWERED: Final = 2  # injections: one that VTube Studio works on and one that waits for it
_KEEP_ALIVE_SECONDS: Final = 0.5  # VTube Studio takes a parameter for lost after 1 s
_FACE_SECONDS: Final = 1.0  # without a frame for so long, nobody can say that a face is in view
_RETRY_SECONDS: Final = 10.0
_SHOWN: Final = 3


class Injecting:
    """Sends the newest face whenever VTube Studio is ready for it. No queue: a face that was not sent is replaced.

    Args:
        exchange: where requests go.
        parameters: all that may be injected.
        usable: indices of those that VTube Studio has.
        tell: takes a sentence for the user.
    """

    def __init__(
        self, exchange: Exchange, parameters: Sequence[Parameter], usable: Sequence[int], tell: Callable[[str], None]
    ) -> None:
        self._exchange = exchange
        self._parameters = parameters
        self._tell = tell
        self._newest: list[float] | None = None
        self._face_found = False
        self._fresh = False
        self._offered = self._injected = 0.0
        self._usable = sorted(usable)
        self._withheld: dict[int, int] = {}  # index to error id
        self._told: dict[int, int] = {}  # the same, as the user knows it
        self._to_probe: deque[int] = deque()
        self._made_again: set[int] = set()
        self._searching = False  # a culprit is looked for: no injection would get through
        self._probing = False
        self._retry = 0.0
        self._choose()

    @property
    def active(self) -> int:
        """How many parameters each injection carries."""
        return len(self._active)

    def offer(self, values: list[float], face_found: bool, now: float) -> None:
        """Makes this the newest face; `values` are one for each of the parameters."""
        self._newest, self._face_found, self._offered, self._fresh = values, face_found, now, True
        self._inject_newest(now)

    def tick(self, now: float) -> None:
        """Repeats a face that VTube Studio would forget, and tries withheld parameters again."""
        if self._newest is None:
            return
        if now - self._injected >= _KEEP_ALIVE_SECONDS and not self._fresh:
            self._face_found &= now - self._offered < _FACE_SECONDS
            self._fresh = True
        self._inject_newest(now)
        if self._withheld and now >= self._retry and not self._probing:
            self._to_probe.extend(self._withheld)
            self._probing = True
            self._probe(now)

    def finish(self, now: float) -> None:
        """Sends the newest face once more, as one that nobody sees, however many are unanswered."""
        if self._newest is not None and self._active:
            self._send(self._newest, False, now)

    def answered(self, request: Request, error_id: int | None, message: str, now: float) -> None:
        """Takes the answer to an injection, a probe or a creation; `error_id` is None when all was well."""
        match request.step:
            case Step.INJECT if error_id in INJECTION_ERRORS:
                self._search()
            case Step.INJECT if error_id is not None:
                self._tell(sentence(error_id, message))
            case Step.PROBE:
                self._probed(request.parameter, error_id, now)
            case Step.RECREATE:
                self._made(request.parameter, error_id)
        self._probe(now)
        self._inject_newest(now)

    def _choose(self) -> None:
        self._active = [i for i in self._usable if i not in self._withheld]
        self._injection = Injection([self._parameters[i].name for i in self._active])

    def _inject_newest(self, now: float) -> None:
        if not self._fresh or self._searching or not self._active or self._newest is None:
            return
        if self._exchange.count(Step.INJECT) < _UNANSWERED:
            self._send(self._newest, self._face_found, now)

    def _send(self, values: list[float], face_found: bool, now: float) -> None:
        chosen = values if len(self._active) == len(values) else [values[i] for i in self._active]
        encode = partial(self._injection.encoded, values=chosen, face_found=face_found)
        self._exchange.send(Step.INJECT, encode, now)
        self._injected = now
        self._fresh = False

    def _search(self) -> None:
        """Begins to look for the parameter that made an injection fail."""
        if not self._searching:
            self._searching = self._probing = True
            self._to_probe.extend(i for i in self._active if i not in self._to_probe)

    def _probe(self, now: float) -> None:
        if not self._probing or self._newest is None:
            return
        while self._to_probe and self._exchange.count(Step.PROBE) < WINDOW:
            index = self._to_probe.popleft()
            single = Injection([self._parameters[index].name])
            encode = partial(single.encoded, values=[self._newest[index]], face_found=self._face_found)
            self._exchange.send(Step.PROBE, encode, now, index)
        if not (self._exchange.count(Step.PROBE) or self._exchange.count(Step.RECREATE)):
            self._conclude(now)

    def _probed(self, index: int, error_id: int | None, now: float) -> None:
        if error_id not in INJECTION_ERRORS:
            # VTube Studio may be in trouble, but this parameter is not the reason.
            self._withheld.pop(index, None)
            return
        assert error_id is not None
        self._withheld[index] = error_id
        if error_id == NOT_FOUND and index not in self._made_again:
            self._made_again.add(index)
            encode = partial(creation, parameter=self._parameters[index])
            self._exchange.send(Step.RECREATE, encode, now, index)

    def _made(self, index: int, error_id: int | None) -> None:
        if error_id in (None, IS_DEFAULT_PARAMETER, OWNED_BY_OTHER):
            self._to_probe.append(index)
        else:
            self._withheld[index] = error_id

    def _conclude(self, now: float) -> None:
        """Every suspect was heard: goes on without those that failed."""
        self._searching = self._probing = False
        self._made_again.clear()
        self._retry = now + _RETRY_SECONDS
        by_error: dict[int, list[str]] = {}
        for index, error_id in self._withheld.items():
            if self._told.get(index) != error_id:
                by_error.setdefault(error_id, []).append(self._parameters[index].name)
        for error_id, names in by_error.items():
            self._tell(about(names, sentence(error_id)))
        self._told = dict(self._withheld)
        self._choose()


def about(names: Sequence[str], what: str) -> str:
    """A sentence about some parameters, the first of them by name."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}: {what}"
