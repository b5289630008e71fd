"""The stage in Chromium: what stands on the avatar is what was sent."""

import base64
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from avatar_driver import maps
from avatar_driver.channels import MIRRORED, NEGATED_BY_MIRROR, SHAPE_NAMES
from avatar_driver.rotation import quaternion_from_vector
from tests.plugins.browser import authored
from tests.plugins.browser.driving import Puppet, free_port, puppet, vector
from tests.plugins.browser.pages import Show, until

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="package")

# Steps no other value has, within a shape's range and exact in single precision.
EVERY_SHAPE = {name: (i + 1) / 64 for i, name in enumerate(SHAPE_NAMES)}
WEIGHTS = "window.avatarStage.avatar.weights"

# How a node has turned since the model was loaded, in the world's axes: (x, y, z, w).
TURNED = """(name) => {
    let node;
    window.avatarStage.avatar.object.traverse((each) => { if (each.name === name) node = each; });
    const turn = new node.quaternion.constructor();
    return node.getWorldQuaternion(turn).toArray();
}"""


async def put(page: "Page", played: Puppet, values: "NDArray[np.float32]") -> None:
    """Waits until the page shows this face."""
    played.values = values
    array = [float(value) for value in values]
    await until(page, f"{array}.every((value, i) => window.avatarStage.applied?.values[i] === value)")


async def turn_of(page: "Page", played: Puppet, name: str, values: "NDArray[np.float32]") -> "NDArray[np.float64]":
    """By what a node turns, in the world, between rest and this face."""
    await put(page, played, vector())
    before = np.array(await page.evaluate(TURNED, name))
    await put(page, played, values)
    after = np.array(await page.evaluate(TURNED, name))
    turn = multiplied(after, before * [-1, -1, -1, 1])
    return turn if turn[3] >= 0 else -turn


def multiplied(a: "NDArray[np.float64]", b: "NDArray[np.float64]") -> "NDArray[np.float64]":
    vector_part = a[3] * b[:3] + b[3] * a[:3] + np.cross(a[:3], b[:3])
    return np.append(vector_part, a[3] * b[3] - a[:3] @ b[:3])


@pytest.mark.parametrize("model", ["", "head.glb"])
async def test_every_morph_target_has_the_weight_that_was_sent(show: Show, model: str) -> None:
    async with puppet() as played:
        page = await show(ws=played.url, model=model)
        await put(page, played, vector(**EVERY_SHAPE))
        assert await page.evaluate(WEIGHTS) == EVERY_SHAPE


@pytest.mark.parametrize("model", ["head.glb", "vrm0-sync-bone.vrm", "vrm1-presets-bone.vrm"])
async def test_a_model_that_was_saved_with_an_expression_waits_at_rest(show: Show, model: str) -> None:
    page = await show(ws=f"ws://127.0.0.1:{free_port()}/", model=model, wait=False)
    await until(page, "window.avatarStage?.avatar")
    influences = """(() => {
        const found = [];
        window.avatarStage.avatar.object.traverse((mesh) => found.push(...(mesh.morphTargetInfluences ?? [])));
        return found;
    })()"""
    assert await page.evaluate(influences) == [0] * len(SHAPE_NAMES)


@pytest.mark.parametrize("generation", [0, 1])
async def test_a_perfect_sync_vrm_gets_the_52_values_and_no_preset_beside_them(show: Show, generation: int) -> None:
    async with puppet() as played:
        page = await show(ws=played.url, model=f"vrm{generation}-sync-bone.vrm")
        await put(page, played, vector(**EVERY_SHAPE))
        weights = await page.evaluate(WEIGHTS)
    names = {(name if generation else name[0].upper() + name[1:]): value for name, value in EVERY_SHAPE.items()}
    assert {name: weights.pop(name) for name in names} == names
    assert weights
    assert set(weights.values()) == {0}


