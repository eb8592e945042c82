"""Photos and labels find each other by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset.formats.pairing import is_part, name_of, pair_up
from utils_func import BadInput

ROOT = Path("data")


def pairs_of(*names: str) -> dict[str, list[tuple[str, str]]]:
    splits = pair_up(ROOT, [ROOT / name for name in names])
    assert splits
    return {
        split: [
            (pair.photo.relative_to(ROOT).as_posix(), pair.label.relative_to(ROOT).as_posix())
            for pair in getattr(splits, split).pairs
        ]
        for split in ("train", "val", "test")
    }


@pytest.mark.parametrize(
    ("photo", "label", "split"),
    [
        ("images/a.jpg", "masks/a.png", "train"),
        ("imgs/a.jpg", "labels/a.png", "train"),
        ("image/7.png", "label/7.png", "train"),
        ("x/1.png", "y/1.png", "train"),
        ("train/images/a.jpg", "train/masks/a.png", "train"),
        ("images/val/a.jpg", "masks/val/a.png", "val"),
        ("valid/a.jpg", "valid_masks/a.png", "val"),
        ("train/a.png", "trainannot/a.png", "train"),
        ("train_images/a.png", "train_masks/a.png", "train"),
        ("data/a.jpg", "data_mask/a.png", "train"),
        ("a.jpg", "a_mask.png", "train"),
        ("a.jpg", "a-seg.png", "train"),
        ("0016E5_00390.png", "0016E5_00390_L.png", "train"),
        ("12_sat.jpg", "12_mask.png", "train"),
        ("Image_1.png", "Mask_1.png", "train"),
        ("1/image.png", "1/mask.png", "train"),
        ("train/images/a.jpg", "train/masks/a_mask.png", "train"),
        ("segmentation/images/a.jpg", "segmentation/masks/a.png", "train"),
        ("images/001.png", "masks/1.png", "train"),
        ("images/val/a.jpg", "masks/a.png", "val"),
        ("JPEGImages/a.jpg", "SegmentationClass/a.png", "train"),
    ],
)
def test_names_that_people_use_make_a_pair(photo: str, label: str, split: str) -> None:
    found = pairs_of(photo, label)
    assert found == {"train": [], "val": [], "test": []} | {split: [(photo, label)]}


def test_the_same_name_in_two_splits_is_two_pairs() -> None:
    found = pairs_of(
        "train/images/1.png", "train/masks/1.png", "val/images/1.png", "val/masks/1.png"
    )
    assert found["train"] == [("train/images/1.png", "train/masks/1.png")]
    assert found["val"] == [("val/images/1.png", "val/masks/1.png")]


def test_1_is_not_001_where_names_match_as_they_are() -> None:
    found = pairs_of("images/1.png", "masks/1.png", "masks/001.png")
    assert found["train"] == [("images/1.png", "masks/1.png")]


def test_what_finds_no_partner_is_named() -> None:
    names = ("images/a.jpg", "masks/a.png", "images/b.jpg", "masks/c.png")
    splits = pair_up(ROOT, [ROOT / name for name in names])
    assert splits
    assert splits.train.alone == (ROOT / "images/b.jpg", ROOT / "masks/c.png")


def test_two_labels_of_one_photo_are_refused_by_name() -> None:
    with pytest.raises(BadInput, match=r"a_mask\.png and .*a_label\.png look like two labels"):
        pairs_of("a.jpg", "a_mask.png", "a_label.png")


def test_photos_alone_are_no_pairs() -> None:
    assert pair_up(ROOT, [ROOT / "images/a.jpg", ROOT / "images/b.jpg"]) is None
    assert pair_up(ROOT, [ROOT / "masks/a.png"]) is None


def test_sub_folders_are_groups_where_there_are_three() -> None:
    names = [f"{kind}/drive{n}/1.png" for n in range(3) for kind in ("images", "masks")]
    splits = pair_up(ROOT, [ROOT / name for name in names])
    assert splits
    assert [pair.group for pair in splits.train.pairs] == ["drive0", "drive1", "drive2"]
    splits = pair_up(ROOT, [ROOT / name for name in names[:4]])
    assert splits
    assert [pair.group for pair in splits.train.pairs] == ["", ""]


def test_a_test_split_alone_is_learned_from() -> None:
    found = pairs_of("test/images/a.png", "test/masks/a.png")
    assert found["train"] == [("test/images/a.png", "test/masks/a.png")]


def test_a_word_inside_a_name_says_nothing() -> None:
    assert not name_of(ROOT / "man_mask_red.jpg", ROOT).label
    assert name_of(ROOT / "man_mask_red.jpg", ROOT).stem == "man_mask_red"


def test_folders_that_are_parts_are_known() -> None:
    assert all(is_part(Path(name)) for name in ("images", "train_masks", "trainannot", "y"))
    assert not any(is_part(Path(name)) for name in ("data", "my images of cats", ""))
