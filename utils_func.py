"""One pair of pictures <-> arrays.

    photo, label = load_images("1.jpg", "images/train")     # RGB, uint8, the two halves of the file
    ids = bin_image(label)                                  # (H, W) class ids, 255 = ignore
    one_hot = get_segmentation_arr(ids, 19)                 # (256, 256, 19)
    picture = give_color_to_seg_img(ids, 19)                # (H, W, 3), 0-1

A pair is one file with the photo and its colour label side by side. Which half is the label is
found from the picture itself.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from labels.classes import CITYSCAPES, IGNORE, Classes, usual_classes
from labels.unmixing import decode

# Formats that a photo or a label comes in. Others stay closed: opening EPS would start Ghostscript.
PICTURE_FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "GIF", "PPM")
PICTURE_ENDINGS = (
    *(".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".gif"),
    *(".ppm", ".pgm", ".pbm", ".pnm"),
)

# 8 bytes a pixel are needed at the worst while decoding, so this is 0.7 GB.
MOST_PIXELS = 89_000_000
LEAVE_OUT = "leave it out with --skip-bad"
ORIENTATION = 0x0112  # in EXIF: 1 where a picture lies as it is seen


class BadInput(ValueError):  # noqa: N818 - the name is the sentence that a user reads
    """Something that a person gave is wrong; the message names it and says what to do."""


class Levels(NamedTuple):
    """What is black and what is white in photos of more than 8 bits."""

    black: float
    white: float


def read_picture(
    path: str | os.PathLike[str], upright: bool = True, levels: Levels | None = None
) -> np.ndarray:
    """Reads a picture as RGB, refusing one whose header claims an enormous size.

    Args:
        path: The file.
        upright: Turn it as the camera noted in EXIF.
        levels: Of more than 8 bits; without them all that such a file may hold.
    """
    with opened_picture(Path(path)) as picture:
        if levels and (colours := deep_colours(picture)) is not None:
            return _scaled(colours, levels)
        turned = ImageOps.exif_transpose(picture) if upright else picture
        return np.asarray(_as_rgb(turned, levels))


def read_label(path: str | os.PathLike[str]) -> np.ndarray:
    """Reads a label picture as it is stored.

    Returns:
        Values (H, W) of grey, 16-bit and palette pictures (the index, not its colour) and of
        pictures with three equal channels; colours (H, W, 3) of all others. Alpha is left out.
    """
    with opened_picture(Path(path)) as picture:
        if picture.mode in ("RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB", "HSV", "PA"):
            colours = np.asarray(picture.convert("RGB"))
            equal = (colours[..., :1] == colours[..., 1:]).all()
            return colours[..., 0] if equal else colours
        values = np.asarray(picture)
    if picture.mode in ("LA", "La"):
        values = values[..., 0]
    return _whole(values) if values.dtype.kind == "f" else values * 1


def _whole(values: np.ndarray) -> np.ndarray:
    """Fractions as whole numbers; what is no number, or far off, is -1: it stands for nothing."""
    near = np.abs(values) < 2**24  # further on not even whole numbers are exact
    return np.where(near, np.rint(values), -1).astype(np.int32)


@contextmanager
def opened_picture(path: Path) -> Iterator[ImageFile.ImageFile]:
    """An opened picture; what goes wrong with the file inside is said in one sentence."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for without end
            raise OSError("it is a folder, a pipe or a device")
        with Image.open(path, formats=PICTURE_FORMATS) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise Image.DecompressionBombError(f"its header claims {width}×{height} pixels")
            _expect_one(path, picture)
            yield picture
    except BadInput:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise BadInput(
            f"{path} is too large to be read: {problem}. "
            f"Expected at most {MOST_PIXELS:,} pixels. Make it smaller, or {LEAVE_OUT}."
        ) from None
    except UnidentifiedImageError:
        raise BadInput(
            f"{path} is not a picture that can be read ({path.stat().st_size:,} bytes). "
            f"Expected {', '.join(PICTURE_FORMATS)}. Save it again, or {LEAVE_OUT}."
        ) from None
    except (OSError, ValueError, SyntaxError, EOFError) as problem:
        raise BadInput(
            f"{path} cannot be read: {_reason(problem)}. Expected a whole picture file. "
            f"Copy it again from where it came, or {LEAVE_OUT}."
        ) from None


