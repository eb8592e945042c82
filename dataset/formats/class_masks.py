"""A mask for each class: images/7.jpg with masks/lung/7.png and masks/heart/7.png, or 7_lung.png.

    found = by_class(root, files)               # None where several labels are something else
    read = partial(read_masks, names=found.names)

The classes are called as the folders or endings. Where masks overlap the smaller one counts, as a
window lies on its house; where there is none it is background. Two people's labels of the same
photos, and the same labels painted in two ways, are stored like that too: those are told from
classes by what is in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from dataset.decoding import read_photo
from dataset.formats.building import Found, Splits
from dataset.formats.pairing import Match, splits_of
from dataset.formats.words import (
    LABEL_FOLDERS,
    PHOTO_FOLDERS,
    SPLIT_WORDS,
    Named,
    name_of,
    words_of,
)
from dataset.pairs import Pair
from dataset.sizing import written
from labels.classes import Classes, numbered_classes
from labels.coding import Coding
from utils_func import LEAVE_OUT, BadInput, read_label

MOST_CLASSES, LOOKED_AT = 60, 8
# Of the photos so many have masks of more than one class, else they are parts of a set.
SHARE = 0.5
# Masks of two classes hardly overlap, or one lies within the other. Two people's masks of one thing
# have more in common than that: of vessels, where people differ most, an IoU of .62 and .65 (CHASE,
# DRIVE), without one within the other.
SAME, ALIKE, WITHIN = 0.75, 0.4, 0.95
BACKGROUND = ("background", "bg")
WORDS = "|".join(sorted(LABEL_FOLDERS, key=len, reverse=True))
ROLE = re.compile(rf"^({WORDS})[\s._-]+|[\s._-]+({WORDS})$", re.IGNORECASE)

Key = tuple[str, tuple[str, ...], str]
Masks = dict[Named, dict[str, Named]]  # of each photo, by class


@dataclass(frozen=True)
class ByClass:
    """What was found."""

    splits: Splits
    names: tuple[str, ...]
    """Of folders or endings, in the order of the classes behind the background."""

    @property
    def coding(self) -> Coding:
        count = len(self.names) + 1
        called = (BACKGROUND[0], *map(_called, self.names))
        classes = Classes(called, numbered_classes(count).colours)
        return Coding("values", classes, {index: index for index in range(count)})

    @property
    def remark(self) -> str:
        return (
            f"Each class has masks of its own: {', '.join(self.names)}. Where they overlap the "
            "smaller mask counts; where there is none it is background."
        )


def by_class(root: Path, files: Iterable[Path]) -> ByClass | None:
    """The pairs, if this is how they are labelled."""
    named = [name_of(file, root) for file in files]
    masks = _masks(named)
    names = sorted({name for own in masks.values() for name in own})
    if not 2 <= len(names) <= MOST_CLASSES or all(name.isdecimal() for name in names):
        return None
    taken = {one for own in masks.values() for one in own.values()}
    alone = [one for one in named if one not in taken and one not in masks]
    photos = len(masks) + sum(not _is_label(one) for one in alone)
    several = [own for own in masks.values() if len(own) > 1]
    if len(several) < SHARE * photos or not _are_classes(several):
        return None
    first = [(photo, min(own.values(), key=lambda one: one.file)) for photo, own in masks.items()]
    splits = splits_of(Match(first, alone))
    assert splits, "there are pairs"
    whole = (_with_masks(part, masks) for part in (splits.train, splits.val, splits.test))
    return ByClass(Splits(*whole), tuple(n for n in names if n.lower() not in BACKGROUND))


def _with_masks(found: Found, masks: Masks) -> Found:
    files = {
        photo.file: tuple(sorted((name, one.file) for name, one in own.items()))
        for photo, own in masks.items()
    }
    return replace(found, pairs=tuple(replace(one, masks=files[one.photo]) for one in found.pairs))


def _masks(named: Sequence[Named]) -> Masks:
    """The masks of each photo, by the class that a folder or an ending names."""
    photos: dict[Key, Named] = {}
    folders: dict[str, list[Named]] = {}
    for one in named:
        if not _is_label(one):
            photos.setdefault((one.split, one.places, one.stem), one)
        elif _rest(one.file.parent):
            folders.setdefault(one.file.parent.name, []).append(one)
    masks: Masks = {}
    for name, ones in folders.items():
        for key, one in _keys(ones):
            if key in photos:
                masks.setdefault(photos[key], {})[name] = one
    if masks:
        return masks
    for one in named:
        photo, name = _continued(one, photos)
        if photo:
            masks.setdefault(photo, {})[name] = one
    return masks


def _is_label(one: Named) -> bool:
    return bool(one.stem_says if one.folder_says is None else one.folder_says)


def _rest(folder: Path) -> str:
    """What a folder's name says beside photo, label and split."""
    known = (SPLIT_WORDS, PHOTO_FOLDERS, LABEL_FOLDERS)
    return "_".join(w for w in words_of(folder.name) if not any(w in one for one in known))


