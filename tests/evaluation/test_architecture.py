"""What is found in the layers of a network: maps, sizes, copies, words, halves."""

import keras
import pytest
from keras import layers

from evaluation.architecture import decoder, encoder, read_architecture
from segmentation_model import Unet
from training.normalization import FusedBatchNormalization

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def default_unet() -> keras.Model:
    return Unet(256, 256)


def other_unet(convolutions: int, normalised: bool = True, copying: bool = True) -> keras.Model:
    """Two levels of 4 and 8 channels with up-sampling, written as other people write it."""

    def block(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
        for _ in range(convolutions):
            x = layers.Conv2D(filters, 3, padding="same")(x)
            x = layers.BatchNormalization()(x) if normalised else x
            x = layers.ReLU()(x)
        return layers.Dropout(0.1)(x)

    inputs = keras.Input((32, 32, 3))
    first = block(inputs / 255.0, 4)
    second = block(layers.MaxPooling2D()(first), 8)
    x = block(layers.MaxPooling2D()(second), 16)
    for skip, filters in ((second, 8), (first, 4)):
        x = layers.UpSampling2D()(x)
        x = layers.Conv2D(filters, 2, padding="same")(x)
        x = block(layers.Concatenate()([skip, x]) if copying else x, filters)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x), name="other")


def channels_and_heights(model: keras.Model) -> list[str]:
    return [f"{one.kind} {one.channels}@{one.height}" for one in read_architecture(model).maps]


def test_the_default_network_is_read_as_it_was_worked_out_by_hand(
    default_unet: keras.Model,
) -> None:
    assert channels_and_heights(default_unet) == [
        *("input 3@256", "convolution 16@256", "convolution 16@256"),
        *("down 16@128", "convolution 32@128", "convolution 32@128"),
        *("down 32@64", "convolution 64@64", "convolution 64@64"),
        *("down 64@32", "convolution 128@32", "convolution 128@32"),
        *("down 128@16", "convolution 256@16", "convolution 256@16"),
        *("up 128@32", "convolution 128@32", "convolution 128@32"),
        *("up 64@64", "convolution 64@64", "convolution 64@64"),
        *("up 32@128", "convolution 32@128", "convolution 32@128"),
        *("up 16@256", "convolution 16@256", "convolution 16@256", "head 19@256"),
    ]


def test_each_copy_comes_from_the_end_of_its_level_on_the_way_down(
    default_unet: keras.Model,
) -> None:
    maps = read_architecture(default_unet).maps
    copies = [(one.level, one.copied, one.source) for one in maps if one.copied]
    assert copies == [(3, 128, 11), (2, 64, 8), (1, 32, 5), (0, 16, 2)]


def test_the_legend_says_what_the_layers_do(default_unet: keras.Model) -> None:
    found = read_architecture(default_unet)
    assert found.parameters == 1_947_299
    assert found.words == {
        "convolution": "3 × 3 convolution, ReLU, batch normalisation",
        "down": "2 × 2 max pooling",
        "up": "2 × 2 transposed convolution",
        "copy": "copy and concatenate",
        "head": "1 × 1 convolution, softmax",
    }


def test_two_levels_with_eight_filters_are_read() -> None:
    assert channels_and_heights(Unet(64, 64, filters=8, depth=2, classes=2)) == [
        *("input 3@64", "convolution 8@64", "convolution 8@64"),
        *("down 8@32", "convolution 16@32", "convolution 16@32"),
        *("down 16@16", "convolution 32@16", "convolution 32@16"),
        *("up 16@32", "convolution 16@32", "convolution 16@32"),
        *("up 8@64", "convolution 8@64", "convolution 8@64", "head 2@64"),
    ]


def test_height_and_width_are_not_mixed_up() -> None:
    maps = read_architecture(Unet(128, 192, classes=3, depth=2)).maps
    sizes = {(one.level, one.height, one.width) for one in maps}
    assert sizes == {(0, 128, 192), (1, 64, 96), (2, 32, 48)}


