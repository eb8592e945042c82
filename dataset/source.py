"""Where the pairs of a run come from: the person's folder, or the built-in street scenes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np

from dataset.cache import Cached, Examples, open_cache, resize
from dataset.counting import counting
from dataset.fetching import fetch
from dataset.formats import open_dataset
from dataset.formats.building import spread
from dataset.pairs import SCENES, Dataset, Example, Pair
from dataset.sizing import Size
from utils_func import BadInput, picture_files

SCENE_COUNTS = {"train": 400, "val": 100}

NO_PAIRS = """\
There are no pairs in {folder} yet.
Cityscapes pairs come from https://www.kaggle.com/datasets/dansbecker/cityscapes-image-pairs
Put their train and val folders into {folder}, or name any folder of pairs with --data.
Until then this run uses built-in street scenes, which lie in {scenes}.
"""


def open_data(data: Path, name: str | None, cache: Path) -> Dataset:
    """Opens the pairs of a folder, or of well-known data by their name, which are fetched."""
    return open_dataset(fetch(data, cache) or data, name)


def find_dataset(folder: Path, default: Path, name: str | None, cache: Path) -> Dataset:
    """Opens the pairs of a folder. Only the default folder may be empty: then scenes are drawn."""
    if folder != default or _has_pictures(folder):
        return open_data(folder, name, cache)
    scenes = folder / SCENES
    print(NO_PAIRS.format(folder=folder, scenes=scenes))
    if not scenes.exists():
        _draw(scenes)
    if not all(picture_files(scenes / split) for split in SCENE_COUNTS):
        raise BadInput(
            f"{scenes} is not whole any more. Expected scenes in train and val. "
            "Delete that folder; they are drawn again."
        )
    return open_dataset(scenes)


def expect_train(dataset: Dataset) -> Dataset:
    """The same, if there is anything to learn from."""
    if dataset.train:
        return dataset
    raise BadInput(
        f"{dataset.folder} has pairs in val, but none in train. Expected pairs to learn from. "
        "Put some into train, or name another folder with --data."
    )


def is_built_in(dataset: Dataset, default: Path) -> bool:
    """Whether these are the scenes that were drawn into the default folder."""
    return dataset.folder.resolve() == (default / SCENES).resolve()


def decode_all(
    dataset: Dataset, cache: Path, size: tuple[int, int], skip_bad: bool, workers: int
) -> Cached:
    """Decodes the dataset into the cache, with a bar, or finds it there."""
    with counting("Decoding pairs") as progress:
        return open_cache(dataset, cache, size, skip_bad, workers, progress)


def decode_some(dataset: Dataset, size: Size, count: int, workers: int) -> Cached:
    """About so many pairs from all over each split, in memory alone, as far as they can be read."""
    with ThreadPoolExecutor(workers) as pool:
        train, val = (
            _decoded(dataset, spread(pairs, count), size, pool)
            for pairs in (dataset.train, dataset.val)
        )
    return Cached(train, val, [], "some")


def _decoded(
    dataset: Dataset, pairs: Sequence[Pair], size: Size, pool: ThreadPoolExecutor
) -> Examples:
    def decode(pair: Pair) -> Example | None:
        with suppress(BadInput):
            return resize(dataset.decode(pair), size)
        return None

    decoded = zip(pairs, pool.map(decode, pairs), strict=True)
    found = {pair.name: example for pair, example in decoded if example}
    if not found:
        raise BadInput(
            f"None of {len(pairs)} pairs from all over {dataset.folder} can be read. Expected one "
            "at least. Look at them with: python main.py check"
        )
    return Examples(list(found), *(np.stack(part) for part in zip(*found.values(), strict=True)))


def _has_pictures(folder: Path) -> bool:
    """Whether a person has put any picture below the folder, the built-in scenes apart.

    Hidden folders do not count: one may hold scenes of which a killed run drew the first few.
    """
    below = (place.relative_to(folder).parts for place in folder.glob("**/"))
    own = (
        parts
        for parts in below
        if SCENES not in parts and not any(part.startswith(".") for part in parts)
    )
    return any(picture_files(folder.joinpath(*parts)) for parts in own)


def _draw(scenes: Path) -> None:
    from dataset.writers import write_dataset

    try:
        scenes.parent.mkdir(parents=True, exist_ok=True)
        with counting("Drawing street scenes") as progress:
            write_dataset("cityscapes-pairs", scenes, **SCENE_COUNTS, progress=progress)
    except OSError as problem:
        raise BadInput(
            f"{scenes} cannot be written: {problem.strerror}. Expected a folder for the built-in "
            "scenes. Change its permissions, or name a folder of pairs with --data."
        ) from None
