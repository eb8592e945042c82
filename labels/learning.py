"""Learns the palette of label pictures whose colours are smeared, from their flat areas.

    palette = learn_palette(pictures)       # None where the pictures look like photos
    palette.colours                         # commonest first

Inside an area of one class a label is flat even after shrinking and JPEG, while along its borders
colours are mixed. So the colours of flat places, taken together, are the palette.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from labels.classes import Colour

# A place is flat where the channels of its 3×3 neighbourhood differ by no more than this; JPEG of
# quality 75 moves flat colours by about 8.
FLAT = 12
# Flat colours this close are one class: the closest Cityscapes pairs are 20 apart, and their
# smeared areas spread over some 10.
RADIUS = 24.0
# A colour with a smaller share of the flat pixels is noise.
LEAST_SHARE = 0.0005
# Photos are flat in skies and shadows too, but in so many colours that a palette explains little.
LEAST_FLAT, LEAST_EXPLAINED, MOST_COLOURS = 0.35, 0.97, 64


@dataclass(frozen=True)
class Palette:
    """Colours, commonest first, and their shares of the flat pixels."""

    colours: tuple[Colour, ...]
    shares: tuple[float, ...]


def learn_palette(pictures: Sequence[np.ndarray]) -> Palette | None:
    """The palette of some RGB label pictures of one dataset."""
    flat = [picture[flat_places(picture)] for picture in pictures]
    pixels = np.concatenate(flat)
    if len(pixels) < LEAST_FLAT * sum(picture[..., 0].size for picture in pictures):
        return None
    colours, counts = _histogram(pixels)
    found: list[tuple[Colour, float]] = []
    left = counts.astype(float)
    while len(found) < MOST_COLOURS and left.max() > 0:
        near = np.square(colours - colours[left.argmax()]).sum(1) <= RADIUS**2
        weight = left * near
        share = weight.sum() / counts.sum()
        if share < LEAST_SHARE:
            break
        mean = (colours * weight[:, None]).sum(0) / weight.sum()
        found.append((_colour(mean), float(share)))
        left[near] = 0
    explained = sum(share for _, share in found)
    if explained < LEAST_EXPLAINED or len(found) == MOST_COLOURS:
        return None
    found.sort(key=lambda entry: -entry[1])
    return Palette(tuple(colour for colour, _ in found), tuple(share for _, share in found))


def flat_places(picture: np.ndarray) -> np.ndarray:
    """Where the 3×3 neighbourhood has one colour, nearly."""
    square = np.ones((3, 3), np.uint8)
    spread = cv2.dilate(picture, square) - cv2.erode(picture, square)
    return np.asarray((spread <= FLAT).all(axis=-1))


def _histogram(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean colour and the count of each occupied cell of 8×8×8 levels."""
    cells = (pixels >> 3).astype(np.int64) @ np.array([1024, 32, 1])
    numbers, place, counts = np.unique(cells, return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(place.ravel(), pixels[:, c], len(numbers)) for c in range(3)], 1)
    return sums / counts[:, None], counts


def _colour(mean: np.ndarray) -> Colour:
    red, green, blue = (int(value) for value in np.clip(np.rint(mean), 0, 255))
    return red, green, blue