def test_a_network_for_any_size_is_shown_with_an_example() -> None:
    found = read_architecture(Unet(filters=2, depth=2))
    assert found.any_size
    assert (found.maps[0].height, found.maps[0].width) == (256, 256)
    smallest = max(
        read_architecture(Unet(filters=2, depth=2), (64, 96)).maps, key=lambda m: m.level
    )
    assert (smallest.height, smallest.width) == (16, 24)


def test_a_fixed_size_is_not_changed_by_another_one() -> None:
    found = read_architecture(Unet(64, 64, filters=2, depth=1), (128, 128))
    assert not found.any_size
    assert found.maps[0].height == 64


def test_a_size_that_cannot_be_halved_is_refused_with_one_that_can() -> None:
    # 100 -> 50 -> 25, and 25 is odd.
    with pytest.raises(ValueError, match=r"25 × 25 .*multiples of 16.*size=\(100, 100\)"):
        read_architecture(Unet(filters=2), (100, 100))


@pytest.mark.parametrize("convolutions", [1, 3])
def test_any_number_of_convolutions_per_level_is_read(convolutions: int) -> None:
    maps = read_architecture(other_unet(convolutions)).maps
    # Two levels down, the bottom, two levels up; the one after up-sampling is part of the arrow.
    assert sum(one.kind == "convolution" for one in maps) == 5 * convolutions
    assert [(one.copied, one.source) for one in maps if one.copied] == [
        (8, 2 * convolutions + 1),
        (4, convolutions),
    ]


def test_a_network_without_normalisation_is_not_given_any() -> None:
    words = read_architecture(other_unet(2, normalised=False)).words
    assert words["convolution"].startswith("3 × 3 convolution, ReLU or 2 × 2 convolution")
    assert words["up"] == "2 × 2 up-sampling"
    assert words["head"] == "1 × 1 convolution, sigmoid"


def test_a_network_that_has_not_been_built_is_refused() -> None:
    with pytest.raises(ValueError, match=r"keras\.Input.*inputs=\[\]"):
        read_architecture(keras.Sequential([layers.Conv2D(3, 3)]))


def test_a_network_without_copies_has_no_halves() -> None:
    found = read_architecture(other_unet(1, copying=False))
    assert encoder(found) is None
    assert decoder(found) is None


def test_the_halves_meet_in_the_bottleneck(default_unet: keras.Model) -> None:
    found = read_architecture(default_unet)
    down, up = encoder(found), decoder(found)
    assert down
    assert up
    # The picture, then (convolution, convolution, down) four times, then the bottleneck's two.
    assert len(down.maps) == 1 + 4 * 3 + 2
    assert up.maps[0]._replace(parameters=down.maps[-1].parameters) == down.maps[-1]
    assert up.maps[-1].kind == "head"
    assert [one.copied for one in up.maps if one.copied] == [128, 64, 32, 16]
    assert [down.maps[number].channels for number in down.handed] == [128, 64, 32, 16]
    assert "down" not in up.words
    assert "up" not in down.words


@pytest.mark.parametrize("normalization", [None, layers.BatchNormalization])
@pytest.mark.parametrize("transposed", [2, 3])
def test_the_parameters_of_the_halves_are_those_of_the_whole(
    normalization: type[layers.Layer] | None, transposed: int
) -> None:
    model = Unet(filters=2, depth=3, normalization=normalization, transposed=transposed)
    found = read_architecture(model)
    down, up = encoder(found), decoder(found)
    assert down
    assert up
    assert down.parameters + up.parameters == model.count_params()


def test_parameters_are_counted_for_each_map() -> None:
    maps = read_architecture(Unet(32, 32, filters=2, depth=1, classes=3)).maps
    counts = [(one.kind, one.parameters) for one in maps]
    # 9 · inputs · outputs + outputs, and 4 for each output that is normalised.
    # Up: 4 · 4 · 2 + 2; the convolution after it has 2 channels and 2 that are copied.
    assert counts == [
        *(("input", 0), ("convolution", 56 + 8), ("convolution", 38 + 8), ("down", 0)),
        *(("convolution", 76 + 16), ("convolution", 148 + 16)),
        *(("up", 34), ("convolution", 74 + 8), ("convolution", 38 + 8), ("head", 9)),
    ]


