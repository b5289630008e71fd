"""The `.meta` files Unity wants beside every asset of a package, with GUIDs that follow from the paths.

    python -m tests.plugins.unity.metas      writes what is missing or wrong, deletes what is left over

A package from a git URL is read-only: an asset without its `.meta` is ignored, and scenes refer to scripts by GUID, so
a GUID must never change. A file that is moved keeps its old GUID by an entry in `_MOVED`.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["PACKAGE", "assets", "meta_of", "text_of"]

PACKAGE: Final = Path(__file__).parents[3] / "plugins/unity"

_NAME: Final = "com.avatar-driver.receiver"
_MOVED: Final[dict[str, str]] = {}  # path now: path when it was first published
_COMMON: Final = "  externalObjects: {}\n  userData: \n  assetBundleName: \n  assetBundleVariant: \n"
_SCRIPT: Final = (
    "MonoImporter:\n  externalObjects: {}\n  serializedVersion: 2\n  defaultReferences: []\n  executionOrder: 0\n"
    "  icon: {instanceID: 0}\n  userData: \n  assetBundleName: \n  assetBundleVariant: \n"
)
_IMPORTERS: Final = {
    ".asmdef": "AssemblyDefinitionImporter",
    ".json": "PackageManifestImporter",
    ".md": "TextScriptImporter",
}


def assets() -> Iterator[Path]:
    """Every file and folder that Unity imports, or will when a sample is taken over, but not its `.meta`.

    Unity hides what begins with a dot or ends with a tilde. A sample's files are imported once they are copied out of
    `Samples~`, so they have GUIDs too; the folder itself has none.
    """
    for path in sorted(PACKAGE.rglob("*")):
        hidden = path.name.endswith("~") or any(part.startswith(".") for part in path.relative_to(PACKAGE).parts)
        if not hidden and path.suffix != ".meta":
            yield path


def meta_of(asset: Path) -> Path:
    """Where an asset's `.meta` is."""
    return asset.with_name(asset.name + ".meta")


def text_of(asset: Path) -> str:
    """What an asset's `.meta` says."""
    path = asset.relative_to(PACKAGE).as_posix()
    guid = hashlib.md5(f"{_NAME}/{_MOVED.get(path, path)}".encode(), usedforsecurity=False).hexdigest()
    head = f"fileFormatVersion: 2\nguid: {guid}\n"
    if asset.is_dir():
        return f"{head}folderAsset: yes\nDefaultImporter:\n{_COMMON}"
    if asset.suffix == ".cs":
        return head + _SCRIPT
    return f"{head}{_IMPORTERS.get(asset.suffix, 'DefaultImporter')}:\n{_COMMON}"


if __name__ == "__main__":
    wanted = {meta_of(asset): text_of(asset) for asset in assets()}
    for found in set(PACKAGE.rglob("*.meta")) - set(wanted):
        found.unlink()
    for meta, text in wanted.items():
        meta.write_text(text, encoding="utf-8")
