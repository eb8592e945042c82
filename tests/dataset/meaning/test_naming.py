"""Tables of classes that came with the data name what the labels hold."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import open_dataset
from labels.classes import IGNORE
from tests.dataset.made_folders import decoded, ids_of, write

COLOURS = np.array([(0, 255, 255), (255, 255, 0), (0, 0, 0)], np.uint8)
KAGGLE = "name,r,g,b\nurban_land,0,255,255\nagriculture_land,255,255,0\nunknown,0,0,0\n"
SUPERVISELY = {
    "classes": [
        {"title": "urban_land", "shape": "polygon", "color": "#00FFFF"},
        {"title": "agriculture_land", "shape": "polygon", "color": "#ffff00"},
        {"title": "Unlabeled", "shape": "polygon", "color": "#000000"},
    ]
}


def coloured(folder: Path, ending: str = "png") -> None:
    write(folder, lambda seed: COLOURS[ids_of(seed)], ending)


def numbered(folder: Path) -> None:
    write(folder, lambda seed: ids_of(seed, 4))


@pytest.mark.parametrize(
    ("file", "text", "void"),
    [
        ("class_dict.csv", KAGGLE, "unknown"),
        ("masks/class_dict_seg.csv", KAGGLE.replace(",", ", "), "unknown"),
        ("label_colors.csv", "class,colour\nurban_land,0 255 255\nagriculture_land,#ffff00\n", ""),
        ("classes.json", json.dumps(SUPERVISELY), "Unlabeled"),
        ("meta.json", json.dumps(SUPERVISELY), "Unlabeled"),
    ],
)
def test_colours_are_named_and_those_of_nothing_ignored(
    tmp_path: Path, file: str, text: str, void: str
) -> None:
    coloured(tmp_path)
    path = tmp_path / file
    path.write_text(text)
    dataset = open_dataset(tmp_path)
    rest = () if void else ("#000000",)
    assert sorted(dataset.classes.names) == sorted(("urban_land", "agriculture_land", *rest))
    urban = dataset.classes.names.index("urban_land")
    assert dataset.classes.colours[urban] == (0, 255, 255)
    (told,) = (remark for remark in dataset.remarks if "Classes are named by" in remark)
    assert told.endswith(f"named by {path}{f'; ignored: {void}' if void else ''}.")
    assert "classes.csv" not in told
    for name, label in decoded(dataset).items():
        ids = ids_of(int(name))
        np.testing.assert_array_equal(label == urban, ids == 0)
        np.testing.assert_array_equal(label == IGNORE, (ids == 2) & bool(void))


@pytest.mark.parametrize("void", ["unknown", "water"])
def test_smeared_colours_are_named_as_well(tmp_path: Path, void: str) -> None:
    coloured(tmp_path, "jpg")
    (tmp_path / "class_dict.csv").write_text(KAGGLE.replace("unknown", void))
    dataset = open_dataset(tmp_path)
    rest = {"water"} if void == "water" else set()
    assert set(dataset.classes.names) == {"urban_land", "agriculture_land", *rest}
    urban = dataset.classes.names.index("urban_land")
    for name, label in decoded(dataset).items():
        cells, ids = label[8::16, 8::16], ids_of(int(name))[8::16, 8::16]
        np.testing.assert_array_equal(cells == urban, ids == 0)
        np.testing.assert_array_equal(cells == IGNORE, (ids == 2) & (void == "unknown"))


IN_ORDER = "name, r, g, b\npaved, 1, 2, 3\ngrass, 4, 5, 6\ntree, 7, 8, 9\ncar, 3, 3, 3\n"
WITH_BOTH = "name,id,r,g,b\ncar,3,1,1,1\ntree,2,2,2,2\ngrass,1,3,3,3\npaved,0,4,4,4\n"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("train/_classes.csv", "Pixel Value, Class\n0, paved\n1, grass\n2, tree\n3, car\n"),
        ("class_dict_seg.csv", IN_ORDER),
        ("classes_of_drones.csv", WITH_BOTH),
    ],
)
def test_values_are_named_by_their_number_or_the_order_of_the_rows(
    tmp_path: Path, file: str, text: str
) -> None:
    numbered(tmp_path / "train")
    (tmp_path / file).write_text(text)
    dataset = open_dataset(tmp_path)
    assert dataset.classes.names == ("paved", "grass", "tree", "car")
    for name, label in decoded(dataset).items():
        np.testing.assert_array_equal(label, ids_of(int(name), 4))


def test_a_mask_is_named_and_255_stays_ignored(tmp_path: Path) -> None:
    def label(seed: int) -> np.ndarray:
        return np.array([0, 1, 2, 255], np.uint8)[ids_of(seed, 4)]

    write(tmp_path / "ids", label)
    write(tmp_path / "mask", lambda seed: ids_of(seed, 2))
    for folder in "ids", "mask":
        table = "Pixel Value, Class\n0, ground\n1, crack\n2, hole\n"
        (tmp_path / folder / "_classes.csv").write_text(table)
    dataset = open_dataset(tmp_path / "ids")
    assert dataset.classes.names == ("ground", "crack", "hole")
    assert (decoded(dataset)["0"][ids_of(0, 4) == 3] == IGNORE).all()
    dataset = open_dataset(tmp_path / "mask")
    assert dataset.classes.names == ("ground", "crack")
    assert any("Classes are named by" in remark for remark in dataset.remarks)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("class_dict.csv", "name,r,g,b\na,9,9,9\nb,8,8,8\nblack,0,0,0\n"),  # one of three
        ("class_dict.csv", "file,r,g,b\na,0,255,255\n"),
        ("class_dict.csv", "name,r,g,b\na,zero,255,255\n"),
        ("classes_of_files.csv", "name,id\na,0\nb,1\nc,2\n"),  # values, where labels hold colours
        ("pictures.csv", KAGGLE),
        ("classes.json", "[]"),
        ("classes.json", '{"classes": ["urban", "land"]}'),
        ("classes.json", "not JSON"),
        pytest.param("classes.json", "[" * 50_000, id="too deep"),
    ],
)
def test_a_table_of_something_else_names_nothing(tmp_path: Path, file: str, text: str) -> None:
    coloured(tmp_path)
    (tmp_path / file).write_text(text)
    dataset = open_dataset(tmp_path)
    assert set(dataset.classes.names) == {"#00ffff", "#ffff00", "#000000"}
    assert any("Name them in a classes.csv" in remark for remark in dataset.remarks)


def test_values_that_a_table_does_not_have_stay_unnamed(tmp_path: Path) -> None:
    numbered(tmp_path)
    (tmp_path / "_classes.csv").write_text("Pixel Value, Class\n0, paved\n1, grass\n2, tree\n")
    assert open_dataset(tmp_path).classes.names == ("class 0", "class 1", "class 2", "class 3")


GREYS = "name,r,g,b\ncar,3,3,3\npaved,0,0,0\ntree,2,2,2\ngrass,1,1,1\n"


def test_values_are_the_greys_of_a_table_or_its_colours_by_their_palette(tmp_path: Path) -> None:
    def with_palette(seed: int) -> Image.Image:
        picture = Image.fromarray(ids_of(seed, 4)).convert("P")
        picture.putpalette([9, 0, 0, 0, 9, 0, 0, 0, 9, 9, 9, 0])
        return picture

    numbered(tmp_path / "grey")
    (tmp_path / "grey" / "class_dict.csv").write_text(GREYS)
    write(tmp_path / "palette", with_palette)
    colours = "car,9,9,0\npaved,9,0,0\ntree,0,0,9\ngrass,0,9,0\n"
    (tmp_path / "palette" / "class_dict.csv").write_text(f"name,r,g,b\n{colours}")
    write(tmp_path / "mask", lambda seed: 255 * ids_of(seed, 2))
    houses = "name,r,g,b\nhouse,255,255,255\nground,0,0,0\n"
    (tmp_path / "mask" / "label_class_dict.csv").write_text(houses)
    for folder in "grey", "palette":
        names = open_dataset(tmp_path / folder).classes.names
        assert names == ("paved", "grass", "tree", "car"), folder
    assert open_dataset(tmp_path / "mask").classes.names == ("ground", "house")


def test_the_order_of_a_json_numbers_no_values(tmp_path: Path) -> None:
    write(tmp_path, lambda seed: ids_of(seed, 3))
    (tmp_path / "meta.json").write_text(json.dumps(SUPERVISELY))
    assert open_dataset(tmp_path).classes.names == ("class 0", "class 1", "class 2")


def test_the_last_classes_may_occur_nowhere_if_the_table_begins_with_nothing(
    tmp_path: Path,
) -> None:
    write(tmp_path, lambda seed: ids_of(seed, 3))
    for first, names in {
        "background": ("background", "grass", "tree"),
        "soil": ("class 0", "class 1", "class 2"),
    }.items():
        table = f"name,r,g,b\n{first},4,4,0\ngrass,5,5,0\ntree,6,6,0\ncar,7,7,0\n"
        (tmp_path / "class_dict.csv").write_text(table)
        assert open_dataset(tmp_path).classes.names == names


@pytest.mark.parametrize("more", [0, 9])
def test_a_table_above_the_data_counts_where_most_of_it_is_there(tmp_path: Path, more: int) -> None:
    coloured(tmp_path / "land")
    rest = "".join(f"other {number},{number},7,7\n" for number in range(more))
    (tmp_path / "class_dict.csv").write_text(KAGGLE + rest)
    named = "urban_land" in open_dataset(tmp_path / "land").classes.names
    assert named == (more == 0)


def test_values_that_number_objects_are_classes_where_a_table_says_so(tmp_path: Path) -> None:
    def label(seed: int) -> np.ndarray:
        rows = np.zeros((48, 48), np.uint8)
        rows[: 2 * (19 - seed) : 2] = np.arange(1, 20 - seed)[:, None]
        return rows

    write(tmp_path, label)
    assert open_dataset(tmp_path).classes.names == ("background", "foreground")
    table = "".join(f"{value},organ {value}\n" for value in range(20))
    (tmp_path / "_classes.csv").write_text(f"Pixel Value,Class\n{table}")
    dataset = open_dataset(tmp_path)
    assert dataset.classes.names == tuple(f"organ {value}" for value in range(20))
    assert len(set(dataset.classes.colours)) == 20
    assert not any("number the objects" in remark for remark in dataset.remarks)


@pytest.mark.parametrize(
    "table",
    [
        "id,label\n0,cat\n1,cat\n",  # a list of pictures
        "id,label\n0,cat\n1,dog\n0,cow\n",
        "name,r,g,b\nhouse,255,0,0\nbackground,9,0,0\n",  # not in the order of the values
    ],
)
def test_what_is_no_table_of_the_values_names_none(tmp_path: Path, table: str) -> None:
    write(tmp_path, lambda seed: ids_of(seed, 2))
    (tmp_path / "image_classes.csv").write_text(table)
    assert open_dataset(tmp_path).classes.names == ("background", "foreground")


def test_values_are_not_named_by_the_first_of_many_colours(tmp_path: Path) -> None:
    write(tmp_path, lambda seed: ids_of(seed, 2))
    (tmp_path / "class_dict.csv").write_text(IN_ORDER + "pole,5,5,5\n")
    assert open_dataset(tmp_path).classes.names == ("background", "foreground")


def test_ones_own_table_counts_more(tmp_path: Path) -> None:
    coloured(tmp_path)
    (tmp_path / "class_dict.csv").write_text(KAGGLE)
    own = "name,colour\ntown,0 255 255\nfield,255 255 0\nnothing,0 0 0\n"
    (tmp_path / "classes.csv").write_text(own)
    dataset = open_dataset(tmp_path)
    assert dataset.classes.names == ("town", "field", "nothing")
    assert not any("class_dict" in remark for remark in dataset.remarks)


def test_nothing_is_ignored_where_too_little_would_be_left(tmp_path: Path) -> None:
    write(tmp_path, lambda seed: COLOURS[ids_of(seed, 2)])
    (tmp_path / "class_dict.csv").write_text("name,r,g,b\nunlabelled,0,255,255\nhouse,255,255,0\n")
    assert set(open_dataset(tmp_path).classes.names) == {"unlabelled", "house"}
