"""Maps from disk: YAML to `RetargetMap`, with every problem named at its line and column.

The format is described in blendshape_maps/README.md. A map is data that strangers share: nothing in it is run, its size
and its nesting are limited, and no value it makes can grow without bounds.
"""

import math
from pathlib import Path
from typing import Any, Final

from avatar_driver import document, resources
from avatar_driver.document import Document
from avatar_driver.errors import AvatarDriverError, Problem, ProblemsError, did_you_mean
from avatar_driver.formula import INPUTS, Expression, Fold, Folded, Limited, Limits, Named, Power, Sum, UnboundedError
from avatar_driver.retarget import Parameter, RetargetMap

__all__ = ["MapError", "load", "names", "parse"]

_FOLDER: Final = "blendshape_maps"
_FORMAT: Final = f"{_FOLDER}/README.md"
_MAX_LENGTH: Final = 200_000  # characters; the largest shipped map has a tenth of that
_MAX_FORMULAS: Final = 1000
_MAX_PARTS: Final = 64
_MAX_NAME: Final = 100
_MAX_WEIGHT: Final = 1000.0
_MAX_LIMIT: Final = 1e6
_MAX_EXPONENT: Final = 16.0
_NEUTRAL_TOLERANCE: Final = 1e-4

_SECTIONS: Final = ("target", "description", "limits", "terms", "parameters", "neutral")
_WORDS: Final = (*Fold, "one_minus", "power")
_RESERVED: Final = (*_WORDS, "constant", "limits")
_NOTHING: Final = Sum()


class MapError(AvatarDriverError):
    """A map that is not there or cannot be read. The constructor takes the sentence."""


def names() -> list[str]:
    """The maps that ship, by the names a profile may use."""
    return resources.names(_FOLDER)


def load(name_or_path: str) -> RetargetMap:
    """A shipped map by its name (`vrm1`), or anyone's by its path: what ends in `.yaml` or has a separator is a path.

    Raises:
        MapError: no map has that name, or the file cannot be read.
        ProblemsError: everything that is wrong in the map, in reading order.
    """
    if name_or_path.endswith((".yaml", ".yml")) or "/" in name_or_path or "\\" in name_or_path:
        path = Path(name_or_path)
        return parse(_text_of(path), name_or_path, path.stem)
    if name_or_path not in names():
        hint = did_you_mean(name_or_path, names()) or f"; there are {', '.join(names())}."
        raise MapError(f"no map named '{name_or_path}'{hint} The path of a .yaml file serves too")
    file = resources.folder(_FOLDER) / f"{name_or_path}.yaml"
    return parse(file.read_text(encoding="utf-8"), file.name, name_or_path)


def parse(text: str, document_name: str, map_name: str) -> RetargetMap:
    """The map that a YAML text describes; `document_name` is what problems call the text.

    Raises:
        ProblemsError: everything that is wrong in it, in reading order.
    """
    if len(text) > _MAX_LENGTH:
        sentence = f"more than {_MAX_LENGTH:,} characters; a map is a few hundred lines"
        raise ProblemsError([Problem(document_name, 1, 1, "", sentence)])
    return _Reading(document.parse(text, document_name)).map(map_name)


