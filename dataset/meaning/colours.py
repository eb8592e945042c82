"""Labels that hold colours: exact ones of a known or a new table, or smeared ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dataset.meaning.looking import Look
from dataset.meaning.values import MASK, NAME_THEM
from dataset.wording import counted
from labels.classes import CITYSCAPES, IGNORE, Classes, Colour
from labels.coding import NEAR, Coding, colour_code, colour_coding, colour_of
from labels.palette import Palette, learn_palette
from labels.unmixing import UNKNOWN_LIMIT, decode
from utils_func import BadInput

# Black, dark red and dark green are in VOC's table and in many a person's own: so few of a table's
# colours, in number and as a share, say nothing.
FEWEST_KNOWN, LEAST_OF_TABLE = 4, 0.2
# A class occurs where so many of all pixels are certainly its.
OCCURS = 0.0005
# So large a share of what was learned must be near to colours of a table.
LEAST_NAMED = 0.95
# What is looked at of each smeared label to recognise its table, at so many labels.
WINDOW, WINDOWS = 256, 12
# A colour in a smaller share of all pixels, and nowhere in 3×3 of them, is no class.
STRAY, SHOWN = 1e-4, 3
DARK = 40  # no channel of a background is brighter


def known_tables() -> dict[str, Classes]:
    """The tables of well-known data, the commonest first, as some share colours.

    Imported here, as the formats' package imports this one.
    """
    from dataset.formats import camvid, idd, idd_lite, lyft_carla, voc

    return {
        "Cityscapes": CITYSCAPES,
        "PASCAL VOC": voc.VOC,
        "CamVid": camvid.CLASSES,
        "IDD Lite": idd_lite.CLASSES,
        "IDD": idd.CLASSES,
        "Lyft/CARLA": lyft_carla.CLASSES,
    }


def coding_of_colours(looks: Sequence[Look]) -> tuple[Coding, str]:
    """Exact colours: of a known table if all of them are in it, else each is a class."""
    total: Counter[int] = sum((look.counts for look in looks), Counter())
    strays = _strays(total, looks)
    classes, told = _table_of_exact(set(total) - strays.keys(), looks)
    coding = colour_coding(classes)
    ignored = dict.fromkeys(strays, IGNORE)
    return replace(coding, meaning={**ignored, **coding.meaning}), told + _ignored(strays)


def _table_of_exact(found: set[int], looks: Sequence[Look]) -> tuple[Classes, str]:
    for name, classes in known_tables().items():
        if _is_table(classes, found):
            return classes, f"Labels are in the exact colours of {name}."
    if len(found) < 2 or len(found) >= IGNORE:
        richest = max(looks, key=lambda look: len(look.counts))
        raise BadInput(
            f"The labels hold {len(found)} different colours; {richest.file} alone has "
            f"{len(richest.counts)}, such as {colour_of(next(iter(richest.counts)))}. Expected "
            "2 to 254 classes. Check whether these are the labels, or give a classes.csv with "
            "name and colour."
        )
    # In the order of their codes: the same for every folder that holds the same colours.
    classes = _new_table([colour_of(code) for code in sorted(found)])
    return classes, _told(len(classes), "exact")


def _strays(total: Counter[int], looks: Sequence[Look]) -> dict[int, int]:
    """The pixels of colours that are hardly anywhere, and nowhere a spot: slips of a brush, and
    lines along an edge, such as the 306 black pixels of 20 million in aerial photos of Dubai.
    """
    flat: Counter[int] = sum((look.flat for look in looks), Counter())
    most = STRAY * total.total()
    strays = {code: pixels for code, pixels in total.items() if pixels < most and not flat[code]}
    return strays if len(total) - len(strays) >= 2 else {}


def _ignored(strays: Mapping[int, int]) -> str:
    if not strays:
        return ""
    colours = ", ".join(str(colour_of(code)) for code in sorted(strays)[:SHOWN])
    more = f" and {len(strays) - SHOWN} more" if len(strays) > SHOWN else ""
    return f" Ignored: {colours}{more}, in {counted(sum(strays.values()), 'stray pixel')}."


def _is_table(classes: Classes, found: set[int]) -> bool:
    """Whether enough of a table's colours occur, and no others."""
    own = {colour_code(colour) for colour in classes.colours}
    void = {colour_code(colour) for colour in classes.void_colours}
    return found <= own | void and _enough(len(found & own), classes)


