"""A dataset in the class table of a model that was trained on another one.

    dataset = matched(dataset, card.classes, "output/unet_model.hdf5")

Classes are the same where their names are. A colour that nobody has named is the same as a class of
nearly this colour, as those learned from smeared labels differ a little from set to set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from dataset.pairs import Dataset, Example, Pair
from labels.classes import IGNORE, Classes, Colour
from labels.coding import NEAR, distance
from utils_func import BadInput


def matched(dataset: Dataset, classes: Classes, model: object) -> Dataset:
    """The same pairs with the ids of `classes`, which may be in another order, and more."""
    own = dataset.classes
    if own == classes:
        return dataset
    places = [_place(name, colour, classes) for name, colour in _entries(own)]
    strange = [name for name, place in zip(own.names, places, strict=True) if place is None]
    if strange:
        raise BadInput(
            f"{model} does not know {_some(strange)} of {dataset.folder}; it knows "
            f"{_some(classes.names)}. Expected classes that the model was trained on. Name pairs "
            "of these with --data, or give the classes the same names in a classes.csv there."
        )
    if len(set(places)) < len(places):
        raise BadInput(
            f"Two colours of {dataset.folder} are both near one class of {model}; its classes are "
            f"{_some(classes.names)}. Expected one of each. Name the colours in a "
            "classes.csv there."
        )
    if places == list(range(len(own))):
        return replace(dataset, classes=classes)
    table = np.full(256, IGNORE, np.uint8)
    table[: len(own)] = np.array(places, np.uint8)
    return replace(
        dataset,
        classes=classes,
        decode=partial(_decode, dataset.decode, table),
        decoder=f"{dataset.decoder} as {table[: len(own)].tolist()}",
    )


def _decode(decode: Callable[[Pair], Example], table: np.ndarray, pair: Pair) -> Example:
    example = decode(pair)
    return example._replace(label=table[example.label])


def _entries(classes: Classes) -> list[tuple[str, Colour]]:
    return list(zip(classes.names, classes.colours, strict=True))


def _place(name: str, colour: Colour, classes: Classes) -> int | None:
    """The id in `classes` of this name, or of nearly this colour where one of them has no name."""
    if name in classes.names:
        return classes.names.index(name)
    distances = {
        index: distance(colour, theirs)
        for index, (called, theirs) in enumerate(_entries(classes))
        if name.startswith("#") or called.startswith("#")
    }
    nearest = min(distances, key=lambda index: distances[index], default=None)
    return nearest if nearest is not None and distances[nearest] <= NEAR else None


def _some(names: list[str] | tuple[str, ...], count: int = 5) -> str:
    """The first names, and how many there are beyond."""
    shown = ", ".join(f"'{name}'" for name in names[:count])
    return shown + (f" and {len(names) - count} more" if len(names) > count else "")
