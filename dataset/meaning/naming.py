"""The names that came with the data: many sets have a table of their classes beside the labels.

    meaning = with_names(meaning, root, folders)    # as it was where no table knows the labels

A classes.csv is a person's own and overrules what was found. These name what was found, and say
what of it stands for nothing. They are known by what they hold: a CSV of names with colours or
values (class_dict.csv as Kaggle has it for streets, land and drones, _classes.csv of Roboflow), or
a JSON of names with colours (Supervisely).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from dataset.classes_csv import CHANNELS, COLOUR, FILE, ID, Row, coding_of, colour, read_table
from dataset.meaning.colours import known_tables
from dataset.meaning.deciding import Meaning
from dataset.meaning.values import NAME_THEM, OBJECTS
from labels.classes import IGNORE, Classes, numbered_classes
from labels.coding import NEAR, Coding, colour_code, colour_of, distance
from utils_func import BadInput

# One is in the file's name. Others, such as labels.csv, are lists of pictures more often.
WORDS = ("class", "colo", "legend", "palette", "meta.json")
LARGEST = 100_000  # bytes; a table of 254 classes has some 10,000
# What such tables call pixels of which nobody says what they show.
VOIDS = """
    void unlabeled unlabelled unclassified ignore ignored unknown undefined nodata no_data no-data
"""
VOID = frozenset(VOIDS.split())
NOTHING = VOID | {"background"}
LEAST = 0.5  # of the colours must be in a table, or it is one of something else


@dataclass(frozen=True)
class Table:
    """The rows of a file."""

    coloured: bool
    rows: list[Row]
    in_order: bool = True
    """Whether values may be their places."""


def with_names(meaning: Meaning, root: Path, folders: Iterable[Path]) -> Meaning:
    """The same with the names of the first table that knows the labels."""
    codes = _codes(meaning.coding)
    if meaning.coding.classes in known_tables().values() or len(codes) >= IGNORE:
        return meaning
    for path in _files(folders):
        try:
            table = _read(path, meaning.coding.kind == "values")
        except BadInput:
            continue
        known = _known(table, meaning.coding)
        # One that lies above the data may be of another set.
        if known and (path.is_relative_to(root) or len(known) >= LEAST * len(table.rows)):
            return _renamed(meaning, known, path)
    return meaning


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    """What may be a table, in these folders."""
    for folder in dict.fromkeys(folders):
        for path in sorted([*folder.glob("*.csv"), *folder.glob("*.json")]):
            says = any(word in path.name.lower() for word in WORDS)
            if says and path.name != FILE and path.is_file() and path.stat().st_size < LARGEST:
                yield path


def _read(path: Path, values: bool) -> Table:
    if path.suffix == ".csv":
        colours = (*COLOUR, *CHANNELS)
        return Table(*read_table(path, (*ID, *colours) if values else (*colours, *ID)))
    try:
        found = json.loads(path.read_text("utf-8-sig"))["classes"]
        codes = [(str(one["title"]), colour(str(one["color"]))) for one in found]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        codes = []
    # Supervisely's labels count from 1, and have a background that is not in the table.
    rows = [Row(name, code, False) for name, code in codes if code is not None]
    return Table(True, rows, in_order=False)


def _codes(coding: Coding) -> dict[int, int]:
    """The class of each value or colour, without what is ignored already."""
    if coding.kind == "smeared":
        return {colour_code(one): index for index, one in enumerate(coding.classes.colours)}
    return {code: index for code, index in coding.meaning.items() if index != IGNORE}


def _known(table: Table, coding: Coding) -> dict[int, Row]:
    """The row of each value or colour of a class; nothing where the table is of something else."""
    codes = _codes(coding)
    repeated = len({row.code for row in table.rows}) < len(table.rows)
    if (repeated and not table.coloured) or len(table.rows) >= IGNORE:
        return {}  # it is a list of something else, such as pictures
    if coding.kind == "values" and table.coloured:
        return _of_coloured(table, codes, coding.classes)
    by_code = {row.code: row for row in table.rows}
    if coding.kind == "smeared":
        by_code = {code: row for code in codes if (row := _near(code, table.rows))}
    known = {code: by_code[code] for code in codes if code in by_code}
    enough = len(codes) if coding.kind == "values" else LEAST * len(codes)
    same_kind = table.coloured == (coding.kind != "values")
    return known if same_kind and len(known) >= max(2, enough) else {}


def _of_coloured(table: Table, codes: Mapping[int, int], classes: Classes) -> dict[int, Row]:
    """The rows of values in a table of colours: by the grey of that value, by the colour that it
    has in a palette, or by its place.
    """
    by_colour = {row.code: row for row in table.rows}
    own = {code: colour_code(classes.colours[index]) for code, index in codes.items()}
    greys = {code: code * 0x010101 for code in codes}
    for colours in greys, own:
        if set(colours.values()) <= by_colour.keys():
            return {code: by_colour[colours[code]] for code in codes}
    return {code: table.rows[code] for code in codes} if _is_in_order(table, codes) else {}


def _is_in_order(table: Table, codes: Mapping[int, int]) -> bool:
    """Whether values are the places of the rows."""
    nothing = [row.name.lower() in NOTHING for row in table.rows]
    if not table.in_order or max(codes) >= len(nothing) or True in nothing[1:]:
        return False
    # The highest may occur in no label, if the table begins as those of values do.
    return len(codes) == len(nothing) or (nothing[0] and len(codes) >= LEAST * len(nothing))


def _near(code: int, rows: Iterable[Row]) -> Row | None:
    own = colour_of(code)
    return next((row for row in rows if distance(own, colour_of(row.code)) <= NEAR), None)


def _renamed(meaning: Meaning, known: Mapping[int, Row], path: Path) -> Meaning:
    coding, codes = meaning.coding, _codes(meaning.coding)
    names = {
        code: known[code].name if code in known else coding.classes.names[index]
        for code, index in codes.items()
    }
    if len(set(names.values())) < 2:
        return meaning
    void = {row.name for row in known.values() if row.ignore or row.name.lower() in VOID}
    if len(set(names.values()) - void) < 2:
        void = set()
    told = f"Classes are named by {path}{'; ignored: ' if void else ''}{', '.join(sorted(void))}."
    remarks = [remark.replace(NAME_THEM, told) for remark in meaning.remarks]
    remarks = [remark for remark in remarks if not remark.startswith(OBJECTS)]
    if not any(told in remark for remark in remarks):
        remarks.append(told)
    new = _with_names(coding, names, void, path)
    return replace(meaning, coding=new, remarks=tuple(remarks))


def _with_names(coding: Coding, names: Mapping[int, str], void: set[str], path: Path) -> Coding:
    codes = _codes(coding)
    colours = tuple(coding.classes.colours[index] for index in codes.values())
    if len(set(colours)) < len(colours):
        colours = numbered_classes(len(codes)).colours
    classes = Classes(tuple(names.values()), colours, coding.classes.void_colours)
    if coding.kind == "smeared" and not void and len(set(classes.names)) == len(classes):
        return replace(coding, classes=classes)
    rows = [Row(name, code, name in void) for code, name in names.items()]
    rows += [Row("", code, True) for code in coding.meaning.keys() - codes.keys()]
    return coding_of(path, rows, coding.kind != "values", replace(coding, classes=classes))
