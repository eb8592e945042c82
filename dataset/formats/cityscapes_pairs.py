"""Cityscapes image pairs: train/N.jpg and val/N.jpg, photo and colour label side by side.

The label half is JPEG too and was shrunk with a smoothing filter, so its colours are smeared;
labels/unmixing.py decodes them. Which half is the label is found out from the pictures.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import partial
from pathlib import Path

from dataset.pairs import SCENES, Dataset, Example, Pair
from labels import unmixing
from labels.classes import CITYSCAPES
from utils_func import (
    LEAVE_OUT,
    BadInput,
    bin_image,
    find_label_side,
    load_images,
    picture_files,
    read_picture,
)

NAME = "cityscapes-pairs"
EXPECTED = "train/*.jpg and val/*.jpg, each photo and colour label side by side (512×256)"

# Cityscapes pairs are looked at in this many files to find out side and shape: one lies seldom,
# sixteen together never did.
LOOKED_AT = 16
HELD_OUT = 0.15
SPLITS = ("train", "val")  # pairs to validate on are enough for evaluate


def find(folder: Path) -> Dataset | None:
    """Recognises the folder itself, or the one folder in it that holds train and val."""
    root = next((p for split in SPLITS for p in _places(folder) if picture_files(p / split)), None)
    if root is None:
        return None
    train, val = _pairs(root, "train"), _pairs(root, "val")
    side, shape = _side_and_shape(train or val)
    remarks: tuple[str, ...] = ()
    if not val:
        train, val = _hold_out(train)
        remarks = (f"{root / 'val'} is empty: pairs of train held out for it: {len(val)}.",)
    return Dataset(
        folder=root,
        format=NAME,
        classes=CITYSCAPES,
        train=train,
        val=val,
        decode=partial(decode, side=side, shape=shape),
        decoder=f"{NAME} {side} unmixing {unmixing.VERSION}",
        remarks=(*remarks, f"The label is the {side} half of each picture."),
    )


def decode(pair: Pair, side: str, shape: tuple[int, int]) -> Example:
    """Reads one pair; the message of an error names its file."""
    photo, label = load_images(pair.photo.name, pair.photo.parent, side)
    height, width = photo.shape[:2]
    if abs(width / height - shape[1] / shape[0]) > 0.02 * shape[1] / shape[0]:
        raise BadInput(
            f"{pair.photo} is {2 * width}×{height} pixels. Expected the proportions of the other "
            f"pairs, {2 * shape[1]}×{shape[0]}. If it is no pair, {LEAVE_OUT}."
        )
    decoded = bin_image(label, CITYSCAPES, with_confidence=True)
    if decoded.unknown > unmixing.UNKNOWN_LIMIT:
        raise BadInput(
            f"{pair.photo}: {decoded.unknown:.0%} of its label (the {side} half) has colours that "
            "are in no class. Expected photo and label side by side, the label in the colours of "
            f"Cityscapes. If this one is no pair, {LEAVE_OUT}; if none is, name another folder "
            "with --data."
        )
    return Example(photo, decoded.ids, decoded.confident)


def _places(folder: Path) -> list[Path]:
    below = sorted(entry for entry in folder.iterdir() if entry.is_dir())
    own = (place for place in below if not place.name.startswith("."))
    return [folder, *(place for place in own if place.name != SCENES)]


def _pairs(root: Path, split: str) -> tuple[Pair, ...]:
    return tuple(Pair(f"{split}/{file.name}", file, file) for file in picture_files(root / split))


def _hold_out(pairs: tuple[Pair, ...]) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """Divides by a hash of the name: a pair stays on its side when others come or go."""
    if len(pairs) < 2:
        raise BadInput(
            f"{pairs[0].photo.parent} holds one pair only. Expected at least two, one to learn "
            "from and one to check with. Add pairs."
        )

    def share(pair: Pair) -> float:
        return int.from_bytes(hashlib.sha256(pair.name.encode()).digest()[:4], "big") / 2**32

    least, most = min(map(share, pairs)), max(map(share, pairs))
    limit = max(HELD_OUT, least)  # so that a few pairs are divided as well
    held = {pair for pair in pairs if share(pair) <= limit and share(pair) < most}
    train = tuple(pair for pair in pairs if pair not in held)
    return train, tuple(pair for pair in pairs if pair in held)


def _side_and_shape(pairs: tuple[Pair, ...]) -> tuple[str, tuple[int, int]]:
    """Asks some pairs, spread over all, which half is the label and how large a half is."""
    sides: Counter[str] = Counter()
    shapes: Counter[tuple[int, int]] = Counter()
    unreadable: list[BadInput] = []
    for pair in pairs[:: max(1, len(pairs) // LOOKED_AT)]:
        try:
            picture = read_picture(pair.photo)
        except BadInput as problem:
            unreadable.append(problem)  # decoding will come to it, if others can be read
            continue
        sides[find_label_side(picture)] += 1
        shapes[picture.shape[0], picture.shape[1] // 2] += 1
    if not sides:
        raise unreadable[0]
    return sides.most_common(1)[0][0], shapes.most_common(1)[0][0]
