"""Painting in Python, on rigs of a few paths where every pixel can be told beforehand."""

import gc
import json
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from avatar_driver.channels import INDEX
from avatar_driver.errors import AvatarDriverError, ProblemsError
from avatar_driver.frame import REST
from avatar_driver.puppet._thorvg import thorvg_running
from avatar_driver.puppet.renderer import Renderer
from avatar_driver.puppet.rig import Rig
from avatar_driver.puppet.rig_file import parsed

Picture = NDArray[np.uint8]

GREY, RED, BLUE = (128, 128, 128), (255, 0, 0), (0, 0, 255)
PALETTE = {"background": "#808080", "red": "#ff0000", "blue": "#0000ff"}
HEAD = {
    "pivot": [0, 0, 0],
    "distance": 1000,
    "units_per_metre": 1000,
    "turn_limit": 0.8,
    "move_limit": 0.2,
    "body_follow": 0,
}


def square(name: str, first: int, **more: Any) -> dict[str, Any]:
    return {"name": name, "commands": "MLLLZ", "points": [first, first + 1, first + 2, first + 3]} | more


def corners(left: float, top: float, right: float, bottom: float) -> list[list[float]]:
    """Points of the body, which the head does not turn."""
    return [[x, y, 0, 0] for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))]


def rig(points: list[list[float]], *paths: dict[str, Any], **more: Any) -> Rig:
    """A rig with a view of 100 × 100 units."""
    text = {
        "format": "avatar_driver puppet",
        "version": 1,
        "view": [0, 0, 100, 100],
        "head": HEAD,
        "palette": PALETTE,
        "drivers": {},
        "points": points,
        "deltas": {},
        "order": [],
        "follow": [],
        "paths": list(paths),
    }
    return Rig(parsed(json.dumps(text | more)))


def painted(
    drawing: Rig, values: NDArray[np.float32] = REST, size: tuple[int, int] = (100, 100), **more: Any
) -> Picture:
    return Renderer(drawing, *size, **more).draw(values).copy()


def at(picture: Picture, x: int, y: int) -> tuple[int, ...]:
    return tuple(picture[y, x].tolist())


def face(**shapes: float) -> NDArray[np.float32]:
    values = np.zeros(len(REST), np.float32)
    for name, value in shapes.items():
        values[INDEX[name]] = value
    return values


RED_SQUARE = rig(corners(10, 20, 40, 60), square("red", 0, fill="red"))


def test_a_filled_path_covers_exactly_its_inside_in_exactly_its_colour() -> None:
    picture = painted(RED_SQUARE)
    expected = np.full((100, 100, 3), GREY, np.uint8)
    expected[20:60, 10:40] = RED
    np.testing.assert_array_equal(picture, expected)
    assert picture.dtype == np.uint8


def test_edges_between_pixels_are_smooth() -> None:
    half = {"name": "half", "commands": "MLLZ", "points": [0, 1, 3], "fill": "red"}  # a corner, cut from its square
    picture = painted(rig(corners(0, 0, 100, 100), half))
    edge = np.array([picture[99 - x, x] for x in range(100)], int)  # the diagonal cuts these pixels in two
    assert np.abs(edge - (np.array(RED) + GREY) / 2).max() <= 4


@pytest.mark.parametrize(("size", "left", "top"), [((300, 100), 100, 0), ((100, 300), 0, 200), ((200, 200), 0, 0)])
def test_the_view_is_shown_whole_in_the_middle_on_the_bottom_edge(size: tuple[int, int], left: int, top: int) -> None:
    scale = min(size) // 100
    picture = painted(RED_SQUARE, size=size)
    red = np.argwhere((picture == RED).all(axis=-1))
    assert red.min(axis=0).tolist() == [top + 20 * scale, left + 10 * scale]
    assert red.max(axis=0).tolist() == [top + 60 * scale - 1, left + 40 * scale - 1]


def test_later_paths_lie_over_earlier_ones_and_strokes_over_their_own_fill() -> None:
    points = corners(10, 10, 60, 60) + corners(40, 40, 90, 90)
    picture = painted(rig(points, square("a", 0, fill="red", stroke="blue", width=4), square("b", 4, fill="red")))
    assert at(picture, 11, 30) == BLUE
    assert at(picture, 9, 30) == BLUE
    assert at(picture, 13, 30) == RED
    assert at(picture, 60, 50) == RED  # the second one's inside, over the first one's stroke


