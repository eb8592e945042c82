"""Labels of values: ids, masks, palettes."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from dataset.formats import open_dataset
from dataset.scenes import draw_scene
from labels.classes import IGNORE
from tests.dataset.made_folders import (
    SIDE,
    decoded,
    expect_ids,
    ids_of,
    through_jpeg,
    write,
)
from utils_func import BadInput


class TestValues:
    def test_class_ids(self, tmp_path: Path) -> None:
        write(tmp_path, ids_of)
        dataset = open_dataset(tmp_path)
        assert dataset.format == "folder"
        assert dataset.classes.names == ("class 0", "class 1", "class 2")
        assert any("hold 3 class ids, 0 to 2. " in said for said in dataset.remarks)
        assert len(dataset.train) + len(dataset.val) == 5
        expect_ids(dataset)

    def test_a_rare_class_of_one_label_among_many_is_not_missed(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: ids_of(seed, 4 if seed == 17 else 3), count=30)
        assert len(open_dataset(tmp_path).classes) == 4

    def test_white_may_be_another_in_each_mask(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: ids_of(seed, 2) * np.uint8((255, 251, 254)[seed % 3]))
        dataset = open_dataset(tmp_path)
        assert "0 is background, 251 or 254 or 255 is foreground." in "".join(dataset.remarks)
        expect_ids(dataset, 2)

    @pytest.mark.parametrize("white", [(255, 128), (255, 10), (255, 300)])
    def test_values_that_look_otherwise_are_classes(
        self, tmp_path: Path, white: tuple[int, int]
    ) -> None:
        write(tmp_path, lambda seed: ids_of(seed, 2).astype(np.uint16) * white[seed % 2])
        names = open_dataset(tmp_path).classes.names
        assert "foreground" not in names

    def test_two_whites_in_one_label_are_two_classes(self, tmp_path: Path) -> None:
        table = np.array([0, 251, 255], np.uint8)
        write(tmp_path, lambda seed: table[ids_of(seed)])
        assert len(open_dataset(tmp_path).classes) == 3

    def test_labels_of_no_value_at_all_are_refused(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: np.full((SIDE, SIDE), -9999, np.float32), "tif")
        with pytest.raises(BadInput, match="hold nothing but values below 0"):
            open_dataset(tmp_path)

    def test_255_beside_ids_is_ignored(self, tmp_path: Path) -> None:
        def label(seed: int) -> np.ndarray:
            ids = ids_of(seed)
            ids[0] = 255
            return ids

        write(tmp_path, label)
        dataset = open_dataset(tmp_path)
        assert len(dataset.classes) == 3
        assert any("0 to 2; 255 is ignored. " in said for said in dataset.remarks)
        assert (dataset.decode(dataset.train[0]).label[0] == IGNORE).all()

    @pytest.mark.parametrize(
        ("most", "said"), [(2, "0 is background"), (3, "0 to 2. Values below 0")]
    )
    def test_what_is_below_0_is_ignored_and_told(
        self, tmp_path: Path, most: int, said: str
    ) -> None:
        def label(seed: int) -> Image.Image:
            ids = ids_of(seed, most).astype(np.float32)
            ids[0] = -9999
            return Image.fromarray(ids)

        write(tmp_path, label, "tif")
        dataset = open_dataset(tmp_path)
        (remark,) = [one for one in dataset.remarks if "Values below 0 are ignored." in one]
        assert said in remark
        assert len(dataset.classes) == most
        label = dataset.decode(dataset.train[0]).label
        assert (label[0] == IGNORE).all()
        assert (label[1:] != IGNORE).all()

    def test_one_value_beside_what_is_ignored_is_no_two_classes(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: np.where(ids_of(seed, 2) == 0, 255, 1).astype(np.uint8))
        message = "hold nothing but the value 1 and 255, which beside ids means 'ignore'"
        with pytest.raises(BadInput, match=message):
            open_dataset(tmp_path)

    @pytest.mark.parametrize(("ids", "ignored"), [(120, True), (3, False)])
    def test_255_beside_many_ids_is_ignored_and_beside_levels_of_grey_a_class(
        self, tmp_path: Path, ids: int, ignored: bool
    ) -> None:
        def label(seed: int) -> np.ndarray:
            values = [*np.linspace(0, 119 if ignored else 200, ids).astype(int), 255]
            cells = np.resize(values, (SIDE // 4) ** 2).reshape(SIDE // 4, -1)
            return np.kron(cells, np.ones((4, 4))).astype(np.uint8)

        write(tmp_path, label)
        dataset = open_dataset(tmp_path)
        assert len(dataset.classes) == ids + (not ignored)
        assert (IGNORE in dataset.decode(dataset.train[0]).label) == ignored

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

    @pytest.mark.parametrize("share", [2, 24])
    def test_small_objects_in_jpeg_masks_are_no_void_of_a_known_table(
        self, tmp_path: Path, share: int
    ) -> None:
        def label(seed: int) -> np.ndarray:
            mask = np.zeros((96, 96), np.uint8)
            mask[8 : 8 + 16, 8 : 8 + 2 * share] = 255
            return mask

        write(tmp_path, label, "jpg", quality=75)
        dataset = open_dataset(tmp_path)
        assert dataset.classes.names == ("background", "foreground")
        ids = dataset.decode(dataset.train[0]).label
        assert ((ids == 1) == (label(0) == 255)).mean() > 0.98

    def test_a_jpeg_mask_saved_again_as_png_is_two_classes(self, tmp_path: Path) -> None:
        def label(seed: int) -> np.ndarray:
            return through_jpeg(ids_of(seed, 2) * np.uint8(255))

        write(tmp_path, label)
        assert open_dataset(tmp_path).classes.names == ("background", "foreground")

    def test_a_mask_resized_smoothly_is_two_classes(self, tmp_path: Path) -> None:
        def label(seed: int) -> np.ndarray:
            return cv2.resize(ids_of(seed, 2) * np.uint8(255), (70, 70))

        write(tmp_path, label)
        dataset = open_dataset(tmp_path)
        assert dataset.classes.names == ("background", "foreground")
        assert set(np.unique(dataset.decode(dataset.train[0]).label)) == {0, 1}

    def test_ids_stored_as_jpeg_are_refused_as_lost(self, tmp_path: Path) -> None:
        write(tmp_path, ids_of, "jpg", quality=90)
        with pytest.raises(BadInput, match=r"masks/0\.jpg, hold values too close to each other"):
            open_dataset(tmp_path)

    def test_many_ids_stored_as_jpeg_are_no_photos_turned_round(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: draw_scene(seed, 256, 128)[1], "jpg", quality=75)
        with pytest.raises(BadInput, match=r"look like photos.* do not survive JPEG: save them"):
            open_dataset(tmp_path)

    def test_ids_in_lossless_webp_are_ids(self, tmp_path: Path) -> None:
        write(tmp_path, ids_of, "webp", lossless=True)
        expect_ids(open_dataset(tmp_path))

    def test_thin_classes_of_small_labels_are_ids(self, tmp_path: Path) -> None:
        def label(seed: int) -> np.ndarray:
            return np.random.default_rng(seed).integers(0, 5, (SIDE, SIDE), dtype=np.uint8)

        write(tmp_path, label)
        assert len(open_dataset(tmp_path).classes) == 5

    def test_palettes_that_differ_only_where_they_are_not_used_are_one(
        self, tmp_path: Path
    ) -> None:
        def label(seed: int) -> Image.Image:
            picture = Image.fromarray(ids_of(seed), "P")
            picture.putpalette([0, 0, 0, 200, 10, 10, 10, 200, 10, seed, seed, seed])
            return picture

        write(tmp_path, label)
        dataset = open_dataset(tmp_path)
        assert dataset.classes.names == ("class 0", "class 1", "class 2")
        expect_ids(dataset)

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

    def test_a_gif_has_a_palette_of_its_own_for_each_picture(self, tmp_path: Path) -> None:
        """In that of a white mask alone, white is the value 0, which is black in the others."""
        masks = {seed: ids_of(seed, 2) * np.uint8(255) for seed in range(5)}
        masks[3] = np.full((SIDE, SIDE), 255, np.uint8)
        write(tmp_path, masks.__getitem__, "gif")
        dataset = open_dataset(tmp_path)
        assert dataset.classes.colours == ((0, 0, 0), (255, 255, 255))
        for name, label in decoded(dataset).items():
            np.testing.assert_array_equal(label, masks[int(name)] // 255)

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
