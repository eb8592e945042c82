"""IDD, the full set: Indian streets in the 26 classes of its level 3.

    leftImg8bit/{train,val,test}/DRIVE/NAME_leftImg8bit.png (or .jpg)
    gtFine/{train,val}/DRIVE/NAME_gtFine_labellevel3Ids.png

dataset = open_dataset(Path("IDD_Segmentation"))

The archive holds polygons; its makers' createLabels.py --id-type level3Id paints the masks.
"""

from __future__ import annotations

from pathlib import Path

from dataset.formats.drives import Endings, find_drives
from dataset.pairs import Dataset
from labels.classes import IGNORE, Classes
from labels.coding import Coding

NAME = "idd"
EXPECTED = (
    "leftImg8bit/train/DRIVE/*_leftImg8bit.png and gtFine/train/DRIVE/*_gtFine_labellevel3Ids.png "
    "(IDD; AutoNUE's createLabels.py --id-type level3Id paints them from the polygons)"
)
ENDINGS = Endings("_leftImg8bit", "_gtFine_labellevel3Ids")

# Names and colours of AutoNUE's helpers/anue_labels.py. Where a level 3 id joins several labels
# (parking with drivable fallback, animal with person, tunnel with bridge), those of the one that
# its makers name it after.
CLASSES = Classes(
    names=(
        "road",
        "drivable fallback",
        "sidewalk",
        "non-drivable fallback",
        "person",
        "rider",
        "motorcycle",
        "bicycle",
        "autorickshaw",
        "car",
        "truck",
        "bus",
        "vehicle fallback",
        "curb",
        "wall",
        "fence",
        "guard rail",
        "billboard",
        "traffic sign",
        "traffic light",
        "pole",
        "obs-str-bar-fallback",
        "building",
        "bridge",
        "vegetation",
        "sky",
    ),
    colours=(
        (128, 64, 128),
        (81, 0, 81),
        (244, 35, 232),
        (152, 251, 152),
        (220, 20, 60),
        (255, 0, 0),
        (0, 0, 230),
        (119, 11, 32),
        (255, 204, 54),
        (0, 0, 142),
        (0, 0, 70),
        (0, 60, 100),
        (136, 143, 153),
        (220, 190, 40),
        (102, 102, 156),
        (190, 153, 153),
        (180, 165, 180),
        (174, 64, 67),
        (220, 220, 0),
        (250, 170, 30),
        (153, 153, 153),
        (169, 187, 214),
        (70, 70, 70),
        (150, 100, 100),
        (107, 142, 35),
        (70, 130, 180),
    ),
)
CODING = Coding("values", CLASSES, {index: index for index in (*range(26), IGNORE)})


def find(root: Path, table: Path | None = None) -> Dataset | None:
    """Masks of level 3 make it IDD; Cityscapes has the same folders."""
    return find_drives(root, NAME, CODING, ENDINGS, table)
