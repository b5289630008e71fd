"""The dashboard's page in Chromium, with the test as its server."""

import asyncio
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from avatar_driver.channels import CHANNELS
from tests.web.running import running
from tests.web.staged import OpenPage, Staged, calibration, frame

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")  # so that the tests share a browser

# Pixels of a theme colour inside a bar: how many columns hold it, the first and the last, from 0 to 1 of the canvas.
BAR = """([title, name]) => {
    const button = [...document.querySelectorAll('.bar')].find((each) => each.title.startsWith(title));
    const canvas = button.parentElement.querySelector('canvas');
    const code = getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
    const wanted = [1, 3, 5].map((at) => parseInt(code.slice(at, at + 2), 16));
    const [from, top] = [button.offsetLeft, button.offsetTop];
    const data = canvas.getContext('2d').getImageData(from, top, button.offsetWidth, button.offsetHeight);
    const columns = new Set();
    for (let i = 0; i < data.data.length; i += 4) {
        if (wanted.every((part, k) => Math.abs(data.data[i + k] - part) < 4)) columns.add((i / 4) % data.width);
    }
    return {count: columns.size, first: Math.min(...columns), last: Math.max(...columns), width: data.width};
}"""

# Where the trace of the first lane peaks, as a share of its width; null when it is flat or not drawn.
PEAK = """() => {
    const canvas = document.querySelector('.lane canvas');
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const code = getComputedStyle(document.documentElement).getPropertyValue('--filtered').trim();
    const wanted = [1, 3, 5].map((at) => parseInt(code.slice(at, at + 2), 16));
    let [sum, count] = [0, 0];
    for (let i = 0; i < data.data.length / 2; i += 4) {
        if (wanted.every((part, k) => Math.abs(data.data[i + k] - part) < 6)) {
            sum += (i / 4) % canvas.width;
            count += 1;
        }
    }
    return count ? sum / count / canvas.width : null;
}"""

# Pixels of the raw line of the first lane, as a share of the filtered line's.
LANE_RAW = """() => {
    const canvas = document.querySelector('.lane canvas');
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const count = (name) => {
        const code = getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
        const wanted = [1, 3, 5].map((at) => parseInt(code.slice(at, at + 2), 16));
        let found = 0;
        for (let i = 0; i < data.length; i += 4) found += wanted.every((part, k) => Math.abs(data[i + k] - part) < 30);
        return found;
    };
    return count('raw') / count('filtered');
}"""

PAINTED = """(selector) => {
    const canvas = document.querySelector(selector);
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const colours = new Set();
    for (let i = 0; i < data.length; i += 4 * 61) {
        if (data[i + 3] > 250) colours.add(data.slice(i, i + 3).join());
    }
    return colours.size;
}"""


# Texts that stand out too little from what is behind them: WCAG 2.2, 1.4.3, asks for 4.5 : 1. What is switched off or
# disabled is exempt there; what is large would need less and is not excused here.
PALE = """() => {
    const numbers = (code) => code.match(/[\\d.]+/g).map(Number);
    const light = (code) => {
        const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        const [r, g, b] = numbers(code).map((part) => linear(part / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (node) => {
        for (; node; node = node.parentElement) {
            const style = getComputedStyle(node);
            if (style.backgroundColor.startsWith('rgb(')) return style.backgroundColor;
        }
    };
    const found = [];
    for (const node of document.querySelectorAll('body *')) {
        const own = [...node.childNodes].some((each) => each.nodeType === 3 && each.textContent.trim());
        if (!own || !node.checkVisibility() || node.closest(':disabled, [data-off], .visually-hidden')) continue;
        const [a, b] = [light(getComputedStyle(node).color), light(behind(node))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) found.push(`${node.textContent.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
    }
    return found;
}"""


async def drawn(stage: Staged) -> None:
    """Waits until what was sent so far has been drawn."""
    await stage.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


async def test_the_avatar_is_drawn_and_moves_without_a_complaint_of_the_browser(open_page: OpenPage) -> None:
    stage = await open_page()
    stage.show(frame(0.0))
    await stage.until(f"() => ({PAINTED})('#puppet') > 8")
    rest = await stage.page.evaluate("document.getElementById('puppet').toDataURL()")
    stage.show(frame(0.1, jawOpen=1.0, eyeBlinkLeft=1.0))
    await stage.until("(rest) => document.getElementById('puppet').toDataURL() !== rest", rest)
    assert await stage.page.inner_text("#tracking") == "tracking"
    assert stage.complaints == []


