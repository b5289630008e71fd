from pathlib import Path

import pytest

from avatar_driver import profile as profiles
from avatar_driver.errors import AvatarDriverError, ProblemsError
from avatar_driver.profile import Profile, read_profile
from avatar_driver.stages.two_timescale import TwoTimescale

SINK = "sinks: [{type: vmc}]\n"


def read(text: str, *settings: str) -> Profile:
    return read_profile(text, "face.yaml", overrides=[(f"--set {setting}", setting) for setting in settings])


def problems_of(text: str, *settings: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read(text, *settings)
    return str(caught.value).splitlines()


def test_left_out_source_and_stages_have_their_defaults() -> None:
    profile = read(SINK)
    assert profile.source.type == "camera"
    assert [part.label for part in profile.stages] == ["calibrate", "two_timescale", "amplify", "loss"]


def test_no_stages_means_none() -> None:
    assert read(SINK + "stages: []").stages == ()


def test_a_part_may_be_its_name_alone() -> None:
    assert [part.type for part in read(SINK + "stages: [mirror, loss]").stages] == ["mirror", "loss"]


def test_several_sinks_of_one_type_get_labels_of_their_own() -> None:
    profile = read("sinks: [{type: vmc}, {type: vrchat}, {type: vmc, port: 1234}]")
    assert [part.label for part in profile.sinks] == ["vmc", "vrchat", "vmc 2"]


def test_settings_reach_the_constructor() -> None:
    (part,) = read(SINK + "stages: [{type: one_euro, min_cutoff: 2, beta: 0.5}]").stages
    made = part.make()
    assert (made.min_cutoff, made.beta, made.derivative_cutoff) == (2, 0.5, 1.0)


def test_the_name_of_a_map_becomes_the_map() -> None:
    (part,) = read("sinks: [{type: vmc, map: vrm0}]").sinks
    assert part.arguments["map"].name == "vrm0"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            SINK + "stages:\n  - {type: one_euro, min_cutoff: -1}\n"
            "  - {type: one_euro,\n     betta: 1}\n  - {type: one_uro}\n",
            [
                "face.yaml:3:34: stages.0.min_cutoff: must be greater than 0, found -1",
                "face.yaml:5:6: stages.1.betta: unknown setting; did you mean 'beta'?",
                "face.yaml:6:12: stages.2.type: no stage named 'one_uro'; did you mean 'one_euro'?",
            ],
        ),
        (
            "sinks:\n  - {type: vmc, port: 99999}\n  - {type: vmc, port: '39539'}\n  - {type: vmc, map: vrm9}\n",
            [
                "face.yaml:2:23: sinks.0.port: must be at most 65535, found 99999",
                "face.yaml:3:23: sinks.1.port: must be a whole number, found \"39539\"",
                "face.yaml:4:22: sinks.2.map: no map named 'vrm9'; did you mean 'vrm1'? The path",
            ],
        ),
        ("sinks: []", ["face.yaml:1:8: sinks: no sink, so nothing would be sent; add one of "]),
        (SINK + "stagse: []", ["face.yaml:2:1: stagse: unknown setting; did you mean 'stages'?"]),
        (SINK + "stages: {type: loss}", ['face.yaml:2:9: stages: must be a list of stages, found {"type": "loss"}']),
        (SINK + "stages: [3]", ["face.yaml:2:10: stages.0: must be settings such as {type: adjust}, found 3"]),
        (SINK + "stages: [{hold: 1}]", ["face.yaml:2:10: stages.0.type: is required, one of "]),
        (SINK + "stages: [{type: loss, hold: off}]", ['face.yaml:2:29: stages.0.hold: must be a number, found "off"']),
        (SINK + "stages: [{type: mirror, x: 1}]",
         ["face.yaml:2:25: stages.0.x: unknown setting; mirror has no settings"]),
        (SINK + "stages: [{type: amplify, regions: [smlie]}]",
         ["face.yaml:2:10: stages.0: no region named 'smlie' can be amplified; did you mean 'smile'?"]),
        (SINK + "stages: [{type: amplify, regions: [smile, 3]}]",
         ["face.yaml:2:43: stages.0.regions.1: must be text, found 3"]),
        ("- a\n- b\n", ['face.yaml:1:1: must hold source, stages, sinks, web, found ["a", "b"]']),
        (SINK + "web: {port: 99999, prot: 1}", [
            "face.yaml:2:13: web.port: must be at most 65535, found 99999",
            "face.yaml:2:20: web.prot: unknown setting; did you mean 'port'?",
        ]),
        (SINK + "web: true", ["face.yaml:2:6: web: must be settings such as {port: 8770}, or false, found true"]),
        (SINK + "web: {colours: {hair: brown}}",
         ["face.yaml:2:6: web: hair: expected a colour such as '#7a4a2a', found 'brown'"]),
        (SINK + "web: {allowed_origins: [me]}", ["face.yaml:2:6: web: expected an origin such as "]),
        ("sinks: [{type: vmc, enabled: 1}]", ["face.yaml:1:30: sinks.0.enabled: must be true or false, found 1"]),
        (SINK + "source: {type: synthetic, enabled: true}", ["face.yaml:2:27: source.enabled: unknown setting"]),
        ("source: [\n", ["face.yaml:2:1: not YAML: "]),
        (SINK + "source: {type: synthetic, fps: 0}\nsource: {type: synthetic}",
         ["face.yaml:3:1: source: written twice, first on line 2; keep one"]),
        ("", ["face.yaml:1:1: sinks: no sink, so nothing would be sent; add one of "]),
    ],
)  # fmt: skip
def test_every_problem_at_once_with_its_place_and_what_to_do(text: str, lines: list[str]) -> None:
    found = problems_of(text)
    assert len(found) == len(lines)
    for line, expected in zip(found, lines, strict=True):
        assert line.startswith(expected)