@pytest.mark.parametrize("gaze", ["bone", "expression"])
@pytest.mark.parametrize("generation", [0, 1])
async def test_any_other_vrm_gets_the_presets_that_our_map_gives(show: Show, generation: int, gaze: str) -> None:
    face = vector(jawOpen=0.5, mouthPucker=0.25, eyeBlinkLeft=0.75, eyeBlinkRight=0.25, eyeLookOutLeft=0.5)
    async with puppet() as played:
        page = await show(ws=played.url, model=f"vrm{generation}-presets-{gaze}.vrm")
        await put(page, played, face)
        weights = await page.evaluate(WEIGHTS)
    vrm1 = maps.load("vrm1")
    expected = dict(zip(vrm1.names, vrm1(face).tolist(), strict=True))
    for look in ("lookUp", "lookDown", "lookLeft", "lookRight"):
        if gaze == "bone":
            expected[look] = 0  # the bones do it
    assert weights == pytest.approx({name: expected[name] for name in weights}, abs=1e-6)
    assert weights["aa"] > 0.3
    assert (weights["blink"], weights["blinkLeft"], weights["blinkRight"]) == (0.25, 0.5, 0)
    assert weights["lookLeft"] == (0 if gaze == "bone" else 0.25)


@pytest.mark.parametrize("model", ["", "head.glb", "vrm0-sync-bone.vrm", "vrm1-sync-bone.vrm"])
async def test_the_head_turns_as_the_person_s_does_whichever_way_the_model_rests(show: Show, model: str) -> None:
    rotation = (0.125, 0.5, -0.25)
    face = vector(headRotationX=rotation[0], headRotationY=rotation[1], headRotationZ=rotation[2])
    node = {"": "Head", "head.glb": "Face"}.get(model, "head")
    async with puppet() as played:
        page = await show(ws=played.url, model=model, still=1)
        turn = await turn_of(page, played, node, face)
    assert turn == pytest.approx(np.array(quaternion_from_vector(rotation)), abs=1e-6)


@pytest.mark.parametrize("generation", [0, 1])
async def test_eye_bones_turn_with_the_gaze_where_no_expression_does(show: Show, generation: int) -> None:
    left = vector(eyeLookOutLeft=1, eyeLookInRight=1, eyeLookDownLeft=0.5, eyeLookDownRight=0.5)
    async with puppet() as played:
        page = await show(ws=played.url, model=f"vrm{generation}-presets-bone.vrm")
        x, y, z, w = await turn_of(page, played, "leftEye", left)
    ahead = np.array([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)])
    yaw, pitch = np.degrees([np.arctan2(ahead[0], ahead[2]), np.arcsin(-ahead[1])])
    assert (yaw, pitch) == pytest.approx((33, 17.5), abs=0.1)


@pytest.mark.parametrize("model", ["", "vrm0-sync-bone.vrm", "vrm1-sync-bone.vrm"])
async def test_an_open_jaw_changes_the_picture(show: Show, model: str) -> None:
    async with puppet() as played:
        page = await show(ws=played.url, model=model, background="transparent")
        await put(page, played, vector())
        neutral = await picture(page)
        await put(page, played, vector(jawOpen=1))
        opened = await picture(page)
        await put(page, played, vector())
        again = await picture(page)
    assert changed(neutral, opened) > 0.01
    assert changed(neutral, again) < 0.001


async def test_an_overlay_is_transparent_round_the_head_and_shows_no_words(show: Show) -> None:
    async with puppet() as played:
        page = await show(ws=played.url, model="head.glb", background="transparent")
        alpha = (await picture(page))[..., 3]
        assert await page.locator("#panel").is_hidden()
    assert alpha[5, 5] == 0
    assert alpha[5, -5] == 0
    assert alpha[120, 120] == 255


async def test_a_colour_behind_the_head_is_the_one_that_was_asked_for(show: Show) -> None:
    async with puppet() as played:
        page = await show(ws=played.url, model="head.glb", background="00ff00")
        assert (await picture(page))[5, 5].tolist() == [0, 255, 0, 255]
        assert await page.locator("#panel").is_visible()


