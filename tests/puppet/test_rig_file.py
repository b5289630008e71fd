"""A rig is checked whole before anything draws it."""

import json
from pathlib import Path
from typing import Any

import pytest

import avatar_driver
from avatar_driver.errors import AvatarDriverError, ProblemsError
from avatar_driver.puppet.rig import Rig
from avatar_driver.puppet.rig_file import parsed

PUPPET = Path(avatar_driver.__file__).parent / "web" / "static" / "puppet.json"


def small() -> dict[str, Any]:
    return {
        "format": "avatar_driver puppet",
        "version": 1,
        "view": [-10, -10, 20, 20],
        "head": {
            "pivot": [0, 5, -5],
            "distance": 100,
            "units_per_metre": 50,
            "turn_limit": 0.9,
            "move_limit": 0.2,
            "body_follow": 0.5,
        },
        "palette": {"background": "#ffffff", "skin": "#ffe0d0", "shade": ["skin", "#000000", 0.5]},
        "drivers": {
            "lid": {"sum": {"eyeBlinkLeft": 1.5}, "bias": -0.1, "limits": [0, 1]},
            "both": {"product": ["lid", "jawOpen"]},
        },
        "points": [[0, 0, 0, 1], [4, 0, 3, 1], [4, 4, 0, 0.5], [0, 4, 0, 0]],
        "deltas": {"both": [[0, 0, 6]], "jawOpen": [[3, 1, 2]]},
        "order": [[0, 3, 0.25]],
        "follow": [[1, 0, 1, 0.5]],
        "paths": [
            {"name": "a", "commands": "MC", "points": [0, 1, 2, 3], "fill": "skin"},
            {"name": "b", "commands": "MLZ", "points": [0, 1], "stroke": "shade", "width": 2, "clip": "a"},
        ],
    }


def test_the_puppet_that_ships_is_sound() -> None:
    assert parsed(PUPPET.read_bytes()).paths


def test_a_small_rig_is_sound() -> None:
    assert parsed(json.dumps(small())).paths[1].clip == "a"


