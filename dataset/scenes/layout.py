"""What kind of street it is: how wide, what lies beside the road, how tall it is built.

Places across the street are metres to the right of the camera, which drives in the right lane.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dataset.scenes.light import Colour, varied
from dataset.scenes.names import SIDEWALK, TERRAIN

# Where the street ends in the haze.
FAR_END = 170.0
GRASS: Colour = (86, 104, 56)
LANE = 3.4

# From each range one value is drawn for a street: metres, storeys, or chances from 0 to 1. Below 0
# there is none: no verge; rails lie where the draw is above 1.
# fmt: off
KINDS = ("canyon", "suburb", "boulevard", "square")
SHARES = (0.4, 0.25, 0.2, 0.15)
RANGES: dict[str, tuple[tuple[float, float], ...]] = {
    "left":     ((-10, -5),  (-6.2, -4.4), (-6.5, -5),  (-14, -9)),
    "right":    ((2.2, 4.6), (2.0, 4.2),   (2.0, 4.2),  (3.5, 7)),
    "median":   ((0, 0),     (0, 0),       (2.5, 6),    (0, 0)),
    "verge":    ((-1, 0),    (-1, 2),      (-1, 2.5),   (-1, 0)),
    "pavement": ((2.4, 5.0), (1.8, 3.2),   (3, 5),      (4, 9)),
    "garden":   ((0, 0),     (3, 7),       (0.5, 4),    (3, 10)),
    "floors":   ((3.8, 6),   (2, 3),       (3.5, 5.5),  (3, 5)),
    "gaps":     ((0, 0.12),  (0.2, 0.5),   (0.1, 0.3),  (0.1, 0.3)),
    "trees":    ((0, 0.25),  (0.2, 0.6),   (0.3, 0.7),  (0, 0.3)),
    "enclosed": ((0, 0),     (0.8, 1),     (0.4, 0.8),  (0.3, 0.6)),
    "parked":   ((0.1, 0.8), (0, 0.6),     (0, 0.5),    (0, 0.3)),
    "traffic":  ((0.3, 0.8), (0.1, 0.5),   (0.5, 0.9),  (0.7, 1)),
    "people":   ((0.6, 1.5), (0.2, 0.7),   (0.3, 0.9),  (0.8, 1.6)),
    "rails":    ((0, 1.5),   (0, 1.1),     (0, 1),      (0, 2)),
}
# fmt: on


@dataclass
class Street:
    """`left` and `right` are the outer kerbs; `median` is the width of grass between two roads."""

    kind: str
    left: float
    right: float
    median: float
    pavement: float
    verge: float
    garden: float
    floors: float
    gaps: float
    trees: float
    enclosed: float
    parked: float
    traffic: float
    people: float
    rails: float
    asphalt: Colour
    slabs: Colour
    crossings: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.verge = max(0.0, self.verge)
        self.middle = self.left - self.median if self.median else -1.75
        self.tracks = [self.left + 1.9] if self.rails > 1 and not self.median else []
        if self.median:
            self.left = self.middle - 2 * LANE

    def kerb(self, side: int) -> float:
        return self.left if side < 0 else self.right

    def beside_road(self) -> list[tuple[float, float, Colour, int]]:
        """Bands outwards from the kerb: from, to, colour, class."""
        walk = self.verge + self.pavement
        bands = [(0.0, walk, self.slabs, SIDEWALK), (0.18, self.verge, GRASS, TERRAIN)]
        return [*bands, (walk, walk + self.garden + 60, GRASS, TERRAIN)]

    def house_line(self, side: int) -> float:
        return self.kerb(side) + side * (self.verge + self.pavement + self.garden)

    def at_crossing(self, z: float, margin: float) -> bool:
        return any(start - margin < z < end + margin for start, end in self.crossings)


def any_street(rng: np.random.Generator) -> Street:
    kind = int(rng.choice(len(KINDS), p=SHARES))
    drawn: dict[str, Any] = {name: rng.uniform(*kinds[kind]) for name, kinds in RANGES.items()}
    asphalt, slabs = varied(rng, (96, 97, 99), 0.2), varied(rng, (132, 128, 120), 0.15)
    street = Street(kind=KINDS[kind], asphalt=asphalt, slabs=slabs, **drawn)
    if rng.random() < 0.65:
        start = rng.uniform(10, 45)
        street.crossings.append((start, start + rng.uniform(7, 11)))
    return street
