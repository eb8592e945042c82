"""A dataset in the class table of a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dataset.matching import matched
from dataset.pairs import Dataset, Example, Pair
from labels.classes import IGNORE, Classes
from utils_func import BadInput

PAIR = Pair("1", Path("1.jpg"), Path("1.png"))
LABEL = np.array([[0, 1], [2, IGNORE]], np.uint8)
GREY = (128, 128, 128)


def decode(pair: Pair) -> Example:
    return Example(np.zeros((2, 2, 3), np.uint8), LABEL, LABEL != IGNORE)


def dataset_of(*names: str, colours: tuple[tuple[int, int, int], ...] = ()) -> Dataset:
    classes = Classes(names, colours or (GREY,) * len(names))
    return Dataset(Path("pairs"), "folder", classes, (), (PAIR,), decode, "v1")


def test_the_same_table_changes_nothing() -> None:
    dataset = dataset_of("road", "car", "sky")
    assert matched(dataset, dataset.classes, "model") is dataset


def test_ids_follow_the_names_into_another_order_with_more_classes() -> None:
    dataset = dataset_of("road", "car", "sky")
    model = Classes(("sky", "tree", "road", "car"), (GREY,) * 4)
    found = matched(dataset, model, "model")
    assert found.classes == model
    example = found.decode(PAIR)
    np.testing.assert_array_equal(example.label, [[2, 3], [0, IGNORE]])
    np.testing.assert_array_equal(example.confident, [[True, True], [True, False]])
    assert found.decoder == "v1 as [2, 3, 0]", "the cache must not mistake it for the other"


def test_colours_without_a_name_are_matched_where_they_are_near() -> None:
    dataset = dataset_of(
        "#0a0a0a", "#fa6407", "#09c85a", colours=((10, 10, 10), (250, 100, 7), (9, 200, 90))
    )
    model = Classes(("#0ac75b", "#0b090a", "#f5640f"), ((10, 199, 91), (11, 9, 10), (245, 100, 15)))
    np.testing.assert_array_equal(
        matched(dataset, model, "m").decode(PAIR).label, [[1, 2], [0, 255]]
    )


def test_a_colour_without_a_name_is_the_class_of_that_colour() -> None:
    colours = ((10, 10, 10), (250, 100, 7), (9, 200, 90))
    unnamed, named = ("#0a0a0a", "#fa6407", "#09c85a"), ("road", "car", "tree")
    model = Classes(named, colours)
    assert matched(dataset_of(*unnamed, colours=colours), model, "m").classes == model
    model = Classes(unnamed, colours)
    assert matched(dataset_of(*named, colours=colours), model, "m").classes == model
    with pytest.raises(BadInput, match="does not know 'tram'"):
        matched(dataset_of("tram", colours=colours[:1]), Classes(named, colours), "m")


def test_two_colours_near_one_of_the_model_are_not_merged() -> None:
    dataset = dataset_of("#0a0a0a", "#0c0c0c", colours=((10, 10, 10), (12, 12, 12)))
    model = Classes(("#0b0b0b", "#fa6410"), ((11, 11, 11), (250, 100, 16)))
    with pytest.raises(BadInput, match="Two colours of pairs are both near one class of m"):
        matched(dataset, model, "m")


def test_the_same_ids_are_not_decoded_anew_for_other_colours() -> None:
    dataset = dataset_of("road", "car")
    found = matched(dataset, Classes(("road", "car", "sky"), ((1, 1, 1),) * 3), "m")
    assert (found.decoder, len(found.classes)) == ("v1", 3)


def test_a_colour_that_the_model_has_not_seen_is_refused() -> None:
    dataset = dataset_of("#0a0a0a", "#fa6407", colours=((10, 10, 10), (250, 100, 7)))
    model = Classes(("#0a0a0a", "#fa6410"), ((10, 10, 10), (250, 100, 16)))
    with pytest.raises(BadInput, match="m does not know '#fa6407' of pairs"):
        matched(dataset, model, "m")


def test_colours_that_are_far_from_all_classes_are_none_of_them() -> None:
    dataset = dataset_of("#808080", "#808081")
    with pytest.raises(BadInput, match="'#808080', '#808081' of pairs; it knows 'road', 'car'"):
        matched(dataset, Classes(("road", "car"), ((1, 1, 1), (2, 2, 2))), "m")


def test_of_many_strange_classes_some_are_named() -> None:
    dataset = dataset_of(*(f"class {index}" for index in range(8)))
    with pytest.raises(BadInput, match=r"'class 4' and 3 more of pairs; .* in a classes.csv"):
        matched(dataset, Classes(("road",), (GREY,)), "output/unet_model.hdf5")
