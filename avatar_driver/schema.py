"""Checks settings against a component's constructor, and writes the JSON Schema of profiles for editors."""

import json
from collections.abc import Mapping
from typing import Any, Final, NotRequired, Required

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict

from avatar_driver import registry
from avatar_driver.document import Path
from avatar_driver.errors import did_you_mean
from avatar_driver.registry import Kind
from avatar_driver.serving.web_settings import WebSettings
from avatar_driver.settings import REQUIRED, Setting, settings_of, summary

__all__ = ["complaints", "json_schema", "setting_schema"]

# What pydantic calls a fault, and what was expected instead; `{…}` are its facts.
_EXPECTED: Final = {
    "greater_than": "greater than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:g}",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "tuple_type": "a list",
    "sequence_type": "a list",
    "dict_type": "settings by name",
    "mapping_type": "settings by name",
    "none_required": "left out",
    "finite_number": "a finite number",
    "literal_error": "one of {expected}",
    "enum": "one of {expected}",
    "too_short": "at least {min_length} long",
    "too_long": "at most {max_length} long",
    "string_too_short": "at least {min_length} characters long",
    "string_too_long": "at most {max_length} characters long",
}


def complaints(component: type[Any], name: str, given: Mapping[str, Any]) -> list[tuple[Path, str, bool]]:
    """What is wrong with settings: (path, sentence, whether it stands at the key and not the value)."""
    settings = settings_of(component)
    wrong: list[tuple[Path, str, bool]] = [
        ((key,), f"unknown setting{did_you_mean(key, settings) or _known(name, settings)}", True)
        for key in given
        if key not in settings
    ]
    try:
        # By way of JSON, so that `strict` still takes a list for a tuple but never text for a number.
        _adapter(component).validate_json(json.dumps({k: v for k, v in given.items() if k in settings}), strict=True)
    except ValidationError as error:
        grouped: dict[Path, list[ErrorDetails]] = {}
        for details in error.errors():
            grouped.setdefault(_place(details["loc"], given), []).append(details)
        wrong += [(path, _sentence(all_details), False) for path, all_details in grouped.items()]
    return wrong


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a profile, with every installed component and its documentation."""
    sections: dict[str, Any] = {}
    for kind in Kind:
        variants = [_component_schema(kind, name) for name in registry.names(kind)]
        if kind is not Kind.SOURCE:
            for variant in variants:
                variant["properties"]["enabled"] = {
                    "type": "boolean",
                    "default": True,
                    "description": "false keeps it in the profile without running it.",
                }
        sections[kind] = {"anyOf": variants}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "avatar_driver profile",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "source": sections[Kind.SOURCE],
            "stages": {"type": "array", "items": sections[Kind.STAGE]},
            "sinks": {"type": "array", "minItems": 1, "items": sections[Kind.SINK]},
            "web": {"anyOf": [_settings_schema(WebSettings), {"const": False}]},
        },
        "required": ["sinks"],
    }


def setting_schema(setting: Setting) -> dict[str, Any]:
    """The JSON Schema of one setting's values."""
    return TypeAdapter(setting.annotation).json_schema()


def _component_schema(kind: Kind, name: str) -> dict[str, Any]:
    schema = _settings_schema(registry.component(kind, name))
    schema["title"] = name
    schema["properties"] = {"type": {"const": name}} | schema.get("properties", {})
    schema["required"] = ["type", *schema.get("required", [])]
    return schema


def _settings_schema(component: type[Any]) -> dict[str, Any]:
    settings = settings_of(component)
    schema = _adapter(component).json_schema()
    for key, setting in settings.items():
        entry = schema.get("properties", {}).get(key, {})
        if setting.doc:
            entry["description"] = setting.doc
        if setting.default is not REQUIRED and isinstance(setting.default, str | int | float | bool):
            entry["default"] = setting.default
    schema["description"] = summary(component)
    return schema


def _adapter(component: type[Any]) -> TypeAdapter[Any]:
    fields: dict[str, Any] = {
        setting.name: (Required if setting.default is REQUIRED else NotRequired)[setting.annotation]
        for setting in settings_of(component).values()
    }
    typed_dict: Any = TypedDict  # its name and fields are known at run time only
    made: Any = typed_dict(component.__name__, fields)
    made.__pydantic_config__ = ConfigDict(extra="forbid", allow_inf_nan=False)
    return TypeAdapter(made)


def _place(location: tuple[int | str, ...], given: Any) -> Path:
    """The path of a fault without the names pydantic adds for the members of a union."""
    path: list[int | str] = []
    for step in location:
        if isinstance(given, dict) and step in given:
            path.append(step)
            given = given[str(step)]
        elif isinstance(given, list) and isinstance(step, int):
            path.append(step)
            given = given[step]
        elif not path:
            path.append(step)  # a setting that is missing
    return tuple(path)


def _sentence(all_details: list[ErrorDetails]) -> str:
    """`must be at most 65535, found 99999`; faults of the members of a union are joined by `or`."""
    first = all_details[0]
    if first["type"] == "missing":
        return "is required"
    expected = list(dict.fromkeys(filter(None, map(_expectation, all_details))))
    found = json.dumps(first["input"], ensure_ascii=False, default=str)
    if not expected:
        return f"{first['msg'][:1].lower()}{first['msg'][1:]}, found {found}"
    return f"must be {' or '.join(expected)}, found {found}"


def _expectation(details: ErrorDetails) -> str:
    template = _EXPECTED.get(details["type"])
    return template.format(**details.get("ctx", {})) if template else ""


def _known(component: str, settings: Mapping[str, Setting]) -> str:
    return f"; {component} has {', '.join(settings)}" if settings else f"; {component} has no settings"
