"""Writes a drawn dataset in the layout of a format; the folder appears whole or not at all.

    write_dataset("cityscapes-pairs", Path("images/street_scenes"), train=400, val=100)

The same seed writes the same bytes on any number of processes. A writer draws one picture with its
ids from a seed, stores it the way its format does, and adds lists of names if the format has any.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import cv2

from dataset.counting import Progress
from dataset.when_free import when_free
from dataset.writers.writer import Place, find_writer

SPLITS = ("train", "val")
# More pairs than anybody asks for: runs of different seeds share no scene.
SEEDS_APART = 1_000_000
# A process takes about half a second to start, which is five scenes.
SCENES_WORTH_A_PROCESS = 20


def scene_seed(seed: int, split: str, number: int) -> int:
    """The seed of a scene; train has the even ones, val the odd ones."""
    return 2 * (seed * SEEDS_APART + number) + SPLITS.index(split)


def write_dataset(
    name: str,
    folder: Path,
    train: int,
    val: int,
    seed: int = 0,
    progress: Progress | None = None,
    workers: int | None = None,
) -> None:
    """Writes `train` and `val` pairs.

    Args:
        name: of the format.
        folder: where the data will be; must not exist yet.
        train: how many pairs to train on.
        val: how many pairs to validate on, of other scenes.
        seed: the same seed writes the same bytes.
        progress: called after each pair with the pairs done and the pairs in all.
        workers: how many scenes are drawn at once; changes nothing but the time.
    """
    if folder.exists():
        raise FileExistsError(
            f"The folder for drawn scenes must not exist yet. Received: {folder}. "
            "Delete it or give another name."
        )
    unfinished = folder.with_name(f".{folder.name}.unfinished-{os.getpid()}")
    # OpenCV's own threads cost more than they bring on pictures this small.
    inner_threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        unfinished.mkdir(parents=True)
        _write_all(_jobs(name, unfinished, train, val, seed), progress, workers)
        find_writer(name).finish(unfinished)
        when_free(lambda: unfinished.rename(folder))
    finally:
        cv2.setNumThreads(inner_threads)
        shutil.rmtree(unfinished, ignore_errors=True)


@dataclass(frozen=True)
class Job:
    """One pair to be drawn and written."""

    name: str
    place: Place
    seed: int


def _jobs(name: str, folder: Path, train: int, val: int, seed: int) -> list[Job]:
    jobs: list[Job] = []
    for split, count in zip(SPLITS, (train, val), strict=True):
        for number in range(1, count + 1):
            place = Place(folder, split, number, len(jobs) + 1)
            jobs.append(Job(name, place, scene_seed(seed, split, number)))
    return jobs


def _write_all(jobs: list[Job], progress: Progress | None, workers: int | None) -> None:
    workers = workers or min(os.cpu_count() or 1, len(jobs) // SCENES_WORTH_A_PROCESS)
    drawn = _drawn_beside(jobs, workers) if workers > 1 else _drawn_here(jobs)
    with closing(drawn):  # so that no process writes on after an interrupt
        for done, _ in enumerate(drawn, start=1):
            if progress:
                progress(done, len(jobs))


def _drawn_here(jobs: list[Job]) -> Generator[None, None, None]:
    for job in jobs:
        _write_one(job)
        yield


def _drawn_beside(jobs: list[Job], workers: int) -> Generator[None, None, None]:
    """Draws in processes of its own, and gives a sign after each pair.

    The many small drawing calls hold Python's lock: two threads draw no faster than one.
    Processes are started anew instead of copied, as a copy of a process in which TensorFlow
    runs may hang.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_prepare_process) as pool:
        written = [pool.submit(_write_one, job) for job in jobs]
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


def _write_one(job: Job) -> None:
    writer = find_writer(job.name)
    writer.write(job.place, *writer.draw(job.seed))
