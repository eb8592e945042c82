"""IDD Lite: Indian streets in 7 classes, 1403 + 204 pairs of 320×227.

    leftImg8bit/{train,val,test}/DRIVE/NNNNNN_image.jpg
    gtFine/{train,val}/DRIVE/NNNNNN_label.png, and an _inst_label.png that is no label

dataset = open_dataset(Path("idd20k_lite"))
"""

from __future__ import annotations

from pathlib import Path

from dataset.formats.drives import Endings, find_drives
from dataset.pairs import Dataset
from labels.classes import IGNORE, Classes
from labels.coding import Coding

NAME = "idd-lite"
EXPECTED = "leftImg8bit/train/DRIVE/*_image.jpg and gtFine/train/DRIVE/*_label.png (IDD Lite)"
ENDINGS = Endings("_image", "_label", trap="_inst_label")

CLASSES = Classes(
    names=(
        "drivable",
        "non-drivable",
        "living things",
        "vehicles",
        "road-side objects",
        "far objects",
        "sky",
    ),
    colours=(
        (128, 64, 18),
        (244, 35, 232),
        (220, 20, 60),
        (0, 0, 230),
        (220, 190, 40),
        (70, 70, 70),
        (70, 130, 180),
    ),
)
CODING = Coding("values", CLASSES, {index: index for index in (*range(7), IGNORE)})


def find(root: Path, table: Path | None = None) -> Dataset | None:
    """Instance labels lie beside the labels and end in the same word."""
    return find_drives(root, NAME, CODING, ENDINGS, table)
