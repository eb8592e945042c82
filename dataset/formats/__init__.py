"""The layouts that a folder of pairs may have, each in a file of its own.

    dataset = open_dataset(Path("images"))
    dataset = open_dataset(Path("VOCdevkit/VOC2012/JPEGImages"))    # at whatever level
    dataset = open_dataset(Path("data"), name="camvid")             # not asking the others

A format is a module with NAME, EXPECTED (one line that describes its layout) and
find(root, table) -> Dataset, or None where exactly this folder is no root of such data; the table
is a classes.csv that overrules.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import ModuleType

from dataset.formats import (
    camvid,
    cityscapes,
    cityscapes_pairs,
    folder,
    idd,
    idd_binary,
    idd_lite,
    lyft_carla,
    membranes,
    nuclei,
    oxford_pets,
    voc,
)
from dataset.formats.pairing import picture_files_below
from dataset.formats.searching import search
from dataset.pairs import Dataset
from utils_func import BadInput

FORMATS: tuple[ModuleType, ...] = (
    cityscapes_pairs,
    cityscapes,
    idd_lite,
    idd_binary,
    idd,
    camvid,
    lyft_carla,
    voc,
    oxford_pets,
    nuclei,
    membranes,
    folder,
)
# Takes what none of the others knows, so it is asked only then.
ANY_FOLDER = folder

SHOWN = 6  # folders in a message


def open_dataset(folder: Path, name: str | None = None) -> Dataset:
    """Finds the pairs below, or around, a folder. Raises BadInput where no format fits."""
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise BadInput(
            f"{folder} {what}. Expected the folder of your pairs. "
            "Check the spelling, or name another folder with --data."
        )
    formats = _named(name)
    fitting = search(
        folder,
        [layout for layout in formats if layout is not ANY_FOLDER],
        [layout for layout in formats if layout is ANY_FOLDER],
    )
    if len(fitting) > 1:
        raise BadInput(_ambiguous(folder, fitting))
    if fitting:
        return fitting[0]
    expected = "\n".join(f"  {layout.NAME}: {layout.EXPECTED}" for layout in formats)
    raise BadInput(
        f"{folder} holds no pairs that were recognised; {_seen(folder)}. Expected one of:\n"
        f"{expected}\nPut the pairs there, or name another folder with --data."
    )


def _named(name: str | None) -> tuple[ModuleType, ...]:
    if name is None:
        return FORMATS
    chosen = tuple(layout for layout in FORMATS if name == layout.NAME)
    if not chosen:
        names = ", ".join(layout.NAME for layout in FORMATS)
        raise BadInput(f"There is no format '{name}'. Expected one of: {names}.")
    return chosen


def _below(place: Path, folder: Path) -> str:
    return "in itself" if place == folder else place.relative_to(folder).as_posix()


def _ambiguous(folder: Path, fitting: list[Dataset]) -> str:
    found = "\n".join(
        f"  --format {dataset.format}: {len(dataset.train)} pairs to train on, {len(dataset.val)} "
        f"to validate on, classes {', '.join(dataset.classes.names[:4])} …"
        for dataset in fitting
    )
    return (
        f"{folder} fits several formats; {_seen(folder)}. Expected one that is certain. "
        f"Say which:\n{found}"
    )


def _seen(folder: Path) -> str:
    """The pictures by folder; where there are none, whatever is in the folder."""
    counts = Counter(file.parent for file in picture_files_below(folder))
    if counts:
        told = [f"{_below(place, folder)}: {count:,} pictures" for place, count in counts.items()]
        more = f" and pictures in {len(told) - SHOWN} more folders" if len(told) > SHOWN else ""
        return f"it holds {', '.join(told[:SHOWN])}{more}".replace(": 1 pictures", ": 1 picture")
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    if not names:
        return "it is empty"
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"it holds {', '.join(names[:4])}{more}"
