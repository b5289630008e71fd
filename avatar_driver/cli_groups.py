"""Commands of the command line that have commands of their own: `map` and `vrchat`."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["FastOption", "ModelOption", "map_app", "vrchat_app"]

ModelOption = Annotated[Path | None, typer.Option(metavar="FILE", help="The MediaPipe face_landmarker.task to use.")]
FastOption = Annotated[bool, typer.Option("--fast", help="Read a video file as quickly as it can be.")]

map_app = typer.Typer(help="Look at maps, or begin one for your avatar.", no_args_is_help=True)
vrchat_app = typer.Typer(help="Tools for VRChat avatars.", no_args_is_help=True)


@map_app.command("show")
def map_show(
    name: Annotated[str, typer.Argument(help="A map's name or .yaml file: see 'avatar-driver list maps'.")],
    source: Annotated[
        str | None, typer.Option(metavar="X", help="Show live values from a camera, film or source.")
    ] = None,
    model: ModelOption = None,
    fast: FastOption = False,
    seconds: Annotated[float | None, typer.Option(min=0, help="Stop by itself after that long.")] = None,
) -> None:
    """Show every parameter of a map: formula, limits, how it is known, and its value beside it."""
    from rich.console import Console

    from avatar_driver import map_table, options

    overrides = None if source is None else options.overrides(source=source, model=model, fast=fast)
    map_table.show(name, Console(highlight=False), source=overrides, seconds=seconds)


@map_app.command("new")
def map_new(
    avatar: Annotated[
        Path, typer.Argument(metavar="FROM", help="Your avatar: .glb, .gltf, .vrm, or a .json of names.")
    ],
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write; NAME.yaml here if left out.")] = None,
) -> None:
    """Begin a map from an avatar's own morph-target names."""
    from avatar_driver.map_starter import write_starter

    path, begun = write_starter(avatar, to)
    typer.echo(f"{path} written: {len(begun.found)} names matched.")
    if begun.unknown:
        typer.echo(f"Of the avatar, like no shape: {', '.join(begun.unknown)}")
    if begun.missing:
        typer.echo(f"Of the face, like no name there: {', '.join(begun.missing)}")


@vrchat_app.command("plan")
def vrchat_plan(
    avatar: Annotated[Path, typer.Argument(metavar="AVATAR.json", help="The avatar's file in VRChat's OSC folder.")],
    bits: Annotated[int, typer.Option(min=1, max=256, help="What the face may cost of the 256 synced bits.")] = 120,
    recording: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A film or a recording of you; left out: the synthetic face.")
    ] = None,
    map_name: Annotated[
        str, typer.Option("--map", metavar="NAME", help="The map to the avatar's parameters.")
    ] = "unified",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    model: ModelOption = None,
) -> None:
    """Propose a float or so many bits for each face parameter, by how much it moves."""
    from avatar_driver.vrchat_plan import show_plan

    show_plan(avatar, bits=bits, recording=recording, model=model, map_name=map_name, as_json=as_json)
