"""A label picture is read as it is stored (utils_func.read_label)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from utils_func import BadInput, read_label

IDS = np.array([[0, 1, 2], [7, 254, 255]], np.uint8)


def stored(folder: Path, picture: Image.Image, name: str = "label.png") -> np.ndarray:
    picture.save(folder / name)
    return read_label(folder / name)


def test_grey_is_values(tmp_path: Path) -> None:
    np.testing.assert_array_equal(stored(tmp_path, Image.fromarray(IDS)), IDS)


def test_values_of_16_bits_are_neither_clipped_nor_scaled(tmp_path: Path) -> None:
    deep = IDS.astype(np.uint16) * 257
    for name in ("label.png", "label.tif"):
        np.testing.assert_array_equal(stored(tmp_path, Image.fromarray(deep), name), deep)


def test_a_float_tiff_of_whole_numbers_is_values(tmp_path: Path) -> None:
    label = stored(tmp_path, Image.fromarray(IDS.astype(np.float32)), "label.tif")
    np.testing.assert_array_equal(label, IDS)
    assert label.dtype == np.int32


def test_what_is_no_number_or_far_off_is_below_0(tmp_path: Path) -> None:
    measured = np.array([[0, 2, np.nan, np.inf, -3.4e38, -9999]], np.float32)
    label = stored(tmp_path, Image.fromarray(measured), "label.tif")
    assert label.tolist() == [[0, 2, -1, -1, -1, -9999]]


def test_a_palette_gives_its_numbers_and_not_its_colours(tmp_path: Path) -> None:
    picture = Image.fromarray(IDS, "P")
    picture.putpalette([9, 8, 7] * 256)
    np.testing.assert_array_equal(stored(tmp_path, picture), IDS)


def test_one_bit_is_0_and_1(tmp_path: Path) -> None:
    label = stored(tmp_path, Image.fromarray(IDS > 1), "label.png")
    assert label.tolist() == [[0, 0, 1], [1, 1, 1]]


@pytest.mark.parametrize("mode", ["LA", "RGB", "RGBA"])
def test_three_equal_channels_are_values_and_alpha_is_left_out(tmp_path: Path, mode: str) -> None:
    np.testing.assert_array_equal(stored(tmp_path, Image.fromarray(IDS).convert(mode)), IDS)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_stay_colours(tmp_path: Path, mode: str) -> None:
    colours = np.dstack([IDS, IDS, IDS // 2])
    np.testing.assert_array_equal(stored(tmp_path, Image.fromarray(colours).convert(mode)), colours)


@pytest.mark.parametrize("name", ["label.bmp", "label.tif", "label.webp"])
def test_lossless_files_of_other_formats(tmp_path: Path, name: str) -> None:
    Image.fromarray(IDS).save(tmp_path / name, lossless=True)
    np.testing.assert_array_equal(read_label(tmp_path / name), IDS)


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "label.png").write_text("no picture")
    with pytest.raises(BadInput, match=r"label\.png is not a picture that can be read"):
        read_label(tmp_path / "label.png")
