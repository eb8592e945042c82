"""Photos and labels find each other by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset.formats import pairing
from dataset.formats.pairing import pair_up, picture_files_below
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
        ("images/img_1.png", "masks/img_1.png", "train"),
        ("images/target_1.png", "masks/target_1.png", "train"),
        ("segmentation/1_image.png", "segmentation/1_mask.png", "train"),
        ("a/scene_image_001.png", "a/scene_mask_001.png", "train"),
        ("Original/1.tif", "Ground Truth/1.tif", "train"),
        ("images/1.tif", "mask_images/1.tif", "train"),
        ("imagesTr/1.png", "labelsTr/1.png", "train"),
        ("trainx/1.png", "trainy/1.png", "train"),
        ("images/val2017/1.jpg", "annotations/val2017/1.png", "val"),
        ("images/val_1.png", "masks/val_1.png", "val"),
        ("images/10k/train/a.jpg", "labels/sem_seg/masks/train/a.png", "train"),
        ("2017_Training_Data/1.jpg", "2017_Training_GroundTruth/1_segmentation.png", "train"),
        ("701_StillsRaw_full/a.png", "LabeledApproved_full/a_L.png", "train"),
        ("JPEGImages/a.jpg", "SegmentationClassPNG/a.png", "train"),
        ("images/1.png", "masks/val/1.png", "val"),
        ("original_images/0.jpg", "label_images_semantic/0.png", "train"),
        ("A_Training_Input/7.jpg", "B_Training_GroundTruth/7_segmentation.png", "train"),
        ("JPEGImages/a.jpg", "SegmentationClass/a.png", "train"),
        ("train_img/a.jpg", "train_lab/a.png", "train"),
        ("val/sat/a.tiff", "val/map/a.tif", "val"),
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


def test_a_second_folder_of_labels_under_other_names_is_told() -> None:
    """As DRIVE is published: discs that are named as the photos, vessels that are not."""
    files = [
        ROOT / f"training/{name}"
        for number in (21, 22, 23)
        for name in (
            f"images/{number}_training.tif",
            f"mask/{number}_training_mask.gif",
            f"1st_manual/{number}_manual1.gif",
        )
    ]
    with pytest.raises(BadInput) as told:
        pair_up(ROOT, files)
    message = str(told.value)
    assert f"{ROOT / 'training/mask'} and {ROOT / 'training/1st_manual'} both hold" in message
    splits = pair_up(ROOT, [file for file in files if "manual" not in file.name])
    assert splits
    assert len(splits.train.pairs) == 3


def test_where_nothing_else_is_alike_the_first_number_makes_a_pair() -> None:
    """As DRIVE without its discs."""
    names = [
        f"{place}/{name}"
        for place, split, number in (("training", "training", 21), ("test", "test", 1))
        for name in (f"images/{number:02}_{split}.tif", f"1st_manual/{number:02}_manual1.gif")
    ]
    found = pairs_of(*names)
    assert found["train"] == [("training/images/21_training.tif", names[1])]
    assert found["test"] == [("test/images/01_test.tif", names[3])]
    second = [name.replace("1st", "2nd").replace("l1", "l2") for name in names[1::2]]
    with pytest.raises(BadInput, match=r"1st_manual and .*2nd_manual both hold labels, by"):
        pairs_of(*names, *second)
    twice = ("images/1_a.png", "images/1_b.png", "masks/1_of_1.png")
    assert pair_up(ROOT, [ROOT / name for name in twice]) is None


def test_labels_of_a_split_without_photos_are_alone() -> None:
    files = [ROOT / f"{place}/{n}.png" for place in ("train/x", "train/y", "test/y") for n in "ab"]
    splits = pair_up(ROOT, files)
    assert splits
    assert (len(splits.train.pairs), len(splits.train.alone)) == (2, 2)


def test_names_that_are_not_unique_are_not_matched_across_any_folders() -> None:
    files = [ROOT / "one/a.jpg", ROOT / "two/a.jpg", ROOT / "three/a_mask.png"]
    assert pair_up(ROOT, files) is None


def test_photos_alone_are_no_pairs() -> None:
    assert pair_up(ROOT, [ROOT / "images/a.jpg", ROOT / "images/b.jpg"]) is None
    assert pair_up(ROOT, [ROOT / "masks/a.png"]) is None


def test_names_that_differ_only_in_their_word_for_photo_are_kept_apart() -> None:
    names = [f"{kind}/{stem}.png" for kind in ("images", "masks") for stem in ("img_1", "photo_1")]
    assert len(pairs_of(*names)["train"]) == 2


def test_of_a_mask_and_a_mask_with_a_number_the_first_is_the_label() -> None:
    splits = pair_up(ROOT, [ROOT / name for name in ("a.jpg", "a_mask.png", "a_mask2.png")])
    assert splits
    assert [pair.label for pair in splits.train.pairs] == [ROOT / "a_mask.png"]
    assert splits.train.alone == (ROOT / "a_mask2.png",)


def test_two_photos_of_one_label_are_refused_by_name() -> None:
    with pytest.raises(BadInput, match=r"train/1\.png and .*val/1\.png look like two photos"):
        pairs_of("images/train/1.png", "images/val/1.png", "masks/1.png")


def test_sub_folders_are_groups_where_there_are_seven() -> None:
    names = [f"{kind}/drive{n}/1.png" for n in range(7) for kind in ("images", "masks")]
    splits = pair_up(ROOT, [ROOT / name for name in names])
    assert splits
    assert [pair.group for pair in splits.train.pairs] == [f"drive{n}" for n in range(7)]
    splits = pair_up(ROOT, [ROOT / name for name in names[:12]])
    assert splits
    assert {pair.group for pair in splits.train.pairs} == {""}


def test_a_folder_of_labels_may_be_told() -> None:
    files = [ROOT / name for name in ("foo/1.png", "bar/1.png")]
    assert pair_up(ROOT, files) is None
    splits = pair_up(ROOT, files, ROOT / "bar")
    assert splits
    assert splits.train.pairs[0].label == ROOT / "bar/1.png"


def test_a_test_split_alone_is_learned_from() -> None:
    found = pairs_of("test/images/a.png", "test/masks/a.png")
    assert found["train"] == [("test/images/a.png", "test/masks/a.png")]


def test_a_test_split_is_not_learned_from_where_train_finds_no_labels() -> None:
    """As DRIVE without the discs of its training photos: those of the test photos are left."""
    names = [
        *("test/images/1_test.tif", "test/mask/1_test_mask.gif"),
        *("training/images/21_training.tif", "training/1st_manual/21_manual1.gif"),
    ]
    with pytest.raises(BadInput) as told:
        pairs_of(*names)
    message = str(told.value)
    assert "Only files of a test split belong together by their names, such as" in message
    assert "; 2 files of train and val find no partner, such as" in message


def test_hidden_pictures_and_built_in_scenes_are_not_looked_at(tmp_path: Path) -> None:
    for name in (
        "a.png",
        ".b.png",
        ".hidden/c.png",
        "street_scenes/d.png",
        "deep/e.png",
        "._f.jpg",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [file.name for file in picture_files_below(tmp_path)] == ["a.png", "e.png"]


def test_a_whole_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "MOST_FOLDERS", 3)
    for number in range(4):
        (tmp_path / str(number)).mkdir()
    with pytest.raises(BadInput, match=r"Name the folder of your pairs with --data"):
        picture_files_below(tmp_path)
