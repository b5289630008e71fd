"""The console sink: what stands in the terminal at any size, and the plain lines where there is none."""

import io
import os
import subprocess
import sys

import numpy as np
import pytest
from rich.console import Console as Rich

from avatar_driver.channels import INDEX, PAIRS, SHAPE_NAMES, Support
from avatar_driver.frame import ALL_MEASURED, Frame, Origin
from avatar_driver.sinks.console import Console


def face(time: float = 0.0, tone: dict[str, float] | None = None, **values: float) -> Frame:
    arrays = np.zeros((2, 58), np.float32)
    for array, named in zip(arrays, (values, tone or {}), strict=True):
        for name, value in named.items():
            array[INDEX[name]] = value
    return Frame(time, arrays[0], arrays[1])


def picture(sink: Console, width: int = 80, height: int = 24, **settings) -> list[str]:
    """The lines of what `rich` shows."""
    rich = Rich(record=True, width=width, height=height, file=io.StringIO(), force_terminal=True, **settings)
    rich.print(sink)
    return rich.export_text().splitlines()


async def shown(frame: Frame, *, width: int = 80, height: int = 24, **settings) -> list[str]:
    sink = Console(**settings)
    await sink.open()
    await sink.send(frame)
    return picture(sink, width, height)


def row(lines: list[str], label: str) -> str:
    """What stands behind a label, as far as its column goes in a picture of one column."""
    (line,) = (line for line in lines if line.startswith(f"{label} ") or line.startswith(f"{label}~"))
    return line.removeprefix(label).strip()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# Bars


@pytest.mark.parametrize("size", [(80, 24), (120, 30), (200, 60), (50, 20), (40, 12), (24, 8), (10, 3)])
async def test_the_picture_fits_its_terminal_with_room_for_the_status(size: tuple[int, int]) -> None:
    width, height = size
    frame = face(jawOpen=0.5).changed(altered=frozenset({"amplify", "symmetry"}))
    lines = await shown(frame, width=width, height=height)
    assert all(len(line) <= width for line in lines)
    assert len(lines) <= max(3, height - 5)


async def test_eighty_by_twenty_four_hold_every_shape() -> None:
    text = "\n".join(await shown(face(), width=80, height=24))
    lefts = {SHAPE_NAMES[left] for left, _ in PAIRS}
    rights = {SHAPE_NAMES[right] for _, right in PAIRS}
    for name in SHAPE_NAMES:
        label = {"jawLeft": "jawLeft/Right", "mouthLeft": "mouthLeft/Right"}.get(name, name)
        assert name in rights or (label.removesuffix("Left") if name in lefts else label) in text
    assert "left out" not in text


async def test_a_bar_is_as_long_as_the_value_and_the_tone_stands_in_it() -> None:
    lines = await shown(face(jawOpen=0.5, tone={"jawOpen": 0.25}), width=57, channels=["jawOpen"])
    bar = row(lines, "jawOpen")
    assert len(bar) == 41
    assert bar.index("┃") == 10
    assert bar.replace("┃", "━") == "━" * 20 + "╸" + "─" * 20


async def test_a_tone_above_the_value_stands_beyond_the_bar() -> None:
    lines = await shown(face(jawOpen=0.25, tone={"jawOpen": 0.75}), width=57, channels=["jawOpen"])
    assert row(lines, "jawOpen") == "━" * 10 + "─" * 21 + "┃" + "─" * 9


@pytest.mark.parametrize(("value", "bar"), [(0.0, "─" * 41), (1.0, "━" * 41), (1.5, "━" * 41), (-0.5, "─" * 41)])
async def test_values_at_and_beyond_the_ends_fill_the_bar_and_no_more(value: float, bar: str) -> None:
    assert row(await shown(face(jawOpen=value), width=57, channels=["jawOpen"]), "jawOpen") == bar


async def test_a_full_tone_is_still_seen() -> None:
    lines = await shown(face(jawOpen=1.0, tone={"jawOpen": 1.0}), width=57, channels=["jawOpen"])
    assert row(lines, "jawOpen") == "━" * 40 + "┃"


async def test_left_and_right_stand_beside_each_other() -> None:
    lines = await shown(face(eyeBlinkLeft=1.0), width=57, channels=["eyeBlinkLeft", "eyeBlinkRight"])
    assert row(lines, "eyeBlink") == "━" * 20 + " " + "─" * 20


async def test_a_channel_that_the_source_cannot_know_is_called_absent_and_a_derived_one_is_marked() -> None:
    support = list(ALL_MEASURED)
    support[INDEX["tongueOut"]] = Support.ABSENT
    support[INDEX["cheekPuff"]] = Support.DERIVED
    frame = face(tongueOut=0.9, cheekPuff=0.5).changed(origin=Origin(captured=0.0, support=tuple(support)))
    lines = await shown(frame, width=57, channels=["tongueOut", "cheekPuff", "jawOpen"])
    assert row(lines, "tongueOut") == "absent"
    assert any(line.startswith("cheekPuff      ~━") for line in lines)
    assert any(line.startswith("jawOpen         ─") for line in lines)


async def test_the_first_line_tells_tracking_and_head_and_the_second_what_altered_the_face() -> None:
    frame = face(headRotationY=0.5, headPositionZ=-0.12)
    tracked = await shown(frame)
    assert tracked[0] == "● tracked  yaw  +29°  pitch   +0°  roll   +0°  at +0 +0 -12 cm"
    assert "altered" not in "".join(tracked)
    lost = await shown(frame.changed(tracked=False, altered=frozenset({"symmetry", "amplify"})))
    assert lost[0].startswith("● lost ")
    assert lost[1].startswith(" altered: amplify, symmetry ")


