"""Who may connect: one test for each door that a stranger has been known to use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.protocols.access import Access, Refusal, is_loopback, normalised_origin

TOKEN = "a-token-of-some-length"
HERE = Access(host="127.0.0.1")
ANYWHERE = Access(host="0.0.0.0", token=TOKEN)


def refused(
    access: Access, *, host: str = "127.0.0.1:8771", origin: str | None = None, token: str | None = None
) -> int:
    """The status of the refusal; 0 when the request may come in."""
    refusal = access.refusal(
        hosts=[host], origins=[] if origin is None else [origin], tokens=[] if token is None else [token]
    )
    return refusal.status if refusal else 0


def test_a_program_of_this_computer_without_an_origin_comes_in() -> None:
    assert refused(HERE) == 0


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1",
        "http://127.0.0.1:8770",
        "http://localhost:3000",
        "https://localhost:5173",
        "http://[::1]:8770",
        "HTTP://LOCALHOST:80",
    ],
)
def test_pages_served_by_this_computer_come_in(origin: str) -> None:
    assert refused(HERE, origin=origin) == 0


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://localhost.evil.example",
        "http://evil.example/localhost",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "http://localhost:80@evil.example",
        "http://evil.example#localhost",
        "http://localhost\\.evil.example",
        "http://127.1",
        "http://0x7f000001",
        "http://192.168.1.5:8080",
        "http://[::1",
        "http://[fe80::1]",
        "chrome-extension://localhost",
        "file://",
        "http://",
        "localhost",
        "null",
        "*",
        "",
        "http://localhost ",
        "http://localhost\n",
    ],
)
def test_pages_from_elsewhere_are_refused(origin: str) -> None:
    assert refused(HERE, origin=origin) == 403


def test_the_refusal_of_a_page_names_it_and_the_setting() -> None:
    refusal = HERE.refusal(hosts=["localhost"], origins=["https://evil.example"], tokens=[])
    assert refusal == Refusal(
        403, "pages from 'https://evil.example' may not connect; if this one may, add it to allowed_origins"
    )


def test_what_a_stranger_sent_cannot_move_the_cursor_of_a_terminal() -> None:
    refusal = HERE.refusal(hosts=["localhost"], origins=["\x1b[2J\u202e" + "x" * 10_000], tokens=[])
    assert refusal is not None
    assert refusal.sentence.isprintable()
    assert refusal.sentence.isascii()
    assert len(refusal.sentence) < 300


def test_two_origins_at_once_are_refused_even_if_either_may_come_in() -> None:
    refusal = HERE.refusal(hosts=["localhost"], origins=["http://localhost", "http://localhost"], tokens=[])
    assert refusal is not None
    assert refusal.status == 403


@pytest.mark.parametrize("origin", ["null", "https://stage.example:8443", "chrome-extension://abcdef"])
def test_listed_origins_come_in_and_others_still_do_not(origin: str) -> None:
    access = Access(host="localhost", allowed_origins=frozenset({normalised_origin(origin)}))
    assert refused(access, origin=origin) == 0
    assert refused(access, origin=origin + ".evil") == 403
    assert refused(access, origin="https://other.example") == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8771", "localhost", "LOCALHOST:8771", "[::1]:8771", "127.0.0.2"])
def test_a_host_header_of_this_computer_comes_in(host: str) -> None:
    assert refused(HERE, host=host) == 0


@pytest.mark.parametrize(
    "host", ["evil.example:8771", "localhost.evil.example", "127.0.0.1.nip.io", "192.168.1.5", "127.1"]
)
def test_a_name_rebound_to_this_computer_is_refused(host: str) -> None:
    assert refused(HERE, host=host) == 403
    assert refused(HERE, host=host, origin=f"http://{host}") == 403


@pytest.mark.parametrize("hosts", [[], [""], ["localhost", "localhost"], ["me@localhost"], ["localhost:x"], ["[::1"]])
def test_a_request_without_one_sound_host_header_is_refused(hosts: list[str]) -> None:
    refusal = HERE.refusal(hosts=hosts, origins=[], tokens=[])
    assert refusal is not None
    assert refusal.status == 400


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "\ud800", "é"])
def test_a_wrong_token_is_refused(token: str | None) -> None:
    assert refused(ANYWHERE, host="192.168.1.5:8771", token=token) == 401


def test_the_right_token_comes_in_under_any_name() -> None:
    assert refused(ANYWHERE, host="192.168.1.5:8771", token=TOKEN) == 0
    assert refused(ANYWHERE, host="studio.local:8771", token=TOKEN) == 0


def test_a_token_is_asked_for_on_loopback_too_where_one_is_set() -> None:
    access = Access(host="127.0.0.1", token=TOKEN)
    assert refused(access) == 401
    assert refused(access, token=TOKEN) == 0


def test_two_tokens_are_refused_even_if_one_is_right() -> None:
    refusal = ANYWHERE.refusal(hosts=["localhost"], origins=[], tokens=[TOKEN, TOKEN])
    assert refusal is not None
    assert refusal.status == 401


def test_the_refusal_of_a_token_does_not_tell_it() -> None:
    refusal = ANYWHERE.refusal(hosts=["localhost"], origins=[], tokens=["wrong"])
    assert refusal is not None
    assert TOKEN not in refusal.sentence
    assert TOKEN not in repr(ANYWHERE)


def test_beyond_loopback_pages_of_the_same_host_come_in_with_the_token_and_foreign_ones_do_not() -> None:
    assert refused(ANYWHERE, host="192.168.1.5:8771", origin="http://192.168.1.5:8770", token=TOKEN) == 0
    assert refused(ANYWHERE, host="192.168.1.5:8771", origin="http://192.168.1.5:8770") == 401
    assert refused(ANYWHERE, host="192.168.1.5:8771", origin="http://192.168.1.6:8770", token=TOKEN) == 403
    assert refused(ANYWHERE, host="192.168.1.5:8771", origin="null", token=TOKEN) == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.5", "studio.local"])
def test_a_server_that_others_can_reach_cannot_do_without_a_token(host: str) -> None:
    with pytest.raises(ValueError, match="a token is needed"):
        Access(host=host)


@pytest.mark.parametrize("host", ["localhost", "LocalHost", "127.0.0.1", "127.9.9.9", "::1"])
def test_loopback_is_recognised(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "::", "localhost.", "localhost.evil", "10.0.0.1", "127.0.0.01", "127.1"]
)
def test_what_may_lie_beyond_loopback_is_not_taken_for_it(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("http://192.168.1.5:8080/", "http://192.168.1.5:8080"),
        (" HTTPS://Stage.Example ", "https://stage.example"),
        ("null", "null"),
        ("http://[fe80::1]:80", "http://[fe80::1]:80"),
    ],
)
def test_origins_are_compared_as_browsers_write_them(written: str, origin: str) -> None:
    assert normalised_origin(written) == origin


@pytest.mark.parametrize(
    "written", ["*", "", "stage.example", "http://*.example", "http://a/b", "http://a b", "http://"]
)
def test_patterns_and_paths_are_no_origins(written: str) -> None:
    with pytest.raises(ValueError, match="expected an origin such as"):
        normalised_origin(written)


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_no_header_of_a_stranger_comes_in_by_accident_nor_raises(host: str, origin: str, token: str) -> None:
    assert refused(ANYWHERE, host=host, origin=origin, token=token) != 0
    assert refused(HERE, host=host, origin=origin, token=token) != 0
