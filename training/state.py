"""The whole state of a run in one file: numbers and text, nothing that could be run.

    write_state(folder, State(arrays, facts))
    state = read_state(folder)              # None where there is none

The file is written beside, flushed to the disk and read back before it takes the place of the one
before: whenever a run dies, one of them is whole.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dataset.when_free import when_free
from training.run_folder import replacing
from utils_func import BadInput

NAME = "state.npz"
FACTS = "facts"


@dataclass(frozen=True)
class State:
    """Arrays of numbers, and what JSON can say."""

    arrays: list[np.ndarray]
    facts: dict[str, Any]


def write_state(folder: Path, state: State) -> None:
    """Puts the state in the place of the one before, once it is proven whole."""
    text = np.frombuffer(json.dumps(state.facts).encode(), np.uint8)
    named = {f"{number:05}": array for number, array in enumerate(state.arrays)}
    with replacing(folder / NAME) as beside:
        with beside.open("wb") as opened:
            np.savez(opened, allow_pickle=False, **{FACTS: text}, **named)
        try:
            with zipfile.ZipFile(beside) as written:
                damaged = written.testzip()
        except (zipfile.BadZipFile, EOFError) as problem:
            damaged = str(problem)
        if damaged:
            raise OSError("it could not be read back as it was written")


def read_state(folder: Path) -> State | None:
    """The state that lies in the folder.

    Raises:
        BadInput: It is damaged.
    """
    path = folder / NAME
    if not path.exists():
        return None
    try:
        if not path.is_file():
            raise ValueError("it is no file")
        _expect_no_bomb(path)
        with np.load(path, allow_pickle=False) as stored:
            facts = json.loads(stored[FACTS].tobytes())
            names = sorted(name for name in stored.files if name != FACTS)
            arrays = [stored[name] for name in names]
            if not isinstance(facts, dict) or not all(
                isinstance(one, np.ndarray) for one in arrays
            ):
                raise ValueError("it holds what no state holds")
            return State(arrays, facts)
    except Exception as problem:  # a flipped bit may come as nearly any of them
        raise BadInput(
            f"{path} cannot be read: {problem}. Expected the state of a run, as it wrote it. "
            "Begin anew with --no-resume; what lies there is moved to earlier/."
        ) from None


def _expect_no_bomb(path: Path) -> None:
    """What unpacks to more than its file was not written here."""
    with zipfile.ZipFile(path) as stored:
        for entry in stored.infolist():
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > path.stat().st_size:
                raise ValueError(f"its part {entry.filename} is packed")


def remove_state(folder: Path) -> None:
    """A run that is over has no state to go on from."""
    path = folder / NAME
    try:
        when_free(lambda: path.unlink(missing_ok=True))
    except OSError as problem:
        print(
            f"\n{path} cannot be deleted: {problem.strerror}. The run is over all the same. Delete "
            "it, or the next one with these options goes on from it instead of beginning anew."
        )
