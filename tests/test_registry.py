import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from avatar_driver import registry
from avatar_driver.registry import Kind, UnknownComponentError
from avatar_driver.stages.mirror import Mirror


def test_a_file_is_a_component() -> None:
    assert "mirror" in registry.names(Kind.STAGE)
    assert registry.component(Kind.STAGE, "mirror") is Mirror
    assert not any(name.startswith("_") for kind in Kind for name in registry.names(kind))


def test_an_unknown_name_gets_the_nearest_one() -> None:
    with pytest.raises(UnknownComponentError) as caught:
        registry.component(Kind.STAGE, "one_uro")
    assert str(caught.value) == "no stage named 'one_uro'; did you mean 'one_euro'?"
    with pytest.raises(UnknownComponentError, match="no sink named 'zzz'; there are "):
        registry.component(Kind.SINK, "zzz")


def test_names_are_listed_without_importing_anything_heavy() -> None:
    code = (
        "import sys; from avatar_driver import registry; [registry.names(k) for k in registry.Kind];"
        "print([m for m in ('cv2', 'mediapipe', 'websockets', 'avatar_driver.stages.mirror') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    def points(group: str) -> EntryPoints:
        target = "avatar_driver.stages.mirror:Mirror"
        return EntryPoints([EntryPoint(name, target, group) for name in ("flip", "loss")])

    monkeypatch.setattr(registry, "entry_points", points)
    registry._plugins.cache_clear()
    yield
    registry._plugins.cache_clear()


@pytest.mark.usefixtures("plugins")
def test_a_plugin_adds_a_name_but_never_replaces_one_of_ours() -> None:
    assert registry.component(Kind.STAGE, "flip") is Mirror
    assert registry.component(Kind.STAGE, "loss") is not Mirror
    assert registry.names(Kind.STAGE).count("loss") == 1