async def test_a_bar_shows_raw_filtered_and_tone_and_how_its_channel_is_known(open_page: OpenPage) -> None:
    stage = await open_page()

    async def bar(title: str, colour: str) -> Any:
        return await stage.page.evaluate(BAR, [title, colour])

    shown = frame(0.0, jawOpen=0.5).changed(tone=frame(jawOpen=0.2).values)
    stage.show(frame(0.0, jawOpen=0.8), shown)
    await stage.until(f"() => ({BAR})(['jawOpen', 'filtered']).count > 20")
    raw, filtered, tone = [await bar("jawOpen", name) for name in ("raw", "filtered", "tone")]
    track = filtered["count"] / 0.5
    assert (raw["first"] - filtered["first"]) / track == pytest.approx(0.8, abs=0.05)
    assert tone["count"] / track == pytest.approx(0.2, abs=0.05)
    assert raw["count"] <= 3

    stage.show(frame(0.1, jawOpen=0.8), frame(0.1, jawOpen=0.9))
    await stage.until(f"(was) => ({BAR})(['jawOpen', 'filtered']).count > 1.5 * was", filtered["count"])
    assert (await bar("cheekPuff", "raw"))["count"] == 0, "an absent channel has no raw value to show"
    labels = await stage.page.eval_on_selector_all(".bar", "(all) => all.map((each) => each.ariaLabel)")
    assert sum(", absent:" in label for label in labels) == 2
    assert sum(", derived:" in label for label in labels) == 1
    assert len(labels) == len(set(labels)) == len(CHANNELS)


async def test_a_trace_scrolls_pauses_and_measures_the_delay_and_the_tremble(open_page: OpenPage) -> None:
    stage = await open_page()
    noise = np.random.default_rng(1).normal(0, 0.01, 400)

    def pulse(i: int) -> float:
        return 0.8 if 100 <= i < 112 else 0.1

    def send(first: int, last: int) -> None:
        for i in range(first, last):
            given = frame(i / 30, jawOpen=pulse(i) + noise[i])
            stage.show(given, frame(i / 30, jawOpen=pulse(i - 3) + 0.25 * noise[i]))

    send(0, 90)
    await stage.until("document.querySelectorAll('.readout')[0].textContent === 'delay –'")  # nothing moved yet
    send(90, 150)
    await stage.until(f"() => ({PEAK})() !== null")
    before = await stage.page.evaluate(PEAK)
    send(150, 210)
    await stage.until(f"(before) => Math.abs(({PEAK})() - before + 2 / 5) < 0.02", before)  # 60 frames of 5 s
    await stage.until("document.querySelectorAll('.readout')[0].textContent === 'delay 100 ms'")
    assert 0.05 < await stage.page.evaluate(LANE_RAW) < 0.25, "raw is seen where it is apart, else there is one line"
    left = await stage.page.inner_text(".readout >> nth=1")
    assert float(left.removeprefix("tremble ×")) == pytest.approx(0.25, abs=0.05)

    await stage.page.keyboard.press("p")
    held = await stage.page.evaluate(PEAK)
    send(210, 240)
    await drawn(stage)
    assert await stage.page.evaluate(PEAK) == held
    await stage.page.click("#trace-pause")
    send(240, 243)
    await stage.until(f"(held) => ({PEAK})() < held - 0.1", held)


async def test_clicking_a_bar_chooses_its_trace_and_the_page_remembers_it(open_page: OpenPage) -> None:
    stage = await open_page()
    await stage.page.get_by_label("Lip pucker, measured").click()
    await stage.page.get_by_label("Remove the trace of Jaw open").click()
    assert await stage.page.get_by_label("Channel to tune").input_value() == "mouthPucker"
    await stage.page.reload()
    await stage.until("document.querySelectorAll('.lane').length === 3")
    names = await stage.page.eval_on_selector_all(".lane strong", "(all) => all.map((each) => each.textContent)")
    assert names == ["Blink, left", "Smile, left", "Lip pucker"]
    assert await stage.page.get_by_label("Lip pucker, measured").get_attribute("aria-pressed") == "true"


