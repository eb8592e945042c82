"""Nuclei (Data Science Bowl 2018): ID/images/ID.png and ID/masks/*.png, one mask for each nucleus.

dataset = open_dataset(Path("stage1_train"))

The label of a photo is the union of its masks, which are 0 and 255. There is no split: some pairs
are held out to validate on.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dataset.decoding import read_photo, united
from dataset.formats.building import Splits, build, match
from dataset.pairs import Dataset, Pair
from labels.classes import Classes
from labels.coding import Coding, as_values
from utils_func import LEAVE_OUT, BadInput, picture_files, read_label

NAME = "nuclei"
EXPECTED = "ID/images/ID.png and ID/masks/*.png for each picture, one mask a nucleus (DSB 2018)"
NUCLEI = Classes(("background", "nucleus"), ((30, 30, 60), (240, 200, 70)))
CODING = Coding("values", NUCLEI, {0: 0, 255: 1})


def find(root: Path, table: Path | None = None) -> Dataset | None:
    """A photo has the name of its folder, so train/images beside train/masks is something else."""
    photos: dict[str, Path] = {}
    labels: dict[str, Path] = {}
    for folder in _folders(root):
        masks = folder / "masks"
        if photo := _photo(folder):
            photos[folder.name] = photo
        if masks.is_dir() and picture_files(masks):
            labels[folder.name] = masks
    found = match("", photos, labels)
    if not found.pairs:
        return None
    return build(root, NAME, CODING, Splits(found), read_nuclei, "union of masks", table=table)


def _folders(root: Path) -> list[Path]:
    """Those that hold one of both; Mac's archives bring hidden doubles in __MACOSX."""
    inner = (*root.glob("*/images"), *root.glob("*/masks"))
    return sorted({entry.parent for entry in inner if entry.parent.name[0] not in "._"})


def _photo(folder: Path) -> Path | None:
    files = picture_files(folder / "images")
    return next((file for file in files if file.stem == folder.name), None)


def read_nuclei(pair: Pair) -> tuple[np.ndarray, np.ndarray]:
    """The photo, and 255 wherever any of the masks is."""
    files = picture_files(pair.label)
    if not files:
        raise BadInput(
            f"{pair.label} holds no masks. Expected one for each nucleus. "
            f"Copy them again, or {LEAVE_OUT}."
        )
    union = united(files, _read_mask)
    return read_photo(pair, union.shape), union


def _read_mask(path: Path) -> np.ndarray:
    mask = read_label(path)
    values, counts = np.unique(as_values(mask), return_counts=True)
    strange = [(int(v), int(n)) for v, n in zip(values, counts, strict=True) if v not in (0, 255)]
    if strange:
        value, pixels = max(strange, key=lambda entry: entry[1])
        what = "other colours than grey" if mask.ndim == 3 else f"value {value}"
        raise BadInput(
            f"{path} has {pixels:,} pixels of {what}. Expected 0, and 255 where the nucleus is. "
            f"Correct the mask, or {LEAVE_OUT}."
        )
    return mask.astype(np.uint8)
