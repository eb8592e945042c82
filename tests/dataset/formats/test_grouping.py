"""Pairs that show the same thing stay on one side."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset.formats import open_dataset
from dataset.formats.grouping import groups_of
from dataset.formats.words import name_of
from tests.dataset.made_folders import ids_of, photo_of, save

ROOT = Path("data")


def groups(*names: str, held_out: bool = True) -> list[str]:
    return groups_of([name_of(ROOT / name, ROOT) for name in names], held_out)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("images/{0}f9b3a_{1:02}.jpg", "{0}f9b3a"),
        ("images/patient{0:03}_slice{1}.png", "patient{0:03}_slice"),
        ("M-{0}-b_{1}_img.tif", "m_{0}_b"),
        ("scans/p{0} {1}.png", "scans/p{0}"),
    ],
)
def test_names_that_differ_in_their_last_number_are_of_one_series(name: str, group: str) -> None:
    names = [name.format(series, number) for series in range(30) for number in range(3)]
    assert groups(*names) == [group.format(series) for series in range(30) for _ in range(3)]
    assert set(groups(*names, held_out=False)) == {""}
    assert set(groups(*names[:87])) == {""}, "29 series are few"
    assert set(groups(*names[1:])) == {""}, "not three of each"


@pytest.mark.parametrize(
    "name", ["ISIC_{:07}.jpg", "{}.png", "2007_{:06}.jpg", "aachen_{0:06}_000019.png", "cju{}x.jpg"]
)
def test_running_numbers_make_no_series(name: str) -> None:
    assert set(groups(*(name.format(number) for number in range(200)))) == {""}


def test_sub_folders_go_before_names() -> None:
    names = [f"drive{n // 12}/car{n // 3}_{n % 3}.png" for n in range(96)]
    assert set(groups(*names)) == {f"drive{n}" for n in range(8)}


@pytest.mark.parametrize("place", ["", "train"])
def test_a_series_is_held_out_whole_which_is_told(tmp_path: Path, place: str) -> None:
    for number in range(90):
        name = f"car{number // 3}_{number % 3}"
        save(photo_of(number, 8), tmp_path / place / f"{name}.png")
        save(ids_of(number)[::6, ::6], tmp_path / place / f"{name}_mask.png")
    dataset = open_dataset(tmp_path)
    sides = [{pair.group for pair in pairs} for pairs in (dataset.train, dataset.val)]
    assert len(sides[0] | sides[1]) == 30
    assert not sides[0] & sides[1]
    (told,) = (remark for remark in dataset.remarks if "last number alone" in remark)
    assert told.startswith("Pairs whose names differ in their last number alone, as those of 'car")
