"""Who competes with whom: the sides of each comparison, all with the same task.

    results, missing = interleaved(training_contest(task), repetitions=9)
    best(results, "PyTorch")

Of each library all kinds that may be its best one compete: float32 and bfloat16.
"""

from __future__ import annotations

from dataclasses import replace

from benchmarks import exchange, ours, peers, rates, torch_sides
from benchmarks.task import Task
from benchmarks.timing import Side, alone

KINDS = ("float32", "bfloat16")
CLASSIC = 64  # filters


def training_contest(task: Task, compiled: bool = False) -> list[Side]:
    """The training step; `compiled` is PyTorch with torch.compile as well."""
    _write_networks(task)
    plain = replace(task, normalization=False)
    sides = [
        Side("ours", "", ours.training, (task,)),
        Side("no normalisation", "", ours.training, (plain,)),
    ]
    for kind in KINDS:
        sides.append(Side("stock Keras", kind, peers.stock_training, (task, kind)))
        sides.append(Side("PyTorch", kind, torch_sides.training, (task, kind)))
        if compiled:
            name = f"{kind}, compiled"
            sides.append(Side("PyTorch", name, torch_sides.training, (task, kind, True)))
    return sides


def prediction_contest(task: Task, batch: int, compiled: bool = False) -> list[Side]:
    """The prediction of so many pictures, all with the same trained weights."""
    _write_networks(task)
    sides = [
        Side("ours", "", ours.prediction, (task, "normalised", batch)),
        Side("no normalisation", "", ours.prediction, (task, "plain", batch)),
        Side("ONNX Runtime", "", peers.onnx_runtime, (task, batch)),
        Side("OpenVINO", "own choice", peers.openvino, (task, batch, "")),
        Side("OpenVINO", "float32", peers.openvino, (task, batch, "f32")),
    ]
    for kind in KINDS:
        sides.append(Side("stock Keras", kind, peers.stock_prediction, (task, kind, batch)))
        sides.append(Side("PyTorch", kind, torch_sides.prediction, (task, kind, batch)))
        if compiled:
            name, given = f"{kind}, compiled", (task, kind, batch, True)
            sides.append(Side("PyTorch", name, torch_sides.prediction, given))
    return sides


def classic_contest(task: Task) -> list[Side]:
    """The training step of the wide network, and the convolution that most of it is made of."""
    return [
        Side("ours", "", ours.training, (replace(task, filters=CLASSIC),)),
        Side("convolution", "", rates.convolution_as_ours),
    ]


def _write_networks(task: Task) -> None:
    if not exchange.model_path(task, "normalised").exists():
        alone(exchange.write_networks, task)
