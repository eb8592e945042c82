"""Which checks a training does by itself, and which the check command does."""

from __future__ import annotations

from collections.abc import Sequence

from dataset.cache import Cached
from dataset.checking.album import Album, one_coloured, twins
from dataset.checking.belonging import labels_of_other_photos
from dataset.checking.contents import all_ignored, never_learned, never_seen, one_class_only, rare
from dataset.checking.darkness import all_dark
from dataset.checking.finding import Finding, by_severity
from dataset.checking.leaks import find_leaks, leak_findings
from dataset.checking.pairing import shared_groups, too_few, unusable, without_partner
from dataset.checking.sizes import Sizes, squeezed
from dataset.checking.unlearned import unusable_test
from dataset.class_counts import ClassCounts
from dataset.counting import Progress
from dataset.pairs import Dataset


def quick_check(dataset: Dataset, cached: Cached) -> list[Finding]:
    """What a person should know before a training begins: 1 s for 3,500 pairs of 256×256."""
    train, val = ClassCounts(cached.train), ClassCounts(cached.val)
    photos, checked = Album(cached.train), Album(cached.val)
    return by_severity(
        [
            *unusable(cached, "warning"),
            *without_partner(dataset),
            *too_few(cached),
            *all_dark(cached.train),
            *labels_of_other_photos(cached.train),
            *leak_findings(photos, checked, find_leaks(photos, checked)),
            *never_learned(dataset.classes, train, val),
        ]
    )


def full_check(
    dataset: Dataset,
    cached: Cached,
    sizes: Sizes,
    test_problems: Sequence[str] = (),
    workers: int = 2,
    progress: Progress | None = None,
) -> list[Finding]:
    """Everything that is known to go wrong with data: a minute for 10,000 pairs.

    Args:
        dataset: As the format found it.
        cached: The same, decoded with skip_bad.
        sizes: Of the photos, from photo_sizes(dataset).
        test_problems: From unreadable(dataset).
        workers: Threads that compare photos.
        progress: Called with the val photos looked at and those to look at in all.
    """
    train, val = ClassCounts(cached.train), ClassCounts(cached.val)
    photos, checked = Album(cached.train), Album(cached.val)
    leaks = find_leaks(photos, checked, True, workers, progress)
    return by_severity(
        [
            *unusable(cached, "error"),
            *unusable_test(dataset, test_problems),
            *without_partner(dataset),
            *too_few(cached),
            *leak_findings(photos, checked, leaks),
            *shared_groups(dataset),
            *never_learned(dataset.classes, train, val),
            *all_ignored(train, val),
            *one_coloured(photos, checked),
            *all_dark(cached.train),
            *labels_of_other_photos(cached.train),
            *twins(photos, cached.train.labels),
            *one_class_only(dataset.classes, train, val),
            *rare(dataset.classes, train),
            *never_seen(dataset.classes, train, val),
            *squeezed(sizes, cached.train.photos.shape[1:3]),
        ]
    )
