"""Maps from YAML: what is read, and what is said of what is wrong."""

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver import maps
from avatar_driver.errors import AvatarDriverError, ProblemsError
from tests.faces import face


def value_of(formula: str, *, head: str = "", **channels: float) -> float:
    """What `p: FORMULA` gives for a face; limits wide open, and neutral declared, so that only the formula counts."""
    text = f"target: t\nlimits: [-9, 9]\n{head}parameters:\n  p: {formula}\n"
    try:
        compiled = maps.parse(text, "m.yaml", "m")
    except ProblemsError as error:
        (problem,) = error.problems
        rest = problem.text.split("write '")[1].split("'")[0]
        compiled = maps.parse(f"{text}neutral: {{{rest}}}\n", "m.yaml", "m")
    return compiled(face(**channels)).item()


def problems_of(text: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        maps.parse(text, "m.yaml", "m")
    return [str(problem) for problem in caught.value.problems]


def problem_of(formula: str) -> str:
    (problem,) = problems_of(f"target: t\nparameters:\n  p: {formula}\n")
    return problem


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("jawOpen", 0.5),
        ("0.25", 0.25),
        ("{jawOpen: 2}", 1.0),
        ("{jawOpen: 2, jawLeft: -1}", 0.75),
        ("{jawOpen: 1, constant: -1}", -0.5),
        ("{one_minus: jawOpen}", 0.5),
        ("{max: [jawOpen, jawLeft]}", 0.5),
        ("{min: [jawOpen, jawLeft, 0.125]}", 0.125),
        ("{product: [jawOpen, jawLeft, 2]}", 0.25),
        ("{power: [jawOpen, 2]}", 0.25),
        ("{power: [jawLeft, 0.5]}", 0.5),
        ("{max: [{product: [jawOpen, jawOpen]}, {one_minus: {jawOpen: 1, jawLeft: 1}}]}", 0.25),
        ("{product: [{jawOpen: 4, limits: [0, 1]}, 3]}", 3.0),
        ("{max: [jawOpen, 1], limits: [0, 0.75]}", 0.75),
    ],
)
def test_every_word_of_the_format_does_what_the_readme_says(formula, expected):
    assert value_of(formula, jawOpen=0.5, jawLeft=0.25) == expected


def test_head_angles_can_be_named():
    assert value_of("{headYaw: 2}", headRotationY=0.5) == pytest.approx(1.0)
    assert value_of("{headPitch: 2}", headRotationX=0.5) == pytest.approx(1.0)
    assert value_of("{headRoll: 2}", headRotationZ=0.5) == pytest.approx(1.0)


def test_terms_may_build_on_terms_above_them():
    head = "terms:\n  a: {jawOpen: 0.5}\n  b: {a: 0.5}\n"
    assert value_of("b", head=head, jawOpen=1.0) == 0.25


def test_a_map_without_limits_keeps_to_0_and_1():
    compiled = maps.parse("target: t\nparameters: {p: {jawOpen: 2, jawLeft: -2}}", "m.yaml", "m")
    assert compiled(face(jawOpen=1.0)).tolist() == [1.0]
    assert compiled(face(jawLeft=1.0)).tolist() == [0.0]


def test_a_parameters_own_limits_come_before_the_maps():
    text = "target: t\nlimits: [0, 0.5]\nparameters:\n  p: {jawOpen: 2}\n  q: {jawOpen: 2, limits: [-1, 0.75]}\n"
    compiled = maps.parse(text, "m.yaml", "m")
    assert compiled(face(jawOpen=1.0)).tolist() == [0.5, 0.75]
    assert (compiled.low.tolist(), compiled.high.tolist()) == ([0.0, -1.0], [0.5, 0.75])


def test_target_and_description_are_kept():
    compiled = maps.parse(
        "target: A robot\ndescription: |\n  Two lines\n  of it\nparameters: {p: jawOpen}", "m.yaml", "mine"
    )
    assert (compiled.name, compiled.target, compiled.description) == ("mine", "A robot", "Two lines\nof it")


BROKEN = """\
targt: a robot
limits: [1, 0]
terms:
  open: {jawOpn: 2}
  jawLeft: jawOpen
parameters:
  aa: {jawOpen: 2e3, mouthFunel: -0.3}
  ee: {max: jawOpen}
  ih: [jawOpen]
  oh: {product: [jawOpen, {one_minus: mouthPuker}]}
  ou: later
  later: jawOpen
  uu: yes
  vv:
  ww: {max: [jawOpen, jawLeft], jawOpen: 1}
neutral:
  aaa: 1
"""


