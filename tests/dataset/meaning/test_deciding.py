"""Labels that contradict each other are named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dataset.formats import open_dataset
from labels.classes import CITYSCAPES
from tests.dataset.made_folders import (
    SIDE,
    ids_of,
    photo_of,
    save,
    write,
)
from utils_func import BadInput


class TestContradictions:
    def test_masks_of_1_and_masks_of_255(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: ids_of(seed, 2) * np.uint8(255 if seed % 2 else 1))
        with pytest.raises(
            BadInput, match=r"0\.png is a mask of 0 and 1, but .*1\.png is one of 0"
        ):
            open_dataset(tmp_path)

    def test_one_photo_among_labels_is_told_and_refused_when_it_is_decoded(
        self, tmp_path: Path
    ) -> None:
        write(tmp_path, ids_of)
        save(photo_of(9), tmp_path / "masks" / "2.png")
        dataset = open_dataset(tmp_path)
        assert len(dataset.classes) == 3
        assert any("2.png holds" in said and "is no label" in said for said in dataset.remarks)
        pair = next(p for p in (*dataset.train, *dataset.val) if p.label.stem == "2")
        with pytest.raises(BadInput, match=r"2\.png is a coloured picture\. Expected class ids"):
            dataset.decode(pair)

    def test_one_grey_photo_among_labels_is_refused_with_a_value(self, tmp_path: Path) -> None:
        write(tmp_path, ids_of)
        save(photo_of(9)[..., 0], tmp_path / "masks" / "2.png")
        dataset = open_dataset(tmp_path)
        pair = next(p for p in (*dataset.train, *dataset.val) if p.label.stem == "2")
        with pytest.raises(BadInput, match=r"2\.png has \d+ pixels of value \d+ and"):
            dataset.decode(pair)

    def test_more_values_than_classes_can_be(self, tmp_path: Path) -> None:
        instances = np.arange(16, dtype=np.uint16).reshape(4, 4).repeat(12, 0).repeat(12, 1)
        write(tmp_path, lambda seed: instances + np.uint16(300 * seed), count=20)
        with pytest.raises(BadInput, match=r"hold 320 different values from 0 to 5715"):
            open_dataset(tmp_path)

    def test_photos_given_as_labels(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: photo_of(seed + 100))
        with pytest.raises(BadInput, match="look like photos"):
            open_dataset(tmp_path)

    def test_one_grey_label_among_coloured_ones_is_named(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: CITYSCAPES.paint(ids_of(seed)))
        save(ids_of(2), tmp_path / "masks" / "2.png")
        with pytest.raises(BadInput, match=r"2\.png holds grey values such as 1, but .*0\.png"):
            open_dataset(tmp_path)

    def test_labels_of_one_value_alone(self, tmp_path: Path) -> None:
        write(tmp_path, lambda seed: np.zeros((SIDE, SIDE), np.uint8))
        with pytest.raises(BadInput, match="nothing but the value 0"):
            open_dataset(tmp_path)

    def test_an_unreadable_label_does_not_hinder_finding(self, tmp_path: Path) -> None:
        write(tmp_path, ids_of)
        (tmp_path / "masks" / "3.png").write_bytes(b"nothing")
        dataset = open_dataset(tmp_path)
        assert len(dataset.classes) == 3
