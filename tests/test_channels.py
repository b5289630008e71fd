from avatar_driver.channels import CHANNELS, INDEX, MIRRORED, NEGATED_BY_MIRROR, PAIRS, REGIONS, SHAPE_NAMES


def test_there_are_52_shapes_in_live_link_order_and_58_channels() -> None:
    assert len(SHAPE_NAMES) == len(set(SHAPE_NAMES)) == 52
    assert len(CHANNELS) == len(set(CHANNELS)) == 58
    # Spot values of Epic's packet: protocols that send by index lean on them.
    for index, name in {0: "eyeBlinkLeft", 7: "eyeBlinkRight", 14: "jawForward", 17: "jawOpen", 23: "mouthSmileLeft",
                        43: "browInnerUp", 46: "cheekPuff", 51: "tongueOut"}.items():  # fmt: skip
        assert CHANNELS[index] == name
        assert INDEX[name] == index


def test_pairs_are_the_left_and_right_of_one_shape() -> None:
    assert len(PAIRS) == 20
    for left, right in PAIRS:
        assert CHANNELS[left].removesuffix("Left") == CHANNELS[right].removesuffix("Right")


def test_mirroring_twice_changes_nothing() -> None:
    assert [MIRRORED[i] for i in MIRRORED] == list(range(58))
    assert [CHANNELS[i] for i in NEGATED_BY_MIRROR] == ["headPositionX", "headRotationY", "headRotationZ"]


def test_every_channel_is_in_exactly_one_region() -> None:
    assert sorted(i for region in REGIONS.values() for i in region) == list(range(58))
