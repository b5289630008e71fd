"""A map to start from, out of the names of an avatar's own morph targets."""

import json
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from avatar_driver.channels import SHAPE_NAMES
from avatar_driver.errors import AvatarDriverError

__all__ = ["Starter", "StarterError", "likely_formula", "morph_names", "starter", "write_starter"]

_LARGEST: Final = 2**30  # bytes
_MOST_NAMES: Final = 1000  # as many as a map may have
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SIDES: Final = {"l": "Left", "left": "Left", "r": "Right", "right": "Right"}
_ENDINGS: Final = {"shape", "shapes", "blendshape", "blend", "key", "morph", "target", "bs", "geo", "mesh"}
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_WITHOUT_SIDE: Final = {
    name.lower(): name for name in SHAPE_NAMES if not name.endswith(("Left", "Right"))
}  # such as jawopen
_WITH_SIDES: Final = {
    name.removesuffix("Left").lower(): name.removesuffix("Left") for name in SHAPE_NAMES if name.endswith("Left")
}  # such as eyeblink
_NOT_ALONE: Final = {"jaw", "mouth"}  # jawLeft and mouthLeft: without a side they mean anything


class StarterError(AvatarDriverError):
    """No map can be made of a file. The constructor takes the sentence."""


@dataclass(frozen=True, slots=True)
class Starter:
    """A map that was begun.

    Attributes:
        text: the YAML, with comments.
        found: the avatar's names that resemble a shape, with their formulas.
        unknown: its other names.
        missing: the ARKit shapes that none of its names resembles.
    """

    text: str
    found: dict[str, str]
    unknown: list[str]
    missing: list[str]


def write_starter(avatar: Path, to: Path | None = None) -> tuple[Path, Starter]:
    """Writes a map for an avatar into a new file, by default NAME.yaml in this folder.

    Raises:
        StarterError: the avatar cannot be read, has no morph target like an ARKit shape, or the file is there already.
    """
    begun = starter(morph_names(avatar), avatar.name)
    path = to if to is not None else Path(f"{avatar.stem}.yaml")
    if path.suffix not in (".yaml", ".yml"):
        raise StarterError(f"a map is a .yaml file, found {path}")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(begun.text)
    except FileExistsError:
        raise StarterError(f"{path} is there already; choose another name with --to, or remove it") from None
    except OSError as error:
        raise StarterError(f"cannot write {path}: {error.strerror or error}") from error
    return path, begun


def starter(names: Sequence[str], avatar: str) -> Starter:
    """The map that an avatar's names suggest; `avatar` is what it is called.

    Raises:
        StarterError: no name resembles an ARKit shape.
    """
    formulas = {name: likely_formula(name) for name in dict.fromkeys(names) if _can_be_named(name)}
    found = {name: formula for name, formula in formulas.items() if formula}
    unknown = [name for name in dict.fromkeys(names) if name not in found]
    if not found:
        some = ", ".join(repr(name) for name in unknown[:8])
        raise StarterError(
            f"none of the {len(unknown)} morph targets of {avatar} resembles an ARKit shape: {some}"
            f"{' …' if len(unknown) > 8 else ''}; see blendshape_maps/README.md to write a map by hand"
        )
    used = " ".join(found.values())
    missing = [name for name in SHAPE_NAMES if not re.search(rf"\b{name}\b", used)]
    return Starter(_text(avatar, found, unknown, missing), found, unknown, missing)


def likely_formula(name: str) -> str:
    """The formula for a morph target's name, as a map has it; empty where it resembles no ARKit shape.

    Tolerates case, words before (`Face_M_`, `blendShape1.`), numbers, and sides as `_L`, `.L`, `Left` or `L_`. A shape
    that has sides, named without one, gets the mean of both.
    """
    words = [word.lower() for word in _WORD.findall(re.sub(r"[^A-Za-z]+", " ", name))]
    best, formula = 0, ""
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + 5) + 1):
            length = sum(map(len, words[start:end]))
            if length > best and (here := _formula("".join(words[start:end]), words[:start], words[end:])):
                best, formula = length, here
    return formula


def _formula(word: str, before: list[str], after: list[str]) -> str:
    """The formula for a run of words, if the words around it allow it."""
    rest = [each for each in after if each in _SIDES or (each not in _ENDINGS and len(each) > 1)]
    if word in _WITHOUT_SIDE:
        # `browInnerUp_L` is half of what ARKit has as one.
        return _WITHOUT_SIDE[word] if not rest or (len(rest) == 1 and rest[0] in _SIDES) else ""
    for base, side in ((word.removesuffix(end), side) for end, side in _SIDES.items() if word.endswith(end)):
        if base in _WITH_SIDES and not rest:
            return _WITH_SIDES[base] + side
    if word not in _WITH_SIDES:
        return ""
    base = _WITH_SIDES[word]
    if not rest and before and before[-1] in _SIDES:
        return base + _SIDES[before[-1]]
    if rest or word in _NOT_ALONE:
        return ""
    return f"{{{base}Left: 0.5, {base}Right: 0.5}}"


