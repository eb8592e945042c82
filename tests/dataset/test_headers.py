"""Sizes of photos, from their headers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from dataset.headers import ORIENTATION, photo_size
from utils_func import BadInput, read_picture


@pytest.mark.parametrize("ending", ["jpg", "png"])
@pytest.mark.parametrize("orientation", [1, 3, 5, 6, 8])
def test_a_photo_has_the_size_in_which_it_is_read(
    tmp_path: Path, orientation: int, ending: str
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = tmp_path / f"1.{ending}"
    Image.new("RGB", (64, 32)).save(path, exif=exif)
    assert photo_size(path) == read_picture(path).shape[:2]


def test_pixels_of_a_png_need_not_be_looked_at(tmp_path: Path) -> None:
    whole, cut = tmp_path / "1.png", tmp_path / "2.png"
    Image.effect_noise((64, 32), 50).save(whole)
    cut.write_bytes(whole.read_bytes()[:200])
    assert photo_size(cut, quick=True) == photo_size(whole) == (32, 64)


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_text("no picture")
    with pytest.raises(BadInput, match=r"1\.jpg is not a picture"):
        photo_size(tmp_path / "1.jpg")
