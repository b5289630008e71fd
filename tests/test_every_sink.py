"""Promises that every sink in the registry keeps, tested the day its file exists."""

import asyncio
import contextlib
import inspect
import time
from collections.abc import AsyncIterator, Iterator

import numpy as np
import pytest
import pyvirtualcam.camera
from hypothesis import HealthCheck, given, settings

from avatar_driver import registry
from avatar_driver.channels import CHANNELS
from avatar_driver.frame import REST, Frame, Origin
from avatar_driver.profile import read_profile
from avatar_driver.registry import Kind
from avatar_driver.settings import settings_of
from avatar_driver.sinks import Sink
from tests.strategies import frame_sequences

every_sink = pytest.mark.parametrize("name", registry.names(Kind.SINK))

# What a test must say differently from the defaults: servers take a free port, and no program of the person who runs
# the tests may answer.
SETTINGS = {"websocket": "port: 0", "vtube_studio": "port: 9", "virtual_camera": "width: 160, height: 90"}


class SilentCamera:
    """A virtual camera that nobody watches, as pyvirtualcam asks for its backends."""

    def __init__(self, **_: object) -> None: ...

    def close(self) -> None: ...

    def send(self, frame: object) -> None: ...

    def device(self) -> str:
        return "a camera of the tests"


@pytest.fixture(scope="module", autouse=True)
def _virtual_camera() -> Iterator[None]:
    """This computer has exactly one virtual camera."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyvirtualcam.camera, "BACKENDS", {})
        pyvirtualcam.register_backend("silent", SilentCamera)
        yield


@pytest.fixture(scope="module", autouse=True)
def _elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Sinks that write files write them here."""
    with contextlib.chdir(tmp_path_factory.mktemp("here")):
        yield


def sink(name: str) -> Sink:
    extra = f", {SETTINGS[name]}" if name in SETTINGS else ""
    made: Sink = read_profile(f"source: synthetic\nsinks: [{{type: {name}{extra}}}]", "test").sinks[0].make()
    return made


@contextlib.asynccontextmanager
async def opened(name: str) -> AsyncIterator[Sink]:
    made = sink(name)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


@every_sink
def test_parameters_are_documented_keywords_with_defaults(name: str) -> None:
    component = registry.component(Kind.SINK, name)
    for parameter in inspect.signature(component).parameters.values():
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
        assert parameter.default is not inspect.Parameter.empty
    for setting in settings_of(component).values():
        assert setting.doc, f"{name}.{setting.name} is not documented"


@every_sink
async def test_making_one_opens_nothing_and_it_can_be_described_at_any_time(name: str) -> None:
    before = set(asyncio.all_tasks())
    made = sink(name)
    assert made.describe()
    assert set(asyncio.all_tasks()) == before
    await made.open()
    assert made.describe()
    await made.close()
    assert made.describe()


@every_sink
async def test_closing_twice_or_without_opening_does_nothing_and_it_opens_again(name: str) -> None:
    made = sink(name)
    await made.close()
    for _ in range(2):
        await made.open()
        await made.send(Frame(1.0, REST))
        await made.close()
        await made.close()


@every_sink
async def test_without_a_receiver_sending_neither_fails_nor_waits(name: str) -> None:
    async with opened(name) as made:
        began = time.perf_counter()
        for i in range(100):
            await made.send(Frame(i / 60, np.full(len(CHANNELS), (i % 10) / 10, np.float32)))
        # A generous bound against waiting, not a measurement: 100 frames at 60 fps are 1.7 s.
        assert time.perf_counter() - began < 1.5


@every_sink
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frames=frame_sequences(max_size=8))
def test_every_possible_face_is_sent(name: str, frames: list[Frame]) -> None:
    async def send_all() -> None:
        async with opened(name) as made:
            for frame in frames:
                await made.send(frame.altered_by("amplify"))
                await made.send(frame.changed(origin=Origin(captured=0.0), time=frame.time - 5))

    asyncio.run(send_all())


@every_sink
async def test_closing_is_quick_and_leaves_no_task_behind(name: str) -> None:
    before = set(asyncio.all_tasks())
    made = sink(name)
    await made.open()
    await made.send(Frame(0.0, REST))
    async with asyncio.timeout(0.9):
        await made.close()
    await asyncio.sleep(0)
    assert set(asyncio.all_tasks()) == before