def test_every_problem_of_a_map_is_told_at_once_with_its_place_and_the_nearest_name():
    assert problems_of(BROKEN) == [
        "m.yaml:1:1: targt: unknown section; did you mean 'target'?",
        "m.yaml:1:1: target: expected target as text, found nothing",
        "m.yaml:2:9: limits: expected [lowest, highest] such as [0, 1], found [1, 0]",
        "m.yaml:4:10: terms.open.jawOpn: unknown channel 'jawOpn'; did you mean 'jawOpen'?",
        "m.yaml:5:3: terms.jawLeft: a term needs a name of its own, not that of a channel or a word",
        "m.yaml:7:17: parameters.aa.jawOpen: a weight lies between -1000 and 1000, found 2000.0",
        "m.yaml:7:22: parameters.aa.mouthFunel: unknown channel 'mouthFunel'; did you mean 'mouthFunnel'?",
        "m.yaml:8:13: parameters.ee.max: 'max' takes a list of 2 to 64 parts, found 'jawOpen'",
        "m.yaml:9:7: parameters.ih: expected a channel, a number or a formula such as {jawOpen: 1}, found ['jawOpen']",
        "m.yaml:10:39: parameters.oh.product.1.one_minus: unknown channel 'mouthPuker'; did you mean 'mouthPucker'?",
        "m.yaml:11:7: parameters.ou: 'later' is written further down; a formula names only what stands above it",
        "m.yaml:13:7: parameters.uu: unknown channel 'yes'; blendshape_maps/README.md lists the channels",
        "m.yaml:14:6: parameters.vv: expected a channel, a number or a formula such as {jawOpen: 1}, found nothing",
        "m.yaml:15:7: parameters.ww: 'max' stands alone (or with limits); put the rest into a term",
        "m.yaml:17:3: neutral.aaa: no parameter has this name; did you mean 'aa'?",
    ]


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("{}", "m.yaml:3:6: parameters.p: an empty formula"),
        ("{limits: [0, 1]}", "m.yaml:3:6: parameters.p: an empty formula"),
        ("true", "expected a channel, a number or a formula such as {jawOpen: 1}, found true"),
        ("{jawOpen: true}", "a weight lies between -1000 and 1000, found true"),
        ("{jawOpen: half}", "a weight lies between -1000 and 1000, found 'half'"),
        ("{jawOpen: {max: [1, 2]}}", "a weight lies between -1000 and 1000, found a mapping"),
        ("{constant: x}", "a constant lies between -1e+06 and 1e+06, found 'x'"),
        ("1e7", "a number lies between -1e+06 and 1e+06, found 10000000.0"),
        ("{mx: [jawOpen, jawLeft]}", "m.yaml:3:7: parameters.p.mx: unknown channel 'mx'; did you mean 'max'?"),
        ("{max: [jawOpen]}", "'max' takes a list of 2 to 64 parts, found 1 parts"),
        ("{power: [jawOpen, 0]}", "'power' takes a formula and an exponent above 0 and up to 16"),
        ("{power: [jawOpen, 99]}", "'power' takes a formula and an exponent above 0 and up to 16"),
        ("{power: [jawOpen, jawLeft]}", "'power' takes a formula and an exponent above 0 and up to 16"),
        ("{jawOpen: 1, limits: [0]}", "m.yaml:3:27: parameters.p.limits: expected [lowest, highest]"),
        ("{jawOpen: 1, limits: [0, 0]}", "expected [lowest, highest] such as [0, 1], found [0, 0]"),
        ("{jawOpen: 1, limits: [a, b]}", "expected [lowest, highest] such as [0, 1], found ['a', 'b']"),
        ("{max: [jawOpen, {jawOpen: 1, limits: x}]}", "parameters.p.max.1.limits: expected [lowest, highest]"),
        ("{product: [{jawOpen: 999}, {jawOpen: 999}, 999]}", "parameters.p: can grow to 9.97e+08; at most 1e+06"),
    ],
)
def test_what_a_formula_cannot_be_is_said_in_a_sentence(formula, sentence):
    assert sentence in problem_of(formula)


def test_a_face_at_rest_must_leave_the_avatar_at_rest_unless_the_map_says_so():
    text = "target: t\nparameters:\n  eye: {one_minus: eyeBlinkLeft}\n"
    (problem,) = problems_of(text)
    assert problem == (
        "m.yaml:3:3: parameters.eye: a face at rest gives 1, not 0; if that is meant, write 'eye: 1' under neutral"
    )
    assert maps.parse(f"{text}neutral: {{eye: 1}}", "m.yaml", "m").neutral.tolist() == [1.0]
    (wrong,) = problems_of(f"{text}neutral: {{eye: 0.5}}")
    assert wrong == "m.yaml:4:16: neutral.eye: a face at rest gives 1, found 0.5"


