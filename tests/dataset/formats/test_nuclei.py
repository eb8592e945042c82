"""One-mask-per-nucleus data are recognised, and masks become one label."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.cache import hash_files, open_cache
from dataset.formats import nuclei, open_dataset
from dataset.pairs import Dataset, Pair
from dataset.writers import write_dataset
from dataset.writers.microscope import draw_nuclei
from dataset.writers.nuclei import name
from dataset.writers.writing import scene_seed
from utils_func import BadInput

FIRST = np.array([[255, 255, 0, 0], [0, 0, 0, 0]], np.uint8)
SECOND = np.array([[0, 255, 0, 0], [0, 0, 0, 255]], np.uint8)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nuclei") / "nuclei"
    write_dataset("nuclei", folder, train=2, val=1, workers=1)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three pictures, a1, b2 and c3, of two masks each."""
    folder = tmp_path / "stage1_train"
    for picture in ("a1", "b2", "c3"):
        save(folder / picture / "images" / f"{picture}.png", np.full((2, 4, 4), 60, np.uint8))
        save(folder / picture / "masks" / "m1.png", FIRST)
        save(folder / picture / "masks" / "m2.png", SECOND)
    return folder


def save(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


def all_pairs(dataset: Dataset) -> dict[str, Pair]:
    return {pair.name: pair for pair in (*dataset.train, *dataset.val)}


def test_what_finder_leaves_among_masks_changes_no_content(root: Path) -> None:
    pairs = list(all_pairs(nuclei.find(root)).values())
    before = hash_files(pairs, 2)
    (root / "a1" / "masks" / ".DS_Store").write_bytes(b"Finder")
    (root / "a1" / "masks" / "._m1.png").write_bytes(b"AppleDouble")
    assert hash_files(pairs, 2) == before
    save(root / "a1" / "masks" / "m3.png", FIRST)
    assert hash_files(pairs, 2) != before


class TestDrawn:
    def test_it_is_found_from_its_root_from_above_and_from_inside(self, drawn: Path) -> None:
        one = drawn / name(2)
        for place in (drawn, drawn.parent, one, one / "images", one / "masks"):
            dataset = open_dataset(place)
            assert dataset.format == "nuclei"
            assert dataset.folder == drawn
            assert dataset.classes.names == ("background", "nucleus")
            assert set(all_pairs(dataset)) == {name(1), name(2), name(3)}
            assert (len(dataset.train), len(dataset.val)) == (2, 1)
            assert dataset.test == dataset.alone == ()

    def test_decoded_ids_are_the_union_of_what_was_drawn(self, drawn: Path) -> None:
        dataset = open_dataset(drawn)
        for index, seed in ((2, scene_seed(0, "train", 2)), (3, scene_seed(0, "val", 1))):
            photo, numbers = draw_nuclei(seed)
            example = dataset.decode(all_pairs(dataset)[name(index)])
            np.testing.assert_array_equal(example.label, numbers > 0)
            np.testing.assert_array_equal(example.photo, photo)
            assert example.confident.all()

    def test_photos_have_four_channels_and_each_nucleus_a_mask(self, drawn: Path) -> None:
        folder = drawn / name(1)
        with Image.open(folder / "images" / f"{name(1)}.png") as picture:
            assert picture.mode == "RGBA"
        _, numbers = draw_nuclei(scene_seed(0, "train", 1))
        masks = list((folder / "masks").iterdir())
        assert len(masks) == numbers.max()
        for path in masks:
            with Image.open(path) as mask:
                assert np.unique(np.asarray(mask)).tolist() == [0, 255]


class TestPairs:
    def test_the_label_is_the_union_of_the_masks(self, root: Path) -> None:
        dataset = open_dataset(root)
        example = dataset.decode(all_pairs(dataset)["b2"])
        np.testing.assert_array_equal(example.label, [[1, 1, 0, 0], [0, 0, 0, 1]])
        assert example.photo.shape == (2, 4, 3)

    @pytest.mark.parametrize("leave_empty", [True, False])
    def test_without_masks_a_photo_is_alone(self, root: Path, leave_empty: bool) -> None:
        masks = root / "b2" / "masks"
        for path in masks.iterdir():
            path.unlink()
        if not leave_empty:
            masks.rmdir()
        dataset = open_dataset(root)
        assert set(all_pairs(dataset)) == {"a1", "c3"}
        assert dataset.alone == (root / "b2" / "images" / "b2.png",)

    def test_without_a_photo_the_masks_are_alone(self, root: Path) -> None:
        (root / "b2" / "images" / "b2.png").unlink()
        assert open_dataset(root).alone == (root / "b2" / "masks",)

    def test_photos_of_another_stage_that_have_no_masks_are_passed_by(self, root: Path) -> None:
        other = root.parent / "stage1_test" / "d4" / "images" / "d4.png"
        save(other, np.zeros((2, 4, 3), np.uint8))
        assert open_dataset(root.parent).folder == root

    def test_what_a_mac_left_is_passed_by(self, root: Path) -> None:
        for place in (root / "__MACOSX", root / "a1" / "masks"):
            (place / "images").mkdir(parents=True)
            (place / "._m1.png").write_bytes(b"\0")
        dataset = open_dataset(root)
        assert set(all_pairs(dataset)) == {"a1", "b2", "c3"}
        np.testing.assert_array_equal(dataset.decode(all_pairs(dataset)["a1"]).label.sum(), 3)

    def test_train_and_val_with_images_and_masks_are_something_else(self, tmp_path: Path) -> None:
        for split in ("train", "val"):
            save(tmp_path / split / "images" / "1.png", np.zeros((2, 4, 3), np.uint8))
            save(tmp_path / split / "masks" / "1.png", FIRST)
        assert nuclei.find(tmp_path) is None

    def test_a_changed_mask_changes_the_content(self, root: Path) -> None:
        pairs = [*open_dataset(root).train]
        before = hash_files(pairs, workers=1)
        save(pairs[0].label / "m2.png", FIRST)
        assert hash_files(pairs, workers=1) != before

    def test_pairs_can_be_cached(self, root: Path, tmp_path: Path) -> None:
        cached = open_cache(open_dataset(root), tmp_path / "cache", (2, 4))
        assert cached.train.labels.sum() == 3 * len(cached.train)


class TestErrors:
    def message(self, root: Path) -> str:
        dataset = open_dataset(root)
        with pytest.raises(BadInput) as caught:
            dataset.decode(all_pairs(dataset)["a1"])
        return str(caught.value)

    def test_an_unknown_value_is_named_with_its_mask(self, root: Path) -> None:
        path = root / "a1" / "masks" / "m2.png"
        save(path, np.array([[7, 7, 1, 0], [0, 0, 0, 255]], np.uint8))
        message = self.message(root)
        assert message.startswith(f"{path} has 2 pixels of value 7. Expected 0, and 255")
        assert "--skip-bad" in message

    def test_a_coloured_mask_is_named(self, root: Path) -> None:
        path = root / "a1" / "masks" / "m1.png"
        save(path, np.stack([FIRST, SECOND, FIRST], axis=-1))
        assert self.message(root).startswith(f"{path} has ")

    def test_masks_of_two_sizes_are_named(self, root: Path) -> None:
        path = root / "a1" / "masks" / "m2.png"
        save(path, SECOND[:, :2].copy())
        message = self.message(root)
        assert message.startswith(f"{path} is 2×2 pixels, but m1.png beside it is 4×2.")

    def test_masks_that_have_gone_since_are_named(self, root: Path) -> None:
        dataset = open_dataset(root)
        pair = all_pairs(dataset)["a1"]
        for path in pair.label.iterdir():
            path.unlink()
        with pytest.raises(BadInput, match=r"masks holds no masks\. Expected one for each nucleus"):
            dataset.decode(pair)
