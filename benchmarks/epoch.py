"""A whole epoch against the bare steps in it: what the input side and the callbacks cost.

    epoch, bare = seconds_of_epochs(Path("pairs"), Path("cache"), config, steps=40, repetitions=3)

The epoch is Training.run(), with pairs of the cache, other views of them, and all that is
displayed and recorded, without the validation; the bare steps take one batch from memory.
"""

from __future__ import annotations

import contextlib
import io
import time
from pathlib import Path
from typing import Any

from benchmarks.decoding import decoded
from dataset.cache import Cached
from training.backend import start_keras
from training.config import Config


def seconds_of_epochs(
    folder: Path, cache: Path, config: Config, steps: int, repetitions: int
) -> tuple[list[float], list[float]]:
    """Seconds of each epoch of so many steps, and of as many bare steps beside it."""
    training = new_training(decoded(folder, cache, config.size[0]), config, steps)
    estimate = training.measure()
    bare_seconds(training, 1)
    seconds = [
        (epoch_seconds(training, estimate), bare_seconds(training, training.batches.steps))
        for _ in range(repetitions)
    ]
    epochs, bare = zip(*seconds, strict=True)
    return list(epochs), list(bare)


def new_training(cached: Cached, config: Config, steps: int) -> Any:
    """A training whose epochs are cut to so many steps; the order stays one over all pairs."""
    from labels.classes import CITYSCAPES

    start_keras()
    from training.training import Training

    training = Training(cached, CITYSCAPES, config)
    training.batches.steps = min(steps, training.batches.steps)
    return training


def epoch_seconds(training: Any, estimate: Any) -> float:
    """One run of the epochs that the configuration asks for, less its validations."""
    validating = _Watched(training.scorer.score)
    training.scorer.score = validating
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        training.run(estimate, keep=lambda: None, record=lambda outcome: None)
    training.scorer.score = validating.function
    return time.perf_counter() - began - validating.seconds


def bare_seconds(training: Any, steps: int) -> float:
    photos, labels = training.batches[0]
    began = time.perf_counter()
    for _ in range(steps):
        loss = training.model.train_on_batch(photos, labels, return_dict=True)["loss"]
    float(loss)
    return time.perf_counter() - began


class _Watched:
    """A function whose time is added up."""

    def __init__(self, function: Any) -> None:
        self.function, self.seconds = function, 0.0

    def __call__(self, *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return self.function(*arguments)
        finally:
            self.seconds += time.perf_counter() - began
