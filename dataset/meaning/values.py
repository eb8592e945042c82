"""Labels that hold values: class ids, or the 0 and 255 of a mask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dataset.meaning.looking import HIGHEST_ID, Look
from dataset.meaning.objects import number_objects
from labels.classes import IGNORE, Classes, Colour, numbered_classes
from labels.coding import Coding, colour_of
from utils_func import BadInput

MASK = Classes(("background", "foreground"), ((0, 0, 0), (255, 255, 255)), ())
WHITE = 240  # values from here on look alike
OBJECTS = "Labels number the objects"
NAME_THEM = "Name them in a classes.csv beside the data."


def coding_of_values(looks: Sequence[Look]) -> tuple[Coding, str]:
    """What the values mean, and a sentence that tells it."""
    total: Counter[int] = sum((look.counts for look in looks), Counter())
    values = sorted(value for value in total if value >= 0)
    below = " Values below 0 are ignored." if min(total) < 0 else ""
    if one_class := _one_class(values, looks):
        coding = Coding("values", MASK, {value: int(value > 0) for value in values})
        return coding, one_class + below
    _expect_one_mask(values, looks)
    ignored = len(values) > 1 and values[-1] == 255 and _are_ids(values[:-1])
    ids = values[:-1] if ignored else values
    if len(ids) < 2:
        raise BadInput(
            f"All {len(looks)} labels, such as {looks[0].file}, hold nothing but "
            f"{_few(ids, ignored)}. Expected at least two classes. Check whether these are the "
            "labels, give a classes.csv with name and id, or name another folder with --data."
        )
    if len(ids) >= IGNORE:
        raise BadInput(
            f"The labels hold {len(ids)} different values from {ids[0]} to {ids[-1]}; "
            f"{_richest(looks)}. Expected at most 254 classes. Photos are no labels: check whether "
            "the two folders are the right way round, or give a classes.csv with name and id."
        )
    meaning = {value: index for index, value in enumerate(ids)}
    colours = _colours(looks, ids)
    names = MASK.names if ids == [0, 1] else tuple(f"class {value}" for value in ids)
    classes = Classes(names, colours)
    kept = "; 255 is ignored" if ignored else ""
    coding = Coding("values", classes, {**meaning, **({255: IGNORE} if ignored else {})})
    return coding, f"Labels hold {len(ids)} class ids, {_listed(ids)}{kept}.{below} {NAME_THEM}"


def _are_ids(values: Sequence[int]) -> bool:
    """Small numbers, or most of those up to the largest; few and large ones are levels of grey."""
    return values[-1] <= HIGHEST_ID or 2 * len(values) > values[-1]


def _few(ids: Sequence[int], ignored: bool) -> str:
    value = f"the value {ids[0]}" if ids else "values below 0"
    return f"{value} and 255, which beside ids means 'ignore'" if ignored else value


def _one_class(values: Sequence[int], looks: Sequence[Look]) -> str:
    """A sentence where all values above 0 are the foreground."""
    if values in ([0, 255], [0, 1]) or _are_masks(values, looks):
        return _mask(values[1:])
    return _numbers(looks, values) if values[:1] == [0] and number_objects(looks) else ""


def _are_masks(values: Sequence[int], looks: Sequence[Look]) -> bool:
    """Whether white is 255 in one label and 251 in another, as programs store it: never both."""
    whites = set(values[1:])
    near = values[:1] == [0] and whites and min(whites) >= WHITE and max(whites) <= 255
    return bool(near) and all(len(look.counts.keys() & whites) <= 1 for look in looks)


def _mask(whites: Sequence[int]) -> str:
    return f"Labels are masks: 0 is background, {' or '.join(map(str, whites))} is foreground."


def _numbers(looks: Sequence[Look], values: Sequence[int]) -> str:
    return (
        f"{OBJECTS} of each picture, {values[-1]} at the most; "
        f"{_richest(looks)} values. All objects are one class, foreground, and 0 is background. "
        "If these are classes, name them in a classes.csv beside the data."
    )


def _expect_one_mask(values: Sequence[int], looks: Sequence[Look]) -> None:
    """Masks of 0 and 1 beside masks of 0 and 255 would make the latter's foreground 'ignore'."""
    if list(values) != [0, 1, 255] or any({1, 255} <= look.counts.keys() for look in looks):
        return
    one, other = (next(look.file for look in looks if value in look.counts) for value in (1, 255))
    raise BadInput(
        f"{one} is a mask of 0 and 1, but {other} is one of 0 and 255. Expected all labels to be "
        "of one kind. Save them all in the same way, or give a classes.csv with name and id."
    )


def _colours(looks: Sequence[Look], ids: Sequence[int]) -> tuple[Colour, ...]:
    """Those of the palette where all labels have the same, else colours easy to tell apart."""
    if any(look.palette is None for look in looks):
        return numbered_classes(len(ids)).colours
    palette = {value: code for look in looks for value, code in (look.palette or {}).items()}
    own = [colour_of(palette[value]) for value in ids]
    distinct = len(ids) == len(set(own))
    return tuple(own) if distinct else numbered_classes(len(ids)).colours


def _richest(looks: Sequence[Look]) -> str:
    most = max(looks, key=lambda look: len(look.counts))
    return f"{most.file} alone has {len(most.counts)}"


def _listed(ids: Sequence[int]) -> str:
    if len(ids) == ids[-1] - ids[0] + 1:
        return f"{ids[0]} to {ids[-1]}"
    return ", ".join(map(str, ids[:12])) + (", …" if len(ids) > 12 else "")
