"""What was found, in words: how many pairs, and which classes with their shares."""

from __future__ import annotations

from collections.abc import Iterator

from dataset.cache import Cached
from dataset.checking.sizes import Sizes, size_line
from dataset.class_counts import ClassCounts
from dataset.pairs import Dataset
from dataset.sizing import Size
from dataset.wording import counted

LEAST_WIDTH = 16  # of the column of class names


def describe(
    dataset: Dataset, cached: Cached, sizes: Sizes | None = None, largest: Size | None = None
) -> Iterator[str]:
    """The lines that a person reads before training begins.

    What was left out is a finding of dataset/checking, which is shown beside these.

    Args:
        dataset: As the format found it.
        cached: The same, decoded.
        sizes: Of the photos, where they were looked up.
        largest: What they are brought to where there is much time.
    """
    counts = {
        "training": len(cached.train),
        "validation": len(cached.val),
        "test": len(dataset.test),
    }
    *first, last = [counted(number, f"{of} pair") for of, number in counts.items() if number]
    found = f"{', '.join(first)} and {last}" if first else last
    yield f"Found {found} in {dataset.folder} ({dataset.format})."
    yield from _how_read(dataset)
    if sizes is not None:
        yield size_line(sizes, cached.train.photos.shape[1:3], largest)
    yield ""
    yield from _class_table(dataset, cached)


def remarks(dataset: Dataset, cached: Cached) -> Iterator[str]:
    """How the pairs were found, and which were left out."""
    yield from _how_read(dataset)
    if cached.skipped:
        yield f"Files left out: {len(cached.skipped)}"
        yield from (f"  {reason}" for reason in cached.skipped)


def _how_read(dataset: Dataset) -> Iterator[str]:
    yield from dataset.remarks
    if levels := dataset.levels:
        taken = f"{levels.black:g} is taken as black, and {levels.white:g} as white"
        yield f"Photos have more than 8 bits: {taken}."


def _class_table(dataset: Dataset, cached: Cached) -> Iterator[str]:
    """Shares are of the confident pixels: the doubtful ones hold a bit of nearly every class."""
    train, val = ClassCounts(cached.train), ClassCounts(cached.val)
    width = max(LEAST_WIDTH, *map(len, dataset.classes.names))
    yield f"  {'':<{width}}{'train':>11}{'':>12}{'val':>11}".rstrip()
    yield f"  {'class':<{width}}{'pixels':>11}{'pictures':>12}{'pixels':>11}{'pictures':>12}"
    for index, name in enumerate(dataset.classes.names):
        never = "   never in train" if val.pictures[index] and not train.pictures[index] else ""
        yield f"  {name:<{width}}{_shares(train, index)}{_shares(val, index)}{never}"
    total, counted = max(1, cached.train.labels.size), train.pixels.sum()
    told = f"  {train.ignored / total:.1%} of all label pixels in train are ignored."
    if train.ignored + counted < total:
        told += f" Shares are of the {counted / total:.1%} that are decoded with confidence."
    yield told


def _shares(counts: ClassCounts, index: int) -> str:
    """Of the pixels and of the pictures of a split."""
    pixels = counts.pixels[index] / max(1, counts.pixels.sum())
    pictures = counts.pictures[index] / max(1, len(counts.names))
    return f"{pixels:>11.2%}{counts.pictures[index]:>7}{pictures:>5.0%}"
