"""Which folders beside a split are other splits of the same set, and which are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset.formats import siblings
from dataset.formats.siblings import splits_beside, strangers_beside
from utils_func import BadInput


def with_pictures(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).mkdir(parents=True)
        (root / name / "1.png").touch()
    return root


def test_other_splits_with_pictures_are_siblings(tmp_path: Path) -> None:
    with_pictures(tmp_path, "train", "trainannot", "valid/images", "test", "masks", "val dogs")
    (tmp_path / "dev").mkdir()
    others = [place.name for place in splits_beside(tmp_path / "train")]
    assert others == ["test", "valid"]
    assert splits_beside(tmp_path / "masks") == []


def test_a_folder_of_pictures_that_is_no_part_is_a_stranger(tmp_path: Path) -> None:
    with_pictures(tmp_path, "train", "val", "masks", "cats/many", ".hidden", "street_scenes")
    (tmp_path / "notes").mkdir()
    (tmp_path / "list.txt").touch()
    assert strangers_beside(tmp_path / "train") == [tmp_path / "cats"]


def test_a_folder_of_more_pictures_than_a_set_has_counts_as_one_with_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_many(_: Path) -> list[Path]:
        raise BadInput("too many")

    with_pictures(tmp_path, "train", "disk")
    monkeypatch.setattr(siblings, "picture_files_below", too_many)
    assert strangers_beside(tmp_path / "train") == [tmp_path / "disk"]


@pytest.mark.parametrize("left", ["run.json", "evaluation.json", "predictions", "earlier"])
def test_what_this_program_leaves_behind_is_no_stranger(tmp_path: Path, left: str) -> None:
    with_pictures(tmp_path, "train", "val", "output")
    (tmp_path / "output" / left).touch()
    assert strangers_beside(tmp_path / "train") == []
