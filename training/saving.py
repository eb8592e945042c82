"""What a run that goes on later must know, taken from all who keep it and given back to them.

keepers = Keepers(training, interval, outcome, pace, validation, patience)
state = keepers.snapshot()                  # after any step
keepers.restore(state)                      # in another process: the run goes on bit by bit
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from training.backend import synced
from training.callbacks import Patience, Validation
from training.outcome import Outcome
from training.pace import Pace
from training.state import NAME, State
from utils_func import BadInput

if TYPE_CHECKING:
    from training.training import Training

EVERY = 60.0  # seconds from one state to the next, …
SHARE = 0.01  # … or more, so that writing takes at most this share of the time


@dataclass
class Keepers:
    """Everything that changes while a run goes on."""

    training: Training
    interval: int
    """Steps from one validation to the next."""
    outcome: Outcome
    pace: Pace
    validation: Validation
    patience: Patience

    @property
    def model(self) -> keras.Model:
        return self.training.model

    def snapshot(self) -> State:
        """The state of now."""
        synced(self.model)
        facts = {
            "outcome": asdict(self.outcome),
            "step": self.pace.step,
            "interval": self.interval,
            "over": self.ending(),
            "seconds": self.pace.passed,
            "best": self.validation.best,
            "best_epoch": self.validation.best_epoch,
            "waited": self.patience.waited,
        }
        return State([np.array(variable.numpy()) for variable in self.variables], facts)

    def restore(self, state: State) -> None:
        """Makes the state that of now; that of the scores comes with the epoch."""
        synced(self.model)
        variables = self.variables
        expected = [(tuple(one.shape), one.dtype) for one in variables]
        if [(array.shape, str(array.dtype)) for array in state.arrays] != expected:
            raise BadInput(
                f"{NAME} is the state of another network or optimiser: its arrays do not fit. "
                "Expected the options that the run began with. Give those, or --no-resume."
            )
        for variable, array in zip(variables, state.arrays, strict=True):
            variable.assign(array)
        facts = state.facts
        # What a run has gone back from, or gone on after, is not forgotten by going back.
        before = {"setbacks": self.outcome.setbacks, "resumed": self.outcome.resumed}
        for name, value in copy.deepcopy(facts["outcome"]).items():
            setattr(self.outcome, name, before.get(name) or value)
        self.pace.go_on(facts["step"], facts["seconds"])
        self.set_rate()
        self.validation.number = len(self.outcome.history)
        self.validation.best, self.validation.best_epoch = facts["best"], facts["best_epoch"]
        self.validation.was_there = self.validation.file.exists()
        self.patience.waited = facts["waited"]

    def set_rate(self) -> None:
        """Half the rate for each setback."""
        self.pace.rate = self.training.config.learning_rate / 2 ** len(self.outcome.setbacks)
        self.model.optimizer.learning_rate = self.pace.rate

    def ending(self) -> str:
        """How the run ends, where this is its end."""
        if not self.model.stop_training and not self.pace.is_over:
            return ""
        return "finished" if self.pace.is_over else "stopped early"

    @property
    def variables(self) -> list[Any]:
        return [*self.training.variables, *self.scores]

    @property
    def scores(self) -> list[Any]:
        """What the running scores of an epoch have counted so far."""
        return list(self.model.metrics_variables)


class Saver(keras.callbacks.Callback):
    """Writes the state with each better model, else after a validation or, between two steps, every
    minute, if that costs little.

    Stands after all that the state is taken from.

    Args:
        keepers: They know the state.
        write: Writes a state.
        begun: The state that the run goes on from, if it does.
    """

    def __init__(
        self,
        keepers: Keepers,
        write: Callable[[State], object],
        begun: State | None = None,
    ) -> None:
        super().__init__()
        self.keepers, self.write, self.begun = keepers, write, begun
        self.last = begun
        self.saved, self.took = time.monotonic(), 0.0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self.last = self.last or self.keepers.snapshot()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        # Keras has just set the scores of the epoch to zero, which is wrong in its middle.
        if self.begun is not None and self.begun.facts["step"] % self.keepers.interval:
            counted = self.keepers.scores
            values = self.begun.arrays[len(self.begun.arrays) - len(counted) :]
            for variable, value in zip(counted, values, strict=True):
                variable.assign(value)
        self.begun = None

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        # After an epoch's last step comes its validation, and the state with it; after a run's too.
        if self.keepers.pace.step % self.keepers.interval and not self.model.stop_training:
            self._save_after(EVERY)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        assert logs is not None
        if logs["best_epoch"] == len(self.keepers.outcome.history):
            self.save()  # the model file is of now, so the state must be
        else:
            self._save_after(0.0)

    def _save_after(self, seconds: float) -> None:
        """Saves if the last time is so long ago, and writing costs little."""
        if time.monotonic() >= self.saved + max(seconds, self.took / SHARE):
            self.save()

    def save(self) -> None:
        """Writes the state of now."""
        began = time.monotonic()
        state = self.keepers.snapshot()
        if all(np.isfinite(array).all() for array in state.arrays):
            self.last = state
            self.write(state)
        self.saved = time.monotonic()
        self.took = self.saved - began

    def go_back(self) -> None:
        """Makes the last state that was whole that of now."""
        assert self.last, "there is one from the first step on"
        self.keepers.restore(self.last)
        self.begun = self.last
