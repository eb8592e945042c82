"""In which numbers a network computes, and that it learns in each of them."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from dataset.cache import Cached, Examples
from labels.classes import numbered_classes
from training import precision
from training.config import Config
from training.device import Accelerator
from training.outcome import Outcome
from training.precision import (
    Precision,
    choose_precision,
    computing_in,
    for_accelerator,
)
from training.training import Training

TINY = Config(epochs=3, batch_size=2, height=32, width=32, filters=4, depth=1)


@pytest.fixture(autouse=True)
def no_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "accelerator", lambda: None)


@pytest.mark.parametrize("kind", ["float32", "bfloat16", "float16"])
def test_what_is_asked_for_is_taken(kind: str) -> None:
    assert choose_precision(kind) == Precision(kind, "as asked for")


@pytest.mark.parametrize(
    ("ratio", "kind", "times"),
    [
        (3.0, "bfloat16", "3.0"),
        (1.2, "bfloat16", "1.2"),
        (1.1, "float32", "1.1"),
        (0.2, "float32", "0.2"),
    ],
)
def test_a_processor_computes_in_bfloat16_where_that_is_clearly_faster(
    monkeypatch: pytest.MonkeyPatch, ratio: float, kind: str, times: str
) -> None:
    monkeypatch.setattr(precision, "times_as_fast", lambda: ratio)
    chosen = choose_precision("auto")
    assert str(chosen) == f"{kind} (a convolution in bfloat16 is {times} times as fast here)"


def test_the_best_of_both_counts_though_other_work_comes_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns = [9.0, 9.0, *(0.03, 0.05), *(0.7, 0.01), *(0.04, 0.02) * (precision.REPETITIONS - 2)]
    monkeypatch.setattr(precision, "seconds_of", lambda work: turns.pop(0))
    assert precision.times_as_fast.__wrapped__() == pytest.approx(3)
    assert not turns


@pytest.mark.parametrize("kind", ["float32", "bfloat16"])
def test_a_convolution_can_be_timed(kind: str) -> None:
    work = precision.convolution(kind)
    assert float(work()) == 4 * 64, "in a corner four of nine places lie in the picture"
    assert 0 < precision.seconds_of(work) < 10


@pytest.mark.parametrize(
    ("name", "capability", "kind"),
    [
        ("NVIDIA H200", (9, 0), "bfloat16"),
        ("NVIDIA A100-SXM4-40GB", (8, 0), "bfloat16"),
        ("Tesla T4", (7, 5), "float16"),
        ("NVIDIA GeForce RTX 2060", (7, 5), "float16"),
        ("NVIDIA GeForce GTX 1650 Ti", (7, 5), "float32"),
        ("NVIDIA GeForce MX450", (7, 5), "float32"),
        ("NVIDIA T600 Laptop GPU", (7, 5), "float32"),
        ("Quadro T2000", (7, 5), "float32"),
        ("NVIDIA GeForce GTX 1080", (6, 1), "float32"),
        ("TPU v4", None, "bfloat16"),
    ],
)
def test_a_gpu_computes_in_what_its_generation_has_units_for(
    monkeypatch: pytest.MonkeyPatch, name: str, capability: tuple[int, int] | None, kind: str
) -> None:
    found = Accelerator(name, capability)
    assert for_accelerator(found).kind == kind
    monkeypatch.setattr(precision, "accelerator", lambda: found)
    assert choose_precision("auto").kind == kind


def test_layers_made_outside_are_in_float32_again() -> None:
    with pytest.raises(KeyError), computing_in("bfloat16"):
        assert keras.layers.Dense(1).compute_dtype == "bfloat16"
        raise KeyError
    assert keras.layers.Dense(1).compute_dtype == "float32"


def trained(examples: Examples, kind: str) -> tuple[Training, Outcome]:
    cached = Cached(examples, examples, [], "none")
    training = Training(cached, numbered_classes(3), replace(TINY, precision=kind))
    outcome = training.run(training.measure(), lambda: None, lambda outcome: None)
    return training, outcome


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bfloat16", "float16"])
def test_it_learns_in_16_bits_and_hands_over_a_network_of_32(examples: Examples, kind: str) -> None:
    training, outcome = trained(examples, kind)
    assert training.config.precision == kind
    losses = [row["loss"] for row in outcome.history]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]
    inner = {layer.compute_dtype for layer in training.model.layers if "conv" in layer.name}
    assert inner == {kind}
    assert training.model.get_layer("logits").compute_dtype == "float32"
    assert {variable.dtype for variable in training.model.trainable_variables} == {"float32"}
    assert {layer.compute_dtype for layer in training.deployable().layers} == {"float32"}


@pytest.mark.slow
def test_networks_of_16_and_32_bits_agree_on_a_picture(examples: Examples) -> None:
    training, _ = trained(examples, "bfloat16")
    pictures = examples.photos[:2]
    logits = keras.ops.convert_to_numpy(training.model(pictures, training=False))
    shares = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    handed_over = training.deployable().predict_on_batch(pictures)
    # bfloat16 keeps 8 binary digits: after the layers of this network some hundredths are lost.
    np.testing.assert_allclose(handed_over, shares, atol=0.05)
