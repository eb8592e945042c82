"""Intervals by drawing pictures with replacement."""

import numpy as np
import pytest

from evaluation.intervals import interval, mean_ious
from training.scores import Scores


def test_the_mean_is_that_of_scores() -> None:
    counts = np.random.default_rng(0).integers(0, 50, (4, 5, 5))
    counts[:, 3] = counts[:, :, 3] = 0  # a class that does not occur
    expected = [Scores(one).mean_iou for one in counts]
    np.testing.assert_allclose(mean_ious(counts), expected)


def test_pictures_that_all_say_the_same_leave_no_doubt() -> None:
    # IoU of both classes is 6 / (6 + 2 + 2) = .6.
    same = np.array([[[6, 2], [2, 6]]] * 7)
    assert interval(same) == pytest.approx((0.6, 0.6))


def test_one_good_and_one_bad_picture_say_anything_between() -> None:
    # Each is drawn twice in a quarter of the draws.
    good, bad = np.diag([10, 10]), np.array([[0, 10], [10, 0]])
    assert interval(np.array([good, bad])) == (0, 1)


def test_more_pictures_narrow_the_interval() -> None:
    random = np.random.default_rng(1)

    def width(count: int) -> float:
        right = random.integers(20, 60, count)
        pictures = np.array([[[n, 80 - n], [80 - n, n]] for n in right])
        low, high = interval(pictures)
        return high - low

    # The width falls with the square root: a hundred times as many, a tenth of it.
    assert width(1000) == pytest.approx(width(10) / 10, rel=0.5)


def test_the_same_seed_gives_the_same_interval() -> None:
    counts = np.random.default_rng(0).integers(0, 50, (9, 3, 3))
    assert interval(counts, seed=3) == interval(counts, seed=3)
