"""Drawn cats and dogs as the Oxford-IIIT Pet set: images, trimaps and lists of names.

What is written to train on stands in trainval.txt, the rest in test.txt. The traps of the real set
are here as well: a `._` file beside each trimap, and a photo in seven that is PNG inside.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dataset.writers.lists import gather, note
from dataset.writers.pets import draw_pet
from dataset.writers.storing import save
from dataset.writers.writer import Place, Writer

LISTS = {"train": "trainval.txt", "val": "test.txt"}
# Name, class, species (1 cat, 2 dog) and breed, as the real lists number them.
BREEDS = (("Abyssinian", 1, 1, 1), ("beagle", 5, 2, 4), ("Bombay", 8, 1, 4), ("pug", 26, 2, 17))
EVERY_PNG = 7
# What a Mac's archive leaves beside each file: 82 bytes or more that begin like this.
APPLE_DOUBLE = bytes([0, 5, 22, 7, 0, 2, 0, 0]) + b"Mac OS X".ljust(74)


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    return draw_pet(seed)


def write(place: Place, photo: np.ndarray, ids: np.ndarray) -> None:
    breed, *numbers = BREEDS[place.index % len(BREEDS)]
    name = f"{breed}_{place.index}"
    kind = "PNG" if place.index % EVERY_PNG == 0 else "JPEG"
    save(photo, place.folder / "images" / f"{name}.jpg", format=kind)
    trimaps = place.folder / "annotations" / "trimaps"
    save(ids, trimaps / f"{name}.png")
    (trimaps / f"._{name}.png").write_bytes(APPLE_DOUBLE)
    line = " ".join(map(str, (name, *numbers)))
    note(place.folder / "annotations" / LISTS[place.split], place.index, line)


def finish(folder: Path) -> None:
    for name in LISTS.values():
        gather(folder / "annotations" / name)


WRITER = Writer(draw, write, finish)
