"""Any folder: whatever labels hold is found out, told, and decoded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import open_dataset
from dataset.formats.voc import VOC
from dataset.pairs import Dataset
from dataset.writers import write_dataset
from labels.classes import CITYSCAPES, IGNORE
from utils_func import BadInput

Write = Callable[..., None]
SIDE = 48


def ids_of(seed: int, count: int = 3) -> np.ndarray:
    """Squares of 16×16 with the ids 0 to count - 1, all of them in every picture."""
    cells = np.random.default_rng(seed).integers(0, count, 9)
    cells[:count] = range(min(count, 9))
    return cells.reshape(3, 3).astype(np.uint8).repeat(16, 0).repeat(16, 1)


def photo_of(seed: int, side: int = SIDE) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)


def save(picture: np.ndarray | Image.Image, path: Path, **options: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    made.save(path, **options)  # type: ignore[arg-type]


def write(folder: Path, label: Callable[[int], np.ndarray | Image.Image], ending: str = "png",
          count: int = 5, **options: object) -> None:  # fmt: skip
    for number in range(count):
        save(photo_of(number), folder / "images" / f"{number}.png")
        save(label(number), folder / "masks" / f"{number}.{ending}", **options)


def decoded(dataset: Dataset) -> dict[str, np.ndarray]:
    pairs = (*dataset.train, *dataset.val)
    return {pair.photo.stem: dataset.decode(pair).label for pair in pairs}


def expect_ids(dataset: Dataset, count: int = 3) -> None:
    for name, label in decoded(dataset).items():
        np.testing.assert_array_equal(label, ids_of(int(name), count))


class TestValues:
    def test_class_ids(self, tmp_path: Path) -> None:
        write(tmp_path, ids_of)
        dataset = open_dataset(tmp_path)
        assert dataset.format == "folder"
        assert dataset.classes.names == ("class 0", "class 1", "class 2")
        assert "Labels hold 3 class ids, 0 to 2." in dataset.remarks
        assert len(dataset.train) + len(dataset.val) == 5
        expect_ids(dataset)

    def test_a_rare_class_of_one_label_among_many_is_not_missed(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: ids_of(seed, 4 if seed == 17 else 3), count=30)
        assert len(open_dataset(tmp_path).classes) == 4

    def test_255_beside_ids_is_ignored(self, tmp_path: Path) -> None:
        def label(seed: int) -> np.ndarray:
            ids = ids_of(seed)
            ids[0] = 255
            return ids

        write(tmp_path, label)
        dataset = open_dataset(tmp_path)
        assert len(dataset.classes) == 3
        assert "Labels hold 3 class ids, 0 to 2; 255 is ignored." in dataset.remarks
        assert (dataset.decode(dataset.train[0]).label[0] == IGNORE).all()

    @pytest.mark.parametrize("high", [1, 255])
    def test_masks_are_background_and_foreground(self, tmp_path: Path, high: int) -> None:
        write(tmp_path, lambda seed: ids_of(seed, 2) * np.uint8(high))
        dataset = open_dataset(tmp_path)
        assert dataset.classes.names == ("background", "foreground")
        assert f"Labels are masks: 0 is background, {high} is foreground." in dataset.remarks
        expect_ids(dataset, 2)

    def test_masks_of_one_bit(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: Image.fromarray(ids_of(seed, 2) * np.uint8(255)).convert("1"))
        expect_ids(open_dataset(tmp_path), 2)

    def test_masks_stored_as_jpeg_are_two_classes(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: ids_of(seed, 2) * np.uint8(255), "jpg", quality=75)
        dataset = open_dataset(tmp_path)
        assert dataset.classes.names == ("background", "foreground")
        for name, label in decoded(dataset).items():
            assert (label == ids_of(int(name), 2)).mean() > 0.98

    def test_levels_of_grey_are_classes_and_255_is_one_of_them(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: np.array([0, 127, 255], np.uint8)[ids_of(seed)])
        dataset = open_dataset(tmp_path)
        assert dataset.classes.names == ("class 0", "class 127", "class 255")
        expect_ids(dataset)

    def test_ids_of_16_bits(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: ids_of(seed).astype(np.uint16) * 300)
        dataset = open_dataset(tmp_path)
        assert dataset.classes.names == ("class 0", "class 300", "class 600")
        expect_ids(dataset)

    def test_rgb_of_three_equal_channels_is_grey(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: np.stack([ids_of(seed)] * 3, -1))
        dataset = open_dataset(tmp_path)
        assert dataset.classes.names == ("class 0", "class 1", "class 2")
        expect_ids(dataset)

    @pytest.mark.parametrize("ending", ["tif", "bmp", "webp"])
    def test_other_lossless_files(self, tmp_path: Path, ending: str) -> None:
        options = {"lossless": True} if ending == "webp" else {}
        write(tmp_path, lambda seed: ids_of(seed, 2) * np.uint8(255), ending, **options)
        expect_ids(open_dataset(tmp_path), 2)

    def test_a_mask_with_alpha(self, tmp_path: Path) -> None:
        def label(seed: int) -> Image.Image:
            return Image.fromarray(ids_of(seed, 2) * np.uint8(255)).convert("LA")

        write(tmp_path, label)
        expect_ids(open_dataset(tmp_path), 2)

    def test_a_palette_is_read_as_ids_in_its_colours(self, tmp_path: Path) -> None:
        def label(seed: int) -> Image.Image:
            picture = Image.fromarray(ids_of(seed), "P")
            picture.putpalette([0, 0, 0, 200, 10, 10, 10, 200, 10])
            return picture

        write(tmp_path, label)
        dataset = open_dataset(tmp_path)
        assert dataset.classes.colours == ((0, 0, 0), (200, 10, 10), (10, 200, 10))
        expect_ids(dataset)

    def test_palettes_that_differ_are_read_as_colours(self, tmp_path: Path) -> None:
        colours = [(0, 0, 0), (200, 10, 10), (10, 200, 10)]

        def label(seed: int) -> Image.Image:
            order = np.roll([0, 1, 2], seed)
            picture = Image.fromarray(order[ids_of(seed)].astype(np.uint8), "P")
            palette = [colours[int(np.flatnonzero(order == place)[0])] for place in range(3)]
            picture.putpalette([channel for colour in palette for channel in colour])
            return picture

        write(tmp_path, label)
        dataset = open_dataset(tmp_path)
        assert sorted(dataset.classes.colours) == sorted(colours)
        example = dataset.decode(dataset.train[0])
        expected = np.array(colours)[ids_of(int(dataset.train[0].photo.stem))]
        np.testing.assert_array_equal(dataset.classes.paint(example.label), expected)


class TestColours:
    @pytest.mark.parametrize(("classes", "name"), [(CITYSCAPES, "Cityscapes"), (VOC, "PASCAL VOC")])
    def test_exact_colours_of_a_known_table(
        self, tmp_path: Path, classes: object, name: str
    ) -> None:
        table = CITYSCAPES if classes is CITYSCAPES else VOC
        write(tmp_path, lambda seed: table.paint(ids_of(seed, 5)))
        dataset = open_dataset(tmp_path)
        assert dataset.classes == table
        assert f"Labels are in the exact colours of {name}." in dataset.remarks
        expect_ids(dataset, 5)

    def test_exact_colours_of_nobody(self, tmp_path: Path) -> None:
        table = np.array([(1, 2, 3), (250, 100, 7), (9, 200, 90)], np.uint8)
        write(tmp_path, lambda seed: table[ids_of(seed)])
        dataset = open_dataset(tmp_path)
        assert set(dataset.classes.names) == {"#010203", "#fa6407", "#09c85a"}
        assert any("classes.csv" in remark for remark in dataset.remarks)
        for name, label in decoded(dataset).items():
            np.testing.assert_array_equal(dataset.classes.paint(label), table[ids_of(int(name))])

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


class TestSideBySide:
    @pytest.mark.parametrize("side", ["left", "right"])
    def test_own_colours_in_one_picture_with_the_photo(self, tmp_path: Path, side: str) -> None:
        table = np.array([(10, 10, 10), (250, 100, 7), (9, 200, 90)], np.uint8)
        for number in range(6):
            halves = [photo_of(number), table[ids_of(number)]]
            picture = np.hstack(halves if side == "right" else halves[::-1])
            split = "train" if number < 4 else "val"
            save(picture, tmp_path / split / f"{number}.jpg", quality=92)
        dataset = open_dataset(tmp_path)
        assert dataset.format == "folder"
        assert (len(dataset.train), len(dataset.val), len(dataset.classes)) == (4, 2, 3)
        assert f"The label is the {side} half of each picture." in dataset.remarks

    def test_photos_alone_are_no_pairs(self, tmp_path: Path) -> None:
        for number in range(4):
            save(photo_of(number), tmp_path / f"{number}.png")
        with pytest.raises(BadInput, match="holds no pairs that were recognised"):
            open_dataset(tmp_path)


class TestPhotos:
    def one(self, tmp_path: Path, photo: Image.Image, label: np.ndarray, name: str) -> np.ndarray:
        write(tmp_path, lambda seed: ids_of(seed, 2))
        for number in range(5):
            (tmp_path / "images" / f"{number}.png").unlink()
            save(photo, tmp_path / "images" / f"{number}{Path(name).suffix}")
            save(label, tmp_path / "masks" / f"{number}.png")
        dataset = open_dataset(tmp_path)
        return dataset.decode(dataset.train[0]).photo

    def test_grey_cmyk_alpha_and_16_bits_become_rgb(self, tmp_path: Path) -> None:
        grey = np.full((SIDE, SIDE), 100, np.uint8)
        label = ids_of(0, 2)
        made = {
            "grey.png": Image.fromarray(grey),
            "cmyk.jpg": Image.fromarray(np.stack([grey] * 3, -1)).convert("CMYK"),
            "alpha.png": Image.fromarray(np.stack([grey] * 3, -1)).convert("RGBA"),
            "deep.png": Image.fromarray(grey.astype(np.uint16) * 257),
        }
        for name, picture in made.items():
            photo = self.one(tmp_path / name, picture, label, name)
            assert photo.shape == (SIDE, SIDE, 3)
            assert np.abs(photo.astype(int) - 100).max() <= 3

    @pytest.mark.parametrize("label_is_turned", [True, False])
    def test_a_photo_that_its_camera_turned_fits_its_label(
        self, tmp_path: Path, label_is_turned: bool
    ) -> None:
        stored = np.zeros((32, 64, 3), np.uint8)
        stored[:, :32] = 200  # the left half is bright
        exif = Image.Exif()
        exif[0x0112] = 6  # to be turned a quarter to the right: the left half comes to the top
        label = np.zeros((32, 64), np.uint8)
        label[:, :32] = 1
        turned = np.rot90(label, -1)
        for number in range(4):
            save(Image.fromarray(stored), tmp_path / "images" / f"{number}.jpg", exif=exif)
            save(turned if label_is_turned else label, tmp_path / "masks" / f"{number}.png")
        dataset = open_dataset(tmp_path)
        photo, ids, _ = dataset.decode(dataset.train[0])
        assert photo.shape[:2] == ids.shape
        assert ((photo[..., 0] > 100) == (ids == 1)).mean() > 0.98

    def test_photo_and_label_may_differ_in_size_but_not_in_proportions(
        self, tmp_path: Path
    ) -> None:
        write(tmp_path, lambda seed: ids_of(seed))
        save(photo_of(0, 2 * SIDE), tmp_path / "images" / "0.png")
        dataset = open_dataset(tmp_path)
        pairs = {pair.photo.stem: pair for pair in (*dataset.train, *dataset.val)}
        assert dataset.decode(pairs["0"]).photo.shape == (2 * SIDE, 2 * SIDE, 3)
        save(photo_of(0)[:30], tmp_path / "images" / "0.png")
        with pytest.raises(BadInput, match=r"0\.png is 48×30 pixels, but its label .*0\.png is 48"):
            dataset.decode(pairs["0"])


class TestContradictions:
    def test_photos_given_as_labels(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: photo_of(seed + 100))
        with pytest.raises(BadInput, match="look like photos"):
            open_dataset(tmp_path)

    def test_one_grey_label_among_coloured_ones_is_named(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: CITYSCAPES.paint(ids_of(seed)))
        save(ids_of(2), tmp_path / "masks" / "2.png")
        with pytest.raises(BadInput, match=r"2\.png holds grey values such as 1, but .*0\.png"):
            open_dataset(tmp_path)

    def test_labels_of_one_value_alone(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: np.zeros((SIDE, SIDE), np.uint8))
        with pytest.raises(BadInput, match="nothing but the value 0"):
            open_dataset(tmp_path)

    def test_an_unreadable_label_does_not_hinder_finding(self, tmp_path: Path) -> None:
        write(tmp_path, ids_of)
        (tmp_path / "masks" / "3.png").write_bytes(b"nothing")
        dataset = open_dataset(tmp_path)
        assert len(dataset.classes) == 3


class TestLevels:
    @pytest.mark.parametrize("below", [".", "train", "train/images", "train/masks"])
    def test_a_person_may_point_at_any_level(self, tmp_path: Path, below: str) -> None:
        write(tmp_path / "mine" / "train", ids_of)
        write(tmp_path / "mine" / "val", ids_of)
        dataset = open_dataset(tmp_path / "mine" / below)
        assert len(dataset.classes) == 3
        assert len(dataset.train) >= 4


def test_the_writer_writes_what_is_read(tmp_path: Path) -> None:
    write_dataset("folder", tmp_path / "drawn", train=3, val=2)
    dataset = open_dataset(tmp_path / "drawn")
    assert dataset.format == "folder"
    assert (len(dataset.train), len(dataset.val)) == (3, 2)
    assert all(name.startswith("class ") for name in dataset.classes.names)