def _expect_one(path: Path, picture: Image.Image) -> None:
    """Refuses a TIFF of many slices: all but the first would be lost without a word. A smaller copy
    behind the picture, as microscopes store it, is none of them.
    """
    if picture.format != "TIFF":
        return  # counting the frames of a GIF would read all of it
    pages, size = getattr(picture, "n_frames", 1), picture.size
    if pages == 1:
        return
    picture.seek(1)
    alike = picture.size == size
    picture.seek(0)
    if alike:
        raise BadInput(
            f"{path} holds {pages} pictures of the same size. Expected one in each file, as photos "
            f"and labels find each other by their names. Save each by itself, or {LEAVE_OUT}."
        )


def _as_rgb(picture: Image.Image, levels: Levels | None) -> Image.Image:
    """RGB of 8 bits. Grey of 16 bits and fractions are scaled, where Pillow would clip them."""
    if picture.mode[0] in "IF":
        grey = np.nan_to_num(np.asarray(picture, np.float32))
        levels = levels or Levels(0, _usual_white(picture.mode, grey))
        picture = Image.fromarray(_scaled(grey, levels))
    return picture.convert("RGB")


def _scaled(values: np.ndarray, levels: Levels) -> np.ndarray:
    black, white = levels
    scaled = (np.clip(values, black, white) - black) * (255 / (white - black))
    return np.clip(scaled, 0, 255).astype(np.uint8)


def deep_colours(picture: ImageFile.ImageFile) -> np.ndarray | None:
    """Colours (H, W, 3) of 16 bits, float32, as PNG and TIFF may hold; None of other pictures, and
    of those to be turned. Pillow keeps the upper eight bits: 16 shades of a camera's twelve.
    """
    stored = picture.tile[0].args if picture.tile and picture.mode in ("RGB", "RGBA") else ""
    stored = stored if isinstance(stored, str) else str(stored[0] if stored else "")
    # Pillow reads a whole PNG to find its EXIF, and PNGs are hardly ever turned.
    turned = picture.format != "PNG" and picture.getexif().get(ORIENTATION, 1) > 1
    if ";16" not in stored or turned:
        return None
    file = np.fromfile(picture.filename, np.uint8)  # OpenCV knows no names but ASCII on Windows
    values = cv2.imdecode(file, cv2.IMREAD_UNCHANGED)
    if values is None or values.ndim != 3:
        raise OSError("its colours of 16 bits cannot be decoded")
    return values[..., 2::-1].astype(np.float32)


def _usual_white(mode: str, grey: np.ndarray) -> int:
    """Of fractions nobody knows it; a little more than white may come from resizing."""
    whites = (1, 255) if mode == "F" else ()
    return next((white for white in whites if grey.max() <= 1.5 * white), 65535)


