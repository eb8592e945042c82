"""What the writer of a format is, and where to find it by the format's name.

writer = find_writer("camvid")
photo, ids = writer.draw(seed=7)            # ids as this format's label pictures hold them
writer.write(Place(folder, "train", 1, 1), photo, ids)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

from utils_func import BadInput

NAMES = (
    "cityscapes-pairs",
    "cityscapes",
    "idd-lite",
    "idd-binary",
    "idd",
    "camvid",
    "lyft-carla",
    "voc",
    "oxford-pets",
    "nuclei",
    "membranes",
    "folder",
)


@dataclass(frozen=True)
class Place:
    """Where a pair belongs: the number counts from 1 in its split, the index in all splits."""

    folder: Path
    split: str
    number: int
    index: int


def nothing(folder: Path) -> None:
    """Most formats need no more files than their pairs."""


@dataclass(frozen=True)
class Writer:
    """How a format is drawn and stored.

    Args:
        draw: From a seed to a photo (H, W, 3) and ids (H, W), both uint8.
        write: Stores them, making the folders that it needs.
        finish: Called with the folder when all are stored, for lists of names.
    """

    draw: Callable[[int], tuple[np.ndarray, np.ndarray]]
    write: Callable[[Place, np.ndarray, np.ndarray], None]
    finish: Callable[[Path], None] = nothing


def find_writer(name: str) -> Writer:
    """The writer of a format: WRITER in the module of its name."""
    if name not in NAMES:
        raise BadInput(f"There is no format '{name}'. Expected one of: {', '.join(NAMES)}.")
    module = import_module(f"dataset.writers.{name.replace('-', '_')}")
    writer: Writer = module.WRITER
    return writer
