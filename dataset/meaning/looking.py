"""Looks at every label picture: does it hold values or colours, which, and in how many pixels.

looks = look_at_all(pairs, read_label_of_two_files)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from dataset.counting import counting
from dataset.pairs import Pair
from labels.coding import colour_codes
from utils_func import BadInput, read_label

LabelReader = Callable[[Pair], np.ndarray]

# More different values or colours than any class table has: the label was smeared or is a photo.
MANY = 4096
LOSSY = (".jpg", ".jpeg", ".webp")


@dataclass(frozen=True)
class Look:
    """What one label picture holds."""

    file: Path
    coloured: bool
    counts: Counter[int]
    """Pixels by value, or by colour as one number; empty where there are more than MANY."""
    palette: tuple[int, ...] = ()
    """Of a palette picture, whose values are places in it."""

    @property
    def many(self) -> bool:
        return not self.counts


def look_at_all(pairs: Sequence[Pair], read: LabelReader, workers: int = 2) -> list[Look]:
    """Looks at all labels that can be read; decoding comes to the others."""
    looks: list[Look] = []
    unreadable: list[BadInput] = []

    def look(pair: Pair) -> Look | BadInput:
        try:
            return look_at(pair.label, read(pair))
        except BadInput as problem:
            return problem

    with counting("Looking at labels") as progress, ThreadPoolExecutor(workers) as pool:
        for done, one in enumerate(pool.map(look, pairs), start=1):
            progress(done, len(pairs))
            if isinstance(one, BadInput):
                unreadable.append(one)
            else:
                looks.append(one)
    if not looks:
        raise unreadable[0]
    return looks


def look_at(file: Path, picture: np.ndarray) -> Look:
    """Counts the values or colours of a picture."""
    coloured = picture.ndim == 3
    codes = colour_codes(picture) if coloured else picture
    if codes.dtype == np.uint8:
        counts = np.bincount(codes.ravel(), minlength=256)
        values = np.flatnonzero(counts)
        counts = counts[values]
    else:
        values, counts = np.unique(codes, return_counts=True)
    pixels = Counter(dict(zip(values.tolist(), counts.tolist(), strict=True)))
    palette = () if coloured else palette_of(file)
    return Look(file, coloured, pixels if len(values) <= MANY else Counter(), palette)


def palette_of(file: Path) -> tuple[int, ...]:
    """Red, green and blue in turn of a palette picture's colours, () of any other."""
    with Image.open(file) as picture:
        return tuple(picture.getpalette() or ()) if picture.mode == "P" else ()


def read_second_file(pair: Pair) -> np.ndarray:
    """The label of a pair of two files."""
    return read_label(pair.label)
