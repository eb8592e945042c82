"""Street scenes as the binary IDD set: squares of 512×512, masks of 0 and 1, no split."""

from __future__ import annotations

import numpy as np

from dataset.writers.storing import save, street
from dataset.writers.writer import Place, Writer

SIZE = (512, 512)


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    return street(seed, *SIZE, {"road": 1}, 0)


def write(place: Place, photo: np.ndarray, ids: np.ndarray) -> None:
    save(photo, place.folder / "image_archive" / f"Image_{place.index}.png")
    save(ids, place.folder / "mask_archive" / f"Mask_{place.index}.png")


WRITER = Writer(draw, write)
