"""The README says what is so."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from avatar_driver import maps, profile, registry
from avatar_driver.profile import read_profile
from avatar_driver.registry import Kind

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("row", "names"),
    [
        *((str(kind), registry.names(kind)) for kind in Kind),
        ("maps", maps.names()),
        ("profiles", profile.names()),
    ],
)
def test_the_table_of_parts_is_the_registry(row: str, names: list[str]) -> None:
    line = next(line for line in README.splitlines() if line.startswith(f"| {row} |"))
    without_asides = re.sub(r"\([^)]*\)", "", line)
    assert sorted(re.findall(r"`(\w+)`", without_asides)) == sorted(names)


def test_the_profile_shown_is_sound() -> None:
    (shown,) = re.findall(r"```yaml\n(source:.*?)```", README, re.DOTALL)
    assert [part.label for part in read_profile(shown, "README.md").sinks] == ["vmc", "vrchat"]


def test_both_commands_for_newcomers_stand_on_a_line_of_their_own() -> None:
    demo, tests = re.findall(r"^    (python3 -m venv .*)$", README, re.MULTILINE)
    assert demo.endswith("avatar-driver demo")
    assert " -m pytest -q" in tests


def test_every_option_named_exists() -> None:
    code = "import sys; sys.argv = ['avatar-driver', 'run', '--help']; from avatar_driver.cli import main; main()"
    help_text = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    (usage,) = re.findall(r"avatar-driver run \[PROFILE\].*?\n    avatar-driver", README, re.DOTALL)
    for option in set(re.findall(r"--[a-z]+", usage)):
        assert option in help_text, option


@pytest.mark.parametrize("line", re.findall(r"^    \.venv/bin/(avatar-driver .*?) +#", README, re.MULTILINE))
def test_every_command_named_exists(line: str) -> None:
    command = shlex.split(line)[1]
    done = subprocess.run(
        [sys.executable, "-m", "avatar_driver", command, "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
