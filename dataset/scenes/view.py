"""Where a point of the street falls in the picture.

The street is measured in metres: x to the right of the camera, y up from the road, z ahead. Things
are set up along a straight street; turning and bending it is left to the view.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# The recording car of Cityscapes: 2262 pixels of focal length for 2048 of width, 1.22 m high.
FOCAL_LENGTH = 1.1
EYE_HEIGHT = 1.22
NEAREST = 1.0

Point = tuple[float, float, float]
Points = Sequence[Point]


@dataclass(frozen=True)
class View:
    """A pinhole camera; `horizon` is a share of the height, `turn` and `curve` bend the street."""

    width: int
    height: int
    horizon: float
    turn: float = 0.0
    curve: float = 0.0

    @property
    def focal(self) -> float:
        return FOCAL_LENGTH * self.width

    def scale(self, z: float) -> float:
        """Pixels for a metre at the distance z."""
        return self.focal / max(z, NEAREST)

    def slant(self, z: float) -> float:
        """How far sideways the street has gone at z, for each metre of z."""
        return self.turn + self.curve * z

    def project(self, points: Points) -> np.ndarray:
        """Points (x, y, z) -> (N, 2) columns and rows, fractions kept."""
        middle, horizon, focal = self.width / 2, self.horizon * self.height, self.focal
        places = []
        for x, y, z in points:
            scale = focal / (z if z > NEAREST else NEAREST)
            column = middle + x * scale + (self.turn + self.curve * z) * focal
            places.append((column, horizon + (EYE_HEIGHT - y) * scale))
        return np.array(places, np.float32)

    def ground(self) -> tuple[int, np.ndarray, np.ndarray]:
        """The first row below the horizon; from there on, x and z of the road at each pixel."""
        horizon = self.horizon * self.height
        top = min(int(horizon) + 1, self.height - 1)
        rows = np.arange(top, self.height, dtype=np.float32)[:, None] + 0.5
        z = np.float32(self.focal * EYE_HEIGHT) / (rows - np.float32(horizon))
        columns = np.arange(self.width, dtype=np.float32)[None, :] + 0.5 - self.width / 2
        x = columns * (z / self.focal) - (self.turn + self.curve * z) * z
        return top, x.astype(np.float32), z.astype(np.float32)