def _keys(ones: list[Named]) -> Iterator[tuple[Key, Named]]:
    """The key of the photo of each mask in a class's folder, whose names may all end alike."""
    ends = {one.stem.rpartition("_")[2] for one in ones}
    ending = f"_{ends.pop()}" if len(ends) == 1 and len(ones) > 1 else ""
    for one in ones:
        own = one.places[-1:] == (_rest(one.file.parent),)
        yield (
            (one.split, one.places[:-1] if own else one.places, one.stem.removesuffix(ending)),
            one,
        )


def _continued(one: Named, photos: Mapping[Key, Named]) -> tuple[Named | None, str]:
    """The photo whose name a file's name continues, and with what."""
    words = one.stem.split("_")
    for place in range(len(words) - 1, 0, -1):
        photo = photos.get((one.split, one.places, "_".join(words[:place])))
        if photo and photo is not one:
            return photo, "_".join(words[place:])
    return None, ""


def _are_classes(masks: Sequence[Mapping[str, Named]]) -> bool:
    """Whether masks of different names show different things, and nothing but a mask each."""
    overlaps: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for own in masks[:: max(1, len(masks) // LOOKED_AT)]:
        try:
            pictures = {name: read_label(one.file) for name, one in sorted(own.items())}
        except BadInput:
            continue  # decoding will come to it
        if not all(_is_mask(picture) for picture in pictures.values()):
            return False
        for (name, one), (other_name, other) in combinations(pictures.items(), 2):
            if one.shape[:2] == other.shape[:2]:
                both = _overlap(_inside(one), _inside(other))
                overlaps.setdefault((name, other_name), []).append(both)
    return not any(_are_of_one_thing(*np.mean(found, axis=0)) for found in overlaps.values())


def _overlap(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """What two masks have in common, as a share of both together and of the smaller one."""
    common = np.count_nonzero(one & other)
    together, smaller = np.count_nonzero(one | other), min(map(np.count_nonzero, (one, other)))
    return common / max(1, together), common / max(1, smaller)


def _are_of_one_thing(share: float, of_smaller: float) -> bool:
    return share > SAME or (share > ALIKE and of_smaller < WITHIN)


def _is_mask(picture: np.ndarray) -> bool:
    """Two values, or two that a JPEG has smeared a little."""
    grey = picture if picture.ndim == 2 else picture.max(axis=-1)
    most = int(grey.max())
    between = (grey > most // 4) & (grey < most - most // 4)
    return bool(most < 2 or between.mean() < 0.02)


def _inside(picture: np.ndarray) -> np.ndarray:
    """Where a mask is: the brighter of its two values."""
    grey = picture if picture.ndim == 2 else picture.max(axis=-1)
    return np.asarray(2 * grey.astype(np.int64) > max(1, int(grey.max())))


def _called(name: str) -> str:
    """'Microaneurysms' of '1. Microaneurysms', 'lung' of 'lung masks'."""
    return ROLE.sub("", re.sub(r"^\d+[\s._-]+(?=\D)", "", name))


def read_masks(pair: Pair, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The photo, and the masks of its classes as one label."""
    inside = [(name, _inside(read_label(file)), file) for name, file in pair.masks]
    shape = inside[0][1].shape
    ids = np.zeros(shape, np.uint8)
    for name, mask, file in sorted(inside, key=lambda one: -np.count_nonzero(one[1])):
        if mask.shape != shape:
            raise BadInput(
                f"{file} is {written(mask.shape)} pixels, but {inside[0][2]} is {written(shape)}. "
                f"Expected masks of one size. Correct it, or {LEAVE_OUT}."
            )
        ids[mask] = names.index(name) + 1 if name in names else 0
    return read_photo(pair, shape), ids
