"""What the values and colours of label pictures mean."""

from __future__ import annotations

import numpy as np
import pytest

from labels.classes import CITYSCAPES, IGNORE, Classes
from labels.coding import Coding, as_colours, colour_code, colour_coding, colour_of

TWO = Classes(("no", "yes"), ((0, 0, 0), (255, 255, 255)), ())


def test_values_become_ids_and_what_has_no_meaning_is_unknown() -> None:
    coding = Coding("values", TWO, {0: 0, 7: 1, 9: IGNORE})
    picture = np.array([[0, 7], [9, 8]], np.uint8)
    ids, confident, unknown = coding.decode(picture)
    assert ids.tolist() == [[0, 1], [255, 255]]
    assert confident.tolist() == [[True, True], [False, False]]
    assert unknown == 0.25
    assert coding.strangers(picture) == [(8, 1)]


def test_values_of_16_bits_and_beyond_the_table() -> None:
    coding = Coding("values", TWO, {0: 0, 300: 1})
    picture = np.array([[0, 300, 65535, 301, 301]], np.uint16)
    assert coding.decode(picture).ids.tolist() == [[0, 1, 255, 255, 255]]
    assert coding.strangers(picture) == [(301, 2), (65535, 1)]


def test_values_below_0_stand_for_nothing_and_are_ignored() -> None:
    coding = Coding("values", TWO, {0: 0, 7: 1})
    ids, confident, unknown = coding.decode(np.array([[-9999, -1, 0, 7]], np.int32))
    assert ids.tolist() == [[255, 255, 0, 1]]
    assert confident.tolist() == [[False, False, True, True]]
    assert unknown == 0


def test_a_coloured_picture_among_values_is_unknown_all_over() -> None:
    coding = Coding("values", TWO, {0: 0, 255: 1})
    assert coding.decode(np.zeros((4, 4, 3), np.uint8)).unknown == 1


def test_exact_colours_become_ids_and_void_ones_are_ignored() -> None:
    coding = colour_coding(CITYSCAPES)
    picture = np.array([[(128, 64, 128), (0, 0, 142), (111, 74, 0), (1, 2, 3)]], np.uint8)
    ids, _, unknown = coding.decode(picture)
    assert ids.tolist() == [[0, 13, 255, 255]]
    assert unknown == 0.25
    assert [coding.name_of(code) for code, _ in coding.strangers(picture)] == ["(1, 2, 3)"]


def test_of_two_equal_colours_the_first_counts() -> None:
    twice = Classes(("one", "same"), ((5, 5, 5), (5, 5, 5)), ())
    assert colour_coding(twice).decode(np.full((1, 1, 3), 5, np.uint8)).ids.tolist() == [[0]]


def test_a_grey_picture_among_coloured_ones_has_equal_channels() -> None:
    assert as_colours(np.array([[70]], np.uint8)).tolist() == [[[70, 70, 70]]]
    assert colour_coding(CITYSCAPES).decode(np.array([[70]], np.uint8)).ids.tolist() == [[2]]


def test_smeared_colours_may_be_several_for_one_class() -> None:
    painted = Classes(("car", "truck", "road"), ((0, 0, 142), (200, 0, 0), (128, 64, 128)))
    classes = Classes(("vehicle", "road"), ((0, 0, 142), (128, 64, 128)))
    coding = Coding("smeared", classes, {0: 0, 1: 0, 2: 1}, painted)
    picture = painted.paint(np.array([0, 1, 2]).repeat(8)[None].repeat(8, 0))
    assert coding.decode(picture).ids[4].tolist() == [0] * 16 + [1] * 8
    assert coding.strangers(picture) == []


def test_the_key_changes_with_the_meaning_alone() -> None:
    one = Coding("values", TWO, {0: 0, 1: 1})
    assert one.key == Coding("values", TWO, {1: 1, 0: 0}).key
    assert one.key != Coding("values", TWO, {0: 1, 1: 0}).key
    assert one.key != Coding("colours", TWO, {0: 0, 1: 1}).key


@pytest.mark.parametrize("colour", [(0, 0, 0), (1, 2, 3), (255, 254, 253)])
def test_a_colour_is_one_number_and_back(colour: tuple[int, int, int]) -> None:
    assert colour_of(colour_code(colour)) == colour
