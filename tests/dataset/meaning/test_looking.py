"""Labels are looked at one by one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.meaning.looking import MANY, Look, look_at, look_at_all, read_second_file
from dataset.pairs import Pair
from tests.dataset.made_folders import save
from utils_func import BadInput


def test_values_and_those_inside_flat_areas_are_counted(tmp_path: Path) -> None:
    label = np.zeros((5, 5), np.uint8)
    label[:, 4] = 9
    save(label, tmp_path / "a.png")
    look = look_at(tmp_path / "a.png", label)
    assert look.counts == {0: 20, 9: 5}
    # The eight neighbours of rows 1 to 3 and columns 1 and 2 are 0; beside column 4 one is 9.
    assert look.flat == {0: 6}
    assert not look.coloured


def test_colours_are_counted_as_numbers(tmp_path: Path) -> None:
    picture = np.array([[(1, 2, 3), (1, 2, 3)], [(0, 0, 0), (1, 2, 3)]], np.uint8)
    look = look_at(tmp_path / "a.png", picture)
    assert look.coloured
    assert look.counts == {0x010203: 3, 0: 1}


def test_more_than_any_table_has_are_not_counted(tmp_path: Path) -> None:
    picture = np.arange(MANY + 1, dtype=np.uint16)[None]
    look = look_at(tmp_path / "a.png", picture)
    assert look.many
    assert look.smeared


def test_of_a_palette_the_colours_that_occur_are_kept(tmp_path: Path) -> None:
    picture = Image.fromarray(np.array([[0, 2]], np.uint8), "P")
    picture.putpalette([1, 2, 3, 4, 5, 6, 7, 8, 9])
    save(picture, tmp_path / "a.png")
    assert look_at(tmp_path / "a.png", np.asarray(picture)).palette == {0: 0x010203, 2: 0x070809}


@pytest.mark.parametrize(
    ("counts", "flat", "smeared"),
    [
        ({0: 900, 255: 500}, {0: 800, 255: 400}, False),
        ({0: 900, 255: 500, 3: 20, 250: 30, 128: 9}, {0: 800, 255: 400}, True),
        # Outlines are thin, but they are one class of three.
        ({0: 900, 255: 500, 128: 90}, {0: 800, 255: 400}, False),
        ({0: 900, 9: 50, 200: 40, 120: 60}, {0: 800, 9: 20, 200: 9}, False),
    ],
)
def test_most_values_of_a_smeared_label_fill_no_area(
    counts: dict[int, int], flat: dict[int, int], smeared: bool
) -> None:
    assert Look(Path("a.png"), False, Counter(counts), Counter(flat)).smeared == smeared


@pytest.mark.parametrize(
    ("values", "name", "may_be"),
    [
        ([0, 1, 2, 255], "a.png", True),
        ([0, 1, 2], "a.jpg", False),
        ([0, 3, 252], "a.png", False),
        ([0, 300, 900], "a.png", True),
        ([], "a.png", False),
    ],
)
def test_small_numbers_stored_without_loss_may_be_ids(
    values: list[int], name: str, may_be: bool
) -> None:
    assert Look(Path(name), False, Counter(values)).may_be_ids == may_be


def test_what_cannot_be_read_is_passed_over_unless_nothing_can(tmp_path: Path) -> None:
    save(np.zeros((4, 4), np.uint8), tmp_path / "good.png")
    (tmp_path / "bad.png").write_text("no picture")
    good, bad = (Pair(name, Path(), tmp_path / f"{name}.png") for name in ("good", "bad"))
    assert [look.file.name for look in look_at_all([bad, good], read_second_file)] == ["good.png"]
    with pytest.raises(BadInput, match=r"bad\.png is not a picture"):
        look_at_all([bad], read_second_file)
