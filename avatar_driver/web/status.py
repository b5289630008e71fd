"""What a dashboard is told of a session, as plain data."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import avatar_driver
from avatar_driver import profile as profiles
from avatar_driver import registry
from avatar_driver.calibrating import STEPS
from avatar_driver.channels import CHANNELS, PAIRS, REGIONS
from avatar_driver.frame import ALL_MEASURED
from avatar_driver.profile import Part
from avatar_driver.registry import Kind
from avatar_driver.serving.web_settings import WebSettings
from avatar_driver.session import Session
from avatar_driver.settings import settings_of
from avatar_driver.sources import Pictured

__all__ = ["Rates", "choices", "hello", "state", "status"]

_MOST_PROFILES: Final = 60
_PLAIN: Final = (str, int, float, bool, type(None))
# The parts of the way from the lens to the screen that the program cannot measure: half an exposure and the transfer of
# a picture, together about one and a half frames; and the avatar's program, a frame of 60 Hz and the screen's next one.
_CAMERA_FRAMES: Final = 1.5
_AVATAR_MS: Final = 33.0
_TELLING_SECONDS: Final = 2.0
_FORGOTTEN: Final = 0.998  # of the highest rate, per status: half of it within a minute and a half


def hello(settings: WebSettings, osc_port: int | None = None) -> dict[str, Any]:
    """What stays the same as long as the program runs. `osc_port` is where commands by OSC are heard, if anywhere."""
    return {
        "type": "hello",
        "software": f"avatar_driver {avatar_driver.__version__}",
        "channels": CHANNELS,
        "regions": REGIONS,
        "twins": PAIRS,
        "calibration_steps": [{"prompt": step.prompt, "pose": step.pose, "rest": step.at_rest} for step in STEPS],
        "colours": settings.colours,
        "background": settings.background,
        "stage": settings.stage is not None,
        "osc_port": osc_port,
    }


def state(session: Session, choices: list[dict[str, Any]]) -> dict[str, Any]:
    """What changes only when somebody changes it. `choices` are the profiles there are to switch to."""
    profile, source = session.profile, session.engine.source
    expressions = session.expressions
    shown = session.engine.shown
    return {
        "type": "state",
        "profile": {
            "name": session.name if not profile.files else profile.files[0].stem,
            "file": str(profile.files[0]) if profile.files else None,
            "unsaved": bool(session.history.edits()),
            "choices": choices,
        },
        "source": {"type": profile.source.type, "text": source.describe()},
        "stages": [_part(i, part) for i, part in enumerate(profile.stages)],
        "sinks": [_part(i, part) for i, part in enumerate(profile.sinks)],
        "undo": len(session.history.done),
        "redo": len(session.history.undone),
        "support": shown.origin.support if shown is not None else ALL_MEASURED,
        "controls": {
            "frozen": expressions.frozen,
            "neutral": expressions.neutral,
            "expressions": [{"name": name, "shown": name in expressions.shown} for name in expressions.names],
        },
        "picture": {
            "available": isinstance(source, Pictured),
            "on": isinstance(source, Pictured) and source.preview.on,
        },
    }


def choices() -> list[dict[str, Any]]:
    """The profiles that can be switched to: files in the working folder, then those that ship."""
    own = sorted(file.stem for file in Path.cwd().glob("*.yaml") if _looks_like_a_profile(file))[:_MOST_PROFILES]
    shipped = [name for name in profiles.names() if name not in own]
    return [{"name": name, "title": name.replace("_", " "), "shipped": name in shipped} for name in [*own, *shipped]]


class Rates:
    """Frames a second: of the camera when nothing holds it up, and of each sink, from counts at two moments."""

    def __init__(self) -> None:
        self._camera = 0.0
        self._counts: dict[int, tuple[int, float]] = {}
        self._rates: dict[int, float] = {}

    def of_camera(self, fps: float, frames: int) -> float:
        """The highest rate of late; 0 before it is known. A stall makes frames late, but no camera slower.

        Args:
            fps: of about the last second.
            frames: so far. The first ones often come at once, which says nothing about a camera.
        """
        if frames >= _TELLING_SECONDS * fps:
            self._camera = max(fps, _FORGOTTEN * self._camera)
        return self._camera

    def of(self, lane: Any, now: float) -> float:
        """The rate of a lane over about the last second."""
        count, before = self._counts.get(id(lane), (lane.statistics.sent, now))
        if now - before >= 1.0 or id(lane) not in self._counts:
            if now > before:
                self._rates[id(lane)] = (lane.statistics.sent - count) / (now - before)
            self._counts[id(lane)] = (lane.statistics.sent, now)
        return self._rates.get(id(lane), 0.0)


def status(session: Session, rates: Rates, now: float) -> dict[str, Any]:
    """What changes all the time. `now` is in seconds on any clock that only rises."""
    engine = session.engine
    counts = engine.statistics
    ages = [lane.statistics.recent_age for lane in engine.lanes.values() if lane.statistics.age.count]
    age = 1e3 * sorted(ages)[len(ages) // 2] if ages else None
    delay, text = _audio_delay(age, rates.of_camera(counts.fps, counts.frames))
    return {
        "type": "status",
        "tracked": engine.shown is not None and engine.shown.tracked,
        "altered": sorted(engine.shown.altered) if engine.shown is not None else [],
        "fault": engine.fault,
        "source": engine.source.describe(),
        "fps": round(counts.fps, 1),
        "detection_ms": round(1e3 * counts.recent_detection, 1),
        "age_ms": None if age is None else round(age, 1),
        "audio_delay_ms": delay,
        "audio_text": text,
        "frames": counts.frames,
        "skipped": counts.skipped,
        "filled": counts.filled,
        "sinks": [_sink(i, part, session, rates, now) for i, part in enumerate(session.profile.sinks)],
    }


def _sink(index: int, part: Part, session: Session, rates: Rates, now: float) -> dict[str, Any]:
    lane = session.engine.lanes.get(part.label)
    counts = lane.statistics if lane is not None else None
    return {
        "index": index,
        "label": part.label,
        "enabled": part.enabled,
        "target": lane.sink.describe() if lane is not None else "",
        "sent": counts.sent if counts else 0,
        "rate": round(rates.of(lane, now), 1) if lane is not None else 0.0,
        "dropped": counts.dropped if counts else 0,
        "errors": counts.errors if counts else 0,
        "fault": counts.fault if counts else None,
    }


def _audio_delay(age_ms: float | None, fps: float) -> tuple[int | None, str]:
    """How much later than the voice the face is seen, in ms, and of what that is made."""
    if age_ms is None or fps <= 0:
        return None, "known when frames are sent"
    camera = _CAMERA_FRAMES * 1000 / fps
    total = camera + age_ms + _AVATAR_MS
    return 5 * round(total / 5), (
        f"{age_ms:.0f} ms measured here, from the picture to the packet; about {camera:.0f} ms for the camera and "
        f"{_AVATAR_MS:.0f} ms for the avatar's program and the screen are typical values. Clap once and adjust."
    )


@cache
def _defaults(kind: Kind, name: str) -> dict[str, Any]:
    return {key: setting.default for key, setting in settings_of(registry.component(kind, name)).items()}


def _part(index: int, part: Part) -> dict[str, Any]:
    """A stage or sink with its settings as set, or else their defaults; secrets are not told."""
    settings = {**_defaults(part.kind, part.type), **part.given}
    settings.pop("token", None)
    return {
        "index": index,
        "label": part.label,
        "type": part.type,
        "enabled": part.enabled,
        "settings": {name: value for name, value in settings.items() if _is_plain(value)},
    }


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(each) for key, each in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return isinstance(value, _PLAIN)


def _looks_like_a_profile(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            start = stream.read(20_000)
    except OSError:
        return False
    return any(line.startswith(b"sinks:") for line in start.splitlines())
