"""Pairs side by side in one file: which half is the label, and how large a half is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from dataset.decoding import alike, read_halves
from dataset.formats.building import spread
from dataset.pairs import Pair
from utils_func import LEAVE_OUT, BadInput, find_label_side, read_picture

# Cityscapes pairs are looked at in this many files: one lies seldom about its side, sixteen
# together never did.
LOOKED_AT = 16


@dataclass(frozen=True)
class Looked:
    """What some of the files say about all."""

    side: str
    shape: tuple[int, int]
    labels: list[np.ndarray]


def look_at(pairs: tuple[Pair, ...]) -> Looked | None:
    """Looks at some pairs, spread over all. None where they are no pairs: their width is odd.

    Raises BadInput where not one of them can be read.
    """
    pictures: list[np.ndarray] = []
    unreadable: list[BadInput] = []
    for pair in spread(pairs, LOOKED_AT):
        try:
            pictures.append(read_picture(pair.photo))
        except BadInput as problem:
            unreadable.append(problem)  # decoding will come to it, if others can be read
    if not pictures:
        raise unreadable[0]
    even = [picture for picture in pictures if picture.shape[1] % 2 == 0]
    if 2 * len(even) <= len(pictures):
        return None
    side = Counter(map(find_label_side, even)).most_common(1)[0][0]
    shape = Counter((p.shape[0], p.shape[1] // 2) for p in even).most_common(1)[0][0]
    return Looked(side, shape, [label_half(picture, side) for picture in even])


def label_half(picture: np.ndarray, side: str) -> np.ndarray:
    middle = picture.shape[1] // 2
    return picture[:, :middle] if side == "left" else picture[:, middle:]


def read_halves_like(
    pair: Pair, side: str, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Photo and label of a file that must have the proportions of the others."""
    photo, label = read_halves(pair, side)
    if not alike(photo.shape, shape):
        height, width = photo.shape[:2]
        raise BadInput(
            f"{pair.photo} is {2 * width}×{height} pixels. Expected the proportions of the other "
            f"pairs, {2 * shape[1]}×{shape[0]}. If it is no pair, {LEAVE_OUT}."
        )
    return photo, label
