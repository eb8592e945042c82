"""PASCAL VOC is recognised, its lists count, and palette and RGB labels decode alike."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import open_dataset, voc
from dataset.pairs import Dataset
from dataset.writers import write_dataset
from dataset.writers.voc import draw
from dataset.writers.writing import scene_seed
from labels.classes import IGNORE
from utils_func import BadInput

CAR, PERSON = voc.NAMES.index("car"), voc.NAMES.index("person")
INDICES = np.array([[0, CAR, CAR, IGNORE], [0, PERSON, 20, IGNORE]], np.uint8).repeat(4, 1)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("voc") / "voc"
    write_dataset("voc", folder, train=2, val=1, workers=1)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """a, b and c with INDICES as labels; train.txt names a and b, val.txt names c."""
    folder = tmp_path / "VOCdevkit" / "VOC2012"
    for name in "abc":
        add_pair(folder, name)
    write_list(folder, "train", "ab")
    write_list(folder, "val", "c")
    return folder


def add_pair(root: Path, name: str, indices: np.ndarray = INDICES) -> None:
    for folder in ("JPEGImages", "SegmentationClass"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    photo = np.zeros((*indices.shape, 3), np.uint8)
    Image.fromarray(photo).save(root / "JPEGImages" / f"{name}.jpg")
    label = Image.fromarray(indices)
    label.putpalette(np.array(voc.PALETTE, np.uint8).tobytes())
    label.save(root / "SegmentationClass" / f"{name}.png")


def write_list(root: Path, name: str, names: str) -> None:
    path = root / "ImageSets" / "Segmentation" / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{entry}\n" for entry in names))


def names(dataset: Dataset) -> tuple[str, str, str]:
    train, val, test = (
        "".join(pair.name for pair in split) for split in (dataset.train, dataset.val, dataset.test)
    )
    return train, val, test


class TestDrawn:
    @pytest.mark.parametrize(
        "place", ["", "VOCdevkit", "VOCdevkit/VOC2012", "VOCdevkit/VOC2012/SegmentationClass"]
    )
    def test_it_is_found_from_its_root_from_above_and_from_inside(
        self, drawn: Path, place: str
    ) -> None:
        dataset = open_dataset(drawn / place)
        assert dataset.format == "voc"
        assert dataset.folder == drawn / "VOCdevkit" / "VOC2012"
        assert [pair.name for pair in dataset.train] == ["2012_000001", "2012_000002"]
        assert [pair.name for pair in dataset.val] == ["2012_000003"]
        assert dataset.test == dataset.alone == ()
        assert len(dataset.remarks) == place.endswith("Class")  # a part, which is told

    def test_decoded_ids_are_those_that_were_drawn(self, drawn: Path) -> None:
        dataset = open_dataset(drawn)
        for pair, seed in (
            (dataset.train[1], scene_seed(0, "train", 2)),
            (dataset.val[0], scene_seed(0, "val", 1)),
        ):
            photo, ids = draw(seed)
            example = dataset.decode(pair)
            np.testing.assert_array_equal(example.label, ids)
            np.testing.assert_array_equal(example.confident, ids != IGNORE)
            assert np.abs(example.photo.astype(int) - photo).mean() < 8

    def test_the_label_is_a_palette_picture_with_a_void_outline(self, drawn: Path) -> None:
        label = drawn / "VOCdevkit" / "VOC2012" / "SegmentationClass" / "2012_000001.png"
        with Image.open(label) as picture:
            assert picture.mode == "P"
            assert picture.getpalette()[:9] == [0, 0, 0, 128, 0, 0, 0, 128, 0]
            ids = np.asarray(picture)
        assert {0, IGNORE} < set(np.unique(ids).tolist()) <= {0, 2, 6, 7, 14, 15, 19, IGNORE}
        beside_background = ids[:, 1:][ids[:, :-1] == 0]
        assert set(np.unique(beside_background).tolist()) == {0, IGNORE}

    def test_trainval_is_both_lists(self, drawn: Path) -> None:
        lists = drawn / "VOCdevkit" / "VOC2012" / "ImageSets" / "Segmentation"
        assert sorted(path.name for path in lists.iterdir()) == [
            "train.txt",
            "trainval.txt",
            "val.txt",
        ]
        assert (lists / "trainval.txt").read_bytes() == b"2012_000001\n2012_000002\n2012_000003\n"


class TestClasses:
    def test_there_are_21_in_the_colours_of_the_palette(self) -> None:
        assert len(voc.VOC) == 21
        # Of the development kit's VOCcolormap.
        colours = dict(zip(voc.VOC.names, voc.VOC.colours, strict=True))
        assert colours["background"] == (0, 0, 0)
        assert colours["aeroplane"] == (128, 0, 0)
        assert colours["car"] == (128, 128, 128)
        assert colours["person"] == (192, 128, 128)
        assert colours["tvmonitor"] == (0, 64, 128)
        assert voc.VOC.void_colours == ((224, 224, 192),)

    def test_no_two_indices_have_one_colour(self) -> None:
        assert len(set(voc.PALETTE)) == 256


class TestLists:
    def test_photos_that_no_list_names_are_left_out(self, root: Path) -> None:
        add_pair(root, "x")
        dataset = open_dataset(root)
        assert names(dataset) == ("ab", "c", "")
        assert dataset.alone == ()

    def test_trainval_alone_is_divided(self, root: Path) -> None:
        for path in (root / voc.LISTS).iterdir():
            path.unlink()
        write_list(root, "trainval", "abc")
        train, val, _ = names(open_dataset(root))
        assert sorted(train + val) == ["a", "b", "c"]
        assert train
        assert val

    @pytest.mark.parametrize(("absent", "expected"), [("val", "ab c"), ("train", "ab c")])
    def test_what_trainval_has_more_is_the_list_that_is_missing(
        self, root: Path, absent: str, expected: str
    ) -> None:
        write_list(root, "trainval", "abc")
        (root / voc.LISTS / f"{absent}.txt").unlink()
        assert " ".join(names(open_dataset(root))[:2]) == expected

    def test_test_pairs_are_kept_apart(self, root: Path) -> None:
        add_pair(root, "t")
        write_list(root, "test", "t")
        assert names(open_dataset(root)) == ("ab", "c", "t")

    def test_test_photos_without_any_label_are_no_fault(self, root: Path) -> None:
        add_pair(root, "t")
        (root / "SegmentationClass" / "t.png").unlink()
        write_list(root, "test", "t")
        dataset = open_dataset(root)
        assert names(dataset) == ("ab", "c", "")
        assert dataset.alone == dataset.remarks == ()

    def test_test_pairs_alone_are_there_to_be_scored(self, root: Path) -> None:
        for path in (root / voc.LISTS).iterdir():
            path.unlink()
        write_list(root, "test", "abc")
        dataset = open_dataset(root)
        assert names(dataset) == ("", "abc", "")
        assert dataset.remarks == (
            f"{root} has pairs of its test split only: all 3 are validated on.",
        )

    def test_a_missing_label_leaves_the_photo_alone(self, root: Path) -> None:
        (root / "SegmentationClass" / "b.png").unlink()
        dataset = open_dataset(root)
        assert names(dataset) == ("a", "c", "")
        assert dataset.alone == (root / "JPEGImages" / "b.jpg",)

    def test_a_name_without_files_is_told(self, root: Path) -> None:
        write_list(root, "val", "cyz")
        remark = f"{root / voc.LISTS / 'val.txt'} names y and 1 more, "
        assert open_dataset(root).remarks == (remark + "but neither photo nor label is there.",)

    def test_a_name_of_trainval_without_files_is_told(self, root: Path) -> None:
        (root / voc.LISTS / "val.txt").unlink()
        write_list(root, "trainval", "abcz")
        remark = f"{root / voc.LISTS / 'trainval.txt'} names z, "
        assert open_dataset(root).remarks == (remark + "but neither photo nor label is there.",)

    def test_lists_without_pairs_are_none(self, root: Path) -> None:
        shutil.rmtree(root / "SegmentationClass")
        assert voc.find(root) is None

    def test_of_several_years_the_others_are_told(self, root: Path) -> None:
        older = shutil.copytree(root, root.with_name("VOC2007"))
        dataset = open_dataset(root.parent)
        assert dataset.folder == older
        assert dataset.remarks == (f"Not used: VOC2012 beside VOC2007. To use it: --data {root}",)
        assert open_dataset(root).folder == root


class TestDecode:
    def label(self, root: Path) -> np.ndarray:
        dataset = open_dataset(root)
        return dataset.decode(dataset.train[0]).label

    @pytest.mark.parametrize("mode", ["P", "RGB", "RGBA", "L"])
    def test_indices_are_read_however_they_are_stored(self, root: Path, mode: str) -> None:
        path = root / "SegmentationClass" / "a.png"
        with Image.open(path) as picture:
            stored = Image.fromarray(INDICES) if mode == "L" else picture.convert(mode)
        stored.save(path)
        np.testing.assert_array_equal(self.label(root), INDICES)

    def test_cars_alone_are_grey_in_colours_and_yet_cars(self, root: Path) -> None:
        ids = np.full((4, 4), CAR, np.uint8)
        ids[0] = 0
        add_pair(root, "a", ids)
        path = root / "SegmentationClass" / "a.png"
        with Image.open(path) as picture:
            stored = picture.convert("RGB")
        stored.save(path)
        np.testing.assert_array_equal(self.label(root), ids)

    def test_an_unknown_index_is_named(self, root: Path) -> None:
        ids = INDICES.copy()
        ids[0, :3] = 77
        add_pair(root, "a", ids)
        with pytest.raises(BadInput, match=r"a\.png has 3 pixels of value 77\. Expected only 0, 1"):
            self.label(root)

    def test_an_unknown_colour_is_named(self, root: Path) -> None:
        colours = np.array(voc.PALETTE, np.uint8)[INDICES]
        colours[0, :2] = 1, 2, 3
        path = root / "SegmentationClass" / "a.png"
        Image.fromarray(colours).save(path)
        with pytest.raises(BadInput) as caught:
            self.label(root)
        assert str(caught.value).startswith(f"{path} has 2 pixels of colour (1, 2, 3), which is")
        assert "--skip-bad" in str(caught.value)

    def test_a_table_of_colours_overrules_the_classes(self, root: Path) -> None:
        rows = ["name,colour", "nothing,0 0 0", "thing,128 128 128", "thing,192 128 128"]
        rows += ["thing,0 64 128", "edge,224 224 192"]
        (root / "classes.csv").write_text("\n".join(rows))
        dataset = open_dataset(root)
        assert dataset.classes.names == ("nothing", "thing", "edge")
        expected = np.array([[0, 1, 1, 2], [0, 1, 1, 2]]).repeat(4, 1)
        np.testing.assert_array_equal(self.label(root), expected)

    def test_a_table_of_ids_overrules_the_classes(self, root: Path) -> None:
        rows = ["name,id,ignore", "nothing,0,", "car,7,", "other,15,yes", "other,20,yes"]
        (root / "classes.csv").write_text("\n".join([*rows, "void,255,yes"]))
        expected = np.array([[0, 1, 1, 255], [0, 255, 255, 255]]).repeat(4, 1)
        np.testing.assert_array_equal(self.label(root), expected)

    def test_a_labelmap_beside_it_names_the_classes_and_their_colours(self, root: Path) -> None:
        lines = ["# label:color_rgb:parts:actions", "background:0,0,0::", "edge:224,224,192::"]
        lines += ["scratch:128,128,128::", "dent:192,128,128::", "rust:0,64,128::"]
        (root / "labelmap.txt").write_text("\n".join(lines))
        dataset = open_dataset(root)
        assert dataset.classes.names == ("background", "edge", "scratch", "dent", "rust")
        assert f"Classes are named by {root / 'labelmap.txt'}." in dataset.remarks
        expected = np.array([[0, 2, 2, 1], [0, 3, 4, 1]]).repeat(4, 1)
        np.testing.assert_array_equal(self.label(root), expected)

    def test_a_list_of_names_beside_it_counts_from_the_background(self, root: Path) -> None:
        add = ["__ignore__", "_background_", *(f"thing {number}" for number in range(1, 21))]
        (root / "class_names.txt").write_text("\n".join(add))
        dataset = open_dataset(root)
        assert dataset.classes.names[:2] == ("_background_", "thing 1")
        np.testing.assert_array_equal(self.label(root), INDICES)

    def test_a_table_of_a_person_counts_more_than_either(self, root: Path) -> None:
        (root / "labelmap.txt").write_text("background:0,0,0::")
        rows = ["name,id", "nothing,0", "car,7", "person,15", "other,20", "void,255"]
        (root / "classes.csv").write_text("\n".join(rows))
        dataset = open_dataset(root)
        assert dataset.classes.names == ("nothing", "car", "person", "other", "void")
        assert not [remark for remark in dataset.remarks if "labelmap" in remark]

    @pytest.mark.parametrize(
        ("file", "text", "found"),
        [
            ("labelmap.txt", "background:0,0,0::\nscratch:300,0,0::", "scratch:300,0,0::"),
            ("labelmap.txt", "background", "background"),
            ("class_names.txt", "__ignore__", "0 names"),
            ("class_names.txt", "a\nb\na", "3 names"),
        ],
    )
    def test_names_that_are_none_are_told(
        self, root: Path, file: str, text: str, found: str
    ) -> None:
        (root / file).write_text(text)
        with pytest.raises(BadInput) as caught:
            open_dataset(root)
        assert str(caught.value).startswith(f"{root / file} names the classes of this folder")
        assert f"has '{found}'" in str(caught.value)
