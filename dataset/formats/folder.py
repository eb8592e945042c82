"""Any folder of photos and labels: what belongs together and what it means is found out.

    dataset = find(Path("my data"))         # dataset.remarks tell what was concluded

Labels lie in files of their own (dataset/formats/pairing.py), or beside the photo in one picture.
What they mean is found from all of them (dataset/meaning). Only asked when no other format fits.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from dataset.classes_csv import FILE, read_table
from dataset.decoding import Reader, read_coloured_files, read_files, read_halves
from dataset.formats.building import Found, Splits, build, spread
from dataset.formats.halves import look_at, read_halves_like
from dataset.formats.pairing import pair_up, picture_files_below
from dataset.formats.words import name_of
from dataset.meaning import Meaning, find_meaning
from dataset.meaning.looking import LabelReader, read_second_file
from dataset.pairs import Dataset, Pair
from utils_func import BadInput, dominance, read_picture

NAME = "folder"
EXPECTED = (
    "photos and labels with the same names in two folders (images and masks, …) or with "
    "endings (a.jpg and a_mask.png), or both side by side in one picture"
)
# A half is a label where the eight commonest colours fill this many times as much of it as of the
# photo, and at least so much. Of real pairs the factor is 1.8 and the share .17 at the least.
FACTOR, LEAST = 1.5, 0.15
LOOKED_AT = 16


def find(root: Path) -> Dataset | None:
    files = picture_files_below(root)
    splits = pair_up(root, files)
    if splits:
        return _two_files(root, splits)
    labels = _folder_of_labels(root, files)
    if labels and (splits := pair_up(root, files, labels)):
        told = f"The pictures in {labels} are the labels: they have the fewer colours."
        return _two_files(root, splits, (told,))
    return _side_by_side(root, files) if files else None


def _all_pairs(splits: Splits) -> tuple[Pair, ...]:
    return splits.train.pairs + splits.val.pairs + splits.test.pairs


def _two_files(root: Path, splits: Splits, remarks: tuple[str, ...] = ()) -> Dataset:
    meaning = _meaning(root, splits, read_second_file, lambda pair: read_picture(pair.label))
    read: Reader = read_coloured_files if meaning.coloured else read_files
    reader = "colours" if meaning.coloured else "files"
    return build(root, NAME, meaning.coding, splits, read, reader, remarks + meaning.remarks)


def _meaning(root: Path, splits: Splits, read: LabelReader, as_colour: LabelReader) -> Meaning:
    """What the labels mean; a classes.csv says at least whether they are ids or colours."""
    table = root / FILE
    told = read_table(table)[0] if table.is_file() else None
    return find_meaning(_all_pairs(splits), read, as_colour, told)


def _folder_of_labels(root: Path, files: list[Path]) -> Path | None:
    """Of exactly two folders whose names say nothing, the one whose pictures have few colours."""
    folders = sorted({root / file.relative_to(root).parts[0] for file in files} - set(files))
    if len(folders) != 2 or any(file.parent == root for file in files):
        return None
    first, second = ({f.stem: f for f in files if f.is_relative_to(place)} for place in folders)
    votes = [0, 0]
    for stem in sorted(first.keys() & second.keys())[:LOOKED_AT]:
        one, other = (_few_colours(place[stem]) for place in (first, second))
        votes[0] += one >= LEAST and one >= FACTOR * other
        votes[1] += other >= LEAST and other >= FACTOR * one
    side = int(votes[1] > votes[0])
    return folders[side] if votes[side] > 2 * votes[1 - side] else None


def _few_colours(file: Path) -> float:
    try:
        return dominance(read_picture(file))
    except BadInput:  # decoding comes to it
        return 0


def _side_by_side(root: Path, files: list[Path]) -> Dataset | None:
    splits = _splits_of(root, files)
    looked = look_at(_all_pairs(splits))
    if looked is None or not _is_label(_all_pairs(splits), looked.side):
        return None

    def label(pair: Pair) -> np.ndarray:
        return read_halves(pair, looked.side)[1]

    meaning = _meaning(root, splits, label, label)
    read = partial(read_halves_like, side=looked.side, shape=looked.shape)
    remarks = [f"The label is the {looked.side} half of each picture.", *meaning.remarks]
    return build(root, NAME, meaning.coding, splits, read, looked.side, remarks, looked.shape)


def _splits_of(root: Path, files: list[Path]) -> Splits:
    found: dict[str, list[Pair]] = {"train": [], "val": [], "test": []}
    for file in files:
        split = name_of(file, root).split or "train"
        found[split].append(Pair(file.relative_to(root).as_posix(), file, file))
    train, val, test = (Found(tuple(found[split])) for split in ("train", "val", "test"))
    return Splits(train, val, test) if train.pairs or val.pairs else Splits(test)


def _is_label(pairs: tuple[Pair, ...], side: str) -> bool:
    """Whether one half of most pictures is made of few colours, and the other is not."""
    votes = []
    for pair in spread(pairs, LOOKED_AT):
        try:
            photo, label = read_halves(pair, side)
        except BadInput:  # decoding comes to it
            continue
        share = dominance(label)
        votes.append(share >= LEAST and share >= FACTOR * dominance(photo))
    return 2 * sum(votes) > len(votes)