def _reason(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or str(problem) or type(problem).__name__


def resize_photo(photo: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Brings a photo to (height, width): by area where a side shrinks, by cubic interpolation where
    it grows. OpenCV has an area only where both shrink; else it drifts by a part of a pixel.

    Training and prediction must do this in the same way, so both do it here.
    """
    (height, width), (top, left) = size, photo.shape[:2]
    shrunk = min(width, left), min(height, top)
    if shrunk != (left, top):
        photo = cv2.resize(photo, shrunk, interpolation=cv2.INTER_AREA)
    if shrunk != (width, height):
        photo = cv2.resize(photo, (width, height), interpolation=cv2.INTER_CUBIC)
    return photo


def picture_files(folder: Path) -> list[Path]:
    """Pictures of a folder in the order in which a person counts: 2.jpg before 10.jpg."""
    if not folder.is_dir():
        return []
    try:
        entries = list(folder.iterdir())
    except OSError as problem:
        raise BadInput(
            f"{folder} cannot be read: {problem.strerror}. Expected a folder of pictures. "
            "Change its permissions, or name another."
        ) from None
    files = [
        file
        for file in entries
        if file.suffix.lower() in PICTURE_ENDINGS and not file.name.startswith(".")
    ]
    return sorted(files, key=_as_counted)


def _as_counted(file: Path) -> tuple[list[tuple[int, str]], str]:
    parts = re.split(r"(\d+)", file.name)
    counted = [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
    return counted, file.name  # the name itself settles 1.jpg against 01.jpg


def load_images(
    name: str, path: str | os.PathLike[str], label_side: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Reads a pair and divides it.

    Args:
        name: The file, such as "1.jpg".
        path: Its folder, such as "images/train".
        label_side: "left" or "right"; found from the picture if not given.

    Returns:
        The photo and the colour label, each RGB uint8 of half the file's width.
    """
    picture = read_picture(Path(path) / name)
    height, width = picture.shape[:2]
    if width % 2 or width < 4:
        raise BadInput(
            f"{Path(path) / name} is {width}×{height} pixels and cannot be divided in two. "
            "Expected photo and label side by side in one picture of even width, such as 512×256. "
            f"If it is no pair, {LEAVE_OUT}."
        )
    left, right = picture[:, : width // 2], picture[:, width // 2 :]
    if (label_side or find_label_side(picture)) == "left":
        return right, left
    return left, right


def find_label_side(pair: np.ndarray) -> str:
    """Says which half of a pair is the label: the one that a few exact colours dominate."""
    middle = pair.shape[1] // 2
    left, right = dominance(pair[:, :middle]), dominance(pair[:, middle : 2 * middle])
    return "left" if left > right else "right"


def dominance(picture: np.ndarray) -> float:
    """Share of pixels that have one of the eight commonest exact colours.

    On the 3,475 Cityscapes pairs it is .17 to .72 for label halves, smeared as they are, and .01
    to .21 for photos; within one pair the label's share is at least 1.8 times the photo's.
    """
    red, green, blue = np.moveaxis(picture.astype(np.uint32), 2, 0)
    _, counts = np.unique(red << 16 | green << 8 | blue, return_counts=True)
    return float(np.sort(counts)[-8:].sum() / counts.sum())


def bin_image(label: np.ndarray, classes: Classes = CITYSCAPES) -> np.ndarray:
    """Sorts the colours of a label picture, smeared by shrinking and JPEG, into class ids.

    Args:
        label: RGB uint8 (H, W, 3).
        classes: The table of colours; the 19 Cityscapes classes if not given.

    Returns:
        uint8 ids (H, W), where 255 is ignore.
    """
    return decode(label, classes).ids


def get_segmentation_arr(
    ids: np.ndarray, classes: int, width: int = 256, height: int = 256
) -> np.ndarray:
    """Turns ids (H, W) into one-hot float32 (height, width, classes); ignored pixels are all 0."""
    if ids.ndim == 3:  # older scripts hand over the same ids in three channels
        ids = ids[..., 0]
    if ids.shape != (height, width):
        ids = cv2.resize(ids.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    table = np.zeros((max(classes, IGNORE) + 1, classes), np.float32)
    table[:classes] = np.eye(classes, dtype=np.float32)
    return table[ids]


def give_color_to_seg_img(
    seg: np.ndarray, n_classes: int = len(CITYSCAPES), classes: Classes | None = None
) -> np.ndarray:
    """Colours a picture of ids.

    Args:
        seg: Ids (H, W).
        n_classes: How many classes there are.
        classes: Their table; without it 19 classes get the colours of Cityscapes, any other
            number gets colours that are easy to tell apart.

    Returns:
        float32 RGB (H, W, 3) between 0 and 1; ignored pixels are black.
    """
    classes = classes or usual_classes(n_classes)
    return classes.paint(np.asarray(seg).astype(np.uint8)).astype(np.float32) / 255
