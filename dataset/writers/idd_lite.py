"""Street scenes as IDD Lite: 320×227, seven classes, an instance label beside each label."""

from __future__ import annotations

import numpy as np

from dataset.formats.idd_lite import CLASSES
from dataset.writers.storing import drive_folders, save, street
from dataset.writers.writer import Place, Writer
from labels.classes import IGNORE

SIZE = (320, 227)
# The Cityscapes names of what each class holds.
HOLDS = {
    "drivable": ("road",),
    "non-drivable": ("sidewalk", "terrain"),
    "living things": ("person", "rider"),
    "vehicles": ("car", "truck", "bus", "train", "motorcycle", "bicycle"),
    "road-side objects": ("wall", "fence", "pole", "traffic light", "traffic sign"),
    "far objects": ("building", "vegetation"),
    "sky": ("sky",),
}
MEANING = {name: CLASSES.names.index(own) for own, names in HOLDS.items() for name in names}


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    return street(seed, *SIZE, MEANING, IGNORE)


def write(place: Place, photo: np.ndarray, ids: np.ndarray) -> None:
    photos, labels = drive_folders(place)
    save(photo, photos / f"{place.index:06d}_image.jpg", quality=95)
    save(ids, labels / f"{place.index:06d}_label.png")
    # Numbers of objects, many of which would be ids of other classes.
    save(ids // 2 + 1, labels / f"{place.index:06d}_inst_label.png")


WRITER = Writer(draw, write)
