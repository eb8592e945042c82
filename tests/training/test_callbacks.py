"""What happens between the steps: the best model, Ctrl-C, a loss that is no number."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from dataset.cache import Cached, Examples
from labels.classes import numbered_classes
from training.callbacks import (
    Interrupted,
    Interruption,
    NaNWatch,
    NotANumber,
    Recorder,
    Validation,
)
from training.config import Config
from training.outcome import Outcome
from training.pace import Pace
from training.run import Run
from training.scores import Scores
from training.training import Estimate, Training
from training.validation import Scored

NO_TIME = Estimate(0.0, 0.0)
NAN = math.nan
NOWHERE = Path("nowhere")


class ScriptedScorer:
    """Gives scores in a given order; each has 100 pixels, of which so many per cent are right."""

    def __init__(self, per_cent: list[int | None]) -> None:
        self.per_cent = iter(per_cent)

    def score(self, examples: Examples, batch_size: int) -> Scored:
        right = next(self.per_cent)
        counts = np.array([[0, 0], [0, 0]]) if right is None else [[right, 100 - right], [0, 0]]
        scores = Scores(np.array(counts, np.int64))
        return Scored(scores, scores, loss=0.25)


class Poison(keras.callbacks.Callback):
    """Makes the weights NaN at the beginning of the second epoch."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if epoch == 1:
            self.model.set_weights([value * NAN for value in self.model.get_weights()])


class PressCtrlC(keras.callbacks.Callback):
    """Presses Ctrl-C some times in the second step of an epoch, before its end."""

    def __init__(self, epoch: int, times: int) -> None:
        super().__init__()
        self.pressed_in, self.times, self.steps = epoch, times, 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if (self.epoch, batch) == (self.pressed_in, 1):
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.steps += 1


@pytest.fixture(scope="module")
def compiled() -> Training:
    """Three epochs of three steps, on noise; several tests share what TensorFlow compiles."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, (6, 32, 32)).astype(np.uint8)
    photos = random.integers(0, 256, (6, 32, 32, 3)).astype(np.uint8)
    pairs = Examples([str(number) for number in range(6)], photos, labels, labels < 3)
    config = Config(epochs=3, batch_size=2, height=32, width=32, filters=2, depth=1)
    training = Training(Cached(pairs, pairs, [], "none"), numbered_classes(3), config)
    training.model.optimizer.build(training.model.trainable_variables)
    return training


@pytest.fixture
def training(compiled: Training) -> Iterator[Training]:
    """The same at its beginning: every variable is put back when the test is over."""
    variables = [*compiled.model.variables, *compiled.model.optimizer.variables]
    before = [np.array(variable.numpy()) for variable in variables]
    yield compiled
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)


@pytest.fixture
def handler() -> Iterator[list[int]]:
    """Somebody's own way with Ctrl-C: it lists the signals, and is there again at the end."""
    received: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        received.append(number)

    before = signal.signal(signal.SIGINT, note)
    yield received
    assert signal.getsignal(signal.SIGINT) is note
    signal.signal(signal.SIGINT, before)


def train_with(
    training: Training, *others: keras.callbacks.Callback
) -> tuple[Outcome, list[int], list[int]]:
    """The outcome, the epochs in which a model was kept, and those that were recorded."""
    recorded: list[int] = []
    kept: list[int] = []
    run = Run(
        training,
        NO_TIME,
        keep=lambda: kept.append(len(recorded) + 1),
        record=lambda outcome: recorded.append(len(outcome.history)),
        save=lambda state: None,
        begun=None,
    )
    run.callbacks += others
    return run.go(), kept, recorded


def validating(
    per_cent: list[int | None],
    examples: Examples,
    keep: Callable[[], bool],
    file: Path = NOWHERE,
) -> Validation:
    validation = Validation(ScriptedScorer(per_cent), examples, 2, keep, file)
    validation.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.125)))
    return validation


@pytest.mark.parametrize(
    ("per_cent", "kept", "best_epoch"),
    [
        ([20, 50, 30, 50, 60], [1, 2, 5], 5),
        ([50, 40, 30], [1], 1),
        ([0, 0, 10], [1, 3], 3),
        ([None, None], [1, 2], 2),  # nothing to count: the last has learned most
    ],
)
def test_only_a_better_model_is_kept(
    per_cent: list[int | None], kept: list[int], best_epoch: int, examples: Examples
) -> None:
    calls: list[int] = []

    def keep() -> bool:
        calls.append(epoch + 1)
        return True

    validation = validating(per_cent, examples, keep)
    for epoch in range(len(per_cent)):
        validation.on_epoch_end(epoch, {})
    assert (calls, validation.best_epoch) == (kept, best_epoch)


def test_a_model_that_could_not_be_kept_is_not_the_best(examples: Examples) -> None:
    room = iter([True, False, False, True])
    validation = validating([20, 50, 40, 30], examples, lambda: next(room))
    best = []
    for epoch in range(4):
        validation.on_epoch_end(epoch, {})
        best.append((validation.best_epoch, validation.best))
    assert [number for number, _ in best] == [1, 1, 1, 4], "30 is better than what lies there"


