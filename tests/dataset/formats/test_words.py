"""Paths are taken apart into what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset.formats.words import is_part, name_of, split_of, words_of

ROOT = Path("data")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("train_images", ["train", "images"]),
        ("trainannot", ["train", "annot"]),
        ("imagesTr", ["images", "tr"]),
        ("val2017", ["val", "2017"]),
        ("Ground Truth", ["groundtruth"]),
        ("ground_truth", ["groundtruth"]),
        ("a-b.c", ["a", "b", "c"]),
        ("training", ["training"]),
        ("trainer", ["trainer"]),
        ("cafe\u0301_mask", ["caf\u00e9", "mask"]),  # as macOS writes it
    ],
)
def test_names_are_divided_into_words(name: str, words: list[str]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("path", "folder", "stem", "left"),
    [
        ("masks/7.png", True, None, "7"),
        ("images/7_mask.png", False, True, "7"),
        ("masks/img_7.png", True, False, "7"),
        ("7.png", None, None, "7"),
        ("x/7_L.png", False, True, "7"),
        ("L.png", None, None, "l"),
        ("scene_mask_7.png", None, True, "scene_7"),
        ("man_mask_red.png", None, None, "man_mask_red"),
        ("7_mask_image.png", None, True, "7"),
    ],
)
def test_folder_and_stem_say_what_a_file_is(
    path: str, folder: bool | None, stem: bool | None, left: str
) -> None:
    named = name_of(ROOT / path, ROOT)
    assert (named.folder_says, named.stem_says, named.stem) == (folder, stem, left)


def test_of_several_folders_the_nearest_counts() -> None:
    assert name_of(ROOT / "segmentation/images/1.png", ROOT).folder_says is False
    assert name_of(ROOT / "images/masks/1.png", ROOT).folder_says is True


def test_splits_are_found_in_folders_before_names() -> None:
    assert name_of(ROOT / "valid/train_1.png", ROOT).split == "val"
    assert name_of(ROOT / "images/train_1.png", ROOT).split == "train"
    assert name_of(ROOT / "images/test.png", ROOT).split == ""


def test_what_is_left_of_folders_is_kept() -> None:
    named = name_of(ROOT / "train/night/images_wet/1.png", ROOT)
    assert named.folders == ("night", "wet")
    assert named.places == ("night",)


def test_folders_that_are_parts_are_known() -> None:
    names = ("images", "train_masks", "trainannot", "y", "Ground Truth", "ImageSets")
    assert all(is_part(Path(name)) for name in names)
    assert not any(is_part(Path(name)) for name in ("data", "my images of cats", "lab", "maps", ""))


@pytest.mark.parametrize(
    ("name", "split"),
    [("train", "train"), ("valid_masks", "val"), ("imagesTs", "test"), ("masks", ""),
     ("train dogs", "")],
)  # fmt: skip
def test_a_part_may_be_of_one_split(name: str, split: str) -> None:
    assert split_of(Path("data") / name) == split
