"""A classes.csv counts where a person may have put it; one that does not count is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset.formats import open_dataset
from dataset.formats.tables import find_table
from tests.dataset.made_folders import ids_of, write


def put(folder: Path, *names: str) -> Path:
    """A table that calls the ids 0, 1 and 2 by these names."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{name},{number}\n" for number, name in enumerate(names or ("a", "b", "c"))]
    (folder / "classes.csv").write_text("name,id\n" + "".join(rows))
    return folder / "classes.csv"


def unused(folder: Path) -> list[str]:
    return [remark for remark in open_dataset(folder).remarks if "is not used" in remark]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """voc/VOCdevkit/VOC2012, a set of ids 0, 1 and 2, as deep as PASCAL VOC is unpacked."""
    from PIL import Image

    root = tmp_path / "voc" / "VOCdevkit" / "VOC2012"
    write(root, lambda seed: Image.fromarray(ids_of(seed)))
    (root / "images").rename(root / "JPEGImages")
    (root / "masks").rename(root / "SegmentationClass")
    lists = root / "ImageSets" / "Segmentation"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("0\n1\n2\n")
    (lists / "val.txt").write_text("3\n4\n")
    return root


@pytest.mark.parametrize("above", [0, 1, 2])
def test_a_table_between_the_data_and_the_folder_that_was_named_counts(
    root: Path, above: int
) -> None:
    put([root, *root.parents][above])
    dataset = open_dataset(root.parents[1])
    assert dataset.format == "voc"
    assert dataset.classes.names == ("a", "b", "c")
    assert unused(root.parents[1]) == []


def test_the_nearest_to_the_data_counts_and_the_other_is_named(root: Path) -> None:
    near, far = put(root.parent, "near"), put(root.parents[1], "far")
    assert find_table(root, root.parents[1]) == near
    assert unused(root.parents[1]) == [
        f"{far} is not used: {near} counts. If it is meant, put it into {root}."
    ]


@pytest.mark.parametrize("inside", ["JPEGImages", "ImageSets/Segmentation"])
def test_a_table_at_the_root_counts_whatever_part_was_named(root: Path, inside: str) -> None:
    put(root)
    assert open_dataset(root / inside).classes.names == ("a", "b", "c")


def test_a_table_in_a_part_that_was_named_is_not_used_and_is_named(root: Path) -> None:
    table = put(root / "JPEGImages")
    assert unused(root / "JPEGImages") == [
        f"{table} is not used: it lies elsewhere than the data. If it is meant, put it into {root}."
    ]
    assert len(unused(root)) == 1


def test_a_table_above_the_folder_that_was_named_is_named(root: Path) -> None:
    put(root.parents[1])
    assert len(open_dataset(root).classes) == 21
    assert len(unused(root)) == 1


def test_a_table_beside_the_splits_counts_where_one_of_them_is_named(tmp_path: Path) -> None:
    for split in ("train", "val"):
        write(tmp_path / "mine" / split, ids_of)
    put(tmp_path / "mine")
    for place in ("", "train", "val/masks"):
        assert open_dataset(tmp_path / "mine" / place).classes.names == ("a", "b", "c")


def test_a_table_above_a_split_without_others_counts(tmp_path: Path) -> None:
    write(tmp_path / "mine" / "train", ids_of)
    put(tmp_path / "mine")
    assert open_dataset(tmp_path / "mine" / "train").classes.names == ("a", "b", "c")


def test_a_table_beside_a_whole_set_is_not_its_own(tmp_path: Path) -> None:
    write(tmp_path / "cats", ids_of)
    put(tmp_path)
    assert open_dataset(tmp_path / "cats").classes.names != ("a", "b", "c")
    assert len(unused(tmp_path / "cats")) == 1
    assert open_dataset(tmp_path).classes.names == ("a", "b", "c")
