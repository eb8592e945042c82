"""Full Cityscapes: each kind of label, and what lies beside that is none."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import cityscapes, open_dataset
from dataset.writers import write_dataset
from labels.classes import CITYSCAPES, IGNORE


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn") / "cityscapes"
    write_dataset("cityscapes", folder, train=2, val=1)
    return folder


@pytest.fixture
def own(drawn: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(drawn, tmp_path / "own"))


def remove(folder: Path, *endings: str) -> None:
    for ending in endings:
        for file in folder.rglob(f"*_gtFine_{ending}.png"):
            file.unlink()


def write(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


def write_test(own: Path, value: int) -> None:
    photos, labels = (own / name / "test" / "berlin" for name in ("leftImg8bit", "gtFine"))
    write(photos / "berlin_000000_000019_leftImg8bit.png", np.zeros((32, 64, 3), np.uint8))
    label = np.full((32, 64), value, np.uint8)
    write(labels / "berlin_000000_000019_gtFine_labelIds.png", label)


def test_every_kind_of_label_gives_the_same_ids(own: Path) -> None:
    labels, remarks, decoders = [], [], []
    for kind in ("labelIds", "labelTrainIds", "color"):
        dataset = open_dataset(own)
        labels.append(dataset.decode(dataset.train[0]).label)
        remarks.append(dataset.remarks)
        decoders.append(dataset.decoder)
        remove(own, kind)
    np.testing.assert_array_equal(labels[1], labels[0])
    np.testing.assert_array_equal(labels[2], labels[0])
    assert remarks == [
        (f"Labels are the pictures *_gtFine_{kind}.png.",)
        for kind in ("labelIds", "labelTrainIds", "color")
    ]
    assert len(set(decoders)) == 3


def test_instances_alone_are_no_labels(own: Path) -> None:
    remove(own, "labelIds", "labelTrainIds", "color")
    assert list(own.rglob("*_gtFine_instanceIds.png"))
    assert cityscapes.find(own) is None


def test_ids_that_are_not_scored_are_ignored(own: Path) -> None:
    path = open_dataset(own).train[0].label
    values = np.array([[0, 4, 7, 9, 18, 26], [29, 30, 33, 255, 11, 1]], np.uint8)
    write(path, values.repeat(32, 0).repeat(32, 1)[:, :128])
    dataset = open_dataset(own)
    label = dataset.decode(dataset.train[0]).label[::32, ::32]
    void = IGNORE
    assert label.tolist() == [[void, void, 0, void], [void, void, 18, void]]


def test_the_public_test_folder_of_empty_labels_is_left_out(own: Path) -> None:
    write_test(own, value=3)
    dataset = open_dataset(own)
    assert dataset.test == dataset.alone == ()
    assert "The 1 labels of test are empty, and are left out." in dataset.remarks


def test_test_photos_without_labels_are_no_missing_files(own: Path) -> None:
    write_test(own, value=3)
    shutil.rmtree(own / "gtFine" / "test")
    dataset = open_dataset(own)
    assert dataset.test == dataset.alone == ()
    assert "The 1 pictures of test have no labels, and are left out." in dataset.remarks


def test_test_labels_with_classes_are_pairs(own: Path) -> None:
    write_test(own, value=7)
    dataset = open_dataset(own)
    assert [pair.name for pair in dataset.test] == ["test/berlin/berlin_000000_000019"]
    assert (dataset.decode(dataset.test[0]).label == CITYSCAPES.names.index("road")).all()


def test_archives_unpacked_into_folders_of_their_own_names_are_found(own: Path) -> None:
    for name in ("leftImg8bit", "gtFine"):
        (own / f"{name}_trainvaltest").mkdir()
        (own / name).rename(own / f"{name}_trainvaltest" / name)
    assert len(open_dataset(own).train) == 2


def test_pictures_without_folders_of_cities_have_no_group(own: Path) -> None:
    for folder in (own / "leftImg8bit" / "train", own / "gtFine" / "train"):
        for city in list(folder.iterdir()):
            for file in city.iterdir():
                file.rename(folder / file.name)
    pairs = open_dataset(own).train
    assert [(pair.name, pair.group) for pair in pairs] == [
        ("train/bochum_000001_000019", ""),
        ("train/bremen_000002_000019", ""),
    ]


def test_without_val_whole_cities_are_held_out(own: Path) -> None:
    for name in ("leftImg8bit", "gtFine"):
        shutil.rmtree(own / name / "val")
    dataset = open_dataset(own)
    groups = [[pair.group for pair in part] for part in (dataset.train, dataset.val)]
    assert sorted(groups) == [["bochum"], ["bremen"]]