def test_where_the_best_model_was_deleted_the_next_takes_its_place(
    examples: Examples, tmp_path: Path
) -> None:
    file = tmp_path / "best"

    def keep() -> bool:
        file.write_text("weights")
        return True

    validation = validating([50, 40, 30], examples, keep, file)
    validation.on_epoch_end(0, {})
    file.unlink()
    for epoch in 1, 2:
        validation.on_epoch_end(epoch, {})
    assert file.exists()
    assert validation.best_epoch == 2


def test_the_scores_are_there_for_the_callbacks_behind(examples: Examples) -> None:
    validation = validating([50], examples, lambda: True)
    logs: dict[str, Any] = {"loss": 0.5}
    validation.on_epoch_end(0, logs)
    assert logs.pop("validation_seconds") >= 0
    # 50 right of 100; the other class was never there, so it does not count
    assert logs == {
        "loss": 0.5,
        "val_loss": 0.25,
        "val_accuracy": 0.5,
        "val_miou": 0.5,
        "best_epoch": 1,
        "is_best": True,
        "learning_rate": 0.125,
    }


@pytest.mark.parametrize("loss", [NAN, math.inf, -math.inf])
def test_a_loss_that_is_no_number_ends_the_training(loss: float) -> None:
    with pytest.raises(NotANumber):
        NaNWatch().on_train_batch_end(0, {"loss": loss})


@pytest.mark.parametrize("logs", [None, {}, {"loss": 0.0}, {"loss": 1e30}])
def test_any_other_loss_goes_on(logs: dict[str, float] | None) -> None:
    NaNWatch().on_train_batch_end(0, logs)


@pytest.mark.slow
def test_after_a_nan_the_best_model_stays(training: Training, handler: list[int]) -> None:
    outcome, kept, recorded = train_with(training, Poison())
    assert outcome.ended == "not a number"
    assert (outcome.best_epoch, kept, recorded) == (1, [1], [1])
    assert len(outcome.history) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("epoch", "best_epoch", "steps"),
    [(0, 0, 1), (1, 1, 4)],  # steps that are seen by who stands behind: all but the last
)
def test_ctrl_c_finishes_the_step_and_ends_in_order(
    epoch: int, best_epoch: int, steps: int, training: Training, handler: list[int]
) -> None:
    press = PressCtrlC(epoch, times=1)
    outcome, kept, recorded = train_with(training, press)
    assert outcome.ended == "interrupted"
    assert (outcome.best_epoch, kept) == (best_epoch, [1][:best_epoch])
    assert recorded == [1][:best_epoch]
    assert press.steps == steps
    assert int(training.model.optimizer.iterations.numpy()) == steps + 1
    assert handler == []


@pytest.mark.slow
def test_a_second_ctrl_c_goes_to_the_handler_of_before(
    training: Training, handler: list[int]
) -> None:
    outcome, _, _ = train_with(training, PressCtrlC(0, times=2))
    assert handler == [signal.SIGINT]
    assert outcome.ended == "interrupted"


@pytest.mark.slow
def test_a_second_ctrl_c_leaves_at_once(training: Training) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            train_with(training, PressCtrlC(0, times=2))
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert int(training.model.optimizer.iterations.numpy()) == 1
    finally:
        signal.signal(signal.SIGINT, before)


def test_without_ctrl_c_the_handler_of_before_is_back(handler: list[int]) -> None:
    interruption = Interruption()
    interruption.on_train_begin()
    interruption.on_train_batch_end(0)
    interruption.on_train_end()
    signal.raise_signal(signal.SIGINT)
    assert handler == [signal.SIGINT]


def test_sigterm_ends_in_order_as_well_and_both_signals_get_their_meaning_back(
    handler: list[int],
) -> None:
    before = signal.signal(signal.SIGTERM, lambda number, frame: handler.append(number))
    try:
        interruption = Interruption()
        interruption.on_train_begin()
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(Interrupted):
            interruption.on_train_batch_end(0)
        assert handler == []
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        assert handler == [signal.SIGTERM, signal.SIGINT]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_ctrl_c_waits_for_the_end_of_the_step(handler: list[int]) -> None:
    interruption = Interruption()
    interruption.on_train_begin()
    signal.raise_signal(signal.SIGINT)
    with pytest.raises(Interrupted):
        interruption.on_train_batch_end(0)
    assert handler == []


def test_a_run_that_never_began_leaves_ctrl_c_as_it_was(handler: list[int]) -> None:
    Interruption().close()
    signal.raise_signal(signal.SIGINT)
    assert handler == [signal.SIGINT]


def test_each_epoch_is_recorded_with_its_numbers() -> None:
    outcome = Outcome()
    seen: list[tuple[int, int]] = []
    pace = Pace([], 1.0, constant=True)
    pace.on_train_begin()
    recorder = Recorder(
        outcome, 4, lambda: seen.append((len(outcome.history), outcome.best_epoch)), pace
    )
    for step in range(6):
        recorder.on_train_batch_end(step)
    recorder.on_epoch_end(0, {"loss": np.float32(0.5), "best_epoch": 1, "validation_seconds": 9})
    recorder.on_epoch_end(1, {"loss": 0.25, "best_epoch": 1})
    assert seen == [(1, 1), (2, 1)]
    first, second = outcome.history
    assert (first["loss"], second["loss"]) == (0.5, 0.25)
    assert 0 <= first["seconds"] <= second["seconds"] == outcome.seconds
    assert set(first) == {"loss", "passes", "seconds"}
    assert first["passes"] == 1.5
