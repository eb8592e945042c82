"""One training, from decoded pairs to the best weights.

    training = Training(cached, classes, config)
    estimate = training.measure()                   # compiles, and times a few steps
    outcome = training.run(estimate, keep=save_the_model, record=write_the_history)

Everything that changes while training lives here; the rest are functions from arrays to arrays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import keras
import numpy as np

from dataset.augment import augment
from dataset.batches import Batches
from dataset.cache import Cached
from labels.classes import Classes
from segmentation_model import Unet
from training.backend import device
from training.callbacks import (
    Interrupted,
    Interruption,
    NotANumber,
    Recorder,
    StopAtNaN,
    Validation,
)
from training.config import Config
from training.loss import SegmentationLoss, segmentation_loss
from training.outcome import Outcome
from training.progress import Display, duration
from training.running_scores import RunningScores
from training.validation import Scorer

WARM_UP = 0.05  # share of the steps in which the learning rate rises
MEASURED_STEPS = 4


@dataclass(frozen=True)
class Estimate:
    """How many seconds a step and a validation take, by measurement."""

    step: float
    validation: float


class Training:
    """The network, its optimiser and its batches, ready to run."""

    def __init__(self, cached: Cached, classes: Classes, config: Config) -> None:
        assert config.epochs
        keras.utils.set_random_seed(config.seed)
        self.cached, self.classes, self.config = cached, classes, config
        self.epochs = config.epochs
        view = partial(augment, flip=config.flip, zoom=config.zoom, light=config.light)
        self.batches = Batches(
            cached.train,
            config.batch_size,
            self.epochs,
            config.seed,
            view,
            config.doubtful,
            config.workers,
        )
        self.model = self._network(*config.size, activation=None)
        rate = schedule(config.learning_rate, len(self.batches))
        self.model.compile(
            keras.optimizers.Adam(rate, global_clipnorm=1.0),
            SegmentationLoss(config.dice),
            metrics=[RunningScores(len(classes))],
        )
        self.scorer = Scorer(self.model, partial(segmentation_loss, dice=config.dice))

    def _network(
        self, height: int | None, width: int | None, activation: str | None
    ) -> keras.Model:
        count, config = len(self.classes), self.config
        return Unet(
            height,
            width,
            classes=count,
            filters=config.filters,
            depth=config.depth,
            activation=activation,
        )

    def deployable(self) -> keras.Model:
        """The network with the weights of now, for pictures of any size, giving probabilities."""
        if not hasattr(self, "_deployable"):
            self._deployable = self._network(None, None, activation="softmax")
        self._deployable.set_weights(self.model.get_weights())
        return self._deployable

    def measure(self) -> Estimate:
        """Times a few steps and one batch of validation, then puts every variable back.

        The compiled step stays, so the run itself does not wait for it again.
        """
        self.model.optimizer.build(self.model.trainable_variables)
        variables = [*self.model.variables, *self.model.optimizer.variables]
        before = [np.array(variable.numpy()) for variable in variables]
        clock = _StepClock()
        self._fit([clock], epochs=1, steps=min(MEASURED_STEPS, len(self.batches)))
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)
        step = clock.usual()
        validation = self._time_validation() * -(-len(self.cached.val) // self.config.batch_size)
        return Estimate(step, validation)

    def epoch_seconds(self, estimate: Estimate) -> float:
        return self.batches.steps * estimate.step + estimate.validation

    def _time_validation(self) -> float:
        seconds = []
        for _ in range(2):  # the first call compiles
            began = time.monotonic()
            self.scorer.score(
                self.cached.val.chosen(slice(self.config.batch_size)), self.config.batch_size
            )
            seconds.append(time.monotonic() - began)
        return seconds[-1]

    def within(self, seconds: float, estimate: Estimate) -> Training:
        """The same with as many epochs as fit, a seventh of the time kept for a busier machine."""
        epochs = int(6 / 7 * seconds / self.epoch_seconds(estimate))
        config = replace(self.config, epochs=min(self.epochs, max(1, epochs)))
        return self if config == self.config else Training(self.cached, self.classes, config)

    def plan(self, estimate: Estimate) -> Iterator[str]:
        """What the run will do and about how long it takes, in words."""
        config = self.config
        height, width = config.size
        seconds = self.epochs * self.epoch_seconds(estimate)
        yield (
            f"A U-Net of {self.model.count_params():,} parameters "
            f"({config.filters} filters, {config.depth} levels), {width}×{height} "
            f"pictures, batches of {config.batch_size}, on {device()}."
        )
        yield (
            f"{self.epochs} epochs of {self.batches.steps} steps, {estimate.step:.2f} s each, "
            f"with a validation of {estimate.validation:.0f} s: about {duration(seconds)}. "
            "Ctrl-C ends it early and keeps the best model."
        )

    def run(
        self,
        estimate: Estimate,
        keep: Callable[[], None],
        record: Callable[[Outcome], None],
    ) -> Outcome:
        """Trains to the end, or until it is interrupted or stopped.

        Args:
            estimate: What measure() returned.
            keep: Called whenever the network is the best so far.
            record: Called after each epoch with the outcome so far.
        """
        outcome = Outcome()
        interruption, not_a_number = Interruption(), StopAtNaN()
        display = Display(self.epochs, self.batches.steps, estimate.step, estimate.validation)
        validation = Validation(self.scorer, self.cached.val, self.config.batch_size, keep)
        callbacks = [
            not_a_number,
            validation,
            Recorder(outcome, record),
            display,
            interruption,
            *self._optional(),
        ]
        try:
            self._fit(callbacks, self.epochs, self.batches.steps)
            outcome.ended = "finished" if len(outcome.history) == self.epochs else "stopped early"
        except Interrupted:
            outcome.ended = "interrupted"
        except NotANumber:
            outcome.ended = "not a number"
        finally:
            display.close()
            interruption.close()
        return outcome

    def _optional(self) -> list[keras.callbacks.Callback]:
        chosen: list[keras.callbacks.Callback] = []
        if self.config.early_stopping:
            patience = self.config.early_stopping
            chosen.append(keras.callbacks.EarlyStopping("val_miou", mode="max", patience=patience))
        if self.config.tensorboard:
            chosen.append(keras.callbacks.TensorBoard(str(self.config.output / "tensorboard")))
        return chosen

    def _fit(self, callbacks: list[keras.callbacks.Callback], epochs: int, steps: int) -> None:
        self.model.fit(
            self.batches,
            epochs=epochs,
            steps_per_epoch=steps,
            callbacks=callbacks,
            shuffle=False,  # Batches has its own order
            verbose=0,
        )


def schedule(learning_rate: float, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """A short rise, then half a cosine that reaches zero with the last step."""
    rise = max(1, round(WARM_UP * steps))
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=learning_rate / 100,
        decay_steps=max(1, steps - rise),
        warmup_target=learning_rate,
        warmup_steps=rise,
    )


class _StepClock(keras.callbacks.Callback):
    """Times each step. The first one compiles, and counts only where there is no other."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.began = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.seconds.append(time.monotonic() - self.began)

    def usual(self) -> float:
        return float(np.median(self.seconds[1:] or self.seconds))
