"""A classes.csv beside the data says what labels mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset.classes_csv import overruled
from labels.classes import CITYSCAPES, IGNORE
from labels.coding import Coding, colour_coding
from utils_func import BadInput

FOUND = Coding("values", CITYSCAPES, {0: 0})


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "classes.csv"
    path.write_text(text, encoding)
    return path


def test_without_a_table_what_was_found_counts() -> None:
    assert overruled(None, FOUND) == (FOUND, [])


def test_ids_with_names_merged_and_ignored(tmp_path: Path) -> None:
    table = "name,id,ignore\nroad,7,\nroad,8,0\ncar,26,no\nrest,255,yes\n"
    coding, (remark,) = overruled(written(tmp_path, table), FOUND)
    assert coding.kind == "values"
    assert coding.classes.names == ("road", "car")
    assert coding.meaning == {7: 0, 8: 0, 26: 1, 255: IGNORE}
    # A name that the found table knows keeps its colour.
    assert coding.classes.colours[1] == (0, 0, 142)
    assert remark == f"Classes and their meaning are from {tmp_path / 'classes.csv'}."


@pytest.mark.parametrize("colour", ["128 64 128", '"128, 64, 128"', "#804080", "804080"])
def test_colours_in_any_notation(tmp_path: Path, colour: str) -> None:
    table = f"name, colour\nroad, {colour}\nsky, 1 2 3\n"
    coding, _ = overruled(written(tmp_path, table), colour_coding(CITYSCAPES))
    assert coding.kind == "colours"
    assert coding.meaning == {0x804080: 0, 0x010203: 1, 0: IGNORE}


@pytest.mark.parametrize(
    "table",
    [
        "name,r,g,b\nroad,128,64,128\nsky,1,2,3\n",
        "Class, Red, Green, Blue\nroad, 128, 64, 128\nsky, 1, 2, 3\n",
        'label,rgb\nroad,"(128, 64, 128)"\nsky,"(1, 2, 3)"\n',
        "class,class_name,r,g,b\n0,road,128,64,128\n1,sky,1,2,3\n",
    ],
)
def test_columns_as_the_tables_of_others_have_them(tmp_path: Path, table: str) -> None:
    coding, _ = overruled(written(tmp_path, table), colour_coding(CITYSCAPES))
    assert coding.classes.names == ("road", "sky")
    assert coding.meaning == {0x804080: 0, 0x010203: 1, 0: IGNORE}


def test_of_an_id_and_channels_the_id_counts(tmp_path: Path) -> None:
    table = "name,id,r,g,b\nroad,7,128,64,128\nsky,3,1,2,3\n"
    coding, _ = overruled(written(tmp_path, table), FOUND)
    assert (coding.kind, coding.meaning) == ("values", {7: 0, 3: 1})


def test_smeared_colours_stay_smeared(tmp_path: Path) -> None:
    table = "name,color,ignore\ncar,0 0 142,\ncar,200 0 0,\nroad,128 64 128,\nedge,9 9 9,x\n"
    coding, _ = overruled(written(tmp_path, table), Coding("smeared", CITYSCAPES))
    assert coding.kind == "smeared"
    assert coding.classes.names == ("car", "road")
    assert coding.painted
    assert coding.painted.names == ("car", "car", "road")
    assert coding.painted.void_colours == ((9, 9, 9),)
    assert coding.meaning == {0: 0, 1: 0, 2: 1}


def test_a_table_that_a_spreadsheet_saved(tmp_path: Path) -> None:
    table = "\ufeffName,ID,Ignore\r\nroad,0,\r\ncar,1,\r\n"
    assert overruled(written(tmp_path, table), FOUND)[0].classes.names == ("road", "car")


def test_a_table_that_a_spreadsheet_saved_where_commas_are_in_numbers(tmp_path: Path) -> None:
    table = "\ufeffName;Colour;Ignore\r\nroad;128,64,128;\r\nsky;1 2 3;\r\n"
    coding, _ = overruled(written(tmp_path, table), colour_coding(CITYSCAPES))
    assert coding.classes.names == ("road", "sky")
    assert coding.meaning == {0x804080: 0, 0x010203: 1, 0: IGNORE}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "has the columns none"),
        ("name\nroad\n", "has the columns name. Expected columns name, colour"),
        ("name,id\n", "has the columns name, id"),
        ("name,id\nroad,seven\n", "line 2: 'road,seven' is no class"),
        ("name,id\nroad,1\n,2\n", "line 3: ',2' is no class"),
        ("name,colour\nroad,1 2\n", "line 2: 'road,1 2' is no class"),
        ("name,colour\nroad,1 2 300\n", "line 2: 'road,1 2 300' is no class"),
        ("name,id,ignore\nroad,1,yes\n", "has 0 classes that are not ignored"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        overruled(written(tmp_path, table), FOUND)
    assert str(tmp_path / "classes.csv") in str(caught.value)
    assert said in str(caught.value)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "classes.csv").write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(BadInput, match=r"classes\.csv cannot be read"):
        overruled(tmp_path / "classes.csv", FOUND)
