"""How alike photos are: small grey pictures, and a perceptual hash of their brightness steps.

    thumbs = thumbnails(examples.photos)                      # (N, 32, 32) uint8
    prints = fingerprints(thumbs)                             # (N, 592), their product is likeness
    places, likeness = nearest(prints_of_val, prints_of_train, count=3)
    likeness = (likeness - usual(prints_of_train)) / (1 - usual(prints_of_train))

A difference hash keeps whether each cell is brighter than its neighbour, so that light does not
matter. This one keeps how plainly it is so, between -1 and 1: the noise of an empty background,
which a bit would blow up, stays near 0. Cells are 1/8 and 1/16 of the picture.

Likeness, measured on the 2,975 × 500 Cityscapes pairs, of which none show the same place (with
256×256 pixels, and on CamVid's drives):
    different places                    at most .62, mirrored .65; nearest of all in the median .40
    the same photo as JPEG of quality 50    at least .99
    lighter or darker, gamma .7 to 1.4      at least .89, 19 of 20 above .98
    shifted by 2 % of its width             at least .76, half above .85
    enlarged by 5 %                         at least .83, half above .92
    CamVid frames .07 s apart               at least .89, half above .96
    CamVid frames 1 s apart                 .31 and more, half above .49: for keypoints.py

What all photos of a set have in common is taken off (`usual`), such as the bright disc on black
of the back of an eye: two of CHASE have .84 in the median and the most alike ones .93, two of DRIVE
.73 and .95, of which .56 and .81 are left. Two streets, nuclei or persons have 0 to .2.
"""

from __future__ import annotations

import cv2
import numpy as np

SIDE = 32
SCALES = (8, 16)
# A step of this share of the picture's mean step counts half. 1.0 has different street scenes up
# to .70, with copies where they are; the sign alone (0) takes noise for a picture.
HALF = 0.3
# Grey levels: what is flat but for the noise of a JPEG has no steps.
FLAT = 0.5
ROWS = 512  # compared at a time; with 8,500 others that is 17 MB
FEWEST = 8  # photos that show what is usual in a set
# Streets, nuclei and persons have less in common, which stays. Of a set of copies no more
# is taken off, so that one that was stored anew, of .99, is a copy still.
LITTLE, AT_MOST = 0.3, 0.85


def thumbnails(photos: np.ndarray) -> np.ndarray:
    """Small grey pictures (N, 32, 32). 3,500 of 256×256 take half a second."""
    thumbs = np.empty((len(photos), SIDE, SIDE), np.uint8)
    for place, photo in enumerate(photos):
        small = cv2.resize(photo, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        thumbs[place] = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    return thumbs


def mirrored(thumbs: np.ndarray) -> np.ndarray:
    return thumbs[:, :, ::-1]


def fingerprints(thumbs: np.ndarray) -> np.ndarray:
    """Unit vectors (N, 592) whose products say how alike photos are: 1 is the same."""
    return np.hstack([_steps(thumbs, scale) for scale in SCALES]) / np.sqrt(len(SCALES))


def _steps(thumbs: np.ndarray, scale: int) -> np.ndarray:
    count, cell = len(thumbs), SIDE // scale
    cells = thumbs.reshape(count, scale, cell, scale, cell).mean((2, 4), dtype=np.float32)
    across, down = np.diff(cells, axis=2), np.diff(cells, axis=1)
    steps = np.hstack([across.reshape(count, -1), down.reshape(count, -1)])
    size = np.abs(steps)
    steps /= size + HALF * size.mean(axis=1, keepdims=True) + FLAT
    return steps / np.maximum(np.linalg.norm(steps, axis=1, keepdims=True), 1e-6)


def usual(prints: np.ndarray) -> float:
    """How alike any two photos of a set are, in the median; less where that is little, and 0 where
    there are too few to say.
    """
    some = prints[:: max(1, -(-len(prints) // ROWS))]
    if len(some) < FEWEST:
        return 0.0
    products = (some @ some.T)[np.triu_indices(len(some), 1)]
    middle = float(np.median(products))
    return float(np.clip(2 * (middle - LITTLE), 0.0, min(middle, AT_MOST)))


def nearest(prints: np.ndarray, others: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """For each print the `count` most alike others: places and likeness, best first."""
    count = min(count, len(others))
    places = np.zeros((len(prints), count), np.int64)
    likeness = np.zeros((len(prints), count), np.float32)
    for first in range(0, len(prints), ROWS):
        rows = slice(first, first + ROWS)
        products = prints[rows] @ others.T
        best = np.argpartition(-products, count - 1, axis=1)[:, :count]
        found = np.take_along_axis(products, best, axis=1)
        order = np.argsort(-found, axis=1, kind="stable")
        places[rows] = np.take_along_axis(best, order, axis=1)
        likeness[rows] = np.take_along_axis(found, order, axis=1)
    return places, likeness
