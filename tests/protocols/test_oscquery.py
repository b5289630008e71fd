"""OSCQuery: the tree we serve and the answers we read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.errors import DecodeError
from avatar_driver.protocols.oscquery import Head, HostInfo, answer, chunk_size, host_info, request, response_head

US = HostInfo("avatar_driver-AB12CD", "127.0.0.1", 9015)


def asked(target: str, method: str = "GET") -> tuple[int, Any]:
    """Status and content of an answer, read in a plain way."""
    reply = answer(f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode(), US)
    head, _, body = reply.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    fields = dict(line.split(": ") for line in lines)
    assert int(fields["Content-Length"]) == len(body)
    assert fields["Content-Type"] == "application/json"
    return int(first.split(" ")[1]), json.loads(body) if body else None


def test_the_whole_tree_is_what_vrchat_needs_to_send_us_avatar_changes() -> None:
    status, tree = asked("/")

    change = tree["CONTENTS"]["avatar"]["CONTENTS"]["change"]
    assert status == 200
    assert (tree["FULL_PATH"], tree["ACCESS"]) == ("/", 0)
    assert (change["FULL_PATH"], change["TYPE"], change["ACCESS"]) == ("/avatar/change", "s", 2)


@pytest.mark.parametrize("target", ["/?HOST_INFO", "/HOST_INFO", "/avatar?HOST_INFO"])
def test_host_info_says_where_we_listen(target: str) -> None:
    status, told = asked(target)

    assert status == 200
    assert told.pop("EXTENSIONS")["TYPE"] is True
    assert told == {
        "NAME": "avatar_driver-AB12CD",
        "OSC_IP": "127.0.0.1",
        "OSC_PORT": 9015,
        "OSC_TRANSPORT": "UDP",
    }


def test_what_we_say_of_ourselves_we_can_read() -> None:
    _, told = asked("/?HOST_INFO")
    assert host_info(json.dumps(told).encode()) == US


@pytest.mark.parametrize(
    ("target", "status", "content"),
    [
        ("/avatar/change?TYPE", 200, {"TYPE": "s"}),
        ("/avatar/change?ACCESS", 200, {"ACCESS": 2}),
        ("/avatar/change?VALUE", 204, None),
        ("/avatar/change?NONSENSE", 400, ...),
        ("/avatar/parameters", 404, ...),
        ("/avatar/change/CONTENTS", 404, ...),
        ("/%61vatar/change?FULL_PATH", 200, {"FULL_PATH": "/avatar/change"}),
    ],
)
def test_parts_and_attributes_are_answered_as_the_specification_says(target: str, status: int, content: Any) -> None:
    found, told = asked(target)
    assert found == status
    if content is not ...:
        assert told == content


def test_only_get_is_answered() -> None:
    assert asked("/", "POST")[0] == 405


@given(st.binary(max_size=200))
def test_any_bytes_get_a_whole_answer(head: bytes) -> None:
    reply = answer(head, US)
    assert reply.startswith(b"HTTP/1.1 ")
    assert b"\r\n\r\n" in reply


def test_a_request_is_http_that_asks_once() -> None:
    assert request("/?HOST_INFO", "::1", 80).split(b"\r\n") == [
        b"GET /?HOST_INFO HTTP/1.1",
        b"Host: [::1]:80",
        b"Accept: application/json",
        b"Connection: close",
        b"",
        b"",
    ]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n", Head(12, False)),
        (b"HTTP/1.0 200\r\n\r\n", Head(None, False)),
        (b"HTTP/1.1 200 OK\r\nTRANSFER-ENCODING:  Chunked\r\nContent-Length: 5\r\n\r\n", Head(None, True)),
    ],
)
def test_an_answers_head_says_how_its_body_comes(head: bytes, expected: Head) -> None:
    assert response_head(head) == expected


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/2 200 OK",
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1_0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: four\r\n\r\n",
    ],
)
def test_an_answer_that_cannot_be_used_is_refused(head: bytes) -> None:
    with pytest.raises(DecodeError):
        response_head(head)


@given(st.binary(max_size=100))
def test_any_bytes_are_a_head_and_a_chunk_size_or_refused(content: bytes) -> None:
    for read in (response_head, chunk_size):
        try:
            read(content)
        except DecodeError:
            continue


def test_chunk_sizes_are_hexadecimal_and_may_have_extensions() -> None:
    assert chunk_size(b"1F\r\n") == 31
    assert chunk_size(b"1f;name=value\r\n") == 31
    assert chunk_size(b"0\r\n") == 0
    with pytest.raises(DecodeError):
        chunk_size(b"-1\r\n")


@pytest.mark.parametrize("port", ["9000", 0, 65_536, None, True, 1.5])
def test_a_host_without_a_port_for_osc_is_refused(port: object) -> None:
    with pytest.raises(DecodeError, match="OSC_PORT"):
        host_info(json.dumps({"NAME": "x", "OSC_PORT": port}).encode())


def test_a_host_that_speaks_osc_over_tcp_is_refused() -> None:
    with pytest.raises(DecodeError, match="UDP"):
        host_info(json.dumps({"NAME": "x", "OSC_PORT": 9000, "OSC_TRANSPORT": "TCP"}).encode())
