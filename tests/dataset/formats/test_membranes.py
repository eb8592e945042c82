"""Membranes are recognised by their pictures, and other data of the same folders are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import membranes, open_dataset
from dataset.pairs import Dataset, Pair
from dataset.writers import write_dataset
from dataset.writers.microscope import draw_membranes
from dataset.writers.writing import scene_seed
from utils_func import BadInput

LABEL = np.array([[255, 255, 255, 0], [255, 0, 255, 255]], np.uint8)
PHOTO = np.full(LABEL.shape, 90, np.uint8)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("membranes") / "membranes"
    write_dataset("membranes", folder, train=2, val=1, workers=1)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """train/image and train/label with 0.png to 3.png."""
    for number in range(4):
        add_pair(tmp_path, str(number))
    return tmp_path


def add_pair(root: Path, name: str, photo: np.ndarray = PHOTO, label: np.ndarray = LABEL) -> None:
    for folder, picture in (("image", photo), ("label", label)):
        (root / "train" / folder).mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(root / "train" / folder / f"{name}.png")


def all_pairs(dataset: Dataset) -> dict[str, Pair]:
    return {pair.name: pair for pair in (*dataset.train, *dataset.val)}


class TestDrawn:
    @pytest.mark.parametrize("place", ["..", "", "train", "train/label"])
    def test_it_is_found_from_its_root_from_above_and_from_inside(
        self, drawn: Path, place: str
    ) -> None:
        dataset = open_dataset((drawn / place).resolve())
        assert dataset.format == "membranes"
        assert dataset.folder == drawn
        assert dataset.classes.names == ("membrane", "inside")
        assert set(all_pairs(dataset)) == {"train/0", "train/1", "train/2"}
        assert (len(dataset.train), len(dataset.val)) == (2, 1)
        assert dataset.test == dataset.alone == ()
        assert dataset.shape == (512, 512)
        assert dataset.remarks[-1] == f"{drawn / 'test'} holds 2 photos without labels: not used."

    def test_decoded_ids_are_those_that_were_drawn(self, drawn: Path) -> None:
        dataset = open_dataset(drawn)
        for name, seed in (
            ("train/1", scene_seed(0, "train", 2)),
            ("train/2", scene_seed(0, "val", 1)),
        ):
            photo, label = draw_membranes(seed)
            example = dataset.decode(all_pairs(dataset)[name])
            np.testing.assert_array_equal(example.label, label == 255)
            np.testing.assert_array_equal(example.photo, photo)
            assert example.confident.all()

    def test_pictures_are_grey_files(self, drawn: Path) -> None:
        for path in drawn.rglob("*.png"):
            with Image.open(path) as picture:
                assert (picture.mode, picture.size) == ("L", (512, 512))


class TestFind:
    def test_labels_of_other_values_are_another_format(self, root: Path) -> None:
        for number in range(4):
            add_pair(root, str(number), label=LABEL // 255)
        assert membranes.find(root) is None

    def test_coloured_labels_are_another_format(self, root: Path) -> None:
        for number in range(4):
            add_pair(root, str(number), label=np.stack([LABEL, LABEL // 2, LABEL], axis=-1))
        assert membranes.find(root) is None

    def test_coloured_photos_are_another_format(self, root: Path) -> None:
        for number in range(4):
            add_pair(root, str(number), photo=np.stack([PHOTO, PHOTO // 2, PHOTO], axis=-1))
        assert membranes.find(root) is None

    def test_labels_that_are_mostly_0_are_another_format(self, root: Path) -> None:
        for number in range(4):
            add_pair(root, str(number), label=255 - LABEL)
        assert membranes.find(root) is None

    def test_photos_that_are_not_numbered_are_another_format(self, root: Path) -> None:
        add_pair(root, "lung")
        assert membranes.find(root) is None

    def test_grey_stored_in_three_channels_is_grey(self, root: Path) -> None:
        for number in range(4):
            add_pair(root, str(number), photo=np.stack([PHOTO] * 3, axis=-1))
        assert len(all_pairs(open_dataset(root))) == 4

    def test_a_missing_label_leaves_the_photo_alone(self, root: Path) -> None:
        (root / "train" / "label" / "2.png").unlink()
        dataset = open_dataset(root)
        assert set(all_pairs(dataset)) == {"train/0", "train/1", "train/3"}
        assert dataset.alone == (root / "train" / "image" / "2.png",)

    def test_test_pairs_are_kept_apart(self, root: Path) -> None:
        add_pair(root / "other", "0")
        (root / "other" / "train").rename(root / "test")
        dataset = open_dataset(root)
        assert [pair.name for pair in dataset.test] == ["test/0"]
        assert len(all_pairs(dataset)) == 4


def test_an_unknown_value_is_named(root: Path) -> None:
    label = LABEL.copy()
    label[0, :2] = 254
    add_pair(root, "1", label=label)
    dataset = open_dataset(root)
    with pytest.raises(BadInput, match=r"1\.png has 2 pixels of value 254\. Expected only 0, 255"):
        dataset.decode(all_pairs(dataset)["train/1"])
