"""Some photos have more than one mask, as benign (3)_mask.png and benign (3)_mask_1.png of two
tumours: together they are one label.

splits = with_more_masks(root, splits)      # pairs have the further masks in `masks`
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from dataset.formats.building import Found, Splits
from dataset.formats.mask_pictures import show_different_things
from dataset.formats.words import Named, name_of
from dataset.pairs import Pair
from dataset.wording import counted

NUMBERED = re.compile(r"(.+)_\d+")
FOREGROUND = "foreground"
# Where more of the photos have a second one, somebody else has drawn it.
MOST = 0.5

Key = tuple[str, tuple[str, ...], str]


def with_more_masks(root: Path, splits: Splits) -> Splits:
    """The same, where numbered masks are left that show something else than the first."""
    alone, parts = splits.train.alone, (splits.train, splits.val, splits.test)
    more: dict[Key, list[Path]] = defaultdict(list)
    for one in (name_of(file, root) for file in alone):
        if one.is_label and (found := NUMBERED.fullmatch(one.stem)):
            more[_key(one, found[1])].append(one.file)
    if not more:  # as usual: the labels need not be named again
        return splits
    pairs = [pair for part in parts for pair in part.pairs]
    masks = {pair.label: own for pair in pairs if (own := more.get(_key_of(pair, root)))}
    if not 0 < len(masks) < MOST * len(pairs) or not _show_different_things(masks):
        return splits
    taken = {file for own in masks.values() for file in own}
    train, val, test = (_with(part, masks, taken) for part in parts)
    first = next(iter(masks))
    remark = (
        f"{counted(len(masks), 'photo')} {'has' if len(masks) == 1 else 'have'} more than one "
        f"mask, such as {first} and {masks[first][0].name}: what any of them marks is marked."
    )
    return Splits(train, val, test, remark=" ".join(filter(None, (splits.remark, remark))))


def _key(one: Named, stem: str) -> Key:
    return one.split, one.places, stem


def _key_of(pair: Pair, root: Path) -> Key:
    label = name_of(pair.label, root)
    return _key(label, label.stem)


def _show_different_things(masks: dict[Path, list[Path]]) -> bool:
    return show_different_things(
        [{str(n): file for n, file in enumerate((first, *own))} for first, own in masks.items()]
    )


def _with(part: Found, masks: dict[Path, list[Path]], taken: set[Path]) -> Found:
    pairs = (
        replace(pair, masks=tuple((FOREGROUND, file) for file in masks.get(pair.label, ())))
        for pair in part.pairs
    )
    return Found(tuple(pairs), tuple(file for file in part.alone if file not in taken))
