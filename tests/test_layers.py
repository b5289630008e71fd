"""The shape of the program, read off its imports."""

import ast
from pathlib import Path

import pytest

import avatar_driver

PACKAGE = Path(avatar_driver.__file__).parent

# Import only from lower layers. A folder stands for all its modules.
LAYERS = [
    {"errors", "channels", "__init__"},
    {"frame", "rotation"},
    {"stages", "protocols", "formula", "retarget", "calibration"},
    {"sources", "sinks", "registry", "document", "resources", "models", "latest", "statistics", "serving", "puppet"},
    {"maps", "settings", "capture", "lane", "testing", "edits"},
    {"schema", "engine", "profile", "bench"},
    {"map_starter", "map_table", "saving"},
    {"session", "display", "options", "listing", "doctor", "calibrating", "guide", "proving", "vrchat_plan"},
    {"web"},
    {"running"},
    {"cli", "cli_groups", "__main__"},
]
# Rows in which names may know each other, because they were one module before they grew.
MAY_KNOW = {
    ("retarget", "formula"),
    ("profile", "schema"),
    ("display", "session"),
    ("guide", "calibrating"),
    ("sources", "models"),
    ("sinks", "serving"),
    ("sinks", "puppet"),
    ("puppet", "resources"),
    ("__main__", "cli"),
    ("cli", "cli_groups"),
}
IMPURE = {
    "asyncio",
    "threading",
    "socket",
    "time",
    "random",
    "os",
    "pathlib",
    "logging",
    "cv2",
    "mediapipe",
    "websockets",
}
ONLY_IN = {
    "cv2": {"sources", "puppet"},  # and the virtual camera, which is drawn there
    "mediapipe": {"sources"},
    "yaml": {"document"},
    "pydantic": {"schema", "profile", "maps"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def unit(path: Path) -> str:
    """The folder or, at the top, the module that a file belongs to."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer(name: str) -> int:
    return next((i for i, names in enumerate(LAYERS) if name in names), -1)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_layers_below(path: Path) -> None:
    own = unit(path)
    assert layer(own) >= 0, f"{own} stands in no layer; say in this test where it belongs"
    for name in imports(path):
        if not name.startswith("avatar_driver."):
            continue
        _, other, *rest = name.split(".")
        if layer(other) < 0 or other == "__init__":
            continue  # `from avatar_driver import __version__`
        if other != own:
            below = layer(other) < layer(own) or (own, other) in MAY_KNOW
            assert below, f"{own} (layer {layer(own)}) imports {name} (layer {layer(other)})"
        elif own in {"sources", "stages", "sinks", "protocols"} and rest:
            sibling = rest[0]
            private = sibling.startswith("_") or sibling == path.stem
            assert private or not (PACKAGE / own / f"{sibling}.py").exists() or own == "protocols", (
                f"{path.name} imports its sibling {name}"
            )


@pytest.mark.parametrize("path", [p for p in MODULES if layer(unit(p)) <= 2], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_the_lower_layers_are_pure(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & IMPURE


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_libraries_stay_where_they_belong(path: Path) -> None:
    for name in imports(path):
        allowed = ONLY_IN.get(name.split(".")[0])
        assert allowed is None or unit(path) in allowed, f"{path.name} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
