"""python main.py check, from the command line to its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from main import main
from tests.dataset.made_folders import ids_of, write


def test_clean_data_are_told_and_drawn(
    pair_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(pair_folder), "--output", str(tmp_path / "out")]
    code = main(["check", *arguments, "--cache", str(tmp_path / "cache")])
    printed = capsys.readouterr().out
    assert "Found 4 training pairs and 2 validation pairs" in printed
    assert "(cityscapes-pairs)" in printed
    assert "Photos: all 32×32 pixels" in printed
    content = json.loads((tmp_path / "out" / "check.json").read_text("utf-8"))
    assert content["format"] == "cityscapes-pairs"
    assert content["pairs"] == {"train": 4, "val": 2, "test": 0}
    assert content["photo_sizes"] == {"32×32": 6}
    assert code == int(any(entry["severity"] == "error" for entry in content["findings"]))
    with Image.open(tmp_path / "out" / "check.png") as sheet:
        assert min(sheet.size) > 300


def test_what_is_wrong_is_listed_and_the_code_says_so(
    pair_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pair_folder / "train" / "1.jpg").write_bytes(b"no picture")
    arguments = ["--data", str(pair_folder), "--output", str(tmp_path / "out")]
    assert main(["check", *arguments, "--cache", str(tmp_path / "cache")]) == 1
    printed = capsys.readouterr().out
    assert "1.jpg is not a picture that can be read" in printed
    content = json.loads((tmp_path / "out" / "check.json").read_text("utf-8"))
    assert content["findings"][0]["severity"] == "error"


def test_what_is_wrong_with_test_pairs_is_listed_and_the_code_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for split in ("train", "val", "test"):
        write(tmp_path / "mine" / split, ids_of)
    (tmp_path / "mine" / "test" / "images" / "1.png").write_bytes(b"no picture")
    arguments = ["--data", str(tmp_path / "mine"), "--output", str(tmp_path / "out")]
    assert main(["check", *arguments, "--cache", str(tmp_path / "cache")]) == 1
    printed = capsys.readouterr().out
    assert "Decoding pairs of test: 5 in " in printed
    assert "Error: 1 of 5 pairs of test cannot be used." in printed
    content = json.loads((tmp_path / "out" / "check.json").read_text("utf-8"))
    assert "test/images/1.png is not a picture" in content["findings"][0]["details"][0]


def test_an_unknown_format_is_refused(
    pair_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(pair_folder), "--output", str(tmp_path / "out")]
    assert main(["check", *arguments, "--format", "camvit"]) == 2
    assert "There is no format 'camvit'. Expected one of: cityscapes-pairs," in (
        capsys.readouterr().err
    )
