"""Street scenes as CamVid in SegNet's layout: 480×360, with lists whose prefix is on no disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dataset.formats.camvid import CLASSES, DRIVES, UNLABELLED
from dataset.writers.lists import write_lines
from dataset.writers.storing import save, street
from dataset.writers.writer import Place, Writer
from utils_func import picture_files

SIZE = (480, 360)
PREFIX = "/SegNet/CamVid"
# The Cityscapes names of what each class holds.
HOLDS = {
    "Sky": ("sky",),
    "Building": ("building", "wall"),
    "Pole": ("pole",),
    "Road": ("road",),
    "Pavement": ("sidewalk",),
    "Tree": ("vegetation", "terrain"),
    "SignSymbol": ("traffic light", "traffic sign"),
    "Fence": ("fence",),
    "Car": ("car", "truck", "bus", "train"),
    "Pedestrian": ("person",),
    "Bicyclist": ("rider", "motorcycle", "bicycle"),
}
MEANING = {name: CLASSES.names.index(own) for own, names in HOLDS.items() for name in names}


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    return street(seed, *SIZE, MEANING, UNLABELLED)


def write(place: Place, photo: np.ndarray, ids: np.ndarray) -> None:
    drive = "0016E5" if place.split == "val" else DRIVES[place.number % 2]
    name = f"{drive}_{place.index:06d}.png"
    save(photo, place.folder / place.split / name)
    save(ids, place.folder / f"{place.split}annot" / name)


def finish(folder: Path) -> None:
    for split in ("train", "val"):
        files = picture_files(folder / split)
        lines = [f"{PREFIX}/{split}/{x.name} {PREFIX}/{split}annot/{x.name}" for x in files]
        write_lines(folder / f"{split}.txt", lines)


WRITER = Writer(draw, write, finish)
