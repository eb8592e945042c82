"""Predicts a whole split and counts it: the scores that choose the best model.

scored = Scorer(model).score(cached.val, batch_size=8)
scored.confident.mean_iou, scored.all.mean_iou, scored.share
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from dataset.augment import middles
from dataset.cache import Examples
from labels.classes import IGNORE
from training.most_likely import most_likely
from training.running_scores import confusion_inside
from training.scores import Scores


@dataclass(frozen=True)
class Scored:
    """Scores of one split."""

    confident: Scores
    """Of the pixels whose label can be trusted: the headline."""
    all: Scores
    """Of all pixels that have a label."""
    loss: float
    """Mean loss of the batches, on the confident pixels; NaN where none was asked for."""
    beside: Scores | None = None
    """Of the confident pixels, by the output beside; None where there was none."""

    @property
    def share(self) -> float:
        """Share of the labelled pixels that are confident."""
        return self.confident.pixels / max(1, self.all.pixels)


class Scorer:
    """The network with decision, count and, on demand, loss inside: only numbers leave it.

    Args:
        model: Gives logits or probabilities.
        loss: A function of (labels, model output) that gives one number.
        small: What the loss looks at instead of the model's output: the same before it is enlarged.
        beside: Another output of the same inputs, which is counted in the same go.
    """

    def __init__(
        self,
        model: keras.Model,
        loss: Callable[[Any, Any], Any] | None = None,
        small: Any = None,
        beside: Any = None,
    ) -> None:
        output = model.outputs[0]
        self.classes = int(output.shape[-1])
        trusted, truth = (keras.Input(output.shape[1:3], dtype="uint8") for _ in range(2))
        count = Counts(self.classes)
        leaving = {"counts": count(output, [trusted, truth])}
        if beside is not None:
            leaving["beside"] = count(beside, [trusted])
        self.has_beside = beside is not None
        if loss:
            at = output if small is None else small
            labels = trusted if small is None else middles(trusted, output.shape[1] // at.shape[1])
            # A model must give batches, so the one number goes out with an axis of length 1.
            leaving["cost"] = ops.reshape(loss(labels, at), (1,))
        self.network = keras.Model([model.inputs[0], trusted, truth], leaving)

    def score(self, examples: Examples, batch_size: int) -> Scored:
        """Predicts and counts all examples."""
        counts = np.zeros((2, self.classes, self.classes), np.int64)
        beside = np.zeros_like(counts[0])
        costs = []
        for first in range(0, len(examples), batch_size):
            part = slice(first, first + batch_size)
            truth = np.asarray(examples.labels[part])
            trusted = np.where(examples.confident[part], truth, np.uint8(IGNORE))
            given = examples.photos[part], trusted, truth
            found = self.network.predict_on_batch(_filled(given, batch_size))
            counts += found["counts"][0]
            beside += found["beside"][0, 0] if self.has_beside else 0
            costs.append(found.get("cost", math.nan))
        also = Scores(beside) if self.has_beside else None
        return Scored(Scores(counts[0]), Scores(counts[1]), float(np.mean(costs)), also)


class Counts(keras.layers.Layer):
    """Confusion matrices of one output by some labels, (1, labels, classes, classes)."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes

    def call(self, output: Any, labels: Sequence[Any]) -> Any:
        ids = most_likely(output)
        counts = [confusion_inside(label, ids, self.classes) for label in labels]
        return ops.stack(counts)[None]


def _filled(given: Sequence[np.ndarray], count: int) -> list[np.ndarray]:
    """Photos and labels of as many pictures, the last of them black and ignored: JAX compiles for
    each new shape.
    """
    photos, *labels = given
    missing = [(0, count - len(photos)), (0, 0), (0, 0)]
    ignored = [np.pad(label, missing, constant_values=IGNORE) for label in labels]
    return [np.pad(photos, [*missing, (0, 0)]), *ignored]
