from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar_driver.bench.measures import apart, delay, masks, moving_error, rest_jitter
from avatar_driver.bench.take import logit, sigmoid
from avatar_driver.bench.takes import Tracking, halves, leave_one_out, track_clip, undone
from avatar_driver.channels import CHANNELS, INDEX, POSITION, ROTATION, SHAPES
from avatar_driver.errors import SourceError
from avatar_driver.rotation import Quaternion, composed, quaternion_from_vector, vector_from_quaternion
from avatar_driver.sources._disturbed import Drift


def trackings(count: int, frames: int = 240, seed: int = 0) -> list[Tracking]:
    """Independent trackings of one mouth that opens and closes."""
    rng = np.random.default_rng(seed)
    times = np.arange(frames) / 30
    logits = np.clip(3 * np.sin(2 * np.pi * 0.5 * times), -1, 1)[:, None] - 1
    made = []
    for _ in range(count):
        values = np.zeros((frames, len(CHANNELS)))
        values[:, SHAPES] = sigmoid(logits + rng.normal(0, 0.15, (frames, SHAPES.stop)))
        values[:, SHAPES.stop :] = rng.normal(0, 0.001, (frames, 6))
        made.append(Tracking(times=times, values=values, found=np.ones(frames, bool)))
    return made


def test_a_tracking_is_judged_by_the_others_never_by_itself() -> None:
    streams = trackings(4)
    before = leave_one_out("clip", streams)
    streams[2].values[100:120] = 0.99  # the third one goes mad
    after = leave_one_out("clip", streams)
    for k in (0, 1, 3):
        assert np.abs(after[k].truth - before[k].truth).max() > 0.1
    assert np.array_equal(after[2].truth, before[2].truth)
    assert np.array_equal(after[2].path, before[2].path)
    assert np.array_equal(after[2].spread, before[2].spread)


def test_the_truth_is_the_mean_in_logits_and_passes_through_every_frame() -> None:
    streams = trackings(3)
    take = leave_one_out("clip", streams)[0]
    mean = sigmoid((logit(streams[1].values[:, SHAPES]) + logit(streams[2].values[:, SHAPES])) / 2)
    assert np.allclose(take.truth[:, SHAPES], mean)
    on_frames = np.stack([take.truth_at(take.captured, channel) for channel in range(len(CHANNELS))], axis=1)
    assert np.allclose(on_frames, take.truth, atol=1e-6)


def test_raw_is_not_late_and_a_perfect_filter_shows_no_error() -> None:
    streams = trackings(5, 900)
    takes = leave_one_out("clip", streams)
    clean = trackings(400, 900, seed=5)
    true = np.mean([stream.values for stream in clean], axis=0)
    for take in takes:
        assert delay(take, take.raw.astype(float)) == pytest.approx(0, abs=0.0015)
        assert delay(take, np.roll(true, 1, axis=0)) == pytest.approx(1 / 30, abs=0.0015)
        assert moving_error(take, true) < 0.25 * moving_error(take, take.raw.astype(float))


def test_what_the_copies_share_is_no_trembling() -> None:
    takes = leave_one_out("clip", trackings(4, 600))
    raw = [take.raw.astype(float) for take in takes]
    tremor = 0.05 * np.sin(2 * np.pi * 6 * takes[0].times)[:, None]
    alone = rest_jitter(takes[0], apart(raw)[0])
    assert rest_jitter(takes[0], apart([one + tremor for one in raw])[0]) == pytest.approx(alone)


def test_the_halves_share_no_frame_and_leave_out_the_warm_up() -> None:
    take = leave_one_out("clip", trackings(3))[0]
    first, second = halves(take)
    assert not (first.reported & second.reported).any()
    assert first.times[first.reported].max() < second.times[second.reported].min()
    assert first.times[first.reported].min() >= 0.5
    assert first.reported.sum() > 90
    assert second.reported.sum() > 110


def test_frames_in_which_any_tracking_lost_the_face_do_not_count() -> None:
    streams = trackings(3)
    streams[1].found[50:60] = False
    takes = leave_one_out("clip", streams)
    for take in takes:
        assert not take.reported[50:60].any()
        assert not masks(take).rest[50:60].any()
    assert not any(frame.tracked for frame in takes[1].frames[50:60])
    assert all(frame.tracked for frame in takes[0].frames)


def test_too_little_face_is_said_in_a_sentence() -> None:
    streams = trackings(3)
    streams[0].found[20:] = False
    with pytest.raises(
        SourceError, match=r"clip.mp4: found a face in 20 of 240 pictures, expected at least 45; use a clip"
    ):
        leave_one_out("clip.mp4", streams)


