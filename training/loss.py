"""What training makes small: cross-entropy plus Dice, where ignored pixels count for nothing.

model.compile("adam", loss=SegmentationLoss(dice=1.0))
model.compile("adam", loss=SegmentationLoss(dice=0.0, head="sigmoid"))   # each class by itself
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labels.classes import IGNORE
from training.softmax_loss import EMPTY, softmax_loss


class SegmentationLoss(keras.losses.Loss):
    """Mean cross-entropy over the pixels that count, plus `dice` times the Dice loss.

    Labels are uint8 ids (N, H, W), predictions are logits (N, H, W, classes). All of it is
    computed in float32, whatever the network computes in.
    """

    def __init__(
        self,
        dice: float = 1.0,
        head: str = "softmax",
        name: str = "segmentation_loss",
        **kwargs: Any,
    ) -> None:
        # 'sum' leaves the one number that call() gives as it is.
        super().__init__(name=name, reduction="sum", dtype="float32", **kwargs)
        self.dice, self.head = dice, head

    def call(self, y_true: Any, y_pred: Any) -> Any:
        if self.head == "softmax":
            return softmax_loss(y_true, y_pred, self.dice)
        return segmentation_loss(y_true, y_pred, self.dice, self.head)

    def get_config(self) -> dict[str, Any]:
        return {"dice": self.dice, "head": self.head, "name": self.name}


def segmentation_loss(labels: Any, logits: Any, dice: float, head: str = "softmax") -> Any:
    """The loss as one number."""
    labels = ops.cast(labels, "int32")
    # One-hot of 255 would be wrong, or an error, depending on the backend.
    counted = ops.cast(ops.not_equal(labels, IGNORE), "float32")
    truth = ops.one_hot(ops.where(labels == IGNORE, 0, labels), logits.shape[-1])
    truth *= counted[..., None]
    entropy = {"softmax": of_one_class, "sigmoid": of_each_class}[head]
    cost, share = entropy(truth, ops.cast(logits, "float32"))
    cross_entropy = ops.sum(cost * counted) / (ops.sum(counted) + EMPTY)
    if not dice:
        return cross_entropy
    return cross_entropy + dice * dice_loss(truth, share * counted[..., None])


def of_one_class(truth: Any, logits: Any) -> tuple[Any, Any]:
    """Cross-entropy of each pixel where one class excludes the others, and the classes' shares."""
    log_share = ops.log_softmax(logits)
    return -ops.sum(truth * log_share, axis=-1), ops.exp(log_share)


def of_each_class(truth: Any, logits: Any) -> tuple[Any, Any]:
    """Binary cross-entropy of each pixel, as a mean over the classes, and the classes' shares.

    -log sigmoid(x) is softplus(x) - x, and -log(1 - sigmoid(x)) is softplus(x).
    """
    return ops.mean(ops.softplus(logits) - truth * logits, axis=-1), ops.sigmoid(logits)


def dice_loss(truth: Any, share: Any) -> Any:
    """One minus Dice, as a mean over the classes that the batch shows."""
    overlap = ops.sum(truth * share, axis=(0, 1, 2))
    sizes = ops.sum(truth, axis=(0, 1, 2)), ops.sum(share, axis=(0, 1, 2))
    present = ops.cast(sizes[0] > 0, "float32")
    score = 2 * overlap / (sizes[0] + sizes[1] + EMPTY)
    return ops.sum((1 - score) * present) / (ops.sum(present) + EMPTY)
