"""Any folder of photos and labels: what belongs together and what it means is found out.

    dataset = find(Path("my data"))         # dataset.remarks tell what was concluded

Labels lie in files of their own (dataset/formats/pairing.py), perhaps one for each class
(class_masks.py), or beside the photo in one picture. What they mean is found from all of them
(dataset/meaning). Only asked when no other format fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from dataset.classes_csv import read_table
from dataset.decoding import Reader, read_coloured_files, read_files, read_halves
from dataset.formats.building import Found, Splits, build
from dataset.formats.class_masks import by_class, read_masks
from dataset.formats.endings import pair_by_ending
from dataset.formats.grouping import GROUPS, are_groups, groups_of
from dataset.formats.halves import LEAST, few_colours, is_label, look_at, read_halves_like
from dataset.formats.more_masks import with_more_masks
from dataset.formats.pairing import pair_up, picture_files_below
from dataset.formats.siblings import splits_beside, strangers_beside
from dataset.formats.tables import TABLE_LEVELS_UP
from dataset.formats.words import name_of
from dataset.meaning import Meaning, find_meaning
from dataset.meaning.looking import LabelReader, read_second_file
from dataset.meaning.naming import with_names
from dataset.pairs import Dataset, Pair
from utils_func import read_picture

NAME = "folder"
EXPECTED = (
    "photos and labels with the same names in two folders (images and masks, …) or with "
    "endings (a.jpg and a_mask.png), or with a mask for each class (masks/road/a.png and "
    "masks/car/a.png, or a_road.png and a_car.png), or both side by side in one picture"
)
LOOKED_AT = 16


def find(root: Path, table: Path | None = None) -> Dataset | None:
    """One split of a larger set is no root, unless that holds more than splits."""
    files = picture_files_below(root)
    others = [] if _has_splits(root, files) else splits_beside(root)
    strangers = strangers_beside(root) if others else []
    if not files or (others and not strangers):
        return None
    remarks = [_opened_alone(root, others, strangers)] if others else []
    if found := by_class(root, files):
        told, read = [*remarks, found.remark], partial(read_masks, names=found.names)
        reader = f"masks of {', '.join(found.names)}"
        return build(root, NAME, found.coding, found.splits, read, reader, told, table=table)
    if splits := pair_up(root, files) or pair_by_ending(root, files):
        return _two_files(root, with_more_masks(root, splits), table, remarks)
    labels = _folder_of_labels(root, files)
    if labels and (splits := pair_up(root, files, labels)):
        remarks.append(f"The pictures in {labels} are the labels: they have the fewer colours.")
        return _two_files(root, splits, table, remarks)
    return _side_by_side(root, files, table, remarks)


def _has_splits(root: Path, files: list[Path]) -> bool:
    return len({name_of(file, root).split for file in files} - {""}) > 1


def _opened_alone(root: Path, others: list[Path], strangers: list[Path]) -> str:
    names = ", ".join(place.name for place in others)
    return (
        f"Only {root} is opened, not {names} beside it: {strangers[0]} is no part of the same set. "
        f"To use all, move {root.name} and {names} into a folder of their own."
    )


def _held_out(root: Path, splits: Splits) -> list[str]:
    """What to tell of pairs that are held out together by their names, or one by one though they
    lie in several folders.
    """
    folders = {name_of(pair.photo, root).folders for pair in splits.train.pairs}
    series = next((pair.group for pair in splits.train.pairs if pair.group), "")
    if series and not are_groups(folders):
        return [
            f"Pairs whose names differ in their last number alone, as those of '{series}', are "
            "held out together: they may show the same thing."
        ]
    names = sorted("/".join(folder) for folder in folders if folder)
    if splits.val.pairs or are_groups(folders) or len(names) < 2:
        return []
    more = ", …" if names[2:] else ""
    return [
        f"Pictures of one sub-folder ({names[0]}, {names[1]}{more}) may stand on both sides, in "
        f"train and in val: whole ones are held out only where there are {GROUPS} or more. "
        "If each is a sequence of pictures that are alike, make train/ and val/ yourself."
    ]


def _all_pairs(splits: Splits) -> tuple[Pair, ...]:
    return splits.train.pairs + splits.val.pairs + splits.test.pairs


def _two_files(root: Path, splits: Splits, table: Path | None, remarks: list[str]) -> Dataset:
    meaning = _meaning(root, table, splits, read_second_file, lambda pair: read_picture(pair.label))
    read: Reader = read_coloured_files if meaning.coloured else read_files
    reader = "colours" if meaning.coloured else "files"
    told = [*remarks, *_held_out(root, splits), *meaning.remarks]
    return build(root, NAME, meaning.coding, splits, read, reader, told, table=table)


def _meaning(
    root: Path, table: Path | None, splits: Splits, read: LabelReader, as_colour: LabelReader
) -> Meaning:
    """What the labels mean; a classes.csv says at least whether they are ids or colours."""
    pairs = _all_pairs(splits)
    if table:
        return find_meaning(pairs, read, as_colour, read_table(table)[0])
    meaning, root = find_meaning(pairs, read, as_colour), root.absolute()
    return with_names(meaning, root, _around(root, pairs[0]))


def _around(root: Path, pair: Pair) -> Iterator[Path]:
    """Where a set may have a table of its classes."""
    for file in (pair.label.absolute(), pair.photo.absolute()):
        yield from (place for place in file.parents if place.is_relative_to(root))
    yield from root.parents[:TABLE_LEVELS_UP]


def _folder_of_labels(root: Path, files: list[Path]) -> Path | None:
    """Of exactly two folders whose names say nothing, the one whose pictures have few colours."""
    folders = sorted({root / file.relative_to(root).parts[0] for file in files} - set(files))
    if len(folders) != 2 or any(file.parent == root for file in files):
        return None
    first, second = ({f.stem: f for f in files if f.is_relative_to(place)} for place in folders)
    votes = [0, 0]
    for stem in sorted(first.keys() & second.keys())[:LOOKED_AT]:
        one, other = (few_colours(place[stem]) for place in (first, second))
        votes[0] += is_label(one, other)
        votes[1] += is_label(other, one)
    side = int(votes[1] > votes[0])
    return folders[side] if votes[side] > 2 * votes[1 - side] else None


def _side_by_side(
    root: Path, files: list[Path], table: Path | None, remarks: list[str]
) -> Dataset | None:
    splits = _splits_of(root, files)
    looked = look_at(_all_pairs(splits))
    if looked is None or not looked.is_pair(LEAST):
        return None

    def label(pair: Pair) -> np.ndarray:
        return read_halves(pair, looked.side)[1]

    meaning = _meaning(root, table, splits, label, label)
    read = partial(read_halves_like, side=looked.side, shape=looked.shape)
    half = f"The label is the {looked.side} half of each picture."
    told = [*remarks, half, *_held_out(root, splits), *meaning.remarks]
    return build(root, NAME, meaning.coding, splits, read, looked.side, told, looked.shape, table)


def _splits_of(root: Path, files: list[Path]) -> Splits:
    found: dict[str, list[Pair]] = {"train": [], "val": [], "test": []}
    named = [name_of(file, root) for file in files]
    groups = groups_of(named, held_out=not any(one.split == "val" for one in named))
    for file, one, group in zip(files, named, groups, strict=True):
        name = file.relative_to(root).as_posix()
        found[one.split or "train"].append(Pair(name, file, file, group))
    train, val, test = (Found(tuple(found[split])) for split in ("train", "val", "test"))
    return Splits(train, val, test) if train.pairs or val.pairs else Splits(test)
