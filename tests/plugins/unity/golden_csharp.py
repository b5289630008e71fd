"""The golden packets as C#, for the package's own tests: a package cannot see what lies outside its folder.

python -m tests.plugins.unity.golden_csharp      writes plugins/unity/Tests/Editor/GoldenPackets.cs
"""

import struct
from pathlib import Path
from typing import Final

from avatar_driver.protocols.osc import Argument, Message
from tests.osc_peers import golden, meaning

__all__ = ["SOURCE", "spelled", "written"]

SOURCE: Final = Path(__file__).parents[3] / "plugins/unity/Tests/Editor/GoldenPackets.cs"

_HEAD: Final = """// Written by tests/plugins/unity/golden_csharp.py from tests/golden/*.json: not to be edited.
namespace AvatarDriver.Tests
{
    /// <summary>A packet and its messages, as <see cref="Spelled"/> writes them.</summary>
    public sealed class GoldenPacket
    {
        public readonly string Name;
        public readonly string Hex;
        public readonly string[] Messages;

        public GoldenPacket(string name, string hex, params string[] messages)
        {
            Name = name;
            Hex = hex;
            Messages = messages;
        }
    }

    /// <summary>What every receiver must understand, and what it must refuse.</summary>
    public static class GoldenPackets
    {
"""


def spelled(message: Message) -> str:
    """A message in the words of Spelled.cs."""
    tags = "".join(_tag(argument) for argument in message.args)
    return " ".join([_hex(message.address.encode()), tags, *map(_argument, message.args)])


def written() -> str:
    """The C# source."""
    accepted = [vector for name in ("osc", "vmc", "vrchat") for vector in golden(name)]
    return (
        _HEAD
        + _list("Accepted", [(name, packet, list(map(spelled, meaning(said)))) for name, packet, said in accepted])
        + "\n"
        + _list("Refused", [(name, packet, []) for name, packet, _ in golden("osc_refused")])
        + "    }\n}\n"
    )


def _list(name: str, packets: list[tuple[str, bytes, list[str]]]) -> str:
    lines = []
    for title, packet, messages in packets:
        strings = "".join(f",\n                {_quoted(line)}" for line in messages)
        lines.append(
            f"            new GoldenPacket({_quoted(title)},\n                {_quoted(packet.hex())}{strings}),\n"
        )
    return f"        public static readonly GoldenPacket[] {name} =\n        {{\n{''.join(lines)}        }};\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _hex(data: bytes) -> str:
    return f"[{data.hex()}]"


def _tag(argument: Argument) -> str:
    if isinstance(argument, bool):
        return "T" if argument else "F"
    return {int: "i", float: "f", str: "s", bytes: "b"}[type(argument)]


def _argument(argument: Argument) -> str:
    match argument:
        case bool():
            return "T" if argument else "F"
        case int():
            return struct.pack(">i", argument).hex()
        case float():
            return struct.pack(">f", argument).hex()
        case str():
            return _hex(argument.encode())
        case bytes():
            return _hex(argument)


if __name__ == "__main__":
    SOURCE.write_text(written(), encoding="utf-8")
