"""A classes.csv beside the data says what its label pictures mean, and overrules what was found.

    name,colour,ignore            name,id,ignore
    road,128 64 128,              background,0,
    car,#00008E,                  nucleus,255,
    border,0 0 0,yes              unsure,9,yes

Rows with the same name are one class. `ignore` may be left out. Columns may also be called as in
the tables of others: class for name, pixel value for id, and r, g, b instead of a colour. Between
cells may be semicolons.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from labels.classes import IGNORE, Classes, Colour, numbered_classes
from labels.coding import Coding, colour_code, colour_coding, colour_of
from utils_func import BadInput

FILE = "classes.csv"
NAME = ("name", "class_name", "class name", "class", "label")
COLOUR = (("colour",), ("color",))
ID = (("id",), ("class_id",), ("pixel value",), ("value",), ("index",))
CHANNELS = (("rgb",), ("r", "g", "b"), ("red", "green", "blue"))
NO = ("", "0", "no", "false")
EXAMPLE = "Expected columns name, colour (such as 128 64 128 or #804080) or id, and ignore"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    code: int
    ignore: bool


def overruled(path: Path | None, coding: Coding) -> tuple[Coding, list[str]]:
    """The coding that counts, and what to tell about it; the found one where there is no table."""
    if path is None:
        return coding, []
    coloured, rows = read_table(path)
    return coding_of(path, rows, coloured, coding), [f"Classes and their meaning are from {path}."]


def read_table(
    path: Path, kinds: Sequence[Sequence[str]] = (*COLOUR, *ID, *CHANNELS)
) -> tuple[bool, list[Row]]:
    """Whether the codes of a table are colours, and its rows.

    Args:
        path: The table.
        kinds: The columns that codes are taken from, the first ones that it has.
    """
    columns, lines = _read(path)
    kind = next((kind for kind in kinds if columns.keys() >= set(kind)), None)
    name = next((name for name in NAME if name in columns), None)
    if kind is None or name is None or not lines:
        raise BadInput(
            f"{path} has the columns {', '.join(columns) or 'none'}. {EXAMPLE}. Correct it."
        )
    parts = [[columns.get(one, one) for one in part] for part in ((name,), kind, ("ignore",))]
    cells = [
        [" ".join((line.get(column) or "").strip() for column in part) for part in parts]
        for line in lines
    ]
    rows = [_row(path, number, line, kind in ID) for number, line in enumerate(cells, start=2)]
    return kind not in ID, rows


def _read(path: Path) -> tuple[dict[str, str], list[dict[str, str | None]]]:
    """The columns of a CSV as they are called in it, by their names in small letters; its lines."""
    try:
        if not path.is_file():
            raise OSError("it is no file")
        with path.open(newline="", encoding="utf-8-sig") as file:
            between = _between(file.readline())
            file.seek(0)
            table = csv.DictReader(file, delimiter=between, skipinitialspace=True)
            columns = {(name or "").strip().lower(): name for name in table.fieldnames or ()}
            return columns, list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise BadInput(f"{path} cannot be read: {problem}. {EXAMPLE}. Correct it.") from None


def _between(header: str) -> str:
    """What stands between cells: Excel writes semicolons where people write 0,5 for a half."""
    return ";" if ";" in header and "," not in header else ","


def _row(path: Path, number: int, cells: list[str], is_id: bool) -> Row:
    name, code, ignore = cells
    parsed = _id(code) if is_id else colour(code)
    if not name or parsed is None:
        raise BadInput(
            f"{path}, line {number}: '{name},{code}' is no class. {EXAMPLE}. Correct it."
        )
    return Row(name, parsed, ignore.lower() not in NO)


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and int(text) < 1 << 24 else None


def colour(text: str) -> int | None:
    if re.fullmatch(r"#?[0-9a-fA-F]{6}", text):
        return int(text.removeprefix("#"), 16)
    parts = [int(part) for part in re.findall(r"\d+", text)]
    return colour_code((parts[0], parts[1], parts[2])) if _is_colour(parts) else None


def _is_colour(parts: list[int]) -> bool:
    return len(parts) == 3 and max(parts) <= 255


def coding_of(path: Path, rows: list[Row], coloured: bool, found: Coding) -> Coding:
    names = tuple(dict.fromkeys(row.name for row in rows if not row.ignore))
    if not 1 <= len(names) < IGNORE:
        raise BadInput(
            f"{path} has {len(names)} classes that are not ignored. Expected 1 to 254. Correct it."
        )
    meaning = {row.code: IGNORE if row.ignore else names.index(row.name) for row in rows}
    if not coloured:
        return Coding("values", Classes(names, _colours(names, found.classes)), meaning)
    first = {row.name: row.code for row in reversed(rows) if not row.ignore}
    void = tuple(colour_of(row.code) for row in rows if row.ignore) or ((0, 0, 0),)
    classes = Classes(names, tuple(colour_of(first[name]) for name in names), void)
    if found.kind != "smeared":
        return Coding("colours", classes, {**colour_coding(classes).meaning, **meaning})
    counted = [row for row in rows if not row.ignore]
    painted = Classes(
        tuple(row.name for row in counted), tuple(colour_of(row.code) for row in counted), void
    )
    own = {place: names.index(row.name) for place, row in enumerate(counted)}
    return Coding("smeared", classes, own, painted)


def _colours(names: tuple[str, ...], found: Classes) -> tuple[Colour, ...]:
    """The colours that the names had already, else those that are easy to tell apart."""
    known = dict(zip(found.names, found.colours, strict=True))
    free = numbered_classes(len(names)).colours
    return tuple(known.get(name, colour) for name, colour in zip(names, free, strict=True))
