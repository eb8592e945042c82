"""Pairs side by side in one file: which half is the label, and how large a half is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dataset.decoding import alike, read_halves
from dataset.formats.building import spread
from dataset.levels import look
from dataset.pairs import Pair
from utils_func import LEAVE_OUT, BadInput, dominance, find_label_side, read_picture

# Cityscapes pairs are looked at in this many files: one lies seldom about its side, sixteen
# together never did.
LOOKED_AT = 16
# The eight commonest colours fill at least 1.8 times as much of a label as of its photo.
FACTOR = 1.5
# They fill at least so much of a label: of real pairs .17 at the least.
LEAST = 0.15


@dataclass(frozen=True)
class Looked:
    """What some of the files say about all."""

    side: str
    shape: tuple[int, int]
    labels: list[np.ndarray]
    photos: list[np.ndarray]

    def is_pair(self, least: float = 0) -> bool:
        """Whether one half of most is made of few colours and the other, as a mask's, is not.

        Args:
            least: What eight colours must fill of a label.
        """
        halves = zip(map(dominance, self.labels), map(dominance, self.photos), strict=True)
        votes = [is_label(label, photo, least) for label, photo in halves]
        return 2 * sum(votes) > len(votes)


def is_label(share: float, other: float, least: float = LEAST) -> bool:
    """Whether few colours fill so much more of a picture than of the other that it is its label."""
    return share >= max(least, FACTOR * other)


def few_colours(file: Path) -> float:
    """How much of a picture the eight commonest colours fill; 0 where it cannot be read."""
    try:
        return dominance(read_picture(file, levels=look(file)))
    except BadInput:  # decoding comes to it
        return 0


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
    other = {"left": "right", "right": "left"}[side]
    labels, photos = ([half(picture, place) for picture in even] for place in (side, other))
    return Looked(side, shape, labels, photos)


def half(picture: np.ndarray, side: str) -> np.ndarray:
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
