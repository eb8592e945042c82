"""PASCAL VOC: VOC2012/{JPEGImages/ID.jpg, SegmentationClass/ID.png, ImageSets/Segmentation/*.txt}.

dataset = open_dataset(Path("VOCdevkit/VOC2012"))

Label pictures have a palette: the index is the class, 255 the void outline, which is ignored. Sets
whose labels were saved again as RGB, in the same colours, are read as well.
"""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache
from pathlib import Path

import numpy as np

from dataset.classes_csv import read_table
from dataset.decoding import read_coloured_files, read_files
from dataset.formats.building import SPLITS, Found, Splits, build, by_stem
from dataset.formats.lists import chosen, missing, only_test, read_names
from dataset.formats.voc_names import coding_of
from dataset.pairs import Dataset, Pair
from labels.classes import IGNORE, Classes, Colour
from labels.coding import Coding, as_colours, colour_code, colour_codes, colour_of
from utils_func import LEAVE_OUT, BadInput, opened_picture

NAME = "voc"
EXPECTED = (
    "JPEGImages/*.jpg, SegmentationClass/*.png and ImageSets/Segmentation/train.txt (VOC2012)"
)
LISTS = Path("ImageSets") / "Segmentation"
NAMES = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair",
    "cow", "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa",
    "train", "tvmonitor",
)  # fmt: skip


def colour(index: int) -> Colour:
    """The palette's rule: bits 0, 1, 2 of the index are the highest of red, green and blue, bits
    3, 4, 5 the next lower ones, and so on. colour(15) is (192, 128, 128), that of 'person'.
    """
    red, green, blue = (
        sum((index >> (3 * step + channel) & 1) << (7 - step) for step in range(3))
        for channel in range(3)
    )
    return red, green, blue


PALETTE = tuple(colour(index) for index in range(256))
VOC = Classes(NAMES, PALETTE[: len(NAMES)], (PALETTE[IGNORE],))
CODING = Coding("values", VOC, {index: index for index in (*range(len(NAMES)), IGNORE)})


def find(root: Path, table: Path | None = None) -> Dataset | None:
    """Only what the lists name: 17,125 photos are in VOC2012, but 2,913 of them have a label."""
    if not (root / LISTS).is_dir():
        return None
    photos, labels = by_stem(root / "JPEGImages"), by_stem(root / "SegmentationClass")
    names = _names(root, photos)
    found = {split: chosen(listed, photos, labels) for split, listed in names.items()}
    if not found["test"].pairs:  # VOC2012 keeps its test labels to itself
        found["test"] = Found()
    splits, remarks = only_test(root, Splits(*(found[split] for split in SPLITS)))
    if not splits.train.pairs and not splits.val.pairs:
        return None
    for split, listed in names.items():
        path = root / LISTS / f"{split}.txt"
        path = path if path.exists() else path.with_name("trainval.txt")
        remarks += missing(path, listed, photos, labels)
    coding, named = coding_of(root, CODING, PALETTE)
    coloured = read_table(table)[0] if table else coding.kind == "colours"
    read, reader = (read_coloured_files, "colours") if coloured else (read_indices, "indices")
    remarks += [*_beside(root), *([] if table else named)]
    return build(root, NAME, coding, splits, read, reader, remarks, table=table)


def _names(root: Path, known: Container[str]) -> dict[str, tuple[str, ...]]:
    """Names by split. What trainval.txt has more than one of its parts is the other part."""
    train, val, both, test = (
        read_names(root / LISTS / f"{split}.txt", known)
        for split in ("train", "val", "trainval", "test")
    )
    train = train or tuple(name for name in both if name not in set(val))
    val = val or tuple(name for name in both if name not in set(train))
    return {"train": train, "val": val, "test": test}


def _beside(root: Path) -> list[str]:
    """Of several years side by side the first is found. A person should know of the others."""
    folder = root.absolute()
    years = sorted(place.name for place in folder.parent.glob("VOC20*") if (place / LISTS).is_dir())
    others = [name for name in years if name != folder.name]
    if folder.name not in years or not others:
        return []
    newest = folder.parent / others[-1]
    return [f"Not used: {', '.join(others)} beside {folder.name}. To use it: --data {newest}"]


def read_indices(pair: Pair) -> tuple[np.ndarray, np.ndarray]:
    """Photo and indices, whether the label is stored with the palette or in its colours."""
    photo, label = read_files(pair)
    if label.ndim == 3 or _is_coloured(pair.label):
        label = _indices(as_colours(label), pair.label)
    return photo, label


def _is_coloured(path: Path) -> bool:
    """RGB of equal channels comes as values: 'car' and background alone are (128, 128, 128)."""
    with opened_picture(path) as picture:
        return picture.mode in ("RGB", "RGBA")


def _indices(picture: np.ndarray, path: Path) -> np.ndarray:
    codes, indices = _by_colour()
    own = colour_codes(picture)
    places = np.searchsorted(codes, own).clip(max=len(codes) - 1)
    strange = codes[places] != own
    if strange.any():
        values, counts = np.unique(own[strange], return_counts=True)
        name = colour_of(int(values[counts.argmax()]))
        raise BadInput(
            f"{path} has {counts.max():,} pixels of colour {name}, which is not in the palette of "
            "PASCAL VOC. Expected a palette picture of ids, or its exact colours. "
            f"Save it without loss (as PNG), or {LEAVE_OUT}."
        )
    return indices[places]


@lru_cache(maxsize=1)
def _by_colour() -> tuple[np.ndarray, np.ndarray]:
    """The palette's colours as rising numbers, and the index of each."""
    codes = np.array([colour_code(entry) for entry in PALETTE])
    order = np.argsort(codes)
    return codes[order], order.astype(np.uint8)
