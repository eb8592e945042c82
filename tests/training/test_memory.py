"""What is known of memory: how much a step takes, and how much is left."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import psutil
import pytest

from dataset.cache import Cached, Examples
from segmentation_model import Unet
from training import memory
from training.memory import free_here, free_there, memory_text, step_takes
from training.normalization import FusedBatchNormalization as Fused
from training.precision import computing_in


@pytest.fixture(scope="module")
def network() -> keras.Model:
    return Unet(64, 64, classes=3, filters=4, depth=2)


def test_a_step_takes_more_with_each_pair_and_with_each_weight(network: keras.Model) -> None:
    one, two, three = (step_takes(network, pairs) for pairs in (1, 2, 3))
    assert three - two == pytest.approx(two - one)
    weights = one - (two - one)
    assert weights == pytest.approx(memory.PER_WEIGHT_BYTE * 4 * network.count_params())
    wider = Unet(64, 64, classes=3, filters=8, depth=2)
    assert 1.8 < (step_takes(wider, 9) - step_takes(wider, 8)) / (two - one) < 2


def test_maps_of_16_bits_take_half_also_behind_a_normalisation_in_float32() -> None:
    takes = {}
    for kind in ("float32", "bfloat16"):
        with computing_in(kind):
            network = Unet(
                64, 64, classes=2, filters=8, depth=1, activation=None, normalization=Fused
            )
        takes[kind] = step_takes(network, 9) - step_takes(network, 8)
    assert 0.5 < takes["bfloat16"] / takes["float32"] < 0.6  # picture and logits stay as they are


def test_a_container_has_less_than_its_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "CONTAINER", tmp_path)
    machine = psutil.virtual_memory().available
    assert free_here() == pytest.approx(machine, rel=0.3), "no container"
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("900\n")
    (tmp_path / "memory.stat").write_text("anon 800\ninactive_file 60\nactive_file 40\n")
    assert free_here() == pytest.approx(machine, rel=0.3), "one without a limit"
    (tmp_path / "memory.max").write_text("1000\n")
    assert free_here() == 1000 - 900 + 60 + 40
    (tmp_path / "memory.max").write_text("500\n")
    assert free_here() == 0
    assert free_there() == 0, "without an accelerator it is the same memory"
    none = np.zeros((0, 4, 4, 3), np.uint8)
    examples = Examples([], none, none[..., 0], none[..., 0] > 0)
    assert memory_text(Cached(examples, examples, [], "none")).endswith("; 0.0 GB are free")


def test_pairs_on_the_disk_are_counted_though_they_were_not_read_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "GB", 1e3)
    monkeypatch.setattr(memory, "held", lambda: 2e3)
    photos = np.memmap(tmp_path / "photos", np.uint8, "w+", shape=(10, 8, 8, 3))
    labels = np.memmap(tmp_path / "labels", np.uint8, "w+", shape=(10, 8, 8))
    on_disk = Examples(["one"] * 10, photos, labels, np.ones((10, 8, 8), bool))
    told = "up to 4.6 GB (2.6 of it decoded pairs, which make room where it is needed); "
    assert memory_text(Cached(on_disk, on_disk.chosen([]), [], "none")).startswith(told)
