"""VTube Studio's error ids (Files/ErrorID.cs of DenchiSoft/VTubeStudio) as sentences of what to do."""

from typing import Final

from avatar_driver.errors import AvatarDriverError

__all__ = [
    "API_OFF",
    "DENIED",
    "INJECTION_ERRORS",
    "IS_DEFAULT_PARAMETER",
    "NOT_FOUND",
    "OWNED_BY_OTHER",
    "TOKEN_REQUEST_OPEN",
    "UNAUTHENTICATED",
    "ConversationError",
    "sentence",
]

API_OFF: Final = 1
UNAUTHENTICATED: Final = 8
DENIED: Final = 50
TOKEN_REQUEST_OPEN: Final = 51
OWNED_BY_OTHER: Final = 352
IS_DEFAULT_PARAMETER: Final = 354
NOT_FOUND: Final = 453

#: Errors of an injection that one of its parameters may be the cause of.
INJECTION_ERRORS: Final = range(450, 456)

_OURS: Final = "this is a fault of avatar_driver, please report it"
_ALLOW: Final = "in VTube Studio's settings, under plugins"

_SENTENCES: Final = {
    0: "VTube Studio had an internal error; if it goes on, restart VTube Studio",
    API_OFF: f"VTube Studio's plugin API is off; switch on 'Allow Plugin API access' {_ALLOW}",
    2: f"VTube Studio could not read a request; {_OURS}",
    3: f"VTube Studio did not know the API's name; {_OURS}",
    4: "VTube Studio does not know version 1.0 of its API; update VTube Studio or avatar_driver",
    5: f"VTube Studio did not accept a request's id; {_OURS}",
    6: f"VTube Studio missed the type of a request; {_OURS}",
    7: "VTube Studio does not know a request; update VTube Studio",
    UNAUTHENTICATED: "VTube Studio no longer knows this session; signing in again",
    9: f"avatar_driver lacks a permission; grant it {_ALLOW}",
    DENIED: f"VTube Studio does not allow avatar_driver; allow it when VTube Studio asks again, or {_ALLOW}",
    TOKEN_REQUEST_OPEN: "VTube Studio is still asking about a plugin; answer the window it shows",
    52: f"VTube Studio did not accept the plugin's name; {_OURS}",
    53: f"VTube Studio did not accept the developer's name; {_OURS}",
    54: f"VTube Studio did not accept the plugin's icon; {_OURS}",
    100: f"VTube Studio missed the token; {_OURS}",
    101: f"VTube Studio missed the plugin's name; {_OURS}",
    102: f"VTube Studio missed the developer's name; {_OURS}",
    350: "VTube Studio does not accept the name; a parameter has 4 to 32 letters and digits; change it in the map",
    351: "VTube Studio does not accept the limits; keep them within ±1000000 in the map",
    OWNED_BY_OTHER: "another plugin made the parameter; it is used as it is",
    353: f"VTube Studio found an explanation too long; {_OURS}",
    IS_DEFAULT_PARAMETER: "VTube Studio has the parameter already; it is used as it is",
    355: "VTube Studio takes 100 parameters of a plugin and no more; send fewer, as with 'shapes: false'",
    356: "VTube Studio takes 300 parameters of all plugins and no more; remove plugins you do not use in its settings",
    400: f"VTube Studio could not remove a parameter, its name is not valid; {_OURS}",
    401: "VTube Studio could not remove a parameter that it does not have; nothing needs to be done",
    402: "VTube Studio could not remove a parameter of another plugin; remove it there",
    403: "VTube Studio could not remove a parameter of its own; nothing needs to be done",
    450: f"VTube Studio found no values in what was sent; {_OURS}",
    451: f"VTube Studio does not accept the value; {_OURS}",
    452: f"VTube Studio does not accept the weight; {_OURS}",
    NOT_FOUND: "VTube Studio does not have the parameter; it is made again where that is possible",
    454: "another plugin controls the parameter; stop that plugin, or leave the parameter out of the map",
    455: "VTube Studio does not know how values are to be set; update VTube Studio",
    500: "VTube Studio was asked for a parameter that it does not have; nothing needs to be done",
}
_LONGEST_SHOWN: Final = 120


class ConversationError(AvatarDriverError):
    """A conversation that cannot go on. Another one may be begun after a pause.

    Attributes:
        sentence: what was found and what to do.
        pause_seconds: how long to wait at least. Long where each try would open a window in front of the user.
    """

    def __init__(self, sentence: str, pause_seconds: float) -> None:
        super().__init__(sentence, pause_seconds)
        self.sentence = sentence
        self.pause_seconds = pause_seconds

    def __str__(self) -> str:
        return self.sentence


def sentence(error_id: int, message: str = "") -> str:
    """What an error means and what to do. Ids that are not known are told with VTube Studio's own words."""
    known = _SENTENCES.get(error_id)
    if known is not None:
        return known
    # Quoted, so that nothing the other side sent can pass for our words or move a terminal's cursor.
    words = f", {message[:_LONGEST_SHOWN]!a}" if message else ""
    return f"VTube Studio refused with error {error_id}{words}; update avatar_driver, or report it"
