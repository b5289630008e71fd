"""What can be said of plugins/browser/ without building it; tests/plugins/browser/ has the rest."""

import json
import re
from pathlib import Path
from typing import Final

import pytest

from avatar_driver.channels import CHANNELS

BROWSER: Final = Path(__file__).parents[2] / "plugins" / "browser"
CLIENT: Final = BROWSER / "client"
STAGE: Final = BROWSER / "stage"
SOURCES: Final = sorted([*CLIENT.glob("*.js"), *STAGE.glob("*.js"), *STAGE.glob("src/*.js")])


def test_the_client_depends_on_nothing() -> None:
    package = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))
    assert not any("ependencies" in key for key in package)
    assert {(CLIENT / name).is_file() for name in package["files"]} == {True}
    imports = {name for path in CLIENT.glob("*.js") for name in imported(path)}
    assert imports == {"./face-stream.js"}


def test_the_types_name_every_channel_in_order_and_everything_that_is_exported() -> None:
    types = (CLIENT / "avatar-driver.d.ts").read_text(encoding="utf-8")
    quoted = re.findall(r"'(\w+)'", types[: types.index("export type Support")])
    assert tuple(quoted) == CHANNELS
    module = (CLIENT / "avatar-driver.js").read_text(encoding="utf-8")
    names = re.search(r"export \{ (.*?) \} from", module)
    assert names is not None
    exported = {*names[1].split(", "), *re.findall(r"export function (\w+)", module)}
    declared = set(re.findall(r"export (?:const|class|function) (\w+)", types))
    assert declared == exported


def test_the_lock_file_names_no_registry_and_fits_every_computer() -> None:
    lock = json.loads((STAGE / "package-lock.json").read_text(encoding="utf-8"))
    packages = lock["packages"]
    resolved = {entry.get("resolved") for entry in packages.values()} - {None}
    assert resolved == {"../client"}
    outside = [entry for name, entry in packages.items() if name.startswith("node_modules/") and not entry.get("link")]
    assert all(entry.get("integrity", "").startswith("sha512-") for entry in outside)
    # Rollup's own programs are one package for each kind of computer, and a lock made where a registry lacks some
    # would leave the others without. Its WebAssembly runs everywhere.
    assert packages["node_modules/rollup"]["name"] == "@rollup/wasm-node"
    assert not any(name.startswith("node_modules/@rollup/") for name in packages)


def test_the_lock_file_is_that_of_the_package() -> None:
    package = json.loads((STAGE / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((STAGE / "package-lock.json").read_text(encoding="utf-8"))["packages"][""]
    for part in ("dependencies", "devDependencies"):
        assert locked[part] == package[part]


def test_the_page_has_no_script_or_style_of_its_own() -> None:
    page = (STAGE / "index.html").read_text(encoding="utf-8")
    assert [content for content in re.findall(r"<script[^>]*>(.*?)</script>", page, re.S) if content.strip()] == []
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_module_makes_code_or_markup_from_text_and_all_stay_small(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function\(|innerHTML|document\.write|https?://(?!127)", text)
    assert len(text.splitlines()) < 300
    assert max(map(len, text.splitlines())) <= 120


def imported(path: Path) -> list[str]:
    return re.findall(r"from '([^']+)'", path.read_text(encoding="utf-8"))
