"""`avatar-driver bench`: runs the bench with a progress bar and writes what it found."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from avatar_driver.bench.report import report
from avatar_driver.bench.run import bench
from avatar_driver.bench.table import table
from avatar_driver.errors import AvatarDriverError

__all__ = ["prove"]


class CannotWriteReportError(AvatarDriverError):
    """The report cannot be written. The constructor takes the sentence."""


def prove(
    videos: Sequence[Path], *, html: Path | None, as_json: bool, quick: bool, seed: int, model: Path | None
) -> None:
    """Runs the bench and prints its tables, or JSON; the HTML report goes to `html`.

    Raises:
        CannotWriteReportError: `html` cannot be written; said before the minutes of work, where it can be.
    """
    if html is not None and not html.resolve().parent.is_dir():
        raise CannotWriteReportError(f"cannot write {html}: there is no folder {html.resolve().parent}")
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=1.0)

        def progress(doing: str, share: float) -> None:
            bar.update(task, description=doing, completed=share)

        results = bench(videos, model=model, seed=seed, quick=quick, progress=progress)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=150)  # a file has no width of its own
    if as_json:
        console.out(results.to_json())
    else:
        console.print(table(results))
    if html is not None:
        try:
            html.write_text(report(results), encoding="utf-8")
        except OSError as error:
            raise CannotWriteReportError(f"cannot write {html}: {error.strerror or error}") from error
        Console(stderr=True, highlight=False).print(f"report: {html}")
