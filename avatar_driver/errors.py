"""Everything that the person at the keyboard can mend.

    AvatarDriverError
    ├── ProblemsError       a profile, a map or a command line, each problem with its place
    ├── SourceError         the camera, the video, the tracker
    │   └── SourceLostError     … which may come back by itself: the engine reopens it
    ├── ModelError          the face model is missing or damaged
    ├── SinkError           an output cannot be opened
    └── DecodeError         bytes from outside that are not what they should be

The command line prints these as sentences, without a traceback; any other exception is our fault and shows one.
A constructor takes facts; `str()` makes the sentence: what was found, what was expected, what to do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = [
    "AvatarDriverError",
    "DecodeError",
    "ModelError",
    "Problem",
    "ProblemsError",
    "SinkError",
    "SourceError",
    "SourceLostError",
    "did_you_mean",
]


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """`; did you mean 'beta'?` for the nearest known name, or nothing when none is near."""
    by_folded = {name.lower(): name for name in known}
    near = get_close_matches(found.lower(), by_folded, n=1, cutoff=0.6)
    return f"; did you mean '{by_folded[near[0]]}'?" if near else ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a document: where, and a sentence.

    `str()` gives `face.yaml:4:5: stages.0.betta: unknown setting; did you mean 'beta'?`. Line and column count from 1;
    0 means that the place has none, as with a command-line option.
    """

    document: str
    line: int
    column: int
    path: str
    text: str

    def __str__(self) -> str:
        place = f"{self.document}:{self.line}:{self.column}" if self.line else self.document
        return f"{place}: {self.path}: {self.text}" if self.path else f"{place}: {self.text}"


class AvatarDriverError(Exception):
    """Base of everything the user can mend."""


class ProblemsError(AvatarDriverError):
    """A document with problems. All of them at once, in reading order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = sorted(problems, key=lambda problem: (problem.document, problem.line, problem.column))

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class SourceError(AvatarDriverError):
    """Frames cannot be had, and trying again will not help."""


class SourceLostError(SourceError):
    """Frames cannot be had now; the camera may be plugged in again, the other program may let go of it."""


class ModelError(AvatarDriverError):
    """The face model is missing, damaged or cannot be downloaded."""


class SinkError(AvatarDriverError):
    """An output cannot be opened or written to."""


class DecodeError(AvatarDriverError):
    """Bytes from outside that are not what they should be.

    Attributes:
        expected: what a sound packet has in that place.
        found: what was there.
        offset: the byte at which reading stopped.
    """

    def __init__(self, expected: str, found: str, offset: int = 0) -> None:
        super().__init__(expected, found, offset)
        self.expected = expected
        self.found = found
        self.offset = offset

    def __str__(self) -> str:
        return f"expected {self.expected} at byte {self.offset}, found {self.found}"
