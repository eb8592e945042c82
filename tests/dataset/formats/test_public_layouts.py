"""Sets as they are published, in miniature: names and folders are theirs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dataset.formats import open_dataset
from dataset.pairs import Dataset, Pair
from tests.dataset.made_folders import SIDE, ids_of, photo_of, save
from utils_func import BadInput

Make = Callable[[str, int], None]


@pytest.fixture
def photo(tmp_path: Path) -> Make:
    return lambda name, seed: save(photo_of(seed), tmp_path / name)


@pytest.fixture
def mask(tmp_path: Path) -> Make:
    """A mask of 0 and 255; even and odd seeds mark other places."""

    def make(name: str, seed: int) -> None:
        label = np.zeros((SIDE, SIDE), np.uint8)
        rows = slice(0, 16) if seed % 2 else slice(24, 40)
        label[rows, 4 + seed % 20 : 20 + seed % 20] = 255
        save(label, tmp_path / name)

    return make


def pairs_of(dataset: Dataset) -> dict[str, str]:
    """The label of each photo, by their paths."""
    pairs = (*dataset.train, *dataset.val, *dataset.test)
    return {_below(pair.photo, dataset): _below(pair.label, dataset) for pair in pairs}


def _below(file: Path, dataset: Dataset) -> str:
    return file.relative_to(dataset.folder).as_posix()


def test_suim_has_masks_of_classes_for_its_test_alone(
    tmp_path: Path, photo: Make, mask: Make
) -> None:
    for number in range(8):
        photo(f"train_val/images/d_{number}_.jpg", number)
        save(ids_of(number), tmp_path / f"train_val/masks/d_{number}_.bmp")
    for number in range(3):
        photo(f"TEST/images/e_{number}_.jpg", number)
        save(ids_of(number), tmp_path / f"TEST/masks/e_{number}_.bmp")
        for place, name in enumerate(("FV", "HD")):
            mask(f"TEST/masks/{name}/e_{number}_.bmp", place)
    dataset = open_dataset(tmp_path)
    assert len(dataset.train) + len(dataset.val) == 8
    assert [pair.label.name for pair in dataset.test] == ["e_0_.bmp", "e_1_.bmp", "e_2_.bmp"]


@pytest.mark.parametrize("folder", ["Lung Segmentation", "data/Lung Segmentation"])
def test_a_folder_of_photos_and_labels_may_be_called_segmentation(
    tmp_path: Path, photo: Make, mask: Make, folder: str
) -> None:
    for number in range(8):
        photo(f"{folder}/CXR_png/CHN_{number:04}_0.png", number)
        mask(f"{folder}/masks/CHN_{number:04}_0_mask.png", number)
    assert pairs_of(open_dataset(tmp_path)) == {
        f"{folder}/CXR_png/CHN_{n:04}_0.png": f"{folder}/masks/CHN_{n:04}_0_mask.png"
        for n in range(8)
    }


def test_msra_has_photo_and_label_as_two_kinds_of_file(
    tmp_path: Path, photo: Make, mask: Make
) -> None:
    for number in range(8):
        photo(f"Imgs/{number}.jpg", number)
        mask(f"Imgs/{number}.png", number)
    expected = {f"Imgs/{number}.jpg": f"Imgs/{number}.png" for number in range(8)}
    assert pairs_of(open_dataset(tmp_path)) == expected


def test_photos_in_two_kinds_of_file_are_no_labels(tmp_path: Path, photo: Make) -> None:
    for number in range(8):
        for kind in ("jpg", "png"):
            photo(f"base/{number}.{kind}", number)
    with pytest.raises(BadInput, match="no pairs that were recognised"):
        open_dataset(tmp_path)


def test_what_lies_in_train_and_test_is_not_learned_from_beside_them(
    tmp_path: Path, photo: Make, mask: Make
) -> None:
    for number in range(12):
        split = "test" if number % 4 == 0 else "train"
        for folder in (".", split):
            photo(f"{folder}/images/CFD_{number:03}.jpg", number)
            mask(f"{folder}/masks/CFD_{number:03}.png", number)
    dataset = open_dataset(tmp_path)
    assert (len(dataset.train) + len(dataset.val), len(dataset.test)) == (9, 3)
    assert any("12 pairs are there once more in a split" in told for told in dataset.remarks)


def test_what_lies_in_test_as_well_is_not_learned_from(
    tmp_path: Path, photo: Make, mask: Make
) -> None:
    for number in range(12):
        for folder in (".", "test")[: 2 if number % 4 == 0 else 1]:
            photo(f"{folder}/images/{number}.jpg", number)
            mask(f"{folder}/masks/{number}.png", number)
    dataset = open_dataset(tmp_path)
    assert {int(p.photo.stem) % 4 for p in (*dataset.train, *dataset.val)} == {1, 2, 3}
    assert len(dataset.test) == 3


def test_other_pairs_of_the_same_names_are_learned_from(
    tmp_path: Path, photo: Make, mask: Make
) -> None:
    for number in range(12):
        photo(f"images/{number}.png", number)
        mask(f"masks/{number}.png", number)
    for number in range(3):
        save(photo_of(50 + number, 2 * SIDE), tmp_path / f"test/images/{number}.png")
        label = ids_of(number, 2).repeat(2, 0).repeat(2, 1) * np.uint8(255)
        save(label, tmp_path / f"test/masks/{number}.png")
    dataset = open_dataset(tmp_path)
    assert (len(dataset.train) + len(dataset.val), len(dataset.test)) == (12, 3)


def test_of_a_set_in_two_kinds_of_file_each_pair_is_taken_once(
    tmp_path: Path, photo: Make, mask: Make
) -> None:
    for number in range(9):
        for kind in ("jpeg", "png"):
            photo(f"{kind}_images/IMAGES/img_{number:04}.{kind}", number)
            mask(f"{kind}_masks/MASKS/seg_{number:04}.{kind}", number)
    dataset = open_dataset(tmp_path)
    assert {pair.label.suffix for pair in (*dataset.train, *dataset.val)} == {".png"}
    assert len(dataset.train) + len(dataset.val) == 9
    assert any("9 pairs are there in two kinds of file" in told for told in dataset.remarks)


@pytest.mark.parametrize(
    ("train", "other", "split"),
    [
        ("train_{}.bmp", "testA_{}.bmp", "test"),  # GlaS
        ("DUTS-TR/DUTS-TR-Image/a{}.png", "DUTS-TE/DUTS-TE-Image/b{}.png", "test"),
        ("Training400/images/a{}.png", "Validation400/images/b{}.png", "val"),  # REFUGE
        ("traincrop/a{}.png", "valcrop/b{}.png", "val"),
    ],
)
def test_splits_have_many_names(
    photo: Make, mask: Make, tmp_path: Path, train: str, other: str, split: str
) -> None:
    for number in range(8):
        for name in (train, other):
            photo(name.format(number), number)
            label = name.format(f"{number}_anno")
            mask(label.replace("Image", "Mask").replace("images", "masks"), number)
    dataset = open_dataset(tmp_path)
    pairs = {"val": dataset.val, "test": dataset.test}[split]
    assert [pair.name.rpartition("/")[2] for pair in pairs] == [
        Path(other.format(number)).stem.lower() for number in range(8)
    ]


def test_bdd_has_the_split_in_its_endings(tmp_path: Path, photo: Make) -> None:
    for number in range(16):
        split = "val" if number % 8 == 0 else "train"
        photo(f"images/{split}/7c{number:x}-{number}.jpg", number)
        save(ids_of(number), tmp_path / f"labels/{split}/7c{number:x}-{number}_{split}_id.png")
    dataset = open_dataset(tmp_path)
    assert (len(dataset.train), len(dataset.val)) == (14, 2)


def test_of_masks_and_their_colours_in_two_folders_one_must_go(
    tmp_path: Path, photo: Make, mask: Make
) -> None:
    for number in range(8):
        photo(f"images/10k/train/a{number}.jpg", number)
        for kind in ("masks", "colormaps"):
            mask(f"labels/sem_seg/{kind}/train/a{number}.png", number)
    with pytest.raises(BadInput, match=r"a0\.png look like two labels of one photo"):
        open_dataset(tmp_path)


@pytest.mark.parametrize(
    "label", ["Images/ann_dir/train/{}.png", "Images/semantics/{}.png", "Images/segm/{}.png"]
)
def test_labels_have_many_names(tmp_path: Path, photo: Make, label: str) -> None:
    for number in range(8):
        photo(label.replace("ann_dir", "img_dir").replace("se", "xe").format(number), number)
        save(ids_of(number), tmp_path / label.format(number))
    assert len(pairs_of(open_dataset(tmp_path))) == 8


def test_of_two_kinds_of_masks_beside_a_photo_nobody_can_know_which_is_meant(
    tmp_path: Path, photo: Make, mask: Make
) -> None:
    for number in range(8):
        photo(f"video01/frame_{number}_endo.png", number)
        for kind in ("", "_color", "_watershed"):
            mask(f"video01/frame_{number}_endo{kind}_mask.png", number)
    with pytest.raises(BadInput, match=r"both look like the label of one photo, and so do 7 more"):
        open_dataset(tmp_path)


@pytest.mark.parametrize("kind", ["inst", "color"])
def test_objects_and_colours_of_a_label_are_no_other_one(
    tmp_path: Path, photo: Make, mask: Make, kind: str
) -> None:
    for number in range(8):
        photo(f"images/{number}.png", number)
        mask(f"labels/{number}_label.png", number)
        mask(f"labels/{number}_{kind}_label.png", number)
    dataset = open_dataset(tmp_path)
    expected = {f"images/{number}.png": f"labels/{number}_label.png" for number in range(8)}
    assert pairs_of(dataset) == expected
    assert len(dataset.alone) == 8


class TestMoreMasks:
    """As BUSI has them, of photos with two tumours."""

    @pytest.fixture
    def folder(self, tmp_path: Path, photo: Make, mask: Make) -> Path:
        for number in range(8):
            photo(f"benign/benign ({number}).png", number)
            mask(f"benign/benign ({number})_mask.png", 2 * number)
        return tmp_path

    def test_they_are_one_label(self, folder: Path, mask: Make) -> None:
        for name, seed in (("3)_mask_1", 1), ("3)_mask_2", 17), ("5)_mask_1", 1)):
            mask(f"benign/benign ({name}.png", seed)
        dataset = open_dataset(folder)
        assert dataset.classes.names == ("background", "foreground")
        assert dataset.alone == ()
        assert any("2 photos have more than one mask" in told for told in dataset.remarks)
        three = next(p for p in (*dataset.train, *dataset.val) if "(3)" in p.photo.name)
        label = dataset.decode(three).label
        assert (label[:16, 5:37] == 1).all()  # the second and the third lie side by side
        assert (label[24:40, 10:26] == 1).all()
        assert label.sum() == 3 * 256

    def test_another_persons_are_none(self, folder: Path, mask: Make) -> None:
        for number in (3, 5):
            mask(f"benign/benign ({number})_mask_1.png", 2 * number)  # marks the same
        dataset = open_dataset(folder)
        assert len(dataset.alone) == 2
        assert not any(pair.masks for pair in (*dataset.train, *dataset.val))

    def test_where_most_photos_have_some_they_stay_alone(self, folder: Path, mask: Make) -> None:
        for number in range(6):
            mask(f"benign/benign ({number})_mask_1.png", 1)
        assert not any(pair.masks for pair in open_dataset(folder).train)

    def test_one_of_another_size_is_a_message(self, folder: Path, mask: Make) -> None:
        mask("benign/benign (3)_mask_1.png", 1)
        dataset = open_dataset(folder)
        three: Pair = next(p for p in (*dataset.train, *dataset.val) if p.masks)
        save(np.zeros((8, 8), np.uint8), three.masks[0][1])
        with pytest.raises(BadInput, match="Expected masks of one size"):
            dataset.decode(three)


@pytest.mark.parametrize("suffix", ["ppm", "pgm", "pnm"])
def test_stare_is_stored_as_ppm(tmp_path: Path, mask: Make, suffix: str) -> None:
    for number in range(8):
        picture = photo_of(number) if suffix != "pgm" else photo_of(number)[..., 0]
        save(picture, tmp_path / f"stare-images/im{number:04}.{suffix}", format="PPM")
        save(ids_of(number, 2) * np.uint8(255), tmp_path / f"labels-ah/im{number:04}.ah.ppm")
    dataset = open_dataset(tmp_path)
    assert len(pairs_of(dataset)) == 8
    assert dataset.classes.names == ("background", "foreground")


def test_persons_are_numbered_up_to_a_few(tmp_path: Path, photo: Make) -> None:
    for number in range(40):
        photo(f"PNGImages/FudanPed{number:05}.png", number)
        label = np.zeros((SIDE, SIDE), np.uint8)
        for person in range(1 + number % 7):
            label[8:40, 1 + 6 * person : 5 + 6 * person] = person + 1
        save(label, tmp_path / f"PedMasks/FudanPed{number:05}_mask.png")
    dataset = open_dataset(tmp_path)
    assert dataset.classes.names == ("background", "foreground")
    assert any("number the objects of each picture, 7 at the most" in r for r in dataset.remarks)
