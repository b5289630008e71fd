"""The stage and `avatar-driver run`: every message arrives, nothing is shown that was not sent; and a break mends."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import pytest_asyncio

from avatar_driver import maps
from avatar_driver.channels import SHAPE_NAMES
from tests.plugins.browser.driving import driver, free_port, listen, puppet, vector
from tests.plugins.browser.pages import Show, until

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="package")

# Keeps what stands on the avatar after each frame that was put on it, and when.
RECORD = """() => {
    window.log = [];
    window.received = [];
    window.avatarStage.connection.onFrame((frame) => {
        window.received.push([frame.sequence, frame.time, frame.received]);
    });
    window.avatarStage.onApplied = (frame) => {
        if (frame === null) return;
        const { avatar } = window.avatarStage;
        window.log.push([frame.sequence, frame.time, performance.now(), avatar.weights]);
    };
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def ports(built: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[int, int]]:
    """One driver for the tests that do not end it: the ports of its WebSocket and of its own pages."""
    port, web = free_port(), free_port()
    async with driver(tmp_path_factory.mktemp("driven"), port, web=f"{{port: {web}, stage: '{built}'}}"):
        await asyncio.to_thread(wait_for_port, web)
        yield port, web


async def recorded(page: "Page", port: int, seconds: float) -> tuple[dict[int, Any], list[Any], list[Any]]:
    """(what a client in Python received, what the page received, what it put on the avatar) in the same seconds."""
    await page.evaluate(RECORD)
    sent = await listen(port, seconds)
    received, applied = await page.evaluate("[window.received, window.log]")
    return sent, received, applied


async def test_the_weights_of_each_frame_are_those_that_another_client_received(
    show: Show, ports: tuple[int, int]
) -> None:
    port, _ = ports
    page = await show(ws=f"ws://127.0.0.1:{port}/", model="head.glb")
    sent, _, applied = await recorded(page, port, 1.5)
    shared = [(sequence, weights) for sequence, _, _, weights in applied if sequence in sent]
    assert len(shared) >= 10
    for sequence, weights in shared:
        assert weights == dict(zip(SHAPE_NAMES, sent[sequence].frame.values[:52].tolist(), strict=True))
    assert len({tuple(weights.values()) for _, weights in shared}) > 5, "the face moves"


async def test_the_expressions_of_each_frame_are_what_the_map_makes_of_it(show: Show, ports: tuple[int, int]) -> None:
    port, _ = ports
    vrm1 = maps.load("vrm1")
    page = await show(ws=f"ws://127.0.0.1:{port}/", model="vrm1-presets-expression.vrm")
    sent, _, applied = await recorded(page, port, 1.5)
    shared = [(sequence, weights) for sequence, _, _, weights in applied if sequence in sent]
    assert len(shared) >= 10
    for sequence, weights in shared:
        expected = dict(zip(vrm1.names, vrm1(sent[sequence].frame.values).tolist(), strict=True))
        assert weights == pytest.approx({name: expected[name] for name in weights}, abs=1e-6)


async def recorded_frames(page: "Page", count: int) -> tuple[list[Any], list[Any], list[float], list[float]]:
    """What the page received, what it put on the avatar, and how late each was, until so many frames came.

    Lateness is in milliseconds from the moment a face was due at the source.
    """
    await page.evaluate(RECORD)
    await until(page, f"window.received.length >= {count}", count / 30 + 20)
    received, applied = await page.evaluate("[window.received, window.log]")
    ahead = await ahead_of(page)
    late = [[event[2] + ahead - 1000 * event[1] for event in events] for events in (received, applied)]
    return received, applied, *late


async def ahead_of(page: "Page") -> float:
    """By how many milliseconds `time.perf_counter`, which the driver's clock is here, is ahead of the page's own clock.

    Both run alike, the time of day need not: of ten questions the one that was answered soonest tells best.
    """
    answers = []
    for _ in range(10):
        asked = time.perf_counter()
        now = await page.evaluate("performance.now()")
        answered = time.perf_counter()
        answers.append((answered - asked, 500 * (asked + answered) - now))
    return min(answers)[1]


async def test_sixty_messages_a_second_arrive_while_the_picture_is_drawn(show: Show, ports: tuple[int, int]) -> None:
    port, _ = ports
    page = await show(ws=f"ws://127.0.0.1:{port}/", model="head.glb")
    received, _, *late = await recorded_frames(page, 120)
    statistics = await page.evaluate("window.avatarStage.connection.statistics")
    sequences = [sequence for sequence, _, _ in received]
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))
    assert (statistics["skipped"], statistics["bad"]) == (0, 0)
    assert (len(received) - 1) / (received[-1][1] - received[0][1]) < 66  # a busy machine makes fewer than 60
    for delays in late:
        # A queue would make them grow. How large they are depends on how often the machine stood still.
        assert np.median(delays[-20:]) < np.median(delays[:20]) + 300


async def test_when_the_sender_ends_the_page_says_so_relaxes_and_comes_back_with_it(show: Show) -> None:
    port = free_port()
    async with puppet(port) as played:
        played.values = vector(jawOpen=0.5, eyeBlinkLeft=0.25)
        page = await show(ws=f"ws://127.0.0.1:{port}/", model="head.glb")
        await until(page, "window.avatarStage.avatar.weights.jawOpen === 0.5")
    await until(page, "document.getElementById('connection').textContent.startsWith('connection lost')")
    await until(page, "Object.values(window.avatarStage.avatar.weights).every((weight) => weight === 0)")
    async with puppet(port):
        await until(page, "window.avatarStage.connection.state === 'open' && window.avatarStage.applied")
        assert (await page.evaluate("window.avatarStage.connection.statistics"))["connections"] == 2


async def test_the_driver_serves_the_stage_and_its_face_from_one_port(show: Show, ports: tuple[int, int]) -> None:
    _, web = ports
    page = await show.blank()
    await page.goto(f"http://127.0.0.1:{web}/stage/?model=vrm1-sync-bone.vrm&background=transparent")
    await until(page, "window.avatarStage?.applied")
    assert await page.evaluate("window.avatarStage.connection.url") == f"ws://127.0.0.1:{web}/face?format=binary"


async def test_an_overlay_says_nothing_of_a_lost_connection(show: Show) -> None:
    page = await show(ws=f"ws://127.0.0.1:{free_port()}/", background="transparent", wait=False)
    await until(page, "document.getElementById('connection').textContent.startsWith('connection lost')")
    assert not await page.locator("#panel").is_visible()


async def test_a_page_that_is_seen_again_tries_at_once(show: Show) -> None:
    port = free_port()
    page = await show.blank()
    await page.goto(f"{show.pages.origin}/client/package.json")
    begin = """async (url) => {
        const { connect } = await import('/client/avatar-driver.js');
        window.tries = 0;
        const Counting = class extends WebSocket { constructor(url) { super(url); window.tries += 1; } };
        window.face = connect(url, { firstPause: 60000, longestPause: 60000, WebSocket: Counting });
    }"""
    await page.evaluate(begin, f"ws://127.0.0.1:{port}/")
    await until(page, "window.face.state === 'lost'")
    async with puppet(port):
        assert await page.evaluate("window.tries") == 1
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await until(page, "window.face.frame")
    assert await page.evaluate("window.tries") == 2


def wait_for_port(port: int) -> None:
    """Returns once somebody listens there."""
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}")
