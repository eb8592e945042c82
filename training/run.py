"""One run, from its first step to its last, or from where it was cut off.

    outcome = Run(training, estimate, keep, record, save, begun).go()

Between the steps stand the callbacks, in an order that matters: what one adds to the logs of an
epoch is there for those behind it, and the state is taken when all others have had their turn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import keras

from training.backend import is_out_of_memory
from training.callbacks import (
    Interrupted,
    Interruption,
    NaNWatch,
    NotANumber,
    Patience,
    Recorder,
    Validation,
)
from training.favouring import favour_classes
from training.measuring import Estimate
from training.outcome import Outcome
from training.pace import Clock, Pace, StepClock, TimeClock
from training.progress import Display
from training.run_folder import MODEL
from training.saving import Keepers, Saver
from training.state import State
from training.trying import Trying

if TYPE_CHECKING:
    from training.training import Training

SETBACKS = 3  # so often a run goes back where its loss has become infinite or NaN


class OutOfMemory(MemoryError):  # noqa: N818 - it says what happened
    """Memory has run out; the last state that was whole is there to go on from."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state


class Run:
    """Joins the callbacks, and runs them to the end.

    Args:
        training: What is trained.
        estimate: What its measure() returned.
        keep: Called whenever the network is the best so far.
        record: Called after each epoch with the outcome so far.
        save: Called with the state to go on from, as often as Saver says.
        begun: The state to go on from.
    """

    def __init__(
        self,
        training: Training,
        estimate: Estimate,
        keep: Callable[[], object],
        record: Callable[[Outcome], object],
        save: Callable[[State], object],
        begun: State | None,
    ) -> None:
        self.training = training
        # By the clock an epoch is as many steps as it was; else it is a pass.
        self.interval = training.interval(estimate)
        if begun and not training.config.epochs:
            self.interval = begun.facts["interval"]
        self.outcome = Outcome(computed_in=str(training.precision))
        self.pace = pace_of(training, estimate)
        self.favours = training.favouring(estimate) > 0
        trying = Trying(lambda text: self.display.say(text))
        cached, batch = training.cached, training.at_once
        best = training.config.output / MODEL
        validation = Validation(training.scorer, cached.val, batch, lambda: trying(keep), best)
        patience = Patience(training.config.early_stopping)
        self.record = lambda: trying(lambda: record(self.outcome))
        self.keepers = Keepers(
            training, self.interval, self.outcome, self.pace, validation, patience
        )
        self.begun = begun
        if begun:
            self.keepers.restore(begun)
            if "run" in begun.facts:  # it was on the disk
                self.outcome.resumed.append(self.outcome.steps)
        steps = training.batches.steps
        self.saver = Saver(self.keepers, lambda state: trying(lambda: save(state)), begun)
        self.display = Display(
            *(training.epochs, steps, estimate.step, estimate.validation, self.pace),
            before=self.outcome.steps,
        )
        self.interruption = Interruption(self._validation_follows)
        self.callbacks = [
            *(NaNWatch(), validation, self.pace, patience),
            Recorder(self.outcome, steps, self.record, self.pace),
            *(self.display, self.saver, self.interruption),
        ]
        if training.config.tensorboard:
            folder = training.config.output / "tensorboard"
            self.callbacks.append(keras.callbacks.TensorBoard(str(folder)))

    def go(self) -> Outcome:
        """To the end, or until it is interrupted or stopped."""
        try:
            if self.begun and self.begun.facts["over"]:  # it was cut off after its last step
                self.outcome.ended = self.begun.facts["over"]
                self.pace.start()  # so that its clock knows that the time is over
            else:
                self._learn_in_spite_of_setbacks()
                self.outcome.ended = self.keepers.ending() or "stopped early"
            if self.outcome.ended == "finished" and self.favours:
                self._favour()
        except Interrupted:
            self.saver.save()
            self.outcome.ended = "interrupted"
        except NotANumber:
            self.outcome.ended = "not a number"
        except Exception as problem:
            if self.interruption.asked or not self.saver.last or not is_out_of_memory(problem):
                raise
            raise OutOfMemory(self._last_state()) from problem
        finally:
            self.display.close()
            self.interruption.close()
        return self.outcome

    def _validation_follows(self) -> bool:
        """Whether a step was the last before a validation: of an epoch, or in the time."""
        return self.pace.step % self.interval == 0 or bool(self.training.model.stop_training)

    def _favour(self) -> None:
        """Favours the classes of the last network, which is kept where it becomes the best.

        The history stays as it is: its last row is that of the network before.
        """
        training, outcome = self.training, self.outcome
        if outcome.favoured or not outcome.history:
            return
        self.interruption.listen()  # Ctrl-C lets this come to its end, too
        favour, logs = favour_classes(
            training.model, training.cached.train, training.at_once, self.keepers.validation
        )
        outcome.seconds = self.pace.passed
        if not favour:
            self.display.say(
                "No classes are favoured, as that does not make the last network the best one."
            )
            return
        scores, before = (
            {name: row[name] for name in ("val_miou", "val_accuracy")}
            for row in (logs, outcome.history[-1])
        )
        added = dict(zip(training.classes.names, favour, strict=True))
        outcome.favoured = {"added_to_logits": added, "scores": scores, "before": before}
        outcome.best_epoch = self.keepers.validation.best_epoch
        self.display.say(
            "Favouring classes brings the last network to a validation mIoU of "
            f"{scores['val_miou']:.3f} instead of {before['val_miou']:.3f}, and an accuracy of "
            f"{scores['val_accuracy']:.3f} instead of {before['val_accuracy']:.3f}."
        )
        self.record()
        self.saver.save()

    def _last_state(self) -> State:
        """The last one that was whole, with what is not forgotten by going back to it."""
        last = self.saver.last
        assert last
        outcome = {**last.facts["outcome"], "setbacks": self.outcome.setbacks}
        facts = {**last.facts, "seconds": self.pace.passed, "outcome": outcome}
        facts.pop("run", None)  # going on from here is going on in this process
        return State(last.arrays, facts)

    def _learn_in_spite_of_setbacks(self) -> None:
        """Where the loss breaks, once more from the last state, with half the rate."""
        while True:
            try:
                return self._learn(self.outcome.steps)
            except NotANumber:
                if len(self.outcome.setbacks) >= SETBACKS:
                    raise
                self._go_back()

    def _learn(self, first: int) -> None:
        """From a step of the run on: the rest of its epoch, then the others."""
        training, interval = self.training, self.interval
        epoch, done = divmod(first, interval)
        if done:
            training.batches.first = first
            training.fit(training.batches, self.callbacks, epoch + 1, interval - done, epoch)
            epoch += 1
            if training.model.stop_training:
                return
        training.batches.first = epoch * interval
        training.fit(training.batches, self.callbacks, training.epochs, interval, epoch)

    def _go_back(self) -> None:
        training, step = self.training, self.pace.step
        # The batch before may have broken the weights, which shows in this one's loss.
        numbers = [
            number
            for index in range(max(0, step - training.parts), step + 1)
            for number in training.batches.order(index)
        ]
        files = [training.cached.train.names[number] for number in numbers]
        self.saver.go_back()
        self.display.before = self.pace.step - self.display.done
        setback = {"step": step + 1, "back_to": self.pace.step, "files": files}
        self.outcome.setbacks.append(setback)
        self.keepers.set_rate()
        setback["rate"] = self.pace.rate
        self.display.say(
            f"The loss became infinite or NaN in step {step + 1:,}, with {', '.join(files)}. Going "
            f"back to step {self.pace.step:,}, with half the learning rate, {self.pace.rate:g}."
        )


def pace_of(training: Training, estimate: Estimate) -> Pace:
    """The clocks that the configuration asks for."""
    config = training.config
    clocks: list[Clock] = []
    if config.epochs:
        clocks.append(StepClock(training.batches.steps * training.epochs))
    if config.minutes:
        favouring = training.favouring(estimate)
        reserve, validations = estimate.validation + favouring, 2 if favouring else 1
        clocks.append(TimeClock(60 * config.minutes, reserve, estimate.validation, validations))
    constant = config.schedule == "constant"
    return Pace(clocks, config.learning_rate, constant, training.parts)
