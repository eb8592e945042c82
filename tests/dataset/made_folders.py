"""Folders of made photos and labels, and what they must be decoded to."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from dataset.pairs import Dataset

SIDE = 48


def ids_of(seed: int, count: int = 3) -> np.ndarray:
    """Squares of 16×16 with the ids 0 to count - 1, all of them in every picture."""
    cells = np.random.default_rng(seed).integers(0, count, 9)
    cells[:count] = range(min(count, 9))
    return cells.reshape(3, 3).astype(np.uint8).repeat(16, 0).repeat(16, 1)


def photo_of(seed: int, side: int = SIDE) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)


def save(picture: np.ndarray | Image.Image, path: Path, **options: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    made.save(path, **options)  # type: ignore[arg-type]


def write(folder: Path, label: Callable[[int], np.ndarray | Image.Image], ending: str = "png",
          count: int = 5, **options: object) -> None:  # fmt: skip
    for number in range(count):
        made = label(number)
        save(photo_of(number, len(np.asarray(made))), folder / "images" / f"{number}.png")
        save(made, folder / "masks" / f"{number}.{ending}", **options)


def through_jpeg(picture: np.ndarray) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=75)
    return np.asarray(Image.open(file))


def decoded(dataset: Dataset) -> dict[str, np.ndarray]:
    pairs = (*dataset.train, *dataset.val)
    return {pair.photo.stem: dataset.decode(pair).label for pair in pairs}


def expect_ids(dataset: Dataset, count: int = 3) -> None:
    for name, label in decoded(dataset).items():
        np.testing.assert_array_equal(label, ids_of(int(name), count))
