"""The network, counted by hand from the document that describes it."""

import keras
import numpy as np
import pytest

from segmentation_model import Unet, bottleneck, down_block, up_block

PLAIN = {"normalization": None}
UNPADDED = {"padding": "valid", "normalization": None}


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


def kinds_of(model: keras.Model) -> list[str]:
    return [type(layer).__name__ for layer in model.layers]


def test_the_fifth_documents_code_has_as_many_parameters() -> None:
    # Two 3×3 convolutions a level, weights and biases, without normalisation.
    pairs = [(1, 16), (16, 32), (32, 64), (64, 128), (128, 256)]
    expected = sum(9 * a * b + b + 9 * b * b + b for a, b in pairs)
    for a, b in [(256, 128), (128, 64), (64, 32), (32, 16)]:
        expected += 9 * a * b + b  # 3×3 transposed convolution
        expected += 9 * 2 * b * b + b + 9 * b * b + b
    expected += 16 * 1 + 1  # one output for yes or no
    model = Unet(channels=1, classes=1, activation="sigmoid", transposed=3, dropout=0.5, **PLAIN)
    assert model.count_params() == expected == 2_158_417


def test_dropout_follows_each_pooling_and_each_concatenation() -> None:
    model = Unet(32, 32, filters=2, depth=3, dropout=0.5, first_dropout=0.25)
    pairs = list(zip(model.layers, model.layers[1:], strict=False))
    shares = [after.rate for _, after in pairs if isinstance(after, keras.layers.Dropout)]
    assert shares == [0.25, 0.5, 0.5, 0.5, 0.5, 0.5]
    before = [type(layer).__name__ for layer, after in pairs if "Dropout" in type(after).__name__]
    assert before == ["MaxPooling2D"] * 3 + ["Concatenate"] * 3


def test_without_more_words_there_is_no_dropout_no_border_and_no_cropping() -> None:
    assert set(kinds_of(Unet(depth=2, filters=2))) == {
        *("InputLayer", "Rescaling", "Conv2D", "BatchNormalization", "MaxPooling2D"),
        *("Conv2DTranspose", "Concatenate", "Activation"),
    }


def test_the_initializer_is_that_of_the_convolutions_inside() -> None:
    model = Unet(depth=1, filters=2, initializer="he_normal")
    inside = [layer for layer in model.layers if "conv2d" in layer.name]
    names = [type(layer.kernel_initializer).__name__ for layer in inside]
    # Down twice, below twice, the transposed one, up twice.
    assert names == ["HeNormal"] * 4 + ["GlorotUniform"] + ["HeNormal"] * 2


@pytest.mark.parametrize("transposed", [2, 3, 4])
def test_any_kernel_of_the_transposed_convolution_doubles_the_size(transposed: int) -> None:
    x = up_block(keras.Input((8, 6, 4)), keras.Input((16, 12, 2)), 2, transposed=transposed)
    assert x.shape == (None, 16, 12, 2)


class TestUnpadded:
    """The paper's network: convolutions without padding, and skip maps cropped to fit."""

    def test_its_sizes_are_those_of_the_paper(self) -> None:
        sizes = [
            layer.output.shape[1]
            for layer in Unet(384, 384, filters=1, classes=2, **UNPADDED).layers
            if isinstance(layer, keras.layers.Conv2D | keras.layers.Conv2DTranspose)
        ]
        # 384 and a border of 94 make 572: all sizes below stand in the paper's figure.
        assert sizes == [
            *(570, 568, 282, 280, 138, 136, 66, 64, 30, 28),
            *(56, 54, 52, 104, 102, 100, 200, 198, 196, 392, 390, 388),
            384,
        ]

    def test_its_skip_maps_are_cropped_as_in_the_paper(self) -> None:
        model = Unet(filters=1, **UNPADDED)
        crops = [layer.cropping for layer in model.layers if "Cropping2D" in type(layer).__name__]
        # 64 to 56, 136 to 104, 280 to 200, 568 to 392; in the end 388 to 384.
        assert crops == [((side, side), (side, side)) for side in (4, 16, 40, 88, 2)]

    @pytest.mark.parametrize("size", [(16, 16), (32, 32), (64, 96)])
    @pytest.mark.parametrize("known", [True, False])
    def test_the_picture_comes_out_as_large_as_it_went_in(
        self, size: tuple[int, int], known: bool
    ) -> None:
        model = Unet(*(size if known else (None, None)), classes=3, filters=1, **UNPADDED)
        assert model.output_shape == (None, *(size if known else (None, None)), 3)
        assert model(np.zeros((1, *size, 3), np.uint8)).shape == (1, *size, 3)

    @pytest.mark.parametrize("depth", range(1, 7))
    def test_every_depth_fits(self, depth: int) -> None:
        side = 2**depth
        model = Unet(side, 3 * side, classes=2, filters=1, depth=depth, **UNPADDED)
        assert model.output_shape == (None, side, 3 * side, 2)

    @pytest.mark.parametrize(("padding", "equal"), [("valid", True), ("same", False)])
    def test_what_lies_around_the_picture_is_black_at_every_level(
        self, padding: str, equal: bool
    ) -> None:
        model = Unet(classes=2, filters=2, depth=2, padding=padding, activation=None, **PLAIN)
        random = np.random.default_rng(0)
        model.set_weights([random.normal(0, 0.3, w.shape) for w in model.get_weights()])
        picture = random.integers(0, 256, (1, 16, 16, 3), np.uint8)
        framed = np.pad(picture, [(0, 0), (8, 8), (8, 8), (0, 0)])
        alone, within = model(picture), model(framed)[:, 8:24, 8:24]
        assert np.allclose(alone, within, atol=1e-4) == equal


