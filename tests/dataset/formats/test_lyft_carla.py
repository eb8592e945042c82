"""The Lyft-Udacity challenge: the red channel, the bonnet, and whole folders held out."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import open_dataset
from dataset.formats.lyft_carla import CLASSES, ROAD, VEHICLES, without_bonnet

IDS = np.array([[0, 7], [10, 12]], np.uint8).repeat(30, 0).repeat(40, 1)  # 60 rows


def write(folder: Path, *names: str, ids: np.ndarray = IDS) -> Path:
    random = np.random.default_rng(0)
    for name in names:
        photo, junk = random.integers(0, 256, (2, *ids.shape, 3), dtype=np.uint8)
        junk[..., 0] = ids
        for camera, picture in (("CameraRGB", photo), ("CameraSeg", junk)):
            (folder / camera).mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture).save(folder / camera / f"{name}.png")
    return folder


def write_all(root: Path, letters: str) -> Path:
    for letter in letters:
        write(root / f"data{letter}" / f"data{letter}", f"{letter}1", f"{letter}2")
    return root


def test_only_the_red_channel_counts(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, "1", "2"))
    label = dataset.decode(dataset.train[0]).label
    np.testing.assert_array_equal(label[:49], IDS[:49])


def test_the_bonnet_is_vehicle_from_row_496_of_600_on() -> None:
    ids = np.full((600, 4), 10, np.uint8)
    ids[550, 0] = 7
    expected = ids.copy()
    expected[496:] = 0
    expected[550, 0] = 7
    np.testing.assert_array_equal(without_bonnet(ids), expected)
    assert ids[599, 0] == 10  # the label itself is left as it was


@pytest.mark.parametrize(("height", "first"), [(600, 496), (300, 248), (75, 62), (60, 50)])
def test_the_bonnet_scales_with_the_height(height: int, first: int) -> None:
    ids = without_bonnet(np.full((height, 1), 10, np.uint8))
    assert ids[:, 0].tolist() == [10] * first + [0] * (height - first)


def test_of_five_data_folders_whole_ones_are_held_out(tmp_path: Path) -> None:
    dataset = open_dataset(write_all(tmp_path, "ABCDE"))
    # .15 is 2666… as a hash. printf X | sha256sum: 559a…, df7e…, 6b23…, 3f39…, a9f5… for A to E.
    assert [pair.name for pair in dataset.val] == ["dataD/D1", "dataD/D2"]
    assert len(dataset.train) == 8
    assert any("Whole data folders are held out" in remark for remark in dataset.remarks)


def test_of_two_data_folders_pairs_are_held_out(tmp_path: Path) -> None:
    dataset = open_dataset(write_all(tmp_path, "AB"))
    assert len(dataset.train) + len(dataset.val) == 4
    assert {pair.group for pair in dataset.train} == {""}
    assert len(dataset.val) < len(dataset.train)


@pytest.mark.parametrize("inside", ["dataA", "dataA/dataA", "dataA/dataA/CameraRGB"])
def test_one_data_folder_alone_is_found_at_every_level_with_the_same_split(
    tmp_path: Path, inside: str
) -> None:
    alone = open_dataset(write_all(tmp_path / "one", "A"))
    dataset = open_dataset(tmp_path / "one" / inside)
    assert sorted(pair.name for pair in (*dataset.train, *dataset.val)) == ["A1", "A2"]
    assert [pair.name for pair in alone.val] == [pair.name for pair in dataset.val]


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("inside", ["dataA", "dataA/CameraRGB"])
def test_one_data_folder_of_several_opens_all(tmp_path: Path, nested: bool, inside: str) -> None:
    for letter in "AB":
        data = tmp_path / f"data{letter}"
        write(data / f"data{letter}" if nested else data, f"{letter}1")
    dataset = open_dataset(tmp_path / (f"dataA/{inside}" if nested else inside))
    assert dataset.folder == tmp_path
    names = sorted(pair.name for pair in (*dataset.train, *dataset.val))
    assert names == ["dataA/A1", "dataB/B1"]


def test_data_folders_need_not_be_nested(tmp_path: Path) -> None:
    for letter in "ABC":
        write(tmp_path / f"data{letter}", letter)
    assert len(open_dataset(tmp_path).train) == 2


def test_a_data_folder_without_labels_is_passed_over(tmp_path: Path) -> None:
    write_all(tmp_path, "ABC")
    shutil.rmtree(tmp_path / "dataC" / "dataC" / "CameraSeg")
    dataset = open_dataset(tmp_path)
    assert len(dataset.train) + len(dataset.val) == 4


def test_the_classes_of_the_challenges_score_are_in_the_table() -> None:
    assert [CLASSES.names.index(name) for name in (*ROAD, *VEHICLES)] == [7, 6, 10]
