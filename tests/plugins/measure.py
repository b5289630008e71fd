"""Each receiver of plugins/ beside the driver, for as long as you like: frames, delays, and the memory it takes.

    python -m tests.plugins.measure unity|godot|panda3d|browser [--seconds 20]

Frames are sent sixty times a second. Delays compare two programs' clocks on one computer. Memory is that of all the
receiver's programs, read every tenth part of the run, in MB. Nothing is judged here; the tests do that.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np

__all__ = ["main"]

_PAGE: Final = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def unity(folder: Path, seconds: int) -> dict[str, Any]:
    """The package's core under mono, read by a game that looks a thousand times a second, and by one of 60 frames."""
    from tests.plugins.unity.building import build
    from tests.plugins.unity.mono import receiving
    from tests.plugins.unity.test_core_live import delays, stamped

    build(folder)
    told: dict[str, Any] = {}
    for game in (1000, 60):
        with memory_of("mono", seconds) as memory, receiving(folder, game_hertz=game) as session:
            sent = asyncio.run(stamped(session, 60 * seconds))
        told[f"game of {game} Hz"] = {
            "received": f"{session.applies} of {len(sent)}, {session.bad} bad, {session.unseen} unseen",
            "sender to the receiver's thread, ms": percentiles(delays(session, sent, "received")),
            "sender to the game, ms": percentiles(delays(session, sent)),
            "MB": memory,
        }
    return told


def godot(folder: Path, seconds: int) -> dict[str, Any]:
    """The sample in Godot 3 without a window, 60 pictures a second, and `avatar-driver run`."""
    from tests.plugins.godot.godot3 import project_in
    from tests.plugins.test_godot import drive

    with memory_of("godot3-server", seconds) as memory:
        tap, told, report = drive(project_in(folder), folder / "report.json", fps=60, seconds=seconds)
    counts = told["statistics"]
    took = [1000 * (tap.applied[name] - tap.sent[name]) for name in tap.applied if name in tap.sent]
    return {
        "received": f"{counts['faces']} of {report['sinks']['vmc']['sent']}, {counts['refused']} refused, "
        f"{counts['overtaken']} overtaken by a newer one before a picture was due",
        "sender to the mesh, ms": percentiles(took),
        "MB": memory,
    }


def panda3d(folder: Path, seconds: int) -> dict[str, Any]:
    """The head off-screen by the software renderer, and `avatar-driver run`."""
    from tests.plugins.test_panda3d import driven

    with memory_of("head.py", seconds) as memory:
        told = driven(folder / "report.json", seconds)
    return {**told, "MB": memory}


def browser(folder: Path, seconds: int) -> dict[str, Any]:
    """The built stage with a model of ours, in Chromium, and `avatar-driver run`."""
    from tests.plugins.browser.building import built_stage, stage_workspace

    return asyncio.run(_staged(built_stage(stage_workspace(folder)), folder, seconds))


async def _staged(built: Path, folder: Path, seconds: int) -> dict[str, Any]:
    from tests.chromium import chromium
    from tests.plugins.browser import authored
    from tests.plugins.browser.driving import driver, free_port
    from tests.plugins.browser.pages import Show, serving
    from tests.plugins.browser.test_driven import recorded_frames

    (built / "head.glb").write_bytes(authored.glb())
    port = free_port()
    heap = []
    async with chromium() as program, driver(folder, port):
        with serving({"stage": built}) as pages:
            page = await Show(program, pages)(ws=f"ws://127.0.0.1:{port}/", model="head.glb")
            inspector = await page.context.new_cdp_session(page)
            for _ in range(5):
                await asyncio.sleep(seconds / 5)
                await inspector.send("HeapProfiler.collectGarbage")
                used = await inspector.send("Runtime.getHeapUsage")
                heap.append(round(used["usedSize"] / 1e6, 2))
            received, applied, came_late, shown_late = await recorded_frames(page, 10 * 60)
            statistics = await page.evaluate("window.avatarStage.connection.statistics")
            await page.close()
    return {
        "received": f"{statistics['received']}, {statistics['skipped']} skipped, {statistics['bad']} bad",
        "applied": f"{len(applied)} of {len(received)}: the others were overtaken by newer ones between two pictures",
        "due at the source to received, ms": percentiles(came_late),
        "due at the source to the avatar, ms": percentiles(shown_late),
        "MB of the page after collection": heap,
    }


def percentiles(delays: Sequence[float]) -> str:
    """The median and the 99th percentile."""
    return "p50 {:.2f}, p99 {:.2f}".format(*np.percentile(delays, [50, 99]))


@contextmanager
def memory_of(program: str, seconds: int) -> Iterator[list[float]]:
    """Ten times in these seconds, what our descendants of this name have resident, in MB; filled while it runs."""
    found: list[float] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(seconds / 10):
            resident = sum(_resident(each) for each in _descendants(os.getpid()) if program in _command(each))
            if resident:
                found.append(round(resident / 1e6, 1))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def _descendants(process: int) -> Iterator[int]:
    for tasks in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, _read(tasks).split()):
            yield child
            yield from _descendants(child)


def _command(process: int) -> str:
    return _read(Path(f"/proc/{process}/cmdline"))


def _resident(process: int) -> int:
    words = _read(Path(f"/proc/{process}/statm")).split()
    return int(words[1]) * _PAGE if words else 0


def _read(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text()
    return ""


_MEASURED: Final[dict[str, Callable[[Path, int], dict[str, Any]]]] = {
    "unity": unity,
    "godot": godot,
    "panda3d": panda3d,
    "browser": browser,
}


def main(arguments: list[str]) -> None:
    """Measures what was asked for and writes it as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.plugins.measure", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("receiver", choices=_MEASURED)
    parser.add_argument("--seconds", type=int, default=20)
    asked = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        told = _MEASURED[asked.receiver](Path(folder), asked.seconds)
    told["load before and after"] = f"{load:.1f}, {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    sys.stdout.write(json.dumps({asked.receiver: told}, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
