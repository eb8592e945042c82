"""Drawn nuclei and membranes: photo and label agree, and can be told apart by looking."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from dataset.writers.microscope import MOST_NUCLEI, draw_membranes, draw_nuclei

pytestmark = pytest.mark.slow

Draw = Callable[[int], tuple[np.ndarray, np.ndarray]]

SEEDS = range(3)


@pytest.mark.parametrize("draw", [draw_nuclei, draw_membranes])
def test_a_seed_is_one_picture(draw: Draw) -> None:
    first, again, other = draw(5), draw(5), draw(6)
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert first[0].shape != other[0].shape or (first[0] != other[0]).any()


class TestNuclei:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_nuclei_are_numbered_without_gaps(self, seed: int) -> None:
        photo, ids = draw_nuclei(seed)
        assert photo.shape == (*ids.shape, 3)
        assert photo.dtype == ids.dtype == np.uint8
        assert np.unique(ids).tolist() == list(range(ids.max() + 1))
        assert 5 < ids.max() <= MOST_NUCLEI

    @pytest.mark.parametrize("seed", SEEDS)
    def test_nuclei_are_brighter_than_the_ground(self, seed: int) -> None:
        photo, ids = draw_nuclei(seed)
        assert photo[ids > 0].mean() > 2 * photo[ids == 0].mean()

    @pytest.mark.parametrize("seed", SEEDS)
    def test_some_touch(self, seed: int) -> None:
        _, ids = draw_nuclei(seed)
        heaps, _ = cv2.connectedComponents((ids > 0).astype(np.uint8))
        assert heaps - 1 < ids.max()

    def test_sizes_differ(self) -> None:
        assert len({draw_nuclei(seed)[1].shape for seed in range(8)}) > 2


class TestMembranes:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_membranes_are_a_dark_net_of_about_a_fifth(self, seed: int) -> None:
        photo, ids = draw_membranes(seed)
        assert photo.shape == (512, 512, 3)
        assert np.unique(ids).tolist() == [0, 255]
        assert 0.1 < (ids == 0).mean() < 0.35
        assert photo[ids == 0].mean() < 0.75 * photo[ids == 255].mean()

    @pytest.mark.parametrize("seed", SEEDS)
    def test_the_net_divides_the_picture_into_cells(self, seed: int) -> None:
        _, ids = draw_membranes(seed)
        _, _, boxes, _ = cv2.connectedComponentsWithStats(ids)
        assert (boxes[1:, cv2.CC_STAT_AREA] > 200).sum() > 60
