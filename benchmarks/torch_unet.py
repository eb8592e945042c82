"""The U-Net of segmentation_model.py once more, as a PyTorch module that takes the same weights.

    unet = network(Task())                           # or MissingPeer: pip install torch
    carry_weights(read_weights(task), unet)
    parameters(unet)                                 # 1,947,299, as Keras counts them

With the weights of a trained Keras network it predicts the same, which exchange.py checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.task import Task
from benchmarks.timing import needed

INSTALL = "torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu"
# The share of the new; segmentation_model.py keeps .9 of the old. Importing that would bring
# TensorFlow and its threads into PyTorch's process.
MOMENTUM = 0.1
EPSILON = 1e-3  # Keras's, of batch normalisation; PyTorch's own is 1e-5


def network(task: Task, depth: int = 4, classes: int = 0) -> Any:
    """The U-Net of segmentation_model.py: (N, H, W, 3) uint8 to logits (N, classes, H, W)."""
    torch = needed("torch", INSTALL)
    nn: Any = torch.nn

    def convolutions(inside: int, outside: int) -> Any:
        layers = []
        for channels in (inside, outside):
            layers += [nn.Conv2d(channels, outside, 3, padding=1), nn.ReLU(inplace=True)]
            layers += [nn.BatchNorm2d(outside, EPSILON, MOMENTUM)] * task.normalization
        return nn.Sequential(*layers)

    class Unet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            widths = [task.filters * 2**level for level in range(depth + 1)]
            inputs = [3, *widths]
            self.down = nn.ModuleList(map(convolutions, inputs[:-1], widths))  # and the bottom
            self.up = nn.ModuleList(
                nn.ModuleList([nn.ConvTranspose2d(2 * w, w, 2, 2), convolutions(2 * w, w)])
                for w in reversed(widths[:-1])
            )
            self.logits = nn.Conv2d(widths[0], classes or task.classes, 1)

        def forward(self, photos: Any) -> Any:
            # A view: uint8 in the order of channels last. The division is the Keras network's.
            x, skips = photos.permute(0, 3, 1, 2).float() / 255, []
            for level, block in enumerate(self.down):
                x = block(nn.functional.max_pool2d(x, 2) if level else x)
                skips.append(x)
            for (enlarge, block), skip in zip(self.up, skips[-2::-1], strict=True):
                x = block(torch.cat([enlarge(x), skip], 1))
            return self.logits(x)

    return Unet().to(memory_format=torch.channels_last)


def carry_weights(layers: list[list[np.ndarray]], unet: Any) -> None:
    """Keras's arrays into the torch network, which must have a place for each and no other."""
    torch = needed("torch", INSTALL)
    with torch.no_grad():
        for arrays, places in zip(layers, _places(unet), strict=True):
            for array, place in zip(arrays, places, strict=True):
                # Keras: (height, width, in, out), and with out, in where it is transposed;
                # PyTorch: (out, in, height, width), and (in, out, …).
                turned = array.transpose(3, 2, 0, 1) if array.ndim == 4 else array
                if tuple(place.shape) != turned.shape:
                    raise ValueError(f"Expected {turned.shape}. Received: {tuple(place.shape)}")
                place.copy_(torch.from_numpy(np.ascontiguousarray(turned)))


def _places(unet: Any) -> Iterator[list[Any]]:
    for module in unet.modules():
        if hasattr(module, "running_mean"):
            yield [module.weight, module.bias, module.running_mean, module.running_var]
        elif hasattr(module, "weight"):
            yield [module.weight, module.bias]


def parameters(unet: Any) -> int:
    """With the averages of normalisation, as Keras counts."""
    return sum(place.numel() for places in _places(unet) for place in places)
