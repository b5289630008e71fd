"""Writes `unified_shapes.gd` from `blendshape_maps/unified.yaml`, so that the engine and the map cannot drift apart.

Godot's `XRFaceTracker` has 143 entries: the base and the simplified shapes of Unified Expressions, as `FT_` names. Each
takes the formula of the map's parameter of the same name. What the map leaves out because no camera sees it stays 0.
"""

import json
import re
from pathlib import Path
from typing import Final

from avatar_driver import maps
from avatar_driver.channels import SHAPE_NAMES
from avatar_driver.formula import Expression, Fold, Folded, Limited, Named, Power, Sum
from avatar_driver.retarget import Parameter

__all__ = ["ENTRIES", "parameter_of", "table"]

#: The names of `XRFaceTracker.BlendShapeEntry` without `FT_`, in order of their values from 0.
ENTRIES: Final[tuple[str, ...]] = tuple(
    json.loads(Path(__file__).with_name("face_tracker_entries.json").read_text(encoding="utf-8"))
)

_UNIFIED: Final = maps.load("unified")

# Entries that the map has only in halves: their mean.
_HALVES: Final = {
    "CheekPuff": ("CheekPuffLeft", "CheekPuffRight"),
    "MouthLeft": ("MouthUpperLeft", "MouthLowerLeft"),
    "MouthRight": ("MouthUpperRight", "MouthLowerRight"),
    "MouthSmile": ("MouthSmileLeft", "MouthSmileRight"),
    "MouthSad": ("MouthSadLeft", "MouthSadRight"),
}
_LINE: Final = 121  # with its end
_HEAD: Final = """\
## The blend shapes of Godot's XRFaceTracker (Unified Expressions) from the 52 shapes of ARKit.
##
## Written by tests/plugins/godot/generate.py from blendshape_maps/unified.yaml; change it there.[br]
## Runs as it stands in Godot 3 and in Godot 4; both addons hold the same bytes.

## One weight 0…1 for each entry of XRFaceTracker.BlendShapeEntry, in that order. `arkit` has weights by ARKit's
## names; a name that is missing counts as 0. What no camera sees stays 0.
static func weights(arkit: Dictionary) -> Array:
"""


def parameter_of(entry: str) -> tuple[str, ...]:
    """The channels or `v2/` parameters whose mean an entry is; none for what cannot be seen."""
    pascal = "".join(word.capitalize() for word in entry.split("_"))
    camel = pascal[0].lower() + pascal[1:]
    if pascal.startswith("EyeLook") and camel in SHAPE_NAMES:
        return (camel,)
    known = _UNIFIED.names
    return tuple(f"v2/{name}" for name in _HALVES.get(pascal, (pascal,)) if f"v2/{name}" in known)


def table() -> str:
    """The text of `unified_shapes.gd`."""
    parameters = {parameter.name: parameter for parameter in _UNIFIED.parameters}
    lines: list[str] = []
    written: set[str] = set()
    rows = []
    for entry in ENTRIES:
        sources = parameter_of(entry)
        for source in sources:
            _define(source, parameters, written, lines)
        value = " + ".join(_variable(source) for source in sources) or "0.0"
        rows.append(f"({value}) / {len(sources)}.0" if len(sources) > 1 else value)
    listed = "".join(f"\t\t{row},  # FT_{entry}\n" for row, entry in zip(rows, ENTRIES, strict=True))
    return f"{_HEAD}{''.join(lines)}\treturn [\n{listed}\t]\n"


def _define(name: str, parameters: dict[str, Parameter], written: set[str], lines: list[str]) -> None:
    if name in written:
        return
    written.add(name)
    if name in SHAPE_NAMES:
        lines.append(f'\tvar {_variable(name)} = float(arkit.get("{name}", 0.0))\n')
        return
    parameter = parameters[name]
    for used in _names(parameter.expression):
        _define(used, parameters, written, lines)
    low, high = parameter.limits
    arguments = f"{_bare(parameter.expression)}, {low!r}, {high!r}"
    line = f"\tvar {_variable(name)} = clamp({arguments})\n"
    if len(line.expandtabs(4)) > _LINE:  # broken as gdformat breaks it
        line = f"\tvar {_variable(name)} = clamp(\n\t\t{arguments}\n\t)\n"
    lines.append(line)


def _variable(name: str) -> str:
    """`v2/EyeOpenLeft` becomes `u_eye_open_left`, `jawOpen` becomes `jaw_open`."""
    prefix = "u_" if name.startswith("v2/") else ""
    return prefix + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.removeprefix("v2/")).lower()


def _names(expression: Expression) -> list[str]:
    match expression:
        case Named(name):
            return [name]
        case Sum(parts):
            return [name for _, part in parts for name in _names(part)]
        case Folded(_, parts):
            return [name for part in parts for name in _names(part)]
        case Power(base, _):
            return _names(base)
        case Limited(value, _):
            return _names(value)


def _code(expression: Expression) -> str:
    match expression:
        case Named(name):
            return _variable(name)
        case Sum(parts, constant):
            terms = [repr(float(constant))] * bool(constant or not parts) + [
                _term(weight, part) for weight, part in parts
            ]
            return terms[0] if len(terms) == 1 else f"({' + '.join(terms)})"
        case Folded(Fold.PRODUCT, parts):
            return f"({' * '.join(map(_code, parts))})"
        case Folded(fold, (first, *rest)):
            code = _bare(first)
            for part in rest:
                code = f"{fold.value}({code}, {_bare(part)})"
            return code
        case Power(base, exponent):
            return f"pow(max({_bare(base)}, 0.0), {exponent!r})"
        case Limited(value, (low, high)):
            return f"clamp({_code(value)}, {low!r}, {high!r})"
    raise AssertionError(expression)


def _bare(expression: Expression) -> str:
    """Without the brackets that a sum or product needs inside another, but not as an argument."""
    code = _code(expression)
    return code[1:-1] if code.startswith("(") else code


def _term(weight: float, part: Expression) -> str:
    return _code(part) if weight == 1 else f"{weight!r} * {_code(part)}"
