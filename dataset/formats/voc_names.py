"""Other classes than those of PASCAL VOC, in its layout: tools that export to it name them.

    coding, remarks = coding_of(root, CODING, palette)      # CODING itself where nobody names any

CVAT and Datumaro write labelmap.txt, 'name:red,green,blue::' a line; LabelMe's script writes
class_names.txt, a name a line, which begins with what is ignored.
"""

from __future__ import annotations

import re
from pathlib import Path

from labels.classes import IGNORE, Classes, Colour
from labels.coding import Coding, colour_coding
from utils_func import BadInput

COLOURS, NAMES = "labelmap.txt", "class_names.txt"
LINE = re.compile(r"([^:]+):\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*(:.*)?")


def coding_of(root: Path, usual: Coding, palette: tuple[Colour, ...]) -> tuple[Coding, list[str]]:
    """What the labels mean by a file of names beside them, and what to tell about it."""
    for file, read in ((COLOURS, _of_colours), (NAMES, _of_names)):
        path = root / file
        if path.is_file():
            return read(path, _lines(path), palette), [f"Classes are named by {path}."]
    return usual, []


def _of_colours(path: Path, lines: list[str], palette: tuple[Colour, ...]) -> Coding:
    names, colours = [], []
    for line in lines:
        found = LINE.fullmatch(line)
        if not found or max(map(int, found.group(2, 3, 4))) > 255:
            raise _wrong(path, line, "a class and its colour, such as car:128,0,0::")
        red, green, blue = map(int, found.group(2, 3, 4))
        names.append(found.group(1).strip())
        colours.append((red, green, blue))
    return colour_coding(_classes(path, names, colours, palette))


def _of_names(path: Path, lines: list[str], palette: tuple[Colour, ...]) -> Coding:
    names = lines[1:] if lines and "ignore" in lines[0].lower() else lines
    classes = _classes(path, names, list(palette[: len(names)]), palette)
    return Coding("values", classes, {**{i: i for i in range(len(names))}, IGNORE: IGNORE})


def _classes(
    path: Path, names: list[str], colours: list[Colour], palette: tuple[Colour, ...]
) -> Classes:
    if not 1 <= len(names) < IGNORE or len(set(names)) < len(names):
        raise _wrong(path, f"{len(names)} names", "1 to 254 different ones")
    void = () if palette[IGNORE] in colours else (palette[IGNORE],)
    return Classes(tuple(names), tuple(colours), void)


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise _wrong(path, str(problem), "a text with one class a line") from None
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _wrong(path: Path, found: str, expected: str) -> BadInput:
    return BadInput(
        f"{path} names the classes of this folder, but has '{found:.80}'. Expected {expected}. "
        "Correct it, or delete it if the classes are those of PASCAL VOC."
    )
