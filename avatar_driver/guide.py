"""Guides a person through a calibration in the terminal."""

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from avatar_driver import calibrating
from avatar_driver.calibrating import STEPS, Step
from avatar_driver.calibration import Calibration, calibration
from avatar_driver.frame import Frame
from avatar_driver.profile import Profile
from avatar_driver.saving import own_file

__all__ = ["guided", "undone"]


def guided(profile: Profile, *, seconds: float, accept: bool) -> None:
    """Records every step, shows what was found and writes it into the profile if the person wants it.

    Args:
        profile: one with a file of its own.
        seconds: how long each step lasts.
        accept: writes without asking.

    Raises:
        NotEnoughFramesError: no neutral face could be made out.
        CannotSaveError: the profile has no file, or it cannot be written.
    """
    own_file(profile)  # nobody should make faces for a minute first
    console = Console(highlight=False)
    at_rest, movement = _recorded(profile, seconds, console)
    found = calibration(at_rest, movement)
    _show(found, console)
    if not accept and not _wanted(console):
        console.print("Nothing was changed.")
        return
    backup = calibrating.save(profile, found)
    console.print(
        f"{profile.name} written. 'avatar-driver calibrate {profile.name} --undo' takes it back ({backup.name})."
    )


def undone(profile: Profile) -> None:
    """Takes the last calibration back. Raises `CannotSaveError`."""
    file = calibrating.undo(profile)
    Console(highlight=False).print(f"{file.name} is what it was before the last calibration.")


def _recorded(profile: Profile, seconds: float, console: Console) -> tuple[list[Frame], list[Frame]]:
    numbered = {step: f"{i}/{len(STEPS)}" for i, step in enumerate(STEPS, 1)}
    bar = Progress(TextColumn("{task.description}"), BarColumn(), console=console, transient=True)
    task: list[TaskID] = []

    def begins(step: Step) -> None:
        if console.is_terminal:
            for each in task:
                bar.remove_task(each)
            task[:] = [bar.add_task(f"{numbered[step]}  {step.prompt}", total=1.0)]
        else:
            console.print(f"{numbered[step]}  {step.prompt}")

    def goes_on(share: float) -> None:
        if console.is_terminal:
            bar.update(task[0], completed=share)

    with bar:
        return calibrating.recorded(profile.source.make(), seconds, begins, goes_on)


def _show(found: Calibration, console: Console) -> None:
    moved = [verdict for verdict in found.verdicts if verdict.moved]
    still = [verdict.name for verdict in found.verdicts if not verdict.moved and not verdict.absent]
    absent = [verdict.name for verdict in found.verdicts if verdict.absent]
    console.print(f"[bold]Rest and reach of {len(moved)} shapes:[/]")
    for verdict in moved:
        console.print(f"  {verdict}")
    if still:
        console.print(f"[bold]Never moved, left as they were:[/] {', '.join(still)}")
    if absent:
        console.print(f"[bold]Not measured by this source:[/] {', '.join(absent)}")


def _wanted(console: Console) -> bool:
    try:
        return console.input("Write this into the profile? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
