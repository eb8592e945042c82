"""Pixels and pictures by class."""

from __future__ import annotations

import numpy as np

from dataset.cache import Examples
from dataset.class_counts import ClassCounts


def split(*labels: list[int], doubtful: int = 0) -> Examples:
    """Labels of 2×4 pixels, the first `doubtful` pixels of each in doubt."""
    ids = np.array(labels, np.uint8).reshape(-1, 2, 4)
    confident = ids != 255
    confident.reshape(len(labels), -1)[:, :doubtful] = False
    names = [str(number) for number in range(len(labels))]
    return Examples(names, np.zeros((*ids.shape, 3), np.uint8), ids, confident)


def test_pixels_and_pictures_are_counted_by_class() -> None:
    counts = ClassCounts(split([0, 0, 0, 0, 0, 1, 255, 255], [2, 0, 0, 0, 0, 0, 0, 0]))
    assert counts.pixels[:3].tolist() == [12, 1, 1]
    assert counts.pictures[:3].tolist() == [2, 1, 1]
    assert counts.ignored == 2


def test_only_sure_pixels_make_shares_but_all_make_a_label() -> None:
    counts = ClassCounts(split([2, 0, 0, 0, 0, 1, 255, 255], doubtful=2))
    assert counts.pixels[:3].tolist() == [3, 1, 0]
    assert counts.pictures[:3].tolist() == [1, 1, 0]
    assert counts.pixels.sum() == 4
    assert counts.labelled[0, :3].tolist() == [4, 1, 1]


def test_the_highest_id_of_a_class_is_counted() -> None:
    counts = ClassCounts(split([253, 254, 255, 0, 0, 0, 0, 0]))
    assert counts.labelled[0, [0, 253, 254]].tolist() == [5, 1, 1]
    assert counts.ignored == 1


def test_no_pictures_are_no_error() -> None:
    counts = ClassCounts(split([0] * 8).chosen(slice(0, 0)))
    assert counts.pixels.sum() == counts.pictures.sum() == counts.ignored == 0
