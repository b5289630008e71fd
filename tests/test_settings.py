from typing import Annotated

from annotated_types import Ge

from avatar_driver.retarget import RetargetMap
from avatar_driver.settings import REQUIRED, settings_of, summary


class Part:
    """Does something,
    in two lines.

    And more.

    Args:
        speed: metres a second,
            at most.
        map: what to send.

    Raises:
        ValueError: never.
    """

    def __init__(self, *, speed: Annotated[float, Ge(0)], map: RetargetMap | str = "vrm0") -> None: ...


def test_settings_are_the_constructors_keywords_with_their_words() -> None:
    speed, map_ = settings_of(Part).values()
    assert (speed.name, speed.default, speed.doc) == ("speed", REQUIRED, "metres a second, at most.")
    assert speed.annotation == Annotated[float, Ge(0)]
    assert (map_.takes_map, map_.annotation, map_.default) == (True, str, "vrm0")


def test_the_summary_is_the_first_paragraph_on_one_line() -> None:
    assert summary(Part) == "Does something, in two lines."
