"""The puppet in a real browser: the same points as Python's, and pixels that change."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from avatar_driver.channels import CHANNELS, SHAPE_NAMES
from avatar_driver.puppet.rig import Rig
from tests.puppet.conftest import poses
from tests.puppet.test_rig import face

if TYPE_CHECKING:
    from playwright.async_api import Page


async def test_the_page_names_the_channels_in_the_same_order(page: "Page") -> None:
    assert await page.evaluate("CHANNEL_NAMES") == list(CHANNELS)


async def test_the_page_poses_as_python_does(page: "Page") -> None:
    faces = poses()
    found = await page.evaluate(
        "faces => faces.map(face => { const pose = puppet.posed(face);"
        " return {points: [...pose.points], opacity: [...pose.opacity]}; })",
        faces.astype(float).tolist(),
    )
    rig = Rig.load()
    assert len(found) == 60
    for values, theirs in zip(faces, found, strict=True):
        pose = rig.posed(values)
        assert np.array(theirs["points"]) == pytest.approx(pose.points.ravel(), rel=1e-6, abs=1e-9)
        assert np.array(theirs["opacity"]) == pytest.approx(pose.opacity, rel=1e-6, abs=1e-9)


async def test_the_page_mixes_colours_as_python_does(page: "Page") -> None:
    rig = Rig.load()
    for overrides in ({}, {"skin": "#7d4b32", "hair": "#f3d27a", "accent": "#00ff88"}):
        theirs = await page.evaluate("overrides => puppet.colours(overrides)", overrides)
        assert {name: tuple(colour) for name, colour in theirs.items()} == rig.colours(overrides)


async def test_every_shape_changes_the_picture(page: "Page") -> None:
    """At least 40 of 400 × 450 pixels change by a tenth or more, and half as many already at 0.5."""
    changed = await page.evaluate(
        """faces => {
          const rest = pixels(new Array(58).fill(0), {background: '#ffffff'}).slice();
          return faces.map(face => {
            const now = pixels(face, {background: '#ffffff'});
            let count = 0;
            for (let i = 0; i < now.length; i += 4) {
              const by = Math.max(...[0, 1, 2].map(k => Math.abs(now[i + k] - rest[i + k])));
              if (by >= 26) count += 1;
            }
            return count;
          });
        }""",
        [face(**{name: amount}).tolist() for name in SHAPE_NAMES for amount in (1.0, 0.5)],
    )
    weak = {name: changed[2 * i : 2 * i + 2] for i, name in enumerate(SHAPE_NAMES)}
    assert {name: counts for name, counts in weak.items() if counts[0] < 40 or counts[1] < 20} == {}


async def test_without_a_background_the_page_behind_shows(page: "Page") -> None:
    corner, middle = await page.evaluate(
        "() => { const p = pixels(new Array(58).fill(0)); return [p[3], p[4 * (225 * 400 + 200) + 3]]; }"
    )
    assert (corner, middle) == (0, 255)


async def test_a_drawing_leaves_nothing_of_the_one_before(page: "Page") -> None:
    fresh, again = await page.evaluate(
        """() => {
          const small = {scale: 0.4};
          const fresh = pixels([], small).reduce((sum, value) => sum + value, 0);
          pixels([]);
          const ctx = canvas.getContext('2d');
          puppet.draw(ctx, [], small);
          return [fresh, ctx.getImageData(0, 0, 400, 450).data.reduce((sum, value) => sum + value, 0)];
        }"""
    )
    assert fresh == again


async def test_a_background_fills_the_picture(page: "Page") -> None:
    for background, colour in (("#00ff00", [0, 255, 0]), ("palette", [0xE4, 0xE3, 0xF6])):
        found = await page.evaluate("background => [...pixels([], {background}).slice(0, 4)]", background)
        assert found == [*colour, 255]


async def test_mirror_turns_the_picture_over(page: "Page") -> None:
    """A wink of the left eye is seen on the picture's right, in a mirror on its left."""
    wink = face(eyeBlinkLeft=1).tolist()
    sides = await page.evaluate(
        """wink => [false, true].map(mirror => {
          const rest = pixels(new Array(58).fill(0), {mirror, background: '#ffffff'}).slice();
          const now = pixels(wink, {mirror, background: '#ffffff'});
          let left = 0, right = 0;
          for (let i = 0; i < now.length; i += 4) {
            if (now[i] !== rest[i]) { if ((i / 4) % 400 < 200) left += 1; else right += 1; }
          }
          return [left, right];
        })""",
        wink,
    )
    (plain_left, plain_right), (mirror_left, mirror_right) = sides
    assert plain_left == 0 < plain_right
    assert mirror_right == 0 < mirror_left


async def test_scale_and_align_place_the_puppet(page: "Page") -> None:
    whole, small = await page.evaluate("[puppet.placed(1280, 720), puppet.placed(1280, 720, {scale: 0.5, align: 0})]")
    assert whole == pytest.approx({"scale": 0.8, "x": 640, "y": 720 - 550 * 0.8})
    assert small == pytest.approx({"scale": 0.4, "x": 160, "y": 720 - 550 * 0.4})


async def test_a_palette_changes_what_it_names(page: "Page") -> None:
    cheek = "4 * (310 * 400 + 175)"
    plain, dark = await page.evaluate(
        f"""() => [{{}}, {{skin: '#5a3a28'}}].map(palette => {{
          const p = pixels(new Array(58).fill(0), {{palette}}); return [...p.slice({cheek}, {cheek} + 3)];
        }})"""
    )
    assert sum(dark) < sum(plain) - 200


async def test_what_cannot_be_drawn_is_said(page: "Page") -> None:
    for script, sentence in (
        ("Puppet.load('./none.json')", "cannot load the puppet ./none.json: 404"),
        ("new Puppet({format: 'avatar_driver puppet', version: 2})", "found 'avatar_driver puppet' version 2"),
        ("puppet.colours({skni: '#000000'})", "no colour 'skni'"),
        ("puppet.colours({skin: 'red'})", "expected a colour like #a1b2c3, found 'red'"),
    ):
        said = await page.evaluate(
            f"async () => {{ try {{ await {script} }} catch (error) {{ return error.message }} }}"
        )
        assert sentence in said


async def test_the_pose_is_made_without_new_buffers(page: "Page") -> None:
    assert await page.evaluate(
        "() => { const a = puppet.posed([]), b = puppet.posed(new Array(58).fill(1)); return a.points === b.points; }"
    )
