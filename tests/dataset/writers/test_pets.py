"""Drawn pets: in the picture, with an outline all around, on all kinds of ground."""

from __future__ import annotations

import numpy as np
import pytest

from dataset.writers.pets import BACKGROUND, OUTLINE, PET, draw_pet

pytestmark = pytest.mark.slow

SEEDS = range(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pet_is_a_good_part_of_its_picture(seed: int) -> None:
    photo, trimap = draw_pet(seed)
    assert photo.shape == (*trimap.shape, 3)
    assert photo.dtype == trimap.dtype == np.uint8
    shares = [(trimap == value).mean() for value in (PET, BACKGROUND, OUTLINE)]
    assert sum(shares) == pytest.approx(1)
    assert 0.05 < shares[0] < 0.5
    assert 0.02 < shares[2] < 0.25


@pytest.mark.parametrize("seed", SEEDS)
def test_the_outline_parts_pet_and_background(seed: int) -> None:
    _, trimap = draw_pet(seed)
    for one, other in ((trimap[:, :-1], trimap[:, 1:]), (trimap[:-1], trimap[1:])):
        assert not ((one == PET) & (other == BACKGROUND)).any()
        assert not ((one == BACKGROUND) & (other == PET)).any()


def test_a_seed_is_one_picture_and_sizes_differ() -> None:
    np.testing.assert_array_equal(draw_pet(1)[0], draw_pet(1)[0])
    assert len({draw_pet(seed)[1].shape for seed in range(8)}) > 2
