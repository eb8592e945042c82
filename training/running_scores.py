"""Accuracy and mIoU of the training batches, counted inside the compiled step.

    model.compile("adam", SegmentationLoss(), metrics=[RunningScores(classes=19)])

Keras's own MeanIoU counts in int32 on JAX and has an open axis bug (keras#23667).
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from training.most_likely import most_likely


class RunningScores(keras.metrics.Metric):
    """A confusion matrix since the epoch began; its result holds 'accuracy' and 'miou'."""

    def __init__(self, classes: int, name: str = "scores") -> None:
        super().__init__(name=name)
        self.classes = classes
        # JAX has no int64 by default. int32 is enough for 2.1e9 pixels of a class an epoch;
        # reported scores come from training/scores.py, always in int64.
        kind = "int32" if keras.backend.backend() == "jax" else "int64"
        self.counts = self.add_variable((classes, classes), "zeros", dtype=kind, name="counts")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        counts = confusion_inside(y_true, most_likely(y_pred), self.classes)
        self.counts.assign_add(ops.cast(counts, self.counts.dtype))

    def result(self) -> dict[str, Any]:
        counts = ops.cast(self.counts, "float32")
        right = ops.diagonal(counts)
        union = ops.sum(counts, axis=0) + ops.sum(counts, axis=1) - right
        occurring = ops.cast(union > 0, "float32")
        iou = right / ops.maximum(union, 1)
        return {
            "accuracy": ops.sum(right) / ops.maximum(ops.sum(counts), 1),
            "miou": ops.sum(iou) / ops.maximum(ops.sum(occurring), 1),
        }


def confusion_inside(truth: Any, predicted: Any, classes: int) -> Any:
    """What confusion() in training/scores.py counts, inside a compiled step."""
    truth, nowhere = ops.cast(truth, "int32"), classes * classes
    cells = ops.where(truth < classes, truth * classes + predicted, nowhere)
    return ops.reshape(_occurrences(ops.ravel(cells), nowhere + 1)[:-1], (classes, classes))


def _occurrences(values: Any, number: int) -> Any:
    """How often each of the numbers from 0 occurs."""
    if keras.backend.backend() != "tensorflow":
        return ops.segment_sum(ops.ones_like(values), values, num_segments=number)
    import tensorflow as tf

    # Quicker than a sum of segments on a processor. tf.math.bincount, which is made of it, works
    # the size out anew, and XLA refuses that.
    return tf.raw_ops.DenseBincount(input=values, size=number, weights=tf.zeros(0, tf.int32))
