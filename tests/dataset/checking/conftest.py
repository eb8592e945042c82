"""Photos that no two checks should take for the same."""

from __future__ import annotations

import cv2
import numpy as np

from dataset.cache import Examples
from labels.classes import IGNORE


def scenery(first: int, count: int, split: str, side: int = 128) -> Examples:
    """Photos of random blots, no two alike; each label has all three classes."""
    photos = []
    for seed in range(first, first + count):
        random = np.random.default_rng(seed)
        coarse, fine = (random.integers(0, 256, (n, n, 3), dtype=np.uint8) for n in (8, 32))
        blots = [
            cv2.resize(part, (side, side), interpolation=cv2.INTER_CUBIC) for part in (coarse, fine)
        ]
        photos.append(cv2.addWeighted(blots[0], 0.6, blots[1], 0.4, 0))
    labels = np.zeros((count, side, side), np.uint8)
    labels[:, : side // 2], labels[:, :, : side // 4] = 1, 2
    names = [f"{split}/{number}.png" for number in range(1, count + 1)]
    return Examples(names, np.array(photos), labels, labels != IGNORE)
