"""The folder that a run leaves behind: every file is written beside and renamed, none is lost.

with replacing(Path("output/acc.png")) as beside:
    figure.savefig(beside)
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from dataset.when_free import when_free
from utils_func import BadInput

MODEL, INTERRUPTED = "unet_model.hdf5", "unet_model_interrupted.hdf5"
PREDICTIONS = "predictions"
# What a training writes, and what is written about its model. Anything else in the folder belongs
# to somebody else and stays where it is.
FILES = (
    "acc.png",
    "pred_[0-9]*.png",
    "model_arch.png",
    "model_encoder.png",
    "model_decoder.png",
    "model_layers.png",
    MODEL,
    INTERRUPTED,
    "history.csv",
    "metrics.json",
    "run.json",
    "evaluation.json",
    PREDICTIONS,
    "tensorboard",
    "state.npz",
)


class NotWritten(BadInput):
    """A file could not be written. What had its name before is as it was."""

    def __init__(self, path: Path, reason: str) -> None:
        self.what = f"{path} cannot be written: {reason}"
        super().__init__(
            f"{self.what}. Expected room for it, and leave to write there. What had been written "
            "before is whole. Change that and start again with the same options: a run goes on "
            "from its last state. Or name another folder with --output, where it begins anew."
        )


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to. It becomes `path` when all went well, else it is gone.

    Raises:
        NotWritten: The disk is full, the folder may not be written to, or the like.
    """
    beside = path.with_name(f".{os.getpid()}-{threading.get_native_id()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)  # somebody may have deleted it meanwhile
        yield beside
        _flush(beside)
        when_free(lambda: beside.replace(path))
    except OSError as problem:
        raise NotWritten(path, problem.strerror or str(problem)) from problem
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _flush(file: Path) -> None:
    """To the disk: else a power cut may leave the new name with nothing behind it."""
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    with replacing(path) as beside:
        # Linux bears names of files that are no text; JSON escapes them in the same way.
        beside.write_text(text, "utf-8", errors="backslashreplace")


def write_table(path: Path, rows: list[dict[str, float]]) -> None:
    """Writes rows of the same columns as CSV, with the row's number first."""
    with replacing(path) as beside, beside.open("w", newline="", encoding="utf-8") as opened:
        table = csv.writer(opened)
        table.writerow(["epoch", *rows[0]])
        for number, row in enumerate(rows, 1):
            table.writerow([number, *(f"{value:.6g}" for value in row.values())])


def make_writable(folder: Path) -> None:
    """Makes the folder, and tries whether a file can be written in it. Touches nothing there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise BadInput(
            f"{folder} cannot be written to: {_reason(folder, problem)}. Expected a folder for "
            "what the run leaves behind. Change that, or name another with --output."
        ) from None


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keeps other runs out of the folder, and takes away what killed ones left half-written. The
    system opens the lock when a run dies, however.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
        _sweep(folder)
    except Timeout:
        raise BadInput(
            f"Another run is writing to {folder}. Expected a folder that one run has for itself. "
            "Wait until that one ends, or name another folder with --output."
        ) from None
    except (NotImplementedError, OSError):
        pass  # a file system without locks: what is half-written may be a living run's
    try:
        yield
    finally:
        lock.release()


def _sweep(folder: Path) -> None:
    """Takes away what a run that was killed had not written to its end."""
    for pattern in FILES:
        for left in folder.glob(f".[0-9]*-{pattern}"):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def _reason(folder: Path, problem: OSError) -> str:
    return "it is a file" if folder.is_file() else str(problem.strerror)


def results(folder: Path, patterns: Sequence[str] = FILES) -> list[Path]:
    """What a run has written into the folder."""
    return [file for pattern in patterns for file in sorted(folder.glob(pattern))]


def move_earlier(folder: Path, patterns: Sequence[str] = FILES) -> Path | None:
    """Moves the files of the run before to earlier/TIME, all or none. Returns that folder, if there
    was one.
    """
    files = results(folder, patterns)
    if not files:
        return None
    newest = max(file.stat().st_mtime for file in files)
    name = time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(newest))
    place = _unused(folder / "earlier" / name)
    moved: list[Path] = []
    try:
        place.mkdir(parents=True)
        for file in files:
            when_free(partial(file.rename, place / file.name))
            moved.append(file)
    except OSError as problem:
        for file in moved:
            with suppress(OSError):
                when_free(partial((place / file.name).rename, file))
        with suppress(OSError):
            place.rmdir()
        raise BadInput(
            f"The run before cannot be moved to {place}: {problem}. Expected to find a folder "
            "there, or none, and files that no program holds. Close what has them open, move them "
            "away yourself, or name another folder with --output."
        ) from None
    return place


def _unused(place: Path) -> Path:
    number = 2
    free = place
    while free.exists():
        free = place.with_name(f"{place.name}_{number}")
        number += 1
    return free
