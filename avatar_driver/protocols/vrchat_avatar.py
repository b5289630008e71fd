"""Which parameters a VRChat avatar has: read from its OSC file, or from what VRChat tells over OSCQuery.

VRChat writes a file when an avatar is first worn with OSC switched on (`…/OSC/usr_…/Avatars/avtr_….json`) and serves
the same as a tree over OSCQuery. Both come from outside, so sizes, types and nesting are checked here, once. Neither
says which parameters are synced to other people and which are local.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

import msgspec

from avatar_driver.errors import DecodeError

__all__ = [
    "LARGEST",
    "MOST_PARAMETERS",
    "PREFIX",
    "Avatar",
    "AvatarParameter",
    "Json",
    "Kind",
    "from_file",
    "from_tree",
    "json_object",
    "readable_id",
]

PREFIX: Final = "/avatar/parameters/"
LARGEST: Final = 4_000_000  #: bytes of a file or an answer; the cap of 8192 parameters takes about 2 MB
MOST_PARAMETERS: Final = 8192  #: VRChat's own cap
_LONGEST_NAME: Final = 300
_LONGEST_ID: Final = 100
_DEEPEST: Final = 32  # a name of 32 parts between slashes; templates have up to 4
_WRITABLE: Final = 2  # bit of ACCESS

Json: TypeAlias = Mapping[str, Any]


class Kind(StrEnum):
    """The types a parameter may have; the value is VRChat's word in files."""

    FLOAT = "Float"
    BOOL = "Bool"
    INT = "Int"


_KIND_OF_TAG: Final = {"f": Kind.FLOAT, "T": Kind.BOOL, "F": Kind.BOOL, "i": Kind.INT}
_KINDS: Final = {kind.value: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class AvatarParameter:
    """A parameter that takes values from outside.

    Attributes:
        name: what follows `/avatar/parameters/` in its address, such as `FT/v2/JawOpen`.
        kind: its type.
        synced: whether other people get it. VRChat's own files do not say: None.
    """

    name: str
    kind: Kind
    synced: bool | None = None


@dataclass(frozen=True, slots=True)
class Avatar:
    """An avatar, by VRChat's id, and the parameters that may be written, in the order in which they were told."""

    id: str
    name: str
    parameters: tuple[AvatarParameter, ...]


def from_file(content: bytes) -> Avatar:
    """The avatar that a file of VRChat's OSC folder describes. Read-only parameters and unknown types are left out.

    Raises:
        DecodeError: not such a file.
    """
    described = json_object(content)
    listed = described.get("parameters")
    if not isinstance(listed, list):
        raise DecodeError("the list 'parameters' of a VRChat avatar file", _shown(listed))
    _check_count(len(listed))
    found = (_listed(entry) for entry in listed)
    return Avatar(_text(described, "id"), _text(described, "name"), _distinct(found))


def from_tree(content: bytes) -> Avatar:
    """The avatar that an OSCQuery answer to `/avatar` describes.

    Raises:
        DecodeError: not such an answer, or nobody wears an avatar yet.
    """
    contents = _contents(json_object(content))
    change = contents.get("change")
    values = change.get("VALUE") if isinstance(change, dict) else None
    if not isinstance(values, list) or not values or not isinstance(values[0], str):
        raise DecodeError("the avatar's id as the value of '/avatar/change'", _shown(values))
    parameters = contents.get("parameters")
    found = _below(parameters, 0) if isinstance(parameters, dict) else iter(())
    return Avatar(_id(values[0]), "", _distinct(found))


def readable_id(text: object) -> str | None:
    """An avatar's id as it may be used to look for a file, or None when it is none."""
    return _id(text) or None if isinstance(text, str) else None


def json_object(content: bytes) -> Json:
    """The JSON object in some bytes; a byte order mark before it does no harm.

    Raises:
        DecodeError: not JSON, not an object, too large or nested too deeply.
    """
    if len(content) > LARGEST:
        raise DecodeError(f"at most {LARGEST} bytes", str(len(content)))
    try:
        value = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DecodeError("JSON", str(error)) from None
    except RecursionError:
        raise DecodeError("JSON", "nesting without end") from None
    if not isinstance(value, dict):
        raise DecodeError("a JSON object", _shown(value))
    return value


def _listed(entry: object) -> AvatarParameter | None:
    given = entry.get("input") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(given, dict):
        return None  # built into VRChat: read-only
    synced = entry.get("synced")
    return _parameter(
        given.get("address"), _KINDS.get(str(given.get("type"))), synced if isinstance(synced, bool) else None
    )


def _below(node: Json, depth: int) -> Iterator[AvatarParameter | None]:
    if depth > _DEEPEST:
        raise DecodeError(f"a tree of at most {_DEEPEST} levels", "one more")
    for child in _contents(node).values():
        if not isinstance(child, dict):
            raise DecodeError("a node of an OSCQuery tree", _shown(child))
        access = child.get("ACCESS", _WRITABLE)
        if "TYPE" in child and isinstance(access, int) and access & _WRITABLE:
            yield _parameter(child.get("FULL_PATH"), _KIND_OF_TAG.get(str(child["TYPE"])), None)
        # VRChat gives a parameter both: `Hat` has a value and is the folder of `Hat/Color`.
        if "CONTENTS" in child:
            yield from _below(child, depth + 1)


def _contents(node: Json) -> Json:
    contents = node.get("CONTENTS", {})
    if not isinstance(contents, dict):
        raise DecodeError("CONTENTS as an object", _shown(contents))
    return contents


def _parameter(address: object, kind: Kind | None, synced: bool | None) -> AvatarParameter | None:
    if kind is None or not isinstance(address, str) or not address.startswith(PREFIX):
        return None
    name = address.removeprefix(PREFIX)
    # What cannot be an OSC address cannot be sent to, and an avatar has never heard of it.
    return AvatarParameter(name, kind, synced) if 0 < len(name) <= _LONGEST_NAME and name.isprintable() else None


def _distinct(found: Iterator[AvatarParameter | None]) -> tuple[AvatarParameter, ...]:
    by_name: dict[str, AvatarParameter] = {}
    for parameter in found:
        if parameter is not None:
            by_name.setdefault(parameter.name, parameter)
            _check_count(len(by_name))
    return tuple(by_name.values())


def _check_count(count: int) -> None:
    if count > MOST_PARAMETERS:
        raise DecodeError(f"at most {MOST_PARAMETERS} parameters", "more")


def _text(described: Json, key: str) -> str:
    value = described.get(key)
    return _id(value) if isinstance(value, str) else ""


def _id(text: str) -> str:
    """A text that may be shown and compared; empty when it may not."""
    return text if len(text) <= _LONGEST_ID and text.isprintable() else ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