def test_a_stroke_grows_with_the_picture() -> None:
    drawing = rig(corners(20, 20, 80, 80), square("a", 0, stroke="blue", width=4))
    for scale in (1, 3):
        row = painted(drawing, size=(100 * scale, 100 * scale))[50 * scale, : 50 * scale]
        assert (row == BLUE).all(axis=-1).sum() == 4 * scale


@pytest.mark.parametrize(("cap", "reached"), [("butt", False), ("square", True), ("round", False)])
def test_caps_end_a_line_as_they_are_called(cap: str, reached: bool) -> None:
    line = {"name": "line", "commands": "ML", "points": [0, 1], "stroke": "blue", "width": 20, "cap": cap}
    picture = painted(rig([[30, 50, 0, 0], [70, 50, 0, 0]], line))
    assert (at(picture, 78, 42) == BLUE) is reached  # the corner beyond the end
    assert (at(picture, 78, 50) == BLUE) is (cap != "butt")


@pytest.mark.parametrize("join", ["miter", "round", "bevel"])
def test_joins_turn_a_corner_as_they_are_called(join: str) -> None:
    drawing = rig(corners(30, 30, 70, 70), square("a", 0, stroke="blue", width=20, join=join))
    picture = painted(drawing)
    assert (at(picture, 21, 21) == BLUE) is (join == "miter")
    assert (at(picture, 24, 24) == BLUE) is (join != "bevel")


def test_what_is_clipped_shows_only_inside_the_other_path() -> None:
    points = corners(20, 20, 50, 50) + corners(0, 0, 100, 100)
    drawing = rig(points, square("window", 0), square("all", 4, fill="red", clip="window"))
    expected = np.full((100, 100, 3), GREY, np.uint8)
    expected[20:50, 20:50] = RED
    np.testing.assert_array_equal(painted(drawing), expected)


def test_an_invisible_path_still_clips_and_a_clip_ends_with_its_paths() -> None:
    points = corners(20, 20, 50, 50) + corners(0, 0, 100, 100) + corners(60, 60, 80, 80)
    drawing = rig(
        points,
        square("window", 0, fill="blue", opacity=0),
        square("all", 4, fill="red", clip="window"),
        square("free", 8, fill="blue"),
    )
    picture = painted(drawing)
    assert at(picture, 35, 35) == RED
    assert at(picture, 10, 10) == GREY
    assert at(picture, 70, 70) == BLUE


@pytest.mark.parametrize(
    ("window", "share"),
    [((50, 50, 50, 50), 0), ((20, 50, 80, 50), 0), ((-300, 0, -200, 100), 0), ((-1e6, -1e6, 1e6, 1e6), 1)],
    ids=["a point", "a line", "beside the picture", "far beyond it"],
)
def test_a_clip_may_have_any_size_and_place(window: tuple[float, float, float, float], share: float) -> None:
    drawing = rig(
        corners(*window) + corners(0, 0, 100, 100), square("window", 0), square("all", 4, fill="red", clip="window")
    )
    assert (painted(drawing) == RED).all(axis=-1).mean() == share


def test_a_clip_moves_with_its_path() -> None:
    points = corners(20, 20, 50, 50) + corners(0, 0, 100, 100)
    drawing = rig(
        points,
        square("window", 0),
        square("all", 4, fill="red", clip="window"),
        deltas={"jawOpen": [[point, 0, 40] for point in range(4)]},
    )
    renderer = Renderer(drawing, 100, 100)
    assert at(renderer.draw(REST), 35, 25) == RED
    assert at(renderer.draw(face(jawOpen=1)), 35, 25) == GREY
    assert at(renderer.draw(face(jawOpen=1)), 35, 85) == RED


def test_insides_are_told_by_the_non_zero_rule() -> None:
    both = corners(10, 10, 90, 90) + corners(30, 30, 70, 70)
    path = {"name": "a", "commands": "MLLLZMLLLZ", "points": list(range(8)), "fill": "red"}
    assert at(painted(rig(both, path)), 50, 50) == RED
    path["points"] = [0, 1, 2, 3, 7, 6, 5, 4]
    assert at(painted(rig(both, path)), 50, 50) == GREY


