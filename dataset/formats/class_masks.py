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
from pathlib import Path

import numpy as np

from dataset.decoding import read_photo
from dataset.formats.building import SPLITS, Found, Splits
from dataset.formats.mask_pictures import inside, show_different_things
from dataset.formats.pairing import Match, splits_of
from dataset.formats.words import LABEL_FOLDERS, Named, left_of, name_of, words_of
from dataset.pairs import Pair
from dataset.sizing import written
from labels.classes import Classes, numbered_classes
from labels.coding import Coding
from utils_func import LEAVE_OUT, BadInput, read_label

MOST_CLASSES = 60
# Of the photos so many have masks of more than one class, else they are parts of a set.
SHARE = 0.5
BACKGROUND, QUIET = ("background", "bg"), (30, 30, 60)
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
        colours = (QUIET, *numbered_classes(len(self.names)).colours)
        classes = Classes((BACKGROUND[0], *self.names), colours)
        return Coding("values", classes, {index: index for index in range(len(colours))})

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
    several = [own for own in masks.values() if len(own) > 1]
    if not 2 <= len(names) <= MOST_CLASSES or _are_numbers(names):
        return None
    taken = {one for own in masks.values() for one in own.values()}
    alone = [one for one in named if one not in taken and one not in masks]
    splits = {photo.split for photo in masks}  # photos of test may have no labels
    learned = splits if splits != {"test"} else {"", *SPLITS}
    photos = len(masks) + sum(not one.is_label and one.split in learned for one in alone)
    if len(several) < SHARE * photos or not show_different_things([_files(own) for own in several]):
        return None
    first = [(photo, min(own.values(), key=lambda one: one.file)) for photo, own in masks.items()]
    found = splits_of(Match(first, alone))
    assert found, "there are pairs"
    files_of = {photo.file: _files(own) for photo, own in masks.items()}
    parts = (found.train, found.val, found.test)
    train, val, test = (_with_masks(part, files_of) for part in parts)
    classes = tuple(name for name in names if name.lower() not in BACKGROUND)
    return ByClass(Splits(train, val, test, remark=found.remark), classes)


def _are_numbers(names: Iterable[str]) -> bool:
    """Whether names differ in a number alone: of objects or people, unless they say class."""
    rests = {re.sub(r"\d+(st|nd|rd|th)?", "", name.lower()).strip(" ._-") for name in names}
    return len(rests) == 1 and not rests & {"class", "cls", "category"}


def _files(masks: Mapping[str, Named]) -> dict[str, Path]:
    return {name: one.file for name, one in sorted(masks.items())}


def _with_masks(found: Found, files: Mapping[Path, Mapping[str, Path]]) -> Found:
    pairs = (replace(one, masks=tuple(files[one.photo].items())) for one in found.pairs)
    return replace(found, pairs=tuple(pairs))


def _masks(named: Sequence[Named]) -> Masks:
    """The masks of each photo, by the class that a folder or an ending names."""
    photos: dict[Key, Named] = {}
    for one in named:
        if not one.is_label:
            photos.setdefault(_key(one), one)
    # Of images_a and masks_a beside images_b and masks_b these are no classes.
    own = {(one.split, one.folders, one.stem) for one in photos.values()}
    labels = [one for one in named if one.is_label]
    masks = _by_folder(
        [one for one in labels if (one.split, one.folders, one.stem) not in own], photos
    )
    if masks or any(_key(one) in photos for one in labels):
        return masks  # a_flip.png, where a.jpg has a.png, is the label of a_flip.jpg
    spelled: dict[str, str] = {}
    for one in named:
        photo, name = _continued(one, photos)
        if photo:
            masks.setdefault(photo, {})[spelled.setdefault(name.lower(), name)] = one
    return masks


def _by_folder(labels: Iterable[Named], photos: Mapping[Key, Named]) -> Masks:
    folders: dict[str, list[Named]] = {}
    for one in labels:
        if left_of(words_of(one.file.parent.name)):
            folders.setdefault(_called(one.file.parent.name).lower(), []).append(one)
    masks: Masks = {}
    for ones in folders.values():
        name = _called(ones[0].file.parent.name)
        for one, keys in _keys(ones):
            photo = next((photos[key] for key in keys if key in photos), None)
            if photo:
                masks.setdefault(photo, {})[name] = one
    return masks


def _key(one: Named) -> Key:
    return one.split, one.places, one.stem


def _keys(ones: Sequence[Named]) -> Iterator[tuple[Named, list[Key]]]:
    """What the photo of each mask in a class's folder may be called: their names may end alike."""
    ends = {one.stem.rpartition("_")[2] for one in ones}
    ending = f"_{ends.pop()}" if len(ends) == 1 and len(ones) > 1 else ""
    for one in ones:
        below = one.places[-1:] == (left_of(words_of(one.file.parent.name)),)
        places = one.places[:-1] if below else one.places
        stems = (one.stem, one.stem.removesuffix(ending))
        yield one, [(one.split, places, stem) for stem in stems]


def _continued(one: Named, photos: Mapping[Key, Named]) -> tuple[Named | None, str]:
    """The photo whose name a file's name continues, and with what."""
    words = one.stem.split("_")
    for place in range(len(words) - 1, 0, -1):
        photo = photos.get((one.split, one.places, "_".join(words[:place])))
        if photo and photo is not one:
            return photo, "_".join(words[place:])
    return None, ""


def _called(name: str) -> str:
    """'Microaneurysms' of '1. Microaneurysms', 'lung' of 'lung masks'."""
    return ROLE.sub("", re.sub(r"^\d+[\s._-]+(?=\D)", "", name))


def read_masks(pair: Pair, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The photo, and the masks of its classes as one label."""
    masks = [(name, inside(read_label(file)), file) for name, file in pair.masks]
    shape = masks[0][1].shape
    ids = np.zeros(shape, np.uint8)
    for name, mask, file in sorted(masks, key=lambda one: -np.count_nonzero(one[1])):
        if mask.shape != shape:
            raise BadInput(
                f"{file} is {written(mask.shape)} pixels, but {masks[0][2]} is {written(shape)}. "
                f"Expected masks of one size. Correct it, or {LEAVE_OUT}."
            )
        ids[mask] = names.index(name) + 1 if name in names else 0  # which is background
    return read_photo(pair, shape), ids
