"""The overlay for OBS in Chromium, with the test as its server."""

import asyncio
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.web.staged import OpenPage, Staged, frame

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHOWN = "getComputedStyle(document.querySelector('canvas')).opacity === '1'"
GONE = "getComputedStyle(document.querySelector('canvas')).opacity === '0'"
SIZE = {"width": 480, "height": 360}


async def seen(stage: Staged) -> NDArray[np.uint8]:
    """(360, 480, 4) what OBS would see: blue, green, red, alpha."""
    png = await stage.page.screenshot(omit_background=True)
    found: Any = cv2.imdecode(np.frombuffer(BytesIO(png).getvalue(), np.uint8), cv2.IMREAD_UNCHANGED)
    if found.shape[2] == 3:  # an opaque picture has no alpha in its file
        found = np.dstack([found, np.full(found.shape[:2], 255, np.uint8)])
    return np.asarray(found, np.uint8)


def centre(picture: NDArray[np.uint8]) -> float:
    """Where the painted pixels lie from left to right, 0 to 1."""
    return float(np.nonzero(picture[..., 3])[1].mean() / picture.shape[1])


async def shown_by_faces(stage: Staged) -> None:
    """Streams faces until they are seen: a single one may be hidden again before a busy machine has looked."""
    async with asyncio.timeout(20):
        while not await stage.page.evaluate(SHOWN):
            stage.stream(frame(0.0))


async def test_it_paints_the_avatar_and_nothing_around_it(open_page: OpenPage) -> None:
    stage = await open_page("overlay", **SIZE)
    assert not (await seen(stage))[..., 3].any(), "nothing before the first face"
    stage.stream(frame(0.0))
    await stage.until(SHOWN)
    picture = await seen(stage)
    painted = picture[..., 3] > 0
    assert 0.2 < painted.mean() < 0.7
    assert not painted[:40, :40].any()
    assert abs(centre(picture) - 0.5) < 0.05
    fits = "document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight"
    assert await stage.page.evaluate(fits)
    assert stage.complaints == []


async def test_its_address_sets_side_scale_colours_and_background(open_page: OpenPage) -> None:
    stage = await open_page("overlay?side=left&scale=0.5&hair=%2300ff00&nonsense=aabbcc&background=oops", **SIZE)
    stage.stream(frame(0.0))
    await stage.until(SHOWN)
    picture = await seen(stage)
    assert centre(picture) < 0.3
    assert 0.05 < (picture[..., 3] > 0).mean() < 0.2
    greens = (picture[..., 1] > 200) & (picture[..., 0] < 60) & (picture[..., 2] < 60)
    assert greens.sum() > 50

    stage = await open_page("overlay?side=right&scale=0.5&background=rgb(255,0,255)", **SIZE)
    stage.stream(frame(0.0))
    await stage.until(SHOWN)
    picture = await seen(stage)
    assert (picture[5, 5] == (255, 0, 255, 255)).all()
    assert (picture[:, :160] == (255, 0, 255, 255)).all(), "the avatar stands on the right"


async def test_the_colours_of_the_profile_are_drawn_and_its_address_comes_before_them(open_page: OpenPage) -> None:
    for query, colour in (("overlay", (0, 255, 0)), ("overlay?hair=%230000ff", (255, 0, 0))):
        stage = await open_page(query, colours={"hair": "#00ff00"}, **SIZE)
        stage.stream(frame(0.0))
        await stage.until(SHOWN)
        assert (np.abs((await seen(stage))[..., :3].astype(int) - colour).max(axis=-1) < 60).sum() > 200


async def test_mirrored_it_winks_with_the_other_eye(open_page: OpenPage) -> None:
    pictures = []
    for query in ("overlay?scale=1.2", "overlay?scale=1.2&mirror"):
        stage = await open_page(query, **SIZE)
        stage.stream(frame(0.0, eyeBlinkLeft=1.0))
        await stage.until(SHOWN)
        pictures.append((await seen(stage)).astype(float))
    straight, mirrored = pictures
    apart = np.abs(straight - mirrored).mean()
    assert apart > 0.5
    assert np.abs(straight - mirrored[:, ::-1]).mean() < 0.35 * apart


async def test_a_new_face_is_drawn_and_arrives_within_one_frame(open_page: OpenPage) -> None:
    stage = await open_page("overlay", **SIZE)
    stage.stream(frame(0.0))
    await stage.until(SHOWN)
    # In the page, frame by frame: how far the picture is from the one at rest. Not whether it is the same: the browser
    # smooths edges otherwise once it finds that a canvas is read often.
    watched = """() => { const canvas = document.querySelector('canvas'); const context = canvas.getContext('2d');
        const read = () => context.getImageData(0, 0, canvas.width, canvas.height).data;
        const rest = read(); window.seen = [];
        const look = (now) => { const data = read(); let apart = 0;
            for (let i = 0; i < data.length; i += 4) apart += Math.abs(data[i] - rest[i]) > 40;
            window.seen.push({now, apart: document.body.hasAttribute('data-shown') ? apart : 0});
            requestAnimationFrame(look); };
        requestAnimationFrame(look); }"""
    await stage.page.evaluate(watched)
    stage.stream(frame(1 / 30, jawOpen=1.0))
    await stage.until("() => window.seen.at(-1)?.apart > 200")
    since = await stage.page.evaluate("performance.now()")
    await stage.until("(since) => window.seen.at(-1).now > since + 200", since)
    shown = await stage.page.evaluate("window.seen")
    final = max(each["apart"] for each in shown)  # after a second without faces it eases to rest
    began = next(each["now"] for each in shown if each["apart"] > 0.05 * final)
    arrived = next(each["now"] for each in shown if each["apart"] > 0.95 * final)
    assert arrived - began < 1000 / 30 + 120, "one frame, and what a busy machine adds"


async def test_without_a_connection_nothing_is_shown_and_it_comes_back_by_itself(open_page: OpenPage) -> None:
    stage = await open_page("overlay", **SIZE)
    stage.stream(frame(0.0))
    await stage.until(SHOWN)
    await stage.stop()
    await stage.until(GONE)
    assert not (await seen(stage))[..., 3].any()
    stage.start_again()
    await stage.until_connected(2)
    stage.stream(frame(0.0))
    await stage.until(SHOWN)


@pytest.mark.parametrize(("query", "expected"), [("lost=hide", GONE), ("lost=rest", SHOWN)])
async def test_a_lost_face_hides_or_rests_as_asked(open_page: OpenPage, query: str, expected: str) -> None:
    stage = await open_page(f"overlay?{query}", **SIZE)
    await shown_by_faces(stage)
    since = await stage.page.evaluate("performance.now()")
    stage.stream(frame(0.1, tracked=False))
    await stage.page.wait_for_function("(since) => performance.now() - since > 900", arg=since)
    assert await stage.page.evaluate(expected)
    await shown_by_faces(stage)


async def test_the_token_of_its_address_goes_with_the_stream(open_page: OpenPage) -> None:
    stage = await open_page("overlay?token=a%26b", **SIZE)
    assert stage.tokens == ["format=binary&token=a%26b"]