def test_curves_bend_towards_their_controls() -> None:
    points = [[10, 50, 0, 0], [10, 0, 0, 0], [90, 0, 0, 0], [90, 50, 0, 0]]
    picture = painted(rig(points, {"name": "a", "commands": "MCZ", "points": [0, 1, 2, 3], "fill": "red"}))
    top = np.flatnonzero((picture[:, 50] == RED).all(axis=-1))[0]
    assert abs(top - 12.5) <= 1  # a cubic's middle: 1/8 · 50 + 3/8 · 0 + 3/8 · 0 + 1/8 · 50


@pytest.mark.parametrize("opacity", [1.0, 0.5, 0.0])
def test_opacity_mixes_with_what_lies_behind(opacity: float) -> None:
    picture = painted(rig(corners(0, 0, 100, 100), square("a", 0, fill="red", opacity=opacity)))
    expected = opacity * np.array(RED) + (1 - opacity) * np.array(GREY)
    assert np.abs(picture[50, 50] - expected).max() <= 1.5


def test_opacity_follows_the_face_and_comes_back() -> None:
    drawing = rig(corners(0, 0, 100, 100), square("a", 0, fill="red", opacity=0, opacity_deltas={"tongueOut": 1}))
    renderer = Renderer(drawing, 100, 100)
    for tongue, seen in ((0, GREY), (1, RED), (0, GREY), (1, RED)):
        assert at(renderer.draw(face(tongueOut=tongue)), 50, 50) == seen


def test_a_linear_gradient_runs_between_its_points_and_moves_with_them() -> None:
    fill = {"linear": [4, 5], "stops": [[0, "red", 1], [1, "blue", 1]]}
    drawing = rig(
        [*corners(0, 0, 100, 100), [0, 20, 0, 0], [0, 80, 0, 0]],
        square("a", 0, fill=fill),
        deltas={"jawOpen": [[4, 0, 80], [5, 0, -20]]},
    )
    renderer = Renderer(drawing, 100, 100)
    picture = renderer.draw(REST)
    assert at(picture, 50, 5) == RED
    assert at(picture, 50, 95) == BLUE
    assert np.abs(picture[50, 50].astype(int) - (127, 0, 127)).max() <= 4
    turned = renderer.draw(face(jawOpen=1))
    # Now from y 100 up to y 60: the middle of row 89 is a quarter and 0.5 of a unit on the way from red to blue.
    assert np.abs(turned[89, 50].astype(int) - (188, 0, 67)).max() <= 4


def test_a_radial_gradient_runs_from_its_centre_to_its_rim() -> None:
    fill = {"radial": [4, 5], "stops": [[0, "red", 1], [1, "blue", 0]]}
    drawing = rig([*corners(0, 0, 100, 100), [50, 50, 0, 0], [90, 50, 0, 0]], square("a", 0, fill=fill))
    picture = painted(drawing)
    assert np.abs(picture[50, 50].astype(int) - RED).max() <= 9  # the pixel's middle is 0.7 off the centre
    assert at(picture, 95, 50) == GREY  # beyond the rim nothing is left of it
    np.testing.assert_allclose(picture[50, 70], picture[70, 50], atol=3)


def test_a_gradient_of_no_size_paints_its_last_colour() -> None:
    fill = {"radial": [4, 4], "stops": [[0, "red", 1], [1, "blue", 1]]}
    drawing = rig([*corners(0, 0, 100, 100), [50, 50, 0, 0]], square("a", 0, fill=fill))
    assert at(painted(drawing), 20, 20) == BLUE


def test_in_the_mirror_only_the_puppet_changes_sides(tmp_path: Path) -> None:
    behind = np.zeros((100, 100, 3), np.uint8)
    behind[:, :5] = 255
    cv2.imwrite(str(tmp_path / "room.png"), behind)
    plain = painted(RED_SQUARE, background=str(tmp_path / "room.png"))
    mirrored = painted(RED_SQUARE, background=str(tmp_path / "room.png"), mirror=True)
    assert at(mirrored, 60, 40) == at(mirrored, 89, 40) == at(plain, 10, 40) == RED
    assert at(mirrored, 59, 40) == at(mirrored, 90, 40) == (0, 0, 0)
    assert at(mirrored, 2, 50) == at(plain, 2, 50) == (255, 255, 255)


