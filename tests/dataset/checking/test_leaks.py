"""Photos that val and train share are found however they were stored; others are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from dataset.cache import Examples
from dataset.checking.album import Album
from dataset.checking.leaks import ALIKE, Match, find_leaks, leak_findings
from dataset.checking.likeness import nearest, usual
from dataset.scenes.street import draw_scene
from tests.dataset.checking.conftest import scenery

SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "cityscapes_pairs_sample"


def as_jpeg(photo: np.ndarray) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 50])[1], 1)


def relit(photo: np.ndarray) -> np.ndarray:
    return (255 * (photo / 255) ** 1.3 * 0.9).astype(np.uint8)


def moved(photo: np.ndarray, shift: float, zoom: float) -> np.ndarray:
    height, width = photo.shape[:2]
    matrix = np.array([[zoom, 0, shift * width], [0, zoom, 0]], np.float32)
    return cv2.warpAffine(photo, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)


def streets(first: int, count: int) -> np.ndarray:
    return np.array([draw_scene(seed, 256, 256)[0] for seed in range(first, first + count)])


@pytest.fixture
def train() -> Album:
    return Album(scenery(0, 8, "train"))


def album_like(train: Album, place: int, change: Callable[[np.ndarray], np.ndarray]) -> Album:
    """Three photos of val, of which the second is one of train, changed."""
    examples = scenery(100, 3, "val")
    examples.photos[1] = change(train.photos[place])
    return Album(examples)


def test_different_photos_are_no_leak(train: Album) -> None:
    val = Album(scenery(100, 3, "val"))
    assert find_leaks(train, val) == find_leaks(train, val, closely=True) == []


def test_an_empty_split_has_no_leak(train: Album) -> None:
    empty = Album(scenery(100, 3, "val").chosen(slice(0, 0)))
    assert find_leaks(train, empty) == find_leaks(empty, train) == []


@pytest.mark.parametrize("closely", [False, True])
def test_the_same_photo_is_an_error(train: Album, closely: bool) -> None:
    val = album_like(train, 5, np.copy)
    matches = find_leaks(train, val, closely)
    assert [(match.val, match.train, match.kind) for match in matches] == [(1, 5, "same")]
    (finding,) = leak_findings(train, val, matches)
    assert finding.severity == "error"
    assert finding.headline == (
        "1 of 3 photos of val is in train as well, or nearly so; 1 to the last pixel."
    )
    assert finding.details == ("val/2.png and train/6.png: the same",)


@pytest.mark.parametrize("change", [as_jpeg, relit])
def test_a_photo_stored_anew_or_relit_is_a_warning(
    train: Album, change: Callable[[np.ndarray], np.ndarray]
) -> None:
    val = album_like(train, 5, change)
    matches = find_leaks(train, val)
    assert [(match.val, match.train, match.kind) for match in matches] == [(1, 5, "alike")]
    (finding,) = leak_findings(train, val, matches)
    assert finding.severity == "warning"
    assert finding.details[0].startswith("val/2.png and train/6.png: nearly the same, 9")


def test_a_mirrored_photo_is_found_and_called_so(train: Album) -> None:
    val = album_like(train, 5, lambda photo: photo[:, ::-1])
    (match,) = find_leaks(train, val)
    assert (match.val, match.train, match.mirrored) == (1, 5, True)
    (finding,) = leak_findings(train, val, [match])
    assert finding.details[0].endswith("alike, mirrored")


def test_a_frame_a_moment_later_is_found_by_the_close_look_alone() -> None:
    scenes = scenery(0, 6, "train", side=256)
    scenes.photos[:] = streets(0, 6)
    train, later = Album(scenes), scenery(100, 2, "val", side=256)
    later.photos[:] = streets(50, 2)
    later.photos[1] = relit(moved(scenes.photos[3], 0.06, 1.12))
    assert find_leaks(train, Album(later)) == []
    matches = find_leaks(train, Album(later), closely=True)
    assert [(match.val, match.train, match.kind) for match in matches] == [(1, 3, "place")]


def test_the_closest_come_first() -> None:
    train, examples = Album(scenery(0, 8, "train")), scenery(100, 3, "val")
    examples.photos[0] = relit(as_jpeg(train.photos[4]))
    examples.photos[1] = as_jpeg(train.photos[5])
    examples.photos[2] = train.photos[6]
    matches = find_leaks(train, Album(examples))
    assert [match.val for match in matches] == [2, 1, 0]


def test_pictures_that_are_black_but_for_a_few_spots_are_not_alike() -> None:
    random = np.random.default_rng(0)
    train, val = scenery(0, 8, "train"), scenery(100, 3, "val")
    for photo in (*train.photos, *val.photos):
        photo[:] = 0
        for x, y in random.integers(10, 118, (5, 2)).tolist():
            cv2.circle(photo, (x, y), 8, (150, 150, 150), -1)
    assert find_leaks(Album(train), Album(val), closely=True) == []


def eyes(first: int, count: int, split: str) -> Examples:
    """A bright disc on black in each photo, as of the back of an eye, and other vessels in it."""
    random = np.random.default_rng(first)
    examples = scenery(first, count, split)
    for photo in examples.photos:
        photo[:] = 0
        cv2.circle(photo, (64, 64), 56, (200, 90, 40), -1)
        photo[:] = cv2.GaussianBlur(photo, (0, 0), 4)
        for end in random.integers(20, 108, (6, 2)).tolist():
            cv2.line(photo, (64, 64), end, (110, 40, 20), 2)
    return examples


def test_what_all_photos_of_a_set_have_in_common_makes_none_a_copy() -> None:
    train, val = Album(eyes(0, 12, "train")), eyes(100, 4, "val")
    (likeness,) = nearest(Album(val).prints[:1], train.prints, 1)[1][0]
    assert likeness > ALIKE, "so alike are they all"
    assert find_leaks(train, Album(val)) == find_leaks(train, Album(val), closely=True) == []
    val.photos[1], val.photos[2] = train.photos[3], relit(as_jpeg(train.photos[7]))
    matches = find_leaks(train, Album(val))
    assert [(match.val, match.train, match.kind) for match in matches] == [
        (1, 3, "same"),
        (2, 7, "alike"),
    ]


def test_copies_are_found_in_a_set_of_copies() -> None:
    train, val = scenery(0, 8, "train"), scenery(100, 2, "val")
    for photo in train.photos:
        photo[:] = train.photos[0]
    val.photos[0], val.photos[1] = train.photos[0], as_jpeg(train.photos[0])
    matches = find_leaks(Album(train), Album(val))
    assert [(match.val, match.kind) for match in matches] == [(0, "same"), (1, "alike")]


@pytest.mark.parametrize(("count", "expected"), [(7, 0.0), (8, 0.85)])
def test_what_is_usual_takes_some_photos_to_know(count: int, expected: float) -> None:
    train = scenery(0, count, "train")
    for photo in train.photos:
        photo[:] = train.photos[0]
    assert usual(Album(train).prints) == expected
    assert usual(Album(scenery(0, 12, "train")).prints) == 0, "they have little in common"


def test_a_place_is_no_leak_below_its_limit() -> None:
    assert Match(0, 0, False, 0.83, 15.9).kind is None
    assert Match(0, 0, False, 0.83, 16.0).kind == "place"
    assert Match(0, 0, False, 0.84).kind == "alike"


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="no real pairs in ../shared/data")
def test_real_streets_of_other_cities_are_no_leak() -> None:
    albums = []
    for split, count in (("train", 64), ("val", 8)):
        examples = scenery(0, count, split, side=256)
        for place, file in enumerate(sorted((SAMPLE / split).glob("*.jpg"))[:count]):
            examples.photos[place] = np.asarray(Image.open(file))[:, :256]
        albums.append(Album(examples))
    assert find_leaks(albums[0], albums[1], closely=True) == []
