"""Oxford-IIIT Pet: images/NAME.jpg, annotations/trimaps/NAME.png and lists of names.

dataset = open_dataset(Path("oxford-pets"))

annotations/test.txt is the test split; some of trainval.txt is held out to validate on, by a hash
of the name. A trimap holds 1 for the pet, 2 for the background and 3 for the outline between.
"""

from __future__ import annotations

from pathlib import Path

from dataset.formats.building import Splits, build, by_stem
from dataset.formats.lists import chosen, missing, only_test, read_names
from dataset.pairs import Dataset
from labels.classes import Classes
from labels.coding import Coding

NAME = "oxford-pets"
EXPECTED = "images/*.jpg, annotations/trimaps/*.png, annotations/trainval.txt and test.txt"
PETS = Classes(("pet", "background", "outline"), ((230, 120, 50), (60, 80, 110), (250, 230, 170)))
CODING = Coding("values", PETS, {1: 0, 2: 1, 3: 2})


def find(root: Path, table: Path | None = None) -> Dataset | None:
    """Only what the lists name, as 41 photos are in none of them.

    Some are PNG, GIF or BMP under the name .jpg; they are read by what is in them.
    """
    trimaps = _unpacked(root / "annotations") / "trimaps"
    if not trimaps.is_dir():
        return None
    photos, labels = by_stem(_unpacked(root / "images")), by_stem(trimaps)
    lists = {split: trimaps.with_name(f"{split}.txt") for split in ("trainval", "test")}
    names = {split: read_names(path, photos) for split, path in lists.items()}
    if not names["trainval"]:
        names["trainval"] = tuple(name for name in photos if name not in set(names["test"]))
    train, test = (chosen(listed, photos, labels) for listed in names.values())
    splits, remarks = only_test(root, Splits(train, test=test))
    if not splits.train.pairs and not splits.val.pairs:
        return None
    for split, path in lists.items():
        remarks += missing(path, names[split], photos, labels)
    return build(root, NAME, CODING, splits, remarks=remarks, table=table)


def _unpacked(folder: Path) -> Path:
    """Some copies hold the folder in a folder of its own name."""
    return folder / folder.name if (folder / folder.name).is_dir() else folder
