"""Small pairs that many tests share."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.cache import Examples
from labels.classes import CITYSCAPES, IGNORE

WritePair = Callable[..., Path]

ROAD, BUILDING, VEGETATION, SKY, CAR = (
    CITYSCAPES.names.index(name) for name in ("road", "building", "vegetation", "sky", "car")
)


@pytest.fixture(scope="session")
def write_pair() -> WritePair:
    """A function (path, seed=0, side=32, label_side="right") that writes a pair side by side."""
    return _write_pair


@pytest.fixture(autouse=True)
def keep_pillows_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """main() turns Pillow's limit of pixels off for the whole process."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)


@pytest.fixture(scope="session")
def write_pairs() -> Callable[[Path], Path]:
    """A function of a folder that writes train/1.jpg … 4.jpg and val/1.jpg, 2.jpg of 64×32.

    They show sky, houses, trees and a car; the lower half is road, but for the car.
    """
    return _write_pairs


@pytest.fixture
def pair_folder(tmp_path: Path) -> Path:
    """A folder as write_pairs makes it."""
    return _write_pairs(tmp_path / "pairs")


@pytest.fixture
def examples() -> Examples:
    """Six decoded pairs of 32×32 with the classes 0, 1 and 2, which the photo shows as red, green
    and blue. The top row is 255, and the left column is not confident.
    """
    random = np.random.default_rng(0)
    quarters = random.integers(0, 3, (6, 4, 4), dtype=np.uint8)
    quarters[:, 0, :3] = 0, 1, 2  # so that every picture has every class
    labels = quarters.repeat(8, 1).repeat(8, 2)
    photos = 40 + 150 * np.eye(3)[labels] + random.integers(-30, 31, (*labels.shape, 3))
    labels[:, 0] = IGNORE
    confident = labels != IGNORE
    confident[:, :, 0] = False
    names = [f"train/{number}.jpg" for number in range(1, 7)]
    return Examples(names, photos.astype(np.uint8), labels, confident)


def _write_pairs(folder: Path) -> Path:
    for seed in range(4):
        _write_pair(folder / "train" / f"{seed + 1}.jpg", seed)
    for seed in range(2):
        _write_pair(folder / "val" / f"{seed + 1}.jpg", 4 + seed)
    return folder


def _write_pair(path: Path, seed: int = 0, side: int = 32, label_side: str = "right") -> Path:
    ids = _street(seed, side)
    label = CITYSCAPES.paint(ids)
    noise = np.random.default_rng(seed).normal(0, 12, label.shape)
    photo = np.clip(label * 0.6 + 40 + noise, 0, 255).astype(np.uint8)
    halves = [photo, label] if label_side == "right" else [label, photo]
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.hstack(halves)).save(path, quality=95)
    return path


def _street(seed: int, side: int) -> np.ndarray:
    """Big flat areas, which differ from seed to seed in where they end."""
    unit = side // 8
    ids = np.full((side, side), SKY, np.uint8)
    ids[2 * unit :, : (2 + seed % 3) * unit] = BUILDING
    ids[2 * unit :, (5 + seed % 2) * unit :] = VEGETATION
    ids[4 * unit :] = ROAD
    left = (1 + seed % 5) * unit
    ids[5 * unit : 7 * unit, left : left + 2 * unit] = CAR
    return ids
