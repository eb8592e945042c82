"""Grey photos of more than 8 bits are read from the darkest to the brightest of their set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from commands import predict
from dataset.cache import open_cache
from dataset.formats import open_dataset
from dataset.levels import with_levels
from dataset.pairs import Dataset
from deploy.model_file import Card, write_model
from labels.classes import numbered_classes
from main import main
from segmentation_model import Unet
from tests.dataset.made_folders import ids_of, photo_of, save
from utils_func import Levels, read_picture

SIDE = 48


def grey_of(seed: int, low: float, high: float, kind: Any) -> np.ndarray:
    """A ramp from left to right; the photo of every second seed is half as bright."""
    ramp = np.linspace(low, high if seed % 2 == 0 else (low + high) / 2, SIDE)
    return np.tile(ramp, (SIDE, 1)).astype(kind)


def write(folder: Path, low: float, high: float, kind: Any, suffix: str = "tif") -> Dataset:
    for number in range(6):
        save(grey_of(number, low, high, kind), folder / "images" / f"{number}.{suffix}")
        save(ids_of(number, 2), folder / "masks" / f"{number}.png")
    return open_dataset(folder)


def photos_of(dataset: Dataset) -> dict[str, np.ndarray]:
    pairs = (*dataset.train, *dataset.val)
    return {pair.photo.stem: dataset.decode(pair).photo for pair in pairs}


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("alpha", [False, True])
def test_colours_of_16_bits_are_read_from_the_darkest_to_the_brightest(
    tmp_path: Path, suffix: str, alpha: bool
) -> None:
    for number in range(6):
        blue, green = grey_of(0, 0, 1000, np.uint16), grey_of(0, 4000, 0, np.uint16)
        channels = [blue, green, np.zeros_like(blue), *[np.full_like(blue, 65535)] * alpha]
        (tmp_path / "images").mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / "images" / f"{number}.{suffix}"), np.dstack(channels))
        save(ids_of(number, 2), tmp_path / "masks" / f"{number}.png")
    dataset = open_dataset(tmp_path)
    photo = photos_of(dataset)["0"]
    assert dataset.levels == (0, 4000)
    assert photo.max(axis=(0, 1)).tolist() == [0, 255, 63]
    assert len(np.unique(photo[..., 2])) == SIDE  # each shade is one of its own
    # As Pillow alone would read it, 16 shades are left.
    assert len(np.unique(read_picture(tmp_path / "images" / f"0.{suffix}"))) <= 16


@pytest.mark.parametrize(
    ("low", "high", "kind", "suffix"),
    [
        (0, 4095, np.uint16, "png"),
        (100, 1500, np.uint16, "tif"),
        (0, 255, np.uint16, "png"),
        (0, 65535, np.uint16, "tif"),
        (-1024, 3071, np.int32, "tif"),
        (0.0, 1.0, np.float32, "tif"),
        (-2.5, 7.5, np.float32, "tif"),
    ],
)
def test_the_whole_range_is_used(
    tmp_path: Path, low: float, high: float, kind: Any, suffix: str
) -> None:
    dataset = write(tmp_path, low, high, kind, suffix)
    assert dataset.levels
    assert dataset.levels == pytest.approx((low, high), abs=(high - low) / SIDE)
    photos = photos_of(dataset)
    np.testing.assert_allclose(photos["0"][0, :, 0], np.linspace(0, 255, SIDE), atol=3)
    np.testing.assert_allclose(photos["1"][0, :, 0], np.linspace(0, 127.5, SIDE), atol=3)


def test_single_faulty_pixels_do_not_count(tmp_path: Path) -> None:
    write(tmp_path, 0, 1000, np.uint16)
    for file in (tmp_path / "images").iterdir():
        grey = np.array(Image.open(file))
        grey[5, 5] = 65535
        Image.fromarray(grey).save(file)
    dataset = open_dataset(tmp_path)
    assert dataset.levels
    assert dataset.levels.white == pytest.approx(1000, abs=30)
    assert (photos_of(dataset)["0"][5, 5] == 255).all()


def test_what_is_no_number_does_not_count(tmp_path: Path) -> None:
    write(tmp_path, 0, 1, np.float32)
    for file in (tmp_path / "images").iterdir():
        grey = np.array(Image.open(file))
        grey[:10], grey[10:12] = np.nan, np.inf
        Image.fromarray(grey).save(file)
    dataset = open_dataset(tmp_path)
    assert dataset.levels == pytest.approx((0, 1), abs=0.03)
    assert (photos_of(dataset)["0"][:10] == 0).all()


@pytest.mark.parametrize("value", [0, 100])
def test_photos_of_one_value_have_no_levels(tmp_path: Path, value: int) -> None:
    for number in range(4):
        save(np.full((SIDE, SIDE), value, np.uint16), tmp_path / "images" / f"{number}.png")
        save(ids_of(number, 2), tmp_path / "masks" / f"{number}.png")
    assert open_dataset(tmp_path).levels is None


@pytest.mark.parametrize("nothing", [-9999.0, 65535.0])
def test_what_was_not_measured_does_not_count(tmp_path: Path, nothing: float) -> None:
    write(tmp_path, 0.25, 1, np.float32)
    for file in (tmp_path / "images").iterdir():
        grey = np.array(Image.open(file))
        grey[:20, :10] = nothing
        Image.fromarray(grey).save(file)
    assert open_dataset(tmp_path).levels == pytest.approx((0.25, 1), abs=0.03)


def test_photos_of_8_bits_stay_as_they_are(tmp_path: Path) -> None:
    for number in range(4):
        save(photo_of(number) // 4, tmp_path / "images" / f"{number}.png")
        save(ids_of(number, 2), tmp_path / "masks" / f"{number}.png")
    dataset = open_dataset(tmp_path)
    assert dataset.levels is None
    np.testing.assert_array_equal(photos_of(dataset)["0"], photo_of(0) // 4)


def test_an_unreadable_photo_does_not_hinder(tmp_path: Path) -> None:
    write(tmp_path, 0, 4095, np.uint16)
    (tmp_path / "images" / "0.tif").write_text("no picture")
    levels = open_dataset(tmp_path).levels
    assert levels
    assert levels.white > 2000


def test_in_a_set_of_dark_photos_labels_are_found_by_their_few_values(tmp_path: Path) -> None:
    for number in range(4):
        noise = np.random.default_rng(number).integers(0, 4096, (SIDE, SIDE))
        save(noise.astype(np.uint16), tmp_path / f"{number}.png")
        save(ids_of(number, 2), tmp_path / f"{number}_by_me.png")
    assert len(open_dataset(tmp_path).classes) == 2


def test_other_levels_are_other_pictures_in_the_cache(tmp_path: Path) -> None:
    dataset = write(tmp_path / "data", 0, 1000, np.uint16)
    cached = open_cache(dataset, tmp_path / "cache", (SIDE, SIDE))
    assert cached.levels == dataset.levels
    darker = with_levels(dataset, Levels(0, 2000))
    as_dark = open_cache(darker, tmp_path / "cache", (SIDE, SIDE))
    assert as_dark.levels == (0, 2000)
    assert as_dark.train.photos.max() < 0.6 * cached.train.photos.max()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with a model that learned from photos of 0 to 2000."""
    card = Card(numbered_classes(2), 32, 32, Levels(0, 2000))
    (tmp_path / "out").mkdir()
    write_model(Unet(classes=2, filters=2, depth=1), card, tmp_path / "out" / "unet_model.hdf5")
    return tmp_path / "out"


