"""The contact sheet: which samples it shows, and that it has room for them and their classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.cache import Cached, Examples
from dataset.class_counts import ClassCounts
from dataset.pairs import Dataset
from evaluation.contact_sheet import choose, draw_contact_sheet, lay_out, legend_of, overlay
from labels.classes import IGNORE, Classes, numbered_classes

TWO = Classes(("background", "disc"), ((200, 0, 0), (0, 0, 200)))


def several(count: int, split: str) -> Examples:
    labels = np.zeros((count, 8, 8), np.uint8)
    names = [f"{split}/{number}.png" for number in range(count)]
    return Examples(names, np.zeros((count, 8, 8, 3), np.uint8), labels, labels < IGNORE)


@pytest.mark.parametrize(
    ("train", "val", "shown"),
    [(100, 50, (9, 3)), (2, 50, (2, 10)), (100, 1, (11, 1)), (1, 1, (1, 1)), (0, 20, (0, 12))],
)
def test_a_dozen_samples_are_chosen_of_both_splits(
    train: int, val: int, shown: tuple[int, int]
) -> None:
    names = choose(Cached(several(train, "train"), several(val, "val"), [], "hash")).names
    assert (
        tuple(sum(name.startswith(split) for name in names) for split in ("train/", "val/"))
        == shown
    )


@pytest.mark.parametrize("size", [(256, 256), (128, 512), (512, 128), (227, 320)])
@pytest.mark.parametrize("classes", [2, 30])
def test_a_sheet_has_room_for_all_and_fits_a_screen(size: tuple[int, int], classes: int) -> None:
    layout = lay_out(12, size, numbered_classes(classes))
    assert layout.columns * layout.rows >= 12
    assert layout.legend_columns * layout.legend_rows >= classes + 1
    assert layout.width / layout.height == pytest.approx(size[1] / size[0])
    assert 10 < layout.sheet[0] < 26


def test_the_overlay_mixes_colours_shows_borders_and_leaves_ignored_pixels() -> None:
    photo = np.full((256, 256, 3), 100, np.uint8)
    label = np.zeros((256, 256), np.uint8)
    label[:, 128:] = 1
    label[:, 192:] = IGNORE
    mixed = overlay(photo, label, TWO)
    assert mixed[0, 0].tolist() == [150, 50, 50]
    assert mixed[0, 128].tolist() == [255, 255, 255]
    assert mixed[0, 150].tolist() == [50, 50, 150]
    assert mixed[0, 200].tolist() == [100, 100, 100]


def test_small_pictures_are_enlarged_so_that_borders_are_thin() -> None:
    assert overlay(np.zeros((32, 64, 3), np.uint8), np.zeros((32, 64), np.uint8), TWO).shape == (
        256,
        512,
        3,
    )


def test_the_legend_has_shares_and_says_ignored_where_anything_is() -> None:
    examples = several(2, "train")
    examples.labels[0, :4] = 1  # a quarter of all
    expected = [((200, 0, 0), "background  75.0%"), ((0, 0, 200), "disc  25.0%")]
    assert legend_of(TWO, ClassCounts(examples)) == expected
    examples.labels[1, 0, 0] = IGNORE
    assert legend_of(TWO, ClassCounts(examples))[-1] == ((0, 0, 0), "ignored")


def test_the_sheet_is_a_picture_of_its_size_and_odd_names_are_no_formulas(tmp_path: Path) -> None:
    train = several(2, "train")
    train.names[0] = "train/$\\odd_{name$.png"
    dataset = Dataset(tmp_path / "d$", "any", TWO, (), (), None, "1")
    path = draw_contact_sheet(
        dataset, Cached(train, several(1, "val"), [], "hash"), tmp_path / "new" / "sheet.png"
    )
    wide, high = lay_out(3, (8, 8), TWO).sheet
    with Image.open(path) as picture:
        assert picture.size == pytest.approx((wide * 130, high * 130), abs=2)
