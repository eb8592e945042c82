"""Other views of the same pair, checked on pictures whose colours say where a pixel was."""

from __future__ import annotations

import numpy as np
import pytest

from dataset.augment import augment, move, random_matrix, relight, turned
from labels.classes import IGNORE

SIDE = 60


def coordinates(width: int = SIDE, height: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """A photo whose red and green are 4 · x and 4 · y, and a label of squares of six pixels.

    A square's id is its row · 10 + its column: up to 99 where width and height are at most 60.
    """
    y, x = np.mgrid[:height, :width]
    photo = np.dstack([4 * x, 4 * y, np.zeros_like(x)]).astype(np.uint8)
    return photo, (y // 6 * 10 + x // 6).astype(np.uint8)


def assert_aligned(photo: np.ndarray, label: np.ndarray) -> None:
    """Wherever the label is not ignored, the photo's colours lie in the square of that id."""
    inside = label != IGNORE
    for channel, square in ((0, label % 10), (1, label // 10)):
        centre = (4 * (6 * square.astype(float) + 2.5))[inside]
        # A square reaches 2.5 pixels from its centre, and nearest neighbour adds half a pixel.
        assert np.abs(photo[..., channel][inside] - centre).max() <= 4 * 3 + 1
    assert inside.mean() > 0.25


@pytest.mark.parametrize("size", [(60, 60), (60, 36), (30, 60)])
@pytest.mark.parametrize(("flip", "zoom", "light"), [(True, 1, 0), (False, 2, 0), (True, 1.25, 0)])
def test_photo_and_label_stay_aligned(
    size: tuple[int, int], flip: bool, zoom: float, light: float
) -> None:
    for seed in range(20):
        photo, label = augment(*coordinates(*size), np.random.default_rng(seed), flip, zoom, light)
        assert photo.shape == (*size[::-1], 3)
        assert label.shape == size[::-1]
        assert_aligned(photo, label)


def test_a_shrunk_label_has_one_pixel_of_each_square_and_drifts_to_no_side() -> None:
    photo, label = coordinates()
    plain = {"flip": False, "zoom": 1.0, "light": 0.0}
    corners = []
    for seed in range(200):
        seen, small = augment(photo, label, np.random.default_rng(seed), **plain, shrink=3)
        assert seen.shape == (SIDE, SIDE, 3)
        assert small.shape == (SIDE // 3, SIDE // 3)
        corners.append(
            [
                (top, left)
                for top in range(3)
                for left in range(3)
                if (small == label[top::3, left::3]).all()
            ]
        )
    places = np.concatenate(corners)
    # All nine are about as frequent: the middle of the square on average.
    assert {tuple(place) for place in places.tolist()} == {
        (y, x) for y in range(3) for x in range(3)
    }
    np.testing.assert_allclose(places.mean(0), 1, atol=0.2)


@pytest.mark.parametrize(("scale", "shift"), [(1.5, -7.3), (1.37, -9.1), (0.61, 7.7), (0.53, 0)])
def test_neither_photo_nor_label_drifts_by_a_fraction_of_a_pixel(
    scale: float, shift: float
) -> None:
    x = np.broadcast_to(np.arange(SIDE), (SIDE, SIDE))
    photo, label = np.dstack([4 * x] * 3).astype(np.uint8), x.astype(np.uint8)
    moved, ids = move(photo, label, np.array([[scale, 0, shift], [0, scale, shift]]))
    row = SIDE // 3
    inside = ids[row] != IGNORE
    # The centre of pixel x lies at x + ½, and came from (x + ½ − shift) / scale.
    source = ((np.arange(SIDE) + 0.5 - shift) / scale)[inside]
    from_photo, from_label = moved[row, inside, 0] / 4 + 0.5, ids[row, inside] + 0.5
    assert np.mean(from_label - source) == pytest.approx(0, abs=0.06)
    assert np.abs(from_label - source).max() <= 0.55
    assert np.mean((from_photo - source)[2:-2]) == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("size", [(60, 60), (60, 36), (30, 60)])
@pytest.mark.parametrize(("zoom", "rotate"), [(1, 35), (1, 180), (1.25, 20)])
def test_photo_and_label_stay_aligned_when_turned(
    size: tuple[int, int], zoom: float, rotate: float
) -> None:
    for seed in range(20):
        random = np.random.default_rng(seed)
        photo, label = augment(*coordinates(*size), random, False, zoom, 0, rotate)
        assert photo.shape == (*size[::-1], 3)
        assert label.shape == size[::-1]
        assert_aligned(photo, label)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_quarter_turns_are_exact_and_anticlockwise(quarters: int) -> None:
    photo, label = coordinates()
    matrix = turned(np.eye(2, 3), label.shape, 90 * quarters)
    moved, ids = move(photo, label, matrix)
    np.testing.assert_array_equal(ids, np.rot90(label, quarters))
    np.testing.assert_array_equal(moved, np.rot90(photo, quarters))


def test_a_turned_picture_leaves_corners_that_are_ignored_and_mirrored() -> None:
    photo, label = coordinates()
    photo = photo + 10  # so that black would be seen
    moved, ids = move(photo, label, turned(np.eye(2, 3), label.shape, 45))
    corners = [ids[row, column] for row in (0, -1) for column in (0, -1)]
    assert corners == [IGNORE] * 4
    # A square turned by 45° covers an octagon of 2 · (√2 - 1) of itself.
    assert (ids != IGNORE).mean() == pytest.approx(0.828, abs=0.01)
    assert moved[..., :2].min() >= 10


def test_every_second_picture_is_upside_down() -> None:
    photo, label = coordinates()
    random = np.random.default_rng(0)
    seen = [augment(photo, label, random, False, 1, 0, flip_vertical=True) for _ in range(400)]
    reversed_ones = sum(ids[0, 0] == 90 for _, ids in seen)
    assert reversed_ones == pytest.approx(200, abs=40)  # four standard deviations
    for moved, ids in seen[:10]:
        step = -1 if ids[0, 0] == 90 else 1
        np.testing.assert_array_equal(ids, label[::step])
        np.testing.assert_array_equal(moved, photo[::step])


def test_outside_the_picture_the_label_is_ignored_and_the_photo_mirrored() -> None:
    photo, label = coordinates()
    moved, ids = move(photo, label, np.array([[1.0, 0, 10], [0, 1, 0]]))
    assert (ids[:, :10] == IGNORE).all()
    np.testing.assert_array_equal(ids[:, 10:], label[:, :-10])
    np.testing.assert_array_equal(moved[:, 10:], photo[:, :-10])
    # Mirrored about the first column: 9 columns left of x = 10 lies what was at x = 1.
    assert moved[0, :10, 0].tolist() == [40, 36, 32, 28, 24, 20, 16, 12, 8, 4]


def test_no_id_is_invented() -> None:
    random = np.random.default_rng(0)
    for _ in range(30):
        label = random.choice(np.array([3, 11, 18, 255], np.uint8), (24, 40))
        photo = np.zeros((24, 40, 3), np.uint8)
        _, ids = augment(photo, label, random, flip=True, zoom=2, light=0.5)
        assert set(np.unique(ids)) <= {3, 11, 18, 255}
        assert ids.dtype == np.uint8


def test_without_flip_zoom_and_light_nothing_changes() -> None:
    photo, label = coordinates()
    seen, ids = augment(photo, label, np.random.default_rng(0), flip=False, zoom=1, light=0)
    np.testing.assert_array_equal(seen, photo)
    np.testing.assert_array_equal(ids, label)


def test_the_given_pair_is_left_as_it_was() -> None:
    photo, label = coordinates()
    photo.flags.writeable = label.flags.writeable = False
    seen, ids = augment(photo, label, np.random.default_rng(0), flip=True, zoom=1.5, light=0.3)
    assert seen.flags.c_contiguous
    assert ids.flags.c_contiguous
    np.testing.assert_array_equal(photo, coordinates()[0])


def test_the_same_generator_gives_the_same_view_and_another_one_another() -> None:
    def view(seed: int) -> bytes:
        photo, ids = augment(*coordinates(), np.random.default_rng(seed), True, 1.25, 0.15)
        return photo.tobytes() + ids.tobytes()

    assert view(7) == view(7)
    assert view(7) != view(8)


def test_every_second_picture_is_mirrored() -> None:
    photo, label = coordinates()
    random = np.random.default_rng(0)
    mirrored = 0
    for _ in range(400):
        _, ids = augment(photo, label, random, flip=True, zoom=1, light=0)
        assert ids[0, 0] in (0, 9)
        mirrored += ids[0, 0] == 9
    assert mirrored == pytest.approx(200, abs=40)  # four standard deviations


def test_in_a_mirror_left_and_right_classes_change_into_each_other() -> None:
    ids = np.arange(256, dtype=np.uint8)
    ids[[1, 2]] = 2, 1
    label = np.array([[0, 1, 1, 2]], np.uint8)
    photo, random = np.repeat(label[..., None], 3, 2), np.random.default_rng(0)
    seen = set()
    for _ in range(40):
        moved, its = augment(photo, label, random, True, 1, 0, mirrored_ids=ids)
        seen.add((*moved[0, :, 0].tolist(), *its[0].tolist()))
    assert seen == {(0, 1, 1, 2, 0, 1, 1, 2), (2, 1, 1, 0, 1, 2, 2, 0)}
    for _ in range(40):
        moved, its = augment(photo, label, random, True, 1, 0, flip_vertical=True, mirrored_ids=ids)
        seen.add((*moved[0, :, 0].tolist(), *its[0].tolist()))
    # One row upside down is the same row with its sides changed; turned by half, with them kept.
    assert seen == {
        *((0, 1, 1, 2, 0, 1, 1, 2), (2, 1, 1, 0, 1, 2, 2, 0)),
        *((0, 1, 1, 2, 0, 2, 2, 1), (2, 1, 1, 0, 2, 1, 1, 0)),
    }


class TestRandomMatrix:
    def test_an_enlarged_picture_fills_the_frame_and_a_shrunk_one_lies_in_it(self) -> None:
        random = np.random.default_rng(0)
        larger = 0
        for _ in range(200):
            matrix = random_matrix((20, 50), random, 1.5)
            scale = matrix[0, 0]
            assert 1 / 1.5 <= scale <= 1.5
            assert matrix[1, 1] == scale
            for (begin, end), length in zip(
                (
                    (matrix[0, 2], 50 * scale + matrix[0, 2]),
                    (matrix[1, 2], 20 * scale + matrix[1, 2]),
                ),
                (50, 20),
                strict=True,
            ):
                if scale > 1:
                    assert begin <= 1e-9
                    assert end >= length - 1e-9
                else:
                    assert begin >= 0
                    assert end <= length + 1e-9
            larger += scale > 1
        assert larger == pytest.approx(100, abs=29)  # enlarging is as likely as shrinking

    def test_an_enlarged_view_ignores_nothing(self) -> None:
        photo, label = coordinates()
        _, ids = move(photo, label, np.array([[1.5, 0, -30], [0, 1.5, 0]]))
        assert (ids != IGNORE).all()

    def test_it_turns_by_up_to_so_many_degrees_either_way_about_the_middle(self) -> None:
        random = np.random.default_rng(0)
        angles = []
        for _ in range(200):
            matrix = random_matrix((20, 50), random, 1, rotate=30)
            np.testing.assert_allclose(matrix @ [25, 10, 1], [25, 10])
            np.testing.assert_allclose(matrix[:, :2] @ matrix[:, :2].T, np.eye(2), atol=1e-12)
            angles.append(np.degrees(np.arctan2(matrix[0, 1], matrix[0, 0])))
        assert -30 <= min(angles) < -28
        assert 28 < max(angles) <= 30
        # Even spread has a deviation of 60 / √12 = 17.3, so the mean of 200 one of 1.2.
        assert np.mean(angles) == pytest.approx(0, abs=5)


class TestRelight:
    class Extreme:
        """A generator whose every draw is the upper or lower end."""

        def __init__(self, end: int) -> None:
            self.end = end

        def uniform(self, low: float, high: float, size: int | None = None) -> float | np.ndarray:
            value = (low, high)[self.end]
            return value if size is None else np.full(size, value)

    @pytest.mark.parametrize(
        ("end", "expected"),
        [
            # contrast .7, tint .9, brightness −38.4: (0 − 128) · .63 + 128 − 38.4 = 8.96
            (0, [9, 90, 170]),
            # contrast 1.3, tint 1.1, brightness 38.4: (0 − 128) · 1.43 + 128 + 38.4 = −16.64
            (1, [0, 166, 255]),
        ],
    )
    def test_the_ends_of_the_range(self, end: int, expected: list[int]) -> None:
        photo = np.repeat(np.array([[[0], [128], [255]]], np.uint8), 3, axis=2)
        lit = relight(photo, self.Extreme(end), light=0.3)
        assert lit[0].tolist() == [[value] * 3 for value in expected]

    def test_no_draw_goes_further(self) -> None:
        photo = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
        random = np.random.default_rng(0)
        for _ in range(100):
            lit = relight(photo, random, 0.15).astype(float)
            assert lit.dtype == float
            # 1.15 · 1.05 − 1 = .2075 of at most 128 from the middle, and 128 · .15 of brightness.
            assert np.abs(lit - photo).max() <= 128 * (0.2075 + 0.15) + 0.5
            assert (np.diff(lit, axis=1) >= 0).all(), "brighter stays brighter"

    def test_each_channel_gets_a_tint_of_its_own(self) -> None:
        photo = np.full((2, 2, 3), 220, np.uint8)
        lit = relight(photo, np.random.default_rng(1), 0.3)
        assert len(set(lit[0, 0].tolist())) == 3

    def test_it_is_a_function_of_the_generator_and_of_the_colour_alone(self) -> None:
        photo = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
        lit = relight(photo, np.random.default_rng(3), 0.3)
        np.testing.assert_array_equal(lit, relight(photo, np.random.default_rng(3), 0.3))
        np.testing.assert_array_equal(
            lit[::-1], relight(photo[::-1], np.random.default_rng(3), 0.3)
        )
