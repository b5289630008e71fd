"""Takes as Epic's Live Link Face app saves them: a CSV of 61 curves with a timecode in each row.

    Timecode,BlendShapeCount,EyeBlinkLeft,…,TongueOut,HeadYaw,HeadPitch,HeadRoll,LeftEyeYaw,…,RightEyeRoll
    00:32:09:07.867,61,0.0491091609,0.2114743441,…,0.0056871092

What a real take and Unreal's importer (LiveLinkFaceImporter) show:

- The columns' order is the app's, with JawRight before JawLeft and MouthRight before MouthLeft, other than in its
  network packets. Some importers go by place, so we write this order; we read by name.
- The timecode is the time of day in frames: hours, minutes, seconds, frame, and thousandths of a frame. The file does
  not say how many frames a second has. Unreal takes 60 when any frame number is above 30, else 30; the app's own
  default is 60. A second of 60 frames is therefore what we write, whatever the camera's rate: the thousandths keep the
  true times, to 17 µs.
- Unreal stops at a row with fewer columns, so every row has them all. A count of 0 says that no face was in view.
- Angles are radians: head yaw + to the subject's left, pitch + up, roll + to the right; eyes yaw + to the subject's
  right, pitch + down. The head's signs are likely rather than certain, so each has a factor.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.channels import CHANNELS, INDEX, ROTATION, SHAPE_NAMES, SHAPES, Support
from avatar_driver.errors import DecodeError
from avatar_driver.frame import Frame, Origin
from avatar_driver.protocols._gaze import gaze, gaze_scale
from avatar_driver.rotation import (
    Euler,
    euler_from_quaternion,
    quaternion_from_euler,
    quaternion_from_vector,
    vector_from_quaternion,
)

__all__ = ["COLUMNS", "HEADER", "TIMECODE_FPS", "CsvTake", "CsvWriter", "decode"]

TIMECODE_FPS: Final = 60

_SWAPPED: Final = {"jawLeft": "jawRight", "jawRight": "jawLeft", "mouthLeft": "mouthRight", "mouthRight": "mouthLeft"}
_ORDERED: Final = [_SWAPPED.get(name, name) for name in SHAPE_NAMES]
_PLACES: Final = np.array([INDEX[name] for name in _ORDERED])
_HEAD: Final = ("HeadYaw", "HeadPitch", "HeadRoll")
_EYES: Final = ("LeftEyeYaw", "LeftEyePitch", "LeftEyeRoll", "RightEyeYaw", "RightEyePitch", "RightEyeRoll")

#: The 61 curves in the order of the app.
COLUMNS: Final = (*(name[0].upper() + name[1:] for name in _ORDERED), *_HEAD, *_EYES)
HEADER: Final = ",".join(("Timecode", "BlendShapeCount", *COLUMNS)) + "\n"

# A full look shape in radians, measured in a capture of the app.
_EYE_SCALE: Final = gaze_scale(0.575, 0.612)
_DAY: Final = 86_400
_PARTS: Final = 1000  # of a frame
_RATES: Final = (24, 25, 30, 50, 60)
_LONGEST_LINE: Final = 4096
_HIGHEST: Final = np.repeat(np.array([1.0, 100.0], np.float32), [len(SHAPE_NAMES), len(CHANNELS) - len(SHAPE_NAMES)])
_LOWEST: Final = np.where(_HIGHEST == 1, np.float32(0.0), -_HIGHEST)
_HALF_TURN: Final = math.pi + 1e-3
_ROW: Final = "%s,%d," + ",".join(["%.10f"] * len(COLUMNS)) + "\n"


class CsvWriter:
    """Rows of a take.

    Args:
        started: time of day of the first frame, in seconds.
        head: factors for yaw, pitch and roll; −1 turns a direction round.
        fps: frames in a second of the timecode.
    """

    def __init__(self, started: float, *, head: Sequence[float] = (1, 1, 1), fps: int = TIMECODE_FPS) -> None:
        yaw, pitch, roll = head
        self._head = (yaw, -pitch, roll)  # up is + there, down is + here
        self._ticks = fps * _PARTS
        self._started = started
        self._first: float | None = None
        self._last = -1

    def row(self, frame: Frame) -> str:
        """One line of about 800 characters. Numbers that no face can have are written as the nearest that one can."""
        if self._first is None:
            self._first = frame.time
        values = np.fmin(np.fmax(frame.values, _LOWEST), _HIGHEST)  # unlike clip, these let no NaN through
        angles = euler_from_quaternion(quaternion_from_vector(values[ROTATION].tolist()))
        # Adding 0 turns −0 into 0.
        head = [angle * factor + 0.0 for angle, factor in zip(angles, self._head, strict=True)]
        left_pitch, left_yaw, right_pitch, right_yaw = (gaze(values) * _EYE_SCALE).tolist()
        count = len(COLUMNS) if frame.tracked else 0
        eyes = (left_yaw, left_pitch, 0.0, right_yaw, right_pitch, 0.0)
        return _ROW % (self._timecode(frame.time), count, *values[_PLACES].tolist(), *head, *eyes)

    def _timecode(self, time: float) -> str:
        elapsed = time - self._first if self._first is not None and math.isfinite(time) else 0.0
        tick = round((self._started + elapsed) * self._ticks)
        # No two rows share a timecode: importers use it as the row's name.
        self._last = tick = max(tick, self._last + 1)
        frames, part = divmod(tick, _PARTS)
        seconds, frame = divmod(frames, self._ticks // _PARTS)
        minutes, second = divmod(seconds % _DAY, 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}:{frame:02d}.{part:03d}"


@dataclass(frozen=True, slots=True, eq=False)
class CsvTake:
    """A whole take.

    Attributes:
        times: (N,) seconds since the first row, strictly rising, also across midnight.
        values: (N, 58) float32.
        tracked: (N,) whether a face was in view.
        fps: frames in a second of the timecode.
        support: absent is what the file has no column for, the head's position above all.
    """

    times: NDArray[np.float64]
    values: NDArray[np.float32]
    tracked: NDArray[np.bool_]
    fps: float
    support: tuple[Support, ...]

    def frames(self) -> Iterator[Frame]:
        """The take, row by row."""
        origin = Origin(captured=0.0, support=self.support)
        for time, values, tracked in zip(self.times.tolist(), self.values, self.tracked.tolist(), strict=True):
            yield Frame(time, values.copy(), tracked=tracked, origin=origin)


def decode(data: bytes, *, head: Sequence[float] = (1, 1, 1), fps: float | None = None) -> CsvTake:
    """A take from the bytes of its file.

    Args:
        data: UTF-8, with or without a byte order mark; any line ends.
        head: the factors it was written with; see `CsvWriter`.
        fps: frames in a second of the timecode; None finds out.

    Raises:
        DecodeError: the first line that is not what it should be, named by its number. An unfinished last line, as a
            crash leaves it, is dropped in silence.
    """
    columns, rows = _rows(data)
    clock, numbers, tracked = [], [], []
    for number, offset, cells in rows:
        clock.append(_clock(cells[0], number, offset))
        face = cells[1].strip() != "0" and len(cells) == len(columns)
        tracked.append(face)
        numbers.append(_numbers(cells, columns, number, offset) if len(cells) == len(columns) else None)
    if not clock:
        raise DecodeError("rows with timecodes", "a header alone", len(data))
    rate = fps or _rate([frame for _, frame in clock], [second for second, _ in clock])
    times = _rising([second + frame / rate for second, frame in clock], 1 / rate)
    values, known = _faces(columns, numbers, head)
    support = tuple(Support.MEASURED if each else Support.ABSENT for each in known)
    return CsvTake(times, values, np.array(tracked), rate, support)


def _rows(data: bytes) -> tuple[list[str], list[tuple[int, int, list[str]]]]:
    """The columns' names, and each row with its number and its place in the file."""
    offset = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    first, *lines = data[offset:].split(b"\n")
    columns = [name.strip() for name in first[:_LONGEST_LINE].decode("utf-8", "replace").split(",")]
    if [name.lower() for name in columns[:2]] != ["timecode", "blendshapecount"] or len(columns) < 3:
        raise DecodeError("a header Timecode,BlendShapeCount,EyeBlinkLeft,…", repr(",".join(columns)[:60]), offset)
    if len({name.lower() for name in columns}) != len(columns):
        raise DecodeError("columns with names of their own", "a name used twice", offset)
    rows = []
    offset += len(first) + 1
    for number, line in enumerate(lines, start=2):
        last = number == len(lines) + 1
        if line.strip() and not last:
            if len(line) > _LONGEST_LINE:
                raise DecodeError(f"at most {_LONGEST_LINE} characters in line {number}", str(len(line)), offset)
            rows.append((number, offset, line.decode("utf-8", "replace").rstrip("\r").split(",")))
        elif line.count(b",") + 1 == len(columns) and _whole(line):
            rows.append((number, offset, line.decode("utf-8", "replace").split(",")))
        offset += len(line) + 1
    return columns, [row for row in rows if len(row[2]) > 1 or _refuse(row)]


