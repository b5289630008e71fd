"""The `web:` section of a profile."""

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from annotated_types import Ge, Le, MinLen

from avatar_driver.protocols.access import Access, is_loopback, normalised_origin

__all__ = ["WebSettings"]

_COLOUR: Final = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


class WebSettings:
    """Where the dashboard and the overlay are served, and how the puppet on them looks.

    Args:
        host: address to listen on. Beyond loopback every page asks for the token in the printed link.
        port: TCP port of the dashboard; 0 takes a free one.
        token: what must be given beyond loopback, and by programs that send commands. Left out, one is made at start.
        allowed_origins: web sites whose pages may connect to the face stream beside our own.
        stage: a folder with a built web page, served at /stage/: one's own avatar without a game engine.
        osc_port: UDP port on loopback for commands by OSC, such as /avatar_driver/recentre; left out, none is open.
        colours: colours of the puppet by name, such as `hair: "#7a4a2a"`.
        background: colour behind the puppet on the dashboard.

    Raises:
        ValueError: a colour or an origin is none.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: Annotated[int, Ge(0), Le(65_535)] = 8770,
        token: Annotated[str, MinLen(8)] | None = None,
        allowed_origins: Sequence[str] = (),
        stage: str | None = None,
        osc_port: Annotated[int, Ge(0), Le(65_535)] | None = None,
        colours: Mapping[str, str] = {},
        background: str | None = None,
    ) -> None:
        for name, colour in [*colours.items(), *([("background", background)] if background else [])]:
            if not _COLOUR.fullmatch(colour):
                raise ValueError(f"{name}: expected a colour such as '#7a4a2a', found {colour!r}")
        #: What a change of takes effect when the program starts again.
        self.given = (host, port, token, tuple(allowed_origins), stage, osc_port, dict(colours), background)
        self.host = host
        self.port = port
        #: What commands need: the page's own, made anew at each start, or the one that was set.
        self.command_token = token or secrets.token_urlsafe(24)
        self.access = Access(
            host=host,
            token=None if is_loopback(host) else self.command_token,
            allowed_origins=frozenset(normalised_origin(origin) for origin in allowed_origins),
        )
        self.stage = stage
        self.osc_port = osc_port
        self.colours = dict(colours)
        self.background = background
