from pathlib import Path

import pytest

from avatar_driver.errors import ProblemsError
from avatar_driver.options import overrides
from avatar_driver.profile import Profile, read_profile


def profile(**options: object) -> Profile:
    return read_profile("sinks: [{type: vmc}]", "p.yaml", overrides=overrides(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "kind", "arguments"),
    [
        ("synthetic", "synthetic", {}),
        ("2", "camera", {"device": 2}),
        ("C920", "camera", {"device": "C920"}),
        ("/dev/v4l/by-id/usb-x", "camera", {"device": "/dev/v4l/by-id/usb-x"}),
        ("clips/a: b.mp4", "camera", {"device": "clips/a: b.mp4"}),
        ("rtsp://cam/1", "camera", {"device": "rtsp://cam/1"}),
        ("takes/one.avdr", "recording", {"path": "takes/one.avdr"}),
    ],
)
def test_a_source_is_a_name_of_ours_or_a_device(source: str, kind: str, arguments: dict[str, object]) -> None:
    part = profile(source=source).source
    assert (part.type, part.arguments) == (kind, arguments)


@pytest.mark.parametrize(
    ("sink", "host", "port"),
    [
        ("vmc=39540", None, 39540),
        ("vmc=:39540", None, 39540),
        ("vmc=192.168.1.5:39539", "192.168.1.5", 39539),
        ("vmc=[::1]:39539", "::1", 39539),
    ],
)
def test_a_sink_may_name_its_target(sink: str, host: str | None, port: int) -> None:
    (part,) = profile(sinks=[sink]).sinks
    assert part.arguments.get("host") == host
    assert part.arguments["port"] == port


def test_a_sink_that_writes_takes_a_file() -> None:
    (part,) = profile(sinks=["recording=my takes/one.avdr"]).sinks
    assert part.arguments["path"] == "my takes/one.avdr"


def test_sinks_given_replace_the_profiles() -> None:
    assert [part.label for part in profile(sinks=["vrchat", "vmc=1234", "vmc=1235"]).sinks] == [
        "vrchat",
        "vmc",
        "vmc 2",
    ]


def test_model_and_fast_are_the_sources_settings() -> None:
    part = profile(source="a.mp4", model=Path("m.task"), fast=True).source
    assert part.arguments == {"device": "a.mp4", "model": "m.task", "fast": True}


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"sinks": ["vmc=somewhere"]},
         "--sink vmc=somewhere: expected TYPE, TYPE=PORT or TYPE=HOST:PORT, such as vmc=192.168.1.5:39539"),
        ({"sinks": ["vcm"]}, "--sink vcm: sinks.0.type: no sink named 'vcm'; did you mean 'vmc'?"),
        ({"sinks": ["console=1"]}, "--sink console=1: sinks.0.port: unknown setting"),
        ({"source": "synthetic", "model": Path("x")}, "--model x: source.model: unknown setting"),
        ({"settings": ["sinks.vmc.port=x"]}, '--set sinks.vmc.port=x: sinks.0.port: must be a whole number, found "x"'),
    ],
)  # fmt: skip
def test_a_wrong_option_is_named_as_it_was_written(options: dict[str, object], line: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        profile(**options)
    assert str(caught.value).startswith(line)
