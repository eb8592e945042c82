"""Which photo belongs to which label, by their names alone.

    found = pair_up(folder, picture_files_below(folder))
    found.train.pairs, found.val.pairs

One rule instead of a list of layouts: a photo and a label with the same key are a pair. The key is
what a path says (words.py) apart from photo, label and split: train/images/7.jpg belongs to
train/masks/7_mask.png, a.jpg to a_seg.png, Image_3.png to Mask_3.png, x/1.png to y/1.png.
Of a_mask.png and a_mask2.png the first is a label and the second has no photo; of a_mask.png and
a_seg.png nobody can know, so both are named. Sub-folders that are left become groups.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from dataset.formats.building import Found, Splits
from dataset.formats.copies import without_copies
from dataset.formats.grouping import groups_of
from dataset.formats.words import Named, around_labels, may_hold_pairs, name_of
from dataset.pairs import Pair
from utils_func import BadInput, picture_files

__all__ = ["Match", "pair_up", "picture_files_below", "splits_of"]

LEVELS, MOST_FILES, MOST_FOLDERS = 5, 200_000, 20_000
# Beside 7_label.png, 7_inst_label.png numbers its objects and 7_color_label.png paints it.
NO_OTHER_LABEL = {
    *("inst", "instance", "instances", "color", "colour", "colored", "coloured"),
    *("rgb", "vis", "overlay", "preview"),
}

Key = Callable[[Named], tuple[object, ...]]
Role = Callable[[Named], bool | None]


def _numbers(text: str) -> str:
    return re.sub(r"\d+", lambda digits: str(int(digits[0])), text)


def _first_number(text: str) -> str:
    found = re.search(r"\d+", text)
    return str(int(found[0])) if found else ""


# From strict to lenient. 1 is 001, train is val and 'images_a' is 'masks_b' only where a stricter
# key finds less than half as many pairs.
KEYS: tuple[Key, ...] = (
    lambda one: (one.split, one.folders, one.whole),
    lambda one: (one.split, one.folders, one.stem),
    lambda one: (one.split, one.folders, _numbers(one.stem)),
    lambda one: (one.folders, one.stem),
    lambda one: (one.split, one.places, one.stem),
    lambda one: (one.places, one.stem),
)
# Where none of these finds any: whatever the folders are called; or by the first number alone, as
# of DRIVE 21_training.tif and 21_manual1.gif are a pair.
LOOSEST: tuple[Key, ...] = (
    lambda one: (one.split, one.stem),
    lambda one: (one.split, one.places, _first_number(one.stem) or one.stem),
)
# Who says what a file is. masks/img_1.png is a label whatever its name says; images/a_mask.png
# is one too; in segmentation/1_image.png the name is right, in images/target_1.png the folder.
ROLES: tuple[Role, ...] = (
    lambda one: one.stem_says or one.folder_says,
    lambda one: one.folder_says if one.stem_says is None else one.stem_says,
    lambda one: one.is_label,
)


@dataclass
class Match:
    """What one key and one opinion about roles find."""

    pairs: list[tuple[Named, Named]] = field(default_factory=list)
    alone: list[Named] = field(default_factory=list)
    conflict: tuple[Named, Named, str] | None = None
    crowded: bool = False
    """Whether a label has several photos."""


def picture_files_below(folder: Path) -> list[Path]:
    """Every picture in the folder and below it, but for hidden ones and the built-in scenes."""
    files: list[Path] = []
    level, folders = [folder], 0
    for _ in range(LEVELS + 1):
        for place in level:
            files += picture_files(place)
            folders += 1
            if len(files) > MOST_FILES or folders > MOST_FOLDERS:
                raise BadInput(
                    f"{folder} holds {len(files):,} pictures in {folders:,} folders and more. "
                    f"Expected one set of pairs with at most {MOST_FILES:,} pictures in "
                    f"{MOST_FOLDERS:,} folders. Name the folder of your pairs with --data."
                )
        level = [
            below for place in level for below in sorted(place.iterdir()) if may_hold_pairs(below)
        ]
    return files


def pair_up(root: Path, files: Iterable[Path], labels: Path | None = None) -> Splits | None:
    """The pairs by split; None where no file is said to be a label, or none has a photo.

    Args:
        root: The folder above all files.
        files: Photos and labels.
        labels: The folder of all labels, where names do not say it.
    """
    files = list(files)
    named = [name_of(file, root) for file in files]
    if labels is not None:
        return splits_of(_by_folder(named, root, labels))
    best = _best(named)
    if not best.pairs and (silent := around_labels(files, root)):
        best = _best([name_of(file, root, silent=silent) for file in files])
    if not best.pairs:
        best = _best([name_of(file, root, vague=True) for file in files])
    _expect_one_folder_of_labels(best)
    _expect_one_ending(best)
    return splits_of(best)


def _best(named: list[Named]) -> Match:
    """What the strictest key finds that finds enough."""
    best = Match()
    for key in KEYS:
        found = max((_match(named, role, key) for role in ROLES), key=lambda one: len(one.pairs))
        if len(found.pairs) > 2 * len(best.pairs):
            best = found
    if best.pairs:
        return best
    for key in LOOSEST:
        found = max((_match(named, role, key) for role in ROLES), key=_pairs_beyond_doubt)
        if _pairs_beyond_doubt(found) or _two_folders_of_labels(found):
            return found
    return best


def _pairs_beyond_doubt(match: Match) -> int:
    return 0 if match.conflict else len(match.pairs)


def _two_folders_of_labels(match: Match) -> bool:
    """As 1st_manual and 2nd_manual, of two people, or masks and colormaps: to be told, as nobody
    knows which is meant.
    """
    if match.conflict is None or not match.conflict[2].startswith("labels"):
        return False
    one, other, _ = match.conflict
    apart = one.file.parent != other.file.parent
    return apart and (one.file.name != other.file.name or not match.crowded)


def _expect_one_folder_of_labels(match: Match) -> None:
    """Of DRIVE the discs in 'mask' have the names of the photos, the vessels in '1st_manual' have
    not: nobody would see before the end that the wrong ones were learned.
    """
    taken = {label.file.parent for _, label in match.pairs}
    beside = {folder.parent for folder in taken}
    left: dict[Path, int] = {}
    for one in match.alone:
        folder = one.file.parent
        if one.folder_says and folder not in taken and folder.parent in beside:
            left[folder] = left.get(folder, 0) + 1
    for folder, count in left.items():
        if 2 * count > len(match.pairs) / len(taken):
            label = match.pairs[0][1].file
            raise BadInput(
                f"{label.parent} and {folder} both hold labels, by their names, such as "
                f"{label.name}. Expected one folder of labels. Move the folders away that are not "
                "to be learned."
            )


def _expect_one_ending(match: Match) -> None:
    """Beside 7_mask.png a 7_watershed_mask.png is another label of 7.png; 7_2_mask.png need not be,
    as it may be of a photo that is gone.
    """
    pairs = {(photo.split, photo.places, photo.stem): label for photo, label in match.pairs}
    continued: dict[str, list[tuple[Named, Named]]] = {}
    for one in match.alone:
        start, _, word = one.stem.rpartition("_")
        label = pairs.get((one.split, one.places, start))
        known = word.isdecimal() or word in NO_OTHER_LABEL
        if one.stem_says and label and label.stem_says and not known:
            continued.setdefault(word, []).append((label, one))
    for found in continued.values():
        if 2 * len(found) > len(match.pairs):
            label, other = found[0]
            raise BadInput(
                f"{label.file} and {other.file.name} both look like the label of one photo, and so "
                f"do {len(found) - 1} more. Expected one for each. Move all of one kind away."
            )


def _by_folder(named: list[Named], root: Path, labels: Path) -> Match:
    def key(one: Named) -> tuple[object, ...]:
        return one.file.relative_to(root).parts[1:-1], one.whole

    return _match(named, lambda one: one.file.is_relative_to(labels), key)


def _match(named: Iterable[Named], role: Role, key: Key) -> Match:
    match = Match()
    photos: dict[tuple[object, ...], list[Named]] = {}
    labels: dict[tuple[object, ...], list[Named]] = {}
    for one in named:
        (labels if role(one) else photos).setdefault(key(one), []).append(one)
    for place, same in photos.items():
        own = labels.pop(place, [])
        match.pairs += [(same[0], own[0])] if own else []
        match.alone += same[1:] + own[1:] if own else same
        match.crowded |= bool(own) and len(same) > 1
        for several, what in ((own, "labels of one photo"), (same, "photos of one label")):
            if own and len(several) > 1 and match.conflict is None:
                match.conflict = (several[0], several[1], what)
    match.alone += [one for same in labels.values() for one in same]
    return match


def splits_of(match: Match) -> Splits | None:
    """The pairs of a match, each in its split; None where it has none."""
    if match.conflict:
        first, second, what = match.conflict
        raise BadInput(
            f"{first.file} and {second.file} look like two {what}. Expected one. "
            f"Move one of them away."
        )
    if not match.pairs:
        return None
    found: dict[str, list[Pair]] = {"train": [], "val": [], "test": []}
    pairs, remark = without_copies(match.pairs)
    has_val = any((photo.split or label.split) == "val" for photo, label in pairs)
    groups = groups_of([photo for photo, _ in pairs], held_out=not has_val)
    for (photo, label), group in zip(pairs, groups, strict=True):
        split = photo.split or label.split
        name = "/".join(part for part in (split, *photo.folders, photo.whole) if part)
        found[split or "train"].append(Pair(name, photo.file, label.file, group))
    train, val, test = (tuple(found[split]) for split in ("train", "val", "test"))
    if not train and not val:
        _expect_nothing_left(match)
        train, test = test, ()
    alone = tuple(one.file for one in match.alone)
    return Splits(Found(train, alone), Found(val), Found(test), remark=remark)


def _expect_nothing_left(match: Match) -> None:
    """Pairs of test alone are to be learned from only where there are no others to be meant."""
    left = [one for one in match.alone if one.split in ("train", "val")]
    if 2 * len(left) > len(match.pairs):
        photo, label = match.pairs[0]
        raise BadInput(
            f"Only files of a test split belong together by their names, such as {photo.file} and "
            f"{label.file}; {len(left)} files of train and val find no partner, such as "
            f"{left[0].file}. Expected labels there that are named as their photos. Give them "
            "those names, or move them away to learn from those of test."
        )
