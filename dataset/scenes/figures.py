"""Flat figures: shapes and lines given as a table, set upright in the street like cardboard.

People, bicycles, signs and poles are such tables. A row is a `Part`: its class (none for a detail
of what lies below), colour, thickness (0 fills the outline) and points (along, up) in metres.
"""

from __future__ import annotations

import math

from dataset.scenes.light import TOWARDS_CAMERA, Colour
from dataset.scenes.painter import CIRCLE, Canvas, Scene

Place = tuple[float, float]
Part = tuple[int | None, Colour, float, list[Place]]


def circle(along: float, up: float, radius: float, tall: float = 1.0) -> list[Place]:
    return [(along + radius * a, up + radius * u * tall) for a, u in CIRCLE]


def box(left: float, low: float, right: float, high: float) -> list[Place]:
    return [(left, low), (left, high), (right, high), (right, low)]


def stand(
    scene: Scene,
    parts: list[Part],
    x: float,
    z: float,
    facing: float = 0.0,
    size: float = 1.0,
    foot: float = 0.2,
) -> None:
    """Puts a figure down at (x, z), larger or smaller by `size`.

    Facing 0 shows it full, facing a quarter turn from its edge. `foot` is half the length of what
    touches the ground and casts the shadow.
    """
    right = size * math.cos(facing)
    left_end, right_end = x - foot * right - 0.05, x + foot * right + 0.05
    height = max(up for _, _, _, points in parts for _, up in points) * size
    scene.cast([(left_end, z), (right_end, z), (right_end, z + 0.3), (left_end, z + 0.3)], height)

    def paint(canvas: Canvas) -> None:
        shade = canvas.light.shade(TOWARDS_CAMERA)
        for label, colour, thick, points in parts:
            places = [(x + along * right, up * size, z) for along, up in points]
            canvas.paint(places, colour, label, shade, thick * size)

    scene.put(z, paint)