async def test_pulling_a_slider_is_one_gesture_of_at_most_twenty_edits_a_second_and_the_last_always(
    open_page: OpenPage,
) -> None:
    stage = await open_page()
    # In the page, as a hand would: 60 moves in 600 ms, then it lets go.
    seconds = await stage.page.evaluate(
        """async () => {
            const labels = [...document.querySelectorAll('#tune label')];
            const slider = labels.find((each) => each.textContent === 'Tone gain').control;
            const began = performance.now();
            for (let i = 1; i <= 60; i++) {
                slider.value = 1 + i / 100;
                slider.dispatchEvent(new Event('input', {bubbles: true}));
                await new Promise((done) => setTimeout(done, 10));
            }
            slider.dispatchEvent(new Event('change', {bubbles: true}));
            return (performance.now() - began) / 1000;
        }"""
    )
    await stage.page.keyboard.press("r")  # commands arrive in order: after this one all edits have
    await stage.until_asked("recentre")
    edits = [each for each in stage.asked if each["do"] == "set"]
    assert {tuple(each["path"]) for each in edits} == {("stages", "amplify", "tone")}
    assert 3 < len(edits) <= 20 * seconds + 2
    assert edits[-1]["value"] == 1.6
    assert len({each["gesture"] for each in edits}) == 1

    stage.state["stages"][2]["settings"]["tone"] = 1.6
    stage.tell(stage.state)
    await stage.page.get_by_label("Reset Tone gain").click()
    back = (await stage.until_asked("set", len(edits) + 1))[-1]
    assert back["value"] is None
    assert back["gesture"] != edits[-1]["gesture"]


async def test_a_refused_value_is_explained_beside_its_slider_which_goes_back(open_page: OpenPage) -> None:
    stage = await open_page()
    stage.refusal = lambda command: "stillness: expected at most 2, found 7" if command["do"] == "set" else None
    number = stage.page.get_by_label("Stillness, as a number", exact=True)
    await number.fill("7")
    await number.press("Enter")
    slider = stage.page.locator(".slider", has=number)
    await slider.get_by_text("expected at most 2, found 7").wait_for()
    await number.blur()
    assert await number.input_value() == "1.00"


async def test_twins_are_set_together_while_linked_and_state_of_the_server_is_shown(open_page: OpenPage) -> None:
    stage = await open_page()
    await stage.page.get_by_label("Channel to tune").select_option("browDownRight")
    await stage.page.get_by_label("Gain", exact=True).fill("2")
    both = await stage.until_asked("set", 2)
    assert [each["path"][3] for each in both] == ["browDownRight", "browDownLeft"]
    assert len({each["gesture"] for each in both}) == 1
    await stage.page.get_by_label("Link left and right").click()
    await stage.page.get_by_label("Offset", exact=True).fill("0.3")
    assert (await stage.until_asked("set", 3))[-1]["path"] == [
        "stages",
        "adjust",
        "channels",
        "browDownRight",
        "offset",
    ]

    adjust = {"channels": {"browDownRight": {"gain": 2.0, "curve": 0.5}}, "regions": {"brows": 1.5}}
    stage.state["stages"].insert(
        2, {"index": 2, "label": "adjust", "type": "adjust", "enabled": True, "settings": adjust}
    )
    stage.state["undo"] = 3
    stage.state["profile"]["unsaved"] = True
    stage.tell(stage.state)
    await stage.until("!document.getElementById('undo').disabled")
    for name, value in (("Gain", "2.00"), ("Curve", "0.50")):
        assert await stage.page.get_by_label(f"{name}, as a number", exact=True).input_value() == value
    assert await stage.page.get_by_label("Gain of brows, as a number").input_value() == "1.50"
    assert await stage.page.is_visible("#unsaved")


async def test_keys_act_but_never_while_typing(open_page: OpenPage) -> None:
    stage = await open_page()
    keyboard = stage.page.keyboard
    stage.state |= {"undo": 1, "redo": 1}
    stage.tell(stage.state)
    await stage.until("!document.getElementById('redo').disabled")
    for key in ("r", "f", "n", "Control+z", "Control+Shift+Z", "Control+s"):
        await keyboard.press(key)
    await stage.until_asked("save")
    assert [(each["do"], each.get("on")) for each in stage.asked] == [
        ("recentre", None), ("freeze", True), ("neutral", True), ("undo", None), ("redo", None), ("save", None),
    ]  # fmt: skip

    stage.asked.clear()
    await stage.page.get_by_label("Stillness, as a number", exact=True).focus()
    for key in ("r", "f", "n", "1"):
        await keyboard.press(key)
    await keyboard.press("Escape")
    await stage.page.evaluate("document.activeElement.blur()")
    await keyboard.press("?")
    await stage.page.wait_for_selector("#keys[open]")
    await keyboard.press("r")
    await keyboard.press("Escape")
    await keyboard.press("n")
    await stage.until_asked("neutral")
    assert {each["do"] for each in stage.asked} <= {"neutral", "set"}, "only the last key was meant for the face"


