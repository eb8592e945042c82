"""Drawn cell membranes in the layout of ISBI 2012: train/image/N.png and train/label/N.png.

Numbers count from 0. There is no split: all pairs lie in train, and test holds two photos that
nobody labelled, as in most copies.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dataset.writers.microscope import draw_membranes
from dataset.writers.storing import save
from dataset.writers.writer import Place, Writer

# Far beyond the seeds of scenes that anybody writes.
UNLABELLED_SEEDS = (10**15, 10**15 + 1)


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    return draw_membranes(seed)


def write(place: Place, photo: np.ndarray, ids: np.ndarray) -> None:
    file = f"{place.index - 1}.png"
    save(photo[..., 0], place.folder / "train" / "image" / file)
    save(ids, place.folder / "train" / "label" / file)


def finish(folder: Path) -> None:
    for number, seed in enumerate(UNLABELLED_SEEDS):
        photo, _ = draw_membranes(seed)
        save(photo[..., 0], folder / "test" / f"{number}.png")


WRITER = Writer(draw, write, finish)
