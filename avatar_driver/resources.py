"""Where maps, profiles and pages lie: inside the package when installed from a wheel, in the checkout otherwise."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

__all__ = ["folder", "names"]


def folder(name: str) -> Traversable:
    """The folder `blendshape_maps` or `profiles`.

    An editable install runs from the checkout, where `blendshape_maps/` lies beside the package, not inside it.
    """
    inside = files("avatar_driver") / name
    if inside.is_dir():
        return inside
    return Path(str(files("avatar_driver"))).parent / name


def names(folder_name: str, suffix: str = ".yaml") -> list[str]:
    """The names, without suffix, of the files that ship in a folder, sorted."""
    return sorted(
        entry.name.removesuffix(suffix) for entry in folder(folder_name).iterdir() if entry.name.endswith(suffix)
    )
