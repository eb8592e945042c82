"""Looks at every label picture: does it hold values or colours, which, and in how many pixels.

looks = look_at_all(pairs, read_second_file)
looks[0].counts                         # Counter({0: 64000, 255: 1536})
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dataset.counting import counting
from dataset.pairs import Pair
from dataset.workers import WORKERS
from labels.coding import colour_codes
from utils_func import BadInput, opened_picture, read_label

LabelReader = Callable[[Pair], np.ndarray]

# More different values or colours than any class table has: the label was smeared or is a photo.
MANY = 4096
# Beside ids up to this, 255 is no class but 'ignore', as in VOC, Cityscapes and IDD. Labels such
# as 0, 127 and 255 are levels of grey that are easy to see apart, so there 255 is a class.
HIGHEST_ID = 100
JPEG = (".jpg", ".jpeg")
# Blends of two classes and JPEG's noise lie along borders, and hardly ever fill a square of 3×3;
# a class mostly does, and of thin ones, such as the outlines of cells, there are few.
SOLID_SHARE, FEWEST_BLENDS = 0.05, 3


@dataclass(frozen=True)
class Look:
    """What one label picture holds."""

    file: Path
    coloured: bool
    counts: Counter[int]
    """Pixels by value, or by colour as one number; empty where there are more than MANY."""
    flat: Counter[int] = field(default_factory=Counter)
    """The same of pixels whose eight neighbours are equal to them."""
    palette: Mapping[int, int] | None = None
    """Of a palette picture, whose values are places in it: the colour of each that occurs."""

    @property
    def many(self) -> bool:
        return not self.counts

    @property
    def smeared(self) -> bool:
        """Whether most of its values or colours are blends or noise."""
        blends = sum(self.flat[code] < SOLID_SHARE * n for code, n in self.counts.items())
        mostly = blends >= FEWEST_BLENDS and 2 * blends > len(self.counts)
        return self.many or mostly or (self.lossy and len(self.counts) > 2)

    @property
    def may_be_ids(self) -> bool:
        """Small numbers, or such as only 16 bits hold. The 255 beside them is 'ignore'."""
        values = self.counts.keys() - {255}
        low = max(values, default=0) <= HIGHEST_ID or max(values) > 255
        return low and not (self.coloured or self.many or self.lossy)

    @property
    def lossy(self) -> bool:
        return self.file.suffix.lower() in JPEG


def look_at_all(pairs: Sequence[Pair], read: LabelReader) -> list[Look]:
    """Looks at all labels that can be read; decoding comes to the others."""
    looks: list[Look] = []
    unreadable: list[BadInput] = []

    def look(pair: Pair) -> Look | BadInput:
        try:
            return look_at(pair.label, read(pair))
        except BadInput as problem:
            return problem

    with counting("Looking at labels") as progress, ThreadPoolExecutor(WORKERS) as pool:
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
    counts = count(codes)
    if len(counts) > MANY:
        return Look(file, coloured, Counter())
    palette = None if coloured else _palette_of(file, counts)
    return Look(file, coloured, counts, count(codes[1:-1, 1:-1][_flat(codes)]), palette)


def count(codes: np.ndarray) -> Counter[int]:
    """How often each occurs. Labels are runs of equal pixels, so runs are sorted, not pixels."""
    row = codes.ravel()
    if not row.size:
        return Counter()
    starts = np.concatenate([[0], np.flatnonzero(row[1:] != row[:-1]) + 1])
    values, place = np.unique(row[starts], return_inverse=True)
    pixels = np.bincount(place.ravel(), np.diff(starts, append=row.size))
    return Counter(dict(zip(values.tolist(), pixels.astype(int).tolist(), strict=True)))


def _flat(codes: np.ndarray) -> np.ndarray:
    """Where the 3×3 neighbourhood is equal, for all pixels but those at the edges."""
    across = codes[:, 1:] == codes[:, :-1]
    rows = across[:, 1:] & across[:, :-1]
    down = codes[1:, 1:-1] == codes[:-1, 1:-1]
    return np.asarray(rows[2:] & rows[1:-1] & rows[:-2] & down[1:] & down[:-1])


def _palette_of(file: Path, counts: Counter[int]) -> Mapping[int, int] | None:
    with opened_picture(file) as picture:
        if picture.mode != "P":
            return None
        channels = picture.getpalette() or []
    codes = {}
    for value in counts:
        red, green, blue = [*channels[3 * value : 3 * value + 3], 0, 0, 0][:3]
        codes[value] = red << 16 | green << 8 | blue
    return codes


def read_second_file(pair: Pair) -> np.ndarray:
    """The label of a pair of two files."""
    return read_label(pair.label)
