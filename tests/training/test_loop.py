"""A whole training, on networks that learn in seconds."""

from __future__ import annotations

import math
from dataclasses import replace

import keras
import numpy as np
import pytest

from dataset.cache import Cached, Examples
from labels.classes import IGNORE, numbered_classes
from training.config import Config
from training.loop import Estimate, Training, schedule
from training.outcome import Outcome
from training.scores import Scores, confusion

TINY = Config(epochs=2, batch_size=2, height=32, width=32, filters=2, depth=1)
NO_TIME = Estimate(0.0, 0.0)
COLUMNS = (
    "loss",
    "accuracy",
    "miou",
    "val_loss",
    "val_accuracy",
    "val_miou",
    "learning_rate",
    "seconds",
)


def make(examples: Examples, config: Config = TINY) -> Training:
    return Training(Cached(examples, examples, [], "none"), numbered_classes(3), config)


def run(training: Training) -> Outcome:
    return training.run(NO_TIME, keep=lambda: None, record=lambda outcome: None)


def state(training: Training) -> dict[str, np.ndarray]:
    variables = [*training.model.variables, *training.model.optimizer.variables]
    return {variable.path: np.array(variable.numpy()) for variable in variables}


@pytest.mark.parametrize(
    ("steps", "step", "share"),
    [
        # 100 steps: 5 rise from a hundredth, the cosine takes 95
        (100, 0, 0.01),
        (100, 1, 0.01 + 0.99 / 5),
        (100, 5, 1.0),
        (100, 100, 0.0),
        # 40 steps: 2 rise, and the cosine over 38 is at its middle after 19
        (40, 1, (0.01 + 1) / 2),
        (40, 2, 1.0),
        (40, 2 + 19, 0.5),
        (40, 40, 0.0),
        (3, 0, 0.01),
        (3, 1, 1.0),
        (3, 2, 0.5),
        (3, 3, 0.0),
    ],
)
def test_the_rate_rises_and_is_zero_at_the_end(steps: int, step: int, share: float) -> None:
    rate = schedule(0.2, steps)
    assert float(rate(step)) == pytest.approx(0.2 * share, abs=1e-8)


@pytest.mark.parametrize("steps", [1, 2, 7, 100])
def test_the_rate_never_rises_again(steps: int) -> None:
    rate = schedule(1.0, steps)
    rates = [float(rate(step)) for step in range(steps + 1)]
    top = rates.index(max(rates))
    assert top == max(1, round(0.05 * steps)) or steps == 1
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert all(0 <= rate <= 1 for rate in rates)


