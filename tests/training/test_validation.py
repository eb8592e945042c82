"""Scoring a split, against a plain count in NumPy."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest

from dataset.cache import Examples
from labels.classes import IGNORE
from training.loss import segmentation_loss
from training.scores import Scores, confusion
from training.validation import Scored, Scorer


def mixing(height: int | None, width: int | None) -> keras.Model:
    """Adds two of red, green and blue for each class: exact in any batch, and half of it wrong."""
    layer = keras.layers.Conv2D(3, 1, use_bias=False, name="logits")
    pictures = keras.Input((height, width, 3))
    network = keras.Model(pictures, layer(pictures))
    layer.set_weights([np.array([[[[1, 0, 1], [1, 1, 0], [0, 1, 1]]]], np.float32)])
    return network


@pytest.fixture
def network() -> keras.Model:
    return mixing(32, 32)


def count(network: keras.Model, examples: Examples, labels: np.ndarray) -> np.ndarray:
    predicted = network.predict(examples.photos, verbose=0).argmax(-1)
    counts = np.zeros((3, 3), np.int64)
    for index in range(3):
        for other in range(3):
            counts[index, other] = np.sum((labels == index) & (predicted == other))
    return counts


def test_it_counts_what_predict_gives(network: keras.Model, examples: Examples) -> None:
    scored = Scorer(network).score(examples, batch_size=4)
    trusted = np.where(examples.confident, examples.labels, IGNORE)
    np.testing.assert_array_equal(scored.all.confusion, count(network, examples, examples.labels))
    np.testing.assert_array_equal(scored.confident.confusion, count(network, examples, trusted))
    assert scored.all.confusion.dtype == np.int64
    assert np.count_nonzero(scored.all.confusion) == 6
    # The top row is ignored, and of the rest the left column is not confident.
    assert (scored.all.pixels, scored.confident.pixels) == (6 * 31 * 32, 6 * 31 * 31)
    assert scored.share == pytest.approx(31 / 32)


def test_an_output_beside_is_counted_in_the_same_go(
    network: keras.Model, examples: Examples
) -> None:
    turned = keras.Model(network.inputs, network.outputs[0][:, ::-1])
    scored = Scorer(turned, beside=network.outputs[0]).score(examples, batch_size=4)
    assert scored.beside is not None
    trusted = np.where(examples.confident, examples.labels, IGNORE)
    np.testing.assert_array_equal(scored.beside.confusion, count(network, examples, trusted))
    np.testing.assert_array_equal(scored.confident.confusion, count(turned, examples, trusted))
    assert (scored.beside.confusion != scored.confident.confusion).any()
    assert Scorer(network).score(examples, batch_size=4).beside is None


@pytest.mark.parametrize("batch_size", [1, 4, 6, 7])
def test_filling_up_the_last_batch_changes_no_count(
    batch_size: int, network: keras.Model, examples: Examples
) -> None:
    scored = Scorer(network).score(examples, batch_size)
    np.testing.assert_array_equal(scored.all.confusion, count(network, examples, examples.labels))


def test_without_a_loss_it_is_nan(network: keras.Model, examples: Examples) -> None:
    assert math.isnan(Scorer(network).score(examples, 6).loss)


@pytest.mark.parametrize("batch_size", [6, 4])
def test_the_loss_is_the_mean_over_the_batches_on_confident_pixels(
    batch_size: int, network: keras.Model, examples: Examples
) -> None:
    def loss(labels: np.ndarray, logits: np.ndarray) -> float:
        return segmentation_loss(labels, logits / 100, dice=1.0)

    trusted = np.where(examples.confident, examples.labels, np.uint8(IGNORE))
    logits = network.predict(examples.photos, verbose=0)
    parts = [slice(first, first + batch_size) for first in range(0, 6, batch_size)]
    expected = np.mean([float(loss(trusted[part], logits[part])) for part in parts])
    scored = Scorer(network, loss).score(examples, batch_size)
    assert scored.loss == pytest.approx(expected, rel=1e-5)


def test_the_loss_may_look_at_the_result_before_it_is_enlarged(examples: Examples) -> None:
    pictures = keras.Input((32, 32, 3))
    small = keras.layers.AveragePooling2D(4)(keras.layers.Rescaling(0.01)(pictures))
    model = keras.Model(pictures, small)
    large = keras.Model(pictures, keras.layers.UpSampling2D(4)(small))

    def loss(labels: np.ndarray, logits: np.ndarray) -> float:
        return segmentation_loss(labels, logits, dice=1.0)

    trusted = np.where(examples.confident, examples.labels, np.uint8(IGNORE))
    expected = loss(trusted[:, 2::4, 2::4], model.predict(examples.photos, verbose=0))
    scored = Scorer(large, loss, model.outputs[0]).score(examples, 6)
    assert scored.loss == pytest.approx(float(expected), rel=1e-5)
    np.testing.assert_array_equal(scored.all.confusion, count(large, examples, examples.labels))


def test_it_sees_the_weights_of_now(network: keras.Model, examples: Examples) -> None:
    scorer = Scorer(network)
    scorer.score(examples, 6)
    network.get_layer("logits").set_weights([np.ones((1, 1, 3, 3)) * [0, 0, 1]])
    predicted = scorer.score(examples, 6).all.confusion.sum(axis=0)
    assert predicted.tolist() == [0, 0, 6 * 31 * 32]


def test_a_network_for_any_size_is_scored_too(examples: Examples) -> None:
    network = mixing(None, None)
    scored = Scorer(network).score(examples, 4)
    np.testing.assert_array_equal(scored.all.confusion, count(network, examples, examples.labels))


@pytest.mark.parametrize(("confident", "share"), [(3, 0.75), (0, 0.0), (4, 1.0)])
def test_the_share_is_of_the_labelled_pixels(confident: int, share: float) -> None:
    truth = np.zeros(4, np.uint8)
    trusted = np.where(np.arange(4) < confident, truth, np.uint8(IGNORE))
    both = (Scores(confusion(labels, truth, 2)) for labels in (trusted, truth))
    assert Scored(*both, loss=0.0).share == share


def test_the_share_of_nothing_is_0() -> None:
    nothing = Scores(np.zeros((2, 2), np.int64))
    assert Scored(nothing, nothing, loss=0.0).share == 0
