"""The size that pictures are learned at."""

import pytest

from dataset.sizing import fitting_size

AREA = 256 * 256


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((256, 256), (256, 256)),
        # √(65536 / (375 · 500)) = .591: 221.7 × 295.6
        ((375, 500), (224, 288)),
        # .5 of each: 181.02 × 362.04
        ((1024, 2048), (176, 368)),
        ((32, 64), (32, 64)),
    ],
)
def test_proportions_stay_and_no_picture_is_enlarged(
    shape: tuple[int, int], size: tuple[int, int]
) -> None:
    assert fitting_size(shape, 16, AREA) == size


def test_a_picture_smaller_than_the_step_becomes_one_step() -> None:
    assert fitting_size((5, 44), 16, AREA) == (16, 48)


def test_a_long_strip_keeps_at_least_a_step() -> None:
    assert fitting_size((10, 100_000), 32, AREA) == (32, 25_600)
