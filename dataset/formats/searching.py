"""Where the root of a set is, if a person points at the folder above it or at one inside.

    found = search(Path("camvid/trainannot"), formats, [folder])      # the whole of camvid

What lies in the folder goes before the set that it is a part of. A format says itself, by finding
nothing, that exactly a folder is not its root: data/train where data/val lies beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import ModuleType

from dataset.formats.tables import find_table, unused_tables
from dataset.formats.words import is_part, may_hold_pairs
from dataset.pairs import Dataset
from utils_func import BadInput

# The longest way up is leftImg8bit_trainvaltest/leftImg8bit/train/CITY.
LEVELS_DOWN, LEVELS_UP = 3, 4
# Folders that are looked at. One-mask-per-object data have three folders for each picture.
MOST_PLACES = 4000

Formats = Sequence[ModuleType]
Accepts = Callable[[Dataset, Path], bool]


def search(folder: Path, formats: Formats, last: Formats) -> list[Dataset]:
    """What fits at the nearest place; several where that is not certain.

    Args:
        folder: As the person named it.
        formats: Layouts that know their data.
        last: The one that takes what they leave.
    """
    if ".." in folder.parts:  # which is the name of nothing
        folder = folder.resolve()
    around = _around(folder)
    steps: tuple[tuple[Formats, Iterable[Path], Accepts], ...] = (
        (formats, _inside(folder), _touches),
        (formats, around, _touches),
        (last, [folder], _touches),
        (formats, around, _belongs),
        (last, _around_parts(folder), _belongs),
    )
    for layouts, places, accepts in steps:
        for place in places:
            if layouts and (fitting := _fitting(layouts, place, folder, accepts)):
                return fitting
    return []


def _fitting(layouts: Formats, place: Path, folder: Path, accepts: Accepts) -> list[Dataset]:
    table = find_table(place, folder)
    found = (_found(layout, place, folder, table) for layout in layouts)
    return [_told(one, folder, table) for one in found if one and accepts(one, folder)]


def _found(layout: ModuleType, place: Path, folder: Path, table: Path | None) -> Dataset | None:
    """What is wrong with somebody else's files around the folder is no concern of the person's."""
    try:
        dataset: Dataset | None = layout.find(place, table)
    except BadInput:
        if place.is_relative_to(folder):
            raise
        return None
    return dataset


def _told(dataset: Dataset, folder: Path, table: Path | None) -> Dataset:
    """With what a person should know about the folder that was named."""
    remarks = (*dataset.remarks, *unused_tables(dataset, folder, table))
    if not dataset.folder.is_relative_to(folder):
        part = f"{folder} is a part of {dataset.folder}, which is opened whole."
        remarks = (part, *remarks)
    return replace(dataset, remarks=remarks)


def _inside(folder: Path) -> Iterator[Path]:
    """The folder and those below it, level by level."""
    level, count = [folder], 0
    for _ in range(LEVELS_DOWN + 1):
        for place in level:
            count += 1
            if count > MOST_PLACES:
                return
            yield place
        level = [below for place in level for below in _folders_in(place)]


def _folders_in(place: Path) -> list[Path]:
    try:
        return sorted(entry for entry in place.iterdir() if may_hold_pairs(entry))
    except OSError:  # a folder that may not be read is none of ours
        return []


def _around(folder: Path) -> list[Path]:
    return list(folder.absolute().parents[:LEVELS_UP])


def _around_parts(folder: Path) -> Iterator[Path]:
    """Those above, as long as names say that what they hold is a part: images, masks, train, …

    A folder of photos or labels may have more in it, of any name: images/cats.
    """
    for below, place in pairwise([folder.absolute(), *_around(folder)]):
        if not is_part(below) and not (below == folder.absolute() and is_part(place)):
            return
        yield place


def _touches(dataset: Dataset, folder: Path) -> bool:
    """Whether any pair of data that may lie above the folder is in it."""
    if dataset.folder.is_relative_to(folder):
        return True
    folder = folder.absolute()
    pairs = (*dataset.train, *dataset.val, *dataset.test)
    return any(file.is_relative_to(folder) for pair in pairs for file in pair.files)


def _belongs(dataset: Dataset, folder: Path) -> bool:
    """The same, or its name says that it is a part: of lists, or of test photos without labels."""
    below = folder.absolute().relative_to(dataset.folder.absolute())
    return _touches(dataset, folder) or is_part(Path(below.parts[0]))
