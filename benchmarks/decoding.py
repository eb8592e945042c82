"""Many pairs on disk, and how long it takes to decode them: once, and from the cache.

    write_pairs(Path("pairs"), count=2975)               # JPEG pairs of 512×256, as Cityscapes's
    first, later = seconds_of_decoding(Path("pairs"), Path("cache"), side=256)
    cached = decoded(Path("pairs"), Path("cache"), side=256)

Some scenes are drawn and each is stored many times, since drawing 3,000 would take minutes; each
file is read, hashed and decoded all the same.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from dataset.cache import Cached, open_cache
from dataset.formats import open_dataset
from dataset.writers import write_dataset

DRAWN, VALIDATION = 40, 8


def write_pairs(folder: Path, count: int) -> None:
    """So many pairs to train on, and a few to validate on."""
    drawn = min(count, DRAWN)
    write_dataset("cityscapes-pairs", folder, train=drawn, val=VALIDATION)
    files = sorted((folder / "train").iterdir())
    for number in range(drawn, count):
        source = files[number % drawn]
        shutil.copyfile(source, source.with_stem(f"{number + 1}"))


def decoded(folder: Path, cache: Path, side: int) -> Cached:
    """What main.py does at its start: finds the pairs, and decodes them or finds them decoded."""
    return open_cache(open_dataset(folder), cache, (side, side))


def seconds_of_decoding(folder: Path, cache: Path, side: int) -> tuple[float, float]:
    """Seconds that the cache takes to be made, and to be found at a later start."""
    shutil.rmtree(cache, ignore_errors=True)
    dataset, seconds = open_dataset(folder), []
    for _ in range(2):
        began = time.perf_counter()
        open_cache(dataset, cache, (side, side))
        seconds.append(time.perf_counter() - began)
    return seconds[0], seconds[1]
