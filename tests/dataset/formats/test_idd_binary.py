"""The binary IDD set: which value is road."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import open_dataset
from utils_func import BadInput


def write(folder: Path, *masks: np.ndarray) -> Path:
    for name in ("image_archive", "mask_archive"):
        (folder / name).mkdir(parents=True)
    for number, mask in enumerate(masks, start=1):
        photo = np.full((*mask.shape, 3), number, np.uint8)
        Image.fromarray(photo).save(folder / "image_archive" / f"Image_{number}.png")
        Image.fromarray(mask).save(folder / "mask_archive" / f"Mask_{number}.png")
    return folder


def mask(*values: int) -> np.ndarray:
    return np.array([values], np.uint8).repeat(len(values), 0)


@pytest.mark.parametrize("road", [1, 255])
def test_road_is_1_or_255(tmp_path: Path, road: int) -> None:
    dataset = open_dataset(write(tmp_path, mask(0, road), mask(0, 0)))
    pairs = {pair.name: pair for pair in (*dataset.train, *dataset.val)}
    assert dataset.decode(pairs["Image_1"]).label.tolist() == [[0, 1], [0, 1]]
    assert f"Road is {road} in the masks." in dataset.remarks


def test_beside_1_a_255_is_not_guessed_at(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, mask(0, 1), mask(0, 255)))
    with pytest.raises(BadInput, match=r"Mask_2\.png has 2 pixels of value 255\. Expected only 0"):
        for pair in (*dataset.train, *dataset.val):
            dataset.decode(pair)


def test_pairs_come_in_the_order_in_which_a_person_counts(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, *[mask(0, 1)] * 11))
    numbers = [int(pair.name.removeprefix("Image_")) for pair in dataset.train]
    assert numbers == sorted(numbers)
    assert len(dataset.train) + len(dataset.val) == 11


def test_other_names_in_such_folders_are_not_its_own(tmp_path: Path) -> None:
    folder = write(tmp_path, mask(0, 1), mask(1, 0))
    for file in (folder / "mask_archive").iterdir():
        file.rename(file.with_name(file.name.replace("Mask_", "Label_")))
    with pytest.raises(BadInput):
        open_dataset(folder, name="idd-binary")
