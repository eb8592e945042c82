"""A palette is learned from the flat areas of smeared labels."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from labels.classes import CITYSCAPES
from labels.palette import learn_palette

COLOURS = np.array([(200, 30, 30), (20, 160, 60), (40, 40, 220), (230, 220, 60)], np.uint8)


def smeared(seed: int, quality: int = 85) -> np.ndarray:
    """Big areas of the colours, shrunk by 2 and stored as JPEG."""
    ids = np.random.default_rng(seed).integers(0, 4, (4, 4)).repeat(48, 0).repeat(48, 1)
    small = cv2.resize(COLOURS[ids], (96, 96), interpolation=cv2.INTER_AREA)
    file = io.BytesIO()
    Image.fromarray(small).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def test_the_colours_come_back() -> None:
    palette = learn_palette([smeared(seed) for seed in range(6)])
    assert palette
    assert len(palette.colours) == 4
    for colour in palette.colours:
        distances = np.abs(COLOURS.astype(int) - colour).max(axis=1)
        assert distances.min() <= 3
    assert list(palette.shares) == sorted(palette.shares, reverse=True)


def test_noise_and_smooth_pictures_have_no_palette() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    assert learn_palette([noise]) is None
    ramp = np.linspace(0, 255, 256)
    smooth = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None], 128.0), -1).astype(np.uint8)
    assert learn_palette([smooth]) is None


def test_colours_of_a_known_table_are_found_apart() -> None:
    road, car = CITYSCAPES.names.index("road"), CITYSCAPES.names.index("car")
    ids = np.full((64, 64), road)
    ids[20:40, 20:40] = car
    palette = learn_palette([CITYSCAPES.paint(ids)])
    assert palette
    assert palette.colours == (CITYSCAPES.colours[road], CITYSCAPES.colours[car])


def test_jpegs_noise_beside_a_common_colour_is_no_class() -> None:
    picture = np.full((400, 400, 3), (80, 80, 250), np.uint8)
    picture[:12, :12] = 70, 95, 225  # 31 away, and .0009 of all
    palette = learn_palette([picture])
    assert palette
    assert palette.colours == ((80, 80, 250),)


def test_flat_areas_of_many_shades_are_a_photo() -> None:
    shades = (60 + 1.3 * np.arange(64)).astype(np.uint8).repeat(6)
    picture = np.stack([np.broadcast_to(shades[:, None], (384, 384))] * 3, -1)
    assert learn_palette([picture]) is None


def test_noise_about_black_and_white_goes_to_black_and_white() -> None:
    picture = np.full((40, 40, 3), 2, np.uint8)
    picture[20:] = 253
    palette = learn_palette([picture])
    assert palette
    assert set(palette.colours) == {(0, 0, 0), (255, 255, 255)}
