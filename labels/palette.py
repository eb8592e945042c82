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
# A colour with a smaller share of the flat pixels is noise, and so is one this close to a colour
# with a hundred times its share.
LEAST_SHARE, NOISE_RADIUS, NOISE_FACTOR = 0.0005, 40.0, 100.0
# Photos are flat in skies and shadows too, and a few balls of RADIUS hold those. But of the flat
# pixels of labels nearly all are this close to a palette colour, of those of photos few.
CLOSE, LEAST_CLOSE = 8.0, 0.8
LEAST_FLAT, LEAST_EXPLAINED, MOST_COLOURS = 0.1, 0.97, 64


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
    found = sorted(_without_noise(found), key=lambda entry: -entry[1])
    palette = Palette(tuple(colour for colour, _ in found), tuple(share for _, share in found))
    near = _distances(colours, palette).min(axis=1) <= CLOSE
    return palette if counts[near].sum() >= LEAST_CLOSE * counts.sum() else None


def _without_noise(found: list[tuple[Colour, float]]) -> list[tuple[Colour, float]]:
    def is_noise(colour: Colour, share: float) -> bool:
        return any(
            other_share > NOISE_FACTOR * share
            and np.linalg.norm(np.subtract(colour, other)) <= NOISE_RADIUS
            for other, other_share in found
        )

    return [entry for entry in found if not is_noise(*entry)]


def _distances(colours: np.ndarray, palette: Palette) -> np.ndarray:
    """(N, K)"""
    return np.linalg.norm(colours[:, None] - np.array(palette.colours)[None], axis=-1)


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
    """The mean, but for JPEG's noise about 0 and 255, which goes to one side only."""
    rounded = [int(value) for value in np.rint(mean)]
    ends = [0 if value <= 3 else 255 if value >= 252 else value for value in rounded]
    return ends[0], ends[1], ends[2]
