"""Where the pairs come from: a person's folder, or the built-in street scenes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset import source, writers
from dataset.source import decode_all, decode_some, find_dataset, is_built_in, open_data
from utils_func import BadInput

WritePair = Callable[..., Path]


@pytest.fixture(autouse=True)
def few_scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "SCENE_COUNTS", {"train": 2, "val": 1})


@pytest.fixture
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(*_: object, **__: object) -> None:
        raise AssertionError("scenes were drawn")

    monkeypatch.setattr(writers, "write_dataset", draw)


@pytest.fixture
def draw_flat(monkeypatch: pytest.MonkeyPatch, write_pair: WritePair) -> None:
    """Pairs of the fixture in place of scenes, which take a second."""

    def draw(name: str, folder: Path, train: int, val: int, **_: object) -> None:
        for split, count in (("train", train), ("val", val)):
            for number in range(1, count + 1):
                write_pair(folder / split / f"{number}.jpg", number)

    monkeypatch.setattr(writers, "write_dataset", draw)


def test_an_empty_default_folder_is_filled_with_scenes_and_says_where_pairs_come_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = tmp_path / "images"
    (images / "train").mkdir(parents=True)
    dataset = find_dataset(images, images, None, tmp_path)
    assert dataset.folder == images / "street_scenes"
    assert [pair.name for pair in dataset.train] == ["train/1.jpg", "train/2.jpg"]
    assert [pair.name for pair in dataset.val] == ["val/1.jpg"]
    assert is_built_in(dataset, images)
    assert len(dataset.decode(dataset.train[0]).photo) == 256

    printed = capsys.readouterr().out
    assert f"There are no pairs in {images} yet." in printed
    assert "https://www.kaggle.com/datasets/dansbecker/cityscapes-image-pairs" in printed
    assert f"Put their train and val folders into {images}" in printed
    assert "--data" in printed
    assert f"built-in street scenes, which lie in {images / 'street_scenes'}" in printed
    assert "Drawing street scenes: 3 in" in printed


@pytest.mark.usefixtures("draw_flat")
def test_scenes_are_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = tmp_path / "images"
    first = find_dataset(images, images, None, tmp_path)

    def draw(*_: object, **__: object) -> None:
        raise AssertionError("drawn again")

    monkeypatch.setattr(writers, "write_dataset", draw)
    assert find_dataset(images, images, None, tmp_path).train == first.train


@pytest.mark.usefixtures("draw_flat")
@pytest.mark.parametrize("below", ["", "cityscapes_data"])
def test_pairs_in_the_default_folder_go_before_scenes(
    tmp_path: Path, pair_folder: Path, below: str, capsys: pytest.CaptureFixture[str]
) -> None:
    images = tmp_path / "images"
    find_dataset(images, images, None, tmp_path)
    shutil.copytree(pair_folder, images / below, dirs_exist_ok=True)
    capsys.readouterr()
    dataset = find_dataset(images, images, None, tmp_path)
    assert dataset.folder == images / below
    assert len(dataset.train) == 4
    assert not is_built_in(dataset, images)
    shutil.copytree(pair_folder, tmp_path / "street_scenes")
    own = find_dataset(tmp_path / "street_scenes", images, None, tmp_path)
    capsys.readouterr()
    assert not is_built_in(own, images), "a person's folder may have that name"
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("no_drawing")
def test_pictures_that_are_no_pairs_are_an_error_and_no_scenes(
    tmp_path: Path,
) -> None:
    place = tmp_path / "images" / "somewhere" / "deep"
    place.mkdir(parents=True)
    noise = np.random.default_rng(0).integers(0, 256, (32, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(place / "1.jpg")
    said = "holds no pairs that were recognised; it holds somewhere/deep: 1 picture"
    with pytest.raises(BadInput, match=said):
        find_dataset(tmp_path / "images", tmp_path / "images", None, tmp_path)


@pytest.mark.usefixtures("no_drawing")
@pytest.mark.parametrize(("create", "message"), [(True, "it is empty"), (False, "does not exist")])
def test_a_folder_that_was_named_is_never_filled_with_scenes(
    tmp_path: Path, create: bool, message: str
) -> None:
    if create:
        (tmp_path / "mine").mkdir()
    with pytest.raises(BadInput, match=message):
        find_dataset(tmp_path / "mine", tmp_path / "images", None, tmp_path)


@pytest.mark.usefixtures("no_drawing")
def test_a_folder_that_was_named_is_opened(tmp_path: Path, pair_folder: Path) -> None:
    assert find_dataset(pair_folder, tmp_path / "images", None, tmp_path).folder == pair_folder


@pytest.mark.usefixtures("no_drawing")
def test_pairs_are_seen_in_a_folder_that_lies_below_one_called_street_scenes(
    tmp_path: Path, pair_folder: Path
) -> None:
    images = tmp_path / "street_scenes" / "images"
    shutil.copytree(pair_folder, images)
    assert find_dataset(images, images, None, tmp_path).folder == images


@pytest.mark.usefixtures("draw_flat")
def test_scenes_that_a_killed_run_left_half_drawn_are_not_the_persons_pairs(
    tmp_path: Path, write_pair: WritePair
) -> None:
    images = tmp_path / "images"
    write_pair(images / ".street_scenes.unfinished-1" / "train" / "1.jpg")
    assert find_dataset(images, images, None, tmp_path).folder == images / "street_scenes"


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.write_text("in the way")
    with pytest.raises(BadInput, match=r"street_scenes cannot be written: .*--data"):
        find_dataset(images, images, None, tmp_path)


def test_decoding_counts_on_one_line_and_not_at_all_the_second_time(
    tmp_path: Path, pair_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = find_dataset(pair_folder, tmp_path / "images", None, tmp_path)
    cached = decode_all(dataset, tmp_path / "cache", (32, 32), skip_bad=False, workers=2)
    assert cached.train.photos.shape == (4, 32, 32, 3)
    printed = capsys.readouterr().out
    assert printed.startswith("Decoding pairs: 6 in ")
    assert printed.count("\n") == 1
    decode_all(dataset, tmp_path / "cache", (32, 32), skip_bad=False, workers=2)
    assert capsys.readouterr().out == ""


def test_some_pairs_are_decoded_as_all_are(pair_folder: Path, tmp_path: Path) -> None:
    dataset = open_data(pair_folder, None, tmp_path)
    whole = decode_all(dataset, tmp_path / "cache", (16, 24), False, 1)
    (pair_folder / "train" / "3.jpg").write_text("no picture")
    some = decode_some(dataset, (16, 24), 2, workers=2)
    assert some.train.names == ["train/1.jpg"], "of every second one; the other cannot be read"
    assert some.val.names == ["val/1.jpg", "val/2.jpg"]
    for part in "photos", "labels", "confident":
        np.testing.assert_array_equal(getattr(some.val, part), getattr(whole.val, part))
        np.testing.assert_array_equal(getattr(some.train, part), getattr(whole.train, part)[:1])


def test_where_none_of_some_pairs_can_be_read_it_is_told(pair_folder: Path, tmp_path: Path) -> None:
    dataset = open_data(pair_folder, None, tmp_path)
    for file in pair_folder.glob("*/*.jpg"):
        file.write_text("no picture")
    with pytest.raises(BadInput, match=r"None of 4 pairs from all over .* can be read"):
        decode_some(dataset, (16, 24), 9, workers=1)
