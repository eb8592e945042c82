"""Scenes: the same for the same seed, different for another, with every class to learn."""

import cv2
import numpy as np
import pytest

from dataset.scenes import draw_scene
from labels.classes import CITYSCAPES, IGNORE

pytestmark = pytest.mark.slow

SMALL = (256, 128)
# Enough scenes for the rarest class: a tram runs in 20 of 100.
SCENES = 45


@pytest.fixture(scope="module")
def many_ids() -> list[np.ndarray]:
    return [draw_scene(seed, *SMALL)[1] for seed in range(SCENES)]


def test_the_same_seed_draws_the_same_bytes() -> None:
    first, second = draw_scene(3, *SMALL), draw_scene(3, *SMALL)
    assert first[0].tobytes() == second[0].tobytes()
    assert first[1].tobytes() == second[1].tobytes()


def test_another_seed_draws_another_picture() -> None:
    (photo, ids), (other_photo, other_ids) = draw_scene(3, *SMALL), draw_scene(4, *SMALL)
    assert np.abs(photo.astype(int) - other_photo).mean() > 10
    assert (ids != other_ids).mean() > 0.1


@pytest.mark.parametrize(("width", "height"), [(1024, 512), (512, 256), (1024, 768), (65, 33)])
def test_a_scene_has_the_size_asked_for(width: int, height: int) -> None:
    photo, ids = draw_scene(1, width, height)
    assert photo.shape == (height, width, 3)
    assert photo.dtype == np.uint8
    assert ids.shape == (height, width)
    assert ids.dtype == np.uint8


def test_a_seed_shows_the_same_street_in_every_size() -> None:
    _, small = draw_scene(5, 512, 256)
    _, large = draw_scene(5, 1024, 512)
    shrunk = cv2.resize(large, (512, 256), interpolation=cv2.INTER_NEAREST)
    assert (small == shrunk).mean() > 0.93


def test_ids_are_those_of_the_class_table_or_void(many_ids: list[np.ndarray]) -> None:
    found = set(np.unique(np.stack(many_ids)).tolist())
    assert found <= {*range(len(CITYSCAPES)), IGNORE}


@pytest.mark.parametrize("label", range(len(CITYSCAPES)), ids=CITYSCAPES.names)
def test_every_class_occurs_in_several_scenes(many_ids: list[np.ndarray], label: int) -> None:
    assert sum(bool((ids == label).any()) for ids in many_ids) >= 5


def test_the_street_has_the_shares_of_a_real_one(many_ids: list[np.ndarray]) -> None:
    counts = np.bincount(np.stack(many_ids).ravel(), minlength=256)[: len(CITYSCAPES)]
    shares = dict(zip(CITYSCAPES.names, counts / counts.sum(), strict=True))
    # Cityscapes: road 41 %, building 23 %, vegetation 15 %, car 7 %, sky 4 %.
    assert 0.30 < shares["road"] < 0.48
    assert 0.13 < shares["building"] < 0.30
    assert 0.09 < shares["vegetation"] < 0.25
    assert 0.03 < shares["car"] < 0.11
    assert 0.02 < shares["sky"] < 0.09


def test_the_bonnet_is_void_and_the_road_lies_before_it(many_ids: list[np.ndarray]) -> None:
    bottom = np.stack([ids[-2, SMALL[0] // 2] for ids in many_ids])
    assert (bottom == IGNORE).all()
    road = CITYSCAPES.names.index("road")
    before = np.stack([ids[round(0.8 * SMALL[1]), SMALL[0] // 2] for ids in many_ids])
    assert (before == road).mean() > 0.8


def test_the_photo_shows_what_the_label_says() -> None:
    """The sky is brighter than the road below it, in all but the darkest scenes."""
    sky, road = CITYSCAPES.names.index("sky"), CITYSCAPES.names.index("road")
    brighter = []
    for seed in range(8):
        photo, ids = draw_scene(seed, *SMALL)
        brighter.append(photo[ids == sky].mean() > photo[ids == road].mean())
    assert sum(brighter) >= 7
