"""Each side takes a step, with the same network; peers that are not installed are skipped."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import ours, peers
from benchmarks.exchange import largest_difference, pictures, read_weights
from benchmarks.task import Task
from benchmarks.torch_unet import MOMENTUM
from segmentation_model import MOMENTUM as KEPT
from segmentation_model import Unet


@pytest.mark.slow
def test_our_training_step_gives_a_loss_and_says_its_precision(task: Task) -> None:
    ready = ours.training(task)
    assert math.isfinite(ready.step())
    assert "as fast here" in ready.remark
    assert ready.work > 0


@pytest.mark.bench
@pytest.mark.parametrize("kind", ["float32", "bfloat16"])
def test_stock_keras_trains_a_network_of_as_many_parameters(task: Task, kind: str) -> None:
    ready = peers.stock_training(task, kind)
    assert math.isfinite(ready.step())
    assert ready.remark == f"{Unet(32, 32, filters=4).count_params():,} parameters"


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 2])
def test_the_model_file_predicts_what_it_was_written_with(written: Task, batch: int) -> None:
    for name in ("normalised", "plain"):
        ready = ours.prediction(written, name, batch)
        assert ready.step().shape == (batch, 32, 32, 19)
        assert "predictions differ by" in ready.remark


@pytest.mark.bench
@pytest.mark.parametrize("kind", ["float32", "bfloat16"])
def test_stock_keras_predicts_the_same(written: Task, kind: str) -> None:
    assert "differ by" in peers.stock_prediction(written, kind, 2).remark


@pytest.mark.bench
def test_onnx_runtime_predicts_the_same(written: Task) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("tf2onnx")
    assert "differ by" in peers.onnx_runtime(written, 2).remark


@pytest.mark.bench
def test_openvino_predicts_the_same(written: Task) -> None:
    pytest.importorskip("openvino")
    assert "differ by" in peers.openvino(written, 2, "f32").remark


@pytest.mark.bench
def test_predictions_of_another_network_are_refused(written: Task) -> None:
    other = np.zeros((2, 32, 32, 19), np.float32)
    with pytest.raises(ValueError, match="Expected the same network"):
        largest_difference(written, "normalised", other)


@pytest.mark.bench
def test_pytorch_has_the_same_network_and_predicts_the_same(written: Task) -> None:
    torch = pytest.importorskip("torch")
    from benchmarks.torch_unet import carry_weights, network, parameters

    unet = network(written)
    carry_weights(read_weights(written), unet)
    assert parameters(unet) == Unet(32, 32, filters=4).count_params()
    with torch.inference_mode():
        logits = unet.eval()(torch.from_numpy(pictures(written, 2)))
        shares = torch.softmax(logits, 1).permute(0, 2, 3, 1).numpy()
    assert "differ by" in largest_difference(written, "normalised", shares)


@pytest.mark.bench
@pytest.mark.parametrize("kind", ["float32", "bfloat16"])
def test_pytorch_trains_and_predicts(written: Task, kind: str) -> None:
    pytest.importorskip("torch")
    from benchmarks import torch_sides

    assert math.isfinite(torch_sides.training(written, kind).step())
    assert torch_sides.prediction(written, kind, 1).step().shape == (1, 32, 32, 19)


def test_averages_move_as_in_our_network() -> None:
    assert pytest.approx(1 - KEPT) == MOMENTUM


def test_weights_of_another_width_have_no_place_in_the_pytorch_network(task: Task) -> None:
    pytest.importorskip("torch")
    from benchmarks.torch_unet import carry_weights, network

    keras_network = Unet(32, 32, filters=8)
    weights = [layer.get_weights() for layer in keras_network.layers if layer.weights]
    carry_weights(weights, network(replace(task, filters=8)))
    with pytest.raises(ValueError, match="Expected"):
        carry_weights(weights, network(task))
