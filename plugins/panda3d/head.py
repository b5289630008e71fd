"""A head that your face moves, in Panda3D.

pip install panda3d numpy websockets
avatar-driver run --sink websocket
python head.py
"""

import argparse
import json
import math
import time
from collections import deque
from pathlib import Path
from typing import Final

from avatar_head.link import AT_REST, Face, FaceLink, Shown
from avatar_head.shapes import SHAPES
from panda3d.core import ClockObject, Filename, GraphicsOutput, load_prc_file_data

_REMEMBERED: Final = 100_000  # newest frames whose delay is kept for the report


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", default="ws://127.0.0.1:8771/", help="the driver's WebSocket, with its token if any")
    parser.add_argument("--pose", metavar="SHAPE=VALUE", nargs="+", help="show this instead of a stream: jawOpen=1")
    parser.add_argument(
        "--seconds",
        type=float,
        help="end after so long; left out, when the window is closed, or off-screen after one picture",
    )
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="write the last picture")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write counts and delays as JSON")
    parser.add_argument("--offscreen", action="store_true", help="no window")
    parser.add_argument("--renderer", help="a display module of Panda3D, such as p3tinydisplay or p3headlessgl")
    parser.add_argument("--size", default="720x720", metavar="WxH", help="of the picture")
    parser.add_argument("--fps", type=float, default=60, help="pictures a second at most")
    return parser.parse_args()


def pose(assignments: list[str]) -> Face:
    """A still face from `jawOpen=1`.

    Raises:
        SystemExit: there is no such shape, or the value is not from 0 to 1.
    """
    shapes = [0.0] * len(SHAPES)
    for assignment in assignments:
        name, _, value = assignment.partition("=")
        try:
            if not 0 <= float(value) <= 1:
                raise ValueError
            shapes[SHAPES.index(name)] = float(value)
        except ValueError:
            raise SystemExit(
                f"'{assignment}' is not one of the 52 shapes and a value from 0 to 1, as in jawOpen=0.5"
            ) from None
    return AT_REST._replace(shapes=tuple(shapes))


def configure(asked: argparse.Namespace) -> None:
    """Tells Panda3D what to open. Before ShowBase is imported: it reads this once."""
    width, _, height = asked.size.partition("x")
    # Without a window the software renderer does, on any computer; it needs no driver and no display.
    renderer = asked.renderer or ("p3tinydisplay" if asked.offscreen else "pandagl")
    settings = {
        "window-type": "offscreen" if asked.offscreen else "onscreen",
        "window-title": "avatar_driver",
        "load-display": renderer,
        "win-size": f"{width} {height}",
        "audio-library-name": "null",
        "print-pipe-types": "0",
        "framebuffer-multisample": "1",
        "multisamples": "4",
        "notify-level-device": "fatal",
        "notify-level-display": "error" if not asked.offscreen else "fatal",
        "notify-level-x11display": "error" if not asked.offscreen else "fatal",
    }
    load_prc_file_data("avatar_driver", "\n".join(f"{name} {value}" for name, value in settings.items()))


class Delays:
    """How old faces were when they were put on the head, in milliseconds."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._to_draw = False
        self._applied: deque[float] = deque(maxlen=_REMEMBERED)
        self._drawn: deque[float] = deque(maxlen=_REMEMBERED)
        self.pictures = self.faces = 0

    def applied(self, face: Face | None) -> None:
        """The newest face was put on; a face that was on before counts once."""
        if face is not None and face.time != self._last:
            self._last = face.time
            self._to_draw = True
            self.faces += 1
            self._applied.append(1000 * (time.perf_counter() - face.time))

    def drawn(self, face: Face | None) -> None:
        """The picture with it is done."""
        self.pictures += 1
        if face is not None and self._to_draw:
            self._to_draw = False
            self._drawn.append(1000 * (time.perf_counter() - face.time))

    def report(self, link: FaceLink | None) -> dict[str, object]:
        """Counts and percentiles. Delays compare the sender's clock with this one's: both on one computer."""
        counts = {"received": 0, "skipped": 0, "refused": 0}
        if link is not None:
            counts = {name: getattr(link, name) for name in counts}
        return {
            **counts,
            "pictures": self.pictures,
            "applied": self.faces,
            "captured_to_applied_ms": _percentiles(self._applied),
            "captured_to_drawn_ms": _percentiles(self._drawn),
        }


def _percentiles(values: deque[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {f"p{p}": round(ordered[min(len(ordered) - 1, len(ordered) * p // 100)], 3) for p in (50, 99) if ordered}


def run(asked: argparse.Namespace) -> None:
    """Opens the window and shows faces until it is closed or the time is over."""
    still = pose(asked.pose) if asked.pose else None
    configure(asked)
    from avatar_head.stage import Stage

    try:
        stage = Stage()
    except Exception as problem:  # Panda3D raises no narrower one
        raise SystemExit(
            f"no window: {problem} Is there a screen, and OpenGL? --offscreen draws without either"
        ) from None
    clock = ClockObject.get_global_clock()
    clock.set_mode(ClockObject.M_limited)
    clock.set_frame_rate(asked.fps)
    link = None if still else FaceLink(asked.url)
    shown, delays = Shown(), Delays()
    # Nobody can close a window that is not there: without a time, one picture is what is wanted.
    seconds = asked.seconds if asked.seconds is not None else 0 if asked.offscreen else math.inf
    end = time.perf_counter() + seconds
    try:
        while stage.open and (time.perf_counter() < end or not delays.pictures):
            newest = link.newest if link else None
            stage.show(still or shown.at(time.perf_counter(), newest))
            delays.applied(newest)
            stage.draw()
            delays.drawn(newest)
    except KeyboardInterrupt:
        pass
    if link:
        link.close()
    if asked.screenshot:
        stage.draw()
        _save(stage.window, asked.screenshot)
    if asked.report:
        asked.report.write_text(json.dumps(delays.report(link), indent=2) + "\n")


def _save(window: GraphicsOutput, path: Path) -> None:
    if not window.save_screenshot(Filename.from_os_specific(str(path.absolute()))):
        raise SystemExit(f"the picture could not be written to {path}; is there such a folder?")


if __name__ == "__main__":
    run(arguments())
