"""What a dashboard may ask for, as JSON.

{"id": 7, "do": "set", "path": ["stages", "amplify", "tone"], "value": 1.2}
"""

from typing import Annotated, Any, Final, Literal

import msgspec

from avatar_driver.errors import DecodeError

__all__ = [
    "LONGEST",
    "Calibrate",
    "Command",
    "Expression",
    "Freeze",
    "Neutral",
    "Picture",
    "Recentre",
    "Redo",
    "Revert",
    "Save",
    "Set",
    "Switch",
    "Undo",
    "decode",
]

LONGEST: Final = 65_536  # bytes of a command

_Text = Annotated[str, msgspec.Meta(max_length=200)]
_Step = Annotated[str, msgspec.Meta(max_length=60)] | Annotated[int, msgspec.Meta(ge=0, le=200)]


class Command(msgspec.Struct, tag_field="do", forbid_unknown_fields=True, kw_only=True):
    """Any command. Its answer carries the same `id`."""

    id: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 0


class Set(Command, tag="set"):
    """One setting of the profile. See `avatar_driver.edits.Edit`."""

    path: Annotated[list[_Step], msgspec.Meta(min_length=1, max_length=8)]
    value: Any
    gesture: _Text = ""


class Undo(Command, tag="undo"):
    """Takes the last step back."""


class Redo(Command, tag="redo"):
    """Does the step that was taken back again."""


class Revert(Command, tag="revert"):
    """Takes back all that is not saved."""


class Save(Command, tag="save"):
    """Writes what was changed into the profile, or into another one of that name."""

    name: _Text | None = None


class Switch(Command, tag="switch"):
    """Runs another profile."""

    profile: _Text


class Recentre(Command, tag="recentre"):
    """Takes the head's pose of the next moments as straight ahead."""


class Freeze(Command, tag="freeze"):
    """Holds the face as it is, or lets it go."""

    on: bool


class Neutral(Command, tag="neutral"):
    """Brings the face to rest, or lets it go."""

    on: bool


class Expression(Command, tag="expression"):
    """Shows an expression, or lets it go."""

    name: _Text
    on: bool


class Picture(Command, tag="picture"):
    """Shows the camera's picture on this page, or no longer."""

    on: bool


class Calibrate(Command, tag="calibrate"):
    """Leads through a calibration."""

    step: Literal["start", "cancel", "accept", "discard", "undo"]
    only: Literal["neutral"] | None = None


_Any = Set | Undo | Redo | Revert | Save | Switch | Recentre | Freeze | Neutral | Expression | Picture | Calibrate
_DECODER: Final = msgspec.json.Decoder(_Any)


def decode(text: str | bytes) -> Command:
    """The command in a message.

    Raises:
        DecodeError: it is none.
    """
    if len(text) > LONGEST:
        raise DecodeError(f"a command of at most {LONGEST} bytes", f"{len(text)}")
    try:
        command: Command = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors, and so is text that is not UTF-8
        raise DecodeError("a command as JSON", str(error)) from error
    return command
