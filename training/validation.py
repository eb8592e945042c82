"""Predicts a whole split and counts it: the scores that choose the best model.

scored = Scorer(model).score(cached.val, batch_size=8)
scored.confident.mean_iou, scored.all.mean_iou, scored.share
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from dataset.cache import Examples
from labels.classes import IGNORE
from training.deciding import MostLikely
from training.scores import Scores, confusion


@dataclass(frozen=True)
class Scored:
    """Scores of one split."""

    confident: Scores
    """Of the pixels whose label can be trusted: the headline."""
    all: Scores
    """Of all pixels that have a label."""
    loss: float
    """Mean loss of the batches, on the confident pixels; NaN where none was asked for."""

    @property
    def share(self) -> float:
        """Share of the labelled pixels that are confident."""
        return self.confident.pixels / max(1, self.all.pixels)


class Scorer:
    """The network with its decision, and on demand its loss, inside: only ids leave it.

    Args:
        model: Gives logits or probabilities.
        loss: A function of (labels, model output) that gives one number.
    """

    def __init__(self, model: keras.Model, loss: Callable[[Any, Any], Any] | None = None) -> None:
        picture, output = model.inputs[0], model.outputs[0]
        self.classes, self.has_loss = int(output.shape[-1]), loss is not None
        ids = ops.cast(MostLikely()(output), "uint8")
        if loss is None:
            self.network = keras.Model(picture, ids)
            return
        labels = keras.Input(output.shape[1:3], dtype="uint8")
        # A model must give batches, so the one number goes out with an axis of length 1.
        cost = ops.reshape(loss(labels, output), (1,))
        self.network = keras.Model([picture, labels], [ids, cost])

    def score(self, examples: Examples, batch_size: int) -> Scored:
        """Predicts and counts all examples."""
        counts = {"confident": self._nothing(), "all": self._nothing()}
        costs = []
        for first in range(0, len(examples), batch_size):
            part = slice(first, first + batch_size)
            truth = np.asarray(examples.labels[part])
            trusted = np.where(examples.confident[part], truth, np.uint8(IGNORE))
            ids, cost = self._predict(examples.photos[part], trusted, batch_size)
            costs.append(cost)
            counts["confident"] += confusion(trusted, ids, self.classes)
            counts["all"] += confusion(truth, ids, self.classes)
        return Scored(Scores(counts["confident"]), Scores(counts["all"]), float(np.mean(costs)))

    def _nothing(self) -> np.ndarray:
        return np.zeros((self.classes, self.classes), np.int64)

    def _predict(
        self, photos: np.ndarray, labels: np.ndarray, batch_size: int
    ) -> tuple[np.ndarray, float]:
        """Fills the last batch up with ignored pictures, as JAX compiles for each new shape."""
        missing = batch_size - len(photos)
        filled = np.pad(photos, [(0, missing), (0, 0), (0, 0), (0, 0)])
        if not self.has_loss:
            ids = self.network.predict_on_batch(filled)
            return ids[: len(photos)], math.nan
        ignored = np.pad(labels, [(0, missing), (0, 0), (0, 0)], constant_values=IGNORE)
        ids, cost = self.network.predict_on_batch([filled, ignored])
        return ids[: len(photos)], float(cost[0])
