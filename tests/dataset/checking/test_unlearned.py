"""Pairs of test are looked at too, though no training reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dataset.checking.unlearned import unreadable, unusable_test
from dataset.formats import open_dataset
from dataset.pairs import Dataset
from tests.dataset.made_folders import ids_of, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for split in ("train", "val", "test"):
        write(tmp_path / split, ids_of)
    return tmp_path


def test_whole_pairs_give_no_finding(folder: Path) -> None:
    dataset = open_dataset(folder)
    steps: list[tuple[int, int]] = []
    assert unreadable(dataset, progress=lambda *step: steps.append(step)) == []
    assert steps == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert list(unusable_test(dataset, [])) == []


def test_photos_and_labels_of_test_that_cannot_be_read_are_named_with_their_split(
    folder: Path,
) -> None:
    dataset = open_dataset(folder)
    (folder / "test" / "images" / "1.png").write_text("no picture")
    (folder / "test" / "masks" / "3.png").write_text("no picture")
    (finding,) = unusable_test(dataset, unreadable(dataset))
    assert finding.severity == "error"
    assert finding.headline == "2 of 5 pairs of test cannot be used."
    for detail, file in zip(finding.details, ("images/1.png", "masks/3.png"), strict=True):
        assert detail.startswith(f"{folder / 'test' / file} is not a picture that can be read")


def test_ids_of_test_that_no_table_knows_are_named(folder: Path) -> None:
    (folder / "classes.csv").write_text("name,id\na,0\nb,1\n")
    dataset = open_dataset(folder)
    problems = unreadable(replace(dataset, test=dataset.test[:1]))
    assert len(problems) == 1
    assert "of value 2. Expected only 0, 1" in problems[0]


def test_without_test_pairs_there_is_nothing_to_do(folder: Path) -> None:
    dataset: Dataset = replace(open_dataset(folder), test=())
    assert unreadable(dataset, progress=lambda *_: pytest.fail("called")) == []
