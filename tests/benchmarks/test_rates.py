from __future__ import annotations

import keras
import pytest

from benchmarks.rates import (
    convolution,
    matrix_product,
    operations,
    prediction_operations,
    training_operations,
)
from segmentation_model import Unet


def test_a_convolution_takes_two_operations_for_each_weight_at_each_place_of_its_output() -> None:
    inputs = keras.Input((8, 8, 3))
    network = keras.Model(inputs, keras.layers.Conv2D(4, 3, strides=2, padding="same")(inputs))
    assert operations(network.layers[1]) == 2 * (4 * 4) * (3 * 3 * 3 * 4)


def test_a_transposed_one_does_so_at_each_place_of_its_input() -> None:
    inputs = keras.Input((8, 8, 3))
    network = keras.Model(inputs, keras.layers.Conv2DTranspose(4, 2, strides=2)(inputs))
    assert operations(network.layers[1]) == 2 * (8 * 8) * (2 * 2 * 3 * 4)


def test_training_takes_three_times_as_many_less_the_gradient_of_the_picture() -> None:
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 1)(inputs)
    network = keras.Model(inputs, keras.layers.Conv2D(5, 1)(x))
    first, second = 2 * 64 * 3 * 4, 2 * 64 * 4 * 5
    assert prediction_operations(network) == first + second
    assert training_operations(network) == 2 * first + 3 * second


def test_the_seed_network_trains_a_picture_with_some_twenty_thousand_million() -> None:
    assert training_operations(Unet(256, 256)) == pytest.approx(20e9, rel=0.1)


def test_a_convolution_and_a_matrix_product_run() -> None:
    assert convolution("float32").step() == 2 * 2 * 64  # a corner, where 2×2 of 3×3 are inside
    product = matrix_product("float32", 4)
    assert (product.step(), product.work) == (4, 2 * 4**3)
