import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_the_wheel_holds_maps_profiles_and_the_licence(wheel: Path) -> None:
    package = wheel / "avatar_driver"
    for folder in ("blendshape_maps", "profiles"):
        in_checkout = {path.name for path in (ROOT / folder if (ROOT / folder).is_dir() else
                                              ROOT / "avatar_driver" / folder).glob("*.yaml")}  # fmt: skip
        assert {path.name for path in (package / folder).glob("*.yaml")} == in_checkout
        assert in_checkout
    assert (package / "py.typed").is_file()
    assert list(wheel.glob("*.dist-info/licenses/LICENSE"))
    assert not list(wheel.glob("**/*.task"))
    assert not list(wheel.glob("**/*.mp4"))


def test_the_wheel_holds_the_pages_and_the_puppet(wheel: Path) -> None:
    static = Path("avatar_driver/web/static")
    assert {path.name for path in (wheel / static).iterdir()} == {path.name for path in (ROOT / static).iterdir()}
    assert {"index.html", "overlay.html", "puppet.json"} <= {path.name for path in (wheel / static).iterdir()}


def test_the_installed_package_finds_its_own_maps_and_profiles(wheel: Path, tmp_path: Path) -> None:
    code = (
        "import avatar_driver, sys; from avatar_driver import maps, profile;"
        "print(avatar_driver.__file__);"
        "[maps.load(name) for name in maps.names()]; [profile.load(name) for name in profile.names()];"
        "print(len(maps.names()), len(profile.names()))"
    )
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    place, counts = done.stdout.splitlines()
    assert place.startswith(str(wheel))
    assert min(map(int, counts.split())) >= 4
