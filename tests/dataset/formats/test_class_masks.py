"""Folders with a mask for each class are recognised, and are one label together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.cache import hash_files
from dataset.formats import open_dataset
from dataset.pairs import Dataset, Pair
from utils_func import BadInput

SIZE = (12, 16)
PHOTOS = 6


def box(top: int, left: int, bottom: int, right: int) -> np.ndarray:
    mask = np.zeros(SIZE, np.uint8)
    mask[top:bottom, left:right] = 255
    return mask


# A window lies on its house, a tree beside it.
HOUSE, WINDOW, TREE = box(2, 2, 10, 8), box(4, 3, 7, 6), box(1, 10, 11, 14)
MASKS = {"house": HOUSE, "window": WINDOW, "tree": TREE}


def save(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


def write(
    root: Path,
    photo: str = "images/{}.jpg",
    mask: str = "masks/{}/{}.png",
    masks: dict[str, np.ndarray] = MASKS,
) -> Path:
    random = np.random.default_rng(0)
    for number in range(PHOTOS):
        noise = random.integers(0, 256, (*SIZE, 3), np.uint8)
        save(root / photo.format(number), noise)
        for name, picture in masks.items():
            save(root / mask.format(name, number), picture)
    return root


def pairs_of(dataset: Dataset) -> list[Pair]:
    return [*dataset.train, *dataset.val, *dataset.test]


@pytest.mark.parametrize(
    ("photo", "mask"),
    [
        ("images/{}.jpg", "masks/{}/{}.png"),
        ("processed/images/{}.jpg", "processed/masks/{}/{}.png"),
        ("images/a_{}.jpg", "labels/{}/a_{}_mask.png"),
        ("images/a_{}.png", "{} masks/a_{}.png"),
        ("images/{}.tif", "gt/{}/{}.tif"),
        ("Original Images/{}.jpg", "Segmentation Groundtruths/{0}/{1}_{0}.tif"),
        ("images/a_{}.jpg", "masks/a_{1}_{0}.png"),
        ("images/{}.jpg", "masks/{1}_{0}_mask.png"),
        ("a_{}.jpg", "a_{1}_{0}.png"),
    ],
)
def test_folders_are_classes_wherever_they_lie(tmp_path: Path, photo: str, mask: str) -> None:
    dataset = open_dataset(write(tmp_path, photo, mask))
    assert dataset.classes.names == ("background", "house", "tree", "window")
    assert len(pairs_of(dataset)) == PHOTOS
    assert not dataset.alone
    assert any("masks of its own" in remark for remark in dataset.remarks)


def test_where_masks_overlap_the_smaller_counts(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path))
    example = dataset.decode(dataset.train[0])
    expected = np.zeros(SIZE, np.uint8)
    expected[HOUSE > 0], expected[TREE > 0], expected[WINDOW > 0] = 1, 2, 3
    np.testing.assert_array_equal(example.label, expected)
    assert example.confident.all()


def test_splits_stay_what_they_are(tmp_path: Path) -> None:
    for split in ("train", "val", "test"):
        write(tmp_path, f"{split}/images/{{}}.jpg", f"{split}/masks/{{}}/{{}}.png")
    dataset = open_dataset(tmp_path)
    assert [len(part) for part in (dataset.train, dataset.val, dataset.test)] == [PHOTOS] * 3
    assert all("val" in str(file) for pair in dataset.val for file in (pair.photo, pair.label))


def test_a_class_may_be_missing_from_a_photo_and_a_photo_may_have_no_mask(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "masks" / "window" / "2.png").unlink()
    for name in MASKS:
        (tmp_path / "masks" / name / "3.png").unlink()
    dataset = open_dataset(tmp_path)
    assert dataset.alone == (tmp_path / "images" / "3.jpg",)
    by_name = {pair.name: pair for pair in pairs_of(dataset)}
    assert len(by_name) == PHOTOS - 1
    assert set(np.unique(dataset.decode(by_name["2"]).label)) == {0, 1, 2}


def test_masks_may_be_0_and_1_and_numbers_before_names_are_no_part_of_them(tmp_path: Path) -> None:
    masks = {f"{n}. {name}": mask // 255 for n, (name, mask) in enumerate(MASKS.items(), 1)}
    dataset = open_dataset(write(tmp_path, masks=masks))
    assert dataset.classes.names == ("background", "house", "tree", "window")
    label = dataset.decode(dataset.train[0]).label
    assert [label[3, 2], label[5, 12], label[5, 4], label[0, 0]] == [1, 2, 3, 0]


def test_a_mask_of_the_background_is_no_class_of_its_own(tmp_path: Path) -> None:
    rest = np.where(HOUSE | TREE, 0, 255).astype(np.uint8)
    masks = {"Background": rest, "house": HOUSE, "tree": TREE}
    dataset = open_dataset(write(tmp_path, masks=masks))
    assert dataset.classes.names == ("background", "house", "tree")
    np.testing.assert_array_equal(
        dataset.decode(dataset.train[0]).label, (HOUSE > 0) + 2 * (TREE > 0)
    )


@pytest.mark.parametrize("mask", ["masks/{}/{}.png", "masks/{1}_{0}.png"])
def test_labels_of_two_people_are_not_two_classes(tmp_path: Path, mask: str) -> None:
    theirs = {"first": HOUSE, "second": np.roll(HOUSE, 1, 0)}
    with pytest.raises(BadInput):
        open_dataset(write(tmp_path, mask=mask, masks=theirs))


def test_changed_copies_of_pairs_are_pairs_of_their_own(tmp_path: Path) -> None:
    for name, mask in {"": HOUSE, "_flip": WINDOW, "_rotated": TREE}.items():
        write(tmp_path, f"images/{{}}{name}.jpg", f"masks/{{1}}{name}.png", {"": mask})
    dataset = open_dataset(tmp_path)
    assert len(pairs_of(dataset)) == 3 * PHOTOS
    assert not any(pair.masks for pair in pairs_of(dataset))


def test_sets_beside_each_other_are_not_classes(tmp_path: Path) -> None:
    for name, mask in {"a": HOUSE, "b": TREE}.items():
        write(tmp_path, f"images_{name}/{{}}.jpg", f"masks_{name}/{{1}}.png", {"": mask})
    dataset = open_dataset(tmp_path)
    assert len(pairs_of(dataset)) == 2 * PHOTOS
    assert not any(pair.masks for pair in pairs_of(dataset))


def test_people_who_mostly_see_nothing_are_told_from_classes_by_the_rest(tmp_path: Path) -> None:
    theirs = {"first": HOUSE, "second": np.roll(HOUSE, 1, 0)}
    write(tmp_path, masks=theirs)
    for number in range(1, PHOTOS):
        for name in theirs:
            save(tmp_path / "masks" / name / f"{number}.png", np.zeros(SIZE, np.uint8))
    with pytest.raises(BadInput):
        open_dataset(tmp_path)


@pytest.mark.parametrize("name", ["{}", "object{}", "annotator_{}", "{}st"])
def test_numbered_masks_are_not_classes(tmp_path: Path, name: str) -> None:
    objects = {name.format(number): mask for number, mask in enumerate(MASKS.values())}
    with pytest.raises(BadInput):
        open_dataset(write(tmp_path, mask="masks/{1}_{0}.png", masks=objects))


def test_numbered_classes_are(tmp_path: Path) -> None:
    masks = {f"class {number}": mask for number, mask in enumerate(MASKS.values())}
    dataset = open_dataset(write(tmp_path, masks=masks))
    assert dataset.classes.names == ("background", "class 0", "class 1", "class 2")


def test_photos_of_test_may_have_no_masks(tmp_path: Path) -> None:
    write(tmp_path, "train/images/{}.jpg", "train/masks/{}/{}.png")
    for number in range(3 * PHOTOS):
        save(tmp_path / "test" / "images" / f"{number}.jpg", np.zeros((*SIZE, 3), np.uint8))
    dataset = open_dataset(tmp_path)
    assert len(dataset.train) + len(dataset.val) == PHOTOS
    assert dataset.classes.names == ("background", "house", "tree", "window")


def test_an_ending_that_photos_have_too_is_no_class(tmp_path: Path) -> None:
    write(tmp_path, "images/{}_xray.jpg", "masks/{}/{}_xray.png")
    assert open_dataset(tmp_path).classes.names == ("background", "house", "tree", "window")


def test_labels_of_many_values_or_colours_are_not_masks(tmp_path: Path) -> None:
    ids = np.where(WINDOW, 255, (HOUSE > 0) + 2 * (TREE > 0)).astype(np.uint8)
    colours = np.stack([HOUSE, TREE, WINDOW], -1)
    for number, other in enumerate((ids, colours)):
        root = tmp_path / str(number)
        with pytest.raises(BadInput):
            open_dataset(write(root, masks={"fine": other, "coarse": other[::-1].copy()}))


def test_one_label_painted_in_two_ways_is_not_two_classes(tmp_path: Path) -> None:
    ids = (HOUSE > 0) + 2 * (TREE > 0).astype(np.uint8)
    with pytest.raises(BadInput):
        open_dataset(write(tmp_path, masks={"ids": ids, "preview": 100 * ids}))


def test_parts_of_a_set_are_not_classes(tmp_path: Path) -> None:
    for part in ("aachen", "bremen"):
        photo, mask = f"images/{part}/{part}{{}}.jpg", f"masks/{{}}/{part}{{}}.png"
        write(tmp_path, photo, mask, {part: HOUSE})
    dataset = open_dataset(tmp_path)
    assert len(pairs_of(dataset)) == 2 * PHOTOS
    assert not any(pair.masks for pair in pairs_of(dataset))


def test_a_mask_that_changes_is_decoded_anew(tmp_path: Path) -> None:
    pairs = pairs_of(open_dataset(write(tmp_path)))
    before = hash_files(pairs, 2)
    save(tmp_path / "masks" / "window" / "4.png", TREE)
    assert hash_files(pairs, 2) != before


def test_a_mask_that_becomes_one_of_another_class_is_decoded_anew(tmp_path: Path) -> None:
    write(tmp_path)
    for name in ("tree", "window"):
        (tmp_path / "masks" / name / "4.png").unlink()
    before = hash_files(pairs_of(open_dataset(tmp_path)), 2)
    house = tmp_path / "masks" / "house" / "4.png"
    house.rename(tmp_path / "masks" / "tree" / "4.png")
    assert hash_files(pairs_of(open_dataset(tmp_path)), 2) != before


def test_a_mask_that_cannot_be_read_is_named_when_it_is_decoded(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "masks" / "tree" / "0.png").write_text("no picture")
    pair = next(one for one in pairs_of(open_dataset(tmp_path)) if one.name == "0")
    with pytest.raises(BadInput, match=r"tree.0\.png is not a picture"):
        open_dataset(tmp_path).decode(pair)


def test_a_mask_of_another_size_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    save(tmp_path / "masks" / "tree" / "4.png", np.zeros((6, 8), np.uint8))
    pair = next(one for one in pairs_of(open_dataset(tmp_path)) if one.name == "4")
    with pytest.raises(BadInput, match=r"tree.4\.png is 8×6 pixels, but .*house.4\.png is 16×12"):
        open_dataset(tmp_path).decode(pair)


def test_a_table_names_the_classes(tmp_path: Path) -> None:
    (write(tmp_path) / "classes.csv").write_text("name,id\nrest,0\nHaus,1\nBaum,2\nHaus,3\n")
    dataset = open_dataset(tmp_path)
    assert dataset.classes.names == ("rest", "Haus", "Baum")
    assert set(np.unique(dataset.decode(dataset.train[0]).label)) == {0, 1, 2}
