"""What stands behind the puppet: a colour or a picture."""

import re
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_driver.errors import AvatarDriverError

__all__ = ["backdrop", "check_background"]

#: The green that chroma keys expect.
_GREEN: Final = "#00b140"
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_PICTURES: Final = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


def check_background(background: str | None) -> None:
    """Finds out, without opening anything, whether a background can be meant.

    Raises:
        ValueError: it is neither a colour nor the name of a picture file.
    """
    if background is None or background == "green" or _COLOUR.fullmatch(background):
        return
    if Path(background).suffix.lower() not in _PICTURES:
        raise ValueError(
            f"background is a colour like '#dfe7f5', 'green', or a picture file ({', '.join(_PICTURES)}); "
            f"found '{background}'"
        )


def backdrop(background: str | None, otherwise: tuple[int, int, int], width: int, height: int) -> NDArray[np.uint8]:
    """(height, width, 4) uint8, red first, opaque.

    Args:
        background: as in `Renderer`.
        otherwise: the colour where there is none.
        width: pixels.
        height: pixels.

    Raises:
        AvatarDriverError: the picture cannot be read.
        ValueError: it is neither a colour nor the name of a picture file.
    """
    check_background(background)
    filled = np.full((height, width, 4), 255, np.uint8)
    code = _GREEN if background == "green" else background
    if code is None:
        filled[..., :3] = otherwise
    elif code.startswith("#") and _COLOUR.fullmatch(code):
        filled[..., :3] = tuple(bytes.fromhex(code[1:]))
    else:
        filled[..., :3] = _covering(_picture(Path(code).expanduser()), width, height)
    return filled


def _picture(path: Path) -> NDArray[np.uint8]:
    import cv2

    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)  # not cv2.imread: it cannot open every name on Windows
    except OSError as error:
        raise AvatarDriverError(
            f"cannot read the background {path}: {error.strerror or error}; change background"
        ) from error
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if picture is None:
        raise AvatarDriverError(
            f"{path} is not a picture that can be read; save it as PNG or JPEG, or change background"
        )
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def _covering(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The picture's middle, scaled so that it just covers the frame."""
    import cv2

    high, wide = picture.shape[:2]
    scale = max(width / wide, height / high)
    size = (max(width, round(wide * scale)), max(height, round(high * scale)))
    scaled = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.asarray(scaled[top : top + height, left : left + width], np.uint8)
