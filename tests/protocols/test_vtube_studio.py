"""The conversation with VTube Studio, without sockets and on a clock that the test moves: every way it can go."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.errors import DecodeError
from avatar_driver.protocols._vts_errors import sentence
from avatar_driver.protocols.vtube_studio import (
    LONGEST_MESSAGE,
    Conversation,
    ConversationError,
    Parameter,
    State,
    TokenChanged,
    Told,
    read_broadcast,
)

TOKEN = "adcd-123-ef09-some-token-string-abcd"
HEAD, JAW, TONGUE = Parameter("FaceAngleX", -90, 90), Parameter("JawOpen"), Parameter("TongueOut")
PARAMETERS = (HEAD, JAW, TONGUE)
DEFAULTS = ("FaceAngleX", "TongueOut", "MouthOpen")
# Files/ErrorID.cs of DenchiSoft/VTubeStudio, the parts that concern this program.
DOCUMENTED = [*range(10), *range(50, 55), *range(100, 103), *range(350, 357), *range(400, 404), *range(450, 456), 500]


def envelope(kind: str, data: Any, request_id: str) -> str:
    return json.dumps(
        {
            "apiName": "VTubeStudioPublicAPI", "apiVersion": "1.0", "timestamp": 1625405710728,
            "messageType": kind, "requestID": request_id, "data": data,
        }
    )  # fmt: skip


class Talk:
    """The other side: reads what the conversation sends, and answers what is still open, oldest first."""

    def __init__(self, token: str | None = TOKEN, parameters: tuple[Parameter, ...] = PARAMETERS) -> None:
        self.now = 1000.0
        self.conversation = Conversation(parameters, token=token, now=self.now)
        self.open: list[dict[str, Any]] = []

    def heard(self) -> list[dict[str, Any]]:
        """What was sent since the last call."""
        new = [json.loads(message) for message in self.conversation.to_send()]
        self.open += new
        return new

    def kinds(self) -> list[str]:
        return [request["messageType"].removesuffix("Request") for request in self.heard()]

    def answer(self, data: Any = None, kind: str | None = None) -> dict[str, Any]:
        """Answers the oldest open request; returns it."""
        self.heard()
        request = self.open.pop(0)
        kind = kind or request["messageType"].replace("Request", "Response")
        self.conversation.receive(envelope(kind, {} if data is None else data, request["requestID"]), self.now)
        return request

    def refuse(self, error_id: int, message: str = "") -> dict[str, Any]:
        return self.answer({"errorID": error_id, "message": message}, "APIError")

    def list_parameters(self, custom: tuple[str, ...] = (), defaults: tuple[str, ...] = DEFAULTS) -> None:
        self.answer(
            {
                "modelLoaded": False,
                "customParameters": [{"name": name, "addedBy": "x", "value": 0} for name in custom],
                "defaultParameters": [{"name": name, "addedBy": "VTube Studio", "value": 0} for name in defaults],
            }
        )

    def offer(self, head: float = 0.0, jaw: float = 0.0, tongue: float = 0.0, *, face_found: bool = True) -> None:
        self.conversation.offer([head, jaw, tongue], face_found=face_found, now=self.now)

    def tick(self, seconds: float) -> None:
        self.now += seconds
        self.conversation.tick(self.now)

    def told(self) -> list[str]:
        return [event.sentence for event in self.conversation.events() if isinstance(event, Told)]


def ready(custom: tuple[str, ...] = ("JawOpen",)) -> Talk:
    talk = Talk()
    talk.answer({"authenticated": True, "reason": "Token valid."})
    talk.list_parameters(custom)
    assert talk.conversation.state is State.READY
    return talk


def values(injection: dict[str, Any]) -> dict[str, float]:
    return {entry["id"]: entry["value"] for entry in injection["data"]["parameterValues"]}


# --- signing in -------------------------------------------------------------------------------------------------------


def test_every_request_carries_the_envelope_of_the_api() -> None:
    talk = Talk(token=None)
    (request,) = talk.heard()
    assert request == {
        "apiName": "VTubeStudioPublicAPI",
        "apiVersion": "1.0",
        "requestID": "1",
        "messageType": "AuthenticationTokenRequest",
        "data": {"pluginName": "avatar_driver", "pluginDeveloper": "avatar_driver project"},
    }


def test_without_a_token_the_user_is_asked_and_may_take_as_long_as_they_like() -> None:
    talk = Talk(token=None)
    assert talk.kinds() == ["AuthenticationToken"]
    assert talk.conversation.state is State.AWAITING_USER
    for _ in range(100):
        talk.tick(60)
    assert talk.kinds() == []


def test_the_token_is_given_out_once_and_used_to_sign_in() -> None:
    talk = Talk(token=None)
    talk.answer({"authenticationToken": TOKEN})
    assert talk.conversation.events() == [TokenChanged(TOKEN)]
    assert talk.conversation.events() == []
    (request,) = talk.heard()
    assert request["messageType"] == "AuthenticationRequest"
    assert request["data"] == {
        "pluginName": "avatar_driver",
        "pluginDeveloper": "avatar_driver project",
        "authenticationToken": TOKEN,
    }


def test_a_token_is_not_shown_by_the_event_that_carries_it() -> None:
    assert TOKEN not in repr([TokenChanged(TOKEN)])


def test_with_a_token_nobody_is_asked() -> None:
    assert Talk().kinds() == ["Authentication"]


def test_a_token_that_is_no_longer_good_is_forgotten_and_another_asked_for() -> None:
    talk = Talk()
    talk.answer({"authenticated": False, "reason": "Token invalid."})
    assert talk.conversation.events() == [TokenChanged(None)]
    assert talk.kinds() == ["AuthenticationToken"]
    assert talk.conversation.state is State.AWAITING_USER


def test_a_new_token_that_is_not_good_either_does_not_open_window_after_window() -> None:
    talk = Talk(token=None)
    talk.answer({"authenticationToken": TOKEN})
    with pytest.raises(ConversationError) as caught:
        talk.answer({"authenticated": False, "reason": ""})
    assert caught.value.pause_seconds >= 60
    assert talk.conversation.events()[-1] == TokenChanged(None)


@pytest.mark.parametrize(("error_id", "pause"), [(50, 60), (51, 5), (1, 5), (52, 60), (54, 60), (0, 60), (777, 60)])
def test_a_refused_token_ends_the_conversation_and_only_an_open_window_is_tried_again_soon(
    error_id: int, pause: float
) -> None:
    talk = Talk(token=None)
    with pytest.raises(ConversationError) as caught:
        talk.refuse(error_id)
    assert caught.value.pause_seconds == pause
    assert str(caught.value) == sentence(error_id)
    assert talk.conversation.events() == []  # there was no token that could be forgotten


@pytest.mark.parametrize(
    "data", [{}, {"authenticationToken": ""}, {"authenticationToken": "x" * 65}, {"authenticationToken": "a\nb"}, [], 5]
)
def test_a_token_that_cannot_be_one_is_not_kept(data: Any) -> None:
    talk = Talk(token=None)
    with pytest.raises(ConversationError):
        talk.answer(data)
    assert talk.conversation.events() == []


@pytest.mark.parametrize("data", [{}, {"authenticated": "yes"}, [1]])
def test_an_unreadable_answer_to_signing_in_ends_the_conversation_instead_of_hanging(data: Any) -> None:
    with pytest.raises(ConversationError):
        Talk().answer(data)


@pytest.mark.parametrize("step", ["sign in", "list", "create", "inject"])
def test_permission_taken_back_forgets_the_token_and_waits_long(step: str) -> None:
    talk = Talk()
    if step != "sign in":
        talk.answer({"authenticated": True})
    if step in ("create", "inject"):
        talk.list_parameters(("JawOpen",) if step == "inject" else ())
    if step == "inject":
        talk.offer()
    with pytest.raises(ConversationError) as caught:
        talk.refuse(50)
    assert caught.value.pause_seconds >= 60
    assert talk.conversation.events() == [TokenChanged(None)]


def test_a_session_that_vtube_studio_forgot_is_begun_again_with_the_same_token() -> None:
    talk = ready()
    talk.offer()
    with pytest.raises(ConversationError) as caught:
        talk.refuse(8)
    assert caught.value.pause_seconds < 1
    assert talk.conversation.events() == []


# --- parameters -------------------------------------------------------------------------------------------------------


def test_only_what_is_missing_is_created_with_its_limits_and_rest() -> None:
    talk = Talk(parameters=(*PARAMETERS, Parameter("EyeOpenWide", -2, 3, 0.5)))
    talk.answer({"authenticated": True})
    assert talk.kinds() == ["InputParameterList"]
    talk.list_parameters(custom=("JawOpen",))
    (request,) = talk.heard()
    assert request["messageType"] == "ParameterCreationRequest"
    explanation = request["data"].pop("explanation")
    assert 0 < len(explanation) < 256
    assert request["data"] == {"parameterName": "EyeOpenWide", "min": -2.0, "max": 3.0, "defaultValue": 0.5}
    assert talk.conversation.state is State.PREPARING
    talk.answer({"parameterName": "EyeOpenWide"})
    assert talk.conversation.state is State.READY
    assert talk.conversation.active == 4


@pytest.mark.parametrize("data", [{}, {"customParameters": 5, "defaultParameters": []}, []])
def test_without_a_list_everything_is_created_and_names_that_are_taken_are_used_as_they_are(data: Any) -> None:
    talk = Talk()
    talk.answer({"authenticated": True})
    talk.answer(data)
    assert talk.kinds() == ["ParameterCreation"] * 3
    talk.refuse(354)
    talk.refuse(352)
    talk.answer()
    assert talk.conversation.state is State.READY
    assert talk.conversation.active == 3


def test_a_refused_list_is_no_reason_to_stop() -> None:
    talk = Talk()
    talk.answer({"authenticated": True})
    talk.refuse(0)
    assert talk.kinds() == ["ParameterCreation"] * 3


@pytest.mark.parametrize("error_id", [350, 351, 353, 355, 356, 4711, "x"])
def test_a_parameter_that_cannot_be_created_is_left_out_and_named_and_the_rest_is_sent(error_id: Any) -> None:
    talk = Talk()
    talk.answer({"authenticated": True})
    talk.list_parameters()
    assert talk.refuse(error_id)["data"]["parameterName"] == "JawOpen"
    (told,) = [line for line in talk.told() if "JawOpen" in line]
    assert told.startswith("JawOpen: VTube Studio")
    talk.offer(head=12.0)
    assert values(talk.heard()[-1]) == {"FaceAngleX": 12.0, "TongueOut": 0.0}


def test_no_more_than_eight_creations_are_unanswered_and_all_get_done() -> None:
    many = tuple(Parameter(f"Custom{i}") for i in range(52))
    talk = Talk(parameters=many)
    talk.answer({"authenticated": True})
    talk.list_parameters()
    made = []
    while talk.conversation.state is not State.READY:
        talk.heard()
        assert 0 < len(talk.open) <= 8
        made.append(talk.answer()["data"]["parameterName"])
    assert made == [parameter.name for parameter in many]


# --- faces ------------------------------------------------------------------------------------------------------------


def test_before_it_is_ready_faces_go_nowhere() -> None:
    talk = Talk()
    talk.heard()
    talk.offer()
    talk.conversation.finish(talk.now)
    assert talk.heard() == []


def test_a_face_is_one_request_with_every_parameter() -> None:
    talk = ready()
    talk.offer(12.345678, 0.5, 1.0)
    (request,) = talk.heard()
    assert request["messageType"] == "InjectParameterDataRequest"
    assert request["data"] == {
        "faceFound": True,
        "mode": "set",
        "parameterValues": [
            {"id": "FaceAngleX", "value": 12.34568},
            {"id": "JawOpen", "value": 0.5},
            {"id": "TongueOut", "value": 1.0},
        ],
    }


@pytest.mark.parametrize("face_found", [True, False])
def test_face_found_is_what_the_tracker_says(face_found: bool) -> None:
    talk = ready()
    talk.offer(face_found=face_found)
    assert talk.heard()[0]["data"]["faceFound"] is face_found


def test_a_slow_vtube_studio_gets_the_newest_face_and_no_queue() -> None:
    talk = ready()
    for i in range(100):
        talk.offer(float(i))
    assert [values(request)["FaceAngleX"] for request in talk.heard()] == [0.0, 1.0]
    talk.answer()
    assert [values(request)["FaceAngleX"] for request in talk.heard()] == [99.0]
    talk.answer()
    assert talk.heard() == []


@pytest.mark.parametrize("error_id", [0, 4711, "x"])
def test_an_injection_that_fails_for_an_unknown_reason_is_told_once_and_the_next_face_is_sent(error_id: Any) -> None:
    talk = ready()
    told = []
    for _ in range(5):
        talk.offer()
        talk.refuse(error_id, "something\x1b[2J")
        told += talk.told()
    assert len([line for line in told if line.startswith("VTube Studio")]) in (1, 2)
    assert not any("\x1b" in line for line in told)
    talk.offer()
    assert talk.kinds() == ["InjectParameterData"]


def test_a_face_that_stands_still_is_repeated_at_least_once_a_second() -> None:
    talk = ready()
    talk.offer(5.0)
    talk.answer()
    sent = [talk.now]
    for _ in range(50):
        talk.tick(0.2)
        if talk.heard():
            sent.append(talk.now)
            talk.answer()
    assert talk.now - sent[-1] < 1
    assert all(later - earlier < 1 for earlier, later in pairwise(sent))


def test_when_frames_stop_nobody_says_any_more_that_a_face_is_in_view() -> None:
    talk = ready()
    talk.offer(5.0)
    talk.answer()
    found = []
    for _ in range(20):
        talk.tick(0.2)
        for request in talk.heard():
            found.append(request["data"]["faceFound"])
            assert values(request)["FaceAngleX"] == 5.0
            talk.answer()
    assert found[0] is True
    assert not any(found[2:])


def test_nothing_is_repeated_before_the_first_face() -> None:
    talk = ready()
    talk.tick(5)
    assert talk.heard() == []


def test_the_last_face_leaves_at_the_end_even_when_answers_are_missing() -> None:
    talk = ready()
    for i in range(5):
        talk.offer(float(i))
    talk.heard()
    talk.conversation.finish(talk.now)
    (last,) = talk.heard()
    assert values(last)["FaceAngleX"] == 4.0
    assert last["data"]["faceFound"] is False


@pytest.mark.parametrize("step", ["sign in", "list", "create", "inject"])
def test_an_answer_that_never_comes_ends_the_conversation(step: str) -> None:
    talk = ready() if step == "inject" else Talk()
    if step in ("list", "create"):
        talk.answer({"authenticated": True})
    if step == "create":
        talk.list_parameters()
    talk.offer()
    talk.tick(9.9)
    with pytest.raises(ConversationError, match="not answered"):
        talk.tick(0.2)


# --- a parameter that VTube Studio refuses ----------------------------------------------------------------------------


def probe(talk: Talk, bad: dict[str, int], rounds: int = 50) -> None:
    """Answers everything that is open, refusing whatever carries a bad parameter."""
    for _ in range(rounds):
        talk.heard()
        if not talk.open:
            return
        about = talk.open[0]["data"]
        names = [entry["id"] for entry in about.get("parameterValues", [])]
        errors = [bad[name] for name in names if name in bad]
        if errors:
            talk.refuse(errors[0])
        else:
            talk.answer()


@pytest.mark.parametrize("error_id", [451, 452, 453, 454, 455])
def test_one_refused_parameter_does_not_stop_the_others(error_id: int) -> None:
    talk = ready()
    talk.offer(1.0)
    probe(talk, {"JawOpen": error_id})
    (told,) = talk.told()
    assert told == f"JawOpen: {sentence(error_id)}"
    talk.offer(2.0)
    assert values(talk.heard()[-1]) == {"FaceAngleX": 2.0, "TongueOut": 0.0}


def test_a_refused_parameter_is_tried_again_now_and_then_and_comes_back_without_a_word() -> None:
    talk = ready()
    talk.offer(1.0)
    probe(talk, {"JawOpen": 454})
    assert len(talk.told()) == 1
    for bad in ({"JawOpen": 454}, {}):
        talk.tick(9)
        probe(talk, bad)
        assert talk.conversation.active == 2
        talk.tick(1.1)
        probe(talk, bad)
    assert talk.told() == []
    assert talk.conversation.active == 3
    talk.offer(3.0, 0.25)
    assert values(talk.heard()[-1])["JawOpen"] == 0.25


def test_while_the_culprit_is_looked_for_each_parameter_is_injected_on_its_own() -> None:
    talk = ready()
    talk.offer(1.0, 0.5, 0.25)
    talk.refuse(453)
    talk.offer(2.0)
    probes = talk.heard()
    assert [values(request) for request in probes] == [{"FaceAngleX": 1.0}, {"JawOpen": 0.5}, {"TongueOut": 0.25}]
    assert all(request["data"]["faceFound"] for request in probes)


def test_a_custom_parameter_that_was_deleted_is_made_again_at_once() -> None:
    talk = ready()
    talk.offer(1.0)
    talk.refuse(453)
    talk.heard()
    talk.answer()
    talk.refuse(453)  # JawOpen
    talk.answer()
    assert talk.answer()["messageType"] == "ParameterCreationRequest"
    assert values(talk.answer()) == {"JawOpen": 0.0}
    assert talk.told() == []
    assert talk.conversation.active == 3
    talk.offer(2.0)
    assert len(values(talk.heard()[-1])) == 3


def test_a_parameter_that_can_neither_be_injected_nor_made_is_left_out() -> None:
    talk = ready()
    talk.offer(1.0)
    talk.refuse(453)
    talk.heard()
    talk.answer()
    talk.refuse(453)
    talk.answer()
    talk.refuse(355)
    assert talk.told() == [f"JawOpen: {sentence(355)}"]
    assert talk.conversation.active == 2


def test_many_refused_parameters_are_one_sentence() -> None:
    many = tuple(Parameter(f"Custom{i}") for i in range(20))
    talk = Talk(parameters=many)
    talk.answer({"authenticated": True})
    talk.list_parameters(custom=tuple(parameter.name for parameter in many))
    talk.conversation.offer([0.0] * 20, face_found=True, now=talk.now)
    probe(talk, {parameter.name: 454 for parameter in many})
    assert talk.told() == [f"Custom0, Custom1, Custom2 and 17 more: {sentence(454)}"]
    assert talk.conversation.active == 0
    talk.conversation.offer([0.0] * 20, face_found=True, now=talk.now)
    assert talk.heard() == []  # an injection without values would be error 450
    talk.tick(10.1)
    probe(talk, {})
    assert talk.conversation.active == 20


def test_two_failures_at_once_are_searched_once() -> None:
    talk = ready()
    talk.offer(1.0)
    talk.offer(2.0)
    talk.refuse(454)
    talk.refuse(454)
    assert len(talk.heard()) + len(talk.open) >= 3
    assert len(talk.open) == 3


# --- hostile and malformed --------------------------------------------------------------------------------------------

MALFORMED: list[str | bytes] = [
    "",
    "null",
    "[]",
    "{",
    "[" * 200_000,
    "{}",
    '{"apiName":5,"messageType":[],"requestID":{}}',
    envelope("InjectParameterDataResponse", {}, "999999"),
    envelope("APIError", {"errorID": 50}, ""),
    envelope("AuthenticationTokenResponse", {"authenticationToken": "x"}, "77"),
    envelope("AuthenticationResponse", {"authenticated": True}, "1").replace("VTubeStudioPublicAPI", "Another"),
    envelope("AuthenticationResponse", {"authenticated": True, "reason": "x" * LONGEST_MESSAGE}, "1"),
    '"\ud800"',
    b"\x00\xff",
    envelope("InjectParameterDataResponse", {}, "1").encode(),
]


@pytest.mark.parametrize("message", MALFORMED, ids=lambda message: repr(message[:30]))
@pytest.mark.parametrize("begin", [Talk, ready])
def test_what_makes_no_sense_is_counted_told_once_and_ignored(begin: Any, message: str | bytes) -> None:
    talk = begin()
    state = talk.conversation.state
    talk.heard()
    for _ in range(3):
        talk.conversation.receive(message, talk.now)
    assert talk.conversation.unread == 3
    assert len(talk.told()) == 1
    assert talk.conversation.state is state
    assert talk.heard() == []


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
kinds = st.sampled_from(
    [
        "APIError", "AuthenticationTokenResponse", "AuthenticationResponse", "InputParameterListResponse",
        "ParameterCreationResponse", "InjectParameterDataResponse", "", "Nonsense",
    ]
)  # fmt: skip
contents = st.one_of(
    json_values,
    st.fixed_dictionaries({"errorID": st.sampled_from(DOCUMENTED) | st.integers(), "message": st.text(max_size=20)}),
    st.fixed_dictionaries({"authenticated": st.booleans()}),
    st.fixed_dictionaries({"authenticationToken": st.text(max_size=70)}),
)


@given(st.lists(st.tuples(kinds, contents, st.booleans()), max_size=30), st.booleans())
def test_no_answers_whatever_do_anything_but_go_on_or_end_the_conversation(
    answers: list[tuple[str, Any, bool]], has_token: bool
) -> None:
    talk = Talk(TOKEN if has_token else None)
    ended = None
    try:
        for kind, data, to_the_point in answers:
            talk.offer(1.0)
            talk.heard()
            if to_the_point and talk.open:
                talk.answer(data, kind)
            else:
                talk.conversation.receive(envelope(kind, data, "12345"), talk.now)
            talk.tick(0.1)
            talk.heard()
            assert len(talk.open) <= 12
    except ConversationError as error:
        ended = error
    assert ended is None or (str(ended) and ended.pause_seconds > 0)


@given(st.text() | st.binary())
def test_random_messages_do_nothing(message: str | bytes) -> None:
    talk = Talk()
    talk.conversation.receive(message, talk.now)
    assert talk.conversation.unread == 1


# --- sentences --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error_id", DOCUMENTED)
def test_every_documented_error_is_a_sentence_of_its_own_that_says_what_to_do(error_id: int) -> None:
    said = sentence(error_id, "the message of VTube Studio")
    assert said.startswith(("VTube Studio", "avatar_driver", "another plugin"))
    assert "the message" not in said
    assert any(mark in said for mark in (";", ",", ":"))
    assert str(error_id) not in said
    assert sum(sentence(other) == said for other in DOCUMENTED) == 1


def test_an_unknown_error_is_told_with_vtube_studios_words_quoted() -> None:
    assert sentence(4711, "bo\x1b]om") == (
        "VTube Studio refused with error 4711, 'bo\\x1b]om'; update avatar_driver, or report it"
    )
    assert len(sentence(4711, "x" * 10_000)) < 250


# --- discovery --------------------------------------------------------------------------------------------------------


def test_a_broadcast_says_port_and_whether_the_api_is_on() -> None:
    kind = "VTubeStudioAPIStateBroadcast"
    state = {"active": False, "port": 8002, "instanceID": "93aa0d0494304fddb057ae8a295c4e59", "windowTitle": "VTS"}
    read = read_broadcast(envelope(kind, state, kind).encode())
    assert (read.active, read.port) == (False, 8002)


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\xff",
        b"{}",
        envelope("VTubeStudioAPIStateBroadcast", {"active": True, "port": 0}, "x").encode(),
        envelope("VTubeStudioAPIStateBroadcast", {"active": True, "port": 65_536}, "x").encode(),
        envelope("VTubeStudioAPIStateBroadcast", {"active": 1, "port": 8001}, "x").encode(),
        envelope("Another", {"active": True, "port": 8001}, "x").encode(),
    ],
)
def test_what_is_no_broadcast_is_refused(datagram: bytes) -> None:
    with pytest.raises(DecodeError):
        read_broadcast(datagram)


@given(st.binary())
def test_random_datagrams_are_refused(datagram: bytes) -> None:
    with pytest.raises(DecodeError):
        read_broadcast(datagram)
