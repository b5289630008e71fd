"""Where a server of ours listens, and what to say when it cannot."""

import errno
import socket
from typing import Final

from avatar_driver.errors import SinkError

__all__ = ["bracketed", "cannot_listen", "shown_host"]

_UNSPECIFIED: Final = ("", "0.0.0.0", "::")  # every interface of this computer


def cannot_listen(who: str, host: str, port: int, error: OSError) -> OSError | SinkError:
    """The error with a sentence that says what to do, where there is one.

    Args:
        who: begins the sentence: "the websocket sink".
        host: where it was to listen.
        port: likewise.
        error: what the system said.
    """
    where = f"{who} cannot listen on {bracketed(host)}:{port}"
    if isinstance(error, socket.gaierror):
        return SinkError(f"{where}: no computer is known by that name; use 'host: 127.0.0.1'")
    if isinstance(error, PermissionError):
        return SinkError(f"{where}: this user may not open that port; use one from 1024 up, as in 'port: 8771'")
    if error.errno == errno.EADDRINUSE:
        return SinkError(
            f"{where}: something else uses that port; stop it, or set another, as in 'port: {port % 65_535 + 1}'"
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return SinkError(
            f"{where}: this computer does not have that address; use 'host: 127.0.0.1', or 'host: 0.0.0.0' to be "
            "reached from other computers"
        )
    return error


def bracketed(host: str) -> str:
    """The host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def shown_host(host: str) -> str:
    """The host that a person types: this computer's own address where a server listens on all of them."""
    return _own_address() if host in _UNSPECIFIED else host


def _own_address() -> str:
    """The address by which the local network knows this computer, as far as can be told without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # reserved for documentation; connecting a UDP socket sends no packet
        except OSError:
            return socket.gethostname()
        address: str = probe.getsockname()[0]
        return address
