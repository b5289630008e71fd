"""The package, compiled once."""

import shutil
from pathlib import Path

import pytest

from tests.plugins.unity.building import build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with harness.exe (the core) and layer.exe (the components, against stand-ins for Unity)."""
    for tool in ("mcs", "mono"):
        if shutil.which(tool) is None:
            pytest.skip(
                f"needs {tool} to compile and run C#, which is not on this machine (apt: mono-mcs, mono-runtime)"
            )
    folder = tmp_path_factory.mktemp("unity")
    build(folder)
    return folder
