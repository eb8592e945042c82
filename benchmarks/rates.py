"""What the machine can do at best, and what a network asks of it, in floating-point operations.

training_operations(model)              # of one picture; 20e9 for the seed network
convolution("bfloat16")                 # a side of timing.py: 3×3, 64 channels, 64×64
matrix_product("bfloat16", 4096)        # the same of one matrix product
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.timing import Ready
from training.backend import start_keras

PICTURES, SIDE, CHANNELS = 8, 64, 64  # of the convolution: 2.4 GFLOP
SIDE_ON_PROCESSOR, SIDE_ON_ACCELERATOR = 3072, 8192


def operations(layer: Any) -> float:
    """Of one picture forwards: two, a product and a sum, for each weight at each place.

    A transposed convolution does at each place of its input what the other does at each of its
    output. Normalisation, activation and pooling are not counted: they are not what is wanted.
    """
    import keras

    if isinstance(layer, keras.layers.Conv2DTranspose):
        places = layer.input.shape[1:3]
    elif isinstance(layer, keras.layers.Conv2D):
        places = layer.output.shape[1:3]
    else:
        return 0.0
    return 2.0 * math.prod(places) * math.prod(layer.kernel.shape)


def prediction_operations(model: Any) -> float:
    return sum(operations(layer) for layer in model.layers)


def training_operations(model: Any) -> float:
    """Forwards, and back to inputs and to weights; the picture itself needs no gradient."""
    each = [operations(layer) for layer in model.layers]
    return 3 * sum(each) - next(count for count in each if count)


def convolution(kind: str) -> Ready:
    """The convolution that most of a U-Net is made of, at a size that suits the processor."""
    start_keras()
    from keras import ops

    shape = (PICTURES, SIDE, SIDE, CHANNELS)
    picture = ops.cast(np.ones(shape, np.float32), kind)
    kernel = ops.cast(np.ones((3, 3, CHANNELS, CHANNELS), np.float32), kind)

    def step() -> float:
        return _waited(ops.conv(picture, kernel, padding="same")[0, 0, 0, 0])

    return Ready(step, kind, 2.0 * math.prod(shape) * 9 * CHANNELS)


def convolution_as_ours() -> Ready:
    """In the precision that a run on this machine chooses."""
    start_keras()
    from training.precision import choose_precision

    return convolution(choose_precision("auto").kind)


def matrix_product(kind: str, side: int) -> Ready:
    start_keras()
    from keras import ops

    matrix = ops.cast(np.ones((side, side), np.float32), kind)
    return Ready(lambda: _waited(ops.matmul(matrix, matrix)[0, 0]), kind, 2.0 * side**3)


def _waited(value: Any) -> float:
    """Reading one number waits until it is computed."""
    import keras

    return float(keras.ops.cast(value, "float32"))
