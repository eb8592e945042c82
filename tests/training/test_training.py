"""A whole training, on networks that learn in seconds."""

from __future__ import annotations

import math
import sys
import time
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from dataset.batches import Batches
from dataset.cache import Cached, Examples
from labels.classes import IGNORE, numbered_classes
from training.config import Config
from training.normalization import FusedBatchNormalization
from training.outcome import Outcome
from training.pace import WITHOUT_END
from training.recipes import CLASSIC
from training.scores import Scores, confusion
from training.training import Estimate, Training, optimizer

pytestmark = pytest.mark.slow

TINY = Config(
    epochs=2,
    batch_size=2,
    height=32,
    width=32,
    filters=2,
    depth=1,
    stem=2,
    context=2,
    precision="float32",  # or a network would decide otherwise in training than in its file
)
NO_TIME = Estimate(0.0, 0.0)
COLUMNS = (
    "loss",
    "accuracy",
    "miou",
    "val_loss",
    "val_accuracy",
    "val_miou",
    "learning_rate",
    "passes",
    "seconds",
)


def make(examples: Examples, config: Config = TINY) -> Training:
    return Training(Cached(examples, examples, [], "none"), numbered_classes(3), config)


def run(training: Training) -> Outcome:
    return training.run(NO_TIME, keep=lambda: None, record=lambda outcome: None)


def state(training: Training) -> dict[str, np.ndarray]:
    variables = [*training.model.variables, *training.model.optimizer.variables]
    return {variable.path: np.array(variable.numpy()) for variable in variables}


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="JAX compiles always")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="where TensorFlow has GPUs")
def test_all_of_it_compiles_as_on_a_gpu(examples: Examples) -> None:
    training = make(examples, replace(TINY, optimizer="muon", precision="bfloat16"))
    for model in training.model, training.scorer.network:
        model.jit_compile = True  # as Keras does with TensorFlow where there is a GPU
    outcome = run(training)
    assert len(outcome.history) == 2
    assert all(math.isfinite(row["loss"]) for row in outcome.history)
    assert all(0 <= row["val_miou"] <= 1 for row in outcome.history)


@pytest.mark.parametrize(
    ("values", "kind", "momentum"),
    [
        ({}, "Muon", None),
        ({"optimizer": "adam"}, "Adam", None),
        ({"optimizer": "sgd", "momentum": 0.99}, "SGD", 0.99),
        ({"optimizer": "sgd", "momentum": 0.0, "schedule": "constant"}, "SGD", 0.0),
        ({"schedule": "constant"}, "Muon", None),
    ],
)
def test_the_optimiser_is_the_one_that_was_asked_for(
    values: dict[str, Any], kind: str, momentum: float | None
) -> None:
    config = replace(TINY, learning_rate=0.25, **values)
    made = optimizer(config)
    assert (type(made).__name__, getattr(made, "momentum", None)) == (kind, momentum)
    assert made.global_clipnorm == 1
    assert float(made.learning_rate) == 0.25


def test_the_network_is_the_one_that_was_asked_for(examples: Examples) -> None:
    classic: dict[str, Any] = {**CLASSIC, "depth": 1}
    config = replace(TINY, **classic, normalization=False, padding="valid", transposed=3)
    config = replace(config, head="sigmoid", dropout=0.5, first_dropout=0.25)
    training = make(examples, config)
    for model in training.model, training.deployable():
        by_kind: dict[str, list[keras.layers.Layer]] = {}
        for layer in model.layers:
            by_kind.setdefault(type(layer).__name__, []).append(layer)
        assert not [kind for kind in by_kind if "Normalization" in kind]
        assert [layer.rate for layer in by_kind["Dropout"]] == [0.25, 0.5]
        assert by_kind["Conv2DTranspose"][0].kernel_size == (3, 3)
        first = by_kind["Conv2D"][0]
        assert (first.padding, type(first.kernel_initializer).__name__) == ("valid", "HeNormal")
    assert training.deployable().layers[-1].activation is keras.activations.sigmoid
    assert training.model.layers[-1].name == "logits"


