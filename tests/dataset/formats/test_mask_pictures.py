"""What masks hold, and whether several of a photo show different things."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats.mask_pictures import inside, is_mask, show_different_things

SIZE = (40, 60)


def box(top: int, left: int, bottom: int, right: int) -> np.ndarray:
    mask = np.zeros(SIZE, np.uint8)
    mask[top:bottom, left:right] = 255
    return mask


WHOLE, PART, BESIDE, NOTHING = (
    box(5, 5, 35, 30),
    box(10, 8, 32, 26),
    box(5, 35, 35, 55),
    box(0, 0, 0, 0),
)


def show(folder: Path, *photos: dict[str, np.ndarray], ending: str = ".png") -> bool:
    files = []
    for number, masks in enumerate(photos):
        files.append({name: folder / f"{number}_{name}{ending}" for name in masks})
        for name, mask in masks.items():
            Image.fromarray(mask).save(files[-1][name])
    return show_different_things(files)


@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_what_lies_beside_or_within_is_another_thing(tmp_path: Path, ending: str) -> None:
    assert show(tmp_path, {"whole": WHOLE, "part": PART, "beside": BESIDE}, ending=ending)


@pytest.mark.parametrize("shift", [1, 2, 4])
def test_two_opinions_about_one_thing_are_not(tmp_path: Path, shift: int) -> None:
    assert not show(tmp_path, {"one": WHOLE, "other": np.roll(WHOLE, shift, 1)})


def test_photos_in_which_one_of_them_is_missing_say_nothing(tmp_path: Path) -> None:
    same, none = {"one": WHOLE, "other": np.roll(WHOLE, 2, 1)}, {"one": WHOLE, "other": NOTHING}
    assert not show(tmp_path, same, *[none] * 5)
    assert show(tmp_path, *[none] * 5), "never seen together: hardly two opinions"


def test_without_a_photo_to_compare_nothing_is_believed(tmp_path: Path) -> None:
    assert not show(tmp_path, {"one": WHOLE, "small": PART[:10, :10]})
    (tmp_path / "0_one.png").write_text("no picture")
    assert not show_different_things([{"a": tmp_path / "0_one.png", "b": tmp_path / "0_small.png"}])


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (NOTHING, True),
        (WHOLE, True),
        (WHOLE // 255, True),
        (WHOLE.astype(np.uint16) * 257, True),
        (np.maximum(WHOLE // 255, PART // 255 * 2), False),  # ids 0, 1 and 2
        (np.maximum(WHOLE // 3, PART), False),
        (np.stack([WHOLE] * 3, -1), True),
        (np.stack([WHOLE, NOTHING, NOTHING], -1), True),
        (np.stack([WHOLE, BESIDE, NOTHING], -1), False),  # two colours
    ],
)
def test_a_mask_has_one_value_beside_nothing(picture: np.ndarray, expected: bool) -> None:
    assert is_mask(picture, lossy=False) == expected


def test_smooth_edges_are_no_third_value() -> None:
    smooth = Image.fromarray(WHOLE).resize((120, 80), Image.Resampling.BICUBIC)
    assert is_mask(np.asarray(smooth), lossy=False)
    assert inside(np.asarray(smooth)).sum() == pytest.approx(4 * (WHOLE > 0).sum(), rel=0.02)
