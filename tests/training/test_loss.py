"""The loss, against numbers worked out by hand and against Keras's own."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest

from labels.classes import IGNORE
from tests.training.gradients import gradient_of
from training.loss import SegmentationLoss, segmentation_loss

# Pixel A is class 0 and gets (1/2, 1/4, 1/4); pixel B is class 1 and gets (1/4, 1/2, 1/4).
LABELS = np.array([[[0, 1]]], np.uint8)
SHARES = np.array([[[[0.5, 0.25, 0.25], [0.25, 0.5, 0.25]]]], np.float32)
LOGITS = np.log(SHARES)


def random_case(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels (2, 4, 5) of 3 classes with ignored pixels, and logits for them."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 3, (2, 4, 5)).astype(np.uint8)
    labels[random.random(labels.shape) < 0.3] = IGNORE
    return labels, random.normal(0, 2, (2, 4, 5, 3)).astype(np.float32)


def loss(labels: np.ndarray, logits: np.ndarray, dice: float, head: str = "softmax") -> float:
    return float(segmentation_loss(labels, logits, dice, head))


def gradient(labels: np.ndarray, logits: np.ndarray, dice: float, head: str) -> np.ndarray:
    return gradient_of(lambda given: segmentation_loss(labels, given, dice, head), logits)


def test_cross_entropy_is_the_mean_of_minus_log_of_the_true_share() -> None:
    assert loss(LABELS, LOGITS, dice=0) == pytest.approx(math.log(2), abs=1e-6)
    swapped = np.array([[[1, 1]]], np.uint8)  # shares 1/4 and 1/2
    assert loss(swapped, LOGITS, dice=0) == pytest.approx(1.5 * math.log(2), abs=1e-6)


def test_dice_is_a_mean_over_the_classes_that_occur() -> None:
    # Classes 0 and 1: overlap 1/2, sizes 1 and 3/4, so 2 · 1/2 / (7/4) = 4/7. Class 2 is absent:
    # its share of 1/2 in the prediction would make a score of 0.
    expected = math.log(2) + 1 - 4 / 7
    assert loss(LABELS, LOGITS, dice=1) == pytest.approx(expected, abs=1e-5)


def test_the_weight_multiplies_dice_alone() -> None:
    expected = math.log(2) + 2.5 * (1 - 4 / 7)
    assert loss(LABELS, LOGITS, dice=2.5) == pytest.approx(expected, abs=1e-5)


def test_dice_counts_over_the_whole_batch() -> None:
    # The same two pixels as two pictures of one pixel.
    pictures = LABELS.reshape(2, 1, 1), LOGITS.reshape(2, 1, 1, 3)
    assert loss(*pictures, dice=1) == pytest.approx(math.log(2) + 3 / 7, abs=1e-5)


def test_a_perfect_prediction_costs_nothing() -> None:
    labels, _ = random_case(0)
    logits = 100 * np.eye(256, dtype=np.float32)[labels][..., :3]
    assert loss(labels, logits, dice=1) == pytest.approx(0, abs=1e-4)


def test_a_prediction_that_is_wrong_everywhere_costs_all_of_dice() -> None:
    wrong = np.log(np.array([[[[1e-9, 1, 1e-9], [1, 1e-9, 1e-9]]]], np.float32))
    with_dice, without = loss(LABELS, wrong, dice=1), loss(LABELS, wrong, dice=0)
    assert with_dice - without == pytest.approx(1, abs=1e-4)


def test_the_sigmoid_head_costs_a_mean_of_binary_cross_entropies_over_the_classes() -> None:
    logits = np.log(SHARES / (1 - SHARES))
    # Each pixel: its own class has 1/2, so log 2; the other two have 1/4, so -log 3/4 twice.
    expected = (math.log(2) + 2 * math.log(4 / 3)) / 3
    assert loss(LABELS, logits, 0, "sigmoid") == pytest.approx(expected, abs=1e-6)
    assert loss(LABELS, logits, 1, "sigmoid") == pytest.approx(expected + 3 / 7, abs=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_the_sigmoid_head_has_keras_binary_cross_entropy_per_pixel_that_counts(seed: int) -> None:
    labels, logits = random_case(seed)
    counted = labels != IGNORE
    truth = np.eye(3, dtype=np.float32)[labels[counted]]
    keras_loss = keras.losses.BinaryCrossentropy(from_logits=True)
    expected = float(keras_loss(truth, logits[counted]))
    assert loss(labels, logits, 0, "sigmoid") == pytest.approx(expected, rel=1e-5)


def test_the_sigmoid_head_is_exact_far_from_0() -> None:
    logits = np.array([[[[-200.0, 200.0]]]], np.float32)
    # Class 0 is the truth and gets e^-200, the other one should get nothing and gets all.
    assert loss(np.zeros((1, 1, 1), np.uint8), logits, 0, "sigmoid") == pytest.approx(200)
    assert loss(np.ones((1, 1, 1), np.uint8), logits, 0, "sigmoid") == pytest.approx(0)


HEADS = pytest.mark.parametrize("head", ["softmax", "sigmoid"])


@HEADS
@pytest.mark.parametrize("dice", [0.0, 1.0])
def test_ignored_pixels_change_neither_loss_nor_gradient(dice: float, head: str) -> None:
    labels, logits = random_case(1)
    ignored = labels == IGNORE
    other = logits.copy()
    other[ignored] = np.random.default_rng(2).normal(0, 50, (ignored.sum(), 3))
    assert loss(labels, other, dice, head) == loss(labels, logits, dice, head)
    here, there = gradient(labels, logits, dice, head), gradient(labels, other, dice, head)
    np.testing.assert_array_equal(here, there)
    assert not here[ignored].any()
    assert np.abs(here[~ignored]).max(axis=-1).min() > 0


@HEADS
@pytest.mark.parametrize("dice", [0.0, 1.0])
def test_a_batch_of_ignored_pixels_costs_0_and_moves_nothing(dice: float, head: str) -> None:
    labels = np.full((2, 4, 5), IGNORE, np.uint8)
    _, logits = random_case(3)
    assert loss(labels, logits, dice, head) == 0
    np.testing.assert_array_equal(gradient(labels, logits, dice, head), 0)


def test_it_is_computed_in_float32_for_a_network_of_float16() -> None:
    # log(1 + e⁶) is 6.0025, and the numbers of float16 next to it are 6 and 6.0039.
    logits = np.array([[[[3, -3], [0, 0]]]], np.float16)
    labels = np.array([[[1, IGNORE]]], np.uint8)
    value = SegmentationLoss(dice=0)(labels, logits)
    assert keras.backend.standardize_dtype(value.dtype) == "float32"
    assert float(value) == pytest.approx(math.log(1 + math.exp(6)), abs=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_without_dice_it_is_keras_cross_entropy_per_pixel_that_counts(seed: int) -> None:
    labels, logits = random_case(seed)
    keras_loss = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, ignore_class=IGNORE, reduction="sum"
    )
    expected = float(keras_loss(labels, logits)) / np.count_nonzero(labels != IGNORE)
    assert loss(labels, logits, dice=0) == pytest.approx(expected, rel=1e-5)


@HEADS
@pytest.mark.parametrize("dice", [0.0, 1.5])
def test_the_class_gives_what_the_function_gives(dice: float, head: str) -> None:
    labels, logits = random_case(5)
    given = float(SegmentationLoss(dice, head)(labels, logits))
    assert given == pytest.approx(loss(labels, logits, dice, head), rel=1e-6)


def test_the_class_is_rebuilt_from_its_configuration() -> None:
    rebuilt = SegmentationLoss.from_config(SegmentationLoss(0.25, "sigmoid").get_config())
    assert (rebuilt.dice, rebuilt.head) == (0.25, "sigmoid")
    assert rebuilt.name == "segmentation_loss"
