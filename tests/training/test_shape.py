"""How small the maps may be at once."""

from __future__ import annotations

import numpy as np
import pytest

from dataset.cache import Examples
from labels.classes import IGNORE
from training.config import Config
from training.shape import choose_shape, kept_of, stem_for


def of_labels(labels: np.ndarray) -> Examples:
    photos = np.zeros((*labels.shape, 3), np.uint8)
    return Examples([str(n) for n in range(len(labels))], photos, labels, labels != IGNORE)


def stripes(width: int) -> Examples:
    """Two labels of 64×64 whose classes 0 and 1 take turns every `width` pixels."""
    label = (np.arange(64) // width % 2).astype(np.uint8)
    return of_labels(np.stack([np.tile(label, (64, 1)), np.tile(label[:, None], (1, 64))]))


def test_large_areas_bear_a_quarter_and_thin_lines_the_full_size() -> None:
    told = (
        "labels at a quarter of the size keep 100% of mIoU, and 100% of the class that loses most"
    )
    assert stem_for(stripes(16), 2) == (4, told)
    assert stem_for(stripes(2), 2)[0] == 2
    stem, reason = stem_for(stripes(1), 2)
    assert stem == 1
    # Each pixel of half the size is half of either: all becomes class 0, IoU 1/2 and 0.
    assert reason.startswith("labels at half of the size keep 25% of mIoU, and 0% of the class")


def test_what_is_kept_is_counted_on_certain_pixels() -> None:
    labels = stripes(16).labels.copy()
    labels[:, :32] = (np.arange(64) % 2).astype(np.uint8)  # lost, but not certain
    examples = of_labels(labels)
    assert kept_of(examples, 2, 4).mean_iou < 0.8
    examples.confident[:, :32] = False
    assert kept_of(examples, 2, 4).mean_iou == 1


def test_one_class_of_dots_among_many_large_ones_counts() -> None:
    labels = np.tile((np.arange(96) // 8).astype(np.uint8), (2, 96, 1))  # twelve stripes
    labels[:, 4::16, 4::16] = 12  # dots of a pixel
    kept = kept_of(of_labels(labels), 13, 4)
    assert kept.mean_iou > 0.9
    stem, reason = stem_for(of_labels(labels), 13)
    assert stem == 1
    assert reason.endswith("0% of the class that loses most")


def test_a_few_pixels_of_one_class_do_not_count() -> None:
    labels = np.tile((np.arange(96) // 8).astype(np.uint8), (2, 96, 1))
    labels[0, 50, 50] = 12
    stem, reason = stem_for(of_labels(labels), 13)
    assert stem == 4
    assert not reason.endswith(" 0% of the class that loses most")


def test_labels_that_are_all_ignored_tell_nothing() -> None:
    stem, reason = stem_for(of_labels(np.full((2, 16, 16), IGNORE, np.uint8)), 2)
    assert (stem, reason) == (1, "no label of those looked at holds a class")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, (4, 32, 2)),
        ({"filters": 8}, (4, 8, 2)),
        ({"stem": 2}, (2, 16, 3)),
        ({"stem": 1}, (1, 16, 4)),
        ({"depth": 3}, (1, 16, 3)),
        ({"stem": 4, "depth": 3, "filters": 5}, (4, 5, 3)),
    ],
)
def test_what_is_asked_for_counts_and_the_rest_follows(
    values: dict[str, int], expected: tuple[int, int, int]
) -> None:
    assert choose_shape(Config(**values), stripes(16), 2)[:3] == expected


def test_the_reason_is_a_part_of_a_sentence() -> None:
    assert choose_shape(Config(), stripes(16), 2).reason == (
        "labels at a quarter of the size keep 100% of mIoU, and 100% of the class that loses most"
    )
    assert choose_shape(Config(stem=2), stripes(16), 2).reason == ""
