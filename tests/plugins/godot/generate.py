"""Writes the generated files of `plugins/godot`: `python -m tests.plugins.godot.generate`."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.plugins.godot.port_to_godot3 import NODES, PURE, SAMPLE, ported
from tests.plugins.godot.unified_table import table

__all__ = ["ADDON", "GODOT", "expected"]

GODOT: Final = Path(__file__).resolve().parents[3] / "plugins" / "godot"
ADDON: Final = Path("addons") / "avatar_driver"


def expected() -> Iterator[tuple[Path, str]]:
    """Each generated file and what it must hold."""
    yield GODOT / "godot4" / ADDON / "unified_shapes.gd", table()
    for name in PURE:
        text = table() if name == "unified_shapes.gd" else (GODOT / "godot4" / ADDON / name).read_text(encoding="utf-8")
        yield GODOT / "godot3" / ADDON / name, text
    for folder, names in ((ADDON, NODES), (Path("sample"), SAMPLE)):
        for name in names:
            yield (
                GODOT / "godot3" / folder / name,
                ported((GODOT / "godot4" / folder / name).read_text(encoding="utf-8")),
            )


def main() -> None:
    for path, text in expected():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copy(GODOT / "godot4" / ADDON / "LICENSE", GODOT / "godot3" / ADDON / "LICENSE")


if __name__ == "__main__":
    main()
