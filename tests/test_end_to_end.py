"""The program as people run it, heard by a receiver in another process that shares no code with it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from avatar_driver.channels import ROTATION, SHAPE_NAMES
from avatar_driver.rotation import quaternion_from_vector, unity_quaternion
from avatar_driver.sources.synthetic import Synthetic

RECEIVER = Path(__file__).parent / "peers" / "receive_vmc.py"


def heard(*arguments: str, report: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What the receiver heard of `avatar-driver run ARGUMENTS`, and the run's report."""
    with subprocess.Popen([sys.executable, str(RECEIVER)], stdout=subprocess.PIPE, text=True) as receiver:
        assert receiver.stdout is not None
        port = receiver.stdout.readline().strip()
        command = [sys.executable, "-m", "avatar_driver", "run", *arguments]
        done = subprocess.run(
            [*command, "--sink", f"vmc={port}", "--report", str(report)],
            capture_output=True, text=True, timeout=100, check=False, env={**os.environ, "NO_COLOR": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        frames = json.loads(receiver.stdout.read())
    return frames, json.loads(report.read_text())


def shapes(frames: list[dict[str, Any]]) -> np.ndarray:
    """(frames, 52) by our names; the receiver heard them in Pascal case."""
    names = [name[0].upper() + name[1:] for name in SHAPE_NAMES]
    return np.array([[frame["weights"][name] for name in names] for frame in frames])


def test_a_synthetic_face_arrives_whole_and_unchanged(tmp_path: Path) -> None:
    options = ("--source", "synthetic", "--fast", "--set", "source.seconds=4", "--set", "stages=[]")
    frames, report = heard(*options, report=tmp_path / "report.json")
    expected = [frame.values for frame in Synthetic(seconds=4, fast=True).frames(Event())]
    assert report["frames"] == len(expected) == 120
    assert len(frames) == report["sinks"]["vmc"]["sent"] == 121
    got = shapes(frames)
    assert np.allclose(got[:120], np.array(expected)[:, :52], atol=1e-6)
    for frame, values in zip(frames, expected, strict=False):
        assert frame["head"] == pytest.approx(unity_quaternion(quaternion_from_vector(values[ROTATION])), abs=1e-6)
        assert frame["tracked"]
    # The end: a neutral avatar, and said to be no face.
    assert not got[-1].any()
    assert not frames[-1]["tracked"]


def test_at_its_own_pace_a_face_arrives_as_often_as_it_was_made(tmp_path: Path) -> None:
    frames, report = heard("--source", "synthetic", "--set", "source.seconds=3", report=tmp_path / "report.json")
    sink = report["sinks"]["vmc"]
    # Newest wins: on a busy machine frames may be skipped, and are counted where they were.
    assert report["frames"] + report["skipped"] == 90
    assert sink["sent"] + sink["dropped"] == report["frames"] + report["filled"] + report["closing"]
    assert len(frames) == sink["sent"]
    eased = shapes(frames)[-report["closing"] :].max(axis=1)
    assert (np.diff(eased) <= 1e-6).all()
    assert eased[-1] == 0


def test_a_real_face_arrives_as_mediapipe_gives_it(tmp_path: Path, face_video: Path, face_model: Path) -> None:
    """Stages off: what arrives by VMC equals FaceLandmarker called directly on the same pictures."""
    options = ("--source", str(face_video), "--model", str(face_model), "--fast", "--set", "stages=[]")
    frames, report = heard(*options, report=tmp_path / "report.json")
    assert report["frames"] > 100
    assert report["sinks"]["vmc"]["sent"] == len(frames) == report["frames"] + report["closing"]
    direct = _directly(face_video, face_model)
    assert len(direct) == report["frames"]
    names = [name[0].upper() + name[1:] for name in SHAPE_NAMES]
    for frame, scores in zip(frames, direct, strict=False):
        for name, camel in zip(names, SHAPE_NAMES, strict=True):
            assert frame["weights"][name] == pytest.approx(scores.get(camel, 0.0), abs=1e-6)


def test_without_a_face_receivers_keep_hearing_that_there_is_none(
    tmp_path: Path, faceless_video: Path, face_model: Path
) -> None:
    options = ("--source", str(faceless_video), "--model", str(face_model))
    frames, report = heard(*options, report=tmp_path / "report.json")
    assert report["tracked"] == 0
    assert len(frames) >= 10 * (report["seconds"] - 2)
    assert not any(frame["tracked"] for frame in frames)
    assert not shapes(frames).any()


def _directly(video: Path, model: Path) -> list[dict[str, float]]:
    """MediaPipe as its own documentation says, but for timestamps 1000 s apart, which switch its smoothing off."""
    import cv2
    from mediapipe import Image, ImageFormat
    from mediapipe.tasks.python import BaseOptions
    from mediapipe.tasks.python.vision import FaceLandmarker, FaceLandmarkerOptions, RunningMode

    options = FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model)),
        running_mode=RunningMode.VIDEO,
        output_face_blendshapes=True,
    )
    scores: list[dict[str, float]] = []
    film = cv2.VideoCapture(str(video))
    with FaceLandmarker.create_from_options(options) as landmarker:
        while True:
            more, picture = film.read()
            if not more:
                return scores
            image = Image(image_format=ImageFormat.SRGB, data=cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
            result = landmarker.detect_for_video(image, (len(scores) + 1) * 1_000_000)
            shown = result.face_blendshapes[0] if result.face_blendshapes else []
            scores.append({category.category_name: category.score for category in shown})
