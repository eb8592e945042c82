"""Decoding smeared colour labels: exact where the label is exact, better than the nearest colour
where the truth is known, and free of invented classes on real labels.
"""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from labels.classes import CITYSCAPES, IGNORE, Classes
from labels.unmixing import UNKNOWN_LIMIT, decode, unmix

REAL_PAIRS = Path(__file__).resolve().parents[3] / "shared/data/cityscapes_pairs_sample"
BLACK_WHITE = Classes(("outside", "inside"), ((0, 0, 0), (255, 255, 255)), void_colours=())
ID = {name: index for index, name in enumerate(CITYSCAPES.names)}


def halves(left: int, right: int, side: int = 16) -> np.ndarray:
    ids = np.full((side, side), left, np.uint8)
    ids[:, side // 2 :] = right
    return ids


def with_blend(left: str, right: str, share: float) -> np.ndarray:
    """Two classes side by side, and in column 8 a blend with this share of the left one."""
    label = CITYSCAPES.paint(halves(ID[left], ID[right]))
    blend = share * label[0, 0].astype(float) + (1 - share) * label[0, -1]
    label[:, 8] = np.round(blend)
    return label


def street(seed: int, width: int = 768, height: int = 576) -> np.ndarray:
    """Ids of a street in perspective, with what is hard to decode: thin, small and many borders."""
    chance = np.random.default_rng(seed)
    ids = np.full((height, width), ID["sky"], np.uint8)
    middle = height // 2
    for left in range(-40, width, 96):
        top = int(chance.integers(40, 200))
        cv2.rectangle(ids, (left, top), (left + 90, middle), ID["building"], -1)
    for _ in range(8):
        at = (int(chance.integers(0, width)), int(chance.integers(120, 240)))
        axes = (int(chance.integers(20, 60)), int(chance.integers(25, 70)))
        cv2.ellipse(ids, (at, (2 * axes[0], 2 * axes[1]), 20), ID["vegetation"], -1)
    ids[middle:] = ID["sidewalk"]
    road = np.array([[width // 2 - 30, middle], [width // 2 + 30, middle], [width, height]])
    cv2.fillPoly(ids, [np.vstack([road, [[0, height]]])], ID["road"])
    cv2.rectangle(ids, (0, middle), (width // 5, middle + 40), ID["terrain"], -1)
    cv2.rectangle(ids, (width - 200, middle - 40), (width - 60, middle), ID["fence"], -1)
    for name in ("car", "car", "truck", "car"):
        left, size = int(chance.integers(0, width - 90)), int(chance.integers(30, 90))
        cv2.rectangle(
            ids, (left, middle + 10), (left + size, middle + 10 + size // 2), ID[name], -1
        )
        cv2.ellipse(
            ids, (left + size // 2, middle + 12), (size // 3, 18), 0, 180, 360, ID[name], -1
        )
    for _ in range(8):
        left, tall = int(chance.integers(0, width)), int(chance.integers(24, 60))
        foot = middle + 10 + tall
        cv2.ellipse(
            ids, (left, foot - tall // 2), (tall // 6, tall // 2), 0, 0, 360, ID["person"], -1
        )
    for _ in range(8):
        left, wide = int(chance.integers(0, width)), int(chance.integers(3, 9))
        cv2.line(ids, (left, 60), (left, middle + 60), ID["pole"], wide)
        cv2.circle(ids, (left, 80), int(chance.integers(8, 20)), ID["traffic sign"], -1)
    cv2.ellipse(ids, (width // 2, height), (width // 2, 40), 0, 180, 360, IGNORE, -1)
    return ids


def smear(ids: np.ndarray, shrink: int, quality: int) -> np.ndarray:
    size = (ids.shape[1] // shrink, ids.shape[0] // shrink)
    painted = Image.fromarray(CITYSCAPES.paint(ids)).resize(size, Image.Resampling.BICUBIC)
    file = io.BytesIO()
    painted.save(file, "JPEG", quality=quality)
    return np.array(Image.open(file))


def nearest(label: np.ndarray) -> np.ndarray:
    palette = np.array(CITYSCAPES.colours + CITYSCAPES.void_colours, np.float32)
    place = np.square(label[:, :, None] - palette).sum(-1).argmin(-1)
    return np.where(place < len(CITYSCAPES), place, IGNORE).astype(np.uint8)


def mean_iou(truth: np.ndarray, ids: np.ndarray) -> float:
    counted = truth != IGNORE
    truth, ids = truth[counted], ids[counted]
    scores = [
        np.sum((truth == index) & (ids == index)) / np.sum((truth == index) | (ids == index))
        for index in np.unique(truth)
    ]
    return float(np.mean(scores))


def pure_ids(label: np.ndarray) -> np.ndarray:
    """Ids of the pixels within 20 of their class's colour, the others ignored."""
    ids = nearest(label)
    distance = np.square(label.astype(float) - CITYSCAPES.paint(ids)).sum(-1)
    return np.where(distance <= 400, ids, IGNORE)


def test_exact_colours_come_out_exact_and_confident_but_for_void() -> None:
    ids = np.random.default_rng(0).integers(0, len(CITYSCAPES), (9, 13)).astype(np.uint8)
    ids[2, 3] = IGNORE
    decoded, confident = unmix(CITYSCAPES.paint(ids), CITYSCAPES)
    np.testing.assert_array_equal(decoded, ids)
    np.testing.assert_array_equal(confident, ids != IGNORE)
    assert (decoded.dtype, confident.dtype) == (np.uint8, bool)


def test_sixty_colours_one_level_apart_come_out_exact() -> None:
    greys = Classes(tuple(map(str, range(60))), tuple((i, i, i) for i in range(60)), ())
    ids = np.arange(60, dtype=np.uint8).reshape(6, 10)
    decoded, confident = unmix(greys.paint(ids), greys)
    np.testing.assert_array_equal(decoded, ids)
    assert confident.all()


def test_every_void_colour_becomes_ignore_and_is_never_confident() -> None:
    label = np.array(CITYSCAPES.void_colours, np.uint8)[None]
    decoded, confident = unmix(label, CITYSCAPES)
    assert (decoded == IGNORE).all()
    assert not confident.any()


def test_a_single_exact_pixel_keeps_its_class_where_a_lossless_label_has_an_unknown_colour() -> (
    None
):
    ids = halves(ID["road"], ID["sky"])
    ids[4, 4] = ID["person"]
    label = CITYSCAPES.paint(ids)
    label[12, 12] = (1, 255, 1)
    decoded, confident = unmix(label, CITYSCAPES)
    assert decoded[4, 4] == ID["person"]
    assert confident[4, 4]
    assert not confident[12, 12]


@pytest.mark.parametrize(
    ("left", "right", "invented"),
    [
        ("building", "car", "bus"),  # half of each, (35, 35, 106), is 43 from the colour of bus
        ("vegetation", "sky", "wall"),  # (88, 136, 108) is 60 from the colour of wall
    ],
)
def test_the_blend_along_a_border_is_the_larger_neighbour_and_no_third_class(
    left: str, right: str, invented: str
) -> None:
    assert ID[invented] in nearest(with_blend(left, right, 0.5))
    for share, expected in ((0.6, left), (0.4, right)):
        decoded, confident = unmix(with_blend(left, right, share), CITYSCAPES)
        assert set(np.unique(decoded)) == {ID[left], ID[right]}
        assert (decoded[:, 8] == ID[expected]).all()
        assert not confident[:, 8].any()
        assert confident[:, :8].all()
        assert confident[:, 9:].all()
    assert ID[invented] not in decoded


def test_a_blend_of_car_and_black_is_not_truck() -> None:
    label = CITYSCAPES.paint(halves(ID["car"], IGNORE))
    label[:, 8] = (0, 0, 71)  # exactly between; the colour of truck is (0, 0, 70)
    decoded, _ = unmix(label, CITYSCAPES)
    assert set(np.unique(decoded)) == {ID["car"], IGNORE}


def test_a_smeared_mask_of_two_colours_is_split_in_the_middle() -> None:
    row = [0] * 6 + [60, 120, 135, 200] + [255] * 6
    label = np.repeat(np.array([row] * 8, np.uint8)[..., None], 3, -1)
    decoded, confident = unmix(label, BLACK_WHITE)
    np.testing.assert_array_equal(decoded, [[0] * 8 + [1] * 8] * 8)
    # 60 is 76 % black and 200 is 78 % white: less than the .8 asked for.
    np.testing.assert_array_equal(confident, [[True] * 6 + [False] * 4 + [True] * 6] * 8)


@pytest.mark.parametrize("side", [1, 2])
def test_a_label_too_small_for_any_pure_block_still_gets_the_nearest_colour(side: int) -> None:
    decoded, confident = unmix(np.full((side, side, 3), (250, 5, 3), np.uint8), CITYSCAPES)
    assert (decoded == ID["rider"]).all()
    assert confident.all() == (side == 2)  # a block of 2 × 2 is the least that counts as pure


@pytest.mark.parametrize(
    ("shrink", "quality", "least", "least_confident"), [(3, 85, 0.79, 0.96), (4, 75, 0.72, 0.91)]
)
def test_unmixing_beats_the_nearest_colour_against_a_known_truth(
    shrink: int, quality: int, least: float, least_confident: float
) -> None:
    scenes = [street(seed) for seed in range(6)]
    labels = [smear(ids, shrink, quality) for ids in scenes]
    truth = np.stack([ids[shrink // 2 :: shrink, shrink // 2 :: shrink] for ids in scenes])
    decoded = [unmix(label, CITYSCAPES) for label in labels]
    ids, confident = (np.stack(part) for part in zip(*decoded, strict=True))
    score = mean_iou(truth, ids)
    assert score >= least
    assert score >= mean_iou(truth, np.stack([nearest(label) for label in labels])) + 0.06
    assert mean_iou(truth[confident], ids[confident]) >= least_confident
    assert confident[truth != IGNORE].mean() >= 0.77


def test_decoding_in_small_chunks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    label = smear(street(1), 4, 75)
    whole = unmix(label, CITYSCAPES)
    monkeypatch.setattr("labels.unmixing.CHUNK", 100)
    for part, other in zip(whole, unmix(label, CITYSCAPES), strict=True):
        np.testing.assert_array_equal(part, other)


def test_noise_is_unknown_and_a_smeared_label_is_not() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    assert decode(noise, CITYSCAPES).unknown > 0.9
    assert decode(smear(street(0), 4, 75), CITYSCAPES).unknown < UNKNOWN_LIMIT
    assert decode(CITYSCAPES.paint(halves(0, 1)), CITYSCAPES).unknown == 0


def test_a_grey_picture_is_refused_with_what_to_type() -> None:
    with pytest.raises(ValueError, match=r"convert\('RGB'\).*Received: shape \(4, 4\)"):
        unmix(np.zeros((4, 4), np.uint8), CITYSCAPES)


@pytest.mark.skipif(not REAL_PAIRS.is_dir(), reason="needs the real pairs in ../shared/data")
def test_real_labels_hold_no_phantoms_and_real_photos_are_refused() -> None:
    pixels = phantoms = confident_pixels = confident_phantoms = 0
    for path in sorted(REAL_PAIRS.rglob("*.jpg"))[::8]:
        pair = np.array(Image.open(path))
        photo, label = pair[:, :256], pair[:, 256:]
        assert decode(label, CITYSCAPES).unknown < UNKNOWN_LIMIT / 1.5
        assert decode(photo, CITYSCAPES).unknown > UNKNOWN_LIMIT * 1.2
        ids, confident = unmix(label, CITYSCAPES)
        pure = pure_ids(label)
        for index in set(np.unique(ids)) - {IGNORE}:
            near = cv2.dilate((pure == index).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
            phantoms += np.sum(ids == index) * (not near.any())
            confident_phantoms += np.sum((ids == index) & confident & ~near)
        pixels += ids.size
        confident_pixels += confident.sum()
    assert phantoms < 0.002 * pixels
    assert confident_phantoms < 0.002 * confident_pixels
    assert confident_pixels > 0.7 * pixels
