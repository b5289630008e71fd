"""A map as a table."""

import io
import re
import time
from pathlib import Path

import pytest
from rich.console import Console

from avatar_driver import maps, options
from avatar_driver.channels import Support
from avatar_driver.errors import AvatarDriverError, SourceError
from avatar_driver.frame import Frame, Origin
from avatar_driver.map_table import MapTable, in_words, show
from tests.faces import face

EXAMPLE = """
target: test
terms: {smile: {mouthSmileLeft: 0.5, mouthSmileRight: 0.5}}
parameters:
  Mouth: jawOpen
  Open: {one_minus: eyeBlinkLeft}
  Both: {headYaw: 57.3, constant: -2, limits: [-90, 90]}
  Wide: {product: [smile, {one_minus: jawOpen}, 0.5]}
  Any: {max: [mouthPucker, mouthFunnel, {jawOpen: 2}]}
  Shut: {min: [eyeBlinkLeft, {limits: [0, 0.5], jawOpen: 1}]}
  Bent: {power: [{jawOpen: 1, constant: 0.25}, 2]}
  Less: {jawOpen: -1, mouthClose: -0.5}
  Tongue: tongueOut
neutral: {Open: 1, Both: -2, Bent: 0.0625}
"""


@pytest.fixture
def example(tmp_path: Path) -> str:
    (tmp_path / "mine.yaml").write_text(EXAMPLE)
    return str(tmp_path / "mine.yaml")


def screen(width: int = 140, height: int = 60, *, terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=width, height=height, force_terminal=terminal, color_system=None)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def rows(text: str) -> dict[str, list[str]]:
    """Cells of each row by its parameter's name."""
    return {cells[0]: cells[1:] for line in text.splitlines() if len(cells := re.split(r" {2,}", line.strip())) > 2}


def test_formulas_are_told_in_words(example: str) -> None:
    loaded = maps.load(example)
    words = {parameter.name: in_words(parameter.expression) for parameter in loaded.parameters}
    assert words == {
        "Mouth": "jawOpen",
        "Open": "1 − eyeBlinkLeft",
        "Both": "57.3 × headYaw − 2",
        "Wide": "smile × (1 − jawOpen) × 0.5",
        "Any": "(the largest of mouthPucker, mouthFunnel and 2 × jawOpen)",
        "Shut": "(the smaller of eyeBlinkLeft and (jawOpen, kept within 0 to 0.5))",
        "Bent": "(jawOpen + 0.25) to the power of 2",
        "Less": "−jawOpen − 0.5 × mouthClose",
        "Tongue": "tongueOut",
    }


def test_without_a_source_the_face_is_at_rest_and_what_the_camera_cannot_see_is_said(example: str) -> None:
    console = screen()
    show(example, console)
    table = rows(printed(console))
    assert table["Open"] == ["1.000", "██████████", "1 − eyeBlinkLeft", "0 to 1", "measured"]
    assert table["Both"][0] == "-2.000"
    assert table["Both"][-2:] == ["-90 to 90", "measured"]
    assert table["Tongue"][-1] == "absent"
    assert "smile is 0.5 × mouthSmileLeft + 0.5 × mouthSmileRight" in printed(console)
    assert "mine: test, 9 parameters" in printed(console)


@pytest.mark.parametrize("name", maps.names())
def test_every_shipped_map_can_be_shown_with_each_of_its_parameters(name: str) -> None:
    console = screen(width=300)
    show(name, console)
    for parameter in maps.load(name).names:
        assert re.search(rf"^{re.escape(parameter)} ", printed(console), re.MULTILINE), parameter


def test_a_frame_gives_its_values_and_its_own_support(example: str) -> None:
    support = (Support.ABSENT,) * 58
    frame = Frame(1.0, face(jawOpen=0.5, headRotationY=-0.7853982), origin=Origin(captured=1.0, support=support))
    console = screen()
    console.print(MapTable(maps.load(example)).table(frame))
    table = rows(printed(console))
    assert table["Mouth"] == ["0.500", "█████·····", "jawOpen", "0 to 1", "absent"]
    assert table["Both"][:2] == ["-47.003", "··███│·····"]


def test_a_map_taller_than_the_screen_shows_what_moves_in_the_maps_own_order() -> None:
    drawn = MapTable(maps.load("unified"))
    frame = Frame(1.0, face(jawOpen=0.9, mouthFrownLeft=0.9, tongueOut=1))
    for _ in range(3):
        table = drawn.table(frame, height=20)
    console = screen(width=150)
    console.print(table)
    lines = printed(console).splitlines()
    assert len(lines) <= 20
    assert "the 15 that move most" in lines[0]
    shown = [name for name in rows(printed(console)) if name.startswith("v2/")]
    assert {"v2/JawOpen", "v2/TongueOut"} <= set(shown)
    order = maps.load("unified").names
    assert shown == sorted(shown, key=order.index)
    for _ in range(400):
        table = drawn.table(Frame(1.0, face(browInnerUp=0.5)), height=9)
    console = screen(width=150)
    console.print(table)
    assert "v2/BrowInnerUp" in rows(printed(console))
    assert "v2/JawOpen" not in rows(printed(console)), "it came to rest long ago"


def test_with_a_source_but_no_terminal_it_is_printed_once_with_a_face() -> None:
    console = screen()
    began = time.monotonic()
    show("arkit", console, source=options.overrides(source="synthetic"))
    assert time.monotonic() - began < 5
    assert printed(console).count("arkit: ARKit") == 1
    assert " now " in printed(console)


def test_in_a_terminal_it_goes_on_until_the_seconds_are_over() -> None:
    console = screen(terminal=True)
    began = time.monotonic()
    show("vrm1", console, source=options.overrides(source="synthetic"), seconds=0.6)
    assert 0.6 <= time.monotonic() - began < 5
    values = set(re.findall(r"aa +(\d\.\d+)", printed(console)))
    assert printed(console).count("vrm1: VRM 1.0") >= 2
    assert values


def test_what_is_wrong_with_map_or_source_is_an_error_and_no_table(tmp_path: Path) -> None:
    console = screen()
    with pytest.raises(AvatarDriverError, match="no map named 'vrm'"):
        show("vrm", console)
    with pytest.raises(SourceError, match=r"no file '.*gone.mp4'"):
        show("vrm1", console, source=options.overrides(source=str(tmp_path / "gone.mp4")))
    assert printed(console) == ""
