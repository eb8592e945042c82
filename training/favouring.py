"""How much each class is favoured at the end of a run, as raises the mean IoU of training pairs.

    favour = best_favour(logits, truth)             # one number a class, to be added to its logit
    favour, logs = favour_classes(model, pairs, at_once, validation)

To answer with the likeliest class is best for accuracy, and not for mean IoU: a class whose IoU is
J is worth answering from a likelihood of J / (1 + J) on, .09 for a rare one. On the Cityscapes
pairs a weak model came from .327 to .347 so (to .352 where it was found on the validation pairs), a
better one from .405 to .410. Nothing is learned anew, and nothing added to the model: its last
layer has a bias anyway.
"""

from __future__ import annotations

import math

import keras
import numpy as np

from dataset.augment import middles
from dataset.cache import Cached, Examples
from labels.classes import IGNORE
from training.callbacks import Validation

# 200 pairs and 100,000 pixels of them came to .347, 400 and 300,000 to .349.
PAIRS, PIXELS = 200, 100_000
FAMILIAR_CLASSES = 20  # where there are more, fewer pixels, as each has a number for each class
FEWEST_PIXELS = 50  # a class that shows no more of them stays as it is
# A logit may rise or fall by so much in a round, in such steps: e^3 is 20 times as likely.
STEPS = np.arange(-12, 13) * 0.25
ROUNDS = 3
SEARCHING = 2.0  # seconds, with those in which TensorFlow traces the prediction; JAX takes more
AT_MOST = 0.05  # share of a run's time


def seconds_of(validation: float, cached: Cached, at_once: int) -> float:
    """About how long favouring takes: pairs are predicted, and the validation is made again."""
    batches, validated = (
        math.ceil(count / at_once) for count in (min(PAIRS, len(cached.train)), len(cached.val))
    )
    return validation * (1 + batches / max(1, validated)) + SEARCHING


def favour_classes(
    model: keras.Model, pairs: Examples, at_once: int, validation: Validation
) -> tuple[list[float], dict[str, float]]:
    """Favours the classes of the network of now, and takes it back if that is not the best so far.

    Returns:
        What was added to each class, and the logs of the validation; nothing where nothing was.
    """
    favour = best_favour(*some_pixels(model, pairs, at_once))
    if not favour.any():
        return [], {}
    bias, logs = model.get_layer("logits").bias, dict[str, float]()
    before = np.array(bias.numpy())
    bias.assign(before + favour)
    if not validation.judge(logs):
        bias.assign(before)
        return [], {}
    return favour.tolist(), logs


def best_favour(logits: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """What to add to the logits, found class by class, in a few rounds, as raises the mean IoU.

    It is that of the classes which occur: a class that none of these pixels shows is neither
    favoured nor pushed aside.

    Args:
        logits: Of some pixels, (pixels, classes).
        truth: Their ids; all of them are classes.
    """
    scores, favour = logits.astype(np.float32), np.zeros(logits.shape[1], np.float32)
    truth = truth.astype(np.int64)
    seen = np.bincount(truth, minlength=len(favour))
    for _ in range(ROUNDS):
        before = favour.copy()
        for index in np.flatnonzero(seen >= FEWEST_PIXELS):
            step = _best_step(scores, truth, seen, int(index))
            scores[:, index] += step
            favour[index] += step
        if (favour == before).all():
            break
    return favour


def _best_step(scores: np.ndarray, truth: np.ndarray, seen: np.ndarray, index: int) -> float:
    """By how much the logits of one class should change.

    Other pixels are answered as before; those that the class wins are lost by its rivals.
    """
    others = scores.copy()
    others[:, index] = -np.inf
    rival, lead = others.argmax(1), others.max(1) - scores[:, index]
    won_at = np.searchsorted(STEPS, lead, side="right")  # the first step that wins a pixel
    answered = _still_of(won_at, rival, len(seen))
    right = _still_of(won_at[rival == truth], rival[rival == truth], len(seen))
    answered[:, index] = len(truth) - answered.sum(1)
    right[:, index] = np.cumsum(np.bincount(won_at[truth == index], minlength=len(STEPS) + 1))[:-1]
    union = np.maximum(answered + seen - right, 1)
    reached = (right / union)[:, seen > 0].mean(1)
    return float(min(STEPS[reached == reached.max()], key=abs))


def _still_of(won_at: np.ndarray, rival: np.ndarray, classes: int) -> np.ndarray:
    """Pixels that each rival still has, (steps, classes)."""
    cells = won_at * classes + rival
    counts = np.bincount(cells, minlength=(len(STEPS) + 1) * classes).reshape(-1, classes)
    return counts.sum(0) - counts.cumsum(0)[:-1]


def some_pixels(model: keras.Model, pairs: Examples, at_once: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits and true ids of pixels from all over the pairs, those whose label is certain."""
    random, classes = np.random.default_rng(0), model.output_shape[-1]
    places = pairs.places(PAIRS)
    at_once = min(at_once, len(places))
    each = PIXELS * FAMILIAR_CLASSES // max(FAMILIAR_CLASSES, classes) // len(places)
    found: list[tuple[np.ndarray, np.ndarray]] = []
    for first in range(0, len(places) - at_once + 1, at_once):  # JAX compiles for each new shape
        part = pairs.chosen(places[first : first + at_once])
        logits = np.asarray(model.predict_on_batch(np.asarray(part.photos)))
        truth = np.where(part.confident, part.labels, np.uint8(IGNORE))
        truth = middles(truth, truth.shape[1] // logits.shape[1])  # as small as a stem leaves it
        chosen = random.permutation(np.flatnonzero(truth < classes))[: each * at_once]
        found.append((logits.reshape(-1, classes)[chosen], truth.reshape(-1)[chosen]))
    logits, truth = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return logits, truth
