"""Street scenes as drives of the Lyft-Udacity challenge: 800×600, five data folders, no split.

The id is in the red channel of a label. The bonnet is vehicle, as CARLA draws the own car.
"""

from __future__ import annotations

import math

import numpy as np

from dataset.formats.lyft_carla import BONNET, CLASSES, HEIGHT, NONE_ID, VEHICLES_ID
from dataset.writers.storing import save, street
from dataset.writers.writer import Place, Writer

SIZE = (800, 600)
DATA_FOLDERS = "ABCDE"
VOID = 255
# The Cityscapes names of what each class holds.
HOLDS = {
    "none": ("sky",),
    "buildings": ("building",),
    "fences": ("fence",),
    "pedestrians": ("person", "rider"),
    "poles": ("pole",),
    "roads": ("road",),
    "sidewalks": ("sidewalk",),
    "vegetation": ("vegetation", "terrain"),
    "vehicles": ("car", "truck", "bus", "train", "motorcycle", "bicycle"),
    "walls": ("wall",),
    "traffic signs": ("traffic light", "traffic sign"),
}
MEANING = {name: CLASSES.names.index(own) for own, names in HOLDS.items() for name in names}
ROADS, ROAD_LINES = CLASSES.names.index("roads"), CLASSES.names.index("road lines")
# Road brighter than the middle of all road by this is paint on it. At dusk there is less of it.
PAINT = 40


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Void pixels of the lowest rows are the bonnet."""
    photo, ids = street(seed, *SIZE, MEANING, VOID)
    lowest = ids[math.ceil(BONNET * len(ids) / HEIGHT) :]
    lowest[lowest == VOID] = VEHICLES_ID
    ids[ids == VOID] = NONE_ID
    ids[_is_paint(photo, ids == ROADS)] = ROAD_LINES
    return photo, ids


def _is_paint(photo: np.ndarray, road: np.ndarray) -> np.ndarray:
    darkest = photo.min(axis=-1).astype(int)
    return road & (darkest > np.median(darkest[road]) + PAINT)


def write(place: Place, photo: np.ndarray, ids: np.ndarray) -> None:
    data = f"data{DATA_FOLDERS[(place.index - 1) % len(DATA_FOLDERS)]}"
    folder = place.folder / data / data
    nothing = np.zeros_like(ids)
    save(photo, folder / "CameraRGB" / f"{place.index}.png")
    save(np.dstack([ids, nothing, nothing]), folder / "CameraSeg" / f"{place.index}.png")


WRITER = Writer(draw, write)
