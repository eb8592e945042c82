"""Findings about files and splits: what cannot be read, what has no partner, what is too few."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dataset.cache import Cached
from dataset.checking.finding import Finding, Severity
from dataset.pairs import Dataset
from dataset.wording import counted


def unusable(cached: Cached, severity: Severity) -> Iterator[Finding]:
    """Pairs that could not be decoded: unreadable files, ids out of range, wrong sizes."""
    if not cached.skipped:
        return
    total = len(cached.skipped) + len(cached.train) + len(cached.val)
    yield Finding(
        severity,
        f"{len(cached.skipped):,} of {counted(total, 'pair')} cannot be used.",
        tuple(cached.skipped),
        "Correct these files. With --skip-bad training goes on without them.",
    )


def without_partner(dataset: Dataset) -> Iterator[Finding]:
    """Photos without a label and labels without a photo."""
    if not dataset.alone:
        return
    pairs = (*dataset.train, *dataset.val, *dataset.test)
    photos = {pair.photo.parent for pair in pairs}
    labels = {file.parent for pair in pairs for file in pair.files[1:]}
    yield Finding(
        "warning",
        f"{counted(len(dataset.alone), 'file')} without a partner left out.",
        tuple(f"{file}{_missing(file, photos, labels)}" for file in dataset.alone),
        "Give photo and label the same name, or delete what is left over.",
    )


def _missing(file: Path, photos: set[Path], labels: set[Path]) -> str:
    """What is missing, where photos and labels lie in different folders."""
    if file.parent in photos - labels:
        return " has no label"
    return " has no photo" if file.parent in labels - photos else ""


def too_few(cached: Cached) -> Iterator[Finding]:
    """A split that says next to nothing."""
    for name, examples, purpose in (
        ("train", cached.train, "learn from"),
        ("val", cached.val, "check with"),
    ):
        if len(examples) < 2:
            yield Finding(
                "warning" if len(examples) else "error",
                f"There is {'only one pair' if len(examples) else 'no pair'} to {purpose}.",
                advice=f"Put more pairs into {name}.",
            )


def shared_groups(dataset: Dataset) -> Iterator[Finding]:
    """Drives, cities or sequences that are on both sides: neighbours check each other."""
    groups = [{pair.group for pair in pairs} - {""} for pairs in (dataset.train, dataset.val)]
    shared = sorted(groups[0] & groups[1])
    if shared:
        yield Finding(
            "warning",
            f"{counted(len(shared), 'drive or sequence')} "
            f"{'has' if len(shared) == 1 else 'have'} pairs in train and in val.",
            tuple(shared),
            "Scores may be too good for new places. Keep all pairs of one in the same split.",
        )
