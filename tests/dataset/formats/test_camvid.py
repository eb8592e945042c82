"""CamVid: lists that name paths of another disk, and other people's sets in its folders."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset.formats import camvid, open_dataset
from dataset.pairs import Dataset
from dataset.writers import write_dataset
from labels.classes import IGNORE


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn") / "CamVid"
    write_dataset("camvid", folder, train=2, val=1)
    return folder


@pytest.fixture
def own(drawn: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(drawn, tmp_path / "own"))


def opened(folder: Path) -> Dataset:
    """Other formats are not asked: test_streets.py proves that they claim none of it."""
    return open_dataset(folder, name="camvid")


def train_names(folder: Path) -> list[str]:
    return [pair.name for pair in opened(folder).train]


def test_the_lists_count_and_what_they_do_not_name_is_left_out(own: Path) -> None:
    first, second = (own / "train.txt").read_text().splitlines()
    assert first == (
        "/SegNet/CamVid/train/0001TP_000002.png /SegNet/CamVid/trainannot/0001TP_000002.png"
    )
    (own / "train.txt").write_text(f"{second}\n\n")
    assert train_names(own) == ["train/0006R0_000001"]


def test_without_lists_the_folders_count(own: Path) -> None:
    for split in ("train", "val"):
        (own / f"{split}.txt").unlink()
    assert train_names(own) == ["train/0001TP_000002", "train/0006R0_000001"]


def test_a_list_that_names_nothing_in_the_folders_is_passed_over_with_a_remark(own: Path) -> None:
    (own / "train.txt").write_text("/SegNet/CamVid/train/X.png /SegNet/CamVid/trainannot/X.png\n")
    assert len(train_names(own)) == 2
    remark = f"{own / 'train.txt'} names train/X, but neither photo nor label is there."
    assert remark in opened(own).remarks


def test_a_list_of_something_else_does_no_harm(own: Path) -> None:
    (own / "train.txt").write_text(". / 0001TP_000002 # trainannot/x.png\n")
    assert len(train_names(own)) == 2


def test_a_list_may_have_the_paths_of_windows(own: Path) -> None:
    path = own / "train.txt"
    path.write_text(path.read_text().replace("/SegNet/CamVid", "D:/CamVid").replace("/", "\\"))
    assert len(train_names(own)) == 2


def test_a_list_may_be_one_line_and_name_labels_otherwise(own: Path) -> None:
    words = []
    for number, stem in enumerate(("0006R0_000001", "0001TP_000002"), start=1):
        (own / "trainannot" / f"{stem}.png").rename(own / "trainannot" / f"annot_{number}.png")
        words += [f"/Other/train/{stem}.png", f"/Other/trainannot/annot_{number}.png"]
    (own / "train.txt").write_text(" ".join(words))
    pairs = opened(own).train
    assert [(pair.name, pair.label.name) for pair in pairs] == [
        ("train/0006R0_000001", "annot_1.png"),
        ("train/0001TP_000002", "annot_2.png"),
    ]


def test_a_list_of_photos_alone_will_do(own: Path) -> None:
    (own / "train.txt").write_text("train/0001TP_000002.png\n")
    assert train_names(own) == ["train/0001TP_000002"]


def test_a_test_split_is_found(own: Path) -> None:
    for ending in ("", "annot"):
        shutil.copytree(own / f"val{ending}", own / f"test{ending}")
    dataset = opened(own)
    assert [(pair.name, pair.group) for pair in dataset.test] == [("test/0016E5_000003", "0016E5")]
    assert len(dataset.val) == 1


def test_frames_of_one_drive_are_a_group(own: Path) -> None:
    groups = [pair.group for pair in opened(own).train]
    assert groups == ["0001TP", "0006R0"]


@pytest.mark.parametrize("void", [11, 255])
def test_11_and_255_are_ignored(own: Path, void: int) -> None:
    path = opened(own).train[0].label
    ids = np.zeros((36, 48), np.uint8)
    ids[:, :24] = void
    Image.fromarray(ids).save(path)
    dataset = opened(own)
    label = dataset.decode(dataset.train[0]).label
    assert (label[:, :24] == IGNORE).all()
    assert (label[:, 24:] == 0).all()


@pytest.mark.parametrize("values", [(0, 1), (0, 255), (20, 30, 40, 50)])
def test_other_sets_in_folders_of_these_names_are_not_camvid(
    own: Path, values: tuple[int, ...]
) -> None:
    for folder in ("trainannot", "valannot"):
        for file in (own / folder).iterdir():
            row = np.array(values, np.uint8).repeat(480 // len(values))
            Image.fromarray(np.tile(row, (360, 1))).save(file)
    assert camvid.find(own) is None
