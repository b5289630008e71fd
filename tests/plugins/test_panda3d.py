"""The Panda3D head: its stream reader against the golden bytes, its shapes one by one, its picture, and a live run."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from websockets.sync.server import Server, ServerConnection, serve

from avatar_driver.channels import INDEX, POSITION, ROTATION, SHAPE_NAMES

FOLDER = Path(__file__).parents[2] / "plugins" / "panda3d"
GOLDEN = Path(__file__).parents[1] / "golden"
HELLO = (GOLDEN / "face_stream.hello.json").read_text(encoding="utf-8")
FRAME = (GOLDEN / "face_stream.frame.bin").read_bytes()
TOLD = json.loads((GOLDEN / "face_stream.frame.json").read_text(encoding="utf-8"))

sys.path.insert(0, str(FOLDER))
from avatar_head import parts, shapes  # noqa: E402
from avatar_head.link import AT_REST, Face, FaceLink, Shown, StreamError, channel_order, decode  # noqa: E402
from avatar_head.skin import MOUTH_HALF_WIDTH, MOUTH_Y, grid  # noqa: E402

sys.path.remove(str(FOLDER))

ORDER = channel_order(HELLO)


@pytest.fixture
def panda3d() -> None:
    pytest.importorskip("panda3d", reason="needs the package panda3d, which is not installed")


@pytest.fixture(scope="module")
def head() -> list[parts.Part]:
    return parts.head()


def test_a_golden_packet_is_the_face_that_its_json_tells() -> None:
    face = decode(FRAME, ORDER, arrived=5.0)
    values = np.array(TOLD["values"])
    assert (face.time, face.sequence, face.tracked, face.arrived) == (TOLD["time"], TOLD["sequence"], True, 5.0)
    assert face.shapes == tuple(values[:52])
    assert face.position == tuple(values[POSITION])
    assert face.rotation == tuple(values[ROTATION])
    assert not decode((GOLDEN / "face_stream.lost.bin").read_bytes(), ORDER).tracked


def test_channels_are_found_by_name_wherever_they_lie() -> None:
    hello = json.loads(HELLO)
    hello["channels"] = hello["channels"][::-1]
    head, numbers = FRAME[:20], np.frombuffer(FRAME, "<f4", offset=20)
    packet = head + numbers[:58][::-1].tobytes() + numbers[58:].tobytes()
    assert decode(packet, channel_order(json.dumps(hello))) == decode(FRAME, ORDER)


def test_the_shapes_are_the_drivers_own() -> None:
    assert shapes.SHAPES == SHAPE_NAMES


@pytest.mark.parametrize("length", [0, 3, 19, 20, 483, 485])
def test_a_packet_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(StreamError):
        decode((FRAME + b"\0")[:length], ORDER)


def test_numbers_that_are_not_finite_are_refused() -> None:
    for bad in (b"\0\0\xc0\x7f", b"\0\0\x80\x7f"):
        with pytest.raises(StreamError):
            decode(FRAME[:20] + bad + FRAME[24:], ORDER)


@pytest.mark.parametrize("text", ["", "[]", "5", '{"type":"hello"}', HELLO.replace("jawOpen", "jaw"), TOLD["type"]])
def test_what_is_no_hello_is_refused(text: str) -> None:
    with pytest.raises(StreamError):
        channel_order(text)


def test_a_stream_that_stops_eases_to_rest_and_comes_back_in_the_same_way() -> None:
    shown, face = Shown(patience=0.5, easing=0.3), decode(FRAME, ORDER, arrived=10.0)
    began = [shown.at(10 + step / 100, face).shapes[0b10000] for step in range(31)]
    assert began[0] == 0
    assert began[-1] == 1
    assert (np.diff(began) >= 0).all()
    assert shown.at(10.49, face) == face
    lost = [shown.at(10.5 + step / 100, face) for step in range(41)]
    fell = np.diff([each.shapes[0b10000] for each in lost])
    assert (fell <= 0).all()
    assert fell.min() > -0.1, "it snapped"
    assert not any(lost[-1].shapes + lost[-1].position + lost[-1].rotation)
    assert not lost[0].tracked
    assert Shown().at(3.0, None) == AT_REST


def test_a_render_loop_that_stood_still_does_not_jump_past_rest() -> None:
    shown, face = Shown(), decode(FRAME, ORDER, arrived=0.0)
    for now in (0.0, 0.1, 0.4, 90.0, 90.1):
        got = shown.at(now, face)
        assert min(got.shapes) >= 0
        assert max(got.shapes) <= 1


@pytest.fixture
def sender() -> Iterator[tuple[str, list[ServerConnection], Server]]:
    connections: list[ServerConnection] = []

    def greet(connection: ServerConnection) -> None:
        connection.send(HELLO)
        connections.append(connection)
        for _ in connection:
            pass

    with serve(greet, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/", connections, server


def until(condition: Any, seconds: float = 20.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.01)


def numbered(sequence: int) -> bytes:
    return FRAME[:8] + sequence.to_bytes(4, "little") + FRAME[12:]


def test_the_newest_face_wins_rubbish_is_counted_and_gaps_are_told(
    sender: tuple[str, list[ServerConnection], Server],
) -> None:
    url, connections, _ = sender
    link = FaceLink(url)
    try:
        until(lambda: connections)
        assert connections[0].request is not None
        assert connections[0].request.path == "/?format=binary"
        for message in (numbered(2**32 - 1), b"rubbish", "rubbish", numbered(0), numbered(4), numbered(1), numbered(2)):
            connections[0].send(message)
        until(lambda: link.received == 5)
        assert link.newest is not None
        assert (link.newest.sequence, link.skipped, link.refused) == (2, 3, 2), "a count that begins again is no gap"
    finally:
        link.close()


def test_a_frame_before_the_hello_is_refused_and_the_connection_lives_on() -> None:
    def rude(connection: ServerConnection) -> None:
        for message in (FRAME, HELLO, FRAME):
            connection.send(message)
        for _ in connection:
            pass

    with serve(rude, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        link = FaceLink(f"ws://127.0.0.1:{server.socket.getsockname()[1]}/")
        try:
            until(lambda: link.received, 5)
            assert (link.received, link.refused) == (1, 1)
        finally:
            link.close()


def test_a_sender_that_goes_and_comes_is_found_again(sender: tuple[str, list[ServerConnection], Server]) -> None:
    url, connections, _ = sender
    link = FaceLink(url)
    try:
        until(lambda: connections)
        connections[0].close()
        until(lambda: len(connections) == 2)
        connections[1].send(FRAME)
        until(lambda: link.received)
        assert link.connected
    finally:
        link.close()


def test_without_a_sender_nothing_raises_and_nothing_waits() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        began = time.perf_counter()
        link = FaceLink(f"ws://127.0.0.1:{taken.getsockname()[1]}/?token=x")
        assert link.newest is None
        link.close()
        assert time.perf_counter() - began < 1


@pytest.mark.parametrize("name", SHAPE_NAMES)
def test_every_shape_moves_something_and_all_of_it_finitely(name: str, head: list[parts.Part]) -> None:
    far = np.concatenate([np.linalg.norm(part.moves[name], axis=1) for part in head if name in part.moves])
    assert np.isfinite(far).all()
    assert 0.015 < far.max() < 0.75
    # Teeth and tongue alone are not seen behind closed lips.
    assert np.linalg.norm(head[0].moves[name], axis=1).max() > 0.015
    assert (far > 1e-3).sum() > 20


def test_left_and_right_are_each_others_mirror_image(head: list[parts.Part]) -> None:
    face = head[0]
    points = face.points
    places = [tuple(place) for place in np.rint(points * 1e5).astype(int).tolist()]
    at = {place: i for i, place in enumerate(places)}
    mirrored = np.array([at[(-x, y, z)] for x, y, z in places])
    # Along the slits two vertices may be at one place; there the moves of both lips are possible.
    counts = Counter(places)
    alone = np.array([counts[place] == 1 for place in places])
    for name in SHAPE_NAMES:
        if name.endswith("Left") and name in face.moves:
            left, right = face.moves[name], face.moves[name.removesuffix("Left") + "Right"][mirrored] * (-1, 1, 1)
            assert np.abs(left - right)[alone].max() < 1e-6, name
            # The subject's left is +x.
            if name not in ("jawLeft", "mouthLeft"):
                moved = np.linalg.norm(left, axis=1)
                assert (moved * points[:, 0]).sum() > 0, name
            else:
                assert left[:, 0].sum() > 0


def test_open_lips_close_again_when_the_jaw_stays_down(head: list[parts.Part]) -> None:
    face, loop = head[0], grid().mouth
    half = len(loop) // 2
    upper, lower = loop[1:half], loop[:half:-1]
    opened = face.points + face.moves["jawOpen"]
    closed = opened + face.moves["mouthClose"]
    assert (np.linalg.norm(opened[upper] - opened[lower], axis=1)).max() > 0.15
    assert (np.linalg.norm(closed[upper] - closed[lower], axis=1)).max() < 0.01
    assert np.abs(face.points[upper] - face.points[lower]).max() < 1e-6, "lips at rest are closed"


def test_a_shut_eye_leaves_no_gap(head: list[parts.Part]) -> None:
    face = head[0]
    for loop, name in zip(grid().eyes, ("eyeBlinkLeft", "eyeBlinkRight"), strict=True):
        half = len(loop) // 2
        upper, lower = loop[1:half], loop[:half:-1]
        shut = face.points + face.moves[name]
        assert (face.points[upper, 1] - face.points[lower, 1]).max() > 0.12
        assert (shut[upper, 1] - shut[lower, 1]).max() < 0.005


@pytest.mark.usefixtures("panda3d")
def test_sliders_move_the_vertices_that_panda_draws_and_nothing_at_rest() -> None:
    from panda3d.core import Thread

    sys.path.insert(0, str(FOLDER))
    from avatar_head.figure import Figure

    sys.path.remove(str(FOLDER))
    figure = Figure()
    geoms = [path.node().get_geom(0) for path in figure.root.find_all_matches("**/+GeomNode")]

    def drawn() -> np.ndarray:
        found = []
        for geom in geoms:
            data = geom.get_vertex_data().animate_vertices(True, Thread.get_current_thread())
            column = data.get_format().get_column("vertex")
            array = data.get_array(data.get_format().get_array_with("vertex"))
            rows = np.frombuffer(array.get_handle().get_data(), np.uint8).reshape(data.get_num_rows(), -1)
            start, width = column.get_start(), column.get_total_bytes()
            kind = {4: np.float32, 8: np.float64}[column.get_component_bytes()]
            found.append(rows[:, start : start + width].copy().view(kind)[:, :3])
        return np.concatenate(found)

    def shown(name: str) -> np.ndarray:
        on = [float(each == name) for each in SHAPE_NAMES]
        figure.show(on, (0, 0, 0), (0, 0, 0))
        return drawn()

    rest = shown("")
    for name in SHAPE_NAMES:
        moved = np.abs(shown(name) - rest).max(1) > 1e-4
        assert moved.sum() == figure.moved[name] > 0, name
    assert np.array_equal(shown(""), rest)


@pytest.mark.usefixtures("panda3d")
def test_head_and_eyes_turn_the_way_the_subject_does() -> None:
    sys.path.insert(0, str(FOLDER))
    from avatar_head.figure import Figure

    sys.path.remove(str(FOLDER))
    figure = Figure()
    ahead = (0, -1, 0)  # out of the face, in Panda's axes

    def looks(node: str, **on: Any) -> tuple[float, float, float]:
        turn = on.pop("turn", (0.0, 0.0, 0.0))
        figure.show([on.get(name, 0.0) for name in SHAPE_NAMES], (0, 0, 0), turn)
        return tuple(figure.root.find(f"**/{node}").get_quat(figure.root).xform(ahead))

    assert looks("head") == pytest.approx(ahead)
    assert looks("head", turn=(0, 0.5, 0))[0] == pytest.approx(np.sin(0.5)), "to the subject's left, which is +x"
    assert looks("head", turn=(0.5, 0, 0))[2] == pytest.approx(-np.sin(0.5)), "down"
    figure.show([0.0] * 52, (0, 0, 0), (0, 0, 0.5))
    crown = figure.root.find("**/head").get_quat(figure.root).xform((0, 0, 1))
    assert crown[0] == pytest.approx(-np.sin(0.5)), "tilts to the subject's right"
    for eye, inwards in (("left_eye", -1), ("right_eye", 1)):
        side = eye.removesuffix("_eye").capitalize()
        assert looks(eye, **{f"eyeLookIn{side}": 1.0})[0] == pytest.approx(inwards * np.sin(np.radians(33)))
        assert looks(eye, **{f"eyeLookOut{side}": 1.0})[0] == pytest.approx(-inwards * np.sin(np.radians(33)))
        assert looks(eye, **{f"eyeLookUp{side}": 1.0})[2] == pytest.approx(np.sin(np.radians(35)))
        assert looks(eye, **{f"eyeLookDown{side}": 1.0})[2] == pytest.approx(-np.sin(np.radians(35)))


def picture(path: Path, *asked: str) -> np.ndarray:
    """(360, 360, 3) what the program draws off-screen."""
    import cv2

    command = [sys.executable, str(FOLDER / "head.py"), "--offscreen", "--size", "360x360", "--screenshot", str(path)]
    done = subprocess.run([*command, *asked], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    drawn = cv2.imread(str(path))
    assert drawn is not None
    return drawn.astype(np.int16)


@pytest.mark.usefixtures("panda3d")
def test_a_picture_of_an_open_jaw_differs_from_rest_at_the_mouth(tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    rest = picture(tmp_path / "rest.png", "--pose", "jawOpen=0")
    opened = picture(tmp_path / "open.png", "--pose", "jawOpen=1")
    changed = np.abs(opened - rest).max(2) > 25
    assert changed.sum() > 750
    rows, columns = np.nonzero(changed)
    # Camera at 7.6, half its field of view 13 degrees: a decimetre at the face is so many pixels.
    scale = 180 / (np.tan(np.radians(13)) * (7.6 - 0.9))
    lip = 180 - (MOUTH_Y + 0.2) * scale
    inside = changed[int(lip - 0.4 * scale) :, int(180 - 2 * MOUTH_HALF_WIDTH * scale) : int(180 + 0.6 * scale)]
    assert inside.sum() > 0.9 * changed.sum()
    assert abs(np.median(columns) - 180) < 13
    assert np.median(rows) > lip
    upper = changed[: int(lip - 0.6 * scale)]
    assert upper.mean() < 0.001, "eyes, brows and hair stay"


@pytest.mark.usefixtures("panda3d")
def test_a_pose_that_is_none_is_told_as_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    import head

    for bad in ("jaw=1", "jawOpen=2", "jawOpen", "jawOpen=nan"):
        with pytest.raises(SystemExit, match=f"'{bad}' is not one of the 52 shapes"):
            head.pose(["jawOpen=0.5", bad])


@pytest.mark.usefixtures("panda3d")
def test_without_a_screen_a_sentence_says_so() -> None:
    blind = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [sys.executable, str(FOLDER / "head.py"), "--pose", "jawOpen=1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=blind)
    assert done.returncode == 1
    assert "no window: " in done.stderr
    assert "--offscreen" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("panda3d")
def test_the_report_of_a_long_run_still_has_its_newest_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    import head

    monkeypatch.setattr(head, "_REMEMBERED", 3)
    delays, ages = head.Delays(), (1.0, 2.0, 3.0, 0.25, 0.25, 0.25)
    for now, age in zip(range(0, 60, 10), ages, strict=True):
        face = AT_REST._replace(time=now - age)
        for later in range(2):  # the second picture shows nothing new
            monkeypatch.setattr(time, "perf_counter", lambda moment=now + later: moment)
            delays.applied(face)
            delays.drawn(face)
    told = delays.report(None)
    assert (told["applied"], told["pictures"]) == (6, 12)
    assert told["captured_to_applied_ms"] == told["captured_to_drawn_ms"] == {"p50": 250.0, "p99": 250.0}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def driven(report: Path, seconds: int) -> dict[str, Any]:
    """What the head reports after so long beside `avatar-driver run`."""
    port = free_port()
    command = [sys.executable, "-m", "avatar_driver", "run", "--source", "synthetic", "--set", "source.fps=60"]
    driver = subprocess.Popen(
        [*command, "--sink", f"websocket={port}", "--seconds", str(seconds + 90)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    try:
        until(lambda: listening(port), 60)
        asked = ("--url", f"ws://127.0.0.1:{port}/", "--seconds", str(seconds), "--report", str(report))
        done = subprocess.run(
            [sys.executable, str(FOLDER / "head.py"), "--offscreen", "--size", "160x160", *asked],
            capture_output=True, text=True, timeout=60 + seconds, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    finally:
        driver.terminate()
        driver.wait(20)
    told: dict[str, Any] = json.loads(report.read_text())
    return told


@pytest.mark.usefixtures("panda3d")
def test_the_real_driver_moves_it_at_60_frames_a_second(tmp_path: Path) -> None:
    told = driven(tmp_path / "report.json", 3)
    assert told["refused"] == 0
    assert 60 < told["received"] <= 61 * 5
    assert told["skipped"] <= 0.2 * told["received"], "sent and never taken"
    assert 0 < told["applied"] <= told["received"]
    assert 0 < told["captured_to_applied_ms"]["p50"] < 250
    assert told["captured_to_applied_ms"]["p50"] <= told["captured_to_drawn_ms"]["p50"]


def test_a_face_is_read_as_its_channels_say() -> None:
    numbers = np.zeros(116, "<f4")
    numbers[INDEX["jawOpen"]], numbers[INDEX["headRotationY"]], numbers[INDEX["headPositionZ"]] = 1.5, 0.25, -0.125
    face: Face = decode(FRAME[:20] + numbers.tobytes(), ORDER)
    assert face.shapes[SHAPE_NAMES.index("jawOpen")] == 1.0, "kept within 0 and 1"
    assert face.rotation == (0, 0.25, 0)
    assert face.position == (0, 0, -0.125)
