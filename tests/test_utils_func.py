"""One pair of pictures <-> arrays."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labels.classes import CITYSCAPES, Classes, numbered_classes
from utils_func import (
    BadInput,
    bin_image,
    dominance,
    find_label_side,
    get_segmentation_arr,
    give_color_to_seg_img,
    load_images,
    picture_files,
    read_picture,
    resize_photo,
)

NOISE = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)


def flat_label(size: int = 16) -> np.ndarray:
    """Sky above road."""
    ids = np.full((size, size), CITYSCAPES.names.index("sky"), np.uint8)
    ids[size // 2 :] = CITYSCAPES.names.index("road")
    return CITYSCAPES.paint(ids)


def save(path: Path, picture: np.ndarray | Image.Image, **options: object) -> Path:
    picture = Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture
    picture.save(path, **options)
    return path


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds one byte of picture data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


class TestLoadImages:
    @pytest.mark.parametrize("side", ["left", "right"])
    def test_the_label_is_found_on_either_side(self, tmp_path: Path, side: str) -> None:
        halves = [NOISE, flat_label()] if side == "right" else [flat_label(), NOISE]
        save(tmp_path / "1.png", np.hstack(halves))
        photo, label = load_images("1.png", tmp_path)
        np.testing.assert_array_equal(photo, NOISE)
        np.testing.assert_array_equal(label, flat_label())
        assert photo.dtype == label.dtype == np.uint8

    def test_a_side_that_is_given_is_not_questioned(self, tmp_path: Path) -> None:
        save(tmp_path / "1.png", np.hstack([NOISE, flat_label()]))
        photo, label = load_images("1.png", str(tmp_path), label_side="left")
        np.testing.assert_array_equal(photo, flat_label())
        np.testing.assert_array_equal(label, NOISE)

    def test_a_smeared_jpeg_label_is_found_too(
        self, tmp_path: Path, write_pair: Callable[..., Path]
    ) -> None:
        write_pair(tmp_path / "1.jpg", side=64, label_side="left")
        photo, label = load_images("1.jpg", tmp_path)
        assert dominance(label) > 2 * dominance(photo)

    @pytest.mark.parametrize("width", [2, 15])
    def test_a_width_that_cannot_be_halved_is_refused(self, tmp_path: Path, width: int) -> None:
        save(tmp_path / "odd.png", NOISE[:, :width])
        with pytest.raises(BadInput) as caught:
            load_images("odd.png", tmp_path)
        message = str(caught.value)
        assert f"{tmp_path / 'odd.png'} is {width}×16 pixels" in message
        assert "Expected photo and label side by side in one picture of even width" in message


class TestReadPicture:
    @pytest.mark.parametrize(
        ("name", "content", "found", "expected", "advice"),
        [
            ("missing.jpg", None, "No such file", "Expected a whole picture file", "Copy it"),
            ("empty.jpg", b"", "(0 bytes)", "Expected JPEG, PNG", "Save it again"),
            ("text.jpg", b"not a picture", "(13 bytes)", "Expected JPEG, PNG", "Save it again"),
            (
                "huge.png",
                png_header(60_000, 60_000),
                "3600000000 pixels",
                "Expected at most 89,000,000 pixels",
                "Make it smaller",
            ),
            (
                "large.png",
                png_header(10_000, 9_000),
                "90000000 pixels",
                "Expected at most 89,000,000 pixels",
                "Make it smaller",
            ),
        ],
    )
    def test_a_bad_file_is_named_with_what_was_found_and_what_to_do(
        self,
        tmp_path: Path,
        name: str,
        content: bytes | None,
        found: str,
        expected: str,
        advice: str,
    ) -> None:
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(BadInput) as caught:
            read_picture(path)
        message = str(caught.value)
        assert message.startswith(str(path))
        for part in (found, expected, advice, "leave it out with --skip-bad"):
            assert part in message

    @pytest.mark.parametrize(("name", "kept"), [("cut.jpg", 0.6), ("cut.png", 0.5)])
    def test_a_file_cut_short_is_named_and_not_filled_with_grey(
        self, tmp_path: Path, name: str, kept: float
    ) -> None:
        path = save(tmp_path / name, NOISE.repeat(4, 0).repeat(4, 1))
        whole = path.read_bytes()
        path.write_bytes(whole[: int(kept * len(whole))])
        with pytest.raises(BadInput, match=r"cannot be read: .*truncated.*Copy it again") as caught:
            read_picture(path)
        assert str(path) in str(caught.value)

    def test_a_picture_that_claims_too_much_is_refused_before_it_is_decoded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def load(picture: Image.Image) -> None:
            raise AssertionError("decoded")

        path = tmp_path / "huge.png"
        path.write_bytes(png_header(60_000, 60_000))
        monkeypatch.setattr(Image.Image, "load", load)
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)  # the house's own limit is enough
        with pytest.raises(BadInput, match="claims 60000×60000 pixels"):
            read_picture(path)

    def test_a_folder_named_like_a_picture_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "folder.jpg").mkdir()
        with pytest.raises(BadInput, match=r"folder\.jpg cannot be read: it is a folder"):
            read_picture(tmp_path / "folder.jpg")

    def test_eps_stays_closed(self, tmp_path: Path) -> None:
        save(tmp_path / "drawing.eps", NOISE)
        (tmp_path / "drawing.eps").rename(tmp_path / "drawing.png")
        with pytest.raises(BadInput, match="not a picture that can be read"):
            read_picture(tmp_path / "drawing.png")

    def test_sixteen_bit_grey_is_scaled_and_not_clipped(self, tmp_path: Path) -> None:
        grey = np.array([[0, 257, 256 * 128, 65535]], np.uint16)  # 32768 / 257 = 127.5
        rgb = read_picture(save(tmp_path / "deep.png", grey))
        assert rgb.tolist() == [[[0] * 3, [1] * 3, [127] * 3, [255] * 3]]
        assert rgb.dtype == np.uint8

    @pytest.mark.parametrize("white", [1.0, 255.0, 65535.0])
    def test_fractions_are_scaled_by_what_white_must_be(self, tmp_path: Path, white: float) -> None:
        grey = np.array([[0, 0.5, 1, np.nan]], np.float32) * np.float32(white)
        rgb = read_picture(save(tmp_path / "measured.tif", grey))
        assert rgb[..., 0].tolist() == [[0, 127, 255, 0]]

    def test_a_stack_is_refused_as_all_but_one_slice_would_be_lost(self, tmp_path: Path) -> None:
        first, *others = (Image.fromarray(np.full((8, 8), value, np.uint8)) for value in (1, 2, 3))
        first.save(tmp_path / "stack.tif", save_all=True, append_images=others)
        with pytest.raises(BadInput, match=r"stack\.tif holds 3 pictures of the same size"):
            read_picture(tmp_path / "stack.tif")

    def test_a_smaller_copy_behind_the_picture_is_left_alone(self, tmp_path: Path) -> None:
        grey = Image.fromarray(np.full((8, 8), 200, np.uint8))
        small = Image.fromarray(np.zeros((4, 4), np.uint8))
        grey.save(tmp_path / "a.tif", save_all=True, append_images=[small])
        assert read_picture(tmp_path / "a.tif").shape == (8, 8, 3)
        assert (read_picture(tmp_path / "a.tif") == 200).all()

    def test_a_photo_turned_by_its_camera_is_read_upright(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6  # turn clockwise by a quarter to see it upright
        stored = np.zeros((2, 3, 3), np.uint8)
        stored[0, 0] = 255
        rgb = read_picture(save(tmp_path / "turned.png", stored, exif=exif))
        assert rgb.shape == (3, 2, 3)
        assert rgb[..., 0].tolist() == [[0, 255], [0, 0], [0, 0]]  # top left is top right now

    @pytest.mark.parametrize(
        ("mode", "name"),
        [("P", "a.png"), ("RGBA", "a.png"), ("L", "a.png"), ("1", "a.bmp"), ("CMYK", "a.tif")],
    )
    def test_every_mode_becomes_rgb(self, tmp_path: Path, mode: str, name: str) -> None:
        white_black = Image.fromarray(np.array([[[255] * 3, [0] * 3]], np.uint8))
        rgb = read_picture(save(tmp_path / name, white_black.convert(mode)))
        assert rgb.tolist() == [[[255] * 3, [0] * 3]]
        assert rgb.dtype == np.uint8

    def test_a_palette_gives_its_colours_and_not_its_numbers(self, tmp_path: Path) -> None:
        picture = Image.fromarray(np.array([[0, 1]], np.uint8))
        picture.putpalette([10, 20, 30, 200, 100, 50])
        rgb = read_picture(save(tmp_path / "palette.png", picture))
        assert rgb.tolist() == [[[10, 20, 30], [200, 100, 50]]]


class TestResizePhoto:
    @pytest.mark.parametrize("size", [(256, 256), (64, 4096), (256, 2048), (64, 256), (128, 2048)])
    def test_nothing_drifts_where_one_side_shrinks_and_the_other_grows(
        self, size: tuple[int, int]
    ) -> None:
        across, down = np.meshgrid(np.linspace(0, 255, 2048), np.linspace(0, 255, 128))
        photo = np.stack([across, down, across], axis=-1).astype(np.uint8)
        small = resize_photo(photo, size).astype(float)
        height, width = size
        wanted = (np.arange(width) + 0.5) / width * 2048 - 0.5
        assert small.shape == (height, width, 3)
        assert abs(small[height // 2, :, 0] - wanted / 2047 * 255).max() < 1.5
        wanted = (np.arange(height) + 0.5) / height * 128 - 0.5
        assert abs(small[:, width // 2, 1] - np.clip(wanted, 0, 127) / 127 * 255).max() < 2.5

    def test_where_a_side_shrinks_every_pixel_counts(self) -> None:
        photo = np.zeros((4, 64, 3), np.uint8)
        photo[:, ::4] = 200
        assert (resize_photo(photo, (8, 16)) == 50).all()


class TestPictureFiles:
    def test_files_come_in_the_order_in_which_a_person_counts(self, tmp_path: Path) -> None:
        for name in ("10.jpg", "2.jpg", "1.png", "frame10b.jpg", "frame9b.jpg", "a.JPEG"):
            (tmp_path / name).touch()
        names = [file.name for file in picture_files(tmp_path)]
        assert names == ["1.png", "2.jpg", "10.jpg", "a.JPEG", "frame9b.jpg", "frame10b.jpg"]

    def test_hidden_files_and_other_endings_are_left_out(self, tmp_path: Path) -> None:
        for name in ("1.jpg", "._1.jpg", ".2.png", "notes.txt", "3.mat", "jpg", "4.jpg.part"):
            (tmp_path / name).touch()
        assert picture_files(tmp_path) == [tmp_path / "1.jpg"]

    @pytest.mark.parametrize("create", [False, True])
    def test_a_folder_without_pictures_has_none(self, tmp_path: Path, create: bool) -> None:
        folder = tmp_path / "folder"
        if create:
            folder.mkdir()
        assert picture_files(folder) == []

    def test_names_that_count_alike_come_in_the_same_order_on_every_machine(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files = [tmp_path / name for name in ("1.jpg", "01.jpg", "001.jpg")]
        expected = [tmp_path / name for name in ("001.jpg", "01.jpg", "1.jpg")]
        for listed in (files, files[::-1]):
            monkeypatch.setattr(Path, "iterdir", lambda folder, listed=listed: iter(listed))
            assert picture_files(tmp_path) == expected

    def test_a_raised_digit_is_a_letter(self, tmp_path: Path) -> None:
        for name in ("²1.jpg", "²2.jpg"):
            (tmp_path / name).touch()
        assert [file.name for file in picture_files(tmp_path)] == ["²1.jpg", "²2.jpg"]


class TestLabelSide:
    def test_dominance_is_the_share_of_the_eight_commonest_colours(self) -> None:
        picture = np.zeros((4, 5, 3), np.uint8)  # of 20 pixels, 9 are black, 11 differ
        picture.reshape(-1, 3)[9:, 1] = np.arange(1, 12)
        assert dominance(picture) == pytest.approx((9 + 7) / 20)

    def test_colours_that_differ_in_one_channel_are_not_one_colour(self) -> None:
        picture = np.zeros((1, 24, 3), np.uint8)
        for channel in range(3):
            picture[0, 8 * channel : 8 * channel + 8, channel] = np.arange(10, 90, 10)
        assert dominance(picture) == pytest.approx(8 / 24)

    def test_the_half_with_few_colours_is_the_label(self) -> None:
        assert find_label_side(np.hstack([flat_label(), NOISE])) == "left"
        assert find_label_side(np.hstack([NOISE, flat_label()])) == "right"

    def test_the_middle_column_of_an_odd_width_counts_for_no_half(self) -> None:
        assert find_label_side(np.hstack([flat_label(), NOISE, NOISE[:, :1]])) == "left"


class TestBinImage:
    def test_exact_colours_become_ids_and_void_becomes_255(self) -> None:
        ids = np.array([[0, 0, 13, 13], [0, 0, 13, 13], [255, 255, 18, 18], [255, 255, 18, 18]])
        label = CITYSCAPES.paint(ids)
        assert bin_image(label).tolist() == ids.tolist()
        assert bin_image(label).dtype == np.uint8

    def test_ones_own_table_counts(self) -> None:
        classes = Classes(("a", "b"), ((255, 0, 0), (0, 255, 0)))
        ids = np.array([[0, 0, 1, 1], [0, 0, 1, 1]])
        assert bin_image(classes.paint(ids), classes).tolist() == ids.tolist()

    def test_a_border_blended_by_shrinking_stays_one_of_its_two_neighbours(self) -> None:
        building, car = (CITYSCAPES.names.index(name) for name in ("building", "car"))
        ids = np.full((12, 12), building, np.uint8)
        ids[:, 6:] = car
        label = CITYSCAPES.paint(ids)
        # Halfway between building and car the nearest colour is bus, (0, 60, 100).
        label[:, 6] = label[:, [5, 6]].mean(axis=1)
        found = bin_image(label)
        assert set(np.unique(found)) == {building, car}
        np.testing.assert_array_equal(np.delete(found, 6, 1), np.delete(ids, 6, 1))


class TestGetSegmentationArr:
    def test_each_pixel_is_one_at_its_class_and_ignored_pixels_are_all_zero(self) -> None:
        ids = np.array([[0, 2], [1, 255]], np.uint8)
        one_hot = get_segmentation_arr(ids, 3, width=2, height=2)
        assert one_hot.tolist() == [[[1, 0, 0], [0, 0, 1]], [[0, 1, 0], [0, 0, 0]]]
        assert one_hot.dtype == np.float32

    def test_ids_beyond_the_classes_are_all_zero(self) -> None:
        assert not get_segmentation_arr(np.full((2, 2), 3), 3, width=2, height=2).any()

    def test_the_size_is_256_by_256_if_none_is_given(self) -> None:
        one_hot = get_segmentation_arr(np.zeros((4, 8), np.uint8), 19)
        assert one_hot.shape == (256, 256, 19)
        assert one_hot[..., 0].all()

    def test_width_and_height_are_not_swapped(self) -> None:
        assert get_segmentation_arr(np.zeros((4, 4), np.uint8), 2, 6, 3).shape == (3, 6, 2)

    def test_ids_in_three_equal_channels_are_accepted(self) -> None:
        ids = np.array([[0, 2], [1, 255]], np.uint8)
        np.testing.assert_array_equal(
            get_segmentation_arr(np.dstack([ids] * 3), 3, 2, 2), get_segmentation_arr(ids, 3, 2, 2)
        )

    def test_enlarging_repeats_pixels(self) -> None:
        one_hot = get_segmentation_arr(np.array([[0, 2], [1, 255]]), 3, width=4, height=4)
        ids = np.where(one_hot.any(-1), one_hot.argmax(-1), 255)
        assert ids.tolist() == [
            [0, 0, 2, 2],
            [0, 0, 2, 2],
            [1, 1, 255, 255],
            [1, 1, 255, 255],
        ]

    @pytest.mark.parametrize("size", [(7, 5), (23, 40), (64, 64)])
    def test_resizing_invents_no_id(self, size: tuple[int, int]) -> None:
        ids = np.random.default_rng(1).choice(np.array([0, 9, 18, 255], np.uint8), (17, 31))
        one_hot = get_segmentation_arr(ids, 19, *size)
        assert set(np.flatnonzero(one_hot.any((0, 1)))) == {0, 9, 18}
        assert set(np.unique(one_hot.sum(-1))) == {0, 1}


class TestGiveColorToSegImg:
    def test_nineteen_classes_get_the_colours_of_cityscapes_between_0_and_1(self) -> None:
        picture = give_color_to_seg_img(np.array([[0, 13]]))
        expected = np.array([[[128, 64, 128], [0, 0, 142]]], np.float32) / 255
        np.testing.assert_array_equal(picture, expected)
        assert picture.dtype == np.float32

    @pytest.mark.parametrize("count", [2, 7, 40])
    def test_other_numbers_of_classes_get_colours_that_differ(self, count: int) -> None:
        picture = give_color_to_seg_img(np.arange(count)[None], count)
        assert len(np.unique(picture[0], axis=0)) == count
        assert 0 <= picture.min() < picture.max() <= 1

    def test_ones_own_table_counts(self) -> None:
        classes = Classes(("a", "b"), ((255, 0, 51), (0, 255, 0)))
        picture = give_color_to_seg_img(np.array([[0]]), 2, classes)
        np.testing.assert_array_equal(picture, np.array([[[1, 0, 0.2]]], np.float32))

    @pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32])
    def test_ignored_pixels_are_black(self, dtype: type) -> None:
        assert not give_color_to_seg_img(np.array([[255, 254]], dtype)).any()


class TestNumberedClasses:
    def test_names_count_from_0(self) -> None:
        assert numbered_classes(3).names == ("class 0", "class 1", "class 2")

    @pytest.mark.parametrize("count", [1, 2, 21, 100])
    def test_no_colour_is_near_another_or_black(self, count: int) -> None:
        colours = np.array((*numbered_classes(count).colours, (0, 0, 0)), int)
        distances = np.abs(colours[:, None] - colours).max(-1) + 1000 * np.eye(count + 1, dtype=int)
        assert distances.min() >= (3 if count == 100 else 20)

    @pytest.mark.parametrize("count", [0, 255])
    def test_there_are_1_to_254_of_them(self, count: int) -> None:
        with pytest.raises(ValueError, match=f"Received: {count} names"):
            numbered_classes(count)