async def test_an_expression_is_kept_by_a_tap_and_held_by_a_press(open_page: OpenPage) -> None:
    stage = await open_page()

    async def shown(on: bool) -> None:
        stage.state["controls"]["expressions"][0]["shown"] = on
        stage.tell(stage.state)
        await stage.until("(on) => document.querySelector('#expressions button').ariaPressed === String(on)", on)

    await stage.page.keyboard.press("1")
    assert (await stage.until_asked("expression"))[-1] == {"id": 1, "do": "expression", "name": "happy", "on": True}
    await shown(True)
    await stage.page.click("#expressions button >> nth=0")
    assert (await stage.until_asked("expression", 2))[-1]["on"] is False
    await shown(False)

    await stage.page.clock.install()  # so that a long press takes no time
    await stage.page.keyboard.down("2")
    await stage.until_asked("expression", 3)
    await stage.page.clock.fast_forward(1000)
    await stage.page.keyboard.up("2")
    held = (await stage.until_asked("expression", 4))[2:]
    assert [(each["name"], each["on"]) for each in held] == [("sad", True), ("sad", False)]


async def test_what_must_be_said_of_the_face_is_said(open_page: OpenPage) -> None:
    stage = await open_page()
    stage.show(frame(0.0))
    await stage.until("document.getElementById('tracking').textContent === 'tracking'")
    assert not await stage.page.is_visible("#altered")
    stage.show(frame(0.1, altered=("amplify",)))
    await stage.page.wait_for_selector("#altered", state="visible")
    assert "altered" in (await stage.page.inner_text("#altered")).lower()
    await drawn(stage)
    assert (await stage.page.evaluate(BAR, ["jawOpen", "raw"]))["count"] > 0
    for i in range(3):
        stage.show(frame(0.2 + i / 30, tracked=False, jawOpen=0.7), frame(0.2 + i / 30, tracked=False, jawOpen=0.1))
    await stage.until("document.getElementById('tracking').textContent === 'face lost'")
    assert (await stage.page.evaluate(BAR, ["jawOpen", "raw"]))["count"] == 0, "nothing is measured now"
    await stage.page.locator(".lane", has_text="Jaw open").get_by_text("raw – → 0.10").wait_for()
    assert await stage.page.evaluate(LANE_RAW) == 0
    faint = "getComputedStyle(document.getElementById('puppet')).opacity < 0.6"
    assert await stage.page.evaluate(faint)
    await stage.page.wait_for_selector("#altered", state="hidden")


async def test_a_lost_connection_is_said_and_mended_and_the_page_is_as_it_was(open_page: OpenPage) -> None:
    stage = await open_page()
    await stage.page.get_by_label("Lip pucker, measured").click()
    await stage.stop()
    await stage.page.get_by_text("Connection lost.").wait_for()
    assert await stage.page.inner_text("#connection") == "connection lost"
    assert await stage.page.evaluate("document.getElementById('tune').inert")
    stage.start_again()
    await stage.page.click("#reconnect")
    await stage.until_connected(2)
    await stage.until("document.body.dataset.connection === 'open'")
    assert "token=second-token" in stage.tokens[-1]
    assert not await stage.page.is_visible("#lost")
    stage.show(frame(0.0, mouthPucker=1.0))
    await stage.until(f"() => ({BAR})(['mouthPucker', 'filtered']).count > 20")
    assert await stage.page.locator(".lane", has_text="Lip pucker").count() == 1