async def test_a_mirrored_face_is_the_one_of_the_driver_s_own_mirror(show: Show) -> None:
    face = vector(**EVERY_SHAPE, headPositionX=0.0625, headRotationX=0.25, headRotationY=0.5, headRotationZ=0.125)
    expected = face[list(MIRRORED)]
    expected[list(NEGATED_BY_MIRROR)] *= -1
    async with puppet() as played:
        page = await show(ws=played.url, model="head.glb", mirror=1)
        await put(page, played, face)
        weights = await page.evaluate(WEIGHTS)
        place = await page.evaluate("window.avatarStage.avatar.object.position.toArray()")
        played.values = vector()
        turn = await turn_of(page, played, "Face", face)
    assert weights == dict(zip(SHAPE_NAMES, expected[:52].tolist(), strict=True))
    assert place == pytest.approx([-0.0625, 0, 0])
    assert turn == pytest.approx(np.array(quaternion_from_vector(expected[55:58])), abs=1e-6)


async def test_a_file_of_the_person_s_own_takes_the_place_of_the_head(show: Show) -> None:
    async with puppet() as played:
        page = await show(ws=played.url, model="head.glb")
        mine = {"name": "me.vrm", "mimeType": "", "buffer": authored.vrm(1, perfect_sync=True)}
        await page.locator("#file").set_input_files(mine)
        await until(page, "document.getElementById('model').textContent.startsWith('me.vrm: VRM 1')")
        await put(page, played, vector(jawOpen=0.5))
        assert (await page.evaluate(WEIGHTS))["jawOpen"] == 0.5


async def test_a_file_may_be_dropped_on_the_page(show: Show) -> None:
    drop = """(base64) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const dropped = new DataTransfer();
        dropped.items.add(new File([bytes], 'dropped.glb'));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));
    }"""
    async with puppet() as played:
        page = await show(ws=played.url, model="head.glb", background="transparent")
        await page.evaluate(drop, base64.b64encode(authored.glb()).decode())
        await until(page, "document.getElementById('model').textContent.startsWith('dropped.glb: ')")


@pytest.mark.parametrize("content", [b"", b"glTF but not really", authored.glb()[:2000]])
async def test_what_is_no_model_is_refused_in_words_and_the_head_stays(show: Show, content: bytes) -> None:
    async with puppet() as played:
        page = await show(ws=played.url, model="head.glb")
        await page.locator("#file").set_input_files({"name": "bad.glb", "mimeType": "", "buffer": content})
        await until(page, "document.getElementById('problem').textContent.startsWith('bad.glb: not a model')")
        await put(page, played, vector(jawOpen=0.5))
        assert (await page.evaluate(WEIGHTS))["jawOpen"] == 0.5


async def test_a_page_that_the_driver_serves_asks_the_same_port_for_the_face(show: Show) -> None:
    page = await show.blank()
    asked: list[str] = []
    page.on("websocket", lambda socket: asked.append(socket.url))
    await page.goto(show.pages.stage(token="a secret"))
    await until(page, "window.avatarStage?.connection.state === 'lost'")
    assert asked[0] == f"{show.pages.origin.replace('http', 'ws')}/face?format=binary&token=a+secret"
    assert "secret" not in await page.locator("#panel").inner_text()


async def test_what_altered_the_face_is_told(show: Show) -> None:
    async with puppet() as played:
        played.altered = frozenset({"amplify"})
        page = await show(ws=played.url, model="head.glb")
        await until(page, "document.getElementById('connection').textContent.includes('altered by amplify')")


async def picture(page: "Page") -> Any:
    """(H, W, 4) pixels of the page, once a frame more was drawn."""
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    shot = cv2.imdecode(np.frombuffer(await page.screenshot(omit_background=True), np.uint8), cv2.IMREAD_UNCHANGED)
    return cv2.cvtColor(shot, cv2.COLOR_BGRA2RGBA if shot.shape[2] == 4 else cv2.COLOR_BGR2RGBA).astype(int)


def changed(one: Any, other: Any) -> float:
    """The share of pixels that differ clearly."""
    return float((np.abs(one - other).max(axis=2) > 16).mean())
