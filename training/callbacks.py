"""What happens between the steps: validation and the best model, Ctrl-C, a loss that breaks."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import keras

from dataset.cache import Examples
from training.outcome import COLUMNS, Outcome
from training.validation import Scorer


class Validation(keras.callbacks.Callback):
    """Scores the validation pairs after each epoch and hands over each model that is better.

    Stands first among the callbacks: what it adds to the epoch's logs is there for the others.

    Args:
        scorer: Predicts and counts.
        examples: The validation pairs.
        batch_size: Pairs predicted at once.
        keep: Called whenever the validation mIoU is the best so far.
    """

    def __init__(
        self,
        scorer: Scorer,
        examples: Examples,
        batch_size: int,
        keep: Callable[[], None],
    ) -> None:
        super().__init__()
        self.scorer, self.examples, self.batch_size = scorer, examples, batch_size
        self.keep = keep
        self.best = -math.inf
        self.best_epoch = 0

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        assert logs is not None
        began = time.monotonic()
        scored = self.scorer.score(self.examples, self.batch_size)
        miou = scored.confident.mean_iou
        # A split of ignored pixels alone has no score; the first model is kept all the same.
        if miou > self.best or not self.best_epoch:
            self.best, self.best_epoch = miou, epoch + 1
            self.keep()
        logs.update(
            val_loss=scored.loss,
            val_accuracy=scored.confident.accuracy,
            val_miou=miou,
            best_epoch=self.best_epoch,
            learning_rate=float(self.model.optimizer.learning_rate),
        )
        logs["validation_seconds"] = time.monotonic() - began


class Interruption(keras.callbacks.Callback):
    """Ctrl-C finishes the step and ends the training in order; a second one leaves at once."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = False
        self.before = signal.getsignal(signal.SIGINT)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self.before = signal.signal(signal.SIGINT, self._ask)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        self.close()

    def close(self) -> None:
        """Gives Ctrl-C its usual meaning back."""
        signal.signal(signal.SIGINT, self.before)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        signal.signal(signal.SIGINT, self.before)
        print(
            "\nEnding after this step or validation. Ctrl-C once more leaves at once.", flush=True
        )

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self.asked:
            raise Interrupted

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self.asked:
            raise Interrupted


class Interrupted(Exception):  # noqa: N818 - nothing went wrong
    """A person pressed Ctrl-C. Raised between two steps, so that the weights are whole."""


class StopAtNaN(keras.callbacks.Callback):
    """Ends the training when the loss is no number any more; the best model stays.

    Stands before the validation, as such weights are not worth scoring.
    """

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if logs and not math.isfinite(logs["loss"]):
            raise NotANumber


class NotANumber(Exception):  # noqa: N818 - the loss is what its name says
    """The loss has become infinite or NaN."""


class Recorder(keras.callbacks.Callback):
    """Keeps the numbers of each epoch and hands them over, so that a cut loses nothing."""

    def __init__(self, outcome: Outcome, record: Callable[[Outcome], None]) -> None:
        super().__init__()
        self.outcome, self.record, self.began = outcome, record, time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.outcome.steps += 1

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        assert logs is not None
        self.outcome.seconds = time.monotonic() - self.began
        self.outcome.best_epoch = logs["best_epoch"]
        row = {name: float(logs[name]) for name in COLUMNS if name in logs}
        self.outcome.history.append({**row, "seconds": self.outcome.seconds})
        self.record(self.outcome)
