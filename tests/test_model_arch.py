"""What the picture of the network says, and what it leaves on the disk."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from matplotlib.figure import Figure
from PIL import Image

from evaluation.architecture import FeatureMap, decoder, encoder, read_architecture
from model_arch import Bar, get_model_arch, lay_out
from segmentation_model import Unet


PICTURES = ["model_arch.png", "model_encoder.png", "model_decoder.png"]


@pytest.fixture(scope="module")
def default_unet() -> keras.Model:
    return Unet(256, 256)


@pytest.fixture
def no_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)


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


def test_a_network_without_copies_is_drawn_as_what_it_is(tmp_path: Path, no_dot: None) -> None:
    model = other_unet(1, copying=False)
    assert not any(one.copied for one in read_architecture(model).maps)
    assert get_model_arch(model, tmp_path) == [tmp_path / "model_arch.png"]


def test_a_classifier_is_drawn_down_to_its_last_map(tmp_path: Path, no_dot: None) -> None:
    # 32 - 2 = 30, halved 15, and 15 - 2 = 13.
    steps = [layers.Conv2D(4, 3), layers.MaxPooling2D(), layers.Conv2D(8, 3), layers.Flatten()]
    model = keras.Sequential([keras.Input((32, 32, 3)), *steps, layers.Dense(5)])
    assert channels_and_heights(model) == [
        *("input 3@32", "convolution 4@30", "down 4@15", "convolution 8@13")
    ]
    assert get_model_arch(model, tmp_path)[0].is_file()


def test_a_network_without_pictures_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((8,)), layers.Dense(3)])
    with pytest.raises(ValueError, match=r"needs convolutions.*inputs=\[\(None, 8\)\]"):
        get_model_arch(model, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_network_that_has_not_been_built_is_refused() -> None:
    with pytest.raises(ValueError, match=r"keras\.Input.*inputs=\[\]"):
        read_architecture(keras.Sequential([layers.Conv2D(3, 3)]))


@pytest.mark.parametrize(("depth", "filters"), [(1, 1), (2, 8), (4, 16), (6, 2)])
def test_no_bar_covers_another(depth: int, filters: int) -> None:
    bars, copies = lay_out(read_architecture(Unet(depth=depth, filters=filters)).maps)
    assert len(copies) == depth
    for one, other in combinations([*bars, *copies.values()], 2):
        assert apart(one, other), (one, other)


def apart(one: Bar, other: Bar) -> bool:
    touching = 1e-9
    beside = abs(one.x - other.x) >= (one.width + other.width) / 2 - touching
    return beside or abs(one.y - other.y) >= (one.height + other.height) / 2 - touching


def test_a_bottom_of_one_bar_leaves_room_for_the_way_up() -> None:
    kinds = [("input", 0), ("convolution", 0), ("down", 1), ("up", 0), ("head", 0)]
    bars, _ = lay_out(
        [FeatureMap(kind, level, 64 >> level, 64 >> level, 4) for kind, level in kinds]
    )
    assert all(apart(one, other) for one, other in combinations(bars, 2))


def test_wider_means_more_channels_and_taller_means_larger() -> None:
    bars, _ = lay_out(read_architecture(Unet(256, 256, classes=2)).maps)
    bottom, top = bars[14], bars[2]
    assert (bottom.channels, top.channels) == (256, 16)
    assert bottom.width > top.width
    assert top.height == pytest.approx(4 * bottom.height)  # the root of 256 / 16


def test_the_picture_is_white_with_something_on_it(
    default_unet: keras.Model, tmp_path: Path, no_dot: None
) -> None:
    path = get_model_arch(default_unet, tmp_path)[0]
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("L"))
    height, width = pixels.shape
    assert 1200 < width < 4000
    assert 800 < height < 3000
    assert (pixels[0] == 255).all()
    assert 0.02 < (pixels < 250).mean() < 0.5
    assert path.stat().st_size < 1_000_000


def test_nothing_but_the_pictures_is_left_in_the_folder(tmp_path: Path, no_dot: None) -> None:
    folder = tmp_path / "deep" / "folder"
    get_model_arch(Unet(32, 32, filters=2, depth=1), folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(PICTURES)


def test_a_failed_drawing_leaves_the_older_picture(
    tmp_path: Path, no_dot: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(figure: Figure, path: Path, **options: object) -> None:
        path.write_bytes(b"half")
        raise OSError("No space left on device")

    (tmp_path / "model_arch.png").write_bytes(b"older")
    monkeypatch.setattr(Figure, "savefig", fill_the_disk)
    with pytest.raises(OSError, match="No space"):
        get_model_arch(Unet(32, 32, filters=2, depth=1), tmp_path)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"older"]


def test_called_the_old_way_it_writes_to_output(
    tmp_path: Path, no_dot: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    get_model_arch(Unet(32, 32, filters=2, depth=1))
    assert (tmp_path / "output" / "model_arch.png").is_file()


def test_two_threads_draw_into_one_folder(tmp_path: Path, no_dot: None) -> None:
    model = Unet(32, 32, filters=2, depth=1)
    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(lambda _: get_model_arch(model, tmp_path), range(2)))
    assert results[0] == results[1] == [tmp_path / name for name in PICTURES]
    assert sorted(tmp_path.iterdir()) == sorted(results[0])
    with Image.open(tmp_path / "model_arch.png") as picture:
        picture.verify()


def test_without_graphviz_the_rest_is_written_in_silence(
    tmp_path: Path, no_dot: None, capfd: pytest.CaptureFixture[str]
) -> None:
    model = Unet(32, 32, filters=2, depth=1)
    assert get_model_arch(model, str(tmp_path)) == [tmp_path / name for name in PICTURES]
    assert "graphviz" not in "".join(capfd.readouterr()).lower()


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz's dot is not on this machine")
def test_with_graphviz_the_layers_are_drawn_too(tmp_path: Path) -> None:
    written = get_model_arch(Unet(32, 32, filters=2, depth=1), tmp_path)
    assert written == [tmp_path / name for name in (*PICTURES, "model_layers.png")]
    assert sorted(tmp_path.iterdir()) == sorted(written)
    with Image.open(written[-1]) as picture:
        # 19 layers from top to bottom.
        assert picture.height > picture.width > 100


def test_a_u_has_a_picture_of_each_half(
    default_unet: keras.Model, tmp_path: Path, no_dot: None
) -> None:
    written = get_model_arch(default_unet, tmp_path)
    assert [path.name for path in written] == PICTURES
    for path in written:
        with Image.open(path) as picture:
            assert min(picture.size) > 800


def test_the_halves_meet_in_the_bottleneck(default_unet: keras.Model) -> None:
    found = read_architecture(default_unet)
    down, up = encoder(found), decoder(found)
    assert down
    assert up
    # The picture, then (convolution, convolution, down) four times, then the bottleneck's two.
    assert len(down.maps) == 1 + 4 * 3 + 2
    assert {down.maps[number].channels for number in down.handed} == {16, 32, 64, 128}
    assert up.maps[0] == down.maps[-1]
    assert up.maps[-1].kind == "head"
    assert [one.copied for one in up.maps if one.copied] == [128, 64, 32, 16]
    assert up.words["copy"] == "from the encoder"
    assert "down" not in up.words
    assert "up" not in down.words


def test_a_network_without_copies_has_no_halves() -> None:
    found = read_architecture(other_unet(1, copying=False))
    assert encoder(found) is None
    assert decoder(found) is None


def test_unpadded_convolutions_and_dropout_are_told() -> None:
    model = Unet(32, 32, filters=2, depth=1, padding="valid", normalization=None, dropout=0.5)
    found = read_architecture(model)
    assert found.words["copy"] == "copy, crop and concatenate"
    assert found.words["down"] == "2 × 2 max pooling, dropout"
    assert [(one.height, one.kind) for one in found.maps][-1] == (32, "head")
