"""Compiles the package by its assembly definitions, as Unity would, with mono's compiler and stand-ins for Unity."""

import json
import subprocess
from pathlib import Path
from typing import Final

from tests.plugins.unity.metas import PACKAGE

__all__ = ["build"]

HERE: Final = Path(__file__).parent

# Names that Unity's own assemblies have in an assembly definition; the stand-ins are one assembly for all of them.
_ENGINE: Final = {"UnityEngine.TestRunner", "UnityEditor.TestRunner"}


def build(into: Path) -> None:
    """Compiles every assembly of the package, warnings being errors, then the programs the tests run.

    Raises:
        AssertionError: something does not compile; the compiler's words are in it.
    """
    into.mkdir(exist_ok=True)
    _compile(into / "UnityStub.dll", sorted((HERE / "stubs").glob("*.cs")), [], "-target:library")
    definitions = {path: json.loads(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.asmdef")}
    waiting = {found["name"]: (path, found) for path, found in definitions.items()}
    done: list[str] = []
    while waiting:
        ready = [name for name, (_, found) in waiting.items() if set(found["references"]) - _ENGINE <= set(done)]
        assert ready, f"assembly definitions refer to what is not there, or to each other: {sorted(waiting)}"
        for name in ready:
            path, found = waiting.pop(name)
            references = [into / f"{one}.dll" for one in found["references"] if one not in _ENGINE]
            if not found["noEngineReferences"]:
                references.append(into / "UnityStub.dll")
            _compile(into / f"{name}.dll", sorted(path.parent.rglob("*.cs")), references, "-target:library")
            done.append(name)
    libraries = sorted(into.glob("*.dll"))
    for program in ("harness", "layer"):
        _compile(into / f"{program}.exe", sorted((HERE / program).glob("*.cs")), libraries, "-target:exe")


def _compile(output: Path, sources: list[Path], references: list[Path], target: str) -> None:
    done = subprocess.run(
        ["mcs", "-langversion:7.2", "-warn:4", "-warnaserror", "-optimize", target, f"-out:{output}",
         *(f"-r:{reference}" for reference in references), *map(str, sources)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{output.name} does not compile:\n{done.stderr}{done.stdout}"
