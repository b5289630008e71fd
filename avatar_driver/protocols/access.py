"""Who may connect to a server of ours: decided from the request's headers and token alone.

A page on any web site can open a WebSocket to the visitor's own computer; browsers do not stop it, only the server
can, by reading `Origin`. A site can also point a name of its own at 127.0.0.1 (DNS rebinding); then `Host` carries that
name. Programs that are not browsers send no `Origin`; on loopback they are the user's own. Beyond loopback, whoever
knows the token may come in.
"""

import hmac
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

__all__ = ["Access", "Refusal", "is_loopback", "normalised_origin"]

# The three forms a host may have in a URL. Whatever a browser would read otherwise (user@host, 127.1) does not match.
_HOST: Final = r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))"
_HOST_HEADER: Final = re.compile(rf"{_HOST}(?::\d{{1,5}})?")
_ORIGIN: Final = re.compile(rf"(?P<scheme>[a-z][a-z0-9+.-]*)://{_HOST}(?::\d{{1,5}})?")
_LONGEST_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Refusal:
    """What to answer: an HTTP status and a sentence for the person who tried."""

    status: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The rules of one server.

    Attributes:
        host: the name or address the server is bound to.
        token: what `?token=` must carry; None asks for none. Beyond loopback there always is one.
        allowed_origins: web origins that may connect beside those on loopback, as `normalised_origin` gives them.

    Raises:
        ValueError: the host is beyond loopback and there is no token.
    """

    host: str
    token: str | None = field(default=None, repr=False)
    allowed_origins: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.token is None and not is_loopback(self.host):
            raise ValueError(f"'{self.host}' can be reached from other computers: a token is needed")

    def refusal(self, *, hosts: Sequence[str], origins: Sequence[str], tokens: Sequence[str]) -> Refusal | None:
        """Why a request may not come in, or None when it may.

        Args:
            hosts: every `Host` header of the request.
            origins: every `Origin` header.
            tokens: every `token` of the query, decoded.
        """
        return self._refused_host(hosts) or self._refused_origin(hosts, origins) or self._refused_token(tokens)

    def _refused_host(self, hosts: Sequence[str]) -> Refusal | None:
        named = _HOST_HEADER.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if named is None:
            return Refusal(400, f"expected one Host header with a host's name, found {_shown(hosts)}")
        # Beyond loopback any name may be right; there the token decides.
        if is_loopback(self.host) and not is_loopback(named["v6"] or named["name"]):
            return Refusal(
                403, f"this server answers on this computer only, as 127.0.0.1 or localhost, not as {_shown(hosts)}"
            )
        return None

    def _refused_origin(self, hosts: Sequence[str], origins: Sequence[str]) -> Refusal | None:
        if not origins:
            return None
        origin = origins[0].lower() if len(origins) == 1 else ""
        if origin in self.allowed_origins:
            return None
        named = _ORIGIN.fullmatch(origin)
        if named and named["scheme"] in ("http", "https"):
            host = named["v6"] or named["name"]
            # Where a token is asked for, pages from the host that was asked may come too, such as those our own web
            # server gives out. A rebound name gets past here, but has no token.
            if is_loopback(host) or (self.token is not None and host == _host_of(hosts[0].lower())):
                return None
        return Refusal(403, f"pages from {_shown(origins)} may not connect; if this one may, add it to allowed_origins")

    def _refused_token(self, tokens: Sequence[str]) -> Refusal | None:
        if self.token is None:
            return None
        if len(tokens) == 1 and hmac.compare_digest(tokens[0].encode(errors="replace"), self.token.encode()):
            return None
        return Refusal(401, "this server asks for a token: use the whole address it printed, with ?token= and all")


def is_loopback(host: str) -> bool:
    """True for `localhost` and for addresses that only this computer can reach (127.0.0.0/8, ::1)."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def normalised_origin(text: str) -> str:
    """An origin as browsers write it: `http://192.168.1.5:8080`, or `null` for pages without one.

    Raises:
        ValueError: it has a path, is a pattern, or is not an origin at all.
    """
    origin = text.strip().lower().removesuffix("/")
    if origin != "null" and not _ORIGIN.fullmatch(origin):
        raise ValueError(f"expected an origin such as 'http://192.168.1.5:8080' or 'null', found {text!r}")
    return origin


def _host_of(authority: str) -> str:
    named = _HOST_HEADER.fullmatch(authority)
    return (named["v6"] or named["name"]) if named else ""


def _shown(headers: Sequence[str]) -> str:
    # Quoted, so that nothing a stranger sent can pass for our words or move a terminal's cursor.
    return " and ".join(ascii(header[:_LONGEST_SHOWN]) for header in headers[:2]) or "none"
