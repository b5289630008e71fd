"""Edits of a profile: they find their place, come in steps, and can be taken back."""

import pytest

from avatar_driver.edits import Edit, EditError, History, apply


def profile() -> dict:
    return {
        "stages": [{"type": "calibrate"}, "two_timescale", {"type": "amplify", "tone": 1.2}, {"type": "loss"}],
        "sinks": [{"type": "vmc"}, {"type": "vmc", "port": 39540}],
    }


def edited(*edits: Edit) -> dict:
    content = profile()
    apply(content, edits)
    return content


def test_a_setting_is_found_by_its_stages_type_even_where_only_the_name_stands() -> None:
    stages = edited(Edit(("stages", "two_timescale", "stillness"), 0.5))["stages"]
    assert stages[1] == {"type": "two_timescale", "stillness": 0.5}


def test_an_item_is_found_by_its_number() -> None:
    assert edited(Edit(("sinks", 1, "enabled"), False, kind="vmc"))["sinks"][1] == {
        "type": "vmc",
        "port": 39540,
        "enabled": False,
    }


def test_a_number_that_means_another_part_now_is_refused() -> None:
    with pytest.raises(EditError, match=r"sinks\.1\.enabled: there is no vrchat 1 here; there are vmc, vmc"):
        edited(Edit(("sinks", 1, "enabled"), False, kind="vrchat"))


def test_a_stage_that_is_missing_comes_at_its_place() -> None:
    stages = edited(Edit(("stages", "adjust", "channels", "jawOpen", "gain"), 1.5))["stages"]
    assert stages[2] == {"type": "adjust", "channels": {"jawOpen": {"gain": 1.5}}}
    assert stages[3]["type"] == "amplify"
    assert edited(Edit(("stages", "expressions", "fade"), 0.1))["stages"][-1]["type"] == "expressions"


def test_no_value_takes_the_setting_out_and_what_is_empty_without_it() -> None:
    path = ("stages", "adjust", "channels", "jawOpen", "gain")
    stages = edited(Edit(path, 1.5), Edit(path, None))["stages"]
    assert stages[2] == {"type": "adjust"}
    assert edited(Edit(path, None)) == profile()


@pytest.mark.parametrize(
    "path",
    [("stages", "nothing", "x"), ("sinks", "adjust", "x"), ("sinks", 7, "port"), ("stages", 0, "type", "x"), (), (0,)],
)
def test_a_path_that_leads_nowhere_is_refused(path: tuple) -> None:
    with pytest.raises(EditError):
        edited(Edit(path, 1))


def test_one_pull_of_a_slider_is_one_step() -> None:
    history = History()
    for value in (0.9, 0.8, 0.7):
        history = history.with_([Edit(("stages", "two_timescale", "stillness"), value, gesture="pull 1")])
    history = history.with_([Edit(("stages", "amplify", "tone"), 1.5, gesture="pull 2")])
    assert [len(step) for step in history.done] == [1, 1]
    assert history.edits()[0].value == 0.7
    assert history.without_last().edits() == history.edits()[:1]


def test_steps_are_undone_and_done_again_until_a_new_one_comes() -> None:
    history = History().with_([Edit(("a",), 1)]).with_([Edit(("b",), 2)])
    back = history.without_last()
    assert back.with_next().edits() == history.edits()
    other = back.with_([Edit(("c",), 3)])
    with pytest.raises(EditError, match="nothing to do again"):
        other.with_next()
    with pytest.raises(EditError, match="nothing to undo"):
        History().without_last()


def test_a_day_of_pulling_sliders_keeps_a_bounded_history_with_nothing_lost() -> None:
    history = History()
    for i in range(1200):
        history = history.with_([Edit(("stages", "adjust", str(i % 7)), i)])
    assert len(history.done) == 500
    content: dict = {"stages": [{"type": "adjust"}]}
    apply(content, history.edits())
    assert {k: v % 7 for k, v in content["stages"][0].items() if k != "type"} == {str(i): i for i in range(7)}