def _whole(line: bytes) -> bool:
    """Whether a last line without an end seems whole: its last number has as many digits as the one before."""
    *_, before, last = line.split(b",")
    return len(line) <= _LONGEST_LINE and len(last.partition(b".")[2].strip()) == len(before.partition(b".")[2])


def _refuse(row: tuple[int, int, list[str]]) -> bool:
    number, offset, cells = row
    raise DecodeError(f"a timecode and a count in line {number}", repr(cells[0][:40]), offset)


def _clock(text: str, number: int, offset: int) -> tuple[int, float]:
    """Whole seconds of the day, and the frame within the second."""
    parts = text.strip().split(":")
    try:
        hours, minutes, seconds = (int(part) if part.isdecimal() else -1 for part in parts[:3])
        frame = float(parts[3]) if parts[3].replace(".", "", 1).isdecimal() else -1.0
    except (ValueError, IndexError):
        hours = minutes = seconds = -1
        frame = -1.0
    if len(parts) != 4 or not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 60 and 0 <= frame < 1000):
        raise DecodeError(f"a timecode such as 14:03:52:28.207 in line {number}", repr(text[:40]), offset)
    return hours * 3600 + minutes * 60 + seconds, frame


def _numbers(cells: list[str], columns: list[str], number: int, offset: int) -> list[float]:
    try:
        found = [float(cell) for cell in cells[2:]]
    except ValueError as error:
        raise DecodeError(f"numbers in line {number}", str(error), offset) from error
    for value, name in zip(found, columns[2:], strict=True):
        if not math.isfinite(value):
            raise DecodeError(f"a finite {name} in line {number}", str(value), offset)
    return found


