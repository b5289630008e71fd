from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar_driver.errors import SourceError
from avatar_driver.sources._disturbed import LARGEST, Disturbance, opened

GREY = np.full((240, 320, 3), 110, np.uint8)


def test_another_seed_is_another_camera_and_the_same_seed_the_same() -> None:
    first, again, other = (Disturbance(seed=seed, rate=30)(GREY) for seed in (1, 1, 2))
    assert np.array_equal(first[0], again[0])
    assert first[1] == again[1]
    assert not np.array_equal(first[0], other[0])
    assert first[1] != other[1]


def test_noise_has_its_size_and_is_new_in_every_picture() -> None:
    camera = Disturbance(seed=0, rate=30, noise=4.0)
    pictures = np.array([camera(GREY)[0].astype(float) for _ in range(20)])
    assert pictures.mean() == pytest.approx(110, abs=0.5)
    assert 2.0 < pictures[:, 20:-20, 20:-20].std() < 4.2, "JPEG takes some of it"
    one, two = (picture[20:-20, 20:-20].ravel() - 110 for picture in pictures[:2])
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.1


def test_darkness_is_noisier_and_dark_pixels_less_noisy_than_bright_ones() -> None:
    def spread(level: int, noise: float) -> float:
        return float(Disturbance(seed=0, rate=30, noise=noise)(np.full_like(GREY, level))[0].std())

    assert spread(110, 12.0) > 2 * spread(110, 4.0)
    assert spread(200, 4.0) > 1.2 * spread(30, 4.0)


def test_the_camera_drifts_slowly_and_by_little() -> None:
    camera = Disturbance(seed=3, rate=30)
    drifts = [camera(GREY[:8, :8])[1] for _ in range(3000)]
    right = np.array([drift.right for drift in drifts])
    assert right.std() == pytest.approx(1.5, rel=0.25)
    assert np.std([drift.tilt for drift in drifts]) == pytest.approx(0.3, rel=0.25)
    assert np.std([drift.size for drift in drifts]) == pytest.approx(0.004, rel=0.25)
    assert np.corrcoef(right[1:], right[:-1])[0, 1] == pytest.approx(np.exp(-1 / 21), abs=0.02)


def test_the_picture_moves_as_the_drift_says() -> None:
    scene = np.zeros((240, 320, 3), np.uint8)
    cv2.circle(scene, (160, 120), 30, (255, 255, 255), -1)
    camera = Disturbance(seed=5, rate=30, noise=0.0)
    for _ in range(10):
        picture, drift = camera(scene)
        light = picture[:, :, 0] * (picture[:, :, 0] > 20.0)
        down, right = (float((axis * light).sum() / light.sum()) for axis in np.mgrid[:240, :320])
        # The disc's middle is half a pixel from the picture's, about which it is turned and resized.
        assert right - 160 == pytest.approx(drift.right, abs=0.1)
        assert down - 120 == pytest.approx(drift.down, abs=0.1)


def test_large_pictures_are_made_smaller(tmp_path: Path) -> None:
    path = tmp_path / "large.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (1920, 1080))
    for _ in range(3):
        writer.write(np.full((1080, 1920, 3), 90, np.uint8))
    writer.release()
    video = opened(path)
    pictures = list(video.pictures(10.0))
    assert (video.rate, len(pictures)) == (25.0, 3)
    assert pictures[0].shape == (540, LARGEST, 3)
    assert len(list(video.pictures(0.04))) == 1


def test_what_is_no_video_is_refused_by_name(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("no pictures here")
    with pytest.raises(SourceError, match=r"notes\.mp4: found no pictures"):
        opened(text)
    with pytest.raises(SourceError, match=r"gone\.mp4: no such file"):
        opened(tmp_path / "gone.mp4")
