import numpy as np
from hypothesis import given

from avatar_driver.channels import CHANNELS, INDEX
from avatar_driver.frame import Frame
from avatar_driver.stages.mirror import Mirror
from tests.strategies import values


@given(face=values(), tone=values())
def test_twice_is_no_change(face: np.ndarray, tone: np.ndarray) -> None:
    mirror = Mirror()
    twice = mirror(mirror(Frame(0.0, face, tone)))
    assert np.array_equal(twice.values, face)
    assert np.array_equal(twice.tone, tone)


def test_sides_swap_and_sideways_movement_changes_sign() -> None:
    face = np.arange(len(CHANNELS), dtype=np.float32) / 100
    mirrored = dict(zip(CHANNELS, Mirror()(Frame(0.0, face)).values, strict=True))
    for name, expected in {
        "eyeBlinkLeft": face[INDEX["eyeBlinkRight"]],
        "mouthRight": face[INDEX["mouthLeft"]],
        "jawLeft": face[INDEX["jawRight"]],
        # Looking in stays looking in, on the other eye.
        "eyeLookInLeft": face[INDEX["eyeLookInRight"]],
        "jawOpen": face[INDEX["jawOpen"]],
        "headPositionX": -face[INDEX["headPositionX"]],
        "headPositionY": face[INDEX["headPositionY"]],
        "headPositionZ": face[INDEX["headPositionZ"]],
        "headRotationX": face[INDEX["headRotationX"]],
        "headRotationY": -face[INDEX["headRotationY"]],
        "headRotationZ": -face[INDEX["headRotationZ"]],
    }.items():
        assert mirrored[name] == expected, name