@pytest.mark.slow
def test_new_photos_are_read_in_the_levels_of_the_model(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grey = grey_of(0, 0, 1000, np.uint16)
    Image.fromarray(grey).save(tmp_path / "new.tif")
    seen = []

    def predict_ids(model: object, card: Card, photo: np.ndarray) -> np.ndarray:
        seen.append(photo)
        return np.zeros(photo.shape[:2], np.uint8)

    monkeypatch.setattr(predict, "predict_ids", predict_ids)
    assert main(["predict", str(tmp_path / "new.tif"), "--output", str(out)]) == 0
    assert seen[0].max() == 127
    expected = read_picture(tmp_path / "new.tif", levels=Levels(0, 2000))
    np.testing.assert_array_equal(seen[0], expected)


@pytest.mark.slow
def test_other_pairs_are_scored_in_the_levels_of_the_model(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from commands import evaluate

    write(tmp_path / "data", 0, 1000, np.uint16)
    (tmp_path / "data" / "classes.csv").write_text("name,id\nclass 0,0\nclass 1,1\n")
    seen = []

    def decode_all(dataset: Dataset, *rest: Any) -> None:
        seen.append(dataset)
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluate, "decode_all", decode_all)
    arguments = ["evaluate", "--data", str(tmp_path / "data"), "--output", str(out)]
    main(arguments)
    card = Card(numbered_classes(2), 32, 32)
    write_model(Unet(classes=2, filters=2, depth=1), card, out / "unet_model.hdf5")
    main(arguments)
    assert seen[0].levels == Levels(0, 2000)
    assert seen[1].levels is None, "as predict reads them for that model"
