"""Drawn nuclei as the Data Science Bowl 2018: ID/images/ID.png (RGBA), ID/masks, one a nucleus.

The ids that are drawn number the nuclei from 1, as touching ones could not be told apart in a
union. There is no split: all pairs lie side by side.
"""

from __future__ import annotations

import hashlib

import numpy as np

from dataset.writers.microscope import draw_nuclei
from dataset.writers.storing import save
from dataset.writers.writer import Place, Writer


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    return draw_nuclei(seed)


def write(place: Place, photo: np.ndarray, ids: np.ndarray) -> None:
    folder = place.folder / name(place.index)
    opaque = np.full((*ids.shape, 1), 255, np.uint8)
    save(np.concatenate([photo, opaque], axis=-1), folder / "images" / f"{folder.name}.png")
    for number in range(1, int(ids.max()) + 1):
        mask = (ids == number).astype(np.uint8) * 255
        save(mask, folder / "masks" / f"{name(number, folder.name)}.png")


def name(number: int, of: str = "nuclei") -> str:
    """Real names are 64 hexadecimal digits without an order."""
    return hashlib.sha256(f"{of} {number}".encode()).hexdigest()


WRITER = Writer(draw, write)
