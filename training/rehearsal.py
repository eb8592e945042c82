"""Before a long run: is everything connected as it should be? It takes seconds.

    print(rehearse(training, seconds=20))       # or BadInput, with what is likely wrong

The network must be able to learn a handful of pairs by heart: one that cannot learns nothing from
thousands either. And a label must still fit its photo after both were zoomed, turned and mirrored.
"""

from __future__ import annotations

import math
import time
from typing import Any

import keras
import numpy as np

from dataset.augment import middles
from dataset.batches import Batches, View
from dataset.cache import Examples
from dataset.wording import counted
from labels.classes import IGNORE
from training.plan import Plan
from training.training import Training
from utils_func import BadInput

LONG = 360  # seconds of a run that is rehearsed
SECONDS = 60  # at most; what is wired rightly is seen much sooner
HANDFUL = 8
STEPS, BLOCK = 100, 10  # at most so many steps, looked at after every block of them
# Of what is wrong when the most frequent class is named everywhere, so much must be mended. Where
# nearly all is one class, as around a small lesion, it is enough that the loss falls to this share
# of that of one answer for all pixels. Eight pairs of each of nine sets came there in 20 to 70
# steps; with grey photos, where the place in the picture is all there is to learn from, 100 steps
# mended .52 at most, and the loss stayed above .58.
LEARNED, BELOW_BLIND = 0.7, 0.5
TILES, PATTERNS = 4, 12  # tiles along each side of a pattern; patterns that are moved about
NO_CLASSES = 253  # the first of two ids that are those of no class, as a mirror may change classes
ALIGNED = 0.85  # at random it is .5; the borders of tiles cost some, most in small pictures


def rehearse_if_long(plan: Plan) -> None:
    """Rehearses a run that is worth it."""
    if plan.seconds >= LONG and plan.training.config.rehearsal:
        print("Rehearsing on a handful of pairs …", flush=True)
        print(rehearse(plan.training, SECONDS), flush=True)


def rehearse(training: Training, seconds: float) -> str:
    """What was seen, in a sentence.

    Raises:
        BadInput: The run would be in vain.
    """
    began = time.monotonic()
    _expect_aligned(training.batches.view, training.config.size)
    pairs = training.cached.train.spread(HANDFUL)
    before, after, usual, steps = _by_heart(training, pairs, began + seconds)
    handful = counted(len(pairs), "pair")
    rights = f"{usual:.0%} → {after[1]:.0%} of their pixels right"
    if not math.isfinite(after[0]):
        raise BadInput(_message(training, f"the loss is {after[0]} on {handful}", "a finite loss"))
    passed = time.monotonic() - began
    if after[1] >= learned(usual):
        return f"In {passed:.0f} s the network has begun to learn {handful} by heart ({rights})."
    blind = blind_loss(training, pairs)
    if usual and after[0] <= BELOW_BLIND * blind:
        fall = f"the loss on {handful} fell to {after[0]:.2f}, and is {blind:.2f} without a look"
        return f"In {passed:.0f} s the network has begun to learn: {fall} at the photos."
    # Without normalisation a network takes hundreds of steps to leave the most frequent class.
    if not usual or steps < STEPS or (not training.config.normalization and after[0] < before):
        do = "does" if steps == 1 else "do"
        return f"{counted(steps, 'step')} {do} not tell whether the network can learn. It begins."
    raise BadInput(
        _message(
            training,
            f"after {counted(steps, 'step')} on the same {handful} the network is right on "
            f"{after[1]:.0%} of their pixels, where naming one class everywhere is on {usual:.0%}, "
            f"and its loss is {after[0]:.2f}, where that of one answer for all is {blind:.2f}",
            "that it learns so few by heart",
        )
    )


def learned(usual: float) -> float:
    """The share of right pixels that is enough, where naming one class everywhere has `usual`."""
    return usual + LEARNED * (1 - usual)


def _message(training: Training, found: str, expected: str) -> str:
    config, rate = training.config, training.config.learning_rate
    return (
        f"A training would be in vain: {found}. Expected {expected}. Either the photos say nothing "
        "about the labels (they are all alike, dark or empty, or labels are noise): look at "
        f"{config.output}/check.png after 'python main.py check --data {config.data}'. Or the "
        f"learning rate of {rate:g} does not suit the network: try --learning-rate {rate / 10:g}, "
        f"or {rate * 10:g}. With --no-rehearsal the training begins all the same."
    )


