"""What is trained: the network, its optimiser, its loss and its batches.

    training = Training(cached, classes, config)
    estimate = training.measure()                   # compiles, and times a few steps
    outcome = training.run(estimate, keep=save_the_model, record=write_the_history)

How a run goes from its first step to its last is told in training/run.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import keras
import numpy as np

from dataset.augment import augment
from dataset.batches import Batches, View
from dataset.cache import Cached
from labels.classes import Classes
from labels.sides import mirrored_ids
from training.choices import choose
from training.config import Config
from training.favouring import AT_MOST, seconds_of
from training.loss import SegmentationLoss, segmentation_loss
from training.measuring import Estimate, Stopwatch
from training.muon import Muon
from training.network import Networks
from training.outcome import Outcome
from training.pace import WITHOUT_END
from training.precision import choose_precision
from training.running_scores import RunningScores
from training.state import State
from training.validation import Scorer

MEASURED_STEPS = 4
# Where passes are short, as over 20 pictures, a run by the clock validates less often than once
# a pass: it takes at most this share of the time, but happens at least so many times as long as
# that takes no more than the second share.
VALIDATING, VALIDATIONS, AT_MOST_VALIDATING = 0.05, 5, 0.15
WRITING = 0.1  # seconds that go with it: model, state, tables


class Training:
    """The network, its optimiser and its batches, ready to run.

    What the configuration leaves open is chosen first (`training/choices.py`); `reasons` says why.
    """

    def __init__(self, cached: Cached, classes: Classes, config: Config) -> None:
        keras.utils.set_random_seed(config.seed)
        self.cached, self.classes = cached, classes
        self.precision = choose_precision(config.precision)
        config, self.reasons = choose(config, cached.train, len(classes))
        self.adopt(config)
        self.networks = Networks(config, len(classes), self.precision.kind)
        self.model = self.networks.learning
        self.model.compile(
            optimizer(config),
            SegmentationLoss(config.dice, config.head),
            metrics=[RunningScores(len(classes))],
        )
        loss = partial(segmentation_loss, dice=config.dice, head=config.head)
        # The loss of the validation is of the same maps as that of the training.
        self.scorer = Scorer(self.networks.full, loss, self.model.outputs[0])

    def adopt(self, config: Config) -> None:
        """Takes over other views of the pairs, or another length; the network stays."""
        self.config = config
        self.epochs = config.epochs or WITHOUT_END
        self.batches = Batches(
            self.cached.train,
            self.batch_size,
            self.epochs,
            config.seed,
            self._view(),
            config.doubtful,
            config.workers,
            self.parts,
        )

    def take(self, cached: Cached) -> None:
        """The same network learns from other pairs."""
        self.cached = cached
        self.adopt(self.config)

    @property
    def batch_size(self) -> int:
        """Pairs that a change of the weights is made from."""
        assert self.config.batch_size, "choose() has chosen one"
        return self.config.batch_size

    @property
    def parts(self) -> int:
        """Steps that a batch is learned in."""
        return self.config.parts or 1

    @property
    def at_once(self) -> int:
        """Pairs in one step."""
        return self.batch_size // self.parts

    @property
    def variables(self) -> list[Any]:
        """All that learning changes."""
        optimizer = self.model.optimizer
        if not optimizer.built:
            optimizer.build(self.model.trainable_variables)
        return [*self.model.variables, *optimizer.variables]

    def _view(self) -> View:
        config = self.config
        return partial(
            augment,
            flip=config.flip,
            zoom=config.zoom or 1.0,
            light=config.light or 0.0,
            rotate=config.rotate,
            flip_vertical=bool(config.flip_vertical),
            shrink=config.stem or 1,
            mirrored_ids=mirrored_ids(self.classes.names),
        )

    def deployable(self) -> keras.Model:
        """The network with the weights of now, as it is written to a file."""
        return self.networks.deployable()

    def measure(self) -> Estimate:
        """Times a few steps and one batch of validation, then puts every variable back.

        The compiled step stays, so the run itself does not wait for it again.
        """
        clock = Stopwatch()
        with self.put_back():
            self.fit(self.batches, [clock], epochs=1, steps=min(MEASURED_STEPS, len(self.batches)))
        validation = self._time_validation() * -(-len(self.cached.val) // self.at_once)
        # A few batches were there already; an accelerator may have to wait for the others.
        return Estimate(max(clock.usual(), self.batches.seconds()), validation)

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """Lets the network learn inside, and forget it afterwards."""
        variables = self.variables
        before = [np.array(variable.numpy()) for variable in variables]
        try:
            yield
        finally:
            for variable, value in zip(variables, before, strict=True):
                variable.assign(value)

    def _time_validation(self) -> float:
        part = self.cached.val.chosen(slice(self.at_once))
        seconds = []
        for _ in range(2):  # the first call compiles
            began = time.perf_counter()
            self.scorer.score(part, self.at_once)
            seconds.append(time.perf_counter() - began)
        if self.config.favour:  # what it predicts with is compiled before the clock runs
            some = self.cached.train.chosen(slice(self.at_once))
            self.model.predict_on_batch(np.asarray(some.photos))
        return seconds[-1]

    def interval(self, estimate: Estimate) -> int:
        """Steps from one validation to the next: a pass, or more where passes are short."""
        if not self.config.minutes or self.config.epochs:
            return self.batches.steps
        seconds, step = self.config.minutes * 60, max(estimate.step, 1e-6)
        seldom = (estimate.validation + WRITING) / step * (1 - VALIDATING) / VALIDATING
        fewest = min(VALIDATIONS, AT_MOST_VALIDATING * seconds / max(estimate.validation, 1e-6))
        often = max(1.0, seconds * (1 - VALIDATING) / step / max(1.0, fewest))
        return max(self.batches.steps, round(min(seldom, often)))

    def favouring(self, estimate: Estimate) -> float:
        """Seconds at the end for favouring classes; 0 where a short run has better use for them."""
        minutes = self.config.minutes
        seconds = seconds_of(estimate.validation, self.cached, self.at_once)
        wanted = self.config.favour and (not minutes or seconds <= AT_MOST * 60 * minutes)
        return seconds if wanted else 0.0

    def passes(self, estimate: Estimate) -> float:
        """How often a run of this length comes to see each pair."""
        minutes, interval = self.config.minutes, self.interval(estimate)
        if not minutes:
            return float(self.epochs)
        seconds = interval * estimate.step + estimate.validation
        usable = 60 * minutes - self.favouring(estimate)
        in_time = usable / seconds * interval / self.batches.steps
        return min(in_time, float(self.epochs))

    def run(
        self,
        estimate: Estimate,
        keep: Callable[[], object],
        record: Callable[[Outcome], object],
        save: Callable[[State], object] = lambda state: None,
        begun: State | None = None,
    ) -> Outcome:
        """Trains to the end, or until it is interrupted or stopped; see training/run.py."""
        from training.run import Run

        return Run(self, estimate, keep, record, save, begun).go()

    def fit(
        self,
        batches: Batches,
        callbacks: list[keras.callbacks.Callback],
        epochs: int,
        steps: int,
        first_epoch: int = 0,
    ) -> None:
        """Lets the network learn, in Keras's own loop."""
        self.model.fit(
            batches,
            epochs=epochs,
            initial_epoch=first_epoch,
            steps_per_epoch=steps,
            callbacks=callbacks,
            shuffle=False,  # Batches has its own order
            verbose=0,
        )


def optimizer(config: Config) -> keras.optimizers.Optimizer:
    """The optimiser that the configuration names; Pace sets its rate before each step."""
    parts = config.parts if config.parts and config.parts > 1 else None
    usual = {"global_clipnorm": 1.0, "gradient_accumulation_steps": parts}
    if config.optimizer == "sgd":
        return keras.optimizers.SGD(config.learning_rate, momentum=config.momentum, **usual)
    kind = {"muon": Muon, "adam": keras.optimizers.Adam}[config.optimizer]
    return kind(config.learning_rate, **usual)
