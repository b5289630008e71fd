"""The command line. Light on purpose: every heavy part is imported by the command that needs it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from avatar_driver import __version__
from avatar_driver.cli_groups import FastOption, ModelOption, map_app, vrchat_app
from avatar_driver.errors import AvatarDriverError

__all__ = ["main"]

_USER: Final = 2  # exit code: what the user gave cannot be used
_FAILED: Final = 1  # exit code: the run failed

app = typer.Typer(
    name="avatar-driver",
    help="Drives avatars with your face: webcam to VRChat, VMC apps, Unreal, Unity, Godot, VTube Studio and OBS.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(map_app, name="map")
app.add_typer(vrchat_app, name="vrchat")

ProfileArgument = Annotated[str, typer.Argument(help="A .yaml file, or a shipped profile: see 'list profiles'.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change one setting, as in stages.two_timescale.stillness=0.5."),
]
SecondsOption = Annotated[float | None, typer.Option(min=0, help="Stop by itself after that long.")]
ReportOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write counts and latencies as JSON at the end.")
]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Log every retry too.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"avatar-driver {__version__}")
        raise typer.Exit


@app.callback()
def _about(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    # Options of the program itself; its help stands above.
    del version


@app.command()
def run(
    profile: ProfileArgument = "default",
    source: Annotated[
        str | None, typer.Option(metavar="X", help="A camera number or name, a video file, a URL, or a source's name.")
    ] = None,
    sink: Annotated[
        list[str] | None, typer.Option(metavar="TYPE[=HOST:PORT]", help="Send here instead of the profile's sinks.")
    ] = None,
    set_: SetOption = None,
    model: ModelOption = None,
    seconds: SecondsOption = None,
    fast: FastOption = False,
    report: ReportOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Track a face and drive avatars with it until Ctrl-C."""
    from avatar_driver import options

    overrides = options.overrides(source=source, sinks=sink or [], settings=set_ or [], model=model, fast=fast)
    _run(profile, overrides, seconds, report, verbose)


