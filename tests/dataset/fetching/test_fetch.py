"""What names data that can be fetched, and what is only a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataset.fetching import fetch


@pytest.mark.parametrize("address", ["images", "data/oxford-pets", "voc", "VOC2012", "", "kaggle"])
def test_any_other_name_is_a_folder(tmp_path: Path, address: str) -> None:
    assert fetch(address, tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["oxford-pets", "voc2007", "cityscapes-pairs"])
@pytest.mark.parametrize("kind", [str, Path])
def test_a_folder_of_that_name_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: type
) -> None:
    (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    assert fetch(kind(name), tmp_path / "cache") is None
