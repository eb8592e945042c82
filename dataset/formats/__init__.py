"""The layouts that a folder of pairs may have, each in a file of its own.

    dataset = open_dataset(Path("images"))
    dataset = open_dataset(Path("VOCdevkit/VOC2012/JPEGImages"))    # at whatever level
    dataset = open_dataset(Path("data"), name="camvid")             # not asking the others

A format is a module with NAME, EXPECTED (one line that describes its layout) and
find(root, table) -> Dataset, or None where exactly this folder is no root of such data; the table
is a classes.csv that overrules.
"""

from __future__ import annotations

from itertools import islice
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
from dataset.formats.siblings import OUTPUT
from dataset.pairs import Dataset
from dataset.wording import counted
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
# What others write outlines and volumes to. Lists and notes are such files too, but few.
UNPAINTED, FEW = (".json", ".txt", ".xml", ".mat", ".npy", ".nii", ".gz", ".dcm"), 3
LOOKED_AT = 20_000


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
        f"{folder} holds no pairs that were recognised; {_seen(folder)}.{_not_painted(folder)} "
        "Expected one of:\n"
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
    places: dict[Path, list[Path]] = {}
    for file in picture_files_below(folder):
        places.setdefault(file.parent, []).append(file)
    if places:
        told = [
            f"{_below(place, folder)}: {counted(len(files), 'picture')} such as {files[0].name}"
            for place, files in places.items()
        ]
        more = f" and pictures in {len(told) - SHOWN} more folders" if len(told) > SHOWN else ""
        return f"it holds {', '.join(told[:SHOWN])}{more}"
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    if not names:
        return "it is empty"
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"it holds {', '.join(names[:4])}{more}"


def _not_painted(folder: Path) -> str:
    """A sentence where labels seem to be there, but are no pictures."""
    found: dict[str, list[Path]] = {}
    for file in islice(folder.rglob("*"), LOOKED_AT):
        own = file.name in OUTPUT or any(part[0] == "." for part in file.relative_to(folder).parts)
        if file.suffix.lower() in UNPAINTED and not own:
            found.setdefault(file.suffix.lower(), []).append(file)
    for suffix, files in found.items():
        if suffix == ".json" or len(files) > FEW:
            example = min(files).relative_to(folder)
            return (
                f" {counted(len(files), 'file')} such as {example} may be its labels, but only "
                "pictures are read: outlines and volumes must be painted as pictures first."
            )
    return ""
