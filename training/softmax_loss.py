"""Cross-entropy plus Dice of a softmax head, with the gradient written out by hand.

    softmax_loss(labels, logits, dice=1.0)      # what segmentation_loss gives, in half the time

Each operation reads and writes all classes of all pixels, 5 MB for one picture of 256×256, and
automatic differentiation of loss.py needs some thirty. With shares p, one-hot labels t, m = 1 for
pixels that count, n of them, and overlap O, size T + S of each class:

    cross-entropy   d/dz = (m p - t) / n
    Dice            d/dO = a = -2 / (T + S),  d/dS = b = 2 O / (T + S)²,  each / present classes
    softmax         d/dz = p (g - Σ p g)  of  g = a t + m b  in a pixel
"""

from __future__ import annotations

from typing import Any

from keras import ops

from labels.classes import IGNORE

EMPTY = 1e-6  # keeps a division by zero away
SMALLEST = 1e-30  # a share; its logarithm is -69


def softmax_loss(labels: Any, logits: Any, dice: float) -> Any:
    """The loss as one number; labels are ids (N, H, W), logits (N, H, W, classes)."""
    classes = logits.shape[-1]
    labels = ops.reshape(ops.cast(labels, "int32"), (-1,))
    # One-hot of -1 is documented to be all zeros on each backend.
    truth = ops.one_hot(ops.where(labels == IGNORE, -1, labels), classes)

    @ops.custom_gradient
    def of_logits(flat: Any) -> tuple[Any, Any]:
        return _with_gradient(truth, flat, dice)

    return of_logits(ops.reshape(ops.cast(logits, "float32"), (-1, classes)))


def _with_gradient(truth: Any, logits: Any, dice: float) -> tuple[Any, Any]:
    each = ops.ones((truth.shape[-1], 1))
    counted = ops.matmul(truth, each)  # products with matrices: sums over classes in one pass
    number = ops.sum(counted) + EMPTY
    share = ops.softmax(logits)
    right = ops.matmul(truth * share, each)
    cost = -ops.sum(counted * ops.log(ops.maximum(right, SMALLEST))) / number
    dice_cost, by_overlap, by_size = _dice(truth, share, counted, right, dice)

    def gradient(*values: Any, upstream: Any = None) -> Any:
        (upstream,) = values if upstream is None else (upstream,)
        of_label = ops.matmul(truth, by_overlap)
        weight = counted / number
        common = weight - counted * ops.matmul(share, by_size) - of_label * right
        factors = ops.matmul(
            ops.concatenate([counted, common], axis=1),
            ops.concatenate([ops.transpose(by_size), ops.transpose(each)], axis=0),
        )
        return upstream * (share * factors + truth * (right * of_label - weight))

    return cost + dice_cost, gradient


def _dice(truth: Any, share: Any, counted: Any, right: Any, factor: float) -> tuple[Any, Any, Any]:
    """The cost, as a mean over the classes that occur, and what it changes by with each class.

    Returns:
        The cost, and its derivatives by overlap and by predicted size, each (classes, 1).
    """
    across = ops.transpose(truth)
    in_truth, overlap = ops.matmul(across, counted), ops.matmul(across, right)
    sizes = in_truth + ops.matmul(ops.transpose(share), counted) + EMPTY
    present = ops.cast(in_truth > 0, "float32")
    each = factor * present / (ops.sum(present) + EMPTY)
    cost = ops.sum(each * (1 - 2 * overlap / sizes))
    return cost, -2 / sizes * each, 2 * overlap / ops.square(sizes) * each
