"""How sure a mean IoU is: an interval by drawing pictures again and again with replacement.

    low, high = interval(confusions)        # confusions (pictures, classes, classes)

Pixels of one picture are no independent evidence, pictures are: so whole pictures are drawn.
"""

from __future__ import annotations

import numpy as np

DRAWS, SHARE = 1000, 0.95


def interval(confusions: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """The range that holds the mean IoU in SHARE of the draws.

    With an axis of models in front it is that of their mean, each draw being the same for all.
    """
    random = np.random.default_rng(seed)
    models = confusions if confusions.ndim == 4 else confusions[None]
    count = models.shape[1]
    weights = random.multinomial(count, np.full(count, 1 / count), DRAWS)
    means = np.mean([mean_ious(np.tensordot(weights, model, 1)) for model in models], axis=0)
    low, high = np.nanquantile(means, [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return float(low), float(high)


def mean_ious(confusions: np.ndarray) -> np.ndarray:
    """The mean IoU over the classes that occur, of each confusion matrix (…, C, C)."""
    right = np.diagonal(confusions, axis1=-2, axis2=-1).astype(float)
    union = confusions.sum(-1) + confusions.sum(-2) - right
    iou = np.divide(right, union, out=np.zeros_like(right), where=union > 0)
    return iou.sum(-1) / np.maximum((union > 0).sum(-1), 1)
