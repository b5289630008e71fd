"""OSCQuery: what a program says of its OSC addresses, as JSON over a little HTTP. Both sides, without any I/O.

Specification: OSCQueryProposal. VRChat and this program each serve a tree and advertise it over mDNS; VRChat sends to
those whose tree has addresses of its own, here `/avatar/change`.
"""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

import msgspec

from avatar_driver.errors import DecodeError
from avatar_driver.protocols.vrchat_avatar import LARGEST, json_object

__all__ = [
    "CHANGE",
    "HTTP_SERVICE",
    "LONGEST_HEAD",
    "OSC_SERVICE",
    "Head",
    "HostInfo",
    "answer",
    "chunk_size",
    "host_info",
    "request",
    "response_head",
]

HTTP_SERVICE: Final = "_oscjson._tcp.local."
OSC_SERVICE: Final = "_osc._udp.local."
CHANGE: Final = "/avatar/change"  #: VRChat sends the id of the avatar here when it is put on
LONGEST_HEAD: Final = 8192  #: bytes of a request, or of what stands before an answer's body

_HEAD_END: Final = b"\r\n\r\n"
_ATTRIBUTES: Final = ("FULL_PATH", "CONTENTS", "TYPE", "ACCESS", "VALUE", "RANGE", "DESCRIPTION")
_PHRASES: Final = {200: "OK", 204: "No Content", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}
_WRITE_ONLY: Final = 2
_TREE: Final[dict[str, Any]] = {
    "FULL_PATH": "/",
    "ACCESS": 0,
    "CONTENTS": {
        "avatar": {
            "FULL_PATH": "/avatar",
            "ACCESS": 0,
            "CONTENTS": {
                "change": {
                    "FULL_PATH": CHANGE,
                    "ACCESS": _WRITE_ONLY,
                    "TYPE": "s",
                    "DESCRIPTION": "the avatar that is worn from now on",
                }
            },
        }
    },
}


class HostInfo(NamedTuple):
    """Who serves a tree, and where it listens for OSC."""

    name: str
    osc_ip: str
    osc_port: int


class Head(NamedTuple):
    """How a body follows: so many bytes, in chunks, or until the end (None)."""

    length: int | None
    chunked: bool


# --- Asking ---------------------------------------------------------------------------------------------------------


def request(path: str, host: str, port: int) -> bytes:
    """A GET. The connection is used once: VRChat's server is asked a few times an hour."""
    shown = f"[{host}]" if ":" in host else host
    lines = (f"GET {path} HTTP/1.1", f"Host: {shown}:{port}", "Accept: application/json", "Connection: close")
    return "\r\n".join(lines).encode("ascii") + _HEAD_END


def response_head(head: bytes) -> Head:
    """What stands before an answer's body, with the empty line at its end.

    Raises:
        DecodeError: not HTTP, not 200, or a body too large.
    """
    first, *lines = head.removesuffix(_HEAD_END).split(b"\r\n")
    version, _, rest = first.partition(b" ")
    if not version.startswith(b"HTTP/1."):
        raise DecodeError("an HTTP answer", repr(first[:40]))
    if rest[:3] != b"200":
        raise DecodeError("status 200", repr(rest[:40]), len(version) + 1)
    fields = {
        name.strip().lower(): value.strip().lower() for name, _, value in (line.partition(b":") for line in lines)
    }
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        return Head(None, True)
    return Head(_size(fields[b"content-length"], 10) if b"content-length" in fields else None, False)


def chunk_size(line: bytes) -> int:
    """The number of bytes in the chunk that a line of a chunked body announces; 0 ends the body.

    Raises:
        DecodeError: not such a line.
    """
    return _size(line.partition(b";")[0].strip(), 16)


def host_info(content: bytes) -> HostInfo:
    """What an answer to `/?HOST_INFO` says.

    Raises:
        DecodeError: not such an answer.
    """
    told = json_object(content)
    name, ip, port = told.get("NAME"), told.get("OSC_IP", ""), told.get("OSC_PORT")
    if not isinstance(port, int) or isinstance(port, bool) or not 1 <= port <= 65_535:
        raise DecodeError("OSC_PORT from 1 to 65535", repr(port)[:40])
    if not isinstance(ip, str) or told.get("OSC_TRANSPORT", "UDP") != "UDP":
        raise DecodeError("an address for OSC over UDP", repr((ip, told.get("OSC_TRANSPORT")))[:60])
    return HostInfo(name if isinstance(name, str) and name.isprintable() else "", ip, port)


def _size(digits: bytes, base: int) -> int:
    try:
        size = int(digits, base) if digits.isalnum() and len(digits) <= 12 else -1
    except ValueError:
        size = -1
    if not 0 <= size <= LARGEST:
        raise DecodeError(f"a size of at most {LARGEST} bytes", repr(digits[:20]))
    return size


# --- Answering ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    content: object = None


def answer(head: bytes, info: HostInfo) -> bytes:
    """The answer to a request's head: our tree, a part of it, or who we are; nothing a request says can fail."""
    reply = _reply(head, info)
    body = b"" if reply.status == 204 else msgspec.json.encode(reply.content)
    lines = (
        f"HTTP/1.1 {reply.status} {_PHRASES[reply.status]}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-cache",
        "Connection: close",
    )
    return "\r\n".join(lines).encode("ascii") + _HEAD_END + body


def _reply(head: bytes, info: HostInfo) -> _Reply:
    words = head.split(b"\r\n", 1)[0].split(b" ")
    if len(words) != 3 or not words[2].startswith(b"HTTP/1.") or not words[1].startswith(b"/"):
        return _Reply(400, {"error": "expected an HTTP request"})
    if words[0] != b"GET":
        return _Reply(405, {"error": "only GET is answered"})
    path, _, query = unquote(words[1].decode("latin-1")).partition("?")
    if query == "HOST_INFO" or path == "/HOST_INFO":
        return _Reply(200, _host_info(info))
    node = _node(path)
    if node is None:
        return _Reply(404, {"error": "no such address"})
    if not query:
        return _Reply(200, node)
    if query not in _ATTRIBUTES:
        return _Reply(400, {"error": f"expected one of {', '.join(_ATTRIBUTES)}, HOST_INFO"})
    return _Reply(200, {query: node[query]}) if query in node else _Reply(204)


def _node(path: str) -> dict[str, Any] | None:
    node: dict[str, Any] | None = _TREE
    for part in path.strip("/").split("/"):
        if part and node is not None:
            node = node.get("CONTENTS", {}).get(part)
    return node


def _host_info(info: HostInfo) -> dict[str, object]:
    extensions = {"ACCESS": True, "CLIPMODE": False, "RANGE": False, "TYPE": True, "VALUE": False}
    return {
        "NAME": info.name,
        "OSC_IP": info.osc_ip,
        "OSC_PORT": info.osc_port,
        "OSC_TRANSPORT": "UDP",
        "EXTENSIONS": extensions,
    }
