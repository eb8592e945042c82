"""Lists of names that say which pairs belong to a split, one name a line.

names = read_names(root / "ImageSets" / "Segmentation" / "train.txt", photos)
train = chosen(names, photos, labels)       # Found: pairs in the order of the list
missing(root / "train.txt", names, photos, labels)     # a remark, if names have no files
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path

from dataset.formats.building import Found, Splits, match
from utils_func import BadInput


def read_names(path: Path, known: Container[str]) -> tuple[str, ...]:
    """The name in each line, each once; none where there is no such file.

    It is the first word, unless the whole line is a name that is `known`.
    """
    if not path.is_file():
        return ()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(
            f"{path} cannot be read: {problem}. Expected a text with one name a line. "
            "Copy it again from where it came."
        ) from None
    lines = [unicodedata.normalize("NFC", line.strip()) for line in lines]
    listed = (line for line in lines if line and not line.startswith("#"))
    return tuple(dict.fromkeys(line if line in known else line.split()[0] for line in listed))


def chosen(names: Iterable[str], photos: Mapping[str, Path], labels: Mapping[str, Path]) -> Found:
    """The pairs of some names; what else lies in the folders is none of theirs."""
    order = tuple(names)
    return match(
        "",
        {name: photos[name] for name in order if name in photos},
        {name: labels[name] for name in order if name in labels},
    )


def missing(
    path: Path, names: Iterable[str], photos: Mapping[str, Path], labels: Mapping[str, Path]
) -> Iterator[str]:
    """What to tell where a list names pairs of which neither file is there."""
    absent = [name for name in names if name not in photos and name not in labels]
    if absent:
        more = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
        yield f"{path} names {absent[0]}{more}, but neither photo nor label is there."


def only_test(root: Path, splits: Splits) -> tuple[Splits, list[str]]:
    """Where there are test pairs and no others, they are there to be scored: they become val."""
    if splits.train.pairs or splits.val.pairs or not splits.test.pairs:
        return splits, []
    count = len(splits.test.pairs)
    remark = f"{root} has pairs of its test split only: all {count} are validated on."
    return Splits(splits.train, splits.test), [remark]
