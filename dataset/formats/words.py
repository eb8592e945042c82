"""What the words in a path say: photo or label, which split, and what is left to know it by.

named = name_of(Path("data/train/masks/7_mask.png"), Path("data"))
named.folder_says, named.stem_says, named.split, named.stem     # True, True, 'train', '7'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from pathlib import Path

from dataset.pairs import SCENES

PHOTOS = """
    image images img imgs photo photos picture pictures pic pics input inputs rgb sat frame frames
    jpegimages camerargb leftimg8bit original originals raw src source
"""
LABELS = """
    mask masks label labels annotation annotations annot annots anno ann gt gts groundtruth truth
    seg segs segmentation segmentations segmentationclass segmentationclasspng cameraseg target
    targets lbl lbls trimap trimaps matte manual gtfine semantic semantics segm labelids
"""
PHOTO_WORDS, LABEL_WORDS = frozenset(PHOTOS.split()), frozenset(LABELS.split())
# Too short to mean anything inside a file's name.
PHOTO_FOLDERS, LABEL_FOLDERS = PHOTO_WORDS | {"x"}, LABEL_WORDS | {"y", "ann"}
ROLE_FOLDERS = PHOTO_FOLDERS | LABEL_FOLDERS
# What folders of labels are called, and many others: counted only where nothing else says label.
VAGUE_FOLDERS = LABEL_FOLDERS | {"lab", "labs", "map", "maps"}
# Parts of PASCAL VOC and of Cityscapes that are neither photos nor labels of one split.
OTHER_PARTS = {"imagesets", "segmentationobject", "trainvaltest"}
LABEL_ENDS = LABEL_WORDS | {"l"}
SPLITS = {
    "train": "train training tr trn",
    "val": "val valid validation dev eval",
    "test": "test testing ts te tst testa testb",
}
SPLIT_WORDS = {word: split for split, words in SPLITS.items() for word in words.split()}
# 'trainannot', 'traincrop', 'imagesTr', 'train2017' and 'Validation400' are two words each.
FUSED = re.compile(
    r"(train(?:ing)?|valid(?:ation)?|val|test(?:ing)?)({roles}|crops?|\d+)"
    r"|({roles})(train|valid|val|test|tr|ts|\d+)".format(
        roles="|".join(sorted(ROLE_FOLDERS, key=len, reverse=True))
    )
)


@dataclass(frozen=True)
class Named:
    """A path taken apart. What a part says is True for label, False for photo, None for nothing."""

    file: Path
    folder_says: bool | None
    stem_says: bool | None
    split: str
    folders: tuple[str, ...]
    """What is left of each folder's name."""
    places: tuple[str, ...]
    """The same without the folders that say photo or label: original_images is not even that."""
    whole: str
    stem: str
    """The file's name without the words that say photo or label."""

    @property
    def is_label(self) -> bool | None:
        """As its folder says; where that says nothing, as its name does."""
        return self.stem_says if self.folder_says is None else self.folder_says


def name_of(
    file: Path, root: Path, vague: bool = False, silent: Collection[Path] = frozenset()
) -> Named:
    """Takes a path apart. Of several folders the one nearest to the file counts.

    Args:
        file: What is named.
        root: The folder above all of them.
        vague: Whether folders such as 'map' say label.
        silent: Folders whose names say neither photo nor label.
    """
    labels = VAGUE_FOLDERS if vague else LABEL_FOLDERS
    says, split, folders, places = None, "", [], []
    for place in reversed(file.relative_to(root).parents[:-1]):
        words = words_of(place.name)
        role = None if root / place in silent else _role(words, labels)
        says = says if role is None else role
        split = next((SPLIT_WORDS[word] for word in words if word in SPLIT_WORDS), split)
        rest = left_of(words, labels)
        folders += [rest] if rest else []
        places += [rest] if rest and role is None else []
    whole = words_of(file.stem)
    stem, said = _stripped(whole)
    if not split and len(stem) > 1:  # train_12.png and val_3.png
        split = SPLIT_WORDS.get(stem[0], "") if len(stem[0]) > 2 else ""
    return Named(
        file, says, said, split, tuple(folders), tuple(places), "_".join(whole), "_".join(stem)
    )


def words_of(name: str) -> list[str]:
    """The words of a name, in small letters. macOS writes é as e and an accent (NFD)."""
    words = []
    name = unicodedata.normalize("NFC", name.lower())
    for word in re.split(r"[\s_.-]+", re.sub(r"ground[\s_-]+truth", "groundtruth", name)):
        fused = FUSED.fullmatch(word)
        words += [part for part in fused.groups() if part] if fused else [word]
    return [word for word in words if word]


def left_of(words: Iterable[str], labels: Set[str] = LABEL_FOLDERS) -> str:
    """What a folder's words say beside photo, label and split."""
    known = (SPLIT_WORDS, PHOTO_FOLDERS, labels)
    return "_".join(word for word in words if not any(word in one for one in known))


def around_labels(files: Iterable[Path], root: Path) -> set[Path]:
    """Folders that say label and hold one that does, too: 'Lung Segmentation' with its masks."""
    found: set[Path] = set()
    for folder in {file.parent for file in files}:
        below = [place for place in (folder, *folder.parents) if root in place.parents]
        saying = [place for place in below if _role(words_of(place.name), LABEL_FOLDERS)]
        found.update(saying[1:])
    return found


def may_hold_pairs(place: Path) -> bool:
    """A folder that is neither hidden nor that of the built-in scenes, which are no person's."""
    return not place.name.startswith(".") and place.name != SCENES and place.is_dir()


def is_part(folder: Path) -> bool:
    """Whether a folder's name says that it is a part of something: images, masks, train, …"""
    words = words_of(folder.name)
    return bool(words) and all(
        word in SPLIT_WORDS or word in ROLE_FOLDERS or word in OTHER_PARTS for word in words
    )


def split_of(folder: Path) -> str:
    """The split that a part is of: 'val' for valid_masks, '' for masks and for valid_dogs."""
    splits = [SPLIT_WORDS[word] for word in words_of(folder.name) if word in SPLIT_WORDS]
    return splits[-1] if splits and is_part(folder) else ""


def _role(words: list[str], labels: Set[str]) -> bool | None:
    """In mask_images and train_rgb_labels the word that says label counts."""
    if any(word in labels for word in words):
        return True
    return False if any(word in PHOTO_FOLDERS for word in words) else None


def _stripped(words: list[str]) -> tuple[list[str], bool | None]:
    """A stem without the words that say photo or label, and what they say.

    Only those at its ends and before a number count: man_mask_red.jpg is a photo.
    """
    last = len(words) - 1
    kept, said = [], []
    for place, word in enumerate(words):
        marks = place in (0, last) or words[place + 1].isdecimal() or _only_roles(words, place)
        is_label = word in (LABEL_ENDS if place == last and last else LABEL_WORDS)
        if marks and (is_label or word in PHOTO_WORDS):
            said.append(is_label)
        else:
            kept.append(word)
    return kept, (any(said) if said else None)


def _only_roles(words: list[str], place: int) -> bool:
    """Whether all words from here on, or all up to here, say photo or label."""
    roles = PHOTO_WORDS | LABEL_ENDS
    return all(w in roles for w in words[place:]) or all(w in roles for w in words[: place + 1])