async def test_calibration_shows_each_pose_and_applies_only_what_is_accepted(open_page: OpenPage) -> None:
    stage = await open_page(reduced_motion="reduce")
    page = stage.page
    await page.click("#tab-calibrate")
    await page.get_by_text("Start, about a minute").click()
    assert (await stage.until_asked("calibrate"))[-1]["step"] == "start"
    stage.tell(calibration("recording", share=0.5, frames=31, only_neutral=True))
    await page.get_by_text("step 1 of 1", exact=True).wait_for()
    stage.tell(calibration("idle"))
    stage.tell(calibration("recording", share=0.5, frames=31))
    await page.get_by_text("step 1 of 12", exact=True).wait_for()
    await page.get_by_text("31 of 60 good frames").wait_for()
    stage.show(frame(0.0))
    await stage.until(f"() => ({PAINTED})('.pose canvas') > 8")
    rest = await page.evaluate("document.querySelector('.pose canvas').toDataURL()")
    stage.tell(calibration("recording", step=1, share=0.1))
    await page.get_by_text("Smile as broadly as you can").wait_for()
    stage.show(frame(0.1))
    await stage.until("(rest) => document.querySelector('.pose canvas').toDataURL() !== rest", rest)

    def verdict(name: str, reached: float, *, moved: bool = False, absent: bool = False) -> dict[str, Any]:
        return {"name": name, "neutral": 0.05, "reached": reached, "moved": moved, "absent": absent, "text": name}

    found = [
        verdict("jawOpen", 0.71, moved=True),
        verdict("mouthLeft", 0.06),
        verdict("mouthRight", 0.6),
        verdict("eyeLookUpLeft", 0.5),
        verdict("cheekPuff", 0.0, absent=True),
    ]
    stage.tell(calibration("review", verdicts=found))
    await page.get_by_text("Your range is set for 1 of 5 shapes; 3 keep theirs; 1 cannot be measured").wait_for()
    rows = await page.eval_on_selector_all(".verdicts li", "(all) => all.map((each) => each.innerText.split('\\n'))")
    assert sorted(rows) == [
        ["Cheek puff", "not measured"],
        ["Jaw open", "0.05 to 0.71"],
        ["Look up, left", "centred on your rest"],
        ["Mouth sideways, left", "never moved: kept"],
        ["Mouth sideways, right", "restless at rest: kept"],
    ]
    assert len(stage.asked) == 1, "nothing is applied before it is accepted"
    stage.tell(calibration("review", verdicts=found, only_neutral=True))
    await page.get_by_text("Your resting face, of 4 shapes; 1 cannot be measured.").wait_for()
    assert await page.locator(".verdicts").get_by_text("rests at 0.05").count() == 4
    await page.get_by_text("Accept", exact=True).click()
    assert (await stage.until_asked("calibrate", 2))[-1]["step"] == "accept"
    stage.tell(calibration("idle", applied=True, can_undo=True))
    await page.get_by_text("Undo the last one").click()
    assert (await stage.until_asked("calibrate", 3))[-1]["step"] == "undo"


def a_status(**more: Any) -> dict[str, Any]:
    sink = {"index": 0, "label": "vmc", "enabled": True, "target": "127.0.0.1:39539", "sent": 1200, "rate": 29.9}
    sinks = [
        {**sink, "dropped": 0, "errors": 0, "fault": None},
        {**sink, "index": 1, "label": "vrchat", "dropped": 3, "errors": 2, "fault": "nobody <b>answers</b>"},
    ]
    numbers = {"fps": 29.9, "detection_ms": 13.2, "age_ms": None, "frames": 9, "skipped": 1, "filled": 0}
    words = {"tracked": True, "altered": [], "fault": None, "audio_delay_ms": 85, "audio_text": "of these parts"}
    return {"type": "status", **numbers, **words, "sinks": sinks, **more}


async def test_outputs_show_rates_and_faults_and_are_switched(open_page: OpenPage) -> None:
    stage = await open_page()
    await stage.page.click("#tab-outputs")
    stage.tell(a_status(fault="the camera was unplugged"))
    await stage.page.get_by_text("the camera was unplugged").wait_for()
    sinks = [await each.inner_text() for each in await stage.page.locator(".sink").all()]
    assert "30/s" in sinks[0]
    assert "127.0.0.1:39539" in sinks[0]
    assert "3 dropped · 2 errors" in sinks[1]
    assert await stage.page.inner_text(".delay-number") == "85 ms"
    await stage.page.get_by_label("VRChat on").click()
    assert (await stage.until_asked("set"))[-1] | {"gesture": ""} == {
        "id": 1, "do": "set", "path": ["sinks", 1, "enabled"], "value": False, "gesture": "",
    }  # fmt: skip