def test_the_border_of_an_unpadded_network_is_a_map_and_its_crops_are_told() -> None:
    model = Unet(32, 32, filters=2, depth=1, padding="valid", normalization=None)
    found = read_architecture(model)
    # lost(1) = 8 and 2 more: 32 + 2 · 10 = 52; each pair of convolutions takes 4.
    assert channels_and_heights(model) == [
        *("input 3@32", "border 3@52", "convolution 2@50", "convolution 2@48"),
        *("down 2@24", "convolution 4@22", "convolution 4@20"),
        *("up 2@40", "convolution 2@38", "convolution 2@36", "head 19@32"),
    ]
    assert [(one.source, one.uncropped) for one in found.maps if one.copied] == [(3, (48, 48))]
    assert found.words["border"] == "black border of 10 pixels"
    assert found.words["copy"] == "copy, crop and concatenate"
    assert found.words["head"] == "crop of 2 pixels, 1 × 1 convolution, softmax"


def test_an_unpadded_network_for_any_size_is_shown_with_an_example() -> None:
    maps = read_architecture(Unet(filters=2, padding="valid"), (128, 192)).maps
    # lost(4) = 92 and 2 more on each side.
    assert (maps[1].height, maps[1].width) == (128 + 188, 192 + 188)
    assert (maps[-1].height, maps[-1].width) == (128, 192)


def test_padding_further_on_is_not_the_border_of_the_picture() -> None:
    inputs = keras.Input((32, 32, 3))
    x = layers.ZeroPadding2D()(layers.Conv2D(4, 3, padding="same")(inputs))
    model = keras.Model(inputs, layers.Conv2D(8, 3, strides=2)(x))
    # 32 + 2 = 34, of which a window of 3 in steps of 2 makes 16.
    assert channels_and_heights(model) == ["input 3@32", "convolution 4@32", "down 8@16"]


def test_dropout_is_told_with_its_shares_where_it_stands() -> None:
    model = Unet(64, 64, filters=2, depth=2, dropout=0.5, first_dropout=0.25, transposed=3)
    words = read_architecture(model).words
    assert words["down"] == "2 × 2 max pooling, dropout of 25 or 50 %"
    assert words["copy"] == "copy and concatenate, dropout of 50 %"
    assert words["up"] == "3 × 3 transposed convolution"
    assert words["convolution"] == "3 × 3 convolution, ReLU, batch normalisation"


def test_the_normalisation_of_training_is_normalisation() -> None:
    model = Unet(32, 32, filters=2, depth=1, normalization=FusedBatchNormalization)
    stock = read_architecture(Unet(32, 32, filters=2, depth=1))
    assert read_architecture(model) == stock


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_the_head_says_what_it_gives(activation: str) -> None:
    words = read_architecture(Unet(32, 32, depth=1, activation=activation)).words
    assert words["head"] == f"1 × 1 convolution, {activation}"


def test_a_head_of_logits_is_a_convolution_alone() -> None:
    words = read_architecture(Unet(32, 32, depth=1, activation=None)).words
    assert words["head"] == "1 × 1 convolution"


def test_the_quick_network_is_read_without_its_shortcuts_and_with_its_enlargement() -> None:
    model = Unet(classes=5, filters=4, depth=2, stem=2, residual=True, context=2, thin=True)
    found = read_architecture(model, (64, 64))
    kinds = ["input", "down", "down", "convolution", "convolution", "down"]
    kinds += ["convolution"] * 4 + ["up", "convolution", "up", "convolution", "head", "up"]
    assert [one.kind for one in found.maps] == kinds
    assert [one.level for one in found.maps[-3:]] == [1, 1, 0]
    assert [one.size for one in found.maps[-2:]] == ["32 × 32", "64 × 64"]
    assert [one.source for one in found.maps if one.copied] == [4, 1]
    assert sum(one.parameters for one in found.maps) == model.count_params()
    assert found.words == {
        "down": ("3 × 3 convolution in steps of 2, ReLU, batch normalisation or 2 × 2 max pooling"),
        "convolution": "3 × 3 convolution, batch normalisation, ReLU, with shortcuts",
        "up": "2 × 2 transposed convolution or 2 × 2 up-sampling, softmax",
        "copy": "copy and concatenate",
        "head": "1 × 1 convolution",
    }
