"""What was found, in words: how many pairs, and which classes with their shares."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataset.cache import Cached, Examples
from dataset.pairs import Dataset
from labels.classes import IGNORE


def describe(dataset: Dataset, cached: Cached) -> Iterator[str]:
    """The lines that a person reads before training begins."""
    yield (
        f"Found {len(cached.train)} training and {len(cached.val)} validation pairs "
        f"in {dataset.folder} ({dataset.format})."
    )
    yield from remarks(dataset, cached)
    yield ""
    yield from _class_table(dataset, cached)


def remarks(dataset: Dataset, cached: Cached) -> Iterator[str]:
    """How the pairs were found, and which were left out."""
    yield from dataset.remarks
    if cached.skipped:
        yield f"Files left out: {len(cached.skipped)}"
        yield from (f"  {reason}" for reason in cached.skipped)


def _class_table(dataset: Dataset, cached: Cached) -> Iterator[str]:
    """Shares are of the confident pixels: the doubtful ones hold a bit of nearly every class."""
    train, val = ClassCounts(cached.train), ClassCounts(cached.val)
    yield f"  {'class':<16}{'pixels':>9}{'pictures':>11}{'in val':>9}"
    for index, name in enumerate(dataset.classes.names):
        share = train.pixels[index] / max(1, train.pixels.sum())
        never = "   never in train" if val.pictures[index] and not train.pictures[index] else ""
        yield (
            f"  {name:<16}{share:>9.2%} {train.pictures[index]:>10}{val.pictures[index]:>9}{never}"
        )
    total = cached.train.labels.size
    yield (
        f"  {train.ignored / total:.1%} of all label pixels are ignored. Shares are of the "
        f"{train.pixels.sum() / total:.1%} that are decoded with confidence."
    )


class ClassCounts:
    """Confident pixels by class id, and pictures that have any, in one split."""

    def __init__(self, examples: Examples) -> None:
        self.pixels = np.zeros(IGNORE, np.int64)
        self.pictures = np.zeros(IGNORE, np.int64)
        self.ignored = 0
        for label, confident in zip(examples.labels, examples.confident, strict=True):
            counts = np.bincount(label[confident], minlength=256)[:IGNORE]
            self.pixels += counts
            self.pictures += counts > 0
            self.ignored += int((label == IGNORE).sum())
