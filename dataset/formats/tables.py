"""Which classes.csv counts: the nearest one from the data upwards to the folder that was named.

table = find_table(root, named)                     # None where there is none
unused_tables(dataset, named, table)                # what to tell about others
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dataset.classes_csv import FILE
from dataset.formats.words import is_part
from dataset.pairs import Dataset

# Above the data: VOCdevkit/VOC2012 in a folder of its own has two.
TABLE_LEVELS_UP = 2


def find_table(root: Path, named: Path) -> Path | None:
    """In data/train, where that is the root and was named, one in data counts as well."""
    places = [root, *(place for place in root.parents if place.is_relative_to(named))]
    if root == named and is_part(root.absolute()):
        places.append(root.absolute().parent)
    return next((place / FILE for place in places if (place / FILE).is_file()), None)


def unused_tables(dataset: Dataset, named: Path, table: Path | None) -> list[str]:
    """A remark about each table that lies near, but does not count."""
    used = table.absolute() if table else None
    found = [place / FILE for place in _near(dataset, named) if (place / FILE).is_file()]
    why = f"{table} counts" if table else "it lies elsewhere than the data"
    return [
        f"{file} is not used: {why}. If it is meant, put it into {dataset.folder}."
        for file in dict.fromkeys(found)
        if file != used
    ]


def _near(dataset: Dataset, named: Path) -> Iterator[Path]:
    """The folder that was named, those of the first pair, and those around the data."""
    root = dataset.folder.absolute()
    yield named.absolute()
    yield root
    yield from root.parents[:TABLE_LEVELS_UP]
    for pair in (dataset.train or dataset.val)[:1]:
        for file in (pair.photo.absolute(), pair.label.absolute()):
            yield from (place for place in file.parents if place.is_relative_to(root))