def test_it_learns_at_the_size_of_the_stem_and_is_validated_at_that_of_the_picture(
    examples: Examples,
) -> None:
    for stem in 1, 2, 4:
        training = make(examples, replace(TINY, stem=stem))
        photos, labels = training.batches[0]
        assert photos.shape == (2, 32, 32, 3)
        assert labels.shape == (2, 32 // stem, 32 // stem)
        assert training.model.output_shape == (None, 32 // stem, 32 // stem, 3)
        assert training.deployable().output_shape == (None, None, None, 3)
        scored = training.scorer.score(examples, 2)
        assert scored.all.pixels == 6 * 31 * 32, "all but the row that is ignored"
        predicted = training.deployable().predict_on_batch(examples.photos)
        ids = predicted.argmax(-1).astype(np.uint8)
        assert (confusion(examples.labels, ids, 3) == scored.all.confusion).mean() > 0.9


def test_it_trains_with_fused_normalisation_and_hands_over_the_stock_one(
    examples: Examples,
) -> None:
    training = make(examples)
    fused, stock = (
        [type(layer) for layer in model.layers if "normalization" in layer.name]
        for model in (training.model, training.deployable())
    )
    # Stem 1; below 2 and a shortcut to more channels, then 2 looking farther; up 1.
    assert fused == [FusedBatchNormalization] * 7
    assert stock == [keras.layers.BatchNormalization] * 7


def test_pictures_are_turned_and_reversed_where_that_is_asked_for(examples: Examples) -> None:
    plain = replace(TINY, stem=1, flip=False, zoom=1.0, light=0.0)
    before, turned, upside_down = (
        make(examples, replace(plain, **values)).batches
        for values in ({}, {"rotate": 30.0}, {"flip_vertical": True})
    )
    assert any((turned[i][0] != before[i][0]).any() for i in range(3))
    assert any((turned[i][1][:, -1] == IGNORE).any() for i in range(3))
    ways = {
        1 if (ids == ids_before).all() else -1 * bool((ids == ids_before[::-1]).all())
        for i in range(3)
        for ids, ids_before in zip(upside_down[i][1], before[i][1], strict=True)
    }
    assert ways == {1, -1}


@pytest.mark.slow
def test_measuring_leaves_every_variable_as_it_was(examples: Examples) -> None:
    training = make(examples)
    training.model.optimizer.build(training.model.trainable_variables)
    before = state(training)
    steps = []
    fit = training.fit

    def watched(*arguments: Any, **options: Any) -> None:
        fit(*arguments, **options)
        now = state(training)
        steps.append(int(training.model.optimizer.iterations.numpy()))
        changed = {name for name, value in before.items() if (now[name] != value).any()}
        assert any("moving_mean" in name for name in changed)
        assert any("kernel_mean" in name for name in changed)

    training.fit = watched
    estimate = training.measure()
    after = state(training)
    assert steps == [4]  # of the 6 there are
    assert after.keys() == before.keys()
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value, err_msg=name)
    assert min(estimate.step, estimate.validation) > 0


@pytest.mark.slow
def test_no_step_is_quicker_than_a_batch_is_made(
    examples: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Batches, "seconds", lambda batches: 50.0)
    assert make(examples).measure().step == 50


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights_whether_measured_or_not(examples: Examples) -> None:
    first, second = (make(examples, replace(TINY, seed=1, dropout=0.3)) for _ in range(2))
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
    views = {"flip": False, "zoom": 1.0, "light": 0.0}
    config = replace(
        TINY, epochs=40, batch_size=1, filters=4, learning_rate=0.01, favour=False, **views
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
    # Of 240 steps the 126th begins when 125 are over: .5 + .5 · cos(π · (125/240 − .05) / .95)
    assert outcome.history[20]["learning_rate"] == pytest.approx(0.01 * 0.50689, rel=1e-3)
    assert last["learning_rate"] == pytest.approx(0, abs=1e-6)

    # What was measured last is what the network gives now.
    predicted = training.deployable().predict(examples.photos, verbose=0).argmax(-1)
    labels = np.where(examples.confident, examples.labels, IGNORE)
    scores = Scores(confusion(labels, predicted, 3))
    assert last["val_miou"] == pytest.approx(scores.mean_iou, abs=1e-3)
    assert last["val_accuracy"] == pytest.approx(scores.accuracy, abs=1e-3)


def test_the_deployable_network_decides_the_same_at_any_size(examples: Examples) -> None:
    training = make(examples, replace(TINY, stem=1, filters=8))
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


def test_a_run_by_the_clock_validates_seldom_where_passes_are_short(examples: Examples) -> None:
    training = make(examples, replace(TINY, epochs=None, minutes=2.0))
    estimate = Estimate(step=0.5, validation=3.0)
    # A pass is 3 steps of .5 s. For a validation of 3 s to take a twentieth, 57 s lie between two:
    # 114 steps; but five validations in 114 s leave 22.8 s: 46 steps. 46 · .5 / (46 · .5 + 3) =
    # .885 of 120 s is 212.3 steps, 70.8 passes.
    assert training.interval(estimate) == 46
    assert training.passes(estimate) == pytest.approx(70.8, abs=0.05)
    # One of 20 s is made once, at the end: five would leave a sixth of the time to learn in.
    assert training.interval(Estimate(step=0.5, validation=20.0)) == 228
    by_epochs = make(examples)
    assert (by_epochs.interval(estimate), by_epochs.passes(estimate)) == (3, 2)


@pytest.mark.slow
def test_a_run_by_the_clock_ends_when_its_time_is_over(examples: Examples) -> None:
    training = make(examples, replace(TINY, epochs=None, minutes=4 / 60))
    estimate = training.measure()
    assert training.epochs == WITHOUT_END
    began = time.monotonic()
    outcome = training.run(estimate, keep=lambda: None, record=lambda outcome: None)
    passed = time.monotonic() - began
    assert 2 < passed < 8  # a machine that is busy with others may be late
    assert passed - 3 < outcome.seconds <= passed
    assert outcome.ended == "finished"
    assert outcome.steps > 3
    assert outcome.best_epoch >= 1
    assert outcome.history[-1]["learning_rate"] < 0.1 * TINY.learning_rate


def test_epochs_and_minutes_together_end_with_what_is_over_first(examples: Examples) -> None:
    training = make(examples, replace(TINY, epochs=10, minutes=1.5))
    estimate = Estimate(step=0.5, validation=3.0)
    assert training.interval(estimate) == 3
    assert training.passes(estimate) == 10
    assert training.passes(Estimate(step=3.0, validation=9.0)) == pytest.approx(5)


def test_other_views_and_another_length_are_taken_over(examples: Examples) -> None:
    training = make(examples)
    network = training.model
    training.adopt(replace(training.config, epochs=5, zoom=2.0))
    assert (training.epochs, len(training.batches), training.model) == (5, 15, network)
    assert training.batches.view.keywords["zoom"] == 2.0


@pytest.mark.slow
def test_the_rate_ends_at_zero_with_the_last_step(examples: Examples) -> None:
    training = make(examples)
    outcome = training.run(Estimate(1.0, 1.0), keep=lambda: None, record=lambda outcome: None)
    # The sixth of 6 steps begins when 5/6 are over: .5 + .5 · cos(π · (5/6 − .05) / .95) = .0737
    rates = [row["learning_rate"] / TINY.learning_rate for row in outcome.history]
    assert rates[-1] == pytest.approx(0.0737, abs=0.001)
    assert outcome.steps == 6


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
    plain = replace(TINY, stem=1, doubtful=doubtful, flip=False, zoom=1.0, light=0.0)
    _, labels = make(examples, plain).batches[0]
    assert (labels[:, 0] == IGNORE).all()
    assert (labels[:, 1:, 0] != IGNORE).all() == doubtful  # the column that is not confident
    assert (labels[:, 1:, 0] == IGNORE).all() != doubtful
    assert (labels[:, 1:, 1:] != IGNORE).all()
