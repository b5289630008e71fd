"""What holds for every map that ships, and what each of them promises beyond that."""

import functools
import re
import textwrap

import numpy as np
import pytest
from hypothesis import given

from avatar_driver import document, maps, resources
from avatar_driver.channels import CHANNELS, MIRRORED, NEGATED_BY_MIRROR, SHAPE_NAMES
from avatar_driver.formula import INPUTS
from avatar_driver.frame import REST
from tests.faces import face, named
from tests.strategies import values

EVERY = pytest.mark.parametrize("name", maps.names())
load = functools.cache(maps.load)

SIDES = ("Left", "Right")

#: + to one side by name, so a mirror changes the sign.
SIDEWAYS = re.compile(r"(X|/Yaw|/Roll|HeadYaw|HeadRoll|EyeYaw|AngleZ)$|^Mouth(Upper|Lower)$")
OTHER_SIDE = {"Left": "Right", "Right": "Left", "_L": "_R", "_R": "_L", "L": "R", "R": "L"}
SIDE = re.compile(r"Left|Right|_[LR](?=_|$)|(?<=ParamEye)[LR](?=[A-Z])|(?<=ParamBrow)[LR](?=[A-Z])")

#: Left and right under numbers of their own: action units of the head and the eyes.
NUMBERED = {"AU51": "AU52", "AU55": "AU56", "AU61": "AU62"}
TWINS = NUMBERED | {right: left for left, right in NUMBERED.items()}


def mirrored_name(name: str) -> str:
    return TWINS.get(name) or SIDE.sub(lambda side: OTHER_SIDE[side[0]], name)


def mirrored(numbers: np.ndarray) -> np.ndarray:
    other = numbers[list(MIRRORED)]
    other[list(NEGATED_BY_MIRROR)] *= -1
    return other


def side_of(name: str) -> str:
    found = SIDE.search(name)
    return found[0].strip("_")[0] if found else ""


def test_the_maps_that_every_profile_may_name_are_there():
    assert {"arkit", "perfect_sync", "unified", "vrm0", "vrm1"} <= set(maps.names())


@EVERY
def test_a_map_says_what_it_is_for(name):
    loaded = load(name)
    assert loaded.target
    assert loaded.description
    assert all(used for used in loaded.channels), "a parameter that depends on nothing is invented"


@EVERY
def test_no_two_parameters_share_a_name_even_for_receivers_that_ignore_case(name):
    loaded = load(name)
    folded = [parameter.casefold() for parameter in loaded.names]
    assert len(set(folded)) == len(folded)


@EVERY
def test_a_face_at_rest_gives_the_declared_neutral_and_the_declared_neutral_is_within_limits(name):
    loaded = load(name)
    text = (resources.folder("blendshape_maps") / f"{name}.yaml").read_text(encoding="utf-8")
    declared = document.parse(text, name).content.get("neutral", {})
    expected = [declared.get(parameter, 0.0) for parameter in loaded.names]
    assert loaded(REST).tolist() == np.float32(expected).tolist()
    assert ((loaded.low <= loaded.neutral) & (loaded.neutral <= loaded.high)).all()


@EVERY
@given(numbers=values())
def test_any_face_gives_finite_parameters_within_limits(name, numbers):
    loaded = load(name)
    parameters = loaded(numbers)
    assert parameters.shape == (len(loaded.names),)
    assert parameters.dtype == np.float32
    assert np.isfinite(parameters).all()
    assert (parameters >= loaded.low).all()
    assert (parameters <= loaded.high).all()


@pytest.mark.parametrize("name", ["arkit", "perfect_sync", "vrm0", "vrm1", "ready_player_me", "cc4", "facs"])
def test_what_a_shape_or_clip_is_sent_as_lies_from_0_to_1(name):
    assert set(load(name).low.tolist()) == {0.0}
    assert set(load(name).high.tolist()) == {1.0}


@EVERY
@given(numbers=values())
def test_a_mirrored_face_gives_mirrored_parameters(name, numbers):
    loaded = load(name)
    straight, other = named(loaded, numbers), named(loaded, mirrored(numbers))
    for parameter, value in straight.items():
        sign = -1 if SIDEWAYS.search(parameter) else 1
        assert other[mirrored_name(parameter)] == pytest.approx(sign * value, abs=1e-5), parameter


@EVERY
def test_one_side_of_the_face_moves_only_that_side_of_the_avatar(name):
    loaded = load(name)
    # Gaze is left out: an eye that looks in or out moves both ways; see the tests of gaze for each family of maps.
    for channel in SHAPE_NAMES:
        if side_of(channel) and not channel.startswith("eyeLook"):
            moved = named(loaded, face(**{channel: 1.0}))
            rest = dict(zip(loaded.names, loaded.neutral.tolist(), strict=True))
            wrong = [n for n in moved if side_of(n) not in ("", side_of(channel)) and moved[n] != rest[n]]
            assert not wrong, f"{channel} moves {wrong}"


@EVERY
def test_every_shape_the_map_uses_moves_the_avatar_when_it_moves(name):
    loaded = load(name)
    # Some shapes only correct another (mouthClose, eyeSquint), some only act when another rests (mouthRollUpper).
    starts = (REST, face(**{**dict.fromkeys(SHAPE_NAMES, 0.25), "jawOpen": 0.5}))
    for index in set().union(*loaded.channels):
        step = np.eye(len(CHANNELS), dtype=np.float32)[index] / 4
        assert any((loaded(start + step) != loaded(start)).any() for start in starts), CHANNELS[index]


@given(numbers=values())
def test_arkit_and_perfect_sync_pass_the_52_shapes_unchanged(numbers):
    for name, spelled in (("arkit", str), ("perfect_sync", lambda shape: shape[0].upper() + shape[1:])):
        assert load(name).names == tuple(spelled(shape) for shape in SHAPE_NAMES)
        assert np.array_equal(load(name)(numbers), numbers[:52])


# --- The README ----------------------------------------------------------------------------------------------------


def readme() -> str:
    return (resources.folder("blendshape_maps") / "README.md").read_text(encoding="utf-8")


def test_the_readme_lists_every_shipped_map_with_its_number_of_parameters():
    listed = dict(re.findall(r"^\| `(\w+)` \|.*\| (\d+)[^|]*\|$", readme(), re.MULTILINE))
    assert listed == {name: str(len(load(name).names)) for name in maps.names()}


def test_the_readmes_example_maps_are_maps():
    blocks = [textwrap.dedent(block) for block in re.findall(r"```yaml\n(.*?)```", readme(), re.DOTALL)]
    examples = [block for block in blocks if "parameters:" in block]
    assert len(examples) == 2
    for example in examples:
        maps.parse(example if "target:" in example else f"target: t\n{example}", "README.md", "example")


def test_the_readmes_example_formulas_are_formulas():
    table = readme().split("| formula | means | example |")[1].split("\n\n")[0]
    examples = re.findall(r"`([A-Z]\w+: [^`]+)`", table)
    assert len(examples) == 7
    for example in examples:
        neutral = "neutral: {EyeOpen: 1}" if "EyeOpen" in example else ""
        maps.parse(f"target: t\nterms: {{smile: mouthSmileLeft}}\nparameters:\n  {example}\n{neutral}", "R", "example")


def test_the_readme_names_every_input_and_no_other():
    section = readme().split("## Channels, units and signs")[1].split("A camera sees some")[0]
    sided, rest = section.split("and without a side")
    quoted = re.compile(r"`([a-z]\w+)`")
    names = {name + side for name in quoted.findall(sided) for side in SIDES} | set(quoted.findall(rest))
    assert names == set(INPUTS)