@app.command()
def demo(
    seconds: Annotated[float, typer.Option(min=0, help="How long; 0 goes on until Ctrl-C.")] = 15,
    set_: SetOption = None,
    report: ReportOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Drive avatars with a synthetic face: no camera, no model, no network."""
    from avatar_driver import options

    overrides = options.overrides(settings=set_ or [])
    _run("demo", overrides, seconds or None, report, verbose, after=_next_steps)


@app.command()
def check(profile: ProfileArgument = "default", set_: SetOption = None) -> None:
    """Say what is wrong with a profile, every problem with its line, or what it will do."""
    from avatar_driver import options
    from avatar_driver import profile as profiles

    checked = profiles.load(profile, overrides=options.overrides(settings=set_ or []))
    chain = " > ".join(part.label for part in (checked.source, *checked.stages) if part.enabled)
    typer.echo(f"{checked.name}: ok")
    typer.echo(f"  {chain}")
    for part in checked.sinks:
        typer.echo(f"  > {part.label}: {part.make().describe() if part.enabled else 'switched off'}")
    if checked.web is not None:
        typer.echo(f"  dashboard on port {checked.web.port}, for {checked.web.host}")


@app.command()
def new(name: Annotated[str, typer.Argument(help="NAME.yaml is written in this folder.")]) -> None:
    """Write a commented profile to start from."""
    from avatar_driver import resources

    path = Path(name).with_suffix(".yaml")
    text = (resources.folder("profiles") / "_starter.yaml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text.replace("{name}", path.stem))
    except FileExistsError:
        raise _WrongInputError(f"{path} is there already; choose another name or remove it") from None
    except OSError as error:
        raise _WrongInputError(f"cannot write {path}: {error.strerror or error}") from error
    typer.echo(f"{path} written. Edit it, then:  avatar-driver run {path}")


@app.command()
def calibrate(
    profile: Annotated[str, typer.Argument(help="Your profile, a .yaml file; what is found is written into it.")],
    source: Annotated[str | None, typer.Option(metavar="X", help="Another source than the profile's.")] = None,
    model: ModelOption = None,
    seconds: Annotated[float, typer.Option(min=1, help="How long each movement is recorded.")] = 4,
    fast: FastOption = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write the result without asking.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last calibration back.")] = False,
) -> None:
    """Learn your resting face and your largest movements, one after the other, and write them into a profile."""
    from avatar_driver import options
    from avatar_driver import profile as profiles
    from avatar_driver.guide import guided, undone

    loaded = profiles.load(profile, overrides=options.overrides(source=source, model=model, fast=fast))
    if undo:
        undone(loaded)
    else:
        guided(loaded, seconds=seconds, accept=yes)


@app.command()
def bench(
    videos: Annotated[
        list[Path] | None, typer.Argument(metavar="[VIDEO]...", help="Films of faces; none: synthetic faces only.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report with plots here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer scenes: a first look.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other scenes and noise.")] = 0,
    model: ModelOption = None,
) -> None:
    """Measure jitter and delay of our filter beside those other programs use, on films or on synthetic faces."""
    from avatar_driver.proving import prove

    prove(videos or [], html=html, as_json=as_json, quick=quick, seed=seed, model=model)


@app.command("list")
def list_(
    what: Annotated[str, typer.Argument(help="cameras, sources, stages, sinks, maps or profiles.")] = "",
    name: Annotated[str, typer.Argument(help="One of them, to see its settings.")] = "",
) -> None:
    """List what there is: cameras, sources, stages, sinks, maps, profiles; with a name, its settings."""
    from avatar_driver import listing

    listing.show(what, name)


@app.command()
def doctor() -> None:
    """Check this computer: each line is ok, or says what to do."""
    from avatar_driver.doctor import examine, printed

    if not printed(examine()):
        raise typer.Exit(_FAILED)


@app.command()
def schema() -> None:
    """Print the JSON Schema of profiles, for completion in editors."""
    import json

    from avatar_driver.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


class _WrongInputError(AvatarDriverError):
    """What the user gave cannot be used. The constructor takes the sentence."""


def main() -> None:
    """The command `avatar-driver`. Exit codes: 0 ended or Ctrl-C, 1 the run failed, 2 the user's input."""
    try:
        app()
    except AvatarDriverError as error:
        typer.echo(str(error), err=True)
        sys.exit(_exit_code(error))
    except BrokenPipeError:
        # The reader of our output went away, as `head` does.
        sys.stderr.close()
        sys.exit(_FAILED)


def _exit_code(error: AvatarDriverError) -> int:
    from avatar_driver.errors import ModelError, SinkError, SourceError

    return _FAILED if isinstance(error, SourceError | SinkError | ModelError) else _USER


def _run(
    profile: str,
    overrides: list[tuple[str, str]],
    seconds: float | None,
    report: Path | None,
    verbose: bool,
    after: Callable[[Any], None] | None = None,
) -> None:
    import asyncio
    import json

    from rich.console import Console

    from avatar_driver.display import log_to
    from avatar_driver.running import run_shown
    from avatar_driver.session import Session

    if report is not None and not report.resolve().parent.is_dir():
        raise _WrongInputError(f"cannot write the report {report}: there is no folder {report.resolve().parent}")
    console = Console(stderr=True)
    stop_logging = log_to(console, verbose=verbose)

    sessions: list[Session] = []

    async def run_session() -> None:
        sessions.append(Session(profile, overrides))
        await run_shown(sessions[0], console, seconds)

    try:
        asyncio.run(run_session())
    finally:
        stop_logging()
        if report is not None and sessions:
            report.write_text(json.dumps(sessions[0].report(), indent=2) + "\n", encoding="utf-8")
    if after is not None:
        after(sessions[0].report())


def _next_steps(report: dict[str, Any]) -> None:
    typer.echo(f"\n{report['frames']} synthetic frames, filtered and sent to:")
    for label, sink in report["sinks"].items():
        typer.echo(
            f"  {label:<10} {sink['target']:<42} {sink['sent']} sent" + (f"; {sink['fault']}" if sink["fault"] else "")
        )
    typer.echo("\nNext:  avatar-driver doctor      is this computer ready for a camera?")
    typer.echo("       avatar-driver run         your own face, to the same programs")
    typer.echo("       avatar-driver new me      a commented profile to make your own")