@pytest.mark.slow
def test_measuring_leaves_every_variable_as_it_was(examples: Examples) -> None:
    training = make(examples)
    training.model.optimizer.build(training.model.trainable_variables)
    before = state(training)
    steps = []
    fit = training._fit

    def watched(callbacks: list[keras.callbacks.Callback], epochs: int, steps_per: int) -> None:
        fit(callbacks, epochs, steps_per)
        now = state(training)
        steps.append(int(training.model.optimizer.iterations.numpy()))
        changed = {name for name, value in before.items() if (now[name] != value).any()}
        assert any("moving_mean" in name for name in changed)
        assert any("kernel_velocity" in name for name in changed)

    training._fit = lambda clock, epochs, steps: watched(clock, epochs, steps)
    estimate = training.measure()
    after = state(training)
    assert steps == [4]  # of the 6 there are
    assert after.keys() == before.keys()
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value, err_msg=name)
    assert min(estimate.step, estimate.validation) > 0


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights_whether_measured_or_not(examples: Examples) -> None:
    first, second = (make(examples, replace(TINY, seed=1)) for _ in range(2))
    begun = first.model.get_weights()
    first.measure()
    run(first)
    run(second)
    for one, two in zip(first.model.get_weights(), second.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    assert (first.model.get_weights()[0] != begun[0]).any()


def test_another_seed_gives_other_weights_another_order_and_other_views(
    examples: Examples,
) -> None:
    first, again, other = (make(examples, replace(TINY, seed=seed)) for seed in (1, 1, 2))
    weights = [training.model.get_weights()[0] for training in (first, again, other)]
    photos = [training.batches[0][0] for training in (first, again, other)]
    for same, different in (weights[:2], weights[::2]), (photos[:2], photos[::2]):
        np.testing.assert_array_equal(*same)
        assert (different[0] != different[1]).mean() > 0.5


@pytest.mark.slow
def test_early_stopping_stops_after_epochs_without_a_better_one(examples: Examples) -> None:
    # It always answers class 2, as a rate of almost nothing changes no bias of 1.
    training = make(examples, replace(TINY, epochs=9, early_stopping=2, learning_rate=1e-12))
    logits = training.model.get_layer("logits")
    logits.set_weights([np.zeros_like(logits.get_weights()[0]), np.array([0.0, 0.0, 1.0])])
    kept: list[int] = []
    outcome = training.run(NO_TIME, keep=lambda: kept.append(1), record=lambda outcome: None)
    assert outcome.ended == "stopped early"
    assert (len(outcome.history), outcome.best_epoch, kept) == (3, 1, [1])


@pytest.mark.slow
def test_it_learns_and_hands_over_every_column_after_each_epoch(examples: Examples) -> None:
    seen: list[tuple[int, str]] = []
    config = replace(
        TINY, epochs=40, batch_size=1, filters=4, learning_rate=0.01, flip=False, zoom=1.0, light=0
    )
    training = make(examples, config)
    outcome = training.run(
        NO_TIME,
        keep=lambda: None,
        record=lambda now: seen.append((len(now.history), now.ended)),
    )
    first, last = outcome.history[0], outcome.history[-1]
    assert last["loss"] < first["loss"] / 3
    assert min(last["miou"], last["val_miou"]) > 0.8

    assert seen == [(number, "running") for number in range(1, 41)]
    assert outcome.ended == "finished"
    assert {tuple(row) for row in outcome.history} == {COLUMNS}
    assert all(math.isfinite(value) for row in outcome.history for value in row.values())
    best = max(outcome.history, key=lambda row: row["val_miou"])
    assert outcome.history.index(best) + 1 == outcome.best_epoch
    # 240 steps: 12 rise. After 21 epochs the cosine over 228 is at 126 - 12, its middle.
    assert outcome.history[20]["learning_rate"] == pytest.approx(0.005)
    assert last["learning_rate"] == pytest.approx(0, abs=1e-9)

    # What was measured last is what the network gives now.
    predicted = training.model.predict(examples.photos, verbose=0).argmax(-1)
    labels = np.where(examples.confident, examples.labels, IGNORE)
    scores = Scores(confusion(labels, predicted, 3))
    assert last["val_miou"] == pytest.approx(scores.mean_iou, abs=1e-3)
    assert last["val_accuracy"] == pytest.approx(scores.accuracy, abs=1e-3)


def test_the_deployable_network_decides_the_same_at_any_size(examples: Examples) -> None:
    training = make(examples)
    shares = training.deployable().predict(examples.photos, verbose=0)
    logits = training.model.predict(examples.photos, verbose=0)
    second, first = np.moveaxis(np.sort(logits, axis=-1), -1, 0)[1:]
    clear = first - second > 1e-4  # rounding may decide the others
    assert clear.mean() > 0.9
    np.testing.assert_array_equal(shares.argmax(-1)[clear], logits.argmax(-1)[clear])
    np.testing.assert_allclose(shares.sum(-1), 1, rtol=1e-5)
    other = training.deployable().predict(np.zeros((1, 46, 18, 3), np.uint8), verbose=0)
    assert other.shape == (1, 46, 18, 3)


def test_the_deployable_network_has_the_weights_of_now(examples: Examples) -> None:
    training = make(examples)
    training.deployable()
    changed = [value + 1 for value in training.model.get_weights()]
    training.model.set_weights(changed)
    for one, two in zip(training.deployable().get_weights(), changed, strict=True):
        np.testing.assert_array_equal(one, two)


def test_the_plan_says_what_is_done_and_how_long_it_takes(examples: Examples) -> None:
    training = make(examples)
    what, how_long = training.plan(Estimate(step=0.25, validation=2.0))
    # Convolutions with bias 3·9·2+2, 2·9·2+2 down, 2·9·4+4, 4·9·4+4 below, 4·4·2+2 up,
    # 4·9·2+2, 2·9·2+2 beside, 2·3+3 for 3 classes; 4 numbers for each of 16 normalised channels.
    assert f"A U-Net of {56 + 38 + 76 + 148 + 34 + 74 + 38 + 9 + 64:,} parameters" in what
    assert "(2 filters, 1 levels), 32×32 pictures, batches of 2, on " in what
    assert how_long.startswith(
        "2 epochs of 3 steps, 0.25 s each, with a validation of 2 s: about 6 s."
    )


@pytest.mark.parametrize(("seconds", "epochs"), [(35, 6), (34, 5), (0, 1), (-5, 1), (1000, 10)])
def test_as_many_epochs_are_taken_as_fit(examples: Examples, seconds: float, epochs: int) -> None:
    training = make(examples, replace(TINY, epochs=10))
    # 3 steps of 1 s and a validation of 2 s: 5 s an epoch; a seventh of the time is kept.
    fitting = training.within(seconds, Estimate(step=1.0, validation=2.0))
    assert fitting.epochs == fitting.config.epochs == epochs
    assert len(fitting.batches) == 3 * epochs
    assert (fitting is training) == (epochs == 10)


def test_an_error_on_the_way_is_the_one_that_comes_out(examples: Examples) -> None:
    class Broken(keras.utils.PyDataset):
        steps = 3

        def __len__(self) -> int:
            return 6

        def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
            raise ZeroDivisionError("the batch cannot be made")

    training = make(examples)
    training.batches = Broken()  # type: ignore[assignment]
    with pytest.raises(ZeroDivisionError, match="the batch cannot be made"):
        run(training)


@pytest.mark.parametrize("doubtful", [True, False])
def test_doubtful_labels_are_learned_from_unless_they_are_left_out(
    doubtful: bool, examples: Examples
) -> None:
    plain = replace(TINY, doubtful=doubtful, flip=False, zoom=1.0, light=0.0)
    _, labels = make(examples, plain).batches[0]
    assert (labels[:, 0] == IGNORE).all()
    assert (labels[:, 1:, 0] != IGNORE).all() == doubtful  # the column that is not confident
    assert (labels[:, 1:, 0] == IGNORE).all() != doubtful
    assert (labels[:, 1:, 1:] != IGNORE).all()
