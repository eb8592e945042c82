"""One pair of files -> an example, with an error that names the file where it cannot be.

    example = decode(pair, coding, read_files)

A reader gives the photo and the label picture of a pair as they are stored: read_files for two
files, read_halves for one file with both side by side. A format may have one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from dataset.pairs import Example, Pair
from dataset.sizing import written
from labels.coding import Coding
from labels.unmixing import UNKNOWN_LIMIT
from utils_func import LEAVE_OUT, BadInput, load_images, read_label, read_picture

Reader = Callable[[Pair], tuple[np.ndarray, np.ndarray]]

# Photo and label may be stored at different sizes, but show the same: more than this between
# their proportions is another picture. 320×227 shrunk to 160×114 differs by .004.
PROPORTIONS = 0.05


def read_files(pair: Pair) -> tuple[np.ndarray, np.ndarray]:
    """Photo and label picture from two files; palette indices and ids come as values."""
    label = united(pair.files[1:], read_label)
    return read_photo(pair, label.shape[:2]), label


def read_coloured_files(pair: Pair) -> tuple[np.ndarray, np.ndarray]:
    """The same with every label as colours, also where it is stored with a palette."""
    label = united(pair.files[1:], read_picture)
    return read_photo(pair, label.shape[:2]), label


def united(files: Sequence[Path], read: Callable[[Path], np.ndarray]) -> np.ndarray:
    """What any of some masks marks."""
    first, *others = files
    union = read(first)
    for file in others:
        mask = read(file)
        if mask.shape != union.shape:
            raise BadInput(
                f"{file} is {written(mask.shape[:2])} pixels, but {first.name} beside it is "
                f"{written(union.shape[:2])}. Expected masks of one size and kind. "
                f"Correct the mask, or {LEAVE_OUT}."
            )
        union = np.maximum(union, mask)
    return union


def read_halves(pair: Pair, side: str) -> tuple[np.ndarray, np.ndarray]:
    """Photo and colour label from one file, the label at `side`."""
    return load_images(pair.photo.name, pair.photo.parent, side)


def read_photo(pair: Pair, shape: tuple[int, ...]) -> np.ndarray:
    """The photo, turned upright as its camera noted, unless the label was drawn on it unturned."""
    photo = read_picture(pair.photo, levels=pair.levels)
    height, width = photo.shape[:2]
    if not alike((height, width), shape) and alike((width, height), shape):
        photo = read_picture(pair.photo, upright=False, levels=pair.levels)
    if not alike(photo.shape, shape):
        raise BadInput(
            f"{pair.photo} is {written((height, width))} pixels, but its label {pair.label} is "
            f"{written((shape[0], shape[1]))}. Expected the same proportions. "
            f"If they are no pair, {LEAVE_OUT}."
        )
    return photo


def alike(shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two pictures (height, width, …) have the same proportions."""
    ratio = shape[1] * other[0] / (shape[0] * other[1])
    return abs(ratio - 1) <= PROPORTIONS


def decode(pair: Pair, coding: Coding, read: Reader) -> Example:
    """Reads and decodes one pair."""
    photo, picture = read(pair)
    decoded = coding.decode(picture)
    if coding.kind == "smeared" and decoded.unknown > UNKNOWN_LIMIT:
        raise BadInput(
            f"{pair.label}: {decoded.unknown:.0%} of its label has colours that are in no class. "
            f"Expected a label in the colours of {_some(coding.classes.names)}. "
            f"If this one is no pair, {LEAVE_OUT}; if none is, name another folder with --data."
        )
    if coding.kind != "smeared" and decoded.unknown:
        raise BadInput(_unknown(pair, coding, picture))
    return Example(photo, decoded.ids, decoded.confident)


def _unknown(pair: Pair, coding: Coding, picture: np.ndarray) -> str:
    what = "value" if coding.kind == "values" else "colour"
    if coding.kind == "values" and picture.ndim == 3:
        return (
            f"{pair.label} is a coloured picture. Expected class ids in one channel, as in the "
            f"other labels. Save it again without colours, or {LEAVE_OUT}."
        )
    (code, pixels), *more = coding.strangers(picture)
    known = ", ".join(coding.name_of(code) for code in sorted(coding.meaning)[:30])
    return (
        f"{pair.label} has {pixels:,} pixels of {what} {coding.name_of(code)}"
        f"{f' and {len(more)} more unknown {what}s' if more else ''}. Expected only {known}. "
        f"Correct the label, name the {what} in a classes.csv beside the data, or {LEAVE_OUT}."
    )


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