def _can_be_named(name: str) -> bool:
    return 0 < len(name) <= 100 and name.isprintable() and name == name.strip()


def _text(avatar: str, found: dict[str, str], unknown: list[str], missing: list[str]) -> str:
    title = json.dumps(avatar, ensure_ascii=False)
    lines = [
        f"# A map to start from, for {_comment(avatar)}: {len(found)} of its {len(found) + len(unknown)} morph targets",
        f"# resemble ARKit shapes, {len(SHAPE_NAMES) - len(missing)} of the {len(SHAPE_NAMES)}.",
        "# Look at each line: names were compared, not movements. Left and right are the subject's own.",
        "# How formulas are written: blendshape_maps/README.md. See it move: avatar-driver map show FILE --source 0",
        "",
        f"target: {title}",
        "limits: [0, 1]",
        "",
        "parameters:",
    ]
    for name, formula in found.items():
        note = "  # has no side: the mean of both" if formula.startswith("{") else ""
        lines.append(f"  {_key(name)}: {formula}{note}")
    if unknown:
        lines += [
            "",
            "  # No ARKit shape has a name like these. Give a formula to those you want, and take the # away:",
        ]
        lines += [f"  # {_comment(_key(name))}: " for name in unknown]
    if missing:
        lines += ["", "# The avatar has nothing named like these ARKit shapes; they will not be seen on it:"]
        lines += [f"#     {name}" for name in missing]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _comment(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)[:120]


# --- Reading files -------------------------------------------------------------------------------------------------


def morph_names(path: Path) -> list[str]:
    """The names of all morph targets in a .glb, .gltf or .vrm, or the names in a .json: a list, or a mapping's keys.

    Raises:
        StarterError: the file cannot be read, is something else, or has no named morph target.
    """
    data = _bytes_of(path)
    suffix = path.suffix.lower()
    if suffix == ".json":
        names = _listed(data, path)
    elif suffix in (".glb", ".gltf", ".vrm"):
        names = _gltf_names(data, path)
    else:
        raise StarterError(f"expected a .glb, .gltf, .vrm or .json file, found {path}")
    if len(names) > _MOST_NAMES:
        raise StarterError(f"{path} has {len(names):,} names; a map has at most {_MOST_NAMES:,}")
    return names


def _bytes_of(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise StarterError(f"cannot read {path}: not a file")
        if path.stat().st_size > _LARGEST:
            raise StarterError(f"cannot read {path}: larger than {_LARGEST // 2**30} GB")
        return path.read_bytes()
    except FileNotFoundError:
        raise StarterError(f"no file {path}") from None
    except OSError as error:
        raise StarterError(f"cannot read {path}: {error.strerror or error}") from error


def _listed(data: bytes, path: Path) -> list[str]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise StarterError(f"{path} is not JSON: {error}") from error
    names = list(content) if isinstance(content, list | dict) else []
    if not names or not all(isinstance(name, str) for name in names):
        raise StarterError(f"{path} must hold a list of names, or a mapping from names")
    return list(dict.fromkeys(names))


def _gltf_names(data: bytes, path: Path) -> list[str]:
    # Takes 0.2 s to import, which only this command needs.
    from pygltflib import GLTF2

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about buffers, which are not looked at
            text = data.decode("utf-8-sig") if data[:4] != b"glTF" else None
            model: Any = GLTF2.load_from_bytes(data) if text is None else GLTF2.from_json(text, infer_missing=True)
        names = list(dict.fromkeys(_target_names(model.meshes)))
    except Exception as error:  # border: the library answers a damaged file with whatever came to its mind
        raise StarterError(f"{path} is not a glTF file that can be read ({type(error).__name__}: {error})") from error
    if not names:
        raise StarterError(f"no mesh of {path} has morph targets with names; export the avatar with its blend shapes")
    return names


def _target_names(meshes: Iterable[Any]) -> Iterable[str]:
    """Names stand in a mesh's extras or, by older exporters, in those of its primitives."""
    for mesh in meshes:
        for owner in (mesh, *mesh.primitives):
            names = (owner.extras or {}).get("targetNames") or []
            yield from (name for name in names if isinstance(name, str))
