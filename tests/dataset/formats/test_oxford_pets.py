"""Oxford-IIIT Pet is recognised, divided by its lists, and its traps are stepped over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import open_dataset, oxford_pets
from dataset.pairs import Dataset
from dataset.writers import write_dataset
from dataset.writers.pets import draw_pet
from dataset.writers.writing import scene_seed
from utils_func import BadInput

TRIMAP = np.array([[1, 1, 3, 2], [1, 3, 2, 2]], np.uint8).repeat(4, 1)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pets") / "pets"
    write_dataset("oxford-pets", folder, train=5, val=2, workers=1)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """cat_1, cat_2 and dog_1 to learn from, dog_2 to test on."""
    for name in ("cat_1", "cat_2", "dog_1", "dog_2"):
        add_pair(tmp_path, name)
    write_list(tmp_path, "trainval", ["cat_1 1 1 1", "cat_2 1 1 1", "dog_1 2 2 1"])
    write_list(tmp_path, "test", ["dog_2 2 2 1"])
    return tmp_path


def add_pair(root: Path, name: str, trimap: np.ndarray = TRIMAP) -> None:
    (root / "images").mkdir(exist_ok=True)
    (root / "annotations" / "trimaps").mkdir(parents=True, exist_ok=True)
    photo = np.full((*trimap.shape, 3), 90, np.uint8)
    Image.fromarray(photo).save(root / "images" / f"{name}.jpg")
    Image.fromarray(trimap).save(root / "annotations" / "trimaps" / f"{name}.png")


def write_list(root: Path, name: str, lines: list[str]) -> None:
    (root / "annotations" / f"{name}.txt").write_text("\n".join(lines))


def learned(dataset: Dataset) -> list[str]:
    return sorted(pair.name for pair in (*dataset.train, *dataset.val))


class TestDrawn:
    @pytest.mark.parametrize("place", ["..", "", "images", "annotations/trimaps"])
    def test_it_is_found_from_its_root_from_above_and_from_inside(
        self, drawn: Path, place: str
    ) -> None:
        dataset = open_dataset((drawn / place).resolve())
        assert dataset.format == "oxford-pets"
        assert dataset.folder == drawn
        assert dataset.classes.names == ("pet", "background", "outline")
        five = ["Abyssinian_4", "Bombay_2", "beagle_1", "beagle_5", "pug_3"]
        assert learned(dataset) == five
        assert dataset.val
        assert [pair.name for pair in dataset.test] == ["Bombay_6", "pug_7"]
        assert dataset.alone == ()

    def test_decoded_ids_are_those_that_were_drawn_less_one(self, drawn: Path) -> None:
        dataset = open_dataset(drawn)
        pairs = {pair.name: pair for pair in (*dataset.train, *dataset.val, *dataset.test)}
        for name, seed in (
            ("Bombay_2", scene_seed(0, "train", 2)),
            ("pug_7", scene_seed(0, "val", 2)),
        ):
            photo, trimap = draw_pet(seed)
            example = dataset.decode(pairs[name])
            np.testing.assert_array_equal(example.label, trimap - 1)
            assert example.confident.all()
            assert np.abs(example.photo.astype(int) - photo).mean() < 8

    def test_it_holds_the_traps_of_the_real_set(self, drawn: Path) -> None:
        assert (drawn / "annotations" / "trimaps" / "._pug_3.png").is_file()
        with Image.open(drawn / "images" / "pug_7.jpg") as picture:
            assert picture.format == "PNG"

    def test_its_lists_are_those_of_the_real_set(self, drawn: Path) -> None:
        lists = {path.name for path in (drawn / "annotations").iterdir()}
        assert lists == {"trimaps", "trainval.txt", "test.txt"}
        test = (drawn / "annotations" / "test.txt").read_bytes()
        assert test == b"Bombay_6 8 1 4\npug_7 26 2 17\n"


class TestSplits:
    def test_val_is_held_out_of_trainval_and_test_is_kept_apart(self, root: Path) -> None:
        dataset = open_dataset(root)
        assert learned(dataset) == ["cat_1", "cat_2", "dog_1"]
        assert len(dataset.val) == 1
        assert [pair.name for pair in dataset.test] == ["dog_2"]

    def test_what_no_list_names_is_left_out(self, root: Path) -> None:
        add_pair(root, "ppm_1")
        Image.fromarray(TRIMAP).save(root / "images" / "ppm_1.jpg", format="PPM")
        dataset = open_dataset(root)
        assert "ppm_1" not in learned(dataset)
        assert dataset.alone == ()

    def test_without_trainval_all_that_is_not_test_is_learned_from(self, root: Path) -> None:
        (root / "annotations" / "trainval.txt").unlink()
        dataset = open_dataset(root)
        assert learned(dataset) == ["cat_1", "cat_2", "dog_1"]
        assert [pair.name for pair in dataset.test] == ["dog_2"]

    def test_without_lists_all_are_learned_from(self, root: Path) -> None:
        for name in ("trainval", "test"):
            (root / "annotations" / f"{name}.txt").unlink()
        assert learned(open_dataset(root)) == ["cat_1", "cat_2", "dog_1", "dog_2"]

    def test_test_pairs_alone_are_there_to_be_scored(self, root: Path) -> None:
        for name in ("cat_1", "cat_2", "dog_1"):
            (root / "images" / f"{name}.jpg").unlink()
            (root / "annotations" / "trimaps" / f"{name}.png").unlink()
        dataset = open_dataset(root)
        assert [pair.name for pair in dataset.val] == ["dog_2"]
        assert dataset.train == dataset.test == ()
        assert "has pairs of its test split only: all 1 are validated on." in dataset.remarks[0]
        assert "trainval.txt names cat_1 and 2 more" in dataset.remarks[1]


class TestPairs:
    def test_a_missing_trimap_leaves_the_photo_alone(self, root: Path) -> None:
        (root / "annotations" / "trimaps" / "cat_2.png").unlink()
        dataset = open_dataset(root)
        assert learned(dataset) == ["cat_1", "dog_1"]
        assert dataset.alone == (root / "images" / "cat_2.jpg",)

    def test_folders_within_folders_of_their_name_are_found(self, root: Path) -> None:
        for name in ("images", "annotations"):
            (root / name).rename(root / "inner")
            (root / name).mkdir()
            (root / "inner").rename(root / name / name)
        assert learned(open_dataset(root)) == ["cat_1", "cat_2", "dog_1"]

    def test_images_without_trimaps_are_none(self, tmp_path: Path) -> None:
        (tmp_path / "images").mkdir()
        (tmp_path / "annotations").mkdir()
        assert oxford_pets.find(tmp_path) is None

    @pytest.mark.parametrize("kind", ["PNG", "BMP"])
    def test_a_photo_is_read_by_what_is_in_it(self, root: Path, kind: str) -> None:
        photo = np.full((*TRIMAP.shape, 3), 123, np.uint8)
        Image.fromarray(photo).save(root / "images" / "dog_2.jpg", format=kind)
        dataset = open_dataset(root)
        np.testing.assert_array_equal(dataset.decode(dataset.test[0]).photo, photo)

    def test_an_unknown_value_is_named(self, root: Path) -> None:
        trimap = TRIMAP.copy()
        trimap[0, :5] = 0
        add_pair(root, "dog_2", trimap)
        dataset = open_dataset(root)
        with pytest.raises(BadInput, match=r"dog_2\.png has 5 pixels of value 0\. Expected only 1"):
            dataset.decode(dataset.test[0])
