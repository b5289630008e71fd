import contextlib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.document import Place, parse
from avatar_driver.errors import ProblemsError


@pytest.fixture(params=["libyaml", "pure Python"])
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML has two readers, and which one is installed must not matter."""
    if request.param == "pure Python":
        monkeypatch.setattr("avatar_driver.document._LOADER", yaml.SafeLoader)


either_loader = pytest.mark.usefixtures("_loader")


def problems_of(text: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        parse(text, "face.yaml")
    return str(caught.value).splitlines()


@either_loader
def test_every_value_and_key_has_its_place() -> None:
    document = parse("source:\n  type: camera\nstages:\n  - {type: loss, hold: 0.3}\n", "face.yaml")
    assert document.content == {"source": {"type": "camera"}, "stages": [{"type": "loss", "hold": 0.3}]}
    assert document.values["source", "type"] == Place("face.yaml", 2, 9)
    assert document.keys["stages", 0, "hold"] == Place("face.yaml", 4, 18)


@either_loader
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("off", "off"),
        ("yes", "yes"),
        ("12:30:45", "12:30:45"),
        ("1e-3", 0.001),
        ("0x1F", 31),
        ("010", 10),
        ("1_000", "1_000"),
        ("2026-11-23", "2026-11-23"),
        ("~", None),
        ("'1'", "1"),
        ("TRUE", True),
        ("-.5", -0.5),
        ("{a: [1, 2.0]}", {"a": [1, 2.0]}),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    content = parse(text, "x").content
    assert content == value
    assert type(content) is type(value)


@either_loader
@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: 1\nb: 2\na: 3", ["face.yaml:3:1: a: written twice, first on line 1; keep one"]),
        ("a: .nan", ["face.yaml:1:4: a: must be a finite number, found .nan"]),
        ("a: [-.inf, 1e999]", ["face.yaml:1:5: a.0: must be a finite number, found -.inf",
                               "face.yaml:1:12: a.1: must be a finite number, found 1e999"]),
        ("a: &x 1\nb: *x", ["face.yaml:1:4: a: '&x' names a value; aliases are not read, remove it",
                            "face.yaml:2:4: b: '*x' repeats another value; aliases are not read, write it out"]),
        ("a: !!python/name:os.system x",
         ["face.yaml:1:4: a: the tag 'tag:yaml.org,2002:python/name:os.system' is not read; plain values only"]),
        ("a: 1\n---\nb: 2", ["face.yaml:2:1: a second document begins; a file holds one"]),
        ("? [1]\n: 2", ["face.yaml:1:3: a key must be a word, found a list, a mapping or an alias"]),
    ],
)  # fmt: skip
def test_traps_are_refused_with_their_place(text: str, lines: list[str]) -> None:
    assert problems_of(text) == lines


@either_loader
def test_broken_yaml_names_the_line() -> None:
    (line,) = problems_of("source: {type: camera\nsinks: [")
    assert line.startswith("face.yaml:2:")
    assert "not YAML" in line


@either_loader
def test_nesting_without_end_is_refused() -> None:
    (line,) = problems_of("[" * 5000)
    assert "more than 24 levels deep" in line


def test_a_huge_file_is_refused_before_it_is_read() -> None:
    (line,) = problems_of("a" * 1_000_001)
    assert "at most 1,000,000 are read" in line


@given(st.text(max_size=200))
def test_any_text_gives_values_or_problems(text: str) -> None:
    with contextlib.suppress(ProblemsError):
        parse(text, "x")


def test_an_override_reaches_into_lists_by_number_and_by_type() -> None:
    document = parse("stages:\n  - {type: loss}\n  - {type: mirror}\n", "face.yaml")
    document.override("stages.loss.hold=0.5", "--set stages.loss.hold=0.5")
    document.override("stages.1.type=one_euro", "--set")
    document.override("source.type=synthetic", "--set")
    assert document.content == {
        "stages": [{"type": "loss", "hold": 0.5}, {"type": "one_euro"}],
        "source": {"type": "synthetic"},
    }
    assert str(document.problem(("stages", 0, "hold"), "too long")) == (
        "--set stages.loss.hold=0.5: stages.0.hold: too long"
    )


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("stages.0", "--set stages.0: expected PATH=VALUE, such as stages.0.stillness=0.5"),
        ("stages.9.x=1", "--set stages.9.x=1: stages: no item '9' here; there are 0 (loss)"),
        ("a.b=1", "--set a.b=1: a: 5 has no parts, so no 'b'"),
        ("a=.nan", "--set a=.nan:1:1: must be a finite number, found .nan"),
    ],
)
def test_an_override_that_fits_nowhere_says_so(setting: str, text: str) -> None:
    document = parse("stages: [{type: loss}]\na: 5", "face.yaml")
    with pytest.raises(ProblemsError) as caught:
        document.override(setting, f"--set {setting}")
    assert str(caught.value) == text


def test_a_problem_without_a_place_of_its_own_stands_at_what_surrounds_it() -> None:
    document = parse("sinks:\n  - {type: vmc}\n", "face.yaml")
    assert str(document.problem(("sinks", 0, "map"), "is required")) == "face.yaml:2:5: sinks.0.map: is required"
