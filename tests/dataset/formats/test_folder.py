"""Any folder: pairs in two files or side by side, pictures of all kinds, at any level."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import open_dataset
from dataset.writers import write_dataset
from tests.dataset.made_folders import (
    SIDE,
    expect_ids,
    ids_of,
    photo_of,
    save,
    write,
)
from utils_func import BadInput


class TestSideBySide:
    @pytest.mark.parametrize("side", ["left", "right"])
    def test_own_colours_in_one_picture_with_the_photo(self, tmp_path: Path, side: str) -> None:
        table = np.array([(10, 10, 10), (250, 100, 7), (9, 200, 90)], np.uint8)
        for number in range(6):
            halves = [photo_of(number), table[ids_of(number)]]
            picture = np.hstack(halves if side == "right" else halves[::-1])
            split = "train" if number < 4 else "val"
            save(picture, tmp_path / split / f"{number}.jpg", quality=92)
        dataset = open_dataset(tmp_path)
        assert dataset.format == "folder"
        assert (len(dataset.train), len(dataset.val), len(dataset.classes)) == (4, 2, 3)
        assert f"The label is the {side} half of each picture." in dataset.remarks

    def test_an_unreadable_picture_does_not_hinder_finding(self, tmp_path: Path) -> None:
        table = np.array([(10, 10, 10), (250, 100, 7), (9, 200, 90)], np.uint8)
        for number in range(4):
            save(np.hstack([photo_of(number), table[ids_of(number)]]), tmp_path / f"{number}.png")
        (tmp_path / "1.png").write_text("no picture")
        assert len(open_dataset(tmp_path).classes) == 3

    def test_photos_alone_are_no_pairs(self, tmp_path: Path) -> None:
        for number in range(4):
            save(photo_of(number), tmp_path / f"{number}.png")
        with pytest.raises(BadInput, match="holds no pairs that were recognised"):
            open_dataset(tmp_path)


class TestPhotos:
    def one(self, tmp_path: Path, photo: Image.Image, label: np.ndarray, name: str) -> np.ndarray:
        write(tmp_path, lambda seed: ids_of(seed, 2))
        for number in range(5):
            (tmp_path / "images" / f"{number}.png").unlink()
            save(photo, tmp_path / "images" / f"{number}{Path(name).suffix}")
            save(label, tmp_path / "masks" / f"{number}.png")
        dataset = open_dataset(tmp_path)
        return dataset.decode(dataset.train[0]).photo

    def test_grey_cmyk_alpha_and_16_bits_become_rgb(self, tmp_path: Path) -> None:
        grey = np.full((SIDE, SIDE), 100, np.uint8)
        label = ids_of(0, 2)
        made = {
            "grey.png": Image.fromarray(grey),
            "cmyk.jpg": Image.fromarray(np.stack([grey] * 3, -1)).convert("CMYK"),
            "alpha.png": Image.fromarray(np.stack([grey] * 3, -1)).convert("RGBA"),
            "deep.png": Image.fromarray(grey.astype(np.uint16) * 257),
        }
        for name, picture in made.items():
            photo = self.one(tmp_path / name, picture, label, name)
            assert photo.shape == (SIDE, SIDE, 3)
            assert np.abs(photo.astype(int) - 100).max() <= 3

    @pytest.mark.parametrize("label_is_turned", [True, False])
    def test_a_photo_that_its_camera_turned_fits_its_label(
        self, tmp_path: Path, label_is_turned: bool
    ) -> None:
        stored = np.zeros((32, 64, 3), np.uint8)
        stored[:, :32] = 200  # the left half is bright
        exif = Image.Exif()
        exif[0x0112] = 6  # to be turned a quarter to the right: the left half comes to the top
        label = np.zeros((32, 64), np.uint8)
        label[:, :32] = 1
        turned = np.rot90(label, -1)
        for number in range(4):
            save(Image.fromarray(stored), tmp_path / "images" / f"{number}.jpg", exif=exif)
            save(turned if label_is_turned else label, tmp_path / "masks" / f"{number}.png")
        dataset = open_dataset(tmp_path)
        photo, ids, _ = dataset.decode(dataset.train[0])
        assert photo.shape[:2] == ids.shape
        assert ((photo[..., 0] > 100) == (ids == 1)).mean() > 0.98

    def test_photo_and_label_may_differ_in_size_but_not_in_proportions(
        self, tmp_path: Path
    ) -> None:
        write(tmp_path, lambda seed: ids_of(seed))
        save(photo_of(0, 2 * SIDE), tmp_path / "images" / "0.png")
        dataset = open_dataset(tmp_path)
        pairs = {pair.photo.stem: pair for pair in (*dataset.train, *dataset.val)}
        assert dataset.decode(pairs["0"]).photo.shape == (2 * SIDE, 2 * SIDE, 3)
        save(photo_of(0)[:30], tmp_path / "images" / "0.png")
        with pytest.raises(BadInput, match=r"0\.png is 48×30 pixels, but its label .*0\.png is 48"):
            dataset.decode(pairs["0"])


class TestLevels:
    @pytest.mark.parametrize("below", [".", "train", "train/images", "train/masks"])
    def test_a_person_may_point_at_any_level(self, tmp_path: Path, below: str) -> None:
        write(tmp_path / "mine" / "train", ids_of)
        write(tmp_path / "mine" / "val", ids_of)
        dataset = open_dataset(tmp_path / "mine" / below)
        assert len(dataset.classes) == 3
        assert len(dataset.train) >= 4


def test_two_folders_whose_names_say_nothing_are_told_apart_by_their_pictures(
    tmp_path: Path,
) -> None:
    write(tmp_path, ids_of)
    (tmp_path / "images").rename(tmp_path / "erste")
    (tmp_path / "masks").rename(tmp_path / "andere")
    dataset = open_dataset(tmp_path)
    assert any(f"{tmp_path / 'andere'} are the labels" in said for said in dataset.remarks)
    expect_ids(dataset)


class TestGroups:
    def made(self, tmp_path: Path, drives: int, split: str = "") -> list[str]:
        for drive in range(drives):
            write(tmp_path / split / f"drive{drive}", ids_of, count=2)
        remarks = open_dataset(tmp_path).remarks
        return [remark for remark in remarks if remark.startswith("Pictures of one sub-folder")]

    @pytest.mark.parametrize(
        ("drives", "names"),
        [(1, ""), (2, "(drive0, drive1)"), (6, "(drive0, drive1, …)"), (7, "")],
    )
    def test_two_to_six_sub_folders_may_stand_on_both_sides_which_is_told(
        self, tmp_path: Path, drives: int, names: str
    ) -> None:
        told = self.made(tmp_path, drives)
        assert len(told) == bool(names)
        if names:
            assert f"{names} may stand on both sides, in train and in val" in told[0]
            assert "only where there are 7 or more" in told[0]
            assert told[0].endswith("make train/ and val/ yourself.")

    def test_with_a_split_there_is_nothing_to_tell(self, tmp_path: Path) -> None:
        self.made(tmp_path, 2, "train")
        assert self.made(tmp_path, 2, "val") == []

    def test_seven_sub_folders_of_pairs_side_by_side_stay_together(self, tmp_path: Path) -> None:
        table = np.array([(10, 10, 10), (250, 100, 7), (9, 200, 90)], np.uint8)
        for drive in range(7):
            for number in range(2):
                halves = [photo_of(number), table[ids_of(number)]]
                save(np.hstack(halves), tmp_path / f"drive{drive}" / f"{number}.png")
        dataset = open_dataset(tmp_path)
        sides = [{pair.group for pair in pairs} for pairs in (dataset.train, dataset.val)]
        assert all(sides)
        assert not sides[0] & sides[1]


def test_the_writer_writes_what_is_read(tmp_path: Path) -> None:
    write_dataset("folder", tmp_path / "drawn", train=3, val=2)
    dataset = open_dataset(tmp_path / "drawn")
    assert dataset.format == "folder"
    assert (len(dataset.train), len(dataset.val)) == (3, 2)
    assert all(name.startswith("class ") for name in dataset.classes.names)
