"""Labels of colours: exact and smeared, known and new."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import idd, open_dataset
from dataset.formats.voc import VOC
from labels.classes import CITYSCAPES, IGNORE, Classes
from tests.dataset.made_folders import (
    decoded,
    expect_ids,
    ids_of,
    write,
)


class TestColours:
    @pytest.mark.parametrize(
        ("table", "count", "name"),
        [(CITYSCAPES, 5, "Cityscapes"), (VOC, 5, "PASCAL VOC"), (idd.CLASSES, 26, "IDD")],
    )
    def test_exact_colours_of_a_known_table(
        self, tmp_path: Path, table: Classes, count: int, name: str
    ) -> None:
        write(tmp_path, lambda seed: table.paint(ids_of(seed, count)))
        dataset = open_dataset(tmp_path)
        assert dataset.classes == table
        assert f"Labels are in the exact colours of {name}." in dataset.remarks
        expect_ids(dataset, count)

    def test_the_order_does_not_depend_on_how_much_there_is_of_each(self, tmp_path: Path) -> None:
        table = np.array([(1, 2, 3), (250, 100, 7), (9, 200, 90)], np.uint8)

        def label(seed: int, most: int) -> np.ndarray:
            ids = ids_of(seed)
            return table[np.where(ids == 0, most, ids)]

        for most in (1, 2):
            write(tmp_path / f"most {most}", partial(label, most=most))
            names = open_dataset(tmp_path / f"most {most}").classes.names
            assert names == ("#09c85a", "#fa6407")

    def test_exact_colours_of_nobody(self, tmp_path: Path) -> None:
        table = np.array([(1, 2, 3), (250, 100, 7), (9, 200, 90)], np.uint8)
        write(tmp_path, lambda seed: table[ids_of(seed)])
        dataset = open_dataset(tmp_path)
        assert set(dataset.classes.names) == {"#010203", "#fa6407", "#09c85a"}
        assert any("classes.csv" in remark for remark in dataset.remarks)
        for name, label in decoded(dataset).items():
            np.testing.assert_array_equal(dataset.classes.paint(label), table[ids_of(int(name))])

    @pytest.mark.parametrize(
        "table", [CITYSCAPES.colours[:5], ((1, 2, 3), (250, 9, 7), (9, 99, 9))]
    )
    def test_colours_of_a_few_stray_pixels_are_no_classes(
        self, tmp_path: Path, table: tuple[tuple[int, int, int], ...]
    ) -> None:
        def label(seed: int) -> np.ndarray:
            ids = ids_of(seed, len(table)).repeat(8, 0).repeat(8, 1)
            picture = np.array(table, np.uint8)[ids]
            if seed == 2:
                picture[0, :30] = 77  # a line along the edge
                picture[200, 200] = 78
            return picture

        write(tmp_path, label)
        dataset = open_dataset(tmp_path)
        known = len(table) == 5
        assert len(dataset.classes) == (19 if known else 3)
        (told,) = (remark for remark in dataset.remarks if "Ignored" in remark)
        assert told.endswith("Ignored: (77, 77, 77), (78, 78, 78), in 31 stray pixels.")
        ids = decoded(dataset)["2"]
        assert (ids[0, :30] == IGNORE).all()
        assert ids[200, 200] == IGNORE
        assert (ids == IGNORE).sum() == 31

    def test_a_small_class_is_one_if_it_is_a_spot_anywhere(self, tmp_path: Path) -> None:
        def label(seed: int) -> np.ndarray:
            picture = np.array([(1, 2, 3), (250, 9, 7)], np.uint8)[ids_of(seed, 2)]
            picture = picture.repeat(8, 0).repeat(8, 1)
            if seed == 2:
                picture[10:13, 10:13] = 77
            return picture

        write(tmp_path, label)
        assert len(open_dataset(tmp_path).classes) == 3

    def test_smeared_colours_of_a_known_table(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: CITYSCAPES.paint(ids_of(seed, 4)), "jpg", quality=90)
        dataset = open_dataset(tmp_path)
        assert dataset.classes == CITYSCAPES
        for name, label in decoded(dataset).items():
            assert (label == ids_of(int(name), 4)).mean() > 0.9

    def test_smeared_colours_of_nobody_are_learned(self, tmp_path: Path) -> None:
        table = np.array([(10, 10, 10), (250, 100, 7), (9, 200, 90)], np.uint8)
        write(tmp_path, lambda seed: table[ids_of(seed)], "jpg", quality=90)
        dataset = open_dataset(tmp_path)
        assert len(dataset.classes) == 3
        assert any("3 were learned from their flat areas" in said for said in dataset.remarks)
        for name, label in decoded(dataset).items():
            near = np.abs(dataset.classes.paint(label).astype(int) - table[ids_of(int(name))])
            assert (near.max(-1) < 12).mean() > 0.9

    def test_a_table_of_ones_own_overrules(self, tmp_path: Path) -> None:
        table = np.array([(1, 2, 3), (250, 100, 7), (9, 200, 90)], np.uint8)
        write(tmp_path, lambda seed: table[ids_of(seed)])
        lines = "name,colour,ignore\nsoil,1 2 3,\nfruit,#FA6407,\nedge,9 200 90,yes\n"
        (tmp_path / "classes.csv").write_text(lines)
        dataset = open_dataset(tmp_path)
        assert dataset.classes.names == ("soil", "fruit")
        for name, label in decoded(dataset).items():
            ids = ids_of(int(name))
            np.testing.assert_array_equal(label, np.where(ids == 2, IGNORE, ids))

    def test_colours_that_many_have_are_not_named_after_a_known_table(self, tmp_path: Path) -> None:
        # VOC's background, aeroplane and bicycle.
        table = np.array([(0, 0, 0), (128, 0, 0), (0, 128, 0)], np.uint8)
        write(tmp_path, lambda seed: table[ids_of(seed)])
        assert set(open_dataset(tmp_path).classes.names) == {"#000000", "#800000", "#008000"}

    @pytest.mark.parametrize("ending", ["png", "jpg"])
    def test_black_and_a_colour_are_background_and_foreground(
        self, tmp_path: Path, ending: str
    ) -> None:
        table = np.array([(0, 0, 0), (200, 10, 10)], np.uint8)
        write(tmp_path, lambda seed: table[ids_of(seed, 2)], ending)
        assert open_dataset(tmp_path).classes.names == ("background", "foreground")

    def test_a_picture_all_of_grey_among_coloured_ones_is_in_colours(self, tmp_path: Path) -> None:
        table = np.array([(0, 0, 0), (200, 10, 10), (128, 128, 128)], np.uint8)
        write(tmp_path, lambda seed: table[ids_of(seed, 2) * (1 + (seed == 3))])
        assert set(open_dataset(tmp_path).classes.names) == {"#000000", "#c80a0a", "#808080"}

    def test_a_table_of_colours_counts_for_palettes_too(self, tmp_path: Path) -> None:
        def label(seed: int) -> Image.Image:
            picture = Image.fromarray(ids_of(seed), "P")
            picture.putpalette([1, 2, 3, 250, 100, 7, 9, 200, 90])
            return picture

        write(tmp_path, label)
        lines = "name,colour\nsoil,1 2 3\nfruit,#FA6407\nleaf,9 200 90\n"
        (tmp_path / "classes.csv").write_text(lines)
        dataset = open_dataset(tmp_path)
        assert dataset.classes.names == ("soil", "fruit", "leaf")
        expect_ids(dataset)

    def test_a_table_of_ids_settles_what_could_not_be_found_out(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: ids_of(seed, 2) * np.uint8(255 if seed % 2 else 1))
        lines = "name,id\nground,0\nthing,1\nthing,255\n"
        (tmp_path / "classes.csv").write_text(lines)
        expect_ids(open_dataset(tmp_path), 2)
