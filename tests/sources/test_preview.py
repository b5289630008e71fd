"""The camera's picture for the dashboard: made only while it is asked for."""

import threading
from pathlib import Path

import numpy as np
import pytest

from avatar_driver.sources import Pictured, _preview
from avatar_driver.sources._libraries import opencv
from avatar_driver.sources._preview import Preview
from avatar_driver.sources.camera import Camera
from avatar_driver.sources.synthetic import Synthetic


def picture(blue: int = 200, green: int = 100, red: int = 50, size: tuple[int, int] = (480, 640)) -> np.ndarray:
    """As OpenCV gives it: BGR."""
    return np.full((*size, 3), (blue, green, red), np.uint8)


def decoded(jpeg: bytes) -> np.ndarray:
    image: np.ndarray = opencv().imdecode(np.frombuffer(jpeg, np.uint8), 1)
    return image


def test_nothing_is_made_until_it_is_asked_for_nor_given_after_it_no_longer_is() -> None:
    preview = Preview()
    preview.offer(picture())
    preview.on = True
    assert preview.take() is None, "it was made though nobody had asked"
    preview.offer(picture())
    preview.on = False
    assert preview.take() is None


def test_it_is_small_keeps_its_shape_and_its_colours_and_is_taken_once() -> None:
    preview = Preview()
    preview.on = True
    preview.offer(picture(size=(720, 1280)))
    jpeg = preview.take()
    assert jpeg is not None
    assert decoded(jpeg).shape == (180, 320, 3)
    assert np.allclose(decoded(jpeg).mean(axis=(0, 1)), (200, 100, 50), atol=3)
    assert preview.take() is None


def test_at_most_twelve_a_second_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(_preview.time, "perf_counter", lambda: now)
    preview = Preview()
    preview.on = True
    made = 0
    for i in range(60):
        now = 100.0 + i / 60
        preview.offer(picture())
        made += preview.take() is not None
    assert 10 <= made <= 12


@pytest.mark.parametrize("image", [None, np.zeros((0, 4, 3), np.uint8), np.zeros((4, 4, 3), np.float32)])
def test_what_is_no_picture_is_passed_over(image: object) -> None:
    preview = Preview()
    preview.on = True
    preview.offer(image)
    assert preview.take() is None


def test_a_film_is_shown_while_it_is_asked_for(face_video: Path, face_model: Path) -> None:
    camera = Camera(device=str(face_video), fast=True, model=str(face_model))
    assert isinstance(camera, Pictured)
    assert not isinstance(Synthetic(), Pictured)
    stop = threading.Event()
    for i, _ in enumerate(camera.frames(stop)):
        if i == 2:
            assert camera.preview.take() is None
            camera.preview.on = True
        elif i == 5:
            jpeg = camera.preview.take()
            assert jpeg is not None
            assert decoded(jpeg).shape[1] == 320
            stop.set()
