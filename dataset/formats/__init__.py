"""The layouts that a folder of pairs may have, each in a file of its own.

    dataset = open_dataset(Path("images"))

A format is a module with NAME, EXPECTED (one line that describes its layout) and
find(folder) -> Dataset, or None where the folder is something else.
"""

from __future__ import annotations

from pathlib import Path

from dataset.formats import cityscapes_pairs
from dataset.pairs import Dataset
from utils_func import BadInput

FORMATS = (cityscapes_pairs,)


def open_dataset(folder: Path) -> Dataset:
    """Finds the pairs below a folder. Raises BadInput where no format fits."""
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise BadInput(
            f"{folder} {what}. Expected the folder of your pairs. "
            "Check the spelling, or name another folder with --data."
        )
    for layout in FORMATS:
        dataset = layout.find(folder)
        if dataset:
            return dataset
    expected = "\n".join(f"  {layout.NAME}: {layout.EXPECTED}" for layout in FORMATS)
    raise BadInput(
        f"{folder} holds no pairs that were recognised; {_seen(folder)}. Expected one of:\n"
        f"{expected}\nPut the pairs there, or name another folder with --data."
    )


def _seen(folder: Path) -> str:
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    if not names:
        return "it is empty"
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"it holds {', '.join(names[:4])}{more}"
