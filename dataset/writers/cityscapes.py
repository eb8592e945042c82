"""Street scenes as the full Cityscapes set, but of 512×256 instead of 2048×1024.

For each photo all four label pictures that the makers' tools paint: labelIds, labelTrainIds,
instanceIds (16 bits) and color (with alpha). They differ in nothing but the ending of their names.
"""

from __future__ import annotations

import cv2
import numpy as np

from dataset.formats.cityscapes import LABEL_IDS
from dataset.writers.storing import save, street
from dataset.writers.writer import Place, Writer
from labels.classes import CITYSCAPES, IGNORE

SIZE = (512, 256)
EGO_VEHICLE = 1  # most of what is void in the scenes
# Of these each object has a number of its own: person to bicycle.
FIRST_THING = 24
CITIES = {"train": ("aachen", "bochum", "bremen"), "val": ("frankfurt", "lindau", "munster")}


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Photo and labelIds."""
    meaning = dict(zip(CITYSCAPES.names, LABEL_IDS, strict=True))
    return street(seed, *SIZE, meaning, EGO_VEHICLE)


def write(place: Place, photo: np.ndarray, ids: np.ndarray) -> None:
    cities = CITIES[place.split]
    city = cities[place.number % len(cities)]
    name = f"{city}_{place.index:06d}_000019"
    save(photo, place.folder / "leftImg8bit" / place.split / city / f"{name}_leftImg8bit.png")
    for ending, picture in label_pictures(ids).items():
        save(picture, place.folder / "gtFine" / place.split / city / f"{name}_gtFine_{ending}.png")


def label_pictures(ids: np.ndarray) -> dict[str, np.ndarray]:
    """All label pictures by their ending."""
    table = np.full(256, IGNORE, np.uint8)
    table[list(LABEL_IDS)] = range(len(LABEL_IDS))
    opaque = np.full((*ids.shape, 1), 255, np.uint8)
    return {
        "labelIds": ids,
        "labelTrainIds": table[ids],
        "instanceIds": instances(ids),
        "color": np.concatenate([CITYSCAPES.paint(table[ids]), opaque], axis=-1),
    }


def instances(ids: np.ndarray) -> np.ndarray:
    """1000 times the id plus a number for each object, the id alone for all else."""
    numbers = ids.astype(np.uint16)
    for thing in range(FIRST_THING, max(LABEL_IDS) + 1):
        inside = ids == thing
        _, connected = cv2.connectedComponents(inside.astype(np.uint8))
        numbers[inside] = 1000 * thing + connected[inside] - 1
    return numbers


WRITER = Writer(draw, write)
