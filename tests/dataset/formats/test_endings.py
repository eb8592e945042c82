"""Labels whose names go on where that of their photo ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset.formats import open_dataset
from tests.dataset.made_folders import expect_ids, ids_of, photo_of, save
from utils_func import BadInput


def write(folder: Path, photo: str, *labels: str, count: int = 5) -> None:
    for number in range(count):
        save(photo_of(number), folder / photo.format(number))
        for label in labels:
            save(ids_of(number), folder / label.format(number))


@pytest.mark.parametrize(
    ("photo", "label"),
    [
        ("Image_{:02}L.jpg", "Image_{:02}L_1stHO.png"),
        ("M-33-20_{}.jpg", "M-33-20_{}_m.png"),
        ("Images/Image_{:02}.png", "Masks/Image_{:02}_1stHO.png"),
        ("train/{}.png", "train/{}_boundary_map_7.png"),
    ],
)
def test_an_ending_that_says_nothing_is_a_labels(tmp_path: Path, photo: str, label: str) -> None:
    write(tmp_path, photo, label)
    dataset = open_dataset(tmp_path)
    assert (dataset.format, len(dataset.train) + len(dataset.val)) == ("folder", 5)
    for pair in (*dataset.train, *dataset.val):
        number = int("".join(filter(str.isdigit, pair.photo.stem.removeprefix("M-33-20"))))
        assert (pair.photo, pair.label) == (
            tmp_path / photo.format(number),
            tmp_path / label.format(number),
        )


def test_what_they_hold_is_decoded(tmp_path: Path) -> None:
    write(tmp_path, "{}.png", "{}_drawn_by_me.png")
    expect_ids(open_dataset(tmp_path))


def test_splits_are_kept(tmp_path: Path) -> None:
    write(tmp_path / "train", "{}.png", "{}_HO.png", count=4)
    write(tmp_path / "val", "{}.png", "{}_HO.png", count=2)
    dataset = open_dataset(tmp_path)
    assert (len(dataset.train), len(dataset.val)) == (4, 2)


def test_of_two_endings_nobody_can_know_which_is_meant(tmp_path: Path) -> None:
    write(tmp_path, "Image_{}.png", "Image_{}_1stHO.png", "Image_{}_2ndHO.png")
    with pytest.raises(BadInput, match=r"end in _1stHO and in _2ndHO, such as Image_0_1stHO"):
        open_dataset(tmp_path)


def test_photos_with_an_ending_are_no_labels(tmp_path: Path) -> None:
    for number in range(5):
        save(photo_of(number), tmp_path / f"{number}.png")
        save(photo_of(number + 9), tmp_path / f"{number}_later.png")
    with pytest.raises(BadInput, match="holds no pairs that were recognised"):
        open_dataset(tmp_path)


def test_an_ending_of_few_files_makes_no_labels(tmp_path: Path) -> None:
    write(tmp_path, "{}.png", count=20)
    write(tmp_path, "{}.png", "{}_HO.png", count=3)
    with pytest.raises(BadInput, match="holds no pairs that were recognised"):
        open_dataset(tmp_path)