@pytest.mark.parametrize("text", ["", "target", "- a", "3", "~"])
def test_a_document_that_is_no_mapping_is_refused(text):
    assert problems_of(text) == ["m.yaml:1:1: a map has a target and parameters; see blendshape_maps/README.md"]


@pytest.mark.parametrize("parameters", ["", "parameters:\n", "parameters: {}\n", "parameters: jawOpen\n"])
def test_a_map_without_parameters_is_refused(parameters):
    assert any("a map needs parameters" in problem for problem in problems_of(f"target: t\n{parameters}"))


@pytest.mark.parametrize("name", ['""', '" a"', '"a\\0b"', '"a\\nb"', "x" * 101])
def test_names_that_a_packet_could_not_carry_safely_are_refused(name):
    (problem,) = problems_of(f"target: t\nparameters: {{{name}: jawOpen}}")
    assert "a name has 1 to 100 printable characters" in problem


def test_a_name_may_have_slashes_spaces_and_any_script():
    text = "target: t\nparameters: {v2/Jaw Open: jawOpen, まばたき: eyeBlinkLeft}"
    assert maps.parse(text, "m.yaml", "m").names == ("v2/Jaw Open", "まばたき")


def test_a_parameter_named_like_a_term_is_refused():
    (problem,) = problems_of("target: t\nterms: {open: jawOpen}\nparameters:\n  open: jawOpen\n")
    assert problem == "m.yaml:4:3: parameters.open: a term has this name already; give one of them another"


def test_a_parameter_written_twice_is_refused():
    (problem,) = problems_of("target: t\nparameters:\n  p: jawOpen\n  p: jawLeft\n")
    assert problem.startswith("m.yaml:4:3: parameters.p: written twice")


def test_a_map_longer_or_deeper_than_any_map_needs_is_refused():
    assert "more than 200,000 characters" in problems_of(f"target: {'x' * 200_000}")[0]
    many = "\n".join(f"  p{i}: jawOpen" for i in range(1001))
    assert "1001 formulas; at most 1000 are read" in problems_of(f"target: t\nparameters:\n{many}\n")[0]
    deep = "{one_minus: " * 40 + "jawOpen" + "}" * 40
    assert "levels deep" in problem_of(deep)


def test_formulas_that_double_what_stands_above_them_are_refused_soon():
    growing = "\n".join(f"  t{i}: {{t{i - 1}: 2}}" for i in range(1, 200))
    (problem,) = problems_of(f"target: t\nterms:\n  t0: jawOpen\n{growing}\nparameters: {{p: t199}}\n")
    assert problem.startswith("m.yaml:23:8: terms.t20: can grow to 1.05e+06")


@given(st.text(alphabet="{}[]:,-\n abjwOpen01.*&!'\"maxlits", max_size=80))
def test_no_text_raises_anything_but_problems(text):
    for whole in (text, f"target: t\nparameters:\n  p: {text}\n"):
        try:
            compiled = maps.parse(whole, "m.yaml", "m")
        except ProblemsError:
            continue
        assert np.isfinite(compiled.neutral).all()


def test_a_path_is_read_from_disk(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("target: t\nparameters: {p: jawOpen}", encoding="utf-8")
    assert maps.load(str(path)).name == "mine"


def test_problems_of_a_file_name_the_path_as_it_was_given(tmp_path, monkeypatch):
    (tmp_path / "mine.yaml").write_text("target: t\nparameters: {p: jawOpn}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProblemsError, match=r"^mine\.yaml:2:17: parameters\.p: unknown channel 'jawOpn'"):
        maps.load("mine.yaml")


def test_a_name_that_no_map_has_gets_the_nearest_one():
    with pytest.raises(maps.MapError, match=r"no map named 'vrm'; did you mean 'vrm[01]'"):
        maps.load("vrm")
    with pytest.raises(maps.MapError, match=r"no map named 'zzz'; there are arkit, .* a .yaml file serves too"):
        maps.load("zzz")


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path):
    (tmp_path / "latin.yaml").write_bytes(b"target: \xff\xfe")
    os.mkfifo(tmp_path / "pipe.yaml")
    for name in ("missing.yaml", "latin.yaml", "pipe.yaml", ""):
        with pytest.raises(AvatarDriverError, match="cannot read the map"):
            maps.load(f"{tmp_path}/{name}")
    with pytest.raises(AvatarDriverError, match="cannot read the map"):
        maps.load("nul\0.yaml")


def test_a_shipped_name_never_leads_outside_its_folder():
    with pytest.raises(maps.MapError):
        maps.load("..")