def test_colours_can_be_changed_by_their_names_in_the_rig() -> None:
    assert at(painted(RED_SQUARE, colours={"red": "#102030"}), 20, 40) == (0x10, 0x20, 0x30)
    with pytest.raises(ProblemsError, match="did you mean 'red'"):
        Renderer(RED_SQUARE, 100, 100, colours={"redd": "#102030"})


@pytest.mark.parametrize(("background", "seen"), [(None, GREY), ("#0a0b0c", (10, 11, 12)), ("green", (0, 0xB1, 0x40))])
def test_the_background_is_a_colour(background: str | None, seen: tuple[int, int, int]) -> None:
    assert at(painted(RED_SQUARE, background=background), 90, 90) == seen


def test_a_picture_behind_covers_the_frame_with_its_middle(tmp_path: Path) -> None:
    stripes = np.zeros((40, 80, 3), np.uint8)
    stripes[:, :20] = (255, 0, 0)  # OpenCV's order: blue
    stripes[:, 60:] = (0, 0, 255)
    cv2.imwrite(str(tmp_path / "wide.png"), stripes)
    picture = painted(rig(corners(0, 0, 1, 1), square("a", 0)), background=str(tmp_path / "wide.png"))
    assert at(picture, 50, 50) == (0, 0, 0)
    assert not picture[:, 2:-2].any()  # the coloured quarters are cut off
    wide = painted(rig(corners(0, 0, 1, 1), square("a", 0)), size=(200, 100), background=str(tmp_path / "wide.png"))
    assert at(wide, 10, 50) == BLUE
    assert at(wide, 190, 50) == RED


def test_a_background_that_cannot_be_had_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"a colour like '#dfe7f5', 'green', or a picture file .* found 'blue'"):
        Renderer(RED_SQUARE, 10, 10, background="blue")
    with pytest.raises(AvatarDriverError, match=r"cannot read the background .*gone.png: No such file"):
        Renderer(RED_SQUARE, 10, 10, background=str(tmp_path / "gone.png"))
    for content in (b"", b"no picture"):
        (tmp_path / "text.png").write_bytes(content)
        with pytest.raises(AvatarDriverError, match=r"text.png is not a picture that can be read"):
            Renderer(RED_SQUARE, 10, 10, background=str(tmp_path / "text.png"))


SPIKE: dict[str, Any] = {
    "name": "spike",
    "commands": "MLL",
    "points": [4, 5, 6],
    "stroke": "blue",
    "width": 6,
    "join": "miter",
}
MOVED = {"jawOpen": [[i, 45, 35] for i in range(7)], "tongueOut": [[i, -300, 0] for i in range(7)]}


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize(
    "way", [("jawOpen", None), (None, "jawOpen"), ("tongueOut", None), (None, "tongueOut"), ("jawOpen", "tongueOut")]
)
def test_wherever_the_puppet_goes_it_leaves_no_trail_on_a_picture(
    way: tuple[str | None, str | None], mirror: bool, tmp_path: Path
) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (100, 100, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "room.png"), noise)
    # A wide stroke, and a corner so sharp that it points far beyond its points.
    drawing = rig(
        [*corners(15, 20, 30, 45), [8, 6, 0, 0], [34, 13, 0, 0], [8, 20, 0, 0]],
        square("a", 0, fill="red", stroke="blue", width=8),
        SPIKE,
        deltas=MOVED,
    )
    more: dict[str, Any] = {"background": str(tmp_path / "room.png"), "mirror": mirror}
    renderer = Renderer(drawing, 100, 100, **more)
    for name in (*way, *way):
        worn = face(**({name: 1.0} if name else {}))
        np.testing.assert_array_equal(renderer.draw(worn), painted(drawing, worn, **more))


def test_the_corner_of_a_stroke_reaches_beyond_its_points() -> None:
    """What the test above stands on."""
    drawing = rig([[0, 0, 0, 0]] * 4 + [[8, 6, 0, 0], [34, 13, 0, 0], [8, 20, 0, 0]], square("a", 0), SPIKE)
    touched = (painted(drawing) != GREY).any(axis=(0, 2))
    assert np.flatnonzero(touched).max() > 34 + SPIKE["width"]


