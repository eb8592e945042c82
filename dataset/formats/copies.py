"""Pairs that are stored twice: beside themselves in another kind of file, or divided and whole.

kept, remark = without_copies(match.pairs)

Of png_images and jpeg_images each pair is meant once; and where images and masks hold all that
train and test hold as well, learning from them would be learning the test.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from filecmp import cmp

from dataset.formats.words import Named
from dataset.wording import counted

KINDS = {"png", "jpg", "jpeg", "tif", "tiff", "bmp", "webp", "gif"}
LOSSY = (".jpg", ".jpeg", ".webp")
DIVIDED = 0.9  # of the pairs in splits so many must be there outside of them, too

Two = tuple[Named, Named]  # photo and label


def without_copies(pairs: Sequence[Two]) -> tuple[list[Two], str]:
    """Each pair once, and what to tell of the others."""
    once, of_kinds = _of_one_kind(pairs)
    kept, of_whole = _divided_alone(once)
    return kept, " ".join(filter(None, (of_kinds, of_whole)))


def _of_one_kind(pairs: Sequence[Two]) -> tuple[list[Two], str]:
    """Those whose label lost nothing when it was saved."""
    same: dict[tuple[object, ...], list[Two]] = defaultdict(list)
    for photo, label in pairs:
        folders = tuple(filter(None, map(_without_kinds, photo.folders)))
        same[photo.split or label.split, folders, photo.whole].append((photo, label))
    kept = [min(copies, key=_is_lossy) for copies in same.values()]
    twice = next((copies for copies in same.values() if len(copies) > 1), None)
    if twice is None:
        return kept, ""
    (_, label), (_, other), *_ = twice
    return kept, (
        f"{counted(len(pairs) - len(kept), 'pair')} are there in two kinds of file, such as "
        f"{label.file} and {other.file}: each is taken once."
    )


def _is_lossy(pair: Two) -> bool:
    return pair[1].file.suffix.lower() in LOSSY


def _without_kinds(folder: str) -> str:
    return "_".join(word for word in folder.split("_") if word not in KINDS)


def _divided_alone(pairs: list[Two]) -> tuple[list[Two], str]:
    """Without those that lie in train, val or test once more."""
    divided = [pair for pair in pairs if _split(pair)]
    whole = {_name(pair): pair for pair in pairs if not _split(pair)}
    again = [pair for pair in divided if _is_same(pair, whole.get(_name(pair)))]
    if not divided or len(again) < DIVIDED * len(divided):
        return pairs, ""
    left_out = {_name(pair) for pair in again}
    kept = [pair for pair in pairs if _split(pair) or _name(pair) not in left_out]
    return kept, (
        f"{counted(len(pairs) - len(kept), 'pair')} are there once more in a split, such as "
        f"{again[0][0].file}: those of the splits are taken."
    )


def _is_same(pair: Two, other: Two | None) -> bool:
    """By their bytes: 1.png of test need not be the 1.png beside it."""
    return other is not None and all(
        cmp(one.file, copy.file, shallow=False) for one, copy in zip(pair, other, strict=True)
    )


def _split(pair: Two) -> str:
    return pair[0].split or pair[1].split


def _name(pair: Two) -> tuple[object, ...]:
    return pair[0].folders, pair[0].whole
