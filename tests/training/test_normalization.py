"""Fused batch normalisation against Keras's own, which it stands in for."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from segmentation_model import Unet
from training.normalization import FusedBatchNormalization

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ON_TENSORFLOW = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="elsewhere it is Keras's own"
)

ON_JAX = """
import numpy as np
from training.backend import start_keras
start_keras()
import keras
from segmentation_model import Unet
from training.normalization import FusedBatchNormalization
pictures = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), np.uint8)
results = []
for normalization in FusedBatchNormalization, keras.layers.BatchNormalization:
    keras.utils.set_random_seed(1)
    model = Unet(16, 16, classes=2, filters=2, depth=1, normalization=normalization)
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    model.fit(pictures, pictures[..., 0] // 128, verbose=0)
    results.append(model.get_weights())
for one, two in zip(*results, strict=True):
    np.testing.assert_array_equal(one, two)
print(keras.backend.backend())
"""


def both(**options: float) -> tuple[keras.layers.Layer, keras.layers.Layer]:
    """Keras's layer and the fused one with the same weights, none of them 0 or 1."""
    random = np.random.default_rng(0)
    made = keras.layers.BatchNormalization(**options), FusedBatchNormalization(**options)
    weights = [random.uniform(0.5, 2, 5).astype(np.float32) for _ in range(4)]
    for layer in made:
        layer.build((None, None, None, 5))
        layer.set_weights(weights)
    return made


def maps(seed: int, shape: tuple[int, ...] = (3, 4, 6, 5)) -> np.ndarray:
    return np.random.default_rng(seed).normal(3, 2, shape).astype(np.float32)


def assert_same(stock: list[np.ndarray], fused: list[np.ndarray]) -> None:
    for one, two in zip(stock, fused, strict=True):
        np.testing.assert_allclose(two, one, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("options", [{"momentum": 0.9}, {"momentum": 0.5, "epsilon": 0.1}])
@pytest.mark.parametrize("shape", [(3, 4, 6, 5), (1, 1, 2, 5), (1, 1, 1, 5)])
def test_it_gives_what_keras_gives_and_keeps_the_same_averages(
    training: bool, options: dict[str, float], shape: tuple[int, ...]
) -> None:
    stock, fused = both(**options)
    for seed in range(3):
        x = maps(seed, shape)
        assert_same([stock(x, training=training)], [fused(x, training=training)])
        assert_same(stock.get_weights(), fused.get_weights())


def test_the_variance_that_is_kept_is_that_of_the_values_themselves() -> None:
    layer = FusedBatchNormalization(momentum=0.5)
    layer(np.array([[[[1.0], [3.0]]]], np.float32), training=True)
    # Mean 2 and variance ((1 - 2)² + (3 - 2)²) / 2 = 1, half way from 0 and from 1.
    assert float(layer.moving_mean[0]) == pytest.approx(1.0)
    assert float(layer.moving_variance[0]) == pytest.approx(1.0)


def test_a_frozen_layer_uses_its_averages_and_keeps_them() -> None:
    stock, fused = both()
    stock.trainable = fused.trainable = False
    before = fused.get_weights()
    assert_same([stock(maps(0), training=True)], [fused(maps(0), training=True)])
    for one, two in zip(before, fused.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("shape", [(4, 5), (2, 7, 5), (2, 3, 3, 3, 5)])
def test_what_is_no_picture_is_left_to_keras(shape: tuple[int, ...]) -> None:
    stock, fused = keras.layers.BatchNormalization(), FusedBatchNormalization()
    assert_same([stock(maps(0, shape), training=True)], [fused(maps(0, shape), training=True)])


@pytest.mark.parametrize("options", [{"scale": False}, {"center": False}, {"axis": 1}])
def test_an_unusual_layer_is_left_to_keras(options: dict[str, int]) -> None:
    stock, fused = keras.layers.BatchNormalization(**options), FusedBatchNormalization(**options)
    assert_same([stock(maps(0), training=True)], [fused(maps(0), training=True)])


@ON_TENSORFLOW
@pytest.mark.parametrize("kind", ["float32", "bfloat16"])
def test_a_map_keeps_its_type_while_the_averages_are_float32(kind: str) -> None:
    _, fused = both()
    x = keras.ops.cast(maps(0), kind)
    for training in (True, False):
        assert keras.backend.standardize_dtype(fused(x, training=training).dtype) == kind
    symbolic = fused(keras.Input((4, 6, 5), dtype=kind))
    assert (symbolic.dtype, symbolic.shape) == (kind, (None, 4, 6, 5))
    assert {weight.dtype for weight in fused.weights} == {"float32"}


@ON_TENSORFLOW
def test_bfloat16_costs_no_more_than_its_own_rounding() -> None:
    stock, fused = both()
    x = keras.ops.cast(maps(0), "bfloat16")
    expected = stock(x, training=True)
    given = keras.ops.cast(fused(x, training=True), "float32")
    # Eight bits: a value of up to 8 is off by 2⁻⁹ · 8 at most.
    np.testing.assert_allclose(given, expected, atol=8 / 512 + 1e-5)
    assert_same(stock.get_weights(), fused.get_weights())


def test_one_step_of_training_leaves_the_same_weights() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), np.uint8)
    results = []
    for normalization in keras.layers.BatchNormalization, FusedBatchNormalization:
        keras.utils.set_random_seed(1)
        model = Unet(16, 16, classes=2, filters=2, depth=1, normalization=normalization)
        begun = model.get_weights()
        # With a step as long as the gradient, which Adam's would not be, rounding stays small.
        model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
        model.fit(pictures, pictures[..., 0] // 128, verbose=0)
        results.append(model.get_weights())
        assert all(
            (one != two).any() for one, two in zip(begun[-2:], results[-1][-2:], strict=True)
        )
    assert_same(*results)


@pytest.mark.slow
@pytest.mark.skipif(not importlib.util.find_spec("jax"), reason="JAX is not installed")
def test_on_jax_it_is_keras_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ON_JAX],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "jax\n"
