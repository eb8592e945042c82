"""The writer: a folder like the real pairs, whole or not there, the same on every run."""

from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, JpegImagePlugin

from dataset.scenes import draw_scene
from dataset.writers import write_dataset
from dataset.writers.cityscapes_pairs import SCENE_SIZE
from dataset.writers.writing import scene_seed
from labels.classes import CITYSCAPES, IGNORE

pytestmark = pytest.mark.slow

write_pairs = partial(write_dataset, "cityscapes-pairs")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenes") / "pairs"
    write_pairs(path, train=3, val=1, seed=1)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def nearest_ids(picture: np.ndarray) -> np.ndarray:
    """The plainest decoder: each pixel is the class of the nearest colour, black is void."""
    table = np.array([*CITYSCAPES.colours, (0, 0, 0)], np.int32)
    ids = np.array([*range(len(CITYSCAPES)), IGNORE], np.uint8)
    distances = ((picture[:, :, None].astype(np.int32) - table) ** 2).sum(axis=-1)
    return ids[distances.argmin(axis=-1)]


def test_pairs_are_numbered_from_one_in_train_and_val(folder: Path) -> None:
    train = {f"train/{number}.jpg" for number in (1, 2, 3)}
    assert set(contents(folder)) == train | {"val/1.jpg"}


def test_a_pair_is_stored_like_a_real_one(folder: Path) -> None:
    with Image.open(folder / "train" / "1.jpg") as picture:
        assert picture.format == "JPEG"
        assert picture.mode == "RGB"
        assert picture.size == (512, 256)
        # Pillow counts 4:4:4, 4:2:2, 4:2:0.
        assert JpegImagePlugin.get_sampling(picture) == 2
        # The first steps of the real pairs' table, quality 95.
        assert list(picture.quantization[0][:8]) == [2, 1, 1, 2, 2, 4, 5, 6]


@pytest.mark.parametrize(("split", "number"), [("train", 1), ("train", 3), ("val", 1)])
def test_the_label_is_the_painted_ids_smeared(folder: Path, split: str, number: int) -> None:
    with Image.open(folder / split / f"{number}.jpg") as picture:
        label = np.asarray(picture)[:, 256:]
    _, ids = draw_scene(scene_seed(1, split, number), *SCENE_SIZE)
    truth = cv2.resize(ids, (256, 256), interpolation=cv2.INTER_NEAREST)
    assert (nearest_ids(label) == truth).mean() > 0.88
    # Smeared: far more colours than the 20 that were painted.
    assert len(np.unique(label.reshape(-1, 3), axis=0)) > 2000


def test_the_photo_is_the_left_half(folder: Path) -> None:
    with Image.open(folder / "val" / "1.jpg") as picture:
        written = np.asarray(picture)[:, :256].astype(int)
    photo, _ = draw_scene(scene_seed(1, "val", 1), *SCENE_SIZE)
    shrunk = cv2.resize(photo, (256, 256), interpolation=cv2.INTER_AREA)
    assert np.abs(written - shrunk).mean() < 6


def test_train_and_val_share_no_scene(folder: Path) -> None:
    files = contents(folder)
    assert len(set(files.values())) == len(files)


def test_the_same_seed_writes_the_same_bytes_with_any_number_of_workers(
    folder: Path, tmp_path: Path
) -> None:
    write_pairs(tmp_path / "alone", train=3, val=1, seed=1, workers=1)
    write_pairs(tmp_path / "crowd", train=3, val=1, seed=1, workers=7)
    assert contents(tmp_path / "alone") == contents(folder)
    assert contents(tmp_path / "crowd") == contents(folder)


def test_another_seed_writes_other_pairs(folder: Path, tmp_path: Path) -> None:
    write_pairs(tmp_path / "other", train=1, val=0, seed=2)
    assert contents(tmp_path / "other")["train/1.jpg"] not in contents(folder).values()


def test_progress_counts_every_pair(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    write_pairs(tmp_path / "few", 2, 1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_an_interrupted_writer_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pairs(tmp_path / "cut", train=40, val=1, progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("keep")
    with pytest.raises(FileExistsError, match="must not exist yet"):
        write_pairs(tmp_path / "mine", train=1, val=0)
    assert contents(tmp_path / "mine") == {"note.txt": b"keep"}
