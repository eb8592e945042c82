"""Where no format fits, or several do, a person is told what was seen and what would fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset.formats import ANY_FOLDER, FORMATS, open_dataset
from tests.dataset.made_folders import ids_of, photo_of, save, write
from utils_func import BadInput


def test_pictures_without_labels_are_counted_by_folder(tmp_path: Path) -> None:
    for number in range(3):
        save(photo_of(number), tmp_path / "images" / f"{number}.png")
    save(photo_of(9), tmp_path / "deep" / "er" / "9.png")
    with pytest.raises(BadInput) as caught:
        open_dataset(tmp_path)
    message = str(caught.value)
    seen = "it holds images: 3 pictures such as 0.png, deep/er: 1 picture such as 9.png."
    assert f"{seen} Expected one of:" in message
    for layout in FORMATS:
        assert f"\n  {layout.NAME}: {layout.EXPECTED}" in message


def test_many_folders_are_not_all_listed(tmp_path: Path) -> None:
    for number in range(8):
        save(photo_of(number), tmp_path / str(number) / "a.png")
    with pytest.raises(BadInput, match=r"5: 1 picture such as a\.png and pictures in 2 more"):
        open_dataset(tmp_path)


def test_pictures_in_the_folder_itself_are_counted(tmp_path: Path) -> None:
    save(photo_of(0), tmp_path / "a.png")
    with pytest.raises(BadInput, match="it holds in itself: 1 picture"):
        open_dataset(tmp_path)


def test_names_that_do_not_match_are_no_pairs(tmp_path: Path) -> None:
    save(photo_of(0), tmp_path / "images" / "a.png")
    save(ids_of(0), tmp_path / "masks" / "b.png")
    with pytest.raises(
        BadInput, match=r"images: 1 picture such as a\.png, masks: 1 picture such as b"
    ):
        open_dataset(tmp_path)


@pytest.mark.parametrize(
    ("files", "example"),
    [
        (("0.json", "1.json"), "2 files such as 0.json"),
        (("coco.json", "notes.txt"), "1 file such as coco.json"),
        (("labels/0.txt", "labels/1.txt", "labels/2.txt", "labels/3.txt"), "4 files such as lab"),
        (("a.nii.gz", "b.nii.gz", "c.nii.gz", "d.nii.gz"), "4 files such as a.nii.gz"),
    ],
)
def test_labels_that_are_no_pictures_are_named(
    tmp_path: Path, files: tuple[str, ...], example: str
) -> None:
    for number in range(4):
        save(photo_of(number), tmp_path / f"{number}.jpg")
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    with pytest.raises(BadInput) as caught:
        open_dataset(tmp_path)
    assert f" {example}" in str(caught.value)
    assert "may be its labels, but only pictures are read" in str(caught.value)


def test_notes_and_lists_are_no_labels(tmp_path: Path) -> None:
    save(photo_of(0), tmp_path / "0.jpg")
    for name in ("README.txt", "train.txt", "val.txt"):
        (tmp_path / name).write_text("0")
    with pytest.raises(BadInput) as caught:
        open_dataset(tmp_path)
    assert "may be its labels" not in str(caught.value)


def test_any_folder_is_asked_last_and_by_name(tmp_path: Path) -> None:
    write(tmp_path, ids_of)
    assert FORMATS[-1] is ANY_FOLDER
    assert open_dataset(tmp_path, "folder").format == "folder"
    with pytest.raises(BadInput, match="holds no pairs that were recognised"):
        open_dataset(tmp_path, "camvid")


def test_a_format_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"There is no format 'coco'\. Expected one of: city"):
        open_dataset(tmp_path, "coco")


def test_several_fits_are_all_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, ids_of)
    one, other = (type("Layout", (), {"NAME": "one", "find": ANY_FOLDER.find}) for _ in range(2))
    monkeypatch.setattr("dataset.formats.FORMATS", (one, other))
    with pytest.raises(BadInput) as caught:
        open_dataset(tmp_path)
    message = str(caught.value)
    assert "fits several formats; it holds images: 5 pictures such as 0.png, masks: 5" in message
    assert message.count("--format folder: 4 pairs to train on, 1 to validate on") == 2
