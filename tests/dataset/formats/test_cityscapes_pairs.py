"""Cityscapes pairs are recognised, and what is none is named."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import cityscapes_pairs, open_dataset
from labels.classes import CITYSCAPES, IGNORE
from utils_func import BadInput

WritePair = Callable[..., Path]

SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "cityscapes_pairs_sample"
ROAD, SKY, CAR = (CITYSCAPES.names.index(name) for name in ("road", "sky", "car"))


def save(path: Path, picture: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, quality=95)
    return path


def photo(height: int = 32, width: int = 64) -> np.ndarray:
    """A picture with no label in it: every pixel another colour."""
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


class TestFind:
    @pytest.mark.parametrize("below", ["", "cityscapes_data"])
    def test_the_folder_is_recognised_and_the_one_folder_in_it(
        self, tmp_path: Path, pair_folder: Path, below: str
    ) -> None:
        root = Path(shutil.copytree(pair_folder, tmp_path / "data" / below))
        (tmp_path / "data" / "a folder without pairs").mkdir()
        dataset = open_dataset(tmp_path / "data")
        assert dataset.folder == root
        assert dataset.format == "cityscapes-pairs"
        assert dataset.classes == CITYSCAPES
        assert [pair.name for pair in dataset.val] == ["val/1.jpg", "val/2.jpg"]
        assert dataset.train[0].photo == dataset.train[0].label == root / "train" / "1.jpg"
        assert dataset.remarks == ("The label is the right half of each picture.",)

    @pytest.mark.parametrize("name", ["street_scenes", ".street_scenes.unfinished-1", ".hidden"])
    def test_built_in_scenes_and_hidden_folders_are_no_persons_pairs(
        self, tmp_path: Path, pair_folder: Path, name: str
    ) -> None:
        shutil.copytree(pair_folder, tmp_path / "data" / name)
        assert cityscapes_pairs.find(tmp_path / "data") is None

    def test_two_halves_of_one_dark_mask_are_no_pair(self, tmp_path: Path) -> None:
        ids = np.zeros((32, 64), np.uint8)
        ids[:, 40:] = 2
        for split in ("train", "val"):
            for number in range(3):
                save(tmp_path / split / f"{number}.png", ids)
        assert cityscapes_pairs.find(tmp_path) is None

    def test_pairs_come_in_the_order_in_which_a_person_counts(
        self, tmp_path: Path, write_pair: WritePair
    ) -> None:
        for number in (10, 9, 100, 1):
            write_pair(tmp_path / "train" / f"{number}.jpg", number)
            write_pair(tmp_path / "val" / f"{number}.jpg", number)
        dataset = open_dataset(tmp_path)
        names = [f"train/{number}.jpg" for number in (1, 9, 10, 100)]
        assert [pair.name for pair in dataset.train] == names

    @pytest.mark.parametrize("side", ["left", "right"])
    def test_the_label_is_found_on_either_side_though_one_picture_has_it_on_the_other(
        self, tmp_path: Path, write_pair: WritePair, side: str
    ) -> None:
        other = {"left": "right", "right": "left"}[side]
        for number in range(1, 6):
            label_side = other if number == 2 else side
            write_pair(tmp_path / "train" / f"{number}.jpg", 0, label_side=label_side)
            write_pair(tmp_path / "val" / f"{number}.jpg", 0, label_side=side)
        dataset = open_dataset(tmp_path)
        assert dataset.remarks == (f"The label is the {side} half of each picture.",)
        assert side in dataset.decoder
        example = dataset.decode(dataset.train[0])
        assert (example.label[24:, 16:] == ROAD).all()
        assert example.photo.std() > 10

    def test_a_file_that_cannot_be_read_does_not_hinder_finding(self, pair_folder: Path) -> None:
        (pair_folder / "train" / "1.jpg").write_text("no picture")
        dataset = open_dataset(pair_folder)
        assert len(dataset.train) == 4
        with pytest.raises(BadInput, match=r"1\.jpg is not a picture that can be read"):
            dataset.decode(dataset.train[0])

    def test_where_no_file_can_be_read_the_first_is_named(self, tmp_path: Path) -> None:
        for split in ("train", "val"):
            (tmp_path / split).mkdir()
            for number in (10, 7):
                (tmp_path / split / f"{number}.jpg").write_text("no picture")
        with pytest.raises(BadInput, match=r"train/7\.jpg is not a picture that can be read"):
            open_dataset(tmp_path)


class TestHoldOut:
    def write(self, folder: Path, write_pair: WritePair, count: int) -> None:
        for number in range(1, count + 1):
            write_pair(folder / "train" / f"{number}.jpg", number)

    def test_where_val_is_empty_the_same_pairs_are_held_out_every_time_and_everywhere(
        self, tmp_path: Path, write_pair: WritePair
    ) -> None:
        for place in ("here", "there"):
            self.write(tmp_path / place, write_pair, 20)
        (tmp_path / "here" / "val").mkdir()
        splits = []
        for place in ("here", "here", "there"):
            dataset = open_dataset(tmp_path / place)
            splits.append(([p.name for p in dataset.train], [p.name for p in dataset.val]))
        assert splits[0] == splits[1] == splits[2]
        train, val = splits[0]
        assert sorted(train + val) == sorted(f"train/{number}.jpg" for number in range(1, 21))
        # .15 is 2666… as a hash. printf train/N.jpg | sha256sum: 163b… for 19, 19c9… for 17,
        # 1a21… for 13, 1cac… for 4, 2625… for 8, 2bbf… for 12.
        assert val == [f"train/{number}.jpg" for number in (4, 8, 13, 17, 19)]

    def test_a_person_is_told(self, tmp_path: Path, write_pair: WritePair) -> None:
        self.write(tmp_path, write_pair, 2)
        remark = open_dataset(tmp_path).remarks[0]
        assert remark == f"{tmp_path} has no pairs to validate on: 1 of train are held out."

    def test_a_pair_more_moves_no_other_pair(self, tmp_path: Path, write_pair: WritePair) -> None:
        self.write(tmp_path, write_pair, 20)
        before = {pair.name for pair in open_dataset(tmp_path).val}
        write_pair(tmp_path / "train" / "21.jpg")
        after = {pair.name for pair in open_dataset(tmp_path).val}
        assert after - {"train/21.jpg"} == before

    def test_one_pair_alone_is_refused(self, tmp_path: Path, write_pair: WritePair) -> None:
        self.write(tmp_path, write_pair, 1)
        with pytest.raises(BadInput, match=r"train holds one pair only\. Expected at least two"):
            open_dataset(tmp_path)


class TestDecode:
    def test_a_pair_becomes_photo_ids_and_confidence(self, pair_folder: Path) -> None:
        dataset = open_dataset(pair_folder)
        example = dataset.decode(dataset.train[0])
        assert example.photo.shape == (32, 32, 3)
        assert example.label.shape == example.confident.shape == (32, 32)
        assert example.photo.dtype == example.label.dtype == np.uint8
        assert example.confident.dtype == bool
        # Seed 0 of the fixture: rows 0-7 sky, from row 16 road, in it a car of 8×8 from column 4.
        assert (example.label[:7] == SKY).all()
        assert (example.label[29:] == ROAD).all()
        assert (example.label[21:27, 5:11] == CAR).all()
        assert (example.label == CAR).sum() == pytest.approx(64, abs=8)
        assert example.confident.mean() > 0.8

    def test_void_is_ignored_and_never_confident(self, tmp_path: Path) -> None:
        ids = np.full((32, 32), ROAD, np.uint8)
        ids[:16] = IGNORE
        pair = np.hstack([photo(32, 32), CITYSCAPES.paint(ids)])
        for split in ("train", "val"):
            save(tmp_path / split / "1.png", pair)
        dataset = open_dataset(tmp_path)
        example = dataset.decode(dataset.train[0])
        np.testing.assert_array_equal(example.label, ids)
        np.testing.assert_array_equal(example.confident, ids == ROAD)

    def test_a_picture_without_a_label_is_refused(self, pair_folder: Path) -> None:
        path = save(pair_folder / "train" / "5.jpg", photo())
        dataset = open_dataset(pair_folder)
        with pytest.raises(BadInput) as caught:
            dataset.decode(dataset.train[4])
        message = str(caught.value)
        assert re.match(rf"{re.escape(str(path))}: \d+% of its label has", message)
        assert "colours that are in no class" in message
        assert "a label in the colours of road, sidewalk, building, …" in message
        assert "--skip-bad" in message

    def test_a_picture_of_another_shape_is_refused(self, pair_folder: Path) -> None:
        path = save(pair_folder / "val" / "3.jpg", photo(32, 48))
        dataset = open_dataset(pair_folder)
        with pytest.raises(BadInput) as caught:
            dataset.decode(dataset.val[2])
        message = str(caught.value)
        assert f"{path} is 48×32 pixels" in message
        assert "proportions of the other pairs, 64×32" in message
        assert "--skip-bad" in message

    def test_a_larger_picture_of_the_same_shape_is_welcome(
        self, pair_folder: Path, write_pair: WritePair
    ) -> None:
        write_pair(pair_folder / "train" / "5.jpg", side=64)
        dataset = open_dataset(pair_folder)
        assert dataset.decode(dataset.train[4]).label.shape == (64, 64)

    def test_an_odd_width_is_refused(self, pair_folder: Path) -> None:
        save(pair_folder / "train" / "5.png", photo(32, 63))
        dataset = open_dataset(pair_folder)
        with pytest.raises(BadInput, match=r"5\.png is 63×32 pixels and cannot be divided in two"):
            dataset.decode(dataset.train[4])


class TestOpenDataset:
    @pytest.mark.parametrize(
        ("names", "message"),
        [
            (None, "does not exist. Expected the folder of your pairs. Check the spelling"),
            ([], "it is empty. Expected one of:"),
            ([".hidden"], "it is empty. Expected one of:"),
            (["b.txt", "a"], "it holds a, b.txt. Expected one of:"),
            (["6", "5", "4", "3", "2", "1"], "it holds 1, 2, 3, 4 and 2 more. Expected one of:"),
        ],
    )
    def test_a_folder_without_pairs_is_named_with_what_it_holds(
        self, tmp_path: Path, names: list[str] | None, message: str
    ) -> None:
        folder = tmp_path / "mine"
        if names is not None:
            folder.mkdir()
            for name in names:
                (folder / name).touch()
        with pytest.raises(BadInput) as caught:
            open_dataset(folder)
        assert str(caught.value).startswith(str(folder))
        assert message in str(caught.value)
        assert "--data" in str(caught.value)

    def test_the_layouts_that_are_known_are_listed(self, tmp_path: Path) -> None:
        with pytest.raises(BadInput) as caught:
            open_dataset(tmp_path)
        assert f"\n  cityscapes-pairs: {cityscapes_pairs.EXPECTED}\n" in str(caught.value)

    def test_a_file_is_no_folder(self, tmp_path: Path) -> None:
        (tmp_path / "pairs.zip").touch()
        with pytest.raises(BadInput, match=r"pairs\.zip is a file\. Expected the folder"):
            open_dataset(tmp_path / "pairs.zip")

    def test_val_alone_is_enough_to_evaluate(self, tmp_path: Path, write_pair: WritePair) -> None:
        write_pair(tmp_path / "val" / "1.jpg")
        dataset = open_dataset(tmp_path)
        assert dataset.train == ()
        assert [pair.name for pair in dataset.val] == ["val/1.jpg"]


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="no real pairs in ../shared/data")
def test_the_real_pairs_are_decoded_as_their_makers_counted_them() -> None:
    dataset = open_dataset(SAMPLE)
    assert (len(dataset.train), len(dataset.val)) == (64, 32)
    assert dataset.remarks == ("The label is the right half of each picture.",)
    pixels = np.zeros(256, int)
    for pair in dataset.train[::4]:
        photo, label, confident = dataset.decode(pair)
        assert photo.shape == (256, 256, 3)
        pixels += np.bincount(label[confident], minlength=256)
    shares = pixels / pixels.sum()
    assert 0.3 < shares[ROAD] < 0.5  # .406 of all 2,975
    assert np.argsort(shares)[-3:].tolist() == [
        CITYSCAPES.names.index(name) for name in ("vegetation", "building", "road")
    ]
