"""The file that ships is what the script draws."""

import json

from avatar_driver.channels import SHAPE_NAMES
from avatar_driver.puppet import author
from avatar_driver.puppet.rig_file import parsed


def test_the_committed_file_is_what_the_script_writes() -> None:
    assert author.FILE.read_text(encoding="utf-8") == author.text()


def test_every_shape_is_a_word_of_the_rig() -> None:
    rig = parsed(author.text())
    named = {*rig.deltas}
    for driver in rig.drivers.values():
        named |= {*(driver.sum or ()), *(driver.product or ())}
    assert set(SHAPE_NAMES) <= named


def test_the_file_stays_small_enough_to_send_with_a_page() -> None:
    assert len(json.dumps(author.drawn())) < 250_000
