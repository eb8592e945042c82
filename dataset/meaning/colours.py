"""Labels that hold colours: exact ones of a known or a new table, or smeared ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from dataset.meaning.looking import Look
from dataset.meaning.values import MASK
from labels.classes import CITYSCAPES, IGNORE, Classes, Colour
from labels.coding import Coding, colour_code, colour_coding, colour_of
from labels.learning import learn_palette
from labels.unmixing import UNKNOWN_LIMIT, decode
from utils_func import BadInput

# Black, white and one more colour are in half of the tables: as few say nothing.
FEWEST_KNOWN = 3
BLACK = (0, 0, 0)
NAME_THEM = "Name them in a classes.csv beside the data."


def known_tables() -> dict[str, Classes]:
    """The tables of well-known data. Imported here, as the formats' package imports this one."""
    from dataset.formats import camvid, idd_lite, lyft_carla, voc

    return {
        "Cityscapes": CITYSCAPES,
        "PASCAL VOC": voc.VOC,
        "CamVid": camvid.CLASSES,
        "IDD Lite": idd_lite.CLASSES,
        "Lyft/CARLA": lyft_carla.CLASSES,
    }


def coding_of_colours(looks: Sequence[Look]) -> tuple[Coding, str]:
    """Exact colours: of a known table if all of them are in it, else each is a class."""
    total: Counter[int] = sum((look.counts for look in looks), Counter())
    found = set(total)
    for name, classes in known_tables().items():
        own = {colour_code(colour) for colour in classes.colours}
        void = {colour_code(colour) for colour in classes.void_colours}
        if found <= own | void and len(found & own) >= FEWEST_KNOWN:
            return colour_coding(classes), f"Labels are in the exact colours of {name}."
    if len(found) < 2 or len(found) >= IGNORE:
        raise BadInput(
            f"The labels, such as {looks[0].file}, hold {len(found)} different colours. Expected "
            "2 to 254 classes. Check whether these are the labels, or give a classes.csv with "
            "name and colour."
        )
    colours = [colour_of(code) for code, _ in total.most_common()]
    return colour_coding(_new_table(colours)), _told(len(colours), "exact")


def coding_of_smeared(pictures: Sequence[np.ndarray], example: Look) -> tuple[Coding, str]:
    """Smeared colours: of the known table that explains them best, else learned from them."""
    unknown = {
        name: float(np.median([decode(picture, classes).unknown for picture in pictures]))
        for name, classes in known_tables().items()
    }
    palette = learn_palette(pictures)
    best = min(unknown, key=lambda name: unknown[name])
    if unknown[best] <= UNKNOWN_LIMIT / 3 or (palette is None and unknown[best] <= UNKNOWN_LIMIT):
        return Coding("smeared", known_tables()[best]), f"Labels are in smeared colours of {best}."
    if palette is None:
        raise BadInput(
            f"The labels, such as {example.file}, look like photos: no few colours explain them. "
            "Expected label pictures with one value or colour for each class. Check whether "
            "photos and labels are the right way round, or name another folder with --data."
        )
    return Coding("smeared", _new_table(list(palette.colours))), _told(len(palette.colours), "new")


def _new_table(colours: list[Colour]) -> Classes:
    """A table of colours that nobody has named yet; darkest first where it is a mask."""
    if len(colours) == 2 and all(max(colour) - min(colour) <= 8 for colour in colours):
        dark, bright = sorted(colours)
        return Classes(MASK.names, (dark, bright), ())
    names = tuple("#{:02x}{:02x}{:02x}".format(*colour) for colour in colours)
    return Classes(names, tuple(colours), ())


def _told(count: int, kind: str) -> str:
    if kind == "exact":
        return f"Labels hold {count} exact colours, each a class. {NAME_THEM}"
    return f"Labels are in smeared colours; {count} were learned from their flat areas. {NAME_THEM}"
