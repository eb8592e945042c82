"""Street scenes as the full IDD set: ids of level 3, but 640×360 instead of 1920×1080.

Polygons and instances lie beside the masks, as its makers' tools leave them.
"""

from __future__ import annotations

import json

import numpy as np

from dataset.formats.idd import CLASSES
from dataset.writers.storing import drive_folders, save, street
from dataset.writers.writer import Place, Writer
from labels.classes import CITYSCAPES, IGNORE

SIZE = (640, 360)
MEANING = {name: CLASSES.names.index(name) for name in CITYSCAPES.names if name in CLASSES.names}
MEANING |= {
    "terrain": CLASSES.names.index("non-drivable fallback"),
    "train": CLASSES.names.index("vehicle fallback"),
}


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    return street(seed, *SIZE, MEANING, IGNORE)


def write(place: Place, photo: np.ndarray, ids: np.ndarray) -> None:
    photos, labels = drive_folders(place)
    name = f"frame{place.index}"
    save(photo, photos / f"{name}_leftImg8bit.png")
    save(ids, labels / f"{name}_gtFine_labellevel3Ids.png")
    save(1000 * ids.astype(np.uint16), labels / f"{name}_gtFine_instancelevel3Ids.png")
    width, height = SIZE
    polygons = {"imgHeight": height, "imgWidth": width, "objects": []}
    (labels / f"{name}_gtFine_polygons.json").write_text(json.dumps(polygons))


WRITER = Writer(draw, write)