BROKEN = {
    "another version": (lambda r: r.update(version=2), "format", "expected 'avatar_driver puppet' version 1"),
    "a flat view": (lambda r: r.update(view=[0, 0, 0, 5]), "view", "must be positive"),
    "no distance": (lambda r: r["head"].update(distance=0), "head.distance", "must be positive, found 0"),
    "a colour name": (lambda r: r["palette"].update(skin="red"), "palette.skin", "#a1b2c3, found 'red'"),
    "a mix of what comes later": (
        lambda r: r["palette"].update(skin=["shade", "#000000", 0.5]),
        "palette.skin",
        "unknown colour",
    ),
    "no background": (lambda r: r["palette"].pop("background"), "palette", "has no 'background'"),
    "a misspelt channel": (
        lambda r: r["drivers"]["lid"].update(sum={"eyeBlnkLeft": 1}),
        "drivers.lid",
        "did you mean 'eyeBlinkLeft'?",
    ),
    "a driver of a later one": (
        lambda r: r["drivers"]["lid"].update(sum={"both": 1}),
        "drivers.lid",
        "channel or earlier driver 'both'",
    ),
    "sum and product": (
        lambda r: r["drivers"]["lid"].update(product=["jawOpen"]),
        "drivers.lid",
        "either 'sum' or 'product'",
    ),
    "neither": (lambda r: r["drivers"].update(lid={"sum": {}}), "drivers.lid", "either 'sum' or 'product'"),
    "a driver named as a channel": (
        lambda r: r["drivers"].update(jawOpen={"product": ["jawLeft"]}),
        "drivers.jawOpen",
        "name of a channel",
    ),
    "falling limits": (lambda r: r["drivers"]["lid"].update(limits=[1, 0]), "drivers.lid", "limits must rise"),
    "deltas of nothing": (lambda r: r["deltas"].update(jawOpn=[]), "deltas.jawOpn", "did you mean 'jawOpen'?"),
    "deltas of no point": (lambda r: r["deltas"].update(jawOpen=[[4, 1, 1]]), "deltas.jawOpen", "no point 4"),
    "a point behind the viewer": (lambda r: r["points"].append([0, 0, 100, 1]), "points[4]", "behind the viewer"),
    "a point in two pairs": (lambda r: r["order"].append([3, 2, 1]), "order", "point 3 stands in more than one"),
    "a chain of followers": (lambda r: r["follow"].append([2, 1, 1, 1]), "follow", "a parent is never a child"),
    "a follower of no point": (lambda r: r["follow"].append([2, -1, 1, 1]), "follow", "no point -1"),
    "two of a name": (lambda r: r["paths"][1].update(name="a", clip=None), "paths.a", "another path of this name"),
    "an unknown command": (lambda r: r["paths"][0].update(commands="MQ"), "paths.a.commands", "found 'MQ'"),
    "too few points": (lambda r: r["paths"][0].update(points=[0]), "paths.a.points", "takes 4 points, found 1"),
    "a clip by nothing": (lambda r: r["paths"][1].update(clip="c"), "paths.b.clip", "unknown path 'c'"),
    "a clip by itself": (lambda r: r["paths"][1].update(clip="b"), "paths.b.clip", "unknown path 'b'"),
    "a stroke without width": (lambda r: r["paths"][1].update(width=0), "paths.b", "a stroke needs a width"),
    "an unknown cap": (lambda r: r["paths"][1].update(cap="flat"), "paths.b", "unknown cap 'flat'"),
    "an unknown colour": (lambda r: r["paths"][0].update(fill="skim"), "paths.a.fill", "did you mean 'skin'?"),
    "opacity beyond 1": (lambda r: r["paths"][0].update(opacity=1.5), "paths.a.opacity", "found 1.5"),
    "opacity by nothing": (
        lambda r: r["paths"][0].update(opacity_deltas={"jaw": 1}),
        "paths.a.opacity_deltas",
        "unknown channel or driver 'jaw'",
    ),
    "a gradient of no kind": (
        lambda r: r["paths"][0].update(fill={"stops": [[0, "skin", 1], [1, "skin", 0]]}),
        "paths.a.fill",
        "either linear or radial",
    ),
    "falling stops": (
        lambda r: r["paths"][0].update(fill={"linear": [0, 1], "stops": [[1, "skin", 1], [0, "skin", 0]]}),
        "paths.a.fill",
        "rising from 0 to 1",
    ),
    "an alpha beyond 1": (
        lambda r: r["paths"][0].update(fill={"radial": [0, 1], "stops": [[0, "skin", 2], [1, "skin", 0]]}),
        "paths.a.fill",
        "found 2",
    ),
    "a gradient between no points": (
        lambda r: r["paths"][0].update(fill={"radial": [0, 9], "stops": [[0, "skin", 1], [1, "skin", 0]]}),
        "paths.a.fill",
        "no point 9",
    ),
    "a word that is none": (lambda r: r.update(colour="red"), "", "unknown field `colour`"),
    "text for a number": (lambda r: r["points"][0].__setitem__(0, "x"), "points[0][0]", "Expected `float`"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_said_with_its_place(name: str) -> None:
    damage, path, sentence = BROKEN[name]
    rig = small()
    damage(rig)
    with pytest.raises(ProblemsError) as caught:
        parsed(json.dumps(rig), "mine.json")
    found = [problem for problem in caught.value.problems if sentence in problem.text]
    assert [problem.path for problem in found][:1] == [path], str(caught.value)
    assert str(caught.value).startswith("mine.json: ")


def test_everything_wrong_is_said_at_once() -> None:
    rig = small()
    rig["palette"]["skin"] = "red"
    rig["paths"][0]["fill"] = "skim"
    with pytest.raises(ProblemsError) as caught:
        parsed(json.dumps(rig))
    assert len(caught.value.problems) == 2


def test_what_is_no_json_is_said() -> None:
    with pytest.raises(ProblemsError, match="truncated"):
        parsed("{")


def test_a_rig_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AvatarDriverError, match=r"cannot read the puppet .*none\.json: No such file"):
        Rig.load(tmp_path / "none.json")


def test_a_rig_of_ones_own_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text(json.dumps(small()), encoding="utf-8")
    assert [path.name for path in Rig.load(tmp_path / "own.json").paths] == ["a", "b"]
