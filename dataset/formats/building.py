"""What every format needs once it knows its folder: pairs matched, divided and made a dataset.

photos, labels = by_stem(root / "images"), by_stem(root / "masks")
return build(root, NAME, coding, Splits(match("", photos, labels)))
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from dataset.classes_csv import overruled
from dataset.decoding import Reader, decode, read_files
from dataset.headers import photo_size
from dataset.levels import levels_of, with_levels
from dataset.pairs import Dataset, Pair
from dataset.sizing import pixels
from dataset.splits import hold_out
from labels.coding import Coding
from utils_func import BadInput, picture_files

LOOKED_AT = 16  # photos whose size is looked up to know the usual one
SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class Found:
    """The pairs of a split, and the files that found no partner."""

    pairs: tuple[Pair, ...] = ()
    alone: tuple[Path, ...] = ()


@dataclass
class Splits:
    """What a format found, by split."""

    train: Found = field(default_factory=Found)
    val: Found = field(default_factory=Found)
    test: Found = field(default_factory=Found)
    remark: str = field(default="", kw_only=True)
    """What to tell of files that are left out."""


def by_stem(folder: Path, ending: str = "") -> dict[str, Path]:
    """Pictures of a folder by their names without suffix and `ending`; others are left out.

    The names of photos and labels are composed alike (NFC), wherever they come from.
    """
    return {
        unicodedata.normalize("NFC", file.stem.removesuffix(ending)): file
        for file in picture_files(folder)
        if file.stem.endswith(ending)
    }


def match(
    prefix: str, photos: Mapping[str, Path], labels: Mapping[str, Path], group: str = ""
) -> Found:
    """Pairs of the photos and labels with the same key, in the order of the photos."""
    pairs = tuple(
        Pair(f"{prefix}{key}", photo, labels[key], group)
        for key, photo in photos.items()
        if key in labels
    )
    alone = [photo for key, photo in photos.items() if key not in labels]
    alone += [label for key, label in labels.items() if key not in photos]
    return Found(pairs, tuple(alone))


def joined(found: Iterable[Found]) -> Found:
    """Several folders of one split as one."""
    parts = list(found)
    return Found(
        tuple(pair for part in parts for pair in part.pairs),
        tuple(file for part in parts for file in part.alone),
    )


def build(
    root: Path,
    name: str,
    coding: Coding,
    splits: Splits,
    read: Reader = read_files,
    reader: str = "files",
    remarks: Iterable[str] = (),
    shape: tuple[int, int] | None = None,
    table: Path | None = None,
) -> Dataset:
    """Makes the dataset; pairs to check with are held out where there are none.

    Args:
        root: The folder of the data.
        name: Of the format.
        coding: What the label pictures mean.
        splits: The pairs.
        read: Gives photo and label picture of a pair.
        reader: Changes when the same files are read to other pictures.
        remarks: What a person should know.
        shape: The usual (height, width) of the photos; looked up if not given.
        table: The classes.csv that overrules the coding.
    """
    train, val = splits.train.pairs, splits.val.pairs
    notes = [*remarks, *filter(None, [splits.remark])]
    if not val:
        train, val = hold_out(train)
        notes.insert(0, f"{root} has no pairs to validate on: {len(val)} of train are held out.")
    alone = joined([splits.train, splits.val, splits.test]).alone
    coding, changed = overruled(table, coding)
    dataset = Dataset(
        folder=root,
        format=name,
        classes=coding.classes,
        train=train,
        val=val,
        decode=partial(decode, coding=coding, read=read),
        decoder=f"{name} {reader} {coding.key}",
        remarks=(*notes, *changed),
        test=splits.test.pairs,
        alone=alone,
        shape=shape or usual_shape(train or val),
    )
    return with_levels(dataset, levels_of(train or val))


def usual_shape(pairs: tuple[Pair, ...]) -> tuple[int, int]:
    """The median proportions of some photos, from their headers, in the size of that photo, or in
    their median number of pixels where that is less. 256×256 if none can be read.
    """
    sizes = []
    for pair in spread(pairs, LOOKED_AT):
        try:
            sizes.append(photo_size(pair.photo))
        except BadInput:
            continue  # decoding will come to it
    by_proportions = sorted(sizes, key=lambda size: (size[1] / size[0], size))
    if not sizes:
        return 256, 256
    height, width = by_proportions[len(sizes) // 2]
    usual = sorted(pixels(size) for size in sizes)[len(sizes) // 2]
    scale = min(1.0, (usual / (height * width)) ** 0.5)
    return round(height * scale), round(width * scale)


def spread(pairs: tuple[Pair, ...], count: int) -> tuple[Pair, ...]:
    """About `count` pairs, or fewer than twice as many, at equal distances."""
    return pairs[:: max(1, len(pairs) // count)]
