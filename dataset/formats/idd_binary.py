"""IDD in two classes, road and the rest: 6,993 pairs of 512×512, divided by a hash of the name.

    IDD_RESIZED/image_archive/Image_N.png
    IDD_RESIZED/mask_archive/Mask_N.png, where road is 1 (or 255)

dataset = open_dataset(Path("IDD_RESIZED"))
"""

from __future__ import annotations

from pathlib import Path

from dataset.formats.building import Splits, build, by_stem, match, spread
from dataset.pairs import Dataset, Pair
from labels.classes import Classes
from labels.coding import Coding
from utils_func import BadInput, read_label

NAME = "idd-binary"
EXPECTED = "image_archive/Image_N.png and mask_archive/Mask_N.png (IDD_RESIZED)"
PHOTOS, LABELS = "image_archive", "mask_archive"
PHOTO, LABEL = "Image_", "Mask_"
CLASSES = Classes(("not road", "road"), ((0, 0, 0), (128, 64, 128)))
# A mask may show no road at all; sixteen of a drive on roads do not.
LOOKED_AT = 16


def find(root: Path, table: Path | None = None) -> Dataset | None:
    """No split is given, so build() holds some pairs out."""
    photos = _by_number(root / PHOTOS, PHOTO)
    found = match(PHOTO, photos, _by_number(root / LABELS, LABEL)) if photos else None
    if not found or not found.pairs:
        return None
    road = _value_of_road(found.pairs)
    coding = Coding("values", CLASSES, {0: 0, road: 1})
    remarks = [f"Road is {road} in the masks."]
    return build(root, NAME, coding, Splits(found), remarks=remarks, table=table)


def _by_number(folder: Path, start: str) -> dict[str, Path]:
    files = by_stem(folder)
    return {stem.removeprefix(start): files[stem] for stem in files if stem.startswith(start)}


def _value_of_road(pairs: tuple[Pair, ...]) -> int:
    """1, or 255 where no mask that is looked at has a 1: together with 1, 255 is no road."""
    for pair in spread(pairs, LOOKED_AT):
        try:
            mask = read_label(pair.label)
        except BadInput:
            continue  # decoding will come to it
        if (mask == 1).any():
            return 1
    return 255
