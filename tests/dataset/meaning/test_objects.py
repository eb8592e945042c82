"""Labels that number objects are told from labels of classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import open_dataset
from tests.dataset.made_folders import decoded, write


def numbered(count: int, kind: type[np.unsignedinteger] = np.uint8) -> Image.Image:
    """So many squares of 4×4 pixels, numbered from 1 on."""
    label = np.zeros((96, 96), kind)
    for number in range(count):
        row, column = divmod(number, 16)
        label[6 * row : 6 * row + 4, 6 * column : 6 * column + 4] = number + 1
    return Image.fromarray(label)


@pytest.mark.parametrize(("most", "kind"), [(40, np.uint8), (250, np.uint16)])
def test_objects_are_one_class(tmp_path: Path, most: int, kind: type[np.unsignedinteger]) -> None:
    write(tmp_path, lambda seed: numbered(most - 7 * seed, kind))
    dataset = open_dataset(tmp_path)
    assert dataset.classes.names == ("background", "foreground")
    said = f"Labels number the objects of each picture, {most} at the most; "
    assert any(said in remark for remark in dataset.remarks)
    for name, label in decoded(dataset).items():
        expected = np.asarray(numbered(most - 7 * int(name), kind)) > 0
        np.testing.assert_array_equal(label, expected)


def test_a_few_gaps_are_forgiven(tmp_path: Path) -> None:
    def label(seed: int) -> Image.Image:
        ids = np.array(numbered(20 + seed))
        return Image.fromarray(np.where(ids == 3, 0, ids) if seed == 0 else ids)

    write(tmp_path, label, count=12)
    assert open_dataset(tmp_path).classes.names == ("background", "foreground")


@pytest.mark.parametrize(
    ("highest", "why"),
    [
        ((12, 12, 12, 12, 12), "always to the same"),
        ((1, 2, 3, 4, 5), "few"),
        ((20, 12, 15), "too few labels"),
    ],
)
def test_classes_stay_classes(tmp_path: Path, highest: tuple[int, ...], why: str) -> None:
    write(tmp_path, lambda seed: numbered(highest[seed]), count=len(highest))
    assert len(open_dataset(tmp_path).classes) == max(highest) + 1, why


def test_classes_of_many_pieces_stay_classes(tmp_path: Path) -> None:
    def label(seed: int) -> Image.Image:
        ids = np.array(numbered(40))
        return Image.fromarray(np.where(ids > 0, ids % (10 + seed) + 1, 0).astype(np.uint8))

    write(tmp_path, label)
    assert len(open_dataset(tmp_path).classes) == 15


def test_empty_labels_do_not_speak_for_objects(tmp_path: Path) -> None:
    """As slices of which most show nothing, and the others some of many organs."""

    def label(seed: int) -> Image.Image:
        ids = np.array(numbered(12 if seed < 4 else 0))
        return Image.fromarray(np.where(ids == 1 + seed, 0, ids).astype(np.uint8))

    write(tmp_path, label, count=40)
    assert len(open_dataset(tmp_path).classes) == 13


def test_classes_with_gaps_stay_classes(tmp_path: Path) -> None:
    def label(seed: int) -> Image.Image:
        ids = np.array(numbered(20 - seed))
        return Image.fromarray(np.where(ids == 2 + seed, 0, ids).astype(np.uint8))

    write(tmp_path, label)
    assert len(open_dataset(tmp_path).classes) == 21
