"""What happens between the steps: validation and the best model, Ctrl-C, a loss that breaks."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import keras

from dataset.cache import Examples
from training.outcome import COLUMNS, Outcome
from training.pace import Pace
from training.validation import Scorer


class Validation(keras.callbacks.Callback):
    """Scores the validation pairs after each epoch and hands over each model that is better.

    That is by the mean IoU of the classes which these pairs show. With the others, of which a pixel
    may be predicted, it would be a third less where that happens to ten of thirty.

    Stands first among the callbacks: what it adds to the epoch's logs is there for the others.

    Args:
        scorer: Predicts and counts.
        examples: The validation pairs.
        batch_size: Pairs predicted at once.
        keep: Called whenever the validation mIoU is the best so far; says whether it could be kept.
        file: Where it is kept.
    """

    def __init__(
        self,
        scorer: Scorer,
        examples: Examples,
        batch_size: int,
        keep: Callable[[], bool],
        file: Path,
    ) -> None:
        super().__init__()
        self.scorer, self.examples, self.batch_size = scorer, examples, batch_size
        self.keep, self.file, self.was_there = keep, file, False
        self.best = -math.inf
        self.best_epoch = 0
        self.number = 0  # of the validation; Keras counts epochs, which may have other lengths now

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        assert logs is not None
        began = time.monotonic()
        self.number += 1
        self.judge(logs)
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        logs["validation_seconds"] = time.monotonic() - began

    def judge(self, logs: dict[str, Any]) -> bool:
        """Scores the network of now, and hands it over if it is the best so far: whether it is."""
        scored = self.scorer.score(self.examples, self.batch_size)
        reached = scored.confident.mean_iou_of_true
        # A split of ignored pixels alone has no score; then each is better than the one before.
        better = not reached <= self.best or not self.best_epoch or self._is_lost()
        kept = better and self.keep()
        if kept:
            self.best, self.best_epoch = reached, self.number
            self.was_there = self.file.exists()
        logs.update(
            val_loss=scored.loss,
            val_accuracy=scored.confident.accuracy,
            val_miou=reached,
            best_epoch=self.best_epoch,
            is_best=self.best_epoch == self.number,
        )
        return kept

    def _is_lost(self) -> bool:
        """Whether somebody has deleted the best model meanwhile: then a lesser one is better."""
        return self.was_there and not self.file.exists()


class Patience(keras.callbacks.Callback):
    """Ends the training after so many epochs without a better validation; 0 never does."""

    def __init__(self, epochs: int) -> None:
        super().__init__()
        self.epochs, self.waited = epochs, 0

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        assert logs is not None
        self.waited = 0 if logs["is_best"] else self.waited + 1
        self.model.stop_training |= 0 < self.epochs <= self.waited


class Interruption(keras.callbacks.Callback):
    """Ctrl-C finishes the step and ends the training in order; a second one leaves at once.

    So does SIGTERM, which is what a machine sends before it is taken away.

    Args:
        validation_follows: Says after a step that it was the last of its epoch; then the end waits
            for the validation, so that a run which goes on need not begin with one.
    """

    SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self, validation_follows: Callable[[], bool] = lambda: False) -> None:
        super().__init__()
        self.asked = False
        self.validation_follows = validation_follows
        self.before = {number: signal.getsignal(number) for number in self.SIGNALS}

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self.listen()

    def listen(self) -> None:
        """Takes both signals over."""
        self.close()  # a run that goes back begins again without having ended
        self.before = {number: signal.signal(number, self._ask) for number in self.SIGNALS}

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        self.close()

    def close(self) -> None:
        """Gives both signals their usual meaning back."""
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        self.close()
        print(
            "\nEnding after this step or validation. Ctrl-C once more leaves at once.", flush=True
        )

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self.asked and not self.validation_follows():
            raise Interrupted

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self.asked:
            raise Interrupted


class Interrupted(Exception):  # noqa: N818 - nothing went wrong
    """A person pressed Ctrl-C. Raised between two steps, so that the weights are whole."""


class NaNWatch(keras.callbacks.Callback):
    """Raises NotANumber at the first loss that is none; what follows from it the run decides.

    Stands before the validation, as such weights are not worth scoring.
    """

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if logs and not math.isfinite(logs["loss"]):
            raise NotANumber


class NotANumber(Exception):  # noqa: N818 - the loss is what its name says
    """The loss has become infinite or NaN."""


class Recorder(keras.callbacks.Callback):
    """Keeps the numbers of each epoch and hands them over, so that a cut loses nothing."""

    def __init__(
        self,
        outcome: Outcome,
        steps_of_pass: int,
        record: Callable[[], object],
        pace: Pace,
    ) -> None:
        super().__init__()
        self.outcome, self.record, self.pace = outcome, record, pace
        self.steps_of_pass = steps_of_pass

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.outcome.steps += 1

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        assert logs is not None
        self.outcome.seconds = self.pace.passed
        self.outcome.best_epoch = logs["best_epoch"]
        row = {name: float(logs[name]) for name in COLUMNS if name in logs}
        row["passes"] = self.outcome.steps / self.steps_of_pass
        self.outcome.history.append({**row, "seconds": self.outcome.seconds})
        self.record()
