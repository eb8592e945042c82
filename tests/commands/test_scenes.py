"""python main.py scenes: every layout is drawn and recognised as what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset.formats import FORMATS, open_dataset
from dataset.writers import NAMES
from main import main

pytestmark = pytest.mark.slow


def test_every_format_has_a_writer() -> None:
    assert set(NAMES) == {layout.NAME for layout in FORMATS}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_drawn_is_recognised_and_decoded(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "drawn"
    code = main(["scenes", str(folder), "--format", name, "--train", "2", "--val", "1"])
    assert code == 0
    assert f"{folder} holds 2 + 1 drawn pairs in the layout '{name}'" in capsys.readouterr().out
    dataset = open_dataset(folder)
    assert dataset.format == name
    assert len(dataset.train) + len(dataset.val) + len(dataset.test) == 3
    example = dataset.decode(dataset.train[0])
    known = example.label[example.label != 255]
    assert known.size > 0
    assert known.max() < len(dataset.classes)


def test_a_folder_that_holds_something_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    assert main(["scenes", str(tmp_path)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.txt"]


def test_an_unknown_layout_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenes", str(tmp_path / "new"), "--format", "kitti"]) == 2
    assert "There is no format 'kitti'. Expected one of: cityscapes-pairs" in (
        capsys.readouterr().err
    )
    assert list(tmp_path.iterdir()) == []


def test_no_pairs_at_all_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenes", str(tmp_path / "new"), "--train", "0", "--val", "0"]) == 2
    assert "--train and --val are both 0." in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