def test_many_layers_keep_their_order_and_their_clip() -> None:
    """However they are shared out to what is prepared at the same time."""
    steps = [corners(10, 10, 90 - 5 * k, 90 - 5 * k) for k in range(12)]
    colours = ["red" if k % 2 else "blue" for k in range(12)]
    window = corners(20, 20, 95, 95)
    for clip in ({}, {"clip": "window"}):
        paths = [square(f"s{k}", 4 + 4 * k, fill=colour, **clip) for k, colour in enumerate(colours)]
        picture = painted(rig([*window, *[point for step in steps for point in step]], square("window", 0), *paths))
        first = 20 if clip else 10
        for k, colour in enumerate(colours):
            assert at(picture, 89 - 5 * k, first) == (RED if colour == "red" else BLUE)
        if clip:
            assert at(picture, 15, 40) == at(picture, 40, 15) == GREY


def test_nothing_is_left_of_the_picture_before_and_its_array_is_used_again() -> None:
    renderer = Renderer(Rig.load(), 320, 180)
    rest = renderer.draw(REST).copy()
    talking = renderer.draw(face(jawOpen=1, eyeBlinkLeft=1, tongueOut=1, headRotationZ=0.3))
    assert (talking != rest).any()
    again = renderer.draw(REST)
    assert again is talking
    np.testing.assert_array_equal(again, rest)


@settings(max_examples=40, deadline=None)
@given(values=arrays(np.float32, 58, elements=st.floats(width=32)))
def test_every_possible_face_is_painted(values: NDArray[np.float32]) -> None:
    picture = SHIPPED.draw(values)
    assert picture.shape == (90, 160, 3)


SHIPPED = Renderer(Rig.load(), 160, 90)


class AtOnce(Executor):
    """A thread that is no other."""

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(function(*arguments, **named))
        return future


@pytest.mark.parametrize("name", ["swcanvas_create", "shape_new", "canvas_update", "canvas_draw", "canvas_destroy"])
def test_renderers_wait_for_each_other(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Canvases share memory in ThorVG: a program that painted two at once, in two threads, crashed now and then."""
    thorvg = thorvg_running()
    real, busy, overlaps = getattr(thorvg, name), threading.Lock(), []

    def watched(*arguments: Any) -> Any:
        alone = busy.acquire(blocking=False)
        overlaps.append(not alone)
        try:
            time.sleep(0.002)  # long enough for the other thread to come in
            return real(*arguments)
        finally:
            if alone:
                busy.release()

    def paint() -> None:
        for _ in range(5):
            painted(RED_SQUARE)

    monkeypatch.setattr(thorvg, "_maker", AtOnce())
    monkeypatch.setattr(thorvg, name, watched)
    threads = [threading.Thread(target=paint) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(overlaps) >= 10
    assert not any(overlaps)


def test_renderers_made_in_ever_new_threads_take_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """ThorVG keeps scratch memory for each thread that made a canvas, and a camera that is tried again is a new one."""
    thorvg = thorvg_running()
    makers, make = set(), thorvg.swcanvas_create

    def made(option: int) -> int:
        makers.add(threading.get_ident())
        return int(make(option))

    monkeypatch.setattr(thorvg, "swcanvas_create", made)
    threads = [threading.Thread(target=painted, args=(RED_SQUARE,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(makers) == 1


def test_a_renderer_that_is_forgotten_while_the_next_is_made_does_not_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python frees it in whichever thread looks for garbage: in the one that makes canvases, too."""
    thorvg = thorvg_running()
    make, made = thorvg.swcanvas_create, threading.Event()

    class Old:
        def __init__(self) -> None:
            self.renderer, self.itself = Renderer(RED_SQUARE, 100, 100), self

    def collecting(option: int) -> int:
        gc.collect()
        return int(make(option))

    def renew() -> None:
        Renderer(RED_SQUARE, 100, 100)
        made.set()

    gc.disable()
    try:
        Old()
        monkeypatch.setattr(thorvg, "swcanvas_create", collecting)
        threading.Thread(target=renew, daemon=True).start()
        assert made.wait(10)
    finally:
        gc.enable()


def test_libraries_are_loaded_only_to_paint() -> None:
    program = (
        "import sys, avatar_driver.puppet.renderer, avatar_driver.sinks.virtual_camera\n"
        "assert not {'cv2', 'thorvg_python', 'pyvirtualcam'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_thorvg_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    thorvg_running.cache_clear()
    monkeypatch.setitem(sys.modules, "thorvg_python.engine", None)
    with pytest.raises(AvatarDriverError, match="pip install thorvg-python"):
        Renderer(RED_SQUARE, 10, 10)