async def test_words_of_the_server_are_never_markup(open_page: OpenPage) -> None:
    stage = await open_page()
    hostile = "<img src=x onerror=\"document.title='broken in'\">"
    stage.state["sinks"][0]["label"] = stage.state["profile"]["choices"][0]["title"] = hostile
    stage.state["source"]["text"] = stage.state["controls"]["expressions"][0]["name"] = hostile
    stage.tell(stage.state)
    stage.tell(a_status(audio_text=hostile, fault=hostile))
    stage.tell({"type": "log", "level": "error", "text": hostile})
    await stage.page.locator(".toast").get_by_text(hostile).wait_for()
    assert await stage.page.locator("img[src=x]").count() == 0
    assert await stage.page.title() != "broken in"


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 768)])
async def test_every_panel_fits_narrow_screens_and_every_control_has_a_name(
    open_page: OpenPage, scheme: Any, width: int
) -> None:
    stage = await open_page(width=width, height=740, color_scheme=scheme)
    stage.show(frame(0.0))
    stage.tell(a_status(fault="a long sentence that says what is wrong with the camera and what to do about it"))
    for tab in ("channels", "tune", "calibrate", "outputs"):
        await stage.page.click(f"#tab-{tab}")
        await stage.page.wait_for_selector(f"#{tab}", state="visible")
        assert await stage.page.evaluate("document.documentElement.scrollWidth") <= width, tab
        assert await stage.page.evaluate(PALE) == [], tab
    nameless = """(all) => all.filter((each) => each.offsetParent && !each.ariaLabel && !each.textContent.trim()
        && !each.labels?.length).map((each) => each.outerHTML)"""
    assert await stage.page.eval_on_selector_all("button, input, select", nameless) == []
    dark = await stage.page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0] < 60")
    assert dark is (scheme == "dark")


async def test_the_theme_follows_the_system_until_one_is_chosen_and_stays_chosen(open_page: OpenPage) -> None:
    stage = await open_page(color_scheme="dark")
    theme = "document.documentElement.dataset.theme"
    assert await stage.page.evaluate(theme) == "dark"
    await stage.page.emulate_media(color_scheme="light")
    await stage.until(f"{theme} === 'light'")
    for _ in range(2):
        await stage.page.click("#theme")
    assert await stage.page.evaluate(theme) == "dark"
    await stage.page.reload()
    assert await stage.page.evaluate(theme) == "dark"


async def test_the_camera_picture_is_shown_only_while_it_is_switched_on(open_page: OpenPage) -> None:
    stage = await open_page()
    assert not await stage.page.is_visible("#picture")
    await stage.page.keyboard.press("c")
    assert (await stage.until_asked("picture"))[-1]["on"] is True
    stage.state["picture"]["on"] = True
    stage.tell(stage.state)
    await stage.page.get_by_text("Never leaves this computer").wait_for()
    jpeg = await stage.page.evaluate(
        """async () => {
            const canvas = new OffscreenCanvas(64, 48);
            canvas.getContext('2d').fillRect(0, 0, 64, 48);
            const blob = await canvas.convertToBlob({type: 'image/jpeg'});
            return [...new Uint8Array(await blob.arrayBuffer())];
        }"""
    )
    stage.sockets[-1].send(b"\x02\0\0\0" + bytes(jpeg))
    await stage.until("document.getElementById('picture-canvas').width === 64")
    await stage.stop()
    await stage.page.wait_for_selector("#picture", state="hidden")


async def test_on_another_computer_there_is_no_camera_button(open_page: OpenPage) -> None:
    stage = await open_page(host="192.0.2.7")
    stage.show(frame(0.0))
    await stage.until("document.getElementById('tracking').textContent === 'tracking'")
    assert not await stage.page.is_visible("#camera")
    await stage.page.keyboard.press("c")
    await stage.page.keyboard.press("r")
    await stage.until_asked("recentre")
    assert [each["do"] for each in stage.asked] == ["recentre"]


async def test_the_page_finds_the_real_server_again_after_it_was_started_anew(
    module_browser: "Browser", tmp_path: "Path"
) -> None:
    page = await module_browser.new_page()
    page.set_default_timeout(15_000)
    complaints: list[str] = []
    async with running(tmp_path) as first:
        await page.goto(first.url())
        page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.get_by_text("tracking", exact=True).wait_for()
        port = first.server.port
    await page.get_by_text("Connection lost.").wait_for()
    async with running(tmp_path, web=f"{{port: {port}}}"):
        async with asyncio.timeout(15):
            await page.wait_for_selector("[data-connection=open]")
            await page.get_by_text("tracking", exact=True).wait_for()
        await page.close()
    assert complaints == []


