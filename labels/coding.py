"""How label pictures hold their classes: as values, as exact colours or as smeared colours.

    coding = Coding("values", classes, {0: 0, 255: 1})      # grey pictures of 0 and 255
    coding = colour_coding(CITYSCAPES)                      # exact colours, void ones ignored
    decoded = coding.decode(picture)                        # ids, where to trust them
    coding.strangers(picture)                               # [(9, 120)]: value 9, in 120 pixels

A picture of values is (H, W) of whole numbers, one of colours (H, W, 3) uint8. Values below 0 stand
for nothing, as in maps of the earth, and are ignored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np

from labels import unmixing
from labels.classes import IGNORE, Classes, Colour
from labels.unmixing import Decoded

# Raised whenever the same picture decodes to other ids.
VERSION = 2
# Colours learned from smeared labels are so close, in each channel, to those that are meant.
NEAR = 8
UNKNOWN = 254  # no id of a class: a table has 254 at most
Kind = Literal["values", "colours", "smeared"]


@dataclass(frozen=True)
class Coding:
    """What the values or colours of label pictures mean.

    Args:
        kind: What the pictures hold.
        classes: The class table.
        meaning: Class id, or 255 for ignore, by value or by colour as one number (colour_code).
            For smeared colours by place in `painted`; without it those of the classes.
        painted: The colours that are smeared, if they are not just those of the classes.
    """

    kind: Kind
    classes: Classes
    meaning: Mapping[int, int] = field(default_factory=dict)
    painted: Classes | None = None

    def decode(self, picture: np.ndarray) -> Decoded:
        """Ids of a label picture; what has no meaning becomes 255 and counts as unknown."""
        if self.kind == "smeared":
            return self._unmixed(as_colours(picture))
        ids = self._look_up(picture)
        unknown = ids == UNKNOWN
        ids[unknown] = IGNORE
        return Decoded(ids, ids != IGNORE, float(unknown.mean()))

    def strangers(self, picture: np.ndarray) -> list[tuple[int, int]]:
        """Values or colours without a meaning and in how many pixels they are, commonest first."""
        if self.kind == "smeared":
            return []
        codes = self._codes(picture)
        values, counts = np.unique(codes[self._look_up(picture) == UNKNOWN], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return [(int(values[place]), int(counts[place])) for place in order]

    def name_of(self, code: int) -> str:
        """A value or colour as a person writes it."""
        return str(code) if self.kind == "values" else str(colour_of(code))

    @property
    def key(self) -> str:
        """Changes when the same pictures decode to other ids."""
        painted = self.painted and self.painted.to_json()
        content = [self.kind, sorted(self.meaning.items()), painted, VERSION, unmixing.VERSION]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]

    def _unmixed(self, picture: np.ndarray) -> Decoded:
        if self.painted is None:
            return unmixing.decode(picture, self.classes)
        ids, confident, unknown = unmixing.decode(picture, self.painted)
        own = np.full(256, IGNORE, np.uint8)
        own[list(self.meaning)] = list(self.meaning.values())
        return Decoded(own[ids], confident, unknown)

    def _codes(self, picture: np.ndarray) -> np.ndarray:
        return colour_codes(as_colours(picture)) if self.kind == "colours" else as_values(picture)

    def _look_up(self, picture: np.ndarray) -> np.ndarray:
        codes, table = self._codes(picture), _table(tuple(sorted(self.meaning.items())))
        return table[np.clip(codes, -1, len(table) - 2)]


def colour_coding(classes: Classes) -> Coding:
    """Exact colours, as lossless pictures hold them. Of two equal colours the first counts."""
    void = {colour_code(colour): IGNORE for colour in classes.void_colours}
    own = [(colour_code(colour), index) for index, colour in enumerate(classes.colours)]
    return Coding("colours", classes, void | dict(reversed(own)))


def colour_code(colour: Colour) -> int:
    red, green, blue = colour
    return red << 16 | green << 8 | blue


def colour_of(code: int) -> Colour:
    return code >> 16 & 255, code >> 8 & 255, code & 255


def distance(one: Colour, other: Colour) -> int:
    """Between two colours, in the channel where they differ most."""
    return max(abs(own - theirs) for own, theirs in zip(one, other, strict=True))


def colour_codes(picture: np.ndarray) -> np.ndarray:
    """Each colour of (H, W, 3) as one number."""
    red, green, blue = np.moveaxis(picture.astype(np.int32), -1, 0)
    return red << 16 | green << 8 | blue


def as_colours(picture: np.ndarray) -> np.ndarray:
    """A grey picture among coloured ones is a picture of equal channels."""
    return picture if picture.ndim == 3 else np.stack([picture.astype(np.uint8)] * 3, axis=-1)


def as_values(picture: np.ndarray) -> np.ndarray:
    """A coloured picture among those of values holds what no table knows: numbers above all."""
    if picture.ndim == 2:
        return picture.astype(np.int64)
    return colour_codes(picture).astype(np.int64) + (1 << 24)


@lru_cache(maxsize=8)
def _table(meaning: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Ids by code; then a place for all codes beyond, which are unknown, and at -1 for those below
    0.
    """
    table = np.full(max((code for code, _ in meaning), default=0) + 3, UNKNOWN, np.uint8)
    table[-1] = IGNORE
    for code, index in meaning:
        table[code] = index
    return table
