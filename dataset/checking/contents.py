"""Findings about what the labels hold: classes that are missing or rare, labels that are empty."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataset.checking.finding import Finding
from dataset.class_counts import ClassCounts
from dataset.wording import counted
from labels.classes import Classes

# With fewer pictures of a class than this, one of them more or less decides its score.
RARE = 5


def never_learned(classes: Classes, train: ClassCounts, val: ClassCounts) -> Iterator[Finding]:
    """Classes that val asks for and train never shows."""
    missing = [index for index in _seen(classes, val) if not train.pictures[index]]
    if missing and train.names:
        yield Finding(
            "warning",
            f"{counted(len(missing), 'class')} in val that train never shows.",
            tuple(
                f"{classes.names[index]}: in {counted(int(val.pictures[index]), 'picture')} of val"
                for index in missing
            ),
            "Such a class is not learned and scores 0. Divide the pairs anew, or add to train.",
        )


def never_seen(classes: Classes, train: ClassCounts, val: ClassCounts) -> Iterator[Finding]:
    """Classes of the table that no label shows."""
    seen = {*_seen(classes, train), *_seen(classes, val)}
    missing = [name for index, name in enumerate(classes.names) if index not in seen]
    if missing:
        yield Finding(
            "note",
            f"{counted(len(missing), 'class')} of the table in no label.",
            tuple(missing),
            "The model has an output for each that learns nothing; no score counts it.",
        )


def rare(classes: Classes, train: ClassCounts) -> Iterator[Finding]:
    """Classes that very few pictures show, though most do not."""
    few = [
        index
        for index in _seen(classes, train)
        if train.pictures[index] < min(RARE, len(train.names))
    ]
    few.sort(key=lambda index: int(train.pictures[index]))
    if few:
        yield Finding(
            "note",
            f"{counted(len(few), 'class')} in fewer than {RARE} pictures of train.",
            tuple(
                f"{classes.names[index]}: {counted(int(train.pictures[index]), 'picture')}, "
                f"{train.pixels[index] / max(1, train.pixels.sum()):.2%} of the pixels"
                for index in few
            ),
            "Expect a low score that differs from run to run. Add pictures that show it.",
        )


def all_ignored(*splits: ClassCounts) -> Iterator[Finding]:
    """Labels in which nothing counts."""
    empty = [
        name
        for split in splits
        for name, total in zip(split.names, split.labelled.sum(axis=1), strict=True)
        if not total
    ]
    if empty:
        yield Finding(
            "warning",
            f"{counted(len(empty), 'label')} with nothing but ignored pixels.",
            tuple(empty),
            "Nothing is learned from such pairs. Look at them, or take them out.",
        )


def one_class_only(classes: Classes, *splits: ClassCounts) -> Iterator[Finding]:
    """Labels with a single class, where others have more: perhaps nobody drew on them."""
    alone = [
        f"{name}: only {classes.names[int(row.argmax())]}"
        for split in splits
        for name, row in zip(split.names, split.labelled, strict=True)
        if np.count_nonzero(row) == 1
    ]
    total = sum(len(split.names) for split in splits)
    if alone and len(alone) < total:
        yield Finding(
            "note",
            f"{counted(len(alone), 'label')} of {total:,} with a single class, others have more.",
            tuple(alone),
            "Right where nothing else is to be seen. Look whether somebody forgot to draw.",
        )


def _seen(classes: Classes, counts: ClassCounts) -> list[int]:
    return [index for index in range(len(classes)) if counts.pictures[index]]
