"""Canvas in Chromium and ThorVG in Python paint the same puppet: what a call sees is what the page shows."""

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_driver.frame import REST
from avatar_driver.puppet.renderer import Renderer
from avatar_driver.puppet.rig import Rig
from avatar_driver.puppet.rig_file import parsed
from tests.puppet.conftest import STATIC, poses
from tests.puppet.test_rig import face

if TYPE_CHECKING:
    from playwright.async_api import Page

Picture = NDArray[np.uint8]

WIDTH, HEIGHT = 640, 360
TILE: Final = 8  # pixels a side
OFF: Final = 16  # of 255: what the eye may notice once edges are softened
# Measured over the 60 poses: at most 0.25, 0.00014 and 7.8. The faults below exceed at least one of them.
LARGEST_MEAN: Final = 0.4
LARGEST_SHARE: Final = 0.0003
LARGEST_IN_A_TILE: Final = 10.0


class Difference(NamedTuple):
    """How far two pictures are apart after a slight blur, which forgives what anti-aliasing does differently.

    Attributes:
        mean: of all channels of all pixels, of 255.
        share: of pixels that differ by more than `OFF` in some channel.
        worst: the mean in the worst tile, which a small fault does not hide from.
    """

    mean: float
    share: float
    worst: float

    @property
    def seen(self) -> bool:
        return self.mean > LARGEST_MEAN or self.share > LARGEST_SHARE or self.worst > LARGEST_IN_A_TILE


def difference(one: Picture, other: Picture) -> Difference:
    soft = [cv2.GaussianBlur(picture, (0, 0), 1.0).astype(np.int16) for picture in (one, other)]
    apart = np.abs(soft[0] - soft[1])
    tiles = apart.mean(axis=-1).reshape(HEIGHT // TILE, TILE, WIDTH // TILE, TILE).mean(axis=(1, 3))
    return Difference(float(apart.mean()), float((apart.max(axis=-1) > OFF).mean()), float(tiles.max()))


async def in_the_page(page: "Page", values: NDArray[np.float32], **options: Any) -> Picture:
    """The page's picture of a face."""
    code = await page.evaluate(
        """([values, options, width, height]) => {
          const bytes = pixels(values, options, width, height);
          let text = '';
          for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
          return btoa(text);
        }""",
        [values.astype(float).tolist(), {"background": "palette"} | options, WIDTH, HEIGHT],
    )
    rgba = np.frombuffer(base64.b64decode(code), np.uint8).reshape(HEIGHT, WIDTH, 4)
    assert (rgba[..., 3] == 255).all()
    return rgba[..., :3]


async def test_both_paint_60_poses_alike(page: "Page") -> None:
    renderer = Renderer(Rig.load(), WIDTH, HEIGHT)
    found = {}
    for number, values in enumerate(poses()):
        found[number] = difference(await in_the_page(page, values), renderer.draw(values))
    assert {number: each for number, each in found.items() if each.seen} == {}


@pytest.mark.parametrize("options", [{"mirror": True}, {"palette": {"hair": "#f3d27a", "skin": "#7d4b32"}}])
async def test_options_mean_the_same_to_both(page: "Page", options: dict[str, Any]) -> None:
    values = face(eyeBlinkLeft=1, jawOpen=0.5, headRotationZ=0.2)
    renderer = Renderer(Rig.load(), WIDTH, HEIGHT, mirror=options.get("mirror", False), colours=options.get("palette"))
    assert not difference(await in_the_page(page, values, **options), renderer.draw(values)).seen


def path(rig: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(path for path in rig["paths"] if path["name"] == name)
    return found


def without(name: str) -> Callable[[dict[str, Any]], None]:
    def change(rig: dict[str, Any]) -> None:
        rig["paths"].remove(path(rig, name))

    return change


def unclipped(name: str) -> Callable[[dict[str, Any]], None]:
    def change(rig: dict[str, Any]) -> None:
        del path(rig, name)["clip"]

    return change


def clipped_elsewhere(rig: dict[str, Any]) -> None:
    path(rig, "irisLeft")["clip"] = "eyeRight"


def mirrored_eye(rig: dict[str, Any]) -> None:
    """The left iris looks right when it should look left."""
    own = set(path(rig, "irisLeft")["points"])
    for moves in rig["deltas"].values():
        for move in moves:
            if move[0] in own:
                move[1] = -move[1]


def gradient_upside_down(rig: dict[str, Any]) -> None:
    fill = path(rig, "face")["fill"]
    fill[next(kind for kind in ("linear", "radial") if kind in fill)].reverse()


def thin_lines(rig: dict[str, Any]) -> None:
    for each in rig["paths"]:
        each["width"] = 0.6 * each.get("width", 0)


def opaque(rig: dict[str, Any]) -> None:
    path(rig, "hairShine")["opacity"] = 1


LOOK = {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}
FAULTS = [
    ("a pupil is missing", without("pupilLeft"), {}),
    ("a brow is missing", without("browRight"), {}),
    ("the upper lip is missing", without("upperLip"), {}),
    ("an eye looks the wrong way", mirrored_eye, LOOK),
    ("an iris is not cut by the lids", unclipped("irisLeft"), {"eyeBlinkLeft": 1.0}),
    ("an iris is cut by the other eye", clipped_elsewhere, {}),
    ("a gradient runs the wrong way", gradient_upside_down, {}),
    ("lines are too thin", thin_lines, {}),
    ("an opacity is left out", opaque, {}),
]


@pytest.mark.parametrize(("change", "shapes"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_fault_in_one_of_them_would_be_seen(
    change: Callable[[dict[str, Any]], None], shapes: dict[str, float]
) -> None:
    """The measure and its limits, without a browser: the sound puppet against one with a planted fault."""
    text = json.loads((STATIC / "puppet.json").read_bytes())
    change(text)
    faulty = Renderer(Rig(parsed(json.dumps(text))), WIDTH, HEIGHT)
    values = face(**shapes)
    sound = Renderer(Rig.load(), WIDTH, HEIGHT).draw(values)
    assert difference(sound, faulty.draw(values)).seen


def test_a_puppet_differs_from_itself_by_nothing() -> None:
    picture = Renderer(Rig.load(), WIDTH, HEIGHT).draw(REST)
    assert difference(picture, picture.copy()) == (0, 0, 0)
