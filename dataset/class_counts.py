"""How many pixels and pictures of a split have each class.

counts = ClassCounts(cached.train)
counts.pixels[3], counts.pictures[3]      # of class 3
"""

from __future__ import annotations

import cv2
import numpy as np

from dataset.cache import Examples
from labels.classes import IGNORE


class ClassCounts:
    """Pixels by picture and class. 3,500 pictures of 256×256 take half a second.

    Attributes:
        names: Of the pictures.
        sure: Pixels decoded with confidence, (pictures, 255).
        labelled: All pixels that are not ignored, (pictures, 255).
        pixels: Sure pixels by class: the doubtful ones hold a bit of nearly every class.
        pictures: Pictures with a sure pixel of a class.
        ignored: Pixels that are ignored.
    """

    def __init__(self, examples: Examples) -> None:
        self.names = examples.names
        self.sure = np.zeros((len(examples), IGNORE), np.int32)
        self.labelled = np.zeros((len(examples), IGNORE), np.int32)
        self.ignored = 0
        for place, (label, confident) in enumerate(
            zip(examples.labels, examples.confident, strict=True)
        ):
            every = _histogram(label)
            self.labelled[place] = every[:IGNORE]
            self.ignored += int(every[IGNORE])
            self.sure[place] = _histogram(label, confident)[:IGNORE]
        self.pixels = self.sure.sum(axis=0, dtype=np.int64)
        self.pictures = np.count_nonzero(self.sure, axis=0)


def _histogram(label: np.ndarray, where: np.ndarray | None = None) -> np.ndarray:
    """Pixels by value, (256,). OpenCV counts in float32, exact up to 16 million pixels."""
    mask = None if where is None else where.view(np.uint8)
    return cv2.calcHist([label], [0], mask, [256], [0, 256]).ravel().astype(np.int64)
