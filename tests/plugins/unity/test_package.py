"""What Unity's package manager wants, as far as it can be seen without Unity."""

import json
import re
from pathlib import Path

import pytest

from tests.plugins.unity.golden_csharp import SOURCE, written
from tests.plugins.unity.metas import PACKAGE, assets, meta_of, text_of

ROOT = PACKAGE.parents[1]
SCRIPTS = sorted(PACKAGE.rglob("*.cs"))


def test_every_file_and_folder_has_its_meta_and_no_meta_is_left_over() -> None:
    # A package from a git URL is read-only: Unity ignores what has no meta.
    assert {meta_of(asset) for asset in assets()} == set(PACKAGE.rglob("*.meta"))


def test_every_guid_is_unique_and_follows_from_the_path() -> None:
    guids = []
    for asset in assets():
        text = meta_of(asset).read_text(encoding="utf-8")
        assert text == text_of(asset), asset
        found = re.search(r"^guid: ([0-9a-f]{32})$", text, re.MULTILINE)
        assert found, asset
        guids.append(found[1])
    assert len(guids) == len(set(guids)) > 40


def test_what_unity_hides_has_no_meta_of_its_own() -> None:
    assert not (PACKAGE / "Samples~.meta").exists()
    assert all("~" not in meta.name for meta in PACKAGE.rglob("*.meta"))


def test_the_manifest_names_samples_that_are_there_and_the_version_of_the_changelog() -> None:
    manifest = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
    assert manifest["name"] == "com.avatar-driver.receiver"
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    assert re.fullmatch(r"\d{4}\.\d", manifest["unity"])
    for sample in manifest["samples"]:
        assert list((PACKAGE / sample["path"]).glob("*.cs"))
    newest = re.search(r"^## (\S+)", (PACKAGE / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == manifest["version"]


def test_the_licence_is_the_project_s() -> None:
    assert (PACKAGE / "LICENSE.md").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_assembly_definitions_are_named_as_their_files_and_refer_to_each_other() -> None:
    definitions = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.asmdef")}
    assert set(definitions) == {
        "AvatarDriver.Protocol", "AvatarDriver.Unity", "AvatarDriver.Editor", "AvatarDriver.Tests",
        "AvatarDriver.ProceduralFace",
    }  # fmt: skip
    assert all(found["name"] == name for name, found in definitions.items())
    assert definitions["AvatarDriver.Protocol"]["noEngineReferences"] is True
    # What is for the editor alone must not get into a player's build.
    for name in ("AvatarDriver.Editor", "AvatarDriver.Tests"):
        assert definitions[name]["includePlatforms"] == ["Editor"]


def test_every_script_lies_under_one_assembly_definition() -> None:
    for script in SCRIPTS:
        above = [folder for folder in script.parents if list(folder.glob("*.asmdef")) and PACKAGE in folder.parents]
        assert len(above) == 1, script


def test_the_core_knows_nothing_of_unity() -> None:
    for script in (PACKAGE / "Runtime/Protocol").glob("*.cs"):
        assert not re.search(r"Unity(Engine|Editor)", script.read_text(encoding="utf-8")), script


def test_the_editor_is_used_nowhere_else() -> None:
    for script in SCRIPTS:
        uses = "UnityEditor" in script.read_text(encoding="utf-8")
        assert not uses or script.parent.name == "Editor", script


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_component_has_the_name_of_its_file(script: Path) -> None:
    # Unity finds a component by its file's name.
    for name in re.findall(
        r"class (\w+)(?:<\w+>)? : (?:MonoBehaviour|FaceBinder|BoneBinder|Editor)\b", script.read_text()
    ):
        assert script.stem == name


def test_scripts_are_small() -> None:
    for script in SCRIPTS:
        if script != SOURCE:
            assert len(script.read_text(encoding="utf-8").splitlines()) <= 300, script


def test_the_golden_packets_of_the_package_are_the_project_s() -> None:
    assert SOURCE.read_text(encoding="utf-8") == written(), "run python -m tests.plugins.unity.golden_csharp"


def test_the_readme_names_menus_and_settings_that_exist() -> None:
    readme = (PACKAGE / "README.md").read_text(encoding="utf-8")
    code = "\n".join(script.read_text(encoding="utf-8") for script in SCRIPTS)
    for menu in re.findall(r"\*\*([A-Z][\w ]+(?: > [\w: ]+)+)\*\*", readme):
        words = menu.split(" > ")
        if "Avatar Driver" in words:
            assert "/".join(words[words.index("Avatar Driver") :]) in code, menu
    for setting in re.findall(r"\*([A-Z][a-z]+(?: [a-z]+)*)\*(?!\*)", readme):
        field = re.sub(r" (\w)", lambda found: found[1].upper(), setting[0].lower() + setting[1:])
        assert re.search(rf"\b{field}\b", code), setting
