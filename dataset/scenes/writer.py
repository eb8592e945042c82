"""Writes scenes as a folder of pairs that cannot be told from recorded ones by their format.

    write_pairs(Path("images/scenes"), train=400, val=100)

Each file is a JPEG of 512 × 256: the photo in the left half, the colour label in the right. Both
were shrunk smoothly from a scene of three times the width and stored together with loss. So the
label's colours are smeared as those of the real pairs are, and go through the same decoder.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import starmap
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from dataset.scenes.street import draw_scene
from labels.classes import CITYSCAPES

PAIR_SIDE = 256
SCENE_SIZE = (768, 384)
JPEG_QUALITY = 95
# Pillow's name for 4:2:0, the colour resolution of the real pairs.
CHROMA_HALVED = 2
SPLITS = ("train", "val")
# More pairs than anybody asks for: runs of different seeds share no scene.
SEEDS_APART = 1_000_000
# A process takes about half a second to start, which is five scenes.
SCENES_WORTH_A_PROCESS = 20


def scene_seed(seed: int, split: str, number: int) -> int:
    """The seed of the scene in `split/number.jpg`; train has the even ones, val the odd ones."""
    return 2 * (seed * SEEDS_APART + number) + SPLITS.index(split)


def draw_pair(seed: int) -> np.ndarray:
    """Photo and colour label side by side, (256, 512, 3)."""
    photo, ids = draw_scene(seed, *SCENE_SIZE)
    halves = (photo, CITYSCAPES.paint(ids))
    side = (PAIR_SIDE, PAIR_SIDE)
    return np.hstack([cv2.resize(half, side, interpolation=cv2.INTER_AREA) for half in halves])


def write_pairs(
    folder: Path,
    train: int,
    val: int,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    workers: int | None = None,
) -> None:
    """Writes `train` and `val` pairs; `folder` appears whole or not at all.

    Args:
        folder: where train/1.jpg … and val/1.jpg … will be; must not exist yet.
        train: how many pairs to train on.
        val: how many pairs to validate on, of other scenes.
        seed: the same seed writes the same bytes.
        progress: called after each pair with the pairs done and the pairs in all.
        workers: how many scenes are drawn at once; changes nothing but the time.
    """
    if folder.exists():
        raise FileExistsError(
            f"The folder for the built-in scenes must not exist yet. Received: {folder}. "
            "Delete it or give another name."
        )
    unfinished = folder.with_name(f".{folder.name}.unfinished-{os.getpid()}")
    # OpenCV's own threads cost more than they bring on pictures this small.
    inner_threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        _write_all(unfinished, {"train": train, "val": val}, seed, progress, workers)
        unfinished.rename(folder)
    finally:
        cv2.setNumThreads(inner_threads)
        shutil.rmtree(unfinished, ignore_errors=True)


def _write_all(
    folder: Path,
    counts: dict[str, int],
    seed: int,
    progress: Callable[[int, int], None] | None,
    workers: int | None,
) -> None:
    jobs = []
    for split, count in counts.items():
        (folder / split).mkdir(parents=True)
        numbers = range(1, count + 1)
        jobs += [(folder / split / f"{n}.jpg", scene_seed(seed, split, n)) for n in numbers]
    workers = workers or min(os.cpu_count() or 1, len(jobs) // SCENES_WORTH_A_PROCESS)
    finished = _drawn_beside(jobs, workers) if workers > 1 else starmap(_write_pair, jobs)
    for done, _ in enumerate(finished, start=1):
        if progress:
            progress(done, len(jobs))


def _drawn_beside(jobs: list[tuple[Path, int]], workers: int) -> Iterator[None]:
    """Draws in processes of its own, and gives a sign after each pair.

    The many small drawing calls hold Python's lock: two threads draw no faster than one.
    Processes are started anew instead of copied, as a copy of a process in which TensorFlow
    runs may hang.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_prepare_process) as pool:
        written = [pool.submit(_write_pair, *job) for job in jobs]
        try:
            for one in as_completed(written):
                yield one.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _prepare_process() -> None:
    # Ctrl-C reaches every process; the one that was started by the person ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)


def _write_pair(path: Path, seed: int) -> None:
    picture = Image.fromarray(draw_pair(seed))
    picture.save(path, "JPEG", quality=JPEG_QUALITY, subsampling=CHROMA_HALVED)
