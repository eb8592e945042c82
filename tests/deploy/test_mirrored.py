"""Answers from a picture and its mirrored ones, against the same mean taken with NumPy."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from deploy.mirrored import answering, asked_as
from deploy.model_file import Card
from deploy.quick import quick
from labels.classes import Classes, numbered_classes
from segmentation_model import Unet

PLAIN = Card(numbered_classes(3), height=32, width=48)
MIRRORED = replace(PLAIN, mirrored=True, mirror=True)
UPSIDE_DOWN = replace(PLAIN, upside_down=True, mirror=True)
BOTH = replace(MIRRORED, upside_down=True)
LEARNED_ALONE = replace(BOTH, mirror=False)
PICTURES = np.random.default_rng(0).integers(0, 256, (2, 32, 48, 3)).astype(np.uint8)
HANDS = Classes(("none", "left hand", "right hand"), ((0, 0, 0), (1, 1, 1), (2, 2, 2)))


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(3)
    return Unet(classes=3, filters=4, depth=2, stem=2, activation="softmax")


def mean_of(model: keras.Model, *axes: tuple[int, ...]) -> np.ndarray:
    """The mean of the answers for pictures that are turned over by these axes."""
    answers = [
        np.flip(np.asarray(model.predict_on_batch(np.flip(PICTURES, one).copy())), one)
        for one in axes
    ]
    return np.mean(answers, axis=0)


@pytest.mark.parametrize(
    ("card", "mirror", "axes"),
    [
        (MIRRORED, None, [(), (2,)]),
        (UPSIDE_DOWN, None, [(), (1,)]),
        (BOTH, None, [(), (2,), (1,), (1, 2)]),
        (BOTH, True, [(), (2,), (1,), (1, 2)]),
        (LEARNED_ALONE, True, [(), (2,), (1,), (1, 2)]),
        (UPSIDE_DOWN, True, [(), (1,)]),
        (PLAIN, True, [(), (2,)]),
    ],
)
def test_the_answer_is_the_mean_of_those_for_all_views_that_were_learned(
    card: Card, mirror: bool | None, axes: list[tuple[int, ...]], model: keras.Model
) -> None:
    answers = np.asarray(answering(model, card, mirror).predict_on_batch(PICTURES))
    np.testing.assert_allclose(answers, mean_of(model, *axes), atol=1e-6)
    assert np.abs(answers - mean_of(model, ())).max() > 1e-3, "each view has its own answer"


@pytest.mark.parametrize(
    ("card", "mirror"), [(PLAIN, None), (LEARNED_ALONE, None), (MIRRORED, False), (BOTH, False)]
)
def test_where_nobody_wants_it_the_model_answers_itself(
    card: Card, mirror: bool | None, model: keras.Model
) -> None:
    assert answering(model, card, mirror) is model
    assert asked_as(card, mirror) == "as it is"


def test_what_predicts_in_16_bits_answers_from_both_too(model: keras.Model) -> None:
    network = answering(quick(model, "bfloat16"), MIRRORED)
    answers = np.asarray(network.predict_on_batch(PICTURES))
    assert answers.dtype == np.float32
    np.testing.assert_allclose(answers, mean_of(model, (), (2,)), atol=0.03)


def test_the_model_may_have_any_names_in_it() -> None:
    """Keras numbers operations anew in each process, and takes no name twice in a network."""
    network = Unet(classes=3, filters=2, depth=1, stem=2, residual=True)
    expected = mean_of(network, (), (2,))
    keras.utils.clear_session()
    answers = answering(network, MIRRORED).predict_on_batch(PICTURES)
    np.testing.assert_allclose(answers, expected, atol=1e-6)


def test_it_is_said_what_an_answer_is_made_from() -> None:
    assert asked_as(MIRRORED) == asked_as(PLAIN, mirror=True) == "as it is and mirrored"
    assert asked_as(UPSIDE_DOWN) == "as it is and upside down"
    assert asked_as(BOTH) == "as it is, mirrored, upside down and turned by half"


def on_the_left() -> keras.Model:
    """Calls the bright half of a picture a left hand if it is on the left, else a right hand."""
    pictures = keras.Input((None, None, 3))
    brightness = keras.ops.mean(pictures, axis=-1, keepdims=True) / 255
    left = keras.ops.mean(brightness[:, :, :4], axis=(1, 2), keepdims=True) * brightness
    right = keras.ops.mean(brightness[:, :, -4:], axis=(1, 2), keepdims=True) * brightness
    return keras.Model(pictures, keras.ops.concatenate([1 - left - right, left, right], axis=-1))


@pytest.mark.parametrize(("down", "views"), [(False, 2), (True, 4)])
def test_a_left_hand_is_a_right_one_in_the_mirror_and_stays_one_in_half_a_turn(
    down: bool, views: int
) -> None:
    """The first half of the views shows the hand where it is, or where the other is and mirrored:
    both are the left one. Upside down it is a right hand on the left side, which this network
    calls a left one.
    """
    photo = np.zeros((1, 8, 8, 3), np.uint8)
    photo[:, :, :4] = 255
    card = Card(HANDS, 8, 8, mirrored=True, upside_down=down, mirror=True)
    answers = np.asarray(answering(on_the_left(), card).predict_on_batch(photo))
    expected = np.broadcast_to([1.0, 0.0, 0.0], (1, 8, 8, 3)).copy()  # where it is dark
    expected[:, :, :4] = [0, 2 / views, 1 - 2 / views]
    np.testing.assert_allclose(answers, expected, atol=1e-6)
