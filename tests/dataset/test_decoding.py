"""One pair of files becomes an example, or an error that names the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.decoding import alike, decode, read_coloured_files, read_files, read_photo
from dataset.pairs import Pair
from labels.classes import CITYSCAPES, IGNORE, Classes
from labels.coding import Coding, colour_coding
from tests.dataset.made_folders import photo_of, save
from utils_func import BadInput

TWO = Coding("values", Classes(("no", "yes"), ((0, 0, 0), (9, 9, 9))), {0: 0, 7: 1, 255: IGNORE})
ROAD = CITYSCAPES.colours[0]


def pair_of(folder: Path, label: np.ndarray | Image.Image, photo: np.ndarray | None = None) -> Pair:
    save(photo_of(0, 16) if photo is None else photo, folder / "photo.png")
    save(label, folder / "label.png")
    return Pair("one", folder / "photo.png", folder / "label.png")


def test_values_become_ids(tmp_path: Path) -> None:
    label = np.zeros((16, 16), np.uint8)
    label[3, :5], label[4, 0] = 7, 255
    photo, ids, confident = decode(pair_of(tmp_path, label), TWO, read_files)
    np.testing.assert_array_equal(photo, photo_of(0, 16))
    assert (ids == 1).sum() == 5
    assert ids[4, 0] == IGNORE
    assert confident.sum() == 255


def test_an_unknown_value_is_named_with_file_count_and_what_is_known(tmp_path: Path) -> None:
    label = np.zeros((16, 16), np.uint8)
    label[0], label[1, :3], label[2, 0] = 9, 8, 10
    with pytest.raises(BadInput) as caught:
        decode(pair_of(tmp_path, label), TWO, read_files)
    assert "label.png has 16 pixels of value 9 and 2 more unknown values." in str(caught.value)
    assert "Expected only 0, 7, 255." in str(caught.value)


def test_a_coloured_picture_among_values_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"label\.png is a coloured picture\. Expected class ids"):
        decode(pair_of(tmp_path, photo_of(1, 16)), TWO, read_files)


def test_an_unknown_colour_is_named(tmp_path: Path) -> None:
    label = np.full((16, 16, 3), ROAD, np.uint8)
    label[0, 0] = 1, 2, 3
    with pytest.raises(BadInput, match=r"has 1 pixels of colour \(1, 2, 3\)\. Expected only"):
        decode(pair_of(tmp_path, label), colour_coding(CITYSCAPES), read_files)


def test_a_photo_is_no_label_in_smeared_colours(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"of its label has colours that are in no class"):
        decode(pair_of(tmp_path, photo_of(1, 16)), Coding("smeared", CITYSCAPES), read_files)


def test_a_palette_is_read_as_values_or_as_colours(tmp_path: Path) -> None:
    label = Image.fromarray(np.ones((16, 16), np.uint8), "P")
    label.putpalette([0, 0, 0, 7, 8, 9])
    pair = pair_of(tmp_path, label)
    assert read_files(pair)[1][0, 0] == 1
    assert read_coloured_files(pair)[1][0, 0].tolist() == [7, 8, 9]


def test_photo_and_label_must_have_the_same_proportions(tmp_path: Path) -> None:
    pair = pair_of(tmp_path, np.zeros((16, 16), np.uint8), photo_of(0, 32)[:16])
    with pytest.raises(BadInput) as caught:
        read_files(pair)
    assert f"{pair.photo} is 32×16 pixels, but its label {pair.label} is 16×16." in str(
        caught.value
    )


def test_a_photo_is_turned_unless_its_label_was_drawn_on_it_unturned(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    save(Image.fromarray(photo_of(0, 16)[:8]), tmp_path / "photo.png", exif=exif)
    pair = Pair("one", tmp_path / "photo.png", tmp_path / "label.png")
    assert read_photo(pair, (16, 8)).shape == (16, 8, 3)
    assert read_photo(pair, (8, 16)).shape == (8, 16, 3)


@pytest.mark.parametrize(
    ("shape", "other", "same"),
    [((320, 227), (160, 114), True), ((100, 100), (100, 106), False), ((64, 64, 3), (8, 8), True)],
)
def test_proportions_may_differ_by_rounding(
    shape: tuple[int, ...], other: tuple[int, ...], same: bool
) -> None:
    assert alike(shape, other) == same
