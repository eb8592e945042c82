"""Street scenes as a folder of pictures and masks, as most people have their own."""

from __future__ import annotations

import numpy as np

from dataset.scenes.street import draw_scene
from dataset.writers.storing import save
from dataset.writers.writer import Place, Writer

SIZE = (384, 192)


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    return draw_scene(seed, *SIZE)


def write(place: Place, photo: np.ndarray, ids: np.ndarray) -> None:
    name = f"scene_{place.index:04}"
    save(photo, place.folder / place.split / "images" / f"{name}.jpg", quality=92)
    save(ids, place.folder / place.split / "masks" / f"{name}_mask.png")


WRITER = Writer(draw, write)
