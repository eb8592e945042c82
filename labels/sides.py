"""Classes that a mirror changes into each other, as 'left lung' and 'right lung'.

table = mirrored_ids(("background", "left lung", "right lung"))     # table[1] is 2, table[2] is 1
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

# Within a name 'left', as in LeftArm; 'l' where it stands alone, as in CelebAMask's l_eye.
SIDES = ((re.compile("left"), "right"), (re.compile(r"(?<![a-z0-9])l(?![a-z0-9])"), "r"))


def mirrored_ids(names: Sequence[str]) -> np.ndarray | None:
    """For each of the 256 ids what it is in a mirror; None where no class has a side."""
    table, ids = np.arange(256, dtype=np.uint8), {name.lower(): i for i, name in enumerate(names)}
    for name, left in ids.items():
        for side, other in SIDES:
            right = ids.get(side.sub(other, name), left)
            if right != left:
                table[left], table[right] = right, left
    return table if (table != np.arange(256)).any() else None
