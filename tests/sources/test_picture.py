import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from avatar_driver.sources._picture import UnusablePictureError, rgb

cv2 = pytest.importorskip("cv2", exc_type=ImportError, reason="OpenCV lacks a system library")

SIZES = st.integers(1, 9)
COLOUR = np.random.default_rng(1).integers(0, 256, (6, 8, 3), np.uint8)


def test_blue_green_red_becomes_red_green_blue() -> None:
    blue = np.full((2, 2, 3), (255, 0, 0), np.uint8)
    assert rgb(blue).tolist() == np.full((2, 2, 3), (0, 0, 255)).tolist()


def test_transparency_is_left_out() -> None:
    assert np.array_equal(rgb(cv2.cvtColor(COLOUR, cv2.COLOR_BGR2BGRA)), rgb(COLOUR))


@pytest.mark.parametrize("shape", [(6, 8), (6, 8, 1)])
def test_grey_gets_three_equal_colours(shape: tuple[int, ...]) -> None:
    grey = np.arange(48, dtype=np.uint8).reshape(shape)
    assert np.array_equal(rgb(grey), np.repeat(grey.reshape(6, 8, 1), 3, axis=2))


@pytest.mark.parametrize("view", [COLOUR[:, ::-1], COLOUR[::-1], COLOUR[::2, 1::3], np.asfortranarray(COLOUR)], ids=str)
def test_a_view_with_strides_is_read_as_it_looks_and_handed_on_contiguous(view: np.ndarray) -> None:
    converted = rgb(view)
    assert converted.flags.c_contiguous
    assert np.array_equal(converted, view[..., ::-1])


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (None, "NoneType"),
        (b"\xff\xd8", "bytes"),
        (COLOUR.astype(np.float32), "float32"),
        (COLOUR.astype(np.uint16), "uint16"),
        (COLOUR > 3, "bool"),
        (np.zeros((0, 0, 3), np.uint8), r"\(0, 0, 3\)"),
        (np.zeros((4, 0), np.uint8), r"\(4, 0\)"),
        (np.zeros((4, 4, 2), np.uint8), r"\(4, 4, 2\)"),
        (np.zeros((2, 4, 4, 3), np.uint8), r"\(2, 4, 4, 3\)"),
        (np.zeros(4, np.uint8), r"\(4,\)"),
    ],
)
def test_what_is_no_picture_is_refused_with_what_it_is(image: object, said: str) -> None:
    with pytest.raises(UnusablePictureError, match=said):
        rgb(image)


@given(
    st.one_of(
        hnp.arrays(np.uint8, st.tuples(SIZES, SIZES)),
        hnp.arrays(np.uint8, st.tuples(SIZES, SIZES, st.sampled_from([1, 3, 4]))),
    )
)
def test_every_picture_keeps_its_size(image: np.ndarray) -> None:
    converted = rgb(image)
    assert converted.shape == (*image.shape[:2], 3)
    assert converted.dtype == np.uint8
    assert converted.flags.c_contiguous
