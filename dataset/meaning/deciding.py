"""Concludes from all looks what the labels of a dataset are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dataset.meaning.colours import coding_of_colours, coding_of_smeared
from dataset.meaning.looking import LabelReader, Look, look_at_all
from dataset.meaning.values import MASK, coding_of_values
from dataset.pairs import Pair
from labels.coding import Coding, as_colours
from utils_func import BadInput

# Labels from which smeared colours are learned; with 24 real ones 18 of 19 classes are found.
LOOKED_AT = 100
# So many values that no other label has make one a picture of something else.
FOREIGN = 8
# Pictures of ids count from 0, so a grey of a brighter value may be a colour among colours.
HIGHEST_STRAY_ID = 31


@dataclass(frozen=True)
class Meaning:
    """What labels mean."""

    coding: Coding
    coloured: bool
    """Whether labels must be read as colours, palette pictures too."""
    remarks: tuple[str, ...] = ()


def find_meaning(
    pairs: Sequence[Pair],
    read: LabelReader,
    as_colour: LabelReader,
    told: bool | None = None,
) -> Meaning:
    """Looks at all labels and says what they mean.

    Args:
        pairs: All of them.
        read: Gives a label as it is stored.
        as_colour: Gives it as colours, also where it is stored with a palette.
        told: Whether a classes.csv names colours, or ids; None where there is none.
    """
    if told is False:
        return Meaning(Coding("values", MASK), False)
    sample = pairs[:: max(1, len(pairs) // LOOKED_AT)]
    first = look_at_all(sample, as_colour if told else read)
    if told:
        return Meaning(Coding("smeared" if _smeared(first) else "colours", MASK), True)
    if _smeared(first):
        return _learned(sample, as_colour, first)
    looks = first if len(sample) == len(pairs) else look_at_all(pairs, read)
    looks, remarks = _without_strangers(looks)
    if any(look.coloured for look in looks) or _palettes_differ(looks):
        if any(look.palette for look in looks):
            looks, _ = _without_strangers(look_at_all(pairs, as_colour))
        coding, remark = coding_of_colours(_all_coloured(looks))
        return Meaning(coding, True, (remark, *remarks))
    coding, remark = coding_of_values(looks)
    return Meaning(coding, False, (remark, *remarks))


def _smeared(looks: Sequence[Look]) -> bool:
    """Whether most labels that hold more than one value are smeared.

    Lossless values that may be ids are never: thin classes of a small label look like blends, and
    what ids blend to could not be told from ids.
    """
    if all(look.may_be_ids for look in looks):
        return False
    telling = [look for look in looks if len(look.counts) != 1]
    return 2 * sum(look.smeared for look in telling) > len(telling)


def _learned(sample: Sequence[Pair], as_colour: LabelReader, looks: Sequence[Look]) -> Meaning:
    pictures: list[np.ndarray] = []
    for pair in sample:
        try:
            pictures.append(as_colours(as_colour(pair)))
        except BadInput:
            continue  # decoding comes to it
    coding, remark = coding_of_smeared(pictures, looks[0])
    return Meaning(coding, True, (remark,))


def _without_strangers(looks: Sequence[Look]) -> tuple[list[Look], list[str]]:
    """Leaves out what is no label beside the others, such as one photo: decoding refuses it."""
    usual = [look for look in looks if not look.smeared]
    codes = {code for look in usual for code in look.counts}
    strange = [
        look
        for look in looks
        if look.smeared
        and (look.many or len(look.counts.keys() - codes) > max(FOREIGN, len(codes)))
    ]
    if not strange or not usual:
        return list(looks), []
    held = "thousands of colours" if strange[0].many else f"{len(strange[0].counts)} values"
    more = f", and so are {len(strange) - 1} more" if len(strange) > 1 else ""
    remark = f"{strange[0].file} holds {held} and is no label beside the others{more}."
    return [look for look in looks if look not in strange], [remark]


def _palettes_differ(looks: Sequence[Look]) -> bool:
    """Whether the same value is another colour elsewhere, so that only the colours count."""
    palettes = [look.palette for look in looks if look.palette is not None]
    if len({pair for palette in palettes for pair in palette.items()}) == len(
        {value for palette in palettes for value in palette}
    ):
        return False
    plain = next((look.file for look in looks if look.palette is None), None)
    if plain:
        palette = next(look.file for look in looks if look.palette is not None)
        raise BadInput(
            f"{palette} has a palette that others do not share, but {plain} has none. Expected "
            "all labels to be of one kind. Save them all in the same way."
        )
    return True


def _all_coloured(looks: Sequence[Look]) -> list[Look]:
    """Grey labels among coloured ones hold greys, such as black; but ids are a contradiction."""
    known = {code for look in looks if look.coloured for code in look.counts}
    for look in looks:
        ids = [] if look.coloured else [value for value in look.counts if _is_stray(value, known)]
        if ids:
            coloured = next((other.file for other in looks if other.coloured), look.file)
            raise BadInput(
                f"{look.file} holds grey values such as {ids[0]}, but {coloured} holds "
                "colours. Expected all labels to be of one kind. Save them all in the same way, "
                "or move these away."
            )
    return [look if look.coloured else _as_coloured(look) for look in looks]


def _is_stray(value: int, known: set[int]) -> bool:
    return 0 < value <= HIGHEST_STRAY_ID and value * 0x010101 not in known


def _as_coloured(look: Look) -> Look:
    def coloured(pixels: Counter[int]) -> Counter[int]:
        return Counter({min(value, 255) * 0x010101: n for value, n in pixels.items()})

    return Look(look.file, True, coloured(look.counts), coloured(look.flat))
