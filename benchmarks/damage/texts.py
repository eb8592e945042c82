"""What may happen to a table or to JSON: other encodings, cells and values of another kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.damage.files import ANY_FILE, Damage, Random, bits_flipped


def other_encoding(file: Path, random: Random) -> Path:
    text = file.read_text("utf-8").replace("road", "Straße")
    file.write_bytes(text.encode(random.choice(("utf-16", "latin-1", "utf-8-sig", "utf-32"))))
    return file


def cell_exchanged(file: Path, random: Random) -> Path:
    """One cell of a table becomes what does not belong there."""
    lines = file.read_text("utf-8").splitlines()
    number = random.randrange(len(lines))
    cells = lines[number].split(",")
    odd = ("", "-1", "256", "1e9", "nan", "1 2", "1 2 3 4", "#12", "300 0 0", '"', "\x00", "名")
    cells[random.randrange(len(cells))] = random.choice((*odd, "x" * 200_000))
    lines[number] = ",".join(cells)
    file.write_text("\n".join(lines), "utf-8")
    return file


def lines_shuffled(file: Path, random: Random) -> Path:
    lines = file.read_text("utf-8").splitlines()
    random.shuffle(lines)
    file.write_text("\n".join(lines * random.choice((1, 2, 3000))), "utf-8")
    return file


OF_TABLES: tuple[Damage, ...] = (
    *(*ANY_FILE, other_encoding, cell_exchanged, cell_exchanged, cell_exchanged, lines_shuffled),
)


def json_exchanged(text: str, random: Random) -> str:
    """JSON in which one value is gone, or is one of another kind."""
    content = json.loads(text)
    places: list[tuple[Any, Any]] = []

    def collect(value: Any) -> None:
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            places.append((value, key))
            if isinstance(value[key], (dict, list)):
                collect(value[key])

    collect(content)
    holder, key = random.choice(places)
    odd = [None, True, -1, 0, 2**40, 1e300, float("nan"), "", "../../up", "lambda", [], {}, [[]]]
    if random.random() < 0.2:
        del holder[key]
    else:
        holder[key] = random.choice(odd)
    return json.dumps(content)


def json_file_exchanged(file: Path, random: Random) -> Path:
    """The arrays of a cache, which stand beside its JSON, have their bits flipped."""
    if file.suffix != ".json":
        return bits_flipped(file, random)
    file.write_text(json_exchanged(file.read_text(), random))
    return file


OF_JSON: tuple[Damage, ...] = (*ANY_FILE, *(json_file_exchanged,) * 6)
