"""PyTorch's sides: the training step and the prediction, set up as its documentation advises.

    training(task, "bfloat16").step()                # or MissingPeer: pip install torch
    prediction(task, "float32", 8).step()
    on_device(Task(batch=64)).training()             # compiled, on a GPU if there is one

Channels last, bfloat16 by autocast, a thread for each core, the optimiser in one kernel. As with
stock Keras the loss is cross-entropy alone, and no scores are counted. Labels are int64 before the
clock starts, as PyTorch wants them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from benchmarks.exchange import largest_difference, pictures, read_weights
from benchmarks.task import Task, config_of, street_scenes
from benchmarks.timing import Ready, needed
from benchmarks.torch_unet import INSTALL, carry_weights, network, parameters
from labels.classes import IGNORE


def training(task: Task, kind: str, compiled: bool = False) -> Ready:
    torch, unet = _with_weights(task)
    forward = torch.compile(unet) if compiled else unet
    step = _training_step(torch, unet, forward, _data(torch, task), kind, config_of(task))
    return Ready(lambda: step().item(), f"{parameters(unet):,} parameters")


def prediction(task: Task, kind: str, batch: int, compiled: bool = False) -> Ready:
    torch, unet = _with_weights(task)
    forward = torch.compile(unet.eval()) if compiled else unet.eval()
    photos = torch.from_numpy(pictures(task, batch))

    def step() -> Any:
        with torch.inference_mode(), _autocast(torch, photos, kind):
            return torch.softmax(forward(photos), 1).permute(0, 2, 3, 1)

    return Ready(step, largest_difference(task, "normalised", step().float().numpy()))


class OnDevice(NamedTuple):
    """A training step that gives its loss and a prediction that gives class ids, as tensors."""

    training: Callable[[], Any]
    prediction: Callable[[], Any]


def on_device(task: Task) -> OnDevice:
    """Compiled, in bfloat16; data and results stay on the device."""
    torch = needed("torch", "torch==2.13.0")
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    unet = network(task).to(device)
    data = tuple(part.to(device) for part in _data(torch, task))
    forward, kind = torch.compile(unet), "bfloat16"
    step = _training_step(torch, unet, forward, data, kind, config_of(task))

    def train() -> Any:
        unet.train()
        return step()

    def predict() -> Any:
        unet.eval()
        with torch.inference_mode(), _autocast(torch, data[0], kind):
            return forward(data[0]).argmax(1).to(torch.uint8)

    return OnDevice(train, predict)


def _training_step(
    torch: Any, unet: Any, forward: Any, data: tuple[Any, Any], kind: str, config: Any
) -> Callable[[], Any]:
    optimizer = torch.optim.Adam(unet.parameters(), config.learning_rate, fused=True)
    photos, labels = data

    def step() -> Any:
        optimizer.zero_grad(set_to_none=True)
        with _autocast(torch, photos, kind):
            loss = torch.nn.functional.cross_entropy(forward(photos), labels, ignore_index=IGNORE)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def _autocast(torch: Any, photos: Any, kind: str) -> Any:
    return torch.autocast(photos.device.type, torch.bfloat16, enabled=kind == "bfloat16")


def _data(torch: Any, task: Task) -> tuple[Any, Any]:
    photos, labels = street_scenes(task)
    return torch.from_numpy(photos), torch.from_numpy(labels.astype(np.int64))


def _with_weights(task: Task) -> tuple[Any, Any]:
    torch = needed("torch", INSTALL)
    torch.set_num_threads(os.cpu_count() or 1)
    torch.set_flush_denormal(True)  # numbers next to zero are slow on a processor
    unet = network(task)
    carry_weights(read_weights(task), unet)
    return torch, unet