def test_a_cameras_drift_is_undone_on_the_head_and_on_nothing_else() -> None:
    """Forwards by the pinhole camera of 63°: tilting turns the head about the camera's axis, size brings it nearer."""
    height = 480
    true = np.zeros(len(CHANNELS))
    true[SHAPES] = 0.3
    true[POSITION] = (0.03, -0.05, -0.6)
    true[ROTATION] = (0.1, -0.3, 0.05)
    drift = Drift(right=3.0, down=-2.0, tilt=0.8, size=1.01)
    focal = height / 2 / np.tan(np.radians(31.5))
    turn = np.radians(drift.tilt)
    x, y, z = true[POSITION]
    seen = true.copy()
    tilted = np.array([np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y])
    shift = np.array([drift.right, -drift.down]) / focal * -z / drift.size
    seen[POSITION] = (*(tilted + shift), z / drift.size)
    roll = Quaternion(0, 0, np.sin(turn / 2), np.cos(turn / 2))
    seen[ROTATION] = vector_from_quaternion(composed(roll, quaternion_from_vector(true[ROTATION])))
    assert np.allclose(undone(seen, drift, height), true, atol=1e-9)
    assert np.array_equal(undone(true, Drift(), height), true)


class BrightnessTracker:
    """Takes a picture's brightness for an open jaw."""

    def __init__(self) -> None:
        self.seen = 0
        self.closed = False

    def detect(self, image: object, time: float) -> np.ndarray | None:
        self.seen += 1
        values = np.zeros(len(CHANNELS), np.float32)
        values[INDEX["jawOpen"]] = np.asarray(image)[20:60, 20:60].mean() / 255
        values[INDEX["headPositionZ"]] = -0.5
        return None if self.seen == 7 else values

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "grey.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (96, 80))
    for number in range(75):
        level = 120 + 60 * np.sin(2 * np.pi * number / 40)
        writer.write(np.full((80, 96, 3), level, np.uint8))
    writer.release()
    return path


def test_a_clip_is_tracked_by_fresh_trackers_on_copies_of_their_own(video: Path) -> None:
    made: list[tuple[bool, BrightnessTracker]] = []
    shares: list[float] = []

    def tracker(smoothing: bool) -> BrightnessTracker:
        made.append((smoothing, BrightnessTracker()))
        return made[-1][1]

    clip = track_clip(video, tracker=tracker, copies=3, dim_copies=2, seed=4, progress=shares.append)
    assert [smoothing for smoothing, _ in made] == [False, False, False, True, True, False, False]
    assert all(one.seen == 75 and one.closed for _, one in made)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    jaws = [take.raw[:, INDEX["jawOpen"]] for take in clip.takes]
    assert len({tuple(jaw) for jaw in jaws}) == 3, "each camera has a noise of its own"
    # The tracker's own smoothing is shown the very pictures that it is compared on.
    assert np.array_equal(clip.smoothed[0].astype(np.float32)[:, INDEX["jawOpen"]], jaws[0])
    assert np.array_equal(clip.smoothed[1].astype(np.float32)[:, INDEX["jawOpen"]], jaws[1])
    assert not clip.takes[0].reported[6]
    channel = INDEX["jawOpen"]
    dark = np.std(clip.dim[0].raw[:, channel] - clip.dim[0].truth[:, channel])
    lit = np.std(clip.takes[0].raw[:, channel] - clip.takes[0].truth[:, channel])
    assert dark > 1.5 * lit


def test_the_same_seed_disturbs_alike(video: Path) -> None:
    def jaw(seed: int) -> np.ndarray:
        clip = track_clip(
            video, tracker=lambda _: BrightnessTracker(), copies=3, dim_copies=0, seed=seed, progress=lambda _: None
        )
        return clip.takes[0].raw

    assert np.array_equal(jaw(1), jaw(1))
    assert not np.array_equal(jaw(1), jaw(2))


def test_a_real_face_has_noise_and_truth(face_video: Path, face_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from avatar_driver.bench import takes
    from avatar_driver.sources._landmarker import Landmarker

    monkeypatch.setattr(takes, "LONGEST", 2.5)
    fresh: Callable[[bool], Landmarker] = lambda smoothing: Landmarker(face_model, smoothing=smoothing)  # noqa: E731
    clip = track_clip(face_video, tracker=fresh, copies=3, dim_copies=0, seed=0, progress=lambda _: None)
    take = clip.takes[0]
    assert take.rate == pytest.approx(30)
    assert len(take.times) == 75
    raw = take.raw.astype(float)
    assert 0.003 < moving_error(take, raw) < 0.06
    assert delay(take, raw) == pytest.approx(0, abs=0.004)
    # The tracker's own smoothing is late, and truer figures than these need the whole clip.
    assert delay(take, clip.smoothed[0]) > 0.003
    assert np.degrees(clip.residuals[0][:, ROTATION].std()) < 1.0