async def test_a_shipped_profile_is_saved_under_a_name_and_unsaved_edits_are_not_lost_by_a_switch(
    open_page: OpenPage,
) -> None:
    stage = await open_page()
    stage.state["profile"] |= {"name": "demo", "file": None, "unsaved": True}
    stage.tell(stage.state)
    await stage.page.wait_for_selector("#unsaved", state="visible")
    await stage.page.click("#save")
    await stage.page.fill("#new-name", "tuesday.yaml")
    await stage.page.keyboard.press("Enter")
    assert (await stage.until_asked("save"))[-1]["name"] == "tuesday"
    await drawn(stage)
    assert not await stage.page.is_visible("#naming"), "the key that closed it must not press the button behind it"

    stage.page.once("dialog", lambda dialog: dialog.dismiss())
    await stage.page.select_option("#profile", "me")
    await stage.until("document.getElementById('profile').value === 'demo'")
    stage.page.once("dialog", lambda dialog: dialog.accept())
    await stage.page.select_option("#profile", "me")
    assert (await stage.until_asked("switch")) == [{"id": 2, "do": "switch", "profile": "me"}]

    stage.state["profile"]["unsaved"] = False
    stage.tell(stage.state)
    await stage.page.wait_for_selector("#unsaved", state="hidden")
    await stage.page.evaluate("document.activeElement.blur()")
    for key in ("Shift+Digit9", "Shift+Digit2", "Shift+Digit1"):  # none there; the one that runs; the other
        await stage.page.keyboard.press(key)
    assert (await stage.until_asked("switch", 2))[1:] == [{"id": 3, "do": "switch", "profile": "me"}]


async def test_panels_are_reached_by_arrow_keys_and_focus_is_seen(open_page: OpenPage) -> None:
    stage = await open_page(width=1024)
    await stage.page.click("#tab-channels")
    for key, panel in (
        ("ArrowRight", "tune"),
        ("End", "outputs"),
        ("ArrowRight", "channels"),
        ("ArrowLeft", "outputs"),
    ):
        await stage.page.keyboard.press(key)
        await stage.page.wait_for_selector(f"#{panel}", state="visible")
        assert await stage.page.evaluate("document.activeElement.id") == f"tab-{panel}"
        assert await stage.page.locator("[role=tabpanel]:visible").count() == 1
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert await stage.page.evaluate(outline) == "solid"


async def test_the_bars_are_one_stop_of_the_tab_key_and_arrows_lead_through_them(open_page: OpenPage) -> None:
    stage = await open_page()
    keyboard = stage.page.keyboard
    await stage.page.get_by_label("Remove the trace of Smile, left").focus()
    focused = "document.activeElement.ariaLabel.split(',')[0] + (document.activeElement.ariaLabel.split(',')[1] ?? '')"
    seen = []
    for key in ("Tab", "Tab", "Shift+Tab"):
        await keyboard.press(key)
        seen.append(await stage.page.evaluate("document.activeElement.closest('#bars, #tune').id"))
    assert seen == ["bars", "tune", "bars"]
    seen = [await stage.page.evaluate(focused)]
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp", "End", "ArrowRight"):
        await keyboard.press(key)
        seen.append(await stage.page.evaluate(focused))
    assert seen == [
        "Blink left", "Squint left", "Squint right", "Eye wide right", "Squint right", "Blink right", "Blink right",
        "Head tilt measured: trace and tune it", "Head tilt measured: trace and tune it",
    ]  # fmt: skip
    await keyboard.press("Enter")
    await stage.page.locator(".lane", has_text="Head tilt").wait_for()
    await keyboard.press("Tab")
    assert await stage.page.evaluate("document.getElementById('tune').contains(document.activeElement)")
    await keyboard.press("Shift+Tab")
    assert "Head tilt" in await stage.page.evaluate(focused), "it comes back to where it was"


async def test_the_heads_raw_place_is_laid_over_its_filtered_one(open_page: OpenPage) -> None:
    stage = await open_page()
    await stage.page.get_by_label("Head nearness").click()
    for i in range(60):
        shown = frame(i / 30, headPositionZ=0.02)
        stage.show(frame(i / 30, headPositionZ=-0.38), shown)
    await stage.page.locator(".lane", has_text="Head nearness").get_by_text("raw 2.0 cm → 2.0 cm").wait_for()
    assert (await stage.page.evaluate(BAR, ["headPositionZ", "raw"]))["count"] == 0
