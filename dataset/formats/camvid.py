"""CamVid as SegNet lays it out: 367 + 101 + 233 pairs of 480×360, 11 classes.

    train/NAME.png, trainannot/NAME.png, and so for val and test
    train.txt: /SegNet/CamVid/train/NAME.png /SegNet/CamVid/trainannot/NAME.png

dataset = open_dataset(Path("CamVid"))

The lists count where there are any, of their paths only the last two parts: the rest of them is on
no other disk. Frames of one drive are a group, though the usual split divides them.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np

from dataset.formats.building import SPLITS, Found, Splits, build, by_stem, match, spread
from dataset.formats.lists import missing, only_test
from dataset.pairs import Dataset, Pair
from labels.classes import IGNORE, Classes
from labels.coding import Coding
from utils_func import BadInput, read_label

NAME = "camvid"
EXPECTED = "train/*.png and trainannot/*.png, so for val and test (CamVid as in SegNet)"
DRIVES = ("0001TP", "0006R0", "0016E5", "Seq05VD")
CLASSES = Classes(
    names=(
        "Sky",
        "Building",
        "Pole",
        "Road",
        "Pavement",
        "Tree",
        "SignSymbol",
        "Fence",
        "Car",
        "Pedestrian",
        "Bicyclist",
    ),
    colours=(
        (128, 128, 128),
        (128, 0, 0),
        (192, 192, 128),
        (128, 64, 128),
        (60, 40, 222),
        (128, 128, 0),
        (192, 128, 128),
        (64, 64, 128),
        (64, 0, 128),
        (64, 64, 0),
        (0, 128, 192),
    ),
)
UNLABELLED = 11
CODING = Coding(
    "values",
    CLASSES,
    {**{index: index for index in range(UNLABELLED)}, UNLABELLED: IGNORE, 255: IGNORE},
)
# Folders of these names hold other people's sets as well. A street has at least road, sky and
# buildings; a mask of one thing has two values.
LOOKED_AT, FEWEST_CLASSES = 16, 3


def find(root: Path, table: Path | None = None) -> Dataset | None:
    """Folders or lists, if the ids are those of CamVid."""
    if not any((root / f"{split}annot").is_dir() for split in SPLITS):
        return None
    found, remarks = {}, []
    for split in SPLITS:
        found[split], remark = _split(root, split)
        remarks += remark
    splits, only = only_test(root, Splits(*(found[split] for split in SPLITS)))
    pairs = splits.train.pairs or splits.val.pairs
    if not pairs or not _is_street(pairs):
        return None
    return build(root, NAME, CODING, splits, remarks=[*only, *remarks], table=table)


def _split(root: Path, split: str) -> tuple[Found, list[str]]:
    """The pairs of a list; those of the folders where it names none that are there."""
    path = root / f"{split}.txt"
    listed = read_list(path)
    photos = {name: photo for name, (photo, _) in listed.items() if photo.is_file()}
    labels = {name: label for name, (_, label) in listed.items() if label.is_file()}
    found = match("", photos, labels)
    if not found.pairs:
        found = match(f"{split}/", by_stem(root / split), by_stem(root / f"{split}annot"))
    pairs = tuple(replace(pair, group=_drive(pair)) for pair in found.pairs)
    return Found(pairs, found.alone), list(missing(path, listed, photos, labels))


def read_list(path: Path) -> dict[str, tuple[Path, Path]]:
    """Photo and label by name. In some copies all pairs are on one line, and names of labels differ
    from those of photos: train/train_00001.png trainannot/trainannot_00001.png.
    """
    listed = {}
    name = ""
    for word in _words(path):
        parts = PurePosixPath(word.replace("\\", "/"))
        folder = parts.parent.name
        file = path.parent / folder / parts.name
        if not folder.endswith("annot"):
            name = f"{folder}/{file.stem}"
            listed[name] = file, path.parent / f"{folder}annot" / file.name
        elif name:
            listed[name] = listed[name][0], file
    return listed


def _words(path: Path) -> list[str]:
    if not path.is_file():
        return []
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace").split()
    except OSError as problem:
        raise BadInput(
            f"{path} cannot be read: {problem.strerror}. Expected a list of photos and labels. "
            "Change its permissions, or take it away to use the folders as they are."
        ) from None


def _drive(pair: Pair) -> str:
    return next((drive for drive in DRIVES if pair.photo.name.startswith(drive)), "")


def _is_street(pairs: tuple[Pair, ...]) -> bool:
    """Whether some labels show several classes and few of them anything else."""
    seen: set[int] = set()
    strange = []
    for pair in spread(pairs, LOOKED_AT):
        try:
            label = read_label(pair.label)
        except BadInput:
            continue  # decoding will come to it
        seen.update(np.unique(CODING.decode(label).ids).tolist())
        strange.append(bool(CODING.strangers(label)))
    if not strange:
        return True
    return 2 * sum(strange) <= len(strange) and len(seen - {IGNORE}) >= FEWEST_CLASSES
