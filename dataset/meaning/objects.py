"""Labels that number the objects of each picture, as tools for cells and leaves write them.

    number_objects(looks)       # True: 1 to 37 in one label, 1 to 12 in another

Such numbers are no classes: the 5th cell of one picture is nothing that the 5th of another is.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from dataset.meaning.looking import Look
from utils_func import BadInput, read_label

# In at least so many labels, nearly all of which count from 1 without a gap, up to such a number,
# and not always to the same: classes hardly ever do.
FEWEST_LABELS, WITHOUT_GAP, HIGHEST, FEWEST_ENDS = 4, 0.9, 10, 4
# Where there are many labels, and not one has a gap, less is enough: persons in streets are few.
MANY_LABELS, LOWER_HIGHEST = 30, 5
# In the labels with the most numbers nearly each number is one piece.
LOOKED_AT, OBJECTS, IN_ONE_PIECE, SIDE = 3, 64, 0.8, 512


def number_objects(looks: Sequence[Look]) -> bool:
    """Whether values above 0 are numbers of objects, which differ from picture to picture."""
    filled = [look for look in looks if look.many or _highest(look) > 0]
    counted = [look for look in filled if _counts_from_one(look)]
    ends = {_highest(look) for look in counted}
    if len(filled) < FEWEST_LABELS or len(counted) < WITHOUT_GAP * len(filled):
        return False
    many = len(filled) >= MANY_LABELS and len(counted) == len(filled)
    if len(ends) < FEWEST_ENDS or max(ends) < (LOWER_HIGHEST if many else HIGHEST):
        return False
    return all(map(_in_pieces, sorted(counted, key=_highest)[-LOOKED_AT:]))


def _highest(look: Look) -> int:
    return max(look.counts, default=0)


def _counts_from_one(look: Look) -> bool:
    return not look.many and sum(value > 0 for value in look.counts) == _highest(look)


def _in_pieces(look: Look) -> bool:
    try:
        label = read_label(look.file)
    except BadInput:
        return False
    step = max(1, max(label.shape) // SIDE)
    ids = label[::step, ::step]
    numbers = [value for value in np.unique(ids) if value > 0]
    some = numbers[:: max(1, len(numbers) // OBJECTS)]
    pieces = [cv2.connectedComponents((ids == n).view(np.uint8))[0] - 1 for n in some]
    return pieces.count(1) >= IN_ONE_PIECE * len(some)