def test_a_shortcut_around_maps_of_another_size_is_refused() -> None:
    for wrong in {"padding": "valid"}, {"strides": 2}:
        with pytest.raises(ValueError, match="A shortcut needs maps of one size"):
            down_block(keras.Input((16, 16, 3)), 4, residual=True, **wrong)


@pytest.mark.parametrize("wrong", [{"thin": True}, {"stem": 2}, {"context": 2}])
def test_unpadded_convolutions_are_those_of_the_paper_alone(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="as the paper has them"):
        Unet(64, 64, depth=2, **UNPADDED, **wrong)


QUICK = {"depth": 3, "stem": 2, "residual": True, "context": 2, "thin": True}


def test_the_quick_network_has_the_parameters_that_follow_from_its_blocks() -> None:
    expected = 9 * 3 * 16 + 16 + 4 * 16  # the stem, which is the first level
    pairs = [(16, 32), (32, 64), (64, 128), (128, 128)]  # the last two are the bottom
    for channels, filters in pairs:
        expected += 9 * channels * filters + 9 * filters * filters + 2 * 4 * filters
        if channels != filters:
            expected += channels * filters + 4 * filters  # the shortcut
    for filters in (64, 32, 16):
        expected += 4 * 2 * filters * filters + filters  # 2×2 transposed convolution
        expected += 9 * 2 * filters * filters + filters + 4 * filters  # one convolution
    expected += 16 * 19 + 19
    assert Unet(classes=19, **QUICK).count_params() == expected == 740_963


def test_a_stem_is_made_good_at_the_end_and_sizes_are_multiples_of_16_still() -> None:
    model = Unet(classes=5, filters=2, **QUICK)
    assert model(np.zeros((1, 16, 48, 3), np.uint8)).shape == (1, 16, 48, 5)
    small = Unet(64, 32, classes=5, filters=2, enlarge=False, **QUICK)
    assert small.output_shape == (None, 32, 16, 5)
    assert Unet(64, 64, stem=4, depth=2, filters=2).output_shape == (None, 64, 64, 19)


@pytest.mark.parametrize(
    ("stem", "side", "maps"),
    [(2, 64, [32]), (3, 66, [22]), (4, 64, [32, 16]), (6, 48, [24, 8]), (8, 64, [32, 16, 8])],
)
def test_a_stem_takes_steps_of_two_where_it_can(stem: int, side: int, maps: list[int]) -> None:
    model = Unet(side, side, stem=stem, depth=1, filters=8, thin=True, residual=True)
    found = [layer.output.shape[1:] for layer in model.layers if "conv2d" in layer.name]
    assert found[: len(maps)] == [(size, size, 8) for size in maps]


def test_what_is_enlarged_are_the_logits_not_the_probabilities() -> None:
    model = Unet(32, 32, classes=5, filters=2, **QUICK)
    assert [layer.name for layer in model.layers[-3:]] == ["logits", "enlarged", "probabilities"]


def test_a_shortcut_leads_around_each_two_convolutions_of_the_way_down_and_the_bottom() -> None:
    kinds = kinds_of(Unet(64, 64, filters=2, **{**QUICK, "context": 4}))
    assert kinds.count("Add") == 2 + 4
    # Stem 1, down 2 · 2, bottom 4 · 2, shortcuts to more channels 3, up 3, head 1.
    assert kinds.count("Conv2D") == 1 + 4 + 8 + 3 + 3 + 1


@pytest.mark.parametrize("residual", [True, False])
def test_the_bottom_looks_twice_as_far_each_time(residual: bool) -> None:
    model = Unet(64, 64, filters=2, depth=2, residual=residual, context=4)
    dilations = [
        layer.dilation_rate[0] for layer in model.layers if isinstance(layer, keras.layers.Conv2D)
    ]
    assert [dilation for dilation in dilations if dilation > 1] == [2, 4, 8]
