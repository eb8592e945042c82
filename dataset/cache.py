"""Every pair is decoded once, into uint8 arrays on disk that are mapped into memory.

    cached = open_cache(dataset, Path(".cache"), (256, 256))
    cached.train.photos[0]          # (256, 256, 3) uint8, read from disk when it is touched

The folder's name is a hash of the content of all files, the decoder's version and the size, so a
changed file is decoded anew. It is written under another name and renamed when it is whole: a
half-written cache is never found.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from dataset.counting import Progress
from dataset.pairs import Dataset, Example, Pair
from dataset.when_free import when_free
from utils_func import BadInput, Levels, picture_files, resize_photo

VERSION = 4
PARTS: dict[str, tuple[type, tuple[int, ...]]] = {
    "photos": (np.uint8, (3,)),
    "labels": (np.uint8, ()),
    "confident": (np.bool_, ()),
}
PIXEL_BYTES = 5  # three of the photo, one each of label and confidence
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
AHEAD = 64  # decoded pairs that may wait to be written: 17 MB of 256×256
KEPT = 4  # caches that stay on disk; with 3,475 Cityscapes pairs one takes 1.1 GB
DEAD_AFTER = 86_400  # seconds until a half-written cache is no other run's work any more


@dataclass(frozen=True)
class Examples:
    """Decoded pairs of one split; the arrays have the same length as the names."""

    names: list[str]
    photos: np.ndarray  # uint8 (N, H, W, 3)
    labels: np.ndarray  # uint8 (N, H, W), 255 = ignore
    confident: np.ndarray  # bool (N, H, W)

    def __len__(self) -> int:
        return len(self.names)

    def chosen(self, numbers: slice | Sequence[int]) -> Examples:
        names = np.array(self.names)[numbers].tolist()
        arrays = (array[numbers] for array in (self.photos, self.labels, self.confident))
        return Examples(names, *arrays)

    def spread(self, count: int) -> Examples:
        """Some examples at equal distances, as neighbours are often frames of one drive."""
        return self.chosen(self.places(count))

    def places(self, count: int) -> list[int]:
        """The numbers of some examples at equal distances."""
        return sorted({round(at) for at in np.linspace(0, len(self) - 1, min(count, len(self)))})


@dataclass(frozen=True)
class Cached:
    """A decoded dataset."""

    train: Examples
    val: Examples
    skipped: list[str]
    """Why each pair that was left out could not be read."""
    content: str
    """Hash of the content of all files."""
    levels: Levels | None = None
    """What was taken as black and as white in photos of more than 8 bits."""


def open_cache(
    dataset: Dataset,
    folder: Path,
    size: tuple[int, int],
    skip_bad: bool = False,
    workers: int = 2,
    progress: Progress | None = None,
) -> Cached:
    """Decodes a dataset to pictures of size (height, width), or finds it decoded. Takes away the
    caches that were not used for longest.
    """
    content = hash_files([*dataset.train, *dataset.val], workers)
    split = len(dataset.train)  # the same files may be divided otherwise
    key = hash_text(VERSION, content, split, dataset.decoder, size, dataset.classes.to_json())
    place = folder / key
    try:
        cached = _read(place, size, content)
    except (OSError, ValueError, KeyError, TypeError):  # not there, or damaged since
        shutil.rmtree(place, ignore_errors=True)
        with _beside(place) as unfinished, ThreadPoolExecutor(workers) as pool:
            _write(dataset, unfinished, size, skip_bad, pool, progress)
        _forget_old(folder)
        cached = _read(place, size, content)
    if cached.skipped and not skip_bad:  # it was made with skip_bad
        raise BadInput(cached.skipped[0])
    with suppress(OSError):  # a cache that may only be read is as good
        place.touch()
    return replace(cached, levels=dataset.levels)


def hash_files(pairs: list[Pair], workers: int) -> str:
    """One hash of names and contents of all files."""

    def hash_one(file: Path) -> str:
        try:
            if file.is_dir():  # many pictures that are one label together
                pictures = sorted(picture_files(file))  # not what Finder leaves in folders
                return hash_text([(picture.name, hash_one(picture)) for picture in pictures])
            if not file.is_file():
                return "no file"
            return hashlib.sha256(file.read_bytes()).hexdigest()
        except (OSError, BadInput) as problem:
            return f"unreadable: {getattr(problem, 'strerror', 'no folder of pictures')}"

    files = list(dict.fromkeys(file for pair in pairs for file in pair.files))
    with ThreadPoolExecutor(workers) as pool:
        hashes = list(pool.map(hash_one, files))
    names = [pair.name for pair in pairs] + [name for pair in pairs for name, _ in pair.masks]
    return hash_text(names, hashes)


def hash_text(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """A folder with another name, which gets the right one only when all went well."""
    unfinished = _make_beside(place)
    try:
        yield unfinished
        try:
            when_free(lambda: unfinished.rename(place))
        except OSError:
            if not place.exists():  # else another run was quicker
                raise
    except OSError as problem:
        if problem.errno not in NO_ROOM:
            raise
        raise BadInput(
            f"The decoded pictures cannot be written to {place.parent}: {problem.strerror}. "
            f"Expected room for {PIXEL_BYTES} bytes a pixel of all pairs. Make room, or name "
            "another folder with --cache."
        ) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _make_beside(place: Path) -> Path:
    folder = place.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f"{place.name}.unfinished-", dir=folder))
    except OSError as problem:
        raise BadInput(
            f"{folder} cannot be made or written to: {problem.strerror}. Expected a folder for "
            "decoded pictures. Change its permissions, or name another with --cache."
        ) from None


def _write(
    dataset: Dataset,
    place: Path,
    size: tuple[int, int],
    skip_bad: bool,
    pool: ThreadPoolExecutor,
    progress: Progress | None,
) -> None:
    """Decodes all pairs in threads and writes them in order."""
    total = len(dataset.train) + len(dataset.val)
    names: dict[str, list[str]] = {"train": [], "val": []}
    skipped: list[str] = []
    done = 0

    def decode(pair: Pair) -> Example | BadInput:
        try:
            return resize(dataset.decode(pair), size)
        except BadInput as problem:
            return problem

    for split, pairs in (("train", dataset.train), ("val", dataset.val)):
        with ExitStack() as stack:
            files = [stack.enter_context((place / _name(split, part)).open("wb")) for part in PARTS]
            for pair, example in zip(pairs, _in_order(pool, decode, pairs), strict=True):
                done += 1
                if progress:
                    progress(done, total)
                if isinstance(example, BadInput):
                    if not skip_bad:
                        raise example
                    skipped.append(str(example))
                    continue
                # Not through mapped memory: where the disk is full, that kills the process.
                for file, part in zip(files, example, strict=True):
                    file.write(np.ascontiguousarray(part).tobytes())
                names[split].append(pair.name)
        if pairs and not names[split]:
            raise BadInput(
                f"No pair of {split} in {dataset.folder} can be read. The first says: "
                f"{skipped[-len(pairs)]}"
            )
    (place / "pairs.json").write_text(json.dumps({"names": names, "skipped": skipped}))


def _in_order(
    pool: ThreadPoolExecutor, decode: Callable[[Pair], Example | BadInput], pairs: Sequence[Pair]
) -> Iterator[Example | BadInput]:
    """Like pool.map, but only a few pairs ahead of the writing, and none after an error."""
    waiting: deque[Future[Example | BadInput]] = deque()
    for pair in pairs:
        waiting.append(pool.submit(decode, pair))
        if len(waiting) > AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def resize(example: Example, size: tuple[int, int]) -> Example:
    """Photo by area or cubic interpolation; label by nearest neighbour, which invents no id."""
    if example.photo.shape[:2] == example.label.shape == size:
        return example
    height, width = size
    photo = resize_photo(example.photo, size)
    label, confident = (
        cv2.resize(part.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
        for part in (example.label, example.confident)
    )
    return Example(photo, label, confident.astype(bool))


def _name(split: str, part: str) -> str:
    return f"{split}_{part}.raw"


def _read(place: Path, size: tuple[int, int], content: str) -> Cached:
    if not all(file.is_file() for file in place.iterdir()):  # a pipe is waited for without end
        raise ValueError("it holds what no cache holds")
    table = json.loads((place / "pairs.json").read_text())

    def split(name: str) -> Examples:
        names = table["names"][name]
        arrays = (
            np.memmap(place / _name(name, part), kind, "r", shape=(len(names), *size, *channels))
            if names
            else np.zeros((0, *size, *channels), kind)
            for part, (kind, channels) in PARTS.items()
        )
        return Examples(names, *arrays)

    skipped = table["skipped"]
    every = [*table["names"]["train"], *table["names"]["val"], *skipped]
    if not isinstance(skipped, list) or not all(isinstance(text, str) for text in every):
        raise ValueError("it names what is no pair")
    return Cached(split("train"), split("val"), skipped, content)


def _forget_old(folder: Path) -> None:
    """Keeps the caches used last, and takes away what a killed run left half-written.

    The folder may be one that a person named, so only names that this file gives are touched.
    """
    key = "[0-9a-f]" * 20
    whole = sorted(folder.glob(key), key=_last_used, reverse=True)
    unfinished = folder.glob(f"{key}.unfinished-*")
    dead = [place for place in unfinished if _last_used(place) < time.time() - DEAD_AFTER]
    for place in [*whole[KEPT:], *dead]:
        shutil.rmtree(place, ignore_errors=True)


def _last_used(place: Path) -> float:
    try:
        return place.stat().st_mtime
    except FileNotFoundError:  # another run has just taken it away
        return 0.0
