"""The optimiser: what it makes of gradients, and which variables it leaves to Adam."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers, ops

from training.config import Config
from training.muon import CHANGE, Muon, change_of, is_inner_kernel, orthogonal
from training.training import optimizer

RANDOM = np.random.default_rng(0)


def numbers(*shape: int) -> np.ndarray:
    return RANDOM.standard_normal(shape).astype(np.float32)


def network(classes: int = 5) -> keras.Model:
    picture = keras.Input((8, 8, 3))
    x = layers.Conv2D(8, 3, padding="same", name="stem")(picture)
    x = layers.Conv2D(8, 3, padding="same", name="inner")(x)
    x = layers.Conv2DTranspose(6, 2, strides=2, name="up")(x)
    return keras.Model(picture, layers.Conv2D(classes, 1, name="logits")(x))


@pytest.mark.parametrize("shape", [(8, 72), (72, 8), (16, 16), (1, 9)])
def test_all_directions_become_about_equal(shape: tuple[int, int]) -> None:
    matrix = numbers(*shape)

    result = np.asarray(orthogonal(ops.convert_to_tensor(matrix)))

    left, _, right = np.linalg.svd(matrix, full_matrices=False)
    nearest = left @ right
    likeness = np.sum(result * nearest) / np.linalg.norm(result) / np.linalg.norm(nearest)
    assert likeness > 0.97
    if min(shape) > 1:
        values = np.linalg.svd(result, compute_uv=False)
        assert 0.5 < values.min() <= values.max() < 1.25


def test_a_direction_of_a_hundredth_is_learned_nearly_like_the_first() -> None:
    left, _, right = np.linalg.svd(numbers(8, 40), full_matrices=False)
    matrix = ((left * np.geomspace(1, 0.01, 8)) @ right).astype(np.float32)

    values = np.linalg.svd(np.asarray(orthogonal(ops.convert_to_tensor(matrix))), compute_uv=False)

    assert values.min() > 0.5


def test_no_gradient_means_no_change() -> None:
    assert not np.asarray(change_of(ops.zeros((3, 3, 4, 6)))).any()


@pytest.mark.parametrize("shape", [(3, 3, 8, 16), (3, 3, 16, 4), (2, 2, 8, 16), (1, 1, 8, 16)])
def test_the_values_of_each_kernel_change_by_about_as_much(shape: tuple[int, ...]) -> None:
    change = np.asarray(change_of(ops.convert_to_tensor(numbers(*shape))))

    assert change.shape == shape
    assert np.sqrt(np.mean(change**2)) == pytest.approx(CHANGE, rel=0.25)


def test_the_size_of_gradients_does_not_matter() -> None:
    gradient = numbers(3, 3, 8, 8)

    small, large = (
        np.asarray(change_of(ops.convert_to_tensor(gradient * factor))) for factor in (1e-2, 1e2)
    )

    np.testing.assert_allclose(small, large, atol=1e-3)


def test_first_and_last_layer_and_all_biases_are_left_to_adam() -> None:
    inner = {one.path for one in network().trainable_variables if is_inner_kernel(one)}

    assert inner == {"inner/kernel", "up/kernel"}


def test_what_is_left_to_adam_goes_as_with_kerass_own() -> None:
    ours, keras_own = (network() for _ in range(2))
    keras_own.set_weights(ours.get_weights())
    pairs = numbers(4, 8, 8, 3), numbers(4, 16, 16, 5)
    for model, kind in ((ours, Muon), (keras_own, keras.optimizers.Adam)):
        for name in ("inner", "up"):
            model.get_layer(name).trainable = False
        model.compile(kind(1e-2), "mse")
        model.fit(*pairs, epochs=3, verbose=0)

    for one, other in zip(ours.get_weights(), keras_own.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_network_learns_with_it() -> None:
    model = network()
    model.compile(Muon(1e-2, global_clipnorm=1.0), "mse")
    photos = numbers(16, 8, 8, 3)
    wanted = photos.repeat(2, 1).repeat(2, 2).sum(-1, keepdims=True) * np.ones(5, np.float32)

    losses = model.fit(photos, wanted, epochs=30, batch_size=8, verbose=0).history["loss"]

    assert losses[-1] < losses[0] / 4


def test_squares_are_kept_only_where_adam_needs_them() -> None:
    model = network()
    made = Muon(1e-2)
    made.build(model.trainable_variables)

    squares = {one.path.split("/")[-1] for one in made.variables if one.path.endswith("square")}

    assert "inner_kernel_square" not in squares
    assert "logits_kernel_square" in squares


def test_the_configuration_names_it() -> None:
    assert isinstance(optimizer(Config()), Muon)
    assert isinstance(optimizer(Config(optimizer="adam")), keras.optimizers.Adam)
