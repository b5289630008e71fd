from typing import Annotated, Literal

import pytest
from annotated_types import Ge, Le

from avatar_driver import registry
from avatar_driver.registry import Kind
from avatar_driver.schema import complaints, json_schema


class Part:
    """A part.

    Args:
        port: where to send,
            over two lines.
    """

    def __init__(
        self,
        *,
        port: Annotated[int, Ge(1), Le(9)],
        device: int | str = 0,
        mode: Literal["a", "b"] = "a",
        names: tuple[str, ...] = (),
        scale: dict[str, float] | None = None,
        on: bool = True,
    ) -> None: ...


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"port": 3, "device": "C920", "names": ["a"], "scale": {"x": 1}, "on": False}, []),
        ({}, [("port", "is required")]),
        ({"port": 0}, [("port", "must be at least 1, found 0")]),
        ({"port": 1.5}, [("port", "must be a whole number, found 1.5")]),
        ({"port": True}, [("port", "must be a whole number, found true")]),
        ({"port": 3, "device": [1]}, [("device", "must be a whole number or text, found [1]")]),
        ({"port": 3, "mode": "c"}, [("mode", "must be one of 'a' or 'b', found \"c\"")]),
        ({"port": 3, "names": ["a", 2]}, [("names.1", "must be text, found 2")]),
        ({"port": 3, "scale": {"x": "y"}}, [("scale.x", 'must be a number, found "y"')]),
        ({"port": 3, "on": "off"}, [("on", 'must be true or false, found "off"')]),
        ({"port": 3, "scale": {"x": float("inf")}}, [("scale.x", "must be a finite number, found Infinity")]),
        ({"prot": 3}, [("prot", "unknown setting; did you mean 'port'?"), ("port", "is required")]),
    ],
)
def test_settings_are_checked_against_the_constructor(given: dict[str, object], wrong: list[tuple[str, str]]) -> None:
    found = complaints(Part, "part", given)
    assert [(".".join(map(str, path)), text) for path, text, _ in found] == wrong


def test_the_schema_names_every_component_and_every_setting_with_its_words() -> None:
    schema = json_schema()["properties"]
    for kind, entries in (
        (Kind.SOURCE, schema["source"]),
        (Kind.STAGE, schema["stages"]["items"]),
        (Kind.SINK, schema["sinks"]["items"]),
    ):
        assert {entry["title"] for entry in entries["anyOf"]} == set(registry.names(kind))
        for entry in entries["anyOf"]:
            assert entry["description"]
            for name, setting in entry["properties"].items():
                assert name == "type" or setting.get("description"), f"{entry['title']}.{name} is not documented"
    web, off = schema["web"]["anyOf"]
    assert off == {"const": False}
    assert all(setting["description"] for setting in web["properties"].values())
