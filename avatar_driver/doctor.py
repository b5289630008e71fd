"""`avatar-driver doctor`: is this computer ready? Each line is ok, or says what to do."""

import platform
import re
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import avatar_driver
from avatar_driver import profile
from avatar_driver.errors import AvatarDriverError

__all__ = ["Finding", "examine", "printed"]

_LEAST_PYTHON: Final = (3, 11)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        needed: whether tracking a face depends on it; the rest is needed by some uses only.
        remedy: what to do, empty when all is well.
    """

    subject: str
    found: str
    remedy: str = ""
    needed: bool = True


def examine() -> Iterator[Finding]:
    """Looks at one thing after the other; none stops the next."""
    for look in (_python, _packages, _libraries, _model_and_tracker, _cameras, _ports, _virtual_camera):
        yield from look()


def printed(findings: Iterator[Finding]) -> bool:
    """Prints findings as they come; whether everything needed is there."""
    from rich.console import Console

    console = Console(highlight=False)
    ready = True
    for finding in findings:
        ready = ready and not (finding.needed and finding.remedy)
        mark = (
            "[green]ok[/]     " if not finding.remedy else "[red]missing[/]" if finding.needed else "[yellow]note[/]   "
        )
        console.print(f"{mark} {finding.subject}: ", end="")
        console.print(finding.found, markup=False, soft_wrap=True)
        if finding.remedy:
            console.print(f"        {finding.remedy}", markup=False, soft_wrap=True)
    console.print(
        "\nReady: 'avatar-driver run' tracks your face."
        if ready
        else "\nNot ready to track a face yet; 'avatar-driver demo' works without any of this."
    )
    return ready


def _python() -> Iterator[Finding]:
    version = platform.python_version()
    remedy = "" if sys.version_info >= _LEAST_PYTHON else "install Python 3.11 or newer"
    yield Finding("Python", f"{version} on {platform.system()} {platform.machine()}", remedy)


def _packages() -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    names = ("mediapipe", "numpy", "python-osc", "websockets", "pyvirtualcam")
    found = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Finding("package", f"{name} is not installed", "pip install avatar-driver, in this environment")
    yield Finding("packages", f"avatar-driver {avatar_driver.__version__}, {', '.join(found)}")


def _libraries() -> Iterator[Finding]:
    from avatar_driver.sources._libraries import APT_LINE, missing_libraries

    missing = missing_libraries()
    if missing:
        yield Finding("system libraries", f"not found: {', '.join(missing)}", f"sudo {APT_LINE}")
    else:
        yield Finding("system libraries", "all that MediaPipe and OpenCV load")


def _model_and_tracker() -> Iterator[Finding]:
    from avatar_driver.models import present_model
    from avatar_driver.sources._landmarker import Landmarker

    try:
        path = present_model()
        if path is None:
            yield Finding("face model", "not there yet", "'run' downloads it once, 3.8 MB", needed=False)
            return
        yield Finding("face model", f"{path}, checksum right")
        Landmarker(path).close()
        yield Finding("face tracker", "MediaPipe starts")
    except AvatarDriverError as error:
        yield Finding("face tracker", "cannot start", str(error))


def _cameras() -> Iterator[Finding]:
    from avatar_driver.sources._cameras import cameras, listed

    try:
        found = cameras()
    except AvatarDriverError as error:
        yield Finding("cameras", "cannot be listed", str(error))
        return
    if found:
        yield Finding("cameras", listed(found))
    else:
        remedy = "plug one in, close programs that use it, allow access in the privacy settings; or give --source FILE"
        yield Finding("cameras", "none found", remedy, needed=False)


def _ports() -> Iterator[Finding]:
    """The ports that the default profile listens on. Those it only sends to need nothing here."""
    default = profile.load("default")
    listening = [
        ("the WebSocket sink", f"sinks.{part.label}", part.arguments.get("port", 8771))
        for part in default.sinks
        if part.type == "websocket"
    ]
    if default.web is not None:
        listening.append(("the dashboard", "web", default.web.port))
    for name, setting, port in listening:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                remedy = f"another program listens there; set another: --set {setting}.port={port + 10}"
                yield Finding(f"port {port}", "taken", remedy, needed=False)
            else:
                yield Finding(f"port {port}", f"free for {name}")


def _virtual_camera() -> Iterator[Finding]:
    if platform.system() != "Linux":
        yield Finding("virtual camera", "comes with OBS Studio, if that is installed", needed=False)
        return
    names = [file.read_text(errors="replace").strip() for file in Path("/sys/class/video4linux").glob("*/name")]
    loopback = [name for name in names if re.search("loopback|virtual|dummy", name, re.IGNORECASE)]
    if loopback:
        yield Finding("virtual camera", ", ".join(loopback), needed=False)
    else:
        remedy = "sudo apt install v4l2loopback-dkms && sudo modprobe v4l2loopback exclusive_caps=1"
        yield Finding("virtual camera", "no device; only video calls need one", remedy, needed=False)
