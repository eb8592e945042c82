"""Lyft-Udacity challenge: drives in the CARLA simulator, 800×600, about 1000 pairs a data folder.

    dataX/dataX/CameraRGB/NAME.png, dataX/dataX/CameraSeg/NAME.png, X in A to E

dataset = open_dataset(Path("lyft"))            # at whatever level, also at lyft/dataA

Whole data folders are held out; of one or two, pairs by a hash of the name.

The class is in the red channel of a label. The bonnet of the camera's own car is vehicle there; as
in the challenge it is taken out.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from dataset.decoding import read_photo
from dataset.formats.building import Found, Splits, build, by_stem, joined, match
from dataset.pairs import Dataset, Pair
from labels.classes import Classes
from labels.coding import Coding
from utils_func import read_picture

NAME = "lyft-carla"
EXPECTED = "dataA/dataA/CameraRGB/*.png and dataA/dataA/CameraSeg/*.png (Lyft-Udacity challenge)"
PHOTOS, LABELS = "CameraRGB", "CameraSeg"
CLASSES = Classes(
    names=(
        "none",
        "buildings",
        "fences",
        "other",
        "pedestrians",
        "poles",
        "road lines",
        "roads",
        "sidewalks",
        "vegetation",
        "vehicles",
        "walls",
        "traffic signs",
    ),
    colours=(
        (0, 0, 0),
        (70, 70, 70),
        (190, 153, 153),
        (72, 0, 90),
        (220, 20, 60),
        (153, 153, 153),
        (157, 234, 50),
        (128, 64, 128),
        (244, 35, 232),
        (107, 142, 35),
        (0, 0, 255),
        (102, 102, 156),
        (220, 220, 0),
    ),
)
# What the challenge scores: lane markings count as road.
ROAD, VEHICLES = ("roads", "road lines"), ("vehicles",)
NONE_ID, VEHICLES_ID = CLASSES.names.index("none"), CLASSES.names.index("vehicles")
CODING = Coding("values", CLASSES, {index: index for index in range(len(CLASSES))})
# The challenge's rule: vehicle from this row on is the bonnet, in pictures of this height.
BONNET, HEIGHT = 496, 600
# From so many data folders on a whole one is held out; of two it would be half of all pairs.
FOLDERS_TO_HOLD_OUT = 3


def find(root: Path, table: Path | None = None) -> Dataset | None:
    """The data folders may lie below, or the cameras' folders here."""
    folders = data_folders(root)
    if not folders or _are_some_of_more(folders, root):
        return None
    whole = len(folders) >= FOLDERS_TO_HOLD_OUT
    found = joined(_pairs(folder, len(folders) > 1, whole) for folder in folders)
    if not found.pairs:
        return None
    remarks = ["The bonnet of the own car, vehicle from row 496 of 600 on, is taken as none."]
    if whole:
        remarks.append("Whole data folders are held out: frames of one drive are much alike.")
    return build(
        root, NAME, CODING, Splits(found), read_red, "red without bonnet", remarks, table=table
    )


def data_folders(root: Path) -> list[Path]:
    """The folders that hold both cameras' folders."""
    places = [root, *sorted(root.glob("data?")), *sorted(root.glob("data?/data?"))]
    return [place for place in places if (place / PHOTOS).is_dir() and (place / LABELS).is_dir()]


def _are_some_of_more(folders: list[Path], root: Path) -> bool:
    """Whether other data folders lie beside: those of dataA/dataA two levels higher."""
    own = {folder.absolute() for folder in folders}
    return any(own < set(data_folders(place)) for place in root.absolute().parents[:2])


def _pairs(folder: Path, several: bool, whole: bool) -> Found:
    """One folder's name is left out: however it is reached, its pairs have the same names.

    Groups are named A to E, of whose hashes D alone is held out; of dataA to dataE two would be.
    """
    prefix, group = f"{folder.name}/" if several else "", folder.name[-1] if whole else ""
    return match(prefix, by_stem(folder / PHOTOS), by_stem(folder / LABELS), group)


def read_red(pair: Pair) -> tuple[np.ndarray, np.ndarray]:
    """Photo and ids of the red channel; the others may hold anything."""
    ids = read_picture(pair.label)[..., 0]
    return read_photo(pair, ids.shape), without_bonnet(ids)


def without_bonnet(ids: np.ndarray) -> np.ndarray:
    """The ids with the vehicle pixels of the lowest rows as none."""
    own = ids.copy()
    lowest = own[math.ceil(BONNET * len(own) / HEIGHT) :]
    lowest[lowest == VEHICLES_ID] = NONE_ID
    return own
