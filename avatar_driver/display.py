"""What a person sees while it runs: a live status in a terminal, plain log lines elsewhere."""

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from avatar_driver.session import Session

__all__ = ["Display", "log_to"]

_REFRESH: Final = 0.25  # s; drawing a table costs milliseconds that the face could use
_REFRESH_PICTURE: Final = 0.1  # with a sink that draws itself, people look at the movement
_LINE_EVERY: Final = 5.0  # s between status lines where there is no terminal


class Display:
    """Shows a session until it is cancelled.

    Sinks that can draw themselves (`__rich__`, as `console` does) stand below the status. `address` is that of the
    dashboard, where there is one.
    """

    def __init__(self, session: "Session", console: "Console", address: str | None = None) -> None:
        self._session = session
        self._console = console
        self._address = address

    async def show(self) -> None:
        """Draws or prints until cancelled."""
        if self._console.is_terminal:
            await self._draw()
        else:
            while True:
                await asyncio.sleep(_LINE_EVERY)
                logging.getLogger("avatar_driver.status").info("%s", self.line())

    async def _draw(self) -> None:
        from rich.live import Live

        with Live(console=self._console, auto_refresh=False, transient=True, get_renderable=self.picture) as live:
            while True:
                live.refresh()
                await asyncio.sleep(_REFRESH_PICTURE if self._pictures() else _REFRESH)

    def line(self) -> str:
        """The status in one line."""
        fps = self._session.engine.statistics.fps
        return f"{self._tracking()}, {fps:.1f} fps, {self._milliseconds()}; {self.sinks()}"

    def sinks(self) -> str:
        """What each sink sent, dropped and failed at, in one line."""
        return ", ".join(
            f"{label} {lane.statistics.sent} sent"
            + (f" {lane.statistics.dropped} dropped" if lane.statistics.dropped else "")
            + (f" {lane.statistics.errors} errors" if lane.statistics.errors else "")
            for label, lane in self._session.engine.lanes.items()
        )

    def picture(self) -> "RenderableType":
        """The status as a table, and below it what sinks draw of themselves."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        engine = self._session.engine
        head = Text.assemble(
            (f" {self._tracking()} ", "black on green" if self._is_tracked() else "black on yellow"),
            f"  {engine.source.describe()}   {engine.statistics.fps:.1f} fps   {self._milliseconds()}",
        )
        if engine.shown is not None and engine.shown.altered:
            head.append(f"   altered by {', '.join(sorted(engine.shown.altered))}", "bold magenta")
        table = Table(box=None, pad_edge=False, header_style="dim")
        for title in ("sink", "target", "sent", "dropped", "errors", ""):
            table.add_column(title, justify="right" if title in ("sent", "dropped", "errors") else "left")
        for label, lane in engine.lanes.items():
            counts = lane.statistics
            fault = Text(counts.fault or "", "red", overflow="ellipsis", no_wrap=True)
            numbers = (str(counts.sent), str(counts.dropped), str(counts.errors))
            table.add_row(label, lane.sink.describe(), *numbers, fault)
        address = [Text(f"dashboard  {self._address}", "dim")] if self._address else []
        return Group(head, table, *address, *self._pictures())

    def _pictures(self) -> list[Any]:
        return [lane.sink for lane in self._session.engine.lanes.values() if hasattr(lane.sink, "__rich__")]

    def _is_tracked(self) -> bool:
        shown = self._session.engine.shown
        return shown is not None and shown.tracked

    def _tracking(self) -> str:
        engine = self._session.engine
        if engine.fault is not None:
            return f"no picture: {engine.fault}"
        if engine.shown is None or not engine.statistics.frames:
            return "starting"
        return "tracking" if engine.shown.tracked else "face lost"

    def _milliseconds(self) -> str:
        engine = self._session.engine
        detection = engine.statistics.recent_detection
        ages = [lane.statistics.recent_age for lane in engine.lanes.values() if lane.statistics.age.count]
        parts = [f"detection {detection * 1e3:.1f} ms"] if detection else []
        if ages:
            parts.append(f"age when sent {max(ages) * 1e3:.1f} ms")
        return ", ".join(parts) or "no frames yet"


def log_to(console: "Console", *, verbose: bool) -> Callable[[], None]:
    """Sends our log to a console; undone by the returned function."""
    logger = logging.getLogger("avatar_driver")
    handler: logging.Handler
    if console.is_terminal:
        from rich.logging import RichHandler

        handler = RichHandler(console=console, show_path=False, markup=False, log_time_format="%H:%M:%S")
    else:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    return lambda: logger.removeHandler(handler)
