"""Photos that use a small part of the values."""

from __future__ import annotations

import numpy as np
import pytest

from dataset.cache import Examples
from dataset.checking.darkness import all_dark


def of_values(*highest: int) -> Examples:
    photos = np.zeros((len(highest), 32, 32, 3), np.uint8)
    for photo, value in zip(photos, highest, strict=True):
        photo[:8] = value
    photos[0, 31, 31, 0] = 255  # one of 3,072 values: a fault of the camera
    labels = np.zeros((len(highest), 32, 32), np.uint8)
    return Examples([str(value) for value in highest], photos, labels, labels == 0)


def test_twelve_bits_in_files_of_sixteen_are_told_with_what_to_multiply_by() -> None:
    (finding,) = all_dark(of_values(15, 9, 15))
    assert finding.severity == "warning"
    assert finding.headline == "All photos are dark: hardly a value is above 15 of 255."
    assert "all values times 17." in finding.advice


@pytest.mark.parametrize("highest", [(15, 15, 64), (200, 3)])
def test_one_bright_photo_shows_that_the_others_are_dark_by_themselves(
    highest: tuple[int, ...],
) -> None:
    assert list(all_dark(of_values(*highest))) == []


def test_black_photos_and_no_photos_are_told_elsewhere() -> None:
    assert list(all_dark(of_values(0, 0))) == []
    assert list(all_dark(of_values(15).chosen(slice(0)))) == []
