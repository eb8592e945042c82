"""How small the network may make its maps at once, found from the labels: half, a quarter, or not.

    shape = choose_shape(config, cached.train, classes=19)
    shape.stem, shape.filters, shape.depth          # 4, 32, 2: 128 channels at a sixteenth
    shape.reason                                    # 'labels at a quarter of the size keep 96% …'

A network that begins at a quarter of the size sees six times as many pictures in the same time as
one at the full size. What that costs is known before training: labels are shrunk and enlarged
again, and compared with what they were. Streets keep .96, thin membranes .63.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from dataset.cache import Examples
from labels.classes import IGNORE
from training.config import Config, usual_depth
from training.scores import Scores, confusion

STEMS = (4, 2)
# What must be left of the labels, as mean IoU and as IoU of the class that loses most. The best
# networks are far below it on such data.
ENOUGH, ENOUGH_OF_EACH = 0.9, 0.5
# A class of fewer pixels than this share is left out of the second: some pixels of one of thirty
# classes are not worth six times the time.
RARE = 2e-4
LOOKED_AT = 48
FEWEST_FILTERS, FILTERS_PER_STEM = 16, 8  # 128 channels at a sixteenth behind a stem of 2 or 4
IN_WORDS = {4: "a quarter", 2: "half"}


class Shape(NamedTuple):
    """What the network is built with."""

    stem: int
    filters: int
    depth: int
    reason: str
    """Why this stem; empty where it was asked for."""


def choose_shape(config: Config, examples: Examples, classes: int) -> Shape:
    """What was asked for; the rest as it suits the labels."""
    stem, reason = config.stem, ""
    if stem is None and config.depth is not None:
        stem, reason = 1, "levels are counted from the full size where so many are asked for"
    if stem is None:
        stem, reason = stem_for(examples, classes)
    filters = config.filters or max(FEWEST_FILTERS, FILTERS_PER_STEM * stem)
    depth = config.depth or usual_depth(stem)
    return Shape(stem, filters, depth, reason)


def stem_for(examples: Examples, classes: int) -> tuple[int, str]:
    """The largest stem that leaves enough of the labels, and a sentence about it."""
    sample = examples.spread(LOOKED_AT)
    for stem in STEMS:
        kept = kept_of(sample, classes, stem)
        if not kept.pixels:
            return 1, "no label of those looked at holds a class"
        pixels = kept.confusion.sum(1)
        least = float(np.nanmin(kept.iou[pixels >= RARE * kept.pixels]))
        told = (
            f"labels at {IN_WORDS[stem]} of the size keep {kept.mean_iou:.0%} of mIoU, and "
            f"{least:.0%} of the class that loses most"
        )
        if kept.mean_iou >= ENOUGH and least >= ENOUGH_OF_EACH:
            return stem, told
    return 1, told


def kept_of(examples: Examples, classes: int, stem: int) -> Scores:
    """The scores of labels that were shrunk and enlarged, where they are certain."""
    counts = np.zeros((classes, classes), np.int64)
    for label, confident in zip(examples.labels, examples.confident, strict=True):
        truth = np.where(confident, label, np.uint8(IGNORE))
        counts += confusion(truth, _shrunk_and_enlarged(truth, stem), classes)
    return Scores(counts)


def _shrunk_and_enlarged(label: np.ndarray, stem: int) -> np.ndarray:
    """Each pixel as the class that has most of the surrounding, as a network's shares have it."""
    height, width = label.shape
    small = (max(1, width // stem), max(1, height // stem))
    ids, most = np.zeros(label.shape, np.uint8), np.zeros(label.shape, np.float32)
    for index in np.unique(label[label != IGNORE]):
        share = cv2.resize((label == index).astype(np.float32), small, interpolation=cv2.INTER_AREA)
        share = cv2.resize(share, (width, height), interpolation=cv2.INTER_LINEAR)
        ids[share > most] = index
        np.maximum(most, share, out=most)
    return ids
