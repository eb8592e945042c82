"""Full IDD, which shares its folders with Cityscapes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image

from dataset.formats import cityscapes, open_dataset
from dataset.formats.idd import CLASSES
from dataset.writers import write_dataset


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn") / "idd"
    write_dataset("idd", folder, train=2, val=1)
    return folder


@pytest.fixture
def own(drawn: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(drawn, tmp_path / "own"))


def test_photos_may_be_jpeg(own: Path) -> None:
    for file in (own / "leftImg8bit").rglob("*.png"):
        with Image.open(file) as picture:
            picture.save(file.with_suffix(".jpg"))
        file.unlink()
    dataset = open_dataset(own)
    assert [pair.photo.suffix for pair in dataset.train] == [".jpg", ".jpg"]
    assert dataset.decode(dataset.train[0]).photo.shape == (360, 640, 3)


def test_labels_in_the_ids_of_cityscapes_beside_do_not_make_it_cityscapes(own: Path) -> None:
    for file in list((own / "gtFine").rglob("*labellevel3Ids.png")):
        file.with_name(file.name.replace("labellevel3Ids", "labelIds")).write_bytes(
            file.read_bytes()
        )
    assert cityscapes.find(own) is None
    assert open_dataset(own).format == "idd"


def test_classes_are_those_of_level_3() -> None:
    by_name = dict(zip(CLASSES.names, range(26), strict=True))
    # From AutoNUE's anue_labels.py.
    assert [by_name[name] for name in ("road", "autorickshaw", "curb", "pole")] == [0, 8, 13, 20]
    assert CLASSES.colours[by_name["autorickshaw"]] == (255, 204, 54)
    assert by_name["sky"] == 25
