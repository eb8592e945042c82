"""What a person reads about the pairs before training begins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dataset.cache import Cached, Examples
from dataset.pairs import Dataset, Pair
from dataset.summary import describe, remarks
from labels.classes import Classes
from utils_func import Levels

CLASSES = Classes(("road", "sky", "car"), ((1, 0, 0), (2, 0, 0), (3, 0, 0)))


def split(*labels: list[int], doubtful: int = 0) -> Examples:
    """Labels of 2×4 pixels, the first `doubtful` pixels of each in doubt."""
    ids = np.array(labels, np.uint8).reshape(-1, 2, 4)
    confident = ids != 255
    confident.reshape(len(labels), -1)[:, :doubtful] = False
    names = [str(number) for number in range(len(labels))]
    return Examples(names, np.zeros((*ids.shape, 3), np.uint8), ids, confident)


def found(classes: Classes = CLASSES, tests: int = 0) -> Dataset:
    pair = Pair("1", Path("1.png"), Path("1.png"))
    told = ("The label is the left half.",)
    return Dataset(
        Path("my pairs"), "numbers", classes, (), (), None, "1", told, test=(pair,) * tests
    )


def lines(train: Examples, val: Examples, classes: Classes = CLASSES) -> list[str]:
    return list(describe(found(classes), Cached(train, val, [], "hash")))


class TestDescribe:
    def test_it_says_how_many_pairs_were_found_where_and_how(self) -> None:
        text = lines(split([0] * 8, [1] * 8), split([0] * 8))
        assert text[0] == "Found 2 training pairs and 1 validation pair in my pairs (numbers)."
        assert text[1] == "The label is the left half."

    def test_test_pairs_are_counted_where_there_are_any(self) -> None:
        cached = Cached(split([0] * 8), split([0] * 8), [], "hash")
        first = next(describe(found(tests=7), cached))
        assert (
            first
            == "Found 1 training pair, 1 validation pair and 7 test pairs in my pairs (numbers)."
        )

    def test_what_is_black_and_white_is_told_of_photos_of_more_than_8_bits(self) -> None:
        cached = Cached(split([0] * 8), split([0] * 8), [], "hash")
        levels = "Photos have more than 8 bits: -1024 is taken as black, and 3071 as white."
        for told in describe, remarks:
            deep = replace(found(), levels=Levels(-1024.0, 3071.0))
            assert levels in list(told(deep, cached))
            assert "8 bits" not in "".join(told(found(), cached))

    def test_sizes_are_told_where_they_were_looked_up(self) -> None:
        cached = Cached(split([0] * 8), split([0] * 8), [], "hash")
        text = list(describe(found(), cached, {(20, 40): 2}))
        assert text[2] == "Photos: all 40×20 pixels; brought to 4×2 for training."

    def test_each_class_has_its_shares_of_pixels_and_pictures_in_both_splits(self) -> None:
        # Of 16 pixels 4 are ignored: road has 9 of 12, sky 3, and car is in val alone.
        train = split([0, 0, 0, 0, 0, 0, 255, 255], [0, 0, 0, 1, 1, 1, 255, 255])
        rows = {line.split()[0]: line.split()[1:] for line in lines(train, split([0, 2] * 4))[-4:]}
        assert rows["road"] == ["75.00%", "2", "100%", "50.00%", "1", "100%"]
        assert rows["sky"] == ["25.00%", "1", "50%", "0.00%", "0", "0%"]
        assert rows["car"] == ["0.00%", "0", "0%", "50.00%", "1", "100%", "never", "in", "train"]

    def test_the_last_line_says_what_is_ignored_and_what_is_sure(self) -> None:
        # 4 of 16 ignored; of the other 12 the first of each picture is in doubt: 10 of 16 are sure.
        labels = [0, 0, 0, 0, 0, 0, 255, 255], [0, 0, 0, 1, 1, 1, 255, 255]
        last = lines(split(*labels, doubtful=1), split([0] * 8))[-1]
        assert "25.0% of all label pixels in train are ignored" in last
        assert "62.5%" in last

    @pytest.mark.parametrize("name", ["car", "a class with quite a long name"])
    def test_columns_stand_below_their_headings(self, name: str) -> None:
        classes = Classes(("road", "sky", name), CLASSES.colours)
        table = lines(split([0] * 8), split([1] * 8), classes)[-5:-1]
        assert {len(line.split("   never")[0]) for line in table} == {len(table[0])}
        assert table[0].split() == ["class", "pixels", "pictures", "pixels", "pictures"]

    @pytest.mark.parametrize("pixels", [[255] * 8, [0] * 7 + [255]])
    def test_pictures_without_any_sure_pixel_are_no_division_by_zero(
        self, pixels: list[int]
    ) -> None:
        text = lines(split(pixels, doubtful=8), split(pixels, doubtful=8))
        assert [line for line in text if line.split()[:2] == ["road", "0.00%"]]


def test_remarks_list_what_was_left_out_with_the_reason() -> None:
    cached = Cached(split([0] * 8), split([0] * 8), ["1.jpg is bad", "2.jpg is worse"], "hash")
    assert list(remarks(found(), cached)) == [
        "The label is the left half.",
        "Files left out: 2",
        "  1.jpg is bad",
        "  2.jpg is worse",
    ]
