"""VTube Studio's public API 1.0: requests as JSON text, and answers read with suspicion."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

import msgspec

from avatar_driver.errors import DecodeError

__all__ = [
    "LONGEST_MESSAGE",
    "Answer",
    "ApiError",
    "Authenticated",
    "Injection",
    "Parameter",
    "ParameterList",
    "StateBroadcast",
    "Token",
    "authentication",
    "creation",
    "parameter_list",
    "read_answer",
    "read_broadcast",
    "read_content",
    "token_request",
]

PLUGIN: Final = "avatar_driver"  # 3 to 32 characters; together with the developer it is what the token belongs to
DEVELOPER: Final = "avatar_driver project"

LONGEST_MESSAGE: Final = 1_048_576  # characters; a list of all parameters that can be takes about 50,000
_API: Final = "VTubeStudioPublicAPI"
_VERSION: Final = "1.0"
_ENCODER: Final = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A tracking parameter that is injected, and created where VTube Studio does not have it.

    Attributes:
        name: 4 to 32 letters and digits.
        low: the lowest value; `high` the highest. VTube Studio offers them when the user maps the parameter.
        rest: its value with a face at rest.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    rest: float = 0.0


class _Request(msgspec.Struct, frozen=True, rename={"kind": "messageType", "id": "requestID"}):
    id: str
    kind: str
    data: dict[str, Any]
    apiName: str = _API  # noqa: N815  the API's own spelling
    apiVersion: str = _VERSION  # noqa: N815


def token_request(request_id: str) -> bytes:
    """Asks for a token. VTube Studio asks its user, who may take as long as they like."""
    return _encoded(request_id, "AuthenticationTokenRequest", pluginName=PLUGIN, pluginDeveloper=DEVELOPER)


def authentication(request_id: str, token: str) -> bytes:
    """Signs the session in."""
    names = {"pluginName": PLUGIN, "pluginDeveloper": DEVELOPER}
    return _encoded(request_id, "AuthenticationRequest", **names, authenticationToken=token)


def parameter_list(request_id: str) -> bytes:
    """Asks which parameters there are."""
    return _encoded(request_id, "InputParameterListRequest")


def creation(request_id: str, parameter: Parameter) -> bytes:
    """Creates a custom parameter, or sets the limits of one we created before."""
    return _encoded(
        request_id,
        "ParameterCreationRequest",
        parameterName=parameter.name,
        explanation=f"{parameter.name} of the face that avatar_driver tracks",
        min=parameter.low,
        max=parameter.high,
        defaultValue=parameter.rest,
    )


def _encoded(request_id: str, kind: str, **content: Any) -> bytes:
    return _ENCODER.encode(_Request(request_id, kind, content))


class _Value(msgspec.Struct):
    id: str
    value: float


class _Values(msgspec.Struct):
    parameterValues: list[_Value]  # noqa: N815
    faceFound: bool = False  # noqa: N815
    mode: str = "set"


class _InjectionRequest(msgspec.Struct):
    data: _Values
    requestID: str = ""  # noqa: N815
    messageType: str = "InjectParameterDataRequest"  # noqa: N815
    apiName: str = _API  # noqa: N815
    apiVersion: str = _VERSION  # noqa: N815


class Injection:
    """An InjectParameterDataRequest for always the same parameters: only what changes is set, so a frame is cheap."""

    def __init__(self, names: Sequence[str]) -> None:
        self._values = [_Value(name, 0.0) for name in names]
        self._request = _InjectionRequest(_Values(self._values))

    def encoded(self, request_id: str, values: Sequence[float], *, face_found: bool) -> bytes:
        """The request with these values, in the order of the names."""
        for slot, value in zip(self._values, values, strict=True):
            slot.value = value
        self._request.requestID = request_id
        self._request.data.faceFound = face_found
        return _ENCODER.encode(self._request)


class Answer(msgspec.Struct, frozen=True, rename={"request_id": "requestID", "kind": "messageType"}):
    """The envelope of an answer. `data` is read by `read_content` when it is known whose answer it is."""

    apiName: str  # noqa: N815
    kind: str
    request_id: str = ""
    data: msgspec.Raw = msgspec.Raw(b"{}")


class ApiError(msgspec.Struct, frozen=True, rename={"id": "errorID"}):
    """What an `APIError` says."""

    id: int
    message: str = ""


class Token(msgspec.Struct, frozen=True, rename={"text": "authenticationToken"}):
    """What an `AuthenticationTokenResponse` says."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+\Z")]


class Authenticated(msgspec.Struct, frozen=True):
    """What an `AuthenticationResponse` says."""

    authenticated: bool


class _Listed(msgspec.Struct, frozen=True):
    name: str


class ParameterList(msgspec.Struct, frozen=True, rename={"custom": "customParameters", "default": "defaultParameters"}):
    """What an `InputParameterListResponse` says."""

    custom: list[_Listed]
    default: list[_Listed]

    def names(self) -> set[str]:
        """Of all parameters that VTube Studio has, whoever made them."""
        return {listed.name for listed in (*self.custom, *self.default)}


class StateBroadcast(msgspec.Struct, frozen=True):
    """What VTube Studio tells the network every two seconds: the port of its API, and whether that is switched on."""

    active: bool
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)]


_ANSWERS: Final = msgspec.json.Decoder(Answer)
_Content = TypeVar("_Content", bound=msgspec.Struct)


def read_answer(message: str | bytes) -> Answer:
    """The envelope of a message.

    Raises:
        DecodeError: it is not text, too long, not JSON, or not of this API.
    """
    if not isinstance(message, str):
        raise DecodeError("text", "a binary message")
    if len(message) > LONGEST_MESSAGE:
        raise DecodeError(f"at most {LONGEST_MESSAGE} characters", str(len(message)), LONGEST_MESSAGE)
    try:
        answer = _ANSWERS.decode(message)
    except (ValueError, RecursionError) as error:  # ValueError: msgspec's errors, and text that has no UTF-8 form
        raise DecodeError("an answer of VTube Studio as JSON", str(error)) from error
    if answer.apiName != _API:
        raise DecodeError(_API, ascii(answer.apiName[:40]))
    return answer


def read_content(answer: Answer, kind: str, content: type[_Content]) -> _Content:
    """The `data` of an answer.

    Raises:
        DecodeError: the answer is of another kind, or its data are not what the API says.
    """
    if answer.kind != kind:
        raise DecodeError(kind, ascii(answer.kind[:40]))
    try:
        return msgspec.json.decode(answer.data, type=content)
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"the data of an {kind}", str(error)) from error


def read_broadcast(datagram: bytes) -> StateBroadcast:
    """The state in a datagram of UDP port 47779.

    Raises:
        DecodeError: it is not a broadcast of VTube Studio.
    """
    try:
        text = datagram.decode()
    except UnicodeDecodeError as error:
        raise DecodeError("UTF-8 text", str(error), error.start) from error
    return read_content(read_answer(text), "VTubeStudioAPIStateBroadcast", StateBroadcast)
