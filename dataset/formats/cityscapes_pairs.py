"""Cityscapes image pairs: train/N.jpg and val/N.jpg, photo and colour label side by side.

The label half is JPEG too and was shrunk with a smoothing filter, so its colours are smeared;
labels/unmixing.py decodes them. Which half is the label is found out from the pictures.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from dataset.formats.building import Found, Splits, build
from dataset.formats.halves import look_at, read_halves_like
from dataset.pairs import Dataset, Pair
from labels.classes import CITYSCAPES
from labels.coding import Coding
from labels.unmixing import UNKNOWN_LIMIT
from utils_func import picture_files

NAME = "cityscapes-pairs"
EXPECTED = "train/*.jpg and val/*.jpg, each photo and colour label side by side (512×256)"


def find(root: Path, table: Path | None = None) -> Dataset | None:
    """Pairs to validate on are enough, as evaluate needs no others."""
    train, val = pairs(root, "train"), pairs(root, "val")
    if not train and not val:
        return None
    looked = look_at(train or val)
    if looked is None or not looked.is_pair():
        return None
    coding = Coding("smeared", CITYSCAPES)
    unknown = [coding.decode(label).unknown for label in looked.labels]
    if not np.median(unknown) <= UNKNOWN_LIMIT:
        return None
    return build(
        root,
        NAME,
        coding,
        Splits(Found(train), Found(val)),
        partial(read_halves_like, side=looked.side, shape=looked.shape),
        looked.side,
        [f"The label is the {looked.side} half of each picture."],
        looked.shape,
        table,
    )


def pairs(root: Path, split: str) -> tuple[Pair, ...]:
    return tuple(Pair(f"{split}/{file.name}", file, file) for file in picture_files(root / split))
