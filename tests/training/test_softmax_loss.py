"""The loss with its gradient written out, against the plain one and automatic differentiation."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labels.classes import IGNORE
from tests.training.gradients import gradient_of
from training.loss import SegmentationLoss, segmentation_loss
from training.softmax_loss import softmax_loss

DICE = pytest.mark.parametrize("dice", [0.0, 1.0, 2.5])


def random_case(seed: int, scale: float = 2) -> tuple[np.ndarray, np.ndarray]:
    """Labels (2, 4, 5) of 3 of 4 classes with ignored pixels, and logits for them."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 3, (2, 4, 5)).astype(np.uint8)
    labels[random.random(labels.shape) < 0.3] = IGNORE
    return labels, random.normal(0, scale, (2, 4, 5, 4)).astype(np.float32)


def both(labels: np.ndarray, logits: np.ndarray, dice: float) -> list[tuple[float, np.ndarray]]:
    return [
        (
            float(loss(labels, logits, dice)),
            gradient_of(lambda z, loss=loss: loss(labels, z, dice), logits),
        )
        for loss in (softmax_loss, segmentation_loss)
    ]


@DICE
@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_plain_loss_with_the_plain_gradient(seed: int, dice: float) -> None:
    (value, gradient), (plain_value, plain_gradient) = both(*random_case(seed), dice)
    assert value == pytest.approx(plain_value, rel=1e-5)
    assert np.abs(gradient).max() > 1e-3
    np.testing.assert_allclose(gradient, plain_gradient, atol=1e-7, rtol=1e-4)


@DICE
def test_sure_predictions_have_the_plain_gradient_too(dice: float) -> None:
    (value, gradient), (plain_value, plain_gradient) = both(*random_case(5, scale=15), dice)
    assert value == pytest.approx(plain_value, rel=1e-5)
    np.testing.assert_allclose(gradient, plain_gradient, atol=1e-7, rtol=1e-4)


def test_a_share_too_small_for_float32_costs_69_and_is_still_learned_from() -> None:
    labels = np.zeros((1, 1, 1), np.uint8)
    logits = np.array([[[[-200.0, 200.0]]]], np.float32)
    assert float(softmax_loss(labels, logits, 0)) == pytest.approx(-np.log(1e-30), rel=1e-5)
    gradient = gradient_of(lambda z: softmax_loss(labels, z, 0), logits)
    np.testing.assert_allclose(gradient, [[[[-1, 1]]]], atol=1e-5)


def test_a_number_that_is_none_is_not_hidden() -> None:
    labels, logits = random_case(0)
    logits[0, 0, 0, 0] = np.nan
    assert np.isnan(float(softmax_loss(labels, logits, 1)))


@DICE
def test_a_batch_of_ignored_pixels_costs_0_and_moves_nothing(dice: float) -> None:
    _, logits = random_case(3)
    labels = np.full((2, 4, 5), IGNORE, np.uint8)
    (value, gradient), _ = both(labels, logits, dice)
    assert value == 0
    np.testing.assert_array_equal(gradient, 0)


def test_what_follows_the_loss_counts_in_its_gradient() -> None:
    """As the scale does by which float16 multiplies it."""
    labels, logits = random_case(2)
    once = gradient_of(lambda z: softmax_loss(labels, z, 1), logits)
    scaled = gradient_of(lambda z: 1024 * softmax_loss(labels, z, 1), logits)
    np.testing.assert_allclose(scaled, 1024 * once, rtol=1e-6)


def test_training_takes_it_for_the_softmax_head_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.loss.softmax_loss", lambda *given: keras.ops.ones(()) * 77)
    labels, logits = random_case(1)
    assert float(SegmentationLoss()(labels, logits)) == 77
    assert float(SegmentationLoss(head="sigmoid")(labels, logits)) < 70
