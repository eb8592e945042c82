"""Concludes from all looks what the labels of a dataset are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dataset.meaning.colours import coding_of_colours, coding_of_smeared
from dataset.meaning.looking import LOSSY, LabelReader, Look, look_at_all
from dataset.meaning.values import coding_of_values
from dataset.pairs import Pair
from labels.classes import IGNORE
from labels.coding import Coding, as_colours
from utils_func import BadInput

LOOKED_AT = 12  # smeared labels whose colours are learned from
# A grey mask with more levels than this, or stored with loss, is smeared. Real id pictures with
# so many classes exist (ADE20K: 150), but are never JPEG.
MOST_LEVELS = 40


@dataclass(frozen=True)
class Meaning:
    """What labels mean."""

    coding: Coding
    coloured: bool
    """Whether labels must be read as colours, palette pictures too."""
    remark: str


def find_meaning(pairs: Sequence[Pair], read: LabelReader, as_colour: LabelReader) -> Meaning:
    """Looks at all labels and says what they mean.

    Args:
        pairs: All of them.
        read: Gives a label as it is stored.
        as_colour: Gives it as colours, also where it is stored with a palette.
    """
    sample = pairs[:: max(1, len(pairs) // LOOKED_AT)]
    first = look_at_all(sample, read)
    if any(look.coloured for look in first) and _smeared(first):
        return _learned(sample, as_colour, first)
    looks = first if len(sample) == len(pairs) else look_at_all(pairs, read)
    if len({look.palette for look in looks}) > 1 and not any(look.coloured for look in looks):
        looks = look_at_all(pairs, as_colour)  # the same place means another colour elsewhere
    if _smeared(looks):
        return _learned(sample, as_colour, looks)
    if not any(look.coloured for look in looks):
        coding, remark = coding_of_values(looks)
        return Meaning(coding, False, remark)
    _expect_colours_only(looks)
    coding, remark = coding_of_colours([_as_coloured(look) for look in looks])
    return Meaning(coding, True, remark)


def _smeared(looks: Sequence[Look]) -> bool:
    """Whether labels hold more than they can mean, or were stored with loss."""
    levels = max(MOST_LEVELS, 2 * min(len(look.counts) or IGNORE for look in looks))
    lossy = any(look.file.suffix.lower() in LOSSY for look in looks)
    rich = sum(look.many or (look.coloured and len(look.counts) > IGNORE) for look in looks)
    return (
        2 * rich > len(looks)
        or (lossy and any(len(look.counts) > 2 for look in looks))
        or (
            all(not look.coloured for look in looks)
            and sum(len(look.counts) > levels for look in looks) * 2 > len(looks)
        )
    )


def _learned(sample: Sequence[Pair], as_colour: LabelReader, looks: Sequence[Look]) -> Meaning:
    pictures: list[np.ndarray] = []
    for pair in sample:
        try:
            pictures.append(as_colours(as_colour(pair)))
        except BadInput:
            continue  # decoding comes to it
    coding, remark = coding_of_smeared(pictures, looks[0])
    return Meaning(coding, True, remark)


def _expect_colours_only(looks: Sequence[Look]) -> None:
    """Grey labels among coloured ones must be grey in colours that the others have too."""
    known = {code for look in looks if look.coloured for code in look.counts}
    for look in looks:
        strange = [v for v in look.counts if not look.coloured and v * 0x010101 not in known | {0}]
        if strange:
            coloured = next(look.file for look in looks if look.coloured)
            raise BadInput(
                f"{look.file} holds grey values such as {strange[0]}, but {coloured} holds "
                "colours. Expected all labels to be of one kind. Save them all in the same way, "
                "or move these away."
            )


def _as_coloured(look: Look) -> Look:
    if look.coloured:
        return look
    counts = type(look.counts)({value * 0x010101: n for value, n in look.counts.items()})
    return Look(look.file, True, counts)
