"""Membranes (ISBI 2012) as many U-Net repositories hold them: train/image/N.png, train/label/N.png.

dataset = open_dataset(Path("data/membrane"))

Grey pictures of 512×512; a label is 0 on a membrane and 255 inside a cell. Folders of such names
hold other data far more often, so the pictures are looked at as well.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dataset.formats.building import Found, Splits, build, by_stem, match, spread
from dataset.pairs import Dataset, Pair
from labels.classes import Classes
from labels.coding import Coding
from utils_func import BadInput, picture_files, read_label

NAME = "membranes"
EXPECTED = "train/image/N.png and train/label/N.png, grey, labels of 0 and 255 (ISBI 2012)"
MEMBRANES = Classes(("membrane", "inside"), ((30, 30, 30), (225, 200, 160)))
CODING = Coding("values", MEMBRANES, {0: 0, 255: 1})

LOOKED_AT = 4


def find(root: Path, table: Path | None = None) -> Dataset | None:
    """Photos of test are without labels in most copies, and so no pairs."""
    train, val, test = (_pairs(root, split) for split in ("train", "val", "test"))
    if not train.pairs or not _is_membranes(train.pairs):
        return None
    remarks = []
    if not test.pairs:
        test = Found()
        photos = picture_files(root / "test") or picture_files(root / "test" / "image")
        if photos:
            remarks.append(f"{root / 'test'} holds {len(photos)} photos without labels: not used.")
    return build(root, NAME, CODING, Splits(train, val, test), remarks=remarks, table=table)


def _pairs(root: Path, split: str) -> Found:
    place = root / split
    return match(f"{split}/", by_stem(place / "image"), by_stem(place / "label"))


def _is_membranes(pairs: tuple[Pair, ...]) -> bool:
    """Numbered grey pictures whose labels are mostly 255, as .78 of those of ISBI 2012 are.

    Most of some pairs decide, so that one damaged label is named by decoding it.
    """
    if not all(pair.photo.stem.isdecimal() for pair in pairs):
        return False
    looked = [_looks_like_membranes(pair) for pair in spread(pairs, LOOKED_AT)[:LOOKED_AT]]
    return 2 * sum(looked) > len(looked)


def _looks_like_membranes(pair: Pair) -> bool:
    try:
        photo, label = read_label(pair.photo), read_label(pair.label)
    except BadInput:
        return False
    if photo.ndim == 3 or label.ndim == 3 or not np.isin(label, (0, 255)).all():
        return False
    return bool(0.5 < (label == 255).mean() < 1)
