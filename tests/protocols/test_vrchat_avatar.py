"""What an avatar has, from VRChat's file and from its OSCQuery tree; nothing that is wrong there does harm."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.errors import DecodeError
from avatar_driver.protocols import vrchat_avatar
from avatar_driver.protocols.vrchat_avatar import (
    MOST_PARAMETERS,
    Avatar,
    AvatarParameter,
    Kind,
    from_file,
    from_tree,
    readable_id,
)

KINDS = {"Float": "f", "Bool": "T", "Int": "i"}


def tree_of(described: dict[str, Any]) -> bytes:
    """The answer to `/avatar` that VRChat would give for a file: names with slashes are nested."""
    root: dict[str, Any] = {"FULL_PATH": "/avatar/parameters", "ACCESS": 0}
    for parameter in described["parameters"]:
        node, path = root, "/avatar/parameters"
        for part in parameter["name"].split("/"):
            path += "/" + part
            node = node.setdefault("CONTENTS", {}).setdefault(part, {"FULL_PATH": path, "ACCESS": 0})
        kind = (parameter.get("input") or parameter["output"])["type"]
        node |= {"TYPE": KINDS[kind], "ACCESS": 3 if "input" in parameter else 1, "VALUE": [0]}
    change = {"FULL_PATH": "/avatar/change", "TYPE": "s", "ACCESS": 3, "VALUE": [described["id"]]}
    return json.dumps({"FULL_PATH": "/avatar", "CONTENTS": {"parameters": root, "change": change}}).encode()


def file_of(*names: str, kind: str = "Float") -> dict[str, Any]:
    inputs = [
        {"name": name, "input": {"address": f"/avatar/parameters/{name}", "type": kind}, "output": {}} for name in names
    ]
    return {"id": "avtr_1", "name": "Robot", "parameters": inputs}


def test_a_real_file_gives_152_parameters_of_two_types(captures: Path) -> None:
    worn = from_file((captures / "vrchat_avatar_unified.json").read_bytes())

    assert (worn.id, worn.name) == ("avtr_00000000-0000-4000-8000-000000000152", "unified_expressions_template")
    assert len(worn.parameters) == 152
    assert {parameter.kind for parameter in worn.parameters} == {Kind.FLOAT, Kind.BOOL}
    assert worn.parameters[11] == AvatarParameter("FT/v2/EyeLeftX", Kind.FLOAT, True)


def test_vrchats_own_example_has_one_parameter_that_can_be_written(captures: Path) -> None:
    worn = from_file((captures / "vrchat_avatar_example.json").read_bytes())

    assert worn.parameters == (AvatarParameter("Face", Kind.INT, None),)


@pytest.mark.parametrize("name", ["vrchat_avatar_unified.json", "vrchat_avatar_example.json"])
def test_the_tree_tells_the_same_as_the_file(captures: Path, name: str) -> None:
    content = (captures / name).read_bytes()
    filed, asked = from_file(content), from_tree(tree_of(json.loads(content.decode("utf-8-sig"))))

    assert asked.id == filed.id
    assert {(p.name, p.kind) for p in asked.parameters} == {(p.name, p.kind) for p in filed.parameters}


def test_a_parameter_may_also_be_a_folder_of_others() -> None:
    worn = from_tree(tree_of(file_of("Hat", "Hat/Colour", "Hat/Colour/Red")))

    assert [parameter.name for parameter in worn.parameters] == ["Hat", "Hat/Colour", "Hat/Colour/Red"]


def test_a_byte_order_mark_does_no_harm() -> None:
    assert from_file(b"\xef\xbb\xbf" + json.dumps(file_of("A")).encode()).name == "Robot"


def test_what_cannot_be_written_to_is_left_out() -> None:
    described = file_of("A")
    described["parameters"] += [
        {"name": "Upright", "output": {"address": "/avatar/parameters/Upright", "type": "Float"}},
        {"name": "B", "input": {"address": "/avatar/parameters/B", "type": "Quaternion"}},
        {"name": "C", "input": {"address": "/elsewhere/C", "type": "Float"}},
        {"name": "D", "input": {"address": "/avatar/parameters/D\u0000", "type": "Float"}},
        {"name": "E", "input": {"address": "/avatar/parameters/", "type": "Float"}},
        {"name": "F", "input": {"address": 5, "type": "Float"}},
        {"name": "A", "input": {"address": "/avatar/parameters/A", "type": "Bool"}},
        "nonsense",
        None,
    ]

    assert from_file(json.dumps(described).encode()).parameters == (AvatarParameter("A", Kind.FLOAT, None),)


def test_a_tree_of_read_only_values_has_no_parameters() -> None:
    described = file_of("A")
    described["parameters"] = [{"name": "A", "output": {"type": "Float"}}]

    assert from_tree(tree_of(described)).parameters == ()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "JSON"),
        (b"\xff\xfe", "JSON"),
        (b"[]", "a JSON object"),
        (b"{}", "the list 'parameters'"),
        (b'{"parameters": {}}', "the list 'parameters'"),
        (b'{"parameters": [' + b"[" * 100_000, "nesting without end"),
        (b" " * (vrchat_avatar.LARGEST + 1), "at most 4000000 bytes"),
        (json.dumps(file_of(*map(str, range(MOST_PARAMETERS + 1)))).encode(), "at most 8192 parameters"),
    ],
)
def test_what_is_no_file_of_vrchats_is_refused_with_a_reason(content: bytes, sentence: str) -> None:
    with pytest.raises(DecodeError, match=sentence):
        from_file(content)


def deep(levels: int) -> dict[str, Any]:
    node: dict[str, Any] = {"TYPE": "f", "FULL_PATH": "/avatar/parameters/a"}
    for _ in range(levels):
        node = {"CONTENTS": {"a": node}}
    change = {"VALUE": ["avtr_1"]}
    return {"CONTENTS": {"change": change, "parameters": node}}


def test_a_tree_may_be_as_deep_as_names_are_long_and_no_deeper() -> None:
    assert len(from_tree(json.dumps(deep(33)).encode()).parameters) == 1
    with pytest.raises(DecodeError, match="at most 32 levels"):
        from_tree(json.dumps(deep(34)).encode())


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"CONTENTS": []},
        {"CONTENTS": {"change": {"VALUE": []}}},
        {"CONTENTS": {"change": {"VALUE": [5]}}},
        {"CONTENTS": {"change": {"VALUE": ["avtr_1"]}, "parameters": {"CONTENTS": {"A": 5}}}},
        {"CONTENTS": {"change": {"VALUE": ["avtr_1"]}, "parameters": {"CONTENTS": 5}}},
    ],
)
def test_a_tree_that_is_none_is_refused(content: Any) -> None:
    with pytest.raises(DecodeError):
        from_tree(json.dumps(content).encode())


def test_an_id_that_could_do_harm_in_a_terminal_or_a_path_is_none() -> None:
    assert readable_id("avtr_9d58037b") == "avtr_9d58037b"
    assert readable_id("avtr_\x1b[31m") is None
    assert readable_id("x" * 101) is None
    assert readable_id("") is None
    assert readable_id(5) is None


plausible = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats()
    | st.sampled_from(["f", "T", "Float", "/avatar/parameters/A", ""]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["CONTENTS", "TYPE", "ACCESS", "FULL_PATH", "VALUE", "change", "parameters", "input", "type", "address"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(st.binary(max_size=300) | plausible.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_an_avatar_or_refused(content: bytes) -> None:
    for read in (from_file, from_tree):
        try:
            assert isinstance(read(content), Avatar)
        except DecodeError:
            continue


@given(st.integers(0, 500))
def test_every_truncation_of_a_sound_answer_is_refused(at: int) -> None:
    content = tree_of(file_of("FT/v2/JawOpen", "FT/v2/JawX1"))
    with pytest.raises(DecodeError):
        from_tree(content[: at % len(content)])
