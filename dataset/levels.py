"""What is black and what is white in photos of more than 8 bits, as no file says it.

    dataset = with_levels(dataset, levels_of(dataset.train))

The 12 bits of a camera, or the 0 to 1500 of a scanner, lie in files of 16 bits, and would be all
but black there. One pair of levels for all photos: a dark one stays dark beside the others.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from dataset.pairs import Dataset, Pair
from utils_func import BadInput, Levels, deep_colours, opened_picture

LOOKED_AT, PIXELS = 32, 1_000_000
FAR = 2.0**24  # what is farther off, as 3e38 is, stands for no value
SPAN = 1e-5  # less between black and white, as a share of what they are, is rounding alone
TAIL = 0.001  # share of pixels that may be brighter, or darker: those of a fault in the camera


def levels_of(pairs: tuple[Pair, ...]) -> Levels | None:
    """Those of photos from all over the pairs; None where they have 8 bits, or are of one value."""
    some = pairs[:: -(-len(pairs) // LOOKED_AT)] if pairs else ()
    found = [levels for pair in some if pair.photo != pair.label and (levels := look(pair.photo))]
    if not found:
        return None
    black, white = min(one.black for one in found), max(one.white for one in found)
    far = max(abs(black), abs(white))
    return Levels(black, white) if white - black > SPAN * far else None


def look(photo: Path) -> Levels | None:
    """Those of one photo; None where it has 8 bits, cannot be read, or holds no values."""
    try:
        with opened_picture(photo) as picture:
            is_grey = picture.mode[0] in "IF"
            found = np.asarray(picture, np.float32) if is_grey else deep_colours(picture)
    except BadInput:  # decoding comes to it
        return None
    if found is None:
        return None
    values = found.ravel()
    values = values[:: max(1, values.size // PIXELS)]
    values = _without_gaps(values[np.abs(values) < FAR])  # no NaN is
    if not values.size:
        return None
    black, white = np.quantile(values, (TAIL, 1 - TAIL))
    return Levels(float(black), float(white))


def _without_gaps(values: np.ndarray) -> np.ndarray:
    """Leaves out the lowest value, and the highest, where it is farther from the others than these
    are from each other: -9999 where nothing was measured, 65535 where the camera was blinded.
    """
    for end in (np.min, np.max):
        others = values[values != end(values)] if values.size else values
        if others.size and abs(end(values) - end(others)) > np.ptp(others) > 0:
            values = others
    return values


def with_levels(dataset: Dataset, levels: Levels | None) -> Dataset:
    """The same with photos that are read in these levels, or as wide as files of 16 bits are."""
    if levels == dataset.levels:
        return dataset
    train, val, test = (
        tuple(replace(pair, levels=levels) for pair in pairs)
        for pairs in (dataset.train, dataset.val, dataset.test)
    )
    return replace(
        dataset,
        train=train,
        val=val,
        test=test,
        levels=levels,
        decoder=f"{dataset.decoder} in {levels and tuple(levels)}",
    )
