"""Classes that a mirror changes into each other."""

from __future__ import annotations

import pytest

from labels.classes import CITYSCAPES
from labels.sides import mirrored_ids


@pytest.mark.parametrize(
    ("names", "changed"),
    [
        (("background", "left lung", "right lung"), {1: 2, 2: 1}),
        (("r_eye", "skin", "l_eye", "hair", "l_brow", "r_brow"), {0: 2, 2: 0, 4: 5, 5: 4}),
        (("LeftArm", "rightarm", "Hat"), {0: 1, 1: 0}),
        (("lane-left", "road", "lane-right"), {0: 2, 2: 0}),
    ],
)
def test_a_mirror_changes_left_into_right(names: tuple[str, ...], changed: dict[int, int]) -> None:
    table = mirrored_ids(names)
    assert table is not None
    assert {id_: int(other) for id_, other in enumerate(table) if other != id_} == changed


@pytest.mark.parametrize(
    "names",
    [
        CITYSCAPES.names,
        ("left over", "cleft lip"),  # there is no right one
        ("wall", "warr"),
        ("l1", "r1", "reel", "leer"),
    ],
)
def test_other_classes_have_no_side(names: tuple[str, ...]) -> None:
    assert mirrored_ids(names) is None
