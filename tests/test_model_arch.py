"""What the picture of the network says, and what it leaves on the disk."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from PIL import Image

from evaluation.architecture import FeatureMap, decoder, encoder, read_architecture
from model_arch import (
    BOTTOM,
    Bar,
    draw,
    facts,
    get_model_arch,
    lay_out,
    links_of,
    predictions_marked,
)
from segmentation_model import Unet
from training.run_folder import NotWritten

pytestmark = pytest.mark.slow

PICTURES = ["model_arch.png", "model_encoder.png", "model_decoder.png"]


@pytest.fixture(scope="module")
def default_unet() -> keras.Model:
    return Unet(256, 256)


@pytest.fixture
def no_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)


def test_a_network_without_copies_is_drawn_as_what_it_is(tmp_path: Path, no_dot: None) -> None:
    inputs = keras.Input((32, 32, 3))
    x = layers.MaxPooling2D()(layers.Conv2D(4, 3, padding="same")(inputs))
    x = layers.UpSampling2D()(layers.Conv2D(8, 3, padding="same")(x))
    model = keras.Model(inputs, layers.Conv2D(1, 1)(x))
    assert get_model_arch(model, tmp_path) == [tmp_path / "model_arch.png"]


def test_a_classifier_is_drawn_down_to_its_last_map(tmp_path: Path, no_dot: None) -> None:
    # 32 - 2 = 30, halved 15, and 15 - 2 = 13.
    steps = [layers.Conv2D(4, 3), layers.MaxPooling2D(), layers.Conv2D(8, 3), layers.Flatten()]
    model = keras.Sequential([keras.Input((32, 32, 3)), *steps, layers.Dense(5)])
    assert [one.height for one in read_architecture(model).maps] == [32, 30, 15, 13]
    assert get_model_arch(model, tmp_path)[0].is_file()


def test_a_network_without_pictures_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((8,)), layers.Dense(3)])
    with pytest.raises(ValueError, match=r"needs convolutions.*inputs=\[\(None, 8\)\]"):
        get_model_arch(model, tmp_path / "new")
    assert not (tmp_path / "new").exists()


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
    with pytest.raises(NotWritten, match="No space"):
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


@pytest.fixture(scope="module")
def unpadded_unet() -> keras.Model:
    """Grows 128 to 316 and takes it down to 16 and 12, as that of the paper takes 572 to 28."""
    return Unet(128, 128, classes=4, filters=2, padding="valid", normalization=None, dropout=0.3)


def test_a_bar_of_an_unpadded_network_is_as_tall_as_its_own_map(unpadded_unet: keras.Model) -> None:
    found = read_architecture(unpadded_unet)
    bars, copies = lay_out(found.maps)
    picture, bordered = bars[:2]
    assert bordered.height / picture.height == pytest.approx((316 / 128) ** 0.5)
    for number, copy in copies.items():
        assert copy.height == bars[number].height
    for one, other in combinations([*bars, *copies.values()], 2):
        assert apart(one, other), (one, other)


def test_a_cropped_copy_says_what_is_left_of_it(unpadded_unet: keras.Model) -> None:
    found = read_architecture(unpadded_unet)
    links = links_of(found, *lay_out(found.maps))
    assert {link.above for link in links} == {"copy, crop and concatenate"}
    # Two convolutions take 4: 316 - 4 = 312. Upwards 12 -> 24, 20 -> 40, 36 -> 72, 68 -> 136.
    assert [link.below for link in links] == [
        *("32 × 32 → 24 × 24", "72 × 72 → 40 × 40", "152 × 152 → 72 × 72"),
        "312 × 312 → 136 × 136",
    ]


def test_a_half_says_what_is_handed_over(default_unet: keras.Model) -> None:
    found = read_architecture(default_unet)
    sizes = ["32 × 32 × 128", "64 × 64 × 64", "128 × 128 × 32", "256 × 256 × 16"]
    for half, said in ((encoder(found), "to the decoder"), (decoder(found), "from the encoder")):
        assert half
        links = links_of(half, *lay_out(half.maps, 0))
        assert [(link.above, link.below) for link in links] == [(said, size) for size in sizes]


def test_a_half_states_its_own_parameters(default_unet: keras.Model) -> None:
    found = read_architecture(default_unet)
    down, up = encoder(found), decoder(found)
    assert down
    assert up
    # Convolutions: 448 + 2,320, then 13,888, 55,424, 221,440 and 885,248; and 4 numbers of
    # normalisation for each channel: 8 · (16 + 32 + 64 + 128 + 256).
    assert facts(down).startswith("1,182,736 parameters")
    assert facts(down).endswith("input 256 × 256 × 3   ·   bottleneck 16 × 16 × 256")
    assert facts(up) == "764,563 parameters   ·   bottleneck 16 × 16 × 256   ·   19 classes"
    assert found.parameters == 1_182_736 + 764_563


SHAPES = [
    {},
    {"height": 256, "width": 256, "depth": 2},
    {"height": 512, "width": 512, "depth": 6, "filters": 2},
    {"height": 608, "width": 800, "dropout": 0.5, "first_dropout": 0.25, "activation": "sigmoid"},
    {"height": 256, "width": 256, "filters": 64, "padding": "valid", "normalization": None},
    {"filters": 32, "depth": 2, "stem": 4, "residual": True, "context": 4, "thin": True},
]


def test_an_enlarged_prediction_stands_above_the_small_one_and_has_its_colour() -> None:
    found = read_architecture(Unet(filters=2, depth=2, stem=4, thin=True), (64, 64))
    bars, _ = lay_out(found.maps)
    small, enlarged = bars[-2:]
    assert (small.kind, enlarged.kind) == ("head", "up")
    assert enlarged.x == small.x
    assert enlarged.y > small.y
    assert [bar.kind for bar in predictions_marked(bars)[-3:]] == ["convolution", "head", "head"]
    assert facts(found).endswith("19 classes")


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("half", ["", "encoder", "decoder"])
def test_no_text_stands_on_another_or_on_a_bar(shape: dict[str, Any], half: str) -> None:
    found: Any = read_architecture(Unet(**shape))
    found = {"": found, "encoder": encoder(found), "decoder": decoder(found)}[half]
    figure = draw(found, "U-Net")
    FigureCanvasAgg(figure).draw()
    texts = [text for text in figure.axes[0].texts if text.get_text()]
    places = [text.get_window_extent() for text in texts]
    for (one, place), (other, elsewhere) in combinations(zip(texts, places, strict=True), 2):
        assert not place.overlaps(elsewhere), (one, other)
    for bar in lay_out(found.maps, 0 if half else BOTTOM)[0]:
        corners = (
            (bar.side(-1)[0], bar.y - bar.height / 2),
            (bar.side(1)[0], bar.y + bar.height / 2),
        )
        covered = Bbox(figure.axes[0].transData.transform(corners))
        for text, place in zip(texts, places, strict=True):
            assert not covered.overlaps(place), (text, bar)
