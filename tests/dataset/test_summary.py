"""What a person reads about the pairs before training begins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dataset.cache import Cached, Examples
from dataset.pairs import Dataset
from dataset.summary import ClassCounts, describe
from labels.classes import Classes

CLASSES = Classes(("road", "sky", "car"), ((1, 0, 0), (2, 0, 0), (3, 0, 0)))


def split(*labels: list[int], doubtful: int = 0) -> Examples:
    """Labels of 2×4 pixels, the first `doubtful` pixels of each in doubt."""
    ids = np.array(labels, np.uint8).reshape(-1, 2, 4)
    confident = ids != 255
    confident.reshape(len(labels), -1)[:, :doubtful] = False
    names = [str(number) for number in range(len(labels))]
    return Examples(names, np.zeros((*ids.shape, 3), np.uint8), ids, confident)


def lines(train: Examples, val: Examples, skipped: tuple[str, ...] = ()) -> list[str]:
    remarks = ("The label is the left half.",)
    dataset = Dataset(Path("my pairs"), "numbers", CLASSES, (), (), None, "1", remarks)
    return list(describe(dataset, Cached(train, val, list(skipped), "hash")))


class TestClassCounts:
    def test_pixels_and_pictures_are_counted_by_class_where_the_decoding_is_sure(self) -> None:
        counts = ClassCounts(split([0, 0, 0, 0, 0, 1, 255, 255], [2, 0, 0, 0, 0, 0, 0, 0]))
        assert counts.pixels[:3].tolist() == [12, 1, 1]
        assert counts.pictures[:3].tolist() == [2, 1, 1]
        assert counts.ignored == 2
        counts = ClassCounts(split([2, 0, 0, 0, 0, 1, 255, 255], doubtful=2))
        assert counts.pixels[:3].tolist() == [3, 1, 0]
        assert counts.pictures[:3].tolist() == [1, 1, 0]
        assert counts.pixels.sum() == 4


class TestDescribe:
    def test_it_says_how_many_pairs_were_found_where_and_how(self) -> None:
        found = lines(split([0] * 8, [1] * 8), split([0] * 8))
        assert found[0] == "Found 2 training and 1 validation pairs in my pairs (numbers)."
        assert found[1] == "The label is the left half."
        assert not [line for line in found if "Left out" in line]

    def test_it_lists_what_was_left_out_with_the_reason(self) -> None:
        found = lines(split([0] * 8), split([0] * 8), skipped=("1.jpg is bad", "2.jpg is worse"))
        place = found.index("Files left out: 2")
        assert found[place + 1 : place + 3] == ["  1.jpg is bad", "  2.jpg is worse"]

    def test_each_class_has_its_share_and_its_pictures(self) -> None:
        # Of 16 pixels 4 are ignored: road has 9 of 12, sky 3, and car is in val alone.
        train = split([0, 0, 0, 0, 0, 0, 255, 255], [0, 0, 0, 1, 1, 1, 255, 255])
        rows = {line.split()[0]: line.split()[1:] for line in lines(train, split([0, 2] * 4))[-4:]}
        assert rows["road"] == ["75.00%", "2", "1"]
        assert rows["sky"] == ["25.00%", "1", "0"]
        assert rows["car"] == ["0.00%", "0", "1", "never", "in", "train"]

    def test_the_last_line_says_what_is_ignored_and_what_is_sure(self) -> None:
        # 4 of 16 ignored; of the other 12 the first of each picture is in doubt: 10 of 16 are sure.
        labels = [0, 0, 0, 0, 0, 0, 255, 255], [0, 0, 0, 1, 1, 1, 255, 255]
        last = lines(split(*labels, doubtful=1), split([0] * 8))[-1]
        assert "25.0% of all label pixels are ignored" in last
        assert "62.5%" in last

    def test_columns_stand_below_their_headings(self) -> None:
        table = lines(split([0] * 8), split([1] * 8))[-5:-1]
        assert {len(line.split("   never")[0]) for line in table} == {len(table[0])}
        assert table[0].split() == ["class", "pixels", "pictures", "in", "val"]

    @pytest.mark.parametrize("pixels", [[255] * 8, [0] * 7 + [255]])
    def test_pictures_without_any_sure_pixel_are_no_division_by_zero(
        self, pixels: list[int]
    ) -> None:
        found = lines(split(pixels, doubtful=8), split(pixels, doubtful=8))
        assert [line for line in found if line.split()[:2] == ["road", "0.00%"]]
