"""Promises that every source in the registry keeps, tested the day its file exists."""

import inspect
import threading
import time
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from avatar_driver import registry
from avatar_driver.channels import SHAPES, Support
from avatar_driver.frame import Frame
from avatar_driver.protocols.recording import RecordingWriter
from avatar_driver.registry import Kind
from avatar_driver.settings import settings_of
from avatar_driver.sources import Source


@pytest.fixture(scope="module")
def recorded_face(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("takes") / "take.avdr"
    writer = RecordingWriter()
    frames = registry.component(Kind.SOURCE, "synthetic")(fast=True, seconds=3).frames(threading.Event())
    path.write_bytes(writer.begin() + b"".join(map(writer.encode, frames)))
    return path


every_source = pytest.mark.parametrize("name", registry.names(Kind.SOURCE))


def source(name: str, request: pytest.FixtureRequest, *, fast: bool = True) -> Source:
    """One that plays without a device. A new source says here how."""
    component = registry.component(Kind.SOURCE, name)
    made: Source
    match name:
        case "synthetic":
            made = component(fast=fast, seconds=3, noise=1.0)
        case "camera":
            video: Path = request.getfixturevalue("face_video")
            made = component(device=str(video), model=str(request.getfixturevalue("face_model")), fast=fast)
        case "recording":
            made = component(path=str(request.getfixturevalue("recorded_face")), fast=fast)
        case _:
            pytest.fail(f"say in this test how {name} is played without its device")
    return made


def played(made: Source, count: int = 60) -> list[Frame]:
    frames = made.frames(threading.Event())
    try:
        return list(islice(frames, count))
    finally:
        frames.close()  # type: ignore[attr-defined]  # all of ours are generators


@every_source
def test_parameters_are_documented_keywords_with_defaults(name: str) -> None:
    component = registry.component(Kind.SOURCE, name)
    for parameter in inspect.signature(component).parameters.values():
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
        assert parameter.default is not inspect.Parameter.empty
    for setting in settings_of(component).values():
        assert setting.doc, f"{name}.{setting.name} is not documented"


@every_source
def test_making_one_opens_nothing(name: str, request: pytest.FixtureRequest) -> None:
    threads = threading.active_count()
    assert source(name, request).describe()
    assert threading.active_count() == threads


@every_source
def test_frames_are_faces_with_rising_times_and_every_channel_labelled(
    name: str, request: pytest.FixtureRequest
) -> None:
    frames = played(source(name, request))
    assert len(frames) == 60
    assert all(np.diff([frame.time for frame in frames]) > 0)
    for frame in frames:
        assert np.isfinite(frame.values).all()
        assert frame.values[SHAPES].min() >= 0
        assert frame.values[SHAPES].max() <= 1
        assert not frame.altered
        assert frame.origin.captured > 0
        assert len(frame.origin.support) == 58
        assert set(frame.origin.support) <= set(Support)
    assert any(frame.tracked for frame in frames)


@every_source
def test_the_same_recording_or_seed_plays_the_same(name: str, request: pytest.FixtureRequest) -> None:
    first, second = played(source(name, request)), played(source(name, request))
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.values, other.values)
    steps = [np.diff([frame.time for frame in frames]) for frames in (first, second)]
    assert np.allclose(*steps, atol=1e-6)


@every_source
def test_it_ends_soon_after_it_is_asked_to(name: str, request: pytest.FixtureRequest) -> None:
    stop = threading.Event()
    frames = source(name, request, fast=False).frames(stop)
    next(frames)
    stop.set()
    began = time.perf_counter()
    assert len(list(islice(frames, 5))) <= 1
    assert time.perf_counter() - began < 1
