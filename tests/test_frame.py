import numpy as np
import pytest

from avatar_driver.channels import CHANNELS
from avatar_driver.frame import REST, Frame, Origin


def test_arrays_become_read_only_float32() -> None:
    frame = Frame(0.0, np.arange(58.0))  # type: ignore[arg-type]  # people pass float64
    assert frame.values.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        frame.values[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        REST[0] = 1


@pytest.mark.parametrize("shape", [(57,), (58, 1), ()])
def test_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a frame has 58 values, found an array of shape"):
        Frame(0.0, np.zeros(shape, np.float32))


def test_the_transient_is_what_is_not_tone() -> None:
    frame = Frame(0.0, np.full(58, 0.75, np.float32), np.full(58, 0.5, np.float32))
    assert (frame.transient == 0.25).all()


def test_who_altered_a_frame_adds_up() -> None:
    frame = Frame(0.0, REST, origin=Origin(captured=3.0)).altered_by("amplify").altered_by("symmetry", values=REST)
    assert frame.altered == {"amplify", "symmetry"}
    assert frame.origin.captured == 3.0


def test_what_the_source_measured_stays_whatever_stages_do() -> None:
    first = Frame(1.0, np.full(len(CHANNELS), 0.25))
    assert first.measured is first.values
    later = first.changed(values=REST).altered_by("amplify", tone=first.values)
    assert later.values is REST
    assert later.measured is first.values
    assert Frame(1.0, REST, measured=first.values).measured is first.values
