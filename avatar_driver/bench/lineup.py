"""Who is compared: each filter with a name for people, its settings, and how to make it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from avatar_driver.bench.baselines import FOXY_FACE, Ema, OneEuroSetting, Raw, VrcFaceTracking
from avatar_driver.stages import Stage
from avatar_driver.stages.two_timescale import TwoTimescale

__all__ = ["FOXY", "MEDIAPIPE", "OURS", "RAW", "TUNED", "Contender", "families", "lineup"]

RAW = "raw"
MEDIAPIPE = "mediapipe"
TUNED = "one_euro_tuned"
FOXY = "one_euro_foxyface"
OURS = "two_timescale"

_LEVELS: Final = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)  # stillness

#: A setting in a few words, and how to make the filter.
Member = tuple[str, Callable[[], Stage]]


@dataclass(frozen=True, slots=True)
class Contender:
    """A filter in the comparison.

    Attributes:
        key: its name in JSON.
        label: its name for people.
        detail: its settings in a few words.
        make: a fresh one; None where the tracker itself does it, before there are any values.
    """

    key: str
    label: str
    detail: str
    make: Callable[[], Stage] | None


def lineup(ema: float, one_euro: OneEuroSetting, *, with_tracker: bool) -> tuple[Contender, ...]:
    """All filters, ours last.

    Args:
        ema: s, the tuned average's time constant.
        one_euro: the tuned setting.
        with_tracker: whether MediaPipe's own smoothing takes part, which only a video can show.
    """
    tracker = (Contender(MEDIAPIPE, "MediaPipe's own", "smooths landmarks", None),) if with_tracker else ()
    return (
        Contender(RAW, "raw", "no filter", Raw),
        *tracker,
        Contender("ema", "moving average", f"τ {1e3 * ema:.0f} ms, tuned", partial(Ema, time_constant=ema)),
        Contender(FOXY, "One Euro, FoxyFace", "3.0 / 0.9 / 1.0", FOXY_FACE.stage),
        Contender("one_euro_vrcft", "One Euro, VRCFaceTracking", "1 / 0.5 / 0.1 at “10 Hz”", VrcFaceTracking),
        Contender(TUNED, "One Euro, tuned", _numbers(one_euro), one_euro.stage),
        Contender(OURS, "avatar-driver", "stillness 1", TwoTimescale),
    )


def families(averages: Sequence[float], settings: Sequence[OneEuroSetting]) -> dict[str, list[Member]]:
    """Each family of filters from calm to lively: its members' settings, and how to make them.

    Args:
        averages: time constants of moving averages, s.
        settings: of One Euro filters.
    """
    return {
        "One Euro, tuned": [(_numbers(setting), setting.stage) for setting in settings],
        "moving average": [(f"τ {1e3 * tau:.0f} ms", partial(Ema, time_constant=tau)) for tau in averages],
        "avatar-driver": [(f"stillness {level:g}", partial(TwoTimescale, stillness=level)) for level in _LEVELS],
    }


def _numbers(setting: OneEuroSetting) -> str:
    return " / ".join(f"{value:.3g}" for value in setting)
