"""Which photos have an above and a below."""

from __future__ import annotations

import numpy as np
import pytest

from dataset.scenes import draw_scene
from training.upright import FEWEST, has_no_up, knows_up


def noise(count: int) -> np.ndarray:
    """Blobs that lie anywhere, as cells do."""
    random = np.random.default_rng(3)
    blobs = random.integers(0, 256, (count, 6, 6, 1), dtype=np.uint8)
    return blobs.repeat(8, 1).repeat(8, 2).repeat(3, 3)


def streets(count: int) -> np.ndarray:
    return np.stack([draw_scene(seed, 64, 64)[0] for seed in range(count)])


@pytest.mark.parametrize("count", [20, 40])
def test_streets_have_an_up_and_blobs_have_none(count: int) -> None:
    share, looked_at = knows_up(streets(count))
    assert (share > 0.9, looked_at) == (True, count)
    assert not has_no_up(share, looked_at)
    share, looked_at = knows_up(noise(count))
    assert has_no_up(share, looked_at)


def test_few_of_many_are_enough_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.upright.LOOKED_AT", 15)
    assert knows_up(streets(20)) == (1.0, 15)


def test_a_half_that_is_lighter_decides_whatever_the_light() -> None:
    photos = noise(30) // 2
    photos[:, :24] += 20
    photos = (photos * np.linspace(0.4, 1.6, 30)[:, None, None, None]).astype(np.uint8)
    share, count = knows_up(photos)
    assert share > 0.85
    assert not has_no_up(share, count)


def test_what_a_coin_may_reach_is_no_up_and_more_is_one() -> None:
    # 100 throws: .5 + 1.64 · .05 = .582
    assert has_no_up(0.58, 100)
    assert not has_no_up(0.59, 100)
    assert has_no_up(0.2, 100)


@pytest.mark.parametrize("count", [1, 2, FEWEST - 1])
def test_from_very_few_photos_nothing_is_concluded(count: int) -> None:
    share, looked_at = knows_up(noise(count))
    assert looked_at == count
    assert not has_no_up(share, looked_at)


def test_photos_that_are_the_same_upside_down_tell_nothing() -> None:
    share, count = knows_up(np.full((20, 16, 16, 3), 90, np.uint8))
    assert share == 0
    assert has_no_up(share, count)
