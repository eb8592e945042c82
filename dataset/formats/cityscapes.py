"""Cityscapes, the full set: photos of 2048×1024 with label pictures in folders by city.

    leftImg8bit/{train,val,test}/CITY/CITY_SSSSSS_FFFFFF_leftImg8bit.png
    gtFine/{train,val,test}/CITY/CITY_SSSSSS_FFFFFF_gtFine_{labelIds,labelTrainIds,color}.png

dataset = open_dataset(Path("cityscapes"))      # 2975 + 500 pairs, 19 classes

labelIds are read where there are any, then labelTrainIds, then the colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dataset.decoding import Reader, read_coloured_files, read_files
from dataset.formats import idd
from dataset.formats.building import Found, Splits, build, spread
from dataset.formats.drives import Endings, any_pairs, find_splits, without_empty_test
from dataset.pairs import Dataset
from labels.classes import CITYSCAPES, IGNORE
from labels.coding import Coding, colour_coding
from utils_func import BadInput

NAME = "cityscapes"
EXPECTED = (
    "leftImg8bit/train/CITY/*_leftImg8bit.png and gtFine/train/CITY/*_gtFine_labelIds.png, "
    "or _labelTrainIds, or _color (Cityscapes)"
)
PHOTO = "_leftImg8bit"
# The id in labelIds of each of the 19 classes; the other ids, 0 to 33, are ignored.
LABEL_IDS = (7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33)
MOST_ID = 33
# All 1525 labels of the public test folder are empty, so a few tell.
LOOKED_AT = 4


@dataclass(frozen=True)
class Kind:
    """One of the ways in which each label is stored."""

    ending: str
    coding: Coding
    read: Reader = read_files


def _meaning_of_label_ids() -> dict[int, int]:
    """255 is what 8 bits make of the licence plate's −1."""
    void = dict.fromkeys((*range(MOST_ID + 1), 255), IGNORE)
    return void | {label: index for index, label in enumerate(LABEL_IDS)}


KINDS = (
    Kind("_gtFine_labelIds", Coding("values", CITYSCAPES, _meaning_of_label_ids())),
    Kind(
        "_gtFine_labelTrainIds",
        Coding("values", CITYSCAPES, {index: index for index in (*range(19), IGNORE)}),
    ),
    Kind("_gtFine_color", colour_coding(CITYSCAPES), read_coloured_files),
)


def find(root: Path, table: Path | None = None) -> Dataset | None:
    """Where masks of level 3 lie beside them, it is IDD in the ids of Cityscapes."""
    for kind in KINDS:
        splits = find_splits(root, Endings(PHOTO, kind.ending))
        if any_pairs(splits):
            if any_pairs(find_splits(root, idd.ENDINGS)):
                return None
            return _dataset(root, kind, splits, table)
    return None


def _dataset(root: Path, kind: Kind, splits: Splits, table: Path | None) -> Dataset:
    splits, remarks = without_empty_test(splits)
    if splits.test.pairs and _is_empty(splits.test, kind):
        remarks = [f"The {len(splits.test.pairs):,} labels of test are empty, and are left out."]
        splits = Splits(splits.train, splits.val)
    remarks.insert(0, f"Labels are the pictures *{kind.ending}.png.")
    reader = kind.ending.removeprefix("_gtFine_")
    return build(root, NAME, kind.coding, splits, kind.read, reader, remarks, table=table)


def _is_empty(test: Found, kind: Kind) -> bool:
    """Whether no pixel of some labels is in a class."""
    for pair in spread(test.pairs, LOOKED_AT):
        try:
            label = kind.read(pair)[1]
        except BadInput:
            return False  # decoding will come to it
        if (kind.coding.decode(label).ids != IGNORE).any():
            return False
    return True