def _enough(occur: int, classes: Classes) -> bool:
    return occur >= max(FEWEST_KNOWN, LEAST_OF_TABLE * len(classes))


def coding_of_smeared(pictures: Sequence[np.ndarray], example: Look) -> tuple[Coding, str]:
    """Smeared colours: learned from the labels, and named where they are a known table's."""
    palette = learn_palette(pictures)
    known = _table_of(palette) if palette else _table_that_explains(pictures)
    if known:
        return Coding(
            "smeared", known_tables()[known]
        ), f"Labels are in smeared colours of {known}."
    if palette is None:
        lossy = " Class ids do not survive JPEG: save them as PNG from where they came."
        raise BadInput(
            f"The labels, such as {example.file}, look like photos: no few colours explain them. "
            "Expected label pictures with one value or colour for each class. Check whether "
            "photos and labels are the right way round, or name another folder with --data."
            + (lossy if example.lossy else "")
        )
    if len(palette.colours) < 2:
        values = ", ".join(str(code) for code in sorted(example.counts)[:10])
        raise BadInput(
            f"The labels, such as {example.file}, hold values too close to each other for a file "
            f"that was stored or resized with loss ({values}, …): which class is meant is lost. "
            "Expected labels stored without loss. Save them as PNG from where they came."
        )
    return Coding("smeared", _new_table(list(palette.colours))), _told(len(palette.colours), "new")


def _table_of(palette: Palette) -> str | None:
    """The table whose colours nearly all that was learned are."""
    for name, classes in known_tables().items():
        table = np.array(classes.colours + classes.void_colours)
        distances = np.abs(table[:, None] - np.array(palette.colours)[None]).max(axis=-1)
        occur = int((distances[: len(classes)].min(axis=1) <= NEAR).sum())
        named = float(np.dot(distances.min(axis=0) <= NEAR, palette.shares))
        if named >= LEAST_NAMED and _enough(occur, classes):
            return name
    return None


def _table_that_explains(pictures: Sequence[np.ndarray]) -> str | None:
    """Of labels that are too smeared to learn from, the table that leaves least unexplained."""
    windows = [_middle(one) for one in pictures[:: max(1, len(pictures) // WINDOWS)][:WINDOWS]]
    unknown = {name: _unknown(windows, classes) for name, classes in known_tables().items()}
    best = min(unknown, key=lambda name: unknown[name])
    return best if unknown[best] <= UNKNOWN_LIMIT else None


def _middle(picture: np.ndarray) -> np.ndarray:
    top, left = (max(0, side - WINDOW) // 2 for side in picture.shape[:2])
    return picture[top : top + WINDOW, left : left + WINDOW]


def _unknown(pictures: Sequence[np.ndarray], classes: Classes) -> float:
    """How much of labels a table leaves unexplained; all where too few of its classes occur."""
    decoded = [decode(picture, classes) for picture in pictures]
    pixels = np.bincount(np.concatenate([one.ids[one.confident] for one in decoded]), minlength=1)
    occur = int((pixels > OCCURS * sum(one.ids.size for one in decoded)).sum())
    return float(np.median([one.unknown for one in decoded])) if _enough(occur, classes) else 1


def _new_table(colours: list[Colour]) -> Classes:
    """A table of colours that nobody has named yet; of two the dark one is the background."""
    dark, *_, bright = sorted(colours, key=max)
    if len(colours) == 2 and max(dark) <= DARK:
        return Classes(MASK.names, (dark, bright), ())
    names = tuple("#{:02x}{:02x}{:02x}".format(*colour) for colour in colours)
    return Classes(names, tuple(colours), ())


def _told(count: int, kind: str) -> str:
    if kind == "exact":
        return f"Labels hold {count} exact colours, each a class. {NAME_THEM}"
    return f"Labels are in smeared colours; {count} were learned from their flat areas. {NAME_THEM}"
