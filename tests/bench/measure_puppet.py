"""What a frame of the virtual camera costs: `python tests/bench/measure_puppet.py [--frames N] [--against CHECKOUT]`.

The puppet wears a synthetic face with a tracker's noise, filtered as the program does it, at 1280×720. Wall time needs
an idle machine: on a busy one read processor time. With `--against`, another checkout paints the same faces in turns of
20 with this one, and the ratios are told.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parents[2]
TURN = 20  # frames
PAUSE = 0.025  # s between frames, as a camera leaves; without it, a scheduler takes a painter for a batch job
SIZE = (1280, 720)

Clock = Callable[[], float]


def faces(count: int) -> list[NDArray[np.float32]]:
    from avatar_driver.sources.synthetic import Synthetic
    from avatar_driver.stages.two_timescale import TwoTimescale

    smooth = TwoTimescale()
    frames = Synthetic(noise=1.0, seconds=2 + count / 30, fast=True).frames(threading.Event())
    return [smooth(frame).values for frame in frames][60 : 60 + count]


def worker() -> None:
    """Paints as many frames as each line asks for, and tells the wall and processor seconds of each."""
    from avatar_driver.puppet.renderer import Renderer
    from avatar_driver.puppet.rig import Rig

    every = np.load(sys.stdin.readline().strip())
    renderer, number = Renderer(Rig.load(), *SIZE), 0
    for _ in range(TURN):
        renderer.draw(every[0])
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            time.sleep(PAUSE)
            wall, cpu = time.perf_counter(), time.process_time()
            renderer.draw(every[number % len(every)])
            times.append((time.perf_counter() - wall, time.process_time() - cpu))
            number += 1
        print(json.dumps(times), flush=True)


def against(other: Path, worn: list[NDArray[np.float32]], folder: Path) -> None:
    np.save(folder / "faces.npy", np.array(worn))
    painters = {}
    for name, checkout in (("theirs", other), ("ours", HERE)):
        command = [sys.executable, str(Path(__file__).resolve()), "--worker"]
        env = os.environ | {"PYTHONPATH": str(checkout)}
        painters[name] = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
    asked = {name: str(folder / "faces.npy") for name in painters}
    found: dict[str, list[Any]] = {name: [] for name in painters}
    for _ in range(len(worn) // TURN):
        for name, painter in painters.items():
            assert painter.stdin is not None
            assert painter.stdout is not None
            painter.stdin.write(f"{asked.pop(name)}\n{TURN}\n" if name in asked else f"{TURN}\n")
            painter.stdin.flush()
            found[name] += json.loads(painter.stdout.readline())
    for painter in painters.values():
        painter.communicate()
    middle = {}
    for name, times in found.items():
        wall, cpu = np.array(times).T * 1e3
        middle[name] = np.median(wall), np.median(cpu)
        print(f"{name:<7} wall {spread(wall)}  process cpu {spread(cpu)}")
    (wall, cpu), (was_wall, was_cpu) = middle["ours"], middle["theirs"]
    print(f"ours / theirs, p50: wall {wall / was_wall:.2f}, process cpu {cpu / was_cpu:.2f}")


def spread(ms: NDArray[np.float64]) -> str:
    return "p10 {:.2f} p50 {:.2f} p95 {:.2f} ms".format(*np.percentile(ms, [10, 50, 95]))


def parts(worn: list[NDArray[np.float32]]) -> None:
    import cv2

    from avatar_driver.puppet._thorvg import thorvg_running
    from avatar_driver.puppet.renderer import Renderer
    from avatar_driver.puppet.rig import Rig

    renderer, thorvg = Renderer(Rig.load(), *SIZE), thorvg_running()
    watched: list[tuple[str, Any, str]] = [
        ("posing the rig", renderer._rig, "posed"),
        ("giving ThorVG the outlines", renderer._layers, "pose"),
        ("outlines to pixels", thorvg, "canvas_update"),
        ("painting", thorvg, "canvas_draw"),
        ("background", np, "copyto"),
        ("to RGB", cv2, "cvtColor"),
    ]
    spent: dict[str, list[float]] = {name: [] for name, *_ in watched}
    for name, owner, function in watched:
        setattr(owner, function, timed(getattr(owner, function), time.thread_time, spent[name]))
    whole: dict[str, list[float]] = {"wall": [], "process cpu": []}
    draw = renderer.draw
    for clock, name in ((time.process_time, "process cpu"), (time.perf_counter, "wall")):
        draw = timed(draw, clock, whole[name])
    marks = []
    for face in worn:
        time.sleep(PAUSE)
        draw(face)
        marks.append({name: sum(each) for name, each in spent.items()})
        for each in spent.values():
            each.clear()
    for name in spent:
        print(f"{name:<36} {spread(np.array([mark[name] for mark in marks]) * 1e3)}")
    for name, each in whole.items():
        print(f"frame, {name:<29} {spread(np.array(each) * 1e3)}")


def timed(function: Any, clock: Clock, spent: list[float]) -> Any:
    def watched(*arguments: Any, **named: Any) -> Any:
        began = clock()
        try:
            return function(*arguments, **named)
        finally:
            spent.append(clock() - began)

    return watched


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=600)
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        worker()
        return
    worn = faces(given.frames)
    parts(worn)
    if given.against:
        with tempfile.TemporaryDirectory() as folder:
            against(given.against, worn, Path(folder))


if __name__ == "__main__":
    main()
