"""Each finding is proven by data that have it; clean data give none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dataset.cache import Cached
from dataset.checking import Finding, full_check, quick_check
from dataset.pairs import Dataset, Pair
from labels.classes import IGNORE, Classes
from tests.dataset.checking.conftest import scenery

CLASSES = Classes(("road", "sky", "car"), ((1, 0, 0), (2, 0, 0), (3, 0, 0)))


def pairs(split: str, count: int, group: str = "") -> tuple[Pair, ...]:
    return tuple(
        Pair(f"{split}/{n}.png", Path(f"{split}/{n}.png"), Path(f"{split}annot/{n}.png"), group)
        for n in range(1, count + 1)
    )


@pytest.fixture
def dataset() -> Dataset:
    return Dataset(Path("data"), "any", CLASSES, pairs("train", 8), pairs("val", 3), None, "1")


@pytest.fixture
def cached() -> Cached:
    return Cached(scenery(0, 8, "train"), scenery(100, 3, "val"), [], "hash")


def only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, [finding.headline for finding in findings]
    return findings[0]


def both(dataset: Dataset, cached: Cached) -> list[Finding]:
    """The only finding of each check."""
    return [only(quick_check(dataset, cached)), only(full_check(dataset, cached, {}))]


def test_clean_data_give_no_finding(dataset: Dataset, cached: Cached) -> None:
    assert quick_check(dataset, cached) == []
    assert full_check(dataset, cached, {(128, 128): 11}) == []


def test_what_cannot_be_used_is_counted_and_told_and_an_error_in_the_full_check(
    dataset: Dataset, cached: Cached
) -> None:
    quick, full = both(dataset, replace(cached, skipped=["1.png is bad", "2.png has value 9"]))
    assert (quick.severity, full.severity) == ("warning", "error")
    assert quick.headline == full.headline == "2 of 13 pairs cannot be used."
    assert full.details == ("1.png is bad", "2.png has value 9")


def test_files_alone_are_named_with_what_they_miss(dataset: Dataset, cached: Cached) -> None:
    files = tuple(map(Path, ("train/9.png", "trainannot/10.png", "other/11.png")))
    for finding in both(replace(dataset, alone=files), cached):
        assert finding.headline == "3 files without a partner left out."
        assert finding.details == (
            "train/9.png has no label",
            "trainannot/10.png has no photo",
            "other/11.png",
        )


@pytest.mark.parametrize(
    ("count", "severity", "words"), [(1, "warning", "only one pair"), (0, "error", "no pair")]
)
def test_a_split_of_less_than_two_pairs_is_told(
    dataset: Dataset, cached: Cached, count: int, severity: str, words: str
) -> None:
    few = replace(cached, val=cached.val.chosen(slice(0, count)))
    for finding in both(dataset, few):
        assert finding.severity == severity
        assert finding.headline == f"There is {words} to check with."


def test_a_drive_in_both_splits_is_named(dataset: Dataset, cached: Cached) -> None:
    shared = replace(dataset, train=pairs("train", 8, "drive 7"), val=pairs("val", 3, "drive 7"))
    finding = only(full_check(shared, cached, {}))
    assert finding.headline == "1 drive or sequence has pairs in train and in val."
    assert finding.details == ("drive 7",)


def test_a_class_that_only_val_shows_is_named(dataset: Dataset, cached: Cached) -> None:
    cached.train.labels[cached.train.labels == 2] = 0
    cached.val.labels[0][cached.val.labels[0] == 2] = 0
    for finding in both(dataset, cached):
        assert finding.headline == "1 class in val that train never shows."
        assert finding.details == ("car: in 2 pictures of val",)


def test_a_class_that_nothing_shows_is_a_note(dataset: Dataset, cached: Cached) -> None:
    for examples in (cached.train, cached.val):
        examples.labels[examples.labels == 2] = 0
    assert quick_check(dataset, cached) == []
    finding = only(full_check(dataset, cached, {}))
    assert (finding.severity, finding.details) == ("note", ("car",))


@pytest.mark.parametrize(("pictures", "rare"), [(4, True), (5, False)])
def test_a_class_in_fewer_than_five_pictures_is_a_note(
    dataset: Dataset, cached: Cached, pictures: int, rare: bool
) -> None:
    cached.train.labels[pictures:][cached.train.labels[pictures:] == 2] = 0
    findings = full_check(dataset, cached, {})
    assert len(findings) == rare
    if rare:
        # A quarter of 4 of 8 pictures.
        assert findings[0].details == ("car: 4 pictures, 12.50% of the pixels",)


def test_labels_in_which_nothing_counts_are_named(dataset: Dataset, cached: Cached) -> None:
    cached.train.labels[2], cached.train.confident[2] = IGNORE, False
    finding = only(full_check(dataset, cached, {}))
    assert finding.headline == "1 label with nothing but ignored pixels."
    assert finding.details == ("train/3.png",)


def test_a_label_of_one_class_is_named_only_where_others_have_more(
    dataset: Dataset, cached: Cached
) -> None:
    cached.train.labels[1] = 1
    finding = only(full_check(dataset, cached, {}))
    assert finding.headline == "1 label of 11 with a single class, others have more."
    assert finding.details == ("train/2.png: only sky",)
    cached.train.labels[:] = cached.val.labels[:] = 0
    assert [finding.details for finding in full_check(dataset, cached, {})] == [("sky", "car")]


def test_a_photo_of_one_colour_is_named(dataset: Dataset, cached: Cached) -> None:
    noise = np.random.default_rng(0).integers(0, 4, (128, 128, 3), dtype=np.uint8)
    cached.train.photos[4] = 90 + noise
    finding = only(full_check(dataset, cached, {}))
    assert (finding.headline, finding.details) == ("1 photo of a single colour.", ("train/5.png",))


def test_a_dark_photo_is_not_of_one_colour(dataset: Dataset, cached: Cached) -> None:
    cached.train.photos[4] //= 16
    assert full_check(dataset, cached, {}) == []


def test_a_photo_twice_in_train_is_a_note(dataset: Dataset, cached: Cached) -> None:
    cached.train.photos[6] = cached.train.photos[1]
    finding = only(full_check(dataset, cached, {}))
    assert (finding.severity, finding.details) == ("note", ("train/2.png, train/7.png",))


def test_a_photo_twice_with_different_labels_is_a_warning(dataset: Dataset, cached: Cached) -> None:
    cached.train.photos[6] = cached.train.photos[1]
    cached.train.labels[6, 0, 0] = 0
    finding = only(full_check(dataset, cached, {}))
    assert finding.severity == "warning"
    assert finding.details == ("train/2.png, train/7.png: with different labels",)


def test_photos_that_training_squeezes_are_told_with_the_size_that_would_not(
    dataset: Dataset, cached: Cached
) -> None:
    # 2:1 at as many pixels as 128×128 is 181×90.5, and the nearest multiples of 16 are 176×96.
    finding = only(full_check(dataset, cached, {(100, 200): 10, (100, 110): 1}))
    assert finding.severity == "note"
    assert finding.headline.startswith("10 of 11 photos are squeezed or stretched to 128×128")
    assert "by a factor of 2.0" in finding.headline
    assert "--height 96 --width 176 keeps the shape of 200×100" in finding.advice


def test_errors_come_first(dataset: Dataset, cached: Cached) -> None:
    cached.train.photos[6] = cached.train.photos[1]
    found = full_check(dataset, replace(cached, skipped=["bad"]), {(100, 200): 11})
    assert [finding.severity for finding in found] == ["error", "note", "note"]
