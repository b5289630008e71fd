"""The old SRanipal-style map against the conversions that VRCFaceTracking publishes, worked out by hand."""

import pytest
from hypothesis import given

from avatar_driver import maps
from avatar_driver.channels import INDEX
from tests.faces import face, named
from tests.strategies import values

SRANIPAL = maps.load("sranipal")
UNIFIED = maps.load("unified")


def clamp(value: float, low: float = 0.0, high: float = 1.0) -> float:
    return min(max(value, low), high)


@given(numbers=values())
def test_the_main_conversions_are_those_of_vrcfacetracking(numbers):
    old, new = named(SRANIPAL, numbers), named(UNIFIED, numbers)

    def v2(name: str) -> float:
        return new[f"v2/{name}"]

    pucker, funnel = v2("LipPucker"), v2("LipFunnel")
    expected = {
        "JawOpen": clamp(v2("JawOpen") - v2("MouthClosed")),
        "MouthApeShape": v2("MouthClosed"),
        "MouthPout": pucker,
        "MouthUpperOverturn": v2("LipFunnelUpper"),
        "MouthLowerOverturn": v2("LipFunnelLower"),
        "MouthUpperInside": v2("LipSuckUpper"),
        "MouthLowerInside": v2("LipSuckLower"),
        "MouthLowerOverlay": v2("MouthRaiserLower"),
        "TongueLongStep1": min(1, 2 * v2("TongueOut")),
        "TongueLongStep2": clamp(2 * v2("TongueOut") - 1),
        "EyesX": v2("EyeX"),
        "EyesY": v2("EyeY"),
        "JawX": v2("JawX"),
        "MouthX": v2("MouthX"),
        "CombinedEyeLid": v2("EyeOpen"),
        "BrowsInnerUp": v2("BrowInnerUp"),
        "NoseSneer": v2("NoseSneer"),
    }
    for side in ("Left", "Right"):
        opened, squint = v2(f"EyeOpen{side}"), v2(f"EyeSquint{side}")
        smile = max(v2(f"MouthSmile{side}"), v2(f"MouthDimple{side}"))
        sad = max(0, max(v2(f"MouthFrown{side}"), v2(f"MouthStretch{side}")) - smile)
        squeeze = (1 - opened**0.15) * squint
        expected |= {
            f"MouthSmile{side}": smile,
            f"MouthSad{side}": sad,
            f"SmileSad{side}": smile - sad,
            f"MouthUpperUp{side}": clamp(v2(f"MouthUpperUp{side}") + (1 - pucker) * funnel),
            f"{side}EyeX": v2(f"Eye{side}X"),
            f"{side}EyeLid": opened,
            f"{side}EyeSqueeze": squeeze,
            f"{side}EyeLidExpanded": 0.8 * opened + 0.2 * v2(f"EyeWide{side}"),
            f"{side}EyeLidExpandedSqueeze": 0.8 * opened + 0.2 * v2(f"EyeWide{side}") - squeeze,
            f"Smile{side}Pout": smile - pucker,
            f"MouthUpperUp{side}Pout": clamp(v2(f"MouthUpperUp{side}") + (1 - pucker) * funnel) - pucker,
        }
    for name, value in expected.items():
        assert old[name] == pytest.approx(value, abs=2e-3), name


@pytest.mark.parametrize(
    ("channel", "name"),
    [("jawRight", "JawX"), ("mouthRight", "MouthX"), ("mouthRight", "MouthUpper"), ("eyeLookOutRight", "RightEyeX")],
)
def test_sideways_is_positive_to_the_subjects_right(channel: str, name: str):
    assert channel in INDEX
    assert named(SRANIPAL, face(**{channel: 1.0}))[name] > 0.6


def test_no_old_name_is_mistaken_for_a_new_one():
    assert not any(name.startswith("v2/") for name in SRANIPAL.names)
