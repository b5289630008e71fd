"""The dashboard's panels of sliders and outputs in Chromium, with the test as its server."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from avatar_driver.protocols.access import is_loopback
from tests.web.running import running
from tests.web.staged import OpenPage, Staged, frame

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")  # so that the tests share a browser

# Where the dot stands on the response curve, from 0 to 1 each: the middle of the pixels of its colour.
DOT = """() => {
    const canvas = document.querySelector('.curve canvas');
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const code = getComputedStyle(document.documentElement).getPropertyValue('--tone').trim();
    const wanted = [1, 3, 5].map((at) => parseInt(code.slice(at, at + 2), 16));
    let [x, y, count] = [0, 0, 0];
    for (let i = 0; i < data.data.length; i += 4) {
        if (wanted.some((part, k) => Math.abs(data.data[i + k] - part) > 6) || data.data[i + 3] < 250) continue;
        x += (i / 4) % data.width;
        y += Math.floor(i / 4 / data.width);
        count += 1;
    }
    const share = (sum, size) => (148 * (sum / count + 0.5) / size - 10) / 128;
    return [share(x, data.width), 1 - share(y, data.height)];
}"""


def with_adjust(stage: Staged, enabled: bool = True, **own: float) -> None:
    """As if the profile had these settings for the left corner of the mouth."""
    stages = [each for each in stage.state["stages"] if each["type"] != "adjust"]
    adjust = {"type": "adjust", "label": "adjust", "index": 2, "enabled": enabled}
    stages.insert(2, {**adjust, "settings": {"channels": {"mouthSmileLeft": own}, "regions": {"smile": 0.8}}})
    stage.state["stages"] = stages
    stage.tell(stage.state)


async def test_the_dot_stands_where_the_stage_is_whatever_comes_behind_it(open_page: OpenPage) -> None:
    stage = await open_page()
    with_adjust(stage, low=0.2, curve=0.5, offset=0.1)
    caption = stage.page.locator(".curve figcaption")
    # 0.1 + 0.8 * ((0.4 - 0.2) / 0.8) ** 0.5; the amplified face that is sent out is another.
    stage.show(frame(0.0, mouthSmileLeft=0.9), frame(0.0, mouthSmileLeft=1.0), frame(0.0, mouthSmileLeft=0.4))
    await caption.get_by_text("in 0.40 → out 0.50").wait_for()
    assert await stage.page.evaluate(DOT) == pytest.approx([0.4, 0.5], abs=0.02)

    with_adjust(stage, enabled=False, low=0.2, curve=0.5)
    stage.show(frame(0.1, mouthSmileLeft=0.4))
    await caption.get_by_text("in 0.40 → out 0.40").wait_for()
    assert await stage.page.evaluate(DOT) == pytest.approx([0.4, 0.4], abs=0.02)
    gain = stage.page.locator(".slider", has=stage.page.get_by_label("Gain", exact=True))
    assert await gain.get_by_text("Switched off under Chain").is_visible()
    still = stage.page.locator(".slider", has=stage.page.get_by_label("Stillness", exact=True))
    assert not await still.get_by_text("Switched off under Chain").is_visible()


async def test_a_pulled_slider_stops_before_the_range_is_empty_and_says_what_it_does(open_page: OpenPage) -> None:
    stage = await open_page()
    with_adjust(stage, low=0.4)
    await stage.until("document.querySelector('.channel-sliders [data-changed]')")
    await stage.page.get_by_label("Full at", exact=True).fill("0.1")
    edits = await stage.until_asked("set", 2)
    assert {each["value"] for each in edits} == {0.45}
    assert await stage.page.get_by_text("Full at: what is larger counts as all the way.").is_visible()


async def test_an_objection_goes_when_the_profile_has_moved_on(open_page: OpenPage) -> None:
    stage = await open_page()
    await stage.page.clock.install()
    stage.refusal = lambda command: "expected at most 2, found 7" if command["do"] == "set" else None
    number = stage.page.get_by_label("Stillness, as a number", exact=True)
    await number.fill("7")
    await number.press("Enter")
    objection = stage.page.get_by_text("expected at most 2, found 7")
    await objection.wait_for()
    await number.blur()
    stage.state["undo"] = 1
    stage.tell(stage.state)
    await stage.until("!document.getElementById('undo').disabled")
    assert await objection.is_visible(), "a state that comes together with it takes nothing away"
    await stage.page.clock.fast_forward(2000)
    stage.tell(stage.state)
    await objection.wait_for(state="hidden")


async def test_outputs_have_names_and_obs_its_address(open_page: OpenPage) -> None:
    stage = await open_page()
    await stage.page.click("#tab-outputs")
    names = [await each.inner_text() for each in await stage.page.locator(".sink h3").all()]
    assert names == ["VMC VSeeFace, Warudo, VNyan", "VRChat OSC"]
    address = stage.page.get_by_label("Overlay: address for OBS")
    assert await address.input_value() == "http://127.0.0.1:1/overlay"
    await stage.page.get_by_label("Side of the overlay").select_option("left")
    await stage.page.get_by_label("mirrored").check()
    wanted = "http://127.0.0.1:1/overlay?side=left&mirror=1"
    assert await address.input_value() == wanted
    assert await stage.page.get_by_label("Open overlay").get_attribute("href") == wanted
    await stage.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await stage.page.get_by_label("Copy the address: overlay").click()
    await stage.page.get_by_text("Copied.").wait_for()
    assert await stage.page.evaluate("navigator.clipboard.readText()") == wanted
    assert not await stage.page.get_by_label("Your own avatar: address for OBS").is_visible()


async def test_beyond_this_computer_the_address_for_obs_brings_the_token_and_ones_own_page_is_named(
    open_page: OpenPage,
) -> None:
    stage = await open_page(access="a token", settings={"stage": "built"})
    await stage.page.click("#tab-outputs")
    address = stage.page.get_by_label("Overlay: address for OBS")
    assert await address.input_value() == "http://127.0.0.1:1/overlay?token=a+token"
    own = stage.page.get_by_label("Your own avatar: address for OBS")
    assert await own.input_value() == "http://127.0.0.1:1/stage/?background=transparent&token=a+token"


async def test_a_phone_that_has_the_printed_link_sees_and_tunes_the_face(
    module_browser: "Browser", tmp_path: "Path"
) -> None:
    async with running(tmp_path, web="{host: 0.0.0.0, port: 0}") as run:
        address = urlsplit(run.server.address)
        if is_loopback(str(address.hostname)):
            pytest.skip("needs an address beyond loopback, which this machine does not have")
        page = await module_browser.new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
        page.set_default_timeout(15_000)
        complaints: list[str] = []
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(run.server.address)
        await page.get_by_text("tracking", exact=True).wait_for()
        await page.click("#tab-tune")
        await page.get_by_label("Stillness", exact=True).fill("0.4")
        await page.wait_for_selector("#unsaved", state="visible")
        assert run.session.profile.stages[1].given["stillness"] == 0.4
        await page.click("#tab-outputs")
        overlay = await page.get_by_label("Overlay: address for OBS").input_value()
        assert complaints == []
        await page.goto(overlay)
        await page.wait_for_selector("body[data-shown]")
        await page.goto(f"{address.scheme}://{address.netloc}/overlay?{address.query[:-1]}")
        assert await page.locator("canvas").count() == 0, "another token opens nothing"
        await page.context.close()


@pytest.mark.parametrize("port", [None, 39580])
async def test_the_list_of_keys_tells_how_other_programs_do_the_same(open_page: OpenPage, port: Any) -> None:
    stage = await open_page(osc_port=port)
    await stage.page.keyboard.press("?")
    keys = await stage.page.locator("#keys").inner_text()
    assert "/avatar_driver/expression/happy" in keys
    assert ("to UDP port 39580" in keys) == (port is not None)
    assert ("osc_port: 39580" in keys) == (port is None)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 700), (390, 844)])
async def test_the_camera_picture_stands_beside_the_avatar_and_covers_nothing(
    open_page: OpenPage, width: int, height: int
) -> None:
    stage = await open_page(width=width, height=height)
    stage.show(frame(0.0, jawOpen=0.5), frame(0.0, jawOpen=0.6).altered_by("amplify", values=frame().values))
    stage.state["picture"]["on"] = True
    stage.tell(stage.state)
    await stage.page.wait_for_selector("#picture", state="visible")
    boxes: Any = [
        await stage.page.locator(each).bounding_box() for each in ("#puppet", "#picture", "#altered", ".view")
    ]
    avatar, picture, altered, view = boxes
    beside = picture["x"] >= avatar["x"] + avatar["width"] - 1
    below = picture["y"] >= avatar["y"] + avatar["height"] - 1
    assert beside or below
    assert beside == (view["width"] > view["height"]), "it takes the side that leaves the avatar more"
    assert min(avatar["width"], avatar["height"]) > 150
    assert avatar["width"] * avatar["height"] >= 0.5 * view["width"] * view["height"]
    assert altered["y"] + altered["height"] <= avatar["y"] + avatar["height"]
