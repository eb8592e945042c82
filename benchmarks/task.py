"""What all sides of a comparison are given: one network, one batch of data in memory.

task = Task(size=256, batch=8, filters=16)
photos, labels = street_scenes(task)        # uint8 (8, 256, 256, 3) and (8, 256, 256)
cached = in_memory(task)                    # the same as decoded pairs, for Training
config_of(task)                             # the configuration that a run would have
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dataset.cache import Cached, Examples
from labels.classes import CITYSCAPES
from training.config import Config
from training.recipes import CLASSIC


@dataclass(frozen=True)
class Task:
    """The size of the problem. The seed network has 16 filters, the classic one 64."""

    size: int = 256
    batch: int = 8
    filters: int = 16
    normalization: bool = True
    folder: Path = Path()
    """Where the networks lie that the sides of a prediction share; see exchange.py."""

    @property
    def classes(self) -> int:
        return len(CITYSCAPES)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return self.batch, self.size, self.size, 3


def street_scenes(task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Drawn photos and their class ids, with 255 for 'ignore', as training has them."""
    from dataset.scenes import draw_scene

    pairs = [draw_scene(seed, task.size, task.size) for seed in range(task.batch)]
    photos, labels = zip(*pairs, strict=True)
    return np.stack(photos), np.stack(labels)


def in_memory(task: Task) -> Cached:
    photos, labels = street_scenes(task)
    names = [f"{number}.png" for number in range(task.batch)]
    examples = Examples(names, photos, labels, np.ones(labels.shape, bool))
    return Cached(examples, examples.chosen(slice(1)), [], "")


def config_of(task: Task) -> Config:
    return Config(
        **CLASSIC,
        epochs=1,
        batch_size=task.batch,
        height=task.size,
        width=task.size,
        filters=task.filters,
        normalization=task.normalization,
    )
