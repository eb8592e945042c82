"""Sizes of the photos, from their headers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from dataset.checking.sizes import photo_sizes, size_line
from dataset.pairs import Dataset, Pair
from labels.classes import Classes


def found(*pairs: Pair) -> Dataset:
    return Dataset(Path(), "any", Classes(("a",), ((1, 2, 3),)), pairs, (), None, "1")


def test_sizes_are_height_and_width_the_commonest_first(tmp_path: Path) -> None:
    pairs = []
    for number, size in enumerate([(30, 20), (50, 40), (50, 40)]):
        Image.new("RGB", size).save(tmp_path / f"{number}.png")
        pairs.append(Pair(str(number), tmp_path / f"{number}.png", tmp_path / "label.png"))
    assert list(photo_sizes(found(*pairs)).items()) == [((40, 50), 2), ((20, 30), 1)]


def test_a_photo_side_by_side_with_its_label_is_half_as_wide(tmp_path: Path) -> None:
    Image.new("RGB", (64, 32)).save(tmp_path / "1.jpg")
    pair = Pair("1", tmp_path / "1.jpg", tmp_path / "1.jpg")
    assert photo_sizes(found(pair)) == {(32, 32): 1}


def test_a_photo_that_its_camera_noted_as_turned_is_counted_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (64, 32)).save(tmp_path / "1.jpg", exif=exif)
    pair = Pair("1", tmp_path / "1.jpg", tmp_path / "1.png")
    assert photo_sizes(found(pair)) == {(64, 32): 1}


def test_a_file_that_cannot_be_read_is_not_counted(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"no picture")
    pairs = [Pair(name, tmp_path / name, tmp_path / "label.png") for name in ("1.png", "2.png")]
    assert photo_sizes(found(*pairs)) == {}


@pytest.mark.parametrize(
    ("sizes", "text"),
    [
        ({}, "no size is known"),
        ({(20, 40): 2}, "all 40×20 pixels"),
        ({(20, 40): 1200, (30, 40): 1}, "40×20 (1,200), 40×30 (1)"),
        (
            {(20, 40): 5, (20, 20): 1, (30, 15): 1, (60, 60): 2},
            "4 sizes from 20×20 to 60×60, 5 of 9 are 40×20, width is 0.50 to 2.00 times the height",
        ),
    ],
)
def test_sizes_are_told_in_one_line(sizes: dict[tuple[int, int], int], text: str) -> None:
    brought = f"Photos: {text}; brought to 32×16 for training"
    assert size_line(sizes, (16, 32)) == f"{brought}."
    assert size_line(sizes, (16, 32), (20, 40)) == f"{brought}, or up to 40×20 where there is time."
