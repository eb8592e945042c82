"""The size of a photo as its header tells it, without decoding the picture.

photo_size(Path("1.jpg"))               # (256, 512): height and width, as it is seen upright
"""

from __future__ import annotations

from pathlib import Path

from dataset.sizing import Size
from utils_func import ORIENTATION, opened_picture

TURNED = (5, 6, 7, 8)


def photo_size(path: Path, quick: bool = False) -> Size:
    """Height and width.

    Args:
        path: The photo.
        quick: Pillow reads a whole PNG to find its EXIF, and PNGs are hardly ever turned: one that
            is has the size then that it has lying.

    Raises:
        BadInput: It is no picture that can be read.
    """
    with opened_picture(path) as picture:
        width, height = picture.size
        exif = {} if quick and picture.format == "PNG" else picture.getexif()
    return (width, height) if exif.get(ORIENTATION, 1) in TURNED else (height, width)
