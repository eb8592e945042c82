"""Which pairs belong together, so that none is held out to check its neighbour: drives, patients.

groups = groups_of(named, held_out=True)        # for each its group, or ''
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dataset.formats.words import Named

# Sub-folders are drives or sequences, held out as a whole, only where there are so many that
# about 15 % can be: of three folders 'cat', 'dog' and 'bird' one would never be learned.
GROUPS = 7
# Names that differ in their last number alone are views of one car, slices of one patient or tiles
# of one sheet, where there are many such series, of several each.
SERIES, IN_EACH = 30, 3
LAST_NUMBER = re.compile(r"_?\d+$")


def are_groups(folders: Iterable[tuple[str, ...]]) -> bool:
    """Whether the sub-folders that pictures lie in are so many that whole ones are held out."""
    return len(set(folders)) >= GROUPS


def groups_of(named: Sequence[Named], held_out: bool) -> list[str]:
    """The group of each file.

    Args:
        named: The photos.
        held_out: Whether some will be; who makes val by hand is not suspected for names.
    """
    if are_groups(one.folders for one in named):
        return ["/".join(one.folders) for one in named]
    series = ["/".join((*one.folders, LAST_NUMBER.sub("", one.stem))) for one in named]
    many = len(series) >= IN_EACH * len(set(series)) >= IN_EACH * SERIES
    return series if many and held_out else [""] * len(series)
