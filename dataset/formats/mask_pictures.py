"""What is in masks: where something is, and whether several masks of a photo show different things.

inside(read_label(file))                        # True where the mask is
show_different_things([{"lung": file, "heart": other}, ...])    # of some photos
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from dataset.meaning.looking import JPEG
from utils_func import BadInput, read_label

LOOKED_AT = 8  # photos, or fewer than twice as many
# Masks of two classes hardly overlap, or one lies within the other. Two people's masks of one thing
# have more in common than that: of vessels, where people differ most, an IoU of .62 and .65 (CHASE,
# DRIVE), without one within the other.
SAME, ALIKE, WITHIN = 0.75, 0.4, 0.95
# Of the marked pixels so many may be neither nothing nor the mask's value, as at smooth edges.
SMEARED = 0.3
ENOUGH_PIXELS = 256  # along a side, to see how masks overlap


def show_different_things(masks: Sequence[Mapping[str, Path]]) -> bool:
    """Whether those of different names do, and are nothing but a mask each.

    Args:
        masks: Of each photo, by name.
    """
    overlaps: dict[tuple[str, str], list[tuple[float, float]]] = {}
    compared = False
    for own in masks[:: max(1, len(masks) // LOOKED_AT)]:
        try:
            pictures = {name: read_label(file) for name, file in own.items()}
        except BadInput:
            continue  # decoding will come to it
        lossy = any(file.suffix.lower() in JPEG for file in own.values())
        if not all(is_mask(picture, lossy) for picture in pictures.values()):
            return False
        thin = {name: _thinned(inside(picture)) for name, picture in pictures.items()}
        for (name, one), (other_name, other) in combinations(thin.items(), 2):
            compared |= one.shape == other.shape
            if one.shape == other.shape and one.any() and other.any():
                overlaps.setdefault((name, other_name), []).append(_overlap(one, other))
    return compared and not any(
        _are_of_one_thing(*np.mean(found, axis=0)) for found in overlaps.values()
    )


def _thinned(mask: np.ndarray) -> np.ndarray:
    step = max(1, max(mask.shape) // ENOUGH_PIXELS)
    return mask[::step, ::step]


def _overlap(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """What two masks have in common, as a share of both together and of the smaller one."""
    common = np.count_nonzero(one & other)
    together, smaller = np.count_nonzero(one | other), min(map(np.count_nonzero, (one, other)))
    return common / together, common / smaller


def _are_of_one_thing(share: float, of_smaller: float) -> bool:
    return share > SAME or (share > ALIKE and of_smaller < WITHIN)


def is_mask(picture: np.ndarray, lossy: bool) -> bool:
    """Nothing and one value, or one colour; a JPEG, or shrinking, may have smeared them."""
    grey = _grey(picture)
    most = int(grey.max())
    low = most // 4 if lossy else 0
    marked = np.count_nonzero(grey > low)
    between = np.count_nonzero((grey > low) & (grey < most - low))
    if between > SMEARED * marked:
        return False
    if picture.ndim == 2 or lossy:
        return True
    _, counts = np.unique(picture[inside(picture)], axis=0, return_counts=True)
    return bool(counts.max(initial=0) >= (1 - SMEARED) * counts.sum())


def inside(picture: np.ndarray) -> np.ndarray:
    """Where a mask is: the brighter of its two values."""
    grey = _grey(picture)
    return np.asarray(grey > int(grey.max()) // 2)


def _grey(picture: np.ndarray) -> np.ndarray:
    return np.asarray(picture if picture.ndim == 2 else picture.max(axis=-1))
