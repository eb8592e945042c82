"""A canvas that paints the photo and its label in one stroke, so that the two cannot disagree.

Everything is given in metres of the street. A `Scene` keeps what is put into it, with the shadows
that it casts, until the ground lies; then it paints all from far to near: near ones hide far ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from dataset.scenes.light import Colour, Light
from dataset.scenes.view import NEAREST, Point, Points, View
from labels.classes import IGNORE

# OpenCV takes places in sixteenths of a pixel; far things need the fractions.
FRACTION_BITS = 4
CIRCLE = [(math.cos(angle), math.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 17)[:-1]]
# House fronts are painted before all that stands in the street, whatever its distance.
FRONTS, THINGS = 0, 1
LONGEST_SHADOW = 40.0


class Canvas:
    def __init__(self, view: View, light: Light) -> None:
        self.view = view
        self.light = light
        self.photo = np.zeros((view.height, view.width, 3), np.uint8)
        self.ids = np.full((view.height, view.width), IGNORE, np.uint8)

    def paint(
        self,
        points: Points,
        colour: Colour | None,
        label: int | None = None,
        shade: float = 1.0,
        thick: float = 0.0,
    ) -> None:
        """Fills a polygon, or draws a line through the points if it is `thick` (metres).

        No label: it is a detail of what lies below. No colour: the photo stays as it is, as
        between the bars of a fence.
        """
        distance = sum(point[2] for point in points) / len(points)
        places = _sixteenths(self.view.project(points))
        pixels = max(1, round(thick * self.view.scale(distance)))
        for plane, value, edge in (
            (self.photo, colour and self.light.seen(colour, shade, distance), cv2.LINE_AA),
            (self.ids, label, cv2.LINE_8),
        ):
            if value is None:
                continue
            if thick:
                cv2.polylines(plane, [places], False, value, pixels, edge, FRACTION_BITS)
            else:
                cv2.fillPoly(plane, [places], value, edge, FRACTION_BITS)

    def sheet(self, corners: Points, picture: np.ndarray, label: int, shade: float) -> None:
        """Hangs a flat picture on four corners: top left, top right, bottom right, bottom left."""
        places = self.view.project(corners)
        left, top = np.maximum(np.floor(places.min(axis=0)), 0).astype(int)
        limit = (self.view.width, self.view.height)
        right, bottom = np.minimum(np.ceil(places.max(axis=0)), limit).astype(int)
        if right <= left or bottom <= top:
            return
        height, width = picture.shape[:2]
        here = places - np.array([left, top], np.float32)
        flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        distance = sum(corner[2] for corner in corners) / 4
        lit = cv2.LUT(picture, self.light.table((255, 255, 255), shade, distance))
        warp = cv2.getPerspectiveTransform(flat, here)
        size = (int(right - left), int(bottom - top))
        warped = cv2.warpPerspective(lit, warp, size, borderMode=cv2.BORDER_REPLICATE)
        mask = np.zeros((size[1], size[0]), np.uint8)
        cv2.fillPoly(mask, [_sixteenths(here)], 1, cv2.LINE_8, FRACTION_BITS)
        self._set(slice(top, bottom), slice(left, right), warped, mask, label)

    def stamp(self, picture: np.ndarray, mask: np.ndarray, centre: Point, label: int) -> None:
        """Sets a ready picture (h, w, 3) around a point, cut off at the edges of the canvas."""
        height, width = mask.shape
        column, row = self.view.project([centre])[0]
        left, top = round(float(column) - width / 2), round(float(row) - height / 2)
        rows = slice(max(top, 0), min(top + height, self.view.height))
        columns = slice(max(left, 0), min(left + width, self.view.width))
        if rows.start < rows.stop and columns.start < columns.stop:
            cut = (
                slice(rows.start - top, rows.stop - top),
                slice(columns.start - left, columns.stop - left),
            )
            self._set(rows, columns, picture[cut], mask[cut], label)

    def _set(
        self, rows: slice, columns: slice, picture: np.ndarray, mask: np.ndarray, label: int
    ) -> None:
        cv2.copyTo(picture, mask, self.photo[rows, columns])
        cv2.copyTo(np.full_like(mask, label), mask, self.ids[rows, columns])


def _sixteenths(places: np.ndarray) -> np.ndarray:
    return (places * (1 << FRACTION_BITS)).astype(np.int32)


@dataclass
class Scene:
    rng: np.random.Generator
    view: View
    light: Light
    things: list[tuple[int, float, Callable[[Canvas], None]]] = field(default_factory=list)
    sun_shadows: list[np.ndarray] = field(default_factory=list)
    contact_shadows: list[np.ndarray] = field(default_factory=list)

    def put(self, z: float, paint: Callable[[Canvas], None], layer: int = THINGS) -> None:
        self.things.append((layer, -z, paint))

    def paint(self, canvas: Canvas) -> None:
        for _, _, paint in sorted(self.things, key=lambda thing: thing[:2]):
            paint(canvas)

    def cast(self, footprint: Sequence[tuple[float, float]], height: float) -> None:
        """The shadow on the ground of something that stands on `footprint`, points (x, z)."""
        x, up, z = self.light.sun
        base = np.array(footprint, np.float32)
        self.contact_shadows.append(base)
        if self.light.sunny:
            far = base - np.array([x, z], np.float32) * min(height / up, LONGEST_SHADOW)
            self.sun_shadows.append(cv2.convexHull(np.concatenate([base, far]))[:, 0])


def shadow_mask(view: View, shadows: list[np.ndarray], softness: float) -> np.ndarray:
    """Where shadows fall (H, W), 0 to 1; `softness` of the edges is a share of the width."""
    mask = np.zeros((view.height, view.width), np.uint8)
    for outline in shadows:
        if outline[:, 1].max() > NEAREST:
            flat = [(x, 0.0, z) for x, z in outline.tolist()]
            cv2.fillPoly(mask, [view.project(flat).astype(np.int32)], 255)
    reach = 2 * round(softness * view.width) + 1
    return cv2.blur(mask, (reach, reach)).astype(np.float32) / 255