def test_an_override_is_checked_like_the_file_and_named_as_it_was_written() -> None:
    assert read(SINK, "stages.two_timescale.stillness=0.5").stages[1].arguments == {"stillness": 0.5}
    assert problems_of(SINK, "stages.two_timescale.stillness=9") == [
        "--set stages.two_timescale.stillness=9: stages.1.stillness: must be at most 2, found 9"
    ]


def test_a_map_file_with_problems_shows_them_at_their_own_lines(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("target: mine\nparameters:\n  a: {jawOpn: 1}\n")
    (line,) = problems_of(f"sinks: [{{type: vmc, map: '{file}'}}]")
    assert f"{file}:3:" in line
    assert "did you mean 'jawOpen'" in line


def test_a_changed_map_file_changes_the_part(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = f"sinks: [{{type: vmc, map: '{file}'}}]"
    prints = []
    for weight in (1, 0.5):
        file.write_text(f"target: mine\nparameters:\n  a: {{jawOpen: {weight}}}\n")
        profile = read(text)
        prints.append(profile.sinks[0].fingerprint)
    assert prints[0] != prints[1]
    assert file.resolve() in profile.files


def test_a_changed_map_file_changes_only_the_parts_that_use_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = f"sinks: [{{type: vmc, map: '{file}'}}, {{type: vrchat}}]"
    prints = []
    for weight in (1, 0.5):
        file.write_text(f"target: mine\nparameters:\n  a: {{jawOpen: {weight}}}\n")
        prints.append([part.fingerprint for part in read(text).sinks])
    assert prints[0][0] != prints[1][0]
    assert prints[0][1] == prints[1][1]


@pytest.mark.parametrize("name", profiles.names())
def test_every_shipped_profile_is_sound(name: str) -> None:
    profile = profiles.load(name)
    assert profile.sinks
    assert any(isinstance(part.make(), TwoTimescale) for part in profile.stages)
    assert profile.files == ()


def test_a_profile_is_found_by_path_and_by_the_name_of_a_file_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "me.yaml").write_text(SINK)
    assert profiles.load("me").files == ((tmp_path / "me.yaml").resolve(),)
    assert profiles.load(str(tmp_path / "me.yaml")).sinks[0].type == "vmc"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("vrchta", "no profile named 'vrchta' and no file vrchta.yaml here; did you mean 'vrchat'?"),
        ("gone.yaml", "cannot read the profile gone.yaml: No such file or directory"),
        ("folder.yaml", "cannot read the profile folder.yaml: not a file"),
        ("latin.yaml", "cannot read the profile latin.yaml: not UTF-8 text at byte 2"),
    ],
)
def test_a_profile_that_cannot_be_read_says_why(
    name: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "latin.yaml").write_bytes(b"a:\xe9")
    with pytest.raises(AvatarDriverError) as caught:
        profiles.load(name)
    assert str(caught.value).startswith(sentence)


def test_the_dashboard_is_served_unless_the_profile_says_otherwise() -> None:
    served = read(SINK).web
    assert served is not None
    assert (served.host, served.port, served.access.token) == ("127.0.0.1", 8770, None)
    assert read(SINK + "web: false").web is None
    beyond = read(SINK + "web: {host: 0.0.0.0}").web
    assert beyond is not None
    assert beyond.access.token == beyond.command_token
    assert len(beyond.command_token) >= 24


def test_a_part_that_is_switched_off_is_read_and_not_run() -> None:
    (vmc,) = read("sinks: [{type: vmc, enabled: false}]").sinks
    assert not vmc.enabled
    assert vmc.arguments.keys() == {"map"}