async def test_where_there_is_little_room_the_rows_that_moved_stay_and_the_rest_is_counted() -> None:
    lines = await shown(face(noseSneerRight=0.9, jawOpen=0.8, eyeBlinkLeft=0.7), width=60, height=10)
    assert [line.split()[0] for line in lines[2:]] == ["eyeBlink", "jawOpen", "noseSneer"]
    assert lines[1].startswith("29 quieter rows left out; ")


async def test_a_row_does_not_leave_the_moment_its_channel_rests() -> None:
    sink = Console()
    await sink.open()
    await sink.send(face(jawOpen=0.9))
    for i in range(30):
        await sink.send(face(i / 30, noseSneerLeft=0.1))
    assert "jawOpen" in "".join(picture(sink, 60, 8))
    for i in range(300):
        await sink.send(face(i / 30, noseSneerLeft=0.1))
    assert "jawOpen" not in "".join(picture(sink, 60, 8))


async def test_only_the_channels_that_are_named_are_shown() -> None:
    lines = await shown(
        face(headRotationX=0.1, headPositionX=0.05), channels=["headRotationX", "headPositionX", "jawOpen"]
    )
    assert len(lines) == 4
    text = "\n".join(lines)
    assert "+5.7 deg" in text
    assert "+5.0 cm" in text


async def test_one_twin_alone_keeps_its_side() -> None:
    lines = await shown(face(eyeBlinkRight=1.0), width=57, channels=["eyeBlinkRight"])
    assert lines[2] == f"{'eyeBlink':<16}{' ' * 20} {'━' * 20}"


async def test_a_terminal_without_line_drawing_gets_plain_characters() -> None:
    sink = Console()
    await sink.open()
    await sink.send(face(jawOpen=0.5, tone={"jawOpen": 0.2}))
    out = io.BytesIO()
    with io.TextIOWrapper(out, encoding="ascii") as stream:
        Rich(file=stream, width=80, height=24).print(sink)
        stream.flush()
        assert b"jawOpen         =====|" in out.getvalue()


def test_before_the_first_frame_the_picture_says_so() -> None:
    assert picture(Console()) == ["no face yet"]


async def test_in_a_terminal_nothing_is_written_between_the_pictures(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    sink = Console()
    await sink.open()
    for i in range(100):
        await sink.send(face(i / 30))
    await sink.close()
    assert terminal.getvalue() == ""
    assert sink.describe() == "this terminal"


# Plain lines


async def test_without_a_terminal_a_line_a_second_of_the_frames_own_time_is_written(capsys) -> None:
    sink = Console()
    await sink.open()
    for i in range(91):
        await sink.send(face(1000 + i / 30, jawOpen=0.5))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["0.0", "1.0", "2.0", "3.0"]
    assert sink.describe() == "a line every 1 s"


async def test_a_line_holds_state_head_the_strongest_shapes_and_what_altered_them(capsys) -> None:
    sink = Console()
    await sink.open()
    frame = face(
        5.0, jawOpen=0.5, cheekPuff=0.25, browInnerUp=1.0, tongueOut=0.125, noseSneerLeft=0.1, headRotationX=-0.2
    )
    await sink.send(frame.changed(tracked=False, altered=frozenset({"symmetry", "amplify"})))
    assert capsys.readouterr().out == (
        "     0.0 s  lost     yaw  +0  pitch -11  roll  +0  browInnerUp 1.00  jawOpen 0.50  cheekPuff 0.25  "
        "tongueOut 0.12  [altered: amplify, symmetry]\n"
    )


async def test_a_line_holds_the_channels_that_are_named_in_their_order(capsys) -> None:
    sink = Console(channels=["tongueOut", "jawOpen"], interval_seconds=0.5)
    await sink.open()
    await sink.send(face(jawOpen=0.5))
    assert capsys.readouterr().out.endswith("roll  +0  tongueOut 0.00  jawOpen 0.50\n")


async def test_lines_go_on_when_the_clock_begins_again(capsys) -> None:
    sink = Console()
    await sink.open()
    await sink.send(face(5000.0))
    await sink.send(face(1.0))
    await sink.send(face(1.5))
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="there a pipe cannot be asked whether it is full")
async def test_a_reader_that_does_not_read_misses_lines_and_holds_nobody(monkeypatch) -> None:
    reading, writing = os.pipe()
    with open(reading, "rb", buffering=0) as reader, open(writing, "w") as stream:  # noqa: ASYNC230, PTH123 - a pipe
        monkeypatch.setattr(sys, "stdout", stream)
        sink = Console()
        await sink.open()
        for i in range(2000):  # four times what a pipe holds
            await sink.send(face(float(i)))
        held = reader.read(1_000_000)
        assert 100 < held.count(b"\n") < 2000
        assert held.endswith(b"\n")
        await sink.send(face(3000.0))
        assert b"3000.0 s" in reader.read(1_000_000)


async def test_a_reader_that_is_gone_is_an_error_of_the_system(monkeypatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = open(writing, "w")  # noqa: ASYNC230, PTH123, SIM115 - a pipe; closing it fails too
    monkeypatch.setattr(sys, "stdout", stream)
    sink = Console()
    await sink.open()
    with pytest.raises(BrokenPipeError):
        await sink.send(face())
    with pytest.raises(BrokenPipeError):
        stream.close()


# Making one


def test_a_channel_that_is_not_there_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ValueError, match="no channel named 'jawOpne'; did you mean 'jawOpen'\\?"):
        Console(channels=["jawOpne"])


def test_rich_is_not_imported_before_a_picture_is_asked_for() -> None:
    script = "import sys, avatar_driver.sinks.console; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