def _rate(frames: list[float], seconds: list[int]) -> float:
    """Frames in a second: the smallest usual rate that has room for all of them.

    Only a take that shows the end of a second tells; of a shorter one Unreal's rule decides, 30 or 60.
    """
    most = math.floor(max(frames)) + 1
    if seconds[0] == seconds[-1]:
        return 30 if most <= 30 else 60
    return next((rate for rate in _RATES if rate >= most), most)


def _rising(clock: list[float], step: float) -> NDArray[np.float64]:
    """Seconds since the first, where midnight is a step like any other and a clock that was set back too."""
    times = [0.0]
    for before, now in itertools.pairwise(clock):
        passed = now - before
        if passed < -_DAY / 2:
            passed += _DAY
        times.append(times[-1] + (passed if passed > 0 else step))
    return np.array(times)


def _faces(
    columns: list[str], numbers: list[list[float] | None], head: Sequence[float]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """(N, 58) values, a row without numbers repeating the one before, and (58,) which of them have a column."""
    held: list[list[float]] = []
    for row in numbers:
        held.append(row if row is not None else held[-1] if held else [0.0] * (len(columns) - 2))
    table = np.array(held)
    places = {name.lower(): i for i, name in enumerate(columns[2:])}
    values = np.zeros((len(held), len(CHANNELS)), np.float32)
    known = np.zeros(len(CHANNELS), np.bool_)
    for i, name in enumerate(SHAPE_NAMES):
        if name.lower() in places:
            values[:, i] = np.clip(table[:, places[name.lower()]], 0, 1)
            known[i] = True
    if all(name.lower() in places for name in _HEAD):
        angles = table[:, [places[name.lower()] for name in _HEAD]] / np.asarray(head, np.float64)
        if np.abs(angles).max() > _HALF_TURN:
            raise DecodeError("head angles in radians", f"{np.abs(angles).max():.4g}; are they degrees?")
        for i, (yaw, pitch, roll) in enumerate(angles.tolist()):
            values[i, ROTATION] = vector_from_quaternion(quaternion_from_euler(Euler(yaw, -pitch, roll)))
        known[ROTATION] = True
    if not known[SHAPES].any():
        raise DecodeError("columns such as EyeBlinkLeft", ", ".join(columns[2:6]))
    return values, known
