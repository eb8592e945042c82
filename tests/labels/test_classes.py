"""The class table: ids are places, and a table travels as JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from labels.classes import CITYSCAPES, IGNORE, Classes, numbered_classes


def test_cityscapes_has_its_nineteen_classes_by_train_id() -> None:
    assert len(CITYSCAPES) == 19
    assert CITYSCAPES.names.index("car") == 13
    assert CITYSCAPES.colours[13] == (0, 0, 142)
    assert len({*CITYSCAPES.colours, *CITYSCAPES.void_colours}) == 29


def test_paint_gives_each_id_its_colour_and_ignored_ids_black() -> None:
    table = Classes(("sea", "land"), ((0, 0, 255), (0, 255, 0)))
    painted = table.paint(np.array([[0, 1, IGNORE, 2]], np.uint8))
    assert painted.tolist() == [[[0, 0, 255], [0, 255, 0], [0, 0, 0], [0, 0, 0]]]
    assert painted.dtype == np.uint8


def test_a_table_comes_back_from_json_the_same() -> None:
    text = json.dumps(CITYSCAPES.to_json())
    assert Classes.from_json(json.loads(text)) == CITYSCAPES


def test_json_holds_names_colours_and_void_colours() -> None:
    table = Classes(("sea",), ((0, 0, 255),), void_colours=())
    assert table.to_json() == {"names": ["sea"], "colours": [[0, 0, 255]], "void_colours": []}


@pytest.mark.parametrize("count", [0, 255])
def test_no_classes_and_more_than_254_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=rf"1 to 254 classes.*Received: {count} names"):
        Classes(("name",) * count, ((1, 2, 3),) * count)


def test_a_name_without_a_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="Received: 2 names and 1 colours"):
        Classes(("sea", "land"), ((0, 0, 255),))


def test_numbered_classes_have_distinct_colours_and_black_stays_void() -> None:
    table = numbered_classes(60)
    assert table.names[:2] == ("class 0", "class 1")
    assert table.colours[0] == (242, 61, 61)  # hue 0, saturation .75, value .95
    assert len({*table.colours, *table.void_colours}) == 61
