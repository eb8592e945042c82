"""The class table: names, colours and ids of what a model tells apart.

    from labels.classes import CITYSCAPES
    CITYSCAPES.names[13]              # 'car'
    CITYSCAPES.paint(ids)             # ids (H, W) -> RGB picture (H, W, 3)

The id of a class is its place in the table. 255 is no class but 'ignore': such pixels count
neither in the loss nor in a score. A table travels with data, model and report as JSON.
"""

from __future__ import annotations

from colorsys import hsv_to_rgb
from dataclasses import dataclass
from typing import Any

import numpy as np

IGNORE = 255

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Classes:
    """Names and colours by id, and the colours that mean 'ignore' in a label picture."""

    names: tuple[str, ...]
    colours: tuple[Colour, ...]
    void_colours: tuple[Colour, ...] = ((0, 0, 0),)

    def __post_init__(self) -> None:
        if len(self.names) != len(self.colours) or not 1 <= len(self.names) < IGNORE:
            raise ValueError(
                "A class table needs one colour for each name and 1 to 254 classes. "
                f"Received: {len(self.names)} names and {len(self.colours)} colours."
            )
        for colour in (*self.colours, *self.void_colours):
            if len(colour) != 3 or not all(0 <= value <= 255 for value in colour):
                raise ValueError(f"A colour is three numbers from 0 to 255. Received: {colour}.")

    def __len__(self) -> int:
        return len(self.names)

    def paint(self, ids: np.ndarray) -> np.ndarray:
        """Colours a picture of ids; ignored and unknown ids come out black."""
        table = np.zeros((256, 3), np.uint8)
        table[: len(self)] = self.colours
        return table[ids]

    def to_json(self) -> dict[str, Any]:
        return {
            "names": list(self.names),
            "colours": [list(colour) for colour in self.colours],
            "void_colours": [list(colour) for colour in self.void_colours],
        }

    @classmethod
    def from_json(cls, table: dict[str, Any]) -> Classes:
        def colours(rows: list[list[int]]) -> tuple[Colour, ...]:
            return tuple((int(red), int(green), int(blue)) for red, green, blue in rows)

        names = tuple(str(name) for name in table["names"])
        return cls(names, colours(table["colours"]), colours(table["void_colours"]))


# The 19 classes that Cityscapes scores, in the order of its train ids. The licence plate has the
# colour of 'car' and the pole group that of 'pole', so a colour label cannot tell them apart.
CITYSCAPES = Classes(
    names=(
        "road",
        "sidewalk",
        "building",
        "wall",
        "fence",
        "pole",
        "traffic light",
        "traffic sign",
        "vegetation",
        "terrain",
        "sky",
        "person",
        "rider",
        "car",
        "truck",
        "bus",
        "train",
        "motorcycle",
        "bicycle",
    ),
    colours=(
        (128, 64, 128),
        (244, 35, 232),
        (70, 70, 70),
        (102, 102, 156),
        (190, 153, 153),
        (153, 153, 153),
        (250, 170, 30),
        (220, 220, 0),
        (107, 142, 35),
        (152, 251, 152),
        (70, 130, 180),
        (220, 20, 60),
        (255, 0, 0),
        (0, 0, 142),
        (0, 0, 70),
        (0, 60, 100),
        (0, 80, 100),
        (0, 0, 230),
        (119, 11, 32),
    ),
    void_colours=(
        (0, 0, 0),  # unlabelled, ego vehicle, border, out of region, static: the common one
        (111, 74, 0),  # dynamic
        (81, 0, 81),  # ground
        (250, 170, 160),  # parking
        (230, 150, 140),  # rail track
        (180, 165, 180),  # guard rail
        (150, 100, 100),  # bridge
        (150, 120, 90),  # tunnel
        (0, 0, 90),  # caravan
        (0, 0, 110),  # trailer
    ),
)


def usual_classes(count: int) -> Classes:
    """The table where none is given: that of Cityscapes if the number fits, else numbers."""
    return CITYSCAPES if count == len(CITYSCAPES) else numbered_classes(count)


def numbered_classes(count: int) -> Classes:
    """A table for classes that have no names: 'class 0' and so on, in colours easy to tell apart.

    Hues follow the golden ratio, so that neighbours in the table lie far from each other.
    """
    hues = [(index * 0.618034) % 1 for index in range(count)]
    levels = [(0.95, 0.75)[index % 2] for index in range(count)]
    colours = tuple(
        (round(255 * red), round(255 * green), round(255 * blue))
        for red, green, blue in map(hsv_to_rgb, hues, [0.75] * count, levels)
    )
    return Classes(tuple(f"class {index}" for index in range(count)), colours)
