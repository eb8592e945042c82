"""The layout that Cityscapes, IDD and IDD Lite share: a folder for each city or drive.

    leftImg8bit/{train,val,test}/DRIVE/NAME_leftImg8bit.png
    gtFine/{train,val,test}/DRIVE/NAME_gtFine_labelIds.png

splits = find_splits(root, Endings("_leftImg8bit", "_gtFine_labelIds"))

Their file names tell them apart. The pairs of a drive are one group.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dataset.formats.building import SPLITS, Found, Splits, build, by_stem, joined, match
from dataset.pairs import Dataset
from labels.coding import Coding

PHOTOS, LABELS = "leftImg8bit", "gtFine"


@dataclass(frozen=True)
class Endings:
    """What names end in. Those in `trap` are no labels, though they end in `label`."""

    photo: str
    label: str
    trap: str = ""


def find_drives(
    root: Path, name: str, coding: Coding, endings: Endings, table: Path | None
) -> Dataset | None:
    """The dataset of a format that only its endings and its classes tell from others."""
    splits = find_splits(root, endings)
    if not any_pairs(splits):
        return None
    splits, remarks = without_empty_test(splits)
    return build(root, name, coding, splits, remarks=remarks, table=table)


def find_splits(root: Path, endings: Endings) -> Splits:
    """The pairs by split; none where the two folders are not there."""
    photos, labels = _unpacked(root, PHOTOS), _unpacked(root, LABELS)
    if not photos.is_dir() or not labels.is_dir():
        return Splits()
    return Splits(*(_split(photos / split, labels / split, endings) for split in SPLITS))


def any_pairs(splits: Splits) -> bool:
    """Pairs to validate on are enough, as evaluate needs no others."""
    return bool(splits.train.pairs or splits.val.pairs)


def without_empty_test(splits: Splits) -> tuple[Splits, list[str]]:
    """Makers keep the labels of their test photos to themselves: those are no missing files."""
    photos = splits.test.alone
    if splits.test.pairs or not photos:
        return splits, []
    remark = f"The {len(photos):,} pictures of test have no labels, and are left out."
    return Splits(splits.train, splits.val), [remark]


def _split(photos: Path, labels: Path, endings: Endings) -> Found:
    """Pictures may also lie in the split's folder itself, as a drive without a name."""
    drives = sorted({"", *_folders_in(photos), *_folders_in(labels)})
    return joined(_drive(photos, labels, drive, endings) for drive in drives)


def _drive(photos: Path, labels: Path, drive: str, endings: Endings) -> Found:
    prefix = f"{photos.name}/{drive}/" if drive else f"{photos.name}/"
    masks = {
        key: file
        for key, file in by_stem(labels / drive, endings.label).items()
        if not (endings.trap and file.stem.endswith(endings.trap))
    }
    return match(prefix, by_stem(photos / drive, endings.photo), masks, drive)


def _unpacked(root: Path, name: str) -> Path:
    """Some programs unpack leftImg8bit_trainvaltest.zip into a folder of that name."""
    beside = root / f"{name}_trainvaltest" / name
    return beside if beside.is_dir() else root / name


def _folders_in(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return [entry.name for entry in folder.iterdir() if entry.is_dir() and entry.name[0] != "."]
