"""A person may point at any folder of a set, and the whole of it opens; another set does not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dataset.formats import open_dataset
from dataset.pairs import Dataset
from dataset.writers import NAMES
from dataset.writers.writer import Place, find_writer
from tests.dataset.made_folders import ids_of, photo_of, save, write
from utils_func import BadInput

pytestmark = pytest.mark.slow

WritePair = Callable[..., Path]

# Five pairs, one for each data folder of lyft-carla.
SPLITS = {"train": 3, "val": 2}


def write_format(name: str, folder: Path) -> Path:
    """One small drawn picture again and again, as only the layout counts here."""
    writer = find_writer(name)
    photo, ids = (picture[::3, ::3] for picture in writer.draw(7))
    index = 0
    for split, count in SPLITS.items():
        for number in range(1, count + 1):
            index += 1
            writer.write(Place(folder, split, number, index), photo, ids)
    writer.finish(folder)
    return folder


def opened(dataset: Dataset) -> tuple[object, ...]:
    splits = (dataset.train, dataset.val, dataset.test)
    names = [[pair.name for pair in pairs] for pairs in splits]
    return dataset.format, dataset.folder, names


def folders_in(root: Path) -> list[Path]:
    return sorted(place for place in root.rglob("*") if place.is_dir())


@pytest.mark.parametrize("name", NAMES)
def test_each_folder_inside_a_set_opens_the_whole_set(tmp_path: Path, name: str) -> None:
    root = write_format(name, tmp_path / "mine")
    whole = opened(open_dataset(root))
    assert whole[0] == name
    halves = [place for place in folders_in(root) if opened(open_dataset(place)) != whole]
    assert halves == []


def write_pairs(root: Path, photos: str, labels: str) -> Path:
    """Three pairs to learn from and two to check with, {} being the split."""
    for split, count in SPLITS.items():
        for number in range(count):
            save(photo_of(number), root / photos.format(split) / f"{split}_{number}.png")
            save(ids_of(number), root / labels.format(split) / f"{split}_{number}.png")
    return root


@pytest.mark.parametrize(
    ("photos", "labels"),
    [
        ("{}/images", "{}/masks"),
        ("images/{}", "masks/{}"),
        ("{}_images", "{}_masks"),
        ("{}", "{}annot"),
        ("images/{}/cats", "masks/{}/cats"),
        ("images", "masks"),
    ],
)
def test_each_folder_inside_a_persons_own_set_opens_the_whole_set(
    tmp_path: Path, photos: str, labels: str
) -> None:
    root = write_pairs(tmp_path / "mine", photos, labels)
    whole = opened(open_dataset(root))
    assert whole[1] == root
    halves = [place for place in folders_in(root) if opened(open_dataset(place)) != whole]
    assert halves == []


def test_a_split_of_pairs_side_by_side_opens_with_the_others(
    tmp_path: Path, write_pairs: Callable[[Path], Path]
) -> None:
    write_pairs(tmp_path / "mine")
    for split in ("train", "val"):
        dataset = open_dataset(tmp_path / "mine" / split, "folder")
        assert (len(dataset.train), len(dataset.val)) == (4, 2)


def test_what_is_opened_around_a_part_is_told(tmp_path: Path) -> None:
    root = write_pairs(tmp_path / "mine", "{}/images", "{}/masks")
    remark = open_dataset(root / "train").remarks[0]
    assert remark == f"{root / 'train'} is a part of {root}, which is opened whole."
    assert not any("is a part of" in remark for remark in open_dataset(root).remarks)


@pytest.mark.parametrize("below", ["", "images", "masks"])
def test_a_split_without_others_opens_as_itself(tmp_path: Path, below: str) -> None:
    write(tmp_path / "mine" / "train", ids_of)
    (tmp_path / "mine" / "val").mkdir()
    dataset = open_dataset(tmp_path / "mine" / "train" / below)
    assert dataset.folder == tmp_path / "mine" / "train"
    assert len(dataset.train) + len(dataset.val) == 5


def test_a_whole_set_beside_others_opens_alone(tmp_path: Path) -> None:
    for name in ("cats", "dogs", "train"):
        write(tmp_path / name, ids_of)
    for name in ("cats", "train"):
        assert open_dataset(tmp_path / name).folder == tmp_path / name


def test_a_whole_set_in_a_folder_that_is_called_like_a_part_opens_alone(tmp_path: Path) -> None:
    write_pairs(tmp_path / "train" / "mine", "{}/images", "{}/masks")
    write_pairs(tmp_path / "val", "{}/images", "{}/masks")
    assert open_dataset(tmp_path / "train" / "mine").folder == tmp_path / "train" / "mine"
    assert open_dataset(tmp_path / "val").folder == tmp_path / "val"


def test_a_split_that_other_pictures_lie_beside_opens_alone_and_says_so(tmp_path: Path) -> None:
    write_pairs(tmp_path, "{}/images", "{}/masks")
    save(photo_of(0), tmp_path / "holidays" / "1.png")
    dataset = open_dataset(tmp_path / "train")
    assert dataset.folder == tmp_path / "train"
    assert dataset.remarks[1] == (
        f"Only {tmp_path / 'train'} is opened, not val beside it: {tmp_path / 'holidays'} is no "
        "part of the same set. To use all, move train and val into a folder of their own."
    )


def test_photos_of_test_without_labels_belong_to_the_set(tmp_path: Path) -> None:
    root = write_format("cityscapes", tmp_path / "mine")
    inner = root / "leftImg8bit" / "test" / "berlin"
    save(photo_of(0), inner / "berlin_000000_000019_leftImg8bit.png")
    for place in (inner, inner.parent):
        assert open_dataset(place).folder == root


def test_a_folder_that_only_lies_in_a_set_is_no_part_of_it(tmp_path: Path) -> None:
    root = write_format("membranes", tmp_path / "mine")
    (root / "notes").mkdir()
    with pytest.raises(BadInput, match="holds no pairs that were recognised; it is empty"):
        open_dataset(root / "notes")


def test_what_lies_around_a_folder_without_pairs_is_not_searched(tmp_path: Path) -> None:
    write(tmp_path, ids_of)
    save(photo_of(0), tmp_path / "holidays" / "0.png")
    with pytest.raises(BadInput, match="holidays holds no pairs that were recognised"):
        open_dataset(tmp_path / "holidays")


def test_a_persons_own_set_inside_another_opens_alone(tmp_path: Path) -> None:
    root = write_format("membranes", tmp_path / "mine")
    write(root / "test" / "own", ids_of)
    assert open_dataset(root / "test" / "own").folder == root / "test" / "own"


@pytest.mark.parametrize("named", ["train/images", "train/images/..", "train/../val"])
def test_a_path_from_here_and_one_with_dots_are_as_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    root = write_pairs(tmp_path / "mine", "{}/images", "{}/masks")
    monkeypatch.chdir(root)
    assert open_dataset(Path(named)).folder == root
    monkeypatch.chdir(root / "train")
    assert open_dataset(Path()).folder == root


def test_a_set_is_called_by_the_link_that_was_named(tmp_path: Path) -> None:
    root = write_pairs(tmp_path / "mine", "{}/images", "{}/masks")
    try:
        (tmp_path / "link").symlink_to(root)
    except OSError:
        pytest.skip("Windows lets only developers make links")
    assert open_dataset(tmp_path / "link" / "train").folder == tmp_path / "link"


def test_a_split_whose_set_was_taken_apart_opens_as_itself(tmp_path: Path) -> None:
    root = write_pairs(tmp_path / "mine", "{}/images", "{}/masks")
    shutil.rmtree(root / "val")
    assert open_dataset(root / "train").folder == root / "train"


def test_somebody_elses_broken_files_around_the_folder_are_no_concern(tmp_path: Path) -> None:
    write(tmp_path / "mine", ids_of)
    (tmp_path / "train").mkdir()
    for number in range(3):
        (tmp_path / "train" / f"{number}.jpg").write_bytes(b"no picture")
    dataset = open_dataset(tmp_path / "mine")
    assert dataset.folder == tmp_path / "mine"
    assert len(dataset.train) + len(dataset.val) == 5
    with pytest.raises(BadInput, match="is not a picture"):
        open_dataset(tmp_path / "train")
