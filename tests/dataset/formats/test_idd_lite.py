"""IDD Lite, drawn and real."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dataset.formats import open_dataset
from dataset.formats.idd_lite import CLASSES
from dataset.writers import write_dataset
from labels.classes import IGNORE

SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "idd_lite_sample"


def test_instance_labels_are_neither_labels_nor_without_a_partner(tmp_path: Path) -> None:
    write_dataset("idd-lite", tmp_path / "lite", train=2, val=1)
    assert len(list(tmp_path.rglob("*_inst_label.png"))) == 3
    dataset = open_dataset(tmp_path)
    labels = [pair.label.name for pair in (*dataset.train, *dataset.val)]
    assert labels == ["000001_label.png", "000002_label.png", "000003_label.png"]
    assert dataset.alone == ()


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="no real pairs in ../shared/data")
def test_the_real_pairs_have_the_classes_where_a_street_has_them() -> None:
    dataset = open_dataset(SAMPLE)
    assert (len(dataset.train), len(dataset.val)) == (24, 12)
    assert (dataset.format, dataset.shape, dataset.remarks) == ("idd-lite", (227, 320), ())
    assert not {pair.group for pair in dataset.train} & {pair.group for pair in dataset.val}
    labels = np.stack([dataset.decode(pair).label for pair in dataset.train])
    assert labels.shape == (24, 227, 320)
    shares = np.bincount(labels.ravel(), minlength=256) / labels.size
    drivable, vehicles, far, sky = (
        CLASSES.names.index(name) for name in ("drivable", "vehicles", "far objects", "sky")
    )
    # A camera behind a windscreen sees a third of road; sky is above and road below.
    assert 0.2 < shares[drivable] < 0.45
    assert 0.15 < shares[far] < 0.45
    assert 0.02 < shares[vehicles] < 0.25
    assert shares[IGNORE] < 0.05
    assert (labels[:, :57] == sky).sum() > (labels[:, 57:] == sky).sum()
    assert (labels[:, 150:] == drivable).mean() > 0.5
    assert (labels[:, :57] == drivable).mean() < 0.01