def _text_of(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for ever
            raise MapError(f"cannot read the map {path}: not a file")
        with path.open(encoding="utf-8") as file:
            return file.read(_MAX_LENGTH + 1)
    except OSError as error:
        raise MapError(f"cannot read the map {path}: {error.strerror or error}") from error
    except ValueError as error:  # not UTF-8, or a path that holds a NUL
        raise MapError(f"cannot read the map {path}: {error}") from error


class _Reading:
    """One pass over a document. Goes on after a problem, so that all of them are told at once."""

    def __init__(self, source: Document) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.known = set(INPUTS)  # what a formula may name so far
        self.later: set[str] = set()

    def map(self, name: str) -> RetargetMap:
        content = self.source.content
        if not isinstance(content, dict):
            raise ProblemsError([self.source.problem((), f"a map has a target and parameters; see {_FORMAT}")])
        for key in content:
            if key not in _SECTIONS:
                self._problem((key,), f"unknown section{did_you_mean(key, _SECTIONS)}", key=True)
        default = self._limits(content["limits"], ("limits",)) if "limits" in content else Limits(0.0, 1.0)
        terms, parameters = self._section(content, "terms"), self._section(content, "parameters")
        if not parameters:
            self._problem(("parameters",), "a map needs parameters, such as 'parameters: {mouthOpen: jawOpen}'")
        self.later = {*terms, *parameters}
        read_terms = {term: self._term(term, formula) for term, formula in terms.items()}
        read = tuple(self._parameter(parameter, formula, default) for parameter, formula in parameters.items())
        target, description = self._text(content, "target", needed=True), self._text(content, "description")
        neutral = self._neutral(content)
        self._raise_problems()
        try:
            compiled = RetargetMap(name, target, read, read_terms, description)
        except UnboundedError as error:
            section = "terms" if error.name in terms else "parameters"
            raise ProblemsError([self.source.problem((section, error.name), str(error))]) from error
        self._compare_neutral(compiled, neutral)
        self._raise_problems()
        return compiled

    def _section(self, content: dict[str, Any], name: str) -> dict[str, Any]:
        section = content.get(name)
        if section is None:
            return {}
        if not isinstance(section, dict):
            self._problem((name,), f"expected names with formulas, found {_shown(section)}")
            return {}
        if len(section) > _MAX_FORMULAS:
            self._problem((name,), f"{len(section)} formulas; at most {_MAX_FORMULAS} are read")
            return {}
        for key in section:
            if not key or len(key) > _MAX_NAME or not key.isprintable() or key != key.strip():
                text = f"a name has 1 to {_MAX_NAME} printable characters, none of them a space at its ends"
                self._problem((name, key), text, key=True)
        return section

    def _text(self, content: dict[str, Any], name: str, *, needed: bool = False) -> str:
        text = content.get(name)
        if isinstance(text, str) and (text.strip() or not needed):
            return text.strip()
        if text is not None or needed:
            self._problem((name,), f"expected {name} as text, found {_shown(text)}")
        return ""

    def _term(self, name: str, formula: Any) -> Expression:
        path = ("terms", name)
        if name in self.known or name in _RESERVED:
            self._problem(path, "a term needs a name of its own, not that of a channel or a word", key=True)
        expression = self._expression(formula, path)
        self.known.add(name)
        return expression

    def _parameter(self, name: str, formula: Any, limits: Limits) -> Parameter:
        path = ("parameters", name)
        if name in (self.source.content.get("terms") or {}):
            self._problem(path, "a term has this name already; give one of them another", key=True)
        if isinstance(formula, dict) and "limits" in formula:
            limits = self._limits(formula["limits"], (*path, "limits"))
            formula = {key: value for key, value in formula.items() if key != "limits"}
        expression = self._expression(formula, path)
        self.known.add(name)
        return Parameter(name, expression, limits)

    def _expression(self, content: Any, path: document.Path) -> Expression:
        if isinstance(content, str):
            return self._name(content, path)
        if isinstance(content, dict):
            if "limits" in content:
                inner = {key: value for key, value in content.items() if key != "limits"}
                return Limited(self._expression(inner, path), self._limits(content["limits"], (*path, "limits")))
            words = [key for key in content if key in _WORDS]
            if words and len(content) > 1:
                self._problem(path, f"'{words[0]}' stands alone (or with limits); put the rest into a term")
                return _NOTHING
            return self._word(words[0], content[words[0]], (*path, words[0])) if words else self._sum(content, path)
        if _is_number(content):
            return Sum(constant=self._number(content, path, "a number", _MAX_LIMIT))
        self._problem(
            path, f"expected a channel, a number or a formula such as {{jawOpen: 1}}, found {_shown(content)}"
        )
        return _NOTHING

    def _name(self, name: str, path: document.Path, *, key: bool = False) -> Expression:
        if name not in self.known:
            if name in self.later:
                text = f"'{name}' is written further down; a formula names only what stands above it"
            else:
                hint = did_you_mean(name, [*INPUTS, *self.known, *_WORDS]) or f"; {_FORMAT} lists the channels"
                text = f"unknown channel '{name[:_MAX_NAME]}'{hint}"
            self._problem(path, text, key=key)
        return Named(name)

    def _sum(self, content: dict[str, Any], path: document.Path) -> Expression:
        if not content:
            self._problem(path, "an empty formula; expected a channel and its weight, such as {jawOpen: 1}")
        parts: list[tuple[float, Expression]] = []
        constant = 0.0
        for name, weight in content.items():
            here = (*path, name)
            if name == "constant":
                constant = self._number(weight, here, "a constant", _MAX_LIMIT)
                continue
            part = self._name(name, here, key=True)
            if name in self.known:
                parts.append((self._number(weight, here, "a weight", _MAX_WEIGHT), part))
        return Sum(tuple(parts), constant)

    def _word(self, word: str, argument: Any, path: document.Path) -> Expression:
        if word == "one_minus":
            return Sum(((-1.0, self._expression(argument, path)),), 1.0)
        if not isinstance(argument, list) or not 2 <= len(argument) <= _MAX_PARTS:
            found = f"{len(argument)} parts" if isinstance(argument, list) else _shown(argument)
            self._problem(path, f"'{word}' takes a list of 2 to {_MAX_PARTS} parts, found {found}")
            return _NOTHING
        if word == "power":
            return self._power(argument, path)
        return Folded(Fold(word), tuple(self._expression(part, (*path, i)) for i, part in enumerate(argument)))

    def _power(self, argument: list[Any], path: document.Path) -> Expression:
        base, exponent, *rest = argument
        if rest or not _is_number(exponent) or not 0 < exponent <= _MAX_EXPONENT:
            self._problem(path, f"'power' takes a formula and an exponent above 0 and up to {_MAX_EXPONENT:g}")
            return _NOTHING
        return Power(self._expression(base, (*path, 0)), float(exponent))

    def _limits(self, content: Any, path: document.Path) -> Limits:
        pair = isinstance(content, list) and len(content) == 2 and all(map(_is_number, content))
        if not pair or not -_MAX_LIMIT <= content[0] < content[1] <= _MAX_LIMIT:
            self._problem(path, f"expected [lowest, highest] such as [0, 1], found {_shown(content)}")
            return Limits(0.0, 1.0)
        return Limits(float(content[0]), float(content[1]))

    def _number(self, content: Any, path: document.Path, what: str, largest: float) -> float:
        if _is_number(content) and abs(content) <= largest:
            return float(content)
        self._problem(path, f"{what} lies between {-largest:g} and {largest:g}, found {_shown(content)}")
        return 0.0

    def _neutral(self, content: dict[str, Any]) -> dict[str, float]:
        declared: dict[str, float] = {}
        parameters = content.get("parameters")
        known = parameters if isinstance(parameters, dict) else {}
        for name, value in self._section(content, "neutral").items():
            path = ("neutral", name)
            declared[name] = self._number(value, path, "a neutral value", _MAX_LIMIT)
            if name not in known:
                self._problem(path, f"no parameter has this name{did_you_mean(name, known)}", key=True)
        return declared

    def _compare_neutral(self, compiled: RetargetMap, declared: dict[str, float]) -> None:
        for name, value in zip(compiled.names, compiled.neutral.tolist(), strict=True):
            if math.isclose(value, declared.get(name, 0.0), abs_tol=_NEUTRAL_TOLERANCE):
                continue
            if name in declared:
                self._problem(("neutral", name), f"a face at rest gives {value:g}, found {declared[name]:g}")
            else:
                text = (
                    f"a face at rest gives {value:g}, not 0; if that is meant, write '{name}: {value:g}' under neutral"
                )
                self._problem(("parameters", name), text, key=True)

    def _problem(self, path: document.Path, text: str, *, key: bool = False) -> None:
        self.problems.append(self.source.problem(path, text, key=key))

    def _raise_problems(self) -> None:
        if self.problems:
            raise ProblemsError(self.problems)


def _is_number(content: Any) -> bool:
    return isinstance(content, int | float) and not isinstance(content, bool)


def _shown(content: Any) -> str:
    if content is None or isinstance(content, bool):
        return {None: "nothing", True: "true", False: "false"}[content]
    text = "a mapping" if isinstance(content, dict) else repr(content)
    return text if len(text) <= 40 else f"{text[:37]}…"
