"""Scores from a confusion matrix of int64: rows are the truth, columns the prediction.

    scores = Scores(confusion(truth, predicted, classes=19))
    scores.accuracy, scores.mean_iou, scores.iou[13]

As in cityscapesScripts, ignored pixels count nowhere, and a mean is over the classes that occur:
those that truth or prediction shows. A class that is predicted but never there has IoU 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from labels.classes import Classes


def confusion(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Counts pixels by true and predicted id; true ids from `classes` up (255) are ignored."""
    counted = truth < classes
    cells = truth[counted].astype(np.int64) * classes + predicted[counted]
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


@dataclass(frozen=True)
class Scores:
    """What a confusion matrix says. A score that has nothing to count is NaN."""

    confusion: np.ndarray

    @cached_property
    def pixels(self) -> int:
        return int(self.confusion.sum())

    @cached_property
    def accuracy(self) -> float:
        return float(_ratio(np.trace(self.confusion), self.confusion.sum()))

    @cached_property
    def iou(self) -> np.ndarray:
        right = np.diag(self.confusion)
        return _ratio(right, self.confusion.sum(0) + self.confusion.sum(1) - right)

    @cached_property
    def dice(self) -> np.ndarray:
        right = np.diag(self.confusion)
        return _ratio(2 * right, self.confusion.sum(0) + self.confusion.sum(1))

    @cached_property
    def precision(self) -> np.ndarray:
        return _ratio(np.diag(self.confusion), self.confusion.sum(0))

    @cached_property
    def recall(self) -> np.ndarray:
        return _ratio(np.diag(self.confusion), self.confusion.sum(1))

    @cached_property
    def mean_iou(self) -> float:
        return _mean(self.iou[~np.isnan(self.iou)])

    @cached_property
    def mean_iou_of_true(self) -> float:
        """Of the classes that the truth shows: one wrong pixel of another changes it hardly."""
        return _mean(self.iou[self.confusion.sum(1) > 0])

    def to_json(self, classes: Classes) -> dict[str, Any]:
        """Plain numbers, with null where there is nothing to count."""
        pixels = self.confusion.sum(1)
        table = {
            name: {
                "iou": plain(self.iou[index]),
                "dice": plain(self.dice[index]),
                "precision": plain(self.precision[index]),
                "recall": plain(self.recall[index]),
                "pixels": int(pixels[index]),
            }
            for index, name in enumerate(classes.names)
        }
        return {
            "accuracy": plain(self.accuracy),
            "mean_iou": plain(self.mean_iou),
            "mean_iou_of_true": plain(self.mean_iou_of_true),
            "pixels": self.pixels,
            "classes": table,
        }


def plain(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 6)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else math.nan


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
