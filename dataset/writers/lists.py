"""Lists of names, gathered from pairs that are written in any order and by several processes.

note(folder / "train.txt", place.index, "2012_000001")      # with each pair
gather(folder / "train.txt")                                 # when all are written
"""

from __future__ import annotations

import shutil
from pathlib import Path


def note(path: Path, index: int, line: str) -> None:
    """Keeps a line of a list in a file of its own: no two processes write into the same."""
    _notes(path).mkdir(parents=True, exist_ok=True)
    (_notes(path) / f"{index:08}").write_text(line, encoding="utf-8")


def gather(path: Path) -> list[str]:
    """Makes the list of its lines; without any it is an empty file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [entry.read_text(encoding="utf-8") for entry in sorted(_notes(path).glob("*"))]
    write_lines(path, lines)
    shutil.rmtree(_notes(path), ignore_errors=True)
    return lines


def write_lines(path: Path, lines: list[str]) -> None:
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())  # no \r\n on Windows


def _notes(path: Path) -> Path:
    return path.with_name(f".{path.name}.lines")
