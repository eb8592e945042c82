"""The network, counted by hand from the document that describes it."""

import keras
import numpy as np
import pytest

from segmentation_model import Unet, bottleneck, down_block, up_block


def parameters_of_two_convolutions(channels: int, filters: int) -> int:
    """3×3 weights and biases, and the four vectors of batch normalisation, twice."""
    first = 9 * channels * filters + filters + 4 * filters
    second = 9 * filters * filters + filters + 4 * filters
    return first + second


def test_the_parameters_are_those_that_follow_from_the_document() -> None:
    down = [(3, 16), (16, 32), (32, 64), (64, 128), (128, 256)]
    expected = sum(parameters_of_two_convolutions(*level) for level in down)
    for channels, filters in [(256, 128), (128, 64), (64, 32), (32, 16)]:
        expected += 4 * channels * filters + filters  # 2×2 transposed convolution
        expected += parameters_of_two_convolutions(2 * filters, filters)
    expected += 16 * 19 + 19  # 1×1 head
    assert Unet(256, 256, classes=19).count_params() == expected == 1_947_299


def test_a_down_block_gives_the_skip_map_and_the_same_at_half_the_size() -> None:
    skip, pooled = down_block(keras.Input((64, 48, 3)), 8)
    assert skip.shape == (None, 64, 48, 8)
    assert pooled.shape == (None, 32, 24, 8)


def test_an_up_block_doubles_the_size_and_joins_the_skip_map() -> None:
    x = up_block(keras.Input((16, 12, 32)), keras.Input((32, 24, 16)), 16)
    assert x.shape == (None, 32, 24, 16)
    assert keras.Input((4, 4, 8)).shape == bottleneck(keras.Input((4, 4, 3)), 8).shape


def test_each_convolution_is_followed_by_relu_and_then_normalisation() -> None:
    model = Unet(32, 32, depth=1, filters=2)
    kinds = [type(layer).__name__ for layer in model.layers]
    for place, layer in enumerate(model.layers):
        if isinstance(layer, keras.layers.Conv2D) and layer.name != "logits":
            assert layer.activation is keras.activations.relu
            assert kinds[place + 1] == "BatchNormalization"
    assert kinds.count("BatchNormalization") == 6
    assert kinds.count("Concatenate") == kinds.count("Conv2DTranspose") == 1


def test_the_network_gives_probabilities_by_default_and_logits_on_demand() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
    probabilities = Unet(classes=5, filters=2, depth=2)(picture)
    assert probabilities.shape == (2, 32, 32, 5)
    np.testing.assert_allclose(np.sum(probabilities, -1), 1, rtol=1e-5)
    logits = Unet(classes=5, filters=2, depth=2, activation=None)(picture)
    assert not np.allclose(np.sum(logits, -1), 1)


@pytest.mark.parametrize("size", [(16, 16), (48, 32), (64, 80)])
def test_any_multiple_of_sixteen_goes_in(size: tuple[int, int]) -> None:
    model = Unet(filters=2)
    assert model(np.zeros((1, *size, 3), np.uint8)).shape == (1, *size, 19)


@pytest.mark.parametrize(("depth", "filters", "channels"), [(1, 4, 1), (3, 2, 4), (5, 1, 3)])
def test_depth_filters_and_channels_are_arguments(depth: int, filters: int, channels: int) -> None:
    model = Unet(32, 32, channels, classes=2, filters=filters, depth=depth)
    assert model.input_shape == (None, 32, 32, channels)
    widest = max(w.shape[-1] for w in model.weights if w.path.endswith("kernel"))
    assert widest == filters * 2**depth


def test_a_picture_of_zeros_to_255_is_scaled_inside_the_network() -> None:
    model = Unet(32, 32, filters=2, depth=1)
    scaled = keras.Model(model.input, model.layers[1].output)
    picture = np.full((1, 32, 32, 3), 255, np.uint8)
    np.testing.assert_allclose(scaled(picture), 1)
