"""Whether labels belong to their photos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from dataset.cache import Examples
from dataset.checking.belonging import labels_of_other_photos
from dataset.scenes import draw_scene


@pytest.fixture(scope="module")
def streets() -> Examples:
    photos, labels = zip(*(draw_scene(seed, 96, 96) for seed in range(12)), strict=True)
    names = [str(number) for number in range(12)]
    return Examples(names, np.stack(photos), np.stack(labels), np.stack(labels) != 255)


def told(examples: Examples) -> list[str]:
    return [finding.headline for finding in labels_of_other_photos(examples)]


def test_labels_that_belong_to_their_photos_are_no_finding(streets: Examples) -> None:
    assert told(streets) == []
    assert told(streets.chosen(slice(10))) == []


def test_labels_that_are_mixed_up_are_told_with_how_sure_it_is(streets: Examples) -> None:
    mixed = replace(streets, labels=np.roll(streets.labels, 1, axis=0))
    (finding,) = labels_of_other_photos(mixed)
    assert finding.severity == "warning"
    assert finding.headline.startswith("The labels do not seem to belong to their photos: ")
    assert "among 12 pairs are for a photo's own label" in finding.headline
    assert "compare the names of photos and labels" in finding.advice


@pytest.mark.parametrize(
    ("how", "turn"),
    [
        ("mirrored", lambda labels: labels[:, :, ::-1]),
        ("upside down", lambda labels: labels[:, ::-1]),
        ("turned by half", lambda labels: labels[:, ::-1, ::-1]),
    ],
)
def test_labels_that_are_turned_over_are_told_how(
    how: str, turn: Callable[[np.ndarray], np.ndarray], streets: Examples
) -> None:
    turned = replace(streets, labels=np.ascontiguousarray(turn(streets.labels)))
    (headline,) = told(turned)
    assert headline.startswith(f"The labels seem to be {how} against their photos")


def test_nothing_is_concluded_from_few_pairs_or_from_labels_without_borders(
    streets: Examples,
) -> None:
    mixed = replace(streets, labels=np.roll(streets.labels, 1, axis=0))
    assert told(mixed.chosen(slice(9))) == []
    assert told(replace(streets, labels=np.zeros_like(streets.labels))) == []
    assert told(streets.chosen(slice(0))) == []


def test_labels_that_are_all_alike_are_no_labels_of_other_photos(streets: Examples) -> None:
    same = np.broadcast_to(streets.labels[:1], streets.labels.shape)
    assert told(replace(streets, labels=same)) == []


def test_photos_that_are_all_alike_tell_nothing_of_their_labels(streets: Examples) -> None:
    blank = replace(streets, photos=np.full_like(streets.photos, 128))
    assert told(blank) == []
