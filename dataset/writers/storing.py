"""Small steps that several writers share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dataset.scenes.street import draw_scene
from dataset.writers.writer import Place
from labels.classes import CITYSCAPES

PAIRS_OF_A_DRIVE = 3
VAL_DRIVES = 500  # drives of val have other numbers than those of train


def save(picture: Image.Image | np.ndarray, path: Path, **options: Any) -> None:
    """Stores a picture, making its folder; the suffix says the file format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(picture, np.ndarray):
        picture = Image.fromarray(picture)
    picture.save(path, **options)


def street(
    seed: int, width: int, height: int, meaning: Mapping[str, int], otherwise: int
) -> tuple[np.ndarray, np.ndarray]:
    """A street scene with the ids of another dataset.

    Args:
        seed: Of the scene.
        width: Of the pictures.
        height: Of the pictures.
        meaning: Their id by the Cityscapes name of the class.
        otherwise: Their id of everything else, void pixels too.
    """
    photo, ids = draw_scene(seed, width, height)
    table = np.full(256, otherwise, np.uint8)
    for index, name in enumerate(CITYSCAPES.names):
        table[index] = meaning.get(name, otherwise)
    return photo, table[ids]


def drive_folders(place: Place) -> tuple[Path, Path]:
    """Where IDD keeps the photos and the labels of a drive."""
    drive = place.number // PAIRS_OF_A_DRIVE + (VAL_DRIVES if place.split == "val" else 0)
    below = Path(place.split) / str(drive)
    return place.folder / "leftImg8bit" / below, place.folder / "gtFine" / below
