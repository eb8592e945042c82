"""Labels that hold values: class ids, or the 0 and 255 of a mask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dataset.meaning.looking import Look
from labels.classes import IGNORE, Classes, Colour, numbered_classes
from labels.coding import Coding
from utils_func import BadInput

MASK = Classes(("background", "foreground"), ((0, 0, 0), (255, 255, 255)), ())
# Beside ids up to this, 255 is no class but 'ignore', as in VOC, Cityscapes and IDD. Labels such
# as 0, 127 and 255 are levels of grey that are easy to see apart, so there 255 is a class.
HIGHEST_ID = 100


def coding_of_values(looks: Sequence[Look]) -> tuple[Coding, str]:
    """What the values mean, and a sentence that tells it."""
    total: Counter[int] = sum((look.counts for look in looks), Counter())
    values = sorted(total)
    if len(values) < 2:
        raise BadInput(
            f"All {len(looks)} labels, such as {looks[0].file}, hold nothing but the value "
            f"{values[0]}. Expected at least two classes. Check whether these are the labels, or "
            "name another folder with --data."
        )
    if values in ([0, 255], [0, 1]):
        return Coding("values", MASK, {0: 0, values[1]: 1}), _mask(values[1])
    ignored = values[-1] == 255 and values[-2] <= HIGHEST_ID
    ids = values[:-1] if ignored else values
    if len(ids) >= IGNORE:
        raise BadInput(
            f"The labels hold {len(ids)} different values from {ids[0]} to {ids[-1]}; "
            f"{_richest(looks)}. Expected at most 254 classes. Photos are no labels: check whether "
            "the two folders are the right way round, or give a classes.csv with name and id."
        )
    meaning = {value: index for index, value in enumerate(ids)}
    colours = _colours(looks, ids)
    classes = Classes(tuple(f"class {value}" for value in ids), colours)
    kept = "; 255 is ignored" if ignored else ""
    coding = Coding("values", classes, {**meaning, **({255: IGNORE} if ignored else {})})
    return coding, f"Labels hold {len(ids)} class ids, {_listed(ids)}{kept}."


def _mask(high: int) -> str:
    return f"Labels are masks: 0 is background, {high} is foreground."


def _colours(looks: Sequence[Look], ids: Sequence[int]) -> tuple[Colour, ...]:
    """Those of the palette where all labels have the same, else colours easy to tell apart."""
    palettes = {look.palette for look in looks}
    palette = palettes.pop() if len(palettes) == 1 else ()
    own: list[Colour] = [
        (palette[3 * value], palette[3 * value + 1], palette[3 * value + 2])
        for value in ids
        if 3 * value + 2 < len(palette)
    ]
    distinct = len(own) == len(ids) == len(set(own))
    return tuple(own) if distinct else numbered_classes(len(ids)).colours


def _richest(looks: Sequence[Look]) -> str:
    most = max(looks, key=lambda look: len(look.counts))
    return f"{most.file} alone has {len(most.counts)}"


def _listed(ids: Sequence[int]) -> str:
    if len(ids) == ids[-1] - ids[0] + 1:
        return f"{ids[0]} to {ids[-1]}"
    return ", ".join(map(str, ids[:12])) + (", …" if len(ids) > 12 else "")
