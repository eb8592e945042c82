"""Any folder of photos and labels: what belongs together and what it means is found out.

    dataset = find(Path("my data"))         # dataset.remarks tell what was concluded

Labels lie in files of their own (dataset/formats/pairing.py), or beside the photo in one picture.
What they mean is found from all of them (dataset/meaning). Only asked when no other format fits.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from dataset.decoding import Reader, read_coloured_files, read_files, read_halves
from dataset.formats.building import Found, Splits, build
from dataset.formats.halves import look_at, read_halves_like
from dataset.formats.pairing import SPLIT_WORDS, pair_up, picture_files_below
from dataset.meaning import find_meaning
from dataset.meaning.looking import read_second_file
from dataset.pairs import Dataset, Pair
from utils_func import dominance, read_picture

NAME = "folder"
EXPECTED = (
    "photos and labels with the same names in two folders (images and masks, …) or with "
    "endings (a.jpg and a_mask.png), or both side by side in one picture"
)
# A half is a label where the eight commonest colours fill this many times as much of it as of the
# photo, and at least so much. Of real pairs the factor is 1.8 and the share .17 at the least.
FACTOR, LEAST = 1.5, 0.15


def find(root: Path) -> Dataset | None:
    files = picture_files_below(root)
    splits = pair_up(root, files)
    if splits:
        return _two_files(root, splits)
    return _side_by_side(root, files) if files else None


def _all_pairs(splits: Splits) -> tuple[Pair, ...]:
    return splits.train.pairs + splits.val.pairs + splits.test.pairs


def _two_files(root: Path, splits: Splits) -> Dataset:
    meaning = find_meaning(_all_pairs(splits), read_second_file, lambda p: read_picture(p.label))
    read: Reader = read_coloured_files if meaning.coloured else read_files
    reader = "colours" if meaning.coloured else "files"
    return build(root, NAME, meaning.coding, splits, read, reader, [meaning.remark])


def _side_by_side(root: Path, files: list[Path]) -> Dataset | None:
    splits = _splits_of(root, files)
    pairs = _all_pairs(splits)
    looked = look_at(pairs)
    if looked is None or not _is_label(pairs, looked.side):
        return None

    def label(pair: Pair) -> np.ndarray:
        return read_halves(pair, looked.side)[1]

    meaning = find_meaning(pairs, label, label)
    read = partial(read_halves_like, side=looked.side, shape=looked.shape)
    remarks = [f"The label is the {looked.side} half of each picture.", meaning.remark]
    return build(root, NAME, meaning.coding, splits, read, looked.side, remarks, looked.shape)


def _splits_of(root: Path, files: list[Path]) -> Splits:
    found: dict[str, list[Pair]] = {"train": [], "val": [], "test": []}
    for file in files:
        relative = file.relative_to(root)
        split = next(
            (SPLIT_WORDS[part.lower()] for part in relative.parts if part.lower() in SPLIT_WORDS),
            "train",
        )
        found[split].append(Pair(relative.as_posix(), file, file))
    train, val, test = (Found(tuple(found[split])) for split in ("train", "val", "test"))
    return Splits(train, val, test) if train.pairs or val.pairs else Splits(test)


def _is_label(pairs: tuple[Pair, ...], side: str) -> bool:
    """Whether one half of most pictures is made of few colours, and the other is not."""
    votes = []
    for pair in pairs[:: max(1, len(pairs) // 16)][:16]:
        picture = read_picture(pair.photo)
        middle = picture.shape[1] // 2
        left, right = dominance(picture[:, :middle]), dominance(picture[:, middle:])
        label, photo = (left, right) if side == "left" else (right, left)
        votes.append(label >= LEAST and label >= FACTOR * photo)
    return 2 * sum(votes) > len(votes)