def blind_loss(training: Training, pairs: Examples) -> float:
    """The loss of the shares of the classes, given as the answer for each pixel."""
    labels = middles(pairs.labels, training.config.stem or 1)
    counts = np.bincount(labels[labels != IGNORE].ravel(), minlength=len(training.classes))
    shares = np.clip(counts / max(1, counts.sum()), 1e-6, 1 - 1e-6)
    logits = np.log(shares)
    if training.config.head == "sigmoid":
        logits -= np.log(1 - shares)
    answer = np.broadcast_to(logits.astype(np.float32), (*labels.shape, len(shares)))
    return float(training.model.loss(labels, answer))


def _by_heart(
    training: Training, pairs: Examples, end: float
) -> tuple[float, tuple[float, float], float, int]:
    """Loss of the first steps, loss and accuracy of the last, accuracy of one class, steps."""
    counts = np.bincount(pairs.labels[pairs.labels != IGNORE].ravel(), minlength=1)
    usual = float(counts.max() / max(1, counts.sum()))
    size, parts = min(training.at_once, len(pairs)), training.parts
    batches = Batches(pairs, size, STEPS * parts, 0, _still(training.config.stem or 1))
    history = _History(end, learned(usual))
    with training.put_back():
        training.model.optimizer.learning_rate = training.config.learning_rate
        training.fit(batches, [history], epochs=STEPS // BLOCK, steps=BLOCK * parts)
    return history.rows[0][0], history.rows[-1], usual, -(-history.steps // parts)


def _still(stem: int) -> View:
    """The pair as it is, with the label at the network's size."""

    def view(photo: np.ndarray, label: np.ndarray, random: Any) -> tuple[np.ndarray, np.ndarray]:
        return photo, np.ascontiguousarray(middles(label, stem))

    return view


class _History(keras.callbacks.Callback):
    """Loss and accuracy of each block of steps; ends with the time, with enough that is right, or
    with a loss that breaks.
    """

    def __init__(self, end: float, enough: float) -> None:
        super().__init__()
        self.end, self.enough = end, enough
        self.steps, self.rows = 0, list[tuple[float, float]]()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.steps += 1
        self.model.stop_training |= time.monotonic() > self.end

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        assert logs is not None
        self.rows.append((float(logs["loss"]), float(logs["accuracy"])))
        loss, accuracy = self.rows[-1]
        self.model.stop_training |= not math.isfinite(loss) or accuracy >= self.enough


def _expect_aligned(view: View | None, size: tuple[int, int]) -> None:
    """Moves patterns whose photo and label are the same, and sees whether they still are."""
    share = aligned(view, size) if view else 1.0
    if share < ALIGNED:
        raise BadInput(
            f"A training would be in vain: after photos and labels are moved, only {share:.0%} of "
            f"the pixels still belong together. Expected at least {ALIGNED:.0%}. The change of "
            "views in dataset/augment.py moves them apart; with --zoom 1 --rotate 0 --no-flip "
            "--no-flip-vertical nothing is moved."
        )


def aligned(view: View, size: tuple[int, int]) -> float:
    """The share of pixels whose label is that of the photo below it, after the view."""
    height, width = size
    random = np.random.default_rng(0)
    right, pixels = 0, 0
    for _ in range(PATTERNS):
        tiles = random.integers(0, 2, (TILES, TILES), np.uint8)
        rows, columns = (np.arange(length) * TILES // length for length in (height, width))
        pattern = tiles[np.ix_(rows, columns)]
        photo, label = view(np.repeat(pattern[..., None] * 255, 3, 2), pattern + NO_CLASSES, random)
        seen = _binary(photo, label.shape) + NO_CLASSES
        certain = label != IGNORE
        right += int((seen == label)[certain].sum())
        pixels += int(certain.sum())
    return right / max(1, pixels)


def _binary(photo: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The pattern of a photo in whatever light, at the size of its label."""
    stem = photo.shape[0] // shape[0]
    grey = middles(photo.mean(axis=-1), stem)
    return (grey > (grey.min() + grey.max()) / 2).astype(np.uint8)
