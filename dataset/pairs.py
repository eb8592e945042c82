"""A dataset: which pairs there are for training and validation, and how one pair is decoded.

dataset = open_dataset(Path("images"))        # dataset/formats finds out what the folder holds
example = dataset.decode(dataset.train[0])    # arrays
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from labels.classes import Classes
from utils_func import Levels

SCENES = "street_scenes"  # the folder of the built-in scenes, which is no person's data


@dataclass(frozen=True)
class Pair:
    """A photo and its label picture; for pairs side by side both are the same file."""

    name: str
    photo: Path
    label: Path
    """The label picture, or a folder of pictures that are one label together."""
    masks: tuple[tuple[str, Path], ...] = field(default=(), kw_only=True)
    """Where each class has a mask of its own: the class and the mask; `label` is one of them. Where
    objects have some: those beside `label`."""
    group: str = ""
    """Drive, city or sequence: pairs of one group are no use for checking each other."""
    levels: Levels | None = None
    """Black and white of a photo of more than 8 bits."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The photo, then its labels."""
        return self.photo, self.label, *(mask for _, mask in self.masks)


class Example(NamedTuple):
    """A decoded pair. Label and confident may have another size than the photo."""

    photo: np.ndarray  # uint8 RGB (H, W, 3)
    label: np.ndarray  # uint8 ids (H, W), 255 = ignore
    confident: np.ndarray  # bool (H, W): where the decoding of the label can be trusted


@dataclass(frozen=True)
class Dataset:
    """What a format found in a folder."""

    folder: Path
    format: str
    classes: Classes
    train: tuple[Pair, ...]
    val: tuple[Pair, ...]
    decode: Callable[[Pair], Example]
    decoder: str
    """Changes when the same files decode to other arrays: a part of the cache's key."""
    remarks: tuple[str, ...] = ()
    """What a person should know about how the pairs were found."""
    test: tuple[Pair, ...] = ()
    """Pairs that are neither learned from nor used to choose the best model."""
    alone: tuple[Path, ...] = ()
    """Photos without a label and labels without a photo."""
    shape: tuple[int, int] = (256, 256)
    """Height and width that are usual among the photos."""
    levels: Levels | None = None
    """Black and white of photos of more than 8 bits."""
