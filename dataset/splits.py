"""Which pairs are held out to check with, where a dataset does not say.

    train, val = hold_out(pairs)

By a hash of the name, so it is the same on every machine, and a pair stays on its side when
others come or go. Pairs of one group (drive, city, sequence) stay together.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections import Counter

from dataset.pairs import Pair
from utils_func import BadInput

HELD_OUT = 0.15
LARGE = 0.3  # share of all pairs; a larger group is learned from, as long as there are others
FEW = 8  # from so many pairs on, two are held out at the least

Pairs = tuple[Pair, ...]


def hold_out(pairs: Pairs) -> tuple[Pairs, Pairs]:
    """Divides pairs into those to learn from and those to check with."""
    if not pairs:
        return (), ()
    shares = {key: _share(key) for key in map(_key, pairs)}
    if len(shares) < 2:
        what = "one pair" if len(pairs) == 1 else f"pairs of one group ({pairs[0].group})"
        raise BadInput(
            f"{pairs[0].photo.parent} holds {what} only. Expected at least two, one to learn "
            "from and one to check with. Add pairs."
        )
    sizes = Counter(map(_key, pairs))
    small = {key: share for key, share in shares.items() if sizes[key] <= LARGE * len(pairs)}
    small = small or shares
    # So that a few pairs are divided as well, and one alone does not decide which model is best.
    fewest = sorted(small.values())[:2][-1] if len(shares) >= FEW else min(small.values())
    limit = max(HELD_OUT, fewest)
    most = max(shares.values()) if len(small) == len(shares) else math.inf
    held = {key for key, share in small.items() if share <= limit and share < most}
    train = tuple(pair for pair in pairs if _key(pair) not in held)
    return train, tuple(pair for pair in pairs if _key(pair) in held)


def _key(pair: Pair) -> str:
    return pair.group or pair.name


def _share(key: str) -> float:
    """The same for a name as macOS writes it (NFD), and for one that is no text."""
    name = unicodedata.normalize("NFC", key).encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.sha256(name).digest()[:4], "big") / 2**32
