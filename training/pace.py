"""The clock of a run: how much of it is over, by steps or by time, and the rate that belongs there.

    Pace([StepClock(steps=1000)], rate=2e-3, constant=False)     # a run of so many steps
    Pace([TimeClock(1800, reserve=12)], rate=2e-3, constant=False)    # of half an hour

The rate follows the share of the run that is over. So it reaches its end exactly where the run
does, also where the machine slows down meanwhile.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any, Protocol

import keras

from training.backend import synced

WITHOUT_END = 10**6  # epochs of a run that ends by the clock alone
WARM_UP = 0.05  # share of the run in which the learning rate rises
# Behind a validation so little of a run is not worth another one, where it ends in time without.
REST, IN_TIME = 0.005, 0.97
FIRST_RATE = 0.01  # what it begins with, as a share of its highest


def rate_share(share: float) -> float:
    """A short rise, then half a cosine to zero: the rate as a share of its highest."""
    if share < WARM_UP:
        return FIRST_RATE + (1 - FIRST_RATE) * share / WARM_UP
    return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (share - WARM_UP) / (1 - WARM_UP)))


class Clock(Protocol):
    """Says how much of a run is over, 0 to 1."""

    def start(self, passed: float) -> None:
        """Called when the run begins, or goes on after so many seconds."""

    def share(self, step: int) -> float:
        """How much is over after so many steps."""

    def validated(self, seconds: float) -> None:
        """Called when a validation has taken so long: so will the last one."""


class StepClock:
    """A run of `steps` steps."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def start(self, passed: float) -> None:
        pass

    def share(self, step: int) -> float:
        return step / self.steps

    def validated(self, seconds: float) -> None:
        pass


class TimeClock:
    """A run of `seconds`, of which the last are kept for what follows the last step.

    Args:
        seconds: From the first step on.
        reserve: Seconds that are kept: the last validation is in them, and what comes after it.
        validation: Seconds that a validation is thought to take.
        validations: How many of them are in the reserve.
    """

    def __init__(
        self, seconds: float, reserve: float, validation: float = math.inf, validations: int = 1
    ) -> None:
        self.seconds, self.reserve = seconds, reserve
        self.validation, self.validations = validation, validations
        self.more = 0.0  # seconds that are kept as well, as validations take longer than thought
        # The first that takes long may be a disk that stalled, and costs no more than the reserve.
        self.last = validation + reserve / validations
        self.over = False
        self.began = time.monotonic()

    def start(self, passed: float) -> None:
        self.began = time.monotonic() - passed

    def share(self, step: int) -> float:
        if self.over:
            return 1.0
        usable = max(1e-3, self.seconds - self.reserve - self.more)
        return min(1.0, (time.monotonic() - self.began) / usable)

    def validated(self, seconds: float) -> None:
        usual, self.last = min(seconds, self.last), seconds
        self.more = self.validations * max(0.0, usual - self.validation)
        in_time = time.monotonic() - self.began >= IN_TIME * self.seconds
        self.over = in_time and self.share(0) > 1 - REST


class Pace(keras.callbacks.Callback):
    """Sets the rate before each step, and ends a run whose time is over.

    Stands after the validation, which takes time as well.

    Args:
        clocks: The one that is ahead of the others counts.
        rate: The highest learning rate.
        constant: Keep it from beginning to end.
        parts: Steps that change the weights together, at one rate.
    """

    def __init__(
        self, clocks: Sequence[Clock], rate: float, constant: bool, parts: int = 1
    ) -> None:
        super().__init__()
        self.clocks, self.rate, self.constant, self.parts = clocks, rate, constant, parts
        self.step, self.over = 0, False
        self.rate_now = math.nan  # as it was set last
        self.passed_before = 0.0
        self.began = math.nan

    @property
    def share(self) -> float:
        """How much of the run is over, 0 to 1."""
        return self._share(self.step)

    def _share(self, step: int) -> float:
        return max(clock.share(step) for clock in self.clocks)

    def go_on(self, step: int, passed: float) -> None:
        """From a state: the clock of a run that has begun in this process goes on as it is."""
        self.step, self.over = step, False
        if math.isnan(self.began):
            self.passed_before = passed

    @property
    def passed(self) -> float:
        """Seconds of the run so far, those before it was cut off among them."""
        here = 0.0 if math.isnan(self.began) else time.monotonic() - self.began
        return self.passed_before + here

    @property
    def seconds(self) -> float:
        """How long the run shall last; 0 where only its steps count."""
        return max((c.seconds for c in self.clocks if isinstance(c, TimeClock)), default=0.0)

    @property
    def is_over(self) -> bool:
        """It stays so, also where the last validation was quicker than the one before."""
        return self.over or self.share >= 1

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self.rate_now = math.nan  # a run that goes back has another one
        self.start()

    def start(self) -> None:
        """Lets the time count from now on, unless it does already."""
        if not math.isnan(self.began):
            return  # a run that goes on in the middle of an epoch begins twice
        self.began = time.monotonic()
        for clock in self.clocks:
            clock.start(self.passed_before)

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self.constant:
            return
        share = self._share(self.step - self.step % self.parts)
        # In three figures, so that it seldom differs from the one before.
        rate = float(f"{self.rate * rate_share(share):.3g}")
        if rate != self.rate_now:
            synced(self.model)  # on JAX this hands over all variables, which is not for every step
            self.model.optimizer.learning_rate = self.rate_now = rate

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.step += 1
        self._end_in_time()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        for clock in self.clocks:
            clock.validated((logs or {}).get("validation_seconds", 0.0))
        self._end_in_time()

    def _end_in_time(self) -> None:
        self.over = self.is_over
        if self.over:  # on JAX every look at the model hands over all variables
            self.model.stop_training = True
