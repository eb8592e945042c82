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
from dataset.checking.finding import counted
from labels.classes import Classes
from segmentation_model import Unet, enlarged
from training.backend import device
from training.budget import WITHOUT_END, Clock, Pace, StepClock, TimeClock
from training.callbacks import (
    Interrupted,
    Interruption,
    NotANumber,
    Recorder,
    StopAtNaN,
    Validation,
)
from training.config import EPOCHS, Config
from training.loss import SegmentationLoss, segmentation_loss
from training.normalization import FusedBatchNormalization
from training.outcome import Outcome
from training.precision import choose_precision, computing_in
from training.progress import Display, duration
from training.running_scores import RunningScores
from training.shape import choose_shape
from training.validation import Scorer

MEASURED_STEPS = 4
# Where passes are short, as over 20 pictures, a run by the clock validates less often than once
# a pass: it takes at most this share of the time, but happens at least so many times.
VALIDATING, VALIDATIONS = 0.1, 5


@dataclass(frozen=True)
class Estimate:
    """How many seconds a step and a validation take, by measurement."""

    step: float
    validation: float


class Training:
    """The network, its optimiser and its batches, ready to run."""

    def __init__(self, cached: Cached, classes: Classes, config: Config) -> None:
        keras.utils.set_random_seed(config.seed)
        # A batch larger than the data would hold pairs twice.
        epochs = config.epochs or (None if config.minutes else EPOCHS)
        self.precision = choose_precision(config.precision)
        self.shape = choose_shape(config, cached.train, len(classes))
        config = replace(
            config,
            batch_size=min(config.batch_size, len(cached.train)),
            epochs=epochs,
            stem=self.shape.stem,
            filters=self.shape.filters,
            depth=self.shape.depth,
        )
        self.cached, self.classes, self.config = cached, classes, config
        self.epochs = epochs or WITHOUT_END
        view = partial(
            augment,
            flip=config.flip,
            zoom=config.zoom,
            light=config.light,
            rotate=config.rotate,
            flip_vertical=config.flip_vertical,
            shrink=self.shape.stem,
        )
        self.batches = Batches(
            cached.train,
            config.batch_size,
            self.epochs,
            config.seed,
            view,
            config.doubtful,
            config.workers,
        )
        with computing_in(self.precision.kind):
            # Learns at the size that a stem leaves: there the loss costs a quarter, or less.
            self.model = self._network(*config.size, None, FusedBatchNormalization, enlarge=False)
        self.model.compile(
            optimizer(config),
            SegmentationLoss(config.dice, config.head),
            metrics=[RunningScores(len(classes))],
        )
        loss = partial(segmentation_loss, dice=config.dice, head=config.head)
        full = keras.Model(self.model.inputs, enlarged(self.model.output, self.shape.stem))
        self.scorer = Scorer(full, loss)

    def _network(
        self,
        height: int | None,
        width: int | None,
        activation: str | None,
        normalization: type[keras.layers.Layer],
        enlarge: bool = True,
    ) -> keras.Model:
        config = self.config
        return Unet(
            height,
            width,
            classes=len(self.classes),
            filters=self.shape.filters,
            depth=self.shape.depth,
            activation=activation,
            padding=config.padding,
            normalization=normalization if config.normalization else None,
            dropout=config.dropout,
            first_dropout=config.first_dropout,
            initializer=config.initializer,
            transposed=config.transposed,
            stem=self.shape.stem,
            residual=config.residual,
            context=config.context,
            thin=config.thin,
            enlarge=enlarge,
        )

    def deployable(self) -> keras.Model:
        """The network with the weights of now, for pictures of any size, giving probabilities.

        All of its layers are Keras's own, so that its file opens with Keras alone.
        """
        if not hasattr(self, "_deployable"):
            stock = keras.layers.BatchNormalization
            self._deployable = self._network(None, None, self.config.head, stock)
        self._deployable.set_weights(self.model.get_weights())
        return self._deployable

    def measure(self) -> Estimate:
        """Times a few steps and one batch of validation, then puts every variable back.

        The compiled step stays, so the run itself does not wait for it again.
        """
        self.model.optimizer.build(self.model.trainable_variables)
        variables = [*self.model.variables, *self.model.optimizer.variables]
        before = [np.array(variable.numpy()) for variable in variables]
        clock = _Stopwatch()
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

    def limit(self, seconds: float) -> None:
        """Ends the run after so long, though its epochs are not over."""
        self.config = replace(self.config, minutes=max(1.0, seconds) / 60)

    def interval(self, estimate: Estimate) -> int:
        """Steps from one validation to the next: a pass, or more where passes are short."""
        if not self.config.minutes or self.config.epochs:
            return self.batches.steps
        usable = self.config.minutes * 60 * (1 - VALIDATING)
        seldom = estimate.validation / estimate.step * (1 - VALIDATING) / VALIDATING
        often = max(1.0, usable / estimate.step / VALIDATIONS)
        return max(self.batches.steps, round(min(seldom, often)))

    def plan(self, estimate: Estimate) -> Iterator[str]:
        """What the run will do and about how long it takes, in words."""
        config = self.config
        height, width = config.size
        yield (
            f"Recipe {config.recipe}: a U-Net of {self.model.count_params():,} parameters "
            f"({self.shape}), {width}×{height} "
            f"pictures, batches of {config.batch_size}, on {device()}, in {self.precision}."
        )
        yield f"{self._length(estimate)}. Ctrl-C ends it early and keeps the best model."

    def _length(self, estimate: Estimate) -> str:
        steps, minutes = self.batches.steps, self.config.minutes
        one = f"{estimate.step:.2f} s each, with a validation of {estimate.validation:.0f} s"
        if not minutes or self.config.epochs:
            seconds = duration(self.epochs * self.epoch_seconds(estimate))
            at_most = f", but at most {duration(minutes * 60)}" if minutes else ""
            epochs = f"{counted(self.epochs, 'epoch')} of {counted(steps, 'step')}"
            return f"{epochs}, {one}: about {seconds}{at_most}"
        interval = self.interval(estimate)
        share = interval * estimate.step / (interval * estimate.step + estimate.validation)
        passes = 60 * minutes * share / estimate.step / steps
        return (
            f"{duration(minutes * 60)} of steps of {one} after every {interval}: "
            f"about {passes:.1f} passes over {len(self.cached.train)} pairs"
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
        outcome = Outcome(computed_in=str(self.precision))
        interruption, not_a_number = Interruption(), StopAtNaN()
        pace = self._pace(estimate)
        interval = self.interval(estimate)
        display = Display(self.epochs, self.batches.steps, estimate.step, estimate.validation, pace)
        validation = Validation(self.scorer, self.cached.val, self.config.batch_size, keep)
        callbacks = [
            not_a_number,
            validation,
            pace,
            Recorder(outcome, record),
            display,
            interruption,
            *self._optional(),
        ]
        try:
            self._fit(callbacks, self.epochs, interval)
            outcome.ended = "finished" if pace.is_over else "stopped early"
        except Interrupted:
            outcome.ended = "interrupted"
        except NotANumber:
            outcome.ended = "not a number"
        finally:
            display.close()
            interruption.close()
        return outcome

    def _pace(self, estimate: Estimate) -> Pace:
        config = self.config
        clocks: list[Clock] = []
        if config.epochs:
            clocks.append(StepClock(len(self.batches)))
        if config.minutes:
            clocks.append(TimeClock(60 * config.minutes, reserve=estimate.validation))
        return Pace(clocks, config.learning_rate, config.schedule == "constant")

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


def optimizer(config: Config) -> keras.optimizers.Optimizer:
    """The optimiser that the configuration names; Pace sets its rate before each step."""
    if config.optimizer == "sgd":
        return keras.optimizers.SGD(
            config.learning_rate, momentum=config.momentum, global_clipnorm=1.0
        )
    return keras.optimizers.Adam(config.learning_rate, global_clipnorm=1.0)


class _Stopwatch(keras.callbacks.Callback):
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
