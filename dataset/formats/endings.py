"""Labels that are named as their photo with an ending that no word list knows.

    splits = pair_by_ending(root, files)        # Image_01L.jpg with Image_01L_1stHO.png

Or that are another kind of file: 7.png of 7.jpg. The pictures say which of the two is the label:
those that end so have far fewer colours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import permutations
from pathlib import Path

from dataset.formats.building import Splits
from dataset.formats.halves import few_colours, is_label
from dataset.formats.pairing import Match, splits_of
from dataset.formats.words import SPLIT_WORDS, Named, name_of
from utils_func import BadInput

LOOKED_AT = 16
# Share of all files that has one ending: a third where two people have drawn labels.
FEWEST = 0.25
SEPARATOR = re.compile(r"[\s_.-]+")

Place = tuple[str, tuple[str, ...], str]
Ended = tuple[Named, Named]  # a file, and the one whose name it continues


def pair_by_ending(root: Path, files: Iterable[Path]) -> Splits | None:
    """The pairs by split; None where no common ending stands on labels."""
    named = [name_of(file, root) for file in files]
    at: dict[Place, list[Named]] = {}
    for one in named:
        at.setdefault(_place(one, one.file.stem), []).append(one)
    ended: dict[str, list[Ended]] = {}
    for one in named:
        for start, ending in _divided(one.file.stem):
            for photo in at.get(_place(one, start), [])[-1:]:
                ended.setdefault(_without_split(ending), []).append((photo, one))
    for alike in at.values():
        for photo, label in permutations(alike if len(alike) == 2 else (), 2):
            if photo.file.parent == label.file.parent:
                ended.setdefault(label.file.suffix.lower(), []).append((photo, label))
    common = {end: found for end, found in ended.items() if len(found) > FEWEST * len(named)}
    labels = {end: found for end, found in common.items() if _are_labels(found)}
    if len(labels) > 1:
        first, second, *_ = labels
        raise BadInput(
            f"{root} holds labels that end in {first} and in {second}, such as "
            f"{labels[first][0][1].file.name} and {labels[second][0][1].file.name}. Expected one "
            "label for each photo. Move all of one kind away."
        )
    return next((splits_of(_match(named, found)) for found in labels.values()), None)


def _place(one: Named, stem: str) -> Place:
    return one.split, one.places, stem.lower()


def _divided(stem: str) -> Iterator[tuple[str, str]]:
    """'a_b_c' as ('a', '_b_c') and ('a_b', '_c')."""
    for separator in SEPARATOR.finditer(stem):
        if separator.start() > 0 and separator.end() < len(stem):
            yield stem[: separator.start()], stem[separator.start() :]


def _without_split(ending: str) -> str:
    """'_id' of '_train_id' and of '_val_id'."""
    words = [word for word in SEPARATOR.split(ending) if word.lower() not in SPLIT_WORDS]
    return "_".join(words) if any(words) else ending


def _are_labels(found: list[Ended]) -> bool:
    """Whether those with the ending have far fewer colours than those without it."""
    some = found[:: max(1, len(found) // LOOKED_AT)]
    shares = [(few_colours(label.file), few_colours(photo.file)) for photo, label in some]
    return 2 * sum(is_label(*two) for two in shares) > len(some)


def _match(named: list[Named], pairs: list[Ended]) -> Match:
    taken = {one for pair in pairs for one in pair}
    return Match(pairs, [one for one in named if one not in taken])
