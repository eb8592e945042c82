"""Which photo belongs to which label, by their names alone.

    found = pair_up(folder, picture_files_below(folder))
    found.train.pairs, found.val.pairs

One rule instead of a list of layouts. Words that only say what a file is (image, mask, …) or which
split it is in (train, …) are taken out of folder and file names; what is left is its key. A photo
and a label with the same key are a pair: train/images/7.jpg and train/masks/7_mask.png, a.jpg and
a_seg.png, Image_3.png and Mask_3.png, x/1.png and y/1.png, train/ and trainannot/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from dataset.formats.building import Found, Splits
from dataset.pairs import SCENES, Pair
from utils_func import LEAVE_OUT, BadInput, picture_files

PHOTOS = """
    image images img imgs photo photos picture pictures pic pics input inputs rgb sat frame frames
    jpegimages camerargb leftimg8bit original originals raw src source
"""
LABELS = """
    mask masks label labels annotation annotations annot annots anno ann gt gts groundtruth truth
    seg segs segmentation segmentations segmentationclass cameraseg target targets lbl lbls
    trimap trimaps matte manual gtfine
"""
PHOTO_WORDS, LABEL_WORDS = frozenset(PHOTOS.split()), frozenset(LABELS.split())
ROLE_WORDS = PHOTO_WORDS | LABEL_WORDS
# Too short to mean anything inside a file's name.
PHOTO_FOLDERS, LABEL_FOLDERS = PHOTO_WORDS | {"x"}, LABEL_WORDS | {"y"}
LABEL_ENDS = LABEL_WORDS | {"l"}
SPLIT_WORDS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
    "testing": "test",
}
GROUPS = 3  # sub-folders are drives or sequences only where there are so many
LEVELS, MOST_FILES = 5, 200_000


@dataclass(frozen=True)
class Named:
    """What a path says."""

    file: Path
    label: bool
    split: str
    folders: tuple[str, ...]
    stem: str


def picture_files_below(folder: Path) -> list[Path]:
    """Every picture in the folder and below it, but for hidden ones and the built-in scenes."""
    files, level = [], [folder]
    for _ in range(LEVELS + 1):
        for place in level:
            files += picture_files(place)
        level = [below for place in level for below in sorted(place.iterdir()) if _is_theirs(below)]
        if len(files) > MOST_FILES:
            break
    return files


def _is_theirs(place: Path) -> bool:
    return place.is_dir() and not place.name.startswith(".") and place.name != SCENES


def name_of(file: Path, root: Path) -> Named:
    """Takes a path apart. The word nearest to the file says what the file is."""
    label, split, folders = False, "", []
    for part in file.relative_to(root).parts[:-1]:
        left = []
        for word in _words(part):
            if word in SPLIT_WORDS:
                split = SPLIT_WORDS[word]
            elif word in LABEL_FOLDERS or word in PHOTO_FOLDERS:
                label = word in LABEL_FOLDERS
            else:
                left.append(word)
        if left:
            folders.append("_".join(left))
    words, said = _stripped(_words(file.stem))
    return Named(file, label if said is None else said, split, tuple(folders), "_".join(words))


def _words(name: str) -> list[str]:
    """'trainannot' and 'train_images' are two words each."""
    words: list[str] = []
    for word in re.split(r"[\s_.-]+", name.lower()):
        split = next((one for one in SPLIT_WORDS if word[len(one) :] in ROLE_WORDS), None)
        fused = split is not None and word.startswith(split)
        words += [split, word[len(split) :]] if split and fused else [word]
    return [word for word in words if word]


def is_part(folder: Path) -> bool:
    """Whether a folder's name says that it is a part of something: images, masks, train, …"""
    words = _words(folder.name)
    return bool(words) and all(
        word in SPLIT_WORDS or word in PHOTO_FOLDERS or word in LABEL_FOLDERS for word in words
    )


def _stripped(words: list[str]) -> tuple[list[str], bool | None]:
    """A stem without the words at its ends that say photo or label, and what they say."""
    said: bool | None = None
    while words and (words[-1] in LABEL_ENDS or words[-1] in PHOTO_WORDS):
        if words[-1] == "l" and len(words) == 1:
            break
        said = words[-1] in LABEL_ENDS if said is None else said or words[-1] in LABEL_ENDS
        words = words[:-1]
    while words and words[0] in ROLE_WORDS:
        said = bool(said) or words[0] in LABEL_WORDS
        words = words[1:]
    return words, said


def pair_up(root: Path, files: Iterable[Path]) -> Splits | None:
    """The pairs by split; None where no file is said to be a label, or none has a photo."""
    named = [name_of(file, root) for file in files]
    for key in KEYS:
        photos, labels = ([one for one in named if one.label == role] for role in (False, True))
        splits = _matched(photos, labels, key)
        if splits:
            return splits
    return None


Key = Callable[[Named], tuple[object, ...]]


def _number(text: str) -> str:
    return re.sub(r"\d+", lambda digits: str(int(digits[0])), text)


# From strict to lenient; the first that finds pairs is taken.
KEYS: tuple[Key, ...] = (
    lambda one: (one.split, one.folders, one.stem),
    lambda one: (one.split, one.folders, _number(one.stem)),
    lambda one: (one.folders, one.stem),
)


def _matched(photos: list[Named], labels: list[Named], key: Key) -> Splits | None:
    by_key: dict[tuple[object, ...], Named] = {}
    for label in labels:
        _expect_one(by_key.setdefault(key(label), label), label, "labels of one photo")
    seen: dict[tuple[object, ...], Named] = {}
    found: dict[str, list[Pair]] = {"train": [], "val": [], "test": []}
    sequences = {photo.folders for photo in photos if key(photo) in by_key}
    for photo in photos:
        if key(photo) not in by_key:
            continue
        _expect_one(seen.setdefault(key(photo), photo), photo, "photos of one label")
        group = "/".join(photo.folders) if len(sequences) >= GROUPS else ""
        name = "/".join(part for part in (photo.split, *photo.folders, photo.stem) if part)
        pair = Pair(name, photo.file, by_key[key(photo)].file, group)
        found[photo.split or "train"].append(pair)
    if not seen:
        return None
    alone = [photo.file for photo in photos if key(photo) not in by_key]
    alone += [label.file for label in labels if key(label) not in seen]
    train, val, test = (tuple(found[split]) for split in ("train", "val", "test"))
    if not train and not val:
        train, test = test, ()
    return Splits(Found(train, tuple(alone)), Found(val), Found(test))


def _expect_one(first: Named, second: Named, what: str) -> None:
    if first is not second:
        raise BadInput(
            f"{first.file} and {second.file} look like two {what}. Expected one. "
            f"Move one of them away, or {LEAVE_OUT}."
        )
