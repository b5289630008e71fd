"""Fixtures that any test may use, and where the real faces lie."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.chromium import chromium

if TYPE_CHECKING:
    from playwright.async_api import Browser

# A property that is slow on a busy machine is not wrong: time is judged in tests/bench, never by Hypothesis.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Real faces, a real model and real captures lie beside the checkout on the project's own machines. They are not
# committed (faces are biometric data), so tests that need one ask for it by name and skip elsewhere.
SHARED = Path(__file__).resolve().parents[2] / "shared"


# Files that must not run at the same time: one real program would find the stand-in VRChat of the other by mDNS; and
# the tests in a browser share a stage whose building takes longer than they do.
TOGETHER = {
    "tests/sinks/test_vrchat_avatar.py": "mdns",
    "tests/plugins/test_vrchat_plugin.py": "mdns",
    "tests/plugins/browser/": "stage",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `-n 2`, a file's tests stay in one process, for they share what its fixtures made."""
    for item in items:
        file = item.nodeid.partition("::")[0]
        group = next((group for path, group in TOGETHER.items() if file.startswith(path)), file)
        item.add_marker(pytest.mark.xdist_group(group))


def _need(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"needs {path.parent.name}/{path.name}, which is not on this machine")
    return path


@pytest.fixture
def face_model() -> Path:
    return _need(SHARED / "models" / "face_landmarker.task")


@pytest.fixture
def face_video() -> Path:
    """A clip of a person acting, 25 frames a second."""
    return _need(SHARED / "faces" / "d10.mp4")


@pytest.fixture
def faceless_video() -> Path:
    return _need(SHARED / "faces" / "s13.mp4")


@pytest.fixture
def captures() -> Path:
    return _need(SHARED / "captures")


@pytest.fixture
async def browser() -> AsyncIterator["Browser"]:
    """The system's Chromium, without a window."""
    async with chromium() as browser:
        yield browser
