"""The row of batches of a run, and what Keras makes of it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
import time
from functools import partial

import keras
import numpy as np
import pytest

from dataset.augment import augment
from dataset.batches import AHEAD, Batches
from dataset.cache import Examples
from labels.classes import IGNORE

pytestmark = pytest.mark.slow


def numbers_of(batches: Batches, epoch: int) -> list[int]:
    first = epoch * batches.steps
    return [n for index in range(first, first + batches.steps) for n in batches.order(index)]


def mark(photo: np.ndarray, label: np.ndarray, random: np.random.Generator) -> tuple:
    """A view that shows which generator it was given."""
    return np.full_like(photo, random.integers(256)), label


class TestOrder:
    @pytest.mark.parametrize("batch_size", [1, 2, 3, 6])
    def test_every_pair_comes_once_in_an_epoch(self, examples: Examples, batch_size: int) -> None:
        batches = Batches(examples, batch_size, epochs=3, seed=0)
        for epoch in range(3):
            assert sorted(numbers_of(batches, epoch)) == [0, 1, 2, 3, 4, 5]

    @pytest.mark.parametrize(
        ("batch_size", "steps", "again"), [(4, 2, 2), (5, 2, 4), (7, 1, 1), (15, 1, 9)]
    )
    def test_the_last_batch_is_filled_up_from_the_first_of_its_epoch(
        self, examples: Examples, batch_size: int, steps: int, again: int
    ) -> None:
        batches = Batches(examples, batch_size, epochs=2, seed=0)
        assert batches.steps == steps
        for epoch in range(2):
            numbers = numbers_of(batches, epoch)
            assert len(numbers) == 6 + again
            assert sorted(numbers[:6]) == [0, 1, 2, 3, 4, 5]
            assert numbers[6:] == (numbers[:6] * 2)[:again]

    @pytest.mark.parametrize("parts", [2, 4])
    def test_in_parts_come_the_same_pairs_in_the_same_views(
        self, examples: Examples, parts: int
    ) -> None:
        whole = Batches(examples, 4, epochs=2, seed=3, view=mark)
        divided = Batches(examples, 4, epochs=2, seed=3, view=mark, parts=parts)
        assert (divided.steps, len(divided)) == (2 * parts, 4 * parts)
        for index in range(len(whole)):
            part = range(index * parts, (index + 1) * parts)
            assert [n for number in part for n in divided.order(number)] == whole.order(index)
            for place, one in enumerate(whole[index]):
                together = np.concatenate([divided[number][place] for number in part])
                np.testing.assert_array_equal(together, one)

    def test_it_is_a_function_of_seed_and_index_alone(self, examples: Examples) -> None:
        batches = Batches(examples, 2, epochs=5, seed=3)
        forwards = [batches.order(index) for index in range(15)]
        batches.on_epoch_end()
        other = Batches(examples, 2, epochs=9, seed=3, workers=1)
        assert [other.order(index) for index in reversed(range(15))] == forwards[::-1]
        assert [batches.order(index) for index in range(15)] == forwards

    def test_other_epochs_and_other_seeds_have_other_orders(self, examples: Examples) -> None:
        batches = Batches(examples, 2, epochs=20, seed=0)
        orders = {tuple(numbers_of(batches, epoch)) for epoch in range(20)}
        assert len(orders) >= 18  # of 720
        other = Batches(examples, 2, epochs=20, seed=1)
        assert numbers_of(other, 0) != numbers_of(batches, 0)

    def test_there_are_steps_times_epochs_batches(self, examples: Examples) -> None:
        assert len(Batches(examples, 4, epochs=7, seed=0)) == 2 * 7


class TestBatch:
    def test_a_batch_holds_the_pairs_of_its_order(self, examples: Examples) -> None:
        batches = Batches(examples, 4, epochs=2, seed=0)
        for index in range(4):
            photos, labels = batches[index]
            np.testing.assert_array_equal(photos, examples.photos[batches.order(index)])
            np.testing.assert_array_equal(labels, examples.labels[batches.order(index)])
            assert photos.shape == (4, 32, 32, 3)
            assert photos.dtype == labels.dtype == np.uint8

    def test_doubtful_pixels_are_ignored_on_demand(self, examples: Examples) -> None:
        batches = Batches(examples, 6, epochs=1, seed=0, doubtful=False)
        _, labels = batches[0]
        expected = examples.labels[batches.order(0)].copy()
        assert (expected[:, 1:, 0] != IGNORE).all()
        expected[:, :, 0] = IGNORE  # the fixture's left column is not confident
        np.testing.assert_array_equal(labels, expected)
        assert labels.dtype == np.uint8
        assert (examples.labels[:, 1:, 0] != IGNORE).all(), "the examples stay as they were"

    def test_each_place_of_each_batch_has_a_view_of_its_own(self, examples: Examples) -> None:
        batches = Batches(examples, 6, epochs=4, seed=0, view=mark)
        draws = [batches[index][0][:, 0, 0, 0].tolist() for index in range(4)]
        assert len({value for row in draws for value in row}) >= 20  # 24 draws of 256 values
        assert [batches[index][0][:, 0, 0, 0].tolist() for index in range(4)] == draws
        other = Batches(examples, 6, epochs=4, seed=1, view=mark)
        assert other[0][0][:, 0, 0, 0].tolist() != draws[0]

    def test_a_view_gets_labels_without_doubtful_pixels(self, examples: Examples) -> None:
        seen = []

        def view(photo: np.ndarray, label: np.ndarray, _: np.random.Generator) -> tuple:
            seen.append((label[1:, 0] == IGNORE).all())
            return photo, label

        Batches(examples, 6, epochs=1, seed=0, view=view, doubtful=False)[0]
        assert set(seen) == {True}

    def test_augmented_batches_have_the_shape_of_plain_ones(self, examples: Examples) -> None:
        view = partial(augment, flip=True, zoom=1.25, light=0.15)
        batches = Batches(examples, 4, epochs=3, seed=0, view=view)
        for index in range(6):
            photos, labels = batches[index]
            assert photos.shape == (4, 32, 32, 3)
            assert labels.shape == (4, 32, 32)
            assert photos.dtype == labels.dtype == np.uint8
            assert set(np.unique(labels)) <= {0, 1, 2, IGNORE}


def test_the_time_that_a_batch_takes_is_shared_by_the_threads(examples: Examples) -> None:
    def slow(photo: np.ndarray, label: np.ndarray, random: np.random.Generator) -> tuple:
        time.sleep(0.02)
        return photo, label

    alone, together = (
        Batches(examples, 4, 1, seed=0, view=slow, workers=workers).seconds() for workers in (1, 4)
    )
    assert alone >= 4 * 0.02
    assert 0.02 <= together < alone


class Seen(keras.metrics.Metric):
    """The numbers of the pairs in the last batch, as the digits of one number."""

    def __init__(self) -> None:
        super().__init__(name="seen")
        self.number = self.add_variable(shape=(), initializer="zeros", name="number")

    def update_state(self, y_true: object, y_pred: object, sample_weight: object = None) -> None:
        ids = keras.ops.cast(keras.ops.reshape(y_true, (2, -1))[:, 0], "float32")
        self.number.assign(10 * ids[0] + ids[1])

    def result(self) -> object:
        return self.number + 0


class Keep(keras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[list[int]] = []

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self.numbers.append(list(divmod(round(logs["seen"]), 10)))


class TestFit:
    # Keras counts one step too many in each epoch whose end it has to find itself; its threads go
    # back to batch 0 in each epoch where they know the length of the row; on JAX they lose a batch.
    @pytest.mark.parametrize("runs", [1, 2])
    def test_keras_takes_every_batch_once_and_in_order(self, runs: int) -> None:
        photos = np.broadcast_to(np.arange(5, dtype=np.uint8)[:, None, None, None], (5, 4, 4, 3))
        labels = photos[..., 0]
        names = [str(number) for number in range(5)]
        examples = Examples(names, photos, labels, labels < 9)
        model = keras.Sequential([keras.Input((4, 4, 3)), keras.layers.Conv2D(5, 1)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("sgd", loss, metrics=[Seen()])
        for _ in range(runs):
            batches = Batches(examples, batch_size=2, epochs=12, seed=0, workers=2)
            keep = Keep()
            history = model.fit(
                batches,
                steps_per_epoch=batches.steps,
                epochs=12,
                shuffle=False,
                verbose=0,
                callbacks=[keep],
            )
            assert len(history.epoch) == 12
            assert keep.numbers == [batches.order(index) for index in range(36)]
        assert int(model.optimizer.iterations) == runs * 3 * 12

    def test_an_error_in_a_view_ends_the_training(self, examples: Examples) -> None:
        def fail(photo: np.ndarray, label: np.ndarray, random: np.random.Generator) -> tuple:
            if random.random() < 0.5:
                raise ArithmeticError("no view of this pair")
            return photo, label

        batches = Batches(examples, batch_size=1, epochs=9, seed=0, view=fail, workers=2)
        model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Conv2D(256, 1)])
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        with pytest.raises(Exception, match="no view of this pair"):
            model.fit(batches, steps_per_epoch=6, epochs=9, shuffle=False, verbose=0)

    def test_batches_are_prepared_ahead_in_threads_and_none_twice(self, examples: Examples) -> None:
        made: list[str] = []

        def view(photo: np.ndarray, label: np.ndarray, _: np.random.Generator) -> tuple:
            made.append(threading.current_thread().name)
            return photo, label

        batches = Batches(examples, 2, epochs=20, seed=0, view=view, workers=3)
        model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Conv2D(256, 1)])
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(batches, steps_per_epoch=3, epochs=20, shuffle=False, verbose=0)
        assert threading.current_thread().name not in made
        # What waits at the end: this file's own, and what the backend has taken over.
        assert 60 <= len(made) / 2 <= 60 + 3 * AHEAD


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
@pytest.mark.skipif(keras.backend.backend() == "jax", reason="this is the run on JAX")
def test_jax_takes_every_batch_once_and_in_order_too() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "TestFit"]
    run = subprocess.run(
        [*command, __file__],
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "4 passed" in run.stdout
